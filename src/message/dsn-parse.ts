// Reads delivery status notifications of any origin (RFC 3464 in RFC 6522), and sorts what they say into the few kinds
// that list software acts upon. Never trusts the reporter: everything here is what somebody claims.

import { binary, parseMessage } from './header.ts';
import type { HeaderField } from './header.ts';
import { parseMime, partBytes, partsOf, partText } from './mime.ts';
import { fromLatin1 } from '../base/bytes.ts';

/** `type; value` of RFC 3464 §2.1.2; the type is in lower case. */
export interface TypedValue {
  readonly type: string;
  readonly value: string;
}

export interface ReportedRecipient {
  readonly finalRecipient?: TypedValue;
  readonly originalRecipient?: TypedValue;
  /** In lower case: failed, delayed, delivered, relayed, expanded, or what else was written. */
  readonly action: string;
  /** `5.1.1`, '' when missing. */
  readonly status: string;
  readonly remoteMta?: TypedValue;
  readonly diagnosticCode?: TypedValue;
  readonly fields: readonly HeaderField[];
}

export interface DsnReport {
  /** The part for people. */
  readonly notification: string;
  readonly reportingMta?: TypedValue;
  readonly envelopeId?: string;
  readonly arrivalDate?: string;
  readonly messageFields: readonly HeaderField[];
  readonly recipients: readonly ReportedRecipient[];
  /** What came back of the original, and where it stands in the notification's bytes. */
  readonly returned?: { readonly kind: 'message' | 'headers'; readonly start: number; readonly end: number };
}

function typed(field: HeaderField | undefined): TypedValue | undefined {
  if (field === undefined) return undefined;
  const semicolon = field.value.indexOf(';');
  if (semicolon < 0) return { type: '', value: field.value.replace(/\s+/g, ' ').trim() };
  return {
    type: field.value.slice(0, semicolon).trim().toLowerCase(),
    value: field.value
      .slice(semicolon + 1)
      .replace(/\s+/g, ' ')
      .trim(),
  };
}

/** Groups of fields between blank lines. */
function fieldGroups(text: string): (readonly HeaderField[])[] {
  const groups: (readonly HeaderField[])[] = [];
  for (const block of text.split(/(?:\r?\n){2,}/)) {
    const fields = parseMessage(block.replace(/^[\r\n]+/, '')).fields;
    if (fields.length > 0) groups.push(fields);
  }
  return groups;
}

const get = (fields: readonly HeaderField[], key: string): HeaderField | undefined =>
  fields.find((field) => field.key === key);

function optional<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** The report within a message, or undefined when it holds none. */
export function parseDsn(message: string | Uint8Array): DsnReport | undefined {
  const raw = binary(message);
  const parts = partsOf(parseMime(raw));
  const status = parts.find(
    (part) =>
      part.type === 'message' &&
      (part.subtype === 'delivery-status' || part.subtype === 'global-delivery-status'),
  );
  if (status === undefined) return undefined;
  const [messageFields = [], ...groups] = fieldGroups(fromLatin1(partBytes(raw, status).bytes));
  const text = parts.find((part) => part.type === 'text' && part.subtype === 'plain');
  const full = parts.find((part) => part.type === 'message' && /^(?:rfc822|global)$/.test(part.subtype));
  const headers = parts.find((part) => part.type === 'text' && part.subtype === 'rfc822-headers');
  const back = full ?? headers;
  return {
    notification: text === undefined ? '' : partText(raw, text).text,
    ...optional('reportingMta', typed(get(messageFields, 'reporting-mta'))),
    ...optional('envelopeId', get(messageFields, 'original-envelope-id')?.value),
    ...optional('arrivalDate', get(messageFields, 'arrival-date')?.value),
    messageFields,
    recipients: groups.map((fields) => ({
      ...optional('finalRecipient', typed(get(fields, 'final-recipient'))),
      ...optional('originalRecipient', typed(get(fields, 'original-recipient'))),
      action: get(fields, 'action')?.value.toLowerCase() ?? '',
      status: /\d\.\d{1,3}\.\d{1,3}/.exec(get(fields, 'status')?.value ?? '')?.[0] ?? '',
      ...optional('remoteMta', typed(get(fields, 'remote-mta'))),
      ...optional('diagnosticCode', typed(get(fields, 'diagnostic-code'))),
      fields,
    })),
    ...(back === undefined
      ? {}
      : {
          returned: {
            kind: full === undefined ? 'headers' : 'message',
            start: back.bodyStart,
            end: back.end,
          },
        }),
  };
}

/** What a bounce means for the sender of a list: stop at once, try again, clean up, or look at one's own set-up. */
export type BounceClass = 'hard' | 'soft' | 'full' | 'block' | 'policy' | 'technical';

/**
 * Sorts a failure by enhanced code first (RFC 3463), then by the words that servers use. `code` is the reply code,
 * `status` the enhanced code; either may be missing (GMX sends none).
 */
export function classifyBounce(code: number | undefined, status: string, text: string): BounceClass {
  const words = text.toLowerCase();
  const detail = status.replace(/^\d\./, '');
  if (/quota|mailbox (?:is )?full|over limit|insufficient storage/.test(words) || detail === '2.2')
    return 'full';
  if (status.startsWith('4') || (code !== undefined && code >= 400 && code < 500)) return 'soft';
  if (/block ?list|blacklist|\brbl\b|dnsbl|spamhaus|reputation|bad helo|\blisted\b|blocked using/.test(words))
    return 'block';
  if (
    /^7\.(?:2[0-9]|[17])$|^7\.509$/.test(detail) ||
    /\b(?:spf|dkim|dmarc)\b|spam|policy|relay access/.test(words)
  )
    return 'policy';
  if (/^[345]\./.test(detail)) return 'technical';
  if (
    /^1\.|^2\.1$/.test(detail) ||
    /user unknown|unknown user|no such user|doesn't exist|not found|unavailable/.test(words)
  )
    return 'hard';
  return code === undefined && status === '' ? 'technical' : 'hard';
}
