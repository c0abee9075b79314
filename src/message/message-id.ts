// Message identifiers (RFC 5322 §3.6.4): reading them out of Message-ID, In-Reply-To and References, and the form that
// Postfix gives to a message without one.

import { dateFields } from '../base/dates.ts';
import type { Time } from '../base/dates.ts';

/** `<20261123080004.4Bq1kz3Wc8z7@mx.blue.example>`, with the date in UTC, as Postfix's cleanup writes it. */
export function postfixMessageId(time: Time, queueId: string, host: string): string {
  const f = dateFields(time);
  const two = (n: number): string => String(n).padStart(2, '0');
  const stamp = `${String(f.year).padStart(4, '0')}${two(f.month)}${two(f.day)}${two(f.hour)}${two(f.minute)}${two(f.second)}`;
  return `<${stamp}.${queueId}@${host}>`;
}

/** All identifiers of a value in their order, with their angle brackets. */
export function messageIds(value: string): readonly string[] {
  return value.match(/<[^<>\s]+>/g) ?? [];
}
