// What a person does with a mail program, as it stands on the tape. Messages are named by the number that the program gave
// them in its folder: the UID with IMAP, a number of the device's own with POP3.

/** Messages of one folder. */
export interface MailRefs {
  readonly folder: string;
  readonly ids: readonly number[];
}

/** A message as somebody typed it. Addresses as typed, one each: `Bob <bob@hafen.example>` or `bob@hafen.example`. */
export interface MailDraft {
  readonly to: readonly string[];
  readonly cc: readonly string[];
  /** Goes into the envelope only, never into the message (RFC 5322 §3.6.3). */
  readonly bcc: readonly string[];
  readonly subject: string;
  /** Line ends `\n`. */
  readonly text: string;
  /** The message that it answers: gets \Answered, and In-Reply-To and References are made from it. */
  readonly inReplyTo?: { readonly folder: string; readonly id: number };
}

export const MAIL_FLAGS = ['seen', 'flagged', 'answered', 'deleted'] as const;
export type MailFlag = (typeof MAIL_FLAGS)[number];
/** RFC 9051 §2.3.2. */
export const MAIL_FLAG_NAMES: Readonly<Record<MailFlag, string>> = {
  seen: '\\Seen',
  flagged: '\\Flagged',
  answered: '\\Answered',
  deleted: '\\Deleted',
};

export type MailAsk =
  /** Fetch what is new: IMAP folder list, counts and the open folder; POP3 one visit. Sends what waits, too. */
  | { readonly kind: 'check' }
  /** Look into a folder: its list is brought up to date. */
  | { readonly kind: 'open'; readonly folder: string }
  /** Read a message. Its body is fetched if it is not here; `peek`: without marking it as read (BODY.PEEK). */
  | { readonly kind: 'read'; readonly folder: string; readonly id: number; readonly peek?: true }
  | ({ readonly kind: 'flag'; readonly flag: MailFlag; readonly on: boolean } & MailRefs)
  | ({ readonly kind: 'move'; readonly to: string } & MailRefs)
  /** Into the trash; `forGood`, or from the trash: removed, with IMAP \Deleted and EXPUNGE in one go. */
  | ({ readonly kind: 'delete'; readonly forGood?: true } & MailRefs)
  /** IMAP: removes for good what is marked \Deleted in the folder, whoever marked it. */
  | { readonly kind: 'expunge'; readonly folder: string }
  /** The server searches (IMAP SEARCH), offline and with POP3 the program looks at what is here. */
  | { readonly kind: 'search'; readonly folder: string; readonly text: string }
  | { readonly kind: 'createFolder'; readonly folder: string }
  | { readonly kind: 'send'; readonly draft: MailDraft }
  /** Tries everything in the outbox again, or one of it. */
  | { readonly kind: 'sendAgain'; readonly outgoing?: number }
  /** Takes one out of the outbox without sending it. */
  | { readonly kind: 'discard'; readonly outgoing: number }
  /** Off: connections are closed, what is done waits. On: it is made up for, and a check follows. */
  | { readonly kind: 'online'; readonly on: boolean }
  /** IMAP: stay connected with IDLE, or not. */
  | { readonly kind: 'idle'; readonly on: boolean };

export const MAIL_ASKS = [
  'check',
  'open',
  'read',
  'flag',
  'move',
  'delete',
  'expunge',
  'search',
  'createFolder',
  'send',
  'sendAgain',
  'discard',
  'online',
  'idle',
] as const satisfies readonly MailAsk['kind'][];

/** Why an ask is refused; nothing has happened then. */
export type MailProblem =
  | { readonly id: 'noSuchFolder'; readonly folder: string }
  | { readonly id: 'noSuchMessage'; readonly folder: string; readonly message: number }
  | { readonly id: 'noSuchOutgoing'; readonly outgoing: number }
  | { readonly id: 'folderExists'; readonly folder: string }
  | { readonly id: 'badFolderName'; readonly folder: string }
  | { readonly id: 'badAddress'; readonly address: string }
  | { readonly id: 'noRecipient' }
  | { readonly id: 'emptySearch' }
  /** Only with a network: a check, a text that is not here. */
  | { readonly id: 'isOffline' }
  | { readonly id: 'mailTooLong'; readonly limit: number }
  /** POP3 has no such thing: IDLE, EXPUNGE. */
  | { readonly id: 'notWithPop3' };
