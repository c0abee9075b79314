// Content transfer encodings (RFC 2045 §6): quoted-printable and base64, read as leniently as mail programs do and
// written strictly. Binary strings in and out, so that offsets stay bytes.

import { fromBase64, isBase64Error, latin1, toBase64 } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';

/** What was wrong in encoded text, and the first place. */
export interface EncodingProblem {
  readonly code: 'bad-escape' | 'bad-base64' | 'unknown-encoding';
  readonly at: number;
}

export interface DecodedBody {
  readonly bytes: Bytes;
  readonly problem?: EncodingProblem;
}

const HEX = /^[0-9A-Fa-f]{2}$/;

/** RFC 2045 §6.7. A wrong escape stays as it is; blanks at line ends are removed (rule 3). */
export function decodeQuotedPrintable(text: string): DecodedBody {
  let problem: EncodingProblem | undefined;
  let out = '';
  let at = 0;
  while (at < text.length) {
    const lf = text.indexOf('\n', at);
    const next = lf < 0 ? text.length : lf + 1;
    let end = lf < 0 ? text.length : lf;
    if (lf > at && text.charCodeAt(lf - 1) === 13) end--;
    const lineEnd = text.slice(end, next);
    // Blanks at a line's end were added on the way (rule 3); without a line end nobody added them.
    if (lineEnd !== '') while (end > at && ' \t'.includes(text.charAt(end - 1))) end--;
    let line = text.slice(at, end);
    const soft = line.endsWith('=');
    if (soft) line = line.slice(0, -1);
    let from = 0;
    for (let sign = line.indexOf('='); sign >= 0; sign = line.indexOf('=', from)) {
      out += line.slice(from, sign);
      const digits = line.slice(sign + 1, sign + 3);
      if (HEX.test(digits)) {
        out += String.fromCharCode(parseInt(digits, 16));
        from = sign + 3;
      } else {
        problem ??= { code: 'bad-escape', at: at + sign };
        out += '=';
        from = sign + 1;
      }
    }
    out += line.slice(from);
    if (!soft) out += lineEnd;
    at = next;
  }
  return problem === undefined ? { bytes: latin1(out) } : { bytes: latin1(out), problem };
}

/** RFC 2045 §6.8: characters outside the alphabet are skipped, as every mail program does, but reported. */
export function decodeBase64(text: string): DecodedBody {
  const exact = fromBase64(text);
  if (!isBase64Error(exact)) return { bytes: exact };
  const problem: EncodingProblem = { code: 'bad-base64', at: exact.at };
  // Several padded pieces may follow each other; each ends at its padding.
  const pieces = text.replace(/[^A-Za-z0-9+/=]/g, '').split(/=+/);
  const decoded: Bytes[] = [];
  for (const piece of pieces) {
    const whole = piece.length % 4 === 1 ? piece.slice(0, -1) : piece;
    const bytes = fromBase64(whole);
    if (!isBase64Error(bytes)) decoded.push(bytes);
  }
  let length = 0;
  for (const bytes of decoded) length += bytes.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const bytes of decoded) {
    out.set(bytes, at);
    at += bytes.length;
  }
  return { bytes: out, problem };
}

/** Decodes a body by the name in Content-Transfer-Encoding; unknown names leave it alone and say so. */
export function decodeTransfer(body: string, encoding: string): DecodedBody {
  switch (encoding.trim().toLowerCase()) {
    case 'quoted-printable':
      return decodeQuotedPrintable(body);
    case 'base64':
      return decodeBase64(body);
    case '':
    case '7bit':
    case '8bit':
    case 'binary':
      return { bytes: latin1(body) };
    default:
      return { bytes: latin1(body), problem: { code: 'unknown-encoding', at: 0 } };
  }
}

/** RFC 2045 §6.7, lines of at most 76. CRLF in `bytes` are line ends; lone CR and LF are escaped. */
export function encodeQuotedPrintable(bytes: Uint8Array): string {
  let out = '';
  let column = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === 13 && bytes[i + 1] === 10) {
      out += '\r\n';
      column = 0;
      i++;
      continue;
    }
    const endsLine = i + 1 === bytes.length || (bytes[i + 1] === 13 && bytes[i + 2] === 10);
    const plain = (byte >= 33 && byte <= 126 && byte !== 61) || ((byte === 32 || byte === 9) && !endsLine);
    const token = plain ? String.fromCharCode(byte) : `=${byte.toString(16).toUpperCase().padStart(2, '0')}`;
    if (column + token.length > 75 && !(endsLine && column + token.length === 76)) {
      out += '=\r\n';
      column = 0;
    }
    out += token;
    column += token.length;
  }
  return out;
}

/** RFC 2045 §6.8, lines of 76 characters, each with CRLF. */
export function encodeBase64Lines(bytes: Uint8Array): string {
  const text = toBase64(bytes);
  let out = '';
  for (let i = 0; i < text.length; i += 76) out += `${text.slice(i, i + 76)}\r\n`;
  return out;
}
