// The envelope laid beside the letter: who the servers were told to deliver to, and whom the header names. Neither follows
// from the other, which is how Bcc, mailing lists, forwarding and forgery work. RFC 5321 §2.3.1, RFC 5322 §3.6.3.

import { mailboxesOf, parseAddressList, printAddrSpec } from './address.ts';
import { allFields, binary, parseMessage } from './header.ts';

export interface Envelope {
  /** '' is the null reverse path. */
  readonly reversePath: string;
  readonly recipients: readonly string[];
}

/** How the envelope's sender stands to the author. `null`: reports and answers of machines come without a sender. */
export type SenderRelation = 'same' | 'sameDomain' | 'otherDomain' | 'null' | 'noAuthor';
export type RecipientField = 'To' | 'Cc' | 'Bcc';

export interface EnvelopeComparison {
  readonly sender: {
    readonly reversePath: string;
    readonly authors: readonly string[];
    /** Sender:, when it is written. */
    readonly agent?: string;
    readonly relation: SenderRelation;
  };
  /** Those of the envelope, with the fields that name them; none: blind copy, list or forwarding. */
  readonly recipients: readonly { readonly address: string; readonly fields: readonly RecipientField[] }[];
  /** Those of the header who are not in this envelope. */
  readonly others: readonly { readonly address: string; readonly field: RecipientField }[];
}

const same = (address: string): string => {
  const at = address.lastIndexOf('@');
  // RFC 5321 §2.4: only the domain is free of case; but nobody means two people by Bob and bob.
  return `${address.slice(0, at)}${address.slice(at).toLowerCase()}`.toLowerCase();
};
const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1).toLowerCase();

/** Lays them beside each other; any bytes will do for a message. */
export function compareEnvelope(envelope: Envelope, source: string | Uint8Array): EnvelopeComparison {
  const message = parseMessage(binary(source));
  const named = (field: string): string[] =>
    allFields(message, field).flatMap(({ value }) =>
      mailboxesOf(parseAddressList(value)).map((box) => printAddrSpec(box.localPart, box.domain)),
    );
  const fields = (['To', 'Cc', 'Bcc'] as const).map((field) => ({ field, addresses: named(field) }));
  const authors = named('From');
  const [agent] = named('Sender');
  const { reversePath, recipients } = envelope;
  const inEnvelope = new Set(recipients.map(same));
  return {
    sender: {
      reversePath,
      authors,
      ...(agent === undefined ? {} : { agent }),
      relation: relate(reversePath, authors),
    },
    recipients: recipients.map((address) => ({
      address,
      fields: fields.flatMap(({ field, addresses }) =>
        addresses.some((one) => same(one) === same(address)) ? [field] : [],
      ),
    })),
    others: fields.flatMap(({ field, addresses }) =>
      addresses.filter((one) => !inEnvelope.has(same(one))).map((address) => ({ address, field })),
    ),
  };
}

function relate(reversePath: string, authors: readonly string[]): SenderRelation {
  if (reversePath === '') return 'null';
  if (authors.length === 0) return 'noAuthor';
  if (authors.some((one) => same(one) === same(reversePath))) return 'same';
  return authors.some((one) => domainOf(one) === domainOf(reversePath)) ? 'sameDomain' : 'otherDomain';
}
