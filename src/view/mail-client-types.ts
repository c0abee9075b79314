// The mail programs as the page sees them, and several devices on one mailbox side by side. Types only.
//
// What the page may rely on:
// - `mailClients(seq)` gives one view for each program of kind `mailClient`, in the order of the world's hosts; none: the
//   world has no mail program. All of it is as it was right after event `seq`.
// - A person acts by `run({ type: 'mail', host, program, ask })`, see `host/mail-client/ask.ts`; a refused ask comes back as a
//   `Problem` (ids: `MailProblem`) and changes nothing. Settings (leave on server, server names, security, password) are
//   changed by `run({ type: 'configure', … })` like those of servers; which ones are open is in `settings` of the world,
//   under kind `mailClient`.
// - After a command the world has run until it was quiet: the view shows the outcome. `phase.phase` other than `closed` and
//   `idling` then means that the program waits for a server that does not answer; time must be let pass.
// - Words for codes stand in `text/*/mail-client.ts`: `mail.failure.<code>`, `mail.conflict.<kind>`, `mail.phase.<phase>`,
//   `mail.device.<device>`, `mail.problem.<id>`.
// - Every part carries the `seq` that made it so: `why({ kind: 'event', seq })` explains it. `connections[].id` opens what was
//   said: `mailConversation(id)` gives the plain lines as the program knows them, although the wire carries TLS.
// - `messages[].world` is the identity of the message in the world, as in `MailboxView`: `message(world)` opens it as it lies
//   on the server. `mailMessage(client, folder, id)` gives the bytes that the device itself has.

import type { Time } from '../base/dates.ts';
import type { MailDevice, MailSecurity } from '../host/mail-client/config.ts';
import type {
  MailAction,
  MailConflict,
  MailFailure,
  MailFolderRole,
  MailMessage,
  MailOutgoing,
  MailPhase,
  MailProtocol,
} from '../host/mail-client/notes.ts';

export type * from '../host/mail-client/ask.ts';
export type * from '../host/mail-client/notes.ts';
export type { MailDevice, MailSecurity } from '../host/mail-client/config.ts';

export interface MailServerView {
  readonly host: string;
  readonly port: number;
  readonly security: MailSecurity;
}

export interface MailMessageView extends MailMessage {
  /** Identity in the world; absent when the message is nowhere on a server any more and was never delivered here. */
  readonly world?: string;
  readonly isSeen: boolean;
  /** The action on it that the server has not confirmed: shown, but not done. */
  readonly pending?: MailAction['kind'];
  /** The event that last changed it on this device. */
  readonly seq: number;
}

export interface MailFolderView {
  readonly name: string;
  readonly role?: MailFolderRole;
  readonly isLocal: boolean;
  /** Cannot be opened. */
  readonly isClosed: boolean;
  /** The device has looked into it: `messages` is what it knows. Otherwise only the counts are known. */
  readonly isListed: boolean;
  readonly total: number;
  readonly unseen: number;
  /** Newest first. */
  readonly messages: readonly MailMessageView[];
  readonly uidValidity?: number;
}

/** One connection of the program. */
export interface MailConnectionView {
  readonly id: number;
  readonly protocol: MailProtocol;
  readonly server: string;
  readonly port: number;
  readonly openedAt: Time;
  /** Absent while it stands. */
  readonly closedAt?: Time;
  readonly seq: number;
  /** Bytes on the wire, TLS included: to the server, and from it. */
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Times that the device spoke and then had to wait for an answer. */
  readonly roundTrips: number;
  /** How its conversation ended, if badly. */
  readonly failure?: MailFailure;
}

export interface MailOutgoingView extends MailOutgoing {
  readonly seq: number;
}

export interface MailClientView {
  /** `host program`: names the client in every query. */
  readonly id: string;
  readonly host: string;
  readonly program: string;
  readonly device: MailDevice;
  /** The host is the learner's. */
  readonly owned: boolean;
  readonly name: string;
  readonly address: string;
  readonly protocol: 'imap' | 'pop3';
  readonly server: MailServerView;
  readonly submission: MailServerView;
  readonly user: string;
  readonly leaveOnServer: boolean;
  readonly download: 'headers' | 'all';
  readonly idle: boolean;
  readonly isOnline: boolean;
  /** Of the access protocol, and of the outbox's own conversation. */
  readonly phase: {
    readonly phase: MailPhase;
    readonly connection?: number;
    readonly seq: number;
  };
  readonly sending: {
    readonly phase: MailPhase;
    readonly connection?: number;
    readonly seq: number;
  };
  /** The newest failure that nothing good followed. */
  readonly failure?: MailFailure & { readonly seq: number; readonly at: Time };
  readonly lastCheck?: { readonly seq: number; readonly at: Time; readonly fresh: number };
  readonly folders: readonly MailFolderView[];
  readonly openFolder: string;
  /** What is on the screen. */
  readonly reading?: { readonly folder: string; readonly id: number; readonly seq: number };
  readonly search?: {
    readonly folder: string;
    readonly text: string;
    readonly ids: readonly number[];
    readonly isLocal: boolean;
    readonly seq: number;
  };
  readonly outbox: readonly MailOutgoingView[];
  readonly pending: readonly MailAction[];
  /** Newest first. */
  readonly conflicts: readonly (MailConflict & { readonly seq: number; readonly at: Time })[];
  readonly alerts: readonly { readonly text: string; readonly seq: number; readonly at: Time }[];
  /** Newest first. */
  readonly connections: readonly MailConnectionView[];
  /** What the person did, newest first. */
  readonly asked: readonly { readonly seq: number; readonly at: Time; readonly kind: string }[];
}

/** What a device has of a message: the whole of it with its text, or only its header. Binary string. */
export interface MailCopyView {
  readonly isWhole: boolean;
  readonly raw: string;
  readonly world?: string;
}

/** A conversation in plain lines, as the program on the device knows it. Passwords are not in it. */
export interface MailTalkView {
  readonly connection: number;
  readonly protocol: MailProtocol;
  readonly server: string;
  readonly port: number;
  /** On the wire others saw only records. */
  readonly isProtected: boolean;
  readonly lines: readonly {
    readonly seq: number;
    readonly at: Time;
    readonly from: 'client' | 'server';
    readonly text: string;
  }[];
}

// ---- several devices on one mailbox --------------------------------------------------------------------------------

/** What one device made of one message of the mailbox. */
export interface DeviceCell {
  readonly client: string;
  /** `none`: it has never heard of it; `gone`: it had it, and has it no more. */
  readonly here: 'none' | 'header' | 'whole' | 'gone';
  readonly folder?: string;
  readonly id?: number;
  /** Read on this device, as it shows it. */
  readonly isSeen: boolean;
  readonly isFlagged: boolean;
  /** When its text came over. */
  readonly downloaded?: { readonly seq: number; readonly at: Time };
  /** It was this device that removed it from the server, or moved it there. */
  readonly removedHere?: { readonly seq: number; readonly at: Time };
  /** It waits for the network. */
  readonly pending?: MailAction['kind'];
  /** The event that last changed it here. */
  readonly seq?: number;
}

export interface ComparedMessage {
  /** Identity in the world. */
  readonly world: string;
  readonly subject: string;
  readonly from: string;
  readonly size: number;
  readonly deliveredAt: Time;
  readonly deliveredSeq: number;
  /** Where it lies on the server now; absent: nowhere. */
  readonly server?: { readonly folder: string; readonly uid: number; readonly flags: readonly string[] };
  /** It is no longer on the server: since when, and which device did it (absent: nobody of these). */
  readonly removed?: { readonly seq: number; readonly at: Time; readonly client?: string };
  /** In the order of `devices`. */
  readonly cells: readonly DeviceCell[];
}

export interface ComparedDevice {
  readonly client: string;
  readonly host: string;
  readonly device: MailDevice;
  readonly protocol: 'imap' | 'pop3';
  readonly leaveOnServer: boolean;
  readonly isOnline: boolean;
  readonly failure?: MailFailure;
  /** To the mailbox; what was sent is not in it. */
  readonly connections: number;
  readonly roundTrips: number;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Messages whose text is on the device, and how many it lists. */
  readonly whole: number;
  readonly listed: number;
  /**
   * What would be gone with the device: messages of which, as far as it knows, it has the only copy, and those that have
   * not gone out yet.
   */
  readonly onlyHere: number;
}

/** The devices that share a mailbox, and what became of each message on each of them: POP3 and IMAP on the same events. */
export interface MailComparisonView {
  readonly host: string;
  readonly user: string;
  readonly address: string;
  readonly devices: readonly ComparedDevice[];
  /** Newest first. */
  readonly messages: readonly ComparedMessage[];
}
