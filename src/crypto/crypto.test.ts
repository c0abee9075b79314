// Our cryptography against node:crypto: same bytes, same verdicts, both ways; hostile keys never throw.

import * as node from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, fromBase64, toHex, utf8 } from '../base/bytes.ts';
import type { Bytes } from '../base/bytes.ts';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from './ed25519.ts';
import { hash, hmac, pbkdf2, sha256 } from './hash.ts';
import {
  generateKey,
  isKeyError,
  keyBits,
  privateKeyPem,
  publicKeyOf,
  publicKeyPem,
  readPrivateKey,
  readPrivateKeyPem,
  readPublicKey,
  readPublicKeyPem,
  writePkcs1PrivateKey,
  writePkcs1PublicKey,
  writePrivateKey,
  writePublicKey,
} from './keys.ts';
import type { PrivateKey } from './keys.ts';
import { setCryptoProvider } from './provider.ts';
import { generateRsaKey, rsaSign, rsaVerify } from './rsa.ts';
import { cases } from '../testing/effort.ts';

const bytesOf = (buffer: Uint8Array): Bytes => Uint8Array.from(buffer);
const anyBytes = fc.uint8Array({ maxLength: 300 }).map(bytesOf);

describe('hashes', () => {
  it('are those of node:crypto', () => {
    fc.assert(
      fc.property(anyBytes, anyBytes, (key, data) => {
        for (const name of ['md5', 'sha1', 'sha256', 'sha512'] as const) {
          expect(toHex(hash(name, data))).toBe(node.createHash(name).update(data).digest('hex'));
          expect(toHex(hmac(name, key, data))).toBe(node.createHmac(name, key).update(data).digest('hex'));
        }
      }),
    );
    expect(toHex(pbkdf2('sha256', utf8('pencil'), utf8('salt'), 4096, 32))).toBe(
      node.pbkdf2Sync('pencil', 'salt', 4096, 32, 'sha256').toString('hex'),
    );
  });
});

describe('RSA', () => {
  const sizes = [512, 1024, 2048] as const;

  it('makes the same key from the same seed, and node accepts it', () => {
    for (const bits of sizes) {
      const key: PrivateKey = { type: 'rsa', rsa: generateRsaKey(bits, 'lehre') };
      if (bits < 2048) expect(generateRsaKey(bits, 'lehre')).toEqual(key.rsa);
      expect(keyBits(publicKeyOf(key))).toBe(bits);
      const theirs = node.createPrivateKey(privateKeyPem(key));
      expect(theirs.asymmetricKeyDetails?.modulusLength).toBe(bits);
      const data = utf8(`size ${bits}`);
      const signature = rsaSign('sha256', key.rsa, data);
      expect(toHex(signature)).toBe(node.sign('sha256', data, theirs).toString('hex'));
      expect(rsaVerify('sha256', key.rsa, data, signature)).toBe(true);
    }
    expect(generateRsaKey(512, 'a').n).not.toBe(generateRsaKey(512, 'b').n);
  });

  it('signs the same bytes as node and verifies the same, whatever the data [S4-020]', () => {
    const key = generateRsaKey(1024, 'oracle');
    const theirs = node.createPrivateKey(privateKeyPem({ type: 'rsa', rsa: key }));
    fc.assert(
      fc.property(
        anyBytes,
        fc.constantFrom('sha1' as const, 'sha256' as const),
        fc.nat(127),
        (data, name, at) => {
          const signature = rsaSign(name, key, data);
          expect(toHex(signature)).toBe(node.sign(name, data, theirs).toString('hex'));
          expect(rsaVerify(name, key, data, signature)).toBe(true);
          const broken = signature.slice();
          broken[at] = (broken[at] ?? 0) ^ 1;
          expect(rsaVerify(name, key, data, broken)).toBe(false);
          expect(rsaVerify(name, key, concat(data, utf8('x')), signature)).toBe(false);
        },
      ),
    );
  });

  it('verifies 3072-bit signatures of node and other exponents [S4-020]', () => {
    for (const publicExponent of [3, 65537]) {
      const pair = node.generateKeyPairSync('rsa', {
        modulusLength: publicExponent === 3 ? 1024 : 3072,
        publicExponent,
      });
      const key = readPublicKey(bytesOf(pair.publicKey.export({ type: 'spki', format: 'der' })));
      if (isKeyError(key) || key.type !== 'rsa') throw new Error('unreadable');
      const signature = node.sign('sha256', utf8('x'), pair.privateKey);
      expect(rsaVerify('sha256', key.rsa, utf8('x'), signature)).toBe(true);
      expect(rsaVerify('sha256', key.rsa, utf8('y'), signature)).toBe(false);
    }
  });

  it('refuses any signature bytes and any key numbers without throwing', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 1n << 600n }),
        fc.bigInt({ min: 1n, max: 1n << 70n }),
        anyBytes,
        (n, e, s) => {
          expect(rsaVerify('sha256', { n, e }, utf8('data'), s)).toBe(false);
        },
      ),
    );
  });
});

describe('Ed25519', () => {
  it('signs and verifies as node does', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), anyBytes, (seedBytes, data) => {
        const seed = bytesOf(seedBytes);
        const theirs = node.createPrivateKey(privateKeyPem({ type: 'ed25519', seed }));
        const signature = ed25519Sign(seed, data);
        expect(toHex(signature)).toBe(node.sign(null, data, theirs).toString('hex'));
        expect(ed25519Verify(ed25519PublicKey(seed), data, signature)).toBe(true);
        expect(ed25519Verify(ed25519PublicKey(seed), concat(data, utf8('x')), signature)).toBe(false);
      }),
      cases(30),
    );
  });

  it('refuses any bytes as key or signature without throwing', () => {
    const wide = fc.uint8Array({ minLength: 32, maxLength: 64 }).map(bytesOf);
    fc.assert(
      fc.property(wide, wide, (key, signature) => {
        expect(ed25519Verify(key, utf8('data'), signature)).toBe(false);
      }),
      cases(100),
    );
  });
});

describe('keys', () => {
  const keys = [generateKey('rsa1024', 'k'), generateKey('ed25519', 'k')];

  it('come back from every form', () => {
    for (const key of keys) {
      expect(readPrivateKey(writePrivateKey(key))).toEqual(key);
      expect(readPrivateKeyPem(privateKeyPem(key))).toEqual(key);
      expect(readPublicKey(writePublicKey(publicKeyOf(key)))).toEqual(publicKeyOf(key));
      expect(readPublicKeyPem(publicKeyPem(publicKeyOf(key)))).toEqual(publicKeyOf(key));
      if (key.type !== 'rsa') continue;
      expect(readPrivateKey(writePkcs1PrivateKey(key.rsa))).toEqual(key);
      expect(readPublicKey(writePkcs1PublicKey(key.rsa))).toEqual(publicKeyOf(key));
    }
  });

  it('are byte for byte what node writes', () => {
    for (const key of keys) {
      const theirs = node.createPrivateKey(privateKeyPem(key));
      expect(privateKeyPem(key)).toBe(theirs.export({ type: 'pkcs8', format: 'pem' }));
      expect(publicKeyPem(publicKeyOf(key))).toBe(
        node.createPublicKey(theirs).export({ type: 'spki', format: 'pem' }),
      );
    }
  });

  it('say where broken DER stops', () => {
    const whole = writePublicKey(publicKeyOf(generateKey('rsa1024', 'k')));
    expect(readPublicKey(whole.slice(0, 100))).toMatchObject({ reason: 'end', at: 100 });
    expect(readPublicKey(concat(whole, Uint8Array.of(0)))).toEqual({ reason: 'trailing', at: whole.length });
    expect(readPublicKey(utf8('hello'))).toMatchObject({ reason: 'tag', at: 0 });
    expect(readPrivateKeyPem('-----BEGIN PRIVATE KEY-----\nMIIB*\n-----END PRIVATE KEY-----')).toEqual({
      reason: 'base64',
      at: 32,
    });
  });

  it('never throw, whatever the bytes', () => {
    const bases = keys.flatMap((key) => [writePrivateKey(key), writePublicKey(publicKeyOf(key))]);
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.nat(700),
        fc.nat(255),
        fc.nat(700),
        (base, at, value, cut) => {
          const bytes = base.slice();
          bytes[at % bytes.length] = value;
          readPublicKey(bytes.slice(0, cut));
          readPublicKey(bytes);
          readPrivateKey(bytes);
        },
      ),
      cases(5000),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        readPrivateKeyPem(text);
        const raw = fromBase64(text);
        if (raw instanceof Uint8Array) readPublicKey(raw);
      }),
    );
  });
});

describe('the provider', () => {
  it('stands in with the same bytes and goes away again', () => {
    const key = generateRsaKey(1024, 'provider');
    const seed = sha256(utf8('seed'));
    const all = (): string[] => [
      toHex(sha256(utf8('a'))),
      toHex(hmac('md5', utf8('k'), utf8('a'))),
      toHex(rsaSign('sha256', key, utf8('a'))),
      toHex(ed25519Sign(seed, utf8('a'))),
    ];
    const own = all();
    let calls = 0;
    setCryptoProvider({
      hash: (name, data) => (calls++, bytesOf(node.createHash(name).update(data).digest())),
      hmac: (name, secret, data) => (calls++, bytesOf(node.createHmac(name, secret).update(data).digest())),
      rsaSign: (name, rsa, data) => (
        calls++,
        bytesOf(node.sign(name, data, privateKeyPem({ type: 'rsa', rsa })))
      ),
      ed25519Sign: (raw, data) => (
        calls++,
        bytesOf(node.sign(null, data, privateKeyPem({ type: 'ed25519', seed: bytesOf(raw) })))
      ),
    });
    const theirs = all();
    setCryptoProvider();
    expect(theirs).toEqual(own);
    expect(calls).toBe(4);
    expect(all()).toEqual(own);
    expect(calls).toBe(4);
  });
});
