// The mailboxes as their owners see them, folded from deliveries. Knows who has which mailbox from the description, what
// lies in it from the trace alone. Which identity a message has, messages.ts says.

import type { EventOf } from '../host/events.ts';
import type { MdaConfig } from '../host/mda/config.ts';
import { mailboxesOf, parseAddressList, printAddrSpec } from '../message/address.ts';
import { decodeHeaderText } from '../message/encoded-word.ts';
import { firstField, parseMessage } from '../message/header.ts';
import type { WorldDescription } from '../world/description.ts';
import { newest, put, type History } from './history.ts';
import type { MailboxView } from './types.ts';

/** One person's mailbox on a host. */
export interface MailboxOwner {
  readonly host: string;
  readonly user: string;
  /** The first of the addresses that reach it. */
  readonly address: string;
}

/** One message in a mailbox. */
export interface MailboxEntry {
  readonly id: string;
  readonly host: string;
  readonly user: string;
  readonly folder: string;
  readonly uid: number;
  readonly from: string;
  readonly subject: string;
  readonly at: number;
  readonly seq: number;
  /** Hash of its bytes. */
  readonly hash: string;
  readonly flags: readonly string[];
}

/** Folders that somebody worked in, as they were after each change: `host user folder`; null when it is gone. */
export type FolderStates = Map<string, History<readonly MailboxEntry[] | null>>;

export function ownersOf(description: WorldDescription): MailboxOwner[] {
  return description.hosts.flatMap((host) =>
    Object.values(host.programs ?? {}).flatMap((program) =>
      program.kind === 'mda'
        ? ((program.config as Partial<MdaConfig>).users ?? []).map((user) => ({
            host: host.name,
            user: user.user,
            address: user.addresses[0] ?? '',
          }))
        : [],
    ),
  );
}

/** Subject and author of a message, decoded, for lists. */
export function headline(raw: string): { readonly subject: string; readonly from: string } {
  const message = parseMessage(raw);
  const subject = firstField(message, 'Subject')?.value ?? '';
  const from = firstField(message, 'From')?.value ?? '';
  const box = mailboxesOf(parseAddressList(from))[0];
  const address = box === undefined ? from : printAddrSpec(box.localPart, box.domain);
  return {
    subject: decodeHeaderText(subject),
    from: decodeHeaderText(box === undefined || box.name === '' ? address : box.name),
  };
}

export function mailboxEntry(event: EventOf<'mailbox.delivered'>, id: string, raw: string): MailboxEntry {
  const { subject, from } = headline(raw);
  const { host, user, folder, uid, at, seq, message } = event;
  return { id, host, user, folder, uid, from, subject, at, seq, hash: message, flags: [] };
}

/** Messages that came out of a file; the folder has them behind what it had. */
export function foldImported(
  folders: FolderStates,
  event: EventOf<'mailbox.imported'>,
  owner: MailboxOwner,
  entries: MailboxEntry[],
  kept: ReadonlyMap<string, string>,
): void {
  const { host, user, folder, seq } = event;
  const key = `${host} ${user} ${folder}`;
  const before = foldersOf(owner, entries, folders, seq).get(folder) ?? [];
  const added = event.messages.map(({ uid, flags, message, at }): MailboxEntry => {
    const place = { host, user, folder, uid, flags, hash: message };
    return { id: `m${seq}:${uid}`, ...headline(kept.get(message) ?? ''), at, seq, ...place };
  });
  entries.push(...added);
  const states = folders.get(key) ?? [];
  folders.set(key, states);
  put(states, seq, [...before, ...added]);
}

/** What a folder has become: messages that came by delivery keep their identity wherever they were moved to. */
export function foldFolder(
  folders: FolderStates,
  event: EventOf<'mailbox.folder'>,
  entries: readonly MailboxEntry[],
  kept: ReadonlyMap<string, string>,
): void {
  const { host, user, folder, seq } = event;
  const key = `${host} ${user} ${folder}`;
  const states = folders.get(key) ?? [];
  folders.set(key, states);
  if (event.isGone === true) return put(states, seq, null);
  const there = [...folders].flatMap(([other, history]) =>
    other.startsWith(`${host} ${user} `) ? (newest(history) ?? []) : [],
  );
  put(
    states,
    seq,
    event.messages.map(({ uid, flags, message, at }): MailboxEntry => {
      // What a mail program put there keeps the name that it got then.
      const known =
        entries.find((entry) => entry.hash === message && entry.host === host && entry.user === user) ??
        there.find((entry) => entry.hash === message);
      const place = { host, user, folder, uid, flags, hash: message };
      if (known !== undefined) return { ...known, ...place };
      return { id: `m${seq}:${uid}`, ...headline(kept.get(message) ?? ''), at, seq, ...place };
    }),
  );
}

/** What a person has in every folder after event `seq`, in the order of arrival. INBOX and Junk are always there. */
export function foldersOf(
  owner: MailboxOwner,
  entries: readonly MailboxEntry[],
  folders: FolderStates,
  seq: number,
): ReadonlyMap<string, readonly MailboxEntry[]> {
  const own = entries.filter((e) => e.host === owner.host && e.user === owner.user && e.seq <= seq);
  const prefix = `${owner.host} ${owner.user} `;
  const worked = [...folders.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length));
  const found = new Map<string, readonly MailboxEntry[]>();
  for (const name of new Set(['INBOX', 'Junk', ...own.map((entry) => entry.folder), ...worked])) {
    const states = folders.get(`${prefix}${name}`);
    const last = states?.findLast((state) => state.seq <= seq);
    if (last?.value === null) continue;
    const since = own.filter((entry) => entry.folder === name && entry.seq > (last?.seq ?? 0));
    if (last === undefined && since.length === 0 && name !== 'INBOX' && name !== 'Junk') continue;
    found.set(name, [...(last?.value ?? []), ...since]);
  }
  return found;
}

/** Every mailbox of the world as it was after event `seq`, newest message first. */
export function mailboxViews(
  owners: readonly MailboxOwner[],
  entries: readonly MailboxEntry[],
  folders: FolderStates,
  seq: number,
): readonly MailboxView[] {
  return owners.map((owner) => ({
    ...owner,
    folders: [...foldersOf(owner, entries, folders, seq)].map(([name, messages]) => ({
      name,
      messages: messages
        .map(({ id, uid, from, subject, at, flags, seq: delivered }) => ({
          id,
          uid,
          from,
          subject,
          at,
          seen: flags.includes('\\Seen'),
          flags,
          seq: delivered,
        }))
        .reverse(),
    })),
  }));
}
