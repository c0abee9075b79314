import fc from 'fast-check';
import { expect, it } from 'vitest';
import { timeOf } from '../../base/dates.ts';
import { folded, lineDiff } from './line-diff.ts';
import { findSerial, withRaisedSerial } from './serial.ts';

const shown = (before: string, after: string) =>
  lineDiff(before, after).map((line) => ({ same: ' ', removed: '-', added: '+' })[line.change] + line.text);

it('shows a changed line as its old and its new form', () => {
  expect(shown('a\nb\nc', 'a\nB\nc')).toEqual([' a', '-b', '+B', ' c']);
  expect(shown('a', 'a\nb')).toEqual([' a', '+b']);
  expect(shown('a\n', 'a\nb')).toEqual([' a', '+b']);
});

it('is the shortest, and both texts can be read from it', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 })
    .map((lines) => lines.join('\n'));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = lineDiff(before, after);
      const read = (skip: string) =>
        lines
          .filter((line) => line.change !== skip)
          .map((line) => line.text)
          .join('\n');
      const bare = (text: string) => text.replace(/\n$/, '');
      expect(read('added')).toBe(bare(before));
      expect(read('removed')).toBe(bare(after));
      // No line at all is not one empty line.
      const equal = bare(before) === bare(after) && (before === '') === (after === '');
      expect(lines.every((line) => line.change === 'same')).toBe(equal);
    }),
  );
});

it('folds what is far from a change', () => {
  const lines = lineDiff('1\n2\n3\n4\n5\n6', '1\n2\n3\nx\n5\n6');
  expect(folded(lines).map((line) => line?.text)).toEqual([undefined, '3', '4', 'x', '5', undefined]);
});

const soa = (serial: string) =>
  `$ORIGIN a.example.\n@ IN SOA ns1 root (\n  ${serial} ; serial\n  3600 900 1w 300 )\n`;
const noon = timeOf(2026, 11, 23, 12);

it('finds the serial wherever the SOA record is broken', () => {
  expect(findSerial(soa('7'))).toEqual({ line: 3, column: 3, length: 1, serial: 7 });
  expect(findSerial('@ A 192.0.2.1')).toBeUndefined();
});

it('raises a serial that is not newer than the published one, in the custom of the zone', () => {
  expect(withRaisedSerial(soa('7'), 7, noon)).toBe(soa('8'));
  expect(withRaisedSerial(soa('2026112001'), 2026112001, noon)).toBe(soa('2026112301'));
  expect(withRaisedSerial(soa('2026112301'), 2026112301, noon)).toBe(soa('2026112302'));
  expect(withRaisedSerial(soa('9'), 7, noon)).toBe(soa('9'));
});
