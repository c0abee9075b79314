// Every finding of the linter: a broken record raises it at the right place, the mended one does not; any text is read.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../base/bytes.ts';
import { generateKey, publicKeyOf, writePublicKey } from '../crypto/keys.ts';
import { completeRecord, explainRecord, explanationKeys, recordKind } from './explain.ts';
import type { RecordKind } from './explain.ts';
import { LINT_IDS, lintRecords } from './lint.ts';
import type { LintFinding, TxtInput } from './lint.ts';
import { cases } from '../testing/effort.ts';

const txt = (name: string, ...strings: string[]): TxtInput => ({ name: `${name}.`, strings });
const keyOf = (kind: 'rsa1024' | 'rsa2048'): string =>
  `v=DKIM1; k=rsa; p=${toBase64(writePublicKey(publicKeyOf(generateKey(kind, 'lint'))))}`;
const split = (text: string): string[] => text.match(/.{1,255}/g) ?? [];
const text = (record: TxtInput | undefined): string => record?.strings.join('') ?? '';

/** `ID "text it points at"` without the finding that only informs about ~all and -all. */
function findings(...records: TxtInput[]): string[] {
  return lintRecords(records, { isWholeZone: true })
    .filter((one) => one.id !== 'SPF-SOFT-VS-HARD')
    .map((one) => `${one.id} "${text(records[one.record]).slice(one.span.start, one.span.end)}"`);
}
const spf = (...strings: string[]): string[] => findings(txt('a.example', ...strings));
const dkim = (...strings: string[]): string[] => findings(txt('s._domainkey.a.example', ...strings));
const dmarc = (...strings: string[]): string[] => findings(txt('_dmarc.a.example', ...strings));

function fixed(finding: LintFinding, record: string): string {
  const { fix } = finding;
  return fix === undefined ? record : record.slice(0, fix.span.start) + fix.text + record.slice(fix.span.end);
}

describe('SPF records', () => {
  it('without faults raise nothing', () => {
    expect(
      spf('v=spf1 mx a:mail.a.example ip4:192.0.2.0/24 ip6:2001:db8::/32 include:esp.example -all'),
    ).toEqual([]);
    expect(spf('v=spf1 redirect=_spf.esp.example')).toEqual([]);
    expect(spf('v=spf1 ip4:192.0.2.1 ', 'include:esp.example ~all')).toEqual([]);
    expect(spf('v=spf1 include:esp.exa', 'mple ~all')).toEqual([]);
  });

  const cases: [string, string[], string[]][] = [
    ['SPF-PLUSALL', ['v=spf1 mx +all'], ['SPF-PLUSALL "+all"']],
    ['SPF-PLUSALL', ['v=spf1 mx all'], ['SPF-PLUSALL "all"']],
    ['SPF-NOALL', ['v=spf1 mx '], ['SPF-NOALL "v=spf1 mx"']],
    ['SPF-ALL-NOTLAST', ['v=spf1 -all mx a'], ['SPF-ALL-NOTLAST "mx a"']],
    ['SPF-IP-SYNTAX', ['v=spf1 ip4:192.0.2.0/33 -all'], ['SPF-IP-SYNTAX "/33"']],
    ['SPF-IP-SYNTAX', ['v=spf1 ip:192.0.2.1 -all'], ['SPF-IP-SYNTAX "ip"']],
    ['SPF-IP-SYNTAX', ['v=spf1 ip4:192.0.2.300 -all'], ['SPF-IP-SYNTAX "192.0.2.300"']],
    ['SPF-IP-SYNTAX', ['v=spf1 ip4:2001:db8::1 -all'], ['SPF-IP-SYNTAX "2001:db8::1"']],
    ['SPF-IP-SYNTAX', ['v=spf1 192.0.2.1 -all'], ['SPF-IP-SYNTAX "192.0.2.1"']],
    ['SPF-MX-WRONG', ['v=spf1 mx:192.0.2.1 -all'], ['SPF-MX-WRONG "mx:192.0.2.1"']],
    ['SPF-MX-WRONG', ['v=spf1 ~a:2001:db8::1 -all'], ['SPF-MX-WRONG "~a:2001:db8::1"']],
    ['SPF-MX-WRONG', ['v=spf1 a:192.0.2.0/24 -all'], ['SPF-MX-WRONG "a:192.0.2.0/24"']],
    ['SPF-PTR', ['v=spf1 ptr -all'], ['SPF-PTR "ptr"']],
    ['SPF-SPACE', ['v=spf1include:x.example -all'], ['SPF-SPACE "v=spf1include:x.example"']],
    ['SPF-SPACE', ['v=spf1 a:  x.example -all'], ['SPF-SPACE "a:  x.example"']],
    [
      'SPF-SPACE',
      ['v=spf1 include:a.example', 'ip4:192.0.2.1 -all'],
      ['SPF-SPACE "include:a.exampleip4:192.0.2.1"'],
    ],
    [
      'SPF-QUOTE',
      ['\xe2\x80\x9cv=spf1 -all\xe2\x80\x9d'],
      ['SPF-QUOTE "\xe2\x80\x9c"', 'SPF-QUOTE "\xe2\x80\x9d"'],
    ],
    ['SPF-QUOTE', ['"v=spf1 -all"'], ['SPF-QUOTE """', 'SPF-QUOTE """']],
    ['SPF-BIGNET', ['v=spf1 ip4:10.0.0.0/8 -all'], ['SPF-BIGNET "ip4:10.0.0.0/8"']],
    ['SPF-BIGNET', ['v=spf1 ip6:2001::/16 -all'], ['SPF-BIGNET "ip6:2001::/16"']],
    ['SPF-REDIRECT-ALL', ['v=spf1 redirect=x.example -all'], ['SPF-REDIRECT-ALL "redirect=x.example"']],
    ['SPF-SYNTAX', ['v=spf1 a:foo..bar mxx -all'], ['SPF-SYNTAX "mxx"']],
    ['SPF-SYNTAX', ['v=spf1 exists:%{x}.a.example -all'], ['SPF-SYNTAX "%{x}"']],
  ];
  it.each(cases)('raise %s for %j [S4-070]', (_, strings, wanted) => {
    expect(spf(...strings)).toEqual(wanted);
  });

  it('that are two raise SPF-MULTI at the second, and others at the name do not count [S4-070]', () => {
    const other = txt('a.example', 'site-verification=1');
    const one = txt('a.example', 'v=spf1 mx -all');
    expect(findings(one, other, txt('b.example', 'v=spf1 -all'))).toEqual([]);
    expect(findings(one, other, txt('A.example', 'v=spf1 a -all'))).toEqual(['SPF-MULTI "v=spf1 a -all"']);
  });

  it('that need eleven look-ups raise SPF-10 at the term that goes over, through the zone [S4-070]', () => {
    const ten = `v=spf1 ${Array.from({ length: 10 }, (_, i) => `include:i${i}.esp.example`).join(' ')} -all`;
    expect(spf(ten)).toEqual([]);
    expect(spf(ten.replace(' -all', ' mx -all'))).toEqual(['SPF-10 "mx"']);
    const inner = txt('_spf.a.example', ten);
    const outer = txt('a.example', 'v=spf1 include:_spf.a.example -all');
    expect(findings(inner, outer)).toEqual(['SPF-10 "include:_spf.a.example"']);
    const [finding] = lintRecords([inner, outer]).filter((one) => one.id === 'SPF-10');
    expect(finding?.params).toMatchObject({
      count: 11,
      limit: 10,
      path: 'a.example > _spf.a.example > include:i9.esp.example',
    });
    expect(findings(txt('l.example', 'v=spf1 include:l.example -all'))).toEqual([]);
  });

  it('say how hard their all is, as information', () => {
    const ids = lintRecords([txt('a.example', 'v=spf1 mx ~all')]).map(
      (one) => `${one.id} ${one.severity} ${one.params.qualifier}`,
    );
    expect(ids).toEqual(['SPF-SOFT-VS-HARD info ~']);
  });
});

describe('DKIM keys', () => {
  const good = keyOf('rsa2048');
  it('without faults raise nothing', () => {
    expect(dkim(...split(good))).toEqual([]);
    expect(findings(txt('s._domainkey.a.example', ...split(good)), txt('www.a.example', 'hello'))).toEqual(
      [],
    );
  });

  it('raise what is wrong with them at its place [S4-070]', () => {
    const at = good.indexOf('p=') + 2;
    const broken = `${good.slice(0, at + 76)}*${good.slice(at + 76)}`;
    expect(dkim(...split(broken))).toEqual(['DKIM-P-BROKEN "*"']);
    expect(lintRecords([txt('s._domainkey.a.example', ...split(broken))])[0]?.params).toMatchObject({
      detail: 'base64-character',
      position: 77,
      character: '*',
    });
    const details = (value: string): unknown =>
      lintRecords([txt('s._domainkey.a.example', value)])[0]?.params.detail;
    expect(details(good.slice(0, 255))).toBe('cut');
    expect(details(good.replace('p=', 'p="'))).toBe('quote');
    expect(dkim('v=DKIM1; p=')).toEqual(['DKIM-P-EMPTY "p="']);
    expect(dkim(keyOf('rsa1024'))).toEqual([`DKIM-BITS "${keyOf('rsa1024').slice(good.indexOf('p='))}"`]);
    expect(dkim(...split(`${good}; t=y`))).toEqual(['DKIM-TEST "t=y"']);
    expect(dkim(...split(`${good}; t=s`))).toEqual([]);
    expect(dkim('v=DKIM1; k=dsa; p=AAAA')).toEqual(['DKIM-SYNTAX "dsa"']);
    expect(dkim('v=DKIM1; k=rsa')).toEqual(['DKIM-SYNTAX "v=DKIM1; k=rsa"']);
  });
});

describe('DMARC records', () => {
  const good = 'v=DMARC1; p=quarantine; rua=mailto:d@a.example';
  it('without faults raise nothing', () => {
    expect(dmarc(good)).toEqual([]);
    expect(dmarc(`${good}; sp=quarantine; np=reject; t=y; fo=1; adkim=r`)).toEqual([]);
  });

  const cases: [string, string[]][] = [
    ['v=dmarc1; p=none', ['DMARC-V "dmarc1"']],
    ['p=none; v=DMARC1', ['DMARC-V "v=DMARC1"']],
    ['v=DMARC1 p=none', ['DMARC-V "v=DMARC1"']],
    ['p=reject; rua=mailto:d@a.example', ['DMARC-V "p=reject; rua=mailto:d@a.example"']],
    ['v=DMARC1; rua=mailto:d@a.example', ['DMARC-P-MISSING "v=DMARC1; rua=mailto:d@a.example"']],
    ['v=DMARC1; p=rejekt; rua=mailto:d@a.example', ['DMARC-P-MISSING "rejekt"']],
    ['v=DMARC1; p=none', ['DMARC-NORUA "v=DMARC1; p=none"']],
    ['v=DMARC1; p=none; rua=d@a.example', ['DMARC-RUA-SYNTAX "d@a.example"']],
    [`${good}; pct=50; ri=60`, ['DMARC-PCT "pct=50"', 'DMARC-PCT "ri=60"']],
    [`${good}; sp=none`, ['DMARC-SP "sp=none"', 'DMARC-SP "sp=none"']],
    [`${good}; np=none`, ['DMARC-SP "np=none"']],
    [`${good}; adkim=s; aspf=s`, ['DMARC-STRICT "adkim=s"', 'DMARC-STRICT "aspf=s"']],
    [`${good}; fo=9`, ['DMARC-SYNTAX "9"']],
    [`${good}; pp=none`, ['DMARC-SYNTAX "pp=none"']],
  ];
  it.each(cases)('raise the right thing for %j [S4-070]', (record, wanted) => {
    expect(dmarc(record)).toEqual(wanted);
  });

  it('that are two raise DMARC-MULTI [S4-070]', () => {
    expect(findings(txt('_dmarc.a.example', good), txt('_dmarc.a.example', good))).toEqual([
      `DMARC-MULTI "${good}"`,
    ]);
  });

  it('that reject without any DKIM key in the zone raise DMARC-SPFONLY [S4-048] [S4-070]', () => {
    const reject = txt('_dmarc.a.example', 'v=DMARC1; p=reject; rua=mailto:d@a.example');
    const sender = txt('a.example', 'v=spf1 mx -all');
    const key = txt('s._domainkey.a.example', ...split(keyOf('rsa2048')));
    expect(findings(reject, sender)).toEqual(['DMARC-SPFONLY "p=reject"']);
    expect(findings(reject, sender, key)).toEqual([]);
    expect(findings(reject, txt('a.example', 'v=spf1 -all'))).toEqual([]);
    expect(lintRecords([reject, sender]).filter((one) => one.id === 'DMARC-SPFONLY')).toEqual([]);
  });
});

describe('fixes', () => {
  it('remove what they mend', () => {
    const broken: [string, string][] = [
      ['a.example', 'v=spf1 mx +all'],
      ['a.example', 'v=spf1 mx'],
      ['a.example', 'v=spf1 ip:192.0.2.1 -all'],
      ['a.example', 'v=spf1 -mx:192.0.2.1 -all'],
      ['a.example', 'v=spf1 ip4:2001:db8::1 -all'],
      ['a.example', 'v=spf1include:x.example -all'],
      ['a.example', 'v=spf1 a: x.example -all'],
      ['a.example', 'v=spf1 redirect=x.example mx -all'],
      ['_dmarc.a.example', 'v=dmarc1; p=none; rua=mailto:d@a.example'],
      ['_dmarc.a.example', 'v=DMARC1; rua=mailto:d@a.example'],
      ['_dmarc.a.example', 'v=DMARC1; p=none; rua=d@a.example'],
      ['_dmarc.a.example', 'v=DMARC1; p=none; pct=50; rua=mailto:d@a.example'],
    ];
    for (const [name, record] of broken) {
      const first = lintRecords([txt(name, record)]).find((one) => one.fix !== undefined);
      expect(first, record).toBeDefined();
      if (first === undefined) continue;
      const mended = fixed(first, record);
      expect(
        lintRecords([txt(name, mended)])
          .map((one) => one.id)
          .filter((id) => id !== 'SPF-SOFT-VS-HARD'),
        mended,
      ).toEqual([]);
    }
  });
});

describe('explanations', () => {
  const at = (kind: RecordKind, record: string, mark: string): string | undefined =>
    explainRecord(kind, record, record.indexOf(mark))?.key;

  it('name what stands at a place', () => {
    const record =
      'v=spf1 -include:x.example a/24 exists:%{ir}.x.example ip4:192.0.2.1 foo=bar exp=e.example blah ~all';
    const keys = ['v=', '-i', 'include', '/24', '%{ir', 'ip4', 'foo', 'exp', 'blah', '~all', 'all'];
    expect(keys.map((mark) => at('spf', record, mark))).toEqual([
      'spf.version',
      'spf.qualifier.fail',
      'spf.include',
      'spf.prefix',
      'spf.macro.i',
      'spf.ip4',
      'spf.modifier',
      'spf.exp',
      'spf.bad',
      'spf.qualifier.softfail',
      'spf.all',
    ]);
    expect(at('dmarc', 'v=DMARC1; p=reject; aspf=s; x=1', 'reject')).toBe('dmarc.p.reject');
    expect(at('dmarc', 'v=DMARC1; p=reject; aspf=s; x=1', 'p=')).toBe('dmarc.p');
    expect(at('dmarc', 'v=DMARC1; p=reject; aspf=s; x=1', 'x=')).toBe('dmarc.unknown');
    expect(at('dkim-key', 'v=DKIM1; k=rsa; t=y:s; p=AAAA', 's;')).toBe('dkim-key.t.s');
    expect(at('dkim-key', 'v=DKIM1; k=rsa; t=y:s; p=AAAA', 'AAAA')).toBe('dkim-key.p');
    expect(at('dkim-signature', 'v=1; a=rsa-sha256; c=relaxed/simple', 'relaxed')).toBe(
      'dkim-signature.c.relaxed/simple',
    );
  });

  it('know a record by its name and text', () => {
    expect(recordKind('_dmarc.a.example.', 'x')).toBe('dmarc');
    expect(recordKind('s._domainkey.a.example.', 'p=')).toBe('dkim-key');
    expect(recordKind('a.example.', 'v=spf1 -all')).toBe('spf');
    expect(recordKind('a.example.', 'hello')).toBeUndefined();
  });

  it('offer what may be typed', () => {
    const offered = (kind: RecordKind, record: string): string[] =>
      completeRecord(kind, record, record.length).map((one) => one.insert);
    expect(offered('spf', 'v=s')).toEqual(['v=spf1 ']);
    expect(offered('spf', 'v=spf1 i')).toEqual(['include:', 'ip4:', 'ip6:']);
    expect(offered('spf', 'v=spf1 ~')).toContain('all');
    expect(offered('spf', 'v=spf1 include:')).toEqual([]);
    expect(offered('dmarc', 'v=DMARC1; p=')).toEqual(['none', 'quarantine', 'reject']);
    expect(offered('dmarc', 'v=DMARC1; p=none; ')).not.toContain('p=');
    expect(offered('dmarc', 'v=DMARC1; ')).not.toContain('pct=');
    expect(offered('dkim-key', 'v=DKIM1; k=e')).toEqual(['ed25519']);
  });
});

describe('hostile input', () => {
  const piece = fc.constantFrom(
    'v=spf1',
    ' ',
    'a',
    'mx:',
    '192.0.2.1',
    '/',
    '24',
    'include:a.example',
    'all',
    '-',
    '"',
    '\x93',
    '%{',
    'ip4:',
    'redirect=',
    'v=DMARC1;',
    'p=',
    'rua=',
    ';',
    'sp=none',
    'v=DKIM1;',
    't=y',
    '\xe2\x80\x9c',
  );
  it('never throws, keeps spans and keys known', () => {
    const keys = new Set(explanationKeys());
    const ids: readonly string[] = LINT_IDS;
    fc.assert(
      fc.property(
        fc.array(fc.array(piece, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
        fc.nat(60),
        (strings, at) => {
          const parts = strings.map((one) => one.join(''));
          const records = ['a.example', '_dmarc.a.example', 's._domainkey.a.example'].map((name) =>
            txt(name, ...parts),
          );
          const whole = parts.join('');
          for (const one of lintRecords(records, { isWholeZone: true })) {
            expect(ids).toContain(one.id);
            for (const span of [one.span, one.fix?.span ?? one.span]) {
              if (span.start < 0 || span.end > whole.length || span.start > span.end)
                throw new Error(`${one.id}: span`);
            }
          }
          for (const kind of ['spf', 'dmarc', 'dkim-key', 'dkim-signature'] as const) {
            const explained = explainRecord(kind, whole, at);
            if (explained !== undefined && !keys.has(explained.key)) throw new Error(explained.key);
            for (const one of completeRecord(kind, whole, at % (whole.length + 1)))
              if (!keys.has(one.key)) throw new Error(one.key);
          }
        },
      ),
      cases(2000),
    );
  });
});
