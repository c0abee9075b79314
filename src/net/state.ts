// What a network is, as plain data: hosts, connections, the queue of what is under way, and the few things that every
// protocol on it needs. `Wires` is the caller's end: events go into the trace and arrivals reach the programs through it.

import type { Time } from '../base/dates.ts';
import { nextFloat, nextInt, randomStream, type RandomState } from '../base/random.ts';
import type { ConnectFailure, Endpoint, NetEvent } from './events.ts';
import { emptyQueue, type EventQueue } from './queue.ts';
import type { TlsFailure, TlsPeer, TlsSession } from './tls.ts';
import { pathQuality, type NetHost, type Topology } from './topology.ts';

export type Side = 'client' | 'server';

export interface ConnectionEnd {
  readonly host: string;
  readonly program: string;
  /** Own address as this end knows it. */
  readonly local: Endpoint;
  /** The other end as this end sees it, after translation. */
  readonly remote: Endpoint;
  /** It may still send. */
  open: boolean;
  /** Bytes to it arrive in order: nothing earlier than this. */
  lastArrival: Time;
  /** Bytes to it were lost for good. A stream has no holes, so nothing that was sent later arrives either. */
  cutOff: boolean;
}

export interface Connection {
  readonly id: number;
  state: 'opening' | 'open' | 'closed';
  readonly path: readonly string[];
  client: ConnectionEnd;
  server: ConnectionEnd | undefined;
  chunks: RandomState;
}

/** What waits in the queue. Bytes are binary strings. */
export type Work =
  | { readonly kind: 'syn'; readonly connection: number }
  | { readonly kind: 'synAck'; readonly connection: number }
  | { readonly kind: 'connectFails'; readonly connection: number; readonly reason: ConnectFailure }
  | { readonly kind: 'segment'; readonly connection: number; readonly to: Side; readonly bytes: string }
  | { readonly kind: 'fin'; readonly connection: number; readonly to: Side; readonly how: 'fin' | 'reset' }
  | {
      readonly kind: 'datagram';
      readonly toHost: string;
      readonly from: Endpoint;
      readonly to: Endpoint;
      readonly bytes: string;
    }
  | {
      readonly kind: 'icmp';
      readonly toHost: string;
      readonly program: string;
      readonly icmp: IcmpInput;
    }
  | { readonly kind: 'timer'; readonly host: string; readonly program: string; readonly key: string }
  | { readonly kind: 'call'; readonly host: string; readonly program: string; readonly message: unknown };

/** What a program hears about an echo or a datagram of its own. */
export interface IcmpInput {
  readonly type: 'icmp';
  readonly kind: 'echoReply' | 'portUnreachable' | 'hostUnreachable' | 'networkUnreachable' | 'prohibited';
  /** Who says so. */
  readonly from: string;
  /** The destination that it is about. */
  readonly about: Endpoint;
  /** Echo: the sequence number; time to live left. */
  readonly sequence: number;
  readonly ttl: number;
  /** When the packet that it answers was sent. */
  readonly sentAt: Time;
}

/** What a program hears from the network. A socket is a connection seen from one end. */
export type NetInput =
  | {
      readonly type: 'accepted';
      readonly socket: number;
      readonly local: Endpoint;
      readonly remote: Endpoint;
    }
  | {
      readonly type: 'connected';
      readonly socket: number;
      readonly local: Endpoint;
      readonly remote: Endpoint;
    }
  | {
      readonly type: 'connectFailed';
      readonly socket: number;
      readonly reason: ConnectFailure;
      readonly remote: Endpoint;
    }
  | { readonly type: 'data'; readonly socket: number; readonly bytes: string }
  /** A TLS handshake on the socket is over: from here `data` is what was protected. */
  | {
      readonly type: 'secured';
      readonly socket: number;
      readonly session: TlsSession;
      readonly peer?: TlsPeer;
      /** Bytes of the handshake in and out. */
      readonly read: number;
      readonly written: number;
    }
  /** A TLS session ticket came. */
  | { readonly type: 'ticket'; readonly socket: number; readonly bytes: string }
  /** A TLS handshake, or a record after it, failed. The socket is of no more use but to be closed. */
  | {
      readonly type: 'tlsFailed';
      readonly socket: number;
      readonly failure: TlsFailure;
      readonly peer?: TlsPeer;
      readonly read: number;
      readonly written: number;
    }
  /** The peer will send no more. */
  | { readonly type: 'ended'; readonly socket: number }
  | { readonly type: 'reset'; readonly socket: number }
  | { readonly type: 'datagram'; readonly port: number; readonly from: Endpoint; readonly bytes: string }
  | IcmpInput;

export interface Network extends Topology {
  now: Time;
  readonly seed: string;
  queue: EventQueue<Work>;
  connections: Map<number, Connection>;
  nextConnection: number;
  /** Stream by name; loss on a link draws from its own. */
  streams: Map<string, RandomState>;
}

export interface Wires {
  /** The event that is being handled: what is scheduled now was caused by it. */
  readonly cause: number | undefined;
  /** Puts an event of a host into the trace, caused by what is being handled. */
  emit(host: string, event: NetEvent): number;
  deliver(host: string, program: string, input: NetInput): void;
}

export function newNetwork(seed: string, now: Time): Network {
  return {
    now,
    seed,
    hosts: new Map(),
    links: [],
    queue: emptyQueue(),
    connections: new Map(),
    nextConnection: 1,
    streams: new Map(),
  };
}

export function addHost(
  net: Network,
  name: string,
  addresses: readonly string[],
  inside: readonly string[] = [],
): NetHost {
  const host: NetHost = {
    name,
    addresses,
    inside,
    firewall: [],
    up: true,
    listeners: new Map(),
    bound: new Map(),
    nextPort: 40000 + (nextInt(stream(net, `ports:${name}`), 10000) | 0),
    translations: new Map(),
  };
  net.hosts.set(name, host);
  return host;
}

/** The named random stream of this network's seed. */
export function stream(net: Network, name: string): RandomState {
  let found = net.streams.get(name);
  if (found === undefined) {
    found = randomStream(net.seed, name);
    net.streams.set(name, found);
  }
  return found;
}

export function socketOf(connection: number, side: Side): number {
  return connection * 2 + (side === 'server' ? 1 : 0);
}

export function connectionOf(socket: number): number {
  return socket >> 1;
}

export function sideOf(socket: number): Side {
  return (socket & 1) === 1 ? 'server' : 'client';
}

export function need(net: Network, name: string): NetHost {
  const host = net.hosts.get(name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return host;
}

/** A port that nothing on the host uses (RFC 6335: dynamic ports). */
export function freePort(host: NetHost): number {
  for (;;) {
    host.nextPort = host.nextPort >= 60999 ? 32768 : host.nextPort + 1;
    if (!host.bound.has(host.nextPort)) return host.nextPort;
  }
}

const MAX_TRIES = 8;

/** Delay of one packet, retransmissions included; undefined when every try was lost. */
export function transit(net: Network, path: readonly string[], firstRetryMs: number): number | undefined {
  const { latencyMs, delivery } = pathQuality(net, path);
  if (delivery >= 1) return latencyMs;
  const draws = stream(net, `loss:${path[0] ?? ''}>${path[path.length - 1] ?? ''}`);
  let waited = 0;
  for (let tries = 0, rto = firstRetryMs; tries < MAX_TRIES; tries++, rto *= 2) {
    if (nextFloat(draws) < delivery) return waited + latencyMs;
    waited += rto;
  }
  return undefined;
}
