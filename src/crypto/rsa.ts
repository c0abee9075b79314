// RSA signatures, PKCS #1 v1.5, over BigInt: signing by the Chinese remainder theorem, verifying by re-making the
// padding. Not constant in time: its keys belong to made-up worlds. RFC 8017 §5.2, §8.2 and §9.2.

import { concat, equalBytes } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';
import { bytesToInteger, integerToBytes } from './asn1.ts';
import { hash as digest, seededBytes } from './hash.ts';
import { cryptoProvider } from './provider.ts';
import type { RsaHash, RsaPrivateKey, RsaPublicKey } from './provider.ts';

export type { RsaHash, RsaPrivateKey, RsaPublicKey } from './provider.ts';

/** Length of the modulus in bits. */
export function rsaBits(key: RsaPublicKey): number {
  const hex = key.n.toString(16);
  return (hex.length - 1) * 4 + parseInt(hex.charAt(0), 16).toString(2).length;
}

/** `base ^ exponent mod modulus`, four bits of the exponent at a time. */
function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  const start = base % modulus;
  if (exponent < 0x20000n) {
    // Public exponents are short: plain square and multiply.
    let result = 1n;
    for (const bit of exponent.toString(2)) {
      result = (result * result) % modulus;
      if (bit === '1') result = (result * start) % modulus;
    }
    return result;
  }
  const table = [1n];
  for (let i = 1; i < 16; i++) table.push(((table[i - 1] ?? 1n) * start) % modulus);
  let result = 1n;
  for (const digit of exponent.toString(16)) {
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    result = (result * result) % modulus;
    const value = parseInt(digit, 16);
    if (value > 0) result = (result * (table[value] ?? 1n)) % modulus;
  }
  return result;
}

/** The inverse of `a` modulo `m`, or 0 if there is none. */
function inverse(a: bigint, m: bigint): bigint {
  let [oldR, r] = [a % m, m];
  let [oldS, s] = [1n, 0n];
  while (r !== 0n) {
    const quotient = oldR / r;
    [oldR, r] = [r, oldR - quotient * r];
    [oldS, s] = [s, oldS - quotient * s];
  }
  return oldR === 1n ? ((oldS % m) + m) % m : 0n;
}

/** DER of AlgorithmIdentifier and digest header (RFC 8017 §9.2, note 1). */
const DIGEST_INFO: Readonly<Record<RsaHash, Uint8Array>> = {
  sha1: Uint8Array.of(0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14),
  sha256: Uint8Array.of(0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20),
};

/** EMSA-PKCS1-v1_5; undefined when the key is too short for this digest. */
function encode(name: RsaHash, data: Uint8Array, length: number): Bytes | undefined {
  const info = concat(DIGEST_INFO[name], digest(name, data));
  const padding = length - info.length - 3;
  if (padding < 8) return undefined;
  return concat(Uint8Array.of(0, 1), new Uint8Array(padding).fill(0xff), Uint8Array.of(0), info);
}

/** Signs the hash of `data`. Throws when the key is shorter than the digest allows (496 bits for SHA-256). */
export function rsaSign(name: RsaHash, key: RsaPrivateKey, data: Uint8Array): Bytes {
  const standIn = cryptoProvider().rsaSign;
  if (standIn !== undefined) return standIn(name, key, data);
  const length = Math.ceil(rsaBits(key) / 8);
  const encoded = encode(name, data, length);
  if (encoded === undefined) throw new Error('RSA key too short for this digest');
  const message = bytesToInteger(encoded);
  const a = power(message, key.dp, key.p);
  const b = power(message, key.dq, key.q);
  const h = (((a - b) % key.p) + key.p) * key.qInverse;
  return integerToBytes(b + (h % key.p) * key.q, length);
}

/** True when the signature is right. Never throws. */
export function rsaVerify(
  name: RsaHash,
  key: RsaPublicKey,
  data: Uint8Array,
  signature: Uint8Array,
): boolean {
  const length = Math.ceil(rsaBits(key) / 8);
  // A longer exponent than 64 bits serves nobody but an attacker on our time.
  if (signature.length !== length || key.e < 3n || key.e > 0xffffffffffffffffn || length > 2048) return false;
  const standIn = cryptoProvider().rsaVerify;
  if (standIn !== undefined) return standIn(name, key, data, signature);
  const value = bytesToInteger(signature);
  if (value >= key.n) return false;
  const encoded = encode(name, data, length);
  return encoded !== undefined && equalBytes(integerToBytes(power(value, key.e, key.n), length), encoded);
}

/**
 * The digest inside a signature when it was made with the private half of this key, whatever was signed; undefined when
 * another key made it. So "somebody changed the message" and "that is another key" can be told apart. Never throws.
 */
export function rsaSignedDigest(name: RsaHash, key: RsaPublicKey, signature: Uint8Array): Bytes | undefined {
  const length = Math.ceil(rsaBits(key) / 8);
  if (signature.length !== length || key.e < 3n || key.e > 0xffffffffffffffffn || length > 2048)
    return undefined;
  const value = bytesToInteger(signature);
  if (value >= key.n) return undefined;
  const encoded = integerToBytes(power(value, key.e, key.n), length);
  const info = DIGEST_INFO[name];
  const size = name === 'sha1' ? 20 : 32;
  const padding = length - info.length - size - 3;
  if (padding < 8) return undefined;
  const start = concat(Uint8Array.of(0, 1), new Uint8Array(padding).fill(0xff), Uint8Array.of(0), info);
  return equalBytes(encoded.slice(0, start.length), start) ? encoded.slice(start.length) : undefined;
}

const SMALL_PRIMES: readonly bigint[] = (() => {
  const out: bigint[] = [];
  const sieve = new Uint8Array(4000);
  for (let i = 2; i < 4000; i++) {
    if (sieve[i] === 1) continue;
    out.push(BigInt(i));
    for (let j = i * i; j < 4000; j += i) sieve[j] = 1;
  }
  return out;
})();

function isProbablePrime(n: bigint, random: (count: number) => Bytes): boolean {
  if (power(2n, n - 1n, n) !== 1n) return false;
  let odd = n - 1n;
  let twos = 0;
  while ((odd & 1n) === 0n) {
    odd >>= 1n;
    twos++;
  }
  for (let round = 0; round < 6; round++) {
    let x = power(bytesToInteger(random(8)) + 2n, odd, n);
    if (x === 1n || x === n - 1n) continue;
    let i = 1;
    for (; i < twos; i++) {
      x = (x * x) % n;
      if (x === n - 1n) break;
    }
    if (i >= twos) return false;
  }
  return true;
}

/** A prime of exactly `bits` bits whose two highest bits are set, so that a product of two has all its bits. */
function prime(bits: number, e: bigint, random: (count: number) => Bytes): bigint {
  for (;;) {
    let start = bytesToInteger(random(bits / 8));
    start |= (3n << BigInt(bits - 2)) | 1n;
    const rests = SMALL_PRIMES.map((small) => Number(start % small));
    for (let step = 0; step < 4000; step += 2) {
      if (rests.some((rest, i) => (rest + step) % Number(SMALL_PRIMES[i]) === 0)) continue;
      const candidate = start + BigInt(step);
      if (candidate % e === 1n) continue;
      if (isProbablePrime(candidate, random)) return candidate;
    }
  }
}

/** A key pair that depends on nothing but seed and size: 512 to 4096 bits, a multiple of 16. */
export function generateRsaKey(bits: number, seed: string): RsaPrivateKey {
  if (bits < 512 || bits > 4096 || bits % 16 !== 0) throw new Error(`RSA key size ${bits}`);
  const random = seededBytes(`rsa:${bits}:${seed}`);
  const e = 65537n;
  const p = prime(bits / 2, e, random);
  let q = p;
  while (q === p) q = prime(bits / 2, e, random);
  const d = inverse(e, (p - 1n) * (q - 1n));
  return { n: p * q, e, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qInverse: inverse(q, p) };
}
