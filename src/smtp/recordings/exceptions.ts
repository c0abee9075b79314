// Where a recording and our sessions differ, and why. A row that no longer differs fails the replay test, so this list is
// complete and current. Rows name the recording's line.

export interface RecordingException {
  /** `smtp/expn_help` */
  readonly file: string;
  /** Lines of the recording that come out differently. */
  readonly lines: readonly number[];
  /** What ours says instead. */
  readonly ours: string;
  readonly why: string;
}

export const EXCEPTIONS: readonly RecordingException[] = [];
