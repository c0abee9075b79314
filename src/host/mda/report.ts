// How a run of a Sieve script stands in the trace. Types alone.

import type { RunError, SieveStep } from '../../sieve/run.ts';

export interface SieveActionReport {
  readonly kind:
    | 'implicitKeep'
    | 'keep'
    | 'fileinto'
    | 'redirect'
    | 'discard'
    | 'reject'
    | 'vacation'
    | 'noVacation'
    | 'notify'
    | 'addheader'
    | 'deleteheader';
  /** Folder, address, field, or the rule that spoke against a vacation reply. */
  readonly target: string;
  readonly line?: number;
}

export interface SieveRunReport {
  readonly actions: readonly SieveActionReport[];
  readonly implicitKeep: boolean;
  readonly error?: RunError;
  /** Every command and test in order. */
  readonly steps: readonly SieveStep[];
  /** Steps that were cut off. */
  readonly omitted: number;
}
