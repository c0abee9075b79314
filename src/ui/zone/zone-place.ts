// Where the records of a zone text stand, line by line: what belongs to a record when it is moved or removed, and how its
// neighbours are laid out. Works on the engine's parser; knows no form. RFC 1035 §5.1.

import { parseName, sameName } from '../../dns/name.ts';
import type { ParsedZone, ZoneRecord } from '../../dns/zone-file.ts';
import { ZoneLexer } from '../../dns/zone-lexer.ts';

/** A stretch of the text, end exclusive. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1;

/** Where the next line begins; the end of the text when there is none. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end + 1;
}

/** The line end that the text uses. */
export const newlineOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n');

/** All lines of a record, with its parentheses and the comments inside and behind it. */
export function linesOf(text: string, record: ZoneRecord): Stretch {
  const start = lineStart(text, record.spans.whole.offset);
  const lexer = new ZoneLexer(text.slice(start));
  for (;;) {
    const { kind, span } = lexer.next({ quotes: true });
    if (kind === 'eol') return { start, end: lineEnd(text, start + span.offset) };
    if (kind === 'eof' || kind === 'fault') return { start, end: text.length };
  }
}

/** The lines of a record and the comment lines right above it, which are about it. */
export function blockOf(text: string, record: ZoneRecord): Stretch {
  const { start, end } = linesOf(text, record);
  let from = start;
  while (from > 0) {
    const above = lineStart(text, from - 1);
    if (!/^[ \t]*;/.test(text.slice(above, from))) break;
    from = above;
  }
  return { start: from, end };
}

/** What relative names in that place are completed by. */
export function originBefore({ text, origin: zone }: ParsedZone, offset: number): string {
  let origin = zone;
  for (const { 1: name, index } of text.matchAll(/^\$ORIGIN[ \t]+([^\s;]+)/gim)) {
    if (index >= offset) break;
    const read = parseName(name ?? '', origin);
    if (read.ok) origin = read.value;
  }
  return origin;
}

/** How a new line looks beside that one: blanks up to the second word, the class if it is written, the width of the type. */
export interface Layout {
  readonly column: number;
  readonly withClass: boolean;
  readonly typeWidth: number;
}

export function layoutOf(text: string, record: ZoneRecord | undefined): Layout {
  if (record === undefined) return { column: 15, withClass: true, typeWidth: 4 };
  const start = lineStart(text, record.spans.whole.offset);
  const before = text.slice(start, record.spans.type.offset);
  const owner = /^\S*/.exec(before)?.[0] ?? '';
  const blanks = /^[ ]*/.exec(before.slice(owner.length))?.[0] ?? '';
  const data = record.spans.data[0];
  const gap = data === undefined ? '' : text.slice(record.spans.type.offset, data.offset);
  return {
    column: Math.min(40, owner.length + Math.max(1, blanks.length)),
    withClass: /\sIN\s/i.test(`${before} `) || owner === '',
    typeWidth: /^\S+ *$/.test(gap) ? gap.length - 1 : record.spans.type.length,
  };
}

/** True when both lists say the same, in the same order. */
export function sameRecords(a: readonly WrittenRecord[], b: readonly WrittenRecord[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => {
      const other = b[i];
      return (
        other !== undefined &&
        sameName(one.name, other.name) &&
        one.type === other.type &&
        one.data === other.data &&
        (one.ttl === undefined || other.ttl === undefined || one.ttl === other.ttl)
      );
    })
  );
}

/** A record as the zone means it; without `ttl` any will do. */
export interface WrittenRecord {
  readonly name: string;
  readonly ttl?: number;
  readonly type: string;
  readonly data: string;
}
