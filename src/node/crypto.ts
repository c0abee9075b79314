// node:crypto as a stand-in for our own arithmetic: the same bytes, sooner. A test beside it proves that they are the same.

import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { writePrivateKey, writePublicKey, type PrivateKey, type PublicKey } from '../crypto/keys.ts';
import {
  setCryptoProvider,
  type CryptoProvider,
  type RsaPrivateKey,
  type RsaPublicKey,
} from '../crypto/provider.ts';
import '../crypto/curves.ts';
import type { Bytes } from '../base/bytes.ts';

const privateKeys = new WeakMap<RsaPrivateKey, KeyObject>();
const publicKeys = new WeakMap<RsaPublicKey, KeyObject>();

const plain = (buffer: Uint8Array): Bytes => new Uint8Array(buffer);

function privateKey(key: PrivateKey): KeyObject {
  return createPrivateKey({ key: Buffer.from(writePrivateKey(key)), format: 'der', type: 'pkcs8' });
}

function publicKey(key: PublicKey): KeyObject {
  return createPublicKey({ key: Buffer.from(writePublicKey(key)), format: 'der', type: 'spki' });
}

function cached<K extends object>(cache: WeakMap<K, KeyObject>, key: K, make: () => KeyObject): KeyObject {
  let found = cache.get(key);
  if (found === undefined) cache.set(key, (found = make()));
  return found;
}

export const nodeCrypto: Required<CryptoProvider> = {
  hash: (name, data) => plain(createHash(name).update(data).digest()),
  hmac: (name, key, data) => plain(createHmac(name, key).update(data).digest()),
  rsaSign: (hash, key, data) =>
    plain(
      sign(
        hash,
        data,
        cached(privateKeys, key, () => privateKey({ type: 'rsa', rsa: key })),
      ),
    ),
  rsaVerify: (hash, key, data, signature) =>
    verify(
      hash,
      data,
      cached(publicKeys, key, () => publicKey({ type: 'rsa', rsa: key })),
      signature,
    ),
  ed25519Sign: (seed, data) => plain(sign(null, data, privateKey({ type: 'ed25519', seed: plain(seed) }))),
  ed25519Verify: (key, data, signature) =>
    verify(null, data, publicKey({ type: 'ed25519', raw: plain(key) }), signature),
};

/** Lets node:crypto do the arithmetic from now on. */
export function useNodeCrypto(): void {
  setCryptoProvider(nodeCrypto);
}
