// What stands at a place in an SPF, DKIM key, DMARC, MTA-STS, TLS-RPT or BIMI record or a DKIM-Signature, and what could be typed there. Answers
// with stable keys; the words for them are in the dictionaries.

import { isDmarcRecord } from './dmarc-record.ts';
import type { Span } from './evidence.ts';
import { isSpfRecord, parseSpfRecord, SPF_MECHANISMS } from './spf-record.ts';
import type { SpfTerm } from './spf-record.ts';
import { parseTagList } from './tag-list.ts';

export type RecordKind = 'spf' | 'dkim-key' | 'dkim-signature' | 'dmarc' | 'sts' | 'tlsrpt' | 'bimi';

export interface Explanation {
  readonly kind: RecordKind;
  /** `spf.include`, `spf.macro.i`, `dkim-key.p`, `dmarc.p`, `dmarc.p.reject`, … see `explanationKeys`. */
  readonly key: string;
  readonly span: Span;
  readonly params: Readonly<Record<string, string>>;
}

export interface Completion {
  readonly key: string;
  readonly insert: string;
  /** What the text replaces. */
  readonly span: Span;
}

/** Values that have a key of their own. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  'dmarc.v': ['DMARC1'],
  'dmarc.p': ['none', 'quarantine', 'reject'],
  'dmarc.sp': ['none', 'quarantine', 'reject'],
  'dmarc.np': ['none', 'quarantine', 'reject'],
  'dmarc.adkim': ['r', 's'],
  'dmarc.aspf': ['r', 's'],
  'dmarc.psd': ['y', 'n', 'u'],
  'dmarc.t': ['y', 'n'],
  'dmarc.fo': ['0', '1', 'd', 's'],
  'dkim-key.v': ['DKIM1'],
  'dkim-key.k': ['rsa', 'ed25519'],
  'dkim-key.h': ['sha256', 'sha1'],
  'dkim-key.s': ['*', 'email'],
  'dkim-key.t': ['y', 's'],
  'dkim-signature.v': ['1'],
  'dkim-signature.a': ['rsa-sha256', 'ed25519-sha256', 'rsa-sha1'],
  'dkim-signature.c': [
    'simple/simple',
    'simple/relaxed',
    'relaxed/simple',
    'relaxed/relaxed',
    'simple',
    'relaxed',
  ],
  'dkim-signature.q': ['dns/txt'],
  'sts.v': ['STSv1'],
  'tlsrpt.v': ['TLSRPTv1'],
  'bimi.v': ['BIMI1'],
};
const TAGS: Readonly<Record<Exclude<RecordKind, 'spf'>, readonly string[]>> = {
  dmarc: ['v', 'p', 'sp', 'np', 'rua', 'ruf', 'adkim', 'aspf', 'fo', 't', 'psd', 'pct', 'rf', 'ri'],
  'dkim-key': ['v', 'k', 'p', 'h', 's', 't', 'n', 'g'],
  'dkim-signature': ['v', 'a', 'c', 'd', 's', 'h', 'bh', 'b', 'i', 'l', 'q', 't', 'x', 'z'],
  sts: ['v', 'id'],
  tlsrpt: ['v', 'rua'],
  bimi: ['v', 'l', 'a'],
};
/** Tags that are explained but no longer offered. */
const OLD_TAGS = ['dmarc.pct', 'dmarc.rf', 'dmarc.ri', 'dkim-key.g'];
const MACRO_LETTERS = ['s', 'l', 'o', 'd', 'i', 'p', 'v', 'h', 'c', 'r', 't'];
const SPF_OTHERS = ['version', 'redirect', 'exp', 'modifier', 'bad', 'prefix'];
const QUALIFIER_KEYS: Readonly<Record<string, string>> = {
  '+': 'spf.qualifier.pass',
  '-': 'spf.qualifier.fail',
  '~': 'spf.qualifier.softfail',
  '?': 'spf.qualifier.neutral',
};

/** Every key that `explainRecord` and `completeRecord` may return, for the dictionaries' completeness test. */
export function explanationKeys(): string[] {
  const keys = [
    ...SPF_MECHANISMS.map((name) => `spf.${name}`),
    ...SPF_OTHERS.map((name) => `spf.${name}`),
    ...Object.values(QUALIFIER_KEYS),
    ...MACRO_LETTERS.map((letter) => `spf.macro.${letter}`),
  ];
  for (const kind of ['dmarc', 'dkim-key', 'dkim-signature', 'sts', 'tlsrpt', 'bimi'] as const) {
    keys.push(`${kind}.unknown`, ...TAGS[kind].map((tag) => `${kind}.${tag}`));
  }
  for (const [tag, values] of Object.entries(VALUES)) keys.push(...values.map((value) => `${tag}.${value}`));
  return keys;
}

/** What kind of record this TXT record is, by its name first and its text second. */
export function recordKind(name: string, text: string): RecordKind | undefined {
  const lower = name.toLowerCase();
  if (lower.startsWith('_dmarc.') || lower === '_dmarc' || isDmarcRecord(text)) return 'dmarc';
  if (/(?:^|\.)_domainkey(?:\.|$)/.test(lower) || /^v=DKIM1(?:;|\s|$)/.test(text)) return 'dkim-key';
  if (/^_mta-sts(?:\.|$)/.test(lower) || /^v=STSv1\b/.test(text)) return 'sts';
  if (/^_smtp\._tls(?:\.|$)/.test(lower) || /^v=TLSRPTv1\b/.test(text)) return 'tlsrpt';
  if (/^[^.]+\._bimi(?:\.|$)/.test(lower) || /^v=BIMI1\b/.test(text)) return 'bimi';
  return isSpfRecord(text) || /^v=spf1/i.test(text) ? 'spf' : undefined;
}

/** The innermost thing at a place of the record's joined text; undefined between things. */
export function explainRecord(kind: RecordKind, text: string, position: number): Explanation | undefined {
  return kind === 'spf' ? explainSpf(text, position) : explainTags(kind, text, position);
}

const inside = (span: Span, position: number): boolean => position >= span.start && position < span.end;

function explainSpf(text: string, position: number): Explanation | undefined {
  const record = parseSpfRecord(text);
  const found = (key: string, span: Span, params: Record<string, string> = {}): Explanation => ({
    kind: 'spf',
    key,
    span,
    params,
  });
  if (inside(record.versionSpan, position)) return found('spf.version', record.versionSpan);
  const term = record.terms.find((one) => inside(one.span, position));
  if (term === undefined) return undefined;
  if (term.kind === 'bad') return found('spf.bad', term.span, { text: term.text, code: term.error.code });
  const macro = macroAt(term, position);
  if (macro !== undefined)
    return found(`spf.macro.${macro.letter}`, macro.span, {
      text: text.slice(macro.span.start, macro.span.end),
    });
  const value = term.domainSpec?.text ?? '';
  if (term.kind === 'modifier')
    return found(term.name === 'unknown' ? 'spf.modifier' : `spf.${term.name}`, term.span, {
      text: term.text,
      value,
    });
  const isSigned = /^[+\-~?]/.test(term.text);
  if (isSigned && position === term.span.start)
    return found(
      QUALIFIER_KEYS[term.qualifier] ?? 'spf.bad',
      { start: position, end: position + 1 },
      { text: term.text },
    );
  if (term.prefixSpan !== undefined && inside(term.prefixSpan, position))
    return found('spf.prefix', term.prefixSpan, { text: term.text });
  return found(`spf.${term.name}`, term.span, { text: term.text, value, qualifier: term.qualifier });
}

function macroAt(
  term: Exclude<SpfTerm, { kind: 'bad' }>,
  position: number,
): { letter: string; span: Span } | undefined {
  for (const part of term.domainSpec?.parts ?? [])
    if (part.kind === 'macro' && inside(part.span, position)) return part;
  return undefined;
}

function explainTags(
  kind: Exclude<RecordKind, 'spf'>,
  text: string,
  position: number,
): Explanation | undefined {
  const tag = parseTagList(text).tags.find((one) => inside(one.span, position));
  if (tag === undefined) return undefined;
  const name = TAGS[kind].find(
    (one) => one === tag.name || (kind === 'dmarc' && one === tag.name.toLowerCase()),
  );
  const params = { tag: tag.name, value: tag.value };
  if (name === undefined) return { kind, key: `${kind}.unknown`, span: tag.span, params };
  const key = `${kind}.${name}`;
  if (inside(tag.valueSpan, position)) {
    const word = wordAt(text, tag.valueSpan, position);
    const value = VALUES[key]?.find((one) => one.toLowerCase() === word.text.toLowerCase());
    if (value !== undefined) return { kind, key: `${key}.${value}`, span: word.span, params };
  }
  return { kind, key, span: tag.span, params };
}

/** The colon-separated word of a value around a place. */
function wordAt(text: string, span: Span, position: number): { text: string; span: Span } {
  let start = position;
  let end = position;
  while (start > span.start && !/[:\s]/.test(text.charAt(start - 1))) start--;
  while (end < span.end && !/[:\s]/.test(text.charAt(end))) end++;
  return { text: text.slice(start, end), span: { start, end } };
}

/** What may be typed at a place, with what it replaces; tags that are there already are not offered again. */
export function completeRecord(kind: RecordKind, text: string, position: number): Completion[] {
  if (kind === 'spf') return completeSpf(text, position);
  const before = text.slice(0, position);
  const open = before.slice(before.lastIndexOf(';') + 1);
  const start = position - open.trimStart().length;
  const equals = open.indexOf('=');
  if (equals >= 0) {
    const key = `${kind}.${open.slice(0, equals).trim()}`;
    const word = /[^=:\s]*$/.exec(open)?.[0] ?? '';
    const span = { start: position - word.length, end: position };
    return (VALUES[key] ?? [])
      .filter((value) => value.toLowerCase().startsWith(word.toLowerCase()))
      .map((value) => ({ key: `${key}.${value}`, insert: value, span }));
  }
  const typed = open.trim();
  const present = new Set(parseTagList(text).tags.map((tag) => tag.name));
  return TAGS[kind]
    .filter((tag) => !OLD_TAGS.includes(`${kind}.${tag}`) && tag.startsWith(typed) && !present.has(tag))
    .map((tag) => ({ key: `${kind}.${tag}`, insert: `${tag}=`, span: { start, end: position } }));
}

function completeSpf(text: string, position: number): Completion[] {
  const before = text.slice(0, position);
  if (!before.includes(' '))
    return 'v=spf1'.startsWith(before.toLowerCase())
      ? [{ key: 'spf.version', insert: 'v=spf1 ', span: { start: 0, end: position } }]
      : [];
  const term = before.slice(before.lastIndexOf(' ') + 1);
  const macro = /%\{?$/.exec(term);
  if (macro !== null) {
    const span = { start: position - macro[0].length, end: position };
    const letters = MACRO_LETTERS.filter((letter) => !'crt'.includes(letter));
    return letters.map((letter) => ({ key: `spf.macro.${letter}`, insert: `%{${letter}}`, span }));
  }
  if (/[:/=]/.test(term)) return [];
  const sign = /^[+\-~?]/.exec(term)?.[0] ?? '';
  const typed = term.slice(sign.length).toLowerCase();
  const span = { start: position - typed.length, end: position };
  const names = [
    'include:',
    'a',
    'mx',
    'ip4:',
    'ip6:',
    'exists:',
    'all',
    ...(sign === '' ? ['redirect=', 'exp='] : []),
  ];
  return names
    .filter((name) => name.startsWith(typed))
    .map((name) => ({
      key: `spf.${name.replace(/[:=]$/, '')}`,
      insert: name === 'all' && sign === '' ? '~all' : name,
      span,
    }));
}
