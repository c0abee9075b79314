// Connections: a stream of bytes each way, in order, cut into segments where no protocol would expect it. RFC 9293 in what
// a program can notice of it; congestion control is not modelled.

import { nextInt, randomStream } from '../base/random.ts';
import type { ConnectFailure, DropReason, Endpoint } from './events.ts';
import { meddle } from './meddle.ts';
import { cancel, schedule } from './queue.ts';
import {
  connectionOf,
  freePort,
  need,
  sideOf,
  socketOf,
  transit,
  type Connection,
  type ConnectionEnd,
  type Network,
  type Side,
  type Wires,
} from './state.ts';
import {
  findPath,
  hostAt,
  isPrivate,
  passage,
  pathQuality,
  sourceAddress,
  translatorOn,
} from './topology.ts';

/** How long a connect may take before it fails, unless the program says otherwise: Linux, six retransmitted SYNs. */
export const CONNECT_TIMEOUT_MS = 127_000;
const SEGMENT_BYTES = 1460;

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
    client: { ...from, local, remote: to, open: true, lastArrival: net.now, cutOff: false },
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
  const meddled = meddle(net, path, connection.client.remote.port, side, bytes);
  const seq = wires.emit(own.host, {
    type: 'net.data',
    connection: connection.id,
    side,
    toHost: other.host,
    path,
    bytes,
    ...(meddled === undefined ? {} : { arrived: meddled.bytes }),
    arrives,
  });
  if (delay === undefined || !gate || other.cutOff) return lost(wires, own, other, gate);
  if (meddled !== undefined)
    wires.emit(meddled.by, {
      type: 'net.meddled',
      connection: connection.id,
      data: seq,
      side,
      what: 'starttls',
      before: meddled.before,
      after: meddled.after,
    });
  other.lastArrival = arrives;
  const coming = meddled?.bytes ?? bytes;
  for (let at = 0; at < coming.length;) {
    let size = Math.min(SEGMENT_BYTES, coming.length - at);
    // TCP has no lines: now and then a segment ends where no protocol would expect it.
    if (size > 1 && nextInt(connection.chunks, 6) === 0) size = 1 + nextInt(connection.chunks, size - 1);
    schedule(net.queue, arrives, true, seq, {
      kind: 'segment',
      connection: connection.id,
      to: side === 'client' ? 'server' : 'client',
      bytes: coming.slice(at, at + size),
    });
    at += size;
  }
}

/**
 * Drops what has arrived for a socket at this very moment and was not yet handed to its program: the rest of the client's
 * write, which lies in the same buffer.
 */
export function dropArrived(net: Network, socket: number): void {
  const arrived = net.queue.heap.filter(
    ({ at, order, work }) =>
      at <= net.now &&
      work.kind === 'segment' &&
      work.connection === connectionOf(socket) &&
      work.to === sideOf(socket) &&
      !net.queue.cancelled.has(order),
  );
  for (const { order, busy } of arrived) cancel(net.queue, order, busy);
}

/** The sender's retransmissions have come to nothing; both ends find out by their own time limits. */
function lost(wires: Wires, own: ConnectionEnd, other: ConnectionEnd, linkUp: boolean): void {
  other.cutOff = true;
  const reason: DropReason = linkUp ? 'loss' : 'linkDown';
  wires.emit(own.host, { type: 'net.drop', what: 'tcp', to: own.remote, reason, by: own.host });
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
  const gate = net.hosts.get(other.host)?.up === true && pathUp(net, path);
  if (!gate || (other.cutOff && how === 'fin')) {
    lost(wires, own, other, gate);
    if (!other.open) {
      connection.state = 'closed';
      net.connections.delete(connection.id);
    }
    return;
  }
  schedule(net.queue, arrives, true, seq, {
    kind: 'fin',
    connection: connection.id,
    to: side === 'client' ? 'server' : 'client',
    how,
  });
}

export function endOf(net: Network, id: number, side: Side): ConnectionEnd | undefined {
  const connection = net.connections.get(id);
  return side === 'client' ? connection?.client : connection?.server;
}

export function synArrives(net: Network, wires: Wires, id: number): void {
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
    cutOff: false,
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
