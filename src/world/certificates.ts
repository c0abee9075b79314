// The world's own certificate authorities and what they issue, made when the world is built: the same description gives the
// same bytes. A configuration names an identity (`identity:NAME`); what clients trust is part of every host.

import { utf8 } from '../base/bytes.ts';
import { isKeyError, publicKeyOf, readPrivateKeyPem, type PrivateKey } from '../crypto/keys.ts';
import { sha256 } from '../crypto/hash.ts';
import {
  certificatesPem,
  issueCertificate,
  serialFrom,
  type DistinguishedName,
  type Issuer,
} from '../crypto/x509.ts';
import type { TlsIdentity } from '../net/tls.ts';
import type { Time } from '../base/dates.ts';

/** Who issues. `key` names a key of the world. Dates are RFC 3339. */
export interface AuthorityDescription extends DistinguishedName {
  readonly name: string;
  readonly key: string;
  readonly from: string;
  readonly until: string;
  /** The authority above; absent: it signs itself. */
  readonly by?: string;
  /** Every host trusts it. */
  readonly trusted?: boolean;
}

export interface IdentityDescription {
  readonly name: string;
  readonly key: string;
  /** The first one is the common name, too. */
  readonly names: readonly string[];
  readonly from: string;
  readonly until: string;
  /** The authority that issues it; absent: it signs itself. */
  readonly by?: string;
  /** The server forgets to send the authorities between (a common mistake). */
  readonly withoutChain?: boolean;
}

export interface Certificates {
  /** By name, for `identity:NAME`. */
  readonly identities: ReadonlyMap<string, TlsIdentity>;
  /** What every host trusts, PEM. */
  readonly roots: string;
}

// Signing costs more than the rest of opening a world; the description says it all, so remembering changes nothing.
const remembered = new Map<string, Certificates>();
const REMEMBERED_LIMIT = 8;

/** Issues everything. Throws a sentence when the description is wrong: a world file is ours. */
export function issueAll(
  authorities: readonly AuthorityDescription[],
  identities: readonly IdentityDescription[],
  keys: Readonly<Record<string, string>>,
  timeOfText: (text: string) => Time,
): Certificates {
  const name = JSON.stringify([authorities, identities, keys]);
  let found = remembered.get(name);
  if (found === undefined) {
    found = issue(authorities, identities, keys, timeOfText);
    if (remembered.size >= REMEMBERED_LIMIT) remembered.clear();
    remembered.set(name, found);
  }
  return found;
}

function issue(
  authorities: readonly AuthorityDescription[],
  identities: readonly IdentityDescription[],
  keys: Readonly<Record<string, string>>,
  timeOfText: (text: string) => Time,
): Certificates {
  const keyNamed = (name: string): PrivateKey => {
    const key = readPrivateKeyPem(keys[name] ?? '');
    if (isKeyError(key)) throw new Error(`world: the key ${name} of a certificate cannot be read`);
    return key;
  };
  const issued = new Map<string, { readonly issuer: Issuer; readonly chain: string }>();
  const above = (by: string | undefined, owner: string) => {
    const found = by === undefined ? undefined : issued.get(by);
    if (by !== undefined && found === undefined)
      throw new Error(`world: ${owner} is issued by ${by}, which is no authority above it`);
    return found;
  };
  const roots: string[] = [];
  for (const { name, key, from, until, by, trusted, ...subject } of authorities) {
    const own = keyNamed(key);
    const issuer = above(by, name);
    const der = issueCertificate(
      {
        subject,
        key: publicKeyOf(own),
        notBefore: timeOfText(from),
        notAfter: timeOfText(until),
        serial: serialFrom(sha256(utf8(`authority ${name}`))),
        isAuthority: true,
      },
      issuer?.issuer ?? { subject, key: own },
    );
    const pem = certificatesPem(der);
    // A self-signed root is not sent: who trusts it has it.
    const chain = issuer === undefined ? '' : `${pem}${issuer.chain}`;
    issued.set(name, { issuer: { subject, key: own }, chain });
    if (trusted === true) roots.push(pem);
  }
  const out = new Map<string, TlsIdentity>();
  for (const { name, key, names, from, until, by, withoutChain } of identities) {
    const own = keyNamed(key);
    const subject: DistinguishedName = { commonName: names[0] ?? name };
    const issuer = above(by, name);
    const der = issueCertificate(
      {
        subject,
        names,
        key: publicKeyOf(own),
        notBefore: timeOfText(from),
        notAfter: timeOfText(until),
        serial: serialFrom(sha256(utf8(`identity ${name} ${from}`))),
      },
      issuer?.issuer ?? { subject, key: own },
    );
    const rest = withoutChain === true ? '' : (issuer?.chain ?? '');
    out.set(name, { chain: `${certificatesPem(der)}${rest}`, key: keys[key] ?? '' });
  }
  return { identities: out, roots: roots.join('') };
}
