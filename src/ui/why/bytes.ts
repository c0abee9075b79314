// A binary string cut into what is seen anyway and what must be made visible: blanks, tabs, line ends, bytes beyond ASCII.

export interface Piece {
  readonly text: string;
  /** `blank` and `byte` stand for something that cannot be seen; `end` is a tab or a line end, named. */
  readonly kind: 'text' | 'blank' | 'end' | 'byte';
}

const ENDS: Readonly<Record<string, string>> = { '\t': 'TAB', '\r\n': 'CRLF', '\r': 'CR', '\n': 'LF' };

export function pieces(text: string): Piece[] {
  return [...text.matchAll(/ +|\t|\r\n|\r|\n|[^\x21-\x7e \t\r\n]+|[\x21-\x7e]+/g)].map(([part]): Piece => {
    if (part.startsWith(' ')) return { text: '·'.repeat(part.length), kind: 'blank' };
    const end = ENDS[part];
    if (end !== undefined) return { text: end, kind: 'end' };
    if (/^[\x21-\x7e]/.test(part)) return { text: part, kind: 'text' };
    return {
      text: [...part].map((c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''),
      kind: 'byte',
    };
  });
}
