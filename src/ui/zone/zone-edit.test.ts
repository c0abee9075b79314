import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sameName } from '../../dns/name.ts';
import { parseZone } from '../../dns/zone-file.ts';
import {
  addRecord,
  changeRecord,
  moveRecord,
  putText,
  removeRecord,
  txtWords,
  written,
  type Edit,
} from './zone-edit.ts';

const zone = 'a.example.';
const soa = `@ IN SOA ns host (
        2026112301 ; serial
        7200 3600
        1209600    ; expire
        300 )      ; minimum
`;
const sample = `; my zone
$TTL 300
${soa}@        IN NS   ns
         IN MX   10 mail ; the only one
; who may send
@        IN TXT  "v=spf1 mx -all"
ns       IN A    192.0.2.53
mail     3600 IN A 192.0.2.10

www      IN CNAME mail ; last
`;
const text = (edit: Edit): string => {
  if (!edit.ok) throw new Error(edit.why);
  return edit.text;
};
const at = (of: string, type: string): number =>
  parseZone(of, zone).records.findIndex((record) => written(record).type === type);

describe('an edit of one record', () => {
  it('changes a word and nothing else', () => {
    expect(text(changeRecord(sample, zone, at(sample, 'MX'), { data: ['20', 'mail'] }))).toBe(
      sample.replace('MX   10 mail ;', 'MX   20 mail ;'),
    );
    const serial = ['ns', 'host', '2026112302', '7200', '3600', '1209600', '300'];
    expect(text(changeRecord(sample, zone, 0, { data: serial }))).toBe(
      sample.replace('2026112301', '2026112302'),
    );
  });

  it('keeps the column when a name changes, and gives the heir below a name of its own', () => {
    expect(text(changeRecord(sample, zone, at(sample, 'CNAME'), { owner: 'shop' }))).toBe(
      sample.replace('www ', 'shop'),
    );
    expect(text(changeRecord(sample, zone, at(sample, 'NS'), { owner: 'sub' }))).toBe(
      sample.replace('@        IN NS', 'sub      IN NS').replace('         IN MX', '@        IN MX'),
    );
  });

  it('writes, changes and removes a TTL', () => {
    const a = at(sample, 'A');
    const once = text(changeRecord(sample, zone, a, { ttl: '1h' }));
    expect(once).toBe(sample.replace('ns       IN A', 'ns       1h IN A'));
    expect(text(changeRecord(once, zone, a, { ttl: '' }))).toBe(sample);
    expect(text(changeRecord(sample, zone, a + 1, { ttl: '' }))).toBe(sample.replace('3600 IN A', 'IN A'));
  });

  it('removes the lines of a record, parentheses and all', () => {
    expect(text(removeRecord(sample, zone, at(sample, 'MX')))).toBe(
      sample.replace('         IN MX   10 mail ; the only one\n', ''),
    );
    expect(text(removeRecord(sample, zone, at(sample, 'NS')))).toBe(
      sample.replace('@        IN NS   ns\n         IN MX', '@        IN MX'),
    );
    const { text: without } = removeRecord(sample, zone, 0) as { text: string };
    expect(without).toBe(sample.replace(soa, ''));
  });

  it('adds a record where its kind stands, in the layout of its neighbour', () => {
    expect(text(addRecord(sample, zone, { owner: '@', type: 'MX', data: ['20', 'backup'] }))).toBe(
      sample.replace('-all"\n', '-all"\n@        IN MX   20 backup\n'),
    );
    const key = txtWords(`v=DKIM1; k=rsa; p=${'A'.repeat(392)}`);
    expect(key).toHaveLength(2);
    const added = text(addRecord(sample, zone, { owner: 's1._domainkey', type: 'TXT', data: key }));
    expect(added.startsWith(sample)).toBe(true);
    expect(added.split('\n')).toHaveLength(sample.split('\n').length + 2);
  });

  it('moves a record with the comments above it', () => {
    expect(text(moveRecord(sample, zone, at(sample, 'TXT'), 1))).toBe(
      sample.replace(
        '; who may send\n@        IN TXT  "v=spf1 mx -all"\nns       IN A    192.0.2.53\n',
        'ns       IN A    192.0.2.53\n; who may send\n@        IN TXT  "v=spf1 mx -all"\n',
      ),
    );
  });

  it('replaces the one text that it means, or adds it', () => {
    const isSpf = (joined: string): boolean => joined.startsWith('v=spf1');
    expect(text(putText(sample, zone, '@', 'v=spf1 a -all', isSpf))).toBe(
      sample.replace('spf1 mx', 'spf1 a'),
    );
    expect(text(putText(sample, zone, '_dmarc', 'v=DMARC1; p=none', isSpf))).toContain(
      '\n_dmarc   IN TXT   "v=DMARC1; p=none"\n',
    );
  });

  it('refuses what is no name, TTL, type or word', () => {
    const change = (what: Parameters<typeof changeRecord>[3]) => changeRecord(sample, zone, 1, what);
    expect(change({ owner: 'a b' })).toEqual({ ok: false, why: 'badName' });
    expect(change({ owner: 'a..b' })).toEqual({ ok: false, why: 'badName' });
    expect(change({ ttl: 'soon' })).toEqual({ ok: false, why: 'badTtl' });
    expect(change({ type: 'MXX' })).toEqual({ ok: false, why: 'badType' });
    expect(change({ data: ['ns ; x'] })).toEqual({ ok: false, why: 'badData' });
    expect(change({ data: ['"a'] })).toEqual({ ok: false, why: 'badData' });
    expect(changeRecord(sample, zone, at(sample, 'A'), { data: ['1.2.3'] })).toEqual({
      ok: false,
      why: 'badData',
    });
    expect(moveRecord(sample, zone, 0, -1)).toEqual({ ok: false, why: 'notReadable' });
  });

  it('works around a line that cannot be read', () => {
    const broken = sample.replace('ns       IN A    192.0.2.53', 'ns       IN A    192.0.2');
    const next = text(changeRecord(broken, zone, at(broken, 'CNAME'), { data: ['ns'] }));
    expect(next).toBe(broken.replace('CNAME mail', 'CNAME ns'));
  });
});

describe('any edit of any zone', () => {
  const label = fc.constantFrom(
    '@',
    'mail',
    'www',
    'ns',
    '_dmarc',
    's1._domainkey',
    '*',
    'x.y',
    'b.a.example.',
  );
  const txt = fc
    .string({ unit: fc.constantFrom(...'abc ;"\\=ü('), maxLength: 20 })
    .map((s) => txtWords(s)[0] ?? '""');
  const data = fc.oneof(
    fc.constantFrom(
      'A 192.0.2.1',
      'A 192.0.2.2',
      'AAAA 2001:db8::1',
      'MX 10 mail',
      'MX (\n 20 ; two\n www )',
    ),
    txt.map((word) => `TXT ${word}`),
    fc.tuple(txt, txt).map(([a, b]) => `TXT ( ${a} ; first\n\t${b} )`),
  );
  const between = fc.constantFrom('', '', '\n', '; note\n', '  ; indented ( " \n', '$TTL 1h\n');
  const comment = fc.constantFrom('', ' ; "why"', '\t; (');
  const line = fc
    .tuple(
      between,
      fc.oneof(label, fc.constant('')),
      fc.constantFrom('', '60 ', 'IN ', '2h IN '),
      data,
      comment,
    )
    .map(([b, owner, middle, rdata, c]) => `${b}${owner} \t ${middle}${rdata}${c}\n`);
  const anyZone = fc
    .tuple(fc.array(line, { minLength: 1, maxLength: 9 }), fc.boolean(), fc.boolean())
    .map(([lines, crlf, cut]) => {
      const whole = `$TTL 300\n${soa}${lines.join('')}`;
      const ended = cut ? whole.replace(/\n$/, '') : whole;
      return crlf ? ended.replace(/\n/g, '\r\n') : ended;
    });
  /** What every record is, without the TTL: a set of records has one, and takes it from its first. */
  const meanings = (of: string) =>
    parseZone(of, zone)
      .records.map(written)
      .map(({ name, type, data: rdata }) => `${name.toLowerCase()} ${type} ${rdata}`);

  it('does what it says to one record, and the others stay', () => {
    let done = 0;
    fc.assert(
      fc.property(anyZone, fc.nat(), label, fc.nat(3), (before, pick, owner, what) => {
        const old = meanings(before);
        const index = pick % old.length;
        if (what === 0) {
          const edit = removeRecord(before, zone, index);
          if (!edit.ok) return;
          done++;
          expect(meanings(edit.text)).toEqual(old.filter((_, i) => i !== index));
        } else if (what === 1) {
          const edit = addRecord(before, zone, { owner, type: 'A', data: ['192.0.2.77'] }, index);
          if (!edit.ok) return;
          done++;
          const now = meanings(edit.text);
          expect(now.filter((_, i) => i !== index + 1)).toEqual(old);
          expect(now[index + 1]).toMatch(/ A 192\.0\.2\.77$/);
          // Nothing but a line more, and perhaps a name that a line below had left out.
          const lines = edit.text.split(/\r?\n/);
          const kept = before.split(/\r?\n/).filter((one) => !lines.includes(one));
          expect(kept.length).toBeLessThanOrEqual(1);
        } else if (what === 2) {
          const edit = changeRecord(before, zone, index, { owner });
          if (!edit.ok) return;
          done++;
          const now = parseZone(edit.text, zone).records;
          const full = owner === '@' ? zone : owner.endsWith('.') ? owner : `${owner}.${zone}`;
          expect(sameName(now[index]?.name ?? '', full)).toBe(true);
          expect(meanings(edit.text).filter((_, i) => i !== index)).toEqual(
            old.filter((_, i) => i !== index),
          );
        } else {
          const edit = moveRecord(before, zone, index, 1);
          if (!edit.ok) return;
          done++;
          const want = [...old];
          want.splice(index, 2, old[index + 1] ?? '', old[index] ?? '');
          expect(meanings(edit.text)).toEqual(want);
        }
      }),
      { numRuns: 400 },
    );
    expect(done).toBeGreaterThan(200);
  });

  it('a changed text is what was typed, and every line without it stays as it was', () => {
    fc.assert(
      fc.property(anyZone, fc.string({ unit: 'grapheme', maxLength: 600 }), (before, value) => {
        const { records } = parseZone(before, zone);
        const index = records.findIndex(({ data: rdata }) => rdata.type === 'TXT');
        if (index < 0) return;
        const edit = changeRecord(before, zone, index, { data: txtWords(value) });
        if (!edit.ok) throw new Error(edit.why);
        const now = parseZone(edit.text, zone).records[index]?.data;
        expect(now?.type === 'TXT' && Buffer.from(now.strings.join(''), 'latin1').toString()).toBe(
          Buffer.from(value).toString(),
        );
        const comments = (of: string) => [...of.matchAll(/; (note|first|two|expire|indented)/g)].map(String);
        expect(comments(edit.text)).toEqual(expect.arrayContaining(comments(before)));
      }),
      { numRuns: 200 },
    );
  });
});
