// Keys on disk and on the wire: PKCS #1 and PKCS #8 private keys, SubjectPublicKeyInfo, raw Ed25519 keys, in DER and
// PEM. RFC 8017 appendix A.1, RFC 5958, RFC 5280 §4.1.2.7, RFC 8410.

import type { Bytes } from '../base/bytes.ts';
import { der, derBits, derInteger, derOid, derProblem, readDer, TAG } from './asn1.ts';
import type { DerCursor, DerError } from './asn1.ts';
import { ed25519PublicKey, generateEd25519Key } from './ed25519.ts';
import { readPem, writePem } from './pem.ts';
import type { PemError } from './pem.ts';
import { generateRsaKey, rsaBits } from './rsa.ts';
import type { RsaPrivateKey, RsaPublicKey } from './provider.ts';

export type PrivateKey =
  { readonly type: 'rsa'; readonly rsa: RsaPrivateKey } | { readonly type: 'ed25519'; readonly seed: Bytes };
export type PublicKey =
  { readonly type: 'rsa'; readonly rsa: RsaPublicKey } | { readonly type: 'ed25519'; readonly raw: Bytes };

const RSA_OID = '1.2.840.113549.1.1.1';
const ED25519_OID = '1.3.101.112';

export function isKeyError<T extends object>(value: T | DerError | PemError): value is DerError | PemError {
  return 'reason' in value;
}

export function publicKeyOf(key: PrivateKey): PublicKey {
  return key.type === 'rsa'
    ? { type: 'rsa', rsa: { n: key.rsa.n, e: key.rsa.e } }
    : { type: 'ed25519', raw: ed25519PublicKey(key.seed) };
}

export function keyBits(key: PublicKey): number {
  return key.type === 'rsa' ? rsaBits(key.rsa) : 256;
}

/** A new key from a seed. `kind` as learners name it: `rsa2048`, `ed25519`. */
export function generateKey(
  kind: 'rsa1024' | 'rsa2048' | 'rsa3072' | 'rsa4096' | 'ed25519',
  seed: string,
): PrivateKey {
  return kind === 'ed25519'
    ? { type: 'ed25519', seed: generateEd25519Key(seed) }
    : { type: 'rsa', rsa: generateRsaKey(Number(kind.slice(3)), seed) };
}

function readRsaPublic(cursor: DerCursor): RsaPublicKey {
  const sequence = cursor.enter('sequence');
  const at = sequence.position;
  const n = sequence.integer();
  const e = sequence.integer();
  sequence.end();
  if (n === 0n || e === 0n) derProblem({ at, reason: 'integer' });
  return { n, e };
}

function readRsaPrivate(cursor: DerCursor): RsaPrivateKey {
  const sequence = cursor.enter('sequence');
  const at = sequence.position;
  if (sequence.integer() !== 0n) derProblem({ at, reason: 'version' });
  const [n, e, d, p, q, dp, dq, qInverse] = Array.from({ length: 8 }, () => sequence.integer());
  sequence.end();
  if (!n || !e || !d || !p || !q || !dp || !dq || !qInverse) return derProblem({ at, reason: 'integer' });
  return { n, e, d, p, q, dp, dq, qInverse };
}

/** Reads an algorithm identifier: a known object identifier, parameters ignored. */
function readAlgorithm(cursor: DerCursor): 'rsa' | 'ed25519' {
  const at = cursor.position;
  const sequence = cursor.enter('sequence');
  const oid = sequence.oid();
  while (!sequence.atEnd) sequence.skip();
  if (oid === RSA_OID) return 'rsa';
  if (oid === ED25519_OID) return 'ed25519';
  return derProblem({ at, reason: 'oid' });
}

/** SubjectPublicKeyInfo, or bare PKCS #1 RSAPublicKey (both occur in DKIM's `p=`, RFC 6376 errata 3017). */
export function readPublicKey(bytes: Uint8Array): PublicKey | DerError {
  return readDer<PublicKey>(bytes, (cursor) => {
    const isBare = cursor.copy().enter('sequence').peekTag() === TAG.integer;
    if (isBare) return { type: 'rsa', rsa: readRsaPublic(cursor) };
    const sequence = cursor.enter('sequence');
    const algorithm = readAlgorithm(sequence);
    const bits = sequence.bits();
    sequence.end();
    if (algorithm === 'rsa') {
      const rsa = readRsaPublic(bits);
      bits.end();
      return { type: 'rsa', rsa };
    }
    const at = bits.position;
    const raw = bits.rest();
    return raw.length === 32 ? { type: 'ed25519', raw } : derProblem({ at, reason: 'length' });
  });
}

/** PKCS #8 PrivateKeyInfo, or bare PKCS #1 RSAPrivateKey. */
export function readPrivateKey(bytes: Uint8Array): PrivateKey | DerError {
  return readDer<PrivateKey>(bytes, (cursor) => {
    const ahead = cursor.copy().enter('sequence');
    ahead.integer();
    if (ahead.peekTag() === TAG.integer) return { type: 'rsa', rsa: readRsaPrivate(cursor) };
    const sequence = cursor.enter('sequence');
    sequence.integer();
    const algorithm = readAlgorithm(sequence);
    const inner = sequence.enter('octetString');
    sequence.rest();
    if (algorithm === 'rsa') {
      const rsa = readRsaPrivate(inner);
      inner.end();
      return { type: 'rsa', rsa };
    }
    const at = inner.position;
    const seed = inner.octets();
    inner.end();
    return seed.length === 32 ? { type: 'ed25519', seed } : derProblem({ at, reason: 'length' });
  });
}

/** PKCS #1 RSAPublicKey. */
export function writePkcs1PublicKey(key: RsaPublicKey): Bytes {
  return der('sequence', derInteger(key.n), derInteger(key.e));
}

/** PKCS #1 RSAPrivateKey. */
export function writePkcs1PrivateKey(key: RsaPrivateKey): Bytes {
  const values = [0n, key.n, key.e, key.d, key.p, key.q, key.dp, key.dq, key.qInverse];
  return der('sequence', ...values.map(derInteger));
}

/** SubjectPublicKeyInfo. */
export function writePublicKey(key: PublicKey): Bytes {
  return key.type === 'rsa'
    ? der('sequence', der('sequence', derOid(RSA_OID), der('null')), derBits(writePkcs1PublicKey(key.rsa)))
    : der('sequence', der('sequence', derOid(ED25519_OID)), derBits(key.raw));
}

/** PKCS #8 PrivateKeyInfo. */
export function writePrivateKey(key: PrivateKey): Bytes {
  return key.type === 'rsa'
    ? der(
        'sequence',
        derInteger(0n),
        der('sequence', derOid(RSA_OID), der('null')),
        der('octetString', writePkcs1PrivateKey(key.rsa)),
      )
    : der(
        'sequence',
        derInteger(0n),
        der('sequence', derOid(ED25519_OID)),
        der('octetString', der('octetString', key.seed)),
      );
}

/** `PRIVATE KEY` (PKCS #8). */
export function privateKeyPem(key: PrivateKey): string {
  return writePem('PRIVATE KEY', writePrivateKey(key));
}

/** `PUBLIC KEY` (SubjectPublicKeyInfo). */
export function publicKeyPem(key: PublicKey): string {
  return writePem('PUBLIC KEY', writePublicKey(key));
}

/** A PEM private key of either form, or what is wrong with it. */
export function readPrivateKeyPem(text: string): PrivateKey | DerError | PemError {
  const pem = readPem(text);
  return 'reason' in pem ? pem : readPrivateKey(pem.bytes);
}

/** A PEM public key of either form, or what is wrong with it. */
export function readPublicKeyPem(text: string): PublicKey | DerError | PemError {
  const pem = readPem(text);
  return 'reason' in pem ? pem : readPublicKey(pem.bytes);
}
