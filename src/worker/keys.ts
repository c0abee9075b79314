// DKIM keys for the page: makes new ones and tells the public half of old ones. A piece of its own, loaded when asked, for it
// brings the curves. Chance comes from the browser; a key enters the world as the value of a command, so the tape stays true.

import '../crypto/curves.ts';
import { toHex } from '../base/bytes.ts';
import { dkimKeyRecord } from '../auth/dkim-key-record.ts';
import {
  generateKey,
  isKeyError,
  keyBits,
  privateKeyPem,
  publicKeyOf,
  readPrivateKeyPem,
} from '../crypto/keys.ts';
import type { DkimKeyAsk, DkimKeyView } from './api.ts';

/** Undefined when the text is no private key. Making an RSA key takes up to half a second. */
export function dkimKey(ask: DkimKeyAsk): DkimKeyView | undefined {
  const key =
    'make' in ask
      ? generateKey(ask.make, toHex(crypto.getRandomValues(new Uint8Array(32))))
      : readPrivateKeyPem(ask.privateKey);
  if (isKeyError(key)) return undefined;
  const publicKey = publicKeyOf(key);
  return {
    algorithm: key.type === 'rsa' ? 'rsa-sha256' : 'ed25519-sha256',
    bits: keyBits(publicKey),
    privateKey: 'make' in ask ? privateKeyPem(key) : ask.privateKey,
    record: dkimKeyRecord(publicKey),
  };
}
