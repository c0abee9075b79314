// SPF beyond the public suite: identities, limits, the reasoning a verdict carries, and hostile records.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import type { RecordData } from '../dns/records.ts';
import { ipText, parseIp } from './ip.ts';
import { parseSpfRecord } from './spf-record.ts';
import { checkSpf } from './spf.ts';
import { answerAll, txtTable } from './testing.ts';
import { cases } from '../testing/effort.ts';

/** Zone lines: `name TYPE data`. */
function zone(...lines: string[]) {
  const entries = lines.map((line) => {
    const [name = '', type = '', ...rest] = line.split(' ');
    return { name, type, data: rest.join(' ') };
  });
  return (question: DnsQuestion): DnsAnswer => {
    const name = question.name.slice(0, -1).toLowerCase();
    const here = entries.filter((entry) => entry.name === name);
    const found = here.filter((entry) => entry.type === question.type);
    const records = found.map((entry) => {
      let data: RecordData = { type: 'TXT', strings: [entry.data] };
      if (entry.type === 'A' || entry.type === 'AAAA') data = { type: entry.type, address: entry.data };
      if (entry.type === 'MX') data = { type: 'MX', preference: 10, exchange: entry.data + '.' };
      if (entry.type === 'PTR') data = { type: 'PTR', target: entry.data + '.' };
      return { name: question.name, ttl: 3600, data };
    });
    return { status: here.length > 0 ? 'NOERROR' : 'NXDOMAIN', records, server: '192.0.2.53' };
  };
}

const check = (
  sender: string,
  answer: (q: DnsQuestion) => DnsAnswer,
  ip = '203.0.113.9',
  helo = 'mta.a.example',
) => answerAll(checkSpf({ ip, helo, sender }), answer).verdict;

describe('identities', () => {
  it('checks the HELO name as postmaster for a bounce and says why [S4-002]', () => {
    const verdict = check('', zone('mta.a.example TXT v=spf1 a -all', 'mta.a.example A 203.0.113.9'));
    expect(verdict).toMatchObject({
      result: 'pass',
      identity: 'helo',
      identityReason: 'null-reverse-path',
      sender: 'postmaster@mta.a.example',
      domain: 'mta.a.example',
    });
  });

  it('checks the HELO identity on its own when asked to [S4-002]', () => {
    const policy = checkSpf({
      ip: '203.0.113.9',
      helo: 'mta.a.example',
      sender: 'x@b.example',
      identity: 'helo',
    });
    const { verdict } = answerAll(policy, txtTable({ 'mta.a.example': 'v=spf1 -all' }));
    expect(verdict).toMatchObject({ result: 'fail', identity: 'helo', identityReason: 'helo-check' });
  });
});

describe('results', () => {
  it('is neutral when nothing matches, and follows redirect only without all [S4-003]', () => {
    const answer = txtTable({
      'n.example': 'v=spf1 ip4:192.0.2.1',
      'r.example': 'v=spf1 ip4:192.0.2.1 redirect=t.example',
      'ra.example': 'v=spf1 redirect=t.example ?all',
      'rn.example': 'v=spf1 redirect=nothing.example',
      'in.example': 'v=spf1 include:nothing.example -all',
      't.example': 'v=spf1 -all',
    });
    const results = ['n', 'r', 'ra', 'rn', 'in'].map((one) => {
      const { result, reason } = check(`a@${one}.example`, answer);
      return `${result}/${reason}`;
    });
    expect(results).toEqual([
      'neutral/default',
      'fail/matched',
      'neutral/matched',
      'permerror/redirect-none',
      'permerror/include-none',
    ]);
  });

  it('names the difference between no answer and no record [S4-003]', () => {
    const dead = (): DnsAnswer => ({ status: 'TIMEOUT', records: [] });
    expect(check('a@x.example', dead)).toMatchObject({ result: 'temperror', rule: 'RFC 7208 §4.4' });
    expect(check('a@x.example', zone())).toMatchObject({ result: 'none', rule: 'RFC 7208 §4.5' });
  });

  it('takes exactly one record that starts with v=spf1 and a blank or the end [S4-005]', () => {
    const answer = txtTable({
      'two.example': ['v=spf1 -all', 'V=SPF1 +all'],
      'ten.example': ['v=spf10 -all', 'hello'],
      'long.example': [`v=spf1 ${'ip4:192.0.2.1 '.repeat(18)}ip4:203.0.113.9 -all`],
    });
    expect(check('a@two.example', answer)).toMatchObject({ result: 'permerror', reason: 'many-records' });
    expect(check('a@ten.example', answer)).toMatchObject({ result: 'none' });
    expect(check('a@long.example', answer)).toMatchObject({ result: 'pass' });
  });
});

describe('limits', () => {
  const chain = (length: number) => {
    const table: Record<string, string> = {};
    for (let i = 0; i < length; i++) table[`i${i}.example`] = `v=spf1 include:i${i + 1}.example -all`;
    table[`i${length}.example`] = 'v=spf1 ip4:203.0.113.9 -all';
    return txtTable(table);
  };

  it('allows ten look-ups through nested includes and refuses the eleventh [S4-004]', () => {
    expect(check('a@i0.example', chain(10))).toMatchObject({ result: 'pass', lookups: 10 });
    expect(check('a@i0.example', chain(11))).toMatchObject({ result: 'permerror', lookups: 11 });
  });

  it('does not count ip4, ip6, all and exp [S4-004]', () => {
    const text = `v=spf1 ${'ip4:192.0.2.1 ip6:2001:db8::1 '.repeat(12)}exp=e.example -all`;
    expect(check('a@x.example', txtTable({ 'x.example': text, 'e.example': 'no' }))).toMatchObject({
      result: 'fail',
      lookups: 0,
      explanation: 'no',
    });
  });

  it('allows two void look-ups and refuses the third [S4-004]', () => {
    const two = txtTable({ 'x.example': 'v=spf1 a:n1.example a:n2.example ip4:203.0.113.9 -all' });
    const three = txtTable({ 'x.example': 'v=spf1 a:n1.example a:n2.example mx:n3.example ip4:203.0.113.9' });
    expect(check('a@x.example', two)).toMatchObject({ result: 'pass', voids: 2 });
    expect(check('a@x.example', three)).toMatchObject({
      result: 'permerror',
      voids: 3,
      matchedTerm: { text: 'mx:n3.example' },
    });
  });

  it('refuses eleven exchanges in one mx and stops at ten names of ptr [S4-004]', () => {
    const mx = Array.from({ length: 11 }, (_, i) => `x.example MX m${i}.x.example`);
    const mxA = Array.from({ length: 11 }, (_, i) => `m${i}.x.example A 192.0.2.${i}`);
    expect(check('a@x.example', zone('x.example TXT v=spf1 mx -all', ...mx, ...mxA))).toMatchObject({
      result: 'permerror',
      reason: 'too-many-mx',
    });
    expect(check('a@x.example', zone('x.example TXT v=spf1 mx -all', ...mx.slice(1), ...mxA)).result).toBe(
      'fail',
    );
    const ptr = Array.from({ length: 11 }, (_, i) => `9.113.0.203.in-addr.arpa PTR p${i}.x.example`);
    const lastOnly = zone('x.example TXT v=spf1 ptr -all', ...ptr, 'p10.x.example A 203.0.113.9');
    expect(check('a@x.example', lastOnly).result).toBe('fail');
  });
});

describe('reasoning', () => {
  it('carries record, terms, questions, counters, the include tree and the deciding term [S4-007]', () => {
    const answer = zone(
      'a.example TXT v=spf1 mx include:esp.example ~all',
      'a.example MX mx1.a.example',
      'mx1.a.example A 198.51.100.1',
      'esp.example TXT v=spf1 a:gone.example exists:%{ir}.list.esp.example -all',
      '9.113.0.203.list.esp.example A 127.0.0.2',
    );
    const verdict = check('ana@a.example', answer);
    expect(verdict).toMatchObject({
      result: 'pass',
      rule: 'RFC 7208 §5.2',
      lookups: 4,
      voids: 1,
      matchedTerm: { text: 'include:esp.example', span: { start: 10, end: 29 } },
    });
    expect(verdict.check.record).toEqual({
      text: 'v=spf1 mx include:esp.example ~all',
      owner: 'a.example.',
      ttl: 3600,
      server: '192.0.2.53',
    });
    const [mx, include] = verdict.check.terms;
    expect(mx).toMatchObject({ name: 'mx', qualifier: '+', matched: false, lookups: 1, voids: 0 });
    expect(mx?.questions.map((one) => `${one.question.name} ${one.question.type}`)).toEqual([
      'a.example. MX',
      'mx1.a.example. A',
    ]);
    expect(include).toMatchObject({
      matched: true,
      lookups: 4,
      nested: { domain: 'esp.example', result: 'pass' },
    });
    expect(
      include?.nested?.terms.map((term) => [term.target, term.matched, term.lookups, term.voids]),
    ).toEqual([
      ['gone.example', false, 3, 1],
      ['9.113.0.203.list.esp.example', true, 4, 1],
    ]);
    expect(structuredClone(verdict)).toEqual(verdict);
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
  });

  it('points at the deciding term in the redirected record [S4-007]', () => {
    const text = 'v=spf1 ip4:192.0.2.0/24 -all';
    const verdict = check(
      'a@r.example',
      txtTable({ 'r.example': 'v=spf1 redirect=t.example', 't.example': text }),
    );
    const { matchedTerm } = verdict;
    expect(matchedTerm?.domain).toBe('t.example');
    expect(text.slice(matchedTerm?.span.start, matchedTerm?.span.end)).toBe('-all');
  });
});

describe('hostile input', () => {
  const term = fc.oneof(
    fc.constantFrom(
      'a',
      'mx',
      'ptr',
      'all',
      '-all',
      'a/24',
      'mx//64',
      'ip4:1.2.3.4',
      'ip4:1.2.3.4/33',
      'ip6:::1',
    ),
    fc.constantFrom(
      'include:x.example',
      'redirect=x.example',
      'exp=%{i}',
      'exists:%{l1r-}.%{d}',
      'a:%{p}.example',
    ),
    fc.string({ unit: 'binary-ascii', maxLength: 20 }),
    fc.string({
      unit: fc.constantFrom('%', '{', '}', 's', 'l', '1', 'r', '-', ':', '/', '=', '.'),
      maxLength: 20,
    }),
  );

  it('never throws, keeps every span inside the text and agrees with the spans', () => {
    fc.assert(
      fc.property(fc.array(term, { maxLength: 8 }), (terms) => {
        const text = `v=spf1 ${terms.join(' ')}`;
        const record = parseSpfRecord(text);
        for (const one of record.terms) expect(text.slice(one.span.start, one.span.end)).toBe(one.text);
        for (const error of record.errors) {
          expect(error.span.start).toBeGreaterThanOrEqual(0);
          expect(error.span.end).toBeLessThanOrEqual(text.length);
        }
        const table = txtTable({ 'x.example': text });
        const verdict = check('a@x.example', table);
        expect(verdict.lookups).toBeLessThanOrEqual(11);
        if (record.errors.length > 0) expect(verdict.result).toBe('permerror');
      }),
      cases(1200),
    );
  });

  it('survives any sender and HELO', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (sender, helo) => {
        const answer = (question: DnsQuestion): DnsAnswer => ({
          status: 'NOERROR',
          records: [
            {
              name: question.name,
              ttl: 1,
              data: { type: 'TXT', strings: ['v=spf1 exists:%{l}.%{h}.%{o} -all'] },
            },
          ],
        });
        check(sender, answer, '2001:db8::1', helo);
      }),
      cases(1200),
    );
  });

  it('prints IPv6 addresses so that they read back', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const address = parseIp(text);
        expect(address).toBeDefined();
        if (address !== undefined) expect(parseIp(ipText(address))).toEqual(address);
      }),
    );
  });
});
