// What an administrator sets on a delivery agent, in the spirit of Dovecot's settings, and what the agent keeps while it
// runs. All of it is plain data.

import type { Time } from '../../base/dates.ts';
import type { MailStore } from '../../mailbox/store.ts';
import type { SieveState } from '../../sieve/run.ts';
import type { ClientSession } from '../../smtp/client.ts';
import type { ServerSession } from '../../smtp/session.ts';
import type { AccessConfig, AccessState } from '../mda-access.ts';

/** Limits of one mailbox; null and absent: none. */
export interface QuotaConfig {
  readonly bytes?: number | null;
  readonly messages?: number | null;
}

/** `users`: name and the addresses that reach it; `@hafen.example` takes what nobody else has. Quota in bytes. */
export interface MdaConfig extends AccessConfig {
  readonly port: number;
  readonly users: readonly {
    readonly user: string;
    readonly addresses: readonly string[];
    /** Absent: nobody can log in. */
    readonly password?: string;
    readonly quotaBytes?: number;
    readonly quotaMessages?: number;
  }[];
  /** Whose Authentication-Results it believes (RFC 8601 §5). */
  readonly trustedAuthservId: string;
  /** recipient_delimiter: `+` when absent, '' for none. */
  readonly recipientDelimiter?: '+' | '-' | '';
  /** The active Sieve script of a user. */
  readonly scripts?: Readonly<Record<string, string>>;
  /** Goes before what stands at the user. */
  readonly quota?: Readonly<Record<string, QuotaConfig>>;
  /** quota_full_tempfail: a full mailbox is answered 452, and the sender's server tries again. */
  readonly quotaFullTempfail?: boolean;
  /** submission_host: who takes the mail that scripts send. This host's own server when absent. */
  readonly submissionHost?: { readonly host: string; readonly address: string; readonly port: number };
}

export interface LmtpClient {
  readonly socket: number;
  readonly connection: number;
  readonly address: string;
  readonly session: ServerSession;
  helo: string;
}

/** What kind of mail a script sends. */
export type SieveCopyPurpose = 'redirect' | 'vacation' | 'notify';

/** A message to be handed to the mail server. */
export interface Outgoing {
  readonly id: number;
  readonly purpose: SieveCopyPurpose;
  readonly user: string;
  /** On which the message came that it answers or passes on. */
  readonly connection: number;
  readonly reversePath: string;
  /** Those still without a result. */
  recipients: string[];
  /** Hash of the bytes. */
  readonly message: string;
  /** A redirect that is refused for good goes into the mailbox after all. */
  readonly fallback?: Arrival;
  /** The event that it follows from. */
  readonly cause: number | undefined;
}

export interface MdaState {
  readonly config: MdaConfig;
  readonly store: MailStore;
  readonly clients: Map<number, LmtpClient>;
  /** Who reads mail over POP3 and IMAP. */
  readonly access: AccessState;
  nextSession: number;
  /** What scripts remember, by user. */
  readonly memory: Map<string, SieveState>;
  readonly outbox: Outgoing[];
  /** The session with the mail server, for the first of the outbox. */
  sending: { readonly socket: number; client: ClientSession | undefined } | undefined;
  /** The mail server could not be reached; the next try comes by timer. */
  isWaiting: boolean;
  nextOutgoing: number;
}

/** Where a message goes, and how it came: what every step of a delivery needs. */
export interface Arrival {
  readonly connection: number;
  readonly user: string;
  readonly recipient: string;
  readonly reversePath: string;
  /** Dovecot's name for the transaction. */
  readonly sessionId: string;
  /** With Return-Path, Delivered-To and Received on top. Binary string. */
  readonly text: string;
  readonly now: Time;
}
