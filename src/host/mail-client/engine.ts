// What a mail program does: asks of its person, the connections, the regular check. Installs itself into `mail-client.ts`;
// whoever lets a world run imports this file. IMAP's work is in `imap-work.ts`, POP3's in `pop3-visit.ts`, sending in
// `submit.ts`.

import type { Input, Os } from '../program.ts';
import { pendingSteps } from './actions.ts';
import { MAIL_FLAG_NAMES, type MailAsk, type MailRefs } from './ask.ts';
import { folderOfList, folderOfRole, sortFolders } from './folders.ts';
import { imapDo, imapIdle, imapInput, imapLeave, imapLink, imapTimer } from './imap-work.ts';
import { linkAnswered, linkInput, type LinkName, type LinkUser } from './link.ts';
import { createLocal, deleteLocally, localFolders, moveLocally } from './local.ts';
import { CHECK_TIMER, installMailEngine } from './mail-client.ts';
import { compose, holdsText } from './message.ts';
import type { MailAction } from './notes.ts';
import { pop3Input, pop3Leave, pop3Link, pop3Timer, pop3Visit } from './pop3-visit.ts';
import type { MailClientState } from './state.ts';
import { putOutgoing, sendWaiting, submitInput, submitLeave, submitLink, submitTimer } from './submit.ts';
import { addAction, cacheOf, putMessages, tell, tellFolders, withFlag } from './tell.ts';

const isPop3 = ({ config }: MailClientState): boolean => config.protocol === 'pop3';
const accessLink = (state: MailClientState): LinkUser => (isPop3(state) ? pop3Link : imapLink);

installMailEngine({
  handle(state: MailClientState, input: Input, os: Os): void {
    switch (input.type) {
      case 'call': {
        const { call } = input;
        if (call.type === 'mail') {
          os.cause = tell(os, { kind: 'asked', ask: call.ask });
          asked(state, call.ask, os);
        } else if (
          call.type === 'lookedUp' &&
          !linkAnswered(state, 'access', call.token, call.answer, accessLink(state), os)
        )
          linkAnswered(state, 'outgoing', call.token, call.answer, submitLink, os);
        return;
      }
      case 'timer':
        return timer(state, input.key, os);
      case 'datagram':
      case 'icmp':
      case 'accepted':
        return;
      default: {
        const { socket } = input;
        const name: LinkName | undefined =
          state.access?.socket === socket
            ? 'access'
            : state.outgoing?.socket === socket
              ? 'outgoing'
              : undefined;
        if (name === undefined) return;
        const user = name === 'access' ? accessLink(state) : submitLink;
        if (linkInput(state, name, input, user, os)) return;
        if (name === 'outgoing') submitInput(state, input, os);
        else if (isPop3(state)) pop3Input(state, input, os);
        else imapInput(state, input, os);
      }
    }
  },
});

function timer(state: MailClientState, key: string, os: Os): void {
  switch (key) {
    case CHECK_TIMER:
      os.timer(CHECK_TIMER, os.now + (state.config.checkEveryMs ?? 0), 'patient');
      // One that is idling is told anyway; one that still waits for an answer has not finished the last check.
      if (state.isOnline && state.access === undefined) check(state, os);
      return;
    case 'outgoing':
      return submitTimer(state, os);
    default:
      if (isPop3(state)) pop3Timer(state, os);
      else imapTimer(state, key, os);
  }
}

/** Brings everything up to date, and sends what waits. */
function check(state: MailClientState, os: Os): void {
  sendWaiting(state, os);
  if (isPop3(state)) return pop3Visit(state, os);
  imapDo(
    state,
    [
      ...pendingSteps(state),
      { kind: 'list' },
      { kind: 'flags', folder: state.openFolder },
      { kind: 'statuses' },
      { kind: 'checked' },
    ],
    os,
  );
}

function asked(state: MailClientState, ask: MailAsk, os: Os): void {
  switch (ask.kind) {
    case 'check':
      return check(state, os);
    case 'open':
      state.openFolder = ask.folder;
      tell(os, { kind: 'opened', folder: ask.folder });
      if (isPop3(state)) localFolders(state, os);
      else if (state.isOnline) imapDo(state, [{ kind: 'flags', folder: ask.folder }], os);
      return;
    case 'read':
      return read(state, ask, os);
    case 'flag':
      return flag(state, ask, MAIL_FLAG_NAMES[ask.flag], ask.on, os);
    case 'move':
      if (isPop3(state)) moveLocally(state, ask, ask.to, os);
      else if (ask.to !== ask.folder)
        act(state, { kind: 'move', folder: ask.folder, ids: ask.ids, to: ask.to }, os);
      return;
    case 'delete':
      return remove(state, ask, os);
    case 'expunge':
      return act(state, { kind: 'expunge', folder: ask.folder, ids: [] }, os);
    case 'search':
      return search(state, ask, os);
    case 'createFolder':
      if (isPop3(state)) return createLocal(state, ask.folder, os);
      state.folders = sortFolders([...state.folders, folderOfList(ask.folder, [])]);
      tellFolders(state, os);
      return act(state, { kind: 'createFolder', folder: ask.folder, ids: [] }, os);
    case 'send':
      return send(state, ask, os);
    case 'sendAgain':
      for (const outgoing of [...state.outbox.values()])
        if (outgoing.state === 'failed' && (ask.outgoing ?? outgoing.id) === outgoing.id) {
          const { failure: _, ...rest } = outgoing;
          putOutgoing(state, { ...rest, state: 'waiting' }, os);
        }
      return sendWaiting(state, os);
    case 'discard':
      if (state.sending === ask.outgoing) submitLeave(state, os);
      state.outbox.delete(ask.outgoing);
      tell(os, { kind: 'discarded', id: ask.outgoing });
      return sendWaiting(state, os);
    case 'online':
      return online(state, ask.on, os);
    case 'idle':
      state.idle = ask.on;
      tell(os, { kind: 'idle', on: ask.on });
      if (state.isOnline) imapIdle(state, os);
      return;
  }
}

function online(state: MailClientState, on: boolean, os: Os): void {
  if (on === state.isOnline) return;
  state.isOnline = on;
  tell(os, { kind: 'online', on });
  if (on) return check(state, os);
  submitLeave(state, os);
  if (isPop3(state)) pop3Leave(state, os);
  else imapLeave(state, os);
}

/** Keeps what was done until the server has it, and does it now if there is a network. */
function act(state: MailClientState, action: Omit<MailAction, 'id'>, os: Os): void {
  const id = addAction(state, action, os);
  if (state.isOnline) imapDo(state, [{ kind: 'action', id }], os);
}

function flag(state: MailClientState, { folder, ids }: MailRefs, name: string, on: boolean, os: Os): void {
  const { messages } = cacheOf(state, folder);
  const found = ids.flatMap((id) => messages.get(id) ?? []);
  const changed = found.filter(({ flags }) => flags.includes(name) !== on);
  if (changed.length === 0) return;
  const marked = changed.map((message) => ({ ...message, flags: withFlag(message.flags, name, on) }));
  putMessages(state, folder, marked, [], os);
  if (!isPop3(state))
    act(state, { kind: 'flag', folder, ids: changed.map(({ id }) => id), flag: name, on }, os);
}

function read(
  state: MailClientState,
  { folder, id, peek }: Extract<MailAsk, { kind: 'read' }>,
  os: Os,
): void {
  const message = cacheOf(state, folder).messages.get(id);
  if (message === undefined) return;
  if (message.here === 'whole') {
    tell(os, { kind: 'reading', folder, id });
    if (peek !== true) flag(state, { folder, ids: [id] }, '\\Seen', true, os);
    return;
  }
  if (!isPop3(state)) {
    const isPeek = peek === true;
    return imapDo(state, [{ kind: 'bodies', folder, uids: [id], peek: isPeek, read: true }], os);
  }
  if (message.uidl === undefined) return;
  state.wanted.add(message.uidl);
  state.reading = { folder, id, isPeek: peek === true };
  pop3Visit(state, os);
}

function remove(state: MailClientState, ask: Extract<MailAsk, { kind: 'delete' }>, os: Os): void {
  if (isPop3(state)) return deleteLocally(state, ask, os);
  const { folder, ids, forGood } = ask;
  const trash = folderOfRole(state.folders, 'trash') ?? 'Trash';
  if (forGood === true || folder === trash) act(state, { kind: 'delete', folder, ids }, os);
  else act(state, { kind: 'move', folder, ids, to: trash }, os);
}

function search(
  state: MailClientState,
  { folder, text }: Extract<MailAsk, { kind: 'search' }>,
  os: Os,
): void {
  if (!isPop3(state) && state.isOnline) return imapDo(state, [{ kind: 'search', folder, text }], os);
  const messages = [...cacheOf(state, folder).messages.values()];
  const ids = messages.filter((message) => holdsText(message, text, os)).map(({ id }) => id);
  tell(os, { kind: 'found', folder, text, ids, isLocal: true });
}

function send(state: MailClientState, { draft }: Extract<MailAsk, { kind: 'send' }>, os: Os): void {
  const id = state.nextOutgoing++;
  const { inReplyTo } = draft;
  const original =
    inReplyTo === undefined ? undefined : cacheOf(state, inReplyTo.folder).messages.get(inReplyTo.id);
  const answered = original === undefined ? undefined : os.kept(original.hash);
  const { raw, messageId, to, cc, bcc, recipients } = compose(state.config, draft, id, answered, os);
  const subject = draft.subject;
  const message = os.keep(raw);
  putOutgoing(
    state,
    { id, state: 'waiting', message, messageId, subject, to, cc, bcc, recipients, refused: [], tries: 0 },
    os,
  );
  sendWaiting(state, os);
  if (inReplyTo !== undefined)
    flag(state, { folder: inReplyTo.folder, ids: [inReplyTo.id] }, '\\Answered', true, os);
}
