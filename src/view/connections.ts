// Who is connected to whom: for every connection its ends, the terminal that opened it, the queue entry that it carries,
// and the segments on it. The other folds ask here what a number means. Read net/events.ts first.

import type { EventOf, TraceEvent } from '../host/events.ts';
import type { Endpoint } from '../net/events.ts';

export interface ConnectionInfo {
  readonly id: number;
  readonly client: string;
  /** Undefined when nobody has that address. */
  readonly server: string | undefined;
  readonly to: Endpoint;
  readonly path: readonly string[];
  readonly openedSeq: number;
  /** The terminal whose program opened it. */
  terminal: string | undefined;
  /** The queue entry of the client's host that is being delivered. */
  queueId: string | undefined;
  /** Sequence numbers of the `net.data` events, in order. */
  readonly data: number[];
  /** The server has said 354 and has not answered since: what the client sends is message text. */
  inText: boolean;
  /** The client says that it sends the text; under TLS nobody else could tell. */
  sendsText: boolean;
  /** What the client sent of the text, at most a few kB: enough for the header. */
  text: string;
}

export type Connections = Map<number, ConnectionInfo>;

const TEXT_LIMIT = 16_384;

/** The protocol that a server port speaks, for drawing and for naming. */
export function protocolOf(port: number): 'smtp' | 'lmtp' | 'dns' | 'tcp' {
  switch (port) {
    case 25:
    case 587:
    case 465:
      return 'smtp';
    // 8024 is Mailman's.
    case 24:
    case 8024:
      return 'lmtp';
    case 53:
      return 'dns';
    default:
      return 'tcp';
  }
}

export function foldConnections(connections: Connections, event: TraceEvent): void {
  switch (event.type) {
    case 'net.connect':
      connections.set(event.connection, {
        id: event.connection,
        client: event.host,
        server: event.toHost,
        to: event.to,
        path: event.path,
        openedSeq: event.seq,
        terminal: undefined,
        queueId: undefined,
        data: [],
        inText: false,
        sendsText: false,
        text: '',
      });
      break;
    case 'net.data':
      noteData(connections.get(event.connection), event);
      break;
    case 'shell.state':
    case 'shell.output': {
      const found = event.connection === undefined ? undefined : connections.get(event.connection);
      if (found !== undefined) found.terminal = event.terminal;
      break;
    }
    case 'smtp.client': {
      const found = connections.get(event.connection);
      if (found === undefined) break;
      if (event.queueId !== '') found.queueId = event.queueId;
      if (event.note.kind === 'text') found.sendsText = !event.note.dotOnly;
      else if (event.note.kind === 'reply') found.sendsText = false;
      break;
    }
    default:
      break;
  }
}

function noteData(connection: ConnectionInfo | undefined, event: EventOf<'net.data'>): void {
  if (connection === undefined) return;
  connection.data.push(event.seq);
  if (event.side === 'server') {
    connection.inText = /(?:^|\r\n)354[ -][^\r\n]*\r\n$/.test(event.bytes.slice(-600));
    if (connection.inText) connection.text = '';
  } else if (connection.inText && connection.text.length < TEXT_LIMIT)
    connection.text += event.bytes.slice(0, TEXT_LIMIT - connection.text.length);
}
