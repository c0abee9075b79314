// The message store of a host as plain data: users, folders, messages with UIDs and flags, and where their bytes lie.
// Knows no protocol; IMAP, POP3 and LMTP see the same store through it. Maildir's names and Dovecot's quota are the model.

import type { Time } from '../base/dates.ts';
import { dateFields } from '../base/dates.ts';

/** IMAP's system flags that last (RFC 9051 §2.3.2) and keywords such as `$Forwarded`, `$Junk`. */
export type Flag = string;

export interface StoredMessage {
  /** Grows within a folder, never used twice (RFC 9051 §2.3.1.1). */
  readonly uid: number;
  /** When it came into this mailbox. */
  readonly internalDate: Time;
  /** Sorted, without \Recent. */
  flags: Flag[];
  /** Bytes, lines ending in CRLF. */
  readonly size: number;
  /** Key of the bytes in the store's blob table. */
  readonly hash: string;
  /** Maildir's base name, without the `:2,` part. */
  readonly uniqueName: string;
  /** Counts changes of the folder, for CONDSTORE (RFC 7162). */
  modSeq: number;
}

export interface Folder {
  /** `INBOX`, `Junk`, `Lists/work`; `/` parts levels. */
  name: string;
  readonly uidValidity: number;
  uidNext: number;
  highestModSeq: number;
  /** Somebody has asked for mod-sequences (RFC 7162 §3.1). */
  tracksModSeq?: boolean;
  /** RFC 6154: `\Junk`, `\Sent`, `\Drafts`, `\Trash`, `\Archive` */
  specialUse?: string;
  subscribed: boolean;
  /** Messages with a UID from here on are \Recent to the next session that selects the folder. */
  firstRecentUid: number;
  /** In the order of UIDs. */
  messages: StoredMessage[];
}

export interface MailUser {
  /** `bob@hafen.example`, the name in the mailbox table. */
  readonly name: string;
  /** In order of creation, INBOX first. */
  folders: Folder[];
  /** Names in the order of SUBSCRIBE, also of folders that are gone (RFC 9051 §6.3.7). Undefined: as the folders say. */
  subscriptions?: string[];
  /** Undefined: no limit. */
  quotaBytes?: number;
  quotaMessages?: number;
}

export interface MailStore {
  /** The host's name, part of Maildir's names. */
  readonly host: string;
  users: Map<string, MailUser>;
  /** Bytes of messages by hash; each is there once, however many folders hold it. */
  blobs: Map<string, string>;
  /** Counts deliveries: makes Maildir's names unique and the same in every run. */
  deliveries: number;
  /** UIDVALIDITY of the next folder. */
  nextUidValidity: number;
}

/** The folders of a new user, with their use (S5-007). */
const FOLDERS: readonly (readonly [string, string | undefined])[] = [
  ['INBOX', undefined],
  ['Junk', '\\Junk'],
  ['Sent', '\\Sent'],
  ['Drafts', '\\Drafts'],
  ['Trash', '\\Trash'],
];

/** @param now becomes the first UIDVALIDITY, in seconds, as Dovecot does it. */
export function createStore(host: string, now: Time): MailStore {
  return {
    host,
    users: new Map(),
    blobs: new Map(),
    deliveries: 0,
    nextUidValidity: Math.max(1, Math.floor(now / 1000)),
  };
}

export interface Quota {
  readonly bytes?: number;
  readonly messages?: number;
}

/** Adds a user with the usual folders. Adding one that is there only changes the quota. */
export function addUser(store: MailStore, name: string, quota: Quota = {}): MailUser {
  const user: MailUser = store.users.get(name) ?? { name, folders: [] };
  store.users.set(name, user);
  if (user.folders.length === 0) for (const [folder, use] of FOLDERS) createFolder(store, user, folder, use);
  if (quota.bytes === undefined) delete user.quotaBytes;
  else user.quotaBytes = quota.bytes;
  if (quota.messages === undefined) delete user.quotaMessages;
  else user.quotaMessages = quota.messages;
  return user;
}

/** RFC 9051 §5.1: INBOX in any case, all other names as written. */
export function findFolder(user: MailUser, name: string): Folder | undefined {
  const wanted = name.toUpperCase() === 'INBOX' ? 'INBOX' : name;
  return user.folders.find((folder) => folder.name === wanted);
}

/** Makes a folder; the one that is there already is returned as it is. */
export function createFolder(store: MailStore, user: MailUser, name: string, specialUse?: string): Folder {
  const present = findFolder(user, name);
  if (present !== undefined) return present;
  const folder: Folder = {
    name: name.toUpperCase() === 'INBOX' ? 'INBOX' : name,
    uidValidity: store.nextUidValidity++,
    uidNext: 1,
    highestModSeq: 1,
    subscribed: true,
    firstRecentUid: 1,
    messages: [],
  };
  if (specialUse !== undefined) folder.specialUse = specialUse;
  user.folders.push(folder);
  return folder;
}

/** Removes a folder and its messages; false for INBOX and names that are not there. */
export function deleteFolder(store: MailStore, user: MailUser, name: string): boolean {
  const folder = findFolder(user, name);
  if (folder === undefined || folder.name === 'INBOX') return false;
  user.folders = user.folders.filter((other) => other !== folder);
  releaseBlobs(store, new Set(folder.messages.map((message) => message.hash)));
  return true;
}

export interface Usage {
  readonly bytes: number;
  readonly messages: number;
}

/**
 * Bytes of the messages counted so far, by list. Only a short cut: lists grow at their end and are replaced when they
 * shrink, and a list that is not known here (of a fork, say) is counted from its start.
 */
const counted = new WeakMap<readonly StoredMessage[], { upTo: number; bytes: number }>();

function bytesOf(messages: readonly StoredMessage[]): number {
  let sum = counted.get(messages);
  if (sum === undefined || sum.upTo > messages.length) counted.set(messages, (sum = { upTo: 0, bytes: 0 }));
  for (; sum.upTo < messages.length; sum.upTo++) sum.bytes += messages[sum.upTo]?.size ?? 0;
  return sum.bytes;
}

export function usageOf(user: MailUser): Usage {
  let bytes = 0;
  let messages = 0;
  for (const folder of user.folders) {
    messages += folder.messages.length;
    bytes += bytesOf(folder.messages);
  }
  return { bytes, messages };
}

/** Whether that many bytes more would pass a limit, and which. */
export function quotaExceeded(user: MailUser, size: number): 'bytes' | 'messages' | undefined {
  if (user.quotaBytes === undefined && user.quotaMessages === undefined) return undefined;
  const usage = usageOf(user);
  if (user.quotaBytes !== undefined && usage.bytes + size > user.quotaBytes) return 'bytes';
  if (user.quotaMessages !== undefined && usage.messages + 1 > user.quotaMessages) return 'messages';
  return undefined;
}

/** What is to be stored. `hash` is the host's: the store only compares it. */
export interface NewMessage {
  /** Binary string, lines ending in CRLF. */
  readonly raw: string;
  readonly hash: string;
  readonly internalDate: Time;
  readonly flags?: readonly Flag[];
}

export type Stored =
  | {
      readonly kind: 'saved';
      readonly user: string;
      readonly folder: string;
      readonly message: StoredMessage;
    }
  | {
      readonly kind: 'over-quota';
      readonly user: string;
      readonly limit: 'bytes' | 'messages';
      readonly usage: Usage;
      readonly allowed: number;
    };

/** Puts a message at the end of a folder, unless a quota stands against it (S5-014). */
export function deliver(store: MailStore, user: MailUser, folder: Folder, message: NewMessage): Stored {
  const limit = quotaExceeded(user, message.raw.length);
  if (limit !== undefined) {
    const allowed = (limit === 'bytes' ? user.quotaBytes : user.quotaMessages) ?? 0;
    return { kind: 'over-quota', user: user.name, limit, usage: usageOf(user), allowed };
  }
  return { kind: 'saved', user: user.name, folder: folder.name, message: append(store, folder, message) };
}

/** Adds without asking for quota: what copying and moving within a mailbox builds on. */
export function append(store: MailStore, folder: Folder, message: NewMessage): StoredMessage {
  store.deliveries++;
  if (!store.blobs.has(message.hash)) store.blobs.set(message.hash, message.raw);
  const stored: StoredMessage = {
    uid: folder.uidNext++,
    internalDate: message.internalDate,
    flags: normalFlags(message.flags ?? []),
    size: message.raw.length,
    hash: message.hash,
    uniqueName: maildirName(store.host, store.deliveries, message),
    modSeq: ++folder.highestModSeq,
  };
  folder.messages.push(stored);
  return stored;
}

/** `1763888400.M120000P1000042.mx,S=355,W=367`: Dovecot's form, S with bare LF, W with CRLF (S5-006). */
export function maildirName(
  hostName: string,
  number: number,
  message: Pick<NewMessage, 'raw' | 'internalDate'>,
): string {
  let lines = 0;
  for (let at = message.raw.indexOf('\r\n'); at >= 0; at = message.raw.indexOf('\r\n', at + 2)) lines++;
  const host = hostName.split('.')[0] ?? hostName;
  const seconds = Math.floor(message.internalDate / 1000);
  const micros = dateFields(message.internalDate).millisecond * 1000;
  const size = message.raw.length;
  return `${seconds}.M${micros}P${1000000 + number}.${host},S=${size - lines},W=${size}`;
}

/** Canonical spelling and order; \Recent is no flag that is stored (RFC 9051 §2.3.2). */
export function normalFlags(flags: readonly Flag[]): Flag[] {
  const known = ['\\Answered', '\\Deleted', '\\Draft', '\\Flagged', '\\Seen'];
  const out = new Map<string, Flag>();
  for (const flag of flags) {
    const key = flag.toLowerCase();
    if (key !== '\\recent' && !out.has(key))
      out.set(key, known.find((name) => name.toLowerCase() === key) ?? flag);
  }
  return [...out.values()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The flags in Maildir's info part: `:2,` and letters in ASCII order. Keywords have no letter of their own here. */
export function maildirInfo(flags: readonly Flag[]): string {
  const letters: Readonly<Record<string, string>> = {
    '\\Draft': 'D',
    '\\Flagged': 'F',
    $Forwarded: 'P',
    '\\Answered': 'R',
    '\\Seen': 'S',
    '\\Deleted': 'T',
  };
  const found = flags.flatMap((flag) => (Object.hasOwn(letters, flag) ? [letters[flag] ?? ''] : []));
  return `:2,${found.sort().join('')}`;
}

/** Sets the flags of one message; true when something changed. What changes together shares one `modSeq`. */
export function setFlags(
  folder: Folder,
  message: StoredMessage,
  flags: readonly Flag[],
  modSeq = folder.highestModSeq + 1,
): boolean {
  const wanted = normalFlags(flags);
  if (wanted.join(' ') === message.flags.join(' ')) return false;
  message.flags = wanted;
  message.modSeq = modSeq;
  folder.highestModSeq = Math.max(folder.highestModSeq, modSeq);
  return true;
}

/** Removes messages for good and forgets bytes that nobody holds any more. Returns what was removed. */
export function expunge(
  store: MailStore,
  folder: Folder,
  drop: (message: StoredMessage) => boolean,
): StoredMessage[] {
  const removed = folder.messages.filter(drop);
  if (removed.length === 0) return removed;
  const gone = new Set(removed);
  // A new list: what was counted of the old one does not hold for it.
  folder.messages = folder.messages.filter((message) => !gone.has(message));
  folder.highestModSeq++;
  releaseBlobs(store, new Set(removed.map((message) => message.hash)));
  return removed;
}

/** Copies within a mailbox; the copy gets a new UID and keeps flags and date. */
export function copyMessage(store: MailStore, to: Folder, message: StoredMessage): StoredMessage {
  return append(store, to, { ...message, raw: rawOf(store, message) });
}

/** Moves within a mailbox. Quota is not asked, as with Dovecot. */
export function moveMessage(
  store: MailStore,
  from: Folder,
  to: Folder,
  message: StoredMessage,
): StoredMessage {
  const copy = copyMessage(store, to, message);
  expunge(store, from, (other) => other.uid === message.uid);
  return copy;
}

/** The bytes of a message, '' when they are gone (the checker would say so). */
export function rawOf(store: MailStore, message: StoredMessage): string {
  return store.blobs.get(message.hash) ?? '';
}

function releaseBlobs(store: MailStore, candidates: Set<string>): void {
  for (const user of store.users.values())
    for (const folder of user.folders) for (const message of folder.messages) candidates.delete(message.hash);
  for (const hash of candidates) store.blobs.delete(hash);
}
