// The stub resolver of a host: takes look-ups from its programs, asks the name servers of resolv.conf over simulated UDP and
// TCP, and keeps nothing. Read resolv.conf(5) and RFC 1034 §5.3.1 first: it is the resolvers behind it that cache.

import { fromLatin1, latin1 } from '../base/bytes.ts';
import { nextUint32 } from '../base/random.ts';
import type { DnsAnswer, DnsQuestion, DnsStatus } from '../dns/lookup.ts';
import { sameName } from '../dns/name.ts';
import { TYPE_CODES } from '../dns/records.ts';
import { decodeMessage, encodeMessage, NO_FLAGS, RCODE, type DnsMessage } from '../dns/wire.ts';
import { dnsFrame, takeDnsFrames } from './dns-frame.ts';
import type { Os, ProgramDefinition } from './program.ts';

export interface LibresolvConfig {
  /** Addresses, in the order in which they are asked. */
  readonly nameservers: readonly string[];
}

/** One look-up under way. */
interface Pending {
  readonly id: number;
  readonly question: DnsQuestion;
  readonly token: string;
  readonly asker: string;
  /** Every server is asked once in each round. */
  server: number;
  round: number;
  port: number | undefined;
  socket: number | undefined;
  received: string;
  /** What a server said that could not help; the answer if none can. */
  failure: DnsAnswer | undefined;
}

export interface LibresolvState {
  readonly nameservers: readonly string[];
  /** By timer key. */
  readonly pending: Map<string, Pending>;
  nextKey: number;
}

const PORT = 53;
/** resolv.conf(5): options timeout and attempts. */
const TIMEOUT_MS = 5000;
const ATTEMPTS = 2;

export const libresolv: ProgramDefinition<LibresolvConfig, LibresolvState> = {
  start: (config) => ({ nameservers: config.nameservers, pending: new Map(), nextKey: 1 }),

  handle(state, input, os) {
    switch (input.type) {
      case 'call': {
        if (input.call.type !== 'lookup') return;
        const { question, token, asker } = input.call;
        const key = String(state.nextKey++);
        const pending: Pending = {
          id: nextUint32(os.random('query-id')) & 0xffff,
          question,
          token,
          asker,
          server: 0,
          round: 0,
          port: undefined,
          socket: undefined,
          received: '',
          failure: undefined,
        };
        state.pending.set(key, pending);
        return ask(state, key, pending, os);
      }
      case 'timer': {
        const pending = state.pending.get(input.key);
        if (pending !== undefined) nextServer(state, input.key, pending, os);
        return;
      }
      case 'datagram':
        for (const [key, pending] of state.pending) {
          const asked = state.nameservers[pending.server];
          if (pending.port !== input.port || input.from.address !== asked || input.from.port !== PORT)
            continue;
          return received(state, key, pending, input.bytes, os);
        }
        return;
      case 'icmp':
        for (const [key, pending] of state.pending)
          if (
            pending.port === input.sequence &&
            pending.socket === undefined &&
            input.kind !== 'hostUnreachable'
          )
            return nextServer(state, key, pending, os);
        return;
      case 'connected':
        for (const pending of state.pending.values())
          if (pending.socket === input.socket) os.send(input.socket, dnsFrame(queryBytes(pending)));
        return;
      case 'data':
        for (const [key, pending] of state.pending) {
          if (pending.socket !== input.socket) continue;
          const { frames, rest } = takeDnsFrames(pending.received + input.bytes);
          pending.received = rest;
          if (frames[0] !== undefined) received(state, key, pending, frames[0], os);
          return;
        }
        return;
      case 'connectFailed':
      case 'ended':
      case 'reset':
        for (const [key, pending] of state.pending)
          if (pending.socket === input.socket) return nextServer(state, key, pending, os);
        return;
      case 'accepted':
        return;
    }
  },
};

function queryBytes(pending: Pending): string {
  const { name, type } = pending.question;
  return fromLatin1(
    encodeMessage({
      id: pending.id,
      opcode: 0,
      rcode: 0,
      flags: { ...NO_FLAGS, rd: true },
      questions: [{ name, type: TYPE_CODES[type], class: 1 }],
      answers: [],
      authority: [],
      additional: [],
    }),
  );
}

function ask(state: LibresolvState, key: string, pending: Pending, os: Os): void {
  const address = state.nameservers[pending.server];
  if (address === undefined) return answer(state, key, pending, { status: 'TIMEOUT', records: [] }, os);
  pending.port ??= os.bind();
  os.sendDatagram(pending.port, { address, port: PORT }, queryBytes(pending));
  os.timer(key, os.now + TIMEOUT_MS, 'busy');
}

function nextServer(state: LibresolvState, key: string, pending: Pending, os: Os): void {
  release(key, pending, os);
  pending.server++;
  if (pending.server >= state.nameservers.length) {
    pending.server = 0;
    pending.round++;
    // A server that spoke, if only to refuse, is not asked again.
    if (pending.round >= ATTEMPTS || pending.failure !== undefined)
      return answer(state, key, pending, pending.failure ?? { status: 'TIMEOUT', records: [] }, os);
  }
  ask(state, key, pending, os);
}

function release(key: string, pending: Pending, os: Os): void {
  os.cancelTimer(key);
  if (pending.socket !== undefined) os.close(pending.socket);
  if (pending.port !== undefined) os.unbind(pending.port);
  pending.socket = undefined;
  pending.port = undefined;
  pending.received = '';
}

function received(state: LibresolvState, key: string, pending: Pending, bytes: string, os: Os): void {
  const decoded = decodeMessage(latin1(bytes));
  if (!decoded.ok || !fits(decoded.value, pending)) return;
  const message = decoded.value;
  const server = state.nameservers[pending.server] ?? '';
  if (message.flags.tc && pending.socket === undefined) {
    // RFC 7766 §5: what did not fit is asked for again over TCP.
    release(key, pending, os);
    pending.socket = os.connect({ address: server, port: PORT }, TIMEOUT_MS);
    os.timer(key, os.now + 2 * TIMEOUT_MS, 'busy');
    return;
  }
  const found = answerOf(message, server);
  if (found.status === 'NOERROR' || found.status === 'NXDOMAIN')
    return answer(state, key, pending, found, os);
  pending.failure = found;
  nextServer(state, key, pending, os);
}

function fits(message: DnsMessage, pending: Pending): boolean {
  const question = message.questions[0];
  return (
    message.flags.qr &&
    message.id === pending.id &&
    (question === undefined || sameName(question.name, pending.question.name))
  );
}

/** An answer message as the programs see it. */
export function answerOf(message: DnsMessage, server: string): DnsAnswer {
  const status: DnsStatus =
    message.rcode === RCODE.NOERROR
      ? 'NOERROR'
      : message.rcode === RCODE.NXDOMAIN
        ? 'NXDOMAIN'
        : message.rcode === RCODE.REFUSED
          ? 'REFUSED'
          : 'SERVFAIL';
  const soa = message.authority.find((record) => record.data.type === 'SOA');
  const negativeTtl = soa?.data.type === 'SOA' ? Math.min(soa.ttl, soa.data.minimum) : undefined;
  return {
    status,
    records: message.answers,
    server,
    ...(negativeTtl === undefined ? {} : { negativeTtl }),
  };
}

function answer(state: LibresolvState, key: string, pending: Pending, found: DnsAnswer, os: Os): void {
  release(key, pending, os);
  state.pending.delete(key);
  const { question, token, asker } = pending;
  os.cause = os.emit({ type: 'dns.lookup', question, answer: found, program: asker });
  os.call(asker, { type: 'lookedUp', question, token, answer: found });
}
