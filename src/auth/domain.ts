// Domain names as policies compare them: without the final dot, in lower case, as lists of labels. Knows no records and
// no zone. RFC 1035 §2.3.4 for the limits, RFC 7208 §4.3 for what counts as a domain to check.

import type { DnsQuestion } from '../dns/lookup.ts';
import type { RecordType } from '../dns/records.ts';

/** Lower case, without the final dot. */
export function plainDomain(name: string): string {
  const lower = lowerAscii(name);
  return lower.endsWith('.') ? lower.slice(0, -1) : lower;
}

/** A to Z only: domain names know no other case (RFC 4343 §3). */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (upper) => upper.toLowerCase()) : text;
}

export function sameDomain(a: string, b: string): boolean {
  return plainDomain(a) === plainDomain(b);
}

/** True when `name` is `parent` or lies below it. */
export function isInDomain(name: string, parent: string): boolean {
  const child = plainDomain(name);
  const top = plainDomain(parent);
  return child === top || child.endsWith('.' + top);
}

/** True when the name can be asked for: labels of 1 to 63 bytes, 253 in all (RFC 1035 §2.3.4). */
export function isAskable(name: string): boolean {
  const plain = name.endsWith('.') ? name.slice(0, -1) : name;
  if (plain === '' || plain.length > 253) return false;
  return plain.split('.').every((label) => label.length >= 1 && label.length <= 63);
}

/** A host name of letters, digits, hyphens and underscores with at least one dot. */
export function isHostDomain(name: string): boolean {
  if (!isAskable(name)) return false;
  const labels = plainDomain(name).split('.');
  const top = labels[labels.length - 1] ?? '';
  return (
    labels.length > 1 &&
    /[a-z-]/.test(top) &&
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/.test(label))
  );
}

/** A question in the DNS room's form: absolute, blanks and control characters escaped (RFC 1035 §5.1). */
export function question(name: string, type: RecordType): DnsQuestion {
  const plain = name.endsWith('.') ? name.slice(0, -1) : name;
  const safe = /[^\x21-\x5b\x5d-\x7e]/.test(plain)
    ? plain.replace(/[^\x21-\x5b\x5d-\x7e]/g, (c) =>
        c === '\\' ? '\\\\' : '\\' + String(c.charCodeAt(0) & 255).padStart(3, '0'),
      )
    : plain;
  return { name: safe + '.', type };
}
