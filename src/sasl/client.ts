// The client's end of an authentication exchange as plain data: challenges in, responses out. Knows neither the protocol
// around it nor a server. RFC 4422 first; the mechanisms' own standards are named in `server.ts`.

import { fromUtf8Strict, toBase64, toHex, utf8, type Bytes } from '../base/bytes.ts';
import { hmac } from '../crypto/hash.ts';
import type { Mechanism, SaslFailure } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';
import { clientProof, printSaslName, readServerFirst, scramKeys, serverSignature } from './scram.ts';

export interface SaslClient {
  readonly mechanism: Mechanism;
  readonly user: string;
  readonly password: string;
  readonly authzid: string;
  /** Printable without comma; for SCRAM. */
  readonly nonce: string;
  /** How many responses have been made. */
  step: number;
  /** `v=…` that the server must send. */
  expected?: string;
  finished: boolean;
}

export type SaslClientResult =
  | { readonly kind: 'respond'; readonly bytes: Bytes }
  | { readonly kind: 'failed'; readonly reason: SaslFailure; readonly detail: string };

export interface SaslIdentity {
  readonly user: string;
  readonly password: string;
  readonly authzid?: string;
}

export function openSaslClient(mechanism: Mechanism, identity: SaslIdentity, nonce: string): SaslClient {
  const { user, password, authzid = '' } = identity;
  return { mechanism, user, password, authzid, nonce, step: 0, finished: false };
}

/** What goes with the command that names the mechanism; undefined when the server speaks first. */
export function saslInitial(client: SaslClient): Bytes | undefined {
  switch (client.mechanism) {
    case 'PLAIN':
      client.step = 1;
      client.finished = true;
      return utf8(`${client.authzid}\0${client.user}\0${client.password}`);
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-256':
      client.step = 1;
      return utf8(header(client) + bare(client));
    case 'LOGIN':
    case 'CRAM-MD5':
      return undefined;
  }
}

/**
 * The server's challenge. A mechanism with an initial response that did not go with the command gets an empty challenge
 * first (RFC 4422 §3.3).
 */
export function saslChallenge(client: SaslClient, challenge: Uint8Array): SaslClientResult {
  const { mechanism, step } = client;
  switch (mechanism) {
    case 'PLAIN': {
      const bytes = step === 0 ? saslInitial(client) : undefined;
      return bytes === undefined ? failed('malformed', 'a challenge too many') : { kind: 'respond', bytes };
    }
    case 'LOGIN': {
      client.step++;
      client.finished = client.step >= 2;
      if (step > 1) return failed('malformed', 'a challenge too many');
      return respond(step === 0 ? client.user : client.password);
    }
    case 'CRAM-MD5': {
      client.step++;
      client.finished = true;
      if (step > 0) return failed('malformed', 'a challenge too many');
      return respond(`${client.user} ${toHex(hmac('md5', utf8(client.password), challenge))}`);
    }
    case 'SCRAM-SHA-1':
    case 'SCRAM-SHA-256': {
      if (step === 0) {
        const bytes = saslInitial(client);
        return bytes === undefined ? failed('malformed', '') : { kind: 'respond', bytes };
      }
      const text = fromUtf8Strict(challenge);
      if (text === undefined) return failed('malformed', 'not UTF-8');
      client.step++;
      if (step === 1) return scramFinal(client, text);
      if (text.startsWith('e=')) return failed('server-error', text.slice(2));
      if (step !== 2 || text.split(',')[0] !== client.expected) return failed('wrong-server', text);
      client.finished = true;
      return respond('');
    }
  }
}

/** Whether the exchange is at its end for the client: a success that comes before is no success (RFC 5802 §3). */
export function saslFinished(client: SaslClient): boolean {
  return client.finished;
}

const respond = (text: string): SaslClientResult => ({ kind: 'respond', bytes: utf8(text) });
const failed = (reason: SaslFailure, detail: string): SaslClientResult => ({
  kind: 'failed',
  reason,
  detail,
});

const header = (client: SaslClient): string =>
  `n,${client.authzid === '' ? '' : `a=${printSaslName(client.authzid)}`},`;
const bare = (client: SaslClient): string =>
  `n=${printSaslName(saslPrep(client.user) ?? client.user)},r=${client.nonce}`;

function scramFinal(client: SaslClient, text: string): SaslClientResult {
  const { mechanism } = client;
  if (mechanism !== 'SCRAM-SHA-1' && mechanism !== 'SCRAM-SHA-256') return failed('malformed', text);
  if (text.startsWith('e=')) return failed('server-error', text.slice(2));
  const first = readServerFirst(text);
  if (first === undefined) return failed('malformed', text);
  if (!first.nonce.startsWith(client.nonce) || first.nonce === client.nonce) return failed('nonce', text);
  const keys = scramKeys(mechanism, client.password, first.salt, first.iterations);
  const withoutProof = `c=${toBase64(utf8(header(client)))},r=${first.nonce}`;
  const authMessage = `${bare(client)},${text},${withoutProof}`;
  client.expected = `v=${toBase64(serverSignature(mechanism, keys.serverKey, authMessage))}`;
  return respond(`${withoutProof},p=${toBase64(clientProof(mechanism, keys.clientKey, authMessage))}`);
}
