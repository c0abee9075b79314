// `value; name=value; …` as Content-Type, Content-Disposition and others use it: tokens, quoted strings, comments, and
// long or foreign parameters in pieces (RFC 2045 §5.1, RFC 2231).

import { latin1 } from '../base/bytes.ts';
import { decodeCharset } from './charset.ts';
import { decodeHeaderText } from './encoded-word.ts';

export interface Parameters {
  /** The value before the first semicolon, in lower case without blanks and comments. */
  readonly value: string;
  /** Names in lower case; values decoded to text. */
  readonly parameters: Readonly<Record<string, string>>;
}

interface Piece {
  readonly name: string;
  readonly text: string;
}

/** Pieces between semicolons that stand outside quotes and comments, each with quotes and comments resolved. */
function splitPieces(text: string): { first: string; pieces: Piece[] } {
  const pieces: Piece[] = [];
  let first = '';
  let name: string | undefined;
  let held = '';
  let quoted = false;
  let isFirst = true;
  const finish = (): void => {
    const value = quoted ? held : held.trim();
    if (isFirst) first = value.trim();
    else if (name !== undefined && name !== '') pieces.push({ name, text: value });
    isFirst = false;
    name = undefined;
    held = '';
    quoted = false;
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '(' && !quoted) {
      let depth = 1;
      while (++i < text.length && depth > 0) {
        const inner = text.charAt(i);
        if (inner === '\\') i++;
        else if (inner === '(') depth++;
        else if (inner === ')') depth--;
      }
      i--;
    } else if (char === '"' && held.trim() === '' && (name !== undefined || isFirst)) {
      quoted = true;
      held = '';
      while (++i < text.length && text.charAt(i) !== '"') {
        if (text.charAt(i) === '\\' && i + 1 < text.length) i++;
        held += text.charAt(i);
      }
    } else if (char === ';') finish();
    else if (char === '=' && name === undefined && !isFirst) {
      name = held.trim().toLowerCase();
      held = '';
    } else if (char === '\r' || char === '\n') continue;
    else if (!quoted) held += char;
  }
  finish();
  return { first, pieces };
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Reads such a value; never fails. The first of two parameters with one name counts. */
export function parseParameters(text: string): Parameters {
  const { first, pieces } = splitPieces(text);
  const parameters: Record<string, string> = {};
  const set = (name: string, value: string): void => {
    if (!Object.hasOwn(parameters, name))
      Object.defineProperty(parameters, name, {
        value,
        enumerable: true,
        configurable: true,
        writable: true,
      });
  };
  const continued = new Map<string, Map<number, { text: string; encoded: boolean }>>();
  for (const { name, text: value } of pieces) {
    // RFC 2231 §3 and §4: name*=, name*0=, name*0*=
    const match = /^([^*]+)\*(?:(\d{1,3})(\*)?)?$/.exec(name);
    if (match === null) continue;
    const base = match[1] ?? '';
    const parts = continued.get(base) ?? new Map<number, { text: string; encoded: boolean }>();
    const index = Number(match[2] ?? '0');
    if (!parts.has(index))
      parts.set(index, { text: value, encoded: match[2] === undefined || match[3] !== undefined });
    continued.set(base, parts);
  }
  for (const [name, parts] of continued) {
    let charset = 'us-ascii';
    let bytes = '';
    for (let index = 0; parts.has(index); index++) {
      const part = parts.get(index);
      if (part === undefined) break;
      let piece = part.text;
      if (index === 0 && part.encoded) {
        const marks = /^([^']*)'[^']*'(.*)$/s.exec(piece);
        if (marks !== null) {
          charset = marks[1] ?? '';
          piece = marks[2] ?? '';
        }
      }
      bytes += part.encoded ? percentDecoded(piece) : piece;
    }
    // eslint-disable-next-line no-control-regex -- asks for anything outside ASCII
    if (parts.has(0))
      set(name, /^[\x00-\x7f]*$/.test(bytes) ? bytes : decodeCharset(latin1(bytes), charset).text);
  }
  for (const { name, text: value } of pieces) if (!name.includes('*')) set(name, decodeHeaderText(value));
  return { value: first.toLowerCase(), parameters };
}

const TOKEN = /^[!#$%&'*+\-.0-9A-Z^_`a-z{|}~]+$/;

/** `; name=value`, quoted or in RFC 2231 form where needed. */
export function printParameter(name: string, value: string): string {
  // eslint-disable-next-line no-control-regex -- asks for anything outside printable ASCII
  if (/[^\x20-\x7e]/.test(value)) {
    const encoded = encodeURIComponent(value).replace(
      /['()*!]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    );
    return `; ${name}*=utf-8''${encoded}`;
  }
  return `; ${name}=${TOKEN.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`;
}
