// A cursor over a text with line and column, for parsers that must say where something is wrong.

/** A stretch of a text. Offsets count UTF-16 units from 0; line and column count from 1. */
export interface TextSpan {
  readonly offset: number;
  readonly length: number;
  readonly line: number;
  readonly column: number;
}

export class TextScanner {
  private position = 0;
  private lineNumber = 1;
  private lineStart = 0;

  constructor(readonly text: string) {}

  get offset(): number {
    return this.position;
  }
  get line(): number {
    return this.lineNumber;
  }
  get column(): number {
    return this.position - this.lineStart + 1;
  }
  get atEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** The character `ahead` places on, or '' at the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.position + ahead);
  }

  /** Takes one character, '' at the end. */
  take(): string {
    const char = this.text.charAt(this.position);
    if (char === '') return '';
    this.position++;
    if (char === '\n') {
      this.lineNumber++;
      this.lineStart = this.position;
    }
    return char;
  }

  /** Takes while the test holds. */
  takeWhile(test: (char: string) => boolean): string {
    const from = this.position;
    while (!this.atEnd && test(this.peek())) this.take();
    return this.text.slice(from, this.position);
  }

  /** A mark to measure a span from. */
  mark(): TextSpan {
    return { offset: this.position, length: 0, line: this.lineNumber, column: this.column };
  }

  /** The span from a mark to here. */
  since(mark: TextSpan): TextSpan {
    return { ...mark, length: this.position - mark.offset };
  }
}
