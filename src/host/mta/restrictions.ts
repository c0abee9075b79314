// What smtpd looks up before it accepts a recipient from outside: block lists for the client, the sender's domain, SPF. One
// policy for all of it, in Postfix's order, that stops where somebody would be refused; it finds out, and smtpd decides.
// postconf(5), smtpd_client_restrictions to smtpd_recipient_restrictions; RFC 5782 for the lists.

import { parseIp, reverseName } from '../../auth/ip.ts';
import type { SpfInput, SpfReason, SpfVerdict } from '../../auth/spf-verdict.ts';
import { checkSpf } from '../../auth/spf.ts';
import type { Asking } from '../../dns/lookup.ts';
import type { SpfRefusal } from '../../smtp/auth-replies.ts';
import { senderDomain, type SenderDomain } from './client-name.ts';
import type { VerifyConfig } from './config.ts';

export interface RestrictionInput {
  readonly address: string;
  /** reject_rbl_client, in order. */
  readonly blockLists: readonly string[];
  /** reject_unknown_sender_domain: the domain to look for. */
  readonly senderDomain?: string;
  /** The SPF policy service is asked at RCPT. */
  readonly spf?: SpfInput;
}

/** What one block list said of the client. */
export interface Listing {
  readonly list: string;
  readonly result: 'listed' | 'notListed' | 'noAnswer';
  /** The name that was asked for. */
  readonly name: string;
  /** 127.0.0.x */
  readonly code?: string;
  readonly text?: string;
}

export interface RestrictionFindings {
  readonly listings: readonly Listing[];
  readonly senderDomain?: SenderDomain;
  readonly spf?: SpfVerdict;
}

export function* findRestrictions(input: RestrictionInput): Asking<RestrictionFindings> {
  const listings: Listing[] = [];
  for (const list of input.blockLists) {
    const listing = yield* lookInList(list, input.address);
    listings.push(listing);
    if (listing.result === 'listed') return { listings };
  }
  const domain = input.senderDomain === undefined ? undefined : yield* senderDomain(input.senderDomain);
  const known = { listings, ...(domain === undefined ? {} : { senderDomain: domain }) };
  if (input.spf === undefined || (domain !== undefined && domain !== 'exists')) return known;
  return { ...known, spf: yield* checkSpf(input.spf) };
}

/** RFC 5782 §2.1: the address backwards under the list's zone; any A record means listed, TXT says why. */
function* lookInList(list: string, address: string): Asking<Listing> {
  const ip = parseIp(address);
  if (ip === undefined) return { list, result: 'notListed', name: list };
  const back = reverseName(ip).replace(/\.(?:in-addr|ip6)\.arpa\.?$/, '');
  const name = `${back}.${list.replace(/\.$/, '')}`;
  const found = yield { name: `${name}.`, type: 'A' };
  const record = found.records.find(({ data }) => data.type === 'A');
  if (record?.data.type !== 'A')
    return {
      list,
      name,
      // A list that is silent must not stop anybody's mail.
      result: found.status === 'NOERROR' || found.status === 'NXDOMAIN' ? 'notListed' : 'noAnswer',
    };
  const why = yield { name: `${name}.`, type: 'TXT' };
  const text = why.records.find(({ data }) => data.type === 'TXT')?.data;
  return {
    list,
    name,
    result: 'listed',
    code: record.data.address,
    text: text?.type === 'TXT' ? text.strings.join('') : '',
  };
}

/** pyspf's words for what went wrong. */
const PROBLEMS: Readonly<Partial<Record<SpfReason, string>>> = {
  'many-records': 'Two or more type TXT spf records found.',
  syntax: 'Unknown mechanism found',
  'include-none': 'No valid SPF record for included domain',
  'include-failed': 'No valid SPF record for included domain',
  'redirect-none': 'redirect domain has no SPF record',
  'too-many-lookups': 'Too many DNS lookups',
  'too-many-voids': 'Void lookup limit of 2 exceeded',
  'too-many-mx': 'More than 10 MX records returned',
  'lookup-failed': 'DNS Timeout',
};

/** What the SPF policy service refuses or puts off; undefined when the message may come (S4-009). */
export function spfRefusal(verify: VerifyConfig, verdict: SpfVerdict): SpfRefusal | undefined {
  const { result } = verdict;
  const acts =
    (result === 'fail' && verify.spf === 'reject') ||
    (result === 'permerror' && verify.spfPermErrorReject === true) ||
    (result === 'temperror' && verify.spfTempErrorDefer === true);
  if (!acts) return undefined;
  const isHelo = verdict.identity === 'helo';
  return {
    kind: result,
    problem: PROBLEMS[verdict.reason] ?? 'could not be checked',
    scope: isHelo ? 'helo' : 'mfrom',
    identity: isHelo ? verdict.helo : verdict.sender,
    ip: verdict.ip,
  };
}

/** Whether the policy service is asked at RCPT at all: a receiver that only writes headers checks at the end of data. */
export function asksSpfAtRcpt(verify: VerifyConfig | undefined): boolean {
  return (
    verify !== undefined &&
    (verify.spf === 'reject' || verify.spfPermErrorReject === true || verify.spfTempErrorDefer === true)
  );
}
