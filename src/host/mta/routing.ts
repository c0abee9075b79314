// Where a message goes next: the MX algorithm as a policy that asks DNS. RFC 5321 §5.1, RFC 7505; the texts and the
// order of tries are Postfix's (smtp_addr.c).

import { shuffle, type RandomState } from '../../base/random.ts';
import type { Asking, DnsAnswer } from '../../dns/lookup.ts';
import { TYPE_TLSA, type RecordType } from '../../dns/records.ts';
import type { RouteCandidate } from '../events.ts';

export interface RouteInput {
  readonly domain: string;
  /** Own host name and addresses: a route that leads back here is cut (RFC 5321 §5.1). */
  readonly ownName: string;
  readonly ownAddresses: readonly string[];
  readonly hasIpv6: boolean;
  /** DANE: ask for validated answers, and for TLSA records (RFC 7672 §2.2). */
  readonly dane?: true;
  /** State of the stream that shuffles hosts of equal preference; a copy is drawn from. */
  readonly draws: RandomState;
}

export interface Route {
  readonly method: 'mx' | 'implicitMx' | 'literal' | 'none';
  readonly candidates: readonly RouteCandidate[];
  /** Set when there is nowhere to go. */
  readonly failure?: { readonly dsn: string; readonly text: string; readonly warning?: string };
  readonly rule: string;
  /** For DANE: what was found for each host. */
  readonly tlsa?: readonly TlsaFinding[];
}

/** What DANE may go by for one host. */
export interface TlsaFinding {
  readonly host: string;
  /**
   * `insecureMx`: nobody vouches for the MX records. `insecureHost`: for the host's addresses. `none`: no records, or nobody
   * vouches for them. `failed`: the look-up failed.
   */
  readonly status: 'insecureMx' | 'insecureHost' | 'none' | 'failed' | 'found';
  /** Octets of the records, binary strings. */
  readonly records: readonly string[];
}

/** smtp_mx_address_limit */
export const ADDRESS_LIMIT = 5;

const absolute = (name: string): string => (name.endsWith('.') ? name : `${name}.`);
const plain = (name: string): string => (name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name);

function failed(answer: DnsAnswer): boolean {
  return answer.status === 'SERVFAIL' || answer.status === 'TIMEOUT' || answer.status === 'REFUSED';
}

function notFound(domain: string, type: string, why: string): string {
  return `Host or domain name not found. Name service error for name=${domain} type=${type}: ${why}`;
}

/** The addresses of a host, or why there are none. */
function* addressesOf(
  host: string,
  hasIpv6: boolean,
  validated: { readonly validated?: true },
): Asking<{ addresses: string[]; status: 'found' | 'none' | 'noHost' | 'failed'; isSecure: boolean }> {
  const addresses: string[] = [];
  let isSecure = true;
  let status: 'none' | 'noHost' | 'failed' = 'none';
  const types: readonly RecordType[] = hasIpv6 ? ['AAAA', 'A'] : ['A'];
  for (const type of types) {
    const answer = yield { name: absolute(host), type, ...validated };
    if (answer.isSecure !== true) isSecure = false;
    for (const record of answer.records)
      if ((record.data.type === 'A' || record.data.type === 'AAAA') && record.data.type === type)
        addresses.push(record.data.address);
    if (failed(answer)) status = 'failed';
    else if (answer.status === 'NXDOMAIN' && status !== 'failed') status = 'noHost';
  }
  return { addresses, status: addresses.length > 0 ? 'found' : status, isSecure };
}

/** RFC 7672 §2.2: TLSA records count only when the whole way to them is vouched for. */
function* tlsaOf(host: string, isMxSecure: boolean, isHostSecure: boolean): Asking<TlsaFinding> {
  if (!isMxSecure) return { host, status: 'insecureMx', records: [] };
  if (!isHostSecure) return { host, status: 'insecureHost', records: [] };
  const answer = yield { name: absolute(`_25._tcp.${host}`), type: 'TLSA', validated: true };
  if (failed(answer)) return { host, status: 'failed', records: [] };
  const records = answer.records.flatMap(({ data }) =>
    data.type === 'OTHER' && data.code === TYPE_TLSA ? [data.rdata] : [],
  );
  const isFound = answer.isSecure === true && records.length > 0;
  return { host, status: isFound ? 'found' : 'none', records: isFound ? records : [] };
}

/** Finds the hosts to try, in order. */
export function* findRoute(input: RouteInput): Asking<Route> {
  const { domain } = input;
  const literal = /^\[(?:IPv6:)?([0-9a-fA-F.:]+)\]$/.exec(domain)?.[1];
  if (literal !== undefined)
    return {
      method: 'literal',
      candidates: [{ preference: 0, host: domain, address: literal, verdict: 'chosen' }],
      rule: 'RFC 5321 §4.1.3',
    };
  const none = (
    dsn: string,
    text: string,
    rule: string,
    candidates: RouteCandidate[] = [],
    warning?: string,
  ): Route => ({
    method: 'none',
    candidates,
    failure: { dsn, text, ...(warning === undefined ? {} : { warning }) },
    rule,
  });
  const validated = input.dane === true ? { validated: true as const } : {};
  const answer = yield { name: absolute(domain), type: 'MX', ...validated };
  if (failed(answer))
    return none('4.4.3', notFound(domain, 'MX', 'Host not found, try again'), 'RFC 5321 §5.1');
  const exchanges = answer.records.flatMap((record) =>
    record.data.type === 'MX'
      ? [{ preference: record.data.preference, host: plain(record.data.exchange) }]
      : [],
  );
  if (answer.status === 'NXDOMAIN')
    return none('5.4.4', notFound(domain, 'A', 'Host not found'), 'RFC 5321 §5.1');
  if (exchanges.length === 0) return yield* implicitRoute(input);
  const usable = exchanges.filter((exchange) => exchange.host !== '.' && exchange.host !== '');
  if (usable.length === 0)
    return none('5.1.0', `Domain ${domain} does not accept mail (nullMX)`, 'RFC 7505 §3');

  shuffle([...input.draws] as RandomState, usable);
  usable.sort((a, b) => a.preference - b.preference);
  const candidates: RouteCandidate[] = [];
  const tlsa: TlsaFinding[] = [];
  let last = { host: usable[0]?.host ?? domain, status: 'none' as 'none' | 'noHost' | 'failed' };
  for (const { preference, host } of usable) {
    const found = yield* addressesOf(host, input.hasIpv6, validated);
    if (input.dane === true && found.status === 'found')
      tlsa.push(yield* tlsaOf(host, answer.isSecure === true, found.isSecure));
    if (found.status !== 'found') {
      last = { host, status: found.status };
      candidates.push({ preference, host, address: '', verdict: 'noAddress' });
    }
    for (const address of found.addresses) candidates.push({ preference, host, address, verdict: 'next' });
  }
  // RFC 5321 §5.1: oneself in the list cuts off everything of the same or a worse preference.
  const own = candidates.find(
    (c) =>
      c.address !== '' &&
      (input.ownAddresses.includes(c.address) || c.host.toLowerCase() === input.ownName.toLowerCase()),
  );
  const judged = candidates.map((c): RouteCandidate =>
    own !== undefined && c.preference >= own.preference && c.address !== ''
      ? { ...c, verdict: 'ownHost' }
      : c,
  );
  const left = judged.filter((c) => c.verdict === 'next');
  if (left.length === 0 && own !== undefined)
    return none('5.4.6', `mail for ${domain} loops back to myself`, 'RFC 5321 §5.1', judged);
  if (left.length === 0) {
    const warning = `no MX host for ${domain} has a valid address record`;
    return last.status === 'failed'
      ? none('4.4.3', notFound(last.host, 'A', 'Host not found, try again'), 'RFC 5321 §5.1', judged, warning)
      : none(
          '5.4.4',
          notFound(
            last.host,
            'A',
            last.status === 'noHost' ? 'Host not found' : 'Host found but no data record of requested type',
          ),
          'RFC 5321 §5.1',
          judged,
          warning,
        );
  }
  return {
    method: 'mx',
    candidates: chosen(judged),
    rule: 'RFC 5321 §5.1',
    ...(input.dane === true ? { tlsa } : {}),
  };
}

/** No MX at all: the domain's own address counts as one of preference 0 (RFC 5321 §5.1). */
function* implicitRoute(input: RouteInput): Asking<Route> {
  const { domain } = input;
  const found = yield* addressesOf(domain, input.hasIpv6, input.dane === true ? { validated: true } : {});
  const failure = (dsn: string, text: string): Route => ({
    method: 'none',
    candidates: [],
    failure: { dsn, text },
    rule: 'RFC 5321 §5.1',
  });
  switch (found.status) {
    case 'failed':
      return failure('4.4.3', notFound(domain, 'A', 'Host not found, try again'));
    case 'noHost':
      return failure('5.4.4', notFound(domain, 'A', 'Host not found'));
    case 'none':
      return failure('5.4.4', notFound(domain, 'A', 'Host found but no data record of requested type'));
    case 'found':
      if (found.addresses.some((address) => input.ownAddresses.includes(address)))
        return failure('5.4.6', `mail for ${domain} loops back to myself`);
      return {
        method: 'implicitMx',
        candidates: chosen(
          found.addresses.map((address) => ({
            preference: 0,
            host: domain,
            address,
            verdict: 'next' as const,
          })),
        ),
        rule: 'RFC 5321 §5.1',
        ...(input.dane === true ? { tlsa: [yield* tlsaOf(domain, true, found.isSecure)] } : {}),
      };
  }
}

/** Marks the first as chosen and what lies beyond the limit as such. */
function chosen(candidates: readonly RouteCandidate[]): RouteCandidate[] {
  let count = 0;
  return candidates.map((c) => {
    if (c.verdict !== 'next') return c;
    count++;
    return { ...c, verdict: count === 1 ? 'chosen' : count <= ADDRESS_LIMIT ? 'next' : 'limit' };
  });
}
