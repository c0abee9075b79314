// Report files that somebody brings along: both schemas, every wrapping, and what is hostile or broken.

import { gzipSync } from 'node:zlib';
import { strToU8, zipSync } from 'fflate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { composeReportMail } from '../auth/report-mail.ts';
import { latin1 } from '../base/bytes.ts';
import { printAggregateReport, type AggregateReport } from '../message/report-aggregate.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import type { WorldDescription } from '../world/description.ts';
import { importedReport, MOST_IMPORTED, reportsView } from './reports.ts';
import { openScene } from './testing.ts';
import { cases } from '../testing/effort.ts';

const report: AggregateReport = {
  schema: 'rfc9990',
  orgName: 'Gmehl',
  email: 'dmarc@gmehl.example',
  reportId: '1',
  begin: 1_795_392_000,
  end: 1_795_478_399,
  errors: [],
  policy: { domain: 'wolke.example', p: 'none', testing: false },
  records: [
    {
      sourceIp: '192.0.2.1',
      count: 7,
      disposition: 'pass',
      dkim: 'pass',
      spf: 'fail',
      reasons: [],
      headerFrom: 'wolke.example',
      authDkim: [{ domain: 'wolke.example', selector: 's1', result: 'pass' }],
      authSpf: [],
    },
  ],
};
const xml = printAggregateReport(report);
const read = (name: string, bytes: Uint8Array) => importedReport('f', name, bytes);

describe('a report file', () => {
  it.each([
    ['report.xml', strToU8(xml)],
    ['report.xml.gz', new Uint8Array(gzipSync(xml))],
    ['report.zip', zipSync({ 'report.xml': strToU8(xml) })],
    ['misnamed.txt', new Uint8Array(gzipSync(xml))],
  ])('is read from %s [S4-050]', (name, bytes) => {
    expect(read(name, bytes)).toMatchObject({ filename: name, report, xml });
  });

  it('is read from a whole message, whatever its name [S4-050]', () => {
    const mail = composeReportMail(report, {
      receiver: 'gmehl.example',
      from: 'dmarc@gmehl.example',
      to: ['dmarc@wolke.example'],
      now: 0,
      zoneMinutes: 0,
      messageId: '<1@gmehl.example>',
    });
    for (const name of ['report.eml', 'mail.txt']) expect(read(name, latin1(mail)).report).toEqual(report);
  });

  it('of the old schema is read as such [S4-050]', () => {
    const old = xml
      .replace(/ xmlns="[^"]*"/, '')
      .replace(/ *<testing>.*\n/, '<pct>100</pct>')
      .replace('>pass</disposition>', '>none</disposition>');
    expect(read('old.xml', strToU8(old)).report).toMatchObject({ schema: 'rfc7489', policy: { pct: 100 } });
  });

  it('that is broken says where, and what came out of it stays', () => {
    const broken = xml.replace('</report_metadata>', '</report_metadta>');
    const found = read('broken.xml', strToU8(broken));
    expect(found.report).toBeUndefined();
    expect(found.problem).toMatchObject({ code: 'xml', problem: { code: 'wrong-end', line: 12 } });
    expect(found.xml).toBe(broken);
    expect(read('x.xml', strToU8('<html><body/></html>')).problem).toMatchObject({
      code: 'not-a-report',
      element: 'html',
    });
    expect(read('letter.eml', strToU8('Subject: Hi\r\n\r\nNo report here.\r\n')).problem).toBe('no-report');
  });

  it('that is a trap does no harm', () => {
    const laughs = `<?xml version="1.0"?><!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><feedback>&b;</feedback>`;
    expect(read('laughs.xml', strToU8(laughs)).problem).toMatchObject({
      code: 'xml',
      problem: { code: 'document-type', line: 1 },
    });
    expect(read('bomb.gz', new Uint8Array(gzipSync(Buffer.alloc(60_000_000, 0x20)))).problem).toBe('too-big');
    expect(read('cut.gz', new Uint8Array(gzipSync(xml)).subarray(0, 60)).problem).toBe('damaged');
    expect(read('huge.xml', new Uint8Array(MOST_IMPORTED + 1)).problem).toBe('too-big');
  });

  it('of any bytes never throws [G-13]', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom('a.xml', 'a.gz', 'a.zip', 'a.eml'),
        (bytes, name) => {
          const found = read(name, bytes);
          expect(found.report === undefined).toBe(found.problem !== undefined);
        },
      ),
      cases(300),
    );
  });
});

describe('in the sandbox', () => {
  const worlds = readSharedWorlds('lessons') as unknown as Readonly<Record<string, WorldDescription>>;

  it('who asks for failure reports gets one for each message that fails, and the numbers after midnight [S4-050] [S4-053]', () => {
    const { sandbox } = worlds;
    if (sandbox === undefined) throw new Error('there is no sandbox');
    const scene = openScene(sandbox);
    scene.edit((text) =>
      text
        .replace('2026112301', '2026112302')
        .replace(
          'rua=mailto:dmarc@wolke.example',
          'rua=mailto:dmarc@wolke.example; ruf=mailto:dmarc@wolke.example',
        ),
    );
    scene.wait(600);
    const { failures, reports } = reportsView(scene.journal);
    expect(reports).toEqual([]);
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]).toMatchObject({
      mailbox: 'dmarc@wolke.example',
      failure: 'dmarc',
      result: 'spam',
      domain: 'wolke.example',
      sourceIp: '203.0.113.66',
    });
    expect(failures[0]?.reporter).toContain('dmarc-reports@hafen.example');
    scene.wait(86_400);
    const after = reportsView(scene.journal).reports;
    expect(after.map((one) => one.report?.records.map(({ sourceIp }) => sourceIp))).toEqual([
      ['203.0.113.66'],
    ]);
  });

  it('without an address nobody reports, and a quiet night has no event', () => {
    const { sandbox } = worlds;
    if (sandbox === undefined) throw new Error('there is no sandbox');
    const quiet = openScene({
      ...sandbox,
      hosts: sandbox.hosts.filter((host) => host.role !== 'impostor'),
      links: sandbox.links.filter((link) => !link.between.includes('box.impostor.example')),
    });
    quiet.wait(3 * 86_400);
    expect(quiet.journal.trace.filter((event) => event.type.startsWith('report.'))).toEqual([]);
  });
});
