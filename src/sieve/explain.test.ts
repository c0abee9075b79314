// What an editor learns about the place under the cursor, in whole scripts and in half-typed ones.

/* eslint-disable no-template-curly-in-string -- ${…} is how Sieve writes a variable */

import { describe, expect, it } from 'vitest';
import { completionsAt, explainToken } from './explain.ts';

/** Splits a text at its bar: the script and the cursor. */
function cursor(text: string): readonly [string, number] {
  const offset = text.indexOf('|');
  return [text.replace('|', ''), offset];
}

describe('the token under the cursor', () => {
  it.each([
    ['if |header :is "a" "b" { keep; }', 'sieve.test.header'],
    ['if header :i|s "a" "b" { keep; }', 'sieve.tag.is'],
    ['if header :is "|a" "b" { keep; }', 'sieve.argument.header.headers'],
    ['if header :is ["a", "c"] ["|b"] { keep; }', 'sieve.argument.header.keys'],
    ['if header :comparator "i;oct|et" "a" "b" { }', 'sieve.comparator.i;octet'],
    ['if header :value "|ge" "a" "b" { }', 'sieve.relation.ge'],
    ['ke|ep;', 'sieve.command.keep'],
    ['require ["fileinto", "vac|ation"];', 'sieve.capability.vacation'],
    ['require "|frop";', 'sieve.unknown-capability'],
    ['vacation :da|ys 3 "x";', 'sieve.tag.vacation.days'],
    ['vacation :days |3 "x";', 'sieve.number'],
    ['vacation :subject "|a" "x";', 'sieve.value.vacation.subject'],
    ['vacation :subject "a" "|x";', 'sieve.argument.vacation.reason'],
    ['fileinto "a${|b}";', 'sieve.variable'],
    ['fileinto "a${|1}";', 'sieve.match-variable'],
    ['if date "date" "|hour" "1" { }', 'sieve.datePart.hour'],
    ['# a |note', 'sieve.comment'],
    ['keep|;', 'sieve.semicolon'],
    ['fr|op;', 'sieve.unknown'],
    ['if allof |(true) { }', 'sieve.test-list'],
    ['setflag "|\\\\Seen";', 'sieve.flag.\\Seen'],
  ])('%s is %s', (text, key) => {
    expect(explainToken(...cursor(text))?.key).toBe(key);
  });

  it('tells what must be required first, and which paragraph to read', () => {
    expect(explainToken('fileinto "x";', 3)).toMatchObject({ rule: 'RFC 5228 §4.1', missing: 'fileinto' });
    expect(explainToken('require "fileinto"; fileinto "x";', 23)).not.toHaveProperty('missing');
    expect(explainToken('redirect :copy "x";', 11)).toMatchObject({ rule: 'RFC 3894', missing: 'copy' });
    expect(explainToken('keep  ;', 5)).toBeUndefined();
  });
});

describe('completion', () => {
  const texts = (text: string): readonly string[] => completionsAt(...cursor(text)).map((one) => one.text);

  it.each([
    ['|', ['keep', 'fileinto', 'if'], ['header']],
    ['keep; f|', ['fileinto'], ['header']],
    ['if |', ['header', 'anyof'], ['keep']],
    ['if anyof (|', ['header'], ['keep']],
    ['if anyof (true, |', ['header'], ['keep']],
    ['if header |', [':contains', ':comparator'], [':days', 'keep']],
    ['if header :c|', [':contains'], ['keep']],
    ['vacation |', [':days', ':addresses'], [':is']],
    ['require ["|', ['vacation', 'fileinto'], ['keep']],
    ['require ["fileinto", "va|"];', ['vacation'], ['keep']],
    ['if header :comparator "|" "a" "b" { }', ['i;octet'], ['keep']],
    ['if true { |', ['keep', 'stop'], ['header']],
    ['# |', [], ['keep']],
    ['fileinto "|";', [], ['keep']],
  ])('%s', (text, wanted, unwanted) => {
    const found = texts(text);
    expect(found).toEqual(expect.arrayContaining([...wanted]));
    for (const word of unwanted) expect(found).not.toContain(word);
  });

  it('marks what is not required yet', () => {
    expect(completionsAt('', 0).find(({ text }) => text === 'fileinto')).toMatchObject({
      missing: 'fileinto',
    });
    expect(
      completionsAt('require "fileinto";\n', 20).find(({ text }) => text === 'fileinto'),
    ).not.toHaveProperty('missing');
  });
});
