// What a message tells about its own way, for the diagnosis where nobody watched it travel (the command line, a message that
// somebody pastes): whether its trace names a forwarder. Header lines may lie; a finding made from them says "came from".
// RFC 5321 §4.4.

import { allFields, parseMessage, type Message } from '../message/header.ts';
import { parseReceived } from '../message/received.ts';
import type { DiagnoseContext } from './diagnose.ts';
import { isInDomain } from './domain.ts';
import type { SpfVerdict } from './spf-verdict.ts';

/** `spf` names the envelope's domain and the address that handed the message over. */
export function contextOfMessage(
  input: string | Message,
  spf: Pick<SpfVerdict, 'domain' | 'ip'>,
): DiagnoseContext {
  const message = typeof input === 'string' ? parseMessage(input) : input;
  // Newest first: the first whose giver is of the domain and whose taker is not.
  for (const field of allFields(message, 'received')) {
    const { helo, clientName, by, clientAddress } = parseReceived(field.value);
    if (by === undefined || isInDomain(by, spf.domain)) continue;
    // The receiver's own line is about the connection that SPF judged; the hop before it is what counts.
    if (clientAddress === spf.ip) continue;
    const giver = clientName !== undefined && clientName !== 'unknown' ? clientName : helo;
    if (giver !== undefined && isInDomain(giver, spf.domain)) return { forwardedBy: by };
  }
  return {};
}
