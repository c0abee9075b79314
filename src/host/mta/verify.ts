// What a receiving server finds out about a message from outside: SPF of the reverse path, every DKIM signature, DMARC of
// the author's domain, and what this server makes of it. One policy after the other, so that each may use what the
// earlier ones found. RFC 7208, RFC 6376, RFC 9989; the header is RFC 8601's.

import { printAuthenticationResults } from '../../auth/authentication-results.ts';
import {
  decideDmarc,
  RFC9989_RECEIVER,
  STRICT_RECEIVER,
  type DmarcDecision,
} from '../../auth/dmarc-receiver.ts';
import { checkMessage, methodsOf, type MessageVerdict } from '../../auth/message-check.ts';
import { printReceivedSpf } from '../../auth/received-spf.ts';
import type { Asking } from '../../dns/lookup.ts';

export interface VerifyInput {
  readonly ip: string;
  readonly helo: string;
  /** '' is the null reverse path. */
  readonly reversePath: string;
  readonly receiver: string;
  readonly authservId: string;
  /** What this server does under p=reject without further evidence. */
  readonly onReject: 'reject' | 'quarantine';
  readonly nowSeconds: number;
}

export interface Verification extends MessageVerdict {
  readonly decision: DmarcDecision;
}

export function* verifyMessage(input: VerifyInput, bytes: string): Asking<Verification> {
  const verdict = yield* checkMessage(
    bytes,
    {
      ip: input.ip,
      helo: input.helo,
      sender: input.reversePath,
      receiver: input.receiver,
      nowSeconds: input.nowSeconds,
    },
    { nowSeconds: input.nowSeconds },
  );
  const decision = decideDmarc(
    verdict.dmarc,
    input.onReject === 'reject' ? STRICT_RECEIVER : RFC9989_RECEIVER,
  );
  return { ...verdict, decision };
}

/**
 * Authentication-Results and Received-SPF with their line ends, for the top of the message. `policy.dmarc` tells the
 * delivery agent what this server made of the domain's wish (IANA, Email Authentication Methods).
 */
export function resultsHeaders(found: Verification, authservId: string, receiver: string): string {
  const disposition =
    found.decision.action === 'junk' ? 'quarantine' : found.decision.action === 'reject' ? 'reject' : 'none';
  const results = methodsOf(found).map((method) =>
    method.method === 'dmarc' && method.result === 'fail'
      ? {
          ...method,
          properties: [{ type: 'policy', property: 'dmarc', value: disposition }, ...method.properties],
        }
      : method,
  );
  return `${printAuthenticationResults({ authservId, results })}\r\n${printReceivedSpf(found.spf, receiver)}\r\n`;
}
