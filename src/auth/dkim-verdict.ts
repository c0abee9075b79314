// What the check of one DKIM signature says, with its whole reasoning as plain data. RFC 6376 §6.1, RFC 8601 §2.7.1 for
// the results.

import type { DnsEvidence, Span } from './evidence.ts';
import type { Canonicalization, SelectedField } from './dkim-canonical.ts';
import type { DkimKeyProblem } from './dkim-key.ts';
import type { DkimSignatureProblem } from './dkim-signature.ts';
import type { Tag } from './tag-list.ts';

export const DKIM_RESULTS = ['none', 'pass', 'fail', 'policy', 'neutral', 'temperror', 'permerror'] as const;
export type DkimResult = (typeof DKIM_RESULTS)[number];

export type DkimReason =
  | DkimSignatureProblem
  | DkimKeyProblem
  | 'ok'
  | 'too-many-signatures'
  | 'weak-hash'
  | 'expired'
  | 'signed-in-future'
  | 'no-key'
  | 'key-lookup-failed'
  | 'key-hash'
  | 'key-service'
  | 'key-strict'
  | 'key-short'
  | 'body-length'
  | 'body-hash'
  | 'signature';

/** The checks in the order in which they are made (RFC 6376 §6.1). */
export type DkimCheckName =
  'limit' | 'field' | 'time' | 'key-lookup' | 'key-record' | 'key-use' | 'body-hash' | 'signature';

export interface DkimCheck {
  readonly name: DkimCheckName;
  readonly isGood: boolean;
  readonly rule: string;
}

export interface DkimVerdict {
  readonly result: DkimResult;
  readonly reason: DkimReason;
  readonly rule: string;
  /** Which tag and where in the field's value the reason lies, if in the field. */
  readonly at?: { readonly tag?: string; readonly span?: Span };
  /** Index of the signature's field in the message. */
  readonly field: number;
  /** Value of the field as it stands in the message, folding included. Spans count from its start. */
  readonly rawValue: string;
  readonly tags: readonly Tag[];
  readonly checks: readonly DkimCheck[];
  /** Lower case; empty when the field could not be read so far. */
  readonly domain: string;
  readonly selector: string;
  readonly identity: string;
  readonly algorithm: string;
  /** First eight characters of `b=` (RFC 6008 §4). */
  readonly headerB: string;
  readonly canonicalization?: { readonly header: Canonicalization; readonly body: Canonicalization };
  readonly keyLookup?: DnsEvidence;
  readonly key?: {
    readonly text: string;
    readonly tags: readonly Tag[];
    readonly ttl: number;
    /** How many TXT records there were; more than one is undefined (RFC 6376 §3.6.2.2). */
    readonly recordCount: number;
    readonly type?: 'rsa' | 'ed25519';
    readonly bits?: number;
    readonly isTesting?: boolean;
    readonly isStrict?: boolean;
    readonly problem?: { readonly span: Span; readonly tag?: string; readonly detail?: string };
  };
  readonly body?: {
    /** Base64. */
    readonly statedHash: string;
    readonly computedHash: string;
    /** The canonical body as hashed (binary string), cut after the length that the caller allowed. */
    readonly bytes: string;
    readonly isCut: boolean;
    /** Bytes hashed, and bytes of the whole canonical body: they differ when `l=` is used. */
    readonly hashedLength: number;
    readonly length: number;
  };
  readonly header?: {
    /** What `h=` picked, in order; entries without a field are oversigned. */
    readonly covered: readonly SelectedField[];
    /** Indexes of the fields that no entry covers. */
    readonly notCovered: readonly number[];
    /** The canonical bytes that were signed (binary string). */
    readonly bytes: string;
    /** Hexadecimal hash of `bytes`. */
    readonly hash: string;
  };
  /** The key says `t=y`: a failure must not count against the message (RFC 6376 §3.6.1). */
  readonly isTesting: boolean;
}
