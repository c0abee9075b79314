// Encoded words (RFC 2047): umlauts in header fields that only know ASCII, both directions; and header text as a reader
// sees it, raw UTF-8 (RFC 6532) included. Knows nothing of what a field means.

import { fromUtf8Strict, latin1, toBase64, utf8 } from '../base/bytes.ts';
import { canonicalName, decodeCharset } from './charset.ts';
import type { CharsetNote } from './charset.ts';
import { decodeBase64 } from './transfer-encoding.ts';

/** A stretch of header text that was an encoded word. Offsets count in the text that was given. */
export interface EncodedWord {
  readonly offset: number;
  readonly length: number;
  readonly charset: string;
  readonly encoding: 'B' | 'Q';
  readonly note?: CharsetNote;
}

export interface DecodedHeader {
  readonly text: string;
  readonly words: readonly EncodedWord[];
}

const WORD = /=\?([^?\s()<>@,;:"/[\].=]+)\?([BbQq])\?([^?\s]*)\?=/g;

interface Piece {
  readonly word: EncodedWord;
  readonly bytes: Uint8Array;
}

function wordBytes(encoding: 'B' | 'Q', text: string): Uint8Array {
  if (encoding === 'B') return decodeBase64(text).bytes;
  // RFC 2047 §4.2: an underscore is always a blank.
  const plain = text
    .replace(/_/g, ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return latin1(plain);
}

/**
 * Header text for people. `value` is an unfolded value as a binary string; its bytes are read as UTF-8 where they are
 * UTF-8 (RFC 6532), else as windows-1252. Blanks between two encoded words vanish (RFC 2047 §6.2); a character that a
 * careless sender cut in two across words of one set is put together.
 */
export function decodeHeader(value: string): DecodedHeader {
  const words: EncodedWord[] = [];
  let out = '';
  let from = 0;
  let run: Piece[] = [];
  const flush = (): void => {
    const first = run[0];
    if (first === undefined) return;
    let length = 0;
    for (const piece of run) length += piece.bytes.length;
    const all = new Uint8Array(length);
    let at = 0;
    for (const piece of run) {
      all.set(piece.bytes, at);
      at += piece.bytes.length;
    }
    const decoded = decodeCharset(all, first.word.charset);
    out += decoded.text;
    for (const piece of run)
      words.push(decoded.note === undefined ? piece.word : { ...piece.word, note: decoded.note });
    run = [];
  };
  for (const match of value.matchAll(WORD)) {
    const between = value.slice(from, match.index);
    const adjacent = run.length > 0 && /^[ \t\r\n]+$/.test(between);
    const charset = (match[1] ?? '').replace(/\*.*$/, '');
    const same = run[0] !== undefined && sameSet(run[0].word.charset, charset);
    if (!adjacent || !same) flush();
    if (!adjacent) out += rawText(between);
    const encoding = (match[2] ?? '').toUpperCase() === 'B' ? 'B' : 'Q';
    run.push({
      word: { offset: match.index, length: match[0].length, charset, encoding },
      bytes: wordBytes(encoding, match[3] ?? ''),
    });
    from = match.index + match[0].length;
  }
  flush();
  out += rawText(value.slice(from));
  return { text: out, words };
}

function sameSet(a: string, b: string): boolean {
  return (canonicalName(a) ?? a.toLowerCase()) === (canonicalName(b) ?? b.toLowerCase());
}

/** Only the text of `decodeHeader`. */
export function decodeHeaderText(value: string): string {
  return decodeHeader(value).text;
}

/** Bytes outside encoded words: UTF-8 if they are, else windows-1252. Text that already is Unicode passes. */
function rawText(text: string): string {
  let eightBit = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 255) return text;
    if (code > 127) eightBit = true;
  }
  if (!eightBit) return text;
  const bytes = latin1(text);
  return fromUtf8Strict(bytes) ?? decodeCharset(bytes, 'windows-1252').text;
}

/** Characters a Q word may hold in every place of a header (RFC 2047 §5, rule 3). */
const Q_PLAIN = /[A-Za-z0-9!*+\-/]/;

function qForm(char: string): string {
  if (char === ' ') return '_';
  if (Q_PLAIN.test(char)) return char;
  let out = '';
  for (const byte of utf8(char)) out += `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

/** Longest text within one encoded word: 75 less `=?UTF-8?Q?` and `?=` (RFC 2047 §2). */
const ROOM = 75 - 12;

/**
 * ASCII text for a header field. What needs it becomes UTF-8 encoded words of at most 75 characters, cut between
 * characters, with one blank between them; B or Q, whichever is shorter. Plain ASCII is returned as it is.
 */
export function encodeHeaderText(text: string): string {
  // Lone surrogates have no UTF-8 and line ends have no place in a header.
  const clean = text.replace(/[\r\n]+/g, ' ');
  const tokens = clean.split(/([ \t]+)/);
  const needs = tokens.map((token) => /[^\x20-\x7e\t]|=\?/.test(token));
  const first = needs.indexOf(true);
  if (first < 0) return clean;
  const last = needs.lastIndexOf(true);
  const before = tokens.slice(0, first).join('');
  const after = tokens.slice(last + 1).join('');
  return `${before}${encodeWords(tokens.slice(first, last + 1).join(''))}${after}`;
}

function encodeWords(text: string): string {
  const chars = [...text];
  const qLength = chars.reduce((sum, char) => sum + qForm(char).length, 0);
  const bLength = Math.ceil(utf8(text).length / 3) * 4;
  const words: string[] = [];
  let held = '';
  let length = 0;
  const useB = bLength < qLength;
  const flush = (): void => {
    if (held === '') return;
    words.push(useB ? `=?UTF-8?B?${toBase64(utf8(held))}?=` : `=?UTF-8?Q?${[...held].map(qForm).join('')}?=`);
    held = '';
    length = 0;
  };
  for (const char of chars) {
    const size = useB ? utf8(char).length : qForm(char).length;
    const fits = useB ? Math.ceil((length + size) / 3) * 4 <= ROOM : length + size <= ROOM;
    if (!fits) flush();
    held += char;
    length += size;
  }
  flush();
  return words.join(' ');
}
