// Certificates: ours are read by node:crypto, real ones by ours, and chains fail for OpenSSL's reasons.

import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import './curves.ts';
import { generateKey, publicKeyOf } from './keys.ts';
import { timeOf } from '../base/dates.ts';
import {
  certificatesPem,
  issueCertificate,
  nameText,
  readCertificate,
  readCertificatesPem,
  type Certificate,
  type CertificateRequest,
  type Issuer,
} from './x509.ts';
import { isNamed, verifyChain } from './x509-verify.ts';
import { cases } from '../testing/effort.ts';

const FROM = timeOf(2026, 1, 1);
const UNTIL = timeOf(2036, 1, 1);
const NOW = timeOf(2026, 11, 23);
const keys = {
  root: generateKey('rsa1024', 'root'),
  middle: generateKey('ed25519', 'middle'),
  leaf: generateKey('rsa1024', 'leaf'),
};
const rootName = { country: 'DE', organization: 'Hafen Trust', commonName: 'Hafen Root CA X1' };
const middleName = { country: 'DE', organization: 'Hafen Trust', commonName: 'Hafen Intermediate R3' };

function made(request: Partial<CertificateRequest>, issuer: Issuer): Certificate {
  const bytes = issueCertificate(
    {
      subject: { commonName: 'mail.hafen.example' },
      key: publicKeyOf(keys.leaf),
      notBefore: FROM,
      notAfter: UNTIL,
      serial: 77n,
      ...request,
    },
    issuer,
  );
  const read = readCertificate(bytes);
  if ('reason' in read) throw new Error(JSON.stringify(read));
  return read;
}
const byRoot: Issuer = { subject: rootName, key: keys.root };
const byMiddle: Issuer = { subject: middleName, key: keys.middle };
const root = made({ subject: rootName, key: publicKeyOf(keys.root), isAuthority: true }, byRoot);
const middle = made({ subject: middleName, key: publicKeyOf(keys.middle), isAuthority: true }, byRoot);
const names = ['mail.hafen.example', 'mx1.hafen.example'];
const leaf = made({ names }, byMiddle);

describe('a certificate of ours', () => {
  it('is read by node:crypto with every field, and its chain holds there too', () => {
    const [theirRoot, theirMiddle, theirLeaf] = [root, middle, leaf].map(
      (one) => new X509Certificate(certificatesPem(one.der)),
    ) as [X509Certificate, X509Certificate, X509Certificate];
    expect(theirLeaf.subject).toBe('CN=mail.hafen.example');
    expect(theirLeaf.issuer).toBe('C=DE\nO=Hafen Trust\nCN=Hafen Intermediate R3');
    expect(theirLeaf.subjectAltName).toBe('DNS:mail.hafen.example, DNS:mx1.hafen.example');
    expect(theirLeaf.serialNumber).toBe('4D');
    expect(new Date(theirLeaf.validFrom).getTime()).toBe(FROM);
    expect(new Date(theirLeaf.validTo).getTime()).toBe(UNTIL);
    expect([theirRoot.ca, theirMiddle.ca, theirLeaf.ca]).toEqual([true, true, false]);
    expect(theirLeaf.checkIssued(theirMiddle)).toBe(true);
    expect(theirLeaf.verify(theirMiddle.publicKey)).toBe(true);
    expect(theirMiddle.verify(theirRoot.publicKey)).toBe(true);
    expect(theirLeaf.checkHost('mx1.hafen.example')).toBe('mx1.hafen.example');
  });

  it('says the same again when it is read back, dates after 2049 too', () => {
    const late = made({ notAfter: timeOf(2060, 2, 29, 1, 2, 3) }, byRoot);
    expect(late.notAfter).toBe(timeOf(2060, 2, 29, 1, 2, 3));
    expect(leaf).toMatchObject({ names, serial: 77n, isAuthority: false, algorithm: 'ED25519' });
    expect(nameText(leaf.issuer)).toBe('C = DE, O = Hafen Trust, CN = Hafen Intermediate R3');
  });
});

describe('a chain', () => {
  const codes = (sent: Certificate[], roots: Certificate[], now = NOW, host?: string): number[] =>
    verifyChain(sent, roots, now, host).problems.map(({ code }) => code);

  it('holds with its intermediate, in any order', () => {
    expect(verifyChain([leaf, middle], [root], NOW, 'mail.hafen.example').code).toBe(0);
    expect(verifyChain([leaf, root, middle], [root], NOW).path.map((one) => one.subject.commonName)).toEqual([
      'mail.hafen.example',
      'Hafen Intermediate R3',
      'Hafen Root CA X1',
    ]);
  });

  it.each([
    ['without its intermediate', [leaf], [root], [20, 21]],
    ['whose root is unknown', [leaf, middle], [], [20]],
    ['whose unknown root was sent along', [leaf, middle, root], [], [19]],
  ] as const)('%s', (_what, sent, roots, expected) => {
    expect(codes([...sent], [...roots])).toEqual(expected);
  });

  it('ends with the numbers of OpenSSL for dates, names, self-signed and forged ones', () => {
    expect(codes([leaf, middle], [root], timeOf(2036, 1, 2))).toContain(10);
    expect(codes([leaf, middle], [root], timeOf(2025, 12, 31))).toContain(9);
    expect(codes([leaf, middle], [root], NOW, 'imap.hafen.example')).toEqual([62]);
    const own = made({}, { subject: { commonName: 'mail.hafen.example' }, key: keys.leaf });
    expect(codes([own], [root])).toEqual([18]);
    expect(codes([own], [own])).toEqual([]);
    const forged = made({ names }, { subject: middleName, key: keys.leaf });
    expect(codes([forged, middle], [root])).toEqual([7]);
    const bySomebody = made({ names }, { subject: { commonName: 'mail.hafen.example' }, key: keys.leaf });
    expect(bySomebody.isAuthority).toBe(false);
  });

  it('is for the names that it lists; a star stands for one label', () => {
    const star = made({ names: ['*.hafen.example'] }, byMiddle);
    expect(isNamed(star, 'mail.hafen.example')).toBe(true);
    expect(isNamed(star, 'a.mail.hafen.example')).toBe(false);
    expect(isNamed(star, 'hafen.example')).toBe(false);
    expect(isNamed(made({}, byMiddle), 'MAIL.hafen.example.')).toBe(true);
  });
});

describe('reading', () => {
  it('understands certificates that OpenSSL made', () => {
    const pem = readFileSync(new URL('./testing/openssl-certificate.pem', import.meta.url), 'utf8');
    const [read] = readCertificatesPem(pem) as Certificate[];
    const theirs = new X509Certificate(pem);
    expect(read?.names).toEqual(['mail.hafen.example', 'mx1.hafen.example']);
    expect(new Date(theirs.validTo).getTime()).toBe(read?.notAfter);
    expect(nameText(read?.issuer ?? rootName)).toBe('C = DE, O = Hafen Trust, CN = Hafen Intermediate R3');
  });

  it('never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.nat(leaf.der.length - 1), fc.nat(255), fc.nat(400), (at, value, cut) => {
        const bytes = leaf.der.slice(0, leaf.der.length - (cut > 300 ? cut - 300 : 0));
        bytes[at % bytes.length] = value;
        const read = readCertificate(bytes);
        if (!('reason' in read)) verifyChain([read, middle], [root], NOW);
      }),
      cases(3000),
    );
  });
});
