// Mailbox files of the mbox family: one message after the other, each behind a line that begins with "From ". Four ways of
// keeping text from looking like such a line are about, and a file does not say which is its own. Knows no store.
// RFC 4155; qmail's mbox(5); https://www.loc.gov/preservation/digital/formats/fdd/fdd000383.shtml for the family.

import { dateFields, MONTHS, timeOf, WEEKDAYS, type Time } from '../base/dates.ts';
import { splitEnvelope } from '../message/address.ts';
import { allFields, binary, firstField, parseMessage } from '../message/header.ts';
import { markMessage, unmarkMessage } from './mbox-status.ts';
import type { Flag } from './store.ts';

/**
 * `mboxrd`: `>From ` gets one more `>` each time; reversible. `mboxo`: only `From ` gets one, so a quoted line cannot be told
 * from one that began so. `mboxcl`: like mboxo, and Content-Length says how long a message is. `mboxcl2`: that length alone.
 */
export type MboxKind = 'mboxrd' | 'mboxo' | 'mboxcl' | 'mboxcl2';

export interface MboxMessage {
  /** Binary string, lines ending in CRLF, without the mailbox's own fields (`Status` and its like). */
  readonly raw: string;
  readonly flags: readonly Flag[];
  /** When it came into the mailbox; undefined when its From_ line has no date. */
  readonly at?: Time;
  /** The envelope sender in the From_ line, '' when there is none. */
  readonly sender: string;
  /** Of its From_ line, from 1. */
  readonly line: number;
  /** Byte of its From_ line. */
  readonly offset: number;
}

/**
 * `no-separator`: the file does not begin with a From_ line; what stands before the first is `text`, `bytes` long. `lookalike`: text
 * that begins with "From " and was taken as text. `wrong-length`: a Content-Length does not lead to the next message, so none
 * of them was believed. `inside`: Content-Length says that what looks like the next message is text.
 */
export interface MboxProblem {
  readonly code: 'no-separator' | 'lookalike' | 'wrong-length' | 'inside';
  readonly line: number;
  readonly offset: number;
  readonly text: string;
  readonly bytes?: number;
}

export interface Mbox {
  readonly kind: MboxKind;
  /** There are lines such as `>>From `, which mboxrd and mboxo read differently: the reader may be wrong about the kind. */
  readonly isAmbiguous: boolean;
  readonly messages: readonly MboxMessage[];
  readonly problems: readonly MboxProblem[];
}

const DATE =
  /(?:^|\s)(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat),?\s+(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+(\d{1,2})\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s+(?:([A-Z]{1,5}|[+-]\d{4})\s+)?(\d{4})(?:\s+([+-]\d{4}|[A-Z]{1,5}))?(?:\s|$)/;

/** Longest line that is looked at as a From_ line. */
const LONGEST = 400;
const MOST_NOTES = 50;

interface Separator {
  readonly start: number;
  /** First byte after the line. */
  readonly next: number;
  readonly text: string;
  readonly date: RegExpExecArray | null;
  /** First byte after the message, where a Content-Length tells it. */
  readonly end?: number;
}

/** Takes a mailbox file apart; never fails. `as` overrules what the file looks like. */
export function readMbox(file: string | Uint8Array, as?: MboxKind): Mbox {
  let text = binary(file);
  if (!text.includes('\n')) text = text.replaceAll('\r', '\n');
  const begin = text.startsWith('\xef\xbb\xbf') ? 3 : 0;
  const lines = lineCounter(text);
  const problems: MboxProblem[] = [];
  const note = (code: MboxProblem['code'], at: number, extra: { bytes?: number } = {}): void => {
    if (problems.length < MOST_NOTES)
      problems.push({ code, line: lines(at), offset: at, text: lineText(text, at), ...extra });
  };
  const { separators, lookalikes } = findSeparators(text, begin);
  const firstAt = separators[0]?.start ?? text.length;
  if (firstAt > begin && text.slice(begin, firstAt).trim() !== '')
    note('no-separator', begin, { bytes: firstAt - begin });
  const byLength = as === 'mboxrd' || as === 'mboxo' ? undefined : splitByLength(text, separators);
  let used = separators;
  let kind: MboxKind = as ?? 'mboxrd';
  if (byLength?.ok === true) {
    used = byLength.separators;
    const known = new Set(used.map(({ start }) => start));
    for (const { start } of separators) if (!known.has(start)) note('inside', start);
    kind = as ?? (used.some((one, i) => hasBareFrom(text, one, used[i + 1])) ? 'mboxcl2' : 'mboxcl');
  } else {
    if (byLength?.ok === false) note('wrong-length', byLength.at);
    for (const at of lookalikes) note('lookalike', at);
  }
  let isAmbiguous = false;
  const messages = used.map((separator, i): MboxMessage => {
    const content = contentOf(text, separator, used[i + 1]);
    // `^` would also hold after other characters that end lines elsewhere.
    isAmbiguous ||= /(?:^|\n)>>+From /.test(content);
    const plain =
      kind === 'mboxcl2'
        ? content
        : kind === 'mboxo'
          ? content.replace(/(^|\n)>From /g, '$1From ')
          : content.replace(/(^|\n)>(>*From )/g, '$1$2');
    const { raw, flags } = unmarkMessage(plain.replace(/\r?\n/g, '\r\n'));
    const at = timeIn(separator.date);
    return {
      raw,
      flags,
      ...(at === undefined ? {} : { at }),
      sender: senderIn(separator),
      line: lines(separator.start),
      offset: separator.start,
    };
  });
  return { kind, isAmbiguous: isAmbiguous && kind !== 'mboxcl2', messages, problems };
}

/** Counts lines of ever later places without starting again each time. */
function lineCounter(text: string): (at: number) => number {
  let seen = 0;
  let line = 1;
  return (at) => {
    if (at < seen) [seen, line] = [0, 1];
    for (let lf = text.indexOf('\n', seen); lf >= 0 && lf < at; lf = text.indexOf('\n', lf + 1)) line++;
    seen = at;
    return line;
  };
}

function lineText(text: string, at: number): string {
  const lf = text.indexOf('\n', at);
  return text.slice(at, Math.min(lf < 0 ? text.length : lf, at + 80)).trimEnd();
}

/** RFC 4155: at the beginning or after an empty line, with a date. Programs are careless with each of the three. */
function findSeparators(text: string, begin: number): { separators: Separator[]; lookalikes: number[] } {
  const separators: Separator[] = [];
  const lookalikes: number[] = [];
  const after = (from: number): number => {
    const lf = text.indexOf('\nFrom ', from);
    return lf < 0 ? -1 : lf + 1;
  };
  let at = text.startsWith('From ', begin) ? begin : after(begin);
  while (at >= 0) {
    const separator = separatorAt(text, at);
    const isFirst = at === begin;
    const afterBlank = isFirst || /\n\r?\n$/.test(text.slice(Math.max(0, at - 3), at));
    const { text: line, next } = separator;
    const headerFollows = FIELD.test(text.slice(next, next + 200)) || next >= text.length;
    // Thunderbird writes `From ` or `From - ` and no more; others forget the empty line.
    const isBare = /^From\s*-?\s*$/.test(line);
    const isOne =
      separator.date === null
        ? isFirst || (afterBlank && headerFollows && (isBare || !/^From\s+\S+\s+\S+\s+\S/.test(line)))
        : afterBlank || headerFollows;
    if (isOne) separators.push(separator);
    else lookalikes.push(at);
    at = after(Math.max(at, next - 1));
  }
  return { separators, lookalikes };
}

const FIELD = /^(?:>From [^\n]*\n)?[!-9;-~]+[ \t]*:/;

function separatorAt(text: string, start: number): Separator {
  const lf = text.indexOf('\n', start);
  let next = lf < 0 ? text.length : lf + 1;
  const line = text.slice(start, Math.min(next, start + LONGEST)).trimEnd();
  // What UUCP left behind: the From_ line of the host before.
  if (/^>From [^\n]* remote from /.test(text.slice(next, next + LONGEST)))
    next = text.indexOf('\n', next) + 1 || text.length;
  return { start, next, text: line, date: DATE.exec(line) };
}

function timeIn(date: RegExpExecArray | null): Time | undefined {
  if (date === null) return undefined;
  const number = (index: number): number => Number(date[index] ?? '0');
  const month = MONTHS.findIndex((name) => name === date[1]) + 1;
  const zone = [date[6], date[8]].find((text) => text !== undefined && /^[+-]/.test(text));
  const minutes =
    zone === undefined
      ? 0
      : (zone.startsWith('-') ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3)));
  const [day, hour, minute, second, year] = [number(2), number(3), number(4), number(5), number(7)];
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 60 || year < 1970) return undefined;
  return timeOf(year, month, day, hour, minute, second, minutes);
}

function senderIn({ text, date }: Separator): string {
  const sender = text
    .slice(5, date === null ? undefined : date.index)
    .trim()
    .replace(/^<(.*)>$/, '$1');
  return sender === '-' || sender.toUpperCase() === 'MAILER-DAEMON' ? '' : sender;
}

/** Without the empty line that parts it from the next one. */
function contentOf(text: string, { next, end }: Separator, following: Separator | undefined): string {
  if (end !== undefined) return text.slice(next, end);
  const content = text.slice(next, Math.max(next, following?.start ?? text.length));
  return content.replace(/(^|\n)\r?\n$/, '$1');
}

type ByLength =
  | { readonly ok: true; readonly separators: Separator[] }
  /** The message whose length leads nowhere. */
  | { readonly ok: false; readonly at: number };

/** Follows Content-Length from message to message. Undefined: there is none to follow. */
function splitByLength(text: string, separators: readonly Separator[]): ByLength | undefined {
  const first = separators[0];
  if (first === undefined) return undefined;
  const found: Separator[] = [];
  let isTold = false;
  for (let separator = first; ;) {
    const header = parseMessage(text.slice(separator.next));
    const bodyStart = separator.next + header.bodyStart;
    const length = /^\d{1,10}$/.exec(allFields(header, 'Content-Length').at(-1)?.value ?? '')?.[0];
    if (length === undefined) return isTold ? { ok: false, at: separator.start } : undefined;
    isTold = true;
    const end = bodyStart + Number(length);
    if (end > text.length) return { ok: false, at: separator.start };
    // Without a body, the empty line may be the header's or the mailbox's.
    found.push(end === bodyStart ? separator : { ...separator, end });
    const after = /^(?:\r?\n)*/.exec(text.slice(end, end + 8))?.[0].length ?? 0;
    if (end + after >= text.length) return { ok: true, separators: found };
    if (!text.startsWith('From ', end + after)) return { ok: false, at: separator.start };
    separator = separatorAt(text, end + after);
  }
}

function hasBareFrom(text: string, separator: Separator, following: Separator | undefined): boolean {
  return /(?:^|\n)From /.test(contentOf(text, separator, following));
}

export interface MboxEntry {
  readonly raw: string;
  readonly flags: readonly Flag[];
  readonly at: Time;
}

const two = (n: number): string => String(n).padStart(2, '0');

/** `Mon Nov 23 09:00:04 2026`, in UTC (RFC 4155 appendix A). */
function asctime(at: Time): string {
  const f = dateFields(at);
  const day = String(f.day).padStart(2, ' ');
  return `${WEEKDAYS[f.weekday] ?? ''} ${MONTHS[f.month - 1] ?? ''} ${day} ${two(f.hour)}:${two(f.minute)}:${two(f.second)} ${String(f.year).padStart(4, '0')}`;
}

/**
 * The file of these messages, quoted as mboxrd. Reading it gives the same bytes, flags, and times to the second back. Lines end in
 * LF, as this format has it; in a message with a stray CR they keep CRLF. A message that ends within a line gets a line end.
 */
export function printMbox(entries: readonly MboxEntry[]): string {
  let out = '';
  for (const { raw, flags, at } of entries) {
    const whole = raw === '' || raw.endsWith('\n') ? raw : `${raw}\r\n`;
    const marked = markMessage(whole, flags).replace(/(^|\n)(>*From )/g, '$1>$2');
    const lineEnd = /\r(?!\n)/.test(marked) ? '\r\n' : '\n';
    const content = lineEnd === '\n' ? marked.replaceAll('\r\n', '\n') : marked;
    out += `From ${printSender(raw)} ${asctime(at)}${lineEnd}${content}${lineEnd}`;
  }
  return out;
}

function printSender(raw: string): string {
  const path = firstField(parseMessage(raw), 'Return-Path')?.value ?? '';
  const { localPart, domain } = splitEnvelope(path);
  const address = domain === '' ? localPart : `${localPart}@${domain}`;
  return /^[!-~]{1,320}$/.test(address) ? address : 'MAILER-DAEMON';
}
