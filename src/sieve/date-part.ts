// Parts of dates for `date` and `currentdate`: which field of which zone, as the strings the standard fixes. Knows no
// clock. RFC 5260 §4.2 first.

import { assertNever } from '../base/assert.ts';
import { DAY, dateFields, mailDate, MINUTE } from '../base/dates.ts';
import type { Time } from '../base/dates.ts';
import type { DatePart } from './language.ts';

const pad = (n: number, width = 2): string => String(n).padStart(width, '0');

/** `+0100` as minutes east of Greenwich, or undefined (RFC 5260 §4.1). */
export function zoneMinutesOf(text: string): number | undefined {
  const match = /^([+-])(\d{2})([0-5]\d)$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3]);
  return match[1] === '-' ? -minutes : minutes;
}

function zoneText(zoneMinutes: number, colon: string): string {
  const size = Math.abs(zoneMinutes);
  return `${zoneMinutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}${colon}${pad(size % 60)}`;
}

/** One part of a time in a zone. */
export function datePart(part: DatePart, time: Time, zoneMinutes: number): string {
  const f = dateFields(time, zoneMinutes);
  const date = `${pad(f.year, 4)}-${pad(f.month)}-${pad(f.day)}`;
  const clock = `${pad(f.hour)}:${pad(f.minute)}:${pad(f.second)}`;
  switch (part) {
    case 'year':
      return pad(f.year, 4);
    case 'month':
      return pad(f.month);
    case 'day':
      return pad(f.day);
    case 'date':
      return date;
    case 'julian':
      // The Modified Julian Day of 1970-01-01 is 40587.
      return String(Math.floor((time + zoneMinutes * MINUTE) / DAY) + 40587);
    case 'hour':
      return pad(f.hour);
    case 'minute':
      return pad(f.minute);
    case 'second':
      return pad(f.second);
    case 'time':
      return clock;
    case 'iso8601':
      return `${date}T${clock}${zoneText(zoneMinutes, ':')}`;
    case 'std11':
      return mailDate(time, zoneMinutes);
    case 'zone':
      return zoneText(zoneMinutes, '');
    case 'weekday':
      return String(f.weekday);
    default:
      return assertNever(part);
  }
}
