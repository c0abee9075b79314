// A look-up as a policy sees it: it asks for a name and a type and gets an answer, whoever runs it (a host over simulated
// DNS, the command line over a zone file, a test over a table). RFC 1034 §5.2.

import type { RecordType, ResourceRecord } from './records.ts';

/** `name` is absolute with its final dot. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType;
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
  /** Seconds that a negative answer may still be cached (RFC 2308 §5). */
  readonly negativeTtl?: number;
}

/** A policy that asks and, in the end, returns a verdict. */
export type Asking<Verdict> = Generator<DnsQuestion, Verdict, DnsAnswer>;
