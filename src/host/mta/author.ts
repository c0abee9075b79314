// The author of a message: the one mailbox in From (RFC 5322 §3.6.2), on which signing and DMARC depend.

import { mailboxesOf, parseAddressList } from '../../message/address.ts';
import { allFields, parseMessage } from '../../message/header.ts';

/** The domain of the only From mailbox, lower case; undefined when there is none or more than one. */
export function authorDomain(text: string): string | undefined {
  const fields = allFields(parseMessage(text), 'From');
  const boxes = fields.flatMap((field) => mailboxesOf(parseAddressList(field.value)));
  const only = boxes.length === 1 ? boxes[0] : undefined;
  return only === undefined || only.domain === '' ? undefined : only.domain.toLowerCase();
}
