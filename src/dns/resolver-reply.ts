// Reads what an authoritative server said to a resolver: an answer, an alias, a no, a referral, or nothing of use. Only
// what lies below the zone that the server was asked for is believed. RFC 1034 §5.3.3, RFC 2181 §5.4.1, RFC 2308 §2.

import { isSubdomain, nameKey, sameName } from './name.ts';
import { TYPE_ANY, TYPE_CODES, typeCode, type ResourceRecord } from './records.ts';
import { RCODE, rcodeName, type DnsMessage } from './wire.ts';

export type UpstreamReply =
  /** `chain` are the CNAMEs on the way, `records` what was asked for. */
  | {
      readonly kind: 'answer';
      readonly chain: readonly ResourceRecord[];
      readonly records: readonly ResourceRecord[];
    }
  /** The chain leaves what this server may speak of; go on with `target`. */
  | { readonly kind: 'alias'; readonly chain: readonly ResourceRecord[]; readonly target: string }
  | {
      readonly kind: 'nxdomain' | 'nodata';
      readonly chain: readonly ResourceRecord[];
      readonly name: string;
      readonly soa: ResourceRecord | undefined;
    }
  | { readonly kind: 'referral'; readonly zone: string; readonly servers: readonly ResourceRecord[] }
  | { readonly kind: 'lame'; readonly why: string };

/** Sets of one name and type, in order of first appearance. */
export function groupSets(records: readonly ResourceRecord[]): ResourceRecord[][] {
  const sets = new Map<string, ResourceRecord[]>();
  for (const record of records) {
    const key = `${nameKey(record.name)} ${typeCode(record.data)}`;
    const set = sets.get(key);
    if (set) set.push(record);
    else sets.set(key, [record]);
  }
  return [...sets.values()];
}

/** The reply of a server for `zone` to the question `name`/`type`. */
export function readReply(message: DnsMessage, name: string, type: number, zone: string): UpstreamReply {
  if (message.rcode !== RCODE.NOERROR && message.rcode !== RCODE.NXDOMAIN)
    return { kind: 'lame', why: rcodeName(message.rcode) };
  const answers = message.answers.filter((record) => isSubdomain(record.name, zone));
  if (answers.length > 0 && !message.flags.aa) return { kind: 'lame', why: 'not authoritative' };
  const chain: ResourceRecord[] = [];
  let current = name;
  for (;;) {
    const here = answers.filter((record) => sameName(record.name, current));
    const records = here.filter((record) => type === TYPE_ANY || typeCode(record.data) === type);
    if (records.length > 0) return { kind: 'answer', chain, records };
    const alias = here.find((record) => record.data.type === 'CNAME');
    if (alias?.data.type !== 'CNAME') break;
    const target = alias.data.target;
    chain.push(alias);
    // RFC 1034 §3.6.2: a loop is an error; the resolver finds it when it goes on.
    const seen = chain.some((link) => sameName(link.name, target));
    current = target;
    if (seen || !isSubdomain(target, zone)) return { kind: 'alias', chain, target };
  }
  const soa = message.authority.find(
    (record) =>
      record.data.type === 'SOA' && isSubdomain(record.name, zone) && isSubdomain(current, record.name),
  );
  if (message.rcode === RCODE.NXDOMAIN) {
    if (!message.flags.aa) return { kind: 'lame', why: 'not authoritative' };
    return { kind: 'nxdomain', chain, name: current, soa };
  }
  const servers = message.authority.filter(
    (record) => typeCode(record.data) === TYPE_CODES.NS && isSubdomain(current, record.name),
  );
  const cut = servers[0]?.name;
  const isBelow = cut !== undefined && isSubdomain(cut, zone) && !sameName(cut, zone);
  if (!soa && isBelow) {
    if (chain.length > 0) return { kind: 'alias', chain, target: current };
    return { kind: 'referral', zone: cut, servers: servers.filter((record) => sameName(record.name, cut)) };
  }
  if (message.flags.aa) return { kind: 'nodata', chain, name: current, soa };
  // RFC 1034 §5.3.3 step 4b: a delegation must lead closer.
  return { kind: 'lame', why: cut === undefined ? 'not authoritative' : 'referral leads nowhere' };
}
