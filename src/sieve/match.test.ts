// Comparators, wildcards and regular expressions against simple models of them, over random texts.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareWith, matchWildcards } from './match.ts';
import { compileRegex, matchRegex } from './regex.ts';

const few = (letters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters), maxLength });

/** Any code points, surrogates left out. */
const points = fc
  .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 8 })
  .map((codes) => String.fromCodePoint(...codes.filter((code) => code < 0xd800 || code > 0xdfff)));

describe(':matches', () => {
  it('agrees with a regular expression, captures included [S5-010]', () => {
    fc.assert(
      fc.property(few('ab*?', 8), few('abA', 12), (pattern, text) => {
        const source = pattern.replace(/[*?]/g, (char) => (char === '*' ? '(.*?)' : '(.)'));
        const model = new RegExp(`^${source}$`, 'is').exec(text);
        const outcome = matchWildcards(pattern, text, true);
        expect(outcome.matched).toBe(model !== null);
        if (model !== null) expect(outcome.values).toEqual([...model]);
      }),
      { numRuns: 1000 },
    );
  });

  it('takes quoted wildcards as they are, and counts characters, not code units [S5-010]', () => {
    expect(matchWildcards('a\\*b\\?\\\\', 'a*b?\\', false).matched).toBe(true);
    expect(matchWildcards('a\\*', 'abc', false).matched).toBe(false);
    expect(matchWildcards('?', '😀', false)).toMatchObject({ matched: true, values: ['😀', '😀'] });
    expect(matchWildcards('GRü?E', 'grüSe', true).matched).toBe(true);
  });

  it('costs no more than pattern times text [S5-010]', () => {
    const text = 'a'.repeat(2000);
    const outcome = matchWildcards(`${'*a'.repeat(30)}*b`, text, false);
    expect(outcome.matched).toBe(false);
    expect(outcome.steps).toBeLessThan(text.length * 100);
    expect(matchWildcards('*aab*', text, false, 100).failure).toBe('too-many-steps');
  });
});

describe('comparators', () => {
  it('order totally [S5-010]', () => {
    const comparators = fc.constantFrom(
      'i;octet' as const,
      'i;ascii-casemap' as const,
      'i;ascii-numeric' as const,
    );
    fc.assert(
      fc.property(comparators, fc.string(), fc.string(), fc.string(), (comparator, a, b, c) => {
        const sign = (x: string, y: string): number => Math.sign(compareWith(comparator, x, y));
        expect(sign(a, a)).toBe(0);
        expect(sign(a, b) + sign(b, a)).toBe(0);
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('order numbers as numbers, whatever their length [S5-011]', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n }), fc.bigInt({ min: 0n }), (a, b) => {
        const expected = a < b ? -1 : a > b ? 1 : 0;
        expect(Math.sign(compareWith('i;ascii-numeric', `00${a}x`, `${b} y`))).toBe(expected);
      }),
    );
  });

  it('order octets as UTF-8 does', () => {
    fc.assert(
      fc.property(points, points, (a, b) => {
        const expected = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(Math.sign(compareWith('i;octet', a, b))).toBe(expected);
      }),
    );
  });
});

describe('regular expressions', () => {
  const search = (pattern: string, text: string, ignoreCase = false): readonly string[] | undefined => {
    const compiled = compileRegex(pattern);
    if ('error' in compiled) throw new Error(compiled.error.code);
    return matchRegex(compiled.regex, text, ignoreCase, 1e7).values;
  };

  // A tree of operators, so that every pattern is valid in both dialects.
  const pattern: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('a', 'b', 'c', '.', '[ab]', '[^a]'),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `${a}${b}`),
      fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a}|${b})`),
      fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{2}', '{1,2}')).map(([a, q]) => `(${a})${q}`),
    ),
  })).node;

  it('finds a match exactly when the host language does, at the same place, never shorter [S5-011]', () => {
    fc.assert(
      fc.property(pattern, few('abcA', 8), fc.boolean(), (source, text, ignoreCase) => {
        const model = new RegExp(source, ignoreCase ? 'is' : 's').exec(text);
        const found = search(source, text, ignoreCase);
        expect(found !== undefined).toBe(model !== null);
        if (found === undefined || model === null) return;
        const anchored = new RegExp(`^(?:${source})$`, ignoreCase ? 'is' : 's');
        expect(anchored.test(found[0] as string)).toBe(true);
        expect((found[0] as string).length).toBeGreaterThanOrEqual(model[0].length);
        expect(text.startsWith(found[0] as string, model.index)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a|ab', 'xab', ['ab']],
    ['(a|ab)(c|bcd)', 'abcd', ['abcd', 'a', 'bcd']],
    ['^[[:alpha:]]+-([[:digit:]]{2,3})$', 'Bug-123', ['Bug-123', '123']],
    ['[]a]+', 'x]a]', [']a]']],
    ['[a-]+', 'b-a', ['-a']],
    ['\\.\\*', 'a.*', ['.*']],
    ['(a*)*', 'b', ['', '']],
    ['x*', '', ['']],
    ['a)', 'a)', ['a)']],
    ['^$', 'a', undefined],
  ])('%s in %s [S5-011]', (source, text, expected) => {
    expect(search(source, text)).toEqual(expected);
  });

  it.each([
    ['(a', 'unclosed-group', 0],
    ['[a', 'unclosed-bracket', 0],
    ['*a', 'nothing-to-repeat', 0],
    ['a{2,1}', 'bad-repetition', 1],
    ['a{999}', 'bad-repetition', 1],
    ['[[:frop:]]', 'unknown-class', 1],
    ['(a)\\1', 'back-reference', 3],
    ['a\\', 'bad-escape', 1],
    ['((((a{255}){255}){255}){255})', 'too-big', 0],
    ['a{0}{255}{255}{255}{255}{255}{255}', '', 0],
    ['('.repeat(1000), 'too-deep', 51],
  ])('%s is %s', (source, code, at) => {
    const compiled = compileRegex(source);
    if (code === '') expect(compiled).toHaveProperty('regex');
    else expect(compiled).toEqual({ error: { code, at } });
  });

  it('needs time in proportion to pattern and text, never more [S5-010]', () => {
    for (const source of ['^(a+)+$', '(a|aa)+$', '(a*)*b', '^(([a-z])+.)+[A-Z]([a-z])+$']) {
      const compiled = compileRegex(source);
      if ('error' in compiled) throw new Error(source);
      const outcome = matchRegex(compiled.regex, `${'a'.repeat(3_000)}!`, false, Infinity);
      expect(outcome.steps).toBeLessThan(3_000 * compiled.regex.program.length * 2);
    }
  });
});
