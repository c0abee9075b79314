// Where ours differs from real servers and why: from the recordings of Postfix and Dovecot, and from the programs themselves
// when the same transcripts are played against them. A row that no longer differs fails the replay and the comparison, so
// this list is complete and current. Rows name the transcript's line; 0 is what is left over at its end.

export interface TalkException {
  /** `imap/rename`; `own/policy` is a transcript of ours, `src/smtp/policy.talk` */
  readonly file: string;
  /** Lines of the transcript that come out differently. */
  readonly lines: readonly number[];
  /** What ours says instead. */
  readonly ours: string;
  readonly why: string;
  /** Where it is a difference; absent: in the recordings and against the programs. */
  readonly where?: 'recordings' | 'programs';
}

export const EXCEPTIONS: readonly TalkException[] = [
  {
    file: 'smtp/auth_rate_limit',
    lines: [22, 24, 26],
    ours: '(nothing)',
    why: 'AUTH commands are not counted by client, so each wrong password waits for its own answer',
  },
  {
    file: 'smtp/auth_rate_limit',
    lines: [27],
    ours: '(still open)',
    why: 'the session still waits for the answer to the password before',
  },
  {
    file: 'lmtp/rset_noop_vrfy',
    lines: [32],
    ours: '500 5.5.1 Unknown command',
    why: 'STARTTLS is not configured on our LMTP server',
  },
  {
    file: 'lmtp/rset_noop_vrfy',
    lines: [34],
    ours: '500 5.5.1 Unknown command',
    why: 'without STARTTLS the AUTH behind it is a command like any other',
  },
  {
    file: 'own/refused-greeting',
    lines: [3, 5],
    ours: '521 5.3.2 mx.blue.example does not accept mail',
    why: "the transcript gives its reply word for word; an access map, Postfix's way to refuse, names the client in it",
    where: 'programs',
  },
  {
    file: 'imap/append',
    lines: [13],
    ours: '[APPENDUID 1795424400 6]',
    why: 'the recorded Maildir had not been opened yet: the appended message got the first UID, before the five that lay there',
  },
  {
    file: 'imap/append',
    lines: [19],
    ours: '[UNSEEN 2]',
    why: 'the recorded Maildir had not been opened yet: the appended message got the first UID, before the five that lay there',
  },
  {
    file: 'imap/append',
    lines: [24],
    ours: '* 6 FETCH (FLAGS (\\Seen \\Recent) INTERNALDATE "20-Nov-2026 09:00:00 +0000" RFC822.SIZE 44 UID 6)',
    why: 'the recorded Maildir had not been opened yet: the appended message got the first UID, before the five that lay there',
  },
  {
    file: 'imap/create_delete',
    lines: [15],
    ours: '* LIST (\\Noselect \\HasChildren) "/" Neu',
    why: 'a name that is only a level is \\Noselect (RFC 3501 §6.3.4); the recorded one still had its directory',
  },
  {
    file: 'imap/fetch_body',
    lines: [20],
    ours: '"7bit" 377 (',
    why: 'RFC 2046 §5.1.1: the line end before a boundary belongs to the boundary; Dovecot counts it in when a nested multipart ends there',
  },
  {
    file: 'imap/fetch_bodystructure',
    lines: [20],
    ours: '"7bit" 377 (',
    why: 'RFC 2046 §5.1.1: the line end before a boundary belongs to the boundary; Dovecot counts it in when a nested multipart ends there',
  },
  {
    file: 'imap/list_extended',
    lines: [39],
    ours: '* LIST (\\HasChildren) "/" Archiv',
    why: '\\UnMarked comes from the time stamps of a Maildir',
    where: 'recordings',
  },
  {
    file: 'imap/notify_metadata',
    lines: [13],
    ours: 'NOTIFY: Unknown command',
    why: 'NOTIFY is not offered by ours',
  },
  {
    file: 'imap/notify_metadata',
    lines: [28],
    ours: 'CANCELUPDATE: Unknown command',
    why: 'CONTEXT is not offered by ours',
  },
];
