// The outbox: one message after the other is handed to the submission server, in a connection of its own, after a login
// (RFC 6409, RFC 4954). What was not accepted stays in the outbox with the reason; what was accepted goes into Sent.

import { nextInt } from '../../base/random.ts';
import { addressFamily } from '../../dns/address.ts';
import { connectionOf, type NetInput } from '../../net/network.ts';
import {
  clientConfig,
  clientDrain,
  clientEnd,
  clientReceive,
  clientSecured,
  clientWake,
  clientWakeAt,
  openClientSession,
  type ClientNote,
  type RecipientOutcome,
} from '../../smtp/client.ts';
import type { Os } from '../program.ts';
import { closeLink, failureOf, openLink, secureLink, type LinkUser } from './link.ts';
import type { MailFailure, MailOutgoing } from './notes.ts';
import { fileSent } from './sent.ts';
import type { MailClientState } from './state.ts';
import { tell, tellFailure, tellPhase } from './tell.ts';

export function putOutgoing(state: MailClientState, outgoing: MailOutgoing, os: Os): void {
  state.outbox.set(outgoing.id, outgoing);
  tell(os, { kind: 'outgoing', outgoing });
}

/** Sends what waits, one after the other. */
export function sendWaiting(state: MailClientState, os: Os): void {
  if (!state.isOnline || state.outgoing !== undefined) return;
  const next = [...state.outbox.values()].find((one) => one.state === 'waiting');
  if (next === undefined) return;
  state.sending = next.id;
  putOutgoing(state, { ...next, state: 'sending', tries: next.tries + 1 }, os);
  openLink(state, 'outgoing', user, os);
}

const user: LinkUser = {
  opened(state, isSecured, os) {
    const outgoing = state.outbox.get(state.sending ?? 0);
    const link = state.outgoing;
    if (outgoing === undefined || link === undefined) return closeLink(state, 'outgoing', os);
    const { config } = state;
    const { submission } = config;
    const draws = os.random('mail-nonce');
    const nonce = Array.from({ length: 18 }, () => nextInt(draws, 36).toString(36)).join('');
    const inClear = submission.security === 'none' ? 'none' : 'encrypt';
    const own = os.net.addresses.find((address) => addressFamily(address) === 4) ?? '127.0.0.1';
    const raw = os.kept(outgoing.message);
    state.smtpLost = undefined;
    state.smtp = openClientSession(
      // A device has no name of its own on the internet: the address as a literal (RFC 5321 §4.1.4).
      clientConfig(`[${own}]`, {
        tls: isSecured ? 'active' : inClear,
        nonce,
        skipQuitResponse: false,
        detectLoop: false,
        ...(submission.login === false ? {} : { login: { user: config.user, password: config.password } }),
      }),
      {
        server: { name: submission.host, address: link.address },
        nexthop: submission.host,
        reversePath: config.address,
        recipients: outgoing.recipients.map((address) => ({ address })),
        message: raw,
        // eslint-disable-next-line no-control-regex -- asks for anything outside ASCII
        ...(outgoing.recipients.some((address) => /[^\x00-\x7f]/.test(address)) ? { smtputf8: true } : {}),
      },
      os.now,
    );
    tellPhase(state, 'smtp', 'working', os);
    settle(state, os);
  },
  failed(state, failure, os) {
    tellFailure(failure, os, state.outgoing?.socket);
    giveBack(state, failure, os);
    over(state, os);
  },
};

export const submitLink: LinkUser = user;

/** It stays in the outbox, with the reason. */
function giveBack(state: MailClientState, failure: MailFailure, os: Os): void {
  const outgoing = state.outbox.get(state.sending ?? 0);
  if (outgoing?.state === 'sending') putOutgoing(state, { ...outgoing, state: 'failed', failure }, os);
}

function over(state: MailClientState, os: Os): void {
  state.smtp = undefined;
  state.sending = undefined;
  closeLink(state, 'outgoing', os);
  sendWaiting(state, os);
}

/** The device goes offline: what is being sent waits again. */
export function submitLeave(state: MailClientState, os: Os): void {
  const outgoing = state.outbox.get(state.sending ?? 0);
  state.smtp = undefined;
  state.sending = undefined;
  closeLink(state, 'outgoing', os);
  if (outgoing?.state === 'sending') putOutgoing(state, { ...outgoing, state: 'waiting' }, os);
}

export function submitInput(state: MailClientState, input: NetInput, os: Os): void {
  const { smtp } = state;
  if (smtp === undefined) {
    if (input.type === 'ended' || input.type === 'reset')
      user.failed(state, failureOf(state, 'outgoing', 'lost'), os);
    return;
  }
  switch (input.type) {
    case 'data':
      clientReceive(smtp, input.bytes, os.now);
      break;
    case 'secured':
      clientSecured(smtp, os.now);
      tellPhase(state, 'smtp', 'working', os);
      break;
    case 'ended':
    case 'reset':
      clientEnd(smtp, os.now);
      break;
    default:
      return;
  }
  settle(state, os);
}

export function submitTimer(state: MailClientState, os: Os): void {
  if (state.smtp === undefined) return;
  clientWake(state.smtp, os.now);
  settle(state, os);
}

/** The trace must not hold what opens the mailbox. */
function withoutSecret(note: ClientNote): ClientNote {
  if (note.kind !== 'command' || note.step !== 'AUTH') return note;
  return {
    ...note,
    text: note.text.replace(/^(AUTH \S+ )?\S+$/, (_, verb: string = '') => `${verb}********`),
  };
}

function settle(state: MailClientState, os: Os): void {
  const { smtp } = state;
  const socket = state.outgoing?.socket;
  if (smtp === undefined || socket === undefined) return;
  const connection = connectionOf(socket);
  for (let outputs = clientDrain(smtp); outputs.length > 0; outputs = clientDrain(smtp))
    for (const output of outputs) {
      switch (output.kind) {
        case 'send':
          os.send(socket, output.bytes);
          break;
        case 'note':
          if (output.note.kind === 'lost') state.smtpLost = output.note;
          os.emit({ type: 'smtp.client', connection, queueId: '', note: withoutSecret(output.note) });
          break;
        case 'startTls':
          secureLink(state, 'outgoing', os);
          break;
        case 'done':
          done(state, output.outcomes, os);
          break;
        case 'close':
          over(state, os);
          return;
      }
    }
  const wakeAt = clientWakeAt(smtp);
  if (wakeAt !== undefined) os.timer('outgoing', wakeAt, 'patient');
}

function done(state: MailClientState, outcomes: readonly RecipientOutcome[], os: Os): void {
  const outgoing = state.outbox.get(state.sending ?? 0);
  if (outgoing === undefined) return;
  const { id, message, recipients } = outgoing;
  const reached = outcomes.filter(({ status }) => status === 'delivered');
  const others = outcomes.filter(({ status }) => status !== 'delivered');
  if (reached.length > 0 && outgoing.refused.length === 0) fileSent(state, message, os);
  const [other] = others;
  if (other === undefined) {
    state.outbox.delete(id);
    const text = reached[0]?.text ?? '';
    tell(os, { kind: 'sent', id, message, recipients, text }, state.outgoing?.socket);
    return;
  }
  const failure = tellFailure(failureOfOutcome(state, other, reached.length > 0), os, state.outgoing?.socket);
  putOutgoing(
    state,
    {
      ...outgoing,
      state: 'failed',
      recipients: others.map(({ address }) => address),
      refused: others.map(({ address, text }) => ({ recipient: address, text })),
      failure,
    },
    os,
  );
}

function failureOfOutcome(
  state: MailClientState,
  { step, status, dsn, text, reply }: RecipientOutcome,
  isPartly: boolean,
): MailFailure {
  const of = (code: MailFailure['code'], more: Partial<MailFailure> = {}): MailFailure =>
    failureOf(state, 'outgoing', code, { text, ...more });
  const lost = state.smtpLost;
  if (lost !== undefined)
    return of(
      lost.reason === 'timeout' ? 'noAnswer' : 'lost',
      lost.step === 'end of data' ? { maybeSent: true } : {},
    );
  if (step === 'session') {
    if (dsn === '4.7.4' || dsn === '4.7.5') return of('tlsNotOffered');
    if (dsn === '4.7.0') return of(reply === undefined ? 'noMechanism' : 'wrongPassword');
    return of('messageRefused');
  }
  if (step === 'greeting' || step === 'EHLO' || step === 'HELO') return of('serverBusy');
  if (status === 'deferred') return of('sendLater');
  if (step === 'RCPT' || isPartly) return of('recipientRefused');
  return of(step === 'MAIL' ? 'senderRefused' : 'messageRefused');
}
