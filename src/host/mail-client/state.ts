// What a mail program keeps: folders as it knows them, what waits, and what it has open. Plain data, so that it survives a
// checkpoint in the middle of a conversation.

import type { ImapClientSession } from '../../imap/client-session.ts';
import type { Pop3ClientSession } from '../../pop3/client.ts';
import type { ClientSession } from '../../smtp/client-job.ts';
import type { MailClientConfig } from './config.ts';
import type { MailAction, MailFolderInfo, MailMessage, MailOutgoing, MailPhase } from './notes.ts';

/** A folder that was looked into. */
export interface MailFolderCache {
  /** Undefined in POP3, and before the first SELECT. */
  uidValidity: number | undefined;
  messages: Map<number, MailMessage>;
  /** The trace knows that it was looked into, also where nothing was in it. */
  isTold: boolean;
  /** POP3: the number of the next message here. */
  nextId: number;
}

/** One thing to be done in a conversation; the first of the list is at work. */
export type MailStep =
  | { readonly kind: 'list' }
  /** The counts of all folders but the open one. */
  | { readonly kind: 'statuses' }
  | { readonly kind: 'status'; readonly folder: string }
  | { readonly kind: 'select'; readonly folder: string }
  /** Which messages are there, with which flags; asks for the headers and texts that are wanted. */
  | { readonly kind: 'flags'; readonly folder: string }
  | { readonly kind: 'headers'; readonly folder: string; readonly uids: readonly number[] }
  | {
      readonly kind: 'bodies';
      readonly folder: string;
      readonly uids: readonly number[];
      readonly peek: boolean;
      /** It is wanted on the screen. */
      readonly read?: true;
    }
  | { readonly kind: 'search'; readonly folder: string; readonly text: string }
  | { readonly kind: 'action'; readonly id: number }
  | { readonly kind: 'checked' }
  | { readonly kind: 'logout' };

/** A connection that is being made or stands. */
export interface MailLink {
  /** Addresses that have not been tried. */
  addresses: string[];
  /** The one that is being tried, or that it is connected to. */
  address: string;
  /** The look-up that is waited for. */
  token: string | undefined;
  socket: number | undefined;
  /** TLS from the first byte is under way: there is no session yet. */
  isSecuring: boolean;
}

export interface MailClientState {
  config: MailClientConfig;
  isOnline: boolean;
  idle: boolean;
  /** Server, protocol and user that the folders were fetched from: other ones make them void. */
  account: string;
  folders: MailFolderInfo[];
  readonly caches: Map<string, MailFolderCache>;
  openFolder: string;
  pending: MailAction[];
  nextAction: number;
  readonly outbox: Map<number, MailOutgoing>;
  nextOutgoing: number;
  nextToken: number;

  // ---- the conversation with the mailbox
  access: MailLink | undefined;
  imap: ImapClientSession | undefined;
  pop3: Pop3ClientSession | undefined;
  phase: MailPhase;
  steps: MailStep[];
  /** The request of the first step, while its answer is awaited. */
  request: number | undefined;
  /** The IDLE that stands or is being begun. */
  idleRequest: number | undefined;
  /** Folders as they were told last, as JSON. */
  foldersTold: string;
  fetched: number;
  fresh: number;
  /** POP3: unique ids that were downloaded, and those that were deleted here and shall go there, too. */
  readonly known: Set<string>;
  readonly remove: Set<string>;
  /** POP3: messages whose text is wanted although only headers are fetched. */
  readonly wanted: Set<string>;
  /** POP3: to be shown as soon as its text is here. */
  reading: { readonly folder: string; readonly id: number; readonly isPeek: boolean } | undefined;

  // ---- the conversation with the submission server
  outgoing: MailLink | undefined;
  smtp: ClientSession | undefined;
  /** How its connection broke, if it did: in the session's own words. */
  smtpLost: { readonly reason: 'lost connection' | 'timeout'; readonly step: string } | undefined;
  /** What is being sent. */
  sending: number | undefined;
  sendPhase: MailPhase;
}

export function newMailState(config: MailClientConfig): MailClientState {
  return {
    config,
    isOnline: true,
    idle: config.idle === true,
    account: '',
    folders: [],
    caches: new Map(),
    openFolder: 'INBOX',
    pending: [],
    nextAction: 1,
    outbox: new Map(),
    nextOutgoing: 1,
    nextToken: 1,
    access: undefined,
    imap: undefined,
    pop3: undefined,
    phase: 'closed',
    steps: [],
    request: undefined,
    idleRequest: undefined,
    foldersTold: '',
    fetched: 0,
    fresh: 0,
    known: new Set(),
    remove: new Set(),
    wanted: new Set(),
    reading: undefined,
    outgoing: undefined,
    smtp: undefined,
    smtpLost: undefined,
    sending: undefined,
    sendPhase: 'closed',
  };
}

/** The folder must be looked through again, unless that is due anyway. */
export function dueSteps(state: MailClientState, folder: string): void {
  const waiting = state.steps.slice(state.request === undefined ? 0 : 1);
  if (!waiting.some((step) => step.kind === 'flags' && step.folder === folder))
    state.steps.push({ kind: 'flags', folder });
}
