// An authoritative name server as a program: port 53 over UDP and TCP, zones from their texts, reload while it runs. What
// it answers is decided in dns/authoritative.ts. A text with errors changes nothing, as with `rndc reload`. RFC 1035 §4.2.

import { fromLatin1, latin1, toHex } from '../base/bytes.ts';
import { nextUint32 } from '../base/random.ts';
import { sha256 } from '../crypto/hash.ts';
import { answerQuery, enclosingZone, formatError } from '../dns/authoritative.ts';
import { nameKey } from '../dns/name.ts';
import { typeName } from '../dns/records.ts';
import { decodeHeader, decodeMessage, encodeMessage, rcodeName, type DnsMessage } from '../dns/wire.ts';
import { zoneSoa, type ZoneMap } from '../dns/zone.ts';
import { loadZone } from '../dns/zone-checks.ts';
import { OPCODE_NOTIFY } from '../dns/zone-transfer.ts';
import type { Endpoint } from '../net/events.ts';
import { isIpv6 } from '../net/topology.ts';
import { dnsFrame, takeDnsFrames } from './dns-frame.ts';
import type { Os, ProgramDefinition } from './program.ts';
import {
  notifyAll,
  startSecondary,
  takeNotify,
  transferBroken,
  transferConnected,
  transferData,
  transferFor,
  transferOn,
  transferResponse,
  transferTimer,
  type SecondaryZone,
} from './zone-transfer.ts';

export interface NameServerConfig {
  /** `zone` with its final dot; `text` as in a master file. */
  readonly zones: readonly { readonly zone: string; readonly text: string }[];
  /** Zones of which it keeps a copy, with the addresses to get them from. */
  readonly copies?: readonly { readonly zone: string; readonly primaries: readonly string[] }[];
  /** Addresses that may transfer its zones and are told when one changes. */
  readonly secondaries?: readonly string[];
}

interface TcpClient {
  readonly remote: Endpoint;
  received: string;
}

export interface NameServerState {
  zones: ZoneMap;
  /** Zone files by absolute path, as last written: what is served may be older, when they have errors. */
  readonly files: Map<string, string>;
  /** Hexadecimal; makes server cookies (RFC 9018). */
  readonly secret: string;
  readonly clients: Map<number, TcpClient>;
  readonly transferTo: readonly string[];
  /** Copies of others' zones, by `nameKey`. */
  readonly secondaries: Map<string, SecondaryZone>;
  /** NOTIFY messages that nobody has confirmed, by id. */
  readonly notifies: Map<number, { readonly zone: string; readonly to: string; triesLeft: number }>;
}

const PORT = 53;
/** BIND's tcp-idle-timeout. */
const TCP_IDLE_MS = 30_000;

export const nameServer: ProgramDefinition<NameServerConfig, NameServerState> = {
  start(config, os) {
    const random = os.random('cookie');
    const state: NameServerState = {
      zones: new Map(),
      files: new Map(),
      secret: [nextUint32(random), nextUint32(random)].map((n) => n.toString(16)).join(''),
      clients: new Map(),
      transferTo: config.secondaries ?? [],
      secondaries: new Map(),
      notifies: new Map(),
    };
    os.bind(PORT);
    os.listen(PORT);
    for (const { zone, text } of config.zones) load(state, zone, text, os);
    for (const { zone, primaries } of config.copies ?? []) startSecondary(state, zone, primaries, os);
    return state;
  },

  handle(state, input, os) {
    switch (input.type) {
      case 'datagram': {
        for (const answer of respond(state, input.bytes, input.from, 'udp', os))
          os.sendDatagram(PORT, input.from, answer);
        return;
      }
      case 'accepted':
        state.clients.set(input.socket, { remote: input.remote, received: '' });
        return os.timer(`idle ${input.socket}`, os.now + TCP_IDLE_MS, 'patient');
      case 'data': {
        const copy = transferOn(state, input.socket);
        if (copy !== undefined) return transferData(state, copy, input.bytes, os);
        const client = state.clients.get(input.socket);
        if (client === undefined) return;
        const { frames, rest } = takeDnsFrames(client.received + input.bytes);
        client.received = rest;
        for (const frame of frames) {
          for (const answer of respond(state, frame, client.remote, 'tcp', os))
            os.send(input.socket, dnsFrame(answer));
        }
        return os.timer(`idle ${input.socket}`, os.now + TCP_IDLE_MS, 'patient');
      }
      case 'ended':
      case 'reset':
      case 'connectFailed': {
        const copy = transferOn(state, input.socket);
        if (copy === undefined) return closeClient(state, input.socket, os);
        return transferBroken(state, copy, input.type === 'connectFailed' ? input.reason : input.type, os);
      }
      case 'timer': {
        const [kind = '', key = ''] = input.key.split(' ');
        if (!transferTimer(state, kind, key, os)) closeClient(state, Number(key), os);
        return;
      }
      case 'call':
        if (input.call.type === 'reload') {
          const { zone, text } = input.call;
          const published = load(state, zone, text, os);
          if (published === undefined) return;
          os.cause = published;
          notifyAll(state, zone, os);
        }
        return;
      case 'connected': {
        const copy = transferOn(state, input.socket);
        if (copy !== undefined) transferConnected(copy, os);
        return;
      }
      case 'icmp':
        return;
    }
  },
};

function closeClient(state: NameServerState, socket: number, os: Os): void {
  if (!state.clients.delete(socket)) return;
  os.cancelTimer(`idle ${socket}`);
  os.close(socket);
}

/** Where Debian's administrators keep the file of a zone. */
export function zoneFile(zone: string): string {
  return `/etc/bind/db.${zone === '.' ? 'root' : nameKey(zone).replace(/\.$/, '')}`;
}

/**
 * Puts a zone's text into service, unless it has errors: then what was served before stays. The answer is the event that
 * says so. Secondaries are told of a reload only: when servers start, all do, and look by themselves.
 */
function load(state: NameServerState, zone: string, text: string, os: Os): number | undefined {
  const loaded = loadZone(text, zone);
  const key = nameKey(zone);
  state.files.set(zoneFile(zone), text);
  if (loaded.hosted.state === 'failed') {
    const errors = loaded.problems
      .filter((problem) => problem.severity === 'error' || problem.serverRefuses)
      .map((problem) => ({ line: problem.span.line, column: problem.span.column, code: problem.code }));
    if (!state.zones.has(key)) state.zones.set(key, loaded.hosted);
    os.emit({ type: 'zone.rejected', zone, text, errors });
    return undefined;
  }
  state.zones.set(key, loaded.hosted);
  const soa = zoneSoa(loaded.hosted.zone)?.data;
  const serial = soa?.type === 'SOA' ? soa.serial : 0;
  return os.emit({ type: 'zone.published', zone, text, serial });
}

/** The octets of the answer to some octets; none when there is nothing to answer, several for a transfer. */
function respond(
  state: NameServerState,
  bytes: string,
  client: Endpoint,
  transport: 'udp' | 'tcp',
  os: Os,
): string[] {
  const octets = latin1(bytes);
  const decoded = decodeMessage(octets);
  if (!decoded.ok) {
    const header = decodeHeader(octets);
    return header === undefined || header.qr ? [] : [fromLatin1(encodeMessage(formatError(header.id)))];
  }
  const query = decoded.value;
  if (query.flags.qr) {
    transferResponse(state, query, client, os);
    return [];
  }
  const answers =
    query.opcode === OPCODE_NOTIFY
      ? [takeNotify(state, query, client, os)]
      : ((transport === 'tcp' ? transferFor(state, query, client) : undefined) ??
        [
          answerQuery(state.zones, query, {
            transport,
            family: isIpv6(client.address) ? 6 : 4,
            serverCookie: (clientCookie) => serverCookie(state.secret, clientCookie, client.address, os.now),
          }),
        ].flatMap((answer) => answer ?? []));
  const [answer] = answers;
  if (answer === undefined) return [];
  os.cause = os.emit(
    {
      type: 'dns.served',
      client,
      question: questionOf(query),
      status: rcodeName(answer.rcode),
      zone: servedZone(state.zones, query),
      transport,
    },
    answer.rcode === 5 ? 'RFC 1035 §4.1.1' : undefined,
  );
  return answers.map((message) => fromLatin1(encodeMessage(message)));
}

function questionOf(query: DnsMessage): { name: string; type: string } {
  const question = query.questions[0];
  return question === undefined
    ? { name: '', type: '' }
    : { name: question.name, type: typeName(question.type) };
}

function servedZone(zones: ZoneMap, query: DnsMessage): string {
  const hosted = enclosingZone(zones, query.questions[0]?.name ?? '.');
  if (hosted === undefined) return '';
  return hosted.state === 'loaded' ? hosted.zone.origin : hosted.origin;
}

/** RFC 9018 §4: version, reserved, time, and a hash over what only the server knows. */
export function serverCookie(secret: string, clientCookie: string, address: string, now: number): string {
  const head = `01000000${(Math.floor(now / 1000) >>> 0).toString(16).padStart(8, '0')}`;
  return head + toHex(sha256(latin1(`${secret}${clientCookie}${head}${address}`))).slice(0, 16);
}
