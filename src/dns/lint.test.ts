import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { timeOf } from '../base/dates.ts';
import { lintZone, type DnsFinding, type LintOptions } from './lint.ts';
import { parseZone } from './zone-file.ts';
import { loadZone } from './zone-checks.ts';

const head = '$TTL 3600\n@ SOA ns1 hostmaster 2026112301 7200 3600 1209600 300\n@ NS ns1\nns1 A 192.0.2.10\n';
const lint = (text: string, options?: LintOptions, origin = 'a.example.'): DnsFinding[] =>
  lintZone(parseZone(head + text, origin), options);
const ids = (findings: readonly DnsFinding[]): string[] => findings.map((finding) => finding.id);

/** The text with the repair of its only finding applied. */
function repaired(text: string, options?: LintOptions): string {
  const findings = lint(text, options);
  expect(findings.length).toBe(1);
  const fix = findings[0]?.fix;
  if (!fix) throw new Error('no repair');
  const whole = head + text;
  return (whole.slice(0, fix.span.offset) + fix.text + whole.slice(fix.span.offset + fix.span.length)).slice(
    head.length,
  );
}

describe('the zone lint', () => {
  it('has nothing to say about the recorded zones', () => {
    const world = new URL('recordings/world/', import.meta.url);
    const read = (file: string): string => readFileSync(new URL(file, world), 'utf8');
    for (const [file, origin] of [
      ['hafen', 'hafen.example.'],
      ['wolke', 'wolke.example.'],
      ['r192', '2.0.192.in-addr.arpa.'],
      ['sub', 'sub.hafen.example.'],
    ] as const)
      expect(lintZone(parseZone(read(file), origin)), file).toEqual([]);
  });

  it('sees a forgotten final dot and puts it there [S3-003]', () => {
    const text = '@ MX 10 mx1.a.example\nmx1 A 192.0.2.25\n';
    expect(lint(text)).toMatchObject([
      {
        id: 'DNS-NODOT',
        span: { line: 5, column: 9, length: 13 },
        params: { name: 'mx1.a.example', full: 'mx1.a.example.a.example.', fixed: 'mx1.a.example.' },
      },
    ]);
    expect(lint(repaired(text))).toEqual([]);
    expect(ids(lint('www.a.example A 192.0.2.1\n'))).toEqual(['DNS-NODOT']);
    expect(ids(lint('@ MX 10 mx.wolke.example\n'))).toEqual(['DNS-NODOT']);
    expect(ids(lint('x CNAME host.sub\nhost.sub A 192.0.2.1\n'))).toEqual([]);
    expect(ids(lint('25 PTR mail.a.example\n', {}, '2.0.192.in-addr.arpa.'))).toEqual(['DNS-NODOT']);
  });

  it('sees where an MX leads [S3-005]', () => {
    expect(lint('@ MX 10 mail\nmail CNAME mx1\nmx1 A 192.0.2.25\n')).toMatchObject([
      { id: 'MX-CNAME', params: { target: 'mail.a.example' }, fix: { text: 'mx1.a.example.' } },
    ]);
    expect(lint('@ MX 10 192.0.2.25\nmx1 A 192.0.2.25\n')).toMatchObject([
      { id: 'MX-IS-IP', params: { target: '192.0.2.25' }, fix: { text: 'mx1.a.example.' } },
    ]);
    expect(lint('@ MX 10 192.0.2.25.\n')).toMatchObject([{ id: 'MX-IS-IP' }]);
    expect(lint('@ MX 10 mx9\n')).toMatchObject([{ id: 'MX-NO-A', params: { target: 'mx9.a.example' } }]);
    expect(lint('@ MX 10 mx1\nmx1 A 10.0.0.5\n')).toMatchObject([
      {
        id: 'MX-PRIVATE-IP',
        span: { line: 6, column: 7 },
        params: { target: 'mx1.a.example', address: '10.0.0.5' },
      },
    ]);
    expect(lint('@ MX 0 .\n')).toEqual([]);
    expect(ids(lint('* MX 10 mx1\nmx1 A 192.0.2.25\nwww A 192.0.2.80\n'))).toEqual(['WILDCARD-MX']);
  });

  it('sees a value cut off at a semicolon, and quotes it [S3-008]', () => {
    const text = '_dmarc TXT v=DMARC1; p=reject; rua=mailto:d@a.example\nx A 192.0.2.1\n';
    expect(lint(text)).toMatchObject([{ id: 'TXT-SEMICOLON', params: { value: 'v=DMARC1' } }]);
    expect(repaired(text)).toBe('_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@a.example"\nx A 192.0.2.1\n');
    expect(lint('_dmarc TXT "v=DMARC1; p=none" ; a comment\n')).toEqual([]);
    expect(lint('x TXT hello ; a comment\n')).toEqual([]);
  });

  it('cuts up a string that is too long, and then the zone loads [S3-008]', () => {
    for (const value of [`"${'ab\\"'.repeat(150)}"`, 'p='.repeat(300), `"${'é'.repeat(200)}"`]) {
      const text = `s1._domainkey TXT ${value}\n`;
      expect(ids(lint(text))).toEqual(['TXT-TOO-LONG']);
      const loaded = loadZone(head + repaired(text), 'a.example.');
      expect(loaded.hosted.state).toBe('loaded');
      const [data] = loaded.parsed.records.slice(-1).map((record) => record.data);
      const lengths = data?.type === 'TXT' ? data.strings.map((string) => string.length) : [];
      expect(Math.max(...lengths)).toBeLessThanOrEqual(255);
      expect(lengths.reduce((a, b) => a + b, 0)).toBe(lint(text)[0]?.params.length);
    }
  });

  it('sees typographic and escaped quotes', () => {
    expect(repaired('@ TXT “v=spf1 mx -all”\n')).toBe('@ TXT "v=spf1 mx -all"\n');
    expect(repaired('@ TXT "\\"v=spf1 mx -all\\""\n')).toBe('@ TXT "v=spf1 mx -all"\n');
    expect(lint('x TXT "say \\"hi\\"; ok" "don’t"\n')).toEqual([]);
  });

  it('sees records at names where nobody looks', () => {
    expect(lint('s1._domainkey.a.example TXT "v=DKIM1; p=x"\n')).toMatchObject([
      {
        id: 'DKIM-NAME-DOUBLED',
        params: {
          name: 's1._domainkey.a.example.a.example.',
          expected: 's1._domainkey.a.example',
          short: 's1._domainkey',
        },
      },
    ]);
    expect(repaired('@ TXT "v=DMARC1; p=none"\n')).toBe('_dmarc.a.example. TXT "v=DMARC1; p=none"\n');
    expect(repaired('dmarc TXT "v=DMARC1; p=none"\n')).toBe('_dmarc.a.example. TXT "v=DMARC1; p=none"\n');
    expect(lint('b.example._report._dmarc TXT "v=DMARC1"\n')).toEqual([]);
    expect(repaired('_spf TXT "v=spf1 mx -all"\n')).toBe('a.example. TXT "v=spf1 mx -all"\n');
    expect(lint('@ TXT "v=spf1 include:_spf.a.example -all"\n_spf TXT "v=spf1 mx -all"\n')).toEqual([]);
    expect(lint('mx1 A 192.0.2.25\nmx1 TXT "v=spf1 a -all"\n')).toEqual([]);
    expect(ids(lint('25 PTR mail.b.example.\n'))).toEqual(['PTR-WRONG-ZONE']);
  });

  it('sees a CNAME at the top of the zone [S3-004]', () => {
    expect(lint('@ CNAME www\nwww A 192.0.2.80\n')).toMatchObject([
      { id: 'DNS-CNAME-APEX', severity: 'error', params: { name: 'a.example' } },
    ]);
  });

  it('sees a serial that was not raised [S3-007]', () => {
    const published = parseZone(head, 'a.example.');
    expect(lint('', { published })).toEqual([]);
    const now = timeOf(2026, 11, 24, 9);
    expect(lint('www A 192.0.2.80\n', { published, now })).toMatchObject([
      {
        id: 'SOA-SERIAL',
        params: { serial: 2026112301, next: 2026112401 },
        span: { line: 2, column: 22, length: 10 },
      },
    ]);
    expect(lint('www A 192.0.2.80\n', { published })[0]?.params.next).toBe(2026112302);
    const raised = head.replace('2026112301', '2026112302');
    expect(lintZone(parseZone(`${raised}www A 192.0.2.80\n`, 'a.example.'), { published })).toEqual([]);
  });

  it('sees long TTLs, once for $TTL', () => {
    expect(lint('www 2d A 192.0.2.80\n')).toMatchObject([{ id: 'TTL-TOO-HIGH', params: { ttl: 172800 } }]);
    const text = `${head}$TTL 1w\nx A 192.0.2.1\ny A 192.0.2.2\n`;
    expect(lintZone(parseZone(text, 'a.example.'))).toMatchObject([
      { id: 'TTL-TOO-HIGH', span: { line: 5, column: 6, length: 2 }, fix: { text: '3600' } },
    ]);
  });

  it('finds the mistakes of the recorded zones', () => {
    const folder = new URL('recordings/named-checkzone/zones/', import.meta.url);
    const found = Object.fromEntries(
      readdirSync(folder)
        .map((file) => file.slice(3))
        .map((zone) => [
          zone.replace('.example', ''),
          ids(lintZone(parseZone(readFileSync(new URL(`db.${zone}`, folder), 'utf8'), `${zone}.`))).join(' '),
        ])
        .filter(([, list]) => list !== ''),
    );
    expect(found).toEqual({
      apex: 'DNS-CNAME-APEX',
      mxcname: 'MX-CNAME',
      mxip: 'MX-IS-IP',
      mxipdot: 'MX-IS-IP',
      mxohne: 'MX-NO-A',
      joker: 'WILDCARD-MX',
      ptrvor: 'PTR-WRONG-ZONE',
      punkt: 'DNS-NODOT',
      strichpunkt: 'TXT-SEMICOLON',
      txtlang: 'TXT-TOO-LONG',
      txtlangfrei: 'TXT-TOO-LONG',
    });
  });
});
