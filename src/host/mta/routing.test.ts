import { describe, expect, it } from 'vitest';
import { randomStream, splitStream } from '../../base/random.ts';
import { finishPolicy } from '../../auth/policy-run.ts';
import type { DnsAnswer, DnsQuestion } from '../../dns/lookup.ts';
import type { RecordData } from '../../dns/records.ts';
import { findRoute, type Route, type RouteInput } from './routing.ts';

/** `name type` to data, or to a status. What is not there does not exist. */
type Table = Readonly<Record<string, readonly RecordData[] | 'SERVFAIL' | 'TIMEOUT' | 'NODATA'>>;

function look(table: Table): (question: DnsQuestion) => DnsAnswer {
  return ({ name, type }) => {
    const plain = name.replace(/\.$/, '');
    const found = table[`${plain} ${type}`];
    if (found === 'SERVFAIL' || found === 'TIMEOUT') return { status: found, records: [] };
    if (found === 'NODATA') return { status: 'NOERROR', records: [] };
    if (found !== undefined)
      return { status: 'NOERROR', records: found.map((data) => ({ name, ttl: 300, data })) };
    const exists = Object.keys(table).some((key) => key.startsWith(`${plain} `));
    return { status: exists ? 'NOERROR' : 'NXDOMAIN', records: [] };
  };
}

const mx = (preference: number, exchange: string): RecordData => ({ type: 'MX', preference, exchange });
const a = (address: string): RecordData => ({ type: 'A', address });

function route(table: Table, changes: Partial<RouteInput> = {}): Route {
  return finishPolicy(
    findRoute({
      domain: 'd.example',
      ownName: 'mail.wolke.example',
      ownAddresses: ['192.0.2.10'],
      hasIpv6: false,
      draws: randomStream('1', 'mx'),
      ...changes,
    }),
    look(table),
  );
}

const order = (found: Route): string[] =>
  found.candidates
    .filter((c) => c.verdict === 'chosen' || c.verdict === 'next')
    .map((c) => `${c.host} ${c.address}`);

describe('the next hop', () => {
  it('takes all addresses of the best MX, then the next [S2-001]', () => {
    const found = route({
      'd.example MX': [mx(20, 'b.d.example.'), mx(10, 'a.d.example.')],
      'a.d.example A': [a('198.51.100.1'), a('198.51.100.2')],
      'b.d.example A': [a('198.51.100.3')],
    });
    expect(order(found)).toEqual([
      'a.d.example 198.51.100.1',
      'a.d.example 198.51.100.2',
      'b.d.example 198.51.100.3',
    ]);
    expect(found.candidates[0]?.verdict).toBe('chosen');
    expect(found.rule).toBe('RFC 5321 §5.1');
  });

  it('spreads over equal preferences, half and half [S2-002]', () => {
    const table: Table = {
      'd.example MX': [mx(10, 'a.d.example.'), mx(10, 'b.d.example.')],
      'a.d.example A': [a('198.51.100.1')],
      'b.d.example A': [a('198.51.100.2')],
    };
    const draws = randomStream('7', 'mx');
    let first = 0;
    for (let i = 0; i < 10_000; i++) {
      if (order(route(table, { draws: splitStream(draws) }))[0] === 'a.d.example 198.51.100.1') first++;
    }
    expect(first).toBeGreaterThan(4800);
    expect(first).toBeLessThan(5200);
  });

  it('falls back to the address of the domain without any MX, and bounces what does not exist [S2-003]', () => {
    const implicit = route({ 'd.example A': [a('198.51.100.9')] });
    expect(implicit.method).toBe('implicitMx');
    expect(order(implicit)).toEqual(['d.example 198.51.100.9']);
    expect(route({}).failure).toEqual({
      dsn: '5.4.4',
      text: 'Host or domain name not found. Name service error for name=d.example type=A: Host not found',
    });
  });

  it.each(['SERVFAIL', 'TIMEOUT'] as const)(
    'defers on %s and never guesses an address [S2-004]',
    (status) => {
      const found = route({ 'd.example MX': status, 'd.example A': [a('198.51.100.9')] });
      expect(found.failure?.dsn).toBe('4.4.3');
      expect(found.failure?.text).toContain('type=MX: Host not found, try again');
      expect(order(found)).toEqual([]);
    },
  );

  it('believes a null MX at once, and overlooks one among others [S2-005]', () => {
    expect(route({ 'd.example MX': [mx(0, '.')] }).failure).toMatchObject({
      dsn: '5.1.0',
      text: 'Domain d.example does not accept mail (nullMX)',
    });
    const mixed = route({
      'd.example MX': [mx(0, '.'), mx(10, 'a.d.example.')],
      'a.d.example A': [a('198.51.100.1')],
    });
    expect(order(mixed)).toEqual(['a.d.example 198.51.100.1']);
  });

  it('skips an MX without address, and bounces with a warning when none has one [S2-006]', () => {
    const found = route({
      'd.example MX': [mx(10, 'gone.d.example.'), mx(20, 'b.d.example.')],
      'b.d.example A': [a('198.51.100.3')],
    });
    expect(found.candidates[0]).toMatchObject({ host: 'gone.d.example', verdict: 'noAddress' });
    expect(order(found)).toEqual(['b.d.example 198.51.100.3']);
    expect(route({ 'd.example MX': [mx(10, 'gone.d.example.')] }).failure).toEqual({
      dsn: '5.4.4',
      text: 'Host or domain name not found. Name service error for name=gone.d.example type=A: Host not found',
      warning: 'no MX host for d.example has a valid address record',
    });
  });

  it('treats an address in an MX as the name that it is [S2-007]', () => {
    const found = route({ 'd.example MX': [mx(10, '192.0.2.1.')] });
    expect(found.failure?.text).toContain('name=192.0.2.1 type=A: Host not found');
  });

  it('cuts the list at itself, and bounces when nothing better is left [S2-009]', () => {
    const table: Table = {
      'd.example MX': [mx(10, 'a.d.example.'), mx(20, 'mail.wolke.example.'), mx(30, 'c.d.example.')],
      'a.d.example A': [a('198.51.100.1')],
      'mail.wolke.example A': [a('192.0.2.10')],
      'c.d.example A': [a('198.51.100.3')],
    };
    expect(order(route(table))).toEqual(['a.d.example 198.51.100.1']);
    const looping = route({
      'd.example MX': [mx(10, 'mail.wolke.example.')],
      'mail.wolke.example A': [a('192.0.2.10')],
    });
    expect(looping.failure).toEqual({ dsn: '5.4.6', text: 'mail for d.example loops back to myself' });
  });

  it('asks for AAAA only on a host that has IPv6, and then prefers it [S2-010]', () => {
    const table: Table = {
      'd.example MX': [mx(10, 'a.d.example.')],
      'a.d.example A': [a('198.51.100.1')],
      'a.d.example AAAA': [{ type: 'AAAA', address: '2001:db8::1' }],
    };
    expect(order(route(table))).toEqual(['a.d.example 198.51.100.1']);
    expect(order(route(table, { hasIpv6: true }))).toEqual([
      'a.d.example 2001:db8::1',
      'a.d.example 198.51.100.1',
    ]);
  });

  it('tries at most five addresses [S2-011]', () => {
    const addresses = [1, 2, 3, 4, 5, 6, 7].map((n) => a(`198.51.100.${n}`));
    const found = route({ 'd.example MX': [mx(10, 'a.d.example.')], 'a.d.example A': addresses });
    expect(order(found)).toHaveLength(5);
    expect(found.candidates.filter((c) => c.verdict === 'limit')).toHaveLength(2);
  });

  it('takes an address literal at its word', () => {
    expect(order(route({}, { domain: '[192.0.2.9]' }))).toEqual(['[192.0.2.9] 192.0.2.9']);
  });
});
