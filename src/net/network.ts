// The network at work: hands every entry of the queue that is its own to the protocol it belongs to. The door of this
// room for programs; state, streams and datagrams have files of their own.

import { socketOf, type Network, type Wires, type Work } from './state.ts';
import { endOf, synArrives } from './tcp.ts';

export { ping, sendDatagram } from './datagram.ts';
export {
  addHost,
  connectionOf,
  freePort,
  newNetwork,
  socketOf,
  stream,
  type IcmpInput,
  type NetInput,
  type Network,
  type Wires,
} from './state.ts';
export { close, connect, dropArrived, send } from './tcp.ts';

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
