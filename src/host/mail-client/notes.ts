// What a mail program tells the trace: what it was asked, what it does on the network, what it knows of folders and
// messages, what waits, what failed. The page is shown nothing else, so each note is complete.

import type { VerifyCode } from '../../crypto/x509-verify.ts';
import type { Time } from '../../base/dates.ts';
import type { MailAsk } from './ask.ts';

/** What the program is doing on the network; `closed`: nothing. `idling`: connected, and the server will tell. */
export type MailPhase =
  'closed' | 'lookingUp' | 'connecting' | 'securing' | 'loggingIn' | 'working' | 'idling';

export type MailProtocol = 'imap' | 'pop3' | 'smtp';

/** Everything that can go wrong between a device and its servers. Words: `mail.failure.<code>`. */
export const MAIL_FAILURES = [
  /** The name does not exist, or has no address. */
  'unknownHost',
  /** Nobody could say whether it exists. */
  'noDns',
  'refused',
  'timedOut',
  'unreachable',
  /** The certificate is not believed; the password was not sent. */
  'certificateExpired',
  'certificateNotYetValid',
  'certificateName',
  'certificateUntrusted',
  /** The handshake broke, or the other side does not speak TLS. */
  'tlsFailed',
  'tlsNotOffered',
  /** The server takes no password in clear, or no mechanism fits. */
  'noMechanism',
  'wrongPassword',
  /** POP3: another session has the mailbox. */
  'mailboxInUse',
  /** The server does not want to talk now. */
  'serverBusy',
  'protocol',
  /** No answer in time, in the middle of a conversation. */
  'noAnswer',
  /** The connection broke in the middle. */
  'lost',
  /** The server said no to what the program asked. */
  'commandRefused',
  // ---- submission
  'senderRefused',
  'recipientRefused',
  'messageRefused',
  /** A refusal for now (4xx). */
  'sendLater',
] as const;
export type MailFailureCode = (typeof MAIL_FAILURES)[number];

export interface MailFailure {
  readonly code: MailFailureCode;
  readonly protocol: MailProtocol;
  readonly server: string;
  readonly port: number;
  /** In the other side's own words, where it said something. */
  readonly text?: string;
  /** OpenSSL's number for what is wrong with the certificate. */
  readonly verify?: VerifyCode;
  readonly connection?: number;
  /** The message had been sent but not yet acknowledged: it may have arrived all the same. */
  readonly maybeSent?: true;
}

export type MailFolderRole = 'inbox' | 'sent' | 'drafts' | 'trash' | 'junk' | 'archive';

export interface MailFolderInfo {
  readonly name: string;
  readonly role?: MailFolderRole;
  /** A folder of the device alone (POP3). */
  readonly isLocal?: true;
  /** \Noselect: only there to hold others. */
  readonly isClosed?: true;
  /** As the server counted (STATUS) at the last check; the list of messages may know better. */
  readonly total?: number;
  readonly unseen?: number;
}

/** A message as the device has it. */
export interface MailMessage {
  /** UID with IMAP, a number of the device's own in POP3. */
  readonly id: number;
  /** POP3: what the server calls it. */
  readonly uidl?: string;
  /** IMAP flags: `\Seen`, `\Flagged`, `$Junk`. With POP3 only this device knows them. */
  readonly flags: readonly string[];
  /** Bytes of the whole message. */
  readonly size: number;
  /** `header`: the text lies on the server only. */
  readonly here: 'header' | 'whole';
  /** False: it is on this device and nowhere else as far as the device knows. */
  readonly onServer: boolean;
  /** Hash of what is here; its bytes are kept in the trace. */
  readonly hash: string;
  /** Decoded header fields, '' where there is none. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly messageId: string;
  /** Of the Date field; undefined when it cannot be read. */
  readonly date?: Time;
}

/** Something that was done here and that the server has not confirmed yet. */
export interface MailAction {
  readonly id: number;
  readonly kind: 'flag' | 'move' | 'delete' | 'expunge' | 'createFolder' | 'append';
  readonly folder: string;
  readonly ids: readonly number[];
  /** IMAP flag of `flag`. */
  readonly flag?: string;
  readonly on?: boolean;
  /** Target of `move`. */
  readonly to?: string;
  /** Hash of the message of `append` (a sent one). */
  readonly message?: string;
  readonly flags?: readonly string[];
}

export interface MailOutgoing {
  readonly id: number;
  readonly state: 'waiting' | 'sending' | 'failed';
  /** Hash of the message. Bcc is not in it. */
  readonly message: string;
  readonly messageId: string;
  readonly subject: string;
  /** In the headers. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  /** Only in the envelope. */
  readonly bcc: readonly string[];
  /** Envelope recipients that have not got it yet. */
  readonly recipients: readonly string[];
  /** Those who were refused, in the server's words. */
  readonly refused: readonly { readonly recipient: string; readonly text: string }[];
  readonly failure?: MailFailure;
  readonly tries: number;
}

/** What came in the way of an action or of what was known. Words: `mail.conflict.<kind>`. */
export const MAIL_CONFLICTS = [
  'messageGone',
  'folderGone',
  'uidValidity',
  'actionRefused',
  'accountChanged',
] as const;
export interface MailConflict {
  readonly kind: (typeof MAIL_CONFLICTS)[number];
  readonly folder: string;
  readonly ids: readonly number[];
  /** The action that came to nothing. */
  readonly action?: MailAction;
  /** In the server's words. */
  readonly text?: string;
}

export type MailClientNote =
  | { readonly kind: 'asked'; readonly ask: MailAsk }
  | { readonly kind: 'online'; readonly on: boolean }
  | { readonly kind: 'idle'; readonly on: boolean }
  /** IDLE is ended only to be begun anew (RFC 2177). */
  | { readonly kind: 'idleAgain' }
  /** `protocol` `smtp` is the outbox's own conversation, which goes on beside the other. */
  | {
      readonly kind: 'phase';
      readonly phase: MailPhase;
      readonly protocol: MailProtocol;
      readonly connection?: number;
    }
  | { readonly kind: 'failed'; readonly failure: MailFailure }
  /** A check came to its good end. `fetched`: messages whose text came over. */
  | { readonly kind: 'checked'; readonly fetched: number; readonly fresh: number }
  /** All folders, in the order in which they are shown. */
  | { readonly kind: 'folders'; readonly folders: readonly MailFolderInfo[] }
  | { readonly kind: 'opened'; readonly folder: string }
  /** The message is on the screen. */
  | { readonly kind: 'reading'; readonly folder: string; readonly id: number }
  /** Messages that are new or other than before, and those that are gone. `dropped`: all that was known before is void. */
  | {
      readonly kind: 'messages';
      readonly folder: string;
      readonly messages: readonly MailMessage[];
      readonly gone: readonly number[];
      readonly dropped?: true;
    }
  | {
      readonly kind: 'found';
      readonly folder: string;
      readonly text: string;
      readonly ids: readonly number[];
      /** Searched on the device, not by the server. */
      readonly isLocal: boolean;
    }
  /** All that waits to be confirmed, oldest first. */
  | { readonly kind: 'pending'; readonly actions: readonly MailAction[] }
  | { readonly kind: 'conflict'; readonly conflict: MailConflict }
  /** New, or other than before. */
  | { readonly kind: 'outgoing'; readonly outgoing: MailOutgoing }
  /** Out of the outbox. `recipients`: who got it with this try. */
  | {
      readonly kind: 'sent';
      readonly id: number;
      readonly message: string;
      readonly recipients: readonly string[];
      readonly text: string;
    }
  | { readonly kind: 'discarded'; readonly id: number }
  /** POP3: what became of the maildrop by this visit (UIDLs). */
  | {
      readonly kind: 'visited';
      readonly downloaded: readonly string[];
      readonly removed: readonly string[];
      readonly left: readonly string[];
    }
  /** The server wants the person to see this (IMAP ALERT). */
  | { readonly kind: 'alert'; readonly text: string };
