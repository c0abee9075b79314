// Every phrase that a view can return has words. Views build some keys from codes (`mark.spf.${…}`); for those, at least
// one key must start like that and end like that.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { explain as germanReasons } from './de/explain.ts';
import { story as germanStory } from './de/story.ts';
import { explain } from './en/explain.ts';
import { story } from './en/story.ts';
import { fill } from './fill.ts';

const folder = new URL('../view/', import.meta.url);
const sources = readdirSync(folder)
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  .map((name) => readFileSync(new URL(name, folder), 'utf8'))
  .join('\n');
const known = new Set([...Object.keys(story), ...Object.keys(explain)]);

/** Literal and built keys in the views. */
const literals = [...sources.matchAll(/'((?:mark|hop|fact|why)\.[\w.-]+)'/g)].map((match) => match[1] ?? '');
const built = [...sources.matchAll(/`((?:mark|hop|fact|why)\.[^`]*)`/g)].map((match) => match[1] ?? '');

describe('the words of the story', () => {
  it('finds the keys in the views at all', () => {
    expect(literals.length).toBeGreaterThan(50);
    expect(built.length).toBeGreaterThan(10);
  });

  it('has words for every key that is written out', () => {
    expect(literals.filter((key) => !known.has(key))).toEqual([]);
  });

  it.each([...new Set(built)])('has words for %s', (template) => {
    const pattern = template.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const expression = new RegExp(`^${pattern.join('.+')}$`);
    expect([...known].some((key) => expression.test(key))).toBe(true);
  });

  it('uses the same parameters in both languages', () => {
    const names = (text: string): string[] =>
      [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].sort();
    const pairs = [
      ...Object.entries(story).map(
        ([key, text]) => [key, text, germanStory[key as keyof typeof story]] as const,
      ),
      ...Object.entries(explain).map(
        ([key, text]) => [key, text, germanReasons[key as keyof typeof explain]] as const,
      ),
    ];
    for (const [key, english, german] of pairs) {
      const extra = names(german).filter((name) => !names(english).includes(name));
      expect({ key, extra }).toEqual({ key, extra: [] });
    }
  });

  it('fills in and counts', () => {
    expect(fill(story['mark.passed.minutes'], { n: 1 })).toBe('1 minute passes');
    expect(fill(germanStory['mark.passed.minutes'], { n: 5 })).toBe('5 Minuten vergehen');
  });
});
