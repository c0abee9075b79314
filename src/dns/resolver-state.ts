// The state of a recursive resolver, all of it plain data: settings, cache, resolutions under way and the queries they wait
// for. Knows how to begin and what is due, not how to resolve.

import type { Time } from '../base/dates.ts';
import type { RandomState } from '../base/random.ts';
import type { DnsMessage } from './message.ts';
import { isSubdomain, nameKey } from './name.ts';
import { typeName, type ResourceRecord } from './records.ts';
import { emptyCache, type Cache } from './resolver-cache.ts';
import type { FailureReason, ResolverNote } from './resolver-note.ts';
import type { SecurityTable } from './resolver-security.ts';

export interface ResolverSettings {
  /** NS records of the root and the addresses of their hosts. */
  readonly hints: readonly ResourceRecord[];
  /** Kinds of addresses that this host can reach. */
  readonly families: readonly (4 | 6)[];
  /** Wait for the first answers of a server; doubles from the fourth round on (BIND: 800). */
  readonly firstTimeoutMs: number;
  readonly tcpTimeoutMs: number;
  /** A resolution ends in SERVFAIL after this (BIND's resolver-query-timeout: 10 000). */
  readonly patienceMs: number;
  /** Longest that records and absences are remembered, in seconds (BIND: a week, three hours). */
  readonly maxTtl: number;
  readonly maxNegativeTtl: number;
  /** How long a failure is remembered (RFC 9520: 1 to 300; BIND's servfail-ttl: 1). */
  readonly failureTtl: number;
  readonly udpSize: number;
  /** Queries for one question of a client, those for name servers' addresses included. */
  readonly maxQueries: number;
  /** Nesting of look-ups of name servers' addresses. */
  readonly maxDepth: number;
  /** Links of a CNAME chain. */
  readonly maxChain: number;
  /** What validation finds, zone by zone: a model, see resolver-security.ts. */
  readonly dnssec: SecurityTable;
  /** Reasons in OPT beside SERVFAIL (RFC 8914), which BIND 9.18 does not give. */
  readonly extendedErrors: boolean;
}

export const DEFAULT_SETTINGS: Omit<ResolverSettings, 'hints'> = {
  families: [4],
  firstTimeoutMs: 800,
  tcpTimeoutMs: 5000,
  patienceMs: 10_000,
  maxTtl: 604_800,
  maxNegativeTtl: 10_800,
  failureTtl: 1,
  udpSize: 1232,
  maxQueries: 100,
  maxDepth: 7,
  maxChain: 11,
  dnssec: {},
  extendedErrors: false,
};

/** A query of a client. `client` is the host's own key for the way back. */
export interface ClientQuery {
  readonly client: string;
  readonly message: DnsMessage;
  readonly transport: 'udp' | 'tcp';
  /** Family of the client's address. */
  readonly family?: 4 | 6;
  /** Hexadecimal digits of the server's cookie for this client. */
  readonly serverCookie?: string;
}

export type ResolverOutput =
  | {
      readonly kind: 'reply';
      readonly client: string;
      readonly transport: 'udp' | 'tcp';
      readonly message: DnsMessage;
    }
  /** Send this; answers come back by `resolverResponse`, failures by `resolverUnreachable` with the same `exchange`. */
  | {
      readonly kind: 'ask';
      readonly exchange: number;
      readonly server: string;
      readonly transport: 'udp' | 'tcp';
      /** Source port to send from. */
      readonly port: number;
      readonly message: DnsMessage;
    };

/** A record with the moment at which it stops being true. */
export interface Held {
  readonly record: ResourceRecord;
  readonly expiresAt: Time;
}

export interface Outcome {
  readonly rcode: number;
  /** Why it is SERVFAIL. */
  readonly why?: FailureReason;
  readonly answers: readonly Held[];
  readonly soa?: Held;
}

/** A name server of the zone at hand. `wanted`: address unknown, not yet looked for. */
export interface HostChoice {
  readonly host: string;
  addresses: string[];
  state: 'known' | 'wanted' | 'looking' | 'unknown';
  /** Resolutions that look for its addresses. */
  jobs: number[];
}

export interface ZoneAtHand {
  readonly name: string;
  readonly hosts: HostChoice[];
  /** Asked in this round; and given up for good. */
  tried: string[];
  dead: string[];
  round: number;
}

export interface Job {
  readonly id: number;
  readonly name: string;
  readonly type: number;
  readonly deadline: Time;
  readonly depth: number;
  readonly creator: number | undefined;
  parents: number[];
  clients: ClientQuery[];
  /** Queries sent so far, those of look-ups begun here included. */
  asked: number;
  /** The name being looked for after the aliases in `chain`. */
  current: string;
  chain: Held[];
  zone: ZoneAtHand | undefined;
  exchange: number | undefined;
}

export interface Exchange {
  readonly id: number;
  readonly job: number;
  readonly server: string;
  readonly transport: 'udp' | 'tcp';
  readonly port: number;
  readonly messageId: number;
  readonly edns: boolean;
  readonly sentAt: Time;
  readonly deadline: Time;
}

export interface ResolverState {
  readonly settings: ResolverSettings;
  readonly random: RandomState;
  cache: Cache;
  readonly jobs: Map<number, Job>;
  /** Resolutions by question, so that equal ones are joined. */
  readonly byQuestion: Map<string, number>;
  readonly exchanges: Map<number, Exchange>;
  /** Servers that timed out, until when they are asked last. */
  readonly slow: Map<string, Time>;
  /** Jobs that can go on; empty between calls. */
  ready: number[];
  outputs: ResolverOutput[];
  notes: ResolverNote[];
  nextJob: number;
  nextExchange: number;
}

/** A resolver that knows nothing but the hints. `random` becomes part of its state. */
export function createResolver(
  settings: Partial<ResolverSettings> & Pick<ResolverSettings, 'hints'>,
  random: RandomState,
): ResolverState {
  return {
    settings: { ...DEFAULT_SETTINGS, ...settings },
    random,
    cache: emptyCache(),
    jobs: new Map(),
    byQuestion: new Map(),
    exchanges: new Map(),
    slow: new Map(),
    ready: [],
    outputs: [],
    notes: [],
    nextJob: 1,
    nextExchange: 1,
  };
}

/** Takes what is to be sent. */
export function takeResolverOutputs(state: ResolverState): ResolverOutput[] {
  const out = state.outputs;
  state.outputs = [];
  return out;
}

/** Takes what happened since the last call. */
export function takeResolverNotes(state: ResolverState): ResolverNote[] {
  const out = state.notes;
  state.notes = [];
  return out;
}

/** When `resolverTick` must be called at the latest; undefined when nothing is under way. */
export function resolverWakeAt(state: ResolverState): Time | undefined {
  let at: Time | undefined;
  for (const { deadline } of state.exchanges.values()) at = Math.min(at ?? deadline, deadline);
  for (const { deadline } of state.jobs.values()) at = Math.min(at ?? deadline, deadline);
  return at;
}

/** Forgets everything, or everything at and below a name (`rndc flush`, `rndc flushtree`; S3-025). */
export function flushResolver(state: ResolverState, name?: string): void {
  if (name === undefined) {
    state.cache = emptyCache();
    state.slow.clear();
    return;
  }
  for (const key of [...state.cache.names.keys()]) if (isSubdomain(key, name)) state.cache.names.delete(key);
}

/** Key of a question, for maps. */
export function questionKey(name: string, type: number): string {
  return `${nameKey(name)} ${type}`;
}

/** What every note of a job has. */
export function about(job: Job): { job: number; name: string; type: string } {
  return { job: job.id, name: job.current, type: typeName(job.type) };
}
