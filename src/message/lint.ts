// What is wrong or unwise in the form of a message, with the place in its bytes. Answers with stable ids; the words are in
// the dictionaries. Judges form only: who may send what is `src/auth`'s. RFC 5322 §2 and §3.6, RFC 2045, RFC 2046.

import { mailboxesOf, parseAddressList } from './address.ts';
import { parseMailDate } from './date.ts';
import { decodeHeaderText } from './encoded-word.ts';
import {
  allFields,
  binary,
  firstField,
  missingBlankLine,
  parseMessage,
  type HeaderField,
  type Message,
} from './header.ts';
import { messageIds } from './message-id.ts';
import { parseMime, partBytes, partsOf, type MimePart } from './mime.ts';

export const MESSAGE_LINT_IDS = [
  'FMT-NOFROM',
  'FMT-MULTIFROM',
  'FMT-DUPHDR',
  'FMT-NODATE',
  'FMT-BADDATE',
  'FMT-NOMID',
  'FMT-MIDDOMAIN',
  'FMT-NOBLANK',
  'FMT-8BITHDR',
  'FMT-LONGLINE',
  'FMT-BARELF',
  'FMT-HTMLONLY',
  'FMT-BOUNDARY',
  'FMT-BADB64',
  'FMT-EMPTYTO',
  'FMT-BCCLEAK',
  'FMT-REPLYFAKE',
] as const;
export type MessageLintId = (typeof MESSAGE_LINT_IDS)[number];

export interface MessageFinding {
  readonly id: MessageLintId;
  readonly severity: 'error' | 'warning' | 'info';
  /** Bytes of the message that it is about. */
  readonly start: number;
  readonly end: number;
  readonly params: Readonly<Record<string, string | number>>;
  readonly rule: string;
}

/** Fields that may stand once (RFC 5322 §3.6). */
const SINGLE = [
  'date',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'message-id',
  'in-reply-to',
  'references',
  'subject',
];
/** RFC 5322 §2.1.1, without the line end. */
const MAX_LINE = 998;
/** Names that mean nothing outside a house (RFC 6761, RFC 6762, and what machines call themselves). */
const INTERNAL = /(?:^|\.)(?:localhost|localdomain|local|lan|internal|intranet|home|corp|invalid)$/i;
const REPLY = /^\s*(?:re|aw|antw|fwd?|wg)\s*(?:\[\d+\])?:/i;

/** Everything that is to be said about a message, in the order of the bytes. Never fails. */
export function lintMessage(source: string | Uint8Array): MessageFinding[] {
  const raw = binary(source);
  const message = parseMessage(raw);
  const found: MessageFinding[] = [
    ...authorAndDate(message),
    ...recipients(message),
    ...identity(message),
    ...lines(message),
    ...parts(raw),
  ];
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

type Severity = MessageFinding['severity'];

function at(
  place: Pick<HeaderField, 'start' | 'end'>,
  id: MessageLintId,
  severity: Severity,
  rule: string,
  params: MessageFinding['params'] = {},
): MessageFinding {
  return { id, severity, start: place.start, end: place.end, params, rule };
}

/** The header as a place: where a field is missing. */
const headerOf = ({ headerEnd }: Message): { start: number; end: number } => ({ start: 0, end: headerEnd });

function authorAndDate(message: Message): MessageFinding[] {
  const found: MessageFinding[] = [];
  const froms = allFields(message, 'From');
  const [from] = froms;
  if (from === undefined) found.push(at(headerOf(message), 'FMT-NOFROM', 'error', 'RFC 5322 §3.6'));
  else {
    const authors = mailboxesOf(parseAddressList(from.value));
    if (authors.length === 0) found.push(at(from, 'FMT-NOFROM', 'error', 'RFC 5322 §3.6.2'));
    if (authors.length > 1 || froms.length > 1)
      found.push(
        at(froms[1] ?? from, 'FMT-MULTIFROM', froms.length > 1 ? 'error' : 'warning', 'RFC 5322 §3.6.2', {
          n: Math.max(authors.length, froms.length),
        }),
      );
  }
  for (const key of SINGLE) {
    const [, second] = message.fields.filter((field) => field.key === key);
    if (second !== undefined && key !== 'from')
      found.push(at(second, 'FMT-DUPHDR', 'error', 'RFC 5322 §3.6', { name: second.name }));
  }
  const date = firstField(message, 'Date');
  if (date === undefined) found.push(at(headerOf(message), 'FMT-NODATE', 'error', 'RFC 5322 §3.6.1'));
  else {
    const read = parseMailDate(date.value);
    const problem = read === undefined ? 'unreadable' : read.problems[0];
    if (problem !== undefined)
      found.push(
        at(date, 'FMT-BADDATE', read === undefined ? 'error' : 'warning', 'RFC 5322 §3.3', {
          value: date.value,
          problem,
        }),
      );
  }
  return found;
}

function recipients(message: Message): MessageFinding[] {
  const found: MessageFinding[] = [];
  const visible = ['To', 'Cc'].flatMap((name) => allFields(message, name));
  const bcc = firstField(message, 'Bcc');
  if (visible.length === 0)
    found.push(at(headerOf(message), 'FMT-EMPTYTO', 'warning', 'RFC 5322 §3.6.3', { what: 'missing' }));
  for (const field of visible)
    if (field.value === '')
      found.push(at(field, 'FMT-EMPTYTO', 'warning', 'RFC 5322 §3.6.3', { what: field.name }));
  const hidden = bcc === undefined ? 0 : mailboxesOf(parseAddressList(bcc.value)).length;
  if (bcc !== undefined && hidden > 0)
    found.push(at(bcc, 'FMT-BCCLEAK', 'error', 'RFC 5322 §3.6.3', { n: hidden }));
  return found;
}

function identity(message: Message): MessageFinding[] {
  const found: MessageFinding[] = [];
  const field = firstField(message, 'Message-ID');
  const [id] = field === undefined ? [] : messageIds(field.value);
  if (field === undefined) found.push(at(headerOf(message), 'FMT-NOMID', 'warning', 'RFC 5322 §3.6.4'));
  else if (id === undefined)
    found.push(at(field, 'FMT-NOMID', 'warning', 'RFC 5322 §3.6.4', { value: field.value }));
  else {
    const domain = id.replace(/^<|>$/g, '').split('@').at(-1) ?? '';
    if (!domain.includes('.') || INTERNAL.test(domain))
      found.push(at(field, 'FMT-MIDDOMAIN', 'info', 'RFC 5322 §3.6.4', { domain }));
  }
  const subject = firstField(message, 'Subject');
  const answers = firstField(message, 'In-Reply-To') ?? firstField(message, 'References');
  if (subject !== undefined && answers === undefined && REPLY.test(decodeHeaderText(subject.value)))
    found.push(
      at(subject, 'FMT-REPLYFAKE', 'warning', 'RFC 5322 §3.6.5', {
        subject: decodeHeaderText(subject.value),
      }),
    );
  return found;
}

function lines(message: Message): MessageFinding[] {
  const { raw, fields } = message;
  const found: MessageFinding[] = [];
  const missing = missingBlankLine(message);
  if (missing !== undefined)
    found.push(
      at(
        { start: missing.offset, end: missing.offset + missing.text.length },
        'FMT-NOBLANK',
        'error',
        'RFC 5322 §2.1',
        { line: missing.line, text: missing.text.slice(0, 60) },
      ),
    );
  for (const field of fields) {
    const high = /[\x80-\xff]/.exec(field.raw);
    if (high !== null) {
      found.push(at(field, 'FMT-8BITHDR', 'warning', 'RFC 5322 §2.2, RFC 6532 §3', { name: field.name }));
      break;
    }
  }
  const bare = /(?:^|[^\r])\n|\r(?!\n)/.exec(raw);
  if (bare !== null) {
    const start = bare.index + (bare[0].endsWith('\n') ? bare[0].length - 1 : 0);
    found.push(
      at({ start, end: start + 1 }, 'FMT-BARELF', 'error', 'RFC 5321 §2.3.8', {
        what: raw.charAt(start) === '\n' ? 'LF' : 'CR',
        line: raw.slice(0, start).split('\n').length,
      }),
    );
  }
  let start = 0;
  for (let line = 1; start < raw.length; line++) {
    const lf = raw.indexOf('\n', start);
    const end = lf < 0 ? raw.length : lf;
    const length = end - start - (raw.charAt(end - 1) === '\r' ? 1 : 0);
    if (length > MAX_LINE) {
      found.push(
        at({ start, end }, 'FMT-LONGLINE', 'error', 'RFC 5322 §2.1.1', { line, length, limit: MAX_LINE }),
      );
      break;
    }
    start = end + 1;
  }
  return found;
}

function parts(raw: string): MessageFinding[] {
  const found: MessageFinding[] = [];
  const all = partsOf(parseMime(raw));
  const leaves = all.filter((part) => part.children.length === 0);
  const isText = (part: MimePart, subtype: string): boolean =>
    part.type === 'text' && part.subtype === subtype && part.disposition?.value !== 'attachment';
  const html = leaves.find((part) => isText(part, 'html'));
  if (html !== undefined && !leaves.some((part) => isText(part, 'plain')))
    found.push(at(html, 'FMT-HTMLONLY', 'warning', 'RFC 2046 §5.1.4'));
  for (const part of all) {
    const problem = part.problems.find((one) => one.includes('boundary'));
    if (problem !== undefined) found.push(at(part, 'FMT-BOUNDARY', 'error', 'RFC 2046 §5.1.1', { problem }));
  }
  for (const part of leaves) {
    if (part.encoding !== 'base64') continue;
    const { problem } = partBytes(raw, part);
    if (problem?.code === 'bad-base64')
      found.push(
        at({ start: part.bodyStart, end: part.end }, 'FMT-BADB64', 'error', 'RFC 2045 §6.8', {
          at: problem.at,
        }),
      );
  }
  return found;
}
