import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLatin1, fromUtf8, utf8 } from '../../base/bytes.ts';
import { restText, streamText, textStream } from './terminal-text.ts';
import { cases } from '../../testing/effort.ts';

function shown(chunks: readonly string[]): string {
  const stream = textStream();
  return chunks.map((chunk) => streamText(stream, chunk)).join('') + restText(stream);
}

describe('bytes on a terminal', () => {
  it('turns CR LF into line ends and writes control characters out', () =>
    expect(shown(['220 a\r\nb\rc\x1b[2J\x00\x7f\n'])).toBe('220 a\nb^Mc^[[2J^@^?\n'));
  it('shows what is no UTF-8 as replacement characters', () =>
    expect(shown(['a\xff\xc3'])).toBe('a\ufffd\ufffd'));
  it('does not depend on where segments end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 20 }),
        fc.array(fc.nat(30), { maxLength: 5 }),
        (text, cuts) => {
          const bytes = fromLatin1(utf8(`${text}\r\n`));
          const at = [...new Set([0, ...cuts.filter((cut) => cut < bytes.length), bytes.length])].sort(
            (a, b) => a - b,
          );
          const chunks = at.slice(1).map((end, i) => bytes.slice(at[i], end));
          expect(shown(chunks)).toBe(shown([bytes]));
        },
      ),
    );
  });
  it('takes any bytes [G-13]', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 6 }), (chunks) => {
        const out = shown(chunks.map((chunk) => fromLatin1(chunk)));
        // eslint-disable-next-line no-control-regex
        expect(out).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      }),
      cases(2_000),
    );
    expect(fromUtf8(utf8('ü'))).toBe('ü');
  });
});
