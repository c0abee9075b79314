// What can be wrong with a zone file, as values: a stable code with its parameters, the place, and the very line that
// named-checkzone prints for it. Columns are ours; the tool never prints one.

import type { TextSpan } from '../base/text-scanner.ts';

export type ZoneProblemCode =
  | 'unexpected-end'
  | 'unbalanced-parentheses'
  | 'unbalanced-quotes'
  | 'syntax-error'
  | 'extra-text'
  | 'unknown-type'
  | 'wrong-class'
  | 'bad-ipv4'
  | 'bad-ipv6'
  | 'bad-number'
  | 'out-of-range'
  | 'bad-ttl'
  | 'ttl-too-big'
  | 'no-ttl'
  | 'ttl-from-soa'
  | 'ttl-from-last'
  | 'ttl-differs'
  | 'empty-label'
  | 'label-too-long'
  | 'name-too-long'
  | 'bad-escape'
  | 'no-owner'
  | 'unknown-directive'
  | 'include-not-read'
  | 'generate-not-read'
  | 'type-not-read'
  | 'out-of-zone'
  | 'bad-owner-name'
  | 'bad-host-name'
  | 'mx-is-address'
  | 'ns-is-address'
  | 'soa-not-at-apex'
  | 'wildcard-inside'
  | 'cname-and-other'
  | 'singleton'
  // What only the whole zone shows:
  | 'soa-count'
  | 'no-ns'
  | 'ns-no-address'
  | 'ns-is-cname'
  | 'mx-no-address'
  | 'mx-is-cname'
  | 'no-glue'
  | 'glue-is-cname'
  | 'target-no-address'
  | 'target-unknown'
  | 'spf-type';

/** `error`: the zone is not loaded. `warning`: it is, by named-checkzone. */
export interface ZoneProblem {
  readonly code: ZoneProblemCode;
  readonly severity: 'error' | 'warning';
  /** The server refuses a primary zone with this although the tool only warns (check-names, S3-009). */
  readonly serverRefuses: boolean;
  readonly params: Readonly<Record<string, string | number>>;
  readonly span: TextSpan;
  /** The line of named-checkzone; undefined where the tool is silent until its summary. */
  readonly toolText: string | undefined;
}
