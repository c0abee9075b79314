// The virtual clock's times as people read them: no seconds where they say nothing, the world's own time zone.

import { dateFields, type Time } from '../../base/dates.ts';
import type { Language } from './settings.svelte.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** `09:00:04` */
export function clockText(at: Time, zoneMinutes: number): string {
  const f = dateFields(at, zoneMinutes);
  return `${two(f.hour)}:${two(f.minute)}:${two(f.second)}`;
}

/** `09:00:04.120` */
export function preciseText(at: Time, zoneMinutes: number): string {
  return `${clockText(at, zoneMinutes)}.${String(dateFields(at, zoneMinutes).millisecond).padStart(3, '0')}`;
}

/** `Mon 23 Nov` or `Mo., 23. Nov.` */
export function dayText(at: Time, zoneMinutes: number, language: Language): string {
  return new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC',
  }).format(at + zoneMinutes * 60_000);
}

/** `23 Nov 2026` or `23. Nov. 2026` */
export function dateText(at: Time, zoneMinutes: number, language: Language): string {
  return new Intl.DateTimeFormat(language === 'de' ? 'de-DE' : 'en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(at + zoneMinutes * 60_000);
}

/** `4 s`, `5 min`, `1 h 20 min`, `2 d`: the two largest units. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return ms < 1000 && ms > 0 ? `${Math.round(ms)} ms` : `${seconds} s`;
  const parts: string[] = [];
  for (const [unit, size] of [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const rest = parts.length === 0 ? seconds : seconds % previous(size);
    const count = Math.floor(rest / size);
    if (count > 0 && parts.length < 2 && !(unit === 's' && seconds > 600)) parts.push(`${count} ${unit}`);
    else if (parts.length > 0) break;
  }
  return parts.join(' ');
}

function previous(size: number): number {
  return size === 3_600 ? 86_400 : size === 60 ? 3_600 : 60;
}
