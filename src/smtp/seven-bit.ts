// Turns an 8-bit message into one that a host without 8BITMIME takes: text leaves become quoted-printable, containers are
// labelled 7bit. Any signature over the body breaks by it, which is why the caller must say so. RFC 6152 §3, RFC 2045 §6.

export interface SevenBitResult {
  /** Binary string, CRLF lines. */
  readonly message: string;
  /** Parts whose encoding changed. */
  readonly convertedParts: number;
  /** The message carries DKIM-Signature: its body hash no longer fits (RFC 6376 §5.3). */
  readonly breaksDkim: boolean;
  /** Bytes above 127 that stay, because they stand in header fields, which have no transfer encoding. */
  readonly eightBitHeaders: boolean;
}

const has8bit = (text: string): boolean => /[\x80-\xff]/.test(text);

/** Message and multipart nesting deeper than this stays as it is. */
const DEPTH = 20;

/** Converts a whole message (binary string, CRLF lines). */
export function toSevenBit(message: string): SevenBitResult {
  const count = { parts: 0, headers: false };
  const out = convert(message, count, 0, true);
  return {
    message: out,
    convertedParts: count.parts,
    breaksDkim: count.parts > 0 && /(?:^|\r\n)DKIM-Signature[ \t]*:/i.test(splitHeader(message).header),
    eightBitHeaders: count.headers,
  };
}

function splitHeader(entity: string): { header: string; body: string } {
  if (entity.startsWith('\r\n')) return { header: '', body: entity.slice(2) };
  const end = entity.indexOf('\r\n\r\n');
  return end < 0
    ? { header: entity, body: '' }
    : { header: entity.slice(0, end + 2), body: entity.slice(end + 4) };
}

function field(header: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\r\\n)${name}[ \\t]*:((?:[^\\r\\n]|\\r\\n[ \\t])*)`, 'i').exec(header);
  return found?.[1]?.replace(/\r\n/g, '').trim();
}

function setEncoding(header: string, encoding: string, top: boolean): string {
  const without = header.replace(
    /(^|\r\n)Content-Transfer-Encoding[ \t]*:(?:[^\r\n]|\r\n[ \t])*(?=\r\n|$)/i,
    '$1',
  );
  const kept = without.replace(/^(?:\r\n)+/, '').replace(/(?:\r\n){2,}/g, '\r\n');
  const version = top && field(header, 'MIME-Version') === undefined ? 'MIME-Version: 1.0\r\n' : '';
  const line = kept === '' || kept.endsWith('\r\n') ? kept : `${kept}\r\n`;
  return `${line}${version}Content-Transfer-Encoding: ${encoding}\r\n`;
}

function convert(
  entity: string,
  count: { parts: number; headers: boolean },
  depth: number,
  top: boolean,
): string {
  const { header, body } = splitHeader(entity);
  if (has8bit(header)) count.headers = true;
  if (!has8bit(body) || depth > DEPTH) return entity;
  const type = (field(header, 'Content-Type') ?? 'text/plain').toLowerCase();
  const encoding = (field(header, 'Content-Transfer-Encoding') ?? '').toLowerCase();
  const boundary = /^multipart\//.test(type)
    ? /boundary\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]+))/i.exec(field(header, 'Content-Type') ?? '')
    : null;
  const relabel = encoding === '8bit' || encoding === 'binary' ? setEncoding(header, '7bit', top) : header;
  if (boundary) {
    const mark = (boundary[1] ?? boundary[2] ?? '').replace(/\\(.)/g, '$1');
    return `${relabel}\r\n${convertParts(body, mark, count, depth)}`;
  }
  if (/^message\/(?:rfc822|global)/.test(type))
    return `${relabel}\r\n${convert(body, count, depth + 1, true)}`;
  count.parts++;
  return `${setEncoding(header, 'quoted-printable', top)}\r\n${quotedPrintable(body)}`;
}

function convertParts(
  body: string,
  boundary: string,
  count: { parts: number; headers: boolean },
  depth: number,
): string {
  const out: string[] = [];
  let part: string[] | undefined;
  let ended = false;
  const finish = (): void => {
    if (part) out.push(convert(part.join('\r\n'), count, depth + 1, false));
    part = undefined;
  };
  for (const line of body.split('\r\n')) {
    const trimmed = line.trimEnd();
    if (!ended && (trimmed === `--${boundary}` || trimmed === `--${boundary}--`)) {
      finish();
      out.push(line);
      ended = trimmed.endsWith('--') && trimmed.length === boundary.length + 4;
      if (!ended) part = [];
    } else if (part) part.push(line);
    else out.push(line);
  }
  finish();
  return out.join('\r\n');
}

/** RFC 2045 §6.7, for text: line ends stay line ends. */
export function quotedPrintable(text: string): string {
  return text
    .split('\r\n')
    .map((line) => {
      let out = '';
      let column = 0;
      for (let i = 0; i < line.length; i++) {
        const char = line.charAt(i);
        const code = line.charCodeAt(i);
        const last = i === line.length - 1;
        const blank = char === ' ' || char === '\t';
        const plain = blank ? !last : code > 32 && code < 127 && char !== '=';
        const piece = plain ? char : `=${code.toString(16).toUpperCase().padStart(2, '0')}`;
        if (column + piece.length > (last ? 76 : 75)) {
          out += '=\r\n';
          column = 0;
        }
        out += piece;
        column += piece.length;
      }
      return out;
    })
    .join('\r\n');
}
