// For tests: a handful of authoritative servers around one resolver, on a clock of their own. Everything goes through the
// wire format, and the resolver's state is cloned before every call, so that a state that is not plain data is found out.

import type { Time } from '../base/dates.ts';
import { answerQuery } from './authoritative.ts';
import { typeCodeOf } from './records.ts';
import {
  resolverQuery,
  resolverResponse,
  resolverTick,
  resolverUnreachable,
  resolverWakeAt,
  takeResolverNotes,
  takeResolverOutputs,
  type ResolverNote,
  type ResolverOutput,
  type ResolverState,
} from './resolver.ts';
import { decodeMessage, encodeMessage, NO_FLAGS, type DnsMessage } from './wire.ts';
import type { ZoneMap } from './zone.ts';

export interface SmallNet {
  now: Time;
  resolver: ResolverState;
  /** By address; one that is missing stays silent. */
  readonly servers: Record<string, ZoneMap>;
  /** Servers whose TCP port 53 is filtered. */
  readonly tcpBlocked: Set<string>;
  /** Servers whose port is closed. */
  readonly refusing: Set<string>;
  readonly notes: ResolverNote[];
  readonly replies: Map<string, { at: Time; message: DnsMessage }>;
  readonly queue: { at: Time; run: () => void }[];
  asked: number;
}

const LATENCY_MS = 10;

export function smallNet(resolver: ResolverState, servers: Record<string, ZoneMap>, now = 0): SmallNet {
  return {
    now,
    resolver,
    servers,
    tcpBlocked: new Set(),
    refusing: new Set(),
    notes: [],
    replies: new Map(),
    queue: [],
    asked: 0,
  };
}

function overTheWire(message: DnsMessage): DnsMessage {
  const read = decodeMessage(encodeMessage(message));
  if (!read.ok) throw new Error(read.error.reason);
  return read.value;
}

function drain(net: SmallNet): void {
  for (const output of takeResolverOutputs(net.resolver)) {
    if (output.kind === 'reply')
      net.replies.set(output.client, { at: net.now, message: overTheWire(output.message) });
    else deliver(net, output);
  }
  net.notes.push(...takeResolverNotes(net.resolver));
  net.resolver = structuredClone(net.resolver);
}

function deliver(net: SmallNet, output: Extract<ResolverOutput, { kind: 'ask' }>): void {
  net.asked++;
  const { server, transport, port, exchange } = output;
  if (net.refusing.has(server)) {
    net.queue.push({
      at: net.now + LATENCY_MS,
      run: () => resolverUnreachable(net.resolver, net.now, exchange, 'connection refused'),
    });
    return;
  }
  const zones = net.servers[server];
  if (!zones || (transport === 'tcp' && net.tcpBlocked.has(server))) return;
  const answer = answerQuery(zones, overTheWire(output.message), { transport });
  if (!answer) return;
  const response = overTheWire(answer);
  net.queue.push({
    at: net.now + LATENCY_MS,
    run: () => resolverResponse(net.resolver, net.now, { server, transport, port }, response),
  });
}

/** Lets the clock run to `until`, or until nothing is under way. */
export function runNet(net: SmallNet, until = Infinity): void {
  for (let steps = 0; steps < 10_000; steps++) {
    net.queue.sort((a, b) => a.at - b.at);
    const event = net.queue[0];
    const wake = resolverWakeAt(net.resolver);
    const at = Math.min(event?.at ?? Infinity, wake ?? Infinity);
    if (at > until || at === Infinity) break;
    net.now = at;
    if (event && event.at === at) {
      net.queue.shift();
      event.run();
    } else resolverTick(net.resolver, net.now);
    drain(net);
  }
  if (until !== Infinity) net.now = until;
}

export function clientMessage(name: string, type: string, extra: Partial<DnsMessage> = {}): DnsMessage {
  return {
    id: 1,
    opcode: 0,
    rcode: 0,
    flags: { ...NO_FLAGS, rd: true },
    questions: [{ name, type: typeCodeOf(type) ?? 0, class: 1 }],
    answers: [],
    authority: [],
    additional: [],
    edns: { udpSize: 1232, version: 0, dnssecOk: false, cookie: '0123456789abcdef' },
    ...extra,
  };
}

let clients = 0;

/** Sends a query now and returns the client's name without waiting. */
export function post(
  net: SmallNet,
  name: string,
  type: string,
  extra: Partial<DnsMessage> = {},
  transport: 'udp' | 'tcp' = 'udp',
): string {
  const client = `client${++clients}`;
  resolverQuery(net.resolver, net.now, {
    client,
    message: clientMessage(name, type, extra),
    transport,
    serverCookie: '00'.repeat(16),
  });
  drain(net);
  return client;
}

/** Asks and waits for the answer. */
export function lookUp(
  net: SmallNet,
  name: string,
  type: string,
  extra: Partial<DnsMessage> = {},
  transport: 'udp' | 'tcp' = 'udp',
): DnsMessage {
  const client = post(net, name, type, extra, transport);
  runNet(net);
  const reply = net.replies.get(client);
  if (!reply) throw new Error('no reply');
  return reply.message;
}
