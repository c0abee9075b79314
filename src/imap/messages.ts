// Commands that change messages: STORE, EXPUNGE, COPY, MOVE, APPEND, and SELECT, which opens them (RFC 9051 §6.3.2, §6.3.12,
// §6.4; RFC 4315, RFC 6851, RFC 7162). Other sessions learn of it from the store.

import { toHex, latin1 } from '../base/bytes.ts';
import { MONTHS, timeOf, type Time } from '../base/dates.ts';
import { sha256 } from '../crypto/hash.ts';
import { folderNameFault } from '../mailbox/folder-name.ts';
import {
  copyMessage,
  deliver,
  expunge as expungeFrom,
  normalFlags,
  quotaExceeded,
  setFlags,
  usageOf,
} from '../mailbox/store.ts';
import {
  bad,
  changed,
  done,
  folderNamed,
  mailboxName,
  missing,
  no,
  ok,
  OVER_QUOTA,
  type Context,
  type Outcome,
  type SelectedContext,
} from './command.ts';
import { enableCondstore, trackModSeq } from './condstore.ts';
import { isRev2, note, untagged } from './session.ts';
import { astring, keyword, printSet, type Arg } from './syntax.ts';
import {
  absorb,
  chosen,
  type Chosen,
  learnKeywords,
  numbersOf,
  openView,
  recentCount,
  report,
  SYSTEM_FLAGS,
  tellKeywords,
} from './view.ts';

export function select(context: Context, args: readonly Arg[], readOnly: boolean): Outcome {
  const { session, user, now } = context;
  if (args[0] === undefined) return bad('Missing arguments');
  if (session.view !== undefined) {
    session.view = undefined;
    session.state = 'authenticated';
    untagged(session, 'OK [CLOSED] Previous mailbox closed.');
  }
  const read = mailboxName(context, args[0]);
  if ('outcome' in read) return read.outcome;
  session.saved = [];
  const options = args[1]?.kind === 'list' ? args[1].items : [];
  for (const option of options) {
    if (keyword(option) !== 'CONDSTORE') return bad('Unknown FETCH modifier');
    if (!session.enabled.includes('CONDSTORE')) session.enabled.push('CONDSTORE');
  }
  const folder = folderNamed(context, read.name);
  if (folder === undefined) return missing(context, read.name);
  if (session.enabled.includes('CONDSTORE')) trackModSeq(session, folder);
  const view = openView(folder, readOnly);
  session.view = view;
  session.state = 'selected';
  note(session, now, { kind: 'selected', user: user.name, folder: folder.name, readOnly });
  tellKeywords(session, view);
  untagged(session, `${view.messages.length} EXISTS`);
  if (!isRev2(session)) {
    untagged(session, `${recentCount(view)} RECENT`);
    const unseen = view.messages.findIndex((each) => !each.flags.includes('\\Seen')) + 1;
    if (unseen > 0) untagged(session, `OK [UNSEEN ${unseen}] First unseen.`);
  }
  untagged(session, `OK [UIDVALIDITY ${folder.uidValidity}] UIDs valid`);
  untagged(session, `OK [UIDNEXT ${folder.uidNext}] Predicted next UID`);
  if (folder.tracksModSeq === true) untagged(session, `OK [HIGHESTMODSEQ ${folder.highestModSeq}] Highest`);
  return ok(readOnly ? '[READ-ONLY] Examine completed.' : '[READ-WRITE] Select completed.', 'nothing');
}

/** Flags of a list or of bare words; a system flag that is none is refused. */
function readFlags(args: readonly Arg[]): string[] | string {
  const items = args[0]?.kind === 'list' ? args[0].items : args;
  const flags: string[] = [];
  for (const item of items) {
    if (item.kind !== 'atom') return 'Flags list contains non-atoms.';
    const flag = item.text;
    if (flag.startsWith('\\') && !SYSTEM_FLAGS.some((each) => each.toLowerCase() === flag.toLowerCase()))
      return `Invalid system flag ${flag.toUpperCase()}`;
    flags.push(flag);
  }
  return flags;
}

export function store(context: SelectedContext, args: readonly Arg[]): Outcome {
  const { session, view, folder } = context;
  const set = astring(args[0]);
  if (set === undefined) return bad('Invalid arguments');
  const numbers = numbersOf(session, set, context.uid);
  if (numbers === undefined) return bad('Invalid messageset');
  let rest = args.slice(1);
  let unchangedSince = Infinity;
  if (rest[0]?.kind === 'list') {
    const [name, value] = rest[0].items;
    if (name !== undefined) {
      if (value === undefined) return bad('Invalid STORE modifiers');
      if (keyword(name) !== 'UNCHANGEDSINCE') return bad('Unknown STORE modifier');
      if (!/^\d+$/.test(astring(value) ?? '')) return bad('Invalid modseq');
      unchangedSince = Number(astring(value));
    }
    rest = rest.slice(1);
  }
  const match = /^([+-]?)FLAGS(\.SILENT)?$/.exec(keyword(rest[0]) ?? '');
  if (match === null) return bad('Invalid arguments');
  const flags = readFlags(rest.slice(1));
  if (typeof flags === 'string') return bad(flags);
  if (flags.some((flag) => /[%*\]\\]/.test(flag.replace(/^\\/, ''))))
    return no('[CANNOT] Invalid characters in keyword');
  if (view.readOnly)
    return ok('Store ignored with read-only mailbox.', context.uid ? undefined : 'no expunge');
  if (unchangedSince !== Infinity) enableCondstore(session, folder);
  learnKeywords(view, flags);
  const lower = new Set(flags.map((each) => each.toLowerCase()));
  const modified: number[] = [];
  const after = (before: readonly string[]): string[] =>
    normalFlags(
      match[1] === '-'
        ? before.filter((each) => !lower.has(each.toLowerCase()))
        : match[1] === '+'
          ? [...before, ...flags]
          : flags,
    );
  const picked = chosen(view, folder, numbers);
  const modSeq = folder.highestModSeq + stepsOf(match[1] ?? '', flags, picked);
  for (const { message, stored, number } of picked) {
    const isSilent = match[2] !== undefined;
    if (stored === undefined) {
      // It is gone, and who has not heard of that yet may go on with it.
      message.flags = after(message.flags);
      if (!isSilent) message.changed = 'flags';
      continue;
    }
    if (stored.modSeq > unchangedSince) {
      modified.push(context.uid ? message.uid : number);
      continue;
    }
    // Others may have changed them meanwhile: their changes stay, and this client will hear of them.
    const isNews = stored.flags.join(' ') !== message.flags.join(' ');
    const isChanged = setFlags(folder, stored, after(stored.flags), modSeq);
    if (isChanged) changed(context, folder.name);
    message.modSeq = stored.modSeq;
    // Silent is silent only about what this client did (RFC 9051 §6.4.6), and not about mod-sequences (RFC 7162 §3.1.3).
    message.flags = isSilent ? after(message.flags) : [...stored.flags];
    if (message.changed === 'flags') continue;
    if (!isSilent) message.changed = isNews || isChanged ? 'flags' : message.changed;
    else if (isChanged && session.enabled.includes('CONDSTORE')) message.changed = 'modseq';
  }
  const code =
    modified.length > 0 ? `[MODIFIED ${printSet(modified)}] Conditional store failed.` : 'Store completed.';
  return done(context, code);
}

const isKeyword = (flag: string): boolean => !flag.startsWith('\\');

/** How far Dovecot's log of a mailbox moves: a step for the system flags, one for each keyword, one for keywords let go. */
function stepsOf(way: string, flags: readonly string[], picked: readonly Chosen[]): number {
  const letsGo = way === '' && picked.some(({ stored }) => stored?.flags.some(isKeyword) === true);
  const touches = way === '' || flags.some((flag) => !isKeyword(flag));
  return Math.max(1, Number(touches) + Number(letsGo) + flags.filter(isKeyword).length);
}

export function expunge(context: SelectedContext, args: readonly Arg[]): Outcome {
  const { session, view, folder, now, user } = context;
  let among: ReadonlySet<number> | undefined;
  if (context.uid) {
    const set = astring(args[0]);
    if (set === undefined) return bad('Missing arguments');
    const numbers = numbersOf(session, set, true);
    if (numbers === undefined) return bad('Invalid uidset');
    among = new Set(numbers.flatMap((number) => view.messages[number - 1]?.uid ?? []));
  }
  if (!view.readOnly) {
    const known = new Set(view.messages.map((each) => each.uid));
    const removed = expungeFrom(
      context.store,
      folder,
      (each) =>
        each.flags.includes('\\Deleted') &&
        known.has(each.uid) &&
        (among === undefined || among.has(each.uid)),
    );
    if (removed.length > 0) {
      const uids = removed.map((each) => each.uid);
      note(session, now, { kind: 'expunged', user: user.name, folder: folder.name, uids });
      changed(context, folder.name);
    }
  }
  return ok('Expunge completed.');
}

/** CLOSE: expunges in silence. */
export function closeMailbox(context: SelectedContext, silently: boolean): Outcome {
  if (silently) expunge({ ...context, uid: false }, []);
  context.session.view = undefined;
  context.session.state = 'authenticated';
  return ok(silently ? 'Close completed.' : 'Unselect completed.', 'nothing');
}

/** COPY and MOVE. */
export function copy(context: SelectedContext, args: readonly Arg[], move: boolean): Outcome {
  const { session, view, folder, user, now } = context;
  const set = astring(args[0]);
  if (set === undefined || args[1] === undefined) return bad('Missing arguments');
  const numbers = numbersOf(session, set, context.uid);
  if (numbers === undefined) return bad(context.uid ? 'Invalid uidset' : 'Invalid messageset');
  const read = mailboxName(context, args[1]);
  if ('outcome' in read) return read.outcome;
  const fault = folderNameFault(read.name);
  if (fault !== undefined) return no(`[CANNOT] ${fault}`);
  const target = folderNamed(context, read.name);
  if (target === undefined) return missing(context, read.name, 'TRYCREATE');
  if (move && view.readOnly) return no('[CANNOT] Mailbox is read-only');
  const sources = chosen(view, folder, numbers).flatMap((each) => each.stored ?? []);
  if (sources.length === 0) return ok('No messages found.');
  const total = sources.reduce((sum, each) => sum + each.size, 0);
  const allowed = user.quotaMessages ?? Infinity;
  // Quota is not asked for what moves within it.
  if (
    !move &&
    (quotaExceeded(user, total) !== undefined || usageOf(user).messages + sources.length > allowed)
  )
    return no(OVER_QUOTA);
  const copies = sources.map((source) => copyMessage(context.store, target, source).uid);
  const uids = sources.map((each) => each.uid);
  const code = `[COPYUID ${target.uidValidity} ${printSet(uids)} ${printSet(copies)}]`;
  const kind = move ? 'moved' : 'copied';
  note(session, now, { kind, user: user.name, folder: folder.name, uids, other: target.name });
  changed(context, target.name);
  if (!move) return ok(`${code} Copy completed.`);
  untagged(session, `OK ${code} Moved UIDs.`);
  const moved = new Set(uids);
  expungeFrom(context.store, folder, (each) => moved.has(each.uid));
  changed(context, folder.name);
  return ok('Move completed.');
}

/**
 * `20-Nov-2026 10:00:00 +0100`, the day may be padded with a blank (RFC 9051 §9, date-time). A day or hour that there is not
 * is no error to Dovecot: it takes the time that it is.
 */
export function readDateTime(text: string, now: Time): Time | undefined {
  const match = /^ ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text);
  if (match === null) return undefined;
  const month = MONTHS.findIndex((each) => each.toLowerCase() === match[2]?.toLowerCase()) + 1;
  if (month === 0) return undefined;
  const [day = 0, year = 0, hour = 0, minute = 0, second = 0] = [
    match[1],
    match[3],
    match[4],
    match[5],
    match[6],
  ].map(Number);
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60) return now;
  const zone = (match[7] === '-' ? -1 : 1) * (Number(match[8]) * 60 + Number(match[9]));
  return timeOf(year, month, day, hour, minute, second, zone);
}

/** What can be said of an APPEND before its literal comes: `size` is the literal's. Undefined: send it. */
export function appendRefused(context: Context, args: readonly Arg[], size: number): Outcome | undefined {
  const read = mailboxName(context, args[0]);
  if ('outcome' in read) return read.outcome;
  if (folderNamed(context, read.name) === undefined) return missing(context, read.name, 'TRYCREATE');
  const options = appendOptions(args.slice(1), context.now);
  if (typeof options === 'string') return bad(options);
  if (size === 0) return no("Can't save a zero byte message");
  return quotaExceeded(context.user, size) === undefined ? undefined : no(OVER_QUOTA);
}

/** Flags and date of an APPEND, or what is wrong with them. */
function appendOptions(args: readonly Arg[], now: Time): { flags: string[]; internalDate: Time } | string {
  const rest = [...args];
  let flags: string[] = [];
  if (rest[0]?.kind === 'list') {
    const given = readFlags([rest[0]]);
    if (typeof given === 'string') return given;
    flags = given;
    rest.shift();
  }
  const date = rest.shift();
  if (date === undefined) return { flags, internalDate: now };
  if (date.kind !== 'string' || rest.length > 0) return 'Invalid arguments';
  const internalDate = readDateTime(date.text, now);
  return internalDate === undefined ? 'Invalid internal date.' : { flags, internalDate };
}

export function append(context: Context, args: readonly Arg[]): Outcome {
  const { session, user, now } = context;
  const last = args.at(-1);
  if (args.length === 1) return bad('Missing message size');
  if (args.length < 2 || last?.kind !== 'string' || !last.literal) return bad('Invalid arguments');
  const refused = appendRefused(context, args.slice(0, -1), last.text.length);
  if (refused !== undefined) return refused;
  const read = mailboxName(context, args[0]);
  const folder = 'name' in read ? folderNamed(context, read.name) : undefined;
  if (folder === undefined) return bad('Invalid arguments');
  const options = appendOptions(args.slice(1, -1), now);
  if (typeof options === 'string') return bad(options);
  const raw = last.text.replace(/\r?\n/g, '\r\n');
  const stored = deliver(context.store, user, folder, {
    raw,
    hash: toHex(sha256(latin1(raw))),
    ...options,
  });
  if (stored.kind === 'over-quota') return no(OVER_QUOTA);
  const { uid } = stored.message;
  note(session, now, { kind: 'appended', user: user.name, folder: folder.name, uids: [uid] });
  changed(context, folder.name);
  return ok(`[APPENDUID ${folder.uidValidity} ${uid}] Append completed.`);
}

/** Takes note of the store, and tells what may be told; false: the mailbox is gone. */
export function sync(context: Context, how: 'nothing' | 'no expunge' | undefined): boolean {
  if (how === 'nothing') return true;
  if (!absorb(context.session, context.store)) return false;
  report(context.session, how === undefined, context.uid);
  return true;
}
