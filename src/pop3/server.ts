// The POP3 server session: takes bytes, the store and the time, gives bytes, questions and notes. It cuts the input into
// lines and keeps limits, delays and time-outs; commands are in `login.ts` and `transaction.ts`. Knows no host and no
// clock. RFC 1939 first.

import { fromLatin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import type { MailStore } from '../mailbox/store.ts';
import type { SaslServerSeed } from '../sasl/server.ts';
import { accountKnown, loginLine } from './login.ts';
import {
  ask,
  close,
  newPop3Session,
  note,
  say,
  type Pop3Answer,
  type Pop3Config,
  type Pop3Output,
  type Pop3Session,
} from './session.ts';
import { markSeen, openMaildrop, transactionLine } from './transaction.ts';

/** Unread input beyond this means that nobody holds the client back. */
const INPUT_LIMIT = 1 << 20;

/** A new connection; greets at once. `seed` must be new for every connection. */
export function openPop3Session(config: Pop3Config, seed: SaslServerSeed, now: Time): Pop3Session {
  const session = newPop3Session(config, seed, now);
  const stamp = config.apop ? ` ${seed.challenge}` : '';
  say(session, now, `+OK ${config.banner}${stamp}`, '', 'RFC 1939 §4');
  return session;
}

/** Bytes from the client, in any pieces. */
export function pop3Receive(session: Pop3Session, store: MailStore, bytes: Uint8Array, now: Time): void {
  if (session.phase === 'closed' || bytes.length === 0) return;
  if (session.asked?.question.kind === 'tls') return;
  session.input += fromLatin1(bytes);
  session.quietSince = now;
  work(session, store, now);
  if (session.input.length > INPUT_LIMIT) leave(session, store, now, 'too-long');
}

/** The client closed the connection, or it broke: nothing is deleted (RFC 1939 §6). */
export function pop3End(session: Pop3Session, store: MailStore, now: Time): void {
  leave(session, store, now, 'lost');
}

/** The host's decision; an answer that nobody waits for is ignored. */
export function pop3Answer(
  session: Pop3Session,
  store: MailStore,
  id: number,
  answer: Pop3Answer,
  now: Time,
): void {
  const { asked } = session;
  if (asked?.id !== id || asked.question.kind !== answer.kind || session.phase === 'closed') return;
  session.asked = undefined;
  session.quietSince = now;
  switch (answer.kind) {
    case 'account':
      accountKnown(
        session,
        asked.question.kind === 'account' ? asked.question.user : '',
        answer.account,
        now,
      );
      break;
    case 'maildrop':
      maildropAnswered(session, store, answer.state, now);
      break;
    case 'tls':
      if (answer.ok) {
        session.secured = true;
        session.userName = undefined;
        session.badCommands = 0;
      } else close(session, now, 'tls');
  }
  work(session, store, now);
}

function maildropAnswered(
  session: Pop3Session,
  store: MailStore,
  state: 'opened' | 'locked' | 'unavailable',
  now: Time,
): void {
  const { locked } = session;
  if (locked === undefined) return;
  if (state === 'locked' && now < locked.until) {
    locked.retryAt = Math.min(locked.until, now + session.config.lockRetryMs);
    return;
  }
  session.locked = undefined;
  const maildrop = state === 'opened' ? openMaildrop(store, locked.user) : undefined;
  if (maildrop === undefined) {
    const { user, way } = locked;
    note(session, now, { kind: 'login-failed', user, way, reason: state });
    const busy = state === 'locked';
    // RFC 2449 §8.1.1 and RFC 3206 §4.
    if (busy)
      say(session, now, '-ERR [IN-USE] Mailbox is locked by another POP3 session.', '', 'RFC 2449 §8.1.1');
    else say(session, now, "-ERR [SYS/TEMP] Couldn't open INBOX", '', 'RFC 3206 §4');
    close(session, now, busy ? 'locked' : 'unavailable');
    return;
  }
  session.maildrop = maildrop;
  session.phase = 'transaction';
  session.badCommands = 0;
  note(session, now, {
    kind: 'login',
    user: locked.user,
    way: locked.way,
    messages: maildrop.messages.length,
  });
  say(session, now, '+OK Logged in.', '', 'RFC 1939 §4');
}

/** When the session wants to be woken. */
export function pop3WakeAt(session: Pop3Session): Time | undefined {
  if (session.phase === 'closed') return undefined;
  if (session.delayed) return session.delayed.at;
  if (session.asked) return undefined;
  if (session.locked) return session.locked.retryAt;
  const { loginTimeoutMs, idleTimeoutMs } = session.config;
  return session.quietSince + (session.phase === 'transaction' ? idleTimeoutMs : loginTimeoutMs);
}

/** Time has come to `now`; harmless when nothing is due. */
export function pop3Wake(session: Pop3Session, store: MailStore, now: Time): void {
  const at = pop3WakeAt(session);
  if (at === undefined || now < at) return;
  if (session.delayed) {
    const { line } = session.delayed;
    session.delayed = undefined;
    say(session, now, line, '', 'RFC 3206 §6');
    work(session, store, now);
  } else if (session.locked) ask(session, { kind: 'maildrop', user: session.locked.user });
  else {
    say(session, now, '-ERR Disconnected for inactivity.', '', 'RFC 1939 §3');
    leave(session, store, now, 'timeout');
  }
}

/** What the session wants done, oldest first; each is given once. */
export function pop3Drain(session: Pop3Session): Pop3Output[] {
  const { outputs } = session;
  session.outputs = [];
  return outputs;
}

function leave(
  session: Pop3Session,
  store: MailStore,
  now: Time,
  reason: 'lost' | 'timeout' | 'too-long',
): void {
  if (session.phase === 'closed') return;
  markSeen(session, store);
  close(session, now, reason);
}

const waits = (session: Pop3Session): boolean =>
  session.phase === 'closed' ||
  session.asked !== undefined ||
  session.delayed !== undefined ||
  session.locked !== undefined;

function work(session: Pop3Session, store: MailStore, now: Time): void {
  while (!waits(session)) {
    const { input, config } = session;
    const before = session.phase === 'authorization';
    const limit = before ? config.loginLineLimit : config.lineLimit;
    const lf = input.indexOf('\n');
    if (lf < 0 ? input.length >= limit : lf > limit) {
      const text = before ? 'Input buffer full, aborting' : 'Input line too long.';
      say(session, now, `-ERR ${text}`, '', 'RFC 2449 §4');
      leave(session, store, now, 'too-long');
      return;
    }
    if (lf < 0) return;
    session.input = input.slice(lf + 1);
    const line = input.slice(0, lf).replace(/\r$/, '');
    note(session, now, { kind: 'command', line, phase: session.phase });
    if (before) loginLine(session, line, now);
    else {
      transactionLine(session, store, line, now);
    }
  }
}
