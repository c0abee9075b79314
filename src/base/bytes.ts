// Bytes as the wire carries them, and the few conversions everybody needs. Knows nothing of any protocol.
// A "binary string" holds one byte per character (U+0000 to U+00FF), which makes protocol text cheap to search.

/** Bytes in a plain (not shared) buffer, so that structured clone and every crypto library take them as they are. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const CR = 13;
export const LF = 10;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return encoder.encode(text) as Bytes;
}

/** Text of UTF-8 bytes; what is not UTF-8 becomes U+FFFD. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Text of UTF-8 bytes, or undefined when they are not valid UTF-8. */
export function fromUtf8Strict(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** From this length on the platform's own UTF-8 converters are faster than a loop; for ASCII they say the same. */
const LONG = 64;

/** Bytes of a binary string; only the low eight bits of each character count. */
export function latin1(text: string): Bytes {
  const { length } = text;
  const out = new Uint8Array(length);
  if (length >= LONG) {
    const { read, written } = encoder.encodeInto(text, out);
    if (read === length && written === length) return out;
  }
  for (let i = 0; i < length; i++) out[i] = text.charCodeAt(i);
  return out;
}

/** The binary string of some bytes. */
export function fromLatin1(bytes: Uint8Array, start = 0, end = bytes.length): string {
  if (end - start >= LONG && isAscii(bytes, start, end))
    return decoder.decode(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
  let out = '';
  let i = start;
  // By eights: a call for each byte is slow, and passing them all at once goes over the stack.
  for (; i + 8 <= end; i += 8)
    out += String.fromCharCode(
      bytes[i] as number,
      bytes[i + 1] as number,
      bytes[i + 2] as number,
      bytes[i + 3] as number,
      bytes[i + 4] as number,
      bytes[i + 5] as number,
      bytes[i + 6] as number,
      bytes[i + 7] as number,
    );
  for (; i < end; i++) out += String.fromCharCode(bytes[i] as number);
  return out;
}

function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if ((bytes[i] as number) > 127) return false;
  return true;
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const out = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE64_VALUE: readonly number[] = (() => {
  const table = new Array<number>(256).fill(-1);
  for (let i = 0; i < 64; i++) table[BASE64.charCodeAt(i)] = i;
  return table;
})();

/** RFC 4648 §4, padded. */
export function toBase64(bytes: Uint8Array): string {
  let out = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const a = bytes[i] ?? 0;
    const b = bytes[i + 1];
    const c = bytes[i + 2];
    out += BASE64.charAt(a >> 2) + BASE64.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    out += b === undefined ? '=' : BASE64.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    out += c === undefined ? '=' : BASE64.charAt(c & 63);
  }
  return out;
}

/** What stopped a base64 reader, and where (0-based character). */
export interface Base64Error {
  readonly at: number;
  readonly reason: 'character' | 'padding' | 'length';
}

/** RFC 4648 §4. Blanks and line ends are skipped; anything else outside the alphabet is an error with its place. */
export function fromBase64(text: string): Bytes | Base64Error {
  const out = new Uint8Array(Math.floor((text.length * 3) / 4) + 3);
  let length = 0;
  let bits = 0;
  let held = 0;
  let digits = 0;
  let padding = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 32 || code === 9 || code === CR || code === LF) continue;
    if (code === 61) {
      padding++;
      continue;
    }
    const value = BASE64_VALUE[code] ?? -1;
    if (value < 0) return { at: i, reason: 'character' };
    if (padding > 0) return { at: i, reason: 'padding' };
    held = ((held << 6) | value) & 0xffffff;
    bits += 6;
    digits++;
    if (bits >= 8) {
      bits -= 8;
      out[length++] = (held >> bits) & 255;
    }
  }
  if (digits % 4 === 1) return { at: text.length, reason: 'length' };
  if (padding > 2 || (padding > 0 && (digits + padding) % 4 !== 0))
    return { at: text.length, reason: 'padding' };
  return out.slice(0, length);
}

export function isBase64Error(value: Bytes | Base64Error): value is Base64Error {
  return !(value instanceof Uint8Array);
}

export function toHex(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out;
}
