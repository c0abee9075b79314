// Ed25519 signatures (RFC 8032): noble's (from `curves.ts`, which a page may load after its first prompt), or the
// stand-in's. A private key is its 32-byte seed.

import type { Bytes } from '../base/bytes.ts';
import { seededBytes } from './hash.ts';
import { cryptoProvider } from './provider.ts';

/** The arithmetic of the curve. All bytes; `verify` throws for what is no point. */
export interface Ed25519 {
  getPublicKey(seed: Uint8Array): Uint8Array;
  sign(data: Uint8Array, seed: Uint8Array): Uint8Array;
  verify(signature: Uint8Array, data: Uint8Array, publicKey: Uint8Array): boolean;
}

let curve: Ed25519 | undefined;

/** Makes the arithmetic known. `curves.ts` does it when it is loaded. */
export function installEd25519(arithmetic: Ed25519): void {
  curve = arithmetic;
}

function ed25519(): Ed25519 {
  if (curve === undefined) throw new Error('the curves are not loaded: import crypto/curves.ts');
  return curve;
}

/** The public key of a seed, 32 bytes. */
export function ed25519PublicKey(seed: Uint8Array): Bytes {
  return ed25519().getPublicKey(seed) as Bytes;
}

/** 64 bytes. */
export function ed25519Sign(seed: Uint8Array, data: Uint8Array): Bytes {
  const standIn = cryptoProvider().ed25519Sign;
  return standIn === undefined ? (ed25519().sign(data, seed) as Bytes) : standIn(seed, data);
}

/** True when the signature is right. Never throws. */
export function ed25519Verify(publicKey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const standIn = cryptoProvider().ed25519Verify;
  if (standIn !== undefined) return standIn(publicKey, data, signature);
  const arithmetic = ed25519();
  try {
    return arithmetic.verify(signature, data, publicKey);
  } catch {
    // noble throws for bytes that are no point on the curve.
    return false;
  }
}

/** A seed that depends on nothing but `seed`. */
export function generateEd25519Key(seed: string): Bytes {
  return seededBytes(`ed25519:${seed}`)(32);
}
