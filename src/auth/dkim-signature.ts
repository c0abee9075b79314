// A DKIM-Signature field as values with their places, and the checks that need nothing but the field itself. Knows no
// DNS and no message. RFC 6376 §3.5 and §6.1.1, RFC 8301 and RFC 8463 for the algorithms.

import { fromBase64, isBase64Error } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';
import { isAskable, isInDomain, lowerAscii, plainDomain } from './domain.ts';
import type { Canonicalization } from './dkim-canonical.ts';
import type { Span } from './evidence.ts';
import { parseTagList, tagOf } from './tag-list.ts';
import type { Tag, TagList } from './tag-list.ts';

/** Values of a signature that can be used. Times in seconds since 1970. */
export interface DkimSignature {
  readonly algorithm: 'rsa-sha256' | 'rsa-sha1' | 'ed25519-sha256';
  readonly keyType: 'rsa' | 'ed25519';
  readonly hash: 'sha256' | 'sha1';
  readonly headerCanonicalization: Canonicalization;
  readonly bodyCanonicalization: Canonicalization;
  readonly domain: string;
  readonly selector: string;
  /** `i=`, or its default `@d` (RFC 6376 §3.5). */
  readonly identity: string;
  readonly identityDomain: string;
  /** Lower case, in order. */
  readonly signedHeaders: readonly string[];
  readonly bodyHash: Bytes;
  readonly signature: Bytes;
  readonly bodyLength?: number;
  readonly timestamp?: number;
  readonly expires?: number;
}

export type DkimSignatureProblem =
  | 'syntax'
  | 'version'
  | 'missing-tag'
  | 'algorithm'
  | 'from-not-signed'
  | 'domain-mismatch'
  | 'query-method'
  | 'expires-before-signing';

export interface ReadSignature {
  readonly tags: readonly Tag[];
  readonly signature?: DkimSignature;
  /** The first check that failed, with the tag and place it concerns. */
  readonly problem?: {
    readonly reason: DkimSignatureProblem;
    readonly tag?: string;
    readonly span?: Span;
    readonly rule: string;
  };
}

const REQUIRED = ['v', 'a', 'b', 'bh', 'd', 'h', 's'] as const;
/** Of h=, b=, bh=, i= and q=: their grammar lets folding white space stand inside (RFC 6376 §3.5). */
const squeezed = (value: string): string => value.replace(/[ \t\r\n]+/g, '');
const MOST_HEADERS = 300;

/** Reads the value of a DKIM-Signature field (after the colon, folding included). Never fails. */
export function readDkimSignature(rawValue: string): ReadSignature {
  const list = parseTagList(rawValue);
  const { tags } = list;
  const fail = (
    reason: DkimSignatureProblem,
    rule: string,
    tag?: Tag | string,
    span?: Span,
  ): ReadSignature => ({
    tags,
    problem: {
      reason,
      rule,
      ...(tag === undefined ? {} : { tag: typeof tag === 'string' ? tag : tag.name }),
      ...(span !== undefined ? { span } : typeof tag === 'object' ? { span: tag.valueSpan } : {}),
    },
  });
  const wrong = list.errors[0];
  // RFC 6376 §3.2: one error, or one tag twice, and the whole list is invalid.
  if (wrong !== undefined) return fail('syntax', 'RFC 6376 §3.2', undefined, wrong.span);
  const version = tagOf(list, 'v');
  if (version === undefined) return fail('missing-tag', 'RFC 6376 §6.1.1', 'v');
  if (version.value !== '1') return fail('version', 'RFC 6376 §6.1.1', version);
  for (const name of REQUIRED) {
    const tag = tagOf(list, name);
    if (tag === undefined || tag.value === '') return fail('missing-tag', 'RFC 6376 §6.1.1', name, tag?.span);
  }
  return readValues(list, fail);
}

function readValues(
  list: TagList,
  fail: (reason: DkimSignatureProblem, rule: string, tag?: Tag | string, span?: Span) => ReadSignature,
): ReadSignature {
  const syntax = (tag: Tag | undefined): ReadSignature => fail('syntax', 'RFC 6376 §3.5', tag);
  // RFC 6376 §3.2: blanks within a value stay, unless its tag says otherwise; `d=a. example` is no domain.
  const plain = (name: string): string => tagOf(list, name)?.value ?? '';
  const text = (name: string): string => squeezed(plain(name));
  const algorithm = lowerAscii(plain('a'));
  if (algorithm !== 'rsa-sha256' && algorithm !== 'rsa-sha1' && algorithm !== 'ed25519-sha256')
    return fail('algorithm', 'RFC 6376 §3.3', tagOf(list, 'a'));
  const canonicalization = /^(simple|relaxed)(?:\/(simple|relaxed))?$/i.exec(plain('c') || 'simple/simple');
  if (canonicalization === null) return syntax(tagOf(list, 'c'));
  const domain = plain('d');
  if (!isAskable(domain) || !domain.includes('.')) return syntax(tagOf(list, 'd'));
  const selector = plain('s');
  if (!isAskable(selector)) return syntax(tagOf(list, 's'));
  const signedHeaders = text('h').split(':').map(lowerAscii);
  if (signedHeaders.length > MOST_HEADERS || signedHeaders.some((name) => !/^[!-9;-~]+$/.test(name)))
    return syntax(tagOf(list, 'h'));
  if (!signedHeaders.includes('from')) return fail('from-not-signed', 'RFC 6376 §6.1.1', tagOf(list, 'h'));
  const bodyHash = fromBase64(text('bh'));
  if (isBase64Error(bodyHash)) return syntax(tagOf(list, 'bh'));
  const signature = fromBase64(text('b'));
  if (isBase64Error(signature)) return syntax(tagOf(list, 'b'));
  for (const name of ['l', 't', 'x']) {
    const tag = tagOf(list, name);
    if (tag !== undefined && !/^\d{1,15}$/.test(tag.value)) return syntax(tag);
  }
  const identity = tagOf(list, 'i') === undefined ? `@${domain}` : text('i');
  const at = identity.lastIndexOf('@');
  if (at < 0) return syntax(tagOf(list, 'i'));
  if (!isInDomain(identity.slice(at + 1), domain))
    return fail('domain-mismatch', 'RFC 6376 §6.1.1', tagOf(list, 'i'));
  const methods = text('q');
  if (methods !== '' && !methods.split(':').some((method) => lowerAscii(method) === 'dns/txt'))
    return fail('query-method', 'RFC 6376 §3.5', tagOf(list, 'q'));
  const number = (name: string): number | undefined => (plain(name) === '' ? undefined : Number(plain(name)));
  const timestamp = number('t');
  const expires = number('x');
  if (timestamp !== undefined && expires !== undefined && expires <= timestamp)
    return fail('expires-before-signing', 'RFC 6376 §3.5', tagOf(list, 'x'));
  const bodyLength = number('l');
  return {
    tags: list.tags,
    signature: {
      algorithm,
      keyType: algorithm === 'ed25519-sha256' ? 'ed25519' : 'rsa',
      hash: algorithm === 'rsa-sha1' ? 'sha1' : 'sha256',
      headerCanonicalization: lowerAscii(canonicalization[1] ?? '') as Canonicalization,
      // RFC 6376 §3.5: without a second part the body is simple.
      bodyCanonicalization: lowerAscii(canonicalization[2] ?? 'simple') as Canonicalization,
      domain: plainDomain(domain),
      selector: plainDomain(selector),
      identity,
      identityDomain: plainDomain(identity.slice(at + 1)),
      signedHeaders,
      bodyHash,
      signature,
      ...(bodyLength === undefined ? {} : { bodyLength }),
      ...(timestamp === undefined ? {} : { timestamp }),
      ...(expires === undefined ? {} : { expires }),
    },
  };
}

/** The field with everything between `b=` and the next `;` taken out (RFC 6376 §3.5, §3.7). `raw` without final CRLF. */
export function withoutSignature(raw: string, valueStart: number, tags: readonly Tag[]): string {
  const b = tags.find((tag) => tag.name === 'b');
  if (b === undefined) return raw;
  return raw.slice(0, valueStart + b.rawValueSpan.start) + raw.slice(valueStart + b.rawValueSpan.end);
}
