// What the word at the cursor means, in the reader's language: for hover, and for the explanations beside completions. Works
// on the tokens of one text (zone-tokens.ts) and on the words handed in; knows no editor and asks nobody.

import { isPrivateAddress } from '../../dns/address.ts';
import { fill } from '../../text/fill.ts';
import type { ZoneText } from '../../text/en/zone.ts';
import { readZone, tokenAt, ttlSeconds, type Meaning, type ZoneToken } from './zone-tokens.ts';

export type ZoneWords = ZoneText['words'];

export interface Explanation {
  readonly token: ZoneToken;
  /** Markdown with backticks as its only markup. */
  readonly paragraphs: readonly string[];
}

/** `line` from 1, `column` from 0. */
export function explainAt(
  text: string,
  line: number,
  column: number,
  zone: string,
  words: ZoneWords,
): Explanation | undefined {
  const token = tokenAt(readZone(text)[line - 1]?.tokens ?? [], column);
  if (!token?.meaning) return undefined;
  const paragraphs = explain(token.meaning, originAt(text, line, zone), zone, words);
  return paragraphs.length > 0 ? { token, paragraphs } : undefined;
}

/** What is appended to relative names in that line. */
export function originAt(text: string, line: number, zone: string): string {
  let origin = zone;
  for (const { tokens } of readZone(text).slice(0, line - 1)) {
    const [first, second] = tokens;
    if (first?.meaning?.of !== 'directive' || first.meaning.name !== '$ORIGIN') continue;
    if (second?.meaning?.of === 'target') origin = absolute(second.meaning.name, origin);
  }
  return origin;
}

/** A name as written, with what the zone file appends. */
export function absolute(name: string, origin: string): string {
  if (name === '@') return origin;
  if (name.endsWith('.')) return name;
  return origin === '.' ? `${name}.` : `${name}.${origin}`;
}

export function explain(meaning: Meaning, origin: string, zone: string, words: ZoneWords): readonly string[] {
  switch (meaning.of) {
    case 'directive':
      return known(words.directive, meaning.name);
    case 'owner':
      if (meaning.name === '@') return [fill(words.apex, { name: origin })];
      return [
        fill(words.owner, { name: absolute(meaning.name, origin) }),
        ...doubled(meaning.name, zone, words),
      ];
    case 'target':
      return [
        fill(words.target, { name: absolute(meaning.name, origin) }),
        ...doubled(meaning.name, zone, words),
      ];
    case 'ttl':
      return [fill(words.ttl, { duration: duration(meaning.seconds, words) })];
    case 'class':
      return [words.class];
    case 'type':
      return known(words.type, meaning.name);
    case 'soa': {
      const name =
        meaning.field === 'mname' || meaning.field === 'rname' ? [absolute(meaning.value, origin)] : [];
      const seconds = ttlSeconds(meaning.value) ?? 0;
      return [
        fill(words.soa[meaning.field], { duration: duration(seconds, words) }),
        ...name.map((full) => fill(words.target, { name: full })),
      ];
    }
    case 'preference':
      return [fill(words.preference, { value: meaning.value })];
    case 'address':
      return [isPrivateAddress(meaning.address) ? words.privateAddress : words.address];
    case 'version':
      return [words.version[meaning.format]];
    case 'spf':
      return spf(meaning, words);
    case 'tag': {
      const tag = known(words[meaning.format], meaning.tag);
      const takes =
        /^(p|sp|np|adkim|aspf|k)$/.test(meaning.tag) || (meaning.tag === 't' && meaning.value === 'y');
      return [
        ...(tag.length > 0 ? tag : [words.tagUnknown]),
        ...(takes ? known(words.value, meaning.value.toLowerCase()) : []),
      ];
    }
  }
}

function spf(meaning: Meaning & { of: 'spf' }, words: ZoneWords): readonly string[] {
  const term = known(words.spf, meaning.term);
  if (term.length === 0) return [words.spfUnknown];
  const bits = /^ip([46])$/.exec(meaning.term);
  const prefix = /\/(\d+)$/.exec(meaning.value)?.[1];
  const size = (bits?.[1] === '6' ? 128 : 32) - Number(prefix ?? (bits?.[1] === '6' ? 128 : 32));
  const count = size > 52 ? `2^${size}` : 2 ** Math.max(0, size);
  return [
    ...term,
    ...(bits && meaning.value !== '' ? [fill(words.network, { count })] : []),
    ...known(words.qualifier, meaning.qualifier),
  ];
}

function doubled(name: string, zone: string, words: ZoneWords): readonly string[] {
  const bare = zone.replace(/\.$/, '').toLowerCase();
  const written = name.toLowerCase();
  const ends = bare !== '' && (written === bare || written.endsWith(`.${bare}`));
  return ends ? [fill(words.doubled, { name: `${name}.` })] : [];
}

function known(texts: Readonly<Record<string, string>>, key: string): readonly string[] {
  const text = Object.hasOwn(texts, key) ? texts[key] : undefined;
  return text === undefined ? [] : [text];
}

/** `1 h 30 min (5400 seconds)`: as people say it, and as the file counts. */
export function duration(seconds: number, words: ZoneWords): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of [
    ['d', 86400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  const spoken = parts.length === 0 ? '0 s' : parts.join(' ');
  return seconds < 60 ? spoken : `${spoken} (${fill(words.seconds, { count: seconds })})`;
}
