// SCRAM's arithmetic and messages (RFC 5802, RFC 7677): keys from a password, proof, signature, and the four lines of the
// exchange as values. Knows no state; `server.ts` and `client.ts` walk through the exchange.

import { fromBase64, isBase64Error, toBase64, utf8, type Bytes } from '../base/bytes.ts';
import { hash, hmac, pbkdf2 } from '../crypto/hash.ts';
import type { ScramMechanism, ScramSecret } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';

const HASHES = {
  'SCRAM-SHA-1': { name: 'sha1', length: 20 },
  'SCRAM-SHA-256': { name: 'sha256', length: 32 },
} as const;

/** More rounds than this are an attack on whoever must compute them. */
export const MAX_ITERATIONS = 1_000_000;

export function xor(a: Uint8Array, b: Uint8Array): Bytes {
  const out = new Uint8Array(a.length);
  for (let i = 0; i < a.length; i++) out[i] = (a[i] ?? 0) ^ (b[i] ?? 0);
  return out;
}

/** SaltedPassword and ClientKey (RFC 5802 §3). A password that SASLprep refuses is taken as it is. */
export function scramKeys(
  mechanism: ScramMechanism,
  password: string,
  salt: Uint8Array,
  iterations: number,
): { readonly clientKey: Bytes; readonly storedKey: Bytes; readonly serverKey: Bytes } {
  const { name, length } = HASHES[mechanism];
  const salted = pbkdf2(name, utf8(saslPrep(password) ?? password), salt, iterations, length);
  const clientKey = hmac(name, salted, utf8('Client Key'));
  return { clientKey, storedKey: hash(name, clientKey), serverKey: hmac(name, salted, utf8('Server Key')) };
}

/** What a server stores for a password. */
export function scramSecret(
  mechanism: ScramMechanism,
  password: string,
  salt: Bytes,
  iterations = 4096,
): ScramSecret {
  const { storedKey, serverKey } = scramKeys(mechanism, password, salt, iterations);
  return { salt, iterations, storedKey, serverKey };
}

/** ClientProof of a client that knows the password. */
export function clientProof(mechanism: ScramMechanism, clientKey: Bytes, authMessage: string): Bytes {
  const { name } = HASHES[mechanism];
  return xor(clientKey, hmac(name, hash(name, clientKey), utf8(authMessage)));
}

/** Whether a proof was made with the key behind `storedKey`. */
export function proofHolds(
  mechanism: ScramMechanism,
  secret: ScramSecret,
  authMessage: string,
  proof: Uint8Array,
): boolean {
  const { name, length } = HASHES[mechanism];
  if (proof.length !== length) return false;
  const clientKey = xor(proof, hmac(name, secret.storedKey, utf8(authMessage)));
  return toBase64(hash(name, clientKey)) === toBase64(secret.storedKey);
}

export function serverSignature(mechanism: ScramMechanism, serverKey: Bytes, authMessage: string): Bytes {
  return hmac(HASHES[mechanism].name, serverKey, utf8(authMessage));
}

/** RFC 5802 §5.1: a comma and an equals sign cannot stand in a name. */
export function printSaslName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

export function readSaslName(text: string): string | undefined {
  if (/=(?!2C|3D)/.test(text)) return undefined;
  return text.replaceAll('=2C', ',').replaceAll('=3D', '=');
}

export interface ClientFirst {
  /** `n,,` or `n,a=…,`, `y,,`: what the client says of channel binding, and whose rights it wants. */
  readonly header: string;
  readonly binding: 'none' | 'client-could' | 'wanted';
  readonly authzid: string;
  readonly user: string;
  readonly nonce: string;
  /** client-first-message-bare */
  readonly bare: string;
}

const PRINTABLE = /^[!-+\--~]+$/;

export function readClientFirst(text: string): ClientFirst | undefined {
  const match = /^(([nyp])(=[^,]*)?,(?:a=([^,]*))?,)(n=([^,]*),r=([^,]+)(?:,.*)?)$/s.exec(text);
  if (match === null) return undefined;
  const [, header = '', flag, name, authzidText = '', bare = '', userText = '', nonce = ''] = match;
  if ((flag === 'p') !== (name !== undefined)) return undefined;
  const user = readSaslName(userText);
  const authzid = readSaslName(authzidText);
  if (user === undefined || user === '' || authzid === undefined || !PRINTABLE.test(nonce)) return undefined;
  const binding = flag === 'n' ? 'none' : flag === 'y' ? 'client-could' : 'wanted';
  return { header, binding, authzid, user, nonce, bare };
}

export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Bytes;
  readonly iterations: number;
}

export function printServerFirst(first: ServerFirst): string {
  return `r=${first.nonce},s=${toBase64(first.salt)},i=${first.iterations}`;
}

export function readServerFirst(text: string): ServerFirst | undefined {
  const match = /^r=([^,]+),s=([^,]+),i=([1-9]\d{0,8})(?:,.*)?$/s.exec(text);
  if (match === null) return undefined;
  const salt = fromBase64(match[2] ?? '');
  const iterations = Number(match[3]);
  if (isBase64Error(salt) || salt.length === 0 || iterations > MAX_ITERATIONS) return undefined;
  return { nonce: match[1] ?? '', salt, iterations };
}

export interface ClientFinal {
  /** The channel binding input again, decoded. */
  readonly binding: Bytes;
  readonly nonce: string;
  readonly proof: Bytes;
  readonly withoutProof: string;
}

export function readClientFinal(text: string): ClientFinal | undefined {
  const match = /^(c=([^,]*),r=([^,]+)(?:,.*)?),p=([^,]+)$/s.exec(text);
  if (match === null) return undefined;
  const binding = fromBase64(match[2] ?? '');
  const proof = fromBase64(match[4] ?? '');
  if (isBase64Error(binding) || isBase64Error(proof)) return undefined;
  return { binding, nonce: match[3] ?? '', proof, withoutProof: match[1] ?? '' };
}
