// An authority and the certificates that it issues, for tests of TLS. Tests only.

import '../../crypto/curves.ts';
import { generateKey, privateKeyPem, publicKeyOf, writePublicKey } from '../../crypto/keys.ts';
import { hash } from '../../crypto/hash.ts';
import { toHex } from '../../base/bytes.ts';
import { certificatesPem, issueCertificate } from '../../crypto/x509.ts';
import type { TlsIdentity } from '../../net/tls.ts';
import { START } from './machine.ts';

const DAY = 86_400_000;
const ROOT_KEY = generateKey('ed25519', 'test root');
const ROOT_NAME = { commonName: 'Test Root' };
const ROOT = issueCertificate(
  {
    subject: ROOT_NAME,
    key: publicKeyOf(ROOT_KEY),
    notBefore: START - 900 * DAY,
    notAfter: START + 900 * DAY,
    serial: 1n,
    isAuthority: true,
  },
  { subject: ROOT_NAME, key: ROOT_KEY },
);

/** What a client that trusts the authority trusts. */
export const ROOTS = certificatesPem(ROOT);

export interface Issued {
  readonly identity: TlsIdentity;
  /** TLSA data for usage 3, selector 1, SHA-256. */
  readonly tlsa: string;
}

/** A certificate for these names; `selfSigned` by nobody known, `expired` since yesterday. */
export function issue(names: readonly string[], flaw?: 'selfSigned' | 'expired'): Issued {
  const name = names[0] ?? 'none';
  const key = generateKey('ed25519', `${name} ${flaw ?? ''}`);
  const subject = { commonName: name };
  const der = issueCertificate(
    {
      subject,
      names,
      key: publicKeyOf(key),
      notBefore: START - 90 * DAY,
      notAfter: flaw === 'expired' ? START - DAY : START + 90 * DAY,
      serial: 2n,
    },
    flaw === 'selfSigned' ? { subject, key } : { subject: ROOT_NAME, key: ROOT_KEY },
  );
  return {
    identity: { chain: certificatesPem(der), key: privateKeyPem(key) },
    tlsa: `3 1 1 ${toHex(hash('sha256', writePublicKey(publicKeyOf(key))))}`,
  };
}
