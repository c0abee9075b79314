// Delivery status notifications: written exactly as Postfix's bounce daemon writes them, and read as any program would.
// The recordings beside this file are the measure. RFC 3464 (fields) and RFC 6522 (multipart/report) first; Postfix's
// text and wrapping are measured, not standardised.

import type { Time } from '../base/dates.ts';
import { DAY } from '../base/dates.ts';
import { printEnvelope, splitEnvelope } from './address.ts';
import { postfixDate } from './date.ts';
import { parseMessage } from './header.ts';
import { postfixMessageId } from './message-id.ts';

/** Which of Postfix's templates: undeliverable, still trying, delivered. */
export type DsnKind = 'failure' | 'delay' | 'success';

/** RFC 3464 §2.3.3 */
export type DsnAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

export interface DsnRecipient {
  readonly finalRecipient: string;
  /** As ORCPT gave it, type included: `rfc822;bob@x`. Postfix makes it from RCPT when the client gave none. */
  readonly originalRecipient?: string;
  readonly action: DsnAction;
  /** `5.1.1` */
  readonly status: string;
  /** What the log says after `status=…`: the text for people. */
  readonly reason: string;
  /** Name of the server that answered; absent when the cause was found here. */
  readonly remoteMta?: string;
  /** That server's reply, enhanced code included. */
  readonly remoteReply?: string;
}

export interface DsnRequest {
  readonly kind: DsnKind;
  /** Name of the host that writes. */
  readonly host: string;
  /** Queue id of the message that is reported on. */
  readonly queueId: string;
  /** Queue id of the notification itself. */
  readonly reportQueueId: string;
  /** Envelope sender of the original, who gets the notification. Never the null path: nobody answers a bounce. */
  readonly sender: string;
  /** ENVID, decoded (RFC 3461 §4.4) */
  readonly envelopeId?: string;
  readonly now: Time;
  readonly arrivedAt: Time;
  readonly zoneMinutes: number;
  readonly recipients: readonly DsnRecipient[];
  /** The message as it lies in the queue, lines ending in CRLF. */
  readonly original: string;
  /** RET of the client (RFC 3461 §4.3); delays and successes return headers in any case. */
  readonly returned: 'full' | 'headers';
  /** Postfix's `bounce_size_limit`. */
  readonly sizeLimit?: number;
  /** Postfix's `delay_warning_time`, for the text of a delay. */
  readonly delayWarningHours?: number;
  /** Postfix's `maximal_queue_lifetime`. */
  readonly maximalQueueLifetimeMs?: number;
}

const SUBJECTS: Readonly<Record<DsnKind, string>> = {
  failure: 'Undelivered Mail Returned to Sender',
  delay: 'Delayed Mail (still being retried)',
  success: 'Successful Mail Delivery Report',
};

const BOUNCE_SIZE_LIMIT = 50000;
const QUEUE_LIFETIME_MS = 5 * DAY;

/**
 * Postfix's `line_wrap`: lines of at most 79, cut at blanks, following lines indented by four. A word that is too long
 * stays whole.
 */
export function wrapLine(text: string, width = 79, indent = 4): readonly string[] {
  const lines: string[] = [];
  let start = 0;
  let word = 0;
  const room = (): number => (lines.length === 0 ? width : width - indent);
  const output = (end: number): void => {
    const line = text.slice(start, end).replace(/[ \t]+$/, '');
    lines.push(lines.length === 0 ? line : ' '.repeat(indent) + line);
  };
  for (;;) {
    let space = word;
    while (space < text.length && text[space] !== ' ' && text[space] !== '\t') space++;
    if (word > start && space - start > room()) {
      output(word);
      while (word < text.length && (text[word] === ' ' || text[word] === '\t')) word++;
      start = word;
      space = Math.max(space, word);
    }
    if (space >= text.length) break;
    word = space + 1;
  }
  output(text.length);
  return lines;
}

function explanation(request: DsnRequest): readonly string[] {
  const opening = `This is the mail system at host ${request.host}.`;
  const closing = '                   The mail system';
  const help = [
    'For further assistance, please send mail to postmaster.',
    '',
    'If you do so, please include this problem report. You can',
    'delete your own text from the attached returned message.',
  ];
  switch (request.kind) {
    case 'failure':
      return [
        opening,
        '',
        "I'm sorry to have to inform you that your message could not",
        "be delivered to one or more recipients. It's attached below.",
        '',
        ...help,
        '',
        closing,
      ];
    case 'delay': {
      const days = Math.floor((request.maximalQueueLifetimeMs ?? QUEUE_LIFETIME_MS) / DAY);
      const frame = '#'.repeat(68);
      return [
        opening,
        '',
        frame,
        '# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #',
        frame,
        '',
        `Your message could not be delivered for more than ${request.delayWarningHours ?? 4} hour(s).`,
        `It will be retried until it is ${days} day(s) old.`,
        '',
        ...help,
        '',
        closing,
      ];
    }
    case 'success':
      return [
        opening,
        '',
        'Your message was successfully delivered to the destination(s)',
        'listed below. If the message was delivered to mailbox you will',
        'receive no further notifications. Otherwise you may still receive',
        'notifications of mail delivery errors from other systems.',
        '',
        closing,
      ];
  }
}

/** Addresses within text for people: Postfix prints what it cannot show as `?`. */
function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- controls are what must not be printed
  return text.replace(/[\x00-\x1f\x7f]/g, '?');
}

function recipientFields(request: DsnRequest, recipient: DsnRecipient): string[] {
  const lines = [`Final-Recipient: rfc822; ${recipient.finalRecipient}`];
  if (recipient.originalRecipient !== undefined)
    lines.push(`Original-Recipient: ${recipient.originalRecipient}`);
  lines.push(`Action: ${recipient.action}`, `Status: ${recipient.status}`);
  if (recipient.remoteMta !== undefined) lines.push(`Remote-MTA: dns; ${recipient.remoteMta}`);
  const diagnostic =
    recipient.remoteReply === undefined ? `X-Postfix; ${recipient.reason}` : `smtp; ${recipient.remoteReply}`;
  lines.push(...wrapLine(printable(`Diagnostic-Code: ${diagnostic}`)));
  if (request.kind === 'delay') {
    const until = request.arrivedAt + (request.maximalQueueLifetimeMs ?? QUEUE_LIFETIME_MS);
    lines.push(`Will-Retry-Until: ${postfixDate(until, request.zoneMinutes)}`);
  }
  return lines;
}

/** The whole notification with its own Received field, as Postfix queues it; lines end in CRLF. */
export function buildDsn(request: DsnRequest): string {
  const { host, queueId, kind, zoneMinutes } = request;
  const now = postfixDate(request.now, zoneMinutes);
  const boundary = `${queueId}.${Math.floor(request.now / 1000)}/${host}`;
  const sender = printEnvelope(splitEnvelope(request.sender));
  const headersOnly =
    kind !== 'failure' ||
    request.returned === 'headers' ||
    request.original.length > (request.sizeLimit ?? BOUNCE_SIZE_LIMIT);
  const lines = [
    `Received: by ${host} (Postfix)`,
    `\tid ${request.reportQueueId}; ${now}`,
    `Date: ${now}`,
    `From: Mail Delivery System <MAILER-DAEMON@${host}>`,
    `Subject: ${SUBJECTS[kind]}`,
    `To: ${sender}`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    `\tboundary="${boundary}"`,
    'Content-Transfer-Encoding: 8bit',
    `Message-Id: ${postfixMessageId(request.now, request.reportQueueId, host)}`,
    '',
    'This is a MIME-encapsulated message.',
    '',
    `--${boundary}`,
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...explanation(request),
  ];
  for (const recipient of request.recipients)
    lines.push('', ...wrapLine(printable(`<${recipient.finalRecipient}>: ${recipient.reason}`)));
  lines.push(
    '',
    `--${boundary}`,
    'Content-Description: Delivery report',
    'Content-Type: message/delivery-status',
    '',
    `Reporting-MTA: dns; ${host}`,
  );
  if (request.envelopeId !== undefined) lines.push(`Original-Envelope-Id: ${printable(request.envelopeId)}`);
  lines.push(`X-Postfix-Queue-ID: ${queueId}`);
  if (sender !== '') lines.push(`X-Postfix-Sender: rfc822; ${sender}`);
  lines.push(`Arrival-Date: ${postfixDate(request.arrivedAt, zoneMinutes)}`);
  for (const recipient of request.recipients) lines.push('', ...recipientFields(request, recipient));
  lines.push(
    '',
    `--${boundary}`,
    `Content-Description: ${kind === 'success' ? '' : 'Undelivered '}Message${headersOnly ? ' Headers' : ''}`,
    `Content-Type: ${headersOnly ? 'text/rfc822-headers' : 'message/rfc822'}`,
    'Content-Transfer-Encoding: 8bit',
    '',
    `Return-Path: <${sender}>`,
  );
  const message = parseMessage(request.original);
  let returned = headersOnly ? message.raw.slice(0, message.headerEnd) : message.raw;
  if (returned !== '' && !returned.endsWith('\n')) returned += '\r\n';
  return `${lines.join('\r\n')}\r\n${returned}\r\n--${boundary}--\r\n`;
}
