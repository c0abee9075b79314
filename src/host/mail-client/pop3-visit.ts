// A mail program's visit to its maildrop: what is new is downloaded into the device's own folders, and deleted there or left
// there as the person wants it. With POP3 folders, flags and what was read are this device's business alone.

import { fromLatin1, latin1 } from '../../base/bytes.ts';
import { nextInt } from '../../base/random.ts';
import { connectionOf, type NetInput } from '../../net/network.ts';
import {
  openPop3Client,
  pop3ClientConfig,
  pop3ClientDrain,
  pop3ClientEnd,
  pop3ClientReceive,
  pop3ClientSecured,
  pop3ClientWake,
  pop3ClientWakeAt,
  type Pop3ClientFailure,
  type Pop3ClientOutput,
} from '../../pop3/client.ts';
import type { Os } from '../program.ts';
import { checkAccount } from './account.ts';
import { closeLink, failureOf, openLink, secureLink, type LinkUser } from './link.ts';
import { localFolders } from './local.ts';
import { messageFrom } from './message.ts';
import type { MailFailure, MailFailureCode, MailMessage } from './notes.ts';
import type { MailClientState } from './state.ts';
import { cacheOf, putMessages, tell, tellFailure, tellPending, tellPhase, withFlag } from './tell.ts';

const FAILURES: Readonly<Record<Pop3ClientFailure, MailFailureCode>> = {
  refused: 'serverBusy',
  'tls-not-offered': 'tlsNotOffered',
  'tls-failed': 'tlsFailed',
  'no-mechanism': 'noMechanism',
  'wrong-password': 'wrongPassword',
  'maildrop-in-use': 'mailboxInUse',
  temporary: 'serverBusy',
  protocol: 'protocol',
  'too-long': 'protocol',
  timeout: 'noAnswer',
  lost: 'lost',
};

/** Of everything that came from the maildrop, by its unique id. */
function downloaded(state: MailClientState): ReadonlyMap<string, { folder: string; message: MailMessage }> {
  const found = new Map<string, { folder: string; message: MailMessage }>();
  for (const [folder, { messages }] of state.caches)
    for (const message of messages.values())
      if (message.uidl !== undefined) found.set(message.uidl, { folder, message });
  return found;
}

export const pop3Link: LinkUser = {
  opened(state, isSecured, os) {
    const { config } = state;
    const draws = os.random('mail-nonce');
    const nonce = Array.from({ length: 18 }, () => nextInt(draws, 36).toString(36)).join('');
    const inClear = config.server.security === 'none' ? 'off' : 'required';
    const here = [...downloaded(state)];
    const headers = here.filter(([, { message }]) => message.here === 'header').map(([uidl]) => uidl);
    const isAll = config.download !== 'headers';
    state.pop3 = openPop3Client(
      pop3ClientConfig(
        { user: config.user, password: config.password, nonce },
        { tls: isSecured ? 'active' : inClear },
      ),
      {
        known: [...state.known],
        after: config.leaveOnServer === false ? 'delete' : 'leave',
        remove: [...state.remove],
        fetch: isAll ? 'whole' : 'headers',
        headers,
        wanted: isAll ? headers : [...state.wanted],
      },
      os.now,
    );
    tellPhase(state, 'pop3', 'loggingIn', os);
    settle(state, os);
  },
  failed,
};

/** Goes and looks what is there; one visit at a time. */
export function pop3Visit(state: MailClientState, os: Os): void {
  localFolders(state, os);
  checkAccount(state, os);
  if (state.access === undefined) openLink(state, 'access', pop3Link, os);
}

function failed(state: MailClientState, failure: MailFailure, os: Os): void {
  tellFailure(failure, os, state.access?.socket);
  over(state, os);
}

function over(state: MailClientState, os: Os): void {
  state.pop3 = undefined;
  state.reading = undefined;
  state.wanted.clear();
  state.fetched = 0;
  state.fresh = 0;
  closeLink(state, 'access', os);
}

export function pop3Input(state: MailClientState, input: NetInput, os: Os): void {
  const { pop3 } = state;
  if (pop3 === undefined) {
    if (input.type === 'ended' || input.type === 'reset')
      failed(state, failureOf(state, 'access', 'lost'), os);
    return;
  }
  switch (input.type) {
    case 'data':
      pop3ClientReceive(pop3, latin1(input.bytes), os.now);
      break;
    case 'secured':
      pop3ClientSecured(pop3, true, os.now);
      tellPhase(state, 'pop3', 'loggingIn', os);
      break;
    case 'ended':
    case 'reset':
      pop3ClientEnd(pop3);
      break;
    default:
      return;
  }
  settle(state, os);
}

export function pop3Timer(state: MailClientState, os: Os): void {
  if (state.pop3 === undefined) return;
  pop3ClientWake(state.pop3, os.now);
  settle(state, os);
}

/** Hangs up in the middle: without QUIT nothing is deleted there (RFC 1939 §6). */
export function pop3Leave(state: MailClientState, os: Os): void {
  over(state, os);
}

function settle(state: MailClientState, os: Os): void {
  const { pop3, access } = state;
  const socket = access?.socket;
  if (pop3 === undefined || socket === undefined) return;
  const connection = connectionOf(socket);
  for (const output of pop3ClientDrain(pop3)) {
    switch (output.kind) {
      case 'send':
        os.send(socket, fromLatin1(output.bytes));
        break;
      case 'note':
        if (output.note.kind === 'logged-in') tellPhase(state, 'pop3', 'working', os);
        os.emit({ type: 'pop3.client', connection, note: output.note });
        break;
      case 'startTls':
        secureLink(state, 'access', os);
        break;
      case 'message':
        received(state, output, os);
        break;
      case 'done':
        visited(state, output, os);
        over(state, os);
        return;
      case 'failed': {
        const text = output.text === '' ? {} : { text: output.text };
        failed(state, failureOf(state, 'access', FAILURES[output.code], text), os);
        return;
      }
      case 'close':
        over(state, os);
        return;
    }
  }
  const wakeAt = pop3ClientWakeAt(pop3);
  if (wakeAt !== undefined) os.timer('access', wakeAt, 'patient');
}

type Arrived = Extract<Pop3ClientOutput, { kind: 'message' }>;

function received(state: MailClientState, { uid, raw, isWhole, size }: Arrived, os: Os): void {
  const before = uid === undefined ? undefined : downloaded(state).get(uid);
  const folder = before?.folder ?? 'INBOX';
  const cache = cacheOf(state, folder);
  const id = before?.message.id ?? cache.nextId++;
  const isRead = state.reading?.folder === folder && state.reading.id === id;
  const flags = before?.message.flags ?? [];
  const message = messageFrom(
    raw,
    {
      id,
      ...(uid === undefined ? {} : { uidl: uid }),
      flags: isRead && state.reading?.isPeek === false ? withFlag(flags, '\\Seen', true) : flags,
      size: isWhole ? raw.length : (size ?? raw.length),
      here: isWhole ? 'whole' : 'header',
      onServer: true,
    },
    os,
  );
  if (uid !== undefined) state.known.add(uid);
  if (before === undefined) state.fresh++;
  if (isWhole) state.fetched++;
  putMessages(state, folder, [message], [], os);
  if (isRead && isWhole) tell(os, { kind: 'reading', folder, id });
}

/** QUIT was answered: what is on the server now, and what is here alone. */
function visited(
  state: MailClientState,
  { removed, onServer }: Extract<Pop3ClientOutput, { kind: 'done' }>,
  os: Os,
): void {
  const there = new Set(onServer);
  const here = downloaded(state);
  for (const [uidl, { folder, message }] of here) {
    if (there.has(uidl) === message.onServer) continue;
    // A header alone, whose text nobody can fetch any more.
    if (message.here === 'header' && !there.has(uidl)) putMessages(state, folder, [], [message.id], os);
    else putMessages(state, folder, [{ ...message, onServer: there.has(uidl) }], [], os);
  }
  for (const uidl of [...state.known]) if (!there.has(uidl)) state.known.delete(uidl);
  state.remove.clear();
  if (state.pending.length > 0) {
    state.pending = [];
    tellPending(state, os);
  }
  const left = onServer.filter((uidl) => here.has(uidl) || state.known.has(uidl));
  const came = [...here.keys()].filter((uidl) => there.has(uidl) || removed.includes(uidl));
  tell(os, { kind: 'visited', downloaded: came, removed, left });
  tell(os, { kind: 'checked', fetched: state.fetched, fresh: state.fresh });
}
