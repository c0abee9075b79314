// SEARCH: its keys as a tree, how a message is held against them, and the result in both forms (RFC 9051 §6.4.4, RFC 4731,
// RFC 5182, RFC 5032). Text is compared decoded and in any case.

import { DAY, MONTHS, timeOf, type Time } from '../base/dates.ts';
import { fromUtf8Strict, latin1 } from '../base/bytes.ts';
import { rawOf, type StoredMessage } from '../mailbox/store.ts';
import { parseAddressList, type Mailbox } from '../message/address.ts';
import { parseMailDate } from '../message/date.ts';
import { decodeHeaderText } from '../message/encoded-word.ts';
import { parseMessage } from '../message/header.ts';
import { partsOf, partText } from '../message/mime.ts';
import { bad, done, no, type Outcome, type SelectedContext } from './command.ts';
import { enableCondstore } from './condstore.ts';
import { isRev2, untagged } from './session.ts';
import { mimeOf } from './structure.ts';
import { astring, keyword, nstring, parseSet, printSet, type Arg } from './syntax.ts';
import { chosen, learnKeywords, numbersIn, type Chosen } from './view.ts';

type Key =
  | { readonly kind: 'all' }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'recent' }
  | { readonly kind: 'not'; readonly key: Key }
  | { readonly kind: 'and' | 'or'; readonly keys: readonly Key[] }
  | { readonly kind: 'numbers'; readonly numbers: ReadonlySet<number> }
  | {
      readonly kind: 'header';
      readonly field: string;
      readonly text: string;
      /** Addresses as Dovecot writes them anew, a subject in one line, or the field as it stands. */
      readonly as: 'addresses' | 'unfolded' | 'raw';
    }
  | { readonly kind: 'body' | 'text'; readonly text: string }
  | { readonly kind: 'larger' | 'smaller'; readonly value: number }
  | { readonly kind: 'modseq'; readonly value: number }
  | { readonly kind: 'date'; readonly of: 'internal' | 'sent'; readonly from: Time; readonly to: Time };

interface Reader {
  readonly context: SelectedContext;
  readonly args: readonly Arg[];
  at: number;
  depth: number;
  /** Search text must be UTF-8. */
  readonly utf8: boolean;
}

class Wrong {
  constructor(readonly text: string) {}
}

const FLAGS = ['ANSWERED', 'DELETED', 'DRAFT', 'FLAGGED', 'SEEN'];
const flagKey = (name: string): Key => ({ kind: 'flag', flag: `\\${name}` });
const not = (key: Key): Key => ({ kind: 'not', key });
const NONE = not({ kind: 'all' });

/** All keys that are left, which must all hold. */
function readKeys(reader: Reader): Key | Wrong {
  const keys: Key[] = [];
  while (reader.at < reader.args.length) {
    const key = readKey(reader);
    if (key instanceof Wrong) return key;
    keys.push(key);
  }
  return { kind: 'and', keys };
}

function readKey(reader: Reader): Key | Wrong {
  const arg = reader.args[reader.at++];
  if (arg === undefined) return new Wrong('Missing argument');
  if (++reader.depth > 2000) return new Wrong('Too many search keys');
  if (arg.kind === 'list')
    return arg.items.length === 0
      ? new Wrong('No search parameters inside list')
      : readKeys({ ...reader, args: arg.items, at: 0 });
  if (arg.kind === 'string') return new Wrong(`Unexpected string as search key: ${arg.text}`);
  const name = arg.text.toUpperCase();
  const word = (make: (value: string) => Key | Wrong): Key | Wrong => {
    const value = reader.args[reader.at++];
    if (value?.kind === 'list') return new Wrong(`Unexpected ( (for search key: ${name})`);
    return value === undefined
      ? new Wrong(`Missing parameter for search key (for search key: ${name})`)
      : make(value.text);
  };
  const text = (make: (text: string) => Key): Key | Wrong =>
    word((value) => {
      const read = unicode(value);
      return read === undefined && reader.utf8 ? new Wrong('Invalid search key') : make(fold(read ?? value));
    });
  const number = (what: string, least: number, make: (value: number) => Key): Key | Wrong =>
    word((value) =>
      /^\d{1,15}$/.test(value) && Number(value) >= least
        ? make(Number(value))
        : new Wrong(`Invalid search ${what} parameter`),
    );
  if (FLAGS.includes(name)) return flagKey(name);
  if (name.startsWith('UN') && FLAGS.includes(name.slice(2))) return not(flagKey(name.slice(2)));
  const date = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(name);
  if (date !== null) {
    return word((value) => {
      const day = readDate(value);
      if (day === undefined) return new Wrong('Invalid search date parameter');
      const of = date[1] === undefined ? 'internal' : 'sent';
      return {
        kind: 'date',
        of,
        from: date[2] === 'BEFORE' ? -Infinity : day,
        to: date[2] === 'BEFORE' ? day : date[2] === 'ON' ? day + DAY : Infinity,
      };
    });
  }
  switch (name) {
    case 'ALL':
      return { kind: 'all' };
    case 'RECENT':
      return { kind: 'recent' };
    case 'OLD':
      return not({ kind: 'recent' });
    case 'NEW':
      return { kind: 'and', keys: [{ kind: 'recent' }, not(flagKey('SEEN'))] };
    case 'NOT': {
      const key = readKey(reader);
      return key instanceof Wrong ? key : not(key);
    }
    case 'OR': {
      const one = readKey(reader);
      if (one instanceof Wrong) return one;
      const other = readKey(reader);
      return other instanceof Wrong ? other : { kind: 'or', keys: [one, other] };
    }
    case 'KEYWORD':
    case 'UNKEYWORD':
      return word((flag) => {
        // Dovecot gives a keyword its place in the mailbox when it is first spoken of. A system flag is none.
        learnKeywords(reader.context.view, [flag]);
        const key: Key = flag.startsWith('\\') ? NONE : { kind: 'flag', flag };
        return name === 'KEYWORD' ? key : not(key);
      });
    case 'BCC':
    case 'CC':
    case 'FROM':
    case 'SUBJECT':
    case 'TO':
      return text((value) => ({
        kind: 'header',
        field: name.toLowerCase(),
        text: value,
        as: name === 'SUBJECT' ? 'unfolded' : 'addresses',
      }));
    case 'HEADER':
      return word((field) =>
        text((value) => ({ kind: 'header', field: field.toLowerCase(), text: value, as: 'raw' })),
      );
    case 'BODY':
    case 'TEXT':
      return text((value) => ({ kind: name === 'BODY' ? 'body' : 'text', text: value }));
    case 'LARGER':
      return number('size', 0, (value) => ({ kind: 'larger', value }));
    case 'SMALLER':
      return number('size', 0, (value) => ({ kind: 'smaller', value }));
    case 'MODSEQ':
      return modSeqKey(reader, word);
    case 'YOUNGER':
    case 'OLDER': {
      const { now } = reader.context;
      return number('interval', 1, (seconds) => {
        const edge = now - seconds * 1000;
        return name === 'YOUNGER'
          ? { kind: 'date', of: 'internal', from: edge, to: Infinity }
          : { kind: 'date', of: 'internal', from: -Infinity, to: edge + 1 };
      });
    }
    case 'UID':
      return word((set) => setKey(reader, set, true));
    default:
      if (arg.text === '$' || /^[\d*]/.test(arg.text)) return setKey(reader, arg.text, false);
      return new Wrong(`Unknown argument ${name}`);
  }
}

function setKey(reader: Reader, text: string, uid: boolean): Key | Wrong {
  const { view, session } = reader.context;
  if (text === '$') {
    const saved = new Set(session.saved);
    const numbers = view.messages.flatMap((each, index) => (saved.has(each.uid) ? [index + 1] : []));
    return { kind: 'numbers', numbers: new Set(numbers) };
  }
  const ranges = parseSet(text);
  if (ranges === undefined) return new Wrong(uid ? 'Invalid UID messageset' : 'Invalid messageset');
  // Dovecot knows no message 9 in a mailbox of five, and so nothing from there to the end either.
  const within = uid
    ? ranges
    : ranges.filter(({ from, to }) => Math.min(from, to) <= view.toldMessages || from === to);
  return { kind: 'numbers', numbers: new Set(numbersIn(view, within, uid)) };
}

/** `MODSEQ 5`, `MODSEQ "/flags/\\Seen" all 5` (RFC 7162 §3.1.5): switches mod-sequences on. */
function modSeqKey(reader: Reader, word: (make: (value: string) => Key | Wrong) => Key | Wrong): Key | Wrong {
  const value = (text: string): Key | Wrong => {
    if (!/^\d{1,15}$/.test(text)) return new Wrong('Invalid MODSEQ value');
    enableCondstore(reader.context.session, reader.context.folder);
    return { kind: 'modseq', value: Number(text) };
  };
  if (reader.args[reader.at]?.kind !== 'string') return word(value);
  return word((entry) =>
    word((type) => {
      if (!['ALL', 'PRIV', 'SHARED'].includes(type.toUpperCase())) return new Wrong('Invalid MODSEQ type');
      const flag = /^\/flags\/(.*)$/i.exec(entry)?.[1] ?? '';
      if (!flag.startsWith('\\')) learnKeywords(reader.context.view, [flag]);
      return word(value);
    }),
  );
}

/** `1-Nov-2026`, as a time at midnight (RFC 9051 §9, date). */
function readDate(text: string): Time | undefined {
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text);
  const month = MONTHS.findIndex((each) => each.toLowerCase() === match?.[2]?.toLowerCase()) + 1;
  if (match === null || month === 0) return undefined;
  return timeOf(Number(match[3]), month, Number(match[1]));
}

/** Search text is UTF-8 when it can be. */
const unicode = (value: string): string | undefined => fromUtf8Strict(latin1(value));

const fold = (text: string): string => text.toUpperCase();

function holds(context: SelectedContext, key: Key, each: Chosen): boolean {
  const { message, stored } = each;
  switch (key.kind) {
    case 'all':
      return true;
    case 'recent':
      return message.recent && !isRev2(context.session);
    case 'flag':
      return message.flags.some((flag) => flag.toLowerCase() === key.flag.toLowerCase());
    case 'not':
      return !holds(context, key.key, each);
    case 'and':
      return key.keys.every((one) => holds(context, one, each));
    case 'or':
      return key.keys.some((one) => holds(context, one, each));
    case 'numbers':
      return key.numbers.has(each.number);
    case 'modseq':
      return message.modSeq >= key.value;
    default:
      return stored !== undefined && holdsStored(context, key, stored);
  }
}

function holdsStored(
  context: SelectedContext,
  key: Extract<Key, { kind: 'header' | 'body' | 'text' | 'larger' | 'smaller' | 'date' }>,
  stored: StoredMessage,
): boolean {
  const raw = rawOf(context.store, stored);
  switch (key.kind) {
    case 'larger':
      return stored.size > key.value;
    case 'smaller':
      return stored.size < key.value;
    case 'header':
      return parseMessage(raw).fields.some(
        (field) =>
          field.key === key.field &&
          searchedTexts(field.value, key.as).some((text) => fold(text).includes(key.text)),
      );
    case 'body':
      return bodyText(raw).includes(key.text);
    case 'text': {
      const { fields } = parseMessage(raw);
      return (
        fields.some((field) => fold(`${field.name}: ${decodeHeaderText(field.value)}`).includes(key.text)) ||
        bodyText(raw).includes(key.text)
      );
    }
    case 'date': {
      if (key.of === 'internal') return stored.internalDate >= key.from && stored.internalDate < key.to;
      // RFC 9051 §6.4.4: the day as written, whatever the zone.
      const date = parseMailDate(parseMessage(raw).fields.find((field) => field.key === 'date')?.value ?? '');
      const time = date === undefined ? undefined : date.time + date.zoneMinutes * 60_000;
      return time !== undefined && time >= key.from && time < key.to;
    }
  }
}

function searchedTexts(value: string, as: 'addresses' | 'unfolded' | 'raw'): string[] {
  if (as === 'raw') return [decodeHeaderText(value)];
  if (as === 'unfolded') return [decodeHeaderText(value).replace(/\s+/g, ' ')];
  const mailbox = ({ name, localPart, domain }: Mailbox): string => {
    const address = `${localPart}${domain === '' ? '' : `@${domain}`}`;
    if (name === '') return address;
    const decoded = decodeHeaderText(name);
    const isAtom = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\x80-\uffff]+$/.test(decoded);
    return `${isAtom ? decoded : `"${decoded.replace(/[\\"]/g, '\\$&')}"`} <${address}>`;
  };
  return parseAddressList(value).addresses.flatMap((each) =>
    each.kind === 'group' ? [`${each.name}:`, ...each.members.map(mailbox)] : [mailbox(each)],
  );
}

/** Text of all parts, and the headers of those within: they stand in the body too. */
function bodyText(raw: string): string {
  const pieces: string[] = [];
  for (const part of partsOf(mimeOf(raw))) {
    if (part.path !== '')
      pieces.push(...part.fields.map((field) => `${field.name}: ${decodeHeaderText(field.value)}`));
    if (part.type === 'text') pieces.push(partText(raw, part).text.replaceAll('\r\n', '\n'));
  }
  return fold(pieces.join('\n'));
}

const CHARSETS = ['UTF-8', 'US-ASCII'];

/** Numbers of the messages that hold, or an outcome that says what is wrong. Used by SORT and THREAD too. */
export function matching(
  context: SelectedContext,
  args: readonly Arg[],
  utf8 = true,
): readonly Chosen[] | Outcome {
  if (args.length === 0) return bad('Missing search parameters');
  const key = readKeys({ context, args, at: 0, depth: 0, utf8 });
  if (key instanceof Wrong) return bad(key.text);
  const { view, folder } = context;
  const numbers = view.messages.slice(0, view.toldMessages).map((_, index) => index + 1);
  return chosen(view, folder, numbers).filter((each) => holds(context, key, each));
}

export const charsetKnown = (name: string): boolean => CHARSETS.includes(name.toUpperCase());

export function isOutcome(value: readonly Chosen[] | Outcome): value is Outcome {
  return !Array.isArray(value);
}

export function search(context: SelectedContext, given: readonly Arg[]): Outcome {
  const { session } = context;
  let args = given;
  let utf8 = false;
  let options: readonly { readonly name: string; readonly value: string }[] | undefined;
  const list = args[1];
  if (keyword(args[0]) === 'RETURN' && list?.kind === 'list') {
    const read: { name: string; value: string }[] = [];
    for (let at = 0; at < list.items.length; at++) {
      const name = keyword(list.items[at]) ?? '';
      if (!['MIN', 'MAX', 'ALL', 'COUNT', 'SAVE', 'PARTIAL'].includes(name))
        return bad('Unknown SEARCH return option');
      const value = name === 'PARTIAL' ? (astring(list.items[++at]) ?? '') : '';
      if (name === 'PARTIAL' && !/^[1-9]\d{0,9}:[1-9]\d{0,9}$/.test(value))
        return bad('PARTIAL range broken');
      read.push({ name, value });
    }
    options = read.length === 0 ? [{ name: 'ALL', value: '' }] : read;
    args = args.slice(2);
  }
  if (keyword(args[0]) === 'CHARSET') {
    const charset = astring(args[1]);
    if (charset === undefined) return bad('Invalid charset argument');
    if (!charsetKnown(charset)) return no('[BADCHARSET] Unknown charset.');
    args = args.slice(2);
    utf8 = charset.toUpperCase() === 'UTF-8';
  }
  const found = matching(context, args, utf8);
  if (isOutcome(found)) return found;
  const numbers = found.map((each) => (context.uid ? each.message.uid : each.number));
  if (options === undefined && isRev2(session)) options = [{ name: 'ALL', value: '' }];
  const isAboutModSeq = args.some(hasModSeq);
  if (options === undefined) {
    const highest = isAboutModSeq && found.length > 0 ? [`(MODSEQ ${highestOf(found)})`] : [];
    untagged(session, ['SEARCH', ...numbers, ...highest].join(' '));
  } else esearch(context, options, numbers, found, isAboutModSeq);
  return done(context, 'Search completed.');
}

const hasModSeq = (arg: Arg): boolean =>
  arg.kind === 'list' ? arg.items.some(hasModSeq) : keyword(arg) === 'MODSEQ';

const highestOf = (found: readonly Chosen[]): number =>
  found.reduce((highest, { message }) => Math.max(highest, message.modSeq), 0);

function esearch(
  context: SelectedContext,
  options: readonly { readonly name: string; readonly value: string }[],
  numbers: readonly number[],
  found: readonly Chosen[],
  isAboutModSeq: boolean,
): void {
  const { session } = context;
  const value = (name: string): string | undefined => options.find((each) => each.name === name)?.value;
  const wants = (name: string): boolean => value(name) !== undefined;
  if (wants('SAVE')) {
    // RFC 5182 §2.4: with MIN or MAX alone only those are saved.
    const uids = found.map((each) => each.message.uid);
    const ends = [...(wants('MIN') ? uids.slice(0, 1) : []), ...(wants('MAX') ? uids.slice(-1) : [])];
    session.saved =
      (wants('MIN') || wants('MAX')) && !wants('ALL') && !wants('COUNT') ? [...new Set(ends)] : uids;
    if (options.length === 1) return;
  }
  const out = [`ESEARCH (TAG ${nstring(context.tag)})`];
  if (context.uid) out.push('UID');
  if (numbers.length > 0) {
    if (wants('MIN')) out.push(`MIN ${numbers[0] ?? 0}`);
    if (wants('MAX')) out.push(`MAX ${numbers.at(-1) ?? 0}`);
    if (wants('ALL')) out.push(`ALL ${printSet(numbers)}`);
  }
  const partial = value('PARTIAL');
  if (partial !== undefined) {
    const [from = 1, to = 1] = partial.split(':').map(Number);
    const part = printSet(numbers.slice(Math.min(from, to) - 1, Math.max(from, to)));
    out.push(`PARTIAL (${partial} ${part === '' ? 'NIL' : part})`);
  }
  if (wants('COUNT')) out.push(`COUNT ${numbers.length}`);
  if (isAboutModSeq && found.length > 0) {
    // RFC 7162 §3.1.10: of what is told, which with MIN and MAX alone is no more than two messages.
    const ends = [...(wants('MIN') ? found.slice(0, 1) : []), ...(wants('MAX') ? found.slice(-1) : [])];
    const told = wants('ALL') || wants('COUNT') || ends.length === 0 ? found : ends;
    out.push(`MODSEQ ${highestOf(told)}`);
  }
  untagged(session, out.join(' '));
}
