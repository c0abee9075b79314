// The commands after login: which there are, which need an open mailbox, and the loop around one of them (RFC 9051 §6.1, §6.3,
// §6.4). What they do is in the files they name.

import type { Time } from '../base/dates.ts';
import type { MailStore } from '../mailbox/store.ts';
import { capabilities } from './capability.ts';
import { bad, no, ok, type Context, type Outcome, type SelectedContext } from './command.ts';
import { fetch } from './fetch.ts';
import * as folders from './folders.ts';
import * as messages from './messages.ts';
import { search } from './search.ts';
import { bye, close, send, tagged, untagged, type ImapSession } from './session.ts';
import { sort, thread } from './sort.ts';
import { keyword, parseArgs, type Arg } from './syntax.ts';
import { userOf, viewedFolder } from './view.ts';

/** Dovecot's CLIENT_MAX_BAD_COMMANDS. */
const MAX_BAD_COMMANDS = 20;

type Run = (context: Context, args: readonly Arg[]) => Outcome;
type SelectedRun = (context: SelectedContext, args: readonly Arg[]) => Outcome;

const ANY: Readonly<Record<string, Run>> = {
  CAPABILITY: ({ session }) => {
    untagged(session, `CAPABILITY ${capabilities(session)}`);
    return ok('Capability completed.');
  },
  NOOP: () => ok('NOOP completed.'),
  ID: ({ session }) => {
    untagged(session, 'ID ("name" "Dovecot")');
    return ok('ID completed.');
  },
  ENABLE: (context, args) => enable(context, args),
  IDLE: ({ session, tag, now }) => {
    session.continuation = {
      kind: 'idle',
      tag,
      nextNotice: now + session.config.idleNotifyMs,
      reportAt: undefined,
    };
    send(session, '+ idling');
    return 'waiting';
  },
  SELECT: (context, args) => messages.select(context, args, false),
  EXAMINE: (context, args) => messages.select(context, args, true),
  CREATE: folders.create,
  DELETE: folders.remove,
  RENAME: folders.rename,
  SUBSCRIBE: (context, args) => folders.subscribe(context, args, true),
  UNSUBSCRIBE: (context, args) => folders.subscribe(context, args, false),
  LIST: (context, args) => folders.list(context, args),
  XLIST: (context, args) => folders.list(context, args),
  LSUB: (context, args) => folders.list(context, args, true),
  STATUS: folders.status,
  APPEND: messages.append,
  NAMESPACE: ({ session }) => {
    untagged(session, 'NAMESPACE (("" "/")) NIL NIL');
    return ok('Namespace completed.');
  },
  GETQUOTA: folders.getQuota,
  GETQUOTAROOT: folders.getQuotaRoot,
  SETQUOTA: () => no('Quota can be changed only by admin.'),
  GETMETADATA: () => no('[CANNOT] Generic mailbox attributes not enabled'),
  SETMETADATA: () => no('[CANNOT] Generic mailbox attributes not enabled'),
  GENURLAUTH: () => bad('URLAUTH disabled'),
};

const SELECTED: Readonly<Record<string, SelectedRun>> = {
  CHECK: () => ok('Check completed.'),
  CLOSE: (context) => messages.closeMailbox(context, true),
  UNSELECT: (context) => messages.closeMailbox(context, false),
  EXPUNGE: messages.expunge,
  FETCH: fetch,
  STORE: messages.store,
  SEARCH: search,
  COPY: (context, args) => messages.copy(context, args, false),
  MOVE: (context, args) => messages.copy(context, args, true),
  SORT: sort,
  THREAD: thread,
};

const WITH_UID = ['FETCH', 'STORE', 'SEARCH', 'COPY', 'MOVE', 'EXPUNGE', 'SORT', 'THREAD'];

/** These take no arguments, and Dovecot does not even read them. */
const CARELESS = ['CAPABILITY', 'NOOP', 'LOGOUT', 'CHECK', 'CLOSE', 'UNSELECT', 'NAMESPACE', 'IDLE'];

export const isCareless = (name: string): boolean => CARELESS.includes(name);

export function isKnown(name: string): boolean {
  return name === 'UID' || name === 'LOGOUT' || Object.hasOwn(ANY, name) || Object.hasOwn(SELECTED, name);
}

function enable(context: Context, args: readonly Arg[]): Outcome {
  const { session } = context;
  const able = session.config.version === '2.4' ? ['CONDSTORE', 'IMAP4REV2'] : ['CONDSTORE'];
  const fresh: string[] = [];
  for (const arg of args) {
    const name = keyword(arg);
    if (name === undefined) return bad('Invalid arguments');
    if (!able.includes(name)) continue;
    if (!session.enabled.includes(name)) session.enabled.push(name);
    fresh.push(name === 'IMAP4REV2' ? 'IMAP4rev2' : name);
  }
  if (fresh.length > 0) untagged(session, `ENABLED ${fresh.join(' ')}`);
  return ok('Enabled.');
}

/** The word behind UID, and what is left of the text. */
function unpack(name: string, text: string): { name: string; text: string; uid: boolean } {
  if (name !== 'UID') return { name, text, uid: false };
  const inner = (/^[^ ]*/.exec(text)?.[0] ?? '').toUpperCase();
  return { name: inner, text: text.slice(inner.length + 1), uid: true };
}

/** A whole command after login; `text` holds what follows tag and name, literals included. */
export function runCommand(
  session: ImapSession,
  store: MailStore,
  tag: string,
  name: string,
  text: string,
  now: Time,
): void {
  const user = userOf(session, store);
  if (user === undefined) {
    bye(session, now, 'IMAP session state is inconsistent, please relogin.', 'inconsistent');
    return;
  }
  const called = unpack(name, text);
  const context: Context = { session, store, user, tag, uid: called.uid, now };
  const isOne = !called.uid || WITH_UID.includes(called.name);
  const outcome = isOne ? run(context, called.name, called.text) : bad(noCommand(called.name));
  finish(context, outcome, called.uid && called.name !== '' ? `UID ${called.name}` : called.name);
}

/** UID alone is no name at all to Dovecot. */
const noCommand = (name: string): string => (name === '' ? 'Invalid command name' : 'Unknown command');

function run(context: Context, name: string, text: string): Outcome {
  const { session, store, now } = context;
  if (name === 'LOGOUT') {
    untagged(session, 'BYE Logging out');
    tagged(session, now, context.tag, 'OK', 'Logout completed.');
    close(session, now, 'logout');
    return 'waiting';
  }
  if (!isKnown(name)) return bad('Unknown command');
  const parsed = isCareless(name) ? { args: [] } : parseArgs(text);
  if ('error' in parsed) return bad(parsed.error);
  const any = Object.hasOwn(ANY, name) ? ANY[name] : undefined;
  if (any !== undefined) return any(context, parsed.args);
  const { view } = session;
  if (view === undefined) return { status: 'BAD', text: 'No mailbox selected.' };
  const folder = viewedFolder(session, store);
  const selected = Object.hasOwn(SELECTED, name) ? SELECTED[name] : undefined;
  if (folder === undefined || selected === undefined) {
    bye(session, now, 'IMAP session state is inconsistent, please relogin.', 'inconsistent');
    return 'waiting';
  }
  return selected({ ...context, view, folder }, parsed.args);
}

/** What the client may be told now, then the tagged reply. */
export function finish(context: Context, outcome: Outcome, name: string): void {
  const { session, tag, now } = context;
  if (outcome === 'waiting' || session.state === 'logout') return;
  if ('bad' in outcome) {
    const of = name === '' ? '' : ` ${name}`;
    tagged(session, now, tag, 'BAD', `Error in IMAP command${of}: ${outcome.bad}`);
    countBad(session, now);
    return;
  }
  if (!messages.sync(context, outcome.sync)) {
    // Who deletes the mailbox that it has open hears that it is done, and then has to go.
    if (name === 'DELETE') {
      tagged(session, now, tag, outcome.status, outcome.text);
      bye(session, now, 'Selected mailbox was deleted, have to disconnect.', 'inconsistent');
    } else bye(session, now, 'IMAP session state is inconsistent, please relogin.', 'inconsistent');
    return;
  }
  tagged(session, now, tag, outcome.status, outcome.text);
  if (outcome.status !== 'BAD') session.badCommands = 0;
  else countBad(session, now);
}

export function countBad(session: ImapSession, now: Time): void {
  if (++session.badCommands >= MAX_BAD_COMMANDS)
    bye(session, now, 'Too many invalid IMAP commands.', 'errors');
}

/** What can be said before the literal of a command comes; undefined: send it. */
export function earlyRefusal(
  context: Context,
  name: string,
  text: string,
  size: number,
): Outcome | undefined {
  if (!isKnown(name)) return bad('Unknown command');
  if (name !== 'APPEND') return undefined;
  const parsed = parseArgs(text);
  return 'error' in parsed ? bad(parsed.error) : messages.appendRefused(context, parsed.args, size);
}
