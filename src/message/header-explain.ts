// For each header field a stable key, and its value cut into tokens that can be explained one by one. Keys and places
// only: the words for people stand in src/text. RFC 5322 §3.6 and the registry of mail header fields first.

import { parseAddressList } from './address.ts';
import type { HeaderField } from './header.ts';
import { parseReceived } from './received.ts';

/** Offset and length count in `rawValue` of the field. */
export interface ExplainedToken {
  readonly offset: number;
  readonly length: number;
  /** `received.from`, `dkim.bh`, … */
  readonly key: string;
}

export interface ExplainedField {
  /** `received`, `dkim-signature`, … ; `x-other` and `other` for names that nobody registered. */
  readonly key: string;
  readonly tokens: readonly ExplainedToken[];
}

/** Fields with a text of their own. Names not listed share the key of their family or are `x-other` or `other`. */
export const FIELD_KEYS = [
  'return-path',
  'delivered-to',
  'x-original-to',
  'received',
  'authentication-results',
  'received-spf',
  'arc-seal',
  'arc-message-signature',
  'arc-authentication-results',
  'dkim-signature',
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'subject',
  'date',
  'message-id',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
  'content-disposition',
  'content-id',
  'content-description',
  'list-id',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-help',
  'list-post',
  'list-subscribe',
  'list-owner',
  'list-archive',
  'feedback-id',
  'precedence',
  'auto-submitted',
  'x-spam',
  'x-mailer',
  'importance',
  'disposition-notification-to',
  'tls-required',
  'bimi-selector',
  'x-google',
  'x-ms',
  'thread-topic',
  'resent',
  'x-other',
  'other',
] as const;

export type FieldKey = (typeof FIELD_KEYS)[number];

const KNOWN = new Set<string>(FIELD_KEYS);

const ALIASES: Readonly<Record<string, FieldKey>> = {
  'user-agent': 'x-mailer',
  'x-priority': 'importance',
  priority: 'importance',
  'x-msmail-priority': 'importance',
  'x-envelope-to': 'x-original-to',
  'thread-index': 'thread-topic',
  'errors-to': 'return-path',
};

/** The key of a field name, any case. */
export function fieldKey(name: string): FieldKey {
  const key = name.toLowerCase();
  if (Object.hasOwn(ALIASES, key)) return ALIASES[key] ?? 'other';
  if (key === 'x-other' || key === 'other') return key;
  if (KNOWN.has(key)) return key as FieldKey;
  if (key.startsWith('x-spam')) return 'x-spam';
  if (key.startsWith('x-google') || key.startsWith('x-gm-')) return 'x-google';
  if (/^x-(?:ms|microsoft|exchange|forefront)/.test(key)) return 'x-ms';
  if (key.startsWith('resent-')) return 'resent';
  return key.startsWith('x-') ? 'x-other' : 'other';
}

const ADDRESS_FIELDS = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'return-path',
  'delivered-to',
  'x-original-to',
  'disposition-notification-to',
]);

const DKIM_TAGS = new Set(['v', 'a', 'b', 'bh', 'c', 'd', 'h', 'i', 'l', 'q', 's', 't', 'x', 'z']);
const ARC_TAGS = new Set([...DKIM_TAGS, 'cv']);
const AUTH_METHODS = new Set([
  'spf',
  'dkim',
  'dmarc',
  'arc',
  'iprev',
  'auth',
  'dkim-adsp',
  'smime',
  'bimi',
  'dnswl',
]);

/** Takes a field apart for explanation; never fails. */
export function explainField(field: HeaderField): ExplainedField {
  const key = fieldKey(field.name);
  return { key, tokens: tokensOf(key, field.rawValue) };
}

function tokensOf(key: FieldKey, value: string): ExplainedToken[] {
  switch (key) {
    case 'received':
      return receivedTokens(value);
    case 'dkim-signature':
      return tagTokens(value, 'dkim', DKIM_TAGS);
    case 'arc-seal':
    case 'arc-message-signature':
      return tagTokens(value, 'arc', ARC_TAGS);
    case 'authentication-results':
    case 'arc-authentication-results':
      return resultTokens(value);
    case 'received-spf':
      return spfTokens(value);
    case 'content-type':
    case 'content-disposition':
      return parameterTokens(value, key);
    case 'subject':
      return encodedWordTokens(value);
    case 'date':
      return dateTokens(value);
    case 'message-id':
    case 'in-reply-to':
    case 'references':
    case 'content-id':
      return [...value.matchAll(/<[^<>\s]+>/g)].map((match) => ({
        offset: match.index,
        length: match[0].length,
        key: 'msg-id',
      }));
    default:
      return ADDRESS_FIELDS.has(key) ? addressTokens(value) : [];
  }
}

function receivedTokens(value: string): ExplainedToken[] {
  const received = parseReceived(value);
  const out: ExplainedToken[] = [];
  for (const token of received.tokens) {
    const first = token.comments[0]?.offset ?? token.offset + token.length;
    const own = value.slice(token.offset, first).trimEnd().length;
    out.push({ offset: token.offset, length: own, key: `received.${token.clause}` });
    for (const comment of token.comments)
      out.push({
        offset: comment.offset,
        length: comment.length,
        key: receivedComment(token.clause, comment.text),
      });
  }
  if (received.dateText !== undefined)
    out.push({ offset: received.dateText.offset, length: received.dateText.length, key: 'received.date' });
  return out;
}

function receivedComment(clause: string, text: string): string {
  if (/^\(envelope-from/i.test(text)) return 'received.envelope-from';
  if (/^\((?:using|version=)/i.test(text) || /cipher/i.test(text)) return 'received.tls';
  if (/^\(authenticated sender/i.test(text)) return 'received.auth';
  if (clause === 'from') return 'received.client';
  return clause === 'by' ? 'received.software' : 'received.comment';
}

/** `name=value` between semicolons, whole pieces without surrounding blanks. */
function tagTokens(value: string, family: string, known: ReadonlySet<string>): ExplainedToken[] {
  const out: ExplainedToken[] = [];
  for (const piece of pieces(value)) {
    const name = /^([A-Za-z0-9_]+)\s*=/.exec(piece.text)?.[1];
    if (name === undefined) continue;
    out.push({ ...piece.place, key: `${family}.${known.has(name) ? name : 'unknown'}` });
  }
  return out;
}

interface Piece {
  readonly text: string;
  readonly place: { readonly offset: number; readonly length: number };
}

/** Stretches between semicolons outside quotes and comments. */
function pieces(value: string): Piece[] {
  const out: Piece[] = [];
  let start = 0;
  let depth = 0;
  let quoted = false;
  const finish = (end: number): void => {
    const text = value.slice(start, end);
    const trimmed = text.trim();
    const offset = start + text.indexOf(trimmed);
    if (trimmed !== '') out.push({ text: trimmed, place: { offset, length: trimmed.length } });
    start = end + 1;
  };
  for (let i = 0; i < value.length; i++) {
    const char = value.charAt(i);
    if (char === '\\') i++;
    else if (char === '"' && depth === 0) quoted = !quoted;
    else if (quoted) continue;
    else if (char === '(') depth++;
    else if (char === ')' && depth > 0) depth--;
    else if (char === ';' && depth === 0) finish(i);
  }
  finish(value.length);
  return out;
}

/** RFC 8601 §2.2: the server's name first, then one piece a method. */
function resultTokens(value: string): ExplainedToken[] {
  const out: ExplainedToken[] = [];
  let named = false;
  for (const piece of pieces(value)) {
    const method = /^([a-z][a-z0-9-]*)(?:\/\d+)?\s*=\s*([a-z]+)/i.exec(piece.text);
    if (method === null || (!named && /^i\s*=\s*\d+$/i.test(piece.text))) {
      if (/^i\s*=/i.test(piece.text)) out.push({ ...piece.place, key: 'arc.i' });
      else if (piece.text.toLowerCase() === 'none') out.push({ ...piece.place, key: 'ar.none' });
      else if (!named) {
        named = true;
        out.push({ ...piece.place, key: 'ar.server' });
      }
      continue;
    }
    named = true;
    const name = (method[1] ?? '').toLowerCase();
    const { offset } = piece.place;
    out.push({ offset, length: method[0].length, key: `ar.${AUTH_METHODS.has(name) ? name : 'method'}` });
    for (const property of piece.text.matchAll(/\b(smtp|header|body|policy)\.([a-z0-9-]+)\s*=\s*\S+/gi))
      out.push({
        offset: offset + property.index,
        length: property[0].length,
        key: `ar.${(property[1] ?? '').toLowerCase()}`,
      });
  }
  return out;
}

function spfTokens(value: string): ExplainedToken[] {
  const out: ExplainedToken[] = [];
  const result = /[A-Za-z]+/.exec(value);
  if (result !== null) out.push({ offset: result.index, length: result[0].length, key: 'spf.result' });
  for (const match of value.matchAll(
    /\b(client-ip|envelope-from|helo|receiver|identity|mechanism|problem)\s*=\s*("[^"]*"|[^;\s]+)/gi,
  ))
    out.push({ offset: match.index, length: match[0].length, key: `spf.${(match[1] ?? '').toLowerCase()}` });
  return out;
}

const PARAMETERS = new Set([
  'boundary',
  'charset',
  'name',
  'filename',
  'format',
  'report-type',
  'size',
  'protocol',
  'micalg',
  'type',
  'delsp',
]);

function parameterTokens(value: string, key: string): ExplainedToken[] {
  return pieces(value).map((piece, index) => {
    if (index === 0) return { ...piece.place, key: `${key}.value` };
    const name = /^([^=*\s]+)/.exec(piece.text)?.[1]?.toLowerCase() ?? '';
    return { ...piece.place, key: `parameter.${PARAMETERS.has(name) ? name : 'other'}` };
  });
}

function encodedWordTokens(value: string): ExplainedToken[] {
  return [...value.matchAll(/=\?[^?\s]+\?[BbQq]\?[^?\s]*\?=/g)].map((match) => ({
    offset: match.index,
    length: match[0].length,
    key: 'encoded-word',
  }));
}

function dateTokens(value: string): ExplainedToken[] {
  const zone = /(?:[+-]\d{4}|\b[A-Z]{1,4})(?=\s*(?:\(|$))/.exec(value);
  return zone === null ? [] : [{ offset: zone.index, length: zone[0].length, key: 'date.zone' }];
}

function addressTokens(value: string): ExplainedToken[] {
  const out: ExplainedToken[] = [];
  const list = parseAddressList(value);
  for (const address of list.addresses) {
    const mailboxes = address.kind === 'group' ? address.members : [address];
    if (address.kind === 'group')
      out.push({
        offset: address.offset,
        length: address.name === '' ? 1 : Math.max(1, value.indexOf(':', address.offset) - address.offset),
        key: 'address.group',
      });
    for (const mailbox of mailboxes) {
      const text = value.slice(mailbox.offset, mailbox.offset + mailbox.length);
      const open = text.indexOf('<');
      const close = text.lastIndexOf('>');
      if (open >= 0 && close > open) {
        const name = text.slice(0, open).trimEnd();
        if (name !== '') out.push({ offset: mailbox.offset, length: name.length, key: 'address.name' });
        const isNull = text.slice(open + 1, close).trim() === '';
        out.push({
          offset: mailbox.offset + open,
          length: close - open + 1,
          key: isNull ? 'address.null' : 'address.spec',
        });
      } else out.push({ offset: mailbox.offset, length: text.trimEnd().length, key: 'address.spec' });
    }
  }
  return out.filter((token) => token.length > 0);
}

/** Every token key there is, for whoever writes the words. */
export const TOKEN_KEYS = [
  ...[
    'from',
    'by',
    'via',
    'with',
    'id',
    'for',
    'date',
    'client',
    'software',
    'tls',
    'auth',
    'envelope-from',
    'comment',
  ].map((name) => `received.${name}`),
  ...[...DKIM_TAGS, 'unknown'].map((tag) => `dkim.${tag}`),
  ...[...ARC_TAGS, 'unknown'].map((tag) => `arc.${tag}`),
  ...['server', 'none', 'method', ...AUTH_METHODS, 'smtp', 'header', 'body', 'policy'].map(
    (name) => `ar.${name}`,
  ),
  ...['result', 'client-ip', 'envelope-from', 'helo', 'receiver', 'identity', 'mechanism', 'problem'].map(
    (name) => `spf.${name}`,
  ),
  'content-type.value',
  'content-disposition.value',
  ...[...PARAMETERS, 'other'].map((name) => `parameter.${name}`),
  'encoded-word',
  'date.zone',
  'msg-id',
  ...['name', 'spec', 'null', 'group'].map((name) => `address.${name}`),
] as const;
