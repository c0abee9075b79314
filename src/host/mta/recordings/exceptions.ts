// Where a recorded log, bounce or queue listing of Postfix and ours differ, and why. A row that no longer differs fails the
// replay test, so this list is complete and current.

export interface LogException {
  readonly file: string;
  /** Lines of the recording that ours lacks, masked as in the test. */
  readonly theirs: readonly string[];
  /** Lines of ours that the recording lacks. */
  readonly ours: readonly string[];
  readonly why: string;
}

export const EXCEPTIONS: readonly LogException[] = [];
