// Commands about mailboxes: CREATE, DELETE, RENAME, SUBSCRIBE, LIST and LSUB, STATUS, NAMESPACE, quota (RFC 9051 §6.3, RFC 5258,
// RFC 6154, RFC 5819, RFC 9208). Texts and attributes as Dovecot gives them.

import { folderNameFault } from '../mailbox/folder-name.ts';
import {
  createFolder,
  deleteFolder,
  findFolder,
  usageOf,
  type Folder,
  type MailUser,
} from '../mailbox/store.ts';
import {
  bad,
  changed,
  folderNamed,
  mailboxName,
  missing,
  names,
  no,
  ok,
  printed,
  type Context,
  type Outcome,
} from './command.ts';
import { untagged } from './session.ts';
import { astring, keyword, nstring, printName, readName, type Arg } from './syntax.ts';
import { recentCount } from './view.ts';

function refusedName(name: string): Outcome | undefined {
  const fault = folderNameFault(name);
  return fault === undefined ? undefined : no(`[CANNOT] ${fault}`);
}

export function create(context: Context, args: readonly Arg[]): Outcome {
  const read = mailboxName(context, args[0]);
  if ('outcome' in read) return read.outcome;
  const name = read.name.length > 1 ? read.name.replace(/\/$/, '') : read.name;
  const refused = refusedName(name);
  if (refused !== undefined) return refused;
  if (folderNamed(context, name) !== undefined) return no('[ALREADYEXISTS] Mailbox already exists');
  let use: string | undefined;
  const options = args[1];
  if (options !== undefined) {
    const list =
      options.kind === 'list' && keyword(options.items[0]) === 'USE' ? options.items[1] : undefined;
    use = list?.kind === 'list' ? astring(list.items[0]) : undefined;
    if (use === undefined) return bad('Unknown CREATE parameter');
  }
  // Subscriptions are the user's own business, also for new folders (RFC 9051 §6.3.4).
  const subscriptions = subscriptionsOf(context.user);
  createFolder(context.store, context.user, name, use);
  context.user.subscriptions = subscriptions;
  syncSubscribed(context.user);
  changed(context, name);
  return ok('Create completed.');
}

export function remove(context: Context, args: readonly Arg[]): Outcome {
  const read = mailboxName(context, args[0]);
  if ('outcome' in read) return read.outcome;
  const { name } = read;
  if (name === 'INBOX') return no("INBOX can't be deleted.");
  if (folderNamed(context, name) === undefined) return missing(context, name, 'NONEXISTENT');
  context.user.subscriptions = subscriptionsOf(context.user);
  deleteFolder(context.store, context.user, name);
  changed(context, name);
  return ok('Delete completed.');
}

/** RFC 9051 §6.3.6: what lies below moves along. */
export function rename(context: Context, args: readonly Arg[]): Outcome {
  const from = mailboxName(context, args[0]);
  if ('outcome' in from) return from.outcome;
  const to = mailboxName(context, args[1]);
  if ('outcome' in to) return to.outcome;
  const { user } = context;
  const below = user.folders.filter(
    (each) => each.name === from.name || each.name.startsWith(`${from.name}/`),
  );
  if (below.length === 0) return missing(context, from.name, 'NONEXISTENT');
  if (from.name === 'INBOX') return no("[CANNOT] Renaming INBOX isn't supported.");
  const refused = refusedName(to.name);
  if (refused !== undefined) return refused;
  if (folderNamed(context, to.name) !== undefined) return no('[ALREADYEXISTS] Target mailbox already exists');
  if (to.name.startsWith(`${from.name}/`)) return no("[CANNOT] Can't rename mailbox under itself.");
  user.subscriptions = subscriptionsOf(user);
  for (const folder of below) folder.name = to.name + folder.name.slice(from.name.length);
  syncSubscribed(user);
  changed(context, to.name);
  return ok('Rename completed.');
}

/** Names subscribed to, in their order. */
export function subscriptionsOf(user: MailUser): string[] {
  return user.subscriptions ?? user.folders.flatMap((each) => (each.subscribed ? [each.name] : []));
}

function syncSubscribed(user: MailUser): void {
  for (const folder of user.folders) folder.subscribed = subscriptionsOf(user).includes(folder.name);
}

export function subscribe(context: Context, args: readonly Arg[], on: boolean): Outcome {
  const read = mailboxName(context, args[0]);
  if ('outcome' in read) return read.outcome;
  const { name } = read;
  if (on && folderNamed(context, name) === undefined) return missing(context, name);
  const others = subscriptionsOf(context.user).filter((each) => each !== name);
  const had = subscriptionsOf(context.user).includes(name);
  context.user.subscriptions = on ? (had ? subscriptionsOf(context.user) : [...others, name]) : others;
  syncSubscribed(context.user);
  return ok(on ? 'Subscribe completed.' : 'Unsubscribe completed.');
}

/**
 * Whether a name is of a pattern: `*` is anything, `%` anything within a level. Walks all places at once: as an expression
 * a pattern of many stars could take forever.
 */
function isLike(name: string, pattern: string): boolean {
  let places = new Set([0]);
  for (const char of pattern) {
    const next = new Set<number>();
    if (char === '*' || char === '%') {
      let from = -1;
      for (let at = 0; at <= name.length; at++) {
        if (places.has(at)) from = at;
        if (from >= 0) next.add(at);
        if (char === '%' && name.charAt(at) === '/') from = -1;
      }
    } else for (const at of places) if (name.startsWith(char, at)) next.add(at + char.length);
    if (next.size === 0) return false;
    places = next;
  }
  return places.has(name.length);
}

/** INBOX in any case (RFC 9051 §5.1). */
const withInbox = (pattern: string): string => pattern.replace(/^inbox(?=$|\/)/i, 'INBOX');

interface Entry {
  readonly name: string;
  readonly folder: Folder | undefined;
}

/** Folders in their order, INBOX last, and the levels above them that are no folders themselves. */
function entries(user: MailUser): Entry[] {
  const known = [...user.folders.slice(1), ...user.folders.slice(0, 1)];
  const out: Entry[] = [];
  const seen = new Set<string>();
  for (const folder of known) {
    const levels = folder.name.split('/');
    for (let depth = 1; depth <= levels.length; depth++) {
      const name = levels.slice(0, depth).join('/');
      if (seen.has(name) || (depth < levels.length && findFolder(user, name) !== undefined)) continue;
      seen.add(name);
      out.push({ name, folder: depth === levels.length ? folder : undefined });
    }
  }
  return out;
}

const SELECT_OPTIONS = ['SUBSCRIBED', 'REMOTE', 'RECURSIVEMATCH', 'SPECIAL-USE'];
const RETURN_OPTIONS = ['SUBSCRIBED', 'CHILDREN', 'SPECIAL-USE', 'STATUS'];

export function list(context: Context, given: readonly Arg[], lsub = false): Outcome {
  const { session, user } = context;
  let args = given;
  let select: string[] = lsub ? ['SUBSCRIBED'] : [];
  const first = args[0];
  if (!lsub && first?.kind === 'list') {
    select = first.items.map((each) => keyword(each) ?? '');
    if (select.some((each) => !SELECT_OPTIONS.includes(each))) return bad('Unknown select options');
    args = args.slice(1);
  }
  const reference = astring(args[0]);
  if (reference === undefined) return bad('Invalid reference');
  const patternArg = args[1];
  const wires = patternArg?.kind === 'list' ? patternArg.items.map(astring) : [astring(patternArg)];
  if (wires.length === 0 || wires.some((each) => each === undefined)) return bad('Invalid pattern');
  let wanted: string[] = [];
  let status: readonly string[] | undefined;
  const extended = select.length > 0 || patternArg?.kind === 'list' || args.length > 2;
  if (args.length > 2) {
    const options = args[3];
    if (keyword(args[2]) !== 'RETURN' || options?.kind !== 'list') return bad('Unknown options');
    for (let at = 0; at < options.items.length; at++) {
      const name = keyword(options.items[at]) ?? '';
      if (!RETURN_OPTIONS.includes(name)) return bad('Unknown return options');
      if (name === 'STATUS') {
        const items = statusItems(context, options.items[++at]);
        if (typeof items === 'string') return bad(items);
        status = items;
      } else wanted.push(name);
    }
  } else if (!extended) wanted = ['CHILDREN', 'SPECIAL-USE'];
  if (lsub) wanted = ['SPECIAL-USE'];
  else {
    if (select.includes('SUBSCRIBED')) wanted.push('SUBSCRIBED');
    if (select.includes('SPECIAL-USE')) wanted.push('SPECIAL-USE');
  }
  const completed = ok(lsub ? 'Lsub completed.' : 'List completed.');
  if (wires[0] === '' && !extended) {
    untagged(session, 'LIST (\\Noselect) "/" ""');
    return completed;
  }
  // A reference is put before the pattern (RFC 9051 §6.3.9).
  const patterns = wires.map((wire) => {
    const text = reference + (wire ?? '');
    return withInbox(readName(names(session), text) ?? text);
  });
  const subscribed = subscriptionsOf(user);
  const all = entries(user);
  const candidates: Entry[] = select.includes('SUBSCRIBED')
    ? subscribed.map((name) => ({ name, folder: findFolder(user, name) }))
    : all;
  for (const { name, folder } of candidates) {
    if (!patterns.some((pattern) => isLike(name, pattern))) continue;
    if (select.includes('SPECIAL-USE') && folder?.specialUse === undefined) continue;
    const attributes: string[] = [];
    if (wanted.includes('SUBSCRIBED') && subscribed.includes(name)) attributes.push('\\Subscribed');
    const children = all.some((each) => each.name.startsWith(`${name}/`));
    if (folder === undefined && !lsub)
      attributes.push(select.includes('SUBSCRIBED') ? '\\NonExistent' : '\\Noselect');
    if (wanted.includes('CHILDREN')) attributes.push(children ? '\\HasChildren' : '\\HasNoChildren');
    if (wanted.includes('SPECIAL-USE') && folder?.specialUse !== undefined)
      attributes.push(folder.specialUse);
    untagged(
      session,
      `${lsub ? 'LSUB' : 'LIST'} (${attributes.join(' ')}) "/" ${printName(names(session), name)}`,
    );
    if (status !== undefined && folder !== undefined) sendStatus(context, folder, status);
  }
  return completed;
}

const STATUS_ITEMS = ['MESSAGES', 'RECENT', 'UIDNEXT', 'UIDVALIDITY', 'UNSEEN', 'SIZE', 'HIGHESTMODSEQ'];

function statusItems(context: Context, arg: Arg | undefined): readonly string[] | string {
  if (arg === undefined) return 'Missing arguments';
  if (arg.kind !== 'list') return 'Invalid arguments';
  if (arg.items.length === 0) return 'Empty status list';
  const known = context.session.config.version === '2.4' ? [...STATUS_ITEMS, 'DELETED'] : STATUS_ITEMS;
  const items: string[] = [];
  for (const each of arg.items) {
    const item = keyword(each);
    if (item === undefined) return 'Status list contains non-atoms.';
    // Dovecot complains of the first one that it does not know, wherever it stands.
    if (!known.includes(item)) return `Invalid status item ${item}`;
    items.push(item);
  }
  return items;
}

function sendStatus(context: Context, folder: Folder, items: readonly string[]): void {
  const { session } = context;
  const { view } = session;
  const own = view?.uidValidity === folder.uidValidity ? recentCount(view) : 0;
  const flagged = (flag: string): number =>
    folder.messages.filter((each) => each.flags.includes(flag)).length;
  const value = (item: string): number => {
    switch (item) {
      case 'MESSAGES':
        return folder.messages.length;
      case 'RECENT':
        return own + folder.messages.filter((each) => each.uid >= folder.firstRecentUid).length;
      case 'UIDNEXT':
        return folder.uidNext;
      case 'UIDVALIDITY':
        return folder.uidValidity;
      case 'UNSEEN':
        return folder.messages.length - flagged('\\Seen');
      case 'DELETED':
        return flagged('\\Deleted');
      case 'SIZE':
        return folder.messages.reduce((sum, each) => sum + each.size, 0);
      default:
        return folder.highestModSeq;
    }
  };
  const values = items.map((item) => `${item} ${value(item)}`).join(' ');
  untagged(session, `STATUS ${printed(session, folder.name)} (${values})`);
}

export function status(context: Context, args: readonly Arg[]): Outcome {
  const read = mailboxName(context, args[0]);
  if ('outcome' in read) return read.outcome;
  const items = statusItems(context, args[1]);
  if (typeof items === 'string') return bad(items);
  const folder = folderNamed(context, read.name);
  if (folder === undefined) return missing(context, read.name);
  sendStatus(context, folder, items);
  const selected = context.session.view?.uidValidity === folder.uidValidity;
  return ok(selected ? '[CLIENTBUG] Status on selected mailbox completed.' : 'Status completed.');
}

const QUOTA_ROOT = 'User quota';

function sendQuota(context: Context): void {
  const { user, session } = context;
  const { bytes, messages } = usageOf(user);
  const resources: string[] = [];
  if (user.quotaBytes !== undefined)
    resources.push(`STORAGE ${Math.floor(bytes / 1024)} ${Math.floor(user.quotaBytes / 1024)}`);
  if (user.quotaMessages !== undefined) resources.push(`MESSAGE ${messages} ${user.quotaMessages}`);
  untagged(session, `QUOTA ${nstring(QUOTA_ROOT)} (${resources.join(' ')})`);
}

export function getQuota(context: Context, args: readonly Arg[]): Outcome {
  const root = astring(args[0]);
  if (root === undefined) return bad('Missing arguments');
  if (root !== QUOTA_ROOT) return no("Quota root doesn't exist.");
  sendQuota(context);
  return ok('Getquota completed.');
}

export function getQuotaRoot(context: Context, args: readonly Arg[]): Outcome {
  const read = mailboxName(context, args[0]);
  if ('outcome' in read) return read.outcome;
  untagged(context.session, `QUOTAROOT ${printed(context.session, read.name)} ${nstring(QUOTA_ROOT)}`);
  sendQuota(context);
  return ok('Getquotaroot completed.');
}
