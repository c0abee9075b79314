// Writes a message as a mail program does: fields in the usual order, folded, encoded where ASCII is not enough, CRLF
// only. RFC 5322 §3.6: only Date and From must be there. Dates, identifiers and boundaries are given, never invented.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { mailDate } from '../base/dates.ts';
import { encodeHeaderText } from './encoded-word.ts';
import { foldField } from './header.ts';
import { printParameter } from './parameters.ts';
import { encodeBase64Lines, encodeQuotedPrintable } from './transfer-encoding.ts';

export interface Correspondent {
  readonly name?: string;
  /** `local@domain` as it is written. */
  readonly address: string;
}

export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Uint8Array;
}

export interface Draft {
  readonly from: Correspondent;
  readonly to?: readonly Correspondent[];
  readonly cc?: readonly Correspondent[];
  readonly subject?: string;
  readonly date: Time;
  readonly zoneMinutes: number;
  /** With angle brackets. */
  readonly messageId?: string;
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  /** More fields after these, values as text. */
  readonly fields?: readonly (readonly [string, string])[];
  /** Lines ending in LF or CRLF. */
  readonly text: string;
  readonly attachments?: readonly Attachment[];
  /** Needed with attachments; must not occur in the text. */
  readonly boundary?: string;
}

/** `Name <address>` as a field holds it. */
export function correspondent({ name, address }: Correspondent): string {
  if (name === undefined || name === '') return address;
  // Specials need quotes; what is not ASCII needs an encoded word, which must not stand in quotes (RFC 2047 §5).
  // eslint-disable-next-line no-control-regex -- asks for anything outside ASCII
  if (/[^\x00-\x7f]/.test(name)) return `${encodeHeaderText(name)} <${address}>`;
  const plain = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+$/.test(name);
  return `${plain ? name : `"${name.replace(/["\\]/g, '\\$&')}"`} <${address}>`;
}

const list = (people: readonly Correspondent[]): string => people.map(correspondent).join(', ');

/** Text part with the lightest encoding that carries it: 7bit ASCII, else quoted-printable UTF-8. */
export function textPart(text: string): { fields: string[]; body: string } {
  const body = text.replace(/\r\n|\r|\n/g, '\r\n');
  const whole = body === '' || body.endsWith('\r\n') ? body : `${body}\r\n`;
  // eslint-disable-next-line no-control-regex -- asks for anything outside ASCII
  const plain = /^[\x01-\x7f]*$/.test(whole) && whole.split('\r\n').every((line) => line.length <= 998);
  return plain
    ? {
        fields: ['Content-Type: text/plain; charset=us-ascii', 'Content-Transfer-Encoding: 7bit'],
        body: whole,
      }
    : {
        fields: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: quoted-printable'],
        body: encodeQuotedPrintable(utf8(whole)),
      };
}

/** The message as a binary string. */
export function composeMessage(draft: Draft): string {
  const fields: [string, string][] = [
    ['Date', mailDate(draft.date, draft.zoneMinutes)],
    ['From', correspondent(draft.from)],
  ];
  if (draft.to !== undefined && draft.to.length > 0) fields.push(['To', list(draft.to)]);
  if (draft.cc !== undefined && draft.cc.length > 0) fields.push(['Cc', list(draft.cc)]);
  if (draft.subject !== undefined) fields.push(['Subject', encodeHeaderText(draft.subject)]);
  if (draft.messageId !== undefined) fields.push(['Message-ID', draft.messageId]);
  if (draft.inReplyTo !== undefined) fields.push(['In-Reply-To', draft.inReplyTo]);
  if (draft.references !== undefined && draft.references.length > 0)
    fields.push(['References', draft.references.join(' ')]);
  for (const [name, value] of draft.fields ?? []) fields.push([name, encodeHeaderText(value)]);
  fields.push(['MIME-Version', '1.0']);
  const header = fields.map(([name, value]) => foldField(name, value)).join('\r\n');
  const text = textPart(draft.text);
  const attachments = draft.attachments ?? [];
  if (attachments.length === 0)
    return binaryText(`${header}\r\n${text.fields.join('\r\n')}\r\n\r\n${text.body}`);
  const boundary = draft.boundary ?? 'ehlo-part';
  const parts = [`${text.fields.join('\r\n')}\r\n\r\n${text.body}`];
  for (const file of attachments) {
    const type = foldField('Content-Type', file.contentType);
    const disposition = `Content-Disposition: attachment${printParameter('filename', file.filename)}`;
    parts.push(
      `${type}\r\n${disposition}\r\nContent-Transfer-Encoding: base64\r\n\r\n${encodeBase64Lines(file.content)}`,
    );
  }
  const mime = `Content-Type: multipart/mixed${printParameter('boundary', boundary)}`;
  const body = parts.map((part) => `--${boundary}\r\n${part}`).join('\r\n');
  return binaryText(`${header}\r\n${mime}\r\n\r\n${body}\r\n--${boundary}--\r\n`);
}

/** Addresses may hold UTF-8 (RFC 6532): everything else here is ASCII already. */
export function binaryText(text: string): string {
  return fromLatin1(utf8(text));
}
