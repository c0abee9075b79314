// FETCH: which items are asked for, and what a message has to say to each (RFC 9051 §6.4.5 and §7.5.2). In Dovecot's order:
// what it has at hand, then what it must read the message for.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import { dateFields, MONTHS, zoneText, type Time } from '../base/dates.ts';
import { rawOf, setFlags } from '../mailbox/store.ts';
import { partsOf, partText, type MimePart } from '../message/mime.ts';
import { enableCondstore } from './condstore.ts';
import { bad, changed, done, ok, type Outcome, type SelectedContext } from './command.ts';
import { note, untagged } from './session.ts';
import {
  bodyStructure,
  envelope,
  fieldsOf,
  mimeOf,
  parseSection,
  printSection,
  sectionBytes,
  type Section,
} from './structure.ts';
import { astring, keyword, literal, nstring, type Arg } from './syntax.ts';
import { chosen, numbersOf, printFlags, type Chosen } from './view.ts';

type Item =
  | {
      readonly kind:
        | 'FLAGS'
        | 'UID'
        | 'RFC822.SIZE'
        | 'INTERNALDATE'
        | 'ENVELOPE'
        | 'BODY'
        | 'BODYSTRUCTURE'
        | 'MODSEQ'
        | 'PREVIEW';
    }
  | {
      readonly kind: 'section';
      readonly section: Section;
      readonly peek: boolean;
      readonly partial: { readonly from: number; readonly length: number } | undefined;
      /** What stands before the bytes. */
      readonly label: string;
    };

const SHORT = [
  'FLAGS',
  'UID',
  'RFC822.SIZE',
  'INTERNALDATE',
  'ENVELOPE',
  'BODY',
  'BODYSTRUCTURE',
  'MODSEQ',
  'PREVIEW',
] as const;

const MACROS: Readonly<Record<string, readonly (typeof SHORT)[number][]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

/** What Dovecot has at hand, and tells first, wherever it was asked for. */
const QUICK: readonly string[] = ['FLAGS', 'UID', 'RFC822.SIZE', 'INTERNALDATE', 'MODSEQ', 'PREVIEW'];

/** Octets of messages that one command may ask for: it may name the same thing a thousand times (RFC 5530 §3, LIMIT). */
const FETCH_LIMIT = 50_000_000;

const whole = (what: Section['what']): Section => ({ part: [], what, fields: [] });

/** The items asked for, or what is wrong with them. */
export function parseItems(arg: Arg | undefined, rest: readonly Arg[]): readonly Item[] | string {
  if (arg?.kind === 'list') {
    if (arg.items.length === 0) return 'FETCH list is empty';
    return itemsOf(arg.items, 'FETCH list contains non-atoms');
  }
  const macro = keyword(arg);
  if (arg === undefined || macro === undefined) return 'Invalid arguments';
  const short = Object.hasOwn(MACROS, macro) ? MACROS[macro] : undefined;
  return short === undefined ? itemsOf([arg, ...rest], 'Invalid arguments') : short.map((kind) => ({ kind }));
}

function itemsOf(args: readonly Arg[], nonAtoms: string): readonly Item[] | string {
  const items: Item[] = [];
  for (let at = 0; at < args.length; at++) {
    const name = keyword(args[at]);
    if (name === undefined) return nonAtoms;
    const short = SHORT.find((each) => each === name);
    if (short !== undefined) {
      // What is asked for twice is told once.
      if (!items.some((item) => item.kind === short)) items.push({ kind: short });
      // RFC 8970 §3.2: LAZY changes nothing here, a preview is always at hand.
      if (short === 'PREVIEW' && args[at + 1]?.kind === 'list') at++;
    } else if (name === 'RFC822')
      items.push({ kind: 'section', section: whole(''), peek: false, partial: undefined, label: name });
    else if (name === 'RFC822.HEADER')
      items.push({ kind: 'section', section: whole('HEADER'), peek: true, partial: undefined, label: name });
    else if (name === 'RFC822.TEXT')
      items.push({ kind: 'section', section: whole('TEXT'), peek: false, partial: undefined, label: name });
    else if (/^BODY(\.PEEK)?\[/.test(name)) {
      // The list of field names and what follows it are words of their own.
      const list = args[at + 1];
      const end = args[at + 2];
      const isCut = !name.includes(']');
      if (isCut && list !== undefined && list.kind !== 'list') return 'Invalid arguments';
      const item = readSection(name, isCut ? list : undefined, isCut ? keyword(end) : undefined);
      if (typeof item === 'string') return item;
      items.push(item);
      if (isCut) at += 2;
    } else return `Unknown parameter: ${name}`;
  }
  return items;
}

/** `BODY.PEEK[HEADER.FIELDS`, the list of fields, `]<0.100>`; or all in one word. */
function readSection(begin: string, list: Arg | undefined, end: string | undefined): Item | string {
  const wrong = (what: string): string => `Invalid BODY[..] parameter: ${what}`;
  if (!begin.includes(']') && end?.includes(']') !== true) return wrong("Missing ']'");
  const fields = list?.kind === 'list' ? list.items : undefined;
  if (fields?.some((field) => field.kind === 'list') === true) return 'Invalid BODY[..] section';
  const [, peek, name = '', tail = ''] = /^BODY(\.PEEK)?\[([^\]]*)\](.*)$/.exec(begin + (end ?? '')) ?? [];
  const section = parseSection(
    name,
    fields?.flatMap((field) => astring(field) ?? []),
  );
  if (section === undefined) return 'Invalid BODY[..] section';
  let partial: { readonly from: number; readonly length: number } | undefined;
  if (tail !== '') {
    if (!tail.startsWith('<')) return wrong("Unexpected data after ']'");
    if (!tail.endsWith('>')) return wrong("Missing '>' in partial");
    const match = /^<(\d{1,15})(?:\.(\d{1,15}))?>$/.exec(tail);
    if (match === null) return wrong('Too big partial start');
    partial = { from: Number(match[1]), length: match[2] === undefined ? Infinity : Number(match[2]) };
  }
  const quoted = new Set(fields?.flatMap((field, i) => (field.kind === 'string' ? [i] : [])));
  const label = `BODY[${printSection(section, quoted)}]${partial === undefined ? '' : `<${partial.from}>`}`;
  return { kind: 'section', section, peek: peek !== undefined, partial, label };
}

/** `05-Nov-2026 10:00:00 +0000` (RFC 9051 §9, date-time). */
export function imapDate(time: Time, zoneMinutes = 0): string {
  const f = dateFields(time, zoneMinutes);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${two(f.day)}-${MONTHS[f.month - 1] ?? ''}-${f.year} ${two(f.hour)}:${two(f.minute)}:${two(f.second)} ${zoneText(zoneMinutes)}`;
}

/** The text of a message or a part of it, not only headers. */
const isText = (item: Item): item is Extract<Item, { kind: 'section' }> =>
  item.kind === 'section' && !/HEADER|MIME/.test(item.label);

export function fetch(context: SelectedContext, args: readonly Arg[]): Outcome {
  const { session, view, folder } = context;
  const set = astring(args[0]);
  if (set === undefined || args.length < 2) return bad('Invalid arguments');
  const numbers = numbersOf(session, set, context.uid);
  if (numbers === undefined) return bad(context.uid ? 'Invalid uidset' : 'Invalid messageset');
  const rest = args.slice(2);
  // A list behind BODY[HEADER.FIELDS is part of it, one at the end holds the modifiers.
  const isCut = args.at(-2)?.kind === 'atom' && /\[[^\]]*$/.test(astring(args.at(-2)) ?? '');
  const modifiers = rest.at(-1)?.kind === 'list' && !isCut ? rest.at(-1) : undefined;
  const items = parseItems(args[1], modifiers === undefined ? rest : rest.slice(0, -1));
  if (typeof items === 'string') return bad(items);
  let changedSince = -1;
  if (modifiers?.kind === 'list') {
    const [name, since] = modifiers.items;
    if (keyword(name) !== 'CHANGEDSINCE') return bad('Unknown FETCH modifier');
    if (!/^\d+$/.test(astring(since) ?? '')) return bad('Invalid CHANGEDSINCE modseq');
    changedSince = Number(astring(since));
  }
  const wanted: Item[] = [...items];
  if (context.uid && !wanted.some((each) => each.kind === 'UID')) wanted.unshift({ kind: 'UID' });
  const modSeq = changedSince >= 0 || wanted.some((each) => each.kind === 'MODSEQ');
  if (modSeq) enableCondstore(session, folder);
  if (changedSince >= 0 && !wanted.some((each) => each.kind === 'MODSEQ')) wanted.push({ kind: 'MODSEQ' });
  let gone = false;
  const budget = { left: FETCH_LIMIT };
  const modSeqOfSeen = folder.highestModSeq + 1;
  const isMarking = wanted.some((item) => isText(item) && !item.peek) && !view.readOnly;
  const isReading = wanted.some(isText);
  const texts: number[] = [];
  for (const each of chosen(view, folder, numbers)) {
    if (each.message.modSeq <= changedSince) continue;
    const isSeen = each.stored?.flags.includes('\\Seen') !== false;
    if (isReading && each.stored !== undefined && !(isMarking && isSeen)) texts.push(each.message.uid);
    gone = fetchOne(context, each, wanted, budget, modSeqOfSeen) || gone;
    if (budget.left < 0) return { status: 'NO', text: '[LIMIT] Too much data for one command.' };
  }
  if (texts.length > 0) {
    const kind = isMarking ? 'read' : 'peeked';
    note(session, context.now, { kind, user: context.user.name, folder: folder.name, uids: texts });
  }
  return gone
    ? { status: 'OK', text: '[EXPUNGEISSUED] Some messages were already expunged.', sync: 'no expunge' }
    : context.uid
      ? ok('Fetch completed.')
      : done(context, 'Fetch completed.');
}

/** True when the bytes of an expunged message were asked for. When the budget is spent nothing more is told of it. */
function fetchOne(
  context: SelectedContext,
  each: Chosen,
  items: readonly Item[],
  budget: { left: number },
  /** What \Seen makes it, if it is set. */
  modSeq: number,
): boolean {
  const { session, view, folder, store } = context;
  const { message, stored, number } = each;
  const reads = items.some((item) => item.kind === 'section' && !item.peek);
  const wanted = [...items];
  if (reads && stored !== undefined && !view.readOnly && !stored.flags.includes('\\Seen')) {
    setFlags(folder, stored, [...stored.flags, '\\Seen'], modSeq);
    message.flags = [...stored.flags];
    message.modSeq = stored.modSeq;
    changed(context, folder.name);
    if (!items.some((item) => item.kind === 'FLAGS')) wanted.push({ kind: 'FLAGS' });
  }
  const raw = stored === undefined ? undefined : rawOf(store, stored);
  let tree: MimePart | undefined;
  const mime = (): MimePart => (tree ??= mimeOf(raw ?? ''));
  const out: string[] = [];
  let gone = false;
  const isQuick = (item: Item): boolean => QUICK.includes(item.kind);
  for (const item of [...wanted.filter(isQuick), ...wanted.filter((each) => !isQuick(each))]) {
    if (item.kind === 'UID') out.push(`UID ${message.uid}`);
    else if (item.kind === 'MODSEQ') out.push(`MODSEQ (${message.modSeq})`);
    else if (item.kind === 'FLAGS') {
      message.changed = false;
      out.push(`FLAGS (${printFlags(session, view, message)})`);
    } else if (item.kind === 'section') {
      const bytes = raw === undefined ? undefined : sectionBytes(raw, mime(), item.section);
      gone ||= raw === undefined;
      const part =
        bytes !== undefined && item.partial !== undefined
          ? bytes.slice(item.partial.from, item.partial.from + item.partial.length)
          : bytes;
      budget.left -= part?.length ?? 0;
      if (budget.left < 0) return gone;
      out.push(`${item.label} ${part === undefined ? 'NIL' : literal(part)}`);
    } else if (stored !== undefined && raw !== undefined) {
      if (item.kind === 'RFC822.SIZE') out.push(`RFC822.SIZE ${stored.size}`);
      else if (item.kind === 'INTERNALDATE') out.push(`INTERNALDATE "${imapDate(stored.internalDate)}"`);
      else if (item.kind === 'ENVELOPE') out.push(`ENVELOPE ${envelope(fieldsOf(raw))}`);
      else if (item.kind === 'PREVIEW')
        out.push(`PREVIEW ${nstring(fromLatin1(utf8(preview(raw, mime()))))}`);
      else out.push(`${item.kind} ${bodyStructure(raw, mime(), item.kind === 'BODYSTRUCTURE')}`);
    }
  }
  if (out.length > 0) untagged(session, `${number} FETCH (${out.join(' ')})`);
  return gone;
}

/** RFC 8970: the beginning of the text as one line. */
function preview(raw: string, root: MimePart): string {
  const texts = partsOf(root).filter((part) => part.type === 'text');
  const part = texts.find((each) => each.subtype === 'plain') ?? texts[0];
  if (part === undefined) return '';
  const text = partText(raw, part).text;
  const plain = part.subtype === 'html' ? text.replace(/<[^>]*>/g, ' ') : text;
  return [...plain.replace(/\s+/g, ' ').trim()].slice(0, 200).join('');
}
