// Where the recordings of Dovecot's POP3 and IMAP and our sessions differ, and why. A row that no longer differs fails the
// replay, so this list is complete and current. Rows name the recording's line; 0 is what is left over at its end.

export interface MailboxException {
  /** `imap/rename` */
  readonly file: string;
  /** Lines of the recording that come out differently. */
  readonly lines: readonly number[];
  /** What ours says instead. */
  readonly ours: string;
  readonly why: string;
}

export const MAILBOX_EXCEPTIONS: readonly MailboxException[] = [];
