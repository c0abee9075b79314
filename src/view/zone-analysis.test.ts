// Findings stand where the text is wrong, and their repairs cure them.

import { describe, expect, it } from 'vitest';
import { dnsWorldOf } from '../host/dns-world.ts';
import type { DnsWorld } from '../dns/lint/world.ts';
import { openWorld } from '../world/world.ts';
import { worldFile } from './testing.ts';
import { analyseZone } from './zone-analysis.ts';

const zone = 'wolke.example.';
const text = worldFile('first').zones.find((one) => one.zone === zone)?.text ?? '';

function stretch(of: string, at: { line: number; column: number; length: number }): string {
  const lines = of.split('\n');
  const start = lines.slice(0, at.line - 1).reduce((sum, line) => sum + line.length + 1, 0) + at.column - 1;
  return of.slice(start, start + at.length);
}

function repaired(of: string, fix: { line: number; column: number; length: number; text: string }): string {
  const lines = of.split('\n');
  const line = lines[fix.line - 1] ?? '';
  lines[fix.line - 1] = line.slice(0, fix.column - 1) + fix.text + line.slice(fix.column - 1 + fix.length);
  return lines.join('\n');
}

describe('zone analysis', () => {
  it('the first world has no errors, and each line is explained', () => {
    const analysis = analyseZone(zone, text);
    expect(analysis.errors).toEqual([]);
    expect(analysis.records.map((record) => record.type)).toEqual([
      'SOA',
      'NS',
      'MX',
      'A',
      'A',
      'TXT',
      'TXT',
      'TXT',
    ]);
    expect(analysis.records[2]).toMatchObject({ name: zone, ttl: 300, text: '10 mail.wolke.example.' });
  });

  it('a finding in a text record points at its very characters, and the repair cures it', () => {
    const wrong = text.replace('ip4:192.0.2.99 -all', 'ip4:192.0.2.999 -all');
    const finding = analyseZone(zone, wrong).findings.find((one) => one.id === 'SPF-IP-SYNTAX');
    expect(finding && stretch(wrong, finding)).toContain('192.0.2.999');
    const open = text.replace('-all', '+all');
    const plus = analyseZone(zone, open).findings.find((one) => one.id === 'SPF-PLUSALL');
    expect(plus && stretch(open, plus)).toBe('+all');
    if (plus?.fix !== undefined)
      expect(analyseZone(zone, repaired(open, plus.fix)).findings.map((one) => one.id)).not.toContain(
        'SPF-PLUSALL',
      );
  });

  it('says once what reader and linter both see, and more of it', () => {
    const aliased = text.replace('@              IN MX   10 mail\n', '@              IN MX   10 mial\n');
    const ids = analyseZone(zone, aliased).findings.map((one) => one.id);
    expect(ids).toContain('MX-NO-A');
    expect(ids).not.toContain('mx-no-address');
    const apex = analyseZone(zone, `${text}\n@ IN CNAME other.example.\n`);
    expect(apex.errors.map((one) => one.id)).toEqual(['DNS-CNAME-APEX']);
    expect(apex.findings.map((one) => one.id)).not.toContain('DNS-CNAME-APEX');
  });

  it('notices a change without a new serial, and repairs it', () => {
    const changed = text.replace('192.0.2.99', '192.0.2.10');
    const finding = analyseZone(zone, changed, { published: text }).findings.find(
      (one) => one.id === 'SOA-SERIAL',
    );
    expect(finding && stretch(changed, finding)).toBe('2026112301');
    const better = repaired(changed, finding?.fix ?? { line: 0, column: 0, length: 0, text: '' });
    expect(analyseZone(zone, better, { published: text }).findings.map((one) => one.id)).not.toContain(
      'SOA-SERIAL',
    );
  });

  it('a text that cannot be loaded says where', () => {
    const broken = text.replace('192.0.2.10', '192.0.2.x');
    const [error] = analyseZone(zone, broken).errors;
    expect(error).toMatchObject({ id: 'bad-ipv4', severity: 'error' });
    expect(error && stretch(broken, error)).toBe('192.0.2.x');
  });

  it('SPF in the type that nobody asks for, and the repair [SPF-TYPE99]', () => {
    const old = text.replace('IN TXT  "v=spf1', 'IN SPF  "v=spf1');
    const findings = analyseZone(zone, old).findings.filter(({ id }) => id === 'SPF-TYPE99');
    expect(findings).toHaveLength(1);
    expect(findings[0] && stretch(old, findings[0])).toBe('SPF');
    const better = repaired(old, findings[0]?.fix ?? { line: 0, column: 0, length: 0, text: '' });
    expect(better).toBe(text.replace('IN TXT  "v=spf1', 'IN TXT  "v=spf1'));
    expect(analyseZone(zone, better).findings.map(({ id }) => id)).not.toContain('SPF-TYPE99');
    const twins = `${text}\n@ IN SPF "v=spf1 -all"\n`;
    expect(analyseZone(zone, twins).findings.map(({ id }) => id)).not.toContain('SPF-TYPE99');
  });

  it('a key cut off at its semicolon is told as such [DKIM-SEMICOLON]', () => {
    const cut = `${text}\ns9._domainkey IN TXT v=DKIM1; k=rsa; p=MIIB\n`;
    const found = analyseZone(zone, cut).findings.map(({ id }) => id);
    expect(found).toContain('DKIM-SEMICOLON');
    expect(found).not.toContain('TXT-SEMICOLON');
    expect(analyseZone(zone, text).findings.map(({ id }) => id)).not.toContain('DKIM-SEMICOLON');
  });

  describe('in the world around it', () => {
    const around = (): DnsWorld =>
      dnsWorldOf(openWorld(worldFile('first'), 'sandbox').machine.state, 'resolver.isp.example');
    it('the first world has nothing to add [PTR-MISSING] [PTR-GENERIC] [PTR-MISMATCH]', () => {
      expect(analyseZone(zone, text, { world: around() })).toEqual(analyseZone(zone, text));
    });

    it('a mail host without a reverse name is told so at its address record [PTR-MISSING] [S3-040]', () => {
      const world = around();
      const zones = world.zones.filter(({ origin }) => origin !== 'in-addr.arpa.');
      const finding = analyseZone(zone, text, { world: { ...world, zones } }).findings.find(
        ({ id }) => id === 'PTR-MISSING',
      );
      expect(finding).toMatchObject({
        params: { address: '192.0.2.10', host: 'mail.wolke.example' },
        rule: 'RFC 1912 §2.1',
      });
      expect(text.split('\n')[(finding?.line ?? 0) - 1]).toContain('192.0.2.10');
    });

    it('no DMARC record is told at the top of the zone, and only then [DMARC-NONE]', () => {
      const world = around();
      const ids = (of: string): string[] => analyseZone(zone, of, { world }).findings.map(({ id }) => id);
      const bare = text.replace(/^_dmarc.*$/m, '');
      const finding = analyseZone(zone, bare, { world }).findings.find(({ id }) => id === 'DMARC-NONE');
      expect(finding?.params['names']).toBe('_dmarc.wolke.example, _dmarc.example');
      expect(finding && stretch(bare, finding)).toBe('@');
      expect(ids(text)).not.toContain('DMARC-NONE');
      // A record that is there and wrong is told at its own place.
      expect(ids(text.replace('v=DMARC1', 'v=DMARC2'))).not.toContain('DMARC-NONE');
    });

    it('a domain that never sends should say so [DMARC-PARKED]', () => {
      const world: DnsWorld = { ...around(), hosts: [] };
      const head = '$TTL 300\n@ SOA ns host 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n';
      const found = (lines: string): string[] =>
        analyseZone(zone, head + lines, { world }).findings.map(({ id }) => id);
      expect(found('')).toContain('DMARC-PARKED');
      expect(found('@ TXT "v=spf1 -all"\n@ MX 0 .\n')).toContain('DMARC-PARKED');
      const parked =
        '@ TXT "v=spf1 -all"\n@ MX 0 .\n_dmarc TXT "v=DMARC1; p=reject; rua=mailto:d@wolke.example"\n';
      expect(found(parked)).not.toContain('DMARC-PARKED');
      expect(found('@ MX 10 ns\n')).not.toContain('DMARC-PARKED');
    });

    it('what includes hide is found, and the record alone does not say it twice [SPF-10] [SPF-INCLUDE-NONE]', () => {
      const world = around();
      const found = (spf: string) =>
        analyseZone(zone, text.replace('v=spf1 ip4:192.0.2.99 -all', spf), { world }).findings.filter(
          ({ severity }) => severity !== 'info',
        );
      const eleven = `v=spf1${' a:mail.wolke.example'.repeat(9)} include:hafen.example -all`;
      expect(found(eleven).filter(({ id }) => id === 'SPF-10')).toMatchObject([
        { params: { path: 'wolke.example > hafen.example > mx', text: 'mx' } },
      ]);
      expect(found('v=spf1 include:nowhere.example -all')).toMatchObject([
        { id: 'SPF-INCLUDE-NONE', fix: { text: '' } },
      ]);
      expect(found('v=spf1 include:hafen.example -all')).toEqual([]);
    });

    it('a draft is judged as if it were published [PTR-MISMATCH] [NS-LAME] [S3-041]', () => {
      const moved = text.replace(/^(mail\s.*)192\.0\.2\.10$/m, '$1192.0.2.11');
      expect(moved).not.toBe(text);
      const found = analyseZone(zone, moved, { world: around() }).findings.find(
        ({ id }) => id === 'PTR-MISMATCH',
      );
      expect(found?.params).toMatchObject({ name: 'mail.wolke.example', found: '192.0.2.11' });
      expect(moved.split('\n')[(found?.line ?? 0) - 1]).toContain('192.0.2.11');
      const lame = `${text}\n@ NS mail\n`;
      const finding = analyseZone(zone, lame, { world: around() }).findings.find(
        ({ id }) => id === 'NS-LAME',
      );
      expect(finding?.params['server']).toBe('mail.wolke.example');
    });
  });
});
