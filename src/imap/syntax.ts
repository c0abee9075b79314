// IMAP's words: arguments of a command as atoms, strings and lists (RFC 9051 §4 and §9), sequence sets, quoted forms, and
// mailbox names. Literals stand in the text as on the wire: `{3}`, CRLF, three bytes. Errors are Dovecot's imap-parser's words.

import { fromLatin1, fromUtf8Strict, latin1, utf8 } from '../base/bytes.ts';
import { fromModifiedUtf7, toModifiedUtf7 } from '../mailbox/folder-name.ts';

export type Arg =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string; readonly literal: boolean }
  | { readonly kind: 'list'; readonly items: readonly Arg[] };

export type Parsed = { readonly args: readonly Arg[] } | { readonly error: string };

const MAX_DEPTH = 100;

/** Reads the arguments of a command, a binary string without its last line end. Never throws. */
export function parseArgs(text: string): Parsed {
  const stack: Arg[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    const top = stack.at(-1) ?? [];
    if (char === ' ') at++;
    else if (char === '(') {
      if (stack.length > MAX_DEPTH) return { error: "Too many '('" };
      stack.push([]);
      at++;
    } else if (char === ')') {
      if (stack.length === 1) return { error: "Unexpected ')'" };
      stack.pop();
      stack.at(-1)?.push({ kind: 'list', items: top });
      at++;
    } else if (char === '"') {
      let value = '';
      for (at++; ; at++) {
        const inner = text.charAt(at);
        if (at >= text.length || inner === '\r' || inner === '\n') return { error: "Missing '\"'" };
        if (inner === '"') break;
        // Dovecot takes whatever stands behind the backslash, not only what RFC 9051 §9 allows there.
        if (inner === '\\' && ++at >= text.length) return { error: "Missing '\"'" };
        value += text.charAt(at);
      }
      at++;
      top.push({ kind: 'string', text: value, literal: false });
    } else if (char === '{' || (char === '~' && text.charAt(at + 1) === '{')) {
      const size = /~?\{(\d{1,10})\+?\}/y;
      size.lastIndex = at;
      const match = size.exec(text);
      if (match === null) return { error: 'Invalid literal size' };
      const start = size.lastIndex + 2;
      if (text.slice(size.lastIndex, start) !== '\r\n') return { error: 'Missing LF after literal size' };
      const end = start + Number(match[1]);
      top.push({ kind: 'string', text: text.slice(start, end), literal: true });
      at = end;
    } else {
      let end = at;
      while (end < text.length && !' )\r\n'.includes(text.charAt(end))) {
        if ('({"'.includes(text.charAt(end))) return { error: 'Invalid characters in atom' };
        if (text.charCodeAt(end) > 126) return { error: '8bit data in atom' };
        if (text.charCodeAt(end) < 32) return { error: 'Invalid characters in atom' };
        end++;
      }
      if (end === at) return { error: 'Invalid characters in atom' };
      top.push({ kind: 'atom', text: text.slice(at, end) });
      at = end;
    }
  }
  if (stack.length > 1) return { error: "Missing ')'" };
  return { args: stack[0] ?? [] };
}

/** Atom or string: RFC 9051's astring, as a binary string. */
export function astring(arg: Arg | undefined): string | undefined {
  return arg === undefined || arg.kind === 'list' ? undefined : arg.text;
}

/** An atom in upper case, or undefined. */
export function keyword(arg: Arg | undefined): string | undefined {
  return arg?.kind === 'atom' ? arg.text.toUpperCase() : undefined;
}

/** `"…"`, or a literal where quotes do not do; NIL for undefined. */
export function nstring(text: string | undefined): string {
  if (text === undefined) return 'NIL';
  if (/[\r\n\0\x80-\xff]/.test(text) || text.length > 4096) return literal(text);
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

export function literal(text: string): string {
  return `{${text.length}}\r\n${text}`;
}

/** A mailbox name as it goes over the wire, without quotes. */
export function wireName(session: { readonly rev2: boolean }, name: string): string {
  return session.rev2 ? fromLatin1(utf8(name)) : toModifiedUtf7(name);
}

/** A mailbox name as Dovecot prints it: an atom when it can be one. */
export function printName(session: { readonly rev2: boolean }, name: string): string {
  const wire = wireName(session, name);
  return /^[^\0-\x20\x7f-\xff(){%*"\\]+$/.test(wire) && wire.toUpperCase() !== 'NIL' ? wire : nstring(wire);
}

/** A mailbox name from the wire; undefined when it cannot be one. */
export function readName(session: { readonly rev2: boolean }, wire: string): string | undefined {
  const utf = /[\x80-\xff]/.test(wire) ? fromUtf8Strict(latin1(wire)) : undefined;
  const name = utf ?? (session.rev2 && !wire.includes('&') ? wire : fromModifiedUtf7(wire));
  return name?.replace(/^inbox(?=$|\/)/i, 'INBOX');
}

export interface SetRange {
  /** Infinity stands for `*`. */
  readonly from: number;
  readonly to: number;
}

/** `1,3:5,7:*`; `$` is read elsewhere. Undefined: no set. RFC 9051 §9, sequence-set. */
export function parseSet(text: string): readonly SetRange[] | undefined {
  if (text.length > 10_000) return undefined;
  const ranges: SetRange[] = [];
  for (const piece of text.split(',')) {
    const match = /^(\d{1,10}|\*)(?::(\d{1,10}|\*))?$/.exec(piece);
    if (match === null) return undefined;
    const number = (digits: string): number => (digits === '*' ? Infinity : Number(digits));
    const from = number(match[1] ?? '');
    const to = match[2] === undefined ? from : number(match[2]);
    for (const each of [from, to])
      if (each === 0 || (each > 0xffffffff && each !== Infinity)) return undefined;
    ranges.push({ from, to });
  }
  return ranges;
}

/** `1:3,5` of ascending numbers. */
export function printSet(numbers: readonly number[]): string {
  const out: string[] = [];
  for (let i = 0; i < numbers.length; i++) {
    const from = numbers[i] ?? 0;
    let to = from;
    while (numbers[i + 1] === to + 1) {
      to++;
      i++;
    }
    out.push(from === to ? String(from) : `${from}:${to}`);
  }
  return out.join(',');
}
