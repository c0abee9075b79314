// The stub resolver in every host: makes the query for a look-up, asks the servers of resolv.conf in turn with their
// time-outs, and turns the response into the answer that programs see. A state machine of plain data with the clock as an
// argument. RFC 1123 §6.1.3.3, resolv.conf(5); RFC 7766 §5 for the change to TCP.

import type { Time } from '../base/dates.ts';
import { nextInt, type RandomState } from '../base/random.ts';
import { lookupCode, type DnsAnswer, type DnsQuestion, type DnsStatus } from './lookup.ts';
import { sameName } from './name.ts';
import { typeCode } from './records.ts';
import { CLASS_IN, NO_FLAGS, RCODE, type DnsMessage } from './wire.ts';

export interface QueryOptions {
  /** Recursion desired; true unless told otherwise. */
  readonly recursive?: boolean;
  /** Without it no OPT record is sent. */
  readonly udpSize?: number;
  /** 16 hexadecimal digits; needs `udpSize`. */
  readonly cookie?: string;
  readonly dnssecOk?: boolean;
  /** AD in a query, as dig sets it (RFC 6840 §5.7). */
  readonly authenticData?: boolean;
  /** CD: the answer is wanted even if it does not validate. */
  readonly checkingDisabled?: boolean;
}

/** A query. `type` is the code. */
export function buildQuery(id: number, name: string, type: number, options: QueryOptions = {}): DnsMessage {
  const {
    recursive = true,
    udpSize,
    cookie,
    dnssecOk = false,
    authenticData = false,
    checkingDisabled = false,
  } = options;
  return {
    id,
    opcode: 0,
    rcode: 0,
    flags: { ...NO_FLAGS, rd: recursive, ad: authenticData, cd: checkingDisabled },
    questions: [{ name, type, class: CLASS_IN }],
    answers: [],
    authority: [],
    additional: [],
    ...(udpSize === undefined
      ? {}
      : { edns: { udpSize, version: 0, dnssecOk, ...(cookie === undefined ? {} : { cookie }) } }),
  };
}

/** Whether a response belongs to a query: id, question, direction (RFC 5452 §9.1). */
export function answersQuery(response: DnsMessage, query: DnsMessage): boolean {
  const [asked, echoed] = [query.questions[0], response.questions[0]];
  if (!response.flags.qr || response.id !== query.id || !asked) return false;
  if (!echoed) return response.rcode !== RCODE.NOERROR;
  return sameName(asked.name, echoed.name) && asked.type === echoed.type;
}

function statusOf(rcode: number): DnsStatus {
  if (rcode === RCODE.NOERROR) return 'NOERROR';
  if (rcode === RCODE.NXDOMAIN) return 'NXDOMAIN';
  return rcode === RCODE.REFUSED ? 'REFUSED' : 'SERVFAIL';
}

/**
 * What a program learns from a response: the alias chain and the records of the asked type, in that order. A negative
 * answer tells how long it may be remembered (RFC 2308 §5). Any other code counts as SERVFAIL.
 */
export function dnsAnswerOf(question: DnsQuestion, response: DnsMessage, server: string): DnsAnswer {
  const status = statusOf(response.rcode);
  const chain: DnsAnswer['records'][number][] = [];
  let current = question.name;
  for (;;) {
    const alias = response.answers.find(
      (record) => record.data.type === 'CNAME' && sameName(record.name, current),
    );
    if (question.type === 'CNAME' || alias?.data.type !== 'CNAME' || chain.includes(alias)) break;
    chain.push(alias);
    current = alias.data.target;
  }
  const code = lookupCode(question.type);
  const records = response.answers.filter(
    (record) => typeCode(record.data) === code && sameName(record.name, current),
  );
  const soa = response.authority.find((record) => record.data.type === 'SOA');
  const isNegative = records.length === 0 && (status === 'NOERROR' || status === 'NXDOMAIN');
  const negativeTtl =
    isNegative && soa?.data.type === 'SOA' ? Math.min(soa.ttl, soa.data.minimum) : undefined;
  return {
    status,
    records: [...chain, ...records],
    server,
    ...(question.validated === true && response.flags.ad ? { isSecure: true as const } : {}),
    ...(negativeTtl === undefined ? {} : { negativeTtl }),
  };
}

/** `/etc/resolv.conf`: servers in order, `timeout` and `attempts` of its options. */
export interface StubSettings {
  readonly servers: readonly string[];
  readonly timeoutMs: number;
  readonly attempts: number;
}

/** The defaults of resolv.conf(5): 5 s, two rounds through all servers (S3-011). */
export const STUB_DEFAULTS: Omit<StubSettings, 'servers'> = { timeoutMs: 5000, attempts: 2 };

/** One look-up under way. Plain data. */
export interface StubLookup {
  readonly question: DnsQuestion;
  readonly settings: StubSettings;
  /** Tries made so far; the next server is `tries % servers`. */
  tries: number;
  waiting:
    | {
        readonly server: string;
        readonly transport: 'udp' | 'tcp';
        readonly port: number;
        readonly query: DnsMessage;
        readonly deadline: Time;
      }
    | undefined;
  /** The best answer so far: a server that failed or refused, in case no other does better. */
  fallback: DnsAnswer | undefined;
  /** Set once, at the end. */
  answer: DnsAnswer | undefined;
}

/** Send this to port 53 of `server`, from `port` when over UDP. */
export interface StubOutput {
  readonly server: string;
  readonly transport: 'udp' | 'tcp';
  readonly port: number;
  readonly message: DnsMessage;
}

/** Begins a look-up. Returns what to send, undefined when there is no server to ask: then `answer` is set. */
export function startLookup(
  question: DnsQuestion,
  settings: Partial<StubSettings> & Pick<StubSettings, 'servers'>,
  now: Time,
  random: RandomState,
): { readonly lookup: StubLookup; readonly output: StubOutput | undefined } {
  const lookup: StubLookup = {
    question,
    settings: { ...STUB_DEFAULTS, ...settings },
    tries: 0,
    waiting: undefined,
    fallback: undefined,
    answer: undefined,
  };
  return { lookup, output: nextTry(lookup, now, random) };
}

function nextTry(lookup: StubLookup, now: Time, random: RandomState): StubOutput | undefined {
  const { servers, attempts } = lookup.settings;
  const server = servers[lookup.tries % Math.max(1, servers.length)];
  if (server === undefined || lookup.tries >= attempts * servers.length) {
    lookup.waiting = undefined;
    lookup.answer = lookup.fallback ?? { status: 'TIMEOUT', records: [] };
    return undefined;
  }
  lookup.tries++;
  return ask(lookup, server, 'udp', now, random);
}

function ask(
  lookup: StubLookup,
  server: string,
  transport: 'udp' | 'tcp',
  now: Time,
  random: RandomState,
): StubOutput {
  const { question, settings } = lookup;
  const id = nextInt(random, 65536);
  const port = 1024 + nextInt(random, 64512);
  const query = buildQuery(id, question.name, lookupCode(question.type), {
    udpSize: 1232,
    dnssecOk: question.validated === true,
  });
  lookup.waiting = { server, transport, port, query, deadline: now + settings.timeoutMs };
  return { server, transport, port, message: query };
}

/** When `stubTick` must be called; undefined when the look-up is over. */
export function stubWakeAt(lookup: StubLookup): Time | undefined {
  return lookup.waiting?.deadline;
}

/** A message came. What does not belong to the look-up changes nothing. Returns what to send next, if anything. */
export function stubResponse(
  lookup: StubLookup,
  now: Time,
  random: RandomState,
  from: { readonly server: string; readonly transport: 'udp' | 'tcp' },
  message: DnsMessage,
): StubOutput | undefined {
  const { waiting } = lookup;
  if (waiting?.server !== from.server || waiting.transport !== from.transport) return undefined;
  if (!answersQuery(message, waiting.query)) return undefined;
  if (message.flags.tc && waiting.transport === 'udp') return ask(lookup, waiting.server, 'tcp', now, random);
  const answer = dnsAnswerOf(lookup.question, message, waiting.server);
  // A server that cannot or will not say is passed over, as glibc does it.
  if (answer.status === 'SERVFAIL' || answer.status === 'REFUSED') {
    lookup.fallback = answer;
    return nextTry(lookup, now, random);
  }
  lookup.waiting = undefined;
  lookup.answer = answer;
  return undefined;
}

/** Nothing can be sent there (closed port, no route): the next try at once. */
export function stubUnreachable(
  lookup: StubLookup,
  now: Time,
  random: RandomState,
  server: string,
): StubOutput | undefined {
  return lookup.waiting?.server === server ? nextTry(lookup, now, random) : undefined;
}

/** Time has passed. Returns what to send next, if anything; afterwards look at `answer`. */
export function stubTick(lookup: StubLookup, now: Time, random: RandomState): StubOutput | undefined {
  if (!lookup.waiting || lookup.waiting.deadline > now) return undefined;
  return nextTry(lookup, now, random);
}
