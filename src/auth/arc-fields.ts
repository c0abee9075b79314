// The three fields of an ARC set as values with their places, and the checks that need nothing but the field itself. Knows
// no DNS, no chain and no message. RFC 8617 §4.1; RFC 6376 §3.5 for the tags that it takes from there.

import { fromBase64, isBase64Error } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';
import { parseAuthenticationResults } from './authentication-results.ts';
import type { AuthenticationResults } from './authentication-results.ts';
import type { Canonicalization } from './dkim-canonical.ts';
import { isAskable, lowerAscii, plainDomain } from './domain.ts';
import type { Span } from './evidence.ts';
import { parseTagList, tagOf } from './tag-list.ts';
import type { Tag, TagList } from './tag-list.ts';

/** RFC 8617 §4.2.1. */
export const MOST_ARC_SETS = 50;

export type ArcFieldName = 'arc-authentication-results' | 'arc-message-signature' | 'arc-seal';

/** What AMS and AS have in common. Times in seconds since 1970. */
export interface ArcSignature {
  readonly instance: number;
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  readonly keyType: 'rsa' | 'ed25519';
  readonly hash: 'sha256';
  readonly domain: string;
  /** The same as `domain`: ARC has no agent identity. */
  readonly identityDomain: string;
  readonly selector: string;
  readonly signature: Bytes;
  readonly timestamp?: number;
}

export interface ArcMessageSignature extends ArcSignature {
  readonly headerCanonicalization: Canonicalization;
  readonly bodyCanonicalization: Canonicalization;
  /** False: there is no `c=`, and the two above are the default of RFC 6376 §3.5. */
  readonly hasCanonicalization: boolean;
  /** Lower case, in order. */
  readonly signedHeaders: readonly string[];
  readonly bodyHash: Bytes;
  readonly bodyLength?: number;
  readonly expires?: number;
}

export type ChainValue = 'none' | 'pass' | 'fail';

export interface ArcSeal extends ArcSignature {
  readonly cv: ChainValue;
}

export type ArcFieldReason =
  | 'syntax'
  | 'instance'
  | 'missing-tag'
  | 'algorithm'
  | 'from-not-signed'
  | 'seal-signed'
  | 'seal-has-headers'
  | 'chain-value';

export interface ArcFieldProblem {
  readonly reason: ArcFieldReason;
  readonly tag?: string;
  readonly span?: Span;
  readonly rule: string;
}

/** A field that was read: its tags as far as there are any, and the value or what is wrong with it. */
export interface ReadArc<T> {
  readonly tags: readonly Tag[];
  /** Known as soon as `i=` could be read. */
  readonly instance?: number;
  readonly value?: T;
  readonly problem?: ArcFieldProblem;
}

/** Of h=, b= and bh=: their grammar lets folding white space stand inside (RFC 6376 §3.5). */
const squeezed = (value: string): string => value.replace(/[ \t\r\n]+/g, '');
const MOST_HEADERS = 300;

/** `i=`: 1 to 50 (RFC 8617 §4.2.1). */
function readInstance(text: string): number | undefined {
  return /^\d{1,2}$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_ARC_SETS
    ? Number(text)
    : undefined;
}

/** Comments and blanks at the start of a text (RFC 5322 §3.2.2): how long they are. */
function leadingCfws(text: string): number {
  let depth = 0;
  let i = 0;
  for (; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '(') depth++;
    else if (depth > 0) {
      if (char === '\\') i++;
      else if (char === ')') depth--;
    } else if (!/[ \t\r\n]/.test(char)) break;
  }
  return i;
}

/** Reads the value of an ARC-Authentication-Results field: `i=1; mx.d.example; spf=pass …` (RFC 8617 §4.1.1). */
export function readArcResults(rawValue: string): ReadArc<AuthenticationResults> {
  let at = 0;
  const skip = (): void => {
    at += leadingCfws(rawValue.slice(at));
  };
  const take = (pattern: RegExp): string | undefined => {
    skip();
    const match = pattern.exec(rawValue.slice(at));
    at += match?.[0].length ?? 0;
    return match?.[0];
  };
  const rule = 'RFC 8617 §4.1.1';
  const hasName = take(/^i/) !== undefined && take(/^=/) !== undefined;
  const digits = hasName ? take(/^\d+/) : undefined;
  const span: Span = { start: Math.max(0, at - (digits?.length ?? 0)), end: at };
  const instance = readInstance(digits ?? '');
  if (instance === undefined) return { tags: [], problem: { reason: 'instance', tag: 'i', span, rule } };
  if (take(/^;/) === undefined) return { tags: [], instance, problem: { reason: 'syntax', span, rule } };
  const value = parseAuthenticationResults(rawValue.slice(at));
  return value === undefined
    ? { tags: [], instance, problem: { reason: 'syntax', span: { start: at, end: rawValue.length }, rule } }
    : { tags: [], instance, value };
}

type Fail = (
  reason: ArcFieldReason,
  rule: string,
  tag?: Tag | string,
  span?: Span,
) => { problem: ArcFieldProblem };

const fail: Fail = (reason, rule, tag, span) => {
  const place = span ?? (typeof tag === 'object' ? tag.valueSpan : undefined);
  return {
    problem: {
      reason,
      rule,
      ...(tag === undefined ? {} : { tag: typeof tag === 'string' ? tag : tag.name }),
      ...(place === undefined ? {} : { span: place }),
    },
  };
};

/** The tags of both signatures. */
function readCommon(
  list: TagList,
  required: readonly string[],
  rule: string,
): ArcSignature | { problem: ArcFieldProblem } {
  // RFC 6376 §3.2: blanks within a value stay, unless its tag says otherwise.
  const text = (name: string): string => tagOf(list, name)?.value ?? '';
  const wrong = list.errors[0];
  if (wrong !== undefined) return fail('syntax', 'RFC 6376 §3.2', undefined, wrong.span);
  const instance = readInstance(text('i'));
  if (instance === undefined) return fail('instance', 'RFC 8617 §4.2.1', tagOf(list, 'i') ?? 'i');
  for (const name of required)
    if (text(name) === '') return fail('missing-tag', rule, name, tagOf(list, name)?.span);
  const algorithm = lowerAscii(text('a'));
  // RFC 8617 §4.1 takes the algorithms of DKIM; rsa-sha1 was gone by then (RFC 8301).
  if (algorithm !== 'rsa-sha256' && algorithm !== 'ed25519-sha256')
    return fail('algorithm', 'RFC 8301 §3.1', tagOf(list, 'a'));
  const domain = text('d');
  if (!isAskable(domain) || !domain.includes('.')) return fail('syntax', rule, tagOf(list, 'd'));
  const selector = text('s');
  if (!isAskable(selector)) return fail('syntax', rule, tagOf(list, 's'));
  const signature = fromBase64(squeezed(text('b')));
  if (isBase64Error(signature)) return fail('syntax', rule, tagOf(list, 'b'));
  for (const name of ['t', 'x', 'l']) {
    const tag = tagOf(list, name);
    if (tag !== undefined && !/^\d{1,15}$/.test(tag.value)) return fail('syntax', rule, tag);
  }
  return {
    instance,
    algorithm,
    keyType: algorithm === 'rsa-sha256' ? 'rsa' : 'ed25519',
    hash: 'sha256',
    domain: plainDomain(domain),
    identityDomain: plainDomain(domain),
    selector: plainDomain(selector),
    signature,
    ...(text('t') === '' ? {} : { timestamp: Number(text('t')) }),
  };
}

function finish<T>(list: TagList, read: T | { problem: ArcFieldProblem }): ReadArc<T> {
  const instance = readInstance(tagOf(list, 'i')?.value ?? '');
  const base = { tags: list.tags, ...(instance === undefined ? {} : { instance }) };
  return typeof read === 'object' && read !== null && 'problem' in read
    ? { ...base, problem: read.problem }
    : { ...base, value: read };
}

/** Reads the value of an ARC-Message-Signature field (RFC 8617 §4.1.2). Never fails. */
export function readArcMessageSignature(rawValue: string): ReadArc<ArcMessageSignature> {
  const list = parseTagList(rawValue);
  return finish(list, messageSignatureOf(list));
}

function messageSignatureOf(list: TagList): ArcMessageSignature | { problem: ArcFieldProblem } {
  const rule = 'RFC 8617 §4.1.2';
  const common = readCommon(list, ['a', 'b', 'bh', 'd', 'h', 's'], rule);
  if ('problem' in common) return common;
  const plain = (name: string): string => tagOf(list, name)?.value ?? '';
  const text = (name: string): string => squeezed(plain(name));
  const hasKinds = tagOf(list, 'c') !== undefined;
  const kinds = /^(simple|relaxed)(?:\/(simple|relaxed))?$/i.exec(hasKinds ? plain('c') : 'simple/simple');
  if (kinds === null) return fail('syntax', rule, tagOf(list, 'c'));
  // An empty name between two colons names no field; sealers have been seen to write it.
  const signedHeaders = text('h').split(':').map(lowerAscii);
  if (signedHeaders.length > MOST_HEADERS || signedHeaders.some((name) => !/^[!-9;-~]*$/.test(name)))
    return fail('syntax', rule, tagOf(list, 'h'));
  if (signedHeaders.includes('arc-seal')) return fail('seal-signed', rule, tagOf(list, 'h'));
  if (!signedHeaders.includes('from')) return fail('from-not-signed', 'RFC 6376 §5.4', tagOf(list, 'h'));
  const bodyHash = fromBase64(text('bh'));
  if (isBase64Error(bodyHash)) return fail('syntax', rule, tagOf(list, 'bh'));
  return {
    ...common,
    hasCanonicalization: hasKinds,
    headerCanonicalization: lowerAscii(kinds[1] ?? '') as Canonicalization,
    bodyCanonicalization: lowerAscii(kinds[2] ?? 'simple') as Canonicalization,
    signedHeaders,
    bodyHash,
    ...(plain('l') === '' ? {} : { bodyLength: Number(plain('l')) }),
    ...(plain('x') === '' ? {} : { expires: Number(plain('x')) }),
  };
}

/** Reads the value of an ARC-Seal field (RFC 8617 §4.1.3). Never fails. */
export function readArcSeal(rawValue: string): ReadArc<ArcSeal> {
  const list = parseTagList(rawValue);
  return finish(list, sealOf(list));
}

function sealOf(list: TagList): ArcSeal | { problem: ArcFieldProblem } {
  const rule = 'RFC 8617 §4.1.3';
  // Found before anything else: a seal that names fields claims another scope than the one it must have.
  const h = tagOf(list, 'h');
  if (h !== undefined) return fail('seal-has-headers', rule, h);
  const common = readCommon(list, ['a', 'b', 'cv', 'd', 's'], rule);
  if ('problem' in common) return common;
  const cv = lowerAscii(tagOf(list, 'cv')?.value ?? '');
  if (cv !== 'none' && cv !== 'pass' && cv !== 'fail') return fail('chain-value', rule, tagOf(list, 'cv'));
  return { ...common, cv };
}
