// Read receipts: whether a message asks for one and what speaks against answering, the receipt itself, and how to read one. A
// receipt goes out only when the reader agrees; this file decides nothing in his place. RFC 8098; RFC 6522 for the form.

import { fromLatin1 } from '../base/bytes.ts';
import { mailDate, type Time } from '../base/dates.ts';
import { lookupKey, mailboxesOf, parseAddressList, printAddrSpec, sameAddress } from './address.ts';
import { binaryText, correspondent, textPart, type Correspondent } from './compose.ts';
import { encodeHeaderText } from './encoded-word.ts';
import {
  allFields,
  binary,
  firstField,
  foldField,
  parseMessage,
  type HeaderField,
  type Message,
} from './header.ts';
import { parseMime, partBytes, partsOf, partText } from './mime.ts';
import { parseParameters, printParameter } from './parameters.ts';

/** Why a reader should think twice before he agrees, or why nothing can be sent at all (RFC 8098 §2.1). */
export type ReceiptDoubt =
  /** The receipt would go to somebody else than bounces do. */
  | 'otherReturnPath'
  /** There is no Return-Path, or it is null: nobody knows who really sent the message. */
  | 'noReturnPath'
  /** More than one address would learn of it. */
  | 'manyAddresses'
  /** An option marked as required that we do not know: the receipt must not claim to fulfil it (§2.2). */
  | 'requiredOption';

/** A request for a receipt, as a mail program may put it to its reader. */
export interface ReceiptRequest {
  /** Who asks to be told. */
  readonly to: readonly string[];
  readonly doubts: readonly ReceiptDoubt[];
  /** Unknown options that are required. */
  readonly requiredOptions: readonly string[];
}

/**
 * Whether a message, as it lies in the mailbox, asks for a receipt. Undefined: it does not, or must not get one: reports
 * and receipts never do (§2.1, §3), nor do messages that machines wrote (RFC 3834 §2).
 */
export function receiptRequest(message: string | Uint8Array): ReceiptRequest | undefined {
  const parsed = parseMessage(message);
  const asked = allFields(parsed, 'Disposition-Notification-To');
  // §2.1: the field must not come twice; who writes it twice is not answered.
  if (asked.length !== 1) return undefined;
  const type = parseParameters(firstField(parsed, 'Content-Type')?.value ?? '').value.toLowerCase();
  if (type === 'multipart/report') return undefined;
  const machine = firstField(parsed, 'Auto-Submitted')?.value.trim().toLowerCase();
  if (machine !== undefined && !/^no\b/.test(machine)) return undefined;
  const to = addressesOf(asked[0]?.value ?? '');
  if (to.length === 0) return undefined;
  const requiredOptions = requiredOptionsOf(parsed);
  return { to, requiredOptions, doubts: doubtsAbout(parsed, to, requiredOptions) };
}

const addressesOf = (value: string): string[] =>
  mailboxesOf(parseAddressList(value)).map(({ localPart, domain }) => printAddrSpec(localPart, domain));

function doubtsAbout(message: Message, to: readonly string[], required: readonly string[]): ReceiptDoubt[] {
  const path = /<([^<>]*)>/.exec(firstField(message, 'Return-Path')?.value ?? '')?.[1] ?? '';
  const doubts: ReceiptDoubt[] = [];
  if (path === '') doubts.push('noReturnPath');
  else if (!to.every((address) => sameAddress(address, path))) doubts.push('otherReturnPath');
  if (new Set(to.map(lookupKey)).size > 1) doubts.push('manyAddresses');
  if (required.length > 0) doubts.push('requiredOption');
  return doubts;
}

/** `name=required,value; name=optional,value` (§2.2). None is defined that we would know. */
function requiredOptionsOf(message: Message): string[] {
  const value = firstField(message, 'Disposition-Notification-Options')?.value ?? '';
  return value
    .split(';')
    .flatMap((one) => /^\s*([^\s=]+)\s*=\s*required\b/i.exec(one)?.[1]?.toLowerCase() ?? []);
}

/** What was done with the message (§3.2.6.2). */
export const DISPOSITION_TYPES = ['displayed', 'dispatched', 'processed', 'deleted'] as const;
export type DispositionType = (typeof DISPOSITION_TYPES)[number];

export interface Disposition {
  /** Whether somebody did it, or a machine. */
  readonly action: 'manual' | 'automatic';
  /** Whether somebody agreed to the receipt, or a machine sent it by itself. */
  readonly sending: 'manual' | 'automatic';
  readonly type: DispositionType;
  readonly modifiers?: readonly string[];
}

export interface MdnRequest {
  /** The reader. */
  readonly from: Correspondent;
  /** Who asked: `to` of the request. */
  readonly to: readonly string[];
  /** The address that the message came to in the end. */
  readonly finalRecipient: string;
  /** The address that it was sent to at first, when that is known (RFC 3461's ORCPT, with its type). */
  readonly originalRecipient?: string;
  /** The reader's host, and the program. */
  readonly reportingUa: { readonly host: string; readonly product?: string };
  readonly disposition: Disposition;
  /** With angle brackets. */
  readonly messageId: string;
  /** Must not occur in text and original. */
  readonly boundary: string;
  readonly now: Time;
  readonly zoneMinutes: number;
  readonly subject: string;
  /** For people, in their language. */
  readonly text: string;
  /** The message that is reported on, as it lies in the mailbox. */
  readonly original: string | Uint8Array;
}

/**
 * The receipt; lines end in CRLF, the result is a binary string. It goes out with the null reverse path (§3), and never asks
 * for a receipt itself.
 */
export function buildMdn(request: MdnRequest): string {
  const { disposition, reportingUa } = request;
  const original = parseMessage(request.original);
  const originalId = firstField(original, 'Message-ID')?.value.trim();
  const references = [firstField(original, 'References')?.value.trim() ?? '', originalId ?? '']
    .filter((one) => one !== '')
    .join(' ');
  const header: (readonly [string, string])[] = [
    ['Date', mailDate(request.now, request.zoneMinutes)],
    ['From', correspondent(request.from)],
    ['To', request.to.join(', ')],
    ['Subject', encodeHeaderText(request.subject)],
    ['Message-ID', request.messageId],
    ...(originalId === undefined ? [] : ([['In-Reply-To', originalId]] as const)),
    ...(references === '' ? [] : ([['References', references]] as const)),
    // RFC 3834 §5: nobody's vacation message shall answer it.
    ['Auto-Submitted', disposition.sending === 'automatic' ? 'auto-generated' : 'auto-replied'],
    ['MIME-Version', '1.0'],
  ];
  const ua =
    reportingUa.product === undefined ? reportingUa.host : `${reportingUa.host}; ${reportingUa.product}`;
  const modifiers = disposition.modifiers ?? [];
  const report: (readonly [string, string])[] = [
    ['Reporting-UA', ua],
    ...(request.originalRecipient === undefined
      ? []
      : ([['Original-Recipient', request.originalRecipient]] as const)),
    ['Final-Recipient', `rfc822;${request.finalRecipient}`],
    ...(originalId === undefined ? [] : ([['Original-Message-ID', originalId]] as const)),
    [
      'Disposition',
      `${disposition.action}-action/MDN-sent-${disposition.sending === 'manual' ? 'manually' : 'automatically'}; ${disposition.type}${modifiers.length === 0 ? '' : `/${modifiers.join(',')}`}`,
    ],
  ];
  const print = (fields: readonly (readonly [string, string])[]): string =>
    fields.map(([name, value]) => `${foldField(name, value)}\r\n`).join('');
  const text = textPart(request.text);
  const { boundary } = request;
  const type = `Content-Type: multipart/report; report-type=disposition-notification${printParameter('boundary', boundary)}`;
  const lines = original.raw.slice(0, original.headerEnd).replace(/\r?\n/g, '\r\n');
  const parts = [
    `${text.fields.join('\r\n')}\r\n\r\n${text.body}`,
    `Content-Type: message/disposition-notification\r\n\r\n${print(report)}`,
    `Content-Type: text/rfc822-headers\r\n\r\n${lines}`,
  ];
  const body = parts.map((part) => `--${boundary}\r\n${part}`).join('\r\n');
  // The headers of the original are bytes already; everything else becomes bytes here.
  const at = body.lastIndexOf(lines);
  return `${binaryText(`${print(header)}${type}\r\n\r\n${body.slice(0, at)}`)}${lines}\r\n--${boundary}--\r\n`;
}

/** A receipt as somebody sent it: claims, not facts. */
export interface Mdn {
  readonly notification: string;
  readonly reportingUa?: string;
  readonly originalRecipient?: string;
  readonly finalRecipient?: string;
  readonly originalMessageId?: string;
  readonly disposition?: Disposition;
  /** `Error` fields, in order. */
  readonly errors: readonly string[];
  readonly fields: readonly HeaderField[];
}

/** The receipt within a message, or undefined when it holds none. */
export function parseMdn(message: string | Uint8Array): Mdn | undefined {
  const raw = binary(message);
  const parts = partsOf(parseMime(raw));
  const part = parts.find(
    ({ type, subtype }) =>
      type === 'message' &&
      (subtype === 'disposition-notification' || subtype === 'global-disposition-notification'),
  );
  if (part === undefined) return undefined;
  const content = fromLatin1(partBytes(raw, part).bytes).replace(/^[\r\n]+/, '');
  const fields = parseMessage(content).fields;
  const get = (name: string): string | undefined => fields.find(({ key }) => key === name)?.value.trim();
  const typed = (name: string): string | undefined => get(name)?.replace(/^[^;]*;\s*/, '');
  const text = parts.find((one) => one.type === 'text' && one.subtype === 'plain');
  const disposition = readDisposition(get('disposition') ?? '');
  const known = {
    reportingUa: get('reporting-ua'),
    originalRecipient: typed('original-recipient'),
    finalRecipient: typed('final-recipient'),
    originalMessageId: get('original-message-id'),
    disposition,
  };
  return {
    notification: text === undefined ? '' : partText(raw, text).text,
    ...(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as Partial<Mdn>),
    errors: fields.filter(({ key }) => key === 'error').map(({ value }) => value),
    fields,
  };
}

/** §3.2.6, in any case and with comments and blanks; undefined when it is none. */
function readDisposition(value: string): Disposition | undefined {
  const plain = value.replace(/\([^()]*\)/g, '').replace(/\s+/g, '');
  const found =
    /^(manual|automatic)-action\/MDN-sent-(manually|automatically);([a-z-]+)(?:\/([\w,-]+))?$/i.exec(plain);
  const type = DISPOSITION_TYPES.find((one) => one === found?.[3]?.toLowerCase());
  if (found === null || type === undefined) return undefined;
  const modifiers = (found[4] ?? '').split(',').filter((one) => one !== '');
  return {
    action: found[1]?.toLowerCase() === 'manual' ? 'manual' : 'automatic',
    sending: found[2]?.toLowerCase() === 'manually' ? 'manual' : 'automatic',
    type,
    ...(modifiers.length === 0 ? {} : { modifiers }),
  };
}
