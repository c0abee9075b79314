// Made-up zones for SPF: records that include and redirect to each other, hosts, exchanges, reverse names and failures,
// answered by a table. Keeps to what mailauth and RFC 7208 see alike; the rest is in `oracle-differences.test.ts`. Used by tests only.

import fc from 'fast-check';
import { sha256 } from '../../crypto/hash.ts';
import { latin1 } from '../../base/bytes.ts';
import type { DnsAnswer, DnsQuestion } from '../../dns/lookup.ts';
import type { RecordData } from '../../dns/records.ts';
import type { Answerer } from './mailauth.ts';

export interface SpfCase {
  readonly ip: string;
  readonly helo: string;
  readonly sender: string;
  readonly zone: {
    /** Records of `s0` to `s5.a.example`, `a.example` first; `timeout` and `nothing` are no texts. */
    readonly records: readonly (readonly string[] | 'timeout' | 'nothing')[];
    /** Addresses of `h0` …: indices into the two pools, or a failure. */
    readonly hosts: readonly (readonly number[] | 'timeout' | 'nothing')[];
    readonly exchanges: readonly (readonly number[])[];
    readonly reverse: readonly string[];
    /** A mechanism put first in the record of `a.example`. */
    readonly ptr: string;
  };
}

const POOL4 = ['192.0.2.1', '192.0.2.77', '192.0.2.130', '198.51.100.9', '203.0.113.200'];
const POOL6 = ['2001:db8::1', '2001:db8::77', '2001:db8:0:1::130', '2001:db8:ffff::9', '3fff::200'];
const HOSTS = 5;
const RECORDS = 6;

const host = fc.nat(HOSTS - 1).map((i) => `h${i}.a.example`);
const target = fc.integer({ min: 1, max: RECORDS - 1 }).map((i) => `s${i}.a.example`);
const prefix = fc.constantFrom(
  '',
  '',
  '',
  '/32',
  '/30',
  '/24',
  '/16',
  '/0',
  '//128',
  '//64',
  '/24//48',
  '/25//120',
);
const macro = fc
  .tuple(
    fc.constantFrom('i', 's', 'l', 'o', 'h', 'v'),
    fc.constantFrom('', '1', '2', '3', '9', '128'),
    fc.constantFrom('', 'r'),
    fc.constantFrom('', '.', '-', '+', '-.', '+-.,/_=', '='),
  )
  .map(([letter, digits, reverse, delimiters]) => `%{${letter}${digits}${reverse}${delimiters}}`);
const spelled = fc.oneof(macro, fc.constantFrom('x', '%%', '%-', 'y1'));
/** A name that macros make, below a name that answers by chance. */
const made = fc
  .array(spelled, { minLength: 1, maxLength: 3 })
  .map((parts) => `${parts.join('.')}.x.a.example`)
  // mailauth cuts a name at its second @.
  .filter((name) => name.split('%{s').length < 3);

const mechanism = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'ip4:192.0.2.0/25',
      'ip4:192.0.2.1',
      'IP4:198.51.100.0/24',
      'ip4:203.0.113.200/32',
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'ip6:2001:db8::/64',
      'ip6:2001:db8::1',
      'ip6:3FFF::/20',
      'ip6:2001:DB8:0:1::/64',
    ),
  },
  { weight: 3, arbitrary: fc.tuple(host, prefix).map(([name, bits]) => `a:${name}${bits}`) },
  { weight: 2, arbitrary: fc.tuple(fc.nat(2), prefix).map(([i, bits]) => `mx:m${i}.a.example${bits}`) },
  { weight: 3, arbitrary: target.map((name) => `include:${name}`) },
  { weight: 2, arbitrary: made.map((name) => `exists:${name}`) },
  { weight: 1, arbitrary: fc.tuple(made, prefix).map(([name, bits]) => `a:${name}${bits}`) },
  { weight: 1, arbitrary: fc.constantFrom('all', 'ALL') },
);
const term = fc.tuple(fc.constantFrom('', '', '+', '-', '~', '?'), mechanism).map((parts) => parts.join(''));
const ending = fc.oneof(
  fc.constantFrom('', '-all', '~all', '?all'),
  target.map((name) => `redirect=${name}`),
  target.map((name) => `redirect=${name} -all`),
);
const modifier = fc.constantFrom('', '', '', 'exp=why.a.example', 'foo=bar', 'x-y.z=%{i}');
const record = fc
  .tuple(fc.constantFrom('v=spf1', 'V=SPF1'), fc.array(term, { maxLength: 5 }), modifier, ending)
  .map(([version, terms, more, end]) => [version, ...terms, more, end].filter((one) => one !== '').join(' '));
const texts = fc.oneof(
  { weight: 16, arbitrary: record.map((one) => [one]) },
  { weight: 3, arbitrary: record.map((one) => ['site=1', one, 'v=spf10 -all']) },
  { weight: 1, arbitrary: fc.tuple(record, record).map((two) => [...two]) },
  { weight: 1, arbitrary: fc.constant(['hello']) },
  { weight: 1, arbitrary: fc.constantFrom('timeout' as const, 'nothing' as const) },
);

export const spfCase: fc.Arbitrary<SpfCase> = fc.record({
  ip: fc.constantFrom(...POOL4, ...POOL6, '198.18.0.1'),
  helo: fc.constantFrom('mail.a.example', 's1.a.example', 'x-1.b.example'),
  sender: fc.constantFrom('ana@a.example', 'x.y-z+tag@a.example', 'a=b/c@a.example', 'o_o@s1.a.example', ''),
  zone: fc.record({
    records: fc.array(texts, { minLength: RECORDS, maxLength: RECORDS }),
    hosts: fc.array(
      fc.oneof(
        { weight: 8, arbitrary: fc.array(fc.nat(POOL4.length - 1), { minLength: 1, maxLength: 3 }) },
        { weight: 2, arbitrary: fc.constantFrom('timeout' as const, 'nothing' as const, 'nothing' as const) },
      ),
      { minLength: HOSTS, maxLength: HOSTS },
    ),
    exchanges: fc.array(fc.array(fc.nat(HOSTS - 1), { maxLength: 3 }), { minLength: 3, maxLength: 3 }),
    reverse: fc.array(host, { maxLength: 2 }),
    // In the record that is read once at most, as mailauth counts a second look at the reverse name for nothing.
    ptr: fc.constantFrom('', '', '', 'ptr', '-ptr', 'ptr:h1.a.example'),
  }),
});

/** The answers of such a zone, the same for everybody who asks. */
export function spfAnswers({ zone }: SpfCase): Answerer {
  const nothing = (status: DnsAnswer['status']): DnsAnswer => ({ status, records: [] });
  const records = (name: string, data: readonly RecordData[]): DnsAnswer => ({
    status: 'NOERROR',
    records: data.map((one) => ({ name, ttl: 300, data: one })),
  });
  const addresses = (name: string, type: string, picked: readonly number[]): DnsAnswer =>
    records(
      name,
      picked.flatMap((i): RecordData[] => {
        if (type === 'A') return [{ type: 'A', address: POOL4[i] ?? '' }];
        return type === 'AAAA' ? [{ type: 'AAAA', address: POOL6[i] ?? '' }] : [];
      }),
    );
  return ({ name, type }: DnsQuestion) => {
    const plain = name.toLowerCase().replace(/\.$/, '');
    const at = (pattern: RegExp): number | undefined => {
      const found = pattern.exec(plain)?.[1];
      return found === undefined ? undefined : Number(found);
    };
    const text = plain === 'a.example' ? 0 : at(/^s(\d)\.a\.example$/);
    if (text !== undefined && type === 'TXT') {
      const found = zone.records[text] ?? 'nothing';
      if (found === 'timeout') return nothing('TIMEOUT');
      if (found === 'nothing') return nothing('NXDOMAIN');
      return records(
        name,
        found.map((one) => {
          const whole = text === 0 ? one.replace(/^v=spf1 /i, `$&${zone.ptr} `) : one;
          return { type: 'TXT', strings: whole.match(/.{1,50}/g) ?? [''] };
        }),
      );
    }
    const hostAt = at(/^h(\d)\.a\.example$/);
    if (hostAt !== undefined && (type === 'A' || type === 'AAAA')) {
      const found = zone.hosts[hostAt] ?? 'nothing';
      if (found === 'timeout') return nothing('TIMEOUT');
      return found === 'nothing' ? nothing('NXDOMAIN') : addresses(name, type, found);
    }
    const mx = at(/^m(\d)\.a\.example$/);
    if (mx !== undefined && type === 'MX') {
      // mailauth counts void look-ups of exchanges apart.
      const list = (zone.exchanges[mx] ?? []).filter((i) => zone.hosts[i] !== 'nothing');
      return records(
        name,
        list.map((i, place) => ({ type: 'MX', preference: place, exchange: `h${i}.a.example.` })),
      );
    }
    if (type === 'PTR' && plain.endsWith('.arpa'))
      return records(
        name,
        zone.reverse.map((one) => ({ type: 'PTR', target: `${one}.` })),
      );
    if (plain.endsWith('.x.a.example') && (type === 'A' || type === 'AAAA')) {
      // By chance, but the same for the same name: so both must have made the very same name.
      const dice = sha256(latin1(plain))[0] ?? 0;
      return dice < 150 ? addresses(name, type, [dice % POOL4.length]) : nothing('NXDOMAIN');
    }
    return nothing('NXDOMAIN');
  };
}
