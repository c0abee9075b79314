// The Received field, taken apart: who handed the message over, who took it, how, under which number, for whom, when.
// Every token keeps its place, so that the page can explain it. RFC 5321 §4.4 first; never trusts what it reads.

import { parseMailDate } from './date.ts';
import type { MailDate } from './date.ts';

export type ReceivedClause = 'from' | 'by' | 'via' | 'with' | 'id' | 'for';

/** Offsets count in the value given. */
export interface ReceivedToken {
  readonly clause: ReceivedClause;
  /** The word after the keyword, comments not included. */
  readonly value: string;
  readonly offset: number;
  readonly length: number;
  readonly comments: readonly { readonly text: string; readonly offset: number; readonly length: number }[];
}

export interface Received {
  readonly tokens: readonly ReceivedToken[];
  /** The name the client announced in HELO or EHLO. */
  readonly helo?: string;
  /** The name that the address resolved to; `unknown` as Postfix writes it. */
  readonly clientName?: string;
  /** The client's address, without brackets and `IPv6:`. */
  readonly clientAddress?: string;
  readonly by?: string;
  /** ESMTP, ESMTPSA, LMTP … (RFC 3848) */
  readonly protocol?: string;
  readonly id?: string;
  /** Without angle brackets. */
  readonly recipient?: string;
  readonly date?: MailDate;
  readonly dateText?: { readonly text: string; readonly offset: number; readonly length: number };
}

const KEYWORD = /^(from|by|via|with|id|for)$/i;

interface Word {
  readonly text: string;
  readonly offset: number;
  readonly comment: boolean;
}

/** Words and comments of the value; quotes and brackets hold blanks together. */
function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (/\s/.test(char)) {
      at++;
      continue;
    }
    const offset = at;
    if (char === '(') {
      let depth = 0;
      for (; at < text.length; at++) {
        const inner = text.charAt(at);
        if (inner === '\\') at++;
        else if (inner === '(') depth++;
        else if (inner === ')' && --depth === 0) {
          at++;
          break;
        }
      }
      at = Math.min(at, text.length);
      words.push({ text: text.slice(offset, at), offset, comment: true });
      continue;
    }
    while (at < text.length && !/[\s(;]/.test(text.charAt(at))) {
      const open = text.charAt(at);
      at++;
      const close = open === '"' ? '"' : open === '<' ? '>' : '';
      if (close !== '') {
        const end = text.indexOf(close, at);
        at = end < 0 ? text.length : end + 1;
      }
    }
    if (at === offset) at++;
    words.push({ text: text.slice(offset, at), offset, comment: false });
  }
  return words;
}

/** Reads the value of a Received field, folded or not. */
export function parseReceived(value: string): Received {
  const semicolon = value.lastIndexOf(';');
  const head = semicolon < 0 ? value : value.slice(0, semicolon);
  const tokens: ReceivedToken[] = [];
  let keyword: { clause: ReceivedClause; offset: number } | undefined;
  for (const word of wordsOf(head)) {
    const last = tokens.at(-1);
    if (word.comment) {
      if (last === undefined || keyword !== undefined) continue;
      const comment = { text: word.text, offset: word.offset, length: word.text.length };
      tokens[tokens.length - 1] = {
        ...last,
        length: word.offset + word.text.length - last.offset,
        comments: [...last.comments, comment],
      };
    } else if (keyword !== undefined) {
      tokens.push({
        clause: keyword.clause,
        value: word.text,
        offset: keyword.offset,
        length: word.offset + word.text.length - keyword.offset,
        comments: [],
      });
      keyword = undefined;
    } else if (KEYWORD.test(word.text)) {
      keyword = { clause: word.text.toLowerCase() as ReceivedClause, offset: word.offset };
    }
  }
  const first = (clause: ReceivedClause): ReceivedToken | undefined =>
    tokens.find((token) => token.clause === clause);
  const from = first('from');
  const client = from === undefined ? undefined : clientOf(from);
  const recipient = first('for')?.value.replace(/^<|>$/g, '');
  const rest = semicolon < 0 ? '' : value.slice(semicolon + 1);
  const dateText = rest.trim();
  const date = dateText === '' ? undefined : parseMailDate(dateText);
  return {
    tokens,
    ...defined('helo', from?.value),
    ...defined('clientName', client?.name),
    ...defined('clientAddress', client?.address),
    ...defined('by', first('by')?.value),
    ...defined('protocol', first('with')?.value),
    ...defined('id', first('id')?.value),
    ...defined('recipient', recipient),
    ...defined('date', date),
    ...(dateText === ''
      ? {}
      : {
          dateText: {
            text: dateText,
            offset: semicolon + 1 + rest.indexOf(dateText),
            length: dateText.length,
          },
        }),
  };
}

function defined<K extends string, V>(key: K, value: V | undefined): Partial<Record<K, V>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, V>);
}

/** `(name [address])` of Postfix, `([address])` of Dovecot, and the address literal in HELO's place. */
function clientOf(from: ReceivedToken): { name?: string; address?: string } {
  for (const comment of from.comments) {
    const match = /^\((?:([^\s[\]()]+)\s+)?\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]/.exec(comment.text);
    if (match !== null) return { ...defined('name', match[1]), ...defined('address', match[2]) };
  }
  const literal = /^\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]$/.exec(from.value);
  return literal === null ? {} : defined('address', literal[1]);
}

/** One hop of the chain, oldest first. */
export interface Hop {
  readonly received: Received;
  /** Index of the field in the order of the header (0 is the top). */
  readonly index: number;
  /** Milliseconds since the hop before; negative when clocks disagree; undefined when a date is missing. */
  readonly delayMs?: number;
}

/** The way of a message from its Received values in header order (S8-003). */
export function receivedChain(values: readonly string[]): readonly Hop[] {
  const hops: Hop[] = [];
  for (let index = values.length - 1; index >= 0; index--) {
    const received = parseReceived(values[index] ?? '');
    const before = hops.at(-1)?.received.date?.time;
    const now = received.date?.time;
    hops.push({
      received,
      index,
      ...(before === undefined || now === undefined ? {} : { delayMs: now - before }),
    });
  }
  return hops;
}
