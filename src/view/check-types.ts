// What goes to the engine when somebody checks a message of their own, and what comes back. Plain data; text for people is
// an id with parameters.

import type { ArcVerdict } from '../auth/arc-verdict.ts';
import type { Author } from '../auth/author.ts';
import type { Finding } from '../auth/diagnose.ts';
import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import type { DmarcVerdict } from '../auth/dmarc.ts';
import type { SpfVerdict } from '../auth/spf-verdict.ts';
import type { DnsStatus, LookupType } from '../dns/lookup.ts';
import type { Problem, ZoneFinding } from './types.ts';

export interface CheckInput {
  /** Binary string, one character a byte, any line ends. */
  readonly message: string;
  /** Zone lines or the output of dig, binary or not. */
  readonly records: string;
  /** '' when it is not known: then SPF is not checked. */
  readonly ip: string;
  readonly helo: string;
  /** Without or with brackets; '' is the null reverse path. */
  readonly sender: string;
  /** Name of the receiving host, for `%{r}`. */
  readonly receiver?: string;
  /** When it was received, seconds since 1970. */
  readonly nowSeconds: number;
}

/** One DNS question that the policies asked, once. */
export interface CheckedQuestion {
  readonly name: string;
  readonly type: LookupType;
  readonly by: 'spf' | 'dkim' | 'dmarc';
  /** `assumed`: a top-level domain without a policy, as nearly all are. `missing`: nobody has pasted it. */
  readonly state: 'given' | 'absent' | 'assumed' | 'missing';
  readonly status: DnsStatus;
  /** Data as in a zone file, CNAME first. */
  readonly records: readonly string[];
  /** The command that fetches it on a real machine. */
  readonly dig: string;
}

export interface CheckView {
  /** Why nothing could be checked. */
  readonly refused?: Problem;
  /** What was noticed in the input and how it was taken. */
  readonly notes: readonly Problem[];
  /** Lines of the records that could not be read. */
  readonly recordProblems: readonly ZoneFinding[];
  readonly findings: readonly ZoneFinding[];
  /** What explains the verdicts; none as long as records are missing. */
  readonly diagnoses: readonly Pick<Finding, 'id' | 'severity' | 'params' | 'rule'>[];
  readonly questions: readonly CheckedQuestion[];
  readonly missing: readonly CheckedQuestion[];
  /** Absent when there is no client address. */
  readonly spf?: SpfVerdict;
  readonly dkim: readonly DkimVerdict[];
  readonly arc?: ArcVerdict;
  readonly dmarc?: DmarcVerdict;
  readonly author?: Author;
}

/** Where a value of the envelope was found. */
export type EnvelopeSource =
  'received-spf' | 'authentication-results' | 'received' | 'return-path' | 'signature' | 'date' | 'none';

/** One value, and why it. */
export interface Suggested<Value> {
  readonly value: Value;
  readonly from: EnvelopeSource;
}

/** What a message says about how it came. Anybody may have written it; only the own server's lines are worth something. */
export interface EnvelopeHints {
  readonly ip: Suggested<string>;
  readonly helo: Suggested<string>;
  readonly sender: Suggested<string>;
  readonly receiver: Suggested<string>;
  /** Seconds since 1970. */
  readonly time: Suggested<number | undefined>;
  /** The time lies outside of what a signature allows: before t= or after x=. */
  readonly timeProblem?: 'before-signing' | 'expired';
  /** The author's domain, '' if there is none: what relative names of records are taken to belong to. */
  readonly domain: string;
}

/** A message with everything that is needed to check it, to begin with or to save. */
export interface CheckSample {
  /** Binary string with CRLF. */
  readonly message: string;
  readonly records: string;
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
  readonly receiver: string;
  readonly nowSeconds: number;
  readonly subject: string;
}
