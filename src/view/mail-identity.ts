// Which message of the world a message on a device is: by its bytes where the device has them all, by folder and UID where
// it only has a header, else by Message-ID. Only delivered messages have an identity in the world.

import type { MailMessage } from '../host/mail-client/notes.ts';
import { firstField, parseMessage } from '../message/header.ts';
import type { Journal } from './journal.ts';
import type { HeldClient } from './mail-clients.ts';
import type { MailboxEntry, MailboxOwner } from './mailboxes.ts';

export interface Identities {
  of(folder: string, message: MailMessage): string | undefined;
}

/** The mailbox that a device is set up for; undefined when its server has no such mailbox. */
export function ownerOf(journal: Journal, client: HeldClient): MailboxOwner | undefined {
  const { config } = client;
  const reached = [...client.connections.values()]
    .filter(({ protocol }) => protocol !== 'smtp')
    .at(-1)?.server;
  const isUser = (owner: MailboxOwner): boolean =>
    owner.user === config.user || owner.address.toLowerCase() === config.user.toLowerCase();
  return journal.owners.find((owner) => owner.host === (reached ?? config.server.host) && isUser(owner));
}

/** Every message that ever was delivered into the mailbox or put there, by that moment: newest state last. */
export function everHeld(journal: Journal, owner: MailboxOwner, seq: number): readonly MailboxEntry[] {
  const delivered = journal.entries.filter(
    (entry) => entry.host === owner.host && entry.user === owner.user && entry.seq <= seq,
  );
  const prefix = `${owner.host} ${owner.user} `;
  const worked = [...journal.folders].flatMap(([key, states]) =>
    key.startsWith(prefix)
      ? states.flatMap((state) => (state.seq <= seq && state.value !== null ? state.value : []))
      : [],
  );
  return [...delivered, ...worked];
}

export function identities(journal: Journal, client: HeldClient, seq: number): Identities {
  const owner = ownerOf(journal, client);
  if (owner === undefined) return { of: () => undefined };
  const byHash = new Map<string, string>();
  const byPlace = new Map<string, string>();
  const byMessageId = new Map<string, string>();
  const delivered = new Set(journal.entries.map(({ id }) => id));
  for (const entry of everHeld(journal, owner, seq)) {
    if (!delivered.has(entry.id)) continue;
    byPlace.set(`${entry.folder} ${entry.uid}`, entry.id);
    if (byHash.has(entry.hash)) continue;
    byHash.set(entry.hash, entry.id);
    const messageId = messageIdOf(journal, entry.hash);
    if (messageId !== '' && !byMessageId.has(messageId)) byMessageId.set(messageId, entry.id);
  }
  return {
    of: (folder, message) =>
      (message.here === 'whole' ? byHash.get(message.hash) : undefined) ??
      (client.config.protocol === 'imap' ? byPlace.get(`${folder} ${message.id}`) : undefined) ??
      (message.messageId === '' ? undefined : byMessageId.get(message.messageId)),
  };
}

const known = new WeakMap<ReadonlyMap<string, string>, Map<string, string>>();

/** Read once for each message: a list asks for all of them again and again. */
function messageIdOf({ kept }: Journal, hash: string): string {
  const read = known.get(kept) ?? new Map<string, string>();
  known.set(kept, read);
  const found = read.get(hash);
  if (found !== undefined) return found;
  const value = firstField(parseMessage(kept.get(hash) ?? ''), 'Message-ID')?.value.trim() ?? '';
  read.set(hash, value);
  return value;
}
