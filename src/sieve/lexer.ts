// Sieve text as tokens with their places. Knows no command; never fails: what is no token becomes a problem and is
// skipped. Strings come out without quotes, dot-stuffing and escapes, their line ends as CRLF. RFC 5228 §2 and §8.1 first.

import { TextScanner } from '../base/text-scanner.ts';
import type { TextSpan } from '../base/text-scanner.ts';
import type { LexerProblemCode, SieveProblem } from './problem.ts';

export type TokenKind =
  | 'identifier'
  | 'tag'
  | 'number'
  | 'string'
  | '['
  | ']'
  | '('
  | ')'
  | '{'
  | '}'
  | ','
  | ';'
  | 'error'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** Identifiers and tags as written, tags without their colon; strings decoded; else the token itself. */
  readonly text: string;
  /** Of a number, its quantifier applied; 0 otherwise. */
  readonly value: number;
  readonly span: TextSpan;
}

export interface Comment {
  readonly text: string;
  readonly span: TextSpan;
}

export interface Lexed {
  /** The last one is always `end`. */
  readonly tokens: readonly Token[];
  readonly comments: readonly Comment[];
  readonly problems: readonly SieveProblem[];
}

/** Pigeonhole's sieve-limits.h. */
export const MAX_STRING_LENGTH = 1 << 20;
export const MAX_IDENTIFIER_LENGTH = 32;

const QUANTIFIERS: Readonly<Record<string, number>> = { K: 1024, M: 1024 ** 2, G: 1024 ** 3 };
const isLetter = (char: string): boolean => /^[A-Za-z_]$/.test(char);
const isWord = (char: string): boolean => /^[A-Za-z0-9_]$/.test(char);
const isDigit = (char: string): boolean => char >= '0' && char <= '9' && char.length === 1;

/** Takes a whole script apart. */
export function lexSieve(source: string): Lexed {
  const scanner = new TextScanner(source);
  const tokens: Token[] = [];
  const comments: Comment[] = [];
  const problems: SieveProblem[] = [];

  const problem = (code: LexerProblemCode, span: TextSpan, params: SieveProblem['params'] = {}): void => {
    problems.push({ code, severity: 'error', span, params });
  };
  const push = (kind: TokenKind, text: string, span: TextSpan, value = 0): void => {
    tokens.push({ kind, text, value, span });
  };

  const skipHashComment = (): void => {
    const mark = scanner.mark();
    const text = scanner.takeWhile((char) => char !== '\n');
    comments.push({ text, span: scanner.since(mark) });
  };

  const skipBracketComment = (): void => {
    const mark = scanner.mark();
    scanner.take();
    scanner.take();
    while (!scanner.atEnd) {
      if (scanner.peek() === '*' && scanner.peek(1) === '/') {
        scanner.take();
        scanner.take();
        const span = scanner.since(mark);
        comments.push({ text: source.slice(span.offset, span.offset + span.length), span });
        return;
      }
      scanner.take();
    }
    problem('unterminated-comment', scanner.since(mark), { line: mark.line });
  };

  const lexQuoted = (): void => {
    const mark = scanner.mark();
    scanner.take();
    let text = '';
    let bad: LexerProblemCode | undefined;
    for (;;) {
      if (scanner.atEnd) {
        const span = scanner.since(mark);
        problem('unterminated-string', span, { line: mark.line });
        push('error', text, span);
        return;
      }
      let char = scanner.take();
      if (char === '"') break;
      if (char === '\\' && !scanner.atEnd) char = scanner.take();
      if (char === '\0') bad = 'nul-character';
      if (char === '\r') {
        if (scanner.peek() !== '\n') bad ??= 'stray-carriage-return';
        continue;
      }
      text += char === '\n' ? '\r\n' : char;
    }
    const span = scanner.since(mark);
    if (text.length > MAX_STRING_LENGTH) bad = 'string-too-long';
    if (bad !== undefined) problem(bad, span, { limit: MAX_STRING_LENGTH });
    push(bad === undefined ? 'string' : 'error', text, span);
  };

  const takeLine = (): string => {
    const line = scanner.takeWhile((char) => char !== '\n');
    scanner.take();
    return line.endsWith('\r') ? line.slice(0, -1) : line;
  };

  // RFC 5228 §2.4.2: `text:`, the end of that line, lines, and a line with a single dot; a leading dot is stuffed.
  const lexMultiline = (mark: TextSpan): void => {
    scanner.takeWhile((char) => char === ' ' || char === '\t');
    if (scanner.peek() === '#') skipHashComment();
    if (scanner.peek() === '\r') scanner.take();
    if (scanner.peek() !== '\n') {
      const span = scanner.since(mark);
      problem('bad-multiline-start', span);
      push('error', '', span);
      return;
    }
    scanner.take();
    const lines: string[] = [];
    for (;;) {
      if (scanner.atEnd) {
        const span = scanner.since(mark);
        problem('unterminated-multiline', span, { line: mark.line });
        push('error', '', span);
        return;
      }
      const line = takeLine();
      if (line === '.') break;
      lines.push(line.startsWith('..') ? line.slice(1) : line);
    }
    const text = lines.map((line) => `${line}\r\n`).join('');
    const span = scanner.since(mark);
    const bad = text.includes('\0')
      ? 'nul-character'
      : text.length > MAX_STRING_LENGTH
        ? 'string-too-long'
        : undefined;
    if (bad !== undefined) problem(bad, span, { limit: MAX_STRING_LENGTH });
    push(bad === undefined ? 'string' : 'error', text, span);
  };

  const lexNumber = (): void => {
    const mark = scanner.mark();
    const digits = scanner.takeWhile(isDigit);
    const quantifier = isLetter(scanner.peek()) ? scanner.take().toUpperCase() : '';
    const rest = scanner.takeWhile(isWord);
    const span = scanner.since(mark);
    const factor = quantifier === '' ? 1 : QUANTIFIERS[quantifier];
    const text = source.slice(span.offset, span.offset + span.length);
    if (rest !== '' || factor === undefined) {
      problem('bad-number', span, { found: text });
      push('error', text, span);
      return;
    }
    const value = Number(digits) * factor;
    if (value > Number.MAX_SAFE_INTEGER) {
      problem('number-too-big', span, { found: text });
      push('error', text, span);
    } else push('number', text, span, value);
  };

  const lexWord = (): void => {
    const mark = scanner.mark();
    const word = scanner.takeWhile(isWord);
    if (word.toLowerCase() === 'text' && scanner.peek() === ':') {
      scanner.take();
      lexMultiline(mark);
      return;
    }
    const span = scanner.since(mark);
    const long = word.length > MAX_IDENTIFIER_LENGTH;
    if (long) problem('identifier-too-long', span, { limit: MAX_IDENTIFIER_LENGTH });
    push(long ? 'error' : 'identifier', word, span);
  };

  const lexTag = (): void => {
    const mark = scanner.mark();
    scanner.take();
    if (!isLetter(scanner.peek())) {
      problem('bad-character', scanner.since(mark), { found: ':' });
      push('error', ':', scanner.since(mark));
      return;
    }
    const word = scanner.takeWhile(isWord);
    const span = scanner.since(mark);
    const long = word.length > MAX_IDENTIFIER_LENGTH;
    if (long) problem('identifier-too-long', span, { limit: MAX_IDENTIFIER_LENGTH });
    push(long ? 'error' : 'tag', word, span);
  };

  for (;;) {
    const char = scanner.peek();
    if (scanner.atEnd) break;
    if (char === ' ' || char === '\t' || char === '\r' || char === '\n') scanner.take();
    else if (char === '#') skipHashComment();
    else if (char === '/' && scanner.peek(1) === '*') skipBracketComment();
    else if (char === '"') lexQuoted();
    else if (char === ':') lexTag();
    else if (isDigit(char)) lexNumber();
    else if (isLetter(char)) lexWord();
    else {
      const mark = scanner.mark();
      scanner.take();
      const span = scanner.since(mark);
      switch (char) {
        case '[':
        case ']':
        case '(':
        case ')':
        case '{':
        case '}':
        case ',':
        case ';':
          push(char, char, span);
          break;
        default: {
          // One complaint a run of junk, not one a character.
          const last = tokens.at(-1);
          const adjacent = last?.kind === 'error' && last.span.offset + last.span.length === span.offset;
          if (!adjacent) problem(char === '\0' ? 'nul-character' : 'bad-character', span, { found: char });
          push('error', char, span);
        }
      }
    }
  }
  push('end', '', scanner.mark());
  return { tokens, comments, problems };
}
