// A certificate authority and two TLS ends for tests: what one writes is handed to the other in the pieces that a test wants.

import { timeOf } from '../base/dates.ts';
import '../crypto/curves.ts';
import { seededBytes } from '../crypto/hash.ts';
import { generateKey, privateKeyPem, publicKeyOf } from '../crypto/keys.ts';
import { certificatesPem, issueCertificate } from '../crypto/x509.ts';
import { tlsDrain, tlsReceive, type TlsEnd, type TlsIdentity, type TlsOutput } from './tls.ts';

export const NOW = timeOf(2026, 11, 23, 8);
const rootKey = generateKey('rsa1024', 'test root');
const leafKey = generateKey('rsa1024', 'test leaf');
const rootName = { organization: 'Test Trust', commonName: 'Test Root' };
const root = issueCertificate(
  {
    subject: rootName,
    key: publicKeyOf(rootKey),
    notBefore: timeOf(2026, 1, 1),
    notAfter: timeOf(2036, 1, 1),
    serial: 1n,
    isAuthority: true,
  },
  { subject: rootName, key: rootKey },
);

/** What clients in tests trust, PEM. */
export const ROOTS = certificatesPem(root);

/** A server's certificate by the test authority; `days` of validity from 2026-11-01. */
export function testIdentity(name: string, days = 90): TlsIdentity {
  const notBefore = timeOf(2026, 11, 1);
  const certificate = issueCertificate(
    {
      subject: { commonName: name },
      names: [name],
      key: publicKeyOf(leafKey),
      notBefore,
      notAfter: notBefore + days * 86_400_000,
      serial: 2n,
    },
    { subject: rootName, key: rootKey },
  );
  return { chain: certificatesPem(certificate), key: privateKeyPem(leafKey) };
}

/** 32 bytes for a hello. */
export const randomOf = (seed: string): Uint8Array<ArrayBuffer> =>
  seededBytes(seed)(32) as Uint8Array<ArrayBuffer>;

/** Carries bytes to and fro until both are silent; answers everything else that each end put out. */
export function converse(
  client: TlsEnd,
  server: TlsEnd,
  cut: (bytes: string) => readonly string[] = (bytes) => [bytes],
): { client: TlsOutput[]; server: TlsOutput[]; wire: { from: 'client' | 'server'; bytes: string }[] } {
  const out = {
    client: [] as TlsOutput[],
    server: [] as TlsOutput[],
    wire: [] as { from: 'client' | 'server'; bytes: string }[],
  };
  for (let busy = true; busy;) {
    busy = false;
    for (const [from, to, name] of [
      [client, server, 'client'],
      [server, client, 'server'],
    ] as const)
      for (const output of tlsDrain(from)) {
        busy = true;
        if (output.kind !== 'wire') out[name].push(output);
        else {
          out.wire.push({ from: name, bytes: output.bytes });
          for (const piece of cut(output.bytes)) tlsReceive(to, piece, NOW);
        }
      }
  }
  return out;
}
