// A look-up as a policy sees it: it asks for a name and a type and gets an answer, whoever runs it (a host over simulated
// DNS, the command line over a zone file, a test over a table). RFC 1034 §5.2.

import { TYPE_CODES, TYPE_TLSA, type RecordType, type ResourceRecord } from './records.ts';

/** What may be asked for: what we interpret, and what DANE needs (its data stays as octets, see `auth/dane.ts`). */
export type LookupType = RecordType | 'TLSA';

/** The code of a type that may be asked for. */
export function lookupCode(type: LookupType): number {
  return type === 'TLSA' ? TYPE_TLSA : TYPE_CODES[type];
}

/** `name` is absolute with its final dot. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: LookupType;
  /** The asker wants to know whether the answer is validated (RFC 3225: the DO bit). */
  readonly validated?: true;
}

/** TIMEOUT: no server answered in time. SERVFAIL and REFUSED as the resolver said. */
export type DnsStatus = 'NOERROR' | 'NXDOMAIN' | 'SERVFAIL' | 'REFUSED' | 'TIMEOUT';

/**
 * What came back. `records` holds the answer section, CNAME chain first; NOERROR without a record of the asked type is
 * NODATA. TTLs are what is left of them at the resolver, in seconds.
 */
export interface DnsAnswer {
  readonly status: DnsStatus;
  readonly records: readonly ResourceRecord[];
  /** Address of the resolver or server that answered. */
  readonly server?: string;
  /** The resolver vouches for it with DNSSEC (AD, RFC 6840 §5.8). Only told to who asked for it. */
  readonly isSecure?: true;
  /** Seconds that a negative answer may still be cached (RFC 2308 §5). */
  readonly negativeTtl?: number;
}

/** A policy that asks and, in the end, returns a verdict. */
export type Asking<Verdict> = Generator<DnsQuestion, Verdict, DnsAnswer>;
