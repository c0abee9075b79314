// SPF macro strings: parsed once with their places, expanded against the values of one check. Knows no DNS: whoever
// expands supplies `p`, which costs look-ups. RFC 7208 §7.

import type { Span } from './evidence.ts';

export type MacroLetter = 's' | 'l' | 'o' | 'd' | 'i' | 'p' | 'v' | 'h' | 'c' | 'r' | 't';

/** A piece of a macro string. `keep` is how many right-hand parts stay, 0 for all. */
export type MacroPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'macro';
      readonly letter: MacroLetter;
      /** An upper-case letter asks for URL escaping. */
      readonly escape: boolean;
      readonly keep: number;
      readonly reverse: boolean;
      readonly delimiters: string;
      readonly span: Span;
    };

export interface MacroError {
  readonly code: 'macro-percent' | 'macro-letter' | 'macro-syntax' | 'macro-exp-only' | 'character';
  readonly span: Span;
}

const MACRO = /^%\{([a-zA-Z])(\d*)([rR]?)([.\-+,/_=]*)\}/;
const LETTERS = 'slodipvhcrt';

/**
 * Reads a macro string that begins at offset `base` of its record. Letters c, r and t are for explanations only
 * (RFC 7208 §7.2). Explanations may hold blanks.
 */
export function parseMacroString(
  text: string,
  base: number,
  isExplanation: boolean,
): { readonly parts: MacroPart[] } | { readonly error: MacroError } {
  const parts: MacroPart[] = [];
  let literal = '';
  const fail = (code: MacroError['code'], from: number, to: number): { error: MacroError } => ({
    error: { code, span: { start: base + from, end: base + to } },
  });
  for (let i = 0; i < text.length;) {
    const char = text.charAt(i);
    const code = text.charCodeAt(i);
    if (char !== '%') {
      const isVisible = code >= 0x21 && code <= 0x7e;
      if (!isVisible && !(isExplanation && code === 0x20)) return fail('character', i, i + 1);
      literal += char;
      i++;
      continue;
    }
    const next = text.charAt(i + 1);
    if (next === '%' || next === '_' || next === '-') {
      literal += next === '%' ? '%' : next === '_' ? ' ' : '%20';
      i += 2;
      continue;
    }
    if (next !== '{') return fail('macro-percent', i, Math.min(text.length, i + 2));
    const match = MACRO.exec(text.slice(i, i + 300));
    const end = text.indexOf('}', i);
    if (match === null) return fail('macro-syntax', i, end < 0 ? text.length : end + 1);
    const [whole, written = '', digits = '', reverse = '', delimiters = ''] = match;
    const letter = written.toLowerCase();
    if (!LETTERS.includes(letter)) return fail('macro-letter', i, i + whole.length);
    if (!isExplanation && 'crt'.includes(letter)) return fail('macro-exp-only', i, i + whole.length);
    // RFC 7208 §7.3: the number of parts must be at least one.
    if (digits !== '' && (Number(digits) === 0 || digits.length > 9))
      return fail('macro-syntax', i, i + whole.length);
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    literal = '';
    parts.push({
      kind: 'macro',
      letter: letter as MacroLetter,
      escape: written !== letter,
      keep: digits === '' ? 0 : Number(digits),
      reverse: reverse !== '',
      delimiters: delimiters === '' ? '.' : delimiters,
      span: { start: base + i, end: base + i + whole.length },
    });
    i += whole.length;
  }
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  return { parts };
}

/** The values of one check by letter. */
export type MacroValues = Readonly<Record<MacroLetter, string>>;

export function needsValidatedName(parts: readonly MacroPart[]): boolean {
  return parts.some((part) => part.kind === 'macro' && part.letter === 'p');
}

/** The expanded text. */
export function expandMacros(parts: readonly MacroPart[], values: MacroValues): string {
  let out = '';
  for (const part of parts) out += part.kind === 'text' ? part.text : expandOne(part, values[part.letter]);
  return out;
}

function expandOne(part: Extract<MacroPart, { kind: 'macro' }>, value: string): string {
  let pieces: string[] = [];
  let piece = '';
  for (const char of value) {
    if (part.delimiters.includes(char)) {
      pieces.push(piece);
      piece = '';
    } else piece += char;
  }
  pieces.push(piece);
  if (part.reverse) pieces.reverse();
  if (part.keep > 0 && part.keep < pieces.length) pieces = pieces.slice(pieces.length - part.keep);
  const joined = pieces.join('.');
  return part.escape ? escapeUrl(joined) : joined;
}

/** RFC 3986 §2.3 unreserved characters stay, every other byte is percent-encoded. */
function escapeUrl(text: string): string {
  return text.replace(
    /[^A-Za-z0-9\-._~]/g,
    (char) => '%' + (char.charCodeAt(0) & 255).toString(16).toUpperCase().padStart(2, '0'),
  );
}

/** RFC 7208 §7.3: a name over 253 characters loses labels on the left until it fits. A final dot goes too. */
export function fitDomain(name: string): string {
  let fitted = name.endsWith('.') ? name.slice(0, -1) : name;
  while (fitted.length > 253) {
    const dot = fitted.indexOf('.');
    if (dot < 0) return fitted;
    fitted = fitted.slice(dot + 1);
  }
  return fitted;
}
