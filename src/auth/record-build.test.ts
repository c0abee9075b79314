import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lintRecords } from './lint.ts';
import {
  buildBimi,
  buildDmarc,
  buildSpf,
  buildSts,
  buildTlsReport,
  readDmarc,
  readSpf,
  stsPolicy,
  type Built,
  type DmarcChoice,
  type SpfChoice,
} from './record-build.ts';
import { cases } from '../testing/effort.ts';

/** What is to be said about the record; notes explain and do not complain. */
const complaints = (name: string, text: string): string[] =>
  lintRecords([{ name, strings: text.match(/[^]{1,255}/g) ?? [] }])
    .filter(({ severity }) => severity !== 'info')
    .map(({ id }) => id);

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?$/);
const domain = fc.tuple(label, label).map(([a, b]) => `${a}.${b}.example`);
const junk = fc.string({ maxLength: 20 });
const word = (good: fc.Arbitrary<string>) => fc.oneof({ weight: 4, arbitrary: good }, junk);
const address = fc
  .tuple(fc.stringMatching(/^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,12}$/), domain)
  .map((p) => p.join('@'));
const octet = fc.nat(255);
const ip4 = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));
const network = fc.oneof(
  ip4,
  fc.tuple(ip4, fc.nat(40)).map(([ip, n]) => `${ip}/${n}`),
  fc.tuple(fc.ipV6(), fc.nat(140)).map(([ip, n]) => `${ip}/${n}`),
);
const spfChoice: fc.Arbitrary<SpfChoice> = fc.record({
  mx: fc.boolean(),
  a: fc.boolean(),
  hosts: fc.array(word(domain), { maxLength: 4 }),
  networks: fc.array(word(network), { maxLength: 4 }),
  includes: fc.array(word(domain), { maxLength: 9 }),
  all: fc.constantFrom('-', '~', '?'),
});
const policy = fc.constantFrom('none' as const, 'quarantine' as const, 'reject' as const);
const dmarcChoice: fc.Arbitrary<DmarcChoice> = fc.record(
  {
    p: policy,
    sp: policy,
    np: policy,
    test: fc.boolean(),
    rua: fc.array(word(address), { maxLength: 3 }),
    ruf: fc.array(word(address), { maxLength: 2 }),
    adkim: fc.constantFrom('r' as const, 's' as const),
    aspf: fc.constantFrom('r' as const, 's' as const),
    fo: fc.constantFrom('0' as const, '1' as const, 'd' as const, 's' as const),
  },
  { requiredKeys: ['p', 'test', 'rua', 'ruf', 'adkim', 'aspf', 'fo'] },
);

function alwaysClean<T>(choices: fc.Arbitrary<T>, name: string, build: (choice: T) => Built): void {
  let made = 0;
  fc.assert(
    fc.property(choices, (choice) => {
      const result = build(choice);
      if (!result.ok) {
        expect(result.problems.length).toBeGreaterThan(0);
        return;
      }
      made++;
      expect(complaints(name, result.text), result.text).toEqual([]);
    }),
    cases(500),
  );
  expect(made).toBeGreaterThan(50);
}

describe('builders write only records that lint clean', () => {
  it('SPF [S4-071]', () => alwaysClean(spfChoice, 'a.example.', buildSpf));
  it('DMARC [S4-071]', () => alwaysClean(dmarcChoice, '_dmarc.a.example.', buildDmarc));
  it('MTA-STS [S4-071]', () =>
    alwaysClean(
      fc.record({ id: fc.oneof(junk, fc.stringMatching(/^[A-Za-z0-9]{1,40}$/)) }),
      '_mta-sts.a.example.',
      buildSts,
    ));
  it('TLS reporting [S4-071]', () =>
    alwaysClean(
      fc.record({ rua: fc.array(word(address), { maxLength: 3 }) }),
      '_smtp._tls.a.example.',
      buildTlsReport,
    ));
  it('BIMI [S4-071]', () => {
    const url = (end: string) =>
      fc.oneof(
        junk,
        fc.webUrl().map((u) => `${u.replace(/^http:/, 'https:')}x${end}`),
      );
    alwaysClean(
      fc.record({ logo: url('.svg'), certificate: fc.oneof(fc.constant(''), url('.pem')) }),
      'default._bimi.a.example.',
      buildBimi,
    );
  });
});

describe('builders', () => {
  const text = (result: Built): string => (result.ok ? result.text : JSON.stringify(result.problems));

  it('write what people write', () => {
    const choice: SpfChoice = {
      mx: true,
      a: false,
      hosts: ['www.a.example.'],
      networks: ['192.0.2.1', 'ip6:2001:db8::/48'],
      includes: ['esp.example'],
      all: '~',
    };
    const spf = 'v=spf1 mx a:www.a.example ip4:192.0.2.1 ip6:2001:db8::/48 include:esp.example ~all';
    expect(text(buildSpf(choice))).toBe(spf);
    expect(buildSpf(readSpf(spf).choice)).toEqual({ ok: true, text: spf });
    const dmarc = 'v=DMARC1; p=reject; sp=quarantine; t=y; rua=mailto:d@a.example; adkim=s';
    expect(text(buildDmarc(readDmarc(dmarc)))).toBe(dmarc);
    expect(stsPolicy('testing', ['mx.a.example'])).toBe(
      'version: STSv1\r\nmode: testing\r\nmx: mx.a.example\r\nmax_age: 604800\r\n',
    );
  });

  it('say which field is wrong', () => {
    const base = readSpf('v=spf1 -all').choice;
    expect(buildSpf({ ...base, networks: ['192.0.2.256', '10.0.0.0/8'] })).toEqual({
      ok: false,
      problems: [
        { field: 'networks', id: 'network', text: '192.0.2.256' },
        { field: 'networks', id: 'bigNetwork', text: '10.0.0.0/8' },
      ],
    });
    const many = Array.from({ length: 11 }, (_, i) => `s${i}.example`);
    expect(buildSpf({ ...base, includes: many })).toMatchObject({
      problems: [{ id: 'tooManyLookups', text: '11' }],
    });
    expect(buildDmarc(readDmarc('v=DMARC1; p=none'))).toMatchObject({
      problems: [{ field: 'rua', id: 'noReports' }],
    });
  });

  it('never write removed tags, nor a policy for subdomains that opens them', () => {
    expect(
      text(
        buildDmarc(readDmarc('v=DMARC1; p=reject; sp=none; pct=20; rf=afrf; ri=60; rua=mailto:d@a.example')),
      ),
    ).toBe('v=DMARC1; p=reject; rua=mailto:d@a.example');
  });

  it('name the terms that a form cannot keep', () => {
    expect(readSpf('v=spf1 exists:%{i}.a.example -mx ptr a/24 redirect=b.example').lost).toEqual([
      'exists:%{i}.a.example',
      '-mx',
      'ptr',
      'a/24',
      'redirect=b.example',
    ]);
  });
});
