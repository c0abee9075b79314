import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reverseName } from '../dns/address.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import type { RecordData } from '../dns/records.ts';
import { finishPolicy } from './policy-run.ts';
import { genericSign, reverseFinding, reverseNamePolicy, type ReverseVerdict } from './reverse-name.ts';
import { cases } from '../testing/effort.ts';

const FOUR = '192.0.2.25';
const SIX = '2001:db8:2::25';

/** A little DNS: names with their data; `!` for one that fails. */
function dns(table: Record<string, readonly RecordData[] | '!'>): (question: DnsQuestion) => DnsAnswer {
  return ({ name, type }) => {
    const data = table[name];
    if (data === '!') return { status: 'SERVFAIL', records: [] };
    const records = (data ?? []).filter((one) => one.type === type || one.type === 'CNAME');
    return {
      status: data ? 'NOERROR' : 'NXDOMAIN',
      records: records.map((one) => ({ name, ttl: 60, data: one })),
    };
  };
}
const ptr = (target: string): RecordData => ({ type: 'PTR', target });
const a = (address: string): RecordData => ({ type: 'A', address });

function judge(
  names: readonly string[],
  table: Record<string, readonly RecordData[] | '!'>,
  address = FOUR,
  helo?: string,
): ReverseVerdict {
  const reverse = reverseName(address) ?? '';
  const back = names.length > 0 ? { [reverse]: names.map(ptr) } : {};
  return finishPolicy(reverseNamePolicy(address, helo), dns({ ...back, ...table }));
}

describe('the reverse name of an address', () => {
  it('is missing, and who owns the address is told [S3-041] [PTR-MISSING]', () => {
    const verdict = judge([], {});
    expect(verdict).toMatchObject({ state: 'none', name: undefined, rule: 'RFC 1912 §2.1' });
    expect(verdict.evidence.map((item) => item.question.name)).toEqual(['25.2.0.192.in-addr.arpa.']);
    expect(reverseFinding(verdict, 'mail.wolke.example.')).toEqual({
      id: 'PTR-MISSING',
      severity: 'warning',
      params: { address: FOUR, host: 'mail.wolke.example' },
      rule: 'RFC 1912 §2.1',
    });
  });

  it('is right when the way back confirms it, in both families [S3-041] [PTR-MISSING] [PTR-GENERIC] [PTR-MISMATCH]', () => {
    const verdict = judge(['mail.wolke.example.'], { 'mail.wolke.example.': [a('192.0.2.7'), a(FOUR)] });
    expect(verdict).toMatchObject({ state: 'ok', name: 'mail.wolke.example', isSeveral: false });
    expect(reverseFinding(verdict, 'mail.wolke.example')).toBeUndefined();
    const six = judge(
      ['mail.wolke.example.'],
      { 'mail.wolke.example.': [{ type: 'AAAA', address: SIX }] },
      SIX,
    );
    expect(six.state).toBe('ok');
  });

  it('is off the peg when the address stands in it [S3-041] [PTR-GENERIC]', () => {
    const name = 'static.25.2.0.192.isp.example.';
    const verdict = judge([name], { [name]: [a(FOUR)] });
    expect(verdict).toMatchObject({
      state: 'generic',
      name: 'static.25.2.0.192.isp.example',
      names: [{ isConfirmed: true, generic: { kind: 'address', written: '25.2.0.192' } }],
    });
    expect(reverseFinding(verdict, 'mail.wolke.example')).toMatchObject({
      id: 'PTR-GENERIC',
      params: { address: FOUR, name: 'static.25.2.0.192.isp.example', host: 'mail.wolke.example' },
    });
  });

  it('does not count when it leads elsewhere [S3-041] [PTR-MISMATCH]', () => {
    const verdict = judge(['mail.wolke.example.'], { 'mail.wolke.example.': [a('192.0.2.26')] });
    expect(verdict).toMatchObject({ state: 'mismatch', rule: 'RFC 8601 §3' });
    expect(reverseFinding(verdict, 'mail.wolke.example')).toMatchObject({
      id: 'PTR-MISMATCH',
      params: { name: 'mail.wolke.example', found: '192.0.2.26' },
    });
    expect(judge(['gone.wolke.example.'], {}).state).toBe('mismatch');
  });

  it('may be one of several: the best one counts, and that there are several is said [S3-041]', () => {
    const names = ['25-2-0-192.isp.example.', 'gone.wolke.example.', 'mail.wolke.example.'];
    const verdict = judge(names, {
      '25-2-0-192.isp.example.': [a(FOUR)],
      'mail.wolke.example.': [a(FOUR)],
    });
    expect(verdict).toMatchObject({ state: 'ok', name: 'mail.wolke.example', isSeveral: true });
  });

  it('need not be the name of the greeting, but it is noted whether it is [S3-041]', () => {
    const table = { 'mail.wolke.example.': [a(FOUR)] };
    const names = ['mail.wolke.example.'];
    expect(judge(names, table, FOUR, 'MAIL.wolke.example').greetsByName).toBe(true);
    expect(judge(names, table, FOUR, 'mx.wolke.example')).toMatchObject({ state: 'ok', greetsByName: false });
    expect(judge(names, table).greetsByName).toBeUndefined();
  });

  it('stays open while a server fails, and nobody is blamed [S3-041]', () => {
    expect(judge([], { '25.2.0.192.in-addr.arpa.': '!' }).state).toBe('tempError');
    const verdict = judge(['mail.wolke.example.'], { 'mail.wolke.example.': '!' });
    expect(verdict.state).toBe('tempError');
    expect(reverseFinding(verdict, 'mail.wolke.example')).toBeUndefined();
  });

  it('follows the alias of a classless zone (RFC 2317) [S3-006] [S3-041]', () => {
    const table = {
      '25.2.0.192.in-addr.arpa.': [
        { type: 'CNAME' as const, target: '25.0-63.2.0.192.in-addr.arpa.' },
        ptr('mail.wolke.example.'),
      ],
      'mail.wolke.example.': [a(FOUR)],
    };
    expect(judge([], table).state).toBe('ok');
  });

  it('looks at no more than ten names', () => {
    const names = Array.from({ length: 30 }, (_, i) => `n${i}.wolke.example.`);
    expect(judge(names, {}).evidence.length).toBe(11);
  });
});

describe('a name off the peg', () => {
  it.each([
    'ip-192-0-2-25.isp.example.',
    'host-25-2-0-192.isp.example.',
    'c0000219.isp.example.',
    '192000002025.isp.example.',
    'p25.2.0.192.isp.example.',
    'dsl-25.isp.example.',
    'dyn.isp.example.net.',
    'pool7.city.isp.example.',
    'customer.isp.example.',
  ])('is %s [S3-041]', (name) => {
    expect(genericSign(name, FOUR)).toBeDefined();
  });
  it.each([
    'mail.wolke.example.',
    'mx25.wolke.example.',
    'mail.static.example.',
    'dynamo.wolke.example.',
    'x192-0-2-250.wolke.example.',
    'a1.b2.wolke.example.',
  ])('is not %s [S3-041]', (name) => {
    expect(genericSign(name, FOUR)).toBeUndefined();
  });
  it('is seen in IPv6, too [S3-041]', () => {
    for (const name of [
      '2001-db8-2--25.isp.example.',
      'ip6-2001-db8-2--25.isp.example.',
      '5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.0.0.8.b.d.0.1.0.0.2.isp.example.',
      '20010db8000200000000000000000025.isp.example.',
    ])
      expect(genericSign(name, SIX), name).toMatchObject({ kind: 'address' });
    expect(genericSign('mail.wolke.example.', SIX)).toBeUndefined();
  });
  it('is sought in any text without harm [G-13]', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(FOUR, SIX, 'rubbish', ''), (name, address) => {
        genericSign(name, address);
      }),
      cases(5000),
    );
  });
});
