// What Sieve's own letters (vacation replies, notifications) share: bodies in an encoding that carries them, and field
// lists as bytes. Knows no recipient.

import { fromLatin1, utf8 } from '../base/bytes.ts';

export interface OutgoingBody {
  readonly fields: readonly string[];
  /** Binary string, CRLF. */
  readonly body: string;
}

/** A text as UTF-8, 8bit, as Pigeonhole sends it; lines end in CRLF and there is one at the end. */
export function textBody(text: string): OutgoingBody {
  const lines = text.replace(/\r\n|\r|\n/g, '\r\n');
  const whole = lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
  return {
    fields: ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'],
    body: fromLatin1(utf8(whole)),
  };
}

/** Header fields and a body as a message. Field texts may hold UTF-8 in addresses (RFC 6532). */
export function crlfText(fields: readonly string[], body: OutgoingBody): string {
  return `${fromLatin1(utf8([...fields, ...body.fields].join('\r\n')))}\r\n\r\n${body.body}`;
}
