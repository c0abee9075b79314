// How many cells of a terminal a text takes, and where the cursor stands after it. The screen (xterm) and the line editor
// must agree to the cell, so one table serves both: `unicodeProvider` gives it to xterm. Read UAX #11 first.

import type { IUnicodeVersionProvider } from '@xterm/xterm';

/** East Asian Wide and Fullwidth below the emoji planes, as [first, last]. */
const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

const zeroWidth = /[\p{Mn}\p{Me}\p{Cf}]/u;
const emoji = /\p{Emoji_Presentation}/u;

/** Cells that one code point takes. Control characters take none: they are never printed as they are. */
export function cellWidth(codePoint: number): 0 | 1 | 2 {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return 0;
  if (codePoint < 0x300) return 1;
  for (const [first, last] of wideRanges) if (codePoint >= first && codePoint <= last) return 2;
  const character = String.fromCodePoint(codePoint);
  if (zeroWidth.test(character)) return 0;
  return emoji.test(character) ? 2 : 1;
}

/** The table of this file in the form that xterm asks for. */
export const unicodeProvider: IUnicodeVersionProvider = {
  version: 'ehlo',
  wcwidth: cellWidth,
  // xterm packs state, width and "joins the cell before" into one number: bits 3 up, 1 to 2, and 0.
  charProperties(codePoint, preceding) {
    const own = cellWidth(codePoint);
    const before = (preceding >> 1) & 3;
    const joins = own === 0 && preceding !== 0 && before !== 0;
    return ((joins ? Math.max(before, own) : own) << 1) | (joins ? 1 : 0);
  },
};

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** What a person takes for one character: the cursor moves and deletes by these. */
export function graphemes(text: string): string[] {
  // Pure ASCII without CR LF has no clusters, and is almost everything that is typed.
  if (/^[\x20-\x7e]*$/.test(text)) return [...text];
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Control characters as a terminal echoes them: `^C`, `^?`, `M-^[`. Tabs stay, and so do line ends if `lines` is set. */
export function visibleControls(text: string, lines = false): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f]/g, (character) => {
    if (lines && character === '\n') return character;
    const code = character.charCodeAt(0);
    if (code === 0x7f) return '^?';
    return code < 0x20 ? `^${String.fromCharCode(code + 64)}` : `M-^${String.fromCharCode(code - 64)}`;
  });
}

export interface Position {
  readonly row: number;
  /** Equals the number of columns when the last cell is filled and the next character would wrap. */
  readonly column: number;
}

/** Where the cursor stands after `text` was printed from the start of a row. `\n` begins a new row, tabs stop every 8. */
export function positionAfter(text: string, columns: number): Position {
  let row = 0;
  let column = 0;
  for (const character of text) {
    if (character === '\n') {
      row += 1;
      column = 0;
    } else if (character === '\t') {
      column = Math.min(columns - 1, column - (column % 8) + 8);
    } else {
      const width = cellWidth(character.codePointAt(0) ?? 0);
      if (column + width > columns) {
        row += 1;
        column = 0;
      }
      column += width;
    }
  }
  return { row, column };
}
