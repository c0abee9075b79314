// A caching recursive resolver as a program: port 53 over UDP and TCP towards its clients, queries of its own towards the
// name servers. What it asks and remembers is decided in dns/resolver.ts; here are only sockets and timers. RFC 1034 §5.3.3.

import { addressFamily } from '../dns/address.ts';
import { fromLatin1, latin1 } from '../base/bytes.ts';
import { nextUint32, type RandomState } from '../base/random.ts';
import { formatError } from '../dns/authoritative.ts';
import { isSubdomain } from '../dns/name.ts';
import { rdataText, typeName, type ResourceRecord } from '../dns/records.ts';
import { cacheContents } from '../dns/resolver-cache.ts';
import {
  createResolver,
  flushResolver,
  resolverQuery,
  resolverResponse,
  resolverTick,
  resolverUnreachable,
  resolverWakeAt,
  takeResolverNotes,
  takeResolverOutputs,
  type ResolverOutput,
  type ResolverSettings,
  type ResolverState as Recursion,
} from '../dns/resolver.ts';
import { decodeHeader, decodeMessage, encodeMessage } from '../dns/wire.ts';
import type { Time } from '../base/dates.ts';
import type { Endpoint } from '../net/events.ts';
import { isIpv6, isLoopback } from '../net/topology.ts';
import { dnsFrame, takeDnsFrames } from './dns-frame.ts';
import { serverCookie } from './name-server.ts';
import type { Input, Os, ProgramDefinition } from './program.ts';

export interface ResolverConfig {
  /** Where it starts: root servers with their addresses. */
  readonly roots: readonly { readonly name: string; readonly address: string }[];
  /** What differs from BIND's settings. */
  readonly settings?: Partial<Omit<ResolverSettings, 'hints' | 'families'>>;
}

/** A query to a name server that is under way. */
interface Asked {
  readonly exchange: number;
  readonly server: string;
  /** The source port that the recursion chose; another one is used when it is taken. */
  readonly port: number;
  readonly bytes: string;
  received: string;
}

export interface ResolverState {
  readonly recursion: Recursion;
  /** Hexadecimal; makes server cookies. */
  readonly secret: string;
  /** By own UDP port. */
  readonly byPort: Map<number, Asked>;
  /** By socket, towards name servers. */
  readonly bySocket: Map<number, Asked>;
  /** Clients over TCP, by socket. */
  readonly clients: Map<number, { readonly remote: Endpoint; received: string }>;
}

const PORT = 53;
/** A little less than BIND's ten seconds, so that clients that wait twice five hear the SERVFAIL over slow links too. */
const PATIENCE_MS = 9_500;
const ROOT_TTL = 518_400;
/** BIND's tcp-idle-timeout. */
const TCP_IDLE_MS = 30_000;

export const resolver: ProgramDefinition<ResolverConfig, ResolverState> = {
  start(config, os) {
    const random = os.random('resolver');
    const secret = [nextUint32(random), nextUint32(random)].map((n) => n.toString(16)).join('');
    const own: RandomState = [nextUint32(random), nextUint32(random), nextUint32(random), 1];
    const six = os.net.addresses.some((address) => isIpv6(address) && !isLoopback(address));
    const recursion = createResolver(
      {
        patienceMs: PATIENCE_MS,
        ...config.settings,
        families: six ? [4, 6] : [4],
        hints: hintsOf(config.roots),
      },
      own,
    );
    os.bind(PORT);
    os.listen(PORT);
    return { recursion, secret, byPort: new Map(), bySocket: new Map(), clients: new Map() };
  },

  handle(state, input, os) {
    take(state, input, os);
    drain(state, os);
  },
};

function hintsOf(roots: ResolverConfig['roots']): ResourceRecord[] {
  return roots.flatMap(({ name, address }): ResourceRecord[] => {
    const host = name.endsWith('.') ? name : `${name}.`;
    return [
      { name: '.', ttl: ROOT_TTL, data: { type: 'NS', host } },
      { name: host, ttl: ROOT_TTL, data: { type: addressFamily(address) === 6 ? 'AAAA' : 'A', address } },
    ];
  });
}

function take(state: ResolverState, input: Input, os: Os): void {
  const { recursion } = state;
  switch (input.type) {
    case 'datagram': {
      if (input.port === PORT)
        return query(state, input.bytes, input.from, `${endpointText(input.from)}`, 'udp', os);
      const asked = state.byPort.get(input.port);
      const decoded = decodeMessage(latin1(input.bytes));
      if (asked === undefined || input.from.port !== PORT || !decoded.ok) return;
      const from = { server: input.from.address, transport: 'udp' as const, port: asked.port };
      return resolverResponse(recursion, os.now, from, decoded.value);
    }
    case 'accepted':
      state.clients.set(input.socket, { remote: input.remote, received: '' });
      return os.timer(`idle ${input.socket}`, os.now + TCP_IDLE_MS, 'patient');
    case 'connected': {
      const asked = state.bySocket.get(input.socket);
      if (asked !== undefined) os.send(input.socket, dnsFrame(asked.bytes));
      return;
    }
    case 'data':
      return received(state, input.socket, input.bytes, os);
    case 'connectFailed':
    case 'ended':
    case 'reset': {
      const asked = state.bySocket.get(input.socket);
      if (asked === undefined) return closeClient(state, input.socket, os);
      state.bySocket.delete(input.socket);
      if (input.type !== 'connectFailed') os.close(input.socket);
      const why = input.type === 'connectFailed' ? input.reason : 'connection closed';
      return resolverUnreachable(recursion, os.now, asked.exchange, why);
    }
    case 'icmp': {
      const asked = state.byPort.get(input.sequence);
      if (asked !== undefined && input.about.address === asked.server)
        resolverUnreachable(recursion, os.now, asked.exchange, input.kind);
      return;
    }
    case 'timer':
      if (input.key === 'tick') resolverTick(recursion, os.now);
      else closeClient(state, Number(input.key.split(' ')[1]), os);
      return;
    case 'call':
      if (input.call.type === 'forget') forget(state, input.call.name, os);
      return;
  }
}

/** S3-025: what BIND's operator does with `rndc flush` and `rndc flushtree`. */
function forget(state: ResolverState, name: string | undefined, os: Os): void {
  flushResolver(state.recursion, name);
  os.emit({ type: 'resolver.flushed', ...(name === undefined ? {} : { name }) });
}

function endpointText(endpoint: Endpoint): string {
  return `${endpoint.address}#${endpoint.port}`;
}

function query(
  state: ResolverState,
  bytes: string,
  remote: Endpoint,
  client: string,
  transport: 'udp' | 'tcp',
  os: Os,
): void {
  const octets = latin1(bytes);
  const decoded = decodeMessage(octets);
  if (!decoded.ok) {
    const header = decodeHeader(octets);
    if (header !== undefined && !header.qr)
      reply({ client, transport }, fromLatin1(encodeMessage(formatError(header.id))), os);
    return;
  }
  const cookie = decoded.value.edns?.cookie?.slice(0, 16);
  resolverQuery(state.recursion, os.now, {
    client,
    message: decoded.value,
    transport,
    family: isIpv6(remote.address) ? 6 : 4,
    ...(cookie === undefined
      ? {}
      : { serverCookie: serverCookie(state.secret, cookie, remote.address, os.now) }),
  });
}

function received(state: ResolverState, socket: number, bytes: string, os: Os): void {
  const asked = state.bySocket.get(socket);
  const client = state.clients.get(socket);
  const stream = asked ?? client;
  if (stream === undefined) return;
  const { frames, rest } = takeDnsFrames(stream.received + bytes);
  stream.received = rest;
  for (const frame of frames) {
    if (client !== undefined) {
      query(state, frame, client.remote, `${endpointText(client.remote)} ${socket}`, 'tcp', os);
      continue;
    }
    const decoded = decodeMessage(latin1(frame));
    if (asked !== undefined && decoded.ok) {
      const from = { server: asked.server, transport: 'tcp' as const, port: asked.port };
      resolverResponse(state.recursion, os.now, from, decoded.value);
    }
  }
  if (client !== undefined) os.timer(`idle ${socket}`, os.now + TCP_IDLE_MS, 'patient');
}

function closeClient(state: ResolverState, socket: number, os: Os): void {
  if (!state.clients.delete(socket)) return;
  os.cancelTimer(`idle ${socket}`);
  os.close(socket);
}

/** Tells the trace what happened, sends what is to be sent, and asks to be woken. */
function drain(state: ResolverState, os: Os): void {
  const { recursion } = state;
  for (const note of takeResolverNotes(recursion))
    os.cause = os.emit({ type: 'dns.resolver', note }, note.rule);
  for (const output of takeResolverOutputs(recursion)) {
    if (output.kind === 'reply') reply(output, fromLatin1(encodeMessage(output.message)), os);
    else ask(state, output, os);
  }
  for (const [port, asked] of state.byPort)
    if (!recursion.exchanges.has(asked.exchange)) {
      state.byPort.delete(port);
      os.unbind(port);
    }
  for (const [socket, asked] of state.bySocket)
    if (!recursion.exchanges.has(asked.exchange)) {
      state.bySocket.delete(socket);
      os.close(socket);
    }
  const wakeAt = resolverWakeAt(recursion);
  if (wakeAt === undefined) os.cancelTimer('tick');
  else os.timer('tick', wakeAt, 'busy');
}

/** The way back to a client stands in its key: `address#port`, and the socket over TCP. */
function reply(
  to: { readonly client: string; readonly transport: 'udp' | 'tcp' },
  bytes: string,
  os: Os,
): void {
  const [endpoint = '', socket] = to.client.split(' ');
  if (to.transport === 'tcp') return os.send(Number(socket), dnsFrame(bytes));
  const at = endpoint.lastIndexOf('#');
  os.sendDatagram(PORT, { address: endpoint.slice(0, at), port: Number(endpoint.slice(at + 1)) }, bytes);
}

function ask(state: ResolverState, output: Extract<ResolverOutput, { kind: 'ask' }>, os: Os): void {
  const { exchange, server, port } = output;
  const asked: Asked = {
    exchange,
    server,
    port,
    bytes: fromLatin1(encodeMessage(output.message)),
    received: '',
  };
  if (output.transport === 'tcp') {
    const { tcpTimeoutMs } = state.recursion.settings;
    state.bySocket.set(os.connect({ address: server, port: PORT }, tcpTimeoutMs), asked);
    return;
  }
  const own = os.net.bound.has(port) ? os.bind() : os.bind(port);
  state.byPort.set(own, asked);
  os.sendDatagram(own, { address: server, port: PORT }, asked.bytes);
}

/** What a resolver remembers of a name and everything below it. */
export interface CachedSet {
  readonly name: string;
  /** '' for a name that does not exist at all. */
  readonly type: string;
  readonly kind: 'records' | 'nxdomain' | 'nodata' | 'servfail';
  /** As in a zone file; none for an absence or a failure. */
  readonly texts: readonly string[];
  readonly secondsLeft: number;
  readonly expiresAt: Time;
  /** Address of the server that it came from. */
  readonly server: string;
}

/** The cache at and below `zone` as it stands at `now`; reading changes nothing. */
export function resolverCache(state: ResolverState, zone: string, now: Time): CachedSet[] {
  return cacheContents(state.recursion.cache, now)
    .filter(({ entry }) => isSubdomain(entry.name, zone))
    .map(({ entry, secondsLeft }) => ({
      name: entry.name,
      type: entry.type === 0 ? '' : typeName(entry.type),
      kind: entry.kind,
      texts: entry.kind === 'records' ? entry.records.map((record) => rdataText(record.data)) : [],
      secondsLeft,
      expiresAt: entry.expiresAt,
      server: entry.server,
    }));
}
