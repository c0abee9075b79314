// What the mechanisms have in common: their names, what a server knows of a user, and how bytes travel in lines (RFC 4422
// §3, RFC 4954 §4). Knows no protocol that carries them. All state is plain data; nonces and challenges come from outside.

import { fromBase64, isBase64Error, latin1, toBase64, type Bytes } from '../base/bytes.ts';

/** In the order in which a client should try them, strongest first. */
export const MECHANISMS = ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'CRAM-MD5', 'PLAIN', 'LOGIN'] as const;

export type Mechanism = (typeof MECHANISMS)[number];

export type ScramMechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-1';

/** The mechanism of that name in any case (RFC 4422 §3.1), or undefined. */
export function mechanismNamed(name: string): Mechanism | undefined {
  const wanted = name.toUpperCase();
  return MECHANISMS.find((each) => each === wanted);
}

/** Whether the password itself crosses the wire: such mechanisms are offered only where nobody can listen. */
export function sendsPassword(mechanism: Mechanism): boolean {
  return mechanism === 'PLAIN' || mechanism === 'LOGIN';
}

/** What a server keeps instead of a password (RFC 5802 §3). */
export interface ScramSecret {
  readonly salt: Bytes;
  readonly iterations: number;
  readonly storedKey: Bytes;
  readonly serverKey: Bytes;
}

/** What a server knows of a user. CRAM-MD5 needs the password itself; PLAIN, LOGIN and SCRAM get by with secrets. */
export interface Account {
  /** The name of the mailbox, which need not be what was typed. */
  readonly user: string;
  /** As Unicode text. */
  readonly password?: string;
  readonly scram?: Readonly<Partial<Record<ScramMechanism, ScramSecret>>>;
}

export type SaslFailure =
  /** The response is not of the mechanism's form. */
  | 'malformed'
  | 'no-such-user'
  | 'wrong-password'
  /** The server keeps no secret from which this mechanism could be checked. */
  | 'no-secret'
  /** The authorization identity is somebody else's. */
  | 'not-authorized'
  /** The client asks for, or thinks of, channel binding that is not there (RFC 5802 §6). */
  | 'channel-binding'
  /** The server's nonce does not continue the client's, or the client's does not return. */
  | 'nonce'
  /** The server could not prove that it knows the password. */
  | 'wrong-server'
  /** The server reported an error of its own. */
  | 'server-error';

/** One line of a client in an exchange. `=` stands for an empty response (RFC 4954 §4). */
export type ResponseLine =
  | { readonly kind: 'response'; readonly bytes: Bytes }
  | { readonly kind: 'abort' }
  | { readonly kind: 'bad-base64' };

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads a response line; strict, as RFC 4954 §4 demands: no blanks, full padding. */
export function readResponse(line: string): ResponseLine {
  if (line === '*') return { kind: 'abort' };
  if (line === '=') return { kind: 'response', bytes: latin1('') };
  if (!BASE64.test(line) || line.length % 4 !== 0) return { kind: 'bad-base64' };
  const bytes = fromBase64(line);
  return isBase64Error(bytes) ? { kind: 'bad-base64' } : { kind: 'response', bytes };
}

/** A challenge or response as it stands in a line. */
export function printSasl(bytes: Uint8Array): string {
  return toBase64(bytes);
}

/** An initial response as it stands behind the mechanism's name: an empty one is `=`. */
export function printInitialResponse(bytes: Uint8Array): string {
  return bytes.length === 0 ? '=' : toBase64(bytes);
}
