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
import { enableCondstore } from './condstore.ts';
import { untagged } from './session.ts';
import { astring, keyword, nstring, printName, readName, type Arg } from './syntax.ts';
import { recentCount, viewedFolder } from './view.ts';

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
  const refused = refusedName(name);
  if (refused !== undefined) return refused;
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
  const refused = refusedName(from.name) ?? refusedName(to.name);
  if (refused !== undefined) return refused;
  const { user } = context;
  const below = user.folders.filter(
    (each) => each.name === from.name || each.name.startsWith(`${from.name}/`),
  );
  if (below.length === 0) return missing(context, from.name, 'NONEXISTENT');
  if (from.name === 'INBOX') return no("[CANNOT] Renaming INBOX isn't supported.");
  if (from.name === to.name) return no("[ALREADYEXISTS] Can't rename mailbox to itself");
  if (to.name.startsWith(`${from.name}/`)) return no("Can't rename mailbox under its own child.");
  if (folderNamed(context, to.name) !== undefined) return no('[ALREADYEXISTS] Target mailbox already exists');
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

/** INBOX in any case (RFC 9051 §5.1), whatever of it the pattern spells out. */
const isNamed = (name: string, pattern: string): boolean =>
  isLike(name, pattern) ||
  (name === 'INBOX' && isLike(name, pattern.toUpperCase())) ||
  (name.startsWith('INBOX/') && isLike(name, pattern.replace(/^inbox/i, 'INBOX')));

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

function levelsAbove(name: string): string[] {
  const levels = name.split('/');
  return levels.slice(1).map((_, depth) => levels.slice(0, depth + 1).join('/'));
}

/** Subscriptions in their order, each behind the levels above it that are to be shown. */
function inOrderOf(subscribed: readonly string[], above: ReadonlySet<string>): string[] {
  return [
    ...new Set(subscribed.flatMap((name) => [...levelsAbove(name).filter((each) => above.has(each)), name])),
  ];
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
    if (
      select.includes('RECURSIVEMATCH') &&
      !select.some((each) => each === 'SUBSCRIBED' || each === 'SPECIAL-USE')
    )
      return bad('RECURSIVEMATCH must not be the only selection.');
    args = args.slice(1);
  }
  const reference = astring(args[0]);
  if (reference === undefined) return bad('Invalid reference');
  const patternArg = args[1];
  const wires = patternArg?.kind === 'list' ? patternArg.items.map(astring) : [astring(patternArg)];
  if (wires.some((each) => each === undefined)) return bad('Invalid pattern');
  let wanted: string[] = [];
  let status: readonly string[] | undefined;
  const extended = args !== given || patternArg?.kind === 'list' || args.length > 2;
  if (args.length > 2) {
    const options = args[3];
    if (keyword(args[2]) !== 'RETURN' || options?.kind !== 'list') return bad('Extra arguments.');
    for (let at = 0; at < options.items.length; at++) {
      const name = keyword(options.items[at]) ?? '';
      if (!RETURN_OPTIONS.includes(name)) return bad('Unknown return options');
      if (name === 'STATUS') {
        if (options.items[at + 1] === undefined) return bad('Unknown return options');
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
  if (wires[0] === '' && lsub) return completed;
  if (wires[0] === '' && !extended) {
    untagged(session, 'LIST (\\Noselect) "/" ""');
    return completed;
  }
  // A reference is put before the pattern (RFC 9051 §6.3.9).
  const patterns = wires.map((wire) => {
    const text = reference + (wire ?? '');
    return readName(names(session), text) ?? text;
  });
  const subscribed = subscriptionsOf(user);
  const all = entries(user);
  const isWanted = (name: string): boolean => patterns.some((pattern) => isNamed(name, pattern));
  const ofSubscribed = select.includes('SUBSCRIBED');
  // Levels above what is subscribed to and not listed itself (RFC 9051 §6.3.9, and RFC 3501 §6.3.9 for LSUB).
  const showsAbove = lsub ? patterns.some((each) => each.endsWith('%')) : select.includes('RECURSIVEMATCH');
  const above = new Set(
    (showsAbove && ofSubscribed ? subscribed : []).flatMap((name) =>
      levelsAbove(name).filter((each) => !isWanted(name) || (!lsub && subscribed.includes(each))),
    ),
  );
  const listed = ofSubscribed ? inOrderOf(subscribed, above) : all.map(({ name }) => name);
  for (const name of listed) {
    if (!isWanted(name)) continue;
    const folder = findFolder(user, name);
    if (select.includes('SPECIAL-USE') && folder?.specialUse === undefined) continue;
    const attributes: string[] = [];
    if (wanted.includes('SUBSCRIBED') && subscribed.includes(name)) attributes.push('\\Subscribed');
    if (lsub && !subscribed.includes(name)) attributes.push('\\Noselect');
    const children = all.some((each) => each.name.startsWith(`${name}/`));
    if (folder === undefined && !lsub) attributes.push(extended ? '\\NonExistent' : '\\Noselect');
    if (wanted.includes('CHILDREN')) attributes.push(children ? '\\HasChildren' : '\\HasNoChildren');
    if (wanted.includes('SPECIAL-USE') && folder?.specialUse !== undefined)
      attributes.push(folder.specialUse);
    const info = !lsub && above.has(name) ? ' (CHILDINFO ("SUBSCRIBED"))' : '';
    untagged(
      session,
      `${lsub ? 'LSUB' : 'LIST'} (${attributes.join(' ')}) "/" ${printName(names(session), name)}${info}`,
    );
    if (status !== undefined && folder !== undefined) sendStatus(context, folder, status);
  }
  return completed;
}

/** In the order in which Dovecot tells them, whatever was asked for first. */
const STATUS_ITEMS = [
  'MESSAGES',
  'RECENT',
  'UIDNEXT',
  'UIDVALIDITY',
  'UNSEEN',
  'HIGHESTMODSEQ',
  'SIZE',
  'DELETED',
];

function statusItems(context: Context, arg: Arg | undefined): readonly string[] | string {
  if (arg === undefined) return 'Missing arguments';
  if (arg.kind !== 'list') return 'Invalid arguments';
  if (arg.items.length === 0) return 'Empty status list';
  const known = STATUS_ITEMS.filter((each) => each !== 'DELETED' || context.session.config.version === '2.4');
  const items: string[] = [];
  for (const each of arg.items) {
    const item = keyword(each);
    if (item === undefined) return 'Status list contains non-atoms.';
    // Dovecot complains of the first one that it does not know, wherever it stands.
    if (!known.includes(item)) return `Invalid status item ${item}`;
    items.push(item);
  }
  return known.filter((each) => items.includes(each));
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
  const open = context.session.view && viewedFolder(context.session, context.store);
  if (items.includes('HIGHESTMODSEQ')) {
    if (open === undefined) context.session.enabled.push('CONDSTORE');
    else enableCondstore(context.session, open);
  }
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
