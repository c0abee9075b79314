// The serial number of a zone: where it stands and what the next one is. The learner owns it; this only answers when asked.
// Read RFC 1912 §2.2 (YYYYMMDDnn) and RFC 1982 first.

import { dateFields, type Time } from '../../base/dates.ts';
import { readZone } from './zone-tokens.ts';

export interface SerialPlace {
  /** From 1, as editors count. */
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly serial: number;
}

/** The serial in a zone text; undefined when there is no SOA record that far. */
export function findSerial(text: string): SerialPlace | undefined {
  for (const [index, { tokens }] of readZone(text).entries()) {
    for (const { meaning, start, end } of tokens) {
      if (meaning?.of !== 'soa' || meaning.field !== 'serial' || !/^\d+$/.test(meaning.value)) continue;
      return { line: index + 1, column: start + 1, length: end - start, serial: Number(meaning.value) };
    }
  }
  return undefined;
}

/** A serial above both: today's date with a two-digit count where that is the custom, else one more. */
export function nextSerial(serial: number, published: number, now: Time): number {
  const { year, month, day } = dateFields(now);
  const today = ((year * 100 + month) * 100 + day) * 100 + 1;
  const least = Math.max(serial, published) + 1;
  return published >= 1_900_000_000 ? Math.max(least, today) : least;
}

/** The text with a serial that is newer than the published one; unchanged when it already is, or when none is found. */
export function withRaisedSerial(text: string, published: number, now: Time): string {
  const place = findSerial(text);
  if (!place || place.serial > published) return text;
  const lines = text.split('\n');
  const line = lines[place.line - 1] ?? '';
  lines[place.line - 1] =
    line.slice(0, place.column - 1) +
    String(nextSerial(place.serial, published, now)) +
    line.slice(place.column - 1 + place.length);
  return lines.join('\n');
}
