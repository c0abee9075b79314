// Aggregate reports on their way: file, compression with its bombs, the mail, and whether the address may be used. zlib and
// postal-mime are the second opinion.

import { gunzipSync, gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { latin1 } from '../base/bytes.ts';
import { printAggregateReport } from '../message/report-aggregate.ts';
import type { AggregateReport } from '../message/report-aggregate.ts';
import { parseDmarcRecord } from './dmarc-record.ts';
import { checkReportDestinations } from './report-destination.ts';
import {
  composeReportMail,
  packReport,
  readReportFile,
  readReportMail,
  reportFileName,
  unpackReport,
} from './report-mail.ts';
import { answerAll, txtTable } from './testing.ts';

const report: AggregateReport = {
  schema: 'rfc9990',
  orgName: 'hafen.example',
  email: 'dmarc@hafen.example',
  reportId: '20261123.1',
  begin: 1_795_392_000,
  end: 1_795_478_399,
  errors: [],
  policy: { domain: 'a.example', p: 'none', testing: false },
  records: [
    {
      sourceIp: '192.0.2.1',
      count: 2,
      disposition: 'pass',
      dkim: 'pass',
      spf: 'pass',
      reasons: [],
      headerFrom: 'a.example',
      authDkim: [{ domain: 'a.example', selector: 'ü', result: 'pass' }],
      authSpf: [],
    },
  ],
};

describe('the file', () => {
  it('has its name, the same bytes every time, and zlib reads it [S4-050]', () => {
    expect(reportFileName('hafen.example', report)).toBe(
      'hafen.example!a.example!1795392000!1795478399!20261123.1.xml.gz',
    );
    expect(packReport(report)).toEqual(packReport(report));
    expect(gunzipSync(packReport(report)).toString('utf8')).toBe(printAggregateReport(report));
  });

  it('is read from gzip, zip and plain XML [S4-050]', () => {
    const xml = printAggregateReport(report);
    const files = [
      gzipSync(xml),
      zipSync({ 'readme.txt': strToU8('x'), 'report.xml': strToU8(xml) }),
      strToU8(xml),
      latin1(xml.replace('UTF-8', 'ISO-8859-1')),
    ];
    for (const file of files)
      expect(readReportFile(new Uint8Array(file))).toEqual({ ok: true, value: { report, notes: [] } });
  });

  it('does not blow up [S4-050]', () => {
    const zeros = Buffer.alloc(50_000_000, 0x20);
    const bomb = new Uint8Array(gzipSync(zeros));
    expect(bomb.length).toBeLessThan(100_000);
    expect(unpackReport(bomb)).toEqual({ ok: false, error: 'too-big' });
    expect(unpackReport(zipSync({ 'a.xml': new Uint8Array(30_000_000) }))).toEqual({
      ok: false,
      error: 'too-big',
    });
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`${i}.xml`, strToU8('<a/>')]));
    expect(unpackReport(zipSync(many))).toEqual({ ok: false, error: 'too-many-files' });
    // A zip that says less than it holds gives no more than it says.
    const lying = zipSync({ 'a.xml': strToU8(`<feedback>${'x'.repeat(50_000)}</feedback>`) });
    const view = new DataView(lying.buffer);
    for (let at = 0; at < lying.length - 4; at++)
      if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, 100, true);
    const read = unpackReport(lying);
    expect(!read.ok || read.value.length <= 100).toBe(true);
    expect(readReportFile(lying).ok).toBe(false);
  });

  it('tells damage apart', () => {
    const good = packReport(report);
    for (const cut of [3, 10, 17, 40, good.length - 9, good.length - 1])
      expect(readReportFile(good.slice(0, cut)).ok, String(cut)).toBe(false);
    const wrongLength = good.slice();
    wrongLength[wrongLength.length - 4] = (wrongLength[wrongLength.length - 4] ?? 0) ^ 1;
    expect(unpackReport(wrongLength)).toEqual({ ok: false, error: 'damaged' });
    expect(unpackReport(zipSync({ 'a.txt': strToU8('x') }))).toEqual({ ok: false, error: 'no-report' });
    expect(unpackReport(strToU8('PK\x03\x04nonsense'))).toEqual({ ok: false, error: 'damaged' });
    expect(readReportFile(new Uint8Array(0)).ok).toBe(false);
  });
});

describe('the mail', () => {
  it('carries the report as its standard says, for others and for us [S4-050]', async () => {
    const raw = composeReportMail(report, {
      receiver: 'hafen.example',
      from: 'dmarc@hafen.example',
      to: ['rua@a.example'],
      now: Date.UTC(2026, 10, 24),
      zoneMinutes: 0,
      messageId: '<1@hafen.example>',
    });
    const theirs = await PostalMime.parse(latin1(raw));
    expect(theirs.subject).toBe('Report Domain: a.example Submitter: hafen.example Report-ID: <20261123.1>');
    expect(theirs.attachments[0]).toMatchObject({
      filename: reportFileName('hafen.example', report),
      mimeType: 'application/gzip',
    });
    expect(readReportMail(raw)).toEqual({ ok: true, value: { report, notes: [] } });
    expect(readReportMail('Subject: x\r\n\r\nNo report.\r\n')).toEqual({ ok: false, error: 'no-report' });
  });
});

describe('the destination', () => {
  const ask = (rua: string, zone: Record<string, string>, domain = 'a.example') =>
    answerAll(
      checkReportDestinations(domain, parseDmarcRecord(`v=DMARC1; p=none; rua=${rua}`).rua),
      txtTable(zone),
    );
  const own = { '_dmarc.a.example': 'v=DMARC1; p=none' };

  it('needs the word of the other domain, not of one’s own [S4-051]', () => {
    const { verdict, asked } = ask(
      'mailto:r@a.example,mailto:r@mail.a.example,mailto:r@reports.example',
      own,
    );
    expect(verdict.map((one) => [one.isAllowed, one.because])).toEqual([
      [true, 'same-organization'],
      [true, 'same-organization'],
      [false, 'not-allowed'],
    ]);
    expect(asked.map((one) => one.name)).toContain('a.example._report._dmarc.reports.example.');
  });

  it.each([
    ['v=DMARC1', true, 'allowed', ['r@reports.example']],
    ['v=DMARC1; rua=mailto:other@reports.example', true, 'redirected', ['other@reports.example']],
    ['v=DMARC1; rua=mailto:other@third.example', false, 'bad-redirect', []],
    ['v=spf1 -all', false, 'not-allowed', []],
  ] as const)('with “%s” [S4-051]', (text, isAllowed, because, addresses) => {
    const zone = { ...own, 'a.example._report._dmarc.reports.example': text };
    expect(ask('mailto:r@reports.example', zone).verdict).toMatchObject([{ isAllowed, because, addresses }]);
  });

  it('is not used while DNS fails, and what is no address never', () => {
    const uris = parseDmarcRecord('v=DMARC1; p=none; rua=mailto:r@reports.example,https://x.example/').rua;
    const { verdict } = answerAll(checkReportDestinations('a.example', uris), (question) =>
      question.name.includes('_report.')
        ? { status: 'TIMEOUT', records: [] }
        : { status: 'NXDOMAIN', records: [] },
    );
    expect(verdict.map((one) => one.because)).toEqual(['lookup-failed', 'not-an-address']);
  });
});
