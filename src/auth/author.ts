// Who a message says it is from: the Author Domain, on which DMARC stands or falls. RFC 9989 §5.3.1, RFC 5322
// §3.6.2.

import { mailboxesOf, parseAddressList } from '../message/address.ts';
import { allFields, parseMessage } from '../message/header.ts';
import type { Message } from '../message/header.ts';
import { toALabels } from './a-label.ts';
import { isAskable, plainDomain } from './domain.ts';

export type AuthorProblem = 'no-from' | 'many-from' | 'no-address' | 'bad-domain' | 'many-domains';

/** The author's domain with A-labels, or why there is none. `addresses` are those found, for the reasoning. */
export interface Author {
  readonly domain?: string;
  readonly problem?: AuthorProblem;
  /** Value of the From field, unfolded (binary string). */
  readonly from?: string;
  readonly addresses: readonly string[];
}

/** Reads the From field. Several authors of one domain have that domain; of several domains, none (RFC 9989 §5.3.1). */
export function authorOf(input: string | Uint8Array | Message): Author {
  const message = typeof input === 'string' || input instanceof Uint8Array ? parseMessage(input) : input;
  const fields = allFields(message, 'from');
  const field = fields[0];
  if (field === undefined) return { problem: 'no-from', addresses: [] };
  if (fields.length > 1) return { problem: 'many-from', from: field.value, addresses: [] };
  const mailboxes = mailboxesOf(parseAddressList(field.value));
  const addresses = mailboxes.map((box) => `${box.localPart}@${box.domain}`);
  const found = { from: field.value, addresses };
  if (mailboxes.length === 0) return { problem: 'no-address', ...found };
  const domains = new Set<string>();
  for (const box of mailboxes) {
    const domain = toALabels(plainDomain(box.domain));
    if (domain === undefined || !isAskable(domain) || domain.startsWith('['))
      return { problem: 'bad-domain', ...found };
    domains.add(domain);
  }
  const [domain] = domains;
  return domains.size === 1 && domain !== undefined
    ? { domain, ...found }
    : { problem: 'many-domains', ...found };
}
