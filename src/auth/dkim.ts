// Verifies the DKIM signatures of a message. A generator that asks for keys and returns one verdict per signature, top
// one first, each with its whole reasoning. Knows no policy: what a failure means is for DMARC and the host. RFC 6376
// §6, RFC 8301, RFC 8463.

import { equalBytes, latin1, toBase64, toHex } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';
import { ed25519Verify } from '../crypto/ed25519.ts';
import { hash } from '../crypto/hash.ts';
import { rsaVerify } from '../crypto/rsa.ts';
import type { Asking } from '../dns/lookup.ts';
import { bodyOf, parseMessage } from '../message/header.ts';
import type { HeaderField, Message } from '../message/header.ts';
import { canonicalBody, headerBlock, selectFields } from './dkim-canonical.ts';
import type { Canonicalization } from './dkim-canonical.ts';
import { readDkimKey } from './dkim-key.ts';
import type { DkimKey, ReadKey } from './dkim-key.ts';
import { readDkimSignature, withoutSignature } from './dkim-signature.ts';
import type { DkimSignature } from './dkim-signature.ts';
import type { DkimCheck, DkimCheckName, DkimReason, DkimResult, DkimVerdict } from './dkim-verdict.ts';
import { ask, isTemporary, textRecords } from './evidence.ts';
import type { DnsEvidence, Span } from './evidence.ts';

export interface DkimOptions {
  /** Seconds since 1970 on the verifier's clock. */
  readonly nowSeconds: number;
  /** More signatures than this are not looked at (RFC 6376 §8.4). Default 10. */
  readonly maxSignatures?: number;
  /** RFC 8301 §3.2. Default 1024. */
  readonly minRsaBits?: number;
  /** How far in the future `t=` may lie. Default 300. */
  readonly clockSkewSeconds?: number;
  /** Bytes of canonical body kept in the verdict. Default 4096. */
  readonly bodyTraceLength?: number;
}

/** Result by reason: RFC 8601 §2.7.1 in the words of RFC 6376 §6.1. */
const RESULT_OF: Readonly<Record<DkimReason, DkimResult>> = {
  ok: 'pass',
  syntax: 'neutral',
  version: 'neutral',
  algorithm: 'neutral',
  'query-method': 'neutral',
  'missing-tag': 'permerror',
  'from-not-signed': 'permerror',
  'domain-mismatch': 'permerror',
  'expires-before-signing': 'permerror',
  expired: 'permerror',
  'signed-in-future': 'policy',
  'too-many-signatures': 'policy',
  'weak-hash': 'policy',
  'key-short': 'policy',
  'no-key': 'permerror',
  'key-lookup-failed': 'temperror',
  'key-syntax': 'permerror',
  'key-version': 'permerror',
  'key-type': 'permerror',
  'key-revoked': 'permerror',
  'key-broken': 'permerror',
  'key-hash': 'permerror',
  'key-service': 'permerror',
  'key-strict': 'permerror',
  'body-length': 'permerror',
  'body-hash': 'fail',
  signature: 'fail',
};

/** Canonical bodies and their hashes, made once for all signatures of a message. */
export type BodyHashes = Map<
  string,
  { readonly text: string; readonly used: number; readonly digest: Bytes }
>;
type Draft = { -readonly [K in keyof DkimVerdict]?: DkimVerdict[K] };

/** One verdict per DKIM-Signature field; none means the message is not signed. */
export function* verifyDkim(
  input: string | Uint8Array | Message,
  options: DkimOptions,
): Asking<DkimVerdict[]> {
  const message = typeof input === 'string' || input instanceof Uint8Array ? parseMessage(input) : input;
  const bodies: BodyHashes = new Map();
  const verdicts: DkimVerdict[] = [];
  for (let i = 0; i < message.fields.length; i++) {
    const field = message.fields[i];
    if (field?.key !== 'dkim-signature') continue;
    const isOverLimit = verdicts.length >= (options.maxSignatures ?? 10);
    // The names of signatures beyond the limit are kept, up to a bound, so that nothing seems to be unsigned.
    if (isOverLimit && verdicts.length >= 100) break;
    verdicts.push(yield* verifyOne(message, field, i, options, bodies, isOverLimit));
  }
  return verdicts;
}

function* verifyOne(
  message: Message,
  field: HeaderField,
  index: number,
  options: DkimOptions,
  bodies: BodyHashes,
  isOverLimit: boolean,
): Asking<DkimVerdict> {
  const read = readDkimSignature(field.rawValue);
  const { signature } = read;
  const tagText = (name: string): string => read.tags.find((tag) => tag.name === name)?.value ?? '';
  const checks: DkimCheck[] = [];
  const draft: Draft = {};
  const good = (name: DkimCheckName, rule: string): void => {
    checks.push({ name, isGood: true, rule });
  };
  const end = (
    name: DkimCheckName,
    reason: DkimReason,
    rule: string,
    at?: DkimVerdict['at'],
  ): DkimVerdict => {
    checks.push({ name, isGood: reason === 'ok', rule });
    const isTesting = draft.key?.isTesting === true;
    const result = RESULT_OF[reason];
    return {
      ...draft,
      // RFC 6376 §3.6.1: a test signature that fails counts as no signature.
      result: isTesting && result === 'fail' ? 'neutral' : result,
      reason,
      rule,
      ...(at === undefined ? {} : { at }),
      field: index,
      rawValue: field.rawValue,
      tags: read.tags,
      checks,
      domain: signature?.domain ?? tagText('d').toLowerCase(),
      selector: signature?.selector ?? tagText('s').toLowerCase(),
      identity: signature?.identity ?? tagText('i'),
      algorithm: signature?.algorithm ?? tagText('a').toLowerCase(),
      headerB: tagText('b')
        .replace(/[ \t\r\n]+/g, '')
        .slice(0, 8),
      isTesting,
    };
  };
  if (isOverLimit) return end('limit', 'too-many-signatures', 'RFC 6376 §8.4');
  const { problem } = read;
  if (signature === undefined || problem !== undefined)
    return end('field', problem?.reason ?? 'syntax', problem?.rule ?? 'RFC 6376 §6.1.1', {
      ...(problem?.tag === undefined ? {} : { tag: problem.tag }),
      ...(problem?.span === undefined ? {} : { span: problem.span }),
    });
  if (signature.hash === 'sha1') return end('field', 'weak-hash', 'RFC 8301 §3.1', { tag: 'a' });
  good('field', 'RFC 6376 §6.1.1');
  draft.canonicalization = {
    header: signature.headerCanonicalization,
    body: signature.bodyCanonicalization,
  };
  const { expires, timestamp } = signature;
  if (expires !== undefined && expires < options.nowSeconds)
    return end('time', 'expired', 'RFC 6376 §3.5', { tag: 'x' });
  if (timestamp !== undefined && timestamp > options.nowSeconds + (options.clockSkewSeconds ?? 300))
    return end('time', 'signed-in-future', 'RFC 6376 §3.5', { tag: 't' });
  good('time', 'RFC 6376 §3.5');
  const lookup = yield* ask(`${signature.selector}._domainkey.${signature.domain}`, 'TXT');
  draft.keyLookup = lookup;
  if (isTemporary(lookup)) return end('key-lookup', 'key-lookup-failed', 'RFC 6376 §6.1.2');
  const picked = pickKey(lookup, signature);
  if (picked === undefined) return end('key-lookup', 'no-key', 'RFC 6376 §6.1.2');
  good('key-lookup', 'RFC 6376 §6.1.2');
  draft.key = picked.trace;
  const key = picked.read.key;
  if (key === undefined)
    return end('key-record', picked.read.problem?.reason ?? 'key-syntax', 'RFC 6376 §6.1.2');
  good('key-record', 'RFC 6376 §3.6.1');
  const misuse = keyMisuse(key, signature, options.minRsaBits ?? 1024);
  if (misuse !== undefined) return end('key-use', misuse.reason, misuse.rule);
  good('key-use', 'RFC 6376 §6.1.2');
  const body = hashBody(message, signature, bodies);
  const limit = options.bodyTraceLength ?? 4096;
  draft.body = {
    statedHash: toBase64(signature.bodyHash),
    computedHash: toBase64(body.digest),
    bytes: body.text.slice(0, Math.min(body.used, limit)),
    isCut: body.used > limit,
    hashedLength: body.used,
    length: body.text.length,
  };
  const covered = selectFields(message.fields, signature.signedHeaders);
  const own = withoutSignature(ownText(field), field.valueStart - field.start, read.tags);
  const bytes = headerBlock(signature.headerCanonicalization, message.fields, covered, own);
  const data = latin1(bytes);
  const digest = hash(signature.hash, data);
  const taken = new Set(covered.map((one) => one.field));
  draft.header = {
    covered,
    notCovered: message.fields.flatMap((_, i) => (taken.has(i) || i === index ? [] : [i])),
    bytes,
    hash: toHex(digest),
  };
  if (signature.bodyLength !== undefined && signature.bodyLength > body.text.length)
    return end('body-hash', 'body-length', 'RFC 6376 §3.5', { tag: 'l' });
  if (!equalBytes(body.digest, signature.bodyHash))
    return end('body-hash', 'body-hash', 'RFC 6376 §6.1.3', { tag: 'bh' });
  good('body-hash', 'RFC 6376 §6.1.3');
  const { publicKey } = key;
  const isRight =
    publicKey.type === 'rsa'
      ? rsaVerify(signature.hash, publicKey.rsa, data, signature.signature)
      : // RFC 8463 §3: Ed25519 signs the SHA-256 hash.
        ed25519Verify(publicKey.raw, digest, signature.signature);
  return isRight
    ? end('signature', 'ok', 'RFC 6376 §6.1.3')
    : end('signature', 'signature', 'RFC 6376 §6.1.3', { tag: 'b' });
}

/** The field without its line end. */
export function ownText(field: HeaderField): string {
  return field.raw.slice(0, field.valueStart - field.start) + field.rawValue;
}

/** The key record taken, read, and as the verdict shows it. */
export interface PickedKey {
  readonly read: ReadKey;
  readonly trace: NonNullable<DkimVerdict['key']>;
}

/**
 * RFC 6376 §6.1.2: of several key records any may be tried. The first that is whole and of the signature's type is
 * taken, else the first that is whole, else the first.
 */
export function pickKey(
  lookup: DnsEvidence,
  signature: Pick<DkimSignature, 'keyType'>,
): PickedKey | undefined {
  const records = textRecords(lookup);
  const candidates = records.map((record) => ({ record, read: readDkimKey(record.text) }));
  const best =
    candidates.find(({ read }) => read.key?.keyType === signature.keyType) ??
    candidates.find(({ read }) => read.key !== undefined) ??
    candidates[0];
  if (best === undefined) return undefined;
  const { key, problem, tags } = best.read;
  return {
    read: best.read,
    trace: {
      text: best.record.text,
      tags,
      ttl: best.record.ttl,
      recordCount: records.length,
      ...(key === undefined
        ? {}
        : { type: key.keyType, bits: key.bits, isTesting: key.isTesting, isStrict: key.isStrict }),
      ...(problem === undefined ? {} : { problem: describe(problem) }),
    },
  };
}

function describe(problem: NonNullable<ReadKey['problem']>): { span: Span; tag?: string; detail?: string } {
  return {
    span: problem.span,
    ...(problem.tag === undefined ? {} : { tag: problem.tag }),
    ...(problem.detail === undefined ? {} : { detail: problem.detail }),
  };
}

/** The key's own limits on its use (RFC 6376 §3.6.1, §6.1.2, RFC 8301 §3.2). */
export function keyMisuse(
  key: DkimKey,
  signature: Pick<DkimSignature, 'keyType' | 'hash' | 'identityDomain' | 'domain'>,
  minRsaBits: number,
): { readonly reason: DkimReason; readonly rule: string } | undefined {
  if (key.keyType !== signature.keyType) return { reason: 'key-type', rule: 'RFC 6376 §6.1.2' };
  if (key.hashes !== undefined && !key.hashes.includes(signature.hash))
    return { reason: 'key-hash', rule: 'RFC 6376 §6.1.2' };
  if (!key.services.includes('*') && !key.services.includes('email'))
    return { reason: 'key-service', rule: 'RFC 6376 §3.6.1' };
  if (key.isStrict && signature.identityDomain !== signature.domain)
    return { reason: 'key-strict', rule: 'RFC 6376 §3.6.1' };
  if (key.keyType === 'rsa' && key.bits < minRsaBits) return { reason: 'key-short', rule: 'RFC 8301 §3.2' };
  return undefined;
}

/** Hash of the canonical body, made once for each way of asking. */
export function hashBody(
  message: Message,
  signature: Pick<DkimSignature, 'bodyCanonicalization' | 'hash' | 'bodyLength'>,
  bodies: BodyHashes,
): { readonly text: string; readonly used: number; readonly digest: Bytes } {
  const kind: Canonicalization = signature.bodyCanonicalization;
  const id = `${kind} ${signature.hash} ${signature.bodyLength ?? ''}`;
  const known = bodies.get(id);
  if (known !== undefined) return known;
  const text =
    [...bodies].find(([other]) => other.startsWith(kind + ' '))?.[1].text ??
    canonicalBody(kind, bodyOf(message));
  const used = Math.min(signature.bodyLength ?? text.length, text.length);
  const made = {
    text,
    used,
    digest: hash(signature.hash, latin1(used < text.length ? text.slice(0, used) : text)),
  };
  bodies.set(id, made);
  return made;
}
