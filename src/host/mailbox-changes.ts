// Tells the trace what a mailbox has become after somebody worked in it: one event for each folder that is not as it was.
// What the page shows of mailboxes is read from these and from deliveries.

import { rawOf, type Folder, type MailStore } from '../mailbox/store.ts';
import type { Os } from './program.ts';

/** What was told last of each folder: `user folder` to its state as text, one line a message. */
export type FolderMemory = Map<string, { readonly text: string; readonly count: number }>;

function stateOf(messages: Folder['messages']): string {
  return messages.map(({ uid, flags }) => `${uid} ${flags.join(' ')}\n`).join('');
}

/** A delivery has an event of its own: only remembers how things stand now. It adds, so that only the new is looked at. */
export function mailboxDelivered(memory: FolderMemory, store: MailStore, name: string): void {
  for (const { name: folder, messages } of store.users.get(name)?.folders ?? []) {
    const key = `${name} ${folder}`;
    const known = memory.get(key);
    if (known?.count === messages.length) continue;
    const isAdded = known !== undefined && known.count < messages.length;
    memory.set(key, {
      text: isAdded ? known.text + stateOf(messages.slice(known.count)) : stateOf(messages),
      count: messages.length,
    });
  }
}

/** Emits `mailbox.folder` for every folder of the user that has changed since the last time, removed ones too. */
export function mailboxChanged(memory: FolderMemory, store: MailStore, name: string, os: Os): void {
  const user = store.users.get(name);
  if (user === undefined) return;
  const present = new Set<string>();
  for (const folder of user.folders) {
    const key = `${name} ${folder.name}`;
    present.add(key);
    const text = stateOf(folder.messages);
    const known = memory.get(key);
    memory.set(key, { text, count: folder.messages.length });
    if (known?.text === text || (text === '' && known === undefined)) continue;
    os.emit({
      type: 'mailbox.folder',
      user: name,
      folder: folder.name,
      messages: folder.messages.map((message) => ({
        uid: message.uid,
        flags: [...message.flags],
        // The store has its own hash for what a client appended; the trace knows bytes by this one.
        message: os.keep(rawOf(store, message)),
        at: message.internalDate,
      })),
    });
  }
  for (const key of [...memory.keys()])
    if (key.startsWith(`${name} `) && !present.has(key)) {
      memory.delete(key);
      os.emit({
        type: 'mailbox.folder',
        user: name,
        folder: key.slice(name.length + 1),
        messages: [],
        isGone: true,
      });
    }
}
