// TLS of the sending end: which level holds for a host, what the handshake brought, and the words in the log. Decides from
// plain data; `delivery.ts` opens connections and drives sessions. smtp_tls_policy.c, tls_client.c; RFC 7435 for why `may`
// takes any certificate, RFC 7672 §2 for DANE, RFC 8461 §4 for MTA-STS.

import { isDaneMatch, isUsableTlsa, readTlsa, type TlsaRecord } from '../../auth/dane.ts';
import { isStsHost } from '../../auth/mta-sts.ts';
import type { Time } from '../../base/dates.ts';
import { nameText, readCertificatesPem } from '../../crypto/x509.ts';
import { VERIFY_TEXT, isNamed } from '../../crypto/x509-verify.ts';
import type { TlsFailure, TlsPeer, TlsSession } from '../../net/tls.ts';
import type { MtaConfig } from './config.ts';
import type { TlsaFinding } from './routing.ts';
import { tlsText } from './submission.ts';
import type { TlsLevel } from './tls-levels.ts';
import type { StsEntry } from './state.ts';

/** Who decided for a level: the configuration, TLSA records, or the domain's MTA-STS policy. */
export type TlsAuthority = 'level' | 'dane' | 'sts';

/** Why DANE does not hold for a host. */
export type DaneGap = Exclude<TlsaFinding['status'], 'found'> | 'unusable';

/** What holds for one host. */
export interface TlsPolicy {
  readonly level: Exclude<TlsLevel, 'dane-only'>;
  readonly by: TlsAuthority;
  /** Names that the certificate may bear. */
  readonly names: readonly string[];
  readonly tlsa: readonly TlsaRecord[];
  /** SNI is sent only where it can matter, as Postfix does. */
  readonly sni?: string;
  readonly gap?: DaneGap;
  /** The host is out of the question; Postfix's words. */
  readonly refusal?: string;
}

const plain = (level: TlsPolicy['level'], by: TlsAuthority = 'level'): TlsPolicy => ({
  level,
  by,
  names: [],
  tlsa: [],
});

export function levelOf(config: MtaConfig): TlsLevel {
  return config.smtpTlsSecurityLevel ?? 'none';
}

/** The level wants TLSA records looked up. */
export function wantsDane(config: MtaConfig): boolean {
  return levelOf(config).startsWith('dane');
}

/** What holds for a host of a domain. DANE, where it can be had, goes before MTA-STS (RFC 8461 §2). */
export function policyFor(
  config: MtaConfig,
  domain: string,
  host: string,
  found: TlsaFinding | undefined,
  sts: StsEntry | undefined,
): TlsPolicy {
  const level = levelOf(config);
  const dane = level === 'dane' || level === 'dane-only' ? danePolicy(level, domain, host, found) : undefined;
  if (dane?.by === 'dane') return dane;
  if (sts?.policy.mode === 'enforce')
    return {
      level: 'secure',
      by: 'sts',
      names: sts.policy.mx,
      tlsa: [],
      sni: host,
      ...(dane?.gap === undefined ? {} : { gap: dane.gap }),
    };
  if (dane !== undefined) return dane;
  switch (level) {
    case 'verify':
      return { ...plain('verify'), names: [host] };
    case 'secure':
      // smtp_tls_secure_cert_match = nexthop, dot-nexthop
      return { ...plain('secure'), names: [domain, `.${domain}`] };
    default:
      return plain(level === 'none' || level === 'may' ? level : 'encrypt');
  }
}

function danePolicy(
  level: 'dane' | 'dane-only',
  domain: string,
  host: string,
  found: TlsaFinding | undefined,
): TlsPolicy {
  const status = found?.status ?? 'none';
  const tlsa = (found?.records ?? []).flatMap((one) => readTlsa(one) ?? []);
  const gap: DaneGap | undefined =
    status !== 'found' ? status : tlsa.some(isUsableTlsa) ? undefined : 'unusable';
  if (gap === undefined) return { level: 'dane', by: 'dane', names: [host, domain], tlsa, sni: host };
  // An answer that does not come might be an attacker's doing: wait, whatever the level (RFC 7672 §2.1.2).
  if (gap === 'failed')
    return { ...plain('encrypt', 'dane'), gap, refusal: `TLSA lookup error for ${host}:25` };
  if (level === 'dane-only') return { ...plain('encrypt'), gap, refusal: GAP_TEXT[gap] };
  // Records that nobody can use still say that there is TLS.
  return gap === 'unusable' ? { ...plain('encrypt', 'dane'), gap } : { ...plain('may'), gap };
}

const GAP_TEXT: Readonly<Record<Exclude<DaneGap, 'failed'>, string>> = {
  insecureMx: 'non DNSSEC destination',
  insecureHost: 'no TLSA records found',
  none: 'no TLSA records found',
  unusable: 'TLSA records unusable',
};

/** What the certificate is worth under a policy. */
export interface TlsVerdict {
  /** Postfix's word at the head of its line. */
  readonly word: 'Verified' | 'Trusted' | 'Untrusted';
  /** Why nothing is sent. */
  readonly flaw?: 'trusted' | 'verified';
  /** What is logged of the chain before. */
  readonly warnings: readonly string[];
}

/** Judges what the handshake showed; `peerName` is `mx.hafen.example[198.51.100.25]:25`. */
export function judgePeer(policy: TlsPolicy, peer: TlsPeer, peerName: string, now: Time): TlsVerdict {
  const must = policy.level === 'verify' || policy.level === 'secure';
  if (policy.level === 'dane') {
    if (isDaneMatch(policy.tlsa, peer.chain, policy.names, now)) return { word: 'Verified', warnings: [] };
    return { word: 'Untrusted', flaw: 'trusted', warnings: [failedLine(peer, peerName)] };
  }
  if (peer.code !== 0)
    return must
      ? { word: 'Untrusted', flaw: 'trusted', warnings: [failedLine(peer, peerName)] }
      : { word: 'Untrusted', warnings: [] };
  if (!must) return { word: 'Trusted', warnings: [] };
  if (isPeerNamed(policy, peer)) return { word: 'Verified', warnings: [] };
  const warnings = [`certificate verification failed for ${peerName}: num=62:${VERIFY_TEXT[62]}`];
  return { word: 'Trusted', flaw: 'verified', warnings };
}

function isPeerNamed({ by, names }: TlsPolicy, { chain }: TlsPeer): boolean {
  const certificates = readCertificatesPem(chain);
  const leaf = 'reason' in certificates ? undefined : certificates[0];
  if (leaf === undefined) return false;
  if (by === 'sts') return leaf.names.some((name) => isStsHost(names, name) || names.includes(name));
  return names.some((name) =>
    name.startsWith('.')
      ? leaf.names.some((one) => one.toLowerCase().replace(/^\*/, '').endsWith(name.toLowerCase()))
      : isNamed(leaf, name),
  );
}

/** tls_log_verify_error(): the chain's own trouble. */
function failedLine({ code, chain, problems }: TlsPeer, peerName: string): string {
  const certificates = readCertificatesPem(chain);
  const last = 'reason' in certificates ? undefined : certificates.at(-1);
  const first = problems.find((one) => one.code !== 62)?.code ?? code;
  const why =
    first === 0
      ? 'num=65:No matching DANE TLSA records'
      : first === 18
        ? 'self-signed certificate'
        : first === 19 || first === 20 || first === 21
          ? `untrusted issuer /${last === undefined ? '' : nameText(last.issuer).replaceAll(', ', '/').replaceAll(' = ', '=')}`
          : first === 9
            ? 'certificate not yet valid'
            : first === 10
              ? 'certificate has expired'
              : `num=${first}:${VERIFY_TEXT[first]}`;
  return `certificate verification failed for ${peerName}: ${why}`;
}

/** `Untrusted TLS connection established to mx.hafen.example[198.51.100.25]:25: TLSv1.3 with cipher …`. */
export function establishedLine(
  word: TlsVerdict['word'],
  session: TlsSession,
  peer: TlsPeer,
  peerName: string,
): string {
  return `${word} TLS connection established to ${peerName}: ${tlsText(session)}${keyDetails(session, peer)}`;
}

/** What Postfix knows more of TLS 1.3; which signature depends on the key in the certificate. */
function keyDetails({ version }: TlsSession, { chain }: TlsPeer): string {
  if (version !== 'TLSv1.3') return '';
  const certificates = readCertificatesPem(chain);
  const key = 'reason' in certificates ? undefined : certificates[0]?.key;
  return key?.type === 'ed25519'
    ? ' key-exchange X25519 server-signature ED25519'
    : ' key-exchange X25519 server-signature RSA-PSS (2048 bits) server-digest SHA256';
}

/** What is logged of a handshake that failed. */
export function handshakeLines(failure: TlsFailure, peerName: string): readonly string[] {
  if (failure.kind === 'ended') return [`SSL_connect error to ${peerName}: lost connection`];
  const why =
    failure.kind === 'noTls'
      ? '0A00010B:SSL routines::wrong version number:../ssl/record/ssl3_record.c:354:'
      : failure.kind === 'gotAlert'
        ? `0A00042E:SSL routines::tlsv1 alert ${failure.alert.replaceAll('_', ' ')}:../ssl/record/rec_layer_s3.c:1605:`
        : '0A000102:SSL routines::unsupported protocol:../ssl/statem/statem_lib.c:1986:';
  return [`SSL_connect error to ${peerName}: -1`, `warning: TLS library problem: error:${why}`];
}
