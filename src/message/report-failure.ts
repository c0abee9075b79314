// Failure reports: one message that did not pass, told to its domain with the reasons. Written and read as ARF, a
// multipart/report of three parts. RFC 9991, RFC 6591 for the fields of authentication, RFC 5965 for the form.

import { fromLatin1, latin1, toBase64 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { mailDate } from '../base/dates.ts';
import { parseMailDate } from './date.ts';
import { encodeHeaderText } from './encoded-word.ts';
import { binary, foldField, parseMessage } from './header.ts';
import { decodeBase64 } from './transfer-encoding.ts';
import { parseMime, partBytes, partsOf } from './mime.ts';

export type AuthFailure = 'adsp' | 'bodyhash' | 'dkim' | 'dmarc' | 'revoked' | 'signature' | 'spf';

export interface FailureReport {
  readonly userAgent: string;
  readonly authFailure: AuthFailure;
  /** Which mechanisms were aligned: none of them, or a list (RFC 9991 §4). */
  readonly identityAlignment: readonly ('dkim' | 'spf')[];
  readonly deliveryResult?: 'delivered' | 'spam' | 'policy' | 'reject' | 'other';
  readonly reportedDomain: string;
  readonly sourceIp: string;
  /** Milliseconds since 1970. */
  readonly arrivedAt?: Time;
  readonly zoneMinutes?: number;
  readonly originalMailFrom?: string;
  readonly originalRcptTo?: readonly string[];
  /** Value of the field without its name. */
  readonly authenticationResults?: string;
  readonly dkim?: {
    readonly domain: string;
    readonly selector: string;
    readonly identity?: string;
    /** What was hashed (binary strings). */
    readonly canonicalizedHeader?: string;
    readonly canonicalizedBody?: string;
  };
  /** `txt : a.example : "v=spf1 -all"` (RFC 6591 §3.2.5) */
  readonly spfDns?: readonly string[];
}

export interface FailureMail {
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly now: Time;
  readonly zoneMinutes: number;
  /** With angle brackets. */
  readonly messageId: string;
  readonly boundary: string;
  /** Text for people, lines ending in LF. */
  readonly text: string;
  /** The message reported on (binary string). */
  readonly original: string;
  /** Only its header goes along, for the sake of privacy (RFC 9991 §6). Default true. */
  readonly headersOnly?: boolean;
}

/** No line end may come in with a value, or it would make a field of its own. */
const oneLine = (text: string): string => text.replace(/[\r\n]+[ \t]*/g, ' ').trim();

/** The fields of message/feedback-report, in the order of the RFCs. */
export function printFeedback(report: FailureReport): string {
  const fields: [string, string][] = [
    ['Feedback-Type', 'auth-failure'],
    ['User-Agent', report.userAgent],
    ['Version', '1'],
    ['Auth-Failure', report.authFailure],
    [
      'Identity-Alignment',
      report.identityAlignment.length === 0 ? 'none' : report.identityAlignment.join(', '),
    ],
  ];
  const put = (name: string, value: string | undefined): void => {
    if (value !== undefined) fields.push([name, value]);
  };
  put('Delivery-Result', report.deliveryResult);
  put(
    'Original-Mail-From',
    report.originalMailFrom === undefined ? undefined : `<${report.originalMailFrom}>`,
  );
  for (const recipient of report.originalRcptTo ?? []) put('Original-Rcpt-To', `<${recipient}>`);
  if (report.arrivedAt !== undefined)
    put('Arrival-Date', mailDate(report.arrivedAt, report.zoneMinutes ?? 0));
  put('Source-IP', report.sourceIp);
  put('Reported-Domain', report.reportedDomain);
  put('Authentication-Results', report.authenticationResults);
  const { dkim } = report;
  if (dkim !== undefined) {
    put('DKIM-Domain', dkim.domain);
    put('DKIM-Identity', dkim.identity);
    put('DKIM-Selector', dkim.selector);
    const base64 = (text: string | undefined): string | undefined =>
      text === undefined ? undefined : (toBase64(latin1(text)).match(/.{1,48}/g) ?? []).join(' ');
    put('DKIM-Canonicalized-Header', base64(dkim.canonicalizedHeader));
    put('DKIM-Canonicalized-Body', base64(dkim.canonicalizedBody));
  }
  for (const record of report.spfDns ?? []) put('SPF-DNS', record);
  return fields.map(([name, value]) => `${foldField(name, oneLine(value))}\r\n`).join('');
}

/** The whole message as a binary string. */
export function composeFailureReport(report: FailureReport, mail: FailureMail): string {
  const { boundary, original } = mail;
  const message = parseMessage(original);
  const headersOnly = mail.headersOnly ?? true;
  const returned = headersOnly ? original.slice(0, message.headerEnd) : original;
  const header = [
    foldField('Date', mailDate(mail.now, mail.zoneMinutes)),
    foldField('From', mail.from),
    foldField('To', mail.to),
    foldField('Subject', encodeHeaderText(mail.subject)),
    foldField('Message-ID', mail.messageId),
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=feedback-report;\r\n\tboundary="${boundary}"`,
  ].join('\r\n');
  const part = (type: string, body: string): string =>
    `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${body}${body === '' || body.endsWith('\n') ? '' : '\r\n'}`;
  return (
    `${header}\r\n\r\n` +
    part('text/plain; charset=us-ascii', mail.text.replace(/\r?\n/g, '\r\n')) +
    `\r\n${part('message/feedback-report', printFeedback(report))}` +
    `\r\n${part(headersOnly ? 'text/rfc822-headers' : 'message/rfc822', returned)}` +
    `\r\n--${boundary}--\r\n`
  );
}

/** What any program can read of one: fields may be missing, and most receivers leave some out. */
export interface ReadFailureReport {
  readonly feedbackType: string;
  readonly report: Partial<FailureReport>;
  /** The message or its header (binary string). */
  readonly original?: string;
  /** Every field as it stands, names in lower case. */
  readonly fields: readonly (readonly [string, string])[];
}

/** Undefined when the message is no feedback report. Never throws. */
export function parseFailureReport(input: string | Uint8Array): ReadFailureReport | undefined {
  const raw = binary(input);
  const parts = partsOf(parseMime(raw));
  const feedback = parts.find((part) => part.type === 'message' && part.subtype === 'feedback-report');
  if (feedback === undefined) return undefined;
  const text = fromLatin1(partBytes(raw, feedback).bytes);
  const fields = parseMessage(text).fields.map((field) => [field.key, field.value] as const);
  const first = (name: string): string | undefined => fields.find(([key]) => key === name)?.[1];
  const every = (name: string): string[] => fields.filter(([key]) => key === name).map(([, value]) => value);
  const inner = parts.find(
    (part) =>
      (part.type === 'message' && part.subtype === 'rfc822') ||
      (part.type === 'text' && part.subtype === 'rfc822-headers'),
  );
  return {
    feedbackType: (first('feedback-type') ?? '').toLowerCase(),
    fields,
    report: readFields(first, every),
    ...(inner === undefined ? {} : { original: raw.slice(inner.bodyStart, inner.end) }),
  };
}

const FAILURES: readonly AuthFailure[] = ['adsp', 'bodyhash', 'dkim', 'dmarc', 'revoked', 'signature', 'spf'];
const DELIVERIES = ['delivered', 'spam', 'policy', 'reject', 'other'] as const;

function readFields(
  first: (name: string) => string | undefined,
  every: (name: string) => string[],
): Partial<FailureReport> {
  const path = (text: string): string => /^<(.*)>$/.exec(text)?.[1] ?? text;
  const decoded = (name: string): string | undefined => {
    const value = first(name);
    if (value === undefined) return undefined;
    return fromLatin1(decodeBase64(value).bytes);
  };
  const word = (name: string): string | undefined => first(name)?.toLowerCase();
  const authFailure = FAILURES.find((one) => one === word('auth-failure'));
  const deliveryResult = DELIVERIES.find((one) => one === word('delivery-result'));
  const alignment = word('identity-alignment');
  const arrived = first('arrival-date') ?? first('received-date');
  const date = arrived === undefined ? undefined : parseMailDate(arrived);
  const domain = first('dkim-domain');
  const identity = first('dkim-identity');
  const header = decoded('dkim-canonicalized-header');
  const body = decoded('dkim-canonicalized-body');
  const set = <K extends keyof FailureReport>(key: K, value: FailureReport[K] | undefined) =>
    value === undefined ? {} : { [key]: value };
  const mailFrom = first('original-mail-from');
  const recipients = every('original-rcpt-to').map(path);
  const spfDns = every('spf-dns');
  return {
    ...set('userAgent', first('user-agent')),
    ...set('authFailure', authFailure),
    ...set('deliveryResult', deliveryResult),
    ...set(
      'identityAlignment',
      alignment?.split(',').flatMap((one) => {
        const name = one.trim();
        return name === 'dkim' || name === 'spf' ? [name] : [];
      }),
    ),
    ...set('reportedDomain', first('reported-domain')),
    ...set('sourceIp', first('source-ip')),
    ...(date === undefined ? {} : { arrivedAt: date.time, zoneMinutes: date.zoneMinutes }),
    ...set('originalMailFrom', mailFrom === undefined ? undefined : path(mailFrom)),
    ...(recipients.length === 0 ? {} : { originalRcptTo: recipients }),
    ...set('authenticationResults', first('authentication-results')),
    ...(domain === undefined
      ? {}
      : {
          dkim: {
            domain,
            selector: first('dkim-selector') ?? '',
            ...(identity === undefined ? {} : { identity }),
            ...(header === undefined ? {} : { canonicalizedHeader: header }),
            ...(body === undefined ? {} : { canonicalizedBody: body }),
          },
        }),
    ...(spfDns.length === 0 ? {} : { spfDns }),
  };
}

/** What of a DMARC verdict decides whether a failure report is wanted. */
export interface FailureFacts {
  readonly spf: string;
  readonly spfAligned: boolean;
  readonly dkim: readonly string[];
  readonly dkimAligned: boolean;
}

/**
 * Whether the `fo` of a record asks for a report of this message (RFC 9989 §4.7): `0` nothing passed aligned, `1` something
 * did not, `d` a signature failed, `s` SPF failed, both aligned or not.
 */
export function wantsFailureReport(fo: readonly string[], facts: FailureFacts): boolean {
  return fo.some((one) => {
    switch (one) {
      case '0':
        return !facts.spfAligned && !facts.dkimAligned;
      case '1':
        return !facts.spfAligned || !facts.dkimAligned;
      case 'd':
        return facts.dkim.some((result) => result === 'fail' || result === 'permerror');
      case 's':
        return facts.spf === 'fail' || facts.spf === 'softfail';
      default:
        return false;
    }
  });
}
