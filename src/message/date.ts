// Dates in mail (RFC 5322 §3.3, obsolete forms §4.3), and the form in which Postfix writes them. Formats of the world's
// clock itself live in base/dates.

import { dateFields, MONTHS, timeOf, WEEKDAYS, zoneText } from '../base/dates.ts';
import type { Time } from '../base/dates.ts';

/** `weekday-mismatch`: the day's name is not that day's. `obsolete-*`: readable, but nobody should write it today. */
export type DateProblem =
  'weekday-mismatch' | 'obsolete-zone' | 'unknown-zone' | 'no-zone' | 'obsolete-year' | 'out-of-range';

export interface MailDate {
  readonly time: Time;
  readonly zoneMinutes: number;
  /** False for `-0000` and unknown zones: the time is UTC, the writer's zone is not told (RFC 5322 §3.3). */
  readonly zoneKnown: boolean;
  readonly problems: readonly DateProblem[];
}

const ZONES: Readonly<Record<string, number>> = {
  UT: 0,
  UTC: 0,
  GMT: 0,
  Z: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
};

const DATE =
  /^(?:([A-Za-z]{3,9})(?:\s*,\s*|\s+))?(\d{1,2})[\s-]+([A-Za-z]{3,9})[\s-]+(\d{2,5})\s+(\d{1,2})\s*:\s*(\d{2})(?:\s*:\s*(\d{2})(?:\.\d+)?)?(?:\s*([+-]\d{4})|\s+([A-Za-z]{1,5}))?$/;

/** Removes comments, nested ones too (RFC 5322 §3.2.2), as blanks. */
export function withoutComments(text: string): string {
  if (!text.includes('(')) return text;
  let out = '';
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '\\' && depth > 0) i++;
    else if (char === '(') depth++;
    else if (char === ')' && depth > 0) {
      depth--;
      out += ' ';
    } else if (depth === 0) out += char;
  }
  return out;
}

/** The time of a Date field or of the end of a Received field; undefined when it is none. */
export function parseMailDate(text: string): MailDate | undefined {
  const match = DATE.exec(withoutComments(text).replace(/\s+/g, ' ').trim());
  if (match === null) return undefined;
  const problems: DateProblem[] = [];
  const monthName = (match[3] ?? '').slice(0, 3).toLowerCase();
  const month = MONTHS.findIndex((name) => name.toLowerCase() === monthName) + 1;
  if (month === 0) return undefined;
  const yearText = match[4] ?? '';
  let year = Number(yearText);
  // RFC 5322 §4.3: two digits 00 to 49 are 20xx, other two and all three digits count from 1900.
  if (yearText.length < 4) {
    problems.push('obsolete-year');
    year += yearText.length === 2 && year < 50 ? 2000 : 1900;
  }
  const day = Number(match[2]);
  const hour = Number(match[5]);
  const minute = Number(match[6]);
  const second = Number(match[7] ?? '0');
  let zoneMinutes = 0;
  let zoneKnown = true;
  const offset = match[8];
  const zone = match[9]?.toUpperCase();
  if (offset !== undefined) {
    zoneMinutes =
      (offset.startsWith('-') ? -1 : 1) * (Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3, 5)));
    if (offset === '-0000') zoneKnown = false;
    if (Math.abs(zoneMinutes) >= 24 * 60 || Number(offset.slice(3, 5)) > 59) problems.push('out-of-range');
  } else if (zone === undefined) {
    zoneKnown = false;
    problems.push('no-zone');
  } else if (Object.hasOwn(ZONES, zone)) {
    zoneMinutes = ZONES[zone] ?? 0;
    problems.push('obsolete-zone');
  } else {
    // RFC 5322 §4.3: military letters were defined wrongly once, and unknown names say nothing: both are -0000.
    zoneKnown = false;
    problems.push(zone.length === 1 ? 'obsolete-zone' : 'unknown-zone');
  }
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const time = timeOf(year, month, day, hour, minute, second, zoneMinutes);
  const real = dateFields(time, zoneMinutes);
  if (day < 1 || (second < 60 && real.day !== day)) return undefined;
  const weekday = match[1]?.slice(0, 3).toLowerCase();
  if (weekday !== undefined && WEEKDAYS[real.weekday]?.toLowerCase() !== weekday)
    problems.push('weekday-mismatch');
  return { time, zoneMinutes, zoneKnown, problems };
}

/** What `%Z` of strftime gives for a zone of the lab. */
function zoneName(zoneMinutes: number): string {
  if (zoneMinutes === 0) return 'UTC';
  if (zoneMinutes === 60) return 'CET';
  if (zoneMinutes === 120) return 'CEST';
  const text = zoneText(zoneMinutes);
  return text.endsWith('00') ? text.slice(0, 3) : text;
}

/** `Mon,  2 Nov 2026 09:00:04 +0100 (CET)`: Postfix pads the day with a blank and names the zone. */
export function postfixDate(time: Time, zoneMinutes = 0): string {
  const f = dateFields(time, zoneMinutes);
  const two = (n: number): string => String(n).padStart(2, '0');
  return (
    `${WEEKDAYS[f.weekday] ?? ''}, ${String(f.day).padStart(2, ' ')} ${MONTHS[f.month - 1] ?? ''} ${f.year} ` +
    `${two(f.hour)}:${two(f.minute)}:${two(f.second)} ${zoneText(zoneMinutes)} (${zoneName(zoneMinutes)})`
  );
}
