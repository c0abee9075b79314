// What the word at the cursor means, in the reader's language: for hover, and for the explanations beside completions. Works
// on the tokens of one text (zone-tokens.ts) and on the words handed in; knows no editor and asks nobody.

import { assertNever } from '../../base/assert.ts';
import { isPrivateAddress } from '../../dns/address.ts';
import { fill } from '../../text/fill.ts';
import type { ZoneText } from '../../text/en/zone.ts';
import { readZone, tokenAt, ttlSeconds, type Meaning, type ZoneToken } from './zone-tokens.ts';

export interface Glossary {
  readonly words: ZoneText['words'];
  /** What the words of zone files and records mean, by id (`type.MX`, `dmarc.p`). */
  readonly hover: Readonly<Record<string, string>>;
  /** Where the standards say so, by the same ids. */
  readonly rules: Readonly<Record<string, string>>;
}

export interface Explanation {
  readonly token: ZoneToken;
  /** Backticks are code. */
  readonly paragraphs: readonly string[];
  /** `RFC 7208 §5.6` */
  readonly rule?: string;
}

/** `line` from 1, `column` from 0. */
export function explainAt(
  text: string,
  line: number,
  column: number,
  zone: string,
  glossary: Glossary,
): Explanation | undefined {
  const token = tokenAt(readZone(text)[line - 1]?.tokens ?? [], column);
  if (!token) return undefined;
  const { meaning } = token;
  const id = meaning ? hoverId(meaning, glossary) : token.kind === 'comment' ? 'zone.comment' : undefined;
  const general = id === undefined ? [] : entry(glossary.hover, id);
  const special = meaning ? particulars(meaning, originAt(text, line, zone), zone, glossary) : [];
  const paragraphs = [...general, ...special];
  if (paragraphs.length === 0) return undefined;
  const [rule] = id === undefined ? [] : entry(glossary.rules, id);
  return { token, paragraphs, ...(rule === undefined ? {} : { rule }) };
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

const formatPrefix = {
  spf: 'spf',
  dkim: 'dkim-key',
  dmarc: 'dmarc',
  sts: 'sts',
  tlsrpt: 'tlsrpt',
  bimi: 'bimi',
  plain: 'zone',
} as const;

/** The id of a word's general explanation. */
function hoverId(meaning: Meaning, { hover }: Glossary): string {
  const known = (id: string, otherwise: string): string => (Object.hasOwn(hover, id) ? id : otherwise);
  switch (meaning.of) {
    case 'directive':
      return `directive.${meaning.name}`;
    case 'owner':
      if (meaning.name === '@') return 'zone.@';
      return meaning.name.startsWith('*') ? 'zone.wildcard' : 'zone.owner';
    case 'target':
      return '';
    case 'ttl':
      return 'zone.ttl';
    case 'class':
      return 'zone.class';
    case 'type':
      return `type.${meaning.name}`;
    case 'soa':
      return `soa.${meaning.field}`;
    case 'preference':
      return 'mx.preference';
    case 'address':
      return '';
    case 'version':
      return `${formatPrefix[meaning.format]}.v`;
    case 'spf':
      return known(`spf.${meaning.term}`, 'spf.unknown');
    case 'tag':
      return known(
        `${formatPrefix[meaning.format]}.${meaning.tag}`,
        `${formatPrefix[meaning.format]}.unknown`,
      );
    default:
      return assertNever(meaning);
  }
}

/** What is to be said about this very word, beyond its kind. */
function particulars(meaning: Meaning, origin: string, zone: string, glossary: Glossary): readonly string[] {
  const { words } = glossary;
  switch (meaning.of) {
    case 'owner':
    case 'target':
      return [
        fill(words.target, { name: absolute(meaning.name, origin) }),
        ...doubled(meaning.name, zone, words),
      ];
    case 'ttl':
      return [duration(meaning.seconds, words)];
    case 'soa': {
      if (meaning.field === 'mname' || meaning.field === 'rname') {
        return [fill(words.target, { name: absolute(meaning.value, origin) })];
      }
      const seconds = meaning.field === 'serial' ? undefined : ttlSeconds(meaning.value);
      return seconds === undefined ? [] : [duration(seconds, words)];
    }
    case 'address':
      return [isPrivateAddress(meaning.address) ? words.privateAddress : words.address];
    case 'spf':
      return [...network(meaning, words), ...entry(glossary.hover, `spf.qualifier.${meaning.qualifier}`)];
    case 'tag': {
      const takes =
        /^(dkim|dmarc)$/.test(meaning.format) &&
        (/^(p|sp|np|adkim|aspf|k)$/.test(meaning.tag) || (meaning.tag === 't' && meaning.value === 'y'));
      return takes ? entry(words.value, meaning.value.toLowerCase()) : [];
    }
    case 'directive':
    case 'class':
    case 'type':
    case 'preference':
    case 'version':
      return [];
    default:
      return assertNever(meaning);
  }
}

function network(meaning: Meaning & { of: 'spf' }, words: ZoneText['words']): readonly string[] {
  const family = /^ip([46])$/.exec(meaning.term)?.[1];
  if (family === undefined || meaning.value === '') return [];
  const bits = family === '6' ? 128 : 32;
  const size = Math.max(0, bits - Number(/\/(\d+)$/.exec(meaning.value)?.[1] ?? bits));
  return [fill(words.network, { count: size > 52 ? `2^${size}` : 2 ** size })];
}

function doubled(name: string, zone: string, words: ZoneText['words']): readonly string[] {
  const bare = zone.replace(/\.$/, '').toLowerCase();
  const written = name.toLowerCase();
  const ends = bare !== '' && (written === bare || written.endsWith(`.${bare}`));
  return ends ? [fill(words.doubled, { name: `${name}.` })] : [];
}

function entry(texts: Readonly<Record<string, string>>, key: string): readonly string[] {
  const text = Object.hasOwn(texts, key) ? texts[key] : undefined;
  return text === undefined ? [] : [text];
}

/** `1 h 30 min (5400 seconds)`: as people say it, and as the file counts. */
export function duration(seconds: number, words: ZoneText['words']): string {
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
