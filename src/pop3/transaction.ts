// The commands of the TRANSACTION state and the UPDATE at its end (RFC 1939 §5 and §6), in the words of Dovecot's pop3.
// They work on the maildrop as it was at login; what IMAP did meanwhile shows only where bytes are asked for.

import type { Time } from '../base/dates.ts';
import { parseMessage } from '../message/header.ts';
import { expunge, findFolder, rawOf, setFlags, type Folder, type MailStore } from '../mailbox/store.ts';
import { capabilities } from './login.ts';
import { close, listing, note, say, type DropMessage, type Maildrop, type Pop3Session } from './session.ts';

/** Dovecot's CLIENT_MAX_BAD_COMMANDS. */
const MAX_BAD_COMMANDS = 20;

/** The maildrop of a user: what INBOX holds now. Undefined when there is no such user. */
export function openMaildrop(store: MailStore, user: string): Maildrop | undefined {
  const folder = inboxOf(store, user);
  if (folder === undefined) return undefined;
  const messages = folder.messages.map((each): DropMessage => ({
    uid: each.uid,
    size: each.size,
    deleted: false,
    retrieved: false,
  }));
  return { user, uidValidity: folder.uidValidity, messages };
}

function inboxOf(store: MailStore, name: string): Folder | undefined {
  const user = store.users.get(name);
  return user === undefined ? undefined : findFolder(user, 'INBOX');
}

/** One line after login. */
export function transactionLine(session: Pop3Session, store: MailStore, line: string, now: Time): void {
  const blank = line.indexOf(' ');
  const verb = (blank < 0 ? line : line.slice(0, blank)).toUpperCase();
  const argument = blank < 0 ? '' : line.slice(blank + 1).replace(/^ +/, '');
  const { maildrop } = session;
  if (maildrop === undefined) return;
  if (command(session, store, maildrop, verb, argument, now)) {
    session.badCommands = 0;
    return;
  }
  say(session, now, verb === '' ? '-ERR Unknown command.' : `-ERR Unknown command: ${verb}`);
  if (++session.badCommands <= MAX_BAD_COMMANDS) return;
  say(session, now, '-ERR Too many bad commands.');
  close(session, now, 'errors');
}

function command(
  session: Pop3Session,
  store: MailStore,
  maildrop: Maildrop,
  verb: string,
  argument: string,
  now: Time,
): boolean {
  const left = maildrop.messages.filter((each) => !each.deleted);
  switch (verb) {
    case 'CAPA':
      say(session, now, '+OK', listing(capabilities(session)), 'RFC 2449 §5');
      return true;
    case 'STAT':
      say(
        session,
        now,
        `+OK ${left.length} ${left.reduce((sum, each) => sum + each.size, 0)}`,
        '',
        'RFC 1939 §5',
      );
      return true;
    case 'LIST':
      list(session, maildrop, argument, now, `+OK ${left.length} messages:`, (each) => String(each.size));
      return true;
    case 'UIDL':
      list(session, maildrop, argument, now, '+OK', (each) => uniqueId(maildrop, each));
      return true;
    case 'RETR': {
      const found = messageNumber(session, maildrop, argument, now);
      if (found !== undefined) send(session, store, maildrop, found.number, undefined, now);
      return true;
    }
    case 'TOP': {
      const found = messageNumber(session, maildrop, argument, now, true);
      const lines = found === undefined ? undefined : size(session, found.rest, now);
      if (found !== undefined && lines !== undefined)
        send(session, store, maildrop, found.number, lines, now);
      return true;
    }
    case 'DELE': {
      const found = messageNumber(session, maildrop, argument, now);
      if (found === undefined) return true;
      found.message.deleted = true;
      say(session, now, '+OK Marked to be deleted.', '', 'RFC 1939 §5');
      return true;
    }
    case 'RSET':
      for (const each of maildrop.messages) each.deleted = false;
      say(session, now, '+OK', '', 'RFC 1939 §5');
      return true;
    case 'NOOP':
      say(session, now, '+OK', '', 'RFC 1939 §5');
      return true;
    case 'QUIT':
      quit(session, store, maildrop, now);
      return true;
    default:
      return false;
  }
}

/** Dovecot's `pop3_uidl_format = %08Xu%08Xv`: stable over sessions, 16 of the 70 characters allowed (RFC 1939 §7). */
function uniqueId(maildrop: Maildrop, message: DropMessage): string {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  return hex(message.uid) + hex(maildrop.uidValidity);
}

function list(
  session: Pop3Session,
  maildrop: Maildrop,
  argument: string,
  now: Time,
  head: string,
  value: (message: DropMessage) => string,
): void {
  const line = (number: number, message: DropMessage): string => `${number} ${value(message)}`;
  if (argument === '') {
    const lines = maildrop.messages.flatMap((each, index) => (each.deleted ? [] : [line(index + 1, each)]));
    say(session, now, head, listing(lines), 'RFC 1939 §5');
    return;
  }
  const found = messageNumber(session, maildrop, argument, now);
  if (found !== undefined) say(session, now, `+OK ${line(found.number, found.message)}`, '', 'RFC 1939 §5');
}

/** The message an argument names; says what is wrong with it otherwise. `thenBlank`: another argument must follow. */
function messageNumber(
  session: Pop3Session,
  maildrop: Maildrop,
  argument: string,
  now: Time,
  thenBlank = false,
): { number: number; message: DropMessage; rest: string } | undefined {
  const refuse = (text: string): undefined => {
    say(session, now, `-ERR ${text}`, '', 'RFC 1939 §5');
    return undefined;
  };
  const digits = /^\d+/.exec(argument)?.[0];
  if (digits === undefined) return refuse(`Invalid message number: ${argument}`);
  const rest = argument.slice(digits.length);
  const number = Number(digits);
  if (number > 0xffffffff) return refuse(`Message number too large: ${argument}`);
  if (thenBlank ? !rest.startsWith(' ') : rest !== '') return refuse(`Noise after message number: ${rest}`);
  const message = maildrop.messages[number - 1];
  if (message === undefined) return refuse(`There's no message ${number}.`);
  if (message.deleted) return refuse('Message is deleted.');
  return { number, message, rest: rest.replace(/^ +/, '') };
}

function size(session: Pop3Session, argument: string, now: Time): number | undefined {
  const digits = /^\d+/.exec(argument)?.[0];
  const noise = digits === undefined ? '' : argument.slice(digits.length);
  let fault: string | undefined;
  if (digits === undefined) fault = `Invalid size: ${argument}`;
  else if (Number(digits) > Number.MAX_SAFE_INTEGER) fault = `Size too large: ${argument}`;
  else if (noise !== '') fault = `Noise after size: ${noise}`;
  if (fault === undefined) return Number(digits);
  say(session, now, `-ERR ${fault}`, '', 'RFC 1939 §7');
  return undefined;
}

/** RETR, and TOP when `bodyLines` is given. */
function send(
  session: Pop3Session,
  store: MailStore,
  maildrop: Maildrop,
  number: number,
  bodyLines: number | undefined,
  now: Time,
): void {
  const message = maildrop.messages[number - 1];
  const stored = inboxOf(store, maildrop.user)?.messages.find((each) => each.uid === message?.uid);
  if (message === undefined || stored === undefined) {
    say(session, now, `-ERR Message ${number} expunged.`, '', 'RFC 1939 §5');
    return;
  }
  const raw = rawOf(store, stored);
  if (bodyLines !== undefined) {
    say(session, now, '+OK', `${stuffed(topOf(raw, bodyLines))}.\r\n`, 'RFC 1939 §7');
    return;
  }
  message.retrieved = true;
  const octets = raw.length;
  note(session, now, { kind: 'retrieved', user: maildrop.user, uid: message.uid, octets });
  say(session, now, `+OK ${octets} octets`, `${stuffed(raw)}.\r\n`, 'RFC 1939 §5');
}

/** Header, blank line and so many lines of the body. */
function topOf(raw: string, bodyLines: number): string {
  const { bodyStart } = parseMessage(raw);
  let end = bodyStart;
  for (let left = bodyLines; left > 0 && end < raw.length; left--) {
    const lf = raw.indexOf('\n', end);
    end = lf < 0 ? raw.length : lf + 1;
  }
  return raw.slice(0, end);
}

/** RFC 1939 §3: a line that begins with a dot gets another; the last line gets an end. */
function stuffed(raw: string): string {
  const ended = raw === '' || raw.endsWith('\n') ? raw : `${raw}\r\n`;
  return ended.replace(/^\./gm, '..');
}

function quit(session: Pop3Session, store: MailStore, maildrop: Maildrop, now: Time): void {
  markSeen(session, store);
  const folder = inboxOf(store, maildrop.user);
  const marked = new Set(maildrop.messages.filter((each) => each.deleted).map((each) => each.uid));
  const removed = folder === undefined ? [] : expunge(store, folder, (each) => marked.has(each.uid));
  const { user } = maildrop;
  if (removed.length > 0)
    note(session, now, { kind: 'removed', user, uids: removed.map((each) => each.uid) });
  say(
    session,
    now,
    marked.size > 0 ? '+OK Logging out, messages deleted.' : '+OK Logging out.',
    '',
    'RFC 1939 §6',
  );
  for (const each of maildrop.messages) each.deleted = false;
  close(session, now, 'quit');
}

/** What was retrieved becomes \Seen at the end, also when the connection broke. */
export function markSeen(session: Pop3Session, store: MailStore): void {
  const { maildrop, config } = session;
  if (maildrop === undefined || !config.markSeen) return;
  const folder = inboxOf(store, maildrop.user);
  for (const each of maildrop.messages) {
    const stored = each.retrieved ? folder?.messages.find((one) => one.uid === each.uid) : undefined;
    if (folder !== undefined && stored !== undefined) setFlags(folder, stored, [...stored.flags, '\\Seen']);
  }
}
