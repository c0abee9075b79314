// Character sets of East Asia, which take two bytes or more: Japanese (ISO-2022-JP, EUC-JP, Shift_JIS), Korean, both Chinese ones.
// The tables are the machine's, asked for one character at a time and only where every machine has the same: vendors'
// additions become U+FFFD. RFC 1468; https://encoding.spec.whatwg.org.

export type EastCharset = 'iso-2022-jp' | 'euc-jp' | 'shift_jis' | 'euc-kr' | 'gb18030' | 'big5';

const UNKNOWN = '\ufffd';

type Table = 'euc-jp' | 'euc-kr' | 'gb18030' | 'big5';

const decoders: Partial<Record<Table, TextDecoder>> = {};
const known = new Map<string, string>();

/** One character of a table; U+FFFD where it has none. */
function characterOf(table: Table, bytes: readonly number[]): string {
  const key = `${table} ${bytes.join()}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const decoder = (decoders[table] ??= new TextDecoder(table));
  const text = decoder.decode(Uint8Array.from(bytes));
  const found = [...text].length === 1 ? text : UNKNOWN;
  known.set(key, found);
  return found;
}

const within = (byte: number | undefined, from: number, to: number): byte is number =>
  byte !== undefined && byte >= from && byte <= to;

interface Step {
  readonly text: string;
  /** Bytes taken. */
  readonly length: number;
}

/** Nothing begins so: one byte is lost, and what follows may be good again. */
const LOST: Step = { text: UNKNOWN, length: 1 };

/** Text of bytes in one of these sets. Never fails. */
export function decodeEast(bytes: Uint8Array, charset: EastCharset): string {
  if (charset === 'iso-2022-jp') return iso2022jp(bytes);
  const step = STEPS[charset];
  let out = '';
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at] ?? 0;
    const { text, length } =
      byte < 0x80 ? { text: String.fromCharCode(byte), length: 1 } : step(bytes, at, byte);
    out += text;
    at += length;
  }
  return out;
}

/** A pair whose second byte is no ASCII is lost whole, so that what follows stays in step. */
function pair(table: Table, first: number, second: number | undefined, isThere: boolean): Step {
  if (second !== undefined && isThere) return { text: characterOf(table, [first, second]), length: 2 };
  return second !== undefined && second >= 0x80 ? { text: UNKNOWN, length: 2 } : LOST;
}

/** JIS X 0208 by row and cell, each from 1. */
function jis(row: number, cell: number): string {
  return within(row, 1, 94) && within(cell, 1, 94)
    ? characterOf('euc-jp', [row + 0xa0, cell + 0xa0])
    : UNKNOWN;
}

/** Half-width katakana (JIS X 0201). */
const kana = (byte: number): string => String.fromCharCode(0xff61 + byte - 0xa1);

const STEPS: Readonly<
  Record<Exclude<EastCharset, 'iso-2022-jp'>, (bytes: Uint8Array, at: number, byte: number) => Step>
> = {
  'euc-jp': (bytes, at, byte) => {
    const next = bytes[at + 1];
    if (byte === 0x8e && within(next, 0xa1, 0xdf)) return { text: kana(next), length: 2 };
    const third = bytes[at + 2];
    // JIS X 0212 ends with row 77.
    if (byte === 0x8f && within(next, 0xa1, 0xed) && within(third, 0xa1, 0xfe))
      return { text: characterOf('euc-jp', [byte, next, third]), length: 3 };
    return pair('euc-jp', byte, next, within(byte, 0xa1, 0xfe) && within(next, 0xa1, 0xfe));
  },
  shift_jis: (bytes, at, byte) => {
    if (within(byte, 0xa1, 0xdf)) return { text: kana(byte), length: 1 };
    const next = bytes[at + 1];
    const isPair = (within(byte, 0x81, 0x9f) || within(byte, 0xe0, 0xef)) && within(next, 0x40, 0xfc);
    if (!isPair || next === 0x7f) return pair('euc-jp', byte, next, false);
    const cell = next - 0x40 - (next > 0x7f ? 1 : 0);
    const row = (byte - (byte < 0xa0 ? 0x81 : 0xc1)) * 2 + (cell >= 94 ? 2 : 1);
    return { text: jis(row, (cell % 94) + 1), length: 2 };
  },
  'euc-kr': (bytes, at, byte) => {
    const next = bytes[at + 1];
    // Added in 1998: not every machine has heard of it.
    if (byte === 0xa2 && (next === 0xe7 || next === 0xe8))
      return { text: next === 0xe7 ? '\u20ac' : '\u00ae', length: 2 };
    // Rows 0xC9 and 0xFE are for the user, and each machine has its own idea of them.
    const isThere = within(byte, 0xa1, 0xfd) && byte !== 0xc9 && within(next, 0xa1, 0xfe);
    return pair('euc-kr', byte, next, isThere);
  },
  gb18030: (bytes, at, byte) => {
    const [, second, third, fourth] = bytes.subarray(at, at + 4);
    if (!within(byte, 0x81, 0xfe)) return LOST;
    if (within(second, 0x30, 0x39))
      return within(third, 0x81, 0xfe) && within(fourth, 0x30, 0x39)
        ? { text: characterOf('gb18030', [byte, second, third, fourth]), length: 4 }
        : LOST;
    return pair('gb18030', byte, second, within(second, 0x40, 0xfe) && second !== 0x7f);
  },
  big5: (bytes, at, byte) => {
    const next = bytes[at + 1];
    const place = (byte << 8) | (next ?? 0);
    const isThere =
      (within(next, 0x40, 0x7e) || within(next, 0xa1, 0xfe)) &&
      (within(place, 0xa140, 0xa3bf) || within(place, 0xa440, 0xc67e) || within(place, 0xc940, 0xf9d5));
    return pair('big5', byte, next, isThere);
  },
};

/** RFC 1468: escape sequences change the set; each line begins in ASCII. */
function iso2022jp(bytes: Uint8Array): string {
  let out = '';
  let mode: 'ascii' | 'roman' | 'kana' | 'kanji' = 'ascii';
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 0x1b) {
      const sign = String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
      const next = ({ '(B': 'ascii', '(J': 'roman', '(I': 'kana', '$@': 'kanji', $B: 'kanji' } as const)[
        sign
      ];
      if (next !== undefined) {
        mode = next;
        at += 2;
        continue;
      }
      out += UNKNOWN;
    } else if (byte === 10 || byte === 13) {
      mode = 'ascii';
      out += String.fromCharCode(byte);
    } else if (byte >= 0x80) out += UNKNOWN;
    else if (mode === 'kanji' && within(byte, 0x21, 0x7e)) {
      const next = bytes[at + 1];
      if (within(next, 0x21, 0x7e)) {
        out += jis(byte - 0x20, next - 0x20);
        at++;
      } else out += UNKNOWN;
    } else if (mode === 'kana' && within(byte, 0x21, 0x5f)) out += kana(byte + 0x80);
    else if (mode === 'roman' && byte === 0x5c) out += '\u00a5';
    else if (mode === 'roman' && byte === 0x7e) out += '\u203e';
    else out += String.fromCharCode(byte);
  }
  return out;
}
