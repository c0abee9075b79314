// Edits of single records in a zone text: change, add, remove, move. Only what an edit is about changes in the text; comments,
// layout and all other records stay, byte for byte. Every edit is read back, and one that would change another record is refused.

import { fromLatin1, utf8 } from '../../base/bytes.ts';
import { nameKey, parseName, relativeName, sameName } from '../../dns/name.ts';
import { characterStringText, rdataText, typeCode, typeCodeOf, typeName } from '../../dns/records.ts';
import { parseZone, type ParsedZone, type ZoneRecord } from '../../dns/zone-file.ts';
import { parseTtl } from '../../dns/zone-rdata.ts';
import {
  blockOf,
  layoutOf,
  lineStart,
  linesOf,
  newlineOf,
  originBefore,
  sameRecords,
  type WrittenRecord,
} from './zone-place.ts';

/** Why an edit was not made. */
export type Refusal = 'badName' | 'badTtl' | 'badType' | 'badData' | 'notReadable' | 'wouldChangeOthers';
export type Edit =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: Refusal };

/** What is to be different; what is absent stays. */
export interface RecordChange {
  /** As written by a person: `@`, `mail`, `mail.wolke.example.`; completed by the zone's name. */
  readonly owner?: string;
  /** `300`, `1h`; empty: that of the zone. */
  readonly ttl?: string;
  readonly type?: string;
  /** The words of the data as a zone file writes them, strings in quotes. */
  readonly data?: readonly string[];
}

export interface NewRecord {
  readonly owner: string;
  readonly ttl?: string;
  readonly type: string;
  readonly data: readonly string[];
}

const refused = (why: Refusal): Edit => ({ ok: false, why });

export function written(record: ZoneRecord): WrittenRecord {
  const { name, ttl, data } = record;
  return { name, ttl, type: typeName(typeCode(data)), data: rdataText(data) };
}

/** The words of a record's data as they stand in the text. */
export function wordsOf(text: string, record: ZoneRecord): string[] {
  return record.spans.data.map(({ offset, length }) => text.slice(offset, offset + length));
}

/** A text as strings of a TXT record: in quotes, at most 255 bytes each. Text beyond ASCII counts as UTF-8. */
export function txtWords(value: string): string[] {
  const bytes = fromLatin1(utf8(value));
  const pieces = bytes === '' ? [''] : (bytes.match(/[^]{1,255}/g) ?? []);
  return pieces.map(characterStringText);
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function spliced(text: string, splices: readonly Splice[]): string {
  return [...splices]
    .sort((a, b) => b.start - a.start || b.end - a.end)
    .reduce((all, { start, end, text: put }) => all.slice(0, start) + put + all.slice(end), text);
}

/** The record of that place changed. */
export function changeRecord(text: string, zone: string, index: number, change: RecordChange): Edit {
  const parsed = parseZone(text, zone);
  const record = parsed.records[index];
  if (record === undefined) return refused('notReadable');
  const bad = problemOf(change, zone);
  if (bad !== undefined) return refused(bad);
  const splices: Splice[] = [];
  const expected: (WrittenRecord | undefined)[] = parsed.records.map(written);
  let { name } = record;
  if (change.owner !== undefined) {
    const read = parseName(change.owner, zone);
    if (read.ok && !sameName(read.value, name)) {
      name = read.value;
      splices.push(ownerSplice(parsed, record, name), ...heirSplices(parsed, index));
    }
  }
  if (change.ttl !== undefined) {
    // One set has one TTL (RFC 2181 §5.2).
    for (const one of parsed.records)
      if (one === record || (sameName(one.name, name) && typeCode(one.data) === typeCode(record.data)))
        splices.push(...ttlSplices(text, one, change.ttl));
  }
  const { type } = record.spans;
  if (change.type !== undefined && change.type.toUpperCase() !== typeName(typeCode(record.data)))
    splices.push({ start: type.offset, end: type.offset + type.length, text: change.type });
  if (change.data !== undefined) splices.push(...dataSplices(text, record, change.data));
  const next = spliced(text, splices);
  const after = parseZone(next, zone);
  const now = after.records[index];
  if (after.records.length !== parsed.records.length || now === undefined) return refused('badData');
  const wanted = change.type ?? typeName(typeCode(record.data));
  if (!sameName(now.name, name) || typeName(typeCode(now.data)) !== wanted.toUpperCase())
    return refused('badData');
  return checked(after, expected, (i) => i === index, [name, record.name], next);
}

/** A new record after that one, or where records of its name stand, or at the end. */
export function addRecord(text: string, zone: string, record: NewRecord, after?: number): Edit {
  const parsed = parseZone(text, zone);
  const bad = problemOf(record, zone);
  if (bad !== undefined) return refused(bad);
  const name = parseName(record.owner, zone);
  if (!name.ok) return refused('badName');
  const { records } = parsed;
  let behind = after ?? records.findLastIndex((one) => sameName(one.name, name.value));
  if (behind < 0) behind = records.length - 1;
  const neighbour = records[behind];
  const at = neighbour === undefined ? text.length : linesOf(text, neighbour).end;
  const line = newLine(parsed, name.value, record, at, neighbour);
  const newline = newlineOf(text);
  const lead = at > 0 && text.charAt(at - 1) !== '\n' ? newline : '';
  const next = spliced(text, [
    { start: at, end: at, text: lead + line + newline },
    ...(neighbour !== undefined && sameName(neighbour.name, name.value) ? [] : heirSplices(parsed, behind)),
  ]);
  const expected: (WrittenRecord | undefined)[] = records.map(written);
  expected.splice(behind + 1, 0, undefined);
  const read = parseZone(next, zone);
  const now = read.records[behind + 1];
  if (now === undefined || !sameName(now.name, name.value) || read.records.length !== expected.length)
    return refused('badData');
  return checked(read, expected, (i) => i === behind + 1, [name.value], next);
}

/** The text without that record and what stands in its lines. Comments above stay. */
export function removeRecord(text: string, zone: string, index: number): Edit {
  const parsed = parseZone(text, zone);
  const record = parsed.records[index];
  if (record === undefined) return refused('notReadable');
  const { start, end } = linesOf(text, record);
  const heir = record.spans.owner === undefined ? [] : heirSplices(parsed, index);
  const next = spliced(text, [{ start, end, text: '' }, ...heir]);
  const expected = parsed.records.filter((one) => one !== record).map(written);
  return checked(parseZone(next, zone), expected, () => false, [record.name], next);
}

/** The record before its neighbour above (-1) or behind the one below (1); each takes the comments right above it along. */
export function moveRecord(text: string, zone: string, index: number, by: -1 | 1): Edit {
  const first = by < 0 ? index - 1 : index;
  const explicit = withOwners(text, zone, [first, first + 1, first + 2]);
  const parsed = parseZone(explicit, zone);
  const a = parsed.records[first];
  const b = parsed.records[first + 1];
  if (a === undefined || b === undefined) return refused('notReadable');
  const upper = blockOf(explicit, a);
  const lower = blockOf(explicit, b);
  const cut = (from: number, to: number): string => explicit.slice(from, to);
  const newline = newlineOf(text);
  const ended = (block: string): string => (block.endsWith('\n') ? block : block + newline);
  const next =
    cut(0, upper.start) +
    ended(cut(lower.start, lower.end)) +
    cut(upper.end, lower.start) +
    cut(upper.start, upper.end) +
    cut(lower.end, explicit.length);
  const expected = parseZone(text, zone).records.map(written);
  expected.splice(first, 2, written(b), written(a));
  return checked(parseZone(next, zone), expected, () => false, [], next);
}

/** The TXT record of that name whose text the test knows, replaced; a new one when there is none. */
export function putText(
  text: string,
  zone: string,
  owner: string,
  value: string,
  isOld: (joined: string) => boolean,
): Edit {
  const name = parseName(owner, zone);
  if (!name.ok) return refused('badName');
  const old = parseZone(text, zone).records.findIndex(
    ({ name: of, data }) => sameName(of, name.value) && data.type === 'TXT' && isOld(data.strings.join('')),
  );
  return old < 0
    ? addRecord(text, zone, { owner, type: 'TXT', data: txtWords(value) })
    : changeRecord(text, zone, old, { data: txtWords(value) });
}

function problemOf(change: RecordChange, zone: string): Refusal | undefined {
  const { owner, ttl, type, data } = change;
  if (owner !== undefined && (/[\s;()"]/.test(owner) || owner === '' || !parseName(owner, zone).ok))
    return 'badName';
  if (ttl !== undefined && ttl !== '' && parseTtl(ttl) === undefined) return 'badTtl';
  if (type !== undefined && typeCodeOf(type) === undefined) return 'badType';
  const isWord = (word: string): boolean =>
    /^"(?:[^"\\\n]|\\[^\n])*"$/.test(word) || /^(?:[^\s;()"\\]|\\[^\s])+$/.test(word);
  return data === undefined || (data.length > 0 && data.every(isWord)) ? undefined : 'badData';
}

/** All but the changed record must mean what they meant; sets of the names touched may take another TTL. */
function checked(
  after: ParsedZone,
  expected: readonly (WrittenRecord | undefined)[],
  isFree: (index: number) => boolean,
  names: readonly string[],
  text: string,
): Edit {
  const keys = new Set(names.map(nameKey));
  const loose = (record: WrittenRecord): WrittenRecord => {
    if (!keys.has(nameKey(record.name))) return record;
    const { name, type, data } = record;
    return { name, type, data };
  };
  const others = <T>(list: readonly T[]): T[] => list.filter((_, i) => !isFree(i));
  const want = others(expected).flatMap((one) => (one === undefined ? [] : [loose(one)]));
  const have = others(after.records.map(written)).map(loose);
  return sameRecords(want, have) ? { ok: true, text } : refused('wouldChangeOthers');
}

function nameAt(parsed: ParsedZone, name: string, offset: number): string {
  // `$ORIGIN` elsewhere: the whole name is safe.
  return sameName(originBefore(parsed, offset), parsed.origin) ? relativeName(name, parsed.origin) : name;
}

/** Writes the owner of a line, and takes the blanks behind it so that the next word keeps its column. */
function ownerSplice(parsed: ParsedZone, record: ZoneRecord, name: string): Splice {
  const { text } = parsed;
  const { owner } = record.spans;
  const start = owner?.offset ?? lineStart(text, record.spans.whole.offset);
  const old = owner?.length ?? 0;
  const put = nameAt(parsed, name, start);
  const blanks = /^ */.exec(text.slice(start + old))?.[0].length ?? 0;
  if (blanks === 0) return { start, end: start + old, text: put };
  const pad = ' '.repeat(Math.max(1, old + blanks - put.length));
  return { start, end: start + old + blanks, text: put + pad };
}

/** A line that takes its owner from the record of that place gets it written out. */
function heirSplices(parsed: ParsedZone, index: number): Splice[] {
  const heir = parsed.records[index + 1];
  if (heir === undefined || heir.spans.owner !== undefined) return [];
  return [ownerSplice(parsed, heir, heir.name)];
}

function withOwners(text: string, zone: string, indices: readonly number[]): string {
  const parsed = parseZone(text, zone);
  const splices = indices.flatMap((index) => {
    const record = parsed.records[index];
    return record === undefined || record.spans.owner !== undefined
      ? []
      : [ownerSplice(parsed, record, record.name)];
  });
  return spliced(text, splices);
}

function ttlSplices(text: string, record: ZoneRecord, ttl: string): Splice[] {
  const { ttl: span, owner } = record.spans;
  if (span !== undefined) {
    const end = span.offset + span.length;
    const blank = ttl === '' ? (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0) : 0;
    return [{ start: span.offset, end: end + blank, text: ttl }];
  }
  if (ttl === '') return [];
  const from = owner === undefined ? lineStart(text, record.spans.whole.offset) : owner.offset + owner.length;
  const at = from + (/^[ \t]*/.exec(text.slice(from))?.[0].length ?? 0);
  return [{ start: at, end: at, text: `${ttl} ` }];
}

/** Word for word, so that parentheses, line breaks and comments between them stay. */
function dataSplices(text: string, record: ZoneRecord, words: readonly string[]): Splice[] {
  const { data } = record.spans;
  const splices = data.flatMap(({ offset, length }, i): Splice[] => {
    const word = words[i];
    const end = offset + length;
    if (word !== undefined)
      return word === text.slice(offset, end) ? [] : [{ start: offset, end, text: word }];
    const blank = /[ \t]*$/.exec(text.slice(0, offset))?.[0].length ?? 0;
    return [{ start: offset - blank, end, text: '' }];
  });
  const last = data.at(-1);
  const more = words.slice(data.length);
  if (last !== undefined && more.length > 0) {
    const end = last.offset + last.length;
    splices.push({ start: end, end, text: more.map((word) => ` ${word}`).join('') });
  }
  return splices;
}

function newLine(
  parsed: ParsedZone,
  name: string,
  record: NewRecord,
  at: number,
  neighbour: ZoneRecord | undefined,
): string {
  const { column, withClass, typeWidth } = layoutOf(parsed.text, neighbour);
  const owner = nameAt(parsed, name, at);
  const head =
    `${owner}${' '.repeat(Math.max(1, column - owner.length))}` +
    `${record.ttl ? `${record.ttl} ` : ''}${withClass ? 'IN ' : ''}${record.type.padEnd(typeWidth)} `;
  if (record.data.length === 1 || record.data.join(' ').length < 90) return head + record.data.join(' ');
  // Several strings, one below the other.
  return `${head}( ${record.data.join(`${newlineOf(parsed.text)}${' '.repeat(head.length + 2)}`)} )`;
}
