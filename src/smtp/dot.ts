// Dot-stuffing in both directions, streaming: which bytes of a DATA phase are the message, and what ends it. Knows no
// session. RFC 5321 §4.5.2; SMTP smuggling (CVE-2023-51764) is why the kind of line end matters.

/** Where a reader of message text stands between two pieces of input. */
export interface DotReader {
  /** The text so far ended inside a line, so that a dot is not the first character of a line. */
  insideLine: boolean;
  /** The line before ended in a bare LF. */
  afterBareLf: boolean;
  /** Some line ended in a bare LF. */
  bareLfSeen: boolean;
}

export function dotReader(): DotReader {
  return { insideLine: false, afterBareLf: false, bareLfSeen: false };
}

/** What a piece of input held. */
export interface DotPiece {
  /** Message text with the stuffed dots removed, every line ended by CRLF. */
  readonly text: string;
  /** Characters of the input that were used up. */
  readonly used: number;
  /** The end of data came. */
  readonly done: boolean;
  /** The whole lines in this piece, as received, without their line ends; tails of long lines are left out. */
  readonly lines: readonly string[];
}

export interface DotRules {
  /** Only CRLF.CRLF ends data; false: any line holding a single dot does. */
  readonly standardEnd: boolean;
  /** A CR that belongs to no line end becomes a blank (cleanup_replace_stray_cr_lf). */
  readonly replaceStrayCr: boolean;
  /** A line longer than this is taken in pieces. */
  readonly pieceLength: number;
}

/** Takes what it can from `input` (a binary string), from `from` on. What is left must be offered again with more behind it. */
export function readDots(reader: DotReader, input: string, from: number, rules: DotRules): DotPiece {
  let text = '';
  let at = from;
  const lines: string[] = [];
  const clean = (piece: string): string => (rules.replaceStrayCr ? piece.replaceAll('\r', ' ') : piece);
  for (;;) {
    const lf = input.indexOf('\n', at);
    if (lf < 0) {
      // CRs at the end wait for what follows: they may belong to the line end.
      let end = input.length;
      while (end > at && input.charAt(end - 1) === '\r') end--;
      if (end - at < rules.pieceLength) break;
      let piece = input.slice(at, end);
      at = end;
      if (!reader.insideLine && piece.startsWith('.')) piece = piece.slice(1);
      reader.insideLine = true;
      text += clean(piece);
      break;
    }
    let end = lf;
    const bare = lf === at || input.charAt(lf - 1) !== '\r';
    while (end > at && input.charAt(end - 1) === '\r') end--;
    let line = input.slice(at, end);
    at = lf + 1;
    if (!reader.insideLine) lines.push(line);
    if (bare) reader.bareLfSeen = true;
    if (!reader.insideLine && line.startsWith('.')) {
      line = line.slice(1);
      const standard = !bare && !reader.afterBareLf;
      if (line === '' && (standard || !rules.standardEnd))
        return { text, used: at - from, done: true, lines };
    }
    reader.afterBareLf = bare;
    reader.insideLine = false;
    text += `${clean(line)}\r\n`;
  }
  return { text, used: at - from, done: false, lines };
}

export interface StuffRules {
  /** Text lines longer than this are broken by CRLF and a blank (smtp_line_length_limit); 0: never. */
  readonly lineLengthLimit: number;
  /** Bare CR and LF go out as they are: the composition bug of 2023, for demonstration. */
  readonly legacyLineEnds: boolean;
}

export const STUFF_RULES: StuffRules = { lineLengthLimit: 998, legacyLineEnds: false };

/**
 * A message (binary string) as it goes out after 354, final CRLF.CRLF included. Bare LF becomes CRLF and bare CR a
 * blank, so that no receiver can see another end of data than ours.
 */
export function stuffDots(
  message: string,
  rules: StuffRules = STUFF_RULES,
): { text: string; folded: boolean } {
  const lines = rules.legacyLineEnds ? message.split('\r\n') : message.split(/\r*\n/);
  // The last line end makes an empty last element, which is no line.
  if (lines.at(-1) === '') lines.pop();
  let folded = false;
  let text = '';
  for (const each of lines) {
    let line = rules.legacyLineEnds ? each : each.replaceAll('\r', ' ');
    let first = true;
    do {
      const room = rules.lineLengthLimit > 0 ? rules.lineLengthLimit - (first ? 0 : 1) : line.length;
      const piece = line.slice(0, room);
      line = line.slice(room);
      text += `${first ? (piece.startsWith('.') ? '.' : '') : ' '}${piece}\r\n`;
      if (line !== '') folded = true;
      first = false;
    } while (line !== '');
  }
  return { text: `${text}.\r\n`, folded };
}
