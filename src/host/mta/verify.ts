// What a receiving server finds out about a message from outside: SPF of the reverse path, every DKIM signature, DMARC of
// the author's domain, the ARC chain if it looks at one, and what this server makes of it all. One policy after the other,
// so that each may use what the earlier ones found. RFC 7208, RFC 6376, RFC 9989, RFC 8617; the header is RFC 8601's.

import { judgeArc, type ArcTrust } from '../../auth/arc-trust.ts';
import type { ArcVerdict } from '../../auth/arc-verdict.ts';
import { verifyArc } from '../../auth/arc.ts';
import {
  arcMethod,
  iprevMethod,
  printAuthenticationResults,
  type AuthenticationResults,
} from '../../auth/authentication-results.ts';
import { decideDmarc, type DmarcCircumstances, type DmarcDecision } from '../../auth/dmarc-receiver.ts';
import { isInDomain } from '../../auth/domain.ts';
import { checkMessage, methodsOf, type MessageVerdict } from '../../auth/message-check.ts';
import { printReceivedSpf } from '../../auth/received-spf.ts';
import type { SpfVerdict } from '../../auth/spf-verdict.ts';
import type { Asking } from '../../dns/lookup.ts';
import { firstField, parseMessage, type Message } from '../../message/header.ts';
import { isInNetworks } from './access.ts';
import type { VerifyConfig } from './config.ts';

export interface VerifyInput {
  readonly ip: string;
  readonly helo: string;
  /** '' is the null reverse path. */
  readonly reversePath: string;
  readonly receiver: string;
  readonly verify: VerifyConfig;
  readonly nowSeconds: number;
  /** SPF was checked at RCPT already. */
  readonly knownSpf?: SpfVerdict;
  /** What the client's reverse name was worth. */
  readonly iprev: 'pass' | 'fail' | 'permerror' | 'temperror';
}

export interface Verification extends MessageVerdict {
  readonly decision: DmarcDecision;
  readonly arc?: { readonly verdict: ArcVerdict; readonly trust: ArcTrust };
}

export function* verifyMessage(input: VerifyInput, bytes: string): Asking<Verification> {
  const { verify, nowSeconds } = input;
  const message = parseMessage(bytes);
  const verdict = yield* checkMessage(
    message,
    {
      ip: input.ip,
      helo: input.helo,
      sender: input.reversePath,
      receiver: input.receiver,
      nowSeconds,
    },
    { nowSeconds },
    input.knownSpf,
  );
  const chain = verify.arc === true ? yield* verifyArc(message, { nowSeconds }) : undefined;
  const arc =
    chain === undefined
      ? undefined
      : { verdict: chain, trust: judgeArc(chain, verify.trustedSealers ?? [], verdict.author.domain) };
  const decision = decideDmarc(
    verdict.dmarc,
    {
      mode: verify.onReject === 'reject' ? 'strict' : 'rfc9989',
      onTemporaryError: verify.onDmarcTempError ?? 'accept',
    },
    circumstances(input, message, verdict, arc?.trust),
  );
  return { ...verdict, decision, ...(arc === undefined ? {} : { arc }) };
}

/** What speaks for a message although DMARC does not (RFC 9989 §7.4). */
function circumstances(
  { ip, verify }: VerifyInput,
  message: Message,
  verdict: MessageVerdict,
  trust: ArcTrust | undefined,
): DmarcCircumstances {
  return {
    isTrustedForwarder: isInNetworks(verify.trustedForwarders ?? [], ip),
    isMailingList: isKnownList(verify.knownLists ?? [], message, verdict),
    ...(trust?.comment === undefined ? {} : { trustedArc: trust.comment }),
  };
}

/** A List-Id that this receiver knows, vouched for by the list's own domain: List-Id alone is written by anybody. */
function isKnownList(known: readonly string[], message: Message, { spf, dkim }: MessageVerdict): boolean {
  const id = /<([^<>]+)>\s*$/.exec(firstField(message, 'List-Id')?.value ?? '')?.[1];
  if (id === undefined || !known.some((one) => one.toLowerCase() === id.toLowerCase())) return false;
  return (
    (spf.result === 'pass' && isInDomain(id, spf.domain)) ||
    dkim.some((one) => one.result === 'pass' && isInDomain(id, one.domain))
  );
}

/** The results as they stand in Authentication-Results. `policy.dmarc` tells the delivery agent what was decided. */
export function resultsOf(found: Verification, input: VerifyInput): AuthenticationResults {
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
  return {
    authservId: input.verify.authservId,
    results: [
      ...(input.verify.iprev === true ? [iprevMethod(input.iprev, input.ip)] : []),
      ...results,
      ...(found.arc === undefined ? [] : [arcMethod(found.arc.verdict, input.ip)]),
    ],
  };
}

/** Authentication-Results and Received-SPF with their line ends, for the top of the message (RFC 8601, RFC 7208 §9.1). */
export function resultsHeaders(found: Verification, input: VerifyInput): string {
  const results = printAuthenticationResults(resultsOf(found, input));
  return `${results}\r\n${printReceivedSpf(found.spf, input.receiver)}\r\n`;
}
