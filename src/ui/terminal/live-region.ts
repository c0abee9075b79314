// The part of the screen that still changes: an unfinished line of output, the prompt, what is typed. It is drawn in one
// write and erased in one write, so nothing else ever lands inside it. Only this file moves the cursor.

import { graphemes, positionAfter, visibleControls } from './cells.ts';
import { paint, type LineTone } from './colours.ts';

export interface Live {
  /** What a program printed since its last line end, and its tone. */
  readonly tail: string;
  readonly tailTone: LineTone;
  readonly prompt: string;
  /** Lines that were entered and wait for their turn. */
  readonly waiting: readonly string[];
  readonly before: string;
  readonly after: string;
}

export interface Drawn {
  /** What to write. */
  readonly data: string;
  /** Rows between the region's first row and the cursor; `erase` needs it. */
  readonly cursorRow: number;
}

/** Makes the screen wrap after its last cell was filled, and steps back to the start of the new row. */
export const wrap = ' \r\x1b[X';

/**
 * Removes a region; the cursor is where the region began. The first cell is blanked on its own, because erasing from
 * there to the end of the row would make the screen forget that the row continues the one above (copying needs to know).
 */
export function erase(cursorRow: number): string {
  return `${cursorRow > 0 ? `\x1b[${cursorRow}A` : ''}\r\x1b[X\x1b[C\x1b[J\r`;
}

/**
 * Draws the region from the start of the cursor's row. A region never grows higher than the screen, because what has
 * scrolled away cannot be erased: of a longer input, the part around the cursor is shown.
 */
export function draw(live: Live, columns: number, rows: number): Drawn {
  const shown = fitToScreen(live, columns, rows);
  const lead = shown.waiting.map((line) => `${line}\n`).join('');
  const before = shown.tail + shown.prompt + lead + shown.before;
  const end = settled(before + shown.after, columns);
  const cursor = settled(before, columns);
  const up = end.row - cursor.row;
  const data =
    paint(shown.tail, shown.tailTone) +
    paint(shown.prompt, 'dim') +
    paint((lead + shown.before + shown.after).replaceAll('\n', '\r\n'), 'typed') +
    (end.wrapped ? wrap : '') +
    (up > 0 ? `\x1b[${up}A` : '') +
    `\r${cursor.column > 0 ? `\x1b[${cursor.column}C` : ''}`;
  return { data, cursorRow: cursor.row };
}

function settled(text: string, columns: number): { row: number; column: number; wrapped: boolean } {
  const { row, column } = positionAfter(text, columns);
  return column >= columns ? { row: row + 1, column: 0, wrapped: true } : { row, column, wrapped: false };
}

function fitToScreen(live: Live, columns: number, rows: number): Live {
  const plain: Live = {
    ...live,
    waiting: live.waiting.map((line) => visibleControls(line, true)),
    before: visibleControls(live.before, true),
    after: visibleControls(live.after, true),
  };
  const fits = (candidate: Live): boolean =>
    settled(
      candidate.tail +
        candidate.prompt +
        candidate.waiting.map((line) => `${line}\n`).join('') +
        candidate.before +
        candidate.after,
      columns,
    ).row < rows;
  if (fits(plain)) return plain;
  const alone = { ...plain, waiting: [] };
  if (fits(alone)) return alone;
  // Half of the free cells before the cursor at most, counting two for each character to be safe.
  const lead = positionAfter(alone.tail + alone.prompt, columns);
  const cells = Math.max(8, (rows - lead.row - 1) * columns - lead.column - 4);
  const before = graphemes(alone.before);
  const after = graphemes(alone.after);
  const afterRoom = Math.min(after.length, Math.floor(cells / 4));
  const beforeRoom = Math.floor(cells / 2) - afterRoom;
  return {
    ...alone,
    before: before.length > beforeRoom ? `…${before.slice(-beforeRoom).join('')}` : alone.before,
    after: after.length > afterRoom ? `${after.slice(0, afterRoom).join('')}…` : alone.after,
  };
}
