// Writes the DNS record that belongs to a DKIM key, the counterpart of dkim-key.ts. Knows no zone. RFC 6376 §3.6.1; RFC 8463 §4:
// an Ed25519 key stands bare, without the wrapping that RSA keys have.

import { toBase64 } from '../base/bytes.ts';
import { writePublicKey } from '../crypto/keys.ts';
import type { PublicKey } from '../crypto/keys.ts';

/** The record's text as one string; a zone file cuts it at 255 bytes. */
export function dkimKeyRecord(key: PublicKey): string {
  const bytes = key.type === 'rsa' ? writePublicKey(key) : key.raw;
  return `v=DKIM1; k=${key.type}; p=${toBase64(bytes)}`;
}
