// Character sets that mail comes in, from us-ascii to gb18030, under the names that mails use. What is not known is shown with U+FFFD
// in place of what is not ASCII, and a note says so. Own tables, because browsers read iso-8859-1 as windows-1252, and the
// decoders of Node and of browsers differ.

import { fromLatin1, fromUtf8, fromUtf8Strict } from '../base/bytes.ts';
import { decodeEast, type EastCharset } from './charset-east.ts';
import { UPPER_HALVES } from './charset-tables.ts';

/** Those with rules of their own. */
type OwnCharset =
  'us-ascii' | 'utf-8' | 'iso-8859-1' | 'iso-8859-15' | 'windows-1252' | 'utf-16' | 'utf-16be' | 'utf-16le';
/** A canonical name: one of these, or a key of the tables. */
export type Charset = OwnCharset | EastCharset | { readonly table: string };

/** `undecodable`: bytes that this set does not have. `unknown`: a set Ehlo does not read. */
export type CharsetNote = 'undecodable' | 'unknown';

/** Other names of sets; what stands in the tables is named there. */
const NAMES: Readonly<Record<string, string>> = {
  ascii: 'us-ascii',
  'ansi_x3.4-1968': 'us-ascii',
  'iso646-us': 'us-ascii',
  'iso-ir-6': 'us-ascii',
  us: 'us-ascii',
  '7bit': 'us-ascii',
  utf8: 'utf-8',
  'unicode-1-1-utf-8': 'utf-8',
  latin1: 'iso-8859-1',
  l1: 'iso-8859-1',
  latin2: 'iso-8859-2',
  'latin-9': 'iso-8859-15',
  latin9: 'iso-8859-15',
  'iso-8859-8-i': 'iso-8859-8',
  'iso-8859-8-e': 'iso-8859-8',
  'iso-8859-6-i': 'iso-8859-6',
  'iso-8859-9': 'windows-1254',
  latin5: 'windows-1254',
  'iso-8859-11': 'windows-874',
  'tis-620': 'windows-874',
  koi8: 'koi8-r',
  koi: 'koi8-r',
  'koi8-ru': 'koi8-u',
  cp866: 'ibm866',
  '866': 'ibm866',
  mac: 'macintosh',
  'x-mac-roman': 'macintosh',
  ansi: 'windows-1252',
  gb2312: 'gb18030',
  'gb_2312-80': 'gb18030',
  gb_2312: 'gb18030',
  'euc-cn': 'gb18030',
  gbk: 'gb18030',
  cp936: 'gb18030',
  ms936: 'gb18030',
  'x-gbk': 'gb18030',
  'big5-hkscs': 'big5',
  'cn-big5': 'big5',
  cp950: 'big5',
  'x-x-big5': 'big5',
  sjis: 'shift_jis',
  'shift-jis': 'shift_jis',
  'x-sjis': 'shift_jis',
  ms_kanji: 'shift_jis',
  'windows-31j': 'shift_jis',
  cp932: 'shift_jis',
  'x-euc-jp': 'euc-jp',
  eucjp: 'euc-jp',
  csiso2022jp: 'iso-2022-jp',
  'iso-2022-jp-1': 'iso-2022-jp',
  'ks_c_5601-1987': 'euc-kr',
  'ks_c_5601-1989': 'euc-kr',
  ksc5601: 'euc-kr',
  ksc_5601: 'euc-kr',
  euckr: 'euc-kr',
  cp949: 'euc-kr',
  'windows-949': 'euc-kr',
  utf16: 'utf-16',
  'ucs-2': 'utf-16',
  'iso-10646-ucs-2': 'utf-16',
};
const OWN: readonly string[] = [
  'us-ascii',
  'utf-8',
  'iso-8859-1',
  'iso-8859-15',
  'windows-1252',
  'utf-16',
  'utf-16be',
  'utf-16le',
];
const EAST: readonly string[] = ['iso-2022-jp', 'euc-jp', 'shift_jis', 'euc-kr', 'gb18030', 'big5'];

/** The set of a name as mails write it (RFC 2978: any case), or undefined. */
export function charsetNamed(name: string): Charset | undefined {
  const canonical = canonicalName(name);
  if (canonical === undefined) return undefined;
  if (OWN.includes(canonical)) return canonical as OwnCharset;
  if (EAST.includes(canonical)) return canonical as EastCharset;
  return { table: canonical };
}

/** One name for all spellings of a set: two with the same are the same set. Undefined: none that is known. */
export function canonicalName(name: string): string | undefined {
  // `iso8859-1`, `iso_8859-1:1987`, `cp-1252`, `x-cp1252`, `csISOLatin1` and the like are all about.
  const key = name
    .trim()
    .toLowerCase()
    .replace(/^["']+|["']+$/g, '');
  const forms = [
    key,
    key.replace(/^(?:cs|x-)/, ''),
    key.replace(/^iso[-_ ]?8859[-_ ]?(\d{1,2})(?::\d{4})?$/, 'iso-8859-$1'),
    key.replace(/^(?:x-)?(?:cp|win|windows|ibm)[-_ ]?(125\d|874)$/, 'windows-$1'),
  ];
  for (const form of forms) {
    const found = Object.hasOwn(NAMES, form) ? NAMES[form] : form;
    if (
      found !== undefined &&
      (OWN.includes(found) || EAST.includes(found) || Object.hasOwn(UPPER_HALVES, found))
    )
      return found;
  }
  return undefined;
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
    case 'utf-16':
    case 'utf-16be':
    case 'utf-16le':
      return withNote(utf16(bytes, charset), 'undecodable');
    case 'iso-2022-jp':
    case 'euc-jp':
    case 'shift_jis':
    case 'euc-kr':
    case 'gb18030':
    case 'big5':
      return withNote(decodeEast(bytes, charset), 'undecodable');
    case undefined:
      return { text: asciiOnly(bytes), note: 'unknown' };
    default:
      return withNote(fromTable(bytes, UPPER_HALVES[charset.table] ?? ''), 'undecodable');
  }
}

function fromTable(bytes: Uint8Array, upper: string): string {
  const first = 256 - upper.length;
  // eslint-disable-next-line no-control-regex -- the upper half of a byte
  return fromLatin1(bytes).replace(/[\u0080-\u00ff]/g, (c) => upper[c.charCodeAt(0) - first] ?? c);
}

/** RFC 2781 §4.3: a byte order mark decides, else big-endian. */
function utf16(bytes: Uint8Array, charset: 'utf-16' | 'utf-16be' | 'utf-16le'): string {
  const mark = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const isLittle = charset === 'utf-16le' || (charset === 'utf-16' && mark === 0xfffe);
  let out = '';
  for (let at = mark === 0xfeff || mark === 0xfffe ? 2 : 0; at < bytes.length; at += 2) {
    const [first, second] = [bytes[at] ?? 0, bytes[at + 1]];
    if (second === undefined) out += '\ufffd';
    else out += String.fromCharCode(isLittle ? (second << 8) | first : (first << 8) | second);
  }
  // Halves of a pair that stand alone are no text.
  return out.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}

function asciiOnly(bytes: Uint8Array): string {
  return fromLatin1(bytes).replace(/[\u0080-\u00ff]/g, '\ufffd');
}

function withNote(text: string, note: CharsetNote): Decoded {
  return text.includes('\ufffd') ? { text, note } : { text };
}
