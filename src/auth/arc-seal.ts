// Puts an ARC set on a message: what this host found, a signature over the message as it leaves, a seal over all sets.
// The caller has validated the chain before it changed anything. RFC 8617 §5.1. ARC is on its way to historic status.

import { latin1, toBase64 } from '../base/bytes.ts';
import { ed25519Sign } from '../crypto/ed25519.ts';
import { sha256 } from '../crypto/hash.ts';
import type { PrivateKey } from '../crypto/keys.ts';
import { rsaSign } from '../crypto/rsa.ts';
import { bodyOf, parseMessage, prependField } from '../message/header.ts';
import type { Message } from '../message/header.ts';
import { arcChainOf } from './arc.ts';
import { MOST_ARC_SETS } from './arc-fields.ts';
import type { ChainValue } from './arc-fields.ts';
import type { ArcVerdict } from './arc-verdict.ts';
import { printAuthenticationResults } from './authentication-results.ts';
import type { AuthenticationResults } from './authentication-results.ts';
import { canonicalBody, canonicalField, headerBlock, selectFields } from './dkim-canonical.ts';
import type { Canonicalization } from './dkim-canonical.ts';
import { DKIM_DEFAULT_HEADERS } from './dkim-sign.ts';

export interface ArcSealOptions {
  readonly domain: string;
  readonly selector: string;
  readonly key: PrivateKey;
  /** What this host found when the message came in; goes into ARC-Authentication-Results. */
  readonly results: AuthenticationResults;
  /** The chain as it was validated when the message came in. */
  readonly chain: Pick<ArcVerdict, 'result'>;
  /** `t=` of both signatures, seconds since 1970. */
  readonly timestamp?: number;
  /** Names to sign when present; those of DKIM and the DKIM signatures if not given (RFC 8617 §4.1.2). */
  readonly headers?: readonly string[];
  /** Default relaxed/relaxed. */
  readonly headerCanonicalization?: Canonicalization;
  readonly bodyCanonicalization?: Canonicalization;
}

export interface ArcSealed {
  readonly instance: number;
  readonly cv: ChainValue;
  /** The three fields, folded, without final line ends. */
  readonly results: string;
  readonly messageSignature: string;
  readonly seal: string;
  /** The message with the set on top. */
  readonly raw: string;
}

/** `chain-failed`: a sealer before us marked the chain as failed, which ends it. `too-many`: there are 50 sets. */
export type ArcSealProblem = 'chain-failed' | 'too-many';

/** Fields that the one after us may change or take away, or that have a signature of their own. */
const NEVER_SIGNED = [
  'arc-seal',
  'arc-message-signature',
  'arc-authentication-results',
  'authentication-results',
];

/** Adds one set. A string says why there cannot be another. */
export function sealArc(
  input: string | Uint8Array | Message,
  options: ArcSealOptions,
): ArcSealed | ArcSealProblem {
  const message = typeof input === 'string' || input instanceof Uint8Array ? parseMessage(input) : input;
  const { sets } = arcChainOf(message);
  const top = Math.max(0, ...sets.keys());
  // RFC 8617 §5.1 step 2: once failed, always failed; nobody continues such a chain.
  if (sets.get(top)?.seals.some((seal) => seal.read.value?.cv === 'fail') === true) return 'chain-failed';
  if (top >= MOST_ARC_SETS) return 'too-many';
  const instance = top + 1;
  const found = options.chain.result;
  // `none` and `pass` must fit what stands in the message; anything else is a chain that was not validated.
  const cv: ChainValue = found === (top === 0 ? 'none' : 'pass') ? found : 'fail';
  const results = printAuthenticationResults(options.results).replace(
    /^Authentication-Results: /,
    `ARC-Authentication-Results: i=${instance}; `,
  );
  const messageSignature = signMessage(message, instance, options);
  const seal = signSets(message, instance, cv, results, messageSignature, options);
  let raw = message.raw;
  for (const field of [results, messageSignature, seal]) raw = prependField(raw, field);
  return { instance, cv, results, messageSignature, seal, raw };
}

const algorithmOf = (key: PrivateKey): string => (key.type === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256');

function sign(key: PrivateKey, bytes: string): string {
  const data = latin1(bytes);
  // RFC 8463 §3: Ed25519 signs the SHA-256 hash.
  return toBase64(
    key.type === 'rsa' ? rsaSign('sha256', key.rsa, data) : ed25519Sign(key.seed, sha256(data)),
  );
}

function signMessage(message: Message, instance: number, options: ArcSealOptions): string {
  const headerKind = options.headerCanonicalization ?? 'relaxed';
  const bodyKind = options.bodyCanonicalization ?? 'relaxed';
  const wanted = (options.headers ?? [...DKIM_DEFAULT_HEADERS, 'dkim-signature']).map((name) =>
    name.toLowerCase(),
  );
  const names: string[] = [];
  for (const name of new Set(['from', ...wanted])) {
    if (NEVER_SIGNED.includes(name)) continue;
    for (const field of message.fields) if (field.key === name) names.push(name);
  }
  // From once more than it occurs, so that nobody can add another (RFC 6376 §8.15); it must be named anyhow.
  names.unshift('from');
  const tags = [
    `i=${instance};`,
    `a=${algorithmOf(options.key)};`,
    `c=${headerKind}/${bodyKind};`,
    `d=${options.domain};`,
    `s=${options.selector};`,
    ...(options.timestamp === undefined ? [] : [`t=${options.timestamp};`]),
  ];
  const list = names.map((name, i) => `${i === 0 ? 'h=' : ''}${name}${i === names.length - 1 ? ';' : ':'}`);
  const hash = `bh=${toBase64(sha256(latin1(canonicalBody(bodyKind, bodyOf(message)))))};`;
  const unsigned = fold('ARC-Message-Signature:', tags, list, [hash]);
  const bytes = headerBlock(headerKind, message.fields, selectFields(message.fields, names), unsigned);
  return unsigned + foldBase64(sign(options.key, bytes));
}

/** RFC 8617 §5.1.1 and §5.1.2: all sets in order; of a failed chain only the set that says so. */
function signSets(
  message: Message,
  instance: number,
  cv: ChainValue,
  results: string,
  messageSignature: string,
  options: ArcSealOptions,
): string {
  const tags = [
    `i=${instance};`,
    `a=${algorithmOf(options.key)};`,
    `cv=${cv};`,
    `d=${options.domain};`,
    `s=${options.selector};`,
    ...(options.timestamp === undefined ? [] : [`t=${options.timestamp};`]),
  ];
  const unsigned = fold('ARC-Seal:', tags, [], []);
  const { sets } = arcChainOf(message);
  let bytes = '';
  for (let i = cv === 'fail' ? instance : 1; i < instance; i++) {
    const set = sets.get(i);
    for (const part of [set?.results[0], set?.messageSignatures[0], set?.seals[0]])
      if (part !== undefined) bytes += canonicalField('relaxed', part.field);
  }
  for (const raw of [results, messageSignature]) bytes += canonicalField('relaxed', { raw });
  bytes += canonicalField('relaxed', { raw: unsigned }).slice(0, -2);
  return unsigned + foldBase64(sign(options.key, bytes));
}

const WIDTH = 76;

/** A field up to and with `b=`; names of `h=` stick together, all else is parted by a blank. */
function fold(
  name: string,
  tags: readonly string[],
  list: readonly string[],
  last: readonly string[],
): string {
  let out = '';
  let line = name;
  const put = (text: string, lead: string): void => {
    if (line.length + lead.length + text.length > WIDTH) {
      out += `${line}\r\n`;
      line = `\t${text}`;
    } else line += lead + text;
  };
  for (const tag of tags) put(tag, ' ');
  list.forEach((entry, i) => put(entry, i === 0 ? ' ' : ''));
  for (const tag of last) put(tag, ' ');
  return `${out}${line}\r\n\tb=`;
}

function foldBase64(text: string): string {
  return [text.slice(0, WIDTH - 4), ...(text.slice(WIDTH - 4).match(/.{1,75}/g) ?? [])].join('\r\n\t');
}
