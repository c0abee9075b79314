// The IMAP server session: takes bytes, the store and the time, gives bytes, questions and notes. It cuts the input into
// commands (lines and literals, RFC 9051 §2.2.1 and §4.3), keeps limits, delays and time-outs, and tells idle clients what
// others did. Knows no host and no clock.

import { fromLatin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import type { MailStore } from '../mailbox/store.ts';
import type { SaslServerSeed } from '../sasl/server.ts';
import { capabilities } from './capability.ts';
import { countBad, earlyRefusal, finish, isCareless, runCommand } from './commands.ts';
import { accountKnown, authenticateLine, loginCommand } from './login.ts';
import {
  bye,
  close,
  newImapSession,
  note,
  send,
  tagged,
  untagged,
  type ImapAnswer,
  type ImapConfig,
  type ImapOutput,
  type ImapSession,
} from './session.ts';
import { absorb, absorbChanges, report, userOf } from './view.ts';

/** A new connection; greets at once. `seed` must be new for every connection. */
export function openImapSession(config: ImapConfig, seed: SaslServerSeed, now: Time): ImapSession {
  const session = newImapSession(config, seed, now);
  untagged(session, `OK [CAPABILITY ${capabilities(session)}] ${config.banner}`);
  return session;
}

/** Bytes from the client, in any pieces. */
export function imapReceive(session: ImapSession, store: MailStore, bytes: Uint8Array, now: Time): void {
  if (session.state === 'logout' || bytes.length === 0 || session.asked?.question.kind === 'tls') return;
  session.input += fromLatin1(bytes);
  session.quietSince = now;
  work(session, store, now);
  const { messageLimit, loginLineLimit, lineLimit } = session.config;
  const limit = session.user === undefined ? loginLineLimit : messageLimit;
  if (session.input.length > limit + lineLimit) bye(session, now, 'Input buffer full, aborting', 'too-long');
}

/** The client closed the connection, or it broke: what is marked \Deleted stays. */
export function imapEnd(session: ImapSession, now: Time): void {
  close(session, now, 'lost');
}

/** The host's decision; an answer that nobody waits for is ignored. */
export function imapAnswer(
  session: ImapSession,
  store: MailStore,
  id: number,
  answer: ImapAnswer,
  now: Time,
): void {
  const { asked } = session;
  if (asked?.id !== id || asked.question.kind !== answer.kind || session.state === 'logout') return;
  session.asked = undefined;
  session.quietSince = now;
  if (answer.kind === 'account')
    accountKnown(session, asked.question.kind === 'account' ? asked.question.user : '', answer.account, now);
  else if (answer.ok) {
    session.secured = true;
    session.badCommands = 0;
  } else close(session, now, 'tls');
  work(session, store, now);
}

/**
 * The store was changed by somebody else. Call it for the user's other sessions after every `changed` note and every
 * delivery: an idle client is told soon, others at their next command (RFC 9051 §5.2).
 */
export function imapNotice(session: ImapSession, store: MailStore, now: Time): void {
  if (session.view === undefined || session.state !== 'selected') return;
  absorbChanges(session, store);
  // Dovecot looks a moment later, so that what happens together is told together.
  if (session.continuation?.kind === 'idle')
    session.continuation.reportAt ??= now + session.config.idleDelayMs;
}

/** When the session wants to be woken. */
export function imapWakeAt(session: ImapSession): Time | undefined {
  if (session.state === 'logout') return undefined;
  if (session.delayed) return session.delayed.at;
  if (session.asked) return undefined;
  if (session.user === undefined) return session.quietSince + session.config.loginTimeoutMs;
  const end = session.quietSince + session.config.idleTimeoutMs;
  const { continuation } = session;
  if (continuation?.kind !== 'idle') return end;
  return Math.min(end, continuation.nextNotice, continuation.reportAt ?? Infinity);
}

/** Time has come to `now`; harmless when nothing is due. */
export function imapWake(session: ImapSession, store: MailStore, now: Time): void {
  const at = imapWakeAt(session);
  if (at === undefined || now < at) return;
  const { delayed, continuation, config } = session;
  if (delayed) {
    session.delayed = undefined;
    tagged(session, now, delayed.tag, 'NO', delayed.text);
    work(session, store, now);
    return;
  }
  const timeout = session.user === undefined ? config.loginTimeoutMs : config.idleTimeoutMs;
  if (now >= session.quietSince + timeout) bye(session, now, 'Disconnected for inactivity.', 'timeout');
  else if (
    continuation?.kind === 'idle' &&
    continuation.reportAt !== undefined &&
    now >= continuation.reportAt
  ) {
    continuation.reportAt = undefined;
    if (absorb(session, store)) report(session, true, false);
    else bye(session, now, 'IMAP session state is inconsistent, please relogin.', 'inconsistent');
  } else if (continuation?.kind === 'idle') {
    // Keeps what stands between, a NAT for one, from forgetting the connection.
    note(session, now, { kind: 'still-here' });
    untagged(session, 'OK Still here');
    continuation.nextNotice = now + config.idleNotifyMs;
  }
}

/** What the session wants done, oldest first; each is given once. */
export function imapDrain(session: ImapSession): ImapOutput[] {
  const { outputs } = session;
  session.outputs = [];
  return outputs;
}

const waits = (session: ImapSession): boolean =>
  session.state === 'logout' || session.asked !== undefined || session.delayed !== undefined;

function work(session: ImapSession, store: MailStore, now: Time): void {
  while (!waits(session) && step(session, store, now));
}

/** Uses some input; false when more must come. */
function step(session: ImapSession, store: MailStore, now: Time): boolean {
  const { input } = session;
  if (session.literalLeft >= 0) {
    if (session.ignore) {
      // Nobody will read it: let it go as it comes.
      const used = Math.min(session.literalLeft, input.length);
      session.input = input.slice(used);
      session.literalLeft -= used;
      if (session.literalLeft > 0) return false;
      session.literalLeft = -1;
      return true;
    }
    if (input.length < session.literalLeft) return false;
    session.partial += input.slice(0, session.literalLeft);
    session.input = input.slice(session.literalLeft);
    session.literalLeft = -1;
    return true;
  }
  const lf = input.indexOf('\n');
  const limit = session.user === undefined ? session.config.loginLineLimit : session.config.lineLimit;
  if (session.dropping) {
    session.input = lf < 0 ? '' : input.slice(lf + 1);
    session.dropping = lf < 0;
    return lf >= 0;
  }
  if (lf < 0 ? input.length >= limit : lf > limit) return tooLong(session, store, now);
  if (lf < 0) return false;
  session.input = input.slice(lf + 1);
  takeLine(session, store, input.slice(0, lf).replace(/\r$/, ''), now);
  return true;
}

function tooLong(session: ImapSession, store: MailStore, now: Time): boolean {
  if (session.user === undefined) {
    bye(session, now, 'Input buffer full, aborting', 'too-long');
    return false;
  }
  const { tag, name } = words(session.partial + session.input.slice(0, 200));
  session.dropping = true;
  const whole = session.partial === '' && session.continuation === undefined && !session.ignore;
  session.partial = '';
  session.ignore = false;
  // Commands without arguments do not look at what follows them.
  if (whole && isCareless(name)) runCommand(session, store, tag, name, '', now);
  else {
    tagged(session, now, tag === '' ? '*' : tag, 'BAD', `Error in IMAP command ${name}: Too long argument`);
    countBad(session, now);
  }
  return session.state !== 'logout';
}

/** A literal at the end of a line, outside quotes: `{12}`, `{12+}`, `~{12}`. */
function literalAt(line: string): { readonly size: number; readonly waits: boolean } | undefined {
  const match = /(?:^|[ (])~?\{(\d{1,10})(\+)?\}$/.exec(line);
  if (match === null) return undefined;
  let quoted = false;
  for (let i = 0; i < match.index; i++) {
    if (quoted && line[i] === '\\') i++;
    else if (line[i] === '"') quoted = !quoted;
  }
  return quoted ? undefined : { size: Number(match[1]), waits: match[2] === undefined };
}

function takeLine(session: ImapSession, store: MailStore, line: string, now: Time): void {
  const { continuation, config } = session;
  if (continuation !== undefined) {
    if (continuation.kind === 'authenticate') authenticateLine(session, line, now);
    else endIdle(session, store, continuation.tag, line, now);
    return;
  }
  const found = literalAt(line);
  if (found === undefined) {
    const text = session.partial + line;
    session.partial = '';
    if (session.ignore) session.ignore = false;
    else command(session, store, text, now);
    return;
  }
  const { tag, name, rest } = words(session.partial + line);
  const isAppend = session.user !== undefined && name === 'APPEND';
  const limit =
    session.user === undefined ? config.loginLineLimit : isAppend ? config.messageLimit : config.lineLimit;
  if (found.size > limit || session.partial.length > limit + config.lineLimit) {
    bye(session, now, 'Literal size too large', 'too-long');
    return;
  }
  const user = userOf(session, store);
  if (!session.ignore && user !== undefined) {
    const context = { session, store, user, tag, uid: false, now };
    const before = rest.replace(/~?\{\d+\+?\}$/, '');
    const refusal = earlyRefusal(context, name, before, found.size);
    if (refusal !== undefined) {
      note(session, now, { kind: 'command', line: session.partial + line, state: session.state });
      finish(context, refusal, name);
      session.partial = '';
      if (!found.waits && waitsNot(session)) {
        session.ignore = true;
        session.literalLeft = found.size;
      }
      return;
    }
  }
  if (found.waits) {
    // A client that waits need not be told to go on with what is thrown away.
    if (session.ignore) {
      session.ignore = false;
      return;
    }
    send(session, '+ OK');
  }
  if (!session.ignore) session.partial += `${line}\r\n`;
  session.literalLeft = found.size;
}

const waitsNot = (session: ImapSession): boolean => session.state !== 'logout';

function words(text: string): { readonly tag: string; readonly name: string; readonly rest: string } {
  const first = text.indexOf(' ');
  if (first < 0) return { tag: text, name: '', rest: '' };
  const tail = text.slice(first + 1);
  const second = tail.indexOf(' ');
  const name = second < 0 ? tail : tail.slice(0, second);
  return {
    tag: text.slice(0, first),
    name: name.toUpperCase(),
    rest: second < 0 ? '' : tail.slice(second + 1),
  };
}

/** RFC 9051 §9, tag: an astring without `+`. */
const TAG = /^[^\0-\x20\x7f-\xff(){%*"\\+]+$/;

function command(session: ImapSession, store: MailStore, text: string, now: Time): void {
  const { tag, name, rest } = words(text);
  note(session, now, { kind: 'command', line: text.slice(0, 1000), state: session.state });
  if (session.user === undefined) {
    loginCommand(session, tag, name, rest, now);
    return;
  }
  if (!TAG.test(tag)) {
    tagged(session, now, '*', 'BAD', 'Error in IMAP tag: Invalid tag');
    countBad(session, now);
    return;
  }
  runCommand(session, store, tag, name, rest, now);
}

function endIdle(session: ImapSession, store: MailStore, tag: string, line: string, now: Time): void {
  const user = userOf(session, store);
  session.continuation = undefined;
  if (user === undefined) {
    bye(session, now, 'IMAP session state is inconsistent, please relogin.', 'inconsistent');
    return;
  }
  const context = { session, store, user, tag, uid: false, now };
  const right = line.toUpperCase() === 'DONE';
  finish(
    context,
    right ? { status: 'OK', text: 'Idle completed.' } : { status: 'BAD', text: 'Expected DONE.' },
    'IDLE',
  );
}
