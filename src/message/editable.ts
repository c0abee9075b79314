// A message as text that can be edited, and back to its bytes without loss: UTF-8 is shown as what it means, and a byte that
// is no UTF-8 becomes a lone surrogate of its own, as Python does it (PEP 383, `surrogateescape`). Line ends are LF in the
// text and CRLF in the message, as a message has them (RFC 5322 §2.3).

import { fromLatin1, fromUtf8Strict, latin1, utf8 } from '../base/bytes.ts';

/** Lone ones only: with `u`, half of a pair is no match. */
const ESCAPED = /([\udc80-\udcff])/u;

/** Text for an editor. */
export function editableText(raw: string): string {
  const whole = fromUtf8Strict(latin1(raw));
  const text = whole ?? piecewise(raw);
  return text.replace(/\r\n/g, '\n');
}

/** UTF-8 where it is UTF-8; other bytes one by one. */
function piecewise(raw: string): string {
  return raw.replace(/[\x80-\xff]+/g, (run) => {
    let out = '';
    for (let at = 0; at < run.length;) {
      const lead = run.charCodeAt(at);
      const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 1;
      const char = length > 1 ? fromUtf8Strict(latin1(run.slice(at, at + length))) : undefined;
      if (char !== undefined && at + length <= run.length) {
        out += char;
        at += length;
      } else {
        out += String.fromCharCode(0xdc00 + lead);
        at++;
      }
    }
    return out;
  });
}

/** The message that a text stands for; every line ends in CRLF, also the last one. */
export function messageOfText(text: string): string {
  const lines = text.replace(/\r\n|\r|\n/g, '\r\n');
  const whole = lines === '' || lines.endsWith('\r\n') ? lines : `${lines}\r\n`;
  if (!ESCAPED.test(whole)) return fromLatin1(utf8(whole));
  return whole
    .split(ESCAPED)
    .map((piece, i) =>
      i % 2 === 1 ? String.fromCharCode(piece.charCodeAt(0) - 0xdc00) : fromLatin1(utf8(piece)),
    )
    .join('');
}
