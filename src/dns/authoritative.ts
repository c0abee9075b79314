// An authoritative name server as one pure function: zones and a query in, the answer out. Sections, their order and the
// flags are BIND's. RFC 1034 §4.3.2 is the algorithm, RFC 4592 the wildcards, RFC 2308 the negative answers, RFC 6891 and
// RFC 7873 what rides in OPT. Knows no transport but its size limit, and no cache.

import { isSubdomain, labelsOf, nameKey, sameName, withAncestors } from './name.ts';
import { hostNamedBy, TYPE_ANY, TYPE_CODES, typeCode, type ResourceRecord } from './records.ts';
import {
  CLASS_IN,
  fitMessage,
  NO_FLAGS,
  RCODE,
  type DnsMessage,
  type Edns,
  type WireQuestion,
} from './wire.ts';
import {
  findNode,
  findSet,
  recordsOf,
  zoneSoa,
  type HostedZone,
  type RecordSet,
  type Zone,
  type ZoneMap,
  type ZoneNode,
} from './zone.ts';

/** Links of a CNAME chain that one answer follows (BIND's max-query-restarts). */
const MAX_CHAIN = 11;

const TLSA = 52;

export interface AnswerOptions {
  readonly transport: 'udp' | 'tcp';
  /** What the server offers in OPT and never exceeds over UDP; 1232 by default (BIND's default). */
  readonly udpSize?: number;
  /** Family of the client's address: addresses of that kind come first in the additional section. 4 by default. */
  readonly family?: 4 | 6;
  /** Makes the server's 16 hexadecimal digits or more for a client's cookie. Without it no cookie is answered. */
  readonly serverCookie?: (clientCookie: string) => string;
}

/** Where the look-up in one zone ended. */
export type Lookup =
  | {
      readonly kind: 'answer';
      readonly owner: string;
      readonly sets: readonly RecordSet[];
      readonly wildcard: boolean;
    }
  | { readonly kind: 'cname'; readonly owner: string; readonly set: RecordSet; readonly wildcard: boolean }
  | { readonly kind: 'delegation'; readonly cut: ZoneNode; readonly set: RecordSet }
  | { readonly kind: 'nodata' }
  | { readonly kind: 'nxdomain' };

/** The sets of a node that answer a type; with CNAME counting for all but itself. */
function atNode(node: ZoneNode, owner: string, type: number, wildcard: boolean): Lookup {
  const cname = findSet(node, TYPE_CODES.CNAME);
  if (cname && type !== TYPE_CODES.CNAME && type !== TYPE_ANY)
    return { kind: 'cname', owner, set: cname, wildcard };
  const sets = type === TYPE_ANY ? node.sets : node.sets.filter((set) => set.type === type);
  return sets.length > 0 ? { kind: 'answer', owner, sets, wildcard } : { kind: 'nodata' };
}

/** RFC 1034 §4.3.2 step 3 within one zone. `name` lies in the zone. */
export function lookUpInZone(zone: Zone, name: string, type: number): Lookup {
  const depth = labelsOf(name).length - labelsOf(zone.origin).length;
  const path = withAncestors(name)
    .slice(0, depth + 1)
    .reverse();
  let encloser = zone.origin;
  for (const [index, step] of path.entries()) {
    const node = findNode(zone, step);
    if (!node) {
      // RFC 4592 §3.3.1: the wildcard right below the closest encloser, and none higher, is the source of synthesis.
      const wildcard = findNode(zone, encloser === '.' ? '*.' : `*.${encloser}`);
      if (!wildcard || wildcard.sets.length === 0) return { kind: wildcard ? 'nodata' : 'nxdomain' };
      return atNode(wildcard, name, type, true);
    }
    const ns = index > 0 ? findSet(node, TYPE_CODES.NS) : undefined;
    if (ns) return { kind: 'delegation', cut: node, set: ns };
    encloser = step;
    if (index === path.length - 1) return atNode(node, node.name, type, false);
  }
  return { kind: 'nxdomain' };
}

/** The configured zone that encloses a name most closely. */
export function enclosingZone(zones: ZoneMap, name: string): HostedZone | undefined {
  for (const at of withAncestors(name)) {
    const zone = zones.get(nameKey(at));
    if (zone) return zone;
  }
  return undefined;
}

/** The SOA for the authority section of a negative answer; its TTL is the negative TTL (RFC 2308 §3). */
function negativeSoa(zone: Zone): ResourceRecord[] {
  const soa = zoneSoa(zone);
  if (!soa || soa.data.type !== 'SOA') return [];
  return [{ ...soa, ttl: Math.min(soa.ttl, soa.data.minimum) }];
}

interface Sections {
  rcode: number;
  aa: boolean;
  answers: ResourceRecord[];
  authority: ResourceRecord[];
  additional: ResourceRecord[];
}

/** Addresses of the hosts that records point to, from any zone of the server, delegated names included. */
function addressesOf(zones: ZoneMap, hosts: readonly string[], family: 4 | 6): ResourceRecord[] {
  const first: ResourceRecord[] = [];
  const second: ResourceRecord[] = [];
  const seen = new Set<string>();
  for (const host of hosts) {
    const key = nameKey(host);
    const hosted = enclosingZone(zones, host);
    if (seen.has(key) || hosted?.state !== 'loaded') continue;
    seen.add(key);
    const node = findNode(hosted.zone, host);
    if (!node) continue;
    const [a, aaaa] = [findSet(node, TYPE_CODES.A), findSet(node, TYPE_CODES.AAAA)];
    const [preferred, other] = family === 4 ? [a, aaaa] : [aaaa, a];
    if (preferred) first.push(...recordsOf(node.name, preferred));
    if (other) second.push(...recordsOf(node.name, other));
  }
  return [...first, ...second];
}

/** Glue of one zone for a delegation. BIND lists the name servers backwards there. */
function glueFor(zone: Zone, set: RecordSet, family: 4 | 6): ResourceRecord[] {
  const alone: ZoneMap = new Map([[nameKey(zone.origin), { state: 'loaded', zone }]]);
  const hosts = set.data.flatMap((data) =>
    data.type === 'NS' && isSubdomain(data.host, zone.origin) ? [data.host] : [],
  );
  return addressesOf(alone, hosts.reverse(), family);
}

/** BIND adds what DANE needs to every MX answer: `_25._tcp.HOST TLSA` (RFC 7672 §2.2). */
function tlsaOf(zones: ZoneMap, answers: readonly ResourceRecord[]): ResourceRecord[] {
  return answers.flatMap((record) => {
    if (record.data.type !== 'MX' || record.data.exchange === '.') return [];
    const name = `_25._tcp.${record.data.exchange}`;
    const hosted = enclosingZone(zones, name);
    const node = hosted?.state === 'loaded' ? findNode(hosted.zone, name) : undefined;
    const set = findSet(node, TLSA);
    return node && set ? recordsOf(node.name, set) : [];
  });
}

function resolve(zones: ZoneMap, question: WireQuestion, family: 4 | 6): Sections {
  const out: Sections = { rcode: RCODE.NOERROR, aa: false, answers: [], authority: [], additional: [] };
  let name = question.name;
  const visited = new Set<string>();
  let glue: ResourceRecord[] | undefined;
  for (let link = 0; link <= MAX_CHAIN; link++) {
    const hosted = enclosingZone(zones, name);
    if (!hosted) {
      // A foreign name: refused when asked for, left to the client when a CNAME leads there.
      if (link === 0) out.rcode = RCODE.REFUSED;
      break;
    }
    if (hosted.state === 'failed') {
      if (link === 0) out.rcode = RCODE.SERVFAIL;
      break;
    }
    const { zone } = hosted;
    const found = lookUpInZone(zone, name, question.type);
    if (link === 0) out.aa = found.kind !== 'delegation';
    if (found.kind === 'delegation') {
      out.authority = recordsOf(found.cut.name, found.set);
      glue = glueFor(zone, found.set, family);
      break;
    }
    if (found.kind === 'nodata' || found.kind === 'nxdomain') {
      // RFC 6604 §3: the code speaks of the last name of the chain.
      if (found.kind === 'nxdomain') out.rcode = RCODE.NXDOMAIN;
      out.authority = negativeSoa(zone);
      break;
    }
    if (found.kind === 'answer') {
      for (const set of found.sets) out.answers.push(...recordsOf(found.owner, set));
      const apex = findNode(zone, zone.origin);
      const ns = findSet(apex, TYPE_CODES.NS);
      const shown = out.answers.some(
        (record) => record.data.type === 'NS' && sameName(record.name, zone.origin),
      );
      if (apex && ns && !shown) out.authority = recordsOf(apex.name, ns);
      break;
    }
    visited.add(nameKey(name));
    out.answers.push(...recordsOf(found.owner, found.set));
    const target = found.set.data[0];
    if (target?.type !== 'CNAME' || visited.has(nameKey(target.target))) break;
    name = target.target;
  }
  // BIND adds nothing to an answer to ANY.
  if (question.type === TYPE_ANY && !glue) return out;
  const pointing = glue ? out.answers : [...out.answers, ...out.authority];
  const hosts = pointing.flatMap((record) => hostNamedBy(record.data) ?? []);
  const known = new Set(out.answers.map((record) => `${nameKey(record.name)} ${typeCode(record.data)}`));
  out.additional = [
    ...addressesOf(zones, hosts, family),
    ...(glue ?? []),
    ...tlsaOf(zones, out.answers),
  ].filter((record) => !known.has(`${nameKey(record.name)} ${typeCode(record.data)}`));
  return out;
}

/** The OPT record of a response, when the query had one (RFC 6891 §6.1.1). */
function responseEdns(query: DnsMessage, options: AnswerOptions): Edns | undefined {
  if (!query.edns) return undefined;
  const clientCookie = query.edns.cookie?.slice(0, 16);
  const cookie =
    clientCookie?.length === 16 && options.serverCookie
      ? clientCookie + options.serverCookie(clientCookie)
      : undefined;
  return {
    udpSize: options.udpSize ?? 1232,
    version: 0,
    dnssecOk: query.edns.dnssecOk,
    ...(cookie === undefined ? {} : { cookie }),
  };
}

/** Octets that a response to this query may have: 512 over UDP without EDNS (RFC 1035 §4.2.1, RFC 6891 §6.2.5). */
export function responseLimit(query: DnsMessage, transport: 'udp' | 'tcp', serverUdpSize = 1232): number {
  if (transport === 'tcp') return 65535;
  return query.edns ? Math.max(512, Math.min(query.edns.udpSize, serverUdpSize)) : 512;
}

/** A response without records: the header of the query turned around, with that code. */
export function bareResponse(query: DnsMessage, rcode: number, options: AnswerOptions): DnsMessage {
  const edns = responseEdns(query, options);
  return {
    id: query.id,
    opcode: query.opcode,
    rcode,
    flags: { ...NO_FLAGS, qr: true, rd: query.flags.rd, cd: query.flags.cd },
    questions: query.questions,
    answers: [],
    authority: [],
    additional: [],
    ...(edns ? { edns } : {}),
  };
}

/** The response to octets that are no message: FORMERR under their id (RFC 1035 §4.1.1). */
export function formatError(id: number): DnsMessage {
  return {
    id,
    opcode: 0,
    rcode: RCODE.FORMERR,
    flags: { ...NO_FLAGS, qr: true },
    questions: [],
    answers: [],
    authority: [],
    additional: [],
  };
}

/**
 * What a server with these zones answers; undefined for what is no query. REFUSED for foreign names, SERVFAIL for a zone
 * that did not load, TC when it does not fit (S3-004, S3-010).
 */
export function answerQuery(
  zones: ZoneMap,
  query: DnsMessage,
  options: AnswerOptions,
): DnsMessage | undefined {
  if (query.flags.qr) return undefined;
  const bare = (rcode: number): DnsMessage => bareResponse(query, rcode, options);
  if (query.opcode !== 0) return bare(RCODE.NOTIMP);
  const question = query.questions[0];
  if (!question || query.questions.length > 1) return bare(RCODE.FORMERR);
  if (query.edns && query.edns.version > 0) return bare(RCODE.BADVERS);
  // 251 and 252 are zone transfers, which no server here allows.
  if (question.class !== CLASS_IN || question.type === 251 || question.type === 252)
    return bare(RCODE.REFUSED);
  const found = resolve(zones, question, options.family ?? 4);
  const response: DnsMessage = {
    ...bare(found.rcode),
    answers: found.answers,
    authority: found.authority,
    additional: found.additional,
  };
  const whole = { ...response, flags: { ...response.flags, aa: found.aa } };
  return fitMessage(whole, responseLimit(query, options.transport, options.udpSize));
}
