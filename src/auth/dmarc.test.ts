// DMARC beyond the public cases: who the author is, the walk, records and policies, alignment, what receivers do.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLatin1, utf8 } from '../base/bytes.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { authorOf } from './author.ts';
import { decideDmarc, RFC9989_RECEIVER, STRICT_RECEIVER } from './dmarc-receiver.ts';
import { isDmarcRecord, parseDmarcRecord } from './dmarc-record.ts';
import { walkNames } from './dmarc-walk.ts';
import { checkDmarc } from './dmarc.ts';
import type { DmarcInput } from './dmarc.ts';
import { answerAll, txtTable } from './testing.ts';
import { cases } from '../testing/effort.ts';

type Table = Record<string, string | string[]>;
const NOTHING: Pick<DmarcInput, 'spf' | 'dkim'> = { spf: { result: 'none', domain: '' }, dkim: [] };
const check = (domain: string, table: Table, more: Partial<DmarcInput> = {}) =>
  answerAll(checkDmarc({ author: { domain }, ...NOTHING, ...more }), txtTable(table)).verdict;

describe('the author', () => {
  const from = (...values: string[]) =>
    authorOf(fromLatin1(utf8(values.map((value) => `From: ${value}\r\n`).join('') + '\r\nbody')));

  it('is the domain of the one From, with A-labels [S4-040]', () => {
    expect(from('Ana <ana@A.Example>').domain).toBe('a.example');
    expect(from('"a@evil.example" <ana@a.example> (x@y.example)').domain).toBe('a.example');
    expect(from('Ana <ana@a.example>, Ben <ben@A.example>').domain).toBe('a.example');
    expect(from('Jörg <jörg@bücher.example>').domain).toBe('xn--bcher-kva.example');
    expect(from('x@münchen-ost.example').domain).toBe('xn--mnchen-ost-9db.example');
  });

  it('is nobody when From is absent, double, empty or of two domains [S4-040]', () => {
    expect(from().problem).toBe('no-from');
    expect(from('a@a.example', 'b@b.example').problem).toBe('many-from');
    expect(from('Ana').problem).toMatch(/no-address|bad-domain/);
    expect(from('a@a.example, b@b.example').problem).toBe('many-domains');
    expect(from('a@[192.0.2.1]').problem).toBe('bad-domain');
    const verdict = answerAll(
      checkDmarc({ author: { problem: 'many-domains' }, ...NOTHING }),
      txtTable({}),
    ).verdict;
    expect(verdict).toMatchObject({
      result: 'permerror',
      authorProblem: 'many-domains',
      disposition: 'none',
    });
  });
});

describe('the walk', () => {
  it('asks eight names at most, and the seven-label name second [S4-041]', () => {
    expect(walkNames('a.b.c.d.e.f.g.h.i.j.mail.example.com')).toEqual([
      'a.b.c.d.e.f.g.h.i.j.mail.example.com',
      'g.h.i.j.mail.example.com',
      'h.i.j.mail.example.com',
      'i.j.mail.example.com',
      'j.mail.example.com',
      'mail.example.com',
      'example.com',
      'com',
    ]);
    for (let labels = 1; labels < 40; labels++) {
      const name = Array.from({ length: labels }, (_, i) => `l${i}`).join('.');
      expect(walkNames(name).length).toBe(Math.min(labels, 8));
    }
  });

  it('finds the organization by psd=n, psd=y or the shortest name [S4-043]', () => {
    const org = (table: Table) => {
      const { walks } = check('a.mail.example.com', table);
      return `${walks[0]?.organizationalDomain} (${walks[0]?.because})`;
    };
    const p = 'v=DMARC1; p=none';
    expect(org({ '_dmarc.mail.example.com': p, '_dmarc.example.com': p })).toBe(
      'example.com (shortest record)',
    );
    expect(org({ '_dmarc.mail.example.com': `${p}; psd=n`, '_dmarc.example.com': p })).toBe(
      'mail.example.com (psd=n)',
    );
    expect(org({ '_dmarc.com': `${p}; psd=y` })).toBe('example.com (below psd=y)');
    expect(org({})).toBe('a.mail.example.com (no record)');
    expect(check('bank.example', { '_dmarc.bank.example': `${p}; psd=y` }).organizationalDomain).toBe(
      'bank.example',
    );
  });

  it('discards all records of a name that has two, and everything that is not exactly DMARC1 first [S4-042]', () => {
    const many = check('a.example', { '_dmarc.a.example': ['v=DMARC1; p=reject', 'v=DMARC1; p=none'] });
    expect(many).toMatchObject({
      result: 'none',
      walks: [{ steps: [{ outcome: 'many', recordCount: 2 }, {}] }],
    });
    expect(check('a.example', { '_dmarc.a.example': ['v=DMARC1; p=reject', 'other'] }).policy).toBe('reject');
    const accepted = ['v=DMARC1', 'v=DMARC1;p=none', 'V = DMARC1 ; rua=mailto:a@b.example; p=none'];
    const refused = [
      'v=dmarc1; p=none',
      'p=none; v=DMARC1',
      'v=DMARC10; p=none',
      ' v=DMARC1',
      'v=DMARC1 p=none',
    ];
    expect(accepted.map(isDmarcRecord)).toEqual(accepted.map(() => true));
    expect(refused.map(isDmarcRecord)).toEqual(refused.map(() => false));
  });
});

describe('the policy', () => {
  const policyOf = (record: string, domain = 'a.example', more: Table = {}) => {
    const verdict = check(domain, { '_dmarc.a.example': record, 'sub.a.example': [], ...more });
    return `${verdict.policy} by ${verdict.policySource?.tag}, asks ${verdict.disposition}`;
  };

  it('comes from p, or sp and np below [S4-044]', () => {
    const record = 'v=DMARC1; p=reject; sp=quarantine; np=none';
    expect(policyOf(record)).toBe('reject by p, asks reject');
    expect(policyOf(record, 'sub.a.example')).toBe('quarantine by sp, asks quarantine');
    expect(policyOf(record, 'ghost.a.example')).toBe('none by np, asks none');
    expect(policyOf('v=DMARC1; p=reject; sp=quarantine', 'ghost.a.example')).toBe(
      'quarantine by sp, asks quarantine',
    );
    expect(policyOf('v=DMARC1; p=reject', 'ghost.a.example')).toBe('reject by p, asks reject');
    expect(check('x.com', { '_dmarc.com': 'v=DMARC1; p=reject; psd=y; np=quarantine' })).toMatchObject({
      policy: 'quarantine',
      record: { because: 'public-suffix-domain' },
    });
  });

  it('is none when it is bad but reports are wanted, else there is no DMARC [S4-044]', () => {
    expect(policyOf('v=DMARC1; rua=mailto:x@a.example')).toBe('none by rua, asks none');
    expect(policyOf('v=DMARC1; p=reject; sp=bogus; rua=mailto:x@a.example')).toBe('none by rua, asks none');
    expect(check('a.example', { '_dmarc.a.example': 'v=DMARC1; p=rejekt' })).toMatchObject({
      result: 'none',
      reason: 'bad-policy',
    });
    expect(check('a.example', { '_dmarc.a.example': 'v=DMARC1; rua=x@a.example' }).result).toBe('none');
  });

  it('is one step milder with t=y, and pct, rf and ri change nothing [S4-045]', () => {
    expect(policyOf('v=DMARC1; p=reject; t=y')).toBe('reject by p, asks quarantine');
    expect(policyOf('v=DMARC1; p=quarantine; t=y')).toBe('quarantine by p, asks none');
    expect(policyOf('v=DMARC1; p=reject; pct=0; rf=afrf; ri=60')).toBe('reject by p, asks reject');
    const removed = parseDmarcRecord('v=DMARC1; p=reject; pct=0; rf=afrf; ri=60').problems;
    expect(removed.map((one) => `${one.code} ${one.tag}`)).toEqual([
      'removed-tag pct',
      'removed-tag rf',
      'removed-tag ri',
    ]);
  });
});

describe('alignment', () => {
  const table: Table = {
    '_dmarc.a.example': 'v=DMARC1; p=reject',
    '_dmarc.s.example': 'v=DMARC1; p=reject; adkim=s; aspf=s',
  };

  it('needs one authenticated identifier of the same organization [S4-046]', () => {
    const cases: [string, Partial<DmarcInput>, string][] = [
      ['a.example', { spf: { result: 'pass', domain: 'bounce.a.example' } }, 'pass spf-aligned'],
      ['a.example', { spf: { result: 'softfail', domain: 'a.example' } }, 'fail not-aligned'],
      ['a.example', { dkim: [{ result: 'pass', domain: 'mail.a.example' }] }, 'pass dkim-aligned'],
      ['a.example', { dkim: [{ result: 'pass', domain: 'esp.example' }] }, 'fail not-aligned'],
      [
        'a.example',
        {
          dkim: [
            { result: 'fail', domain: 'a.example' },
            { result: 'pass', domain: 'a.example' },
          ],
        },
        'pass dkim-aligned',
      ],
      ['s.example', { spf: { result: 'pass', domain: 'bounce.s.example' } }, 'fail not-aligned'],
      [
        's.example',
        { spf: { result: 'pass', domain: 'S.example' }, dkim: [{ result: 'pass', domain: 's.example' }] },
        'pass both-aligned',
      ],
    ];
    for (const [domain, input, wanted] of cases) {
      const { result, reason } = check(domain, table, input);
      expect(`${result} ${reason}`).toBe(wanted);
    }
  });

  it('is unknown, not failed, while DNS fails [S4-046]', () => {
    const flaky =
      (bad: string) =>
      (question: DnsQuestion): DnsAnswer =>
        question.name.startsWith(bad) ? { status: 'SERVFAIL', records: [] } : txtTable(table)(question);
    const run = (bad: string, more: Partial<DmarcInput> = {}) =>
      answerAll(checkDmarc({ author: { domain: 'a.example' }, ...NOTHING, ...more }), flaky(bad)).verdict;
    expect(run('_dmarc.a.example')).toMatchObject({ result: 'temperror', disposition: 'none' });
    const esp = { spf: { result: 'pass', domain: 'esp.example' } } as const;
    expect(run('_dmarc.esp.example', esp)).toMatchObject({ result: 'temperror', disposition: 'none' });
    const signed = { ...esp, dkim: [{ result: 'pass', domain: 'a.example' }] } as const;
    expect(run('_dmarc.esp.example', signed).result).toBe('pass');
    expect(check('a.example', table, { spf: { result: 'temperror', domain: 'a.example' } }).result).toBe(
      'temperror',
    );
    expect(check('a.example', table, { spf: { result: 'temperror', domain: 'esp.example' } }).result).toBe(
      'fail',
    );
  });

  it('shows every query, the record, the source and a row per identifier [S4-049]', () => {
    const verdict = check(
      'news.a.example',
      { ...table, 'news.a.example': [] },
      {
        spf: { result: 'pass', domain: 'esp.example' },
        dkim: [{ result: 'pass', domain: 'a.example', selector: 's1' }],
      },
    );
    expect(
      verdict.walks.map((walk) => [
        walk.purpose,
        walk.steps.map((step) => `${step.domain} ${step.outcome}${step.isRepeated ? ' again' : ''}`),
      ]),
    ).toEqual([
      ['author', ['news.a.example none', 'a.example record', 'example none']],
      ['spf', ['esp.example none', 'example none again']],
      ['dkim', ['a.example record again', 'example none again']],
    ]);
    expect(verdict).toMatchObject({
      record: { domain: 'a.example', because: 'organizational-domain', ttl: 300, server: '192.0.2.53' },
      policySource: { tag: 'p', exists: true },
    });
    expect(verdict.alignment).toMatchObject([
      {
        mechanism: 'spf',
        domain: 'esp.example',
        organizationalDomain: 'esp.example',
        mode: 'relaxed',
        isAligned: false,
        because: 'different',
      },
      {
        mechanism: 'dkim',
        domain: 'a.example',
        selector: 's1',
        organizationalDomain: 'a.example',
        isAligned: true,
      },
    ]);
    expect(structuredClone(verdict)).toEqual(verdict);
  });
});

describe('the receiver', () => {
  const failed = (disposition: 'none' | 'quarantine' | 'reject', policy = disposition) =>
    ({ result: 'fail', disposition, policy }) as const;

  it('does what is asked when strict, and does not reject on p=reject alone under RFC 9989 [S4-047]', () => {
    expect(decideDmarc(failed('none'), STRICT_RECEIVER).action).toBe('accept');
    expect(decideDmarc(failed('quarantine'), STRICT_RECEIVER).action).toBe('junk');
    expect(decideDmarc(failed('reject'), STRICT_RECEIVER).action).toBe('reject');
    expect(decideDmarc(failed('reject'), RFC9989_RECEIVER)).toMatchObject({
      action: 'junk',
      overrides: ['local_policy'],
      rule: 'RFC 9989 §7.4',
    });
    expect(decideDmarc(failed('reject'), RFC9989_RECEIVER, { isOtherwiseSuspect: true }).action).toBe(
      'reject',
    );
    expect(decideDmarc(failed('reject'), RFC9989_RECEIVER, { isMailingList: true })).toMatchObject({
      action: 'accept',
      overrides: ['mailing_list'],
    });
    expect(decideDmarc(failed('reject'), STRICT_RECEIVER, { isTrustedForwarder: true })).toMatchObject({
      action: 'accept',
      overrides: ['trusted_forwarder'],
    });
    expect(decideDmarc(failed('quarantine', 'reject'), STRICT_RECEIVER).overrides).toEqual([
      'policy_test_mode',
    ]);
  });

  it('never applies a policy while the result is unknown [S4-046]', () => {
    const unknown = { result: 'temperror', disposition: 'none', policy: 'reject' } as const;
    expect(decideDmarc(unknown, STRICT_RECEIVER).action).toBe('accept');
    expect(decideDmarc(unknown, { ...STRICT_RECEIVER, onTemporaryError: 'defer' }).action).toBe('defer');
  });
});

describe('hostile input', () => {
  const piece = fc.constantFrom(
    'v=DMARC1',
    'p=',
    'reject',
    ';',
    '=',
    'sp=none',
    'rua=',
    'mailto:a@b.example',
    ',',
    '!10m',
    'psd=y',
    ' ',
    '\t',
    't=y',
    'fo=0:1',
  );
  it('never throws and keeps spans inside the record', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.string({ unit: 'binary' }), (pieces, tail) => {
        const text = pieces.join('') + tail;
        const record = parseDmarcRecord(text);
        for (const { span } of record.problems) {
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeLessThanOrEqual(text.length);
        }
        for (const tag of record.tags)
          expect(text.slice(tag.valueSpan.start, tag.valueSpan.end)).toBe(tag.value);
        for (const uri of record.rua) expect(text.slice(uri.span.start, uri.span.end)).toBe(uri.text);
        check('x.a.example', { '_dmarc.a.example': text, '_dmarc.example': text });
        authorOf(`From: ${text}\r\n\r\n`);
      }),
      cases(1200),
    );
  });
});
