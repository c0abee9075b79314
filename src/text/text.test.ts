import { describe, expect, it } from 'vitest';
import * as germanDiagnostics from './de/diagnostics.ts';
import * as germanHeaders from './de/headers.ts';
import * as germanHints from './de/hints.ts';
import * as germanHover from './de/hover.ts';
import * as germanReplies from './de/replies.ts';
import * as englishDiagnostics from './en/diagnostics.ts';
import * as englishHeaders from './en/headers.ts';
import * as englishHints from './en/hints.ts';
import * as englishHover from './en/hover.ts';
import * as englishReplies from './en/replies.ts';
import { fill, segments } from './fill.ts';
import { dictionary } from './index.ts';
import { replyKeys } from './reply-key.ts';
import { rules } from './rules.ts';
import { tokenText } from './token.ts';

type Tree = string | { readonly [key: string]: Tree };

/** Every text with its path. */
function leaves(tree: unknown, path = ''): [string, string][] {
  if (typeof tree === 'string') return [[path, tree]];
  return Object.entries(tree as Record<string, Tree>).flatMap(([key, value]) =>
    leaves(value, `${path}/${key}`),
  );
}

const english = leaves([englishDiagnostics, englishHeaders, englishHints, englishHover, englishReplies]);
const german = new Map(leaves([germanDiagnostics, germanHeaders, germanHints, germanHover, germanReplies]));
const places = (text: string): string[] =>
  [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1] ?? ''))].sort();

describe('both languages', () => {
  it('have the same texts with the same parameters', () => {
    expect([...german.keys()].sort()).toEqual(english.map(([path]) => path).sort());
    for (const [path, text] of english) expect(places(german.get(path) ?? ''), path).toEqual(places(text));
  });

  it('have no empty text, no blank at an end, balanced backticks, and nothing that was left untranslated', () => {
    for (const [path, text] of [...english, ...german]) {
      expect(text.trim(), path).toBe(text);
      expect(text, path).not.toBe('');
      expect(text.split('`').length % 2, path).toBe(1);
      expect(text, path).not.toMatch(/ {2}|TODO|\bundefined\b/);
    }
    const prose = english.filter(
      ([, text]) =>
        text.split(' ').length > 3 &&
        !/^[A-Z]+ |^a |^\{command:|^nc |^dig |^openssl |^telnet |^rcpt /.test(text),
    );
    expect(prose.filter(([path, text]) => german.get(path) === text).map(([path]) => path)).toEqual([]);
  });

  it('address the German reader as du, with German quotes', () => {
    for (const [path, text] of german) {
      expect(text, path).not.toMatch(/\b(?:Ihnen|Ihrem|Ihren|Ihrer|Sie (?:können|müssen|sollten|haben))\b/);
      expect(text, path).not.toMatch(/[“][^„]*[”]/);
    }
  });

  it('survive missing parameters without a trace of the template', () => {
    for (const [path, text] of [...english, ...german])
      expect(fill(text), path).not.toMatch(/[{}]\w*[:|]|\{\w+\}/);
  });

  it('load area by area', async () => {
    expect((await dictionary('de').hints()).hints['LM-01'][2]).toContain('EHLO');
    expect((await dictionary('en').replies()).codes['354']).toContain('dot');
  });
});

describe('areas are complete', () => {
  it('every learner mistake has three steps [S1-190]', () => {
    const ids = Array.from({ length: 25 }, (_, i) => `LM-${String(i + 1).padStart(2, '0')}`);
    expect(Object.keys(englishHints.hints)).toEqual(expect.arrayContaining(ids));
    for (const steps of Object.values(englishHints.hints)) expect(steps).toHaveLength(3);
  });

  it('every diagnostic has a reference [G-11]', () => {
    expect(Object.keys(englishDiagnostics.diagnostics).sort()).toEqual(Object.keys(rules).sort());
    expect(Object.keys(rules).length).toBeGreaterThan(75);
  });

  it('ARC tags fall back to those of DKIM', () => {
    expect(tokenText(englishHeaders.tokens, 'arc.bh')).toBe(englishHeaders.tokens['dkim.bh']);
    expect(tokenText(englishHeaders.tokens, 'arc.i')).toBe(englishHeaders.tokens['arc.i']);
    expect(tokenText(englishHeaders.tokens, 'toString')).toBeUndefined();
  });
});

describe('filling', () => {
  it('puts parameters in, or what stands for them', () => {
    expect(fill('{a} and {b:that}', { a: 1 })).toBe('1 and that');
    expect(fill('{a}', {})).toBe('…');
    expect(fill('{n} {n|day|days}', { n: 1 })).toBe('1 day');
    expect(fill('{n} {n|day|days}', { n: 2 })).toBe('2 days');
    expect(fill('{toString:x}', {})).toBe('x');
    expect(segments('a `b` c')).toEqual([
      { text: 'a ', code: false },
      { text: 'b', code: true },
      { text: ' c', code: false },
    ]);
  });
});

describe('replies', () => {
  it('are taken apart [S1-191]', () => {
    expect(replyKeys('550 5.1.1 <x@y>: User unknown')).toEqual({
      code: '550',
      first: '5',
      second: '5',
      enhanced: '5.1.1',
      subject: '1',
      detail: '1.1',
    });
    expect(replyKeys('250-PIPELINING')).toEqual({ code: '250', first: '2', second: '5' });
    expect(replyKeys('hello')).toBeUndefined();
    expect(replyKeys('999 x')).toBeUndefined();
  });
});
