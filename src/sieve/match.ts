// How Sieve compares: comparators (RFC 4790), match types of RFC 5228 §2.7, relations of RFC 5231, and regular
// expressions. Knows no message. Every answer carries its match values and what it cost.

import { assertNever } from '../base/assert.ts';
import type { ComparatorName, Relation } from './language.ts';
import { compileRegex, matchRegex } from './regex.ts';
import type { Regex } from './regex.ts';

export type MatchType =
  | { readonly kind: 'is' | 'contains' | 'matches' | 'regex' }
  | { readonly kind: 'count' | 'value'; readonly relation: Relation };

export interface Matcher {
  readonly type: MatchType;
  readonly comparator: ComparatorName;
}

export interface MatchOutcome {
  readonly matched: boolean;
  /** `${0}`, `${1}` … of `:matches` and `:regex`, present when matched. */
  readonly values?: readonly string[];
  readonly steps: number;
  /** The pattern is no regular expression (possible only when it came from a variable), or it cost too much. */
  readonly failure?: 'bad-regex' | 'too-many-steps';
}

/** RFC 4790 §9.2: only ASCII letters, and to upper case, which matters where `_` stands between the cases. */
export function asciiUpper(text: string): string {
  return text.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}

export function asciiLower(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

/** Digits at the start without leading zeros, or undefined: then the value is infinity (RFC 4790 §9.1.1). */
function leadingNumber(text: string): string | undefined {
  const digits = /^[0-9]+/.exec(text);
  return digits === null ? undefined : digits[0].replace(/^0+(?=.)/, '');
}

/** Order of two texts: negative, 0 or positive. */
export function compareWith(comparator: ComparatorName, a: string, b: string): number {
  switch (comparator) {
    case 'i;octet':
      return compareOctets(a, b);
    case 'i;ascii-casemap':
      return compareOctets(asciiUpper(a), asciiUpper(b));
    case 'i;ascii-numeric': {
      const x = leadingNumber(a);
      const y = leadingNumber(b);
      if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
      return x.length === y.length ? (x < y ? -1 : x > y ? 1 : 0) : x.length - y.length;
    }
    default:
      return assertNever(comparator);
  }
}

/** UTF-8 keeps the order of code points, UTF-16 does not: surrogates sort before U+E000. */
function compareOctets(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const high = (code: number): number => (code >= 0xd800 && code <= 0xdfff ? code + 0x10000 : code);
    return high(x) - high(y);
  }
  return a.length - b.length;
}

/** Whether an order satisfies a relation. */
export function holdsRelation(relation: Relation, order: number): boolean {
  switch (relation) {
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    default:
      return assertNever(relation);
  }
}

interface Segment {
  /** One entry a character; `null` is `?`. */
  readonly chars: readonly (string | null)[];
}

/** A pattern cut at its stars; `\` takes the next character as it is (RFC 5228 §2.7.1). */
function segmentsOf(pattern: string): readonly Segment[] {
  const segments: { chars: (string | null)[] }[] = [{ chars: [] }];
  const points = Array.from(pattern);
  for (let i = 0; i < points.length; i++) {
    const char = points[i] as string;
    const last = segments.at(-1) as { chars: (string | null)[] };
    if (char === '*') segments.push({ chars: [] });
    else if (char === '?') last.chars.push(null);
    else if (char === '\\' && i + 1 < points.length) last.chars.push(points[++i] as string);
    else last.chars.push(char);
  }
  return segments;
}

/**
 * `:matches`: the whole text against a pattern with `*` and `?`. Each star takes as little as possible, from left to
 * right (RFC 5229 §3.2); the earliest place of each piece is therefore always right and no way back is needed.
 */
export function matchWildcards(
  pattern: string,
  text: string,
  ignoreCase: boolean,
  maxSteps = Infinity,
): MatchOutcome {
  const shown = Array.from(text);
  const points = ignoreCase ? Array.from(asciiUpper(text)) : shown;
  const segments = segmentsOf(ignoreCase ? asciiUpper(pattern) : pattern);
  const values: string[] = [text];
  let steps = points.length + pattern.length;
  let at = 0;

  const fitsAt = (segment: Segment, position: number): boolean => {
    for (let i = 0; i < segment.chars.length; i++) {
      steps++;
      const want = segment.chars[i];
      if (want !== null && want !== points[position + i]) return false;
    }
    return true;
  };
  const questionMarks = (segment: Segment, position: number): void => {
    segment.chars.forEach((char, i) => {
      if (char === null) values.push(shown[position + i] ?? '');
    });
  };

  for (const [index, segment] of segments.entries()) {
    const size = segment.chars.length;
    const lastOne = index === segments.length - 1;
    let found = -1;
    if (index === 0) {
      if (points.length >= size && (!lastOne || points.length === size) && fitsAt(segment, 0)) found = 0;
    } else if (lastOne) {
      const tail = points.length - size;
      if (tail >= at && fitsAt(segment, tail)) found = tail;
    } else {
      for (let position = at; position + size <= points.length; position++) {
        if (steps > maxSteps) return { matched: false, steps, failure: 'too-many-steps' };
        if (!fitsAt(segment, position)) continue;
        found = position;
        break;
      }
    }
    if (found < 0) return { matched: false, steps };
    if (index > 0) values.push(shown.slice(at, found).join(''));
    questionMarks(segment, found);
    at = found + size;
  }
  return { matched: true, values, steps };
}

/** One value against one key. `:count` is the caller's: it compares numbers of values, by this with `value`. */
export function matchOne(
  matcher: Matcher,
  value: string,
  key: string,
  maxSteps: number,
  regexCache: Map<string, Regex | undefined>,
): MatchOutcome {
  const { type, comparator } = matcher;
  const fold = comparator === 'i;ascii-casemap' ? asciiUpper : (text: string): string => text;
  const cost = value.length + key.length;
  switch (type.kind) {
    case 'is':
      return { matched: compareWith(comparator, value, key) === 0, steps: cost };
    case 'contains':
      return { matched: fold(value).includes(fold(key)), steps: cost };
    case 'matches':
      return matchWildcards(key, value, comparator === 'i;ascii-casemap', maxSteps);
    case 'count':
    case 'value':
      return { matched: holdsRelation(type.relation, compareWith(comparator, value, key)), steps: cost };
    case 'regex': {
      let regex = regexCache.get(key);
      if (regex === undefined) {
        const compiled = compileRegex(key);
        if ('error' in compiled) return { matched: false, steps: cost, failure: 'bad-regex' };
        regex = compiled.regex;
        regexCache.set(key, regex);
      }
      const outcome = matchRegex(regex, value, comparator === 'i;ascii-casemap', maxSteps);
      if (outcome.exhausted) return { matched: false, steps: outcome.steps, failure: 'too-many-steps' };
      return outcome.values === undefined
        ? { matched: false, steps: outcome.steps }
        : { matched: true, values: outcome.values, steps: outcome.steps };
    }
    default:
      return assertNever(type);
  }
}
