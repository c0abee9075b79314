import { createPublicKey, createPrivateKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { lintRecords } from '../auth/lint.ts';
import { readDkimKey } from '../auth/dkim-key.ts';
import { dkimKey } from './keys.ts';

describe('DKIM keys for the page', () => {
  it.each(['rsa2048', 'ed25519'] as const)('makes a %s key whose record lints clean [S4-071]', (make) => {
    const key = dkimKey({ make });
    if (!key) throw new Error('no key');
    expect(key.bits).toBe(make === 'rsa2048' ? 2048 : 256);
    const input = { name: 's1._domainkey.a.example.', strings: key.record.match(/.{1,255}/g) ?? [] };
    expect(lintRecords([input])).toEqual([]);
    expect(readDkimKey(key.record).key?.bits).toBe(key.bits);
  });

  it('the record belongs to the private key, as node:crypto sees it', () => {
    const key = dkimKey({ make: 'rsa2048' });
    const own = createPublicKey(createPrivateKey(key?.privateKey ?? ''))
      .export({ type: 'spki', format: 'der' })
      .toString('base64');
    expect(key?.record).toBe(`v=DKIM1; k=rsa; p=${own}`);
  });

  it('two keys differ', () => {
    expect(dkimKey({ make: 'ed25519' })?.privateKey).not.toBe(dkimKey({ make: 'ed25519' })?.privateKey);
  });

  it('reads a key that is brought along, and refuses what is none', () => {
    const made = dkimKey({ make: 'ed25519' });
    expect(dkimKey({ privateKey: made?.privateKey ?? '' })).toEqual(made);
    expect(dkimKey({ privateKey: 'hello' })).toBeUndefined();
    expect(dkimKey({ privateKey: '' })).toBeUndefined();
  });
});
