// Broken and random scripts over random messages: nothing throws, everything ends, results are plain data and the same
// twice, and no message is lost.

/* eslint-disable no-template-curly-in-string -- ${…} is how Sieve writes a variable */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SyntaxNode } from './ast.ts';
import { compileSieve } from './check.ts';
import { completionsAt, explainToken } from './explain.ts';
import { runSieve } from './interpreter.ts';
import { CAPABILITIES, COMMAND_NAMES, LANGUAGE } from './language.ts';
import { lexSieve } from './lexer.ts';
import { parseSieve } from './parser.ts';
import { pigeonholeRunText, pigeonholeText } from './problem-text.ts';
import { input, MESSAGE } from './testing.ts';

const TAGS = [
  ...new Set(COMMAND_NAMES.flatMap((name) => (LANGUAGE[name].tags ?? []).map((tag) => `:${tag.name}`))),
];
const WORDS = [
  ...COMMAND_NAMES,
  ...TAGS,
  ...'[ ] ( ) { } , ; 7 1K "a@b.example" "subject" "*a*" "${1}" "${x}" "(a|b)*" "ge" "i;octet" "from" "+0100"'.split(
    ' ',
  ),
  '"i;ascii-numeric"',
  '"mailto:a@b.example"',
  '# c\n',
  '/* c */',
  'text:\nx\n.\n',
];
const REQUIRE = `require [${Object.keys(CAPABILITIES)
  .map((name) => `"${name}"`)
  .join(', ')}];\n`;
const soup = fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }).map((words) => words.join(' '));
const junk = fc.oneof(
  fc.array(fc.nat(0xffff), { maxLength: 30 }).map((codes) => String.fromCharCode(...codes)),
  soup,
);

/** Scripts that mostly compile: every command and test with the arguments its row asks for. */
const text = fc.constantFrom(
  'subject',
  'from',
  '*',
  '*e*',
  '?',
  '${1}',
  '${x}',
  'a@b.example',
  '[a-z]+',
  'x',
  'mailto:a@b.example',
  '',
);
const quoted = text.map((value) => `"${value}"`);
const strings = fc.oneof(
  quoted,
  fc.array(quoted, { minLength: 1, maxLength: 3 }).map((list) => `[${list.join(',')}]`),
);
const valueOf = (type: 'string' | 'strings' | 'number'): fc.Arbitrary<string> =>
  type === 'number' ? fc.integer({ min: 1, max: 9 }).map(String) : type === 'string' ? quoted : strings;
const SPECIAL: Readonly<Record<string, fc.Arbitrary<string>>> = {
  comparator: fc.constantFrom('"i;octet"', '"i;ascii-casemap"'),
  count: fc.constantFrom('"ge"', '"ne"'),
  value: fc.constantFrom('"lt"', '"eq"'),
  zone: fc.constantFrom('"+0100"', '"-0830"'),
  importance: fc.constantFrom('"1"', '"3"'),
  specialuse: fc.constant('"\\\\Junk"'),
};

function head(name: (typeof COMMAND_NAMES)[number]): fc.Arbitrary<string> {
  const spec = LANGUAGE[name];
  const tags = fc
    .subarray([...(spec.tags ?? [])], { maxLength: Math.min(3, spec.tags?.length ?? 0) })
    .chain((chosen) =>
      fc.tuple(
        ...chosen.map((tag) =>
          tag.value === undefined
            ? fc.constant(`:${tag.name}`)
            : (SPECIAL[tag.name] ?? valueOf(tag.value)).map((value) => `:${tag.name} ${value}`),
        ),
      ),
    );
  const args = fc.tuple(...(spec.args ?? []).map((row) => valueOf(row.type)));
  return fc.tuple(tags, args).map(([t, a]) => [name, ...t, ...a].join(' '));
}

const PLAIN = COMMAND_NAMES.filter(
  (name) => LANGUAGE[name].tests === undefined && LANGUAGE[name].block !== true,
);
const tests = PLAIN.filter((name) => LANGUAGE[name].kind === 'test');
const commands = PLAIN.filter((name) => LANGUAGE[name].kind === 'command' && name !== 'require');
const test: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...tests).chain(head),
  fc
    .tuple(fc.constantFrom(...tests).chain(head), fc.constantFrom('not', 'anyof', 'allof'))
    .map(([inner, word]) => (word === 'not' ? `not ${inner}` : `${word}(${inner}, true)`)),
);
const command = fc
  .constantFrom(...commands)
  .chain(head)
  .map((line) => `${line};`);
const block = fc.array(command, { maxLength: 3 }).map((lines) => `{ ${lines.join(' ')} }`);
const script = fc
  .array(
    fc.oneof(
      command,
      fc.tuple(test, block, block).map(([t, a, b]) => `if ${t} ${a} else ${b}`),
    ),
    { maxLength: 5 },
  )
  .map((lines) => `${REQUIRE}${lines.join('\n')}`);
const message = fc.oneof(
  fc.constant(MESSAGE),
  fc.string({ unit: fc.constantFrom(...'ab:; \r\n@<>"\\=?\u00ff'), maxLength: 80 }),
);

describe('the reader', () => {
  it('takes anything apart without throwing, every character once [S5-010]', () => {
    fc.assert(
      fc.property(junk, (source) => {
        const { tokens, comments } = lexSieve(source);
        const spans = [...tokens, ...comments].map(({ span }) => span).sort((a, b) => a.offset - b.offset);
        let at = 0;
        let overlaps = 0;
        for (const span of spans) {
          if (span.offset < at) overlaps++;
          at = span.offset + span.length;
        }
        const within = (node: SyntaxNode): void => {
          if (node.span.offset + node.span.length > source.length) overlaps++;
          [...node.tests, ...(node.block ?? [])].forEach(within);
        };
        parseSieve(source).commands.forEach(within);
        expect(overlaps).toBe(0);
        for (const problem of compileSieve(source).problems) {
          expect(pigeonholeText(problem)).not.toMatch(/undefined/);
          expect(problem.span.line).toBeGreaterThan(0);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('explains and completes at any place of anything', () => {
    fc.assert(
      fc.property(junk, fc.nat(80), (source, offset) => {
        const found = explainToken(source, offset);
        if (found !== undefined) expect(found.key).toMatch(/^sieve\./);
        expect(Array.isArray(completionsAt(source, offset))).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });

  it('makes no script of text with an error, and a script of text without [S5-010]', () => {
    fc.assert(
      fc.property(fc.oneof(soup, script), (source) => {
        const { script: compiled, problems } = compileSieve(source);
        expect(compiled === undefined).toBe(problems.some(({ severity }) => severity === 'error'));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the interpreter', () => {
  it('ends, loses no message, and gives the same plain data twice [S5-010]', () => {
    let compiledCount = 0;
    fc.assert(
      fc.property(script, message, (source, raw) => {
        const compiled = compileSieve(source).script;
        if (compiled === undefined) return;
        compiledCount++;
        const given = {
          ...input(''),
          script: structuredClone(compiled),
          message: raw,
          limits: { work: 1_000_000 },
        };
        const result = runSieve(given);
        expect(runSieve(given)).toEqual(result);
        expect(structuredClone(result)).toEqual(result);
        if (result.error !== undefined) {
          expect(pigeonholeRunText(result.error)).not.toMatch(/undefined/);
          expect(result.actions).toEqual([{ kind: 'keep', implicit: true, flags: [], script: '' }]);
        }
        // A message stays somewhere, goes somewhere, is refused, or is thrown away because the script said so.
        const ends = result.actions.filter(({ kind }) =>
          ['keep', 'fileinto', 'redirect', 'reject', 'discard'].includes(kind),
        );
        expect(ends.length).toBeGreaterThan(0);
        expect(result.actions.filter(({ kind }) => kind === 'redirect').length).toBeLessThanOrEqual(4);
      }),
      { numRuns: 1500 },
    );
    // The generator must not drown in errors, or nothing above was tested.
    expect(compiledCount).toBeGreaterThan(100);
  });
});
