// Answers a policy's questions out of zone text that need not be a whole zone: a pasted record, several zones in one file,
// or records as values. Look-ups follow CNAMEs and wildcards as a server would (RFC 1034 §4.3.2, RFC 4592), but nothing is
// delegated, a SOA is not needed, and a name that is nowhere does not exist.

import { lookUpInZone } from './authoritative.ts';
import { lookupCode, type DnsAnswer, type DnsQuestion } from './lookup.ts';
import { nameKey } from './name.ts';
import { TYPE_CODES, typeCode, type RecordData, type RecordType } from './records.ts';
import { emptyZone, recordsOf, type RecordSet, type Zone } from './zone.ts';
import type { ZoneRecord } from './zone-file.ts';
import type { ZoneProblem } from './zone-problem.ts';
import { ZoneReader } from './zone-reader.ts';

/** Seconds for records that say no TTL anywhere. */
const LOOSE_TTL = 3600;
/** Private use types (RFC 6895 §3.1): a set that fails when asked for, and an NS that delegates nothing. */
const FAILS = 65280;
const NS_HERE = 65281;
/** Links of a CNAME chain; a resolver gives up beyond (BIND: max-query-restarts). */
const MAX_CHAIN = 11;

/** A failure that a look-up of this name and type meets. */
export type LookupFailure = 'TIMEOUT' | 'SERVFAIL' | 'REFUSED';

/** One entry of a name: record data, or that asking for a type (or for all not given so far) fails. */
export type PieceEntry =
  | { readonly data: RecordData; readonly ttl?: number }
  | { readonly fails: LookupFailure; readonly type?: RecordType };

/** Everything known, under the root. Make it with `zonePieces`; ask with `answerFromPieces`. */
export interface ZonePieces {
  readonly zone: Zone;
}

const ASKED_TYPES: readonly RecordType[] = ['A', 'AAAA', 'MX', 'TXT', 'PTR'];

/** Pieces from values. Names are absolute, in presentation form. */
export function zonePieces(
  entries: Iterable<readonly [name: string, entries: readonly PieceEntry[]]>,
): ZonePieces {
  const zone = emptyZone('.');
  for (const [name, list] of entries) {
    const sets = nodeSets(zone, name);
    for (const entry of list) {
      if ('data' in entry) addData(sets, entry.data, entry.ttl ?? LOOSE_TTL);
      else
        for (const type of entry.type === undefined ? ASKED_TYPES : [entry.type])
          addFailure(sets, type, entry.fails);
    }
  }
  return { zone };
}

/**
 * Pieces from master file text. Names without final dot are relative to `$ORIGIN`, before the first one to `origin` (the
 * root when absent). Problems of severity `error` mean that the text should not be used.
 */
export function parseZonePieces(
  text: string,
  origin = '.',
): {
  readonly pieces: ZonePieces;
  readonly records: readonly ZoneRecord[];
  readonly problems: readonly ZoneProblem[];
} {
  const isRoot = origin === '.';
  const source = isRoot ? text : `$ORIGIN ${origin}\n${text}`;
  const reader = new ZoneReader(source, '.', 'zone', LOOSE_TTL);
  reader.run();
  const zone = emptyZone('.');
  for (const record of reader.records) addData(nodeSets(zone, record.name), record.data, record.ttl);
  const problems = isRoot
    ? reader.problems
    : reader.problems.map((one) => ({ ...one, span: { ...one.span, line: Math.max(1, one.span.line - 1) } }));
  return { pieces: { zone }, records: reader.records, problems };
}

/** What a resolver would say. */
export function answerFromPieces({ zone }: ZonePieces, question: DnsQuestion): DnsAnswer {
  const type = lookupCode(question.type);
  const records: DnsAnswer['records'][number][] = [];
  let name = question.name;
  for (let link = 0; link <= MAX_CHAIN; link++) {
    const found = lookUpInZone(zone, name, type);
    switch (found.kind) {
      case 'nxdomain':
        return { status: 'NXDOMAIN', records };
      case 'nodata':
      case 'delegation':
        return { status: 'NOERROR', records };
      case 'answer': {
        const failure = found.sets.map(failureOf).find((one) => one !== undefined);
        if (failure !== undefined) return { status: failure, records: [] };
        for (const set of found.sets) records.push(...recordsOf(found.owner, set));
        return { status: 'NOERROR', records };
      }
      case 'cname': {
        const target = found.set.data[0];
        records.push(...recordsOf(found.owner, found.set));
        if (target?.type !== 'CNAME') return { status: 'SERVFAIL', records: [] };
        name = target.target;
      }
    }
  }
  return { status: 'SERVFAIL', records: [] };
}

/** The sets of a name, made with all empty names above it (RFC 8020). */
function nodeSets(zone: Zone, name: string): RecordSet[] {
  const known = zone.nodes.get(nameKey(name));
  if (known !== undefined) return known.sets;
  const node = { name, sets: [] as RecordSet[] };
  zone.nodes.set(nameKey(name), node);
  const dot = /^(?:[^.\\]|\\.)*\./.exec(name);
  const parent = dot === null ? '.' : name.slice(dot[0].length) || '.';
  if (parent !== '.') nodeSets(zone, parent);
  return node.sets;
}

function addData(sets: RecordSet[], data: RecordData, ttl: number): void {
  const type = data.type === 'NS' ? NS_HERE : typeCode(data);
  const at = sets.findIndex((set) => set.type === type);
  const set = sets[at];
  if (set === undefined) sets.push({ type, ttl, data: [data] });
  // What fails fails, whatever else is said of it later.
  else if (failureOf(set) === undefined) sets[at] = { ...set, data: [...set.data, data] };
}

function addFailure(sets: RecordSet[], type: RecordType, failure: LookupFailure): void {
  const code = TYPE_CODES[type];
  if (sets.some((set) => set.type === code)) return;
  sets.push({ type: code, ttl: 0, data: [{ type: 'OTHER', code: FAILS, rdata: failure }] });
}

function failureOf(set: RecordSet): LookupFailure | undefined {
  const first = set.data[0];
  return first?.type === 'OTHER' && first.code === FAILS ? (first.rdata as LookupFailure) : undefined;
}
