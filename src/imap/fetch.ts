// FETCH: which items are asked for, and what a message has to say to each (RFC 9051 §6.4.5 and §7.5.2). In Dovecot's order:
// short items as asked, then those that need the message's bytes.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import { dateFields, MONTHS, zoneText, type Time } from '../base/dates.ts';
import { rawOf, setFlags } from '../mailbox/store.ts';
import { partsOf, partText, type MimePart } from '../message/mime.ts';
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

/** Octets of messages that one command may ask for: it may name the same thing a thousand times (RFC 5530 §3, LIMIT). */
const FETCH_LIMIT = 50_000_000;

const whole = (what: Section['what']): Section => ({ part: [], what, fields: [] });

/** The items asked for, or what is wrong with them. */
export function parseItems(arg: Arg | undefined, rest: readonly Arg[]): readonly Item[] | string {
  if (arg === undefined) return 'Missing arguments';
  if (arg.kind === 'list') {
    if (arg.items.length === 0) return 'FETCH list is empty';
    return itemsOf(arg.items);
  }
  const macro = keyword(arg);
  if (macro === undefined) return 'Invalid arguments';
  const short = Object.hasOwn(MACROS, macro) ? MACROS[macro] : undefined;
  return short === undefined ? itemsOf([arg, ...rest]) : short.map((kind) => ({ kind }));
}

function itemsOf(args: readonly Arg[]): readonly Item[] | string {
  const items: Item[] = [];
  for (let at = 0; at < args.length; at++) {
    const name = keyword(args[at]);
    if (name === undefined) return 'Invalid arguments';
    const short = SHORT.find((each) => each === name);
    if (short !== undefined) items.push({ kind: short });
    else if (name === 'RFC822')
      items.push({ kind: 'section', section: whole(''), peek: false, partial: undefined, label: name });
    else if (name === 'RFC822.HEADER')
      items.push({ kind: 'section', section: whole('HEADER'), peek: true, partial: undefined, label: name });
    else if (name === 'RFC822.TEXT')
      items.push({ kind: 'section', section: whole('TEXT'), peek: false, partial: undefined, label: name });
    else if (/^BODY(\.PEEK)?\[/.test(name)) {
      // The list of field names and what follows it are words of their own.
      let text = name;
      let fields: string[] | undefined;
      if (!text.includes(']')) {
        const list = args[at + 1];
        const end = args[at + 2];
        if (list?.kind !== 'list' || end?.kind !== 'atom') return 'Invalid BODY[..] section';
        fields = list.items.flatMap((each) => astring(each) ?? []);
        if (fields.length !== list.items.length) return 'Invalid BODY[..] section';
        text += end.text;
        at += 2;
      }
      const match = /^BODY(\.PEEK)?\[([^\]]*)\](?:<(\d{1,15})(?:\.(\d{1,15}))?>)?$/.exec(text);
      const section = match === null ? undefined : parseSection(match[2] ?? '', fields);
      if (match === null || section === undefined) return 'Invalid BODY[..] section';
      const from = match[3] === undefined ? undefined : Number(match[3]);
      const partial =
        from === undefined
          ? undefined
          : { from, length: match[4] === undefined ? Infinity : Number(match[4]) };
      const label = `BODY[${printSection(section)}]${from === undefined ? '' : `<${from}>`}`;
      items.push({ kind: 'section', section, peek: match[1] !== undefined, partial, label });
    } else return `Unknown parameter: ${name}`;
  }
  return items;
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
  if (set === undefined || args.length < 2) return bad('Missing arguments');
  const rest = args.slice(2);
  const modifiers = rest.at(-1)?.kind === 'list' && args[1]?.kind === 'list' ? rest.at(-1) : undefined;
  const items = parseItems(args[1], modifiers === undefined ? rest : rest.slice(0, -1));
  if (typeof items === 'string') return bad(items);
  let changedSince = -1;
  if (modifiers?.kind === 'list') {
    if (keyword(modifiers.items[0]) !== 'CHANGEDSINCE' || !/^\d+$/.test(astring(modifiers.items[1]) ?? ''))
      return bad('Unknown FETCH modifier');
    changedSince = Number(astring(modifiers.items[1]));
  }
  const numbers = numbersOf(session, set, context.uid);
  if (numbers === undefined) return bad('Invalid messageset');
  const wanted: Item[] = [...items];
  if (context.uid && !wanted.some((each) => each.kind === 'UID')) wanted.unshift({ kind: 'UID' });
  const modSeq = changedSince >= 0 || wanted.some((each) => each.kind === 'MODSEQ');
  if (modSeq) enableCondstore(context);
  if (changedSince >= 0 && !wanted.some((each) => each.kind === 'MODSEQ')) wanted.push({ kind: 'MODSEQ' });
  let gone = false;
  const budget = { left: FETCH_LIMIT };
  const isMarking = wanted.some((item) => isText(item) && !item.peek) && !view.readOnly;
  const isReading = wanted.some(isText);
  const texts: number[] = [];
  for (const each of chosen(view, folder, numbers)) {
    if (each.message.modSeq <= changedSince) continue;
    const isSeen = each.stored?.flags.includes('\\Seen') !== false;
    if (isReading && each.stored !== undefined && !(isMarking && isSeen)) texts.push(each.message.uid);
    gone = fetchOne(context, each, wanted, budget) || gone;
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

/** RFC 7162 §3.1: the first command that speaks of mod-sequences switches them on. */
export function enableCondstore(context: SelectedContext): void {
  const { session, folder } = context;
  if (session.enabled.includes('CONDSTORE')) return;
  session.enabled.push('CONDSTORE');
  untagged(session, `OK [HIGHESTMODSEQ ${folder.highestModSeq}] Highest`);
}

/** True when the bytes of an expunged message were asked for. When the budget is spent nothing more is told of it. */
function fetchOne(
  context: SelectedContext,
  each: Chosen,
  items: readonly Item[],
  budget: { left: number },
): boolean {
  const { session, view, folder, store } = context;
  const { message, stored, number } = each;
  const reads = items.some((item) => item.kind === 'section' && !item.peek);
  let short = items.flatMap((item) => (item.kind === 'section' ? [] : [item.kind]));
  if (reads && stored !== undefined && !view.readOnly && !stored.flags.includes('\\Seen')) {
    setFlags(folder, stored, [...stored.flags, '\\Seen']);
    message.flags = [...stored.flags];
    message.modSeq = stored.modSeq;
    changed(context, folder.name);
    if (!short.includes('FLAGS')) short = [...short, 'FLAGS'];
  }
  const raw = stored === undefined ? undefined : rawOf(store, stored);
  let tree: MimePart | undefined;
  const mime = (): MimePart => (tree ??= mimeOf(raw ?? ''));
  const out: string[] = [];
  for (const kind of short) {
    if (kind === 'UID') out.push(`UID ${message.uid}`);
    else if (kind === 'MODSEQ') out.push(`MODSEQ (${message.modSeq})`);
    else if (kind === 'FLAGS') {
      message.changed = false;
      out.push(`FLAGS (${printFlags(session, view, message)})`);
    } else if (stored !== undefined && raw !== undefined) {
      if (kind === 'RFC822.SIZE') out.push(`RFC822.SIZE ${stored.size}`);
      else if (kind === 'INTERNALDATE') out.push(`INTERNALDATE "${imapDate(stored.internalDate)}"`);
      else if (kind === 'ENVELOPE') out.push(`ENVELOPE ${envelope(fieldsOf(raw))}`);
      else if (kind === 'PREVIEW') out.push(`PREVIEW ${nstring(fromLatin1(utf8(preview(raw, mime()))))}`);
      else out.push(`${kind} ${bodyStructure(raw, mime(), kind === 'BODYSTRUCTURE')}`);
    }
  }
  let gone = false;
  for (const item of items) {
    if (item.kind !== 'section') continue;
    const bytes = raw === undefined ? undefined : sectionBytes(raw, mime(), item.section);
    gone ||= raw === undefined;
    const part =
      bytes !== undefined && item.partial !== undefined
        ? bytes.slice(item.partial.from, item.partial.from + item.partial.length)
        : bytes;
    budget.left -= part?.length ?? 0;
    if (budget.left < 0) return gone;
    out.push(`${item.label} ${part === undefined ? 'NIL' : literal(part)}`);
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
