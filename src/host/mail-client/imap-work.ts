// The mail program's work over IMAP: a list of steps, the first of which is at work; each becomes one request, and its answer
// may put others before the rest. What the session itself says and hears is in `src/imap/client.ts`. What this file holds
// to: everything that a person did stays in `pending` until the server has confirmed it or it has come to nothing.

import { fromLatin1, latin1 } from '../../base/bytes.ts';
import { MINUTE } from '../../base/dates.ts';
import { nextInt } from '../../base/random.ts';
import {
  imapClientAsk,
  imapClientConfig,
  imapClientDrain,
  imapClientEnd,
  imapClientReceive,
  imapClientSecured,
  imapClientStopIdle,
  imapClientWake,
  imapClientWakeAt,
  openImapClient,
  type ImapClientFailure,
  type ImapRequest,
  type ImapResult,
  type ImapUpdate,
} from '../../imap/client.ts';
import { connectionOf, type NetInput } from '../../net/network.ts';
import type { Os } from '../program.ts';
import { checkAccount } from './account.ts';
import { runAction } from './actions.ts';
import { closeLink, failureOf, openLink, secureLink, type LinkUser } from './link.ts';
import type { MailFailure, MailFailureCode } from './notes.ts';
import { stepDone } from './imap-steps.ts';
import { dueSteps, type MailClientState, type MailStep } from './state.ts';
import { putFlags, putMessages, tell, tellFailure, tellPhase } from './tell.ts';

/** RFC 2177: before the server's limit of 30 minutes IDLE is begun anew. */
const IDLE_AGAIN = 29 * MINUTE;
/** A server without IDLE is asked as often as this. */
const POLL = 5 * MINUTE;
const IDLE_TIMER = 'idle';

const FAILURES: Readonly<Record<ImapClientFailure, MailFailureCode>> = {
  refused: 'serverBusy',
  'tls-not-offered': 'tlsNotOffered',
  'tls-failed': 'tlsFailed',
  'no-mechanism': 'noMechanism',
  'wrong-password': 'wrongPassword',
  temporary: 'serverBusy',
  protocol: 'protocol',
  'too-long': 'protocol',
  timeout: 'noAnswer',
  lost: 'lost',
};

const user: LinkUser = {
  opened(state, isSecured, os) {
    const { config } = state;
    const draws = os.random('mail-nonce');
    const nonce = Array.from({ length: 18 }, () => nextInt(draws, 36).toString(36)).join('');
    const inClear = config.server.security === 'none' ? 'off' : 'required';
    state.imap = openImapClient(
      imapClientConfig(
        { user: config.user, password: config.password, nonce },
        { tls: isSecured ? 'active' : inClear },
      ),
      os.now,
    );
    tellPhase(state, 'imap', 'loggingIn', os);
    settle(state, os);
  },
  failed: imapFailed,
};

export const imapLink: LinkUser = user;

/** Puts steps at the end of the list and sees to it that they are done. */
export function imapDo(state: MailClientState, steps: readonly MailStep[], os: Os): void {
  checkAccount(state, os);
  state.steps.push(...steps);
  if (state.access === undefined) openLink(state, 'access', user, os);
  else settle(state, os);
}

/** The conversation is over, for a reason. What was to be done is given up; what was done here still waits. */
function imapFailed(state: MailClientState, failure: MailFailure, os: Os): void {
  tellFailure(failure, os, state.access?.socket);
  state.steps = [];
  over(state, os);
}

function over(state: MailClientState, os: Os): void {
  state.imap = undefined;
  state.request = undefined;
  state.idleRequest = undefined;
  state.steps = state.steps.filter(({ kind }) => kind !== 'logout');
  os.cancelTimer(IDLE_TIMER);
  closeLink(state, 'access', os);
  // Whatever came up while the connection was being closed.
  if (state.steps.length > 0 && state.isOnline) openLink(state, 'access', user, os);
}

/** Bytes, handshakes and ends on the connection. */
export function imapInput(state: MailClientState, input: NetInput, os: Os): void {
  const { imap } = state;
  if (imap === undefined) {
    if (input.type === 'ended' || input.type === 'reset')
      imapFailed(state, failureOf(state, 'access', 'lost'), os);
    return;
  }
  switch (input.type) {
    case 'data':
      imapClientReceive(imap, latin1(input.bytes), os.now);
      break;
    case 'secured':
      imapClientSecured(imap, true, os.now);
      tellPhase(state, 'imap', 'loggingIn', os);
      break;
    case 'ended':
    case 'reset':
      imapClientEnd(imap);
      break;
    default:
      return;
  }
  settle(state, os);
}

/** The session's own time-out, and the time to begin IDLE anew. */
export function imapTimer(state: MailClientState, key: string, os: Os): void {
  const { imap } = state;
  if (imap === undefined) return;
  if (key === IDLE_TIMER) {
    // Its end is an answer, after which there is nothing to do: it begins anew.
    if (canIdle(state)) {
      tell(os, { kind: 'idleAgain' }, state.access?.socket);
      imapClientStopIdle(imap, os.now);
    } else state.steps.push({ kind: 'flags', folder: state.openFolder });
  } else imapClientWake(imap, os.now);
  settle(state, os);
}

/** Leaves in peace if nothing is under way, else hangs up. Steps are given up. */
export function imapLeave(state: MailClientState, os: Os): void {
  state.steps = [];
  const { imap } = state;
  if (imap?.phase === 'ready' && state.request === undefined) {
    state.steps.push({ kind: 'logout' });
    settle(state, os);
  } else over(state, os);
}

/** IDLE was switched on or off. */
export function imapIdle(state: MailClientState, os: Os): void {
  if (state.idle) imapDo(state, [{ kind: 'flags', folder: state.openFolder }], os);
  else settle(state, os);
}

const canIdle = ({ imap }: MailClientState): boolean =>
  imap?.capabilities.some((one) => one === 'IDLE' || one === 'IMAP4REV2') === true;

/** Does what the session wants done, and gives it the next step as soon as it is free. */
function settle(state: MailClientState, os: Os): void {
  const { imap, access } = state;
  const socket = access?.socket;
  if (imap === undefined || socket === undefined) return;
  const connection = connectionOf(socket);
  for (;;) {
    const outputs = imapClientDrain(imap);
    if (outputs.length === 0 && !work(state, os)) break;
    for (const output of outputs) {
      switch (output.kind) {
        case 'send':
          os.send(socket, fromLatin1(output.bytes));
          break;
        case 'note':
          os.emit({ type: 'imap.client', connection, note: output.note });
          break;
        case 'startTls':
          secureLink(state, 'access', os);
          break;
        case 'ready':
          tellPhase(state, 'imap', 'working', os);
          break;
        case 'update':
          heard(state, output.update, os);
          break;
        case 'result':
          answered(state, output.id, output.result, os);
          break;
        case 'failed': {
          const text = output.text === '' ? {} : { text: output.text };
          imapFailed(state, failureOf(state, 'access', FAILURES[output.code], text), os);
          return;
        }
        case 'bye':
        case 'close':
          over(state, os);
          return;
      }
    }
  }
  const wakeAt = imapClientWakeAt(imap);
  if (wakeAt === undefined) os.cancelTimer('access');
  else os.timer('access', wakeAt, 'patient');
}

/** Begins the next step, or what comes when there is none. False when nothing was asked of the session. */
function work(state: MailClientState, os: Os): boolean {
  const { imap } = state;
  if (imap?.phase !== 'ready' || state.request !== undefined) return false;
  for (;;) {
    const [step] = state.steps;
    if (step === undefined) return rest(state, os);
    const request = requestOf(state, step, os);
    if (request === 'done') state.steps.shift();
    else if (request !== 'others') {
      if (state.idleRequest !== undefined) os.cancelTimer(IDLE_TIMER);
      tellPhase(state, 'imap', 'working', os);
      state.request = imapClientAsk(imap, request, os.now);
      return true;
    }
  }
}

/** Nothing to do: wait for news, or leave. */
function rest(state: MailClientState, os: Os): boolean {
  const { imap } = state;
  if (imap === undefined) return false;
  if (!state.idle) {
    // A standing IDLE is ended by the request.
    state.request = imapClientAsk(imap, { kind: 'logout' }, os.now);
    return true;
  }
  if (imap.folder === undefined) {
    state.steps.push({ kind: 'flags', folder: state.openFolder });
    return work(state, os);
  }
  if (state.idleRequest !== undefined || state.phase === 'idling') return false;
  tellPhase(state, 'imap', 'idling', os);
  os.timer(IDLE_TIMER, os.now + (canIdle(state) ? IDLE_AGAIN : POLL), 'patient');
  if (!canIdle(state)) return false;
  state.idleRequest = imapClientAsk(imap, { kind: 'idle' }, os.now);
  return true;
}

/**
 * What a step asks of the server. `done`: nothing, it is over. `others`: it put other steps before itself.
 */
function requestOf(state: MailClientState, step: MailStep, os: Os): ImapRequest | 'done' | 'others' {
  const isOpen = (folder: string): boolean => state.imap?.folder?.name === folder;
  const first = (...steps: MailStep[]): 'others' => {
    state.steps.unshift(...steps);
    return 'others';
  };
  switch (step.kind) {
    case 'list':
      return { kind: 'list' };
    case 'statuses': {
      state.steps.shift();
      const open = state.imap?.folder?.name;
      const others = state.folders.filter(({ name, isClosed }) => name !== open && isClosed !== true);
      return first(...others.map(({ name }): MailStep => ({ kind: 'status', folder: name })));
    }
    case 'status':
      return { kind: 'status', folder: step.folder };
    case 'select':
      return { kind: 'select', folder: step.folder };
    case 'flags':
      if (!isOpen(step.folder)) return first({ kind: 'select', folder: step.folder });
      return { kind: 'fetch', uids: { from: 1 }, what: 'flags' };
    case 'headers':
      if (!isOpen(step.folder)) return 'done';
      return { kind: 'fetch', uids: step.uids, what: 'header' };
    case 'bodies':
      if (!isOpen(step.folder)) return first({ kind: 'flags', folder: step.folder });
      return { kind: 'fetch', uids: step.uids, what: step.peek ? 'peek' : 'body' };
    case 'search':
      if (!isOpen(step.folder)) return first({ kind: 'flags', folder: step.folder });
      return { kind: 'search', text: step.text };
    case 'action':
      return runAction(state, step.id, isOpen, os);
    case 'checked':
      tell(os, { kind: 'checked', fetched: state.fetched, fresh: state.fresh });
      state.fetched = 0;
      state.fresh = 0;
      return 'done';
    case 'logout':
      return { kind: 'logout' };
  }
}

function answered(state: MailClientState, id: number, result: ImapResult, os: Os): void {
  if (id === state.idleRequest) {
    state.idleRequest = undefined;
    state.phase = 'working';
  } else if (id === state.request) {
    state.request = undefined;
    const step = state.steps.shift();
    if (step !== undefined) stepDone(state, step, result, os);
  }
}

/** News that nobody asked for: somebody else worked in the folder, or mail came in. */
function heard(state: MailClientState, update: ImapUpdate, os: Os): void {
  const folder = state.imap?.folder?.name;
  if (update.kind === 'alert') {
    tell(os, { kind: 'alert', text: update.text });
    return;
  }
  // Within a SELECT the counts are the answer, not news.
  if (folder === undefined || state.steps[0]?.kind === 'select') return;
  switch (update.kind) {
    case 'exists':
      dueSteps(state, folder);
      return;
    case 'expunged':
      if (update.uid === undefined) dueSteps(state, folder);
      else putMessages(state, folder, [], [update.uid], os);
      return;
    case 'flags':
      if (update.uid === undefined) dueSteps(state, folder);
      else putFlags(state, folder, new Map([[update.uid, update.flags]]), os);
  }
}
