// The fields in which an mbox file keeps what a mailbox knows of a message beside its bytes: Status, X-Status, X-Keywords and
// Content-Length. They stand at the end of a header, come with the file and go with it. Dovecot's and mutt's letters.

import { appendField, firstField, parseMessage, removeFields, type HeaderField } from '../message/header.ts';
import { normalFlags, type Flag } from './store.ts';

const LETTERS: Readonly<Record<string, Flag>> = {
  R: '\\Seen',
  A: '\\Answered',
  F: '\\Flagged',
  T: '\\Draft',
  D: '\\Deleted',
};
const SHAPES: Readonly<Record<string, RegExp>> = {
  status: /^[ROUN]{0,4}$/,
  'x-status': /^[A-Z]{0,8}$/,
  'x-keywords': /^[^\x00-\x20\x7f-\xff]*(?: +[^\x00-\x20\x7f-\xff]+)*$/, // eslint-disable-line no-control-regex
  'content-length': /^\d{1,10}$/,
};

/** The fields at the end of the header that are the mailbox's own: each kind once. */
function ownFields(raw: string): ReadonlyMap<string, HeaderField> {
  const own = new Map<string, HeaderField>();
  for (const field of parseMessage(raw).fields.toReversed()) {
    const shape = Object.hasOwn(SHAPES, field.key) ? SHAPES[field.key] : undefined;
    if (shape === undefined || own.has(field.key) || !shape.test(field.value)) break;
    own.set(field.key, field);
  }
  return own;
}

/** The message without these fields, and the flags that they told. */
export function unmarkMessage(raw: string): { readonly raw: string; readonly flags: readonly Flag[] } {
  const own = ownFields(raw);
  if (own.size === 0) return { raw, flags: [] };
  const letters = (own.get('status')?.value ?? '') + (own.get('x-status')?.value ?? '');
  const keywords = (own.get('x-keywords')?.value ?? '').split(/ +/).filter((word) => word !== '');
  const flags = [...letters].flatMap((letter) =>
    Object.hasOwn(LETTERS, letter) ? [LETTERS[letter] ?? ''] : [],
  );
  const starts = new Set([...own.values()].map(({ start }) => start));
  return {
    raw: removeFields(raw, ({ start }) => starts.has(start)),
    flags: normalFlags([...flags, ...keywords]),
  };
}

/** The inverse: a message that has such fields of its own keeps them, because one more of each kind follows. */
export function markMessage(raw: string, flags: readonly Flag[]): string {
  const own = ownFields(raw);
  const lettersOf = (wanted: string): string =>
    [...wanted].filter((letter) => flags.includes(LETTERS[letter] ?? '')).join('');
  const xStatus = lettersOf('AFTD');
  const keywords = flags.filter((flag) => /^[^\\\x00-\x20\x7f-\uffff]+$/.test(flag)); // eslint-disable-line no-control-regex
  let marked = appendField(raw, `Status: ${lettersOf('R')}O`);
  if (xStatus !== '' || own.has('x-status')) marked = appendField(marked, `X-Status: ${xStatus}`);
  if (keywords.length > 0 || own.has('x-keywords'))
    marked = appendField(marked, `X-Keywords: ${keywords.join(' ')}`);
  // Otherwise one that says something else would be believed.
  if (firstField(parseMessage(raw), 'Content-Length') !== undefined)
    marked = appendField(marked, `Content-Length: ${bodyLength(marked)}`);
  // Text without a header, or one that ends oddly, is left alone: better no flags than other bytes.
  return unmarkMessage(marked).raw === raw ? marked : raw;
}

/** As the file will have it: quoted, with LF. */
function bodyLength(raw: string): number {
  const body = raw.slice(parseMessage(raw).bodyStart);
  const quoted = body.replace(/(^|\n)(>*From )/g, '$1>$2');
  return /\r(?!\n)/.test(raw) ? quoted.length : quoted.replaceAll('\r\n', '\n').length;
}
