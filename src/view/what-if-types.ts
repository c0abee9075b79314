// What a draft of a zone would change, as plain data for the page.

import type { Time } from '../base/dates.ts';
import type { ZoneFinding } from './types.ts';

/** The verdicts on one message and where it ends up. Result words are those of RFC 8601. */
export interface WhatIfOutcome {
  readonly spf: string;
  readonly spfReason: string;
  /** Of the signature that passes, else of the first. */
  readonly dkim: string;
  readonly dkimReason?: string;
  readonly dmarc: string;
  readonly dmarcReason: string;
  /** What the domain asks for. */
  readonly disposition: 'none' | 'quarantine' | 'reject';
  /** A folder, `rejected` or `deferred`. */
  readonly place: string;
}

/** A question that the draft answers otherwise. */
export interface WhatIfAnswer {
  readonly name: string;
  readonly type: string;
  /** As it was answered then; absent when nobody asked. */
  readonly before?: string;
  readonly after: string;
}

export interface WhatIfRow {
  readonly id: string;
  /** The event that judged it. */
  readonly seq: number;
  readonly at: Time;
  readonly host: string;
  readonly subject: string;
  readonly from: string;
  readonly before: WhatIfOutcome;
  readonly after: WhatIfOutcome;
  readonly changed: boolean;
  readonly answers: readonly WhatIfAnswer[];
}

export interface WhatIfView {
  /** Changed ones first. */
  readonly rows: readonly WhatIfRow[];
  /** Why the draft cannot be loaded: then nothing is computed. */
  readonly obstacle?: ZoneFinding;
}
