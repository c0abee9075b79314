// X.509 certificates, version 3: made, signed and read, in DER and PEM. Enough of RFC 5280 for mail servers: names of country,
// organization and common name, host names, basic constraints, key usage, key identifiers. Whether a chain is to be
// believed is in `x509-verify.ts`. The world's own certificate authority signs with these.

import { concat, equalBytes, fromLatin1, fromUtf8Strict, latin1, utf8, type Bytes } from '../base/bytes.ts';
import { dateFields, timeOf, type Time } from '../base/dates.ts';
import {
  bytesToInteger,
  der,
  derBits,
  derInteger,
  derOid,
  derProblem,
  readDer,
  TAG,
  type DerCursor,
  type DerError,
  type TagName,
} from './asn1.ts';
import { ed25519Sign, ed25519Verify } from './ed25519.ts';
import { sha1 } from './hash.ts';
import { publicKeyOf, readPublicKey, writePublicKey, type PrivateKey, type PublicKey } from './keys.ts';
import { readPem, writePem, type PemError } from './pem.ts';
import { rsaSign, rsaVerify } from './rsa.ts';

/** A distinguished name, the parts in the order in which they stand (RFC 5280 §4.1.2.4). */
export interface DistinguishedName {
  readonly country?: string;
  readonly organization?: string;
  readonly commonName: string;
}

export interface Certificate {
  readonly serial: bigint;
  readonly issuer: DistinguishedName;
  readonly subject: DistinguishedName;
  readonly notBefore: Time;
  readonly notAfter: Time;
  readonly key: PublicKey;
  readonly isAuthority: boolean;
  /** dNSName entries of subjectAltName. */
  readonly names: readonly string[];
  readonly algorithm: 'RSA-SHA256' | 'ED25519';
  /** Names as DER: they are compared by these. */
  readonly issuerBytes: Bytes;
  readonly subjectBytes: Bytes;
  /** What the signature is over. */
  readonly signed: Bytes;
  readonly signature: Bytes;
  readonly der: Bytes;
}

/** What a certificate shall say. */
export interface CertificateRequest {
  readonly subject: DistinguishedName;
  readonly names?: readonly string[];
  readonly key: PublicKey;
  readonly notBefore: Time;
  readonly notAfter: Time;
  readonly serial: bigint;
  readonly isAuthority?: boolean;
}

/** Who signs: a name and its key. For a self-signed certificate the subject itself. */
export interface Issuer {
  readonly subject: DistinguishedName;
  readonly key: PrivateKey;
}

const OID = {
  country: '2.5.4.6',
  organization: '2.5.4.10',
  commonName: '2.5.4.3',
  rsaSha256: '1.2.840.113549.1.1.11',
  ed25519: '1.3.101.112',
  subjectKeyId: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyId: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

// ---- writing -------------------------------------------------------------------------------------------------------

/** Makes and signs a certificate (RFC 5280 §4.1). The same request gives the same bytes. */
export function issueCertificate(request: CertificateRequest, issuer: Issuer): Bytes {
  const algorithm = algorithmOf(issuer.key);
  const isSelfSigned = equalBytes(writeName(issuer.subject), writeName(request.subject));
  const body = der(
    'sequence',
    der('explicit0', derInteger(2n)),
    derInteger(request.serial),
    algorithm,
    writeName(issuer.subject),
    der('sequence', writeTime(request.notBefore), writeTime(request.notAfter)),
    writeName(request.subject),
    writePublicKey(request.key),
    der('explicit3', der('sequence', ...extensions(request, isSelfSigned ? undefined : issuer.key))),
  );
  const signature =
    issuer.key.type === 'rsa' ? rsaSign('sha256', issuer.key.rsa, body) : ed25519Sign(issuer.key.seed, body);
  return der('sequence', body, algorithm, derBits(signature));
}

function algorithmOf(key: PrivateKey): Bytes {
  return key.type === 'rsa'
    ? der('sequence', derOid(OID.rsaSha256), der('null'))
    : der('sequence', derOid(OID.ed25519));
}

function writeName(name: DistinguishedName): Bytes {
  const part = (oid: string, tag: TagName, text: string | undefined): Bytes[] =>
    text === undefined ? [] : [der('set', der('sequence', derOid(oid), der(tag, utf8(text))))];
  return der(
    'sequence',
    ...part(OID.country, 'printableString', name.country),
    ...part(OID.organization, 'utf8String', name.organization),
    ...part(OID.commonName, 'utf8String', name.commonName),
  );
}

/** UTCTime until 2049, GeneralizedTime after it (RFC 5280 §4.1.2.5). */
function writeTime(time: Time): Bytes {
  const f = dateFields(time);
  const two = (n: number): string => String(n).padStart(2, '0');
  const rest = [f.month, f.day, f.hour, f.minute, f.second].map(two).join('');
  return f.year < 2050
    ? der('utcTime', latin1(`${two(f.year % 100)}${rest}Z`))
    : der('generalizedTime', latin1(`${f.year}${rest}Z`));
}

function extensions(request: CertificateRequest, authority: PrivateKey | undefined): Bytes[] {
  const isAuthority = request.isAuthority === true;
  const critical = der('boolean', Uint8Array.of(0xff));
  const extension = (oid: string, isCritical: boolean, value: Bytes): Bytes =>
    der('sequence', derOid(oid), ...(isCritical ? [critical] : []), der('octetString', value));
  // digitalSignature and keyEncipherment for a server, keyCertSign and cRLSign for an authority.
  const usage = isAuthority ? Uint8Array.of(1, 0x06) : Uint8Array.of(5, 0xa0);
  const out = [
    extension(
      OID.basicConstraints,
      true,
      isAuthority ? der('sequence', der('boolean', Uint8Array.of(0xff))) : der('sequence'),
    ),
    extension(OID.subjectKeyId, false, der('octetString', keyId(request.key))),
    extension(OID.keyUsage, true, der('bitString', usage)),
  ];
  if (authority !== undefined)
    out.push(
      extension(OID.authorityKeyId, false, der('sequence', der('context0', keyId(publicKeyOf(authority))))),
    );
  if (!isAuthority) out.push(extension(OID.extendedKeyUsage, false, der('sequence', derOid(OID.serverAuth))));
  const { names = [] } = request;
  if (names.length > 0)
    out.push(
      extension(
        OID.subjectAltName,
        false,
        der('sequence', ...names.map((name) => der('context2', latin1(name)))),
      ),
    );
  return out;
}

/** Method 1 of RFC 5280 §4.2.1.2: SHA-1 of the key's bits. An identifier, not a protection. */
function keyId(key: PublicKey): Bytes {
  const bits = readDer(writePublicKey(key), (cursor) => {
    const sequence = cursor.enter('sequence');
    sequence.skip();
    return sequence.bits().rest();
  });
  return sha1('reason' in bits ? new Uint8Array() : bits);
}

/** `CERTIFICATE` blocks, one after the other. */
export function certificatesPem(...certificates: readonly Uint8Array[]): string {
  return certificates.map((one) => writePem('CERTIFICATE', one)).join('');
}

// ---- reading -------------------------------------------------------------------------------------------------------

/** Reads a certificate; unknown extensions are passed over. */
export function readCertificate(bytes: Uint8Array): Certificate | DerError {
  return readDer<Certificate>(bytes, (cursor) => {
    const outer = cursor.enter('sequence');
    const ahead = outer.copy();
    const signed = ahead.whole('sequence');
    const body = outer.enter('sequence');
    if (body.peekTag() === TAG.explicit0) body.enter('explicit0').integer();
    const serial = body.integer();
    readSignatureAlgorithm(body);
    const issuerBytes = body.copy().whole('sequence');
    const issuer = readName(body);
    const validity = body.enter('sequence');
    const notBefore = readTime(validity);
    const notAfter = readTime(validity);
    const subjectBytes = body.copy().whole('sequence');
    const subject = readName(body);
    const keyAt = body.position;
    const key = readPublicKey(body.whole('sequence'));
    if ('reason' in key) return derProblem({ ...key, at: key.at + keyAt });
    const found = readExtensions(body);
    const algorithm = readSignatureAlgorithm(outer);
    const signature = outer.bits().rest();
    outer.end();
    return {
      serial,
      issuer,
      subject,
      notBefore,
      notAfter,
      key,
      ...found,
      algorithm,
      issuerBytes,
      subjectBytes,
      signed,
      signature,
      der: bytes.slice() as Bytes,
    };
  });
}

function readSignatureAlgorithm(cursor: DerCursor): Certificate['algorithm'] {
  const at = cursor.position;
  const sequence = cursor.enter('sequence');
  const oid = sequence.oid();
  if (oid === OID.rsaSha256) return 'RSA-SHA256';
  return oid === OID.ed25519 ? 'ED25519' : derProblem({ at, reason: 'oid' });
}

function readName(cursor: DerCursor): DistinguishedName {
  const parts: { country?: string; organization?: string; commonName?: string } = {};
  const sequence = cursor.enter('sequence');
  while (!sequence.atEnd) {
    const pair = sequence.enter('set').enter('sequence');
    const oid = pair.oid();
    const text = readText(pair);
    if (oid === OID.country) parts.country = text;
    if (oid === OID.organization) parts.organization = text;
    if (oid === OID.commonName) parts.commonName = text;
  }
  return { ...parts, commonName: parts.commonName ?? '' };
}

function readText(cursor: DerCursor): string {
  const tag = cursor.peekTag();
  const kind = (['utf8String', 'printableString', 'ia5String'] as const).find((one) => TAG[one] === tag);
  if (kind === undefined) return derProblem({ at: cursor.position, reason: 'tag', expected: 'utf8String' });
  const bytes = cursor.enter(kind).rest();
  return fromUtf8Strict(bytes) ?? fromLatin1(bytes);
}

function readTime(cursor: DerCursor): Time {
  const at = cursor.position;
  const isShort = cursor.peekTag() === TAG.utcTime;
  const text = fromLatin1(cursor.enter(isShort ? 'utcTime' : 'generalizedTime').rest());
  const match = (
    isShort ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/ : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/
  ).exec(text);
  if (match === null) return derProblem({ at, reason: 'length' });
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  const century = !isShort ? 0 : year < 50 ? 2000 : 1900;
  return timeOf(century + year, month, day, hour, minute, second);
}

function readExtensions(body: DerCursor): { isAuthority: boolean; names: readonly string[] } {
  const found = { isAuthority: false, names: [] as string[] };
  if (body.peekTag() !== TAG.explicit3) return found;
  const list = body.enter('explicit3').enter('sequence');
  while (!list.atEnd) {
    const extension = list.enter('sequence');
    const oid = extension.oid();
    if (extension.peekTag() === TAG.boolean) extension.enter('boolean');
    const value = extension.enter('octetString');
    if (oid === OID.basicConstraints) {
      const constraints = value.enter('sequence');
      found.isAuthority =
        constraints.peekTag() === TAG.boolean && constraints.enter('boolean').rest()[0] !== 0;
    } else if (oid === OID.subjectAltName) {
      const names = value.enter('sequence');
      // Addresses and other kinds of names are passed over.
      while (names.peekTag() === TAG.context2 || names.peekTag() === TAG.context7)
        if (names.peekTag() === TAG.context2) found.names.push(fromLatin1(names.enter('context2').rest()));
        else names.enter('context7');
    }
  }
  return found;
}

/** Every certificate of a PEM text, in order, or what is wrong with the first that cannot be read. */
export function readCertificatesPem(text: string): Certificate[] | DerError | PemError {
  const out: Certificate[] = [];
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [text];
  for (const block of blocks) {
    const pem = readPem(block);
    if ('reason' in pem) return pem;
    const certificate = readCertificate(pem.bytes);
    if ('reason' in certificate) return certificate;
    out.push(certificate);
  }
  return out;
}

/** Whether `key` made the signature under `certificate`. */
export function isSignedBy(certificate: Certificate, key: PublicKey): boolean {
  const { signed, signature, algorithm } = certificate;
  return key.type === 'rsa'
    ? algorithm === 'RSA-SHA256' && rsaVerify('sha256', key.rsa, signed, signature)
    : algorithm === 'ED25519' && ed25519Verify(key.raw, signed, signature);
}

/** `C = DE, O = Hafen Trust, CN = Hafen Root CA X1`, as OpenSSL 3.0 prints it. */
export function nameText(name: DistinguishedName): string {
  return [
    ...(name.country === undefined ? [] : [`C = ${name.country}`]),
    ...(name.organization === undefined ? [] : [`O = ${name.organization}`]),
    `CN = ${name.commonName}`,
  ].join(', ');
}

/** A serial number out of any bytes: positive, at most 20 octets (RFC 5280 §4.1.2.2). */
export function serialFrom(bytes: Uint8Array): bigint {
  return bytesToInteger(concat(Uint8Array.of(1), bytes.slice(0, 18)));
}
