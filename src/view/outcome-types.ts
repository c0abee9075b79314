// The table "What survives?" as the page sees it: receivers as columns, ways of a message as rows. Types only.

import type { DmarcOverride } from '../auth/dmarc-receiver.ts';
import type { Phrase, RuleRef } from './types.ts';

/** One way of a message: straight, through the forwarder, or through the list, with a setting. */
export type OutcomeWay =
  | 'direct'
  | 'forward'
  | 'forward.srs'
  | 'forward.arc'
  | 'list'
  | 'list.untouched'
  | 'list.munge'
  | 'list.wrap'
  | 'list.reject'
  | 'list.arc';

export interface OutcomePlan {
  readonly author: string;
  readonly columns: readonly { readonly host: string; readonly reader: string }[];
  readonly ways: readonly OutcomeWay[];
}

export interface OutcomeCell {
  readonly host: string;
  /** `list`: the list refused the post. `nowhere`: it never came to this receiver. */
  readonly place: 'inbox' | 'junk' | 'refused' | 'deferred' | 'list' | 'nowhere';
  /** What the receiver said when it refused or put off. */
  readonly reply?: string;
  /** Absent: not checked there. */
  readonly spf?: { readonly result: string; readonly domain: string };
  readonly dkim?: { readonly result: string; readonly domains: readonly string[] };
  readonly dmarc?: { readonly result: string; readonly overrides: readonly DmarcOverride[] };
  readonly arc?: { readonly result: string; readonly isTrusted: boolean };
  readonly why?: {
    readonly title: Phrase;
    readonly plain: readonly Phrase[];
    readonly rules: readonly RuleRef[];
  };
}
