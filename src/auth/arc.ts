// Validates the ARC chain of a message. A generator that asks for keys and returns the chain's status with the reasoning
// for every set. Knows no trust: whether a passing chain counts is for the receiver. RFC 8617 §5.2.

import { equalBytes, latin1, toBase64, toHex } from '../base/bytes.ts';
import { ed25519Verify } from '../crypto/ed25519.ts';
import { hash } from '../crypto/hash.ts';
import { rsaVerify } from '../crypto/rsa.ts';
import type { Asking } from '../dns/lookup.ts';
import { parseMessage } from '../message/header.ts';
import type { HeaderField, Message } from '../message/header.ts';
import { MOST_ARC_SETS, readArcMessageSignature, readArcResults, readArcSeal } from './arc-fields.ts';
import type { ArcFieldName, ArcMessageSignature, ArcSeal, ArcSignature, ReadArc } from './arc-fields.ts';
import { arcExplanationKey } from './arc-verdict.ts';
import type {
  ArcCheck,
  ArcInstance,
  ArcReason,
  ArcSignatureReason,
  ArcSignatureVerdict,
  ArcVerdict,
} from './arc-verdict.ts';
import type { AuthenticationResults } from './authentication-results.ts';
import { canonicalField, headerBlock, selectFields } from './dkim-canonical.ts';
import { withoutSignature } from './dkim-signature.ts';
import { hashBody, keyMisuse, ownText, pickKey } from './dkim.ts';
import type { BodyHashes, DkimOptions } from './dkim.ts';
import { ask, isTemporary } from './evidence.ts';
import type { DnsEvidence } from './evidence.ts';

export type { ArcVerdict } from './arc-verdict.ts';

/** `nowSeconds` only counts for signatures that expire. `maxSignatures` and `clockSkewSeconds` have no meaning here. */
export type ArcOptions = DkimOptions;

interface Part<T> {
  readonly index: number;
  readonly field: HeaderField;
  readonly read: ReadArc<T>;
}

interface ArcSet {
  readonly results: Part<AuthenticationResults>[];
  readonly messageSignatures: Part<ArcMessageSignature>[];
  readonly seals: Part<ArcSeal>[];
}

/** The sets of a message by instance, and whether some field could not even be given to one. */
export interface ArcChain {
  readonly sets: ReadonlyMap<number, ArcSet>;
  readonly strays: number;
}

/** Collects the ARC fields of a message (RFC 8617 §5.2 step 1). */
export function arcChainOf(message: Message): ArcChain {
  const sets = new Map<number, ArcSet>();
  let strays = 0;
  const put = <T>(
    index: number,
    field: HeaderField,
    read: ReadArc<T>,
    home: (set: ArcSet) => Part<T>[],
  ): void => {
    if (read.instance === undefined) {
      strays++;
      return;
    }
    let set = sets.get(read.instance);
    if (set === undefined) sets.set(read.instance, (set = { results: [], messageSignatures: [], seals: [] }));
    home(set).push({ index, field, read });
  };
  message.fields.forEach((field, index) => {
    switch (field.key as ArcFieldName) {
      case 'arc-authentication-results':
        return put(index, field, readArcResults(field.rawValue), (set) => set.results);
      case 'arc-message-signature':
        return put(index, field, readArcMessageSignature(field.rawValue), (set) => set.messageSignatures);
      case 'arc-seal':
        return put(index, field, readArcSeal(field.rawValue), (set) => set.seals);
    }
  });
  return { sets, strays };
}

interface Failure {
  readonly reason: ArcReason;
  readonly rule: string;
  readonly at?: NonNullable<ArcVerdict['failedAt']>;
}

/** Everything about the chain that shows without a key (RFC 8617 §5.2 steps 2 and 3). */
function structureProblem(chain: ArcChain): Failure | undefined {
  const numbers = [...chain.sets.keys()].sort((a, b) => a - b);
  const top = numbers.at(-1) ?? 0;
  // A number beyond 50 cannot be read as an instance at all.
  if (chain.strays > 0) return { reason: 'bad-field', rule: 'RFC 8617 §5.2' };
  if (top > MOST_ARC_SETS) return { reason: 'too-many-sets', rule: 'RFC 8617 §4.2.1' };
  const last = chain.sets.get(top);
  if (last?.seals.some((seal) => seal.read.value?.cv === 'fail') === true)
    return { reason: 'marked-failed', rule: 'RFC 8617 §5.2', at: { instance: top, part: 'seal' } };
  for (let instance = 1; instance <= top; instance++) {
    const set = chain.sets.get(instance);
    if (set === undefined) return { reason: 'gap', rule: 'RFC 8617 §5.2', at: { instance } };
    const parts = [
      ['results', set.results],
      ['message-signature', set.messageSignatures],
      ['seal', set.seals],
    ] as const;
    for (const [part, found] of parts) {
      const at = { instance, part };
      if (found.length === 0) return { reason: 'field-missing', rule: 'RFC 8617 §4.2', at };
      if (found.length > 1) return { reason: 'field-repeated', rule: 'RFC 8617 §4.2', at };
      // What the results say need not be understood: they are sealed as bytes.
      const problem = part === 'results' ? undefined : found[0]?.read.problem;
      if (problem !== undefined) return { reason: 'bad-field', rule: problem.rule, at };
    }
    const wanted = instance === 1 ? 'none' : 'pass';
    if (set.seals[0]?.read.value?.cv !== wanted)
      return { reason: 'chain-value', rule: 'RFC 8617 §5.2', at: { instance, part: 'seal' } };
  }
  return undefined;
}

/** Validates the chain. `none` when the message has no ARC field at all. */
export function* verifyArc(input: string | Uint8Array | Message, options: ArcOptions): Asking<ArcVerdict> {
  const message = typeof input === 'string' || input instanceof Uint8Array ? parseMessage(input) : input;
  const chain = arcChainOf(message);
  const top = Math.max(0, ...chain.sets.keys());
  const verdicts = new Map<string, ArcSignatureVerdict>();
  const end = (result: ArcVerdict['result'], why: Failure, more: Partial<ArcVerdict> = {}): ArcVerdict => ({
    result,
    reason: why.reason,
    rule: why.rule,
    explanationKey: arcExplanationKey(why.reason),
    standing: 'to-historic',
    ...(why.at === undefined ? {} : { failedAt: why.at }),
    isTemporary: [...verdicts.values()].some((one) => one.reason === 'key-lookup-failed'),
    instances: describe(chain, verdicts),
    sealers: [],
    ...more,
  });
  if (chain.sets.size === 0 && chain.strays === 0)
    return end('none', { reason: 'no-chain', rule: 'RFC 8617 §5.2' });
  const structural = structureProblem(chain);
  if (structural !== undefined) return end('fail', structural);
  const work: Work = { message, options, bodies: new Map(), keys: new Map() };
  let oldestPass = 0;
  let failure: Failure | undefined;
  for (let instance = top; instance >= 1; instance--) {
    const part = chain.sets.get(instance)?.messageSignatures[0];
    if (part === undefined) continue;
    const verdict = yield* checkMessageSignature(work, part);
    verdicts.set(`message-signature ${instance}`, verdict);
    if (verdict.result === 'pass') continue;
    // Only the newest must hold; the older ones tell since when the message is as it is (steps 4 and 5).
    if (instance === top)
      failure = {
        reason: 'message-signature',
        rule: 'RFC 8617 §5.2',
        at: { instance, part: 'message-signature' },
      };
    else if (oldestPass === 0) oldestPass = instance + 1;
  }
  for (let instance = top; instance >= 1; instance--) {
    const part = chain.sets.get(instance)?.seals[0];
    if (part === undefined) continue;
    const verdict = yield* checkSignature(work, 'seal', part, () => ({
      bytes: sealBytes(chain, instance, part),
    }));
    verdicts.set(`seal ${instance}`, verdict);
    if (verdict.result !== 'pass')
      failure ??= { reason: 'seal', rule: 'RFC 8617 §5.2', at: { instance, part: 'seal' } };
  }
  if (failure !== undefined) return end('fail', failure);
  const sealers = [];
  for (let instance = 1; instance <= top; instance++)
    sealers.push(verdicts.get(`seal ${instance}`)?.domain ?? '');
  return end('pass', { reason: 'ok', rule: 'RFC 8617 §5.2' }, { oldestPass, sealers });
}

interface Work {
  readonly message: Message;
  readonly options: ArcOptions;
  readonly bodies: BodyHashes;
  /** Look-ups of keys by name; sets of one sealer share them. */
  readonly keys: Map<string, DnsEvidence>;
}

type Scope = Pick<ArcSignatureVerdict, 'body'> & {
  readonly bytes: string;
  readonly header?: Omit<NonNullable<ArcSignatureVerdict['header']>, 'bytes' | 'hash'>;
  readonly problem?: {
    readonly reason: 'body-length' | 'body-hash';
    readonly tag: string;
    readonly rule: string;
  };
};

type Draft = { -readonly [K in keyof ArcSignatureVerdict]?: ArcSignatureVerdict[K] };

function* checkSignature<T extends ArcSignature & { expires?: number }>(
  work: Work,
  kind: ArcSignatureVerdict['kind'],
  part: Part<T>,
  scopeOf: (value: T) => Scope,
): Asking<ArcSignatureVerdict> {
  const { read, field, index } = part;
  const { value } = read;
  const checks: ArcCheck[] = [];
  const draft: Draft = {};
  const good = (name: ArcCheck['name'], rule: string): void => void checks.push({ name, isGood: true, rule });
  const end = (
    name: ArcCheck['name'],
    reason: ArcSignatureReason,
    rule: string,
    at?: ArcSignatureVerdict['at'],
  ) => {
    checks.push({ name, isGood: reason === 'ok', rule });
    return {
      kind,
      result: reason === 'ok' ? 'pass' : 'fail',
      reason,
      rule,
      ...(at === undefined ? {} : { at }),
      field: index,
      rawValue: field.rawValue,
      tags: read.tags,
      checks,
      domain: value?.domain ?? '',
      selector: value?.selector ?? '',
      algorithm: value?.algorithm ?? '',
      ...draft,
    } as const;
  };
  if (value === undefined)
    return end('field', read.problem?.reason ?? 'syntax', read.problem?.rule ?? 'RFC 8617 §4.1');
  good('field', kind === 'seal' ? 'RFC 8617 §4.1.3' : 'RFC 8617 §4.1.2');
  if (value.expires !== undefined && value.expires < work.options.nowSeconds)
    return end('time', 'expired', 'RFC 6376 §3.5', { tag: 'x' });
  const name = `${value.selector}._domainkey.${value.domain}`;
  const lookup = work.keys.get(name) ?? (yield* ask(name, 'TXT'));
  work.keys.set(name, lookup);
  draft.keyLookup = lookup;
  if (isTemporary(lookup)) return end('key-lookup', 'key-lookup-failed', 'RFC 6376 §6.1.2');
  const picked = pickKey(lookup, value);
  if (picked === undefined) return end('key-lookup', 'no-key', 'RFC 6376 §6.1.2');
  good('key-lookup', 'RFC 6376 §6.1.2');
  draft.key = picked.trace;
  const { key } = picked.read;
  if (key === undefined)
    return end('key-record', picked.read.problem?.reason ?? 'key-syntax', 'RFC 6376 §6.1.2');
  good('key-record', 'RFC 6376 §3.6.1');
  const misuse = keyMisuse(key, value, work.options.minRsaBits ?? 1024);
  if (misuse !== undefined) return end('key-use', misuse.reason as ArcSignatureReason, misuse.rule);
  good('key-use', 'RFC 6376 §6.1.2');
  const scope = scopeOf(value);
  const data = latin1(scope.bytes);
  const digest = hash('sha256', data);
  if (scope.body !== undefined) draft.body = scope.body;
  draft.header = {
    ...(scope.header ?? { covered: [], notCovered: [] }),
    bytes: scope.bytes,
    hash: toHex(digest),
  };
  if (scope.problem !== undefined)
    return end('body-hash', scope.problem.reason, scope.problem.rule, { tag: scope.problem.tag });
  if (kind === 'message-signature') good('body-hash', 'RFC 6376 §6.1.3');
  const { publicKey } = key;
  const isRight =
    publicKey.type === 'rsa'
      ? rsaVerify('sha256', publicKey.rsa, data, value.signature)
      : ed25519Verify(publicKey.raw, digest, value.signature);
  return end(
    'signature',
    isRight ? 'ok' : 'signature',
    'RFC 6376 §6.1.3',
    isRight ? undefined : { tag: 'b' },
  );
}

/**
 * Without `c=` an AMS is simple/simple, as DKIM has it (RFC 8617 §4.1.2). Sealers written after the drafts meant
 * relaxed/relaxed, and verifiers in use accept that too: it takes the key's owner to make a signature fit either.
 */
function* checkMessageSignature(work: Work, part: Part<ArcMessageSignature>): Asking<ArcSignatureVerdict> {
  const asWritten = yield* checkSignature(work, 'message-signature', part, (value) =>
    messageScope(work, part, value),
  );
  if (asWritten.result === 'pass' || part.read.value?.hasCanonicalization !== false) return asWritten;
  const relaxed = { headerCanonicalization: 'relaxed', bodyCanonicalization: 'relaxed' } as const;
  const asDrafted = yield* checkSignature(work, 'message-signature', part, (value) =>
    messageScope(work, part, { ...value, ...relaxed }),
  );
  return asDrafted.result === 'pass' ? asDrafted : asWritten;
}

/** What an AMS covers: fields by `h=`, and the body (RFC 8617 §4.1.2). */
function messageScope(work: Work, part: Part<ArcMessageSignature>, value: ArcMessageSignature): Scope {
  const { message, options, bodies } = work;
  const body = hashBody(message, value, bodies);
  const limit = options.bodyTraceLength ?? 4096;
  const covered = selectFields(message.fields, value.signedHeaders);
  const own = withoutSignature(ownText(part.field), part.field.valueStart - part.field.start, part.read.tags);
  const taken = new Set(covered.map((one) => one.field));
  const scope: Scope = {
    body: {
      statedHash: toBase64(value.bodyHash),
      computedHash: toBase64(body.digest),
      bytes: body.text.slice(0, Math.min(body.used, limit)),
      isCut: body.used > limit,
      hashedLength: body.used,
      length: body.text.length,
    },
    header: {
      covered,
      notCovered: message.fields.flatMap((_, i) => (taken.has(i) || i === part.index ? [] : [i])),
    },
    bytes: headerBlock(value.headerCanonicalization, message.fields, covered, own),
  };
  if (value.bodyLength !== undefined && value.bodyLength > body.text.length)
    return { ...scope, problem: { reason: 'body-length', tag: 'l', rule: 'RFC 6376 §3.5' } };
  return equalBytes(body.digest, value.bodyHash)
    ? scope
    : { ...scope, problem: { reason: 'body-hash', tag: 'bh', rule: 'RFC 6376 §6.1.3' } };
}

/** What the seal of an instance covers: all sets up to it, relaxed, itself last with an empty `b=` (RFC 8617 §5.1.1). */
function sealBytes(chain: ArcChain, instance: number, own: Part<ArcSeal>): string {
  let out = '';
  for (let i = 1; i <= instance; i++) {
    const set = chain.sets.get(i);
    const results = set?.results[0];
    const signature = set?.messageSignatures[0];
    const seal = set?.seals[0];
    if (results !== undefined) out += canonicalField('relaxed', results.field);
    if (signature !== undefined) out += canonicalField('relaxed', signature.field);
    if (seal !== undefined && i < instance) out += canonicalField('relaxed', seal.field);
  }
  const raw = withoutSignature(ownText(own.field), own.field.valueStart - own.field.start, own.read.tags);
  return out + canonicalField('relaxed', { raw }).slice(0, -2);
}

function describe(chain: ArcChain, verdicts: ReadonlyMap<string, ArcSignatureVerdict>): ArcInstance[] {
  const numbers = [...chain.sets.keys()].sort((a, b) => a - b);
  return numbers.map((instance) => {
    const set = chain.sets.get(instance);
    const results = set?.results[0];
    const cv = set?.seals[0]?.read.value?.cv;
    const verdictOf = (kind: ArcSignatureVerdict['kind'], part: Part<ArcSignature> | undefined) =>
      verdicts.get(`${kind} ${instance}`) ?? (part === undefined ? undefined : unchecked(kind, part));
    const messageSignature = verdictOf('message-signature', set?.messageSignatures[0]);
    const seal = verdictOf('seal', set?.seals[0]);
    return {
      instance,
      ...(results === undefined
        ? {}
        : {
            results: {
              field: results.index,
              rawValue: results.field.rawValue,
              ...(results.read.value === undefined ? {} : { parsed: results.read.value }),
            },
          }),
      ...(messageSignature === undefined ? {} : { messageSignature }),
      ...(seal === undefined ? {} : { seal }),
      ...(cv === undefined ? {} : { cv }),
    };
  });
}

/** A signature of a chain that was given up before: what its field says, or what is wrong with it. */
function unchecked(kind: ArcSignatureVerdict['kind'], part: Part<ArcSignature>): ArcSignatureVerdict {
  const { problem, value, tags } = part.read;
  const rule = kind === 'seal' ? 'RFC 8617 §4.1.3' : 'RFC 8617 §4.1.2';
  return {
    kind,
    result: problem === undefined ? 'not-checked' : 'fail',
    reason: problem?.reason ?? 'not-checked',
    rule: problem?.rule ?? rule,
    ...(problem === undefined
      ? {}
      : {
          at: {
            ...(problem.tag === undefined ? {} : { tag: problem.tag }),
            ...(problem.span === undefined ? {} : { span: problem.span }),
          },
        }),
    field: part.index,
    rawValue: part.field.rawValue,
    tags,
    checks: [{ name: 'field', isGood: problem === undefined, rule: problem?.rule ?? rule }],
    domain: value?.domain ?? '',
    selector: value?.selector ?? '',
    algorithm: value?.algorithm ?? '',
  };
}
