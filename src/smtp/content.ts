// A glance at a message's header block at the end of data: how it ends, how many Received it has, whom From names. Only
// what a server session itself needs; real parsing of messages is `src/message`'s. RFC 5322 §2.2.

import { looksLikeHeader } from './grammar.ts';

export interface ContentGlance {
  readonly headerEnd: 'blank line' | 'text' | 'end of data';
  /** The first line that is no header although no blank line came before it. */
  readonly textLine?: string;
  readonly headerLines: number;
  readonly receivedHeaders: number;
  /** The address in From, lower case; undefined when there is none to be found. */
  readonly headerFrom?: string;
  /** The first field that holds bytes beyond ASCII: HDR-8BIT where SMTPUTF8 was not asked for (RFC 6532 §3). */
  readonly eightBitHeader?: string;
}

/** Looks at the header block of a message (binary string, CRLF lines). */
export function glanceAtContent(message: string): ContentGlance {
  let headerLines = 0;
  let receivedHeaders = 0;
  let from: string | undefined;
  let inFrom = false;
  let name = '';
  let eightBit: string | undefined;
  const done = (headerEnd: ContentGlance['headerEnd'], textLine?: string): ContentGlance => {
    const headerFrom = from === undefined ? undefined : addressOf(from);
    return {
      headerEnd,
      headerLines,
      receivedHeaders,
      ...(textLine !== undefined && { textLine: textLine.slice(0, 200) }),
      ...(headerFrom !== undefined && { headerFrom }),
      ...(eightBit !== undefined && { eightBitHeader: eightBit }),
    };
  };
  for (let at = 0; at < message.length;) {
    const end = message.indexOf('\r\n', at);
    const line = message.slice(at, end < 0 ? message.length : end);
    at = end < 0 ? message.length : end + 2;
    if (line === '') return done('blank line');
    if (/^[ \t]/.test(line) && headerLines > 0) {
      if (inFrom) from = `${from ?? ''}${line}`;
      if (/[\x80-\xff]/.test(line)) eightBit ??= name;
      continue;
    }
    if (!looksLikeHeader(line)) return done('text', line);
    headerLines++;
    name = line.slice(0, line.indexOf(':')).trimEnd();
    if (/[\x80-\xff]/.test(line)) eightBit ??= name;
    inFrom = name.toLowerCase() === 'from' && from === undefined;
    if (inFrom) from = line.slice(line.indexOf(':') + 1);
    if (name.toLowerCase() === 'received') receivedHeaders++;
  }
  return done('end of data');
}

function addressOf(from: string): string | undefined {
  const bare = from.replace(/"(?:[^"\\]|\\.)*"/g, '');
  const found = /<([^<>\s]*@[^<>\s]+)>/.exec(bare) ?? /([^\s<>(),;:]+@[^\s<>(),;:]+)/.exec(bare);
  return found?.[1]?.toLowerCase();
}

/** header_size_limit: what a single header holds beyond it is dropped. */
export function limitHeaders(message: string, limit: number): string {
  if (message.length <= limit) return message;
  const blank = message.startsWith('\r\n') ? 0 : message.indexOf('\r\n\r\n');
  const end = blank < 0 ? message.length : blank;
  if (end <= limit) return message;
  const headers = message.slice(0, end).split(/\r\n(?![ \t])/);
  if (headers.every((header) => header.length <= limit)) return message;
  return headers.map((header) => header.slice(0, limit)).join('\r\n') + message.slice(end);
}

/** What smtpd does to the first line: a mbox `From ` line becomes a header, leading blanks end the header block. */
export function mendFirstLine(message: string): string {
  if (/^>*From /.test(message)) return `X-Mailbox-Line: ${message}`;
  return /^[ \t]/.test(message) ? `\r\n${message}` : message;
}
