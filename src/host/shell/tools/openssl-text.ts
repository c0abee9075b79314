// What `openssl s_client` and `openssl x509` print about a chain and a session: OpenSSL 3.0's words, as recorded. Pure
// functions over what the handshake found out. Knows no socket.

import { latin1, toHex } from '../../../base/bytes.ts';
import { dateFields, MONTHS, type Time } from '../../../base/dates.ts';
import { sha256 } from '../../../crypto/hash.ts';
import { keyBits } from '../../../crypto/keys.ts';
import { certificatesPem, nameText, readCertificatesPem, type Certificate } from '../../../crypto/x509.ts';
import { VERIFY_TEXT, type ChainProblem, type VerifyCode } from '../../../crypto/x509-verify.ts';
import type { TlsPeer, TlsSession } from '../../../net/tls.ts';

/** `Nov  1 00:00:00 2026 GMT` */
export function opensslDate(time: Time): string {
  const f = dateFields(time);
  const two = (n: number): string => String(n).padStart(2, '0');
  const clock = `${two(f.hour)}:${two(f.minute)}:${two(f.second)}`;
  return `${MONTHS[f.month - 1] ?? ''} ${String(f.day).padStart(2)} ${clock} ${f.year} GMT`;
}

/** The certificates of a peer, as sent. */
export function certificatesOf(peer: TlsPeer | undefined): readonly Certificate[] {
  const read = peer === undefined || peer.chain === '' ? [] : readCertificatesPem(peer.chain);
  return 'reason' in read ? [] : read;
}

/** `10 (certificate has expired)` */
export const verifyResult = (code: VerifyCode): string => `${code} (${VERIFY_TEXT[code]})`;

/**
 * What the verify callback prints: errors where they are found, then every certificate from the root down.
 *
 * @param stops `-verify_return_error`: the first error ends it
 * @param brief only errors
 */
export function verifyLines(peer: TlsPeer, stops: boolean, brief = false): string {
  const out: string[] = [];
  let error: VerifyCode = 0;
  const subject = (depth: number): string => `depth=${depth} ${peer.path[depth]?.subject ?? ''}`;
  const dates = (depth: number): string[] => {
    const one = peer.path[depth];
    if (one === undefined) return [];
    if (error === 10) return [`notAfter=${opensslDate(one.notAfter)}`];
    return error === 9 ? [`notBefore=${opensslDate(one.notBefore)}`] : [];
  };
  /** True when the walk ends here. */
  const report = ({ code, depth }: ChainProblem): boolean => {
    error = code;
    out.push(subject(depth), `verify error:num=${code}:${VERIFY_TEXT[code]}`, ...dates(depth));
    if (!stops && !brief) out.push('verify return:1');
    return stops;
  };
  const isWalk = (code: VerifyCode): boolean => code === 7 || code === 9 || code === 10 || code === 79;
  for (const problem of peer.problems) if (!isWalk(problem.code) && report(problem)) return lines(out);
  const end = peer.path.length - 1;
  const from = Math.max(0, peer.path[end]?.isSelfSigned === true ? end : end - 1);
  for (let depth = from; depth >= 0; depth--) {
    for (const problem of peer.problems)
      if (problem.depth === depth && isWalk(problem.code) && report(problem)) return lines(out);
    if (!brief) out.push(subject(depth));
    out.push(...dates(depth));
    if (!brief) out.push('verify return:1');
  }
  return lines(out);
}

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join('');

const keyKind = (certificate: Certificate): string =>
  certificate.key.type === 'rsa' ? `rsaEncryption, ${keyBits(certificate.key)} (bit)` : 'ED25519, 256 (bit)';

function chainText(chain: readonly Certificate[], isShown: boolean): string {
  return [
    'Certificate chain\n',
    ...chain.map((one, depth) =>
      [
        ` ${depth} s:${nameText(one.subject)}\n`,
        `   i:${nameText(one.issuer)}\n`,
        `   a:PKEY: ${keyKind(one)}; sigalg: ${one.algorithm}\n`,
        `   v:NotBefore: ${opensslDate(one.notBefore)}; NotAfter: ${opensslDate(one.notAfter)}\n`,
        isShown ? certificatesPem(one.der) : '',
      ].join(''),
    ),
    '---\n',
  ].join('');
}

export interface SessionReport {
  readonly peer: TlsPeer | undefined;
  /** Undefined: the handshake came to nothing. */
  readonly session: TlsSession | undefined;
  /** The certificate was refused: it is not shown. */
  readonly isRefused: boolean;
  readonly read: number;
  readonly written: number;
  readonly showcerts: boolean;
}

/** Everything between the verify lines and the first byte of the server. */
export function sessionText(report: SessionReport): string {
  const { peer, session, isRefused, read, written, showcerts } = report;
  const chain = certificatesOf(peer);
  const [leaf] = chain;
  const version = session?.version ?? (leaf === undefined ? undefined : 'TLSv1.3');
  const shown = leaf !== undefined && !isRefused;
  const code = codeOf(peer, isRefused);
  const out = ['---\n'];
  if (leaf !== undefined) out.push(chainText(chain, showcerts));
  if (shown) {
    out.push('Server certificate\n');
    if (!showcerts) out.push(certificatesPem(leaf.der));
    out.push(`subject=${nameText(leaf.subject)}\nissuer=${nameText(leaf.issuer)}\n`);
  } else out.push('no peer certificate available\n');
  out.push('---\nNo client certificate CA names sent\n');
  if (shown) out.push(`Peer signing digest: SHA256\nPeer signature type: ${signatureType(leaf)}\n`);
  if (leaf !== undefined) out.push('Server Temp Key: X25519, 253 bits\n');
  out.push(
    `---\nSSL handshake has read ${read} bytes and written ${written} bytes\n`,
    code === 0 ? 'Verification: OK\n' : `Verification error: ${VERIFY_TEXT[code]}\n`,
    '---\n',
    version === undefined
      ? 'New, (NONE), Cipher is (NONE)\n'
      : `New, ${version}, Cipher is ${session?.cipher ?? 'TLS_AES_256_GCM_SHA384'}\n`,
  );
  if (shown) out.push(`Server public key is ${keyBits(leaf.key)} bit\n`);
  const isOld = version === 'TLSv1.2';
  out.push(
    `Secure Renegotiation IS${isOld ? '' : ' NOT'} supported\nCompression: NONE\nExpansion: NONE\nNo ALPN negotiated\n`,
  );
  if (isOld) out.push(sessionBlock(session, peer, ''), '---\n');
  else out.push(`Early data was not sent\nVerify return code: ${verifyResult(code)}\n---\n`);
  return out.join('');
}

/** With `-verify_return_error` the first problem is the result, else the last. */
function codeOf(peer: TlsPeer | undefined, isRefused: boolean): VerifyCode {
  if (peer === undefined) return 0;
  return isRefused ? (peer.problems[0]?.code ?? peer.code) : peer.code;
}

const signatureType = (leaf: Certificate): string => (leaf.key.type === 'rsa' ? 'RSA-PSS' : 'Ed25519');

function hexDump(bytes: string): string {
  const out: string[] = [];
  for (let at = 0; at < bytes.length; at += 16) {
    const piece = bytes.slice(at, at + 16);
    const hex = [...piece].map((one) => one.charCodeAt(0).toString(16).padStart(2, '0'));
    const left = hex.slice(0, 8).join(' ');
    const right = hex.slice(8).join(' ');
    const text = piece.replace(/[^ -~]/g, '.');
    out.push(
      `    ${at.toString(16).padStart(4, '0')} - ${`${left}${right === '' ? '' : `-${right}`}`.padEnd(47)}   ${text}\n`,
    );
  }
  return out.join('');
}

function sessionBlock(
  session: TlsSession | undefined,
  peer: TlsPeer | undefined,
  ticket: string,
  now: Time = 0,
): string {
  const isNew = session?.version !== 'TLSv1.2';
  const id = (label: string): string => toHex(sha256(latin1(`${label}${ticket}`))).toUpperCase();
  return [
    'SSL-Session:',
    `    Protocol  : ${session?.version ?? ''}`,
    `    Cipher    : ${session?.cipher ?? ''}`,
    `    Session-ID: ${id('id')}`,
    '    Session-ID-ctx: ',
    isNew ? `    Resumption PSK: ${id('psk')}` : `    Master-Key: ${id('key')}`,
    '    PSK identity: None',
    '    PSK identity hint: None',
    '    SRP username: None',
    '    TLS session ticket lifetime hint: 7200 (seconds)',
    '    TLS session ticket:',
    `${hexDump(ticket)}`,
    `    Start Time: ${Math.floor(now / 1000)}`,
    '    Timeout   : 7200 (sec)',
    `    Verify return code: ${verifyResult(peer?.code ?? 0)}`,
    `    Extended master secret: ${isNew ? 'no' : 'yes'}`,
    ...(isNew ? ['    Max Early Data: 0'] : []),
    '',
  ].join('\n');
}

/** `Post-Handshake New Session Ticket arrived:` with its block. */
export function ticketText(
  session: TlsSession,
  peer: TlsPeer | undefined,
  ticket: string,
  now: Time,
): string {
  return `---\nPost-Handshake New Session Ticket arrived:\n${sessionBlock(session, peer, ticket, now)}---\nread R BLOCK\n`;
}

/** `-brief`. */
export function briefText(session: TlsSession, peer: TlsPeer | undefined): string {
  const [leaf] = certificatesOf(peer);
  const code = peer?.code ?? 0;
  return [
    'CONNECTION ESTABLISHED',
    `Protocol version: ${session.version}`,
    `Ciphersuite: ${session.cipher}`,
    `Peer certificate: ${leaf === undefined ? '' : nameText(leaf.subject)}`,
    'Hash used: SHA256',
    `Signature type: ${leaf === undefined ? '' : signatureType(leaf)}`,
    code === 0 ? 'Verification: OK' : `Verification error: ${VERIFY_TEXT[code]}`,
    'Server Temp Key: X25519, 253 bits',
    '',
  ].join('\n');
}

/** A line of OpenSSL's error queue; the first field is a thread's number. */
export const errorLine = (text: string): string => `40A7B1C2D37F0000:error:${text}\n`;

/** `-subject -issuer -dates -serial -ext subjectAltName` of `openssl x509`, in the order in which they were asked for. */
export function x509Text(certificate: Certificate, what: readonly string[]): string {
  return what
    .map((one) => {
      switch (one) {
        case '-subject':
          return `subject=${nameText(certificate.subject)}\n`;
        case '-issuer':
          return `issuer=${nameText(certificate.issuer)}\n`;
        case '-startdate':
          return `notBefore=${opensslDate(certificate.notBefore)}\n`;
        case '-enddate':
          return `notAfter=${opensslDate(certificate.notAfter)}\n`;
        case '-dates':
          return `notBefore=${opensslDate(certificate.notBefore)}\nnotAfter=${opensslDate(certificate.notAfter)}\n`;
        case '-serial': {
          const hex = certificate.serial.toString(16).toUpperCase();
          return `serial=${hex.length % 2 === 1 ? '0' : ''}${hex}\n`;
        }
        case '-fingerprint':
          return `sha256 Fingerprint=${(toHex(sha256(certificate.der)).toUpperCase().match(/../g) ?? []).join(':')}\n`;
        case '-ext':
          return certificate.names.length === 0
            ? 'No extensions matches...\n'
            : `X509v3 Subject Alternative Name: \n    ${certificate.names.map((name) => `DNS:${name}`).join(', ')}\n`;
        default:
          return '';
      }
    })
    .join('');
}
