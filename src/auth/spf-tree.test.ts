import { describe, expect, it } from 'vitest';
import { answerOfWorld, type DnsWorld } from '../dns/lint/world.ts';
import { parseZone } from '../dns/zone-file.ts';
import { lintRecordsInWorld } from './lint-world.ts';
import { lintRecords, type LintFinding } from './lint.ts';
import { finishPolicy } from './policy-run.ts';
import { spfTree } from './spf-tree.ts';

const soa = (text: string): string => `$TTL 300\n@ SOA ns host 1 2 3 4 5\n@ NS ns\nns A 192.0.2.53\n${text}`;
const worldOf = (zones: Readonly<Record<string, string>>): DnsWorld => ({
  zones: Object.entries({ '.': '', ...zones }).map(([origin, text]) => parseZone(soa(text), origin).zone),
  hosts: [],
  absences: [],
});
const esp = `@ TXT "v=spf1 include:_a.esp.example include:_b.esp.example ~all"
_a TXT "v=spf1 ip4:198.51.100.0/24 a:out.esp.example -all"
_b TXT "v=spf1 mx:esp.example ?all"
@ MX 10 out
out A 198.51.100.7
`;
const world = worldOf({ 'esp.example.': esp, 'a.example.': '@ MX 10 mail\nmail A 192.0.2.25\n' });
const tree = (record: string, of: DnsWorld = world) =>
  finishPolicy(spfTree('a.example', record), (question) => answerOfWorld(of, question));
const lint = (record: string, of: DnsWorld = world, name = 'a.example.'): LintFinding[] => {
  const input = [{ name, strings: [record] }];
  return finishPolicy(lintRecordsInWorld(input), (question) => answerOfWorld(of, question));
};
const ids = (findings: readonly LintFinding[]): string[] => findings.map(({ id }) => id);

describe('the tree of an SPF record', () => {
  it('counts every term of every record that could be asked [S4-004]', () => {
    const found = tree('v=spf1 mx include:esp.example -all');
    expect(found.lookups).toBe(6);
    expect(found.voids).toEqual([]);
    expect(found.root.terms.map(({ text, lookups, networks }) => [text, lookups, networks])).toEqual([
      ['mx', 1, ['192.0.2.25']],
      ['include:esp.example', 2, []],
      ['-all', 6, []],
    ]);
    const nested = found.root.terms[1]?.nested;
    expect(nested?.terms[0]?.nested?.terms.map(({ networks }) => networks)).toEqual([
      ['198.51.100.0/24'],
      ['198.51.100.7'],
      [],
    ]);
  });

  it('stops at a circle, and does not ask what depends on the message', () => {
    const circle = worldOf({ 'x.example.': '@ TXT "v=spf1 include:a.example -all"\n' });
    expect(
      tree('v=spf1 include:x.example -all', circle).root.terms[0]?.nested?.terms[0]?.nested?.problem,
    ).toBe('loop');
    const macro = tree('v=spf1 exists:%{i}.x.example -all');
    expect(macro.root.terms[0]).toMatchObject({ isLookup: true, isVoid: false });
    expect(macro.root.terms[0]?.target).toBeUndefined();
  });

  it('a redirect counts only without all', () => {
    expect(tree('v=spf1 redirect=esp.example').lookups).toBe(5);
    expect(tree('v=spf1 redirect=esp.example -all').lookups).toBe(0);
  });
});

describe('records judged in their world', () => {
  const eleven = 'v=spf1 include:esp.example include:esp.example a -all';

  it('the eleventh look-up is found inside an include, with the way to it [SPF-10]', () => {
    const finding = lint(eleven).find(({ id }) => id === 'SPF-10');
    expect(finding?.params).toMatchObject({ count: 11, limit: 10, text: 'a', path: 'a.example > a' });
    const deep = lint(`v=spf1 a ${eleven.slice(7)}`).find(({ id }) => id === 'SPF-10');
    expect(deep?.params['path']).toBe('a.example > esp.example > _b.esp.example > mx:esp.example');
    expect(ids(lint('v=spf1 include:esp.example include:esp.example -all'))).not.toContain('SPF-10');
    // Without the world the includes hide what they cost.
    expect(ids(lintRecords([{ name: 'a.example.', strings: [eleven] }]))).not.toContain('SPF-10');
  });

  it('a third look-up into the void is named [SPF-VOID]', () => {
    const three = lint('v=spf1 a:n1.a.example a:n2.a.example mx:n3.a.example -all');
    expect(three).toMatchObject([
      { id: 'SPF-VOID', params: { voids: 3, names: 'n1.a.example, n2.a.example, n3.a.example' } },
    ]);
    expect(lint('v=spf1 a:n1.a.example a:n2.a.example -all')).toEqual([]);
  });

  it('an include that leads nowhere is named, and the repair takes it out [SPF-INCLUDE-NONE]', () => {
    const text = 'v=spf1 mx include:old.example -all';
    const [finding] = lint(text);
    expect(finding).toMatchObject({ id: 'SPF-INCLUDE-NONE', params: { target: 'old.example' } });
    const { span, text: put } = finding?.fix ?? { span: { start: 0, end: 0 }, text: '' };
    const mended = text.slice(0, span.start) + put + text.slice(span.end);
    expect(mended).toBe('v=spf1 mx -all');
    expect(lint(mended)).toEqual([]);
  });

  it('report addresses elsewhere must have agreed [DMARC-RUA-EXT] [S4-051]', () => {
    const record = 'v=DMARC1; p=none; rua=mailto:d@reports.example';
    const at = '_dmarc.a.example.';
    const silent = worldOf({ 'reports.example.': '', 'a.example.': `_dmarc TXT "${record}"\n` });
    expect(lint(record, silent, at)).toMatchObject([
      {
        id: 'DMARC-RUA-EXT',
        params: { destination: 'reports.example', name: 'a.example._report._dmarc.reports.example' },
      },
    ]);
    const agreed = worldOf({
      'reports.example.': 'a.example._report._dmarc TXT "v=DMARC1"\n',
      'a.example.': `_dmarc TXT "${record}"\n`,
    });
    expect(lint(record, agreed, at)).toEqual([]);
    expect(lint('v=DMARC1; p=none; rua=mailto:d@a.example', silent, at)).toEqual([]);
  });
});
