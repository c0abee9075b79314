// The server's end of an authentication exchange as plain data: challenges out, responses in, and one question to whoever
// knows the users (`account`). Knows neither the protocol around it nor where secrets lie. RFC 4422 first; then RFC 4616
// (PLAIN), RFC 2195 (CRAM-MD5), RFC 5802 (SCRAM). LOGIN was never standardised: draft-murchison-sasl-login.

import { fromLatin1, fromUtf8Strict, toBase64, toHex, utf8, type Bytes } from '../base/bytes.ts';
import { hmac } from '../crypto/hash.ts';
import type { Account, Mechanism, SaslFailure, ScramMechanism, ScramSecret } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';
import {
  printServerFirst,
  proofHolds,
  readClientFinal,
  readClientFirst,
  scramKeys,
  serverSignature,
} from './scram.ts';

/** The state of one exchange. */
export type SaslServer =
  | { readonly mechanism: 'PLAIN'; step: 'response' | 'account' | 'done'; claim?: Claim }
  | {
      readonly mechanism: 'LOGIN';
      step: 'user' | 'password' | 'account' | 'done';
      user?: string;
      claim?: Claim;
    }
  | {
      readonly mechanism: 'CRAM-MD5';
      step: 'challenge' | 'response' | 'account' | 'done';
      readonly challenge: string;
      user?: string;
      digest?: string;
    }
  | {
      readonly mechanism: ScramMechanism;
      step: 'first' | 'account' | 'final' | 'last' | 'done';
      readonly nonce: string;
      header?: string;
      bare?: string;
      user?: string;
      authzid?: string;
      fullNonce?: string;
      serverFirst?: string;
      account?: string;
      secret?: ScramSecret;
    };

interface Claim {
  readonly user: string;
  readonly authzid: string;
  readonly password: string;
}

export type SaslServerResult =
  | { readonly kind: 'challenge'; readonly bytes: Bytes }
  /** Look the user up and go on with `saslAccount`. */
  | { readonly kind: 'account'; readonly user: string }
  /** `user` is the account's name, `typed` what the client wrote. */
  | { readonly kind: 'done'; readonly user: string; readonly typed: string }
  /** `typed` is the name, as far as the client got to say it. */
  | { readonly kind: 'failed'; readonly reason: SaslFailure; readonly typed: string | undefined };

/** What the server must draw beforehand. */
export interface SaslServerSeed {
  /** `<1896.697170952@postoffice.example>`: new in every exchange (RFC 2195 §2). */
  readonly challenge: string;
  /** Printable without comma (RFC 5802 §5.1, `r`). */
  readonly nonce: string;
}

export function openSaslServer(mechanism: Mechanism, seed: SaslServerSeed): SaslServer {
  switch (mechanism) {
    case 'PLAIN':
      return { mechanism, step: 'response' };
    case 'LOGIN':
      return { mechanism, step: 'user' };
    case 'CRAM-MD5':
      return { mechanism, step: 'challenge', challenge: seed.challenge };
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-256':
      return { mechanism, step: 'first', nonce: seed.nonce };
  }
}

const challenge = (text: string): SaslServerResult => ({ kind: 'challenge', bytes: utf8(text) });
const NUL = '\0';

/**
 * The client's response, or undefined at the start when it sent no initial response. A response that comes too late or
 * too early is `malformed`.
 */
export function saslRespond(server: SaslServer, response: Uint8Array | undefined): SaslServerResult {
  switch (server.mechanism) {
    case 'PLAIN':
      return server.step === 'response' ? plain(server, response) : fail(server, 'malformed');
    case 'LOGIN':
      return login(server, response);
    case 'CRAM-MD5':
      return cram(server, response);
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-256':
      return scram(server, response);
  }
}

/** The answer to `account`: what is known of that user, undefined when there is none. */
export function saslAccount(server: SaslServer, account: Account | undefined): SaslServerResult {
  if (server.step !== 'account') return fail(server, 'malformed');
  if (account === undefined) return fail(server, 'no-such-user');
  switch (server.mechanism) {
    case 'PLAIN':
    case 'LOGIN': {
      const { claim } = server;
      if (claim === undefined) return fail(server, 'malformed');
      const right = passwordHolds(account, claim.password);
      if (right === undefined) return fail(server, 'no-secret');
      if (!right) return fail(server, 'wrong-password');
      return finish(server, account, claim.user, claim.authzid);
    }
    case 'CRAM-MD5': {
      if (account.password === undefined) return fail(server, 'no-secret');
      const digest = toHex(hmac('md5', utf8(account.password), utf8(server.challenge)));
      if (digest !== server.digest) return fail(server, 'wrong-password');
      return finish(server, account, server.user ?? '', '');
    }
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-256': {
      const secret = account.scram?.[server.mechanism];
      if (secret === undefined) return fail(server, 'no-secret');
      server.secret = secret;
      server.account = account.user;
      server.step = 'final';
      const nonce = server.fullNonce ?? '';
      server.serverFirst = printServerFirst({ nonce, salt: secret.salt, iterations: secret.iterations });
      return challenge(server.serverFirst);
    }
  }
}

/** Whether that is the account's password; undefined when nothing is kept to check it with. */
export function passwordHolds(account: Account, password: string): boolean | undefined {
  if (account.password !== undefined)
    return (saslPrep(account.password) ?? account.password) === (saslPrep(password) ?? password);
  for (const mechanism of ['SCRAM-SHA-256', 'SCRAM-SHA-1'] as const) {
    const secret = account.scram?.[mechanism];
    if (secret === undefined) continue;
    const { storedKey } = scramKeys(mechanism, password, secret.salt, secret.iterations);
    return toBase64(storedKey) === toBase64(secret.storedKey);
  }
  return undefined;
}

function fail(server: SaslServer, reason: SaslFailure): SaslServerResult {
  server.step = 'done';
  const typed =
    'claim' in server && server.claim ? server.claim.user : 'user' in server ? server.user : undefined;
  return { kind: 'failed', reason, typed };
}

/** Nobody here may act for somebody else: an authorization identity must name the same user (RFC 4422 §3.4.1). */
function finish(server: SaslServer, account: Account, typed: string, authzid: string): SaslServerResult {
  if (authzid !== '' && authzid !== typed && authzid !== account.user) return fail(server, 'not-authorized');
  server.step = 'done';
  return { kind: 'done', user: account.user, typed };
}

/** RFC 4616 §2: `[authzid] NUL authcid NUL passwd`. */
function plain(
  server: Extract<SaslServer, { mechanism: 'PLAIN' }>,
  response: Uint8Array | undefined,
): SaslServerResult {
  if (response === undefined) return challenge('');
  const text = fromUtf8Strict(response);
  const parts = text?.split(NUL) ?? [];
  const [authzid = '', user = '', password = ''] = parts;
  if (parts.length !== 3 || user === '') return fail(server, 'malformed');
  server.claim = { user, authzid, password };
  server.step = 'account';
  return { kind: 'account', user };
}

function login(
  server: Extract<SaslServer, { mechanism: 'LOGIN' }>,
  response: Uint8Array | undefined,
): SaslServerResult {
  if (response === undefined)
    return server.step === 'user' ? challenge('Username:') : fail(server, 'malformed');
  const text = fromUtf8Strict(response);
  if (text === undefined || text.includes(NUL)) return fail(server, 'malformed');
  if (server.step === 'user') {
    server.user = text;
    server.step = 'password';
    return challenge('Password:');
  }
  if (server.step !== 'password' || server.user === undefined || server.user === '')
    return fail(server, 'malformed');
  server.claim = { user: server.user, authzid: '', password: text };
  server.step = 'account';
  return { kind: 'account', user: server.user };
}

/** RFC 2195 §2: `user digest`, the digest in lower-case hex. The server speaks first. */
function cram(
  server: Extract<SaslServer, { mechanism: 'CRAM-MD5' }>,
  response: Uint8Array | undefined,
): SaslServerResult {
  if (server.step === 'challenge') {
    if (response !== undefined) return fail(server, 'malformed');
    server.step = 'response';
    return challenge(server.challenge);
  }
  const match = /^(.+) ([0-9a-f]{32})$/s.exec(response === undefined ? '' : (fromUtf8Strict(response) ?? ''));
  if (server.step !== 'response' || match === null) return fail(server, 'malformed');
  server.user = match[1] ?? '';
  server.digest = match[2] ?? '';
  server.step = 'account';
  return { kind: 'account', user: server.user };
}

function scram(
  server: Extract<SaslServer, { mechanism: ScramMechanism }>,
  response: Uint8Array | undefined,
): SaslServerResult {
  if (server.step === 'first' && response === undefined) return challenge('');
  if (server.step === 'last') {
    // The client takes note of the signature with an empty response.
    if (response === undefined || response.length > 0) return fail(server, 'malformed');
    server.step = 'done';
    return { kind: 'done', user: server.account ?? '', typed: server.user ?? '' };
  }
  const text = response === undefined ? undefined : fromUtf8Strict(response);
  if (text === undefined) return fail(server, 'malformed');
  if (server.step === 'first') {
    const first = readClientFirst(text);
    if (first === undefined) return fail(server, 'malformed');
    if (first.binding === 'wanted') return fail(server, 'channel-binding');
    const user = saslPrep(first.user);
    if (user === undefined) return fail(server, 'malformed');
    Object.assign(server, { header: first.header, bare: first.bare, user, authzid: first.authzid });
    server.fullNonce = first.nonce + server.nonce;
    server.step = 'account';
    return { kind: 'account', user };
  }
  const final = readClientFinal(text);
  if (server.step !== 'final' || final === undefined || server.secret === undefined)
    return fail(server, 'malformed');
  if (fromLatin1(final.binding) !== fromLatin1(utf8(server.header ?? '')))
    return fail(server, 'channel-binding');
  if (final.nonce !== server.fullNonce) return fail(server, 'nonce');
  const authMessage = `${server.bare ?? ''},${server.serverFirst ?? ''},${final.withoutProof}`;
  const { mechanism, secret, user = '', authzid = '' } = server;
  if (!proofHolds(mechanism, secret, authMessage, final.proof)) return fail(server, 'wrong-password');
  if (authzid !== '' && authzid !== user && authzid !== server.account) return fail(server, 'not-authorized');
  server.step = 'last';
  return challenge(`v=${toBase64(serverSignature(mechanism, secret.serverKey, authMessage))}`);
}
