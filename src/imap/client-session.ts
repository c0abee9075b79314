// An IMAP client session as plain data: account, requests, results, what is known of the open folder. The loop is in
// `client.ts`, requests become commands in `client-request.ts`. RFC 9051 §3 first.

import type { Bytes } from '../base/bytes.ts';
import { MINUTE, type Time } from '../base/dates.ts';
import type { SaslClient } from '../sasl/client.ts';
import type { Mechanism } from '../sasl/mechanism.ts';

export interface ImapClientConfig {
  readonly user: string;
  readonly password: string;
  /** `active`: the connection is secure already; `required`: STARTTLS or nothing; `off`: in clear. */
  readonly tls: 'active' | 'required' | 'off';
  /** What the client would use; LOGIN (the command) comes last. */
  readonly mechanisms: readonly Mechanism[];
  /** For SCRAM; new for every connection. */
  readonly nonce: string;
  /** Longest line and longest response with its literals, in octets: more ends the session. */
  readonly lineLimit: number;
  readonly messageLimit: number;
  /** How long an answer may take. */
  readonly timeoutMs: number;
}

export function imapClientConfig(
  account: { readonly user: string; readonly password: string; readonly nonce: string },
  changes: Partial<ImapClientConfig> = {},
): ImapClientConfig {
  return {
    tls: 'required',
    mechanisms: ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'],
    lineLimit: 65_536,
    messageLimit: 50 * 1024 * 1024,
    timeoutMs: 2 * MINUTE,
    ...account,
    ...changes,
  };
}

/** What the person's program asks for; folder names as Unicode text, messages by UID. */
export type ImapRequest =
  | { readonly kind: 'list' }
  | { readonly kind: 'select'; readonly folder: string }
  /** `all` asks for every message from `from` on. */
  | {
      readonly kind: 'fetch';
      readonly uids: readonly number[] | { readonly from: number };
      /** `peek`: the text without marking the message as read. */
      readonly what: 'flags' | 'header' | 'body' | 'peek';
    }
  /** How many messages a folder has, without opening it. */
  | { readonly kind: 'status'; readonly folder: string }
  | { readonly kind: 'create'; readonly folder: string }
  | { readonly kind: 'flag'; readonly uids: readonly number[]; readonly flag: string; readonly on: boolean }
  | { readonly kind: 'move'; readonly uids: readonly number[]; readonly folder: string }
  /** For good: \Deleted, then EXPUNGE of these. */
  | { readonly kind: 'delete'; readonly uids: readonly number[] }
  /** For good: everything in the open folder that is marked \Deleted, whoever marked it. */
  | { readonly kind: 'expunge' }
  | { readonly kind: 'search'; readonly text: string }
  | {
      readonly kind: 'append';
      readonly folder: string;
      readonly flags: readonly string[];
      /** Binary string. */
      readonly message: string;
    }
  | { readonly kind: 'noop' }
  /** Stays until the next request or `imapClientStopIdle`. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'logout' };

export interface ImapClientFolder {
  readonly name: string;
  readonly attributes: readonly string[];
}

export interface ImapClientMessage {
  readonly uid: number;
  readonly flags?: readonly string[];
  readonly size?: number;
  /** Header or whole message, a binary string. */
  readonly header?: string;
  readonly body?: string;
}

/** What STATUS counted; absent items were not said. */
export interface ImapFolderStatus {
  readonly messages?: number;
  readonly unseen?: number;
  readonly uidNext?: number;
  readonly uidValidity?: number;
}

export interface ImapResult {
  readonly ok: boolean;
  /** The response code, such as `OVERQUOTA`, `TRYCREATE`, `APPENDUID 1 5`. */
  readonly code: string | undefined;
  readonly text: string;
  readonly folders: readonly ImapClientFolder[];
  readonly messages: readonly ImapClientMessage[];
  /** Of SEARCH. */
  readonly found: readonly number[];
  /** Of STATUS. */
  readonly counts: ImapFolderStatus;
}

/** What the server said unasked, or on the way. */
export type ImapUpdate =
  | { readonly kind: 'exists'; readonly count: number }
  /** `uid` undefined: this client never asked which message that was. */
  | { readonly kind: 'expunged'; readonly uid: number | undefined }
  | { readonly kind: 'flags'; readonly uid: number | undefined; readonly flags: readonly string[] }
  | { readonly kind: 'alert'; readonly text: string };

export type ImapClientFailure =
  | 'refused'
  | 'tls-not-offered'
  | 'tls-failed'
  | 'no-mechanism'
  | 'wrong-password'
  | 'temporary'
  | 'protocol'
  | 'too-long'
  | 'timeout'
  | 'lost';

export type ImapClientNote = { readonly at: Time } & (
  | { readonly kind: 'command'; readonly line: string }
  /** A line of the server, literals by their size only. */
  | { readonly kind: 'response'; readonly line: string }
);

export type ImapClientOutput =
  | { readonly kind: 'send'; readonly bytes: Bytes }
  /** Secure the connection; then `imapClientSecured`. */
  | { readonly kind: 'startTls' }
  | { readonly kind: 'close' }
  | { readonly kind: 'ready'; readonly way: Mechanism | 'LOGIN command' | 'PREAUTH' }
  | { readonly kind: 'result'; readonly id: number; readonly result: ImapResult }
  | { readonly kind: 'update'; readonly update: ImapUpdate }
  /** After LOGOUT; `lost` and the like are `failed`. */
  | { readonly kind: 'bye' }
  | { readonly kind: 'failed'; readonly code: ImapClientFailure; readonly text: string }
  | { readonly kind: 'note'; readonly note: ImapClientNote };

/** A command without its tag: text and literals by turns, text first; `shown` is what the trace may keep. */
export interface ImapCommand {
  readonly parts: readonly string[];
  readonly shown?: string;
}

export interface ImapFolderView {
  readonly name: string;
  uidValidity: number | undefined;
  uidNext: number | undefined;
  readOnly: boolean;
  exists: number;
  /** Known UIDs by sequence number minus one; holes where nobody asked. */
  uids: (number | undefined)[];
}

export interface ImapClientSession {
  readonly config: ImapClientConfig;
  outputs: ImapClientOutput[];
  /** Binary string, not yet used, and how long it must be before another look is worth it. */
  input: string;
  need: number;
  phase: 'greeting' | 'capability' | 'starttls' | 'login' | 'ready' | 'logout' | 'closed';
  securing: boolean;
  secured: boolean;
  capabilities: readonly string[];
  sasl: SaslClient | undefined;
  nextTag: number;
  /** Tag whose answer is awaited. */
  tag: string | undefined;
  /** What of the command waits for the server's `+`. */
  pending: string[];
  /** IDLE was accepted; DONE not yet said. */
  idling: boolean;
  stopIdle: boolean;
  /** Requests, the first one is at work. */
  queue: { readonly id: number; readonly request: ImapRequest }[];
  steps: ImapCommand[];
  nextId: number;
  folders: ImapClientFolder[];
  messages: ImapClientMessage[];
  found: number[];
  counts: ImapFolderStatus;
  folder: ImapFolderView | undefined;
  waitingSince: Time;
}
