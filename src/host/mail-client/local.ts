// Messages in the device's own folders: all that POP3 has. Moving, flagging and deleting is done here and nowhere else; only
// that a message is to go from the server, too, waits for the next visit.

import type { Os } from '../program.ts';
import type { MailAsk, MailRefs } from './ask.ts';
import { folderOfList, folderOfRole, LOCAL_FOLDERS, sortFolders } from './folders.ts';
import { messageFrom } from './message.ts';
import type { MailMessage } from './notes.ts';
import type { MailClientState } from './state.ts';
import { addAction, cacheOf, putMessages, tellFolders } from './tell.ts';

/** Folders of the device, as soon as somebody looks. */
export function localFolders(state: MailClientState, os: Os): void {
  if (state.folders.length === 0) state.folders = [...LOCAL_FOLDERS];
  tellFolders(state, os);
}

export function createLocal(state: MailClientState, folder: string, os: Os): void {
  localFolders(state, os);
  state.folders = sortFolders([...state.folders, { ...folderOfList(folder, []), isLocal: true }]);
  tellFolders(state, os);
}

/** A sent message goes into the device's own Sent. */
export function fileLocally(state: MailClientState, hash: string, os: Os): void {
  localFolders(state, os);
  const raw = os.kept(hash);
  const id = cacheOf(state, 'Sent').nextId++;
  const message = messageFrom(
    raw,
    { id, flags: ['\\Seen'], size: raw.length, here: 'whole', onServer: false },
    os,
  );
  putMessages(state, 'Sent', [message], [], os);
}

function messagesOf(state: MailClientState, { folder, ids }: MailRefs): MailMessage[] {
  const { messages } = cacheOf(state, folder);
  return ids.flatMap((id) => messages.get(id) ?? []);
}

export function moveLocally(state: MailClientState, refs: MailRefs, to: string, os: Os): MailMessage[] {
  if (refs.folder === to) return messagesOf(state, refs);
  const target = cacheOf(state, to);
  const moved = messagesOf(state, refs).map((message) => ({ ...message, id: target.nextId++ }));
  putMessages(state, refs.folder, [], refs.ids, os);
  putMessages(state, to, moved, [], os);
  return moved;
}

/** Into the trash, or for good; the server's copy goes with the next visit. */
export function deleteLocally(
  state: MailClientState,
  { folder, ids, forGood }: Extract<MailAsk, { kind: 'delete' }>,
  os: Os,
): void {
  const trash = folderOfRole(state.folders, 'trash') ?? 'Trash';
  const messages = messagesOf(state, { folder, ids });
  const isForGood = forGood === true || folder === trash;
  const left = isForGood ? [] : moveLocally(state, { folder, ids }, trash, os);
  if (isForGood) putMessages(state, folder, [], ids, os);
  const there = messages.filter(
    ({ onServer, uidl }) => onServer && uidl !== undefined && !state.remove.has(uidl),
  );
  if (there.length === 0) return;
  for (const { uidl } of there) if (uidl !== undefined) state.remove.add(uidl);
  const uidls = new Set(there.map(({ uidl }) => uidl));
  const places = left.filter(({ uidl }) => uidls.has(uidl)).map(({ id }) => id);
  addAction(state, { kind: 'delete', folder: isForGood ? folder : trash, ids: places }, os);
}
