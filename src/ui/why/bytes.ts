// A binary string cut into what is seen anyway and what must be made visible: blanks, tabs, line ends, bytes beyond ASCII.

export interface Piece {
  readonly text: string;
  /** It stands for something that cannot be seen. */
  readonly mark: boolean;
}

export function pieces(text: string): Piece[] {
  return [...text.matchAll(/ +|\t|\r\n|\r|\n|[^\x21-\x7e \t\r\n]+|[\x21-\x7e]+/g)].map(([part]) => {
    if (/^ +$/.test(part)) return { text: '·'.repeat(part.length), mark: true };
    if (part === '\t') return { text: '→', mark: true };
    if (part === '\r\n') return { text: '␍␊', mark: true };
    if (part === '\r') return { text: '␍', mark: true };
    if (part === '\n') return { text: '␊', mark: true };
    if (/^[\x21-\x7e]/.test(part)) return { text: part, mark: false };
    return {
      text: [...part].map((c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''),
      mark: true,
    };
  });
}

/** All of it in one line. */
export function visible(text: string): string {
  return pieces(text)
    .map((piece) => piece.text)
    .join('');
}
