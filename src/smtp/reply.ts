// An SMTP reply as a value: code, enhanced status code, lines; printed to and parsed from the wire, multi-line included.
// Knows no dialect and no session. Read RFC 5321 §4.2 and RFC 2034 §4 first.

/** One reply. `lines` are binary strings without code, separator, enhanced code and CRLF; there is at least one. */
export interface Reply {
  readonly code: number;
  /** `5.1.1`, repeated on every line of the reply (RFC 2034 §4); undefined when the lines carry none. */
  readonly enhanced?: string;
  readonly lines: readonly string[];
  /** Where a standard decided this reply: `RFC 5321 §4.1.1.3`. Travels beside the wire. */
  readonly rule?: string;
}

const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/;

/** A one-line reply from its text: `reply(250, '2.1.0', 'Ok')`. */
export function reply(code: number, enhanced: string | undefined, text: string, rule?: string): Reply {
  return rule === undefined ? { code, enhanced, lines: [text] } : { code, enhanced, lines: [text], rule };
}

/** A one-line reply from what stands on the wire: `replyFromText('550 5.1.1 no such user')`. */
export function replyFromText(text: string, rule?: string): Reply {
  const parsed = parseReply(text);
  if (!parsed) throw new Error(`not a reply: ${text}`);
  return rule === undefined ? parsed : { ...parsed, rule };
}

/** The lines of a reply as they stand on the wire, without CRLF. */
export function replyLines(reply: Reply): string[] {
  const last = reply.lines.length - 1;
  return reply.lines.map((line, i) => {
    const text =
      reply.enhanced === undefined ? line : line === '' ? reply.enhanced : `${reply.enhanced} ${line}`;
    return `${reply.code}${i === last ? ' ' : '-'}${text}`;
  });
}

/** The bytes of a reply as a binary string, CRLF after every line. */
export function printReply(reply: Reply): string {
  return replyLines(reply)
    .map((line) => `${line}\r\n`)
    .join('');
}

/** The whole reply on one line, as Postfix logs and bounces quote it: `550-5.1.1 one 550 5.1.1 two`. */
export function replyText(reply: Reply): string {
  return replyLines(reply).join(' ');
}

/** One line of a reply taken apart. A code without separator (`250`) counts as a last line (RFC 5321 §4.2). */
export function parseReplyLine(line: string): { code: number; last: boolean; text: string } | undefined {
  const match = /^([2-5]\d\d)(?:([ -])([^]*))?$/.exec(line);
  if (!match) return undefined;
  return { code: Number(match[1]), last: match[2] !== '-', text: match[3] ?? '' };
}

/**
 * A reply from its text, with or without final CRLF; undefined when a line is no reply line, the codes differ, or the
 * last line is not where it should be.
 */
export function parseReply(text: string): Reply | undefined {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  const texts: string[] = [];
  let code: number | undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = parseReplyLine(lines[i] ?? '');
    if (!line || (code !== undefined && line.code !== code)) return undefined;
    if (line.last !== (i === lines.length - 1)) return undefined;
    code = line.code;
    texts.push(line.text);
  }
  if (code === undefined) return undefined;
  const enhanced = ENHANCED.exec(texts[0] ?? '')?.[1];
  const everywhere =
    enhanced !== undefined &&
    enhanced.charAt(0) === String(code).charAt(0) &&
    texts.every((each) => each === enhanced || each.startsWith(`${enhanced} `));
  if (!everywhere) return { code, lines: texts };
  return { code, enhanced, lines: texts.map((each) => each.slice(enhanced.length + 1)) };
}

/**
 * The status code that a client works with: the enhanced code of the last line when its class fits the reply code,
 * otherwise class.0.0 (as Postfix's client does).
 */
export function replyStatus(reply: Reply): string {
  if (reply.enhanced !== undefined) return reply.enhanced;
  const kind = String(reply.code).charAt(0);
  const found = ENHANCED.exec(reply.lines.at(-1) ?? '')?.[1];
  return found !== undefined && found.charAt(0) === kind ? found : `${kind}.0.0`;
}

/** 2, 3, 4 or 5. */
export function replyClass(reply: Reply): number {
  return Math.floor(reply.code / 100);
}
