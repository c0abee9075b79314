// ENVELOPE and BODYSTRUCTURE of a message, and the bytes that a section names (RFC 9051 §7.5.2 and §6.4.5.1), as Dovecot prints
// them. Values are bytes as they stand in the header, never decoded. Knows no session.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import { parseAddressList, type Mailbox } from '../message/address.ts';
import { parseMessage, type HeaderField } from '../message/header.ts';
import { parseMime, type MimePart } from '../message/mime.ts';
import { literal, nstring } from './syntax.ts';

const orNil = (items: readonly string[]): string => (items.length === 0 ? 'NIL' : `(${items.join('')})`);

/** What people read is told in one line, and as a literal where quotes would need a backslash. */
function forHumans(text: string | undefined): string {
  const line = text?.replace(/[ \t\r\n]+/g, ' ');
  return line !== undefined && /["\\]/.test(line) ? literal(line) : nstring(line);
}

function address(mailbox: Mailbox): string {
  const route =
    mailbox.route.length === 0 ? 'NIL' : nstring(mailbox.route.map((each) => `@${each}`).join(','));
  const nowhere = mailbox.localPart === '' ? '"SYNTAX_ERROR"' : '"MISSING_DOMAIN"';
  const host = mailbox.domain === '' ? nowhere : nstring(mailbox.domain);
  const local = mailbox.localPart === '' ? '"MISSING_MAILBOX"' : nstring(mailbox.localPart);
  return `(${forHumans(mailbox.name === '' ? undefined : mailbox.name)} ${route} ${local} ${host})`;
}

/** RFC 9051 §7.5.2: a group is opened by an address without host and closed by one of NILs. */
function addresses(value: string | undefined): string {
  if (value === undefined) return 'NIL';
  return orNil(
    parseAddressList(value).addresses.map((each) =>
      each.kind === 'mailbox'
        ? address(each)
        : `(NIL NIL ${nstring(each.name)} NIL)${each.members.map(address).join('')}(NIL NIL NIL NIL)`,
    ),
  );
}

/** Date, subject, from, sender, reply-to, to, cc, bcc, in-reply-to, message-id. */
export function envelope(fields: readonly HeaderField[]): string {
  const value = (key: string): string | undefined => fields.find((field) => field.key === key)?.value;
  const from = addresses(value('from'));
  const orFrom = (key: string): string => {
    const own = addresses(value(key));
    return own === 'NIL' ? from : own;
  };
  return `(${[
    nstring(value('date')),
    forHumans(value('subject')),
    from,
    orFrom('sender'),
    orFrom('reply-to'),
    addresses(value('to')),
    addresses(value('cc')),
    addresses(value('bcc')),
    nstring(value('in-reply-to')),
    nstring(value('message-id')),
  ].join(' ')})`;
}

function parameters(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(
    ([name, value]) => `${nstring(name)} ${nstring(fromLatin1(utf8(value)))}`,
  );
  return pairs.length === 0 ? 'NIL' : `(${pairs.join(' ')})`;
}

const countLines = (text: string): number => text.split('\n').length - 1;

/** `extended`: BODYSTRUCTURE, else BODY. */
export function bodyStructure(raw: string, part: MimePart, extended: boolean): string {
  const value = (key: string): string | undefined => part.fields.find((field) => field.key === key)?.value;
  const { disposition } = part;
  const languages = (value('content-language') ?? '').split(',').flatMap((each) => each.trim() || []);
  const tail = [
    disposition === undefined
      ? 'NIL'
      : `(${nstring(disposition.value)} ${parameters(disposition.parameters)})`,
    languages.length === 0 ? 'NIL' : `(${languages.map(nstring).join(' ')})`,
    nstring(value('content-location')),
  ];
  if (part.type === 'multipart' && part.children.length > 0) {
    const children = part.children.map((child) => bodyStructure(raw, child, extended)).join('');
    const more = extended ? ` ${[parameters(part.parameters), ...tail].join(' ')}` : '';
    return `(${children} ${nstring(part.subtype)}${more})`;
  }
  const body = raw.slice(part.bodyStart, part.end);
  const isText = part.type === 'text';
  const own =
    isText && part.parameters['charset'] === undefined
      ? { ...part.parameters, charset: 'us-ascii' }
      : part.parameters;
  const out = [
    nstring(part.type),
    nstring(part.subtype),
    parameters(own),
    nstring(value('content-id')),
    nstring(value('content-description')),
    nstring(part.encoding),
    String(body.length),
  ];
  const inner = isMessage(part) ? part.children[0] : undefined;
  if (isText) out.push(String(countLines(body)));
  else if (inner !== undefined)
    out.push(envelope(inner.fields), bodyStructure(raw, inner, extended), String(countLines(body)));
  if (extended) out.push(nstring(value('content-md5')), ...tail);
  return `(${out.join(' ')})`;
}

const isMessage = (part: MimePart): boolean =>
  part.type === 'message' && (part.subtype === 'rfc822' || part.subtype === 'global');

/** `1.2.MIME`, `HEADER.FIELDS (To From)`: what stands between the brackets. */
export interface Section {
  readonly part: readonly number[];
  readonly what: '' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME';
  /** In upper case, in the order asked for. */
  readonly fields: readonly string[];
}

/** Reads a section; `fields` is the list behind HEADER.FIELDS. Undefined: no such section. */
export function parseSection(text: string, fields: readonly string[] | undefined): Section | undefined {
  const match = /^((?:\d{1,10}\.)*\d{1,10})?(?:(?:^|\.)([A-Z][A-Z.]*))?$/.exec(text.toUpperCase());
  if (match === null) return undefined;
  const part = match[1] === undefined ? [] : match[1].split('.').map(Number);
  const what = match[2] ?? '';
  switch (what) {
    case '':
    case 'HEADER':
    case 'TEXT':
      break;
    case 'MIME':
      if (part.length === 0) return undefined;
      break;
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT':
      if (fields === undefined || fields.length === 0) return undefined;
      return { part, what, fields: fields.map((each) => each.toUpperCase()) };
    default:
      return undefined;
  }
  return fields === undefined ? { part, what, fields: [] } : undefined;
}

/** `quoted`: which fields were asked for as strings. */
export function printSection(section: Section, quoted: ReadonlySet<number>): string {
  const head = [...section.part, ...(section.what === '' ? [] : [section.what])].join('.');
  if (section.fields.length === 0) return head;
  const names = section.fields.map((each, i) =>
    !quoted.has(i) && /^[!#$&'+\-.0-9A-Z^_`|~]+$/.test(each) ? each : nstring(each),
  );
  return `${head} (${names.join(' ')})`;
}

/**
 * The part of that number, RFC 9051 §6.4.5.1: a message is seen through to what is in it, and of what is no multipart
 * the first part is itself, once.
 */
function partOf(root: MimePart, numbers: readonly number[]): MimePart | undefined {
  let part: MimePart | undefined = root;
  let isItself = false;
  numbers.forEach((number, index) => {
    if (part === undefined) return;
    const inner = index > 0 && isMessage(part) ? part.children[0] : undefined;
    const at: MimePart = inner ?? part;
    if (at.type === 'multipart') {
      part = at.children[number - 1];
      isItself = false;
    } else {
      part = number === 1 && (inner !== undefined || !isItself) ? at : undefined;
      isItself = true;
    }
  });
  return part;
}

/** Bytes that a section names; none when the message has no such part. */
export function sectionBytes(raw: string, root: MimePart, section: Section): string {
  const part = partOf(root, section.part);
  if (part === undefined) return '';
  if (section.what === 'MIME') return raw.slice(part.start, part.bodyStart);
  if (section.what === '') return section.part.length === 0 ? raw : raw.slice(part.bodyStart, part.end);
  // Of a part only a message has a header and a text of its own.
  const message: MimePart | undefined =
    section.part.length === 0 ? part : isMessage(part) ? part.children[0] : undefined;
  if (message === undefined) return '';
  if (section.what === 'TEXT') return raw.slice(message.bodyStart, message.end);
  const header = raw.slice(message.start, message.bodyStart);
  if (section.what === 'HEADER') return header;
  const wanted = section.what === 'HEADER.FIELDS';
  const kept = parseMessage(header).fields.filter(
    (field) => section.fields.includes(field.key.toUpperCase()) === wanted,
  );
  return `${kept.map((field) => field.raw).join('')}\r\n`;
}

/** The tree of a message, for `bodyStructure` and `sectionBytes`. */
export const mimeOf = (raw: string): MimePart => parseMime(raw);

/** Fields of the message's own header. */
export const fieldsOf = (raw: string): readonly HeaderField[] => parseMessage(raw).fields;
