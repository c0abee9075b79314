// What a recursive resolver remembers, and for how long: records with their trust, names and types that do not exist,
// failures. Knows neither servers to ask nor clients. RFC 1035 §7.4, RFC 2181 §5.4.1, RFC 2308 §5, RFC 9520.

import type { Time } from '../base/dates.ts';
import { nameKey } from './name.ts';
import { typeCode, TYPE_CODES, type ResourceRecord } from './records.ts';

/**
 * How much a set of records is worth, rising as with BIND (RFC 2181 §5.4.1): what stood beside an answer, what a referral
 * said, the NS records of the zone itself, and answers. Only the last is ever given out as an answer.
 */
export type Trust = 'additional' | 'glue' | 'authority' | 'answer';

const RANK: Readonly<Record<Trust, number>> = { additional: 0, glue: 1, authority: 2, answer: 3 };

interface EntryBase {
  readonly name: string;
  /** Type code; 0 for a name that does not exist at all. */
  readonly type: number;
  readonly storedAt: Time;
  /** Gone at this very moment, not a second later. */
  readonly expiresAt: Time;
  /** Address of the server it came from. */
  readonly server: string;
}

export type CacheEntry =
  | (EntryBase & {
      readonly kind: 'records';
      readonly trust: Trust;
      readonly records: readonly ResourceRecord[];
    })
  | (EntryBase & { readonly kind: 'nxdomain' | 'nodata'; readonly soa: ResourceRecord })
  | (EntryBase & { readonly kind: 'servfail' });

/** By `nameKey`; few entries a name. */
export interface Cache {
  readonly names: Map<string, CacheEntry[]>;
}

/** Names that the cache holds at most; the oldest go first. */
const MAX_NAMES = 20_000;

export function emptyCache(): Cache {
  return { names: new Map() };
}

/** Whole seconds until then, rounded up: what expires in this second still has 1, and nothing ever has less than 0. */
export function secondsLeft(expiresAt: Time, now: Time): number {
  return Math.max(0, Math.ceil((expiresAt - now) / 1000));
}

function put(cache: Cache, now: Time, entry: CacheEntry, gone: (old: CacheEntry) => boolean): void {
  const key = nameKey(entry.name);
  const old = (cache.names.get(key) ?? []).filter((item) => item.expiresAt > now && !gone(item));
  cache.names.delete(key);
  cache.names.set(key, [...old, entry]);
  for (const oldest of cache.names.keys()) {
    if (cache.names.size <= MAX_NAMES) break;
    cache.names.delete(oldest);
  }
}

/**
 * Remembers a set (one name, one type) for its TTL. A set of more trust that is still alive stays (RFC 2181 §5.4.1); TTL 0
 * is not remembered at all (RFC 1035 §3.2.1).
 */
export function storeRecords(
  cache: Cache,
  now: Time,
  records: readonly ResourceRecord[],
  trust: Trust,
  server: string,
  maxTtl: number,
): void {
  const first = records[0];
  if (!first) return;
  const ttl = Math.min(maxTtl, ...records.map((record) => record.ttl));
  if (ttl <= 0) return;
  const type = typeCode(first.data);
  const held = find(cache, now, first.name, type);
  if (held?.kind === 'records' && RANK[held.trust] > RANK[trust]) return;
  // Data beside an answer does not overturn a negative answer.
  if (trust !== 'answer' && held && held.kind !== 'records') return;
  const entry: CacheEntry = {
    kind: 'records',
    name: first.name,
    type,
    storedAt: now,
    expiresAt: now + ttl * 1000,
    server,
    trust,
    records: records.map((record) => ({ ...record, ttl })),
  };
  put(cache, now, entry, (old) => old.type === type || (trust === 'answer' && old.kind === 'nxdomain'));
}

/** Remembers that a name, or a type at it, does not exist; for `ttl` seconds (RFC 2308 §5). */
export function storeNegative(
  cache: Cache,
  now: Time,
  kind: 'nxdomain' | 'nodata',
  name: string,
  type: number,
  soa: ResourceRecord,
  ttl: number,
  server: string,
): void {
  if (ttl <= 0) return;
  const entry: CacheEntry = {
    kind,
    name,
    type: kind === 'nxdomain' ? 0 : type,
    storedAt: now,
    expiresAt: now + ttl * 1000,
    server,
    soa,
  };
  put(cache, now, entry, (old) =>
    kind === 'nxdomain'
      ? old.kind !== 'records' || old.trust === 'answer'
      : old.type === type || old.kind === 'nxdomain',
  );
}

/** Remembers that resolution failed (RFC 9520 §3.2); does not displace anything better. */
export function storeFailure(cache: Cache, now: Time, name: string, type: number, ttl: number): void {
  if (ttl <= 0) return;
  const entry: CacheEntry = {
    kind: 'servfail',
    name,
    type,
    storedAt: now,
    expiresAt: now + ttl * 1000,
    server: '',
  };
  put(cache, now, entry, (old) => old.kind === 'servfail' && old.type === type);
}

/** What is known of exactly this name and type, alive. A name that does not exist answers for every type. */
function find(cache: Cache, now: Time, name: string, type: number): CacheEntry | undefined {
  let failure: CacheEntry | undefined;
  for (const entry of cache.names.get(nameKey(name)) ?? []) {
    if (entry.expiresAt <= now) continue;
    if (entry.kind === 'servfail') {
      if (entry.type === type) failure = entry;
    } else if (entry.kind === 'nxdomain' || entry.type === type) return entry;
  }
  return failure;
}

/** Records of any trust. */
export function cachedRecords(
  cache: Cache,
  now: Time,
  name: string,
  type: number,
): Extract<CacheEntry, { kind: 'records' }> | undefined {
  const entry = find(cache, now, name, type);
  return entry?.kind === 'records' ? entry : undefined;
}

/** What may be given as an answer: the set itself, a CNAME in its place, or that there is nothing. */
export function cachedAnswer(cache: Cache, now: Time, name: string, type: number): CacheEntry | undefined {
  const fits = (entry: CacheEntry | undefined): boolean =>
    entry !== undefined && (entry.kind !== 'records' || entry.trust === 'answer');
  const direct = find(cache, now, name, type);
  if (fits(direct) && direct?.kind !== 'servfail') return direct;
  const cname = find(cache, now, name, TYPE_CODES.CNAME);
  if (cname?.kind === 'records' && fits(cname)) return cname;
  return fits(direct) ? direct : undefined;
}

/** One line of the page that shows a cache. */
export interface CacheView {
  readonly entry: CacheEntry;
  readonly secondsLeft: number;
}

/** Everything alive under a name (or, without one, everywhere), of one type if given. A dead entry is not shown. */
export function cacheContents(cache: Cache, now: Time, name?: string, type?: number): CacheView[] {
  const lists = name === undefined ? [...cache.names.values()] : [cache.names.get(nameKey(name)) ?? []];
  return lists
    .flat()
    .filter(
      (entry) => entry.expiresAt > now && (type === undefined || entry.type === type || entry.type === 0),
    )
    .map((entry) => ({ entry, secondsLeft: secondsLeft(entry.expiresAt, now) }));
}
