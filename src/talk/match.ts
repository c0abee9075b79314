// Compares a line of the server with what a transcript expects: `*`, `$name`, `⟨placeholder⟩`. Knows no protocol.

import type { Notation } from './parse.ts';

/** What the names of a transcript stand for, by first match. */
export type Bindings = Map<string, string>;

const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

/**
 * Whether `actual` is what `pattern` expects; binds `$name` at its first match. `⟨name⟩` stands for one run of characters
 * without blank (a date may hold blanks) and binds nothing, because recordings use one name for several values.
 */
export function matches(pattern: string, actual: string, bindings: Bindings, notation: Notation): boolean {
  const names: string[] = [];
  const pieces = notation === 'talk' ? /(⟨[^⟩]*⟩|\*$|\$[a-z][a-zA-Z0-9]*)/ : /(⟨[^⟩]*⟩)/;
  const source = pattern
    .split(pieces)
    .map((piece, i) => {
      if (i % 2 === 0) return quote(piece);
      if (piece === '*') return '.*';
      if (piece.startsWith('⟨')) return /^⟨date/.test(piece) ? '.+?' : '\\S+?';
      const name = piece.slice(1);
      const bound = bindings.get(name);
      if (bound !== undefined) return quote(bound);
      if (names.includes(name)) return `\\${names.indexOf(name) + 1}`;
      names.push(name);
      return '(\\S+?)';
    })
    .join('');
  const found = new RegExp(`^${source}$`, 's').exec(actual);
  if (!found) return false;
  names.forEach((name, i) => bindings.set(name, found[i + 1] ?? ''));
  return true;
}

/** Client text with the names that are bound put in. */
export function substitute(text: string, bindings: Bindings): string {
  return text.replace(/\$([a-z][a-zA-Z0-9]*)/g, (whole, name: string) => bindings.get(name) ?? whole);
}
