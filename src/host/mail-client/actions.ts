// What a person did with messages and folders, and what IMAP makes of it. An action waits in `pending` until the server has
// confirmed it; it is done at once when there is a connection, and made up for when there was none. What came in the way
// meanwhile is a conflict, and told as one.

import type { ImapRequest, ImapResult } from '../../imap/client-session.ts';
import type { Os } from '../program.ts';
import { folderOfList, sortFolders } from './folders.ts';
import type { MailAction } from './notes.ts';
import { dueSteps, type MailClientState, type MailStep } from './state.ts';
import {
  addAction,
  cacheOf,
  endAction,
  putMessages,
  tellConflict,
  tellFolders,
  tellPending,
} from './tell.ts';

/** The steps that make up for everything that waits, oldest first. */
export function pendingSteps(state: MailClientState): MailStep[] {
  return state.pending.map(({ id }) => ({ kind: 'action', id }));
}

/**
 * The request of an action. `others`: its folder must be opened first, so that it is known what is still there.
 */
export function runAction(
  state: MailClientState,
  id: number,
  isOpen: (folder: string) => boolean,
  os: Os,
): ImapRequest | 'done' | 'others' {
  const action = state.pending.find((one) => one.id === id);
  if (action === undefined) return 'done';
  switch (action.kind) {
    case 'createFolder':
      return { kind: 'create', folder: action.folder };
    case 'append':
      return {
        kind: 'append',
        folder: action.folder,
        flags: action.flags ?? [],
        message: os.kept(action.message ?? ''),
      };
    default:
      break;
  }
  if (!isOpen(action.folder)) {
    state.steps.unshift({ kind: 'flags', folder: action.folder });
    return 'others';
  }
  if (action.kind === 'expunge') return { kind: 'expunge' };
  const uids = stillThere(state, action, os);
  if (uids.length === 0) {
    endAction(state, id, os);
    return 'done';
  }
  switch (action.kind) {
    case 'flag':
      return { kind: 'flag', uids, flag: action.flag ?? '', on: action.on === true };
    case 'move':
      return { kind: 'move', uids, folder: action.to ?? '' };
    case 'delete':
      return { kind: 'delete', uids };
  }
}

/** Messages that somebody else removed meanwhile are a conflict; the action goes on for the others. */
function stillThere(state: MailClientState, action: MailAction, os: Os): readonly number[] {
  const { messages } = cacheOf(state, action.folder);
  const gone = action.ids.filter((uid) => !messages.has(uid));
  if (gone.length === 0) return action.ids;
  tellConflict({ kind: 'messageGone', folder: action.folder, ids: gone, action }, os);
  const ids = action.ids.filter((uid) => messages.has(uid));
  state.pending = state.pending.map((one) => (one.id === action.id ? { ...one, ids } : one));
  tellPending(state, os);
  return ids;
}

export function actionDone(state: MailClientState, id: number, result: ImapResult, os: Os): void {
  const action = state.pending.find((one) => one.id === id);
  if (action === undefined) return;
  if (!result.ok && action.kind === 'append' && madeFolder(state, action, os)) return;
  endAction(state, id, os);
  const { folder, ids, to } = action;
  if (!result.ok) {
    const isMissing = /^(TRYCREATE|NONEXISTENT)/i.test(result.code ?? '');
    const target = to ?? folder;
    tellConflict(
      { kind: isMissing ? 'folderGone' : 'actionRefused', folder: target, ids, action, text: result.text },
      os,
    );
    // What was shown as done is not done.
    if (action.kind === 'createFolder') state.steps.push({ kind: 'list' });
    else if (action.kind !== 'append') dueSteps(state, folder);
    return;
  }
  switch (action.kind) {
    case 'move':
    case 'delete':
      putMessages(state, folder, [], ids, os);
      if (to !== undefined) refresh(state, to);
      return;
    case 'append':
      refresh(state, folder);
      return;
    case 'createFolder':
      state.steps.push({ kind: 'list' });
      return;
    case 'flag':
    case 'expunge':
      // The server says what has become of them.
      return;
  }
}

/** A folder got something new: it is counted again, also where nobody looks into it now. */
function refresh(state: MailClientState, folder: string): void {
  if (state.imap?.folder?.name === folder) dueSteps(state, folder);
  else if (!state.steps.some((step) => step.kind === 'status' && step.folder === folder))
    state.steps.push({ kind: 'status', folder });
}

/** There is no folder for what was sent: a program makes one, once. */
function madeFolder(state: MailClientState, { id, folder }: MailAction, os: Os): boolean {
  if (state.folders.some(({ name }) => name === folder)) return false;
  state.folders = sortFolders([...state.folders, folderOfList(folder, [])]);
  tellFolders(state, os);
  const made = addAction(state, { kind: 'createFolder', folder, ids: [] }, os);
  state.steps.unshift({ kind: 'action', id: made }, { kind: 'action', id });
  return true;
}
