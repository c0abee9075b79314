// The signing filter on the way out (opendkim's part): one signature for each key of the author's domain. RFC 6376 §5.

import type { Time } from '../../base/dates.ts';
import { isKeyError, readPrivateKeyPem, type PrivateKey } from '../../crypto/keys.ts';
import { authorOf } from '../../auth/author.ts';
import { signDkim } from '../../auth/dkim-sign.ts';
import type { SigningKey } from './config.ts';

// Reading a PEM costs more than signing with it; the text is the key, so remembering it changes no verdict.
const keys = new Map<string, PrivateKey>();

/** The key of a PEM. Throws on one that cannot be read: settings were checked before. */
export function keyOf(pem: string): PrivateKey {
  let key = keys.get(pem);
  if (key === undefined) {
    const read = readPrivateKeyPem(pem);
    if (isKeyError(read)) throw new Error(`a signing key cannot be read: ${JSON.stringify(read)}`);
    key = read;
    keys.set(pem, key);
  }
  return key;
}

export interface Signatures {
  /** The header fields with their line ends, newest first. */
  readonly headers: string;
  readonly signed: readonly {
    readonly domain: string;
    readonly selector: string;
    readonly algorithm: string;
  }[];
}

/**
 * Signs for the author's domain or a parent of it, if there is a key; otherwise leaves the message alone. With `all`, every
 * key signs, whoever the author is.
 */
export function sign(signing: readonly SigningKey[], text: string, now: Time, all = false): Signatures {
  const { domain } = authorOf(text);
  const fitting = signing.filter(
    (key) => all || domain === key.domain || domain?.endsWith(`.${key.domain}`) === true,
  );
  let headers = '';
  for (const key of fitting) {
    const { field } = signDkim(text, {
      domain: key.domain,
      selector: key.selector,
      key: keyOf(key.privateKey),
      timestamp: Math.floor(now / 1000),
    });
    headers = `${field}\r\n${headers}`;
  }
  return {
    headers,
    signed: fitting.map(({ domain: d, selector, algorithm }) => ({ domain: d, selector, algorithm })),
  };
}
