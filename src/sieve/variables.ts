// Variables in strings: `${name}`, `${1}`, `${global.name}`, `${hex:…}`, and the modifiers of `set`. Knows no command;
// what is no reference stays as it is written. RFC 5229 §3 and §4.1, RFC 5228 §2.4.2.4 first.

import { concat, fromUtf8, utf8 } from '../base/bytes.ts';
import { asciiLower, asciiUpper } from './match.ts';

/** RFC 5229 §6 asks for 4000 characters, 128 names and nine match values at least; these are Pigeonhole's. */
export const VARIABLE_LIMITS = { valueLength: 4096, count: 255, nameLength: 64, matchValues: 32 } as const;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const REFERENCE = /\$\{(?:([A-Za-z_][A-Za-z0-9_]*)\.)?(?:([A-Za-z_][A-Za-z0-9_]*)|([0-9]+))\}/g;

export interface VariableReference {
  /** Before the dot, in lower case. */
  readonly namespace?: string;
  /** In lower case; names are case-insensitive (RFC 5229 §3). */
  readonly name?: string;
  /** Of a match value. */
  readonly index?: number;
  readonly offset: number;
  readonly length: number;
}

export function isVariableName(name: string): boolean {
  return NAME.test(name) && name.length <= VARIABLE_LIMITS.nameLength;
}

/** All references within a string, offsets counted in it. */
export function referencesIn(text: string): readonly VariableReference[] {
  if (!text.includes('${')) return [];
  const found: VariableReference[] = [];
  for (const match of text.matchAll(REFERENCE)) {
    found.push({
      ...(match[1] === undefined ? {} : { namespace: match[1].toLowerCase() }),
      ...(match[2] === undefined ? {} : { name: match[2].toLowerCase() }),
      ...(match[3] === undefined ? {} : { index: Number(match[3]) }),
      offset: match.index,
      length: match[0].length,
    });
  }
  return found;
}

/** A string with its references replaced once; what they stand for is not searched again (RFC 5229 §3). */
export function expand(text: string, valueOf: (reference: VariableReference) => string): string {
  let out = '';
  let at = 0;
  for (const reference of referencesIn(text)) {
    out += text.slice(at, reference.offset) + valueOf(reference);
    at = reference.offset + reference.length;
  }
  return out + text.slice(at);
}

/** Cuts at the limit, never between the halves of one character. */
export function limited(text: string, limit: number = VARIABLE_LIMITS.valueLength): string {
  if (text.length <= limit) return text;
  const code = text.charCodeAt(limit - 1);
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? limit - 1 : limit);
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  lower: 40,
  upper: 40,
  lowerfirst: 30,
  upperfirst: 30,
  quotewildcard: 20,
  quoteregex: 20,
  encodeurl: 15,
  length: 10,
};

function percentEncoded(text: string): string {
  let out = '';
  for (const byte of utf8(text)) {
    const char = String.fromCharCode(byte);
    out += /[A-Za-z0-9\-._~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Applies modifiers of `set`, the highest precedence first (RFC 5229 §4.1, RFC 5435 §6, draft-ietf-sieve-regex). */
export function modify(value: string, modifiers: readonly string[]): string {
  const ordered = [...modifiers].sort((a, b) => (PRECEDENCE[b] ?? 0) - (PRECEDENCE[a] ?? 0));
  let out = value;
  for (const modifier of ordered) {
    switch (modifier) {
      case 'lower':
        out = asciiLower(out);
        break;
      case 'upper':
        out = asciiUpper(out);
        break;
      case 'lowerfirst':
        out = asciiLower(out.slice(0, 1)) + out.slice(1);
        break;
      case 'upperfirst':
        out = asciiUpper(out.slice(0, 1)) + out.slice(1);
        break;
      case 'quotewildcard':
        out = out.replace(/[*?\\]/g, '\\$&');
        break;
      case 'quoteregex':
        out = out.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
        break;
      case 'encodeurl':
        out = percentEncoded(out);
        break;
      case 'length':
        out = String(Array.from(out).length);
        break;
    }
  }
  return out;
}

const ENCODED = /\$\{(hex|unicode):((?:[ \t\r\n]*[0-9A-Fa-f]+)(?:[ \t\r\n]+[0-9A-Fa-f]+)*)[ \t\r\n]*\}/gi;

export interface DecodedCharacters {
  readonly text: string;
  /** A code point that Unicode does not have, as written. */
  readonly bad?: string;
}

/** `${hex:40 2a}` and `${unicode:20ac}` (RFC 5228 §2.4.2.4). Hex digits of more than one byte leave the text alone. */
export function decodeCharacters(text: string): DecodedCharacters {
  if (!text.includes('${')) return { text };
  const pieces: Uint8Array[] = [];
  let at = 0;
  let bad: string | undefined;
  for (const match of text.matchAll(ENCODED)) {
    const words = (match[2] as string).trim().split(/[ \t\r\n]+/);
    const isHex = (match[1] as string).toLowerCase() === 'hex';
    if (isHex && words.some((word) => word.length > 2)) continue;
    pieces.push(utf8(text.slice(at, match.index)));
    at = match.index + match[0].length;
    if (isHex) {
      pieces.push(Uint8Array.from(words, (word) => parseInt(word, 16)));
      continue;
    }
    for (const word of words) {
      const code = parseInt(word, 16);
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) bad ??= word;
      else pieces.push(utf8(String.fromCodePoint(code)));
    }
  }
  if (at === 0) return { text };
  pieces.push(utf8(text.slice(at)));
  const decoded = fromUtf8(concat(...pieces));
  return bad === undefined ? { text: decoded } : { text: decoded, bad };
}
