// The filter editor's words and repairs: everything that can stand in a script has words, and what a repair makes compiles.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSieve } from '../../sieve/check.ts';
import { CAPABILITIES, COMMAND_NAMES, LANGUAGE, type CommandSpec } from '../../sieve/language.ts';
import { sieve as german } from '../../text/de/sieve.ts';
import { sieve as english } from '../../text/en/sieve.ts';
import { fixFor, helpAt, mistakeText, nearest, offersAt, wordsFor } from './filter-words.ts';

const mend = (source: string): string => {
  const [problem] = compileSieve(source).problems;
  const fix = problem && fixFor(source, problem, english);
  if (!fix) throw new Error(`no repair for ${problem?.code}`);
  return source.slice(0, fix.start) + fix.text + source.slice(fix.end);
};

describe('the words of Sieve', () => {
  it.each([
    ['English', english],
    ['German', german],
  ])('are complete in %s', (_, words) => {
    const missing: string[] = [];
    const want = (key: string): void => void (wordsFor(key, words) ?? missing.push(key));
    for (const name of COMMAND_NAMES) {
      const spec: CommandSpec = LANGUAGE[name];
      want(`sieve.${spec.kind}.${name}`);
      for (const tag of spec.tags ?? []) want(`sieve.tag.${name}.${tag.name}`);
    }
    for (const name of Object.keys(CAPABILITIES)) want(`sieve.capability.${name}`);
    expect(missing).toEqual([]);
    expect(Object.keys(words.mistakes).sort()).toEqual(Object.keys(english.mistakes).sort());
  });

  it('tell what stands under the mouse, what it needs, and where that is written', () => {
    const help = helpAt('fileinto "Lists";', 3, english);
    expect(help).toMatchObject({ start: 0, end: 8 });
    expect(help?.paragraphs.join(' ')).toMatch(/folder.*require "fileinto".*RFC 5228 §4\.1/);
    expect(helpAt('fileinto "Lists";', 12, german)?.paragraphs.join(' ')).toContain('Ordners');
  });

  it('offer a command whole, with the extension that it needs', () => {
    const offer = offersAt('# mine\nf', 8, english).find(({ label }) => label === 'fileinto');
    expect(offer).toMatchObject({ snippet: true, also: { start: 0, text: 'require "fileinto";\n' } });
  });
});

describe('a repair', () => {
  it.each([
    ['fileinto "x";', 'require "fileinto";\nfileinto "x";'],
    ['require "copy";\nfileinto "x";', 'require "copy";\nrequire "fileinto";\nfileinto "x";'],
    ['redirect :copy "a@b.example";', 'require "copy";\nredirect :copy "a@b.example";'],
    ['keep', 'keep;'],
    ['keep\nstop;', 'keep;\nstop;'],
    ['require "fileinto";\nfileitno "x";', 'require "fileinto";\nfileinto "x";'],
    ['if haeder :is "a" "b" { keep; }', 'if header :is "a" "b" { keep; }'],
  ])('turns %j into %j', (source, mended) => {
    expect(mend(source)).toBe(mended);
    expect(compileSieve(mended).problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('guesses no word that is far away', () => {
    expect(nearest('discrad')).toBe('discard');
    expect(nearest('xyzzy')).toBeUndefined();
    expect(nearest('a')).toBeUndefined();
  });

  it('and help and offers fail on no text [S5-010]', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ...COMMAND_NAMES,
        ':is',
        ':copy',
        '"a"',
        '[',
        ']',
        '{',
        '}',
        ';',
        '(',
        ')',
        ',',
        '\n',
        'text:\n',
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.nat(200), (pieces, at) => {
        const source = pieces.join(' ');
        const offset = Math.min(at, source.length);
        helpAt(source, offset, german);
        offersAt(source, offset, german);
        for (const problem of compileSieve(source).problems) {
          mistakeText(problem, german);
          const fix = fixFor(source, problem, german);
          if (fix) expect(fix.start).toBeLessThanOrEqual(fix.end);
        }
      }),
      { numRuns: 500 },
    );
  });
});
