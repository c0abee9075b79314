// One resolution from its start to its end: what the cache knows, whom to ask next, addresses of name servers to be found
// first, and what becomes of those who wait. RFC 1034 §5.3.3.

import type { Time } from '../base/dates.ts';
import { nextInt } from '../base/random.ts';
import { isSubdomain, sameName } from './name.ts';
import { TYPE_CODES } from './records.ts';
import { cachedAnswer, secondsLeft, storeFailure } from './resolver-cache.ts';
import { replyTo } from './resolver-client.ts';
import type { FailureReason } from './resolver-note.ts';
import {
  about,
  questionKey,
  type Exchange,
  type Held,
  type HostChoice,
  type Job,
  type Outcome,
  type ResolverState,
  type ZoneAtHand,
} from './resolver-state.ts';
import { nextServer, startZone } from './resolver-zone.ts';
import { CLASS_IN, NO_FLAGS, RCODE } from './wire.ts';

export function startJob(
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

/** Lets every job go on that can, until all wait. */
export function run(state: ResolverState, now: Time): void {
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
      finish(state, now, job, { rcode: RCODE.SERVFAIL, why: 'failed lately', answers: [] });
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
export function follow(state: ResolverState, now: Time, job: Job, links: readonly Held[]): boolean {
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

export function ask(
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

export function fail(state: ResolverState, now: Time, job: Job, why: FailureReason): void {
  const rule = why.startsWith('alias') ? 'RFC 1034 §3.6.2' : 'RFC 1035 §4.1.1';
  state.notes.push({ kind: 'failed', ...about(job), why, rule });
  storeFailure(state.cache, now, job.name, job.type, state.settings.failureTtl);
  finish(state, now, job, { rcode: RCODE.SERVFAIL, why, answers: [] });
}

/** Answers everybody who waits, and lets the jobs that needed an address go on. */
export function finish(state: ResolverState, now: Time, job: Job, outcome: Outcome): void {
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
