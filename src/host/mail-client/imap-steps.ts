// What the answers to a mail program's requests mean: which folders there are, whether what was known of one still counts
// (RFC 9051 §2.3.1.1), which messages are new, which are gone. RFC 4549 first: how a client that was away catches up.

import type { ImapClientMessage, ImapResult } from '../../imap/client-session.ts';
import type { Os } from '../program.ts';
import { actionDone } from './actions.ts';
import { folderOfList, sortFolders } from './folders.ts';
import { failureOf } from './link.ts';
import { messageFrom } from './message.ts';
import type { MailMessage } from './notes.ts';
import type { MailClientState, MailStep } from './state.ts';
import {
  cacheOf,
  dropFolder,
  endAction,
  putFlags,
  putMessages,
  tell,
  tellConflict,
  tellFailure,
  tellFolders,
} from './tell.ts';

/** Headers of so many messages are asked for at once, texts of so many. */
const HEADERS_AT_ONCE = 200;
const BODIES_AT_ONCE = 20;

type StepOf<Kind extends MailStep['kind']> = Extract<MailStep, { kind: Kind }>;

export function stepDone(state: MailClientState, step: MailStep, result: ImapResult, os: Os): void {
  switch (step.kind) {
    case 'list':
      return listed(state, result, os);
    case 'status':
      return counted(state, step, result, os);
    case 'select':
      return selected(state, step.folder, result, os);
    case 'flags':
      return looked(state, step.folder, result, os);
    case 'headers':
      if (!result.ok) return refused(state, result, os);
      return headed(state, step.folder, result.messages, os);
    case 'bodies':
      return fetched(state, step, result, os);
    case 'search': {
      if (!result.ok) return refused(state, result, os);
      const { folder, text } = step;
      const known = state.caches.get(folder)?.messages;
      const ids = result.found.filter((uid) => known?.has(uid) === true);
      tell(os, { kind: 'found', folder, text, ids, isLocal: false });
      return;
    }
    case 'action':
      return actionDone(state, step.id, result, os);
    case 'statuses':
    case 'checked':
    case 'logout':
      return;
  }
}

function refused(state: MailClientState, result: ImapResult, os: Os): void {
  tellFailure(failureOf(state, 'access', 'commandRefused', { text: result.text }), os, state.access?.socket);
}

function listed(state: MailClientState, result: ImapResult, os: Os): void {
  if (!result.ok) return refused(state, result, os);
  const before = new Map(state.folders.map((folder) => [folder.name, folder]));
  state.folders = sortFolders(
    result.folders.map(({ name, attributes }) => {
      const { total, unseen } = before.get(name) ?? {};
      return {
        ...folderOfList(name, attributes),
        ...(total === undefined ? {} : { total }),
        ...(unseen === undefined ? {} : { unseen }),
      };
    }),
  );
  const names = new Set(state.folders.map(({ name }) => name));
  for (const folder of [...state.caches.keys()])
    if (!names.has(folder)) {
      dropFolder(state, folder, os);
      state.caches.delete(folder);
    }
  if (!names.has(state.openFolder)) {
    state.openFolder = 'INBOX';
    tell(os, { kind: 'opened', folder: 'INBOX' });
  }
  tellFolders(state, os);
}

function counted(state: MailClientState, { folder }: StepOf<'status'>, result: ImapResult, os: Os): void {
  const { messages: total, unseen } = result.counts;
  state.folders = state.folders.map((one) =>
    one.name === folder && result.ok
      ? { ...one, ...(total === undefined ? {} : { total }), ...(unseen === undefined ? {} : { unseen }) }
      : one,
  );
  // Told once, when the last has been counted.
  if (state.steps[0]?.kind !== 'status') tellFolders(state, os);
}

function selected(state: MailClientState, folder: string, result: ImapResult, os: Os): void {
  if (!result.ok && folder === 'INBOX') {
    // Every mailbox has one: nothing can be done here now.
    refused(state, result, os);
    state.steps = [{ kind: 'logout' }];
    return;
  }
  if (!result.ok) {
    // Whatever was to be done in it cannot be done; what a person did there has come to nothing.
    tellConflict({ kind: 'folderGone', folder, ids: [], text: result.text }, os);
    for (const action of state.pending.filter(
      (one) => one.folder === folder && one.kind !== 'createFolder',
    )) {
      tellConflict({ kind: 'folderGone', folder, ids: action.ids, action, text: result.text }, os);
      endAction(state, action.id, os);
    }
    dropFolder(state, folder, os);
    state.caches.delete(folder);
    state.folders = state.folders.filter(({ name }) => name !== folder);
    tellFolders(state, os);
    state.steps = state.steps.filter((step) => !('folder' in step) || step.folder !== folder);
    if (state.openFolder === folder) {
      state.openFolder = 'INBOX';
      tell(os, { kind: 'opened', folder: 'INBOX' });
    }
    return;
  }
  const validity = state.imap?.folder?.uidValidity;
  const cache = cacheOf(state, folder);
  const isOther = cache.uidValidity !== undefined && validity !== undefined && cache.uidValidity !== validity;
  if (isOther) {
    // RFC 9051 §2.3.1.1: every UID that was known means nothing any more, also in what waits to be done.
    tellConflict({ kind: 'uidValidity', folder, ids: [] }, os);
    for (const action of state.pending.filter((one) => one.folder === folder && one.ids.length > 0)) {
      tellConflict({ kind: 'uidValidity', folder, ids: action.ids, action }, os);
      endAction(state, action.id, os);
    }
    dropFolder(state, folder, os);
  }
  cache.uidValidity = validity;
}

/** The list of what is there: flags are taken over, what is gone goes, what is new is asked for. */
function looked(state: MailClientState, folder: string, result: ImapResult, os: Os): void {
  if (!result.ok) return refused(state, result, os);
  const { messages } = cacheOf(state, folder);
  // One that came in meanwhile may have told its flags without being asked for.
  const flags = new Map(result.messages.map(({ uid, flags: set = [] }) => [uid, set] as const));
  putMessages(
    state,
    folder,
    [],
    [...messages.keys()].filter((uid) => !flags.has(uid)),
    os,
  );
  putFlags(state, folder, flags, os);
  const fresh = [...flags.keys()].filter((uid) => !messages.has(uid));
  const isAll = state.config.download === 'all';
  const steps: MailStep[] = pieces(fresh, HEADERS_AT_ONCE).map((uids) => ({ kind: 'headers', folder, uids }));
  if (isAll) {
    const lacking = [...flags.keys()].filter((uid) => messages.get(uid)?.here !== 'whole');
    steps.push(
      ...pieces(lacking, BODIES_AT_ONCE).map((uids): MailStep => ({
        kind: 'bodies',
        folder,
        uids,
        peek: true,
      })),
    );
  }
  state.steps.unshift(...steps);
}

function pieces(uids: readonly number[], length: number): number[][] {
  const found: number[][] = [];
  for (let at = 0; at < uids.length; at += length) found.push(uids.slice(at, at + length));
  return found;
}

function headed(
  state: MailClientState,
  folder: string,
  messages: readonly ImapClientMessage[],
  os: Os,
): void {
  // Between them the server may tell that flags of others have changed.
  const came = messages.flatMap(({ uid, flags = [], size = 0, header }) =>
    header === undefined
      ? []
      : [messageFrom(header, { id: uid, flags, size, here: 'header', onServer: true }, os)],
  );
  state.fresh += came.length;
  putMessages(state, folder, came, [], os);
  putFlags(state, folder, flagsOf(messages), os);
}

const flagsOf = (messages: readonly ImapClientMessage[]): ReadonlyMap<number, readonly string[]> =>
  new Map(messages.flatMap(({ uid, flags }) => (flags === undefined ? [] : [[uid, flags] as const])));

function fetched(state: MailClientState, step: StepOf<'bodies'>, result: ImapResult, os: Os): void {
  const { folder, uids } = step;
  if (!result.ok) refused(state, result, os);
  const cache = cacheOf(state, folder);
  const came: MailMessage[] = [];
  for (const { uid, flags = [], size, body } of result.messages) {
    const known = cache.messages.get(uid);
    if (body === undefined || body === '' || known === undefined) continue;
    const about = { id: uid, flags, size: size ?? known.size, here: 'whole' as const, onServer: true };
    came.push(messageFrom(body, about, os));
  }
  state.fetched += came.length;
  putMessages(state, folder, came, [], os);
  putFlags(state, folder, flagsOf(result.messages), os);
  const missing = uids.filter((uid) => !came.some(({ id }) => id === uid));
  if (result.ok && missing.length > 0 && step.read === true)
    tellConflict({ kind: 'messageGone', folder, ids: missing }, os);
  if (result.ok && missing.length > 0) putMessages(state, folder, [], missing, os);
  const [read] = came;
  if (step.read === true && read !== undefined) tell(os, { kind: 'reading', folder, id: read.id });
}
