// What goes into a run of a Sieve script and what comes out: message, envelope and facts; actions, explanation and the
// memory kept for the next run. Plain data both ways. RFC 5228 §2.10 first.

import type { Time } from '../base/dates.ts';
import type { TextSpan } from '../base/text-scanner.ts';
import type { CheckedScript } from './check.ts';
import type { CommandName } from './language.ts';
import type { Matcher } from './match.ts';
import type { VacationDecision, VacationSettings } from './vacation.ts';

/** Memory between runs: keys and when they run out (RFC 7352 §3, RFC 5230 §4.2). */
export interface SieveState {
  readonly duplicates: Readonly<Record<string, Time>>;
  readonly vacations: Readonly<Record<string, Time>>;
}

export const EMPTY_STATE: SieveState = { duplicates: {}, vacations: {} };

/** Pigeonhole's defaults where it has them: sieve_max_actions 32, sieve_max_redirects 4, nesting of include 10. */
export interface SieveLimits {
  readonly actions: number;
  readonly redirects: number;
  /** Commands and tests executed. */
  readonly steps: number;
  /** Characters looked at by all comparisons. */
  readonly work: number;
  readonly includeNesting: number;
  readonly includes: number;
}

export const SIEVE_LIMITS: SieveLimits = {
  actions: 32,
  redirects: 4,
  steps: 10_000,
  work: 50_000_000,
  includeNesting: 10,
  includes: 255,
};

export interface SieveMailbox {
  readonly name: string;
  /** `\Junk` and the like (RFC 6154). */
  readonly specialUse?: readonly string[];
}

export interface SieveInput {
  readonly script: CheckedScript;
  readonly message: string | Uint8Array;
  readonly envelope: {
    /** Reverse path without angle brackets, '' for the null path. */
    readonly from: string;
    /** Final recipient. */
    readonly to: string;
    /** AUTH= of MAIL FROM, if any. */
    readonly auth?: string;
  };
  readonly now: Time;
  /** Offset of the host's wall clock east of Greenwich. */
  readonly zoneMinutes: number;
  /** Items of the `environment` test (RFC 5183 §4.1): `domain`, `host`, `location`, `phase`, `remote-ip` … */
  readonly environment: Readonly<Record<string, string>>;
  readonly mailboxes: readonly SieveMailbox[];
  /** Further addresses of the mailbox, for vacation. */
  readonly ownAddresses?: readonly string[];
  readonly state?: SieveState;
  /** Source texts that `include` finds, by name. */
  readonly scripts?: {
    readonly personal: Readonly<Record<string, string>>;
    readonly global: Readonly<Record<string, string>>;
  };
  /** Score and the score that counts as certainly spam; absent: not tested (RFC 5235 §2). */
  readonly spam?: { readonly score: number; readonly max: number };
  /** 1 (clean) to 5 (certainly infected); absent: not tested. */
  readonly virus?: number;
  /** Parts user and detail of an address; '+' by default. */
  readonly separator?: string;
  /** A mark no other delivery has, for Message-IDs of replies. */
  readonly uniqueId: string;
  readonly vacation?: VacationSettings;
  readonly limits?: Partial<SieveLimits>;
}

interface ActionBase {
  /** The command; absent for the implicit keep. */
  readonly span?: TextSpan;
  /** Which script asked: '' the main one, else `personal:name` or `global:name`. */
  readonly script: string;
}

/** Where to put a copy of an outgoing message (RFC 8580). */
export interface FileCopy {
  readonly mailbox: string;
  readonly flags: readonly string[];
  readonly create: boolean;
  readonly specialUse?: string;
}

export interface Edited {
  /** The message as edited so far (RFC 5293 §3); absent: as it arrived. Binary string. */
  readonly message?: string;
}

export type SieveAction =
  | (ActionBase &
      Edited & { readonly kind: 'keep'; readonly implicit: boolean; readonly flags: readonly string[] })
  | (ActionBase &
      Edited & {
        readonly kind: 'fileinto';
        /** Where it goes, `:specialuse` applied. */
        readonly mailbox: string;
        /** False when the mailbox does not exist at the start of the run. */
        readonly exists: boolean;
        readonly create: boolean;
        readonly copy: boolean;
        readonly flags: readonly string[];
        readonly specialUse?: string;
      })
  | (ActionBase & { readonly kind: 'discard' })
  | (ActionBase & Edited & { readonly kind: 'redirect'; readonly address: string; readonly copy: boolean })
  | (ActionBase & {
      readonly kind: 'reject';
      /** `ereject` prefers an SMTP refusal, `reject` allows a notification instead (RFC 5429). */
      readonly command: 'reject' | 'ereject';
      readonly reason: string;
    })
  | (ActionBase & { readonly kind: 'vacation'; readonly decision: VacationDecision; readonly fcc?: FileCopy })
  | (ActionBase & {
      readonly kind: 'notify';
      /** The sender of what arrived was null: then the notification's is too (RFC 5436 §2.2). */
      readonly reversePath: string;
      readonly forwardPaths: readonly string[];
      readonly importance: '1' | '2' | '3';
      /** Binary string, CRLF. */
      readonly message: string;
      readonly fcc?: FileCopy;
    })
  | (ActionBase & {
      readonly kind: 'addheader';
      readonly name: string;
      readonly value: string;
      readonly last: boolean;
    })
  | (ActionBase & {
      readonly kind: 'deleteheader';
      readonly name: string;
      readonly values: readonly string[];
    });

export type RunErrorCode =
  | 'action-conflict'
  | 'bad-address'
  | 'bad-header-name'
  | 'bad-importance'
  | 'bad-mailbox'
  | 'bad-method'
  | 'bad-regex'
  | 'duplicate-reject'
  | 'duplicate-vacation'
  | 'include-broken'
  | 'include-missing'
  | 'include-recursive'
  | 'include-too-deep'
  | 'too-many-actions'
  | 'too-many-includes'
  | 'too-many-redirects'
  | 'too-many-steps'
  | 'too-many-variables';

export interface RunError {
  readonly code: RunErrorCode;
  readonly span: TextSpan;
  readonly script: string;
  readonly params: Readonly<Record<string, string | number>>;
}

/** One value against one key. */
export interface Comparison {
  /** `header`, `address`, `envelope`, `body`, `date` … and which one. */
  readonly source: string;
  /** Cut to 2000 characters; `valueLength` tells the whole. */
  readonly value: string;
  readonly valueLength: number;
  readonly key: string;
  readonly matched: boolean;
}

export type Fact = string | number | boolean | readonly string[];

/** One executed command or evaluated test; a test follows the command or test that asked it. */
export interface SieveStep {
  readonly kind: 'command' | 'test';
  readonly name: CommandName;
  /** Paragraph that defines it. */
  readonly rule: string;
  readonly span: TextSpan;
  readonly depth: number;
  readonly script: string;
  /** Of a test; of if, elsif and else: whether the block ran. */
  readonly result?: boolean;
  readonly matcher?: Matcher;
  readonly compared: readonly Comparison[];
  /** Comparisons made and not listed. */
  readonly omitted: number;
  /** What else decided: a size, a mailbox, flags, a vacation rule. */
  readonly facts: Readonly<Record<string, Fact>>;
}

export interface SieveRun {
  /** In order; after an error only the implicit keep of the message as it arrived. */
  readonly actions: readonly SieveAction[];
  /** Nothing cancelled the implicit keep (RFC 5228 §2.10.2). */
  readonly implicitKeep: boolean;
  readonly error?: RunError;
  /** Actions that were asked for before an error and are not done. */
  readonly abandoned: readonly SieveAction[];
  readonly steps: readonly SieveStep[];
  /** For the next run; unchanged after an error (RFC 7352 §3.1). */
  readonly state: SieveState;
}
