// What the check of an ARC chain says, with its whole reasoning as plain data: every set, its two signatures, and where the
// chain broke. ARC is on its way to historic status, which every explanation key says. RFC 8617 §5.2.

import type { ArcFieldReason, ChainValue } from './arc-fields.ts';
import type { AuthenticationResults } from './authentication-results.ts';
import type { DkimVerdict } from './dkim-verdict.ts';
import type { DkimKeyProblem } from './dkim-key.ts';
import type { DnsEvidence, Span } from './evidence.ts';
import type { Tag } from './tag-list.ts';

/** Why one signature of a set is as it is. */
export type ArcSignatureReason =
  | ArcFieldReason
  | DkimKeyProblem
  | 'ok'
  | 'expired'
  | 'no-key'
  | 'key-lookup-failed'
  | 'key-hash'
  | 'key-service'
  | 'key-strict'
  | 'key-short'
  | 'body-length'
  | 'body-hash'
  | 'signature'
  | 'not-checked';

export const ARC_REASONS = [
  'no-chain',
  'ok',
  'too-many-sets',
  'marked-failed',
  'bad-field',
  'field-missing',
  'field-repeated',
  'gap',
  'chain-value',
  'message-signature',
  'seal',
] as const;
/** Why the chain is as it is. */
export type ArcReason = (typeof ARC_REASONS)[number];

export interface ArcCheck {
  readonly name: 'field' | 'time' | 'key-lookup' | 'key-record' | 'key-use' | 'body-hash' | 'signature';
  readonly isGood: boolean;
  readonly rule: string;
}

/** An ARC-Message-Signature or an ARC-Seal. */
export interface ArcSignatureVerdict {
  readonly kind: 'message-signature' | 'seal';
  readonly result: 'pass' | 'fail' | 'not-checked';
  readonly reason: ArcSignatureReason;
  readonly rule: string;
  readonly at?: { readonly tag?: string; readonly span?: Span };
  /** Index of the field in the message. */
  readonly field: number;
  readonly rawValue: string;
  readonly tags: readonly Tag[];
  readonly checks: readonly ArcCheck[];
  /** Lower case; empty when the field could not be read so far. */
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: string;
  readonly keyLookup?: DnsEvidence;
  readonly key?: DkimVerdict['key'];
  readonly body?: DkimVerdict['body'];
  readonly header?: DkimVerdict['header'];
}

/** One ARC set: the fields that carry one instance number. */
export interface ArcInstance {
  readonly instance: number;
  readonly results?: {
    readonly field: number;
    readonly rawValue: string;
    readonly parsed?: AuthenticationResults;
  };
  readonly messageSignature?: ArcSignatureVerdict;
  readonly seal?: ArcSignatureVerdict;
  /** What the sealer thought of the chain that it received. */
  readonly cv?: ChainValue;
}

export interface ArcVerdict {
  /** Chain validation status (RFC 8617 §4.4). */
  readonly result: 'none' | 'pass' | 'fail';
  readonly reason: ArcReason;
  readonly rule: string;
  /** `arc.historic.pass`, … see `arcExplanationKeys`. */
  readonly explanationKey: string;
  /** The experiment is over and ARC moves to historic: a pass helps only where a receiver trusts the sealers by name. */
  readonly standing: 'to-historic';
  /** Where it broke. */
  readonly failedAt?: {
    readonly instance?: number;
    readonly part?: 'results' | 'message-signature' | 'seal';
  };
  /** A key could not be looked up, so another attempt may end otherwise. */
  readonly isTemporary: boolean;
  /** First set first. */
  readonly instances: readonly ArcInstance[];
  /** The lowest instance from which on all message signatures pass; 0 when all do (RFC 8617 §5.2 step 5). */
  readonly oldestPass?: number;
  /** The domains of the seals, first to last, of a chain that passes: whom a receiver must trust. */
  readonly sealers: readonly string[];
}

export function arcExplanationKey(reason: ArcReason): string {
  return `arc.historic.${reason}`;
}

/** Every key that a verdict may carry, for the dictionaries' completeness test. */
export function arcExplanationKeys(): string[] {
  return ARC_REASONS.map(arcExplanationKey);
}
