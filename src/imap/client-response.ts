// What a server says, as values: cuts the input into responses (lines and their literals, RFC 9051 §4.3) and reads those a
// mail program needs. What is not understood is passed over, as RFC 9051 §2.2.2 asks of a client; nothing throws.

import type { ImapClientMessage, ImapFolderStatus } from './client-session.ts';
import { astring, keyword, parseArgs, type Arg } from './syntax.ts';

/**
 * The end of the first whole response in `input` behind its last CRLF, or how long the input must be for another look,
 * or that it grew too long.
 */
export function responseEnd(
  input: string,
  lineLimit: number,
  messageLimit: number,
): { readonly end: number } | { readonly need: number } | 'too-long' {
  let at = 0;
  for (;;) {
    const lf = input.indexOf('\n', at);
    if (lf < 0) return input.length - at > lineLimit ? 'too-long' : { need: input.length + 1 };
    if (lf - at > lineLimit) return 'too-long';
    const size = /\{(\d{1,15})\}\r?$/.exec(input.slice(Math.max(at, lf - 20), lf))?.[1];
    if (size === undefined) return { end: lf + 1 };
    at = lf + 1 + Number(size);
    if (at > messageLimit + lineLimit) return 'too-long';
    if (at >= input.length) return { need: at + 1 };
  }
}

export interface StatusLine {
  readonly status: string;
  readonly code: string | undefined;
  readonly text: string;
}

/** `OK [CODE …] text`, or undefined when it is no status. */
export function readStatus(text: string): StatusLine | undefined {
  const [, status, code, words = ''] =
    /^(OK|NO|BAD|BYE|PREAUTH)(?: \[([^\]]{0,8000})\])?(?: ?([^]*))$/i.exec(text) ?? [];
  return status === undefined ? undefined : { status: status.toUpperCase(), code, text: words };
}

/** The data items of a FETCH response; undefined when it is malformed. UID 0 where it has none. */
export function readFetch(text: string): ImapClientMessage | undefined {
  const parsed = parseArgs(text);
  const list = 'args' in parsed ? parsed.args[0] : undefined;
  if (list?.kind !== 'list') return undefined;
  let message: ImapClientMessage = { uid: 0 };
  for (let i = 0; i + 1 < list.items.length; i += 2) {
    const value = list.items[i + 1];
    switch (keyword(list.items[i])) {
      case 'UID':
        message = { ...message, uid: positive(value) ?? 0 };
        break;
      case 'FLAGS':
        if (value?.kind === 'list') message = { ...message, flags: texts(value.items) };
        break;
      case 'RFC822.SIZE':
        message = { ...message, size: positive(value) ?? 0 };
        break;
      case 'BODY[HEADER]':
        message = { ...message, header: astring(value) ?? '' };
        break;
      case 'BODY[]':
        message = { ...message, body: astring(value) ?? '' };
        break;
    }
  }
  return message;
}

/** `(\HasNoChildren) "/" INBOX`: attributes and the name as on the wire. */
export function readList(text: string): { attributes: string[]; name: string } | undefined {
  const parsed = parseArgs(text);
  const [attributes, , wire] = 'args' in parsed ? parsed.args : [];
  const name = astring(wire);
  if (attributes?.kind !== 'list' || name === undefined) return undefined;
  return { attributes: texts(attributes.items), name };
}

/** `INBOX (MESSAGES 3 UNSEEN 1)`: what was counted; nothing when it is malformed. */
export function readCounts(text: string): ImapFolderStatus {
  const parsed = parseArgs(text);
  const list = 'args' in parsed ? parsed.args[1] : undefined;
  if (list?.kind !== 'list') return {};
  const count = (name: string): number | undefined => {
    const at = list.items.findIndex((item, index) => index % 2 === 0 && keyword(item) === name);
    return at < 0 ? undefined : positive(list.items[at + 1]);
  };
  const [messages, unseen, uidNext, uidValidity] = ['MESSAGES', 'UNSEEN', 'UIDNEXT', 'UIDVALIDITY'].map(
    count,
  );
  return {
    ...(messages === undefined ? {} : { messages }),
    ...(unseen === undefined ? {} : { unseen }),
    ...(uidNext === undefined ? {} : { uidNext }),
    ...(uidValidity === undefined ? {} : { uidValidity }),
  };
}

function positive(arg: Arg | undefined): number | undefined {
  const text = astring(arg) ?? '';
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

const texts = (items: readonly Arg[]): string[] => items.map((each) => astring(each) ?? '').slice(0, 1000);
