// How a mail program tells the trace what it does, and keeps its own books in step with what it told: nothing is changed
// here that the trace does not hear of.

import { connectionOf } from '../../net/network.ts';
import type { Os } from '../program.ts';
import type {
  MailAction,
  MailClientNote,
  MailConflict,
  MailFailure,
  MailMessage,
  MailPhase,
  MailProtocol,
} from './notes.ts';
import type { MailClientState, MailFolderCache } from './state.ts';

/** Emits a note; answers the event. */
export function tell(os: Os, note: MailClientNote, socket?: number): number {
  const connection = socket === undefined ? {} : { connection: connectionOf(socket) };
  return os.emit({ type: 'mail.client', program: os.program, note, ...connection });
}

/** What it does on the network now, if that is something else than before. */
export function tellPhase(state: MailClientState, protocol: MailProtocol, phase: MailPhase, os: Os): void {
  const isSmtp = protocol === 'smtp';
  const before = isSmtp ? state.sendPhase : state.phase;
  if (before === phase) return;
  if (isSmtp) state.sendPhase = phase;
  else state.phase = phase;
  const socket = (isSmtp ? state.outgoing : state.access)?.socket;
  const connection = socket === undefined ? {} : { connection: connectionOf(socket) };
  tell(os, { kind: 'phase', phase, protocol, ...connection }, socket);
}

export function tellFailure(failure: MailFailure, os: Os, socket?: number): MailFailure {
  const whole = socket === undefined ? failure : { ...failure, connection: connectionOf(socket) };
  tell(os, { kind: 'failed', failure: whole }, socket);
  return whole;
}

export function tellConflict(conflict: MailConflict, os: Os): void {
  tell(os, { kind: 'conflict', conflict });
}

/** The folder's cache; makes one for a folder that was never looked into. */
export function cacheOf(state: MailClientState, folder: string): MailFolderCache {
  const found = state.caches.get(folder) ?? {
    uidValidity: undefined,
    messages: new Map(),
    isTold: false,
    nextId: 1,
  };
  state.caches.set(folder, found);
  return found;
}

/** Takes over messages that are new or other than before, and forgets those that are gone; tells only what is news. */
export function putMessages(
  state: MailClientState,
  folder: string,
  messages: readonly MailMessage[],
  gone: readonly number[],
  os: Os,
): void {
  const cache = cacheOf(state, folder);
  const news = messages.filter((message) => {
    const before = cache.messages.get(message.id);
    return before === undefined || JSON.stringify(before) !== JSON.stringify(message);
  });
  const left = gone.filter((id) => cache.messages.delete(id));
  for (const message of news) cache.messages.set(message.id, message);
  if (cache.isTold && news.length === 0 && left.length === 0) return;
  cache.isTold = true;
  tell(os, { kind: 'messages', folder, messages: news, gone: left });
}

/** All that was known of a folder is void. */
export function dropFolder(state: MailClientState, folder: string, os: Os): void {
  const cache = state.caches.get(folder);
  if (cache === undefined) return;
  const gone = [...cache.messages.keys()];
  cache.messages.clear();
  tell(os, { kind: 'messages', folder, messages: [], gone, dropped: true });
}

export function putFlags(
  state: MailClientState,
  folder: string,
  flags: ReadonlyMap<number, readonly string[]>,
  os: Os,
): void {
  const messages = cacheOf(state, folder).messages;
  const changed: MailMessage[] = [];
  for (const [id, set] of flags) {
    const message = messages.get(id);
    if (message !== undefined) changed.push({ ...message, flags: withPending(state, folder, id, set) });
  }
  putMessages(state, folder, changed, [], os);
}

/** \Recent is the session's, not the message's (RFC 3501 §2.3.2). Sorted, so that equal sets are equal. */
export function plainFlags(flags: readonly string[]): string[] {
  return [...new Set(flags.filter((flag) => flag.toLowerCase() !== '\\recent'))].sort();
}

/** What the server says, with what was done here since and has not reached it. */
function withPending(
  state: MailClientState,
  folder: string,
  id: number,
  flags: readonly string[],
): readonly string[] {
  let set = plainFlags(flags);
  for (const action of state.pending)
    if (action.kind === 'flag' && action.folder === folder && action.ids.includes(id))
      set = withFlag(set, action.flag ?? '', action.on === true);
  return set;
}

export function withFlag(flags: readonly string[], flag: string, on: boolean): string[] {
  return plainFlags(on ? [...flags, flag] : flags.filter((one) => one !== flag));
}

export function tellPending(state: MailClientState, os: Os): void {
  tell(os, { kind: 'pending', actions: [...state.pending] });
}

export function addAction(state: MailClientState, action: Omit<MailAction, 'id'>, os: Os): number {
  const id = state.nextAction++;
  state.pending.push({ id, ...action });
  tellPending(state, os);
  return id;
}

/** The action is confirmed, or has come to nothing. */
export function endAction(state: MailClientState, id: number, os: Os): void {
  const before = state.pending.length;
  state.pending = state.pending.filter((action) => action.id !== id);
  if (state.pending.length !== before) tellPending(state, os);
}

/** Folders and their counts, if they are not as they were told last. */
export function tellFolders(state: MailClientState, os: Os): void {
  const text = JSON.stringify(state.folders);
  if (text === state.foldersTold) return;
  state.foldersTold = text;
  tell(os, { kind: 'folders', folders: [...state.folders] });
}
