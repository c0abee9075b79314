// All that an SPF record could ask, whoever the sender is: every term with its look-ups, includes within includes, and where the
// limits of RFC 7208 §4.6.4 are passed. For people who write records; receivers stop at the first match, see spf.ts.

import type { Asking } from '../dns/lookup.ts';
import { isAskable, plainDomain } from './domain.ts';
import { ask, isVoid, recordsOf, textRecords } from './evidence.ts';
import type { Span } from './evidence.ts';
import { SPF_LOOKUP_LIMIT } from './spf-mechanisms.ts';
import { isSpfRecord, parseSpfRecord } from './spf-record.ts';
import type { SpfMechanism, SpfModifier } from './spf-record.ts';

export interface SpfTreeTerm {
  readonly text: string;
  readonly span: Span;
  readonly name: string;
  /** How many look-ups the whole record has taken up to and with this term, before what is nested in it. */
  readonly lookups: number;
  readonly isLookup: boolean;
  /** What it asks for; absent where macros make it depend on the message. */
  readonly target?: string;
  /** There is nothing at the target (RFC 7208 §4.6.4). */
  readonly isVoid: boolean;
  /** Addresses and networks that it stands for, as far as they are fixed. */
  readonly networks: readonly string[];
  readonly nested?: SpfTreeRecord;
}

export interface SpfTreeRecord {
  readonly domain: string;
  readonly text?: string;
  /** Why there is nothing below: no record, several, one that is being read already, or too much. */
  readonly problem?: 'none' | 'many' | 'loop' | 'deep';
  readonly terms: readonly SpfTreeTerm[];
}

export interface SpfTree {
  readonly root: SpfTreeRecord;
  readonly lookups: number;
  readonly voids: readonly string[];
  /** The term that takes the look-up beyond the limit: its way from the root, and which term of the root leads there. */
  readonly culprit?: { readonly path: readonly string[]; readonly term: number };
  /** Includes and redirects that lead nowhere, by term of the root. */
  readonly missing: readonly { readonly target: string; readonly term: number; readonly text: string }[];
}

interface Count {
  lookups: number;
  readonly voids: string[];
  culprit?: NonNullable<SpfTree['culprit']>;
  readonly missing: SpfTree['missing'][number][];
}

/** Records of records are followed this far; what is beyond has broken every limit long before. */
const MOST_LOOKUPS = 40;

/** The tree of a domain's record, or of `text` as if it stood there. */
export function* spfTree(domain: string, text?: string): Asking<SpfTree> {
  const count: Count = { lookups: 0, voids: [], missing: [] };
  const name = plainDomain(domain);
  const root =
    text === undefined ? yield* fetched(name, [], count, 0) : yield* read(name, text, [], count, undefined);
  const { lookups, voids, culprit, missing } = count;
  return { root, lookups, voids, missing, ...(culprit === undefined ? {} : { culprit }) };
}

function* fetched(
  domain: string,
  path: readonly string[],
  count: Count,
  term: number | undefined,
): Asking<SpfTreeRecord> {
  if (path.includes(domain)) return { domain, problem: 'loop', terms: [] };
  if (count.lookups > MOST_LOOKUPS) return { domain, problem: 'deep', terms: [] };
  const answer = yield* ask(domain, 'TXT');
  if (path.length > 0 && isVoid(answer)) count.voids.push(domain);
  const records = textRecords(answer).filter((record) => isSpfRecord(record.text));
  const [first] = records;
  if (first === undefined) return { domain, problem: 'none', terms: [] };
  if (records.length > 1) return { domain, problem: 'many', terms: [] };
  return yield* read(domain, first.text, path, count, path.length === 0 ? undefined : term);
}

/** `term`: which term of the root led here; undefined in the root itself. */
function* read(
  domain: string,
  text: string,
  path: readonly string[],
  count: Count,
  term: number | undefined,
): Asking<SpfTreeRecord> {
  const parsed = parseSpfRecord(text);
  const hasAll = parsed.terms.some((one) => one.kind === 'mechanism' && one.name === 'all');
  const terms: SpfTreeTerm[] = [];
  for (const [index, one] of parsed.terms.entries()) {
    if (one.kind === 'bad') continue;
    const isLookup =
      one.kind === 'mechanism'
        ? !['all', 'ip4', 'ip6'].includes(one.name)
        : one.name === 'redirect' && !hasAll;
    const at = term ?? index;
    if (isLookup) {
      count.lookups++;
      if (count.lookups === SPF_LOOKUP_LIMIT + 1)
        count.culprit = { path: [...path, domain, one.text], term: at };
    }
    terms.push(yield* readTerm(domain, one, isLookup, [...path, domain], count, at));
  }
  return { domain, text, terms };
}

function* readTerm(
  domain: string,
  term: SpfMechanism | SpfModifier,
  isLookup: boolean,
  path: readonly string[],
  count: Count,
  at: number,
): Asking<SpfTreeTerm> {
  const { text, span, name } = term;
  const base = { text, span, name, lookups: count.lookups, isLookup, isVoid: false };
  if (name === 'ip4' || name === 'ip6') return { ...base, networks: [text.slice(text.indexOf(':') + 1)] };
  const spec = term.domainSpec;
  const isFixed = spec === undefined || spec.parts.every(({ kind }) => kind !== 'macro');
  const target = isFixed ? plainDomain(spec?.text ?? domain) : undefined;
  if (!isLookup || target === undefined || name === 'ptr' || !isAskable(target))
    return { ...base, networks: [], ...(target === undefined ? {} : { target }) };
  if (name === 'include' || name === 'redirect') {
    const voids = count.voids.length;
    const nested = yield* fetched(target, path, count, at);
    if (nested.problem === 'none') count.missing.push({ target, term: at, text });
    return {
      ...base,
      target,
      networks: [],
      isVoid: count.voids.length > voids && nested.problem === 'none',
      nested,
    };
  }
  const networks = yield* addresses(name, target, isV4Only(term));
  if (networks.length === 0) count.voids.push(target);
  return { ...base, target, networks, isVoid: networks.length === 0 };
}

const isV4Only = (term: SpfMechanism | SpfModifier): boolean => term.name === 'exists';

function* addresses(name: string, target: string, onlyV4: boolean): Asking<string[]> {
  const hosts: string[] = [];
  if (name === 'mx') {
    const answer = yield* ask(target, 'MX');
    hosts.push(...recordsOf(answer, 'MX').map(({ exchange }) => plainDomain(exchange)));
  } else hosts.push(target);
  const found: string[] = [];
  for (const host of hosts.slice(0, 10)) {
    if (!isAskable(host)) continue;
    found.push(...recordsOf(yield* ask(host, 'A'), 'A').map(({ address }) => address));
    if (!onlyV4) found.push(...recordsOf(yield* ask(host, 'AAAA'), 'AAAA').map(({ address }) => address));
  }
  return found;
}
