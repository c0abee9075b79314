// A line being typed, as a value: its characters and the cursor between them. Every edit gives a new one. Knows neither
// screen nor engine. The edits are those of readline(3) in its emacs mode.

import { graphemes } from './cells.ts';

export interface LineBuffer {
  /** Grapheme clusters. */
  readonly characters: readonly string[];
  /** The cursor stands before this one. */
  readonly cursor: number;
}

export const emptyLine: LineBuffer = { characters: [], cursor: 0 };

/** A line with the cursor at its end. */
export function lineOf(text: string): LineBuffer {
  const characters = graphemes(text);
  return { characters, cursor: characters.length };
}

export const textOf = (line: LineBuffer): string => line.characters.join('');
export const beforeCursor = (line: LineBuffer): string => line.characters.slice(0, line.cursor).join('');
export const afterCursor = (line: LineBuffer): string => line.characters.slice(line.cursor).join('');

/** `before` and `after` joined, the cursor between them; an accent typed after its letter joins it. */
function between(before: string, after: string): LineBuffer {
  const left = graphemes(before);
  return { characters: [...left, ...graphemes(after)], cursor: left.length };
}

export function insertText(line: LineBuffer, text: string): LineBuffer {
  return between(beforeCursor(line) + text, afterCursor(line));
}

export function moveTo(line: LineBuffer, cursor: number): LineBuffer {
  return { ...line, cursor: Math.max(0, Math.min(line.characters.length, cursor)) };
}

/** Removes what lies between the cursor and `other`. */
export function killBetween(line: LineBuffer, other: number): LineBuffer {
  const start = Math.max(0, Math.min(line.cursor, other));
  const end = Math.min(line.characters.length, Math.max(line.cursor, other));
  return {
    characters: [...line.characters.slice(0, start), ...line.characters.slice(end)],
    cursor: start,
  };
}

const isBlank = (character: string | undefined): boolean => character === undefined || /^\s/.test(character);

/** Where the word before the cursor begins. */
export function wordStart(line: LineBuffer): number {
  let at = line.cursor;
  while (at > 0 && isBlank(line.characters[at - 1])) at -= 1;
  while (at > 0 && !isBlank(line.characters[at - 1])) at -= 1;
  return at;
}

/** Where the word after the cursor ends. */
export function wordEnd(line: LineBuffer): number {
  let at = line.cursor;
  while (at < line.characters.length && isBlank(line.characters[at])) at += 1;
  while (at < line.characters.length && !isBlank(line.characters[at])) at += 1;
  return at;
}
