// A caching recursive resolver: clients' queries and servers' responses in, replies and queries out, the clock as an
// argument. All state is plain data, so a world can be copied in the middle of a resolution. Asks from the root downwards
// and waits as BIND does. RFC 1034 §5.3.3 is the algorithm; state, cache, servers and replies have files of their own.

import type { Time } from '../base/dates.ts';
import { isSubdomain, sameName } from './name.ts';
import { rdataText, typeName, type ResourceRecord } from './records.ts';
import { storeNegative, storeRecords, type Trust } from './resolver-cache.ts';
import { refuse, replyFromCache } from './resolver-client.ts';
import { ask, fail, finish, follow, run, startJob } from './resolver-job.ts';
import { groupSets, readReply, type UpstreamReply } from './resolver-reply.ts';
import {
  about,
  questionKey,
  type ClientQuery,
  type Exchange,
  type Held,
  type Job,
  type ResolverState,
  type ZoneAtHand,
} from './resolver-state.ts';
import { choices } from './resolver-zone.ts';
import { CLASS_IN, RCODE, type DnsMessage } from './wire.ts';

export type { ResolverNote } from './resolver-note.ts';
export {
  createResolver,
  DEFAULT_SETTINGS,
  flushResolver,
  resolverWakeAt,
  takeResolverNotes,
  takeResolverOutputs,
  type ClientQuery,
  type ResolverOutput,
  type ResolverSettings,
  type ResolverState,
} from './resolver-state.ts';

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
    const hosts = choices(state, now, reply.servers, beside);
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
