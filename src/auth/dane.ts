// DANE for SMTP: what TLSA records say about the certificate that a mail server shows. Whether the records may be believed is
// the validating resolver's word, and not decided here. RFC 6698 §2.1, RFC 7672 §3.1; RFC 7671 for what matching means.

import { equalBytes, latin1, type Bytes } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { hash } from '../crypto/hash.ts';
import { writePublicKey } from '../crypto/keys.ts';
import { readCertificatesPem, type Certificate } from '../crypto/x509.ts';
import { verifyChain } from '../crypto/x509-verify.ts';

/** One TLSA record (RFC 6698 §2.1), its numbers as they stand. */
export interface TlsaRecord {
  /** 2: an authority in the chain (DANE-TA), 3: the server's own certificate (DANE-EE). */
  readonly usage: number;
  /** 0: the whole certificate, 1: its public key. */
  readonly selector: number;
  /** 0: as it is, 1: SHA-256, 2: SHA-512. */
  readonly matchingType: number;
  readonly data: Bytes;
}

/** Reads the octets of a record; undefined when there are too few. */
export function readTlsa(rdata: string): TlsaRecord | undefined {
  if (rdata.length < 4) return undefined;
  return {
    usage: rdata.charCodeAt(0),
    selector: rdata.charCodeAt(1),
    matchingType: rdata.charCodeAt(2),
    data: latin1(rdata.slice(3)),
  };
}

/** RFC 7672 §3.1.3: usages 0 and 1 mean nothing for SMTP, and unknown numbers mean nothing to anybody. */
export function isUsableTlsa({ usage, selector, matchingType, data }: TlsaRecord): boolean {
  if (usage !== 2 && usage !== 3) return false;
  if (selector > 1 || matchingType > 2) return false;
  return matchingType === 0 ? data.length > 0 : data.length === (matchingType === 1 ? 32 : 64);
}

/** Whether a chain holds against the records. `names`: what the server may be called, for usage 2 (RFC 7672 §3.2.2). */
export function isDaneMatch(
  records: readonly TlsaRecord[],
  chainPem: string,
  names: readonly string[],
  now: Time,
): boolean {
  const chain = readCertificatesPem(chainPem);
  if ('reason' in chain) return false;
  const [leaf] = chain;
  if (leaf === undefined) return false;
  return records.filter(isUsableTlsa).some((record) => {
    // Neither names nor dates count with the server's own certificate (RFC 7672 §3.1.1).
    if (record.usage === 3) return matches(record, leaf);
    const anchor = chain.find((one) => one.isAuthority && matches(record, one));
    return (
      anchor !== undefined &&
      names.some((name) => {
        const below = chain.slice(0, chain.indexOf(anchor));
        return verifyChain(below, [anchor], now, name).code === 0;
      })
    );
  });
}

function matches({ selector, matchingType, data }: TlsaRecord, certificate: Certificate): boolean {
  const whole = selector === 0 ? certificate.der : writePublicKey(certificate.key);
  const value =
    matchingType === 0 ? whole : hash(matchingType === 1 ? 'sha256' : 'sha512', Uint8Array.from(whole));
  return equalBytes(value, data);
}
