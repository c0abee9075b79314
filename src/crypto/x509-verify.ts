// Whether a chain of certificates is to be believed: signatures, dates, authority, name. The results are OpenSSL's numbers
// and words, because those are what people meet (openssl-verification-options(1), x509_vfy.h). RFC 5280 §6, RFC 9525.

import { equalBytes } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { isSignedBy, type Certificate } from './x509.ts';

/** OpenSSL's verification results that a mail server's chain can have. */
export const VERIFY_TEXT = {
  0: 'ok',
  2: 'unable to get issuer certificate',
  7: 'certificate signature failure',
  9: 'certificate is not yet valid',
  10: 'certificate has expired',
  18: 'self-signed certificate',
  19: 'self-signed certificate in certificate chain',
  20: 'unable to get local issuer certificate',
  21: 'unable to verify the first certificate',
  62: 'hostname mismatch',
  79: 'invalid CA certificate',
} as const;
export type VerifyCode = keyof typeof VERIFY_TEXT;

export interface ChainProblem {
  readonly code: VerifyCode;
  /** Place in `path`. */
  readonly depth: number;
}

export interface ChainVerdict {
  /** From the server's certificate to the last that was found, a trusted root included. */
  readonly path: readonly Certificate[];
  /** In the order in which OpenSSL reports them; the last one is its result. */
  readonly problems: readonly ChainProblem[];
  /** 0 when there is none. */
  readonly code: VerifyCode;
}

const MAX_DEPTH = 10;

/**
 * Looks for a way from the first certificate to a root.
 *
 * @param sent what the server sent, its own first
 * @param roots what the client trusts
 * @param hostname checked only when given (`-verify_hostname`)
 */
export function verifyChain(
  sent: readonly Certificate[],
  roots: readonly Certificate[],
  now: Time,
  hostname?: string,
): ChainVerdict {
  const [leaf] = sent;
  if (leaf === undefined) return { path: [], problems: [{ code: 20, depth: 0 }], code: 20 };
  const path: Certificate[] = [leaf];
  const problems: ChainProblem[] = [];
  let trusted = false;
  for (let last = leaf; path.length <= MAX_DEPTH;) {
    const root = roots.find((one) => equalBytes(one.subjectBytes, last.issuerBytes));
    if (isSelfIssued(last)) {
      trusted = roots.some((one) => equalBytes(one.der, last.der));
      break;
    }
    const issuer =
      root ?? sent.find((one) => !path.includes(one) && equalBytes(one.subjectBytes, last.issuerBytes));
    if (issuer === undefined) break;
    path.push(issuer);
    if (issuer === root) {
      trusted = true;
      break;
    }
    last = issuer;
  }
  const end = path.length - 1;
  if (!trusted) {
    const last = path[end];
    if (last !== undefined && isSelfIssued(last)) problems.push({ code: end === 0 ? 18 : 19, depth: end });
    else problems.push({ code: 20, depth: end });
  }
  if (hostname !== undefined && !isNamed(leaf, hostname)) problems.push({ code: 62, depth: 0 });
  // Nothing but the server's own certificate was there to go by.
  if (!trusted && end === 0 && !isSelfIssued(leaf)) problems.push({ code: 21, depth: 0 });
  // From the root down, as OpenSSL walks.
  for (let depth = end; depth >= 0; depth--) {
    const one = path[depth];
    const issuer = path[depth + 1];
    if (one === undefined) continue;
    if (issuer !== undefined && !issuer.isAuthority) problems.push({ code: 79, depth: depth + 1 });
    const by = issuer ?? (isSelfIssued(one) ? one : undefined);
    if (by !== undefined && !isSignedBy(one, by.key)) problems.push({ code: 7, depth });
    if (now < one.notBefore) problems.push({ code: 9, depth });
    if (now > one.notAfter) problems.push({ code: 10, depth });
  }
  return { path, problems, code: problems[problems.length - 1]?.code ?? 0 };
}

/** Issuer and subject are one. */
export function isSelfIssued(certificate: Certificate): boolean {
  return equalBytes(certificate.issuerBytes, certificate.subjectBytes);
}

/**
 * Whether a certificate is for that host (RFC 9525 §6.3): its DNS names, and where it has none its common name, as
 * OpenSSL still does. `*.example.org` stands for one label.
 */
export function isNamed(certificate: Certificate, hostname: string): boolean {
  const wanted = hostname.toLowerCase().replace(/\.$/, '');
  const names = certificate.names.length > 0 ? certificate.names : [certificate.subject.commonName];
  return names.some((name) => {
    const pattern = name.toLowerCase();
    if (!pattern.startsWith('*.')) return pattern === wanted;
    const dot = wanted.indexOf('.');
    return dot > 0 && pattern.slice(1) === wanted.slice(dot) && pattern.indexOf('.', 2) > 0;
  });
}
