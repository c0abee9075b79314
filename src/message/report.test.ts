// Reports as values: XML that must be refused, both schemas of aggregate reports, their sums and groups, failure reports.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countRows, parseAggregateReport, printAggregateReport } from './report-aggregate.ts';
import type { AggregateReport, ReportRecord, ReportRow } from './report-aggregate.ts';
import { composeFailureReport, parseFailureReport, wantsFailureReport } from './report-failure.ts';
import type { FailureReport } from './report-failure.ts';
import { groupSources, suggestPolicy } from './report-groups.ts';
import { parseXml, printXml } from './report-xml.ts';
import { cases } from '../testing/effort.ts';

describe('XML', () => {
  it('reads elements, attributes, entities, CDATA and comments with their places', () => {
    const read = parseXml(
      '\ufeff<?xml version="1.0"?>\n<!-- hi -->\n<a:r x="1 &lt; 2" y=\'"\'>\n  <b/>t&amp;&#x41;&#66;<![CDATA[<&]]>\n</a:r>\n',
    );
    expect(read).toEqual({
      ok: true,
      value: {
        name: 'r',
        attributes: { x: '1 < 2', y: '"' },
        children: [{ name: 'b', attributes: {}, children: [], text: '', line: 4, column: 3 }],
        text: '\n  t&AB<&\n',
        line: 3,
        column: 1,
      },
    });
  });

  const laughs =
    '<?xml version="1.0"?>\n<!DOCTYPE lolz [\n <!ENTITY lol "lol">\n <!ENTITY lol2 "&lol;&lol;&lol;&lol;">\n]>\n<lolz>&lol2;</lolz>';
  it.each([
    ['a billion laughs', laughs, 'document-type', 2, 1],
    [
      'a file from the machine',
      '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
      'document-type',
      1,
      1,
    ],
    ['an unknown entity', '<a>\n &lol;</a>', 'unknown-entity', 2, 2],
    ['a lone ampersand', '<a>a & b</a>', 'unknown-entity', 1, 6],
    ['a character that is none', '<a>&#0;</a>', 'bad-character', 1, 4],
    ['half a surrogate pair', '<a>&#xD800;</a>', 'bad-character', 1, 4],
    ['a control character', '<a>\n\x01</a>', 'bad-character', 2, 1],
    ['a wrong end', '<a><b></a></b>', 'wrong-end', 1, 7],
    ['no end', '<a><b>', 'not-closed', 1, 4],
    ['an open tag', '<a href="x', 'not-closed', 1, 9],
    ['an open comment', '<a><!-- ', 'not-closed', 1, 4],
    ['two roots', '<a/><b/>', 'after-root', 1, 5],
    ['text around', 'x<a/>', 'no-root', 1, 1],
    ['nothing', ' \n', 'no-root', 2, 1],
    ['an attribute twice', '<a x="1" x="2"/>', 'repeated-attribute', 1, 10],
    ['an attribute without quotes', '<a x=1/>', 'bad-attribute', 1, 6],
    ['no name', '<1/>', 'bad-name', 1, 2],
    ['depth', '<a>'.repeat(100), 'too-deep', 1, 97],
  ])('refuses %s [S4-050]', (_name, text, code, line, column) => {
    const read = parseXml(text);
    expect(read).toMatchObject({ ok: false, error: { code, line, column } });
  });

  it('is bounded in length and elements, and takes no more than linear time', () => {
    const limits = { maxLength: 1000, maxDepth: 5, maxElements: 10 };
    expect(parseXml('x'.repeat(1001), limits)).toMatchObject({ error: { code: 'too-long' } });
    expect(parseXml(`<a>${'<b/>'.repeat(10)}</a>`, limits)).toMatchObject({
      error: { code: 'too-many-elements' },
    });
    const started = performance.now();
    for (const evil of ['&', '<', '<a', '<!--', '<![CDATA[', '<a x="', ']]>', '\n', '<a>&amp;'])
      parseXml(`<r>${evil.repeat(200_000)}`);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('never throws, and reads back what it writes', () => {
    const bits = fc
      .array(
        fc.constantFrom(
          '<',
          '>',
          '/',
          'a',
          'b:c',
          '=',
          '"',
          '&',
          'amp;',
          '#',
          ' ',
          '<!--',
          '-->',
          '<?',
          '?>',
          '<a>',
          '</a>',
          '\ud800',
        ),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(bits, (text) => void parseXml(text)),
      cases(5000),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const read = parseXml(printXml('a', [['b', text]]));
        // What XML cannot hold is gone; all else comes back.
        // eslint-disable-next-line no-control-regex -- control characters are what is looked for
        const kept = text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '');
        expect(read.ok && read.value.children[0]?.text).toBe(kept);
      }),
    );
  });
});

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).map((text) => text.trim() || 'x');
const domain = fc.constantFrom('a.example', 'mail.a.example', 'list.example', 'esp.example');
const row: fc.Arbitrary<ReportRow> = fc.record(
  {
    sourceIp: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1'),
    disposition: fc.constantFrom('none', 'pass', 'quarantine', 'reject'),
    dkim: fc.constantFrom('pass', 'fail'),
    spf: fc.constantFrom('pass', 'fail'),
    reasons: fc.array(fc.record({ type: fc.constantFrom('local_policy', 'mailing_list') }), { maxLength: 1 }),
    headerFrom: domain,
    envelopeFrom: domain,
    authDkim: fc.array(
      fc.record({ domain, selector: fc.constant('s1'), result: fc.constantFrom('pass', 'fail') }),
      {
        maxLength: 2,
      },
    ),
    authSpf: fc.array(
      fc.record({ domain, scope: fc.constant('mfrom'), result: fc.constantFrom('pass', 'softfail') }),
      {
        maxLength: 1,
      },
    ),
  },
  {
    requiredKeys: ['sourceIp', 'disposition', 'dkim', 'spf', 'reasons', 'headerFrom', 'authDkim', 'authSpf'],
  },
);
const base: AggregateReport = {
  schema: 'rfc9990',
  orgName: 'Hafen & Söhne <hafen>',
  email: 'dmarc@hafen.example',
  reportId: '20261123.1@hafen.example',
  begin: 1_795_392_000,
  end: 1_795_478_399,
  errors: [],
  generator: 'Ehlo',
  policy: {
    domain: 'a.example',
    discoveryMethod: 'treewalk',
    p: 'reject',
    sp: 'none',
    np: 'reject',
    fo: '1',
    adkim: 'r',
    aspf: 's',
    testing: true,
  },
  records: [],
};

describe('aggregate reports', () => {
  it('are the XML of RFC 9990, in its order [S4-050]', () => {
    const records: ReportRecord[] = [
      {
        sourceIp: '192.0.2.1',
        count: 3,
        disposition: 'quarantine',
        dkim: 'fail',
        spf: 'fail',
        reasons: [{ type: 'local_policy', comment: 'no further evidence' }],
        headerFrom: 'a.example',
        envelopeFrom: 'list.example',
        envelopeTo: 'hafen.example',
        authDkim: [{ domain: 'a.example', selector: 's1', result: 'fail', humanResult: 'body hash' }],
        authSpf: [{ domain: 'list.example', scope: 'mfrom', result: 'pass' }],
      },
    ];
    const xml = printAggregateReport({ ...base, records });
    expect(xml).toContain('<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">');
    expect(xml).toContain('<org_name>Hafen &amp; Söhne &lt;hafen&gt;</org_name>');
    expect([...xml.matchAll(/<([a-z_]+)[ >]/g)].map((match) => match[1]).join(' ')).toBe(
      'feedback version report_metadata org_name email report_id date_range begin end generator policy_published domain ' +
        'discovery_method p sp np fo adkim aspf testing record row source_ip count policy_evaluated disposition dkim spf ' +
        'reason type comment identifiers header_from envelope_from envelope_to auth_results dkim domain selector result ' +
        'human_result spf domain scope result',
    );
    expect(parseAggregateReport(xml)).toEqual({
      ok: true,
      value: { report: { ...base, records }, notes: [] },
    });
  });

  it('come back as they went, whatever they count [S4-050] [S4-052]', () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), word, (rows, name) => {
        const records = countRows(rows);
        expect(records.reduce((total, record) => total + record.count, 0)).toBe(rows.length);
        const report: AggregateReport = { ...base, orgName: name, records };
        const read = parseAggregateReport(printAggregateReport(report));
        expect(read.ok && read.value.report.records).toEqual(records);
        // Every message seen is in exactly one group.
        const groups = groupSources(read.ok ? [read.value.report] : []);
        expect(groups.reduce((total, group) => total + group.count, 0)).toBe(rows.length);
        for (const group of groups) {
          expect(group.count).toBe(rows.filter((one) => one.sourceIp === group.sourceIp).length);
          expect(Object.values(group.dispositions).reduce((a, b) => a + b, 0)).toBe(group.count);
        }
      }),
      cases(200),
    );
  });

  it('of RFC 7489 are read, too [S4-050]', () => {
    const old = `<?xml version="1.0" encoding="UTF-8" ?>
<feedback>
  <report_metadata>
    <org_name>google.com</org_name>
    <email>noreply-dmarc-support@google.com</email>
    <extra_contact_info>https://support.google.com/a/answer/2466580</extra_contact_info>
    <report_id>1234567890</report_id>
    <date_range><begin>1795392000</begin><end>1795478399</end></date_range>
  </report_metadata>
  <policy_published>
    <domain>A.example</domain><adkim>r</adkim><aspf>r</aspf><p>none</p><sp>none</sp><pct>100</pct>
  </policy_published>
  <record>
    <row>
      <source_ip>192.0.2.9</source_ip><count>2</count>
      <policy_evaluated><disposition>none</disposition><dkim>pass</dkim><spf>fail</spf>
        <reason><type>forwarded</type><comment/></reason></policy_evaluated>
    </row>
    <identifiers><header_from>a.example</header_from></identifiers>
    <auth_results>
      <dkim><domain>a.example</domain><result>pass</result><selector>s1</selector></dkim>
      <spf><domain>list.example</domain><result>pass</result></spf>
    </auth_results>
  </record>
</feedback>`;
    const read = parseAggregateReport(old);
    expect(read).toMatchObject({
      ok: true,
      value: {
        notes: [],
        report: {
          schema: 'rfc7489',
          policy: { domain: 'a.example', p: 'none', pct: 100 },
          records: [
            { count: 2, dkim: 'pass', reasons: [{ type: 'forwarded' }], authDkim: [{ selector: 's1' }] },
          ],
        },
      },
    });
    expect(groupSources(read.ok ? [read.value.report] : [])[0]?.kind).toBe('forwarder');
    expect(parseAggregateReport(old.replace('<count>2</count>', '<count>-1</count>'))).toMatchObject({
      ok: false,
      error: { code: 'bad-value', element: 'count', line: 15, value: '-1' },
    });
    expect(parseAggregateReport(old.replace(/<date_range>.*<\/date_range>/, ''))).toMatchObject({
      error: { code: 'missing', element: 'date_range', line: 3 },
    });
    expect(parseAggregateReport(old.replace('>none</disp', '>nope</disp'))).toMatchObject({
      value: { notes: [{ code: 'bad-value', element: 'disposition', value: 'nope' }] },
    });
    expect(parseAggregateReport('<html></html>')).toMatchObject({ error: { code: 'not-a-report' } });
    expect(parseAggregateReport('<feedback>&x;</feedback>')).toMatchObject({ error: { code: 'xml' } });
  });
});

describe('the viewer', () => {
  const record = (more: Partial<ReportRecord>): ReportRecord => ({
    sourceIp: '192.0.2.1',
    count: 1000,
    disposition: 'none',
    dkim: 'pass',
    spf: 'pass',
    reasons: [],
    headerFrom: 'a.example',
    authDkim: [{ domain: 'a.example', result: 'pass' }],
    authSpf: [{ domain: 'a.example', result: 'pass' }],
    ...more,
  });
  const sources = {
    own: record({}),
    forwarder: record({
      sourceIp: '192.0.2.2',
      count: 50,
      spf: 'fail',
      authSpf: [{ domain: 'fwd.example', result: 'pass' }],
    }),
    list: record({
      sourceIp: '192.0.2.3',
      count: 60,
      spf: 'fail',
      dkim: 'fail',
      authDkim: [{ domain: 'a.example', result: 'fail' }],
      authSpf: [{ domain: 'list.example', result: 'pass' }],
    }),
    esp: record({
      sourceIp: '192.0.2.4',
      count: 70,
      spf: 'fail',
      dkim: 'fail',
      authDkim: [{ domain: 'esp.example', result: 'pass' }],
      authSpf: [{ domain: 'bounce.esp.example', result: 'pass' }],
    }),
    keyless: record({
      sourceIp: '192.0.2.7',
      count: 30,
      spf: 'fail',
      dkim: 'fail',
      authDkim: [{ domain: 'a.example', result: 'permerror' }],
      authSpf: [{ domain: 'esp.example', result: 'none' }],
    }),
    spoofer: record({
      sourceIp: '192.0.2.5',
      count: 80,
      spf: 'fail',
      dkim: 'fail',
      authDkim: [],
      authSpf: [{ domain: 'a.example', result: 'fail' }],
    }),
    unsigned: record({ sourceIp: '192.0.2.6', count: 500, dkim: 'fail', authDkim: [] }),
  };
  const groups = (...names: (keyof typeof sources)[]) =>
    groupSources([{ ...base, records: names.map((name) => sources[name]) }]);

  it('tells senders, forwarders, lists, services and forgers apart [S4-052]', () => {
    expect(
      groups('own', 'forwarder', 'list', 'esp', 'spoofer').map((group) => [group.sourceIp, group.kind]),
    ).toEqual([
      ['192.0.2.1', 'known-sender'],
      ['192.0.2.5', 'spoofer'],
      ['192.0.2.4', 'not-set-up'],
      ['192.0.2.3', 'changed'],
      ['192.0.2.2', 'forwarder'],
    ]);
    expect(groups('esp')[0]?.domains).toEqual(['bounce.esp.example', 'esp.example']);
  });

  it('takes a signature of ours without a key for a service that is not set up, not for a list [S4-052]', () => {
    expect(groups('keyless')[0]?.kind).toBe('not-set-up');
    const both = record({
      dkim: 'fail',
      spf: 'fail',
      authDkim: ['permerror', 'fail'].map((result) => ({ domain: 'a.example', result })),
    });
    expect(groupSources([{ ...base, records: [both] }])[0]?.kind).toBe('changed');
  });

  it('suggests the next step of the policy [S4-052] [S4-048]', () => {
    const suggest = (
      p: 'none' | 'quarantine' | 'reject',
      testing: boolean,
      ...names: (keyof typeof sources)[]
    ) => {
      const {
        advice,
        policy,
        testing: next,
        sources: which,
      } = suggestPolicy({ p, testing }, groups(...names));
      return [advice, policy, next, ...which];
    };
    expect(suggest('none', false)).toEqual(['collect-more', 'none', false]);
    expect(suggest('none', false, 'own', 'esp')).toEqual(['set-up-senders', 'none', false, '192.0.2.4']);
    expect(suggest('none', false, 'own', 'spoofer')).toEqual(['next-step', 'quarantine', true]);
    expect(suggest('quarantine', true, 'own', 'forwarder')).toEqual(['next-step', 'quarantine', false]);
    expect(suggest('quarantine', false, 'own', 'unsigned')).toEqual([
      'sign-everything',
      'quarantine',
      false,
      '192.0.2.6',
    ]);
    expect(suggest('quarantine', false, 'own', 'list')).toEqual([
      'mind-the-lists',
      'quarantine',
      false,
      '192.0.2.3',
    ]);
    expect(suggest('quarantine', false, 'own', 'spoofer')).toEqual(['next-step', 'reject', true]);
    expect(suggest('reject', true, 'own', 'spoofer')).toEqual(['next-step', 'reject', false]);
    expect(suggest('reject', false, 'own', 'spoofer')).toEqual(['arrived', 'reject', false]);
  });
});

describe('failure reports', () => {
  const report: FailureReport = {
    userAgent: 'Ehlo/1',
    authFailure: 'dmarc',
    identityAlignment: [],
    deliveryResult: 'policy',
    reportedDomain: 'a.example',
    sourceIp: '192.0.2.1',
    arrivedAt: Date.UTC(2026, 10, 23, 8),
    zoneMinutes: 60,
    originalMailFrom: 'x@list.example',
    originalRcptTo: ['bob@hafen.example', 'eve@hafen.example'],
    authenticationResults: 'mx.hafen.example; dmarc=fail header.from=a.example',
    dkim: {
      domain: 'a.example',
      selector: 's1',
      identity: '@a.example',
      canonicalizedHeader: `from:${'ana '.repeat(60)}\r\n`,
      canonicalizedBody: 'Hello\r\n\xff',
    },
    spfDns: ['txt : a.example : "v=spf1 -all"'],
  };
  const original = 'From: ana@a.example\r\nSubject: x\r\n\r\nSecret.\r\n';
  const mail = {
    from: 'dmarc@hafen.example',
    to: 'ruf@a.example',
    subject: 'FW: x',
    now: Date.UTC(2026, 10, 23, 9),
    zoneMinutes: 60,
    messageId: '<1@hafen.example>',
    boundary: 'b1',
    text: 'One message did not pass.\n',
    original,
  };

  it('go out as ARF and come back the same, without the body [S4-053]', () => {
    const raw = composeFailureReport(report, mail);
    expect(raw.split('\r\n').every((line) => line.length <= 78)).toBe(true);
    expect(raw).not.toContain('Secret');
    expect(parseFailureReport(raw)).toMatchObject({
      feedbackType: 'auth-failure',
      report,
      original: 'From: ana@a.example\r\nSubject: x\r\n',
    });
    expect(parseFailureReport(composeFailureReport(report, { ...mail, headersOnly: false }))?.original).toBe(
      original,
    );
    expect(parseFailureReport(original)).toBeUndefined();
  });

  it('take no fields from outside', () => {
    const raw = composeFailureReport(
      { ...report, originalMailFrom: 'x>\r\nFeedback-Type: fraud\r\nY: <' },
      mail,
    );
    expect(parseFailureReport(raw)?.fields.filter(([name]) => name === 'feedback-type')).toEqual([
      ['feedback-type', 'auth-failure'],
    ]);
  });

  it('are wanted as fo says [S4-053]', () => {
    const facts = { spf: 'fail', spfAligned: false, dkim: ['pass'], dkimAligned: true };
    const wanted = (fo: string, more: Partial<typeof facts> = {}) =>
      wantsFailureReport(fo.split(':'), { ...facts, ...more });
    expect([wanted('0'), wanted('1'), wanted('d'), wanted('s'), wanted('d:s')]).toEqual([
      false,
      true,
      false,
      true,
      true,
    ]);
    expect(wanted('0', { dkimAligned: false })).toBe(true);
    expect(wanted('d', { dkim: ['pass', 'fail'] })).toBe(true);
    expect(wanted('1', { spfAligned: true })).toBe(false);
  });
});
