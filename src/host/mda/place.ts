// Inbox or Junk, decided from the bytes alone: the Authentication-Results that the own mail exchanger wrote on top. What
// stands below them may be anybody's. RFC 8601 §5, RFC 9989 §5.3.5.

import { parseAuthenticationResults, type MethodResult } from '../../auth/authentication-results.ts';
import { allFields, parseMessage } from '../../message/header.ts';
import type { PlacementReason } from '../events.ts';

export interface Placement {
  readonly folder: 'INBOX' | 'Junk';
  readonly reasons: readonly PlacementReason[];
  readonly rule: string;
}

/**
 * Inbox or Junk, from the results of the own mail exchanger. DMARC decides where a domain has a policy (RFC 9989 §5.3.5);
 * without one, this provider's own rule puts a failed SPF check into Junk.
 */
export function place(raw: string, authservId: string): Placement {
  const results = trustedResults(raw, authservId);
  if (results === undefined)
    return { folder: 'INBOX', reasons: [{ id: 'noVerdict', params: { authservId } }], rule: 'RFC 8601 §4.1' };
  const of = (method: string): MethodResult | undefined => results.find((result) => result.method === method);
  const dmarc = of('dmarc');
  const spf = of('spf');
  const domain = property(dmarc, 'header', 'from') ?? '';
  const policy = property(dmarc, 'policy', 'dmarc') ?? 'none';
  if (dmarc?.result === 'fail' && (policy === 'quarantine' || policy === 'reject'))
    return {
      folder: 'Junk',
      reasons: [
        { id: policy === 'quarantine' ? 'dmarcQuarantine' : 'dmarcReject', params: { domain, policy } },
      ],
      rule: 'RFC 9989 §5.3.5',
    };
  // The mail exchanger knew better than the policy: a trusted forwarder, a known list.
  if (dmarc?.result === 'fail' && /^(?:p|sp|np)=(?:quarantine|reject)/.test(dmarc.comment ?? ''))
    return {
      folder: 'INBOX',
      reasons: [{ id: 'dmarcOverridden', params: { domain } }],
      rule: 'RFC 9989 §7.4',
    };
  if (dmarc?.result === 'pass')
    return { folder: 'INBOX', reasons: [{ id: 'dmarcPass', params: { domain } }], rule: 'RFC 9989 §5.3' };
  if (spf?.result === 'fail')
    return {
      folder: 'Junk',
      reasons: [{ id: 'spfFail', params: { domain: property(spf, 'smtp', 'mailfrom') ?? '' } }],
      rule: 'RFC 7208 §8.4',
    };
  return { folder: 'INBOX', reasons: [{ id: 'default', params: {} }], rule: 'RFC 8601 §4.1' };
}

/** The topmost results that the trusted server wrote; what stands below may be anybody's (RFC 8601 §5). */
function trustedResults(raw: string, authservId: string): readonly MethodResult[] | undefined {
  for (const field of allFields(parseMessage(raw), 'Authentication-Results')) {
    const parsed = parseAuthenticationResults(field.rawValue);
    if (parsed?.authservId.toLowerCase() === authservId.toLowerCase()) return parsed.results;
  }
  return undefined;
}

function property(result: MethodResult | undefined, type: string, name: string): string | undefined {
  return result?.properties.find((p) => p.type === type && p.property === name)?.value;
}
