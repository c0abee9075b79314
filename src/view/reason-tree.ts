// A tree of reasons, and how it is drawn in a terminal: as wide as the terminal, with lines of Unicode or of plain ASCII.
// Knows no verdict. Whatever came from outside is made harmless before it is shown.

/** One sentence with the rule behind it, and what it rests on. */
export interface Reason {
  readonly text: string;
  /** `RFC 7208 §4.6.4`. */
  readonly rule?: string;
  /** Absent: neither good nor bad. */
  readonly mark?: 'good' | 'bad';
  readonly children?: readonly Reason[];
}

export interface TreeStyle {
  /** Columns. */
  readonly width: number;
  readonly unicode: boolean;
}

const SIGNS = {
  unicode: { good: '✓ ', bad: '✗ ', none: '', mid: '├─ ', last: '└─ ', down: '│  ', blank: '   ' },
  ascii: { good: '+ ', bad: '- ', none: '', mid: '|- ', last: '`- ', down: '|  ', blank: '   ' },
};
const NARROWEST = 32;

/** Control characters, bytes beyond ASCII and whatever could turn the text around, as `\xNN` or `\u{…}`. */
export function harmless(text: string): string {
  return text.replace(/[^\x20-\x7e§–…“”’×→]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The lines of a tree, root first. No line is wider than the width unless a single word is. */
export function drawTree(root: Reason, style: TreeStyle): string[] {
  const out: string[] = [];
  const signs = style.unicode ? SIGNS.unicode : SIGNS.ascii;
  const draw = (node: Reason, first: string, rest: string): void => {
    const sign = signs[node.mark ?? 'none'];
    const children = node.children ?? [];
    const text = harmless(node.text) + (node.rule === undefined ? '' : ` (${harmless(node.rule)})`);
    const plain = style.unicode
      ? text
      : text.replaceAll('§', 's.').replace(/[–→×]/g, '-').replace(/[“”’]/g, "'").replaceAll('…', '...');
    const under = rest + (children.length > 0 ? signs.down : signs.blank);
    const room = Math.max(
      NARROWEST - rest.length,
      style.width - Math.max(first.length + sign.length, under.length),
    );
    wrap(plain, Math.max(12, room)).forEach((line, i) => out.push((i === 0 ? first + sign : under) + line));
    children.forEach((child, i) => {
      const isLast = i === children.length - 1;
      draw(child, rest + (isLast ? signs.last : signs.mid), rest + (isLast ? signs.blank : signs.down));
    });
  };
  draw(root, '', '');
  return out;
}

/** Breaks at blanks; a word that is too long for a line is cut. A reference (`RFC 7208 §4.6`) stays whole. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.replace(/(RFC) (\d+) (§|s\.)/g, '$1\u00a0$2\u00a0$3').split(' ')) {
    if (line !== '' && line.length + 1 + word.length <= width) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    let rest = word;
    for (; rest.length > width; rest = rest.slice(width)) lines.push(rest.slice(0, width));
    line = rest;
  }
  lines.push(line);
  return lines.map((one) => one.replaceAll('\u00a0', ' '));
}
