// Receivers that report: every judged message is in exactly one report, the report arrives by mail, and strangers get
// none who did not ask for them.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../base/dates.ts';
import { readReportMail } from '../auth/report-mail.ts';
import type { AggregateReport } from '../message/report-aggregate.ts';
import { firstField, parseMessage } from '../message/header.ts';
import { parseFailureReport } from '../message/report-failure.ts';
import { inject, mailbox, mailLog, mailWorld, MX, neighbour } from './mta/testing.ts';
import { HAFEN } from './mta/testing.ts';
import type { Machine } from './kernel.ts';
import type { ReporterConfig } from './reporter.ts';
import { eventsOf, pass } from './testing/machine.ts';

const REPORTER: ReporterConfig = {
  orgName: 'Hafen',
  domain: 'hafen.example',
  email: 'dmarc-reports@hafen.example',
  helo: MX,
};

/** Hafen reports; the owner of the domains reads `reports@owner.example`, a stranger has a mailbox too. */
function world(records: Readonly<Record<string, string>>, changes: Partial<ReporterConfig> = {}): Machine {
  const zone = [
    'owner.example. IN MX 10 mx.owner.example.',
    'mx.owner.example. IN A 192.0.2.50',
    'other.example. IN MX 10 mx.other.example.',
    'mx.other.example. IN A 192.0.2.60',
    ...Object.entries(records).map(([name, text]) => `${name}. IN TXT "${text}"`),
  ];
  return mailWorld({
    hafen: { ...HAFEN, mynetworks: [], verify: { authservId: MX, onReject: 'reject' } },
    hosts: [
      neighbour('owner.example', '192.0.2.50', {}, ['reports']),
      neighbour('other.example', '192.0.2.60', {}, ['reports']),
    ],
    zone: `${zone.join('\n')}\n`,
    programs: [['reporter', 'reporter', { ...REPORTER, ...changes }]],
  });
}

const letter = (from: string): string[] => [
  `From: <${from}>`,
  'To: <bob@hafen.example>',
  'Subject: Test',
  'Date: Mon, 23 Nov 2026 10:00:00 +0100',
  `Message-ID: <1@${from.split('@')[1] ?? ''}>`,
  '',
  'Hallo',
];

const send = (machine: Machine, from: string): string =>
  inject(machine, from, ['bob@hafen.example'], letter(from));

function reports(machine: Machine, host = 'mx.owner.example'): AggregateReport[] {
  return mailbox(machine, 'reports', host).map((raw) => {
    const read = readReportMail(raw);
    if (!read.ok) throw new Error(JSON.stringify(read.error));
    return read.value.report;
  });
}

const counted = (all: readonly AggregateReport[]): number =>
  all.reduce((sum, one) => one.records.reduce((inner, record) => inner + record.count, sum), 0);

describe('a receiver that reports', () => {
  it('mails one report a policy domain at midnight UTC, as it is delivered [S4-050]', () => {
    const machine = world({
      '_dmarc.owner.example': 'v=DMARC1; p=quarantine; rua=mailto:reports@owner.example',
      'owner.example': 'v=spf1 ip4:192.0.2.41 -all',
    });
    send(machine, 'a@owner.example');
    send(machine, 'b@owner.example');
    send(machine, 'c@news.owner.example');
    pass(machine, 15 * HOUR);
    expect(mailbox(machine, 'reports', 'mx.owner.example')).toEqual([]);
    pass(machine, 2 * HOUR);
    const [raw, ...more] = mailbox(machine, 'reports', 'mx.owner.example');
    expect(more).toEqual([]);
    expect(firstField(parseMessage(raw ?? ''), 'Subject')?.value).toMatch(
      /^Report Domain: owner\.example Submitter: hafen\.example Report-ID: <1795392000\.1@hafen\.example>$/,
    );
    expect(raw).toContain('hafen.example!owner.example!1795392000!1795478399!');
    const [report] = reports(machine);
    expect(report).toMatchObject({
      orgName: 'Hafen',
      begin: Date.UTC(2026, 10, 23) / 1000,
      end: Date.UTC(2026, 10, 24) / 1000 - 1,
      policy: {
        domain: 'owner.example',
        p: 'quarantine',
        adkim: 'r',
        testing: false,
        discoveryMethod: 'treewalk',
      },
    });
    expect(report?.records.map((one) => [one.headerFrom, one.count, one.disposition, one.spf])).toEqual([
      ['owner.example', 2, 'pass', 'pass'],
      ['news.owner.example', 1, 'quarantine', 'fail'],
    ]);
    const [sent] = eventsOf(machine, 'report.sent');
    expect(sent).toMatchObject({ to: 'reports@owner.example', messages: 3, records: 2 });
    expect(mailLog(machine).some((line) => line.includes('sent report for owner.example'))).toBe(true);
  });

  it('tells of messages that it refused, and why it did less than was asked [S4-050] [S4-047]', () => {
    const machine = world({
      '_dmarc.owner.example': 'v=DMARC1; p=reject; t=y; rua=mailto:reports@owner.example',
      '_dmarc.strict.example': 'v=DMARC1; p=reject; rua=mailto:reports@owner.example',
      'strict.example._report._dmarc.owner.example': 'v=DMARC1',
    });
    expect(send(machine, 'a@strict.example')).toMatch(/^550 /);
    send(machine, 'a@owner.example');
    pass(machine, DAY);
    const rows = reports(machine).flatMap((one) => one.records);
    expect(rows.map((one) => [one.headerFrom, one.disposition, one.reasons.map((r) => r.type)])).toEqual([
      ['owner.example', 'quarantine', ['policy_test_mode']],
      ['strict.example', 'reject', []],
    ]);
  });

  it('sends nothing abroad without permission, and says which name was missing [S4-051] [DMARC-RUA-EXT]', () => {
    const records = { '_dmarc.owner.example': 'v=DMARC1; p=none; rua=mailto:reports@other.example' };
    const refused = world(records);
    send(refused, 'a@owner.example');
    pass(refused, DAY);
    expect(reports(refused, 'mx.other.example')).toEqual([]);
    expect(eventsOf(refused, 'report.withheld')).toMatchObject([
      { because: 'not-allowed', lookup: 'owner.example._report._dmarc.other.example', rule: 'RFC 9990 §4' },
    ]);
    const allowed = world({ ...records, 'owner.example._report._dmarc.other.example': 'v=DMARC1' });
    send(allowed, 'a@owner.example');
    pass(allowed, DAY);
    expect(counted(reports(allowed, 'mx.other.example'))).toBe(1);
  });

  it('keeps two policies of one day apart', () => {
    const machine = world({
      '_dmarc.owner.example': 'v=DMARC1; p=none; rua=mailto:reports@owner.example',
      '_dmarc.sub.owner.example': 'v=DMARC1; p=reject; rua=mailto:reports@owner.example',
    });
    send(machine, 'a@owner.example');
    send(machine, 'a@sub.owner.example');
    pass(machine, DAY);
    expect(reports(machine).map((one) => [one.policy.domain, one.policy.p, counted([one])])).toEqual([
      ['owner.example', 'none', 1],
      ['sub.owner.example', 'reject', 1],
    ]);
  });

  it('tells of single failures only if it was told to [S4-053]', () => {
    const records = {
      '_dmarc.owner.example':
        'v=DMARC1; p=none; fo=1; rua=mailto:reports@owner.example; ruf=mailto:reports@owner.example',
    };
    const silent = world(records);
    send(silent, 'a@owner.example');
    expect(mailbox(silent, 'reports', 'mx.owner.example')).toEqual([]);
    expect(eventsOf(silent, 'report.withheld')).toMatchObject([{ kind: 'failure', because: 'failures-off' }]);
    const talkative = world(records, { failureReports: true });
    send(talkative, 'a@owner.example');
    const [raw] = mailbox(talkative, 'reports', 'mx.owner.example');
    expect(parseFailureReport(raw ?? '')).toMatchObject({
      feedbackType: 'auth-failure',
      report: { authFailure: 'dmarc', sourceIp: '192.0.2.41', reportedDomain: 'owner.example' },
    });
    // Its own report is mail as well, and must not start a chain.
    expect(eventsOf(talkative, 'report.sent')).toHaveLength(1);
  });

  it('counts every message that it judged, once [S4-052]', { timeout: 120_000 }, () => {
    const owners = ['owner.example', 'news.owner.example', 'strict.example', 'silent.example'];
    fc.assert(
      fc.property(
        fc.array(fc.record({ owner: fc.constantFrom(...owners), hours: fc.integer({ min: 0, max: 12 }) }), {
          minLength: 1,
          maxLength: 12,
        }),
        (messages) => {
          const machine = world({
            '_dmarc.owner.example': 'v=DMARC1; p=quarantine; rua=mailto:reports@owner.example',
            '_dmarc.strict.example': 'v=DMARC1; p=reject; rua=mailto:reports@owner.example',
            'strict.example._report._dmarc.owner.example': 'v=DMARC1',
            'owner.example': 'v=spf1 ip4:192.0.2.41 -all',
          });
          for (const { owner, hours } of messages) {
            pass(machine, hours * HOUR);
            send(machine, `a@${owner}`);
          }
          pass(machine, 2 * DAY);
          const judged = eventsOf(machine, 'auth.dmarc').filter(
            (one) => one.host === MX && one.verdict.record !== undefined,
          );
          const all = reports(machine);
          expect(counted(all)).toBe(judged.length);
          expect(counted(all)).toBe(messages.filter((one) => one.owner !== 'silent.example').length);
          for (const report of all) {
            const inDay = judged.filter(
              (one) =>
                one.verdict.record?.domain === report.policy.domain &&
                one.at >= report.begin * 1000 &&
                one.at < (report.end + 1) * 1000,
            );
            expect(counted([report])).toBe(inDay.length);
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  it('says what it could not hand over', () => {
    const server = { host: 'localhost', address: '127.0.0.1', port: 2525 };
    const machine = world(
      { '_dmarc.owner.example': 'v=DMARC1; p=none; rua=mailto:reports@owner.example' },
      { server },
    );
    send(machine, 'a@owner.example');
    pass(machine, DAY);
    expect(eventsOf(machine, 'report.sent')).toEqual([]);
    expect(eventsOf(machine, 'report.withheld')).toMatchObject([{ because: 'refused', messages: 1 }]);
    expect(mailLog(machine).at(-1)).toMatch(
      /no report for owner\.example to reports@owner\.example: refused \(/,
    );
  });
});
