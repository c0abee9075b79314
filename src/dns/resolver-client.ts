// What a resolver says to its clients: outcomes as messages with TTLs counted down, what the cache has to add, and answers
// from the cache alone for queries without RD. RFC 1034 §4.3, RFC 1035 §7.4.

import type { Time } from '../base/dates.ts';
import { bareResponse, responseLimit } from './authoritative.ts';
import { withAncestors } from './name.ts';
import { hostNamedBy, TYPE_CODES, typeCode, typeName, type ResourceRecord } from './records.ts';
import { cachedAnswer, cachedRecords, secondsLeft } from './resolver-cache.ts';
import { EXTENDED_ERRORS, securityOf } from './resolver-security.ts';
import {
  questionKey,
  type ClientQuery,
  type Held,
  type Outcome,
  type ResolverState,
} from './resolver-state.ts';
import { fitMessage, RCODE, rcodeName, type DnsMessage } from './wire.ts';

export function refuse(state: ResolverState, query: ClientQuery, rcode: number): void {
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
  const fitted = fitMessage(message, responseLimit(query.message, query.transport, state.settings.udpSize));
  // BIND takes AD back when it writes an unsigned set to its end, and a set that was cut has no end.
  const ad = fitted.flags.ad || (fitted.flags.tc && query.message.flags.ad);
  state.outputs.push({
    kind: 'reply',
    client: query.client,
    transport: query.transport,
    message: { ...fitted, flags: { ...fitted.flags, ad } },
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

export function replyTo(
  state: ResolverState,
  now: Time,
  query: ClientQuery,
  outcome: Outcome,
  job: number,
): void {
  const { settings } = state;
  const { flags, edns, questions } = query.message;
  const name = questions[0]?.name ?? '.';
  const owners = [...outcome.answers, ...(outcome.soa ? [outcome.soa] : [])].map(({ record }) => record.name);
  const security =
    outcome.rcode === RCODE.SERVFAIL ? 'insecure' : securityOf(settings.dnssec, [name, ...owners]);
  if (security === 'bogus' && !flags.cd) {
    const why = 'DNSSEC bogus';
    const type = typeName(questions[0]?.type ?? 0);
    state.notes.push({ kind: 'failed', job, name, type, why, rule: 'RFC 4035 §5.5' });
    return replyTo(state, now, query, { rcode: RCODE.SERVFAIL, why, answers: [] }, job);
  }
  const answers = countedDown(outcome.answers, now);
  const authority = outcome.soa ? countedDown([outcome.soa], now) : [];
  const bare = responseTo(query, outcome.rcode);
  const extendedError = settings.extendedErrors && outcome.why ? EXTENDED_ERRORS[outcome.why] : undefined;
  const response: DnsMessage = {
    ...bare,
    ...(bare.edns && extendedError ? { edns: { ...bare.edns, extendedError } } : {}),
    flags: { ...bare.flags, ad: security === 'secure' && (flags.ad || edns?.dnssecOk === true) },
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
    const host = hostNamedBy(data);
    if (host === undefined) continue;
    add(first, host, family === 4 ? A : AAAA);
    add(later, host, family === 4 ? AAAA : A);
  }
  for (const { data } of records)
    if (data.type === 'MX' && data.exchange !== '.') add(later, `_25._tcp.${data.exchange}`, 52);
  return [...first, ...later];
}

/** Without RD the cache alone answers, or the best delegation that it knows (RFC 1034 §4.3.2). */
export function replyFromCache(
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
