// What one session believes a mailbox to be: which message has which number, which flags its client was told. Other sessions
// change the store; `absorb` takes note, `report` tells the client, and only then numbers move (RFC 9051 §5.2, §7.5.1;
// RFC 2180). Plain data; knows no command.

import type { Folder, MailStore, MailUser, StoredMessage } from '../mailbox/store.ts';
import { findFolder } from '../mailbox/store.ts';
import { type ImapSession, isRev2, untagged } from './session.ts';
import { parseSet, type SetRange } from './syntax.ts';

export interface ViewMessage {
  readonly uid: number;
  readonly recent: boolean;
  /** As the session knows them. */
  flags: string[];
  modSeq: number;
  /** What the client has not been told: its flags, or only that it has another mod-sequence. */
  changed: 'flags' | 'modseq' | false;
  /** Gone from the store; keeps its number until the client is told. */
  expunged: boolean;
}

export interface View {
  readonly folder: string;
  readonly uidValidity: number;
  readonly readOnly: boolean;
  /** In the order of their numbers, from 1. */
  messages: ViewMessage[];
  /** In the order of their first use. */
  keywords: string[];
  /** What the client was told. */
  toldMessages: number;
  toldRecent: number;
  toldKeywords: number;
}

export const SYSTEM_FLAGS = ['\\Answered', '\\Flagged', '\\Deleted', '\\Seen', '\\Draft'];

export function userOf(session: ImapSession, store: MailStore): MailUser | undefined {
  return session.user === undefined ? undefined : store.users.get(session.user);
}

/** The folder behind the view; undefined when it is gone or another one of that name. */
export function viewedFolder(session: ImapSession, store: MailStore): Folder | undefined {
  const user = userOf(session, store);
  const { view } = session;
  if (user === undefined || view === undefined) return undefined;
  const folder = findFolder(user, view.folder);
  // Renamed under us, it is still the same mailbox.
  return folder?.uidValidity === view.uidValidity
    ? folder
    : user.folders.find((each) => each.uidValidity === view.uidValidity);
}

export function openView(folder: Folder, readOnly: boolean): View {
  const view: View = {
    folder: folder.name,
    uidValidity: folder.uidValidity,
    readOnly,
    messages: [],
    keywords: [],
    toldMessages: 0,
    toldRecent: 0,
    toldKeywords: 0,
  };
  absorbInto(view, folder);
  for (const message of view.messages) message.changed = false;
  view.toldMessages = view.messages.length;
  view.toldRecent = recentCount(view);
  view.toldKeywords = view.keywords.length;
  return view;
}

export const recentCount = (view: View): number => view.messages.filter((each) => each.recent).length;

/** Keywords get their place at first use. */
export function learnKeywords(view: View, flags: readonly string[]): void {
  for (const flag of flags)
    if (!flag.startsWith('\\') && !view.keywords.some((each) => each.toLowerCase() === flag.toLowerCase()))
      view.keywords.push(flag);
}

/** What became of the messages that the view has. Returns the UID of the last one. */
function absorbFlags(view: View, folder: Folder): number {
  const stored = new Map(folder.messages.map((message) => [message.uid, message]));
  let last = 0;
  for (const message of view.messages) {
    last = message.uid;
    const now = stored.get(message.uid);
    if (now === undefined) message.expunged = true;
    else if (now.flags.join(' ') !== message.flags.join(' ')) {
      message.flags = [...now.flags];
      message.changed = 'flags';
    }
    if (now !== undefined) message.modSeq = now.modSeq;
  }
  return last;
}

/** New messages. \Recent belongs to the first session that sees one (RFC 3501 §2.3.2). */
function absorbInto(view: View, folder: Folder): void {
  const last = absorbFlags(view, folder);
  for (const message of folder.messages) {
    learnKeywords(view, message.flags);
    if (message.uid <= last) continue;
    const recent = message.uid >= folder.firstRecentUid;
    const { uid, flags, modSeq } = message;
    view.messages.push({ uid, recent, flags: [...flags], modSeq, changed: false, expunged: false });
  }
  if (!view.readOnly) folder.firstRecentUid = folder.uidNext;
}

/** Takes note of what happened in the store. False: the mailbox is gone. */
export function absorb(session: ImapSession, store: MailStore): boolean {
  const { view } = session;
  if (view === undefined) return true;
  const folder = viewedFolder(session, store);
  if (folder === undefined) return false;
  absorbInto(view, folder);
  return true;
}

/**
 * Takes note of what became of the messages that the session knows, while it can still be seen; of new ones it learns when
 * it looks itself.
 */
export function absorbChanges(session: ImapSession, store: MailStore): void {
  const folder = viewedFolder(session, store);
  if (session.view !== undefined && folder !== undefined) absorbFlags(session.view, folder);
}

/** Tells the client what is new. Without `expunges` numbers stay as they are. */
export function report(session: ImapSession, expunges: boolean, withUid: boolean): void {
  const { view } = session;
  if (view === undefined) return;
  if (view.keywords.length > view.toldKeywords) tellKeywords(session, view);
  view.messages.slice(0, view.toldMessages).forEach((message, index) => {
    // What goes anyway need not be told of its flags.
    if (!message.changed || (expunges && message.expunged)) return;
    const items = [
      ...(withUid ? [`UID ${message.uid}`] : []),
      ...(session.enabled.includes('CONDSTORE') ? [`MODSEQ (${message.modSeq})`] : []),
      ...(message.changed === 'flags' ? [`FLAGS (${printFlags(session, view, message)})`] : []),
    ];
    message.changed = false;
    untagged(session, `${index + 1} FETCH (${items.join(' ')})`);
  });
  let told = view.toldMessages;
  if (expunges) {
    for (let index = view.messages.length - 1; index >= 0; index--) {
      if (view.messages[index]?.expunged !== true) continue;
      // Who never heard of a message need not hear that it went.
      if (index < view.toldMessages) {
        untagged(session, `${index + 1} EXPUNGE`);
        told--;
      }
      view.messages.splice(index, 1);
    }
  }
  for (const message of view.messages.slice(view.toldMessages)) message.changed = false;
  if (view.messages.length !== told) untagged(session, `${view.messages.length} EXISTS`);
  view.toldMessages = view.messages.length;
  const recent = recentCount(view);
  if (recent !== view.toldRecent && !isRev2(session)) untagged(session, `${recent} RECENT`);
  view.toldRecent = recent;
}

export function tellKeywords(session: ImapSession, view: View): void {
  const flags = [...SYSTEM_FLAGS, ...view.keywords].join(' ');
  untagged(session, `FLAGS (${flags})`);
  if (view.readOnly) untagged(session, 'OK [PERMANENTFLAGS ()] Read-only mailbox.');
  else untagged(session, `OK [PERMANENTFLAGS (${flags} \\*)] Flags permitted.`);
  view.toldKeywords = view.keywords.length;
}

/** System flags, \Recent, keywords in the order of the mailbox: Dovecot's. */
export function printFlags(session: ImapSession, view: View, message: ViewMessage): string {
  const has = new Set(message.flags.map((flag) => flag.toLowerCase()));
  const out = SYSTEM_FLAGS.filter((flag) => has.has(flag.toLowerCase()));
  if (message.recent && !isRev2(session)) out.push('\\Recent');
  return [...out, ...view.keywords.filter((each) => has.has(each.toLowerCase()))].join(' ');
}

/** A message of the view with its number and, unless it is gone, what the store has of it. */
export interface Chosen {
  readonly number: number;
  readonly message: ViewMessage;
  readonly stored: StoredMessage | undefined;
}

export function chosen(view: View, folder: Folder, numbers: readonly number[]): Chosen[] {
  const stored = new Map(folder.messages.map((message) => [message.uid, message]));
  return numbers.flatMap((number) => {
    const message = view.messages[number - 1];
    return message === undefined
      ? []
      : [{ number, message, stored: message.expunged ? undefined : stored.get(message.uid) }];
  });
}

/**
 * Numbers of the messages that a set means; undefined when it is no set, or names numbers that are not there (a UID may be
 * missing, a number may not: RFC 9051 §6.4.9).
 */
export function numbersOf(session: ImapSession, text: string, uid: boolean): number[] | undefined {
  const { view } = session;
  if (view === undefined) return undefined;
  const count = view.toldMessages;
  if (text === '$') {
    const saved = new Set(session.saved);
    return view.messages.slice(0, count).flatMap((each, index) => (saved.has(each.uid) ? [index + 1] : []));
  }
  const ranges = parseSet(text);
  if (ranges === undefined) return undefined;
  if (!uid && ranges.some((range) => beyond(range, count))) return undefined;
  return numbersIn(view, ranges, uid);
}

/** Dovecot takes `3:*` in a mailbox of two, and `*` in an empty one, but no number beyond the end. */
function beyond(range: SetRange, count: number): boolean {
  return [range.from, range.to].some((each) => each !== Infinity && each > count);
}

export function numbersIn(view: View, ranges: readonly SetRange[], uid: boolean): number[] {
  const count = view.toldMessages;
  const last = uid ? (view.messages[count - 1]?.uid ?? 0) : count;
  const bounds = ranges.map(({ from, to }): [number, number] => {
    const a = Math.min(from, last === 0 ? from : from === Infinity ? last : from);
    const b = to === Infinity ? last : to;
    return a <= b ? [a, b] : [b, a];
  });
  return view.messages
    .slice(0, count)
    .flatMap((each, index) =>
      bounds.some(([low, high]) =>
        uid ? each.uid >= low && each.uid <= high : index + 1 >= low && index < high,
      )
        ? [index + 1]
        : [],
    );
}
