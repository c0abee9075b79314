// Cuts a master file into tokens as BIND's lexer does: parentheses join lines, `;` opens a comment anywhere outside
// quotes, a blank at the start of a line is a token of its own. Knows nothing of records. RFC 1035 §5.1.

import type { TextSpan } from '../base/text-scanner.ts';

/** BIND's words for what stops the lexer. */
export type LexFault = 'unbalanced parentheses' | 'unbalanced quotes' | 'unexpected end of input';

export type ZoneToken =
  | { readonly kind: 'word' | 'quoted' | 'special'; readonly text: string; readonly span: TextSpan }
  | { readonly kind: 'space' | 'eol' | 'eof'; readonly text: ''; readonly span: TextSpan }
  | { readonly kind: 'fault'; readonly fault: LexFault; readonly text: string; readonly span: TextSpan };

/** Where the lexer stands; taken and put back to read a token a second time. */
export interface LexMark {
  readonly offset: number;
  readonly line: number;
  readonly lineStart: number;
  readonly depth: number;
  readonly atLineStart: boolean;
}

export interface LexOptions {
  /** Blanks that open a line are a token. */
  readonly leadingSpace?: boolean;
  /** Quoted strings are read as one token; otherwise a quote is a special character of its own. */
  readonly quotes?: boolean;
}

const isBlank = (char: string): boolean => char === ' ' || char === '\t' || char === '\r';
const endsWord = (char: string): boolean =>
  char === '' ||
  isBlank(char) ||
  char === '\n' ||
  char === '(' ||
  char === ')' ||
  char === '"' ||
  char === ';';

export class ZoneLexer {
  private offset = 0;
  private lineNumber = 1;
  private lineStart = 0;
  private depth = 0;
  private atLineStart = true;

  constructor(readonly text: string) {}

  /** The line that the lexer has reached. */
  get line(): number {
    return this.lineNumber;
  }

  mark(): LexMark {
    return {
      offset: this.offset,
      line: this.lineNumber,
      lineStart: this.lineStart,
      depth: this.depth,
      atLineStart: this.atLineStart,
    };
  }

  reset(mark: LexMark): void {
    this.offset = mark.offset;
    this.lineNumber = mark.line;
    this.lineStart = mark.lineStart;
    this.depth = mark.depth;
    this.atLineStart = mark.atLineStart;
  }

  private here(): TextSpan {
    return {
      offset: this.offset,
      length: 0,
      line: this.lineNumber,
      column: this.offset - this.lineStart + 1,
    };
  }

  private newLine(): void {
    this.offset++;
    this.lineNumber++;
    this.lineStart = this.offset;
    this.atLineStart = true;
  }

  next(options: LexOptions = {}): ZoneToken {
    // Inside parentheses line ends count for nothing until the last one closes.
    for (;;) {
      const span = this.here();
      const char = this.text.charAt(this.offset);
      if (char === '') {
        this.atLineStart = false;
        if (this.depth > 0) {
          this.depth = 0;
          return { kind: 'fault', fault: 'unbalanced parentheses', text: '', span };
        }
        return { kind: 'eof', text: '', span };
      }
      if (char === ';') {
        const end = this.text.indexOf('\n', this.offset);
        this.offset = end < 0 ? this.text.length : end;
      } else if (isBlank(char)) {
        this.offset++;
        if (this.atLineStart && char !== '\r') {
          this.atLineStart = false;
          if (options.leadingSpace && this.depth === 0)
            return { kind: 'space', text: '', span: { ...span, length: 1 } };
        }
      } else if (char === '\n') {
        this.newLine();
        if (this.depth === 0) return { kind: 'eol', text: '', span };
      } else if (char === '(') {
        this.atLineStart = false;
        this.offset++;
        this.depth++;
      } else if (char === ')') {
        this.atLineStart = false;
        this.offset++;
        if (this.depth === 0)
          return { kind: 'fault', fault: 'unbalanced parentheses', text: ')', span: { ...span, length: 1 } };
        this.depth--;
      } else if (char === '"') {
        this.atLineStart = false;
        this.offset++;
        if (options.quotes) return this.quoted(span);
        return { kind: 'special', text: '"', span: { ...span, length: 1 } };
      } else {
        this.atLineStart = false;
        return this.word(span);
      }
    }
  }

  private quoted(span: TextSpan): ZoneToken {
    const from = this.offset;
    for (;;) {
      const char = this.text.charAt(this.offset);
      const text = this.text.slice(from, this.offset);
      const whole = { ...span, length: this.offset - span.offset };
      if (char === '') return { kind: 'fault', fault: 'unexpected end of input', text, span: whole };
      if (char === '\n') return { kind: 'fault', fault: 'unbalanced quotes', text, span: whole };
      this.offset++;
      if (char === '"') return { kind: 'quoted', text, span: { ...span, length: this.offset - span.offset } };
      if (char === '\\') {
        // An escaped line end stays inside the string.
        if (this.text.charAt(this.offset) === '\n') this.newLine();
        else if (this.offset < this.text.length) this.offset++;
        this.atLineStart = false;
      }
    }
  }

  private word(span: TextSpan): ZoneToken {
    const from = this.offset;
    for (;;) {
      const char = this.text.charAt(this.offset);
      if (endsWord(char)) break;
      this.offset++;
      if (char === '\\' && !['', '\n', '\r'].includes(this.text.charAt(this.offset))) this.offset++;
    }
    return {
      kind: 'word',
      text: this.text.slice(from, this.offset),
      span: { ...span, length: this.offset - from },
    };
  }
}
