// The client session of Postfix's smtp(8) and lmtp(8): hands one message to one server and says for every recipient what
// became of it. It knows no DNS, queue or retry; the host opens the connection and picks the server. Read RFC 5321 §4.5.3.2
// and §4.2.1 first, for LMTP RFC 2033.

import { assert } from '../base/assert.ts';
import { fromLatin1, latin1, type Bytes } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { STUFF_RULES, stuffDots, type StuffRules } from './dot.ts';
import { encodeXtext, quoteAddress } from './grammar.ts';
import { parseReplyLine, replyClass, replyStatus, replyText, parseReply, type Reply } from './reply.ts';
import { toSevenBit } from './seven-bit.ts';
import type { NotifyWord } from './session.ts';

/** Postfix's time limits in milliseconds (RFC 5321 §4.5.3.2 wants at least as much for most). */
export interface ClientTimeouts {
  readonly heloMs: number;
  readonly mailMs: number;
  readonly rcptMs: number;
  readonly dataInitMs: number;
  readonly dataXferMs: number;
  readonly dataDoneMs: number;
  readonly rsetMs: number;
  readonly quitMs: number;
}

export const CLIENT_TIMEOUTS: ClientTimeouts = {
  heloMs: 300_000,
  mailMs: 300_000,
  rcptMs: 300_000,
  dataInitMs: 120_000,
  dataXferMs: 180_000,
  dataDoneMs: 600_000,
  rsetMs: 20_000,
  quitMs: 300_000,
};

export interface ClientConfig {
  readonly protocol: 'smtp' | 'lmtp';
  /** What EHLO announces: smtp_helo_name. */
  readonly heloName: string;
  readonly timeouts: ClientTimeouts;
  readonly stuffing: StuffRules;
  /** EHLO words to overlook: smtp_discard_ehlo_keywords, lower case. */
  readonly discardEhloKeywords: readonly string[];
  /** smtp_skip_quit_response: close right after QUIT. */
  readonly skipQuitResponse: boolean;
  /** A server that calls itself by our own name is ourselves. */
  readonly detectLoop: boolean;
}

export function clientConfig(heloName: string, changes: Partial<ClientConfig> = {}): ClientConfig {
  return {
    protocol: 'smtp',
    heloName,
    timeouts: CLIENT_TIMEOUTS,
    stuffing: STUFF_RULES,
    discardEhloKeywords: [],
    skipQuitResponse: true,
    detectLoop: changes.protocol !== 'lmtp',
    ...changes,
  };
}

export interface ClientRecipient {
  /** Internal form, binary string. */
  readonly address: string;
  readonly notify?: readonly NotifyWord[];
  readonly orcpt?: { readonly type: string; readonly address: string };
}

/** One delivery. Strings are binary strings. */
export interface ClientJob {
  /** The host at the other end, for the texts: `mx.blue.example` and its address. */
  readonly server: { readonly name: string; readonly address: string };
  /** The domain that is being delivered to, for `mail for … loops back to myself`. */
  readonly nexthop: string;
  readonly reversePath: string;
  readonly recipients: readonly ClientRecipient[];
  /** CRLF lines, headers included. */
  readonly message: Bytes;
  readonly body?: '7BIT' | '8BITMIME';
  /** The sender asked for SMTPUTF8 or the message needs it. */
  readonly smtputf8?: boolean;
  readonly ret?: 'FULL' | 'HDRS';
  readonly envid?: string;
}

/** What the client waits an answer to. */
export type ClientStep =
  'greeting' | 'EHLO' | 'HELO' | 'LHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'end of data' | 'RSET' | 'QUIT';

export interface RecipientOutcome {
  readonly address: string;
  readonly status: 'delivered' | 'deferred' | 'bounced';
  /** `5.1.1` */
  readonly dsn: string;
  /** What Postfix logs in brackets behind the status. */
  readonly text: string;
  /** The server's reply when it decided: the Diagnostic-Code. Undefined: a local cause. */
  readonly reply: Reply | undefined;
  /** At which step it was decided; `session` is a cause of our own. */
  readonly step: ClientStep | 'session';
}

export type ClientNote = { readonly at: Time } & (
  | { readonly kind: 'command'; readonly step: ClientStep; readonly text: string }
  | {
      readonly kind: 'reply';
      readonly step: ClientStep | undefined;
      readonly reply: Reply;
      readonly text: string;
    }
  /** What the server offers, as the client understood it. */
  | { readonly kind: 'features'; readonly features: ClientFeatures }
  /** An 8-bit message was turned into 7 bits for this server (RFC 6152 §3). */
  | {
      readonly kind: 'converted';
      readonly parts: number;
      readonly breaksDkim: boolean;
      readonly rule: string;
    }
  | { readonly kind: 'text'; readonly sizeBytes: number; readonly folded: boolean; readonly dotOnly: boolean }
  | { readonly kind: 'lost'; readonly reason: 'lost connection' | 'timeout'; readonly step: ClientStep }
  | { readonly kind: 'warning'; readonly code: 'unasked-reply' | 'not-a-reply'; readonly text: string }
);

export type ClientOutput =
  | { readonly kind: 'send'; readonly bytes: Bytes }
  | { readonly kind: 'close' }
  | { readonly kind: 'note'; readonly note: ClientNote }
  /** Every recipient's fate is known; comes once, before `close`. */
  | { readonly kind: 'done'; readonly outcomes: readonly RecipientOutcome[] };

export interface ClientFeatures {
  readonly esmtp: boolean;
  readonly pipelining: boolean;
  readonly eightBitMime: boolean;
  readonly smtputf8: boolean;
  readonly dsn: boolean;
  /** SIZE was offered; 0: without a limit. */
  readonly sizeLimit: number | undefined;
  /** All words, for the trace. */
  readonly keywords: readonly string[];
}

const NO_FEATURES: ClientFeatures = {
  esmtp: false,
  pipelining: false,
  eightBitMime: false,
  smtputf8: false,
  dsn: false,
  sizeLimit: undefined,
  keywords: [],
};

/** A client session's whole state: plain data. */
export interface ClientSession {
  readonly config: ClientConfig;
  readonly job: ClientJob;
  outputs: ClientOutput[];
  input: string;
  /** Lines of a reply whose last line has not come. */
  lines: string[];
  /** Replies that are due, in order. */
  awaited: { step: ClientStep; recipient?: number }[];
  features: ClientFeatures;
  /** The message as it will go out, before stuffing. */
  message: string;
  mailRejected: boolean;
  /** Recipients that the server has accepted, by index. */
  accepted: number[];
  /** LMTP: replies after the end of data that have come. */
  lmtpReplies: number;
  /** RCPTs sent so far, when the server does not pipeline. */
  sentRecipients: number;
  outcomes: (RecipientOutcome | undefined)[];
  doneTold: boolean;
  quitSent: boolean;
  closed: boolean;
  waitingSince: Time;
}

/** Replies with more lines than this lose the rest. */
const MAX_REPLY_LINES = 100;
const MAX_REPLY_LINE = 2048;

/** The connection is up: waits for the greeting. */
export function openClientSession(config: ClientConfig, job: ClientJob, now: Time): ClientSession {
  assert(job.recipients.length > 0, 'a delivery has recipients');
  return {
    config,
    job,
    outputs: [],
    input: '',
    lines: [],
    awaited: [{ step: 'greeting' }],
    features: NO_FEATURES,
    message: fromLatin1(job.message),
    mailRejected: false,
    accepted: [],
    lmtpReplies: 0,
    sentRecipients: 0,
    outcomes: job.recipients.map(() => undefined),
    doneTold: false,
    quitSent: false,
    closed: false,
    waitingSince: now,
  };
}

/** Bytes from the server, in any pieces. */
export function clientReceive(session: ClientSession, bytes: Uint8Array, now: Time): void {
  if (session.closed) return;
  session.input += fromLatin1(bytes);
  session.waitingSince = now;
  for (;;) {
    const lf = session.input.indexOf('\n');
    if (lf < 0) {
      // A line without end is cut, so that no server can fill our memory.
      if (session.input.length > 2 * MAX_REPLY_LINE) session.input = session.input.slice(0, MAX_REPLY_LINE);
      return;
    }
    const line = session.input.slice(0, lf).replace(/\r+$/, '').slice(0, MAX_REPLY_LINE);
    session.input = session.input.slice(lf + 1);
    takeLine(session, line, now);
    if (session.closed) return;
  }
}

/**
 * The server closed the connection, or it broke. `undelivered`: part of the message text had not even left this host.
 */
export function clientEnd(session: ClientSession, now: Time, undelivered = false): void {
  if (session.closed) return;
  stream(session, now, 'lost connection', undelivered);
}

/** When the session wants to be woken: its time-out. */
export function clientWakeAt(session: ClientSession): Time | undefined {
  const step = session.awaited[0]?.step;
  return session.closed || step === undefined ? undefined : session.waitingSince + limitOf(session, step);
}

export function clientWake(session: ClientSession, now: Time): void {
  const at = clientWakeAt(session);
  if (at !== undefined && now >= at) stream(session, now, 'timeout', false);
}

/** What the session wants done, oldest first; each is given once. */
export function clientDrain(session: ClientSession): ClientOutput[] {
  const outputs = session.outputs;
  session.outputs = [];
  return outputs;
}

function limitOf(session: ClientSession, step: ClientStep): number {
  const { timeouts } = session.config;
  switch (step) {
    case 'greeting':
    case 'EHLO':
    case 'HELO':
    case 'LHLO':
      return timeouts.heloMs;
    case 'MAIL':
      return timeouts.mailMs;
    case 'RCPT':
      return timeouts.rcptMs;
    case 'DATA':
      return timeouts.dataInitMs;
    case 'end of data':
      return timeouts.dataDoneMs;
    case 'RSET':
      return timeouts.rsetMs;
    case 'QUIT':
      return timeouts.quitMs;
  }
}

/** `sending RCPT TO`, as in `lost connection with … while sending RCPT TO`. */
function doing(step: ClientStep, undelivered: boolean): string {
  switch (step) {
    case 'greeting':
      return 'receiving the initial server greeting';
    case 'EHLO':
    case 'HELO':
    case 'LHLO':
      return `performing the ${step} handshake`;
    case 'MAIL':
      return 'sending MAIL FROM';
    case 'RCPT':
      return 'sending RCPT TO';
    case 'DATA':
      return 'sending DATA command';
    case 'end of data':
      return undelivered
        ? 'sending message body'
        : 'sending end of data -- message may be sent more than once';
    case 'RSET':
      return 'sending final RSET';
    case 'QUIT':
      return 'sending QUIT';
  }
}

/** `RCPT TO command`, as in `(in reply to RCPT TO command)`. */
function requestName(step: ClientStep): string {
  switch (step) {
    case 'MAIL':
      return 'MAIL FROM command';
    case 'RCPT':
      return 'RCPT TO command';
    case 'end of data':
      return 'end of DATA command';
    default:
      return `${step} command`;
  }
}

const serverName = ({ job }: ClientSession): string => `${job.server.name}[${job.server.address}]`;

/** The text of `connect to mx.blue.example[192.0.2.25]:25: Connection refused` (dsn 4.4.1), for the host that failed to. */
export function connectFailure(
  server: { name: string; address: string; port: number },
  why: 'Connection refused' | 'Connection timed out' | 'No route to host' | 'Network is unreachable',
): { dsn: string; text: string } {
  return { dsn: '4.4.1', text: `connect to ${server.name}[${server.address}]:${server.port}: ${why}` };
}

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

function note(session: ClientSession, at: Time, what: WithoutTime<ClientNote>): void {
  session.outputs.push({ kind: 'note', note: { at, ...what } as ClientNote });
}

function send(session: ClientSession, text: string, now: Time): void {
  session.outputs.push({ kind: 'send', bytes: latin1(text) });
  session.waitingSince = now;
}

function stream(
  session: ClientSession,
  now: Time,
  reason: 'lost connection' | 'timeout',
  undelivered: boolean,
): void {
  const step = session.awaited[0]?.step ?? 'QUIT';
  note(session, now, { kind: 'lost', reason, step });
  const where = doing(step, undelivered);
  const text =
    reason === 'timeout'
      ? `conversation with ${serverName(session)} timed out while ${where}`
      : `lost connection with ${serverName(session)} while ${where}`;
  failRest(session, { dsn: '4.4.2', text, reply: undefined, step });
  shut(session);
}

/** Settles one recipient; the first word counts. */
function settle(session: ClientSession, index: number, outcome: Omit<RecipientOutcome, 'address'>): void {
  const address = session.job.recipients[index]?.address;
  if (address === undefined || session.outcomes[index]) return;
  session.outcomes[index] = { address, ...outcome };
}

interface Failure {
  readonly dsn: string;
  readonly text: string;
  readonly reply: Reply | undefined;
  readonly step: ClientStep | 'session';
}

/** Class 4 defers, class 5 bounces; a server that answers a refusal with anything else breaks the protocol. */
function failed({ dsn, text, reply, step }: Failure): Omit<RecipientOutcome, 'address'> {
  if (dsn.startsWith('4')) return { status: 'deferred', dsn, text, reply, step };
  if (dsn.startsWith('5')) return { status: 'bounced', dsn, text, reply, step };
  return { status: 'bounced', dsn: '5.5.0', text: `Protocol error: ${text}`, reply, step };
}

function failRest(session: ClientSession, failure: Failure): void {
  for (const index of session.outcomes.keys()) settle(session, index, failed(failure));
  tellDone(session);
}

function tellDone(session: ClientSession): void {
  if (session.doneTold || session.outcomes.some((outcome) => outcome === undefined)) return;
  session.doneTold = true;
  session.outputs.push({
    kind: 'done',
    outcomes: session.outcomes.filter((outcome) => outcome !== undefined),
  });
}

function shut(session: ClientSession): void {
  session.closed = true;
  session.awaited = [];
  session.input = '';
  session.outputs.push({ kind: 'close' });
}

/** `host mx.blue.example[192.0.2.25] said: 550 … (in reply to RCPT TO command)`. */
function said(session: ClientSession, step: ClientStep, answer: Reply): Failure {
  const text = `host ${serverName(session)} said: ${replyText(answer)} (in reply to ${requestName(step)})`;
  return { dsn: replyStatus(answer), text, reply: answer, step };
}

function refusedToTalk(session: ClientSession, step: ClientStep, answer: Reply, now: Time): void {
  const status = replyStatus(answer);
  // smtp_skip_5xx_greeting: another server of the domain may be in a better mood.
  const dsn = step === 'greeting' && status.startsWith('5') ? `4${status.slice(1)}` : status;
  const text = `host ${serverName(session)} refused to talk to me: ${replyText(answer)}`;
  failRest(session, { dsn, text, reply: answer, step });
  quit(session, now);
}

function takeLine(session: ClientSession, line: string, now: Time): void {
  const parsed = parseReplyLine(line);
  if (!parsed) {
    note(session, now, { kind: 'warning', code: 'not-a-reply', text: line.slice(0, 100) });
    session.lines = [];
    answered(session, { code: 0, lines: [line.slice(0, 100)] }, now);
    return;
  }
  if (session.lines.length < MAX_REPLY_LINES || parsed.last) session.lines.push(line);
  if (!parsed.last) return;
  const lines = session.lines;
  session.lines = [];
  // Lines whose codes differ: the last one decides (RFC 5321 §4.2.1 forbids them).
  const whole = parseReply(lines.join('\r\n')) ?? { code: parsed.code, lines: [parsed.text] };
  answered(session, whole, now);
}

function answered(session: ClientSession, answer: Reply, now: Time): void {
  const awaited = session.awaited.shift();
  note(session, now, { kind: 'reply', step: awaited?.step, reply: answer, text: replyText(answer) });
  if (!awaited) {
    note(session, now, { kind: 'warning', code: 'unasked-reply', text: replyText(answer) });
    return;
  }
  const good = replyClass(answer) === 2;
  switch (awaited.step) {
    case 'greeting':
      if (!good) refusedToTalk(session, 'greeting', answer, now);
      else hello(session, session.config.protocol === 'lmtp' ? 'LHLO' : 'EHLO', now);
      break;
    case 'EHLO':
      if (good) greeted(session, answer, true, now);
      else if (answer.code === 421) refusedToTalk(session, 'EHLO', answer, now);
      else hello(session, 'HELO', now);
      break;
    case 'HELO':
    case 'LHLO':
      if (good) greeted(session, answer, awaited.step === 'LHLO', now);
      else refusedToTalk(session, awaited.step, answer, now);
      break;
    case 'MAIL':
      if (!good) {
        session.mailRejected = true;
        failRest(session, said(session, 'MAIL', answer));
      }
      goOn(session, now);
      break;
    case 'RCPT':
      if (!session.mailRejected && awaited.recipient !== undefined) {
        if (good) session.accepted.push(awaited.recipient);
        else settle(session, awaited.recipient, failed(said(session, 'RCPT', answer)));
        tellDone(session);
      }
      goOn(session, now);
      break;
    case 'DATA':
      if (replyClass(answer) === 3) {
        sendText(session, now);
      } else {
        if (session.accepted.length > 0) failRest(session, said(session, 'DATA', answer));
        abort(session, now);
      }
      break;
    case 'end of data':
      endOfData(session, answer, now);
      break;
    case 'RSET':
      if (session.config.skipQuitResponse) shut(session);
      break;
    case 'QUIT':
      shut(session);
      break;
  }
}

function command(
  session: ClientSession,
  step: ClientStep,
  text: string,
  now: Time,
  recipient?: number,
): string {
  note(session, now, { kind: 'command', step, text });
  session.awaited.push(recipient === undefined ? { step } : { step, recipient });
  return `${text}\r\n`;
}

function hello(session: ClientSession, verb: 'EHLO' | 'HELO' | 'LHLO', now: Time): void {
  send(session, command(session, verb, `${verb} ${session.config.heloName}`, now), now);
}

function readFeatures(config: ClientConfig, answer: Reply, esmtp: boolean): ClientFeatures {
  if (!esmtp) return NO_FEATURES;
  const keywords = answer.lines
    .slice(1)
    .filter((line) => !config.discardEhloKeywords.includes((line.split(' ')[0] ?? '').toLowerCase()));
  const find = (word: string): string | undefined =>
    keywords.find((line) => (line.split(/[ =]/)[0] ?? '').toUpperCase() === word);
  const size = find('SIZE');
  return {
    esmtp,
    pipelining: find('PIPELINING') !== undefined,
    eightBitMime: find('8BITMIME') !== undefined,
    smtputf8: find('SMTPUTF8') !== undefined,
    dsn: find('DSN') !== undefined,
    sizeLimit: size === undefined ? undefined : Number(/^\S+\s+(\d{1,15})/.exec(size)?.[1] ?? 0),
    keywords,
  };
}

/** The server has introduced itself: the transaction begins, or there is no point in it. */
function greeted(session: ClientSession, answer: Reply, esmtp: boolean, now: Time): void {
  const { config, job } = session;
  session.features = readFeatures(config, answer, esmtp);
  const { features } = session;
  note(session, now, { kind: 'features', features });
  const own = (answer.lines[0] ?? '').split(' ')[0]?.toLowerCase() === config.heloName.toLowerCase();
  const giveUp = (dsn: string, text: string): void => {
    failRest(session, { dsn, text, reply: undefined, step: 'session' });
    quit(session, now);
  };
  if (config.detectLoop && own) {
    giveUp('5.4.6', `mail for ${job.nexthop} loops back to myself`);
    return;
  }
  if (job.smtputf8 && !features.smtputf8) {
    giveUp('5.6.7', `SMTPUTF8 is required, but was not offered by host ${serverName(session)}`);
    return;
  }
  if ((features.sizeLimit ?? 0) > 0 && (features.sizeLimit ?? 0) < job.message.length) {
    const text = `message size ${job.message.length} exceeds size limit ${features.sizeLimit} of server ${serverName(session)}`;
    giveUp('5.3.4', text);
    return;
  }
  const eightBit = /[\x80-\xff]/.test(session.message);
  if (eightBit && !features.eightBitMime) {
    const seven = toSevenBit(session.message);
    session.message = seven.message;
    const { convertedParts: parts, breaksDkim } = seven;
    note(session, now, { kind: 'converted', parts, breaksDkim, rule: 'RFC 6152 §3' });
  }
  let text = command(session, 'MAIL', mailCommand(session, eightBit), now);
  if (features.pipelining) {
    for (const index of job.recipients.keys())
      text += command(session, 'RCPT', rcptCommand(session, index), now, index);
    text += command(session, 'DATA', 'DATA', now);
  }
  send(session, text, now);
}

function mailCommand(session: ClientSession, eightBit: boolean): string {
  const { job, features } = session;
  let text = `MAIL FROM:<${quoteAddress(job.reversePath)}>`;
  const downgraded = eightBit && !features.eightBitMime;
  if (features.sizeLimit !== undefined && !downgraded) text += ` SIZE=${job.message.length}`;
  const body = job.body ?? (eightBit ? '8BITMIME' : undefined);
  if (features.eightBitMime && body) text += ` BODY=${body}`;
  if (features.dsn && job.envid !== undefined) text += ` ENVID=${encodeXtext(job.envid)}`;
  if (features.dsn && job.ret) text += ` RET=${job.ret}`;
  if (features.smtputf8 && job.smtputf8) text += ' SMTPUTF8';
  return text;
}

function rcptCommand(session: ClientSession, index: number): string {
  const recipient = session.job.recipients[index];
  if (!recipient) throw new Error(`no recipient ${index}`);
  let text = `RCPT TO:<${quoteAddress(recipient.address)}>`;
  if (session.features.dsn) {
    if (recipient.orcpt) text += ` ORCPT=${recipient.orcpt.type};${encodeXtext(recipient.orcpt.address)}`;
    if (recipient.notify) text += ` NOTIFY=${recipient.notify.join(',')}`;
  }
  return text;
}

/** After the answer to MAIL or RCPT: what comes next when the server does not pipeline. */
function goOn(session: ClientSession, now: Time): void {
  if (session.awaited.length > 0 || session.features.pipelining) return;
  if (session.mailRejected) {
    abort(session, now);
    return;
  }
  const index = session.sentRecipients;
  if (index < session.job.recipients.length) {
    session.sentRecipients++;
    send(session, command(session, 'RCPT', rcptCommand(session, index), now, index), now);
  } else if (session.accepted.length > 0) send(session, command(session, 'DATA', 'DATA', now), now);
  else abort(session, now);
}

/** Nothing can come of this transaction any more. */
function abort(session: ClientSession, now: Time): void {
  session.quitSent = true;
  send(session, command(session, 'RSET', 'RSET', now) + command(session, 'QUIT', 'QUIT', now), now);
}

/** The server wants the text. When it has accepted nobody it only gets the dot (RFC 2920 §3.1). */
function sendText(session: ClientSession, now: Time): void {
  const dotOnly = session.accepted.length === 0;
  const stuffed = dotOnly
    ? { text: '.\r\n', folded: false }
    : stuffDots(session.message, session.config.stuffing);
  note(session, now, { kind: 'text', sizeBytes: stuffed.text.length, folded: stuffed.folded, dotOnly });
  const replies = session.config.protocol === 'lmtp' && !dotOnly ? session.accepted.length : 1;
  for (let i = 0; i < replies; i++) session.awaited.push({ step: 'end of data' });
  let text = stuffed.text;
  if (session.features.pipelining) {
    session.quitSent = true;
    text += command(session, 'QUIT', 'QUIT', now);
  }
  send(session, text, now);
}

function endOfData(session: ClientSession, answer: Reply, now: Time): void {
  const good = replyClass(answer) === 2;
  const delivered = (): Omit<RecipientOutcome, 'address'> => ({
    status: 'delivered',
    dsn: replyStatus(answer),
    text: replyText(answer),
    reply: answer,
    step: 'end of data',
  });
  if (session.config.protocol === 'lmtp' && session.accepted.length > 0) {
    const index = session.accepted[session.lmtpReplies++];
    if (index !== undefined)
      settle(session, index, good ? delivered() : failed(said(session, 'end of data', answer)));
    tellDone(session);
    if (session.lmtpReplies < session.accepted.length) return;
  } else if (session.accepted.length > 0) {
    if (good) {
      for (const index of session.accepted) settle(session, index, delivered());
      tellDone(session);
    } else failRest(session, said(session, 'end of data', answer));
  }
  quit(session, now);
}

/** Says QUIT unless it has been said; waits for the answer only when told to. */
function quit(session: ClientSession, now: Time): void {
  if (!session.quitSent) {
    session.quitSent = true;
    send(session, command(session, 'QUIT', 'QUIT', now), now);
  }
  if (session.config.skipQuitResponse) shut(session);
}
