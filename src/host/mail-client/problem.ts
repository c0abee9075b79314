// Whether an ask to a mail program can be done at all, told before anything happens: a refused ask is not on the tape.

import { mailboxesOf, parseAddressList, printAddrSpec } from '../../message/address.ts';
import type { MailAsk, MailProblem, MailRefs } from './ask.ts';
import { LOCAL_FOLDERS } from './folders.ts';
import type { MailClientState } from './state.ts';

/** Longest text that a person may send, in characters. */
export const MAIL_LIMIT = 200_000;
const MAX_RECIPIENTS = 100;
const MAX_FOLDER = 200;

/** The address in what was typed, as it goes into the envelope; undefined when it is none. */
export function typedAddress(typed: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- a line end would begin another field
  if (/[\x00-\x1f\x7f]/.test(typed)) return undefined;
  const [box, ...more] = mailboxesOf(parseAddressList(typed));
  if (box === undefined || more.length > 0 || box.domain === '' || box.localPart === '') return undefined;
  const address = printAddrSpec(box.localPart, box.domain);
  return /^[^\s@<>]+@[^\s@<>]+$/.test(address) || /^".*"@[^\s@<>]+$/.test(address) ? address : undefined;
}

/** Undefined when it can be done. */
export function mailProblem(state: MailClientState, ask: MailAsk): MailProblem | undefined {
  switch (ask.kind) {
    case 'online':
      return undefined;
    case 'check':
      return offline(state);
    case 'sendAgain':
      return (
        (ask.outgoing === undefined ? undefined : outgoingProblem(state, ask.outgoing)) ?? offline(state)
      );
    case 'discard':
      return outgoingProblem(state, ask.outgoing);
    case 'idle':
      return state.config.protocol === 'pop3' ? { id: 'notWithPop3' } : undefined;
    case 'open':
      return folderProblem(state, ask.folder);
    case 'expunge':
      return state.config.protocol === 'pop3' ? { id: 'notWithPop3' } : folderProblem(state, ask.folder);
    case 'search':
      if (ask.text.trim() === '') return { id: 'emptySearch' };
      if (ask.text.length > MAX_FOLDER) return { id: 'mailTooLong', limit: MAX_FOLDER };
      return folderProblem(state, ask.folder);
    case 'read':
      return (
        refsProblem(state, { folder: ask.folder, ids: [ask.id] }) ??
        (state.caches.get(ask.folder)?.messages.get(ask.id)?.here === 'whole' ? undefined : offline(state))
      );
    case 'flag':
    case 'delete':
      return refsProblem(state, ask);
    case 'move':
      return refsProblem(state, ask) ?? folderProblem(state, ask.to);
    case 'createFolder': {
      const { folder } = ask;
      // eslint-disable-next-line no-control-regex -- names of folders have no control characters
      if (folder.trim() === '' || folder.length > MAX_FOLDER || /[\x00-\x1f\x7f*%]|^\/|\/$|\/\//.test(folder))
        return { id: 'badFolderName', folder };
      const isTaken = folderNames(state).some((name) => name.toLowerCase() === folder.toLowerCase());
      return isTaken ? { id: 'folderExists', folder } : undefined;
    }
    case 'send':
      return draftProblem(state, ask);
  }
}

const offline = (state: MailClientState): MailProblem | undefined =>
  state.isOnline ? undefined : { id: 'isOffline' };

function folderNames(state: MailClientState): readonly string[] {
  if (state.folders.length > 0) return state.folders.map(({ name }) => name);
  // Before the first check an IMAP program knows of the one folder that every mailbox has (RFC 9051 §5.1).
  return state.config.protocol === 'pop3' ? LOCAL_FOLDERS.map(({ name }) => name) : ['INBOX'];
}

function folderProblem(state: MailClientState, folder: string): MailProblem | undefined {
  const found = state.folders.find(({ name }) => name === folder);
  if (found?.isClosed === true || (found === undefined && !folderNames(state).includes(folder)))
    return { id: 'noSuchFolder', folder };
  return undefined;
}

function refsProblem(state: MailClientState, { folder, ids }: MailRefs): MailProblem | undefined {
  const problem = folderProblem(state, folder);
  if (problem !== undefined) return problem;
  const messages = state.caches.get(folder)?.messages;
  const missing = ids.find((id) => messages?.has(id) !== true);
  if (missing !== undefined) return { id: 'noSuchMessage', folder, message: missing };
  return ids.length === 0 ? { id: 'noSuchMessage', folder, message: 0 } : undefined;
}

function outgoingProblem(state: MailClientState, outgoing: number): MailProblem | undefined {
  return state.outbox.has(outgoing) ? undefined : { id: 'noSuchOutgoing', outgoing };
}

function draftProblem(
  state: MailClientState,
  { draft }: Extract<MailAsk, { kind: 'send' }>,
): MailProblem | undefined {
  const everybody = [...draft.to, ...draft.cc, ...draft.bcc];
  if (everybody.length === 0) return { id: 'noRecipient' };
  const bad = everybody.find((typed) => typed.length > 500 || typedAddress(typed) === undefined);
  if (bad !== undefined) return { id: 'badAddress', address: bad.slice(0, 100) };
  if (everybody.length > MAX_RECIPIENTS || draft.text.length + draft.subject.length > MAIL_LIMIT)
    return { id: 'mailTooLong', limit: everybody.length > MAX_RECIPIENTS ? MAX_RECIPIENTS : MAIL_LIMIT };
  const { inReplyTo } = draft;
  return inReplyTo === undefined
    ? undefined
    : refsProblem(state, { folder: inReplyTo.folder, ids: [inReplyTo.id] });
}
