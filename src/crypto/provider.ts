// Who does the arithmetic. By default it is the pure TypeScript of this folder; on Node a faster one may stand in, if it
// gives the same bytes for the same input (a test proves that). Everything is synchronous. Knows no protocol.

import type { Bytes } from '../base/bytes.ts';

export type HashName = 'md5' | 'sha1' | 'sha256' | 'sha512';
/** Digests that a PKCS #1 v1.5 signature may be made over. */
export type RsaHash = 'sha1' | 'sha256';

/** Numbers of an RSA public key (RFC 8017 §3.1). */
export interface RsaPublicKey {
  readonly n: bigint;
  readonly e: bigint;
}

/** Numbers of an RSA private key with the CRT values (RFC 8017 §3.2). */
export interface RsaPrivateKey extends RsaPublicKey {
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  readonly dp: bigint;
  readonly dq: bigint;
  readonly qInverse: bigint;
}

/** Stand-ins; what is absent is done by this folder. Keys are given as values, so a stand-in may cache by identity. */
export interface CryptoProvider {
  hash?(name: HashName, data: Uint8Array): Bytes;
  hmac?(name: HashName, key: Uint8Array, data: Uint8Array): Bytes;
  rsaSign?(hash: RsaHash, key: RsaPrivateKey, data: Uint8Array): Bytes;
  rsaVerify?(hash: RsaHash, key: RsaPublicKey, data: Uint8Array, signature: Uint8Array): boolean;
  ed25519Sign?(seed: Uint8Array, data: Uint8Array): Bytes;
  ed25519Verify?(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean;
}

let current: CryptoProvider = {};

/** Puts a stand-in in place, or with no argument takes it away. */
export function setCryptoProvider(provider: CryptoProvider = {}): void {
  current = provider;
}

export function cryptoProvider(): CryptoProvider {
  return current;
}
