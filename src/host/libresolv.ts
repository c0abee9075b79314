// The stub resolver of a host as a program: takes look-ups from the other programs, sends what dns/stub.ts decides over
// simulated UDP and TCP, and keeps nothing. Read resolv.conf(5) first: it is the resolvers behind it that cache.

import { fromLatin1, latin1 } from '../base/bytes.ts';
import {
  startLookup,
  stubResponse,
  stubTick,
  stubUnreachable,
  stubWakeAt,
  type StubLookup,
  type StubOutput,
} from '../dns/stub.ts';
import { decodeMessage, encodeMessage } from '../dns/wire.ts';
import { dnsFrame, takeDnsFrames } from './dns-frame.ts';
import type { Os, ProgramDefinition } from './program.ts';

export interface LibresolvConfig {
  /** Addresses, in the order in which they are asked. */
  readonly nameservers: readonly string[];
}

/** One look-up under way, with what it has open. */
interface Pending {
  readonly key: string;
  readonly token: string;
  readonly asker: string;
  readonly lookup: StubLookup;
  port: number | undefined;
  socket: number | undefined;
  /** What waits to be sent once the connection stands. */
  bytes: string;
  received: string;
}

export interface LibresolvState {
  nameservers: readonly string[];
  /** By timer key. */
  readonly pending: Map<string, Pending>;
  nextKey: number;
}

const PORT = 53;

export const libresolv: ProgramDefinition<LibresolvConfig, LibresolvState> = {
  start: (config) => ({ nameservers: config.nameservers, pending: new Map(), nextKey: 1 }),

  handle(state, input, os) {
    const find = (test: (pending: Pending) => boolean): Pending | undefined =>
      [...state.pending.values()].find(test);
    switch (input.type) {
      case 'call': {
        if (input.call.type !== 'lookup') return;
        const { question, token, asker } = input.call;
        const settings = { servers: state.nameservers };
        const { lookup, output } = startLookup(question, settings, os.now, os.random('stub'));
        const key = String(state.nextKey++);
        const pending: Pending = {
          key,
          token,
          asker,
          lookup,
          port: undefined,
          socket: undefined,
          bytes: '',
          received: '',
        };
        state.pending.set(key, pending);
        return goOn(state, pending, output, os);
      }
      case 'timer': {
        const pending = state.pending.get(input.key);
        if (pending !== undefined)
          goOn(state, pending, stubTick(pending.lookup, os.now, os.random('stub')), os);
        return;
      }
      case 'datagram': {
        const pending = find((one) => one.port === input.port);
        if (pending !== undefined && input.from.port === PORT)
          received(state, pending, input.bytes, { server: input.from.address, transport: 'udp' }, os);
        return;
      }
      case 'icmp': {
        const pending = find((one) => one.port === input.sequence);
        // As with UDP sockets of Linux, "host unreachable" is not an error that ends the wait.
        if (pending !== undefined && input.kind !== 'hostUnreachable')
          unreachable(state, pending, input.about.address, os);
        return;
      }
      case 'connected': {
        const pending = find((one) => one.socket === input.socket);
        if (pending !== undefined) os.send(input.socket, dnsFrame(pending.bytes));
        return;
      }
      case 'data': {
        const pending = find((one) => one.socket === input.socket);
        if (pending === undefined) return;
        const { frames, rest } = takeDnsFrames(pending.received + input.bytes);
        pending.received = rest;
        const server = pending.lookup.waiting?.server ?? '';
        for (const frame of frames) received(state, pending, frame, { server, transport: 'tcp' }, os);
        return;
      }
      case 'connectFailed':
      case 'ended':
      case 'reset': {
        const pending = find((one) => one.socket === input.socket);
        if (pending !== undefined) unreachable(state, pending, pending.lookup.waiting?.server ?? '', os);
        return;
      }
      case 'accepted':
        return;
    }
  },
};

function received(
  state: LibresolvState,
  pending: Pending,
  bytes: string,
  from: { readonly server: string; readonly transport: 'udp' | 'tcp' },
  os: Os,
): void {
  const decoded = decodeMessage(latin1(bytes));
  if (!decoded.ok) return;
  goOn(state, pending, stubResponse(pending.lookup, os.now, os.random('stub'), from, decoded.value), os);
}

function unreachable(state: LibresolvState, pending: Pending, server: string, os: Os): void {
  goOn(state, pending, stubUnreachable(pending.lookup, os.now, os.random('stub'), server), os);
}

/** Sends what is to be sent next, or tells the asker the answer if there is one. */
function goOn(state: LibresolvState, pending: Pending, output: StubOutput | undefined, os: Os): void {
  const { lookup, key } = pending;
  if (output !== undefined) {
    release(pending, os);
    pending.bytes = fromLatin1(encodeMessage(output.message));
    const to = { address: output.server, port: PORT };
    const wakeAt = stubWakeAt(lookup) ?? os.now;
    if (output.transport === 'tcp') pending.socket = os.connect(to, wakeAt - os.now);
    else {
      pending.port = os.net.bound.has(output.port) ? os.bind() : os.bind(output.port);
      os.sendDatagram(pending.port, to, pending.bytes);
    }
    return os.timer(key, wakeAt, 'busy');
  }
  if (lookup.answer === undefined) return;
  release(pending, os);
  os.cancelTimer(key);
  state.pending.delete(key);
  const { question, answer } = lookup;
  os.cause = os.emit({ type: 'dns.lookup', question, answer, program: pending.asker });
  os.call(pending.asker, { type: 'lookedUp', question, token: pending.token, answer });
}

function release(pending: Pending, os: Os): void {
  if (pending.socket !== undefined) os.close(pending.socket);
  if (pending.port !== undefined) os.unbind(pending.port);
  pending.socket = undefined;
  pending.port = undefined;
  pending.received = '';
}
