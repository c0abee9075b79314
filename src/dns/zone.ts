// A zone as a server holds it: names with their record sets, found by key. Plain data, so that it lies in a checkpoint.
// Knows how sets may stand together (CNAME, SOA), not how they were written. RFC 1034 §3.6, RFC 2181 §5 and §10.1.

import { compareNames, nameKey, parentName } from './name.ts';
import { nameOctets } from './other-types.ts';
import { TYPE_CODES, typeCode, type RecordData, type ResourceRecord } from './records.ts';
import { ipv4Bytes, ipv6Bytes } from './address.ts';

/** All records of one name and type; they share one TTL. `data` is in canonical order (RFC 4034 §6.3). */
export interface RecordSet {
  readonly type: number;
  readonly ttl: number;
  readonly data: readonly RecordData[];
}

/** One name of a zone, spelled as first written; the set added last comes first, as in BIND's database. A node without sets is an empty non-terminal (RFC 8020). */
export interface ZoneNode {
  readonly name: string;
  sets: RecordSet[];
}

/** `nodes` is keyed by `nameKey`. The apex is always among them. */
export interface Zone {
  readonly origin: string;
  readonly nodes: Map<string, ZoneNode>;
}

/** What a name server keeps for a configured zone: one that could not be loaded answers SERVFAIL. */
export type HostedZone =
  { readonly state: 'loaded'; readonly zone: Zone } | { readonly state: 'failed'; readonly origin: string };

/** The zones of a server, by `nameKey` of their origin. */
export type ZoneMap = Map<string, HostedZone>;

export function emptyZone(origin: string): Zone {
  return { origin, nodes: new Map([[nameKey(origin), { name: origin, sets: [] }]]) };
}

export function findNode(zone: Zone, name: string): ZoneNode | undefined {
  return zone.nodes.get(nameKey(name));
}

export function findSet(node: ZoneNode | undefined, type: number): RecordSet | undefined {
  return node?.sets.find((set) => set.type === type);
}

/** The records of a set under an owner name. */
export function recordsOf(name: string, set: RecordSet): ResourceRecord[] {
  return set.data.map((data) => ({ name, ttl: set.ttl, data }));
}

/** Every record of the zone: SOA first, then by name in canonical order. */
export function zoneRecords(zone: Zone): ResourceRecord[] {
  const nodes = [...zone.nodes.values()].sort((a, b) => compareNames(a.name, b.name));
  const out: ResourceRecord[] = [];
  for (const node of nodes) {
    const sets = [...node.sets].sort(
      (a, b) => Number(b.type === TYPE_CODES.SOA) - Number(a.type === TYPE_CODES.SOA) || a.type - b.type,
    );
    for (const set of sets) out.push(...recordsOf(node.name, set));
  }
  return out;
}

export function zoneSoa(zone: Zone): ResourceRecord | undefined {
  const node = findNode(zone, zone.origin);
  const set = findSet(node, TYPE_CODES.SOA);
  return node && set ? recordsOf(node.name, set)[0] : undefined;
}

/** Octets that put record data into canonical order (RFC 4034 §6.3): names in lower case, uncompressed. */
function orderKey(data: RecordData): string {
  const u16 = (value: number): string => String.fromCharCode(value >> 8, value & 255);
  const u32 = (value: number): string => u16(Math.floor(value / 65536)) + u16(value & 0xffff);
  const name = (text: string): string => nameOctets(nameKey(text));
  switch (data.type) {
    case 'A':
      return String.fromCharCode(...(ipv4Bytes(data.address) ?? []));
    case 'AAAA':
      return String.fromCharCode(...(ipv6Bytes(data.address) ?? []));
    case 'MX':
      return u16(data.preference) + name(data.exchange);
    case 'TXT':
      return data.strings.map((string) => String.fromCharCode(string.length) + string).join('');
    case 'CNAME':
    case 'PTR':
      return name(data.target);
    case 'NS':
      return name(data.host);
    case 'SOA':
      return (
        name(data.mname) +
        name(data.rname) +
        [data.serial, data.refresh, data.retry, data.expire, data.minimum].map(u32).join('')
      );
    case 'OTHER':
      return data.rdata;
  }
}

/** Whether two pieces of record data are the same for DNS: names without case. */
export function sameData(a: RecordData, b: RecordData): boolean {
  return typeCode(a) === typeCode(b) && orderKey(a) === orderKey(b);
}

/** Sorted canonically, duplicates removed. */
function canonical(data: readonly RecordData[]): RecordData[] {
  const keyed = data.map((value) => ({ value, key: orderKey(value) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.filter((item, i) => item.key !== keyed[i - 1]?.key).map((item) => item.value);
}

export type AddProblem = 'CNAME and other data' | 'multiple RRs of singleton type';

/**
 * Puts records of one name and type into the zone, merged with what is there; the newest TTL counts. Returns what BIND
 * objects to, and then changes nothing. The owner must lie in the zone.
 */
export function addSet(
  zone: Zone,
  owner: string,
  ttl: number,
  data: readonly RecordData[],
): AddProblem | undefined {
  const first = data[0];
  if (!first) return undefined;
  const type = typeCode(first);
  const node = findNode(zone, owner);
  const old = findSet(node, type);
  const merged = canonical([...(old?.data ?? []), ...data]);
  if ((type === TYPE_CODES.CNAME || type === TYPE_CODES.SOA) && merged.length > 1)
    return 'multiple RRs of singleton type';
  // RFC 1034 §3.6.2: where a CNAME stands, nothing else may.
  if (
    node?.sets.some(
      (set) => set.type !== type && (set.type === TYPE_CODES.CNAME || type === TYPE_CODES.CNAME),
    )
  )
    return 'CNAME and other data';
  const set: RecordSet = { type, ttl, data: merged };
  const home = node ?? makeNode(zone, owner);
  home.sets = old ? home.sets.map((item) => (item === old ? set : item)) : [set, ...home.sets];
  return undefined;
}

/** The node of a name, with all empty non-terminals above it. */
function makeNode(zone: Zone, owner: string): ZoneNode {
  const node: ZoneNode = { name: owner, sets: [] };
  zone.nodes.set(nameKey(owner), node);
  const top = nameKey(zone.origin);
  for (let above = parentName(owner); nameKey(above) !== top && above !== '.'; above = parentName(above)) {
    if (zone.nodes.has(nameKey(above))) break;
    zone.nodes.set(nameKey(above), { name: above, sets: [] });
  }
  return node;
}

/** A zone of records that are already values, as a world or a test describes it. Returns the first objection, if any. */
export function zoneOfRecords(origin: string, records: readonly ResourceRecord[]): Zone | AddProblem {
  const zone = emptyZone(origin);
  for (const record of records) {
    const problem = addSet(zone, record.name, record.ttl, [record.data]);
    if (problem) return problem;
  }
  return zone;
}

/** The first difference that counts for secondaries: whether `next` is newer than `old` (RFC 1982 §3.2). */
export function serialIsNewer(next: number, old: number): boolean {
  const ahead = (next - old) >>> 0;
  return ahead !== 0 && ahead < 0x80000000;
}
