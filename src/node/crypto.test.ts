import { afterEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { toHex } from '../base/bytes.ts';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from '../crypto/ed25519.ts';
import { hash, hmac } from '../crypto/hash.ts';
import { generateKey } from '../crypto/keys.ts';
import { setCryptoProvider, type HashName } from '../crypto/provider.ts';
import { rsaSign, rsaVerify } from '../crypto/rsa.ts';
import { useNodeCrypto } from './crypto.ts';

afterEach(() => setCryptoProvider());

/** The same work once with our arithmetic and once with Node's. */
function both<T>(work: () => T): [T, T] {
  setCryptoProvider();
  const own = work();
  useNodeCrypto();
  return [own, work()];
}

const data = fc.uint8Array({ maxLength: 300 }).map((bytes) => new Uint8Array(bytes));

describe('node:crypto as a stand-in', () => {
  it('gives the same digests', () => {
    fc.assert(
      fc.property(data, fc.constantFrom<HashName>('md5', 'sha1', 'sha256', 'sha512'), (bytes, name) => {
        const [own, node] = both(() => `${toHex(hash(name, bytes))} ${toHex(hmac(name, bytes, bytes))}`);
        expect(node).toBe(own);
      }),
      { numRuns: 100 },
    );
  });

  it('gives the same RSA signatures and the same verdicts [G-05]', () => {
    const key = generateKey('rsa1024', 'stand-in');
    if (key.type !== 'rsa') throw new Error('not an RSA key');
    const { rsa } = key;
    fc.assert(
      fc.property(data, fc.nat(127), (bytes, at) => {
        const [own, node] = both(() => rsaSign('sha256', rsa, bytes));
        expect(toHex(node)).toBe(toHex(own));
        const broken = own.slice();
        broken[at] = (broken[at] ?? 0) ^ 1;
        expect(both(() => rsaVerify('sha256', rsa, bytes, own))).toEqual([true, true]);
        expect(both(() => rsaVerify('sha256', rsa, bytes, broken))).toEqual([false, false]);
      }),
      { numRuns: 15 },
    );
  });

  it('gives the same Ed25519 signatures and the same verdicts', () => {
    const key = generateKey('ed25519', 'stand-in');
    if (key.type !== 'ed25519') throw new Error('not an Ed25519 key');
    fc.assert(
      fc.property(data, (bytes) => {
        const [own, node] = both(() => ed25519Sign(key.seed, bytes));
        expect(toHex(node)).toBe(toHex(own));
        expect(both(() => ed25519Verify(ed25519PublicKey(key.seed), bytes, own))).toEqual([true, true]);
      }),
      { numRuns: 10 },
    );
  });
});
