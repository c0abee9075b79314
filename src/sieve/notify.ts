// Notifications by mail: the `mailto:` method with its headers, and the message it makes. Knows no queue; whether one is
// sent at all is told with the reason. RFC 5435 §3, RFC 5436 §2 and RFC 6068 §2 first.

import { fromUtf8, latin1, utf8 } from '../base/bytes.ts';
import { mailDate } from '../base/dates.ts';
import type { Time } from '../base/dates.ts';
import { encodeHeaderText } from '../message/encoded-word.ts';
import { foldField } from '../message/header.ts';
import { addrSpec, singleAddress } from './addresses.ts';
import { crlfText, textBody } from './outgoing.ts';

export interface MailtoMethod {
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly subject?: string;
  readonly body?: string;
  /** Further fields, those a notification must not set left out (RFC 5436 §2.5). */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Names of the fields left out. */
  readonly ignored: readonly string[];
}

export type MethodProblem =
  'no-scheme' | 'unknown-scheme' | 'bad-escape' | 'bad-address' | 'bad-header' | 'no-recipient';

const FORBIDDEN = new Set(
  'auto-submitted received message-id date from sender return-path bcc to cc subject mime-version'.split(' '),
);

function unescaped(text: string): string | undefined {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) return undefined;
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text.charAt(i) === '%') {
      out += String.fromCharCode(parseInt(text.slice(i + 1, i + 3), 16));
      i += 2;
    } else
      for (const byte of utf8(String.fromCodePoint(text.codePointAt(i) ?? 0xfffd))) {
        out += String.fromCharCode(byte);
        if (byte >= 0xf0) i++;
      }
  }
  return fromUtf8(latin1(out));
}

/** Reads a notification method; only `mailto:` is known. */
export function parseNotifyMethod(uri: string): MailtoMethod | { readonly problem: MethodProblem } {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(uri);
  if (scheme === null) return { problem: 'no-scheme' };
  if ((scheme[1] as string).toLowerCase() !== 'mailto') return { problem: 'unknown-scheme' };
  const rest = uri.slice(scheme[0].length);
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const query = mark < 0 ? '' : rest.slice(mark + 1);
  const to: string[] = [];
  const cc: string[] = [];
  const addAll = (text: string, into: string[]): MethodProblem | undefined => {
    for (const piece of text.split(',')) {
      if (piece === '') continue;
      const address = unescaped(piece);
      if (address === undefined) return 'bad-escape';
      // A comma in an address is written %2C (RFC 6068 §2); where that makes no address, it parted two, as in RFC 2368.
      const whole = singleAddress(address);
      const mailboxes = whole === undefined ? address.split(',').map(singleAddress) : [whole];
      for (const mailbox of mailboxes) {
        if (mailbox === undefined) return 'bad-address';
        into.push(addrSpec(mailbox));
      }
    }
    return undefined;
  };
  const wrong = addAll(path, to);
  if (wrong !== undefined) return { problem: wrong };
  let subject: string | undefined;
  let body: string | undefined;
  const fields: { name: string; value: string }[] = [];
  const ignored: string[] = [];
  for (const pair of query === '' ? [] : query.split('&')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) return { problem: 'bad-header' };
    const name = unescaped(pair.slice(0, equals));
    const value = unescaped(pair.slice(equals + 1));
    if (name === undefined || value === undefined) return { problem: 'bad-escape' };
    const key = name.toLowerCase();
    if (key !== 'body' && (!/^[!-9;-~]+$/.test(name) || /[\r\n\0]/.test(value)))
      return { problem: 'bad-header' };
    if (key === 'to' || key === 'cc') {
      const bad = addAll(pair.slice(equals + 1), key === 'to' ? to : cc);
      if (bad !== undefined) return { problem: bad };
    } else if (key === 'subject') subject ??= value;
    else if (key === 'body') body ??= value;
    else if (FORBIDDEN.has(key)) ignored.push(name);
    else fields.push({ name, value });
  }
  if (to.length + cc.length === 0) return { problem: 'no-recipient' };
  return {
    to,
    cc,
    ...(subject === undefined ? {} : { subject }),
    ...(body === undefined ? {} : { body }),
    fields,
    ignored,
  };
}

export interface Notification {
  readonly method: MailtoMethod;
  /** Owner of the script: envelope recipient. */
  readonly owner: string;
  readonly from?: string;
  readonly message?: string;
  readonly importance: '1' | '2' | '3';
  /** Subject and sender of what arrived. */
  readonly originalSubject?: string;
  readonly originalFrom?: string;
  readonly messageId: string;
  readonly now: Time;
  readonly zoneMinutes: number;
}

const PRIORITY: Readonly<Record<'1' | '2' | '3', readonly [string, string]>> = {
  '1': ['1 (Highest)', 'High'],
  '2': ['3 (Normal)', 'Normal'],
  '3': ['5 (Lowest)', 'Low'],
};

/** The notification as a message (binary string, CRLF). */
export function composeNotification(notification: Notification): string {
  const { method, importance } = notification;
  const subject = notification.message ?? method.subject ?? defaultSubject(notification);
  const [priority, word] = PRIORITY[importance];
  const fields: [string, string][] = [
    ['Message-ID', notification.messageId],
    ['Date', mailDate(notification.now, notification.zoneMinutes)],
    ['From', notification.from ?? notification.owner],
    ...(method.to.length > 0 ? [['To', method.to.join(', ')] as [string, string]] : []),
    ...(method.cc.length > 0 ? [['Cc', method.cc.join(', ')] as [string, string]] : []),
    ['Subject', encodeHeaderText(subject.replace(/[\r\n]+/g, ' ').slice(0, 256))],
    ['Auto-Submitted', `auto-notified; owner-email="${notification.owner}"`],
    ['Precedence', 'bulk'],
    ['X-Priority', priority],
    ['Importance', word],
    ...method.fields.map(({ name, value }): [string, string] => [name, encodeHeaderText(value)]),
    ['MIME-Version', '1.0'],
  ];
  const body = textBody(method.body ?? `Notification of new message.\n\n${subject}`);
  return crlfText(
    fields.map(([name, value]) => foldField(name, value)),
    body,
  );
}

function defaultSubject({ originalSubject, originalFrom }: Notification): string {
  if (originalSubject !== undefined && originalSubject !== '') return originalSubject;
  return originalFrom === undefined ? 'New message' : `Message from ${originalFrom}`;
}
