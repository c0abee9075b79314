// Addresses as Sieve uses them: an argument that must be one address, and the parts that tests compare. Knows no header
// field. RFC 5228 §2.4.2.3 and §2.7.4, RFC 5233 §4 first.

import { mailboxesOf, parseAddressList, printAddrSpec, splitEnvelope } from '../message/address.ts';
import type { Mailbox } from '../message/address.ts';
import { withoutComments } from '../message/date.ts';

export type AddressPart = 'all' | 'localpart' | 'domain' | 'user' | 'detail';

/** `addr-spec` or `phrase <addr-spec>`, exactly one; undefined for anything else. */
export function singleAddress(text: string): Mailbox | undefined {
  const { addresses, problems } = parseAddressList(text);
  const [address] = addresses;
  if (problems.length > 0 || addresses.length !== 1 || address?.kind !== 'mailbox') return undefined;
  if (address.localPart === '' || /[\s<>()[\]\\,;:"]/.test(address.domain.replace(/^\[.*\]$/, '')))
    return undefined;
  // A reader of mail forgives a blank between two words of an address; to write to such a one is a mistake.
  const spec = text.slice(text.lastIndexOf('<') + 1).replace(/"(?:[^"\\]|\\.)*"/gs, 'q');
  if (/[^\s@.<>]\s+[^\s@.<>]/.test(withoutComments(spec))) return undefined;
  return address.domain === '' ? undefined : address;
}

/** `local@domain` of an address argument. */
export function addrSpec(mailbox: Mailbox): string {
  return printAddrSpec(mailbox.localPart, mailbox.domain);
}

/**
 * A part of an address; undefined when it has none, which `:detail` alone can lack: then no comparison holds
 * (RFC 5233 §4). `separator` parts user and detail.
 */
export function partOf(
  part: AddressPart,
  localPart: string,
  domain: string,
  separator: string,
): string | undefined {
  const cut = separator === '' ? -1 : localPart.indexOf(separator);
  switch (part) {
    case 'all':
      return domain === '' ? localPart : `${localPart}@${domain}`;
    case 'localpart':
      return localPart;
    case 'domain':
      return domain;
    case 'user':
      return cut < 0 ? localPart : localPart.slice(0, cut);
    case 'detail':
      return cut < 0 ? undefined : localPart.slice(cut + separator.length);
  }
}

// eslint-disable-next-line no-control-regex
const isAsciiText = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

/**
 * Parts of all addresses in a header value. What is no valid address has no parts, but `:all` still compares it as it
 * stands (RFC 5228 §2.7.4); so does an empty field. A local part beyond ASCII counts as invalid, as with Pigeonhole.
 */
export function partsOfHeader(value: string, part: AddressPart, separator: string): readonly string[] {
  if (value.trim() === '') return part === 'all' ? [''] : [];
  const out: string[] = [];
  for (const { localPart, domain, offset, length } of mailboxesOf(parseAddressList(value))) {
    if (localPart === '' || domain === '' || !isAsciiText(localPart)) {
      const raw = value.slice(offset, offset + length).trim();
      if (part === 'all' && raw !== '') out.push(raw);
      continue;
    }
    const found = partOf(part, localPart, domain, separator);
    if (found !== undefined) out.push(found);
  }
  return out;
}

/** Part of an envelope address; the null path is '' whatever part is asked (RFC 5228 §5.4). */
export function partOfPath(path: string, part: AddressPart, separator: string): string | undefined {
  const { localPart, domain } = splitEnvelope(path);
  if (localPart === '' && domain === '') return '';
  return partOf(part, localPart, domain, separator);
}
