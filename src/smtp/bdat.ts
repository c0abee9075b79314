// BDAT: message text in chunks of a told size, without dots (RFC 3030 §3). Knows what to answer and when a chunk is whole; the
// end of the last one is the end of the message, and that is the server's. smtpd.c, bdat_cmd().

import type { Token } from './grammar.ts';
import { failed, type Step } from './outcome.ts';
import { reply, type Reply } from './reply.ts';
import type { ServerSession } from './session.ts';

/** Where a message in chunks stands: nothing yet, some of it here, or an error since when everything is thrown away. */
export type BdatState = 'none' | 'ok' | 'error';

/** A chunk that is coming. */
export interface Chunk {
  readonly size: number;
  readonly isLast: boolean;
  /** Octets still missing. */
  left: number;
  /** Why it is thrown away. */
  readonly refusal: Reply | undefined;
}

/** What other commands of a transaction hear once BDAT has begun; undefined: nothing. */
export function afterBdat(session: ServerSession, verb: 'MAIL' | 'RCPT' | 'DATA'): Reply | undefined {
  return session.bdat === 'none'
    ? undefined
    : reply(503, '5.5.1', `Error: ${verb} after BDAT`, 'RFC 3030 §3');
}

/** The command: from here so many octets are text, whatever they look like. */
export function bdat(session: ServerSession, tokens: readonly Token[]): Step {
  if (session.config.discardEhloKeywords.includes('chunking'))
    return failed(reply(502, '5.5.1', 'Error: command not implemented', 'RFC 5321 §4.2.4'));
  const [, size, last, ...more] = tokens.map((token) => token.text);
  const isLast = last?.toUpperCase() === 'LAST';
  // Without a number nobody knows where the text ends: there is only hanging up.
  if (size === undefined || !/^\d{1,9}$/.test(size) || more.length > 0 || (last !== undefined && !isLast))
    return {
      ...failed(reply(521, '5.5.4', 'Syntax: BDAT count [LAST]', 'RFC 3030 §2')),
      close: true,
    };
  const count = Number(size);
  session.chunk = { size: count, isLast, left: count, refusal: refusalOf(session, count, isLast) };
  return 'asked';
}

function refusalOf(session: ServerSession, size: number, isLast: boolean): Reply | undefined {
  const { envelope, config, text } = session;
  if (session.bdat === 'error')
    return reply(551, '5.0.0', `Discarded ${size} bytes after earlier error`, 'RFC 3030 §4.2');
  if (envelope === undefined) return reply(503, '5.5.1', 'Error: need RCPT command', 'RFC 5321 §4.1.4');
  if (envelope.recipients.length === 0)
    return reply(554, '5.5.1', 'Error: no valid recipients', 'RFC 5321 §3.3');
  if (size === 0 && !isLast) return reply(551, '5.7.1', 'Null BDAT request', 'RFC 3030 §2');
  if (config.messageSizeLimit > 0 && text.length + size > config.messageSizeLimit)
    return reply(552, '5.3.4', 'Chunk exceeds message size limit', 'RFC 3030 §4.2');
  return undefined;
}

/** Takes what has come of the chunk; true when it is whole. What is refused is read all the same. */
export function readChunk(session: ServerSession, chunk: Chunk): boolean {
  const piece = session.input.slice(0, chunk.left);
  session.input = session.input.slice(piece.length);
  chunk.left -= piece.length;
  if (chunk.refusal === undefined) session.text += piece;
  return chunk.left === 0;
}

/** The text as it is kept: with line ends that are whole, and one at the end. */
export function chunkedText(text: string): string {
  const lines = text.replace(/\r?\n/g, '\r\n');
  return lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
}
