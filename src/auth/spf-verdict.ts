// What an SPF check says, with its whole reasoning as plain data: the identity, the records, every term with its
// look-ups and counters, and the rule behind each decision. RFC 7208 §2.6 and §4.

import type { DnsEvidence, Span } from './evidence.ts';
import type { SpfQualifier, SpfTermErrorCode } from './spf-record.ts';

export const SPF_RESULTS = ['none', 'neutral', 'pass', 'fail', 'softfail', 'temperror', 'permerror'] as const;
export type SpfResult = (typeof SPF_RESULTS)[number];

/** Why a check (or a nested one) ended as it did. */
export type SpfReason =
  | 'bad-domain'
  | 'no-record'
  | 'lookup-failed'
  | 'many-records'
  | 'syntax'
  | 'matched'
  | 'default'
  | 'redirect'
  | 'redirect-none'
  | 'include-none'
  | 'include-failed'
  | 'too-many-lookups'
  | 'too-many-voids'
  | 'too-many-mx';

/** `helo` and `ip` as the SMTP session knows them; `sender` is the reverse path without brackets, '' for `<>`. */
export interface SpfInput {
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
  /** Checks the HELO name itself instead of the sender (RFC 7208 §2.3). */
  readonly identity?: 'helo';
  /** Name of the receiving host, for `%{r}`. */
  readonly receiver?: string;
  /** Seconds since 1970, for `%{t}`. */
  readonly nowSeconds?: number;
}

/** One term that was looked at, in order. */
export interface SpfTermTrace {
  readonly text: string;
  readonly span: Span;
  readonly name: string;
  /** Mechanisms only. */
  readonly qualifier?: SpfQualifier;
  /** The domain after macro expansion, or the network. */
  readonly target?: string;
  readonly questions: readonly DnsEvidence[];
  /** Running totals after this term, over the whole check (RFC 7208 §4.6.4): of 10, and of 2. */
  readonly lookups: number;
  readonly voids: number;
  /** Undefined for modifiers and for terms that ended the check with an error. */
  readonly matched?: boolean;
  /** What made it match: the address or name found in DNS, or the network. */
  readonly matchedBy?: string;
  /** The nested check of `include` and `redirect`. */
  readonly nested?: SpfCheck;
  /** Set when this term ended the check. */
  readonly result?: SpfResult;
  readonly reason?: SpfReason;
  readonly rule: string;
}

/** check_host() for one domain (RFC 7208 §4). */
export interface SpfCheck {
  readonly domain: string;
  readonly via: 'start' | 'include' | 'redirect';
  /** The TXT look-up; absent when the domain could not be asked for. */
  readonly lookup?: DnsEvidence;
  readonly record?: {
    readonly text: string;
    readonly owner: string;
    /** Seconds left. */
    readonly ttl: number;
    readonly server?: string;
  };
  /** Where and how the record is wrong. */
  readonly syntaxErrors?: readonly { readonly code: SpfTermErrorCode; readonly span: Span }[];
  /** How many SPF records there were, if more than one. */
  readonly recordCount?: number;
  readonly terms: readonly SpfTermTrace[];
  /** Index in `terms` of the one that decided. */
  readonly decidedBy?: number;
  readonly result: SpfResult;
  readonly reason: SpfReason;
  readonly rule: string;
}

/** How the explanation of a fail was found (RFC 7208 §6.2). */
export interface SpfExplanationTrace {
  readonly span: Span;
  readonly target?: string;
  readonly lookup?: DnsEvidence;
  readonly template?: string;
  readonly outcome: 'ok' | 'bad-domain' | 'lookup-failed' | 'no-record' | 'many-records' | 'syntax';
  readonly questions: readonly DnsEvidence[];
  readonly rule: string;
}

export interface SpfVerdict {
  readonly result: SpfResult;
  readonly reason: SpfReason;
  /** The rule that decided, `RFC 7208 §…`. */
  readonly rule: string;
  readonly identity: 'mailfrom' | 'helo';
  /** Why this identity: the sender was empty (RFC 7208 §2.4), there is one, or HELO was asked for. */
  readonly identityReason: 'mail-from' | 'null-reverse-path' | 'helo-check';
  readonly ip: string;
  readonly helo: string;
  /** The sender that was checked, local part filled in. */
  readonly sender: string;
  readonly domain: string;
  readonly lookups: number;
  readonly voids: number;
  readonly check: SpfCheck;
  /** The term that decided: in which record, and where in its text. For an include that matched, the outer term. */
  readonly matchedTerm?: {
    readonly domain: string;
    readonly text: string;
    readonly span: Span;
    readonly record: string;
  };
  /** Text for the 550, when the result is fail and the domain gives one. */
  readonly explanation?: string;
  readonly explanationTrace?: SpfExplanationTrace;
}
