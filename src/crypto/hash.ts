// Hashes and HMAC, synchronous: noble's, or the stand-in's. RFC 6234, RFC 1321, RFC 2104. MD5 and SHA-1 are here only
// because old protocols name them (APOP, CRAM-MD5, rsa-sha1 signatures that we refuse).

import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { md5 as nobleMd5, sha1 as nobleSha1 } from '@noble/hashes/legacy.js';
import { pbkdf2 as noblePbkdf2 } from '@noble/hashes/pbkdf2.js';
import { sha256 as nobleSha256, sha512 as nobleSha512 } from '@noble/hashes/sha2.js';
import { concat } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';
import { cryptoProvider } from './provider.ts';
import type { HashName } from './provider.ts';

const NOBLE = { md5: nobleMd5, sha1: nobleSha1, sha256: nobleSha256, sha512: nobleSha512 } as const;

/** The digest of `data`. */
export function hash(name: HashName, data: Uint8Array): Bytes {
  const standIn = cryptoProvider().hash;
  return standIn === undefined ? (NOBLE[name](data) as Bytes) : standIn(name, data);
}

export const sha256 = (data: Uint8Array): Bytes => hash('sha256', data);
export const sha512 = (data: Uint8Array): Bytes => hash('sha512', data);
export const sha1 = (data: Uint8Array): Bytes => hash('sha1', data);
export const md5 = (data: Uint8Array): Bytes => hash('md5', data);

/** RFC 2104. */
export function hmac(name: HashName, key: Uint8Array, data: Uint8Array): Bytes {
  const standIn = cryptoProvider().hmac;
  return standIn === undefined ? (nobleHmac(NOBLE[name], key, data) as Bytes) : standIn(name, key, data);
}

/** RFC 8018 §5.2, as SCRAM's Hi() uses it (RFC 5802 §2.2). `length` in bytes. */
export function pbkdf2(
  name: HashName,
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
  length: number,
): Bytes {
  return noblePbkdf2(NOBLE[name], password, salt, { c: rounds, dkLen: length }) as Bytes;
}

/** Endless bytes from a seed: SHA-256 over seed and counter. For keys of made-up worlds, never for secrets. */
export function seededBytes(seed: string): (count: number) => Bytes {
  const base = sha256(new TextEncoder().encode(seed));
  let counter = 0;
  let rest = new Uint8Array(0) as Bytes;
  return (count) => {
    while (rest.length < count) {
      const block = new Uint8Array(4);
      new DataView(block.buffer).setUint32(0, counter++);
      rest = concat(rest, sha256(concat(base, block)));
    }
    const out = rest.slice(0, count);
    rest = rest.slice(count);
    return out;
  };
}
