// Character sets that Ehlo reads: us-ascii, utf-8, iso-8859-1, iso-8859-15, windows-1252. Others are shown with U+FFFD in
// place of what is not ASCII, and a note says so. Own tables, because browsers read iso-8859-1 as windows-1252.

import { fromLatin1, fromUtf8, fromUtf8Strict } from '../base/bytes.ts';

export type Charset = 'us-ascii' | 'utf-8' | 'iso-8859-1' | 'iso-8859-15' | 'windows-1252';

/** `undecodable`: bytes that this set does not have. `unknown`: a set Ehlo does not read. */
export type CharsetNote = 'undecodable' | 'unknown';

const NAMES: Readonly<Record<string, Charset>> = {
  'us-ascii': 'us-ascii',
  ascii: 'us-ascii',
  'ansi_x3.4-1968': 'us-ascii',
  'iso646-us': 'us-ascii',
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'iso-8859-1': 'iso-8859-1',
  iso8859_1: 'iso-8859-1',
  'iso8859-1': 'iso-8859-1',
  'iso_8859-1': 'iso-8859-1',
  latin1: 'iso-8859-1',
  l1: 'iso-8859-1',
  'iso-8859-15': 'iso-8859-15',
  'iso8859-15': 'iso-8859-15',
  'iso_8859-15': 'iso-8859-15',
  'latin-9': 'iso-8859-15',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'x-cp1252': 'windows-1252',
};

/** The set of a name as mails write it (RFC 2978: any case), or undefined. */
export function charsetNamed(name: string): Charset | undefined {
  const key = name.trim().toLowerCase();
  return Object.hasOwn(NAMES, key) ? NAMES[key] : undefined;
}

/** 0x80 to 0x9F of windows-1252; the five holes are U+FFFD. */
const WINDOWS_1252 =
  '\u20ac\ufffd\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\ufffd\u017d\ufffd' +
  '\ufffd\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\ufffd\u017e\u0178';
/** Where iso-8859-15 differs from iso-8859-1. */
const LATIN_9: Readonly<Record<string, string>> = {
  '\u00a4': '\u20ac',
  '\u00a6': '\u0160',
  '\u00a8': '\u0161',
  '\u00b4': '\u017d',
  '\u00b8': '\u017e',
  '\u00bc': '\u0152',
  '\u00bd': '\u0153',
  '\u00be': '\u0178',
};

export interface Decoded {
  readonly text: string;
  readonly note?: CharsetNote;
}

/** Text of bytes in a set named as mails name it. Never fails: what cannot be read becomes U+FFFD, with a note. */
export function decodeCharset(bytes: Uint8Array, name: string): Decoded {
  const charset = charsetNamed(name);
  switch (charset) {
    case 'utf-8': {
      const text = fromUtf8Strict(bytes);
      return text === undefined ? { text: fromUtf8(bytes), note: 'undecodable' } : { text };
    }
    case 'iso-8859-1':
      return { text: fromLatin1(bytes) };
    case 'iso-8859-15':
      return {
        text: fromLatin1(bytes).replace(
          /[\u00a4\u00a6\u00a8\u00b4\u00b8\u00bc-\u00be]/g,
          (c) => LATIN_9[c] ?? c,
        ),
      };
    case 'windows-1252':
      return withNote(
        // eslint-disable-next-line no-control-regex -- 0x80 to 0x9F are letters in this set
        fromLatin1(bytes).replace(/[\u0080-\u009f]/g, (c) => WINDOWS_1252.charAt(c.charCodeAt(0) - 0x80)),
        'undecodable',
      );
    case 'us-ascii':
      return withNote(asciiOnly(bytes), 'undecodable');
    case undefined:
      return { text: asciiOnly(bytes), note: 'unknown' };
  }
}

function asciiOnly(bytes: Uint8Array): string {
  return fromLatin1(bytes).replace(/[\u0080-\u00ff]/g, '\ufffd');
}

function withNote(text: string, note: CharsetNote): Decoded {
  return text.includes('\ufffd') ? { text, note } : { text };
}
