import { describe, expect, it } from 'vitest';
import { randomStream } from '../base/random.ts';
import type { ResourceRecord } from './records.ts';
import {
  answersQuery,
  buildQuery,
  dnsAnswerOf,
  startLookup,
  stubResponse,
  stubTick,
  stubUnreachable,
  stubWakeAt,
  type StubOutput,
} from './stub.ts';
import type { DnsMessage } from './wire.ts';

const question = { name: 'www.hafen.example.', type: 'A' } as const;
const a: ResourceRecord = { name: 'web.hafen.example.', ttl: 60, data: { type: 'A', address: '192.0.2.80' } };
const alias: ResourceRecord = {
  name: 'www.hafen.example.',
  ttl: 70,
  data: { type: 'CNAME', target: 'Web.hafen.example.' },
};
const soa: ResourceRecord = {
  name: 'hafen.example.',
  ttl: 100,
  data: { type: 'SOA', mname: '.', rname: '.', serial: 1, refresh: 1, retry: 1, expire: 1, minimum: 40 },
};

function response(query: DnsMessage, extra: Partial<DnsMessage> = {}): DnsMessage {
  return { ...query, flags: { ...query.flags, qr: true, ra: true }, ...extra };
}

const random = randomStream('1', 'stub');
const start = (servers: string[]): ReturnType<typeof startLookup> =>
  startLookup(question, { servers }, 0, random);
const sent = (output: StubOutput | undefined): StubOutput => {
  if (!output) throw new Error('nothing was sent');
  return output;
};

describe('an answer', () => {
  const query = buildQuery(7, question.name, 1);
  it('holds the alias chain first, whatever the order on the wire', () => {
    const answer = dnsAnswerOf(question, response(query, { answers: [a, alias] }), '198.51.100.53');
    expect(answer).toEqual({ status: 'NOERROR', records: [alias, a], server: '198.51.100.53' });
  });
  it('is negative for the smaller of the SOA’s TTL and its minimum [S3-022]', () => {
    const answer = dnsAnswerOf(question, response(query, { rcode: 3, authority: [soa] }), 's');
    expect(answer).toEqual({ status: 'NXDOMAIN', records: [], server: 's', negativeTtl: 40 });
    const nodata = dnsAnswerOf(question, response(query, { authority: [{ ...soa, ttl: 5 }] }), 's');
    expect(nodata).toMatchObject({ status: 'NOERROR', negativeTtl: 5 });
  });
  it('belongs to its query only', () => {
    expect(answersQuery(response(query), query)).toBe(true);
    expect(answersQuery(response(query, { id: 8 }), query)).toBe(false);
    expect(answersQuery(query, query)).toBe(false);
    const other = response(query, { questions: [{ name: 'x.', type: 1, class: 1 }] });
    expect(answersQuery(other, query)).toBe(false);
  });
});

describe('the stub resolver', () => {
  it('asks each server twice for five seconds and then gives up [S3-011]', () => {
    const { lookup, output } = start(['10.0.0.1', '10.0.0.2']);
    const asked = [sent(output).server];
    const at: number[] = [];
    for (let wake = stubWakeAt(lookup); wake !== undefined; wake = stubWakeAt(lookup)) {
      at.push(wake);
      const next = stubTick(structuredClone(lookup), wake, [...random]);
      const real = stubTick(lookup, wake, random);
      expect(next?.server).toBe(real?.server);
      if (real) asked.push(real.server);
    }
    expect(asked).toEqual(['10.0.0.1', '10.0.0.2', '10.0.0.1', '10.0.0.2']);
    expect(at).toEqual([5000, 10_000, 15_000, 20_000]);
    expect(lookup.answer).toEqual({ status: 'TIMEOUT', records: [] });
  });

  it('takes the first good answer, and SERVFAIL only when no server does better [S3-011]', () => {
    const { lookup, output } = start(['10.0.0.1', '10.0.0.2']);
    const first = sent(output);
    const second = sent(stubResponse(lookup, 1, random, first, response(first.message, { rcode: 2 })));
    expect(second.server).toBe('10.0.0.2');
    // The first server is no longer listened to.
    stubResponse(lookup, 2, random, first, response(first.message, { answers: [a] }));
    expect(lookup.answer).toBeUndefined();
    stubResponse(lookup, 3, random, second, response(second.message, { answers: [alias, a] }));
    expect(lookup.answer).toMatchObject({ status: 'NOERROR', server: '10.0.0.2' });
    expect(stubWakeAt(lookup)).toBeUndefined();

    const alone = start(['10.0.0.1']);
    let at: StubOutput | undefined = alone.output;
    while (at) at = stubResponse(alone.lookup, 1, random, at, response(at.message, { rcode: 2 }));
    expect(alone.lookup).toMatchObject({ tries: 2, answer: { status: 'SERVFAIL', server: '10.0.0.1' } });
  });

  it('goes to TCP after TC, and on at once from a closed port [S3-010]', () => {
    const { lookup, output } = start(['10.0.0.1']);
    const udp = sent(output);
    const flags = { ...response(udp.message).flags, tc: true };
    const tcp = sent(stubResponse(lookup, 1, random, udp, response(udp.message, { flags })));
    expect(tcp).toMatchObject({ transport: 'tcp', server: '10.0.0.1' });
    expect(stubUnreachable(lookup, 2, random, '10.0.0.1')).toMatchObject({ transport: 'udp' });
    expect(stubUnreachable(lookup, 2, random, '10.0.0.1')).toBeUndefined();
    expect(lookup.answer?.status).toBe('TIMEOUT');
  });

  it('has no answer without servers', () => {
    expect(start([]).lookup.answer?.status).toBe('TIMEOUT');
  });
});
