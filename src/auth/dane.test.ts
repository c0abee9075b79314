// TLSA records against chains, with node:crypto's X509Certificate as a second opinion about the bytes that are hashed.

import { createHash, X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromLatin1, latin1 } from '../base/bytes.ts';
import { timeOf } from '../base/dates.ts';
import '../crypto/curves.ts';
import { generateKey, publicKeyOf } from '../crypto/keys.ts';
import { certificatesPem, issueCertificate } from '../crypto/x509.ts';
import { isDaneMatch, isUsableTlsa, readTlsa, type TlsaRecord } from './dane.ts';

const NOW = timeOf(2026, 11, 23, 8, 0, 0);
const DAY = 86_400_000;
const HOST = 'mx.remote.example';
const rootKey = generateKey('ed25519', 'root');
const leafKey = generateKey('ed25519', 'leaf');
const issuer = { subject: { commonName: 'Own CA' }, key: rootKey };
const make = (notAfter: number, name = HOST): { readonly root: Uint8Array; readonly leaf: Uint8Array } => ({
  root: issueCertificate(
    {
      subject: issuer.subject,
      key: publicKeyOf(rootKey),
      notBefore: NOW - DAY,
      notAfter: NOW + DAY,
      serial: 1n,
      isAuthority: true,
    },
    issuer,
  ),
  leaf: issueCertificate(
    {
      subject: { commonName: name },
      names: [name],
      key: publicKeyOf(leafKey),
      notBefore: NOW - 2 * DAY,
      notAfter,
      serial: 2n,
    },
    issuer,
  ),
});
const { root, leaf } = make(NOW + DAY);
const chain = certificatesPem(leaf, root);
const spki = (der: Uint8Array): Buffer =>
  new X509Certificate(der).publicKey.export({ type: 'spki', format: 'der' });
const sha = (name: string, bytes: Uint8Array): Uint8Array => createHash(name).update(bytes).digest();
const record = (usage: number, selector: number, matchingType: number, data: Uint8Array): TlsaRecord => ({
  usage,
  selector,
  matchingType,
  data: latin1(fromLatin1(Uint8Array.from(data))),
});
const match = (one: TlsaRecord, names = [HOST], pem = chain): boolean => isDaneMatch([one], pem, names, NOW);

describe('usage 3, the server’s own certificate', () => {
  it.each([
    ['the key by SHA-256', record(3, 1, 1, sha('sha256', spki(leaf)))],
    ['the key by SHA-512', record(3, 1, 2, sha('sha512', spki(leaf)))],
    ['the key itself', record(3, 1, 0, spki(leaf))],
    ['the certificate by SHA-256', record(3, 0, 1, sha('sha256', leaf))],
    ['the certificate itself', record(3, 0, 0, leaf)],
  ])('matches by %s [S2-073]', (_, one) => {
    expect(match(one)).toBe(true);
    // Names and dates do not count.
    expect(match(one, ['other.example'])).toBe(true);
  });

  it('does not match another key, nor the authority above', () => {
    expect(match(record(3, 1, 1, sha('sha256', spki(root))))).toBe(false);
  });

  it('takes a certificate that has expired', () => {
    const old = make(NOW - DAY).leaf;
    expect(match(record(3, 1, 1, sha('sha256', spki(old))), [HOST], certificatesPem(old))).toBe(true);
  });
});

describe('usage 2, an authority in the chain', () => {
  const anchor = record(2, 1, 1, sha('sha256', spki(root)));
  it('matches when the chain leads to it and the name is right [S2-073]', () => {
    expect(match(anchor)).toBe(true);
    expect(match(anchor, ['remote.example', HOST])).toBe(true);
    expect(match(anchor, ['remote.example'])).toBe(false);
  });

  it('needs the authority in the chain, and dates that hold', () => {
    expect(match(anchor, [HOST], certificatesPem(leaf))).toBe(false);
    expect(match(anchor, [HOST], certificatesPem(make(NOW - DAY).leaf, root))).toBe(false);
  });
});

it('usages 0 and 1 mean nothing for SMTP, nor do hashes of a wrong length (RFC 7672 §3.1.3)', () => {
  const good = sha('sha256', spki(leaf));
  expect([0, 1, 2, 3, 4].filter((usage) => isUsableTlsa(record(usage, 1, 1, good)))).toEqual([2, 3]);
  expect(isUsableTlsa(record(3, 1, 2, good))).toBe(false);
  expect(isUsableTlsa(record(3, 2, 1, good))).toBe(false);
  expect(match(record(1, 1, 1, good))).toBe(false);
});

it('is read from its octets', () => {
  const read = readTlsa(`\x03\x01\x01${'\xaa'.repeat(32)}`);
  expect(read).toEqual({ usage: 3, selector: 1, matchingType: 1, data: latin1('\xaa'.repeat(32)) });
  expect(readTlsa('\x03\x01\x01')).toBeUndefined();
});
