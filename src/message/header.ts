// The header of a message: fields with their places in the bytes, where the header ends, and edits that leave every
// other byte alone. Knows no meaning of any field. Text is a binary string, one character a byte. RFC 5322 §2.2 first.

import { fromLatin1 } from '../base/bytes.ts';

/** One field as it stands in the message. Offsets count bytes from the start of the message. */
export interface HeaderField {
  /** As written, without blanks before the colon (RFC 5322 §4.5). */
  readonly name: string;
  /** The name in lower case, to compare with. */
  readonly key: string;
  /** All bytes of the field, its line end included. */
  readonly raw: string;
  /** What follows the colon, folding included, without the last line end. */
  readonly rawValue: string;
  /** Unfolded (RFC 5322 §2.2.3) and without blanks at its ends. Still bytes: see `decodeHeaderText`. */
  readonly value: string;
  readonly start: number;
  /** First byte after the colon. */
  readonly valueStart: number;
  /** First byte after the field's line end. */
  readonly end: number;
}

/**
 * How header and body were parted. `blank-line`: as it should be. `not-a-field`: a line that is neither field nor
 * continuation began the body, as Postfix's cleanup sees it. `end`: the bytes ended within the header.
 */
export type Separation = 'blank-line' | 'not-a-field' | 'end';

export interface Message {
  readonly raw: string;
  readonly fields: readonly HeaderField[];
  /** First byte after the last field. */
  readonly headerEnd: number;
  /** First byte of the body; the blank line, if any, lies between `headerEnd` and here. */
  readonly bodyStart: number;
  readonly separation: Separation;
}

/** A message as a binary string, whatever it came as. */
export function binary(message: string | Uint8Array): string {
  return typeof message === 'string' ? message : fromLatin1(message);
}

/** RFC 5322 §2.2: printable US-ASCII without colon. Blanks before the colon are obsolete, but met (§4.5). */
const FIELD_START = /[!-9;-~]+[ \t]*:/y;
const LINE_END = /\r?\n/g;

/** First byte after the line that begins at `start`, and the first byte of its line end. A lone CR ends no line. */
function lineAt(raw: string, start: number): { end: number; next: number } {
  const lf = raw.indexOf('\n', start);
  if (lf < 0) return { end: raw.length, next: raw.length };
  let end = lf;
  if (end > start && raw.charCodeAt(end - 1) === 13) end--;
  return { end, next: lf + 1 };
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}

/** Without blanks at both ends. A loop, because such a pattern takes quadratic time on long runs of blanks. */
function withoutOuterBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Removes folding: line ends that are followed by a blank (RFC 5322 §2.2.3). */
export function unfold(rawValue: string): string {
  return withoutOuterBlanks(rawValue.replace(LINE_END, ''));
}

/** Takes any bytes apart; never fails, and `raw` of the parts put together is the message again. */
export function parseMessage(message: string | Uint8Array): Message {
  const raw = binary(message);
  const fields: HeaderField[] = [];
  let at = 0;
  for (;;) {
    if (at >= raw.length) return { raw, fields, headerEnd: at, bodyStart: at, separation: 'end' };
    const line = lineAt(raw, at);
    if (line.end === at)
      return { raw, fields, headerEnd: at, bodyStart: line.next, separation: 'blank-line' };
    FIELD_START.lastIndex = at;
    const match = FIELD_START.exec(raw);
    if (match === null || FIELD_START.lastIndex > line.end)
      return { raw, fields, headerEnd: at, bodyStart: at, separation: 'not-a-field' };
    const valueStart = FIELD_START.lastIndex;
    const name = match[0].slice(0, -1).trimEnd();
    let { end, next } = line;
    while (next < raw.length && isBlank(raw.charCodeAt(next))) ({ end, next } = lineAt(raw, next));
    const rawValue = raw.slice(valueStart, end);
    fields.push({
      name,
      key: name.toLowerCase(),
      raw: raw.slice(at, next),
      rawValue,
      value: unfold(rawValue),
      start: at,
      valueStart,
      end: next,
    });
    at = next;
  }
}

/** The bytes of a message from its parts; the inverse of `parseMessage` for every input. */
export function printMessage(message: Message): string {
  let out = '';
  for (const field of message.fields) out += field.raw;
  return out + message.raw.slice(message.headerEnd);
}

/** The first field of that name (any case), or undefined. */
export function firstField(message: Message, name: string): HeaderField | undefined {
  const key = name.toLowerCase();
  return message.fields.find((field) => field.key === key);
}

export function allFields(message: Message, name: string): readonly HeaderField[] {
  const key = name.toLowerCase();
  return message.fields.filter((field) => field.key === key);
}

/** The body's bytes. */
export function bodyOf(message: Message): string {
  return message.raw.slice(message.bodyStart);
}

/** The line end this message uses: that of its first line, CRLF when it has none. */
export function lineEndOf(raw: string): '\r\n' | '\n' {
  const lf = raw.indexOf('\n');
  return lf > 0 && raw.charCodeAt(lf - 1) !== 13 ? '\n' : '\r\n';
}

/** A body that begins with a blank would continue the field put before it; Postfix parts them with an empty line. */
function partedFrom(rest: string, lineEnd: string): string {
  return /^[ \t]/.test(rest) ? lineEnd + rest : rest;
}

/** Puts a field (`Name: value`, folding allowed, no final line end) before all others. */
export function prependField(raw: string, field: string): string {
  const lineEnd = lineEndOf(raw);
  return `${field}${lineEnd}${partedFrom(raw, lineEnd)}`;
}

/** Removes the fields for which `drop` holds; all other bytes stay. */
export function removeFields(raw: string, drop: (field: HeaderField) => boolean): string {
  const message = parseMessage(raw);
  let out = '';
  for (const field of message.fields) if (!drop(field)) out += field.raw;
  return out + raw.slice(message.headerEnd);
}

/** Adds a field after the last one, as Postfix's cleanup adds what is missing. */
export function appendField(raw: string, field: string): string {
  const message = parseMessage(raw);
  const head = raw.slice(0, message.headerEnd);
  const needsEnd = head !== '' && !head.endsWith('\n');
  const lineEnd = lineEndOf(raw);
  return `${head}${needsEnd ? lineEnd : ''}${field}${lineEnd}${partedFrom(raw.slice(message.headerEnd), lineEnd)}`;
}

/** Where a learner forgot the blank line: `offset` and `line` (from 1) of the first line that was meant as text. */
export interface MissingBlankLine {
  readonly offset: number;
  readonly line: number;
  readonly text: string;
  /** `text-line`: it cannot be a field. `looks-like-field`: prose with a colon that became a field of that name. */
  readonly reason: 'text-line' | 'looks-like-field';
}

/** Fields that people type by hand. Any other name that is not X-… and stands last is probably a sentence. */
const TYPED = new Set(
  (
    'from sender reply-to to cc bcc message-id in-reply-to references subject comments keywords date return-path ' +
    'received mime-version content-type content-transfer-encoding content-id content-description ' +
    'content-disposition content-language auto-submitted precedence importance priority list-id list-post ' +
    'list-unsubscribe list-unsubscribe-post user-agent organization dkim-signature authentication-results ' +
    'delivered-to resent-from resent-to resent-date resent-message-id'
  ).split(' '),
);

/** Tells whether header and body run into each other, and where. Undefined: the message is well parted, or empty. */
export function missingBlankLine(message: Message): MissingBlankLine | undefined {
  const { raw, fields, bodyStart } = message;
  const place = (offset: number, reason: MissingBlankLine['reason']): MissingBlankLine => ({
    offset,
    line: raw.slice(0, offset).split('\n').length,
    text: raw.slice(offset, lineAt(raw, offset).end),
    reason,
  });
  if (message.separation === 'not-a-field') return place(bodyStart, 'text-line');
  if (message.separation === 'blank-line') return undefined;
  const odd = fields.find((field) => !TYPED.has(field.key) && !/^(x|arc|list|resent)-/.test(field.key));
  return odd === undefined ? undefined : place(odd.start, 'looks-like-field');
}

/**
 * Folds a field at blanks so that no line is longer than 78 where that is possible (RFC 5322 §2.1.1). Folding then
 * unfolding gives the text back.
 */
export function foldField(name: string, value: string, lineEnd = '\r\n'): string {
  const pieces = value.split(/(?=[ \t])/);
  let out = `${name}:`;
  let length = out.length;
  for (const [index, piece] of pieces.entries()) {
    const text = index === 0 ? ` ${piece}` : piece;
    // A line of blanks only would be obsolete syntax (RFC 5322 §4.2), so a piece without ink never begins a line.
    const ink = /[^ \t]/.test(text);
    if (length + text.length > 78 && ink && index > 0) {
      out += lineEnd;
      length = 0;
    }
    out += text;
    length += text.length;
  }
  return out;
}
