// The text of a DKIM key record as values with their places. Knows no DNS and no signature. RFC 6376 §3.6.1, RFC 8463
// §4 for Ed25519.

import { fromBase64, isBase64Error } from '../base/bytes.ts';
import { isKeyError, keyBits, readPublicKey } from '../crypto/keys.ts';
import type { PublicKey } from '../crypto/keys.ts';
import { lowerAscii } from './domain.ts';
import type { Span } from './evidence.ts';
import { parseTagList, tagOf } from './tag-list.ts';
import type { Tag } from './tag-list.ts';

export interface DkimKey {
  readonly keyType: 'rsa' | 'ed25519';
  readonly bits: number;
  readonly publicKey: PublicKey;
  /** `h=`: hashes that may be used; undefined means all. */
  readonly hashes?: readonly string[];
  /** `s=`: services; `*` is every one. */
  readonly services: readonly string[];
  /** `t=y`: the domain is only testing. */
  readonly isTesting: boolean;
  /** `t=s`: `i=` must be exactly `d=`. */
  readonly isStrict: boolean;
}

export type DkimKeyProblem = 'key-syntax' | 'key-version' | 'key-type' | 'key-revoked' | 'key-broken';

export interface ReadKey {
  readonly tags: readonly Tag[];
  readonly key?: DkimKey;
  readonly problem?: {
    readonly reason: DkimKeyProblem;
    readonly tag?: string;
    readonly span: Span;
    /** Of `key-broken`: bad base64 or bytes that are no key, and where in the decoded key. */
    readonly detail?: 'base64-character' | 'base64-padding' | 'base64-length' | 'der' | 'size';
    readonly byte?: number;
  };
}

const words = (value: string): string[] =>
  value
    .split(':')
    .map((word) => lowerAscii(word.trim()))
    .filter((word) => word !== '');

/** Keys read lately. Reading is a pure function of the text, so remembering changes nothing but the time it takes. */
const remembered = new Map<string, ReadKey>();
const MOST_REMEMBERED = 200;

/** Reads a key record. Never fails. */
export function readDkimKey(text: string): ReadKey {
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const read = readKey(text);
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  if (text.length <= 4096) remembered.set(text, read);
  return read;
}

function readKey(text: string): ReadKey {
  const list = parseTagList(text);
  const { tags } = list;
  const fail = (reason: DkimKeyProblem, span: Span, tag?: string): ReadKey => ({
    tags,
    problem: { reason, span, ...(tag === undefined ? {} : { tag }) },
  });
  const whole: Span = { start: 0, end: text.length };
  const p = tagOf(list, 'p');
  // A stray character inside p= is told more exactly below.
  const wrong = list.errors.find((error) => p === undefined || error.code !== 'character');
  if (wrong !== undefined) return fail('key-syntax', wrong.span);
  const version = tagOf(list, 'v');
  if (version !== undefined && (version !== tags[0] || version.value !== 'DKIM1'))
    return fail('key-version', version.span, 'v');
  if (p === undefined) return fail('key-syntax', whole, 'p');
  if (p.value === '') return fail('key-revoked', p.span, 'p');
  const k = tagOf(list, 'k');
  const keyType = k === undefined ? 'rsa' : lowerAscii(k.value);
  if (keyType !== 'rsa' && keyType !== 'ed25519') return fail('key-type', k?.valueSpan ?? whole, 'k');
  const bytes = fromBase64(p.value);
  if (isBase64Error(bytes)) {
    const start = p.valueSpan.start + bytes.at;
    return {
      tags,
      problem: {
        reason: 'key-broken',
        tag: 'p',
        span: { start: Math.min(start, p.valueSpan.end - 1), end: Math.min(start + 1, p.valueSpan.end) },
        detail: `base64-${bytes.reason}`,
      },
    };
  }
  const publicKey: PublicKey | { at: number; reason: string } =
    keyType === 'rsa'
      ? readPublicKey(bytes)
      : bytes.length === 32
        ? { type: 'ed25519', raw: bytes }
        : { at: bytes.length, reason: 'length' };
  if (isBroken(publicKey))
    return {
      tags,
      problem: {
        reason: 'key-broken',
        tag: 'p',
        span: p.valueSpan,
        detail: keyType === 'rsa' ? 'der' : 'size',
        byte: publicKey.at,
      },
    };
  if (publicKey.type !== keyType) return fail('key-type', p.valueSpan, 'p');
  const flags = words(tagOf(list, 't')?.value ?? '');
  const h = tagOf(list, 'h');
  return {
    tags,
    key: {
      keyType,
      bits: keyBits(publicKey),
      publicKey,
      ...(h === undefined ? {} : { hashes: words(h.value) }),
      services: words(tagOf(list, 's')?.value ?? '*'),
      isTesting: flags.includes('y'),
      isStrict: flags.includes('s'),
    },
  };
}

function isBroken(key: PublicKey | { at: number; reason: string }): key is { at: number; reason: string } {
  return isKeyError(key);
}
