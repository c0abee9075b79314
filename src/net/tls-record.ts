// The records of the TLS model: real framing around a modelled protection. Type, version and length are as RFC 8446 §5.1 has
// them, so a capture shows where handshake, alerts and data begin and how long they are. The protection is a model: both
// ends know the key from the two random values in the hellos, without a key exchange. It hides bytes from a reader and
// notices changes; it would not stop an attacker in the real world.

import { concat, fromLatin1, latin1, type Bytes } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';

export const RECORD = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const;
export type RecordType = (typeof RECORD)[keyof typeof RECORD];

/** Longest plain text in a record, and what protection may add (RFC 8446 §5.1, §5.2). */
const MAX_PLAIN = 16_384;
const MAX_BODY = MAX_PLAIN + 256;
const TAG_BYTES = 16;

export interface TlsRecord {
  readonly type: RecordType;
  /** Binary string. */
  readonly body: string;
}

/** One record, or several where the text is longer than one may be. Binary strings. */
export function printRecords(type: RecordType, text: string): string {
  let out = '';
  for (let at = 0; at === 0 || at < text.length; at += MAX_PLAIN) {
    const body = text.slice(at, at + MAX_PLAIN);
    out += `${String.fromCharCode(type, 3, 3, body.length >> 8, body.length & 0xff)}${body}`;
  }
  return out;
}

/** What stands at the front of the input. */
export type RecordRead =
  | { readonly kind: 'record'; readonly record: TlsRecord; readonly length: number }
  | { readonly kind: 'more' }
  /** These bytes are no TLS at all. */
  | { readonly kind: 'noTls' };

/** Reads the first record of a binary string. */
export function readRecord(input: string): RecordRead {
  const type = input.charCodeAt(0) as RecordType;
  if (input.length === 0) return { kind: 'more' };
  if (type < RECORD.changeCipherSpec || type > RECORD.data) return { kind: 'noTls' };
  if (input.length >= 2 && input.charCodeAt(1) !== 3) return { kind: 'noTls' };
  if (input.length < 5) return { kind: 'more' };
  const length = input.charCodeAt(3) * 256 + input.charCodeAt(4);
  if (length > MAX_BODY) return { kind: 'noTls' };
  if (input.length < 5 + length) return { kind: 'more' };
  return { kind: 'record', record: { type, body: input.slice(5, 5 + length) }, length: 5 + length };
}

/** One direction of a protected connection. */
export interface Protection {
  readonly key: Bytes;
  /** Records so far. */
  count: number;
}

export function protection(secret: Bytes, direction: 'client' | 'server'): Protection {
  return { key: sha256(concat(secret, latin1(direction))), count: 0 };
}

/** A protected record: the type goes inside, outside stands `data` (RFC 8446 §5.2). */
export function protect(cipher: Protection, type: RecordType, text: string): string {
  let out = '';
  for (let at = 0; at === 0 || at < text.length; at += MAX_PLAIN) {
    const inner = latin1(`${text.slice(at, at + MAX_PLAIN)}${String.fromCharCode(type)}`);
    const hidden = crypt(cipher, inner);
    out += sealed(`${fromLatin1(hidden)}${fromLatin1(tagOf(cipher, hidden))}`);
    cipher.count++;
  }
  return out;
}

function sealed(body: string): string {
  return `${String.fromCharCode(RECORD.data, 3, 3, body.length >> 8, body.length & 0xff)}${body}`;
}

/** Undoes `protect`; undefined when a byte was changed on the way (alert bad_record_mac). */
export function unprotect(cipher: Protection, body: string): TlsRecord | undefined {
  const hidden = latin1(body.slice(0, -TAG_BYTES));
  if (body.length <= TAG_BYTES || fromLatin1(tagOf(cipher, hidden)) !== body.slice(-TAG_BYTES))
    return undefined;
  const inner = fromLatin1(crypt(cipher, hidden));
  cipher.count++;
  const type = inner.charCodeAt(inner.length - 1) as RecordType;
  return { type, body: inner.slice(0, -1) };
}

function block(cipher: Protection, counter: number): Bytes {
  const place = new Uint8Array(8);
  const view = new DataView(place.buffer);
  view.setUint32(0, cipher.count);
  view.setUint32(4, counter);
  return sha256(concat(cipher.key, place));
}

function crypt(cipher: Protection, bytes: Uint8Array): Bytes {
  const out = new Uint8Array(bytes.length);
  for (let at = 0, counter = 1; at < bytes.length; at += 32, counter++) {
    const stream = block(cipher, counter);
    for (let i = at; i < Math.min(at + 32, bytes.length); i++)
      out[i] = (bytes[i] ?? 0) ^ (stream[i - at] ?? 0);
  }
  return out;
}

function tagOf(cipher: Protection, hidden: Uint8Array): Bytes {
  return sha256(concat(block(cipher, 0), hidden)).slice(0, TAG_BYTES);
}
