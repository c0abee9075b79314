// A caching recursive resolver: clients' queries and servers' responses in, replies and queries out, the clock as an
// argument. All state is plain data, so a world can be copied in the middle of a resolution. Asks from the root downwards
// and waits as BIND does. RFC 1034 §5.3.3 is the algorithm; cache and replies have files of their own.

import type { Time } from '../base/dates.ts';
import { nextInt, shuffle, type RandomState } from '../base/random.ts';
import { bareResponse, responseLimit } from './authoritative.ts';
import { isSubdomain, nameKey, sameName, withAncestors } from './name.ts';
import { rdataText, TYPE_CODES, typeCode, typeName, type ResourceRecord } from './records.ts';
import {
  cachedAnswer,
  cachedRecords,
  emptyCache,
  secondsLeft,
  storeFailure,
  storeNegative,
  storeRecords,
  type Cache,
  type Trust,
} from './resolver-cache.ts';
import type { FailureReason, ResolverNote } from './resolver-note.ts';
import { groupSets, readReply, type UpstreamReply } from './resolver-reply.ts';
import { CLASS_IN, fitMessage, NO_FLAGS, RCODE, rcodeName, type DnsMessage } from './wire.ts';

export type { ResolverNote } from './resolver-note.ts';

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
interface Held {
  readonly record: ResourceRecord;
  readonly expiresAt: Time;
}

interface Outcome {
  readonly rcode: number;
  readonly answers: readonly Held[];
  readonly soa?: Held;
}

/** A name server of the zone at hand. `wanted`: address unknown, not yet looked for. */
interface HostChoice {
  readonly host: string;
  addresses: string[];
  state: 'known' | 'wanted' | 'looking' | 'unknown';
  /** Resolutions that look for its addresses. */
  jobs: number[];
}

interface ZoneAtHand {
  readonly name: string;
  readonly hosts: HostChoice[];
  /** Asked in this round; and given up for good. */
  tried: string[];
  dead: string[];
  round: number;
}

interface Job {
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

interface Exchange {
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

// --------------------------------------------------------------------------------------------------------- clients

/** A client asks. The reply comes among the outputs, at once or later. */
export function resolverQuery(state: ResolverState, now: Time, query: ClientQuery): void {
  const { message } = query;
  if (message.flags.qr) return;
  const question = message.questions[0];
  if (message.opcode !== 0) return refuse(state, query, RCODE.NOTIMP);
  if (!question || message.questions.length > 1) return refuse(state, query, RCODE.FORMERR);
  if (message.edns && message.edns.version > 0) return refuse(state, query, RCODE.BADVERS);
  if (question.class !== CLASS_IN || question.type === 251 || question.type === 252)
    return refuse(state, query, RCODE.REFUSED);
  const recursive = message.flags.rd;
  const asked = { name: question.name, type: typeName(question.type) };
  state.notes.push({
    kind: 'query',
    job: state.nextJob,
    ...asked,
    client: query.client,
    recursive,
    rule: 'RFC 1034 §4.3.1',
  });
  if (!recursive) return replyFromCache(state, now, query, question.name, question.type);
  const key = questionKey(question.name, question.type);
  const running = state.jobs.get(state.byQuestion.get(key) ?? 0);
  if (running) {
    running.clients.push(query);
    state.notes.push({
      kind: 'joined',
      job: running.id,
      ...asked,
      client: query.client,
      rule: 'RFC 5452 §5',
    });
    return;
  }
  const job = startJob(state, now, question.name, question.type, undefined);
  job.clients.push(query);
  run(state, now);
}

function questionKey(name: string, type: number): string {
  return `${nameKey(name)} ${type}`;
}

function refuse(state: ResolverState, query: ClientQuery, rcode: number): void {
  send(state, query, responseTo(query, rcode), undefined, 0);
}

/** The bare response to a client: RA is set, the cookie answered. */
function responseTo(query: ClientQuery, rcode: number): DnsMessage {
  const { serverCookie } = query;
  const bare = bareResponse(query.message, rcode, {
    transport: query.transport,
    ...(serverCookie === undefined ? {} : { serverCookie: () => serverCookie }),
  });
  return { ...bare, flags: { ...bare.flags, ra: true } };
}

function send(
  state: ResolverState,
  query: ClientQuery,
  message: DnsMessage,
  ttl: number | undefined,
  job: number,
): void {
  const question = query.message.questions[0];
  state.outputs.push({
    kind: 'reply',
    client: query.client,
    transport: query.transport,
    message: fitMessage(message, responseLimit(query.message, query.transport, state.settings.udpSize)),
  });
  state.notes.push({
    kind: 'replied',
    job,
    name: question?.name ?? '.',
    type: typeName(question?.type ?? 0),
    client: query.client,
    rcode: rcodeName(message.rcode),
    ttl,
    rule: 'RFC 1034 §4.3.1',
  });
}

/** Records as they stand now, TTLs counted down (RFC 1035 §7.4). */
function countedDown(held: readonly Held[], now: Time): ResourceRecord[] {
  return held.map(({ record, expiresAt }) => ({ ...record, ttl: secondsLeft(expiresAt, now) }));
}

function replyTo(state: ResolverState, now: Time, query: ClientQuery, outcome: Outcome, job: number): void {
  const answers = countedDown(outcome.answers, now);
  const authority = outcome.soa ? countedDown([outcome.soa], now) : [];
  const response: DnsMessage = {
    ...responseTo(query, outcome.rcode),
    answers,
    authority,
    additional: besides(state, now, answers, query.family ?? 4),
  };
  const ttls = [...answers, ...authority].map((record) => record.ttl);
  send(state, query, response, ttls.length > 0 ? Math.min(...ttls) : undefined, job);
}

/** Addresses of the hosts in MX and NS records, as far as the cache has them; then what DANE needs, as with BIND. */
function besides(
  state: ResolverState,
  now: Time,
  records: readonly ResourceRecord[],
  family: 4 | 6,
): ResourceRecord[] {
  const present = new Set(records.map((record) => questionKey(record.name, typeCode(record.data))));
  const first: ResourceRecord[] = [];
  const later: ResourceRecord[] = [];
  const add = (list: ResourceRecord[], name: string, type: number): void => {
    const key = questionKey(name, type);
    const entry = present.has(key) ? undefined : cachedRecords(state.cache, now, name, type);
    if (!entry) return;
    present.add(key);
    for (const record of entry.records) list.push({ ...record, ttl: secondsLeft(entry.expiresAt, now) });
  };
  const { A, AAAA } = TYPE_CODES;
  for (const { data } of records) {
    const host = data.type === 'MX' ? data.exchange : data.type === 'NS' ? data.host : undefined;
    if (host === undefined) continue;
    add(first, host, family === 4 ? A : AAAA);
    add(later, host, family === 4 ? AAAA : A);
  }
  for (const { data } of records)
    if (data.type === 'MX' && data.exchange !== '.') add(later, `_25._tcp.${data.exchange}`, 52);
  return [...first, ...later];
}

/** Without RD the cache alone answers, or the best delegation that it knows (RFC 1034 §4.3.2). */
function replyFromCache(
  state: ResolverState,
  now: Time,
  query: ClientQuery,
  name: string,
  type: number,
): void {
  const entry = cachedAnswer(state.cache, now, name, type);
  if (entry?.kind === 'records') {
    const held = entry.records.map((record) => ({ record, expiresAt: entry.expiresAt }));
    return replyTo(state, now, query, { rcode: RCODE.NOERROR, answers: held }, 0);
  }
  if (entry?.kind === 'nxdomain' || entry?.kind === 'nodata') {
    const rcode = entry.kind === 'nxdomain' ? RCODE.NXDOMAIN : RCODE.NOERROR;
    const soa = { record: entry.soa, expiresAt: entry.expiresAt };
    return replyTo(state, now, query, { rcode, answers: [], soa }, 0);
  }
  for (const zone of withAncestors(name)) {
    const ns = cachedRecords(state.cache, now, zone, TYPE_CODES.NS);
    const known = ns
      ? ns.records.map((record) => ({ ...record, ttl: secondsLeft(ns.expiresAt, now) }))
      : zone === '.'
        ? state.settings.hints.filter((record) => record.data.type === 'NS')
        : [];
    if (known.length === 0) continue;
    const response = { ...responseTo(query, RCODE.NOERROR), authority: known };
    return send(
      state,
      query,
      { ...response, additional: besides(state, now, known, query.family ?? 4) },
      undefined,
      0,
    );
  }
  refuse(state, query, RCODE.SERVFAIL);
}

// ------------------------------------------------------------------------------------------------------------ jobs

function startJob(
  state: ResolverState,
  now: Time,
  name: string,
  type: number,
  creator: Job | undefined,
): Job {
  const job: Job = {
    id: state.nextJob++,
    name,
    type,
    deadline: creator?.deadline ?? now + state.settings.patienceMs,
    depth: creator ? creator.depth + 1 : 0,
    creator: creator?.id,
    parents: creator ? [creator.id] : [],
    clients: [],
    asked: 0,
    current: name,
    chain: [],
    zone: undefined,
    exchange: undefined,
  };
  state.jobs.set(job.id, job);
  state.byQuestion.set(questionKey(name, type), job.id);
  state.ready.push(job.id);
  return job;
}

/** What every note of a job has. */
function about(job: Job): { job: number; name: string; type: string } {
  return { job: job.id, name: job.current, type: typeName(job.type) };
}

/** Lets every job go on that can, until all wait. */
function run(state: ResolverState, now: Time): void {
  for (;;) {
    const id = state.ready.shift();
    if (id === undefined) return;
    const job = state.jobs.get(id);
    if (job && job.exchange === undefined) advance(state, now, job);
  }
}

function advance(state: ResolverState, now: Time, job: Job): void {
  if (!job.zone) {
    if (fromCache(state, now, job)) return;
    startZone(state, now, job);
  }
  const zone = job.zone;
  if (!zone) return fail(state, now, job, 'no address of a name server');
  for (;;) {
    const next = nextServer(state, now, zone);
    if (next) return ask(state, now, job, next.address, next.host, 'udp', true);
    const wanted = zone.hosts.find((host) => host.state === 'wanted');
    if (wanted) {
      lookForAddress(state, now, job, zone, wanted);
      continue;
    }
    if (zone.hosts.some((host) => host.state === 'looking')) return;
    if (zone.tried.length === 0) break;
    // All have been asked: once more from the front, with more patience.
    zone.tried = [];
    zone.round++;
  }
  const silent = zone.hosts.every((host) => host.addresses.length === 0);
  fail(state, now, job, silent ? 'no address of a name server' : 'all servers lame');
}

/** Follows what the cache knows; true when the job is done with that. */
function fromCache(state: ResolverState, now: Time, job: Job): boolean {
  for (;;) {
    const entry = cachedAnswer(state.cache, now, job.current, job.type);
    if (!entry) return false;
    const isAlias =
      entry.kind === 'records' && entry.type === TYPE_CODES.CNAME && job.type !== TYPE_CODES.CNAME;
    state.notes.push({
      kind: 'cached',
      ...about(job),
      what: isAlias ? 'cname' : entry.kind,
      ttl: secondsLeft(entry.expiresAt, now),
      server: entry.server,
      rule: {
        records: 'RFC 1034 §5.3.3',
        nxdomain: 'RFC 2308 §5',
        nodata: 'RFC 2308 §5',
        servfail: 'RFC 9520 §3.2',
      }[entry.kind],
    });
    if (entry.kind === 'servfail') {
      finish(state, now, job, { rcode: RCODE.SERVFAIL, answers: [] });
      return true;
    }
    if (entry.kind !== 'records') {
      const rcode = entry.kind === 'nxdomain' ? RCODE.NXDOMAIN : RCODE.NOERROR;
      finish(state, now, job, {
        rcode,
        answers: job.chain,
        soa: { record: entry.soa, expiresAt: entry.expiresAt },
      });
      return true;
    }
    const held = entry.records.map((record) => ({ record, expiresAt: entry.expiresAt }));
    if (!isAlias) {
      finish(state, now, job, { rcode: RCODE.NOERROR, answers: [...job.chain, ...held] });
      return true;
    }
    if (!follow(state, now, job, held)) return true;
  }
}

/** Takes aliases into the chain and goes on with the last target; false when that is not to be (S3-024). */
function follow(state: ResolverState, now: Time, job: Job, links: readonly Held[]): boolean {
  for (const link of links) {
    const { data } = link.record;
    if (data.type !== 'CNAME') continue;
    job.chain.push(link);
    job.current = data.target;
    if (job.chain.some(({ record }) => sameName(record.name, data.target))) {
      fail(state, now, job, 'alias loop');
      return false;
    }
    if (job.chain.length > state.settings.maxChain) {
      fail(state, now, job, 'alias chain too long');
      return false;
    }
  }
  job.zone = undefined;
  return true;
}

// --------------------------------------------------------------------------------------------------- zones, servers

/** The servers of a zone as the cache or the hints know them. */
function choices(
  state: ResolverState,
  now: Time,
  zone: string,
  servers: readonly ResourceRecord[],
  glue: readonly ResourceRecord[],
): HostChoice[] {
  const { families } = state.settings;
  const hosts = servers.flatMap(({ data }) => (data.type === 'NS' ? [data.host] : []));
  return shuffle(state.random, hosts).map((host) => {
    const addresses: string[] = [];
    for (const family of families) {
      const type = family === 4 ? TYPE_CODES.A : TYPE_CODES.AAAA;
      const cached = cachedRecords(state.cache, now, host, type)?.records ?? [];
      const beside = glue.filter((record) => sameName(record.name, host) && typeCode(record.data) === type);
      for (const { data } of cached.length > 0 ? cached : beside)
        if (data.type === 'A' || data.type === 'AAAA') addresses.push(data.address);
    }
    const state_ = addresses.length > 0 ? 'known' : 'wanted';
    return { host, addresses: [...new Set(addresses)], state: state_, jobs: [] };
  });
}

/** Whether anything can come of these servers: a host inside the zone whose address nobody told is out of reach. */
function usable(hosts: readonly HostChoice[], zone: string): boolean {
  return hosts.some((host) => host.state === 'known' || !isSubdomain(host.host, zone));
}

/** Begins at the closest delegation known (S3-020). */
function startZone(state: ResolverState, now: Time, job: Job): void {
  for (const name of withAncestors(job.current)) {
    const ns = cachedRecords(state.cache, now, name, TYPE_CODES.NS);
    const isRoot = name === '.';
    if (!ns && !isRoot) continue;
    const { hints } = state.settings;
    const servers = ns?.records ?? hints.filter((record) => record.data.type === 'NS');
    const hosts = choices(state, now, name, servers, isRoot ? hints : []);
    if (!isRoot && !usable(hosts, name)) continue;
    job.zone = { name, hosts, tried: [], dead: [], round: 0 };
    state.notes.push({
      kind: 'start',
      ...about(job),
      zone: name,
      hosts: hosts.map((host) => host.host),
      ttl: ns ? secondsLeft(ns.expiresAt, now) : undefined,
      rule: 'RFC 1034 §5.3.3',
    });
    return;
  }
}

/** The next address to ask in this round; servers that were slow lately come last. */
function nextServer(
  state: ResolverState,
  now: Time,
  zone: ZoneAtHand,
): { address: string; host: string } | undefined {
  let second: { address: string; host: string } | undefined;
  for (const { host, addresses } of zone.hosts) {
    for (const address of addresses) {
      if (zone.tried.includes(address) || zone.dead.includes(address)) continue;
      if ((state.slow.get(address) ?? 0) <= now) return { address, host };
      second ??= { address, host };
    }
  }
  return second;
}

/** Starts looking for the address of a name server, unless that cannot succeed. */
function lookForAddress(
  state: ResolverState,
  now: Time,
  job: Job,
  zone: ZoneAtHand,
  choice: HostChoice,
): void {
  const { host } = choice;
  const note = { ...about(job), host, zone: zone.name };
  choice.state = 'unknown';
  if (isSubdomain(host, zone.name)) {
    // Only the parent could have told it (RFC 1034 §4.2.1).
    state.notes.push({ kind: 'missing-glue', ...note, rule: 'RFC 1034 §4.2.1' });
    return;
  }
  if (job.depth >= state.settings.maxDepth) return;
  state.notes.push({ kind: 'address-wanted', ...note, rule: 'RFC 1034 §5.3.3' });
  for (const family of state.settings.families) {
    const type = family === 4 ? TYPE_CODES.A : TYPE_CODES.AAAA;
    const running = state.jobs.get(state.byQuestion.get(questionKey(host, type)) ?? 0);
    if (running && (running.id === job.id || waitsFor(state, running, job.id))) {
      state.notes.push({ kind: 'address-loop', ...note, rule: 'RFC 1034 §5.3.3' });
      continue;
    }
    const lookup = running ?? startJob(state, now, host, type, job);
    if (running) running.parents.push(job.id);
    choice.jobs.push(lookup.id);
    choice.state = 'looking';
  }
}

/** Whether a job waits, directly or through others, for another one. */
function waitsFor(state: ResolverState, job: Job, other: number): boolean {
  for (const host of job.zone?.hosts ?? []) {
    for (const id of host.jobs) {
      const lookup = state.jobs.get(id);
      if (id === other || (lookup && waitsFor(state, lookup, other))) return true;
    }
  }
  return false;
}

function ask(
  state: ResolverState,
  now: Time,
  job: Job,
  server: string,
  host: string,
  transport: 'udp' | 'tcp',
  edns: boolean,
): void {
  const { settings, random } = state;
  const zone = job.zone as ZoneAtHand;
  for (let at: Job | undefined = job; at; at = state.jobs.get(at.creator ?? 0)) {
    at.asked++;
    if (at.asked > settings.maxQueries) return fail(state, now, job, 'too many queries');
  }
  const wait =
    transport === 'tcp'
      ? settings.tcpTimeoutMs
      : settings.firstTimeoutMs * 2 ** Math.min(10, Math.max(0, zone.round - 2));
  const exchange: Exchange = {
    id: state.nextExchange++,
    job: job.id,
    server,
    transport,
    port: 1024 + nextInt(random, 64512),
    messageId: nextInt(random, 65536),
    edns,
    sentAt: now,
    deadline: Math.min(job.deadline, now + wait),
  };
  state.exchanges.set(exchange.id, exchange);
  job.exchange = exchange.id;
  zone.tried.push(server);
  state.outputs.push({
    kind: 'ask',
    exchange: exchange.id,
    server,
    transport,
    port: exchange.port,
    message: {
      id: exchange.messageId,
      opcode: 0,
      rcode: 0,
      flags: NO_FLAGS,
      questions: [{ name: job.current, type: job.type, class: CLASS_IN }],
      answers: [],
      authority: [],
      additional: [],
      ...(edns ? { edns: { udpSize: settings.udpSize, version: 0, dnssecOk: false } } : {}),
    },
  });
  state.notes.push({
    kind: 'asked',
    ...about(job),
    server,
    host,
    zone: zone.name,
    transport,
    rule: 'RFC 1034 §5.3.3',
  });
}

// ------------------------------------------------------------------------------------------------------- responses

/** A message came from a server to the port that we asked from. Anything nobody asked for is ignored (RFC 5452 §9.1). */
export function resolverResponse(
  state: ResolverState,
  now: Time,
  from: { readonly server: string; readonly transport: 'udp' | 'tcp'; readonly port: number },
  message: DnsMessage,
): void {
  const exchange = [...state.exchanges.values()].find(
    (item) =>
      item.server === from.server &&
      item.transport === from.transport &&
      item.port === from.port &&
      item.messageId === message.id,
  );
  const job = state.jobs.get(exchange?.job ?? 0);
  const question = message.questions[0];
  const isOurs =
    message.flags.qr &&
    (question === undefined || (job && sameName(question.name, job.current) && question.type === job.type));
  if (!exchange || !job || !isOurs) {
    state.notes.push({
      kind: 'ignored',
      job: job?.id ?? 0,
      name: question?.name ?? '.',
      type: typeName(question?.type ?? 0),
      server: from.server,
      why: exchange ? 'other question' : 'nobody asked',
      rule: 'RFC 5452 §9.1',
    });
    return;
  }
  state.exchanges.delete(exchange.id);
  job.exchange = undefined;
  const zone = job.zone as ZoneAtHand;
  const place = { ...about(job), server: exchange.server, zone: zone.name };
  const host = zone.hosts.find((item) => item.addresses.includes(exchange.server))?.host ?? '.';
  state.slow.delete(exchange.server);
  const isRcode = (...codes: number[]): boolean => codes.includes(message.rcode);
  if (message.flags.tc && exchange.transport === 'udp') {
    state.notes.push({ kind: 'truncated', ...place, rule: 'RFC 7766 §5' });
    ask(state, now, job, exchange.server, host, 'tcp', exchange.edns);
  } else if (exchange.edns && isRcode(RCODE.FORMERR, RCODE.NOTIMP, RCODE.BADVERS)) {
    state.notes.push({ kind: 'no-edns', ...place, rule: 'RFC 6891 §6.2.2' });
    ask(state, now, job, exchange.server, host, exchange.transport, false);
  } else {
    take(state, now, job, zone, exchange.server, message);
  }
  run(state, now);
}

/** Nothing can be sent there, or the connection broke: `why` in the host's words (`connection refused`). */
export function resolverUnreachable(state: ResolverState, now: Time, exchangeId: number, why: string): void {
  const exchange = state.exchanges.get(exchangeId);
  const job = state.jobs.get(exchange?.job ?? 0);
  if (!exchange || !job) return;
  state.exchanges.delete(exchange.id);
  job.exchange = undefined;
  const zone = job.zone as ZoneAtHand;
  zone.dead.push(exchange.server);
  state.notes.push({
    kind: 'unreachable',
    ...about(job),
    server: exchange.server,
    zone: zone.name,
    why,
    rule: 'RFC 1034 §5.3.3',
  });
  state.ready.push(job.id);
  run(state, now);
}

/** Time has passed: gives up on silent servers and on resolutions that took too long (S3-011). */
export function resolverTick(state: ResolverState, now: Time): void {
  for (const job of [...state.jobs.values()]) {
    if (job.deadline > now || !state.jobs.has(job.id)) continue;
    const exchange = state.exchanges.get(job.exchange ?? 0);
    if (exchange) timedOut(state, now, exchange, job);
    fail(state, now, job, job.depth > 0 || exchange === undefined ? 'out of time' : 'no server answers');
  }
  for (const exchange of [...state.exchanges.values()]) {
    const job = state.jobs.get(exchange.job);
    if (exchange.deadline > now || !job) continue;
    timedOut(state, now, exchange, job);
    state.ready.push(job.id);
  }
  run(state, now);
}

function timedOut(state: ResolverState, now: Time, exchange: Exchange, job: Job): void {
  const zone = job.zone as ZoneAtHand;
  state.exchanges.delete(exchange.id);
  job.exchange = undefined;
  state.slow.set(exchange.server, now + 60_000);
  // A server that answers over UDP with TC but not over TCP will not answer this question at all.
  if (exchange.transport === 'tcp') zone.dead.push(exchange.server);
  state.notes.push({
    kind: 'timeout',
    ...about(job),
    server: exchange.server,
    zone: zone.name,
    waitedMs: now - exchange.sentAt,
    rule: 'RFC 1035 §4.2.1',
  });
}

/** Learns from a response and acts on it. */
function take(
  state: ResolverState,
  now: Time,
  job: Job,
  zone: ZoneAtHand,
  server: string,
  message: DnsMessage,
): void {
  const { settings, cache } = state;
  const reply: UpstreamReply = readReply(message, job.current, job.type, zone.name);
  const hold = (record: ResourceRecord): Held => ({
    record,
    expiresAt: now + Math.min(record.ttl, settings.maxTtl) * 1000,
  });
  const store = (records: readonly ResourceRecord[], trust: Trust): void => {
    for (const set of groupSets(records)) storeRecords(cache, now, set, trust, server, settings.maxTtl);
  };
  if (reply.kind === 'lame') {
    zone.dead.push(server);
    state.notes.push({
      kind: 'lame',
      ...about(job),
      server,
      zone: zone.name,
      why: reply.why,
      rule: 'RFC 1034 §5.3.3',
    });
    state.ready.push(job.id);
    return;
  }
  // What stands beside the answer helps to find servers, but is never given out as an answer (RFC 2181 §5.4.1).
  const beside = message.additional.filter((record) => isSubdomain(record.name, zone.name));
  store(beside, reply.kind === 'referral' ? 'glue' : 'additional');
  if (reply.kind === 'referral') {
    store(reply.servers, 'glue');
    const hosts = choices(state, now, reply.zone, reply.servers, beside);
    state.notes.push({
      kind: 'referral',
      ...about(job),
      server,
      zone: zone.name,
      to: reply.zone,
      hosts: hosts.map((host) => host.host),
      glue: hosts.filter((host) => host.state === 'known').length,
      ttl: reply.servers[0]?.ttl ?? 0,
      rule: 'RFC 1034 §5.3.3',
    });
    job.zone = { name: reply.zone, hosts, tried: [], dead: [], round: 0 };
    state.ready.push(job.id);
    return;
  }
  const apex = message.authority.filter(
    (record) => record.data.type === 'NS' && isSubdomain(record.name, zone.name),
  );
  if (message.flags.aa)
    store(
      apex.filter((record) => isSubdomain(job.current, record.name)),
      'authority',
    );
  store(reply.chain, 'answer');
  for (const link of reply.chain)
    if (link.data.type === 'CNAME')
      state.notes.push({
        kind: 'cname',
        ...about(job),
        name: link.name,
        server,
        target: link.data.target,
        ttl: link.ttl,
        rule: 'RFC 1034 §3.6.2',
      });
  if (!follow(state, now, job, reply.chain.map(hold))) return;
  if (reply.kind === 'alias') {
    state.ready.push(job.id);
    return;
  }
  if (reply.kind === 'answer') {
    store(reply.records, 'answer');
    state.notes.push({
      kind: 'answer',
      ...about(job),
      server,
      zone: zone.name,
      data: reply.records.map((record) => rdataText(record.data)),
      ttl: reply.records[0]?.ttl ?? 0,
      rule: 'RFC 1034 §5.3.3',
    });
    finish(state, now, job, { rcode: RCODE.NOERROR, answers: [...job.chain, ...reply.records.map(hold)] });
    return;
  }
  negative(state, now, job, zone, server, reply);
}

/** RFC 2308 §5: remembered for the smaller of the SOA's TTL and its MINIMUM; without an SOA not at all (S3-022). */
function negative(
  state: ResolverState,
  now: Time,
  job: Job,
  zone: ZoneAtHand,
  server: string,
  reply: Extract<UpstreamReply, { kind: 'nxdomain' | 'nodata' }>,
): void {
  const { soa } = reply;
  const ttl =
    soa?.data.type === 'SOA' ? Math.min(soa.ttl, soa.data.minimum, state.settings.maxNegativeTtl) : 0;
  if (soa) storeNegative(state.cache, now, reply.kind, reply.name, job.type, soa, ttl, server);
  state.notes.push({ kind: reply.kind, ...about(job), server, zone: zone.name, ttl, rule: 'RFC 2308 §5' });
  finish(state, now, job, {
    rcode: reply.kind === 'nxdomain' ? RCODE.NXDOMAIN : RCODE.NOERROR,
    answers: job.chain,
    ...(soa ? { soa: { record: soa, expiresAt: now + ttl * 1000 } } : {}),
  });
}

// ------------------------------------------------------------------------------------------------------------- end

function fail(state: ResolverState, now: Time, job: Job, why: FailureReason): void {
  const rule = why.startsWith('alias') ? 'RFC 1034 §3.6.2' : 'RFC 1035 §4.1.1';
  state.notes.push({ kind: 'failed', ...about(job), why, rule });
  storeFailure(state.cache, now, job.name, job.type, state.settings.failureTtl);
  finish(state, now, job, { rcode: RCODE.SERVFAIL, answers: [] });
}

/** Answers everybody who waits, and lets the jobs that needed an address go on. */
function finish(state: ResolverState, now: Time, job: Job, outcome: Outcome): void {
  state.jobs.delete(job.id);
  state.byQuestion.delete(questionKey(job.name, job.type));
  if (job.exchange !== undefined) state.exchanges.delete(job.exchange);
  for (const query of job.clients) replyTo(state, now, query, outcome, job.id);
  // RFC 2181 §10.3: the name of a name server is no alias; BIND does not use one that is.
  const isAlias = outcome.answers.some(({ record }) => record.data.type === 'CNAME');
  const addresses = outcome.answers.flatMap(({ record: { data } }) =>
    !isAlias && (data.type === 'A' || data.type === 'AAAA') ? [data.address] : [],
  );
  for (const id of job.parents) {
    const parent = state.jobs.get(id);
    for (const host of parent?.zone?.hosts ?? []) {
      if (!host.jobs.includes(job.id)) continue;
      host.jobs = host.jobs.filter((item) => item !== job.id);
      host.addresses.push(...addresses);
      if (host.jobs.length === 0) host.state = host.addresses.length > 0 ? 'known' : 'unknown';
    }
    if (parent) state.ready.push(id);
  }
}
