// One DNS query as dig and host send it: which server, how often, over UDP or TCP, and the lines they print when something
// goes wrong on the way. It does not read the answer. RFC 1035 §4.2.

import { fromLatin1, latin1 } from '../../base/bytes.ts';
import { answersQuery, buildQuery } from '../../dns/stub.ts';
import { decodeMessage, encodeMessage, type DnsMessage } from '../../dns/wire.ts';
import { nextUint32 } from '../../base/random.ts';
import type { ConnectFailure } from '../../net/events.ts';
import { isIpv6, sourceAddress } from '../../net/topology.ts';
import type { LibresolvConfig } from '../libresolv.ts';
import type { ToolInput, ToolIo } from './tool.ts';

/** A server with what the user called it; both are printed. */
export interface QueryServer {
  readonly address: string;
  readonly label: string;
}

export interface QueryOptions {
  readonly port: number;
  readonly tcp: boolean;
  readonly tries: number;
  readonly timeMs: number;
  /** A truncated answer is taken as it is. */
  readonly ignoreTruncation: boolean;
  readonly recursion: boolean;
  readonly edns: boolean;
  readonly dnssecOk: boolean;
  readonly checkingDisabled?: boolean;
  readonly cookie: boolean;
  readonly udpSize: number;
  /** Prints what happens on the way. */
  readonly quietTruncation: boolean;
}

/** A query under way. Plain data. */
export interface DnsQuery {
  readonly name: string;
  /** As typed, for messages. */
  readonly shownName: string;
  readonly message: DnsMessage;
  readonly servers: readonly QueryServer[];
  readonly options: QueryOptions;
  at: number;
  triesLeft: number;
  tcp: boolean;
  udpPort: number | undefined;
  socket: number | undefined;
  buffer: string;
  sentAt: number;
}

export interface DnsReply {
  readonly message: DnsMessage;
  /** Octets received. */
  readonly size: number;
  readonly server: QueryServer;
  readonly transport: 'UDP' | 'TCP';
  readonly ms: number;
}

/** What became of it: `failed` says whether "no servers could be reached" is still to be printed. */
export type QueryOutcome =
  { readonly type: 'reply'; readonly reply: DnsReply } | { readonly type: 'failed'; readonly said: boolean };

const TCP_CONNECT_MS = 10_000;

/** The servers of /etc/resolv.conf. */
export function systemServers(io: ToolIo): QueryServer[] {
  for (const program of io.os.host.programs.values())
    if (program.kind === 'libresolv')
      return (program.config as LibresolvConfig).nameservers.map((address) => ({ address, label: address }));
  return [{ address: '127.0.0.1', label: '127.0.0.1' }];
}

/** Makes the query message and sends it to the first server. */
export function startQuery(
  io: ToolIo,
  question: { readonly name: string; readonly shownName: string; readonly type: number },
  servers: readonly QueryServer[],
  options: QueryOptions,
): { query: DnsQuery; outcome: QueryOutcome | undefined } {
  const random = io.os.random('dns-tools');
  const id = nextUint32(random) & 0xffff;
  const cookie = [nextUint32(random), nextUint32(random)]
    .map((n) => n.toString(16).padStart(8, '0'))
    .join('');
  // Without IPv6 of its own a host asks only over IPv4, if it can.
  const speaksSix = sourceAddress(io.os.net, '2001:db8::') !== undefined;
  const usable = servers.filter((server) => speaksSix || !isIpv6(server.address));
  const query: DnsQuery = {
    name: question.name,
    shownName: question.shownName,
    message: buildQuery(id, question.name, question.type, {
      recursive: options.recursion,
      authenticData: true,
      dnssecOk: options.dnssecOk,
      checkingDisabled: options.checkingDisabled === true,
      ...(options.edns ? { udpSize: options.udpSize } : {}),
      ...(options.cookie ? { cookie } : {}),
    }),
    servers: usable.length > 0 ? usable : servers,
    options,
    at: 0,
    triesLeft: options.tries,
    tcp: options.tcp,
    udpPort: undefined,
    socket: undefined,
    buffer: '',
    sentAt: io.os.now,
  };
  return { query, outcome: send(query, io) };
}

function server(query: DnsQuery): QueryServer {
  return query.servers[query.at] ?? { address: '127.0.0.1', label: '127.0.0.1' };
}

/** `192.0.2.10#53(ns1.hafen.example)` */
export function serverText(place: QueryServer, port: number): string {
  return `${place.address}#${port}(${place.label})`;
}

function send(query: DnsQuery, io: ToolIo): QueryOutcome | undefined {
  const { address } = server(query);
  const { port, timeMs } = query.options;
  query.sentAt = io.os.now;
  if (query.tcp) {
    query.buffer = '';
    query.socket = io.connect({ address, port }, TCP_CONNECT_MS);
    return undefined;
  }
  if (sourceAddress(io.os.net, address) === undefined) {
    const place = serverText(server(query), port);
    io.print(`;; UDP setup with ${place} for ${query.shownName} failed: network unreachable.\n`);
    io.print(';; no servers could be reached\n');
    return again(query, io, true);
  }
  query.udpPort ??= io.bind();
  io.os.sendDatagram(query.udpPort, { address, port }, fromLatin1(encodeMessage(query.message)));
  io.timer('dns', timeMs, 'busy');
  return undefined;
}

/** The next try at the same server, then the next server. `said`: the failure was reported with all its lines. */
function again(query: DnsQuery, io: ToolIo, said: boolean): QueryOutcome | undefined {
  io.cancelTimer('dns');
  if (query.socket !== undefined) io.close(query.socket);
  query.socket = undefined;
  if (query.triesLeft > 1) query.triesLeft--;
  else if (query.at + 1 < query.servers.length) query.at++;
  else return { type: 'failed', said };
  return send(query, io);
}

/** Takes an input of the tool. Answers what became of the query, undefined while it goes on. */
export function queryInput(query: DnsQuery, input: ToolInput, io: ToolIo): QueryOutcome | undefined {
  const place = server(query);
  const { port } = query.options;
  const communicationsError = (why: string): QueryOutcome | undefined => {
    io.print(`;; communications error to ${place.address}#${port}: ${why}\n`);
    return again(query, io, false);
  };
  switch (input.type) {
    case 'timer':
      return input.key === 'dns' ? communicationsError('timed out') : undefined;
    case 'datagram':
      if (input.port !== query.udpPort || query.tcp) return undefined;
      if (input.from.address !== place.address || input.from.port !== port) return undefined;
      return received(query, input.bytes, io);
    case 'icmp':
      if (query.tcp || input.sequence !== query.udpPort || input.about.address !== place.address)
        return undefined;
      if (input.kind === 'portUnreachable') return communicationsError('connection refused');
      if (input.kind === 'prohibited') return communicationsError('host unreachable');
      // Host unreachable is not noticed: the query waits for its time-out.
      return undefined;
    case 'connected': {
      if (input.socket !== query.socket) return undefined;
      const bytes = fromLatin1(encodeMessage(query.message));
      io.os.send(input.socket, String.fromCharCode(bytes.length >> 8, bytes.length & 255) + bytes);
      io.timer('dns', query.options.timeMs, 'busy');
      return undefined;
    }
    case 'connectFailed': {
      if (input.socket !== query.socket) return undefined;
      const why = tcpErrorText(input.reason);
      io.print(`;; Connection to ${serverText(place, port)} for ${query.shownName} failed: ${why}.\n`);
      io.print(';; no servers could be reached\n');
      return again(query, io, true);
    }
    case 'data': {
      if (input.socket !== query.socket) return undefined;
      query.buffer += input.bytes;
      if (query.buffer.length < 2) return undefined;
      const length = query.buffer.charCodeAt(0) * 256 + query.buffer.charCodeAt(1);
      if (query.buffer.length < 2 + length) return undefined;
      return received(query, query.buffer.slice(2, 2 + length), io);
    }
    case 'ended':
    case 'reset':
      if (input.socket !== query.socket) return undefined;
      return communicationsError(input.type === 'ended' ? 'end of file' : 'connection reset');
    default:
      return undefined;
  }
}

function received(query: DnsQuery, bytes: string, io: ToolIo): QueryOutcome | undefined {
  const decoded = decodeMessage(latin1(bytes));
  // A stranger's datagram, or rubbish: the wait goes on.
  if (!decoded.ok || !answersQuery(decoded.value, query.message)) return undefined;
  const message = decoded.value;
  io.cancelTimer('dns');
  if (message.flags.tc && !query.tcp && !query.options.ignoreTruncation) {
    if (!query.options.quietTruncation) io.print(';; Truncated, retrying in TCP mode.\n');
    query.tcp = true;
    query.triesLeft = query.options.tries;
    return send(query, io);
  }
  if (query.socket !== undefined) io.close(query.socket);
  query.socket = undefined;
  return {
    type: 'reply',
    reply: {
      message,
      size: bytes.length,
      server: server(query),
      transport: query.tcp ? 'TCP' : 'UDP',
      ms: io.os.now - query.sentAt,
    },
  };
}

function tcpErrorText(reason: ConnectFailure): string {
  switch (reason) {
    case 'refused':
      return 'connection refused';
    case 'timedOut':
      return 'timed out';
    case 'networkUnreachable':
      return 'network unreachable';
    case 'hostUnreachable':
    case 'prohibited':
      return 'host unreachable';
  }
}
