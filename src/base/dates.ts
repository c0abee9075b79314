// Dates on the virtual clock. A time is a whole number of milliseconds since 1970-01-01T00:00:00Z, never read from the
// real clock. Every format is computed here, because locale functions differ between Node and browsers. `zoneMinutes` is
// the offset of the host's wall clock east of Greenwich.

/** Milliseconds since 1970, virtual. */
export type Time = number;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const MONTHS = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const;
export const WEEKDAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;

export interface DateFields {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** 0 is Sunday */
  readonly weekday: number;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** Calendar fields of a time, by civil-from-days arithmetic (proleptic Gregorian). */
export function dateFields(time: Time, zoneMinutes = 0): DateFields {
  const local = time + zoneMinutes * MINUTE;
  const days = Math.floor(local / DAY);
  const rest = local - days * DAY;
  const z = days + 719468;
  const era = Math.floor(z / 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const mp = Math.floor((5 * dayOfYear + 2) / 153);
  const month = mp < 10 ? mp + 3 : mp - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1,
    hour: Math.floor(rest / HOUR),
    minute: Math.floor((rest % HOUR) / MINUTE),
    second: Math.floor((rest % MINUTE) / SECOND),
    millisecond: rest % SECOND,
    weekday: (((days + 4) % 7) + 7) % 7,
  };
}

/** The time of calendar fields given in UTC plus `zoneMinutes`. Month 1 to 12. */
export function timeOf(
  year: number,
  month: number,
  day: number,
  hour = 0,
  minute = 0,
  second = 0,
  zoneMinutes = 0,
): Time {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  const days = era * 146097 + dayOfEra - 719468;
  return days * DAY + hour * HOUR + (minute - zoneMinutes) * MINUTE + second * SECOND;
}

/** `+0100` (RFC 5322 §3.3). */
export function zoneText(zoneMinutes: number): string {
  const size = Math.abs(zoneMinutes);
  return `${zoneMinutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

/** `Mon, 23 Nov 2026 09:00:04 +0100` (RFC 5322 §3.3). */
export function mailDate(time: Time, zoneMinutes = 0): string {
  const f = dateFields(time, zoneMinutes);
  const day = WEEKDAYS[f.weekday] ?? '';
  const month = MONTHS[f.month - 1] ?? '';
  return `${day}, ${f.day} ${month} ${f.year} ${two(f.hour)}:${two(f.minute)}:${two(f.second)} ${zoneText(zoneMinutes)}`;
}

/** `Nov 23 09:00:04`, as syslog writes it: the day is padded with a blank. */
export function syslogDate(time: Time, zoneMinutes = 0): string {
  const f = dateFields(time, zoneMinutes);
  return `${MONTHS[f.month - 1] ?? ''} ${String(f.day).padStart(2, ' ')} ${two(f.hour)}:${two(f.minute)}:${two(f.second)}`;
}

/** `2026-11-23T09:00:04.120Z` (RFC 3339, UTC). */
export function isoDate(time: Time): string {
  const f = dateFields(time);
  return `${String(f.year).padStart(4, '0')}-${two(f.month)}-${two(f.day)}T${two(f.hour)}:${two(f.minute)}:${two(f.second)}.${String(f.millisecond).padStart(3, '0')}Z`;
}
