// The network at work: connections, segments, datagrams, echo. State is plain data; the caller supplies `Wires`, through
// which events go into the trace and arrivals reach the programs. RFC 9293 and RFC 768 in what a program can notice of
// them; congestion control is not modelled.

import type { Time } from '../base/dates.ts';
import { nextFloat, nextInt, randomStream, type RandomState } from '../base/random.ts';
import type { ConnectFailure, DropReason, Endpoint, NetEvent } from './events.ts';
import { emptyQueue, schedule, type EventQueue } from './queue.ts';
import {
  findPath,
  hostAt,
  isLoopback,
  isPrivate,
  passage,
  pathQuality,
  sourceAddress,
  translatorOn,
  type NetHost,
  type Packet,
  type Topology,
} from './topology.ts';

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

/** How long a connect may take before it fails, unless the program says otherwise: Linux, six retransmitted SYNs. */
export const CONNECT_TIMEOUT_MS = 127_000;
const SEGMENT_BYTES = 1460;
const MAX_TRIES = 8;

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

function sideOf(socket: number): Side {
  return (socket & 1) === 1 ? 'server' : 'client';
}

function need(net: Network, name: string): NetHost {
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

/** Delay of one packet, retransmissions included; undefined when every try was lost. */
function transit(net: Network, path: readonly string[], firstRetryMs: number): number | undefined {
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

/** Opens a connection; what becomes of it is told later. Answers the socket. */
export function connect(
  net: Network,
  wires: Wires,
  from: { readonly host: string; readonly program: string },
  to: Endpoint,
  timeoutMs: number = CONNECT_TIMEOUT_MS,
): number {
  const id = net.nextConnection++;
  const host = need(net, from.host);
  const source = sourceAddress(host, to.address);
  const target = hostAt(net, from.host, to.address);
  const path = target === undefined ? undefined : findPath(net, from.host, target.name);
  const local: Endpoint = { address: source ?? '0.0.0.0', port: freePort(host) };
  const connection: Connection = {
    id,
    state: 'opening',
    path: path ?? [from.host],
    client: { ...from, local, remote: to, open: true, lastArrival: net.now },
    server: undefined,
    chunks: randomStream(net.seed, `chunks:${id}`),
  };
  net.connections.set(id, connection);
  const delay = path === undefined ? undefined : transit(net, path, 1000);
  const seq = wires.emit(from.host, {
    type: 'net.connect',
    connection: id,
    from: local,
    to,
    toHost: target?.name,
    path: connection.path,
    arrives: net.now + (delay ?? 0),
  });
  const fails = (reason: ConnectFailure, afterMs: number): void => {
    schedule(net.queue, net.now + afterMs, true, seq, { kind: 'connectFails', connection: id, reason });
  };
  const dropped = (reason: DropReason, by: string): void => {
    wires.emit(from.host, { type: 'net.drop', what: 'tcp', to, reason, by });
  };
  if (source === undefined) fails('networkUnreachable', 0);
  else if (path === undefined || target === undefined) {
    // A documentation address that nobody owns: the internet swallows it, as it would a dead host.
    dropped(target === undefined ? 'noHost' : 'noRoute', from.host);
    if (isPrivate(to.address)) fails('hostUnreachable', 3000);
    else fails('timedOut', timeoutMs);
  } else {
    const gate = passage(net, path, { protocol: 'tcp', from: { address: source, port: local.port }, to });
    if (!gate.passes && gate.action === 'drop') {
      dropped(gate.reason, gate.by);
      fails('timedOut', timeoutMs);
    } else if (!gate.passes) {
      dropped(gate.reason, gate.by);
      fails('prohibited', 2 * pathQuality(net, path).latencyMs);
    } else if (delay === undefined || delay > timeoutMs) {
      dropped('loss', from.host);
      fails('timedOut', timeoutMs);
    } else schedule(net.queue, net.now + delay, true, seq, { kind: 'syn', connection: id });
  }
  return socketOf(id, 'client');
}

/** Sends bytes (a binary string) down a socket. What cannot be sent any more is dropped, as a write to a dead socket is. */
export function send(net: Network, wires: Wires, socket: number, bytes: string): void {
  const connection = net.connections.get(connectionOf(socket));
  if (connection === undefined || connection.state !== 'open' || bytes === '') return;
  const side = sideOf(socket);
  const own = side === 'client' ? connection.client : connection.server;
  const other = side === 'client' ? connection.server : connection.client;
  if (own === undefined || other === undefined || !own.open) return;
  const path = side === 'client' ? connection.path : [...connection.path].reverse();
  const delay = transit(net, path, 200);
  const gate = net.hosts.get(other.host)?.up === true && pathUp(net, path);
  const arrives = Math.max(other.lastArrival, net.now + (delay ?? 0));
  const seq = wires.emit(own.host, {
    type: 'net.data',
    connection: connection.id,
    side,
    toHost: other.host,
    path,
    bytes,
    arrives,
  });
  if (delay === undefined || !gate) {
    wires.emit(own.host, {
      type: 'net.drop',
      what: 'tcp',
      to: own.remote,
      reason: gate ? 'loss' : 'linkDown',
      by: own.host,
    });
    return;
  }
  other.lastArrival = arrives;
  for (let at = 0; at < bytes.length;) {
    let size = Math.min(SEGMENT_BYTES, bytes.length - at);
    // TCP has no lines: now and then a segment ends where no protocol would expect it.
    if (size > 1 && nextInt(connection.chunks, 6) === 0) size = 1 + nextInt(connection.chunks, size - 1);
    schedule(net.queue, arrives, true, seq, {
      kind: 'segment',
      connection: connection.id,
      to: side === 'client' ? 'server' : 'client',
      bytes: bytes.slice(at, at + size),
    });
    at += size;
  }
}

function pathUp(net: Network, path: readonly string[]): boolean {
  const first = path[0];
  const last = path[path.length - 1];
  if (first === undefined || last === undefined) return false;
  return findPath(net, first, last) !== undefined || findPath(net, last, first) !== undefined;
}

/** Ends one's own side (`fin`), or tears the connection down (`reset`). */
export function close(net: Network, wires: Wires, socket: number, how: 'fin' | 'reset' = 'fin'): void {
  const connection = net.connections.get(connectionOf(socket));
  if (connection === undefined || connection.state === 'closed') return;
  const side = sideOf(socket);
  const own = side === 'client' ? connection.client : connection.server;
  const other = side === 'client' ? connection.server : connection.client;
  if (connection.state === 'opening' || own === undefined || other === undefined) {
    connection.state = 'closed';
    net.connections.delete(connection.id);
    return;
  }
  if (!own.open && how === 'fin') return;
  own.open = false;
  const path = side === 'client' ? connection.path : [...connection.path].reverse();
  const arrives = Math.max(other.lastArrival, net.now + pathQuality(net, path).latencyMs);
  other.lastArrival = arrives;
  const seq = wires.emit(own.host, {
    type: 'net.close',
    connection: connection.id,
    side,
    toHost: other.host,
    how,
    arrives,
  });
  schedule(net.queue, arrives, true, seq, {
    kind: 'fin',
    connection: connection.id,
    to: side === 'client' ? 'server' : 'client',
    how,
  });
}

/** Sends a datagram from a bound port. */
export function sendDatagram(
  net: Network,
  wires: Wires,
  from: { readonly host: string; readonly program: string; readonly port: number },
  to: Endpoint,
  bytes: string,
): void {
  const host = need(net, from.host);
  const source = sourceAddress(host, to.address);
  let target = hostAt(net, from.host, to.address);
  let toPort = to.port;
  let path = target === undefined ? undefined : findPath(net, from.host, target.name);
  const translation = target?.translations.get(to.port);
  if (target !== undefined && path !== undefined && translation !== undefined && !isLoopback(to.address)) {
    const rest = findPath(net, target.name, translation.host);
    target = net.hosts.get(translation.host);
    toPort = translation.port;
    path = rest === undefined ? undefined : [...path, ...rest.slice(1)];
  }
  let seen: Endpoint = { address: source ?? '0.0.0.0', port: from.port };
  const router = path === undefined ? undefined : translatorOn(net, path);
  if (router !== undefined) seen = translate(router, from.host, from.port);
  const { latencyMs, delivery } = pathQuality(net, path ?? []);
  const arrives = net.now + latencyMs;
  const seq = wires.emit(from.host, {
    type: 'net.datagram',
    from: { address: source ?? '0.0.0.0', port: from.port },
    to,
    toHost: target?.name,
    path: path ?? [from.host],
    bytes,
    arrives,
  });
  const answer = (kind: IcmpInput['kind'], by: string, afterMs: number): void => {
    schedule(net.queue, net.now + afterMs, true, seq, {
      kind: 'icmp',
      toHost: from.host,
      program: from.program,
      icmp: { type: 'icmp', kind, from: by, about: to, sequence: from.port, ttl: 64, sentAt: net.now },
    });
  };
  const dropped = (reason: DropReason, by: string): void => {
    wires.emit(from.host, { type: 'net.drop', what: 'udp', to, reason, by });
  };
  if (source === undefined) return answer('networkUnreachable', from.host, 0);
  if (target === undefined || path === undefined)
    return dropped(target === undefined ? 'noHost' : 'noRoute', from.host);
  const packet: Packet = { protocol: 'udp', from: seen, to: { address: to.address, port: toPort } };
  const gate = passage(net, path, packet);
  if (!gate.passes) {
    dropped(gate.reason, gate.by);
    if (gate.action === 'reject') answer('prohibited', addressOf(net, gate.by), 2 * latencyMs);
    return;
  }
  if (delivery < 1 && nextFloat(stream(net, `loss:udp:${from.host}>${target.name}`)) >= delivery) {
    return dropped('loss', from.host);
  }
  if (!target.bound.has(toPort)) return answer('portUnreachable', to.address, 2 * latencyMs);
  schedule(net.queue, arrives, true, seq, {
    kind: 'datagram',
    toHost: target.name,
    from: seen,
    to: { address: to.address, port: toPort },
    bytes,
  });
}

/** The router's own port that stands for an inside end; the same one as long as the world lives. */
function translate(router: NetHost, host: string, port: number): Endpoint {
  const address = router.addresses.find((a) => !isPrivate(a)) ?? router.addresses[0] ?? '0.0.0.0';
  for (const [outside, end] of router.translations)
    if (end.host === host && end.port === port) return { address, port: outside };
  let outside = port;
  while (router.translations.has(outside) || router.bound.has(outside))
    outside = outside >= 60999 ? 32768 : outside + 1;
  router.translations.set(outside, { host, port });
  // Ports are reused round and round; what is oldest goes, as on a small router.
  if (router.translations.size > 512)
    router.translations.delete(router.translations.keys().next().value as number);
  return { address, port: outside };
}

function addressOf(net: Network, host: string): string {
  return net.hosts.get(host)?.addresses[0] ?? '0.0.0.0';
}

/** Sends an ICMP echo request (RFC 792); an answer, if any, comes as an `icmp` input. */
export function ping(
  net: Network,
  wires: Wires,
  from: { readonly host: string; readonly program: string },
  address: string,
  sequence: number,
): void {
  const host = need(net, from.host);
  const source = sourceAddress(host, address);
  const target = hostAt(net, from.host, address);
  const path = target === undefined ? undefined : findPath(net, from.host, target.name);
  const { latencyMs, delivery } = pathQuality(net, path ?? []);
  const to: Endpoint = { address, port: 0 };
  const seq = wires.emit(from.host, {
    type: 'net.icmp',
    kind: 'echo',
    toHost: target?.name,
    to: address,
    path: path ?? [from.host],
    arrives: net.now + latencyMs,
  });
  const answer = (kind: IcmpInput['kind'], by: string, afterMs: number): void => {
    const ttl = 64 - Math.max(0, (path?.length ?? 1) - 2);
    schedule(net.queue, net.now + afterMs, true, seq, {
      kind: 'icmp',
      toHost: from.host,
      program: from.program,
      icmp: { type: 'icmp', kind, from: by, about: to, sequence, ttl, sentAt: net.now },
    });
  };
  if (source === undefined) return answer('networkUnreachable', '', 0);
  const dropped = (reason: DropReason, by: string): void => {
    wires.emit(from.host, { type: 'net.drop', what: 'icmp', to, reason, by });
  };
  if (target === undefined || path === undefined) return dropped('noHost', from.host);
  const gate = passage(net, path, { protocol: 'icmp', from: { address: source, port: 0 }, to });
  if (!gate.passes) {
    dropped(gate.reason, gate.by);
    if (gate.action === 'reject') answer('prohibited', addressOf(net, gate.by), 2 * latencyMs);
    return;
  }
  if (delivery < 1 && nextFloat(stream(net, `loss:icmp:${from.host}`)) >= delivery * delivery)
    return dropped('loss', from.host);
  answer('echoReply', address, 2 * latencyMs);
}

/** Handles one entry of the queue that belongs to the network. Timers and calls are the caller's. */
export function arrive(net: Network, wires: Wires, work: Exclude<Work, { kind: 'timer' | 'call' }>): void {
  switch (work.kind) {
    case 'syn':
      return synArrives(net, wires, work.connection);
    case 'synAck': {
      const connection = net.connections.get(work.connection);
      if (connection?.state !== 'open') return;
      const { host, program, local, remote } = connection.client;
      wires.emit(host, { type: 'net.connected', connection: connection.id });
      return wires.deliver(host, program, {
        type: 'connected',
        socket: socketOf(connection.id, 'client'),
        local,
        remote,
      });
    }
    case 'connectFails': {
      const connection = net.connections.get(work.connection);
      if (connection === undefined) return;
      const { host, program, remote } = connection.client;
      net.connections.delete(connection.id);
      connection.state = 'closed';
      wires.emit(host, {
        type: 'net.connectFailed',
        connection: connection.id,
        to: remote,
        reason: work.reason,
      });
      return wires.deliver(host, program, {
        type: 'connectFailed',
        socket: socketOf(connection.id, 'client'),
        reason: work.reason,
        remote,
      });
    }
    case 'segment': {
      const end = endOf(net, work.connection, work.to);
      if (end === undefined) return;
      return wires.deliver(end.host, end.program, {
        type: 'data',
        socket: socketOf(work.connection, work.to),
        bytes: work.bytes,
      });
    }
    case 'fin': {
      const connection = net.connections.get(work.connection);
      const end = endOf(net, work.connection, work.to);
      if (connection === undefined || end === undefined) return;
      if (work.how === 'reset' || !end.open) {
        connection.state = 'closed';
        net.connections.delete(connection.id);
      }
      return wires.deliver(end.host, end.program, {
        type: work.how === 'reset' ? 'reset' : 'ended',
        socket: socketOf(work.connection, work.to),
      });
    }
    case 'datagram': {
      const host = net.hosts.get(work.toHost);
      const program = host?.bound.get(work.to.port);
      if (host?.up !== true || program === undefined) return;
      return wires.deliver(host.name, program, {
        type: 'datagram',
        port: work.to.port,
        from: work.from,
        bytes: work.bytes,
      });
    }
    case 'icmp':
      return wires.deliver(work.toHost, work.program, work.icmp);
  }
}

function endOf(net: Network, id: number, side: Side): ConnectionEnd | undefined {
  const connection = net.connections.get(id);
  return side === 'client' ? connection?.client : connection?.server;
}

function synArrives(net: Network, wires: Wires, id: number): void {
  const connection = net.connections.get(id);
  if (connection === undefined) return;
  const { client, path } = connection;
  const target = net.hosts.get(path[path.length - 1] as string);
  const { latencyMs } = pathQuality(net, path);
  const program = target?.listeners.get(client.remote.port);
  if (target === undefined || !target.up || program === undefined) {
    schedule(net.queue, net.now + latencyMs, true, wires.cause, {
      kind: 'connectFails',
      connection: id,
      reason: 'refused',
    });
    return;
  }
  const router = translatorOn(net, path);
  const outside = router?.addresses.find((a) => !isPrivate(a));
  const remote: Endpoint =
    outside === undefined ? client.local : { address: outside, port: client.local.port };
  connection.state = 'open';
  connection.server = {
    host: target.name,
    program,
    local: client.remote,
    remote,
    open: true,
    lastArrival: net.now,
  };
  const arrives = net.now + latencyMs;
  client.lastArrival = arrives;
  const seq = wires.emit(target.name, {
    type: 'net.accept',
    connection: id,
    port: client.remote.port,
    remote,
    arrives,
  });
  schedule(net.queue, arrives, true, seq, { kind: 'synAck', connection: id });
  wires.deliver(target.name, program, {
    type: 'accepted',
    socket: socketOf(id, 'server'),
    local: client.remote,
    remote,
  });
}
