// A message of one's own: the samples of the engine, with all records, with some, with none; records as tools print them;
// input made to hurt.

import { describe, expect, it } from 'vitest';
import { authenticate } from 'mailauth';
import { digCommand, readPastedRecords, answerFromPasted } from '../dns/pasted-records.ts';
import { latin1 } from '../base/bytes.ts';
import { checkOwn } from './check.ts';
import { envelopeHints } from './check-message.ts';
import { checkable, makeSample } from './check-sample.ts';
import type { CheckInput, CheckSample } from './check-types.ts';
import { LAPTOP, letter, openScene, repairSpf, worldFile } from './testing.ts';

const sampleOf = (name: 'genuine' | 'forged'): CheckSample => {
  const sample = makeSample(worldFile('first'), name);
  if (sample === undefined) throw new Error('no sample');
  return sample;
};
const genuine = sampleOf('genuine');
const forged = sampleOf('forged');
const check = (sample: CheckSample, change: Partial<CheckInput> = {}) => checkOwn({ ...sample, ...change });

describe('a sample', () => {
  it('passes or fails as it did in its world, with nothing missing', () => {
    const good = check(genuine);
    expect(good.missing).toEqual([]);
    expect([good.spf?.result, good.dkim.map((one) => one.result), good.dmarc?.result]).toEqual([
      'pass',
      ['pass'],
      'pass',
    ]);
    expect(good.arc?.result).toBe('none');
    const bad = check(forged);
    expect(bad.missing).toEqual([]);
    expect([bad.spf?.result, bad.dkim, bad.dmarc?.result, bad.dmarc?.author]).toEqual([
      'fail',
      [],
      'fail',
      'wolke.example',
    ]);
  });

  it('tells its envelope by itself', () => {
    for (const sample of [genuine, forged]) {
      const hints = envelopeHints(sample.message);
      expect(hints).toMatchObject({
        ip: { value: sample.ip, from: 'received-spf' },
        helo: { value: sample.helo, from: 'received-spf' },
        sender: { value: sample.sender, from: 'return-path' },
        domain: 'wolke.example',
      });
      expect(hints.time.from).toBe('received');
      expect(Math.abs((hints.time.value ?? 0) - sample.nowSeconds)).toBeLessThan(60);
    }
  });
});

describe('missing records', () => {
  it('are listed all at once, and the verdict waits for them', () => {
    const none = check(genuine, { records: '' });
    expect(none.missing.map((one) => one.dig)).toEqual([
      'dig TXT wolke.example',
      'dig TXT s1._domainkey.wolke.example',
      'dig TXT _dmarc.wolke.example',
    ]);
    expect([none.spf?.result, none.dkim[0]?.result, none.dmarc?.result]).toEqual([
      'temperror',
      'temperror',
      'temperror',
    ]);
    const include = check(genuine, {
      records: 'wolke.example TXT "v=spf1 include:a.example mx a:b.example -all"',
    });
    expect(include.missing.map((one) => `${one.type} ${one.name}`)).toEqual(
      expect.arrayContaining(['TXT a.example.', 'MX wolke.example.', 'A b.example.']),
    );
    expect(include.missing.some((one) => one.name.includes('invalid'))).toBe(false);
  });

  it('are no longer missing when it is said that they do not exist', () => {
    const { records } = genuine;
    const without = records
      .split('\n')
      .filter((line) => !/_dmarc\.wolke/.test(line))
      .join('\n');
    expect(check(genuine, { records: without }).missing.map((one) => one.name)).toEqual([
      '_dmarc.wolke.example.',
    ]);
    const said = check(genuine, { records: `${without}\n_dmarc.wolke.example TXT NXDOMAIN\n` });
    expect(said.missing).toEqual([]);
    expect(said.dmarc).toMatchObject({ result: 'none', reason: 'no-record' });
  });

  it('the command puts strange names in quotes', () => {
    expect(digCommand({ name: "a'b;c.example.", type: 'TXT' })).toBe(`dig TXT 'a'\\''b;c.example'`);
  });
});

describe('pasted records', () => {
  const answer = (text: string, name: string, type: 'TXT' | 'A' | 'MX' | 'AAAA' = 'TXT') => {
    const { answer: found, state } = answerFromPasted(readPastedRecords(text), { name, type });
    const data = found.records.map((record) =>
      record.data.type === 'TXT' ? record.data.strings.join('') : JSON.stringify(record.data),
    );
    return [state, found.status, ...data];
  };

  it('are understood as zone files and tools write them', () => {
    const spf = 'v=spf1 ip4:192.0.2.1 -all';
    for (const line of [
      `a.example. 300 IN TXT "${spf}"`,
      `a.example TXT "v=spf1 ip4:192.0.2.1" " -all"`,
      `a.example TXT ${spf}`,
      `$ORIGIN example.\na TXT "${spf}"`,
      `a.example descriptive text "${spf}"`,
      `Server:\t\t192.0.2.53\nAddress:\t192.0.2.53#53\n\nNon-authoritative answer:\na.example\ttext = "${spf}"`,
      `\r\n; <<>> DiG 9.18 <<>> TXT a.example\r\n;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\r\n;; QUESTION SECTION:\r\n;a.example.\t\t\tIN\tTXT\r\n\r\n;; ANSWER SECTION:\r\na.example.\t\t300\tIN\tTXT\t"${spf}"\r\n`,
    ])
      expect(answer(line, 'a.example.')).toEqual(['given', 'NOERROR', spf]);
    expect(
      answer('_dmarc.a.example TXT v=DMARC1; p=none; rua=mailto:d@a.example', '_dmarc.a.example.')[2],
    ).toBe('v=DMARC1; p=none; rua=mailto:d@a.example');
    expect(answer('a.example mail is handled by 10 mx.a.example.', 'a.example.', 'MX')[2]).toContain(
      'mx.a.example.',
    );
    expect(answer('a.example has address 192.0.2.9', 'a.example.', 'A')[2]).toContain('192.0.2.9');
    expect(answer('a.example has IPv6 address 2001:db8::9', 'a.example.', 'AAAA')[2]).toContain(
      '2001:db8::9',
    );
  });

  it('tell what does not exist from what nobody gave', () => {
    const dig = (status: string): string =>
      `;; ->>HEADER<<- opcode: QUERY, status: ${status}, id: 1\n;; QUESTION SECTION:\n;b.example.\t\tIN\tTXT\n`;
    expect(answer(dig('NXDOMAIN'), 'b.example.')).toEqual(['absent', 'NXDOMAIN']);
    expect(answer(dig('NOERROR'), 'b.example.')).toEqual(['absent', 'NOERROR']);
    expect(answer(dig('SERVFAIL'), 'b.example.')).toEqual(['absent', 'SERVFAIL']);
    expect(answer('Host b.example not found: 3(NXDOMAIN)', 'b.example.')).toEqual(['absent', 'NXDOMAIN']);
    expect(answer('b.example A 192.0.2.1', 'b.example.')[0]).toBe('missing');
    expect(answer('', '_dmarc.example.')).toEqual(['assumed', 'NXDOMAIN']);
    const zone =
      '$ORIGIN b.example.\n@ 300 IN SOA ns x 1 1 1 1 1\n@ NS ns\nsub NS ns.c.example.\nw CNAME c.example.\n';
    expect(answer(zone, 'nothing.b.example.')).toEqual(['absent', 'NXDOMAIN']);
    expect(answer(zone, 'x.sub.b.example.')[0]).toBe('missing');
    expect(answerFromPasted(readPastedRecords(zone), { name: 'w.b.example.', type: 'TXT' })).toMatchObject({
      state: 'missing',
      wanted: { name: 'c.example.' },
    });
  });

  it('with a mistake say where, and the rest counts', () => {
    const view = check(genuine, { records: `${genuine.records}\nx.example A 1.2.3\n` });
    expect(view.dmarc?.result).toBe('pass');
    expect(view.recordProblems).toMatchObject([
      { id: 'bad-ipv4', line: genuine.records.split('\n').length + 1 },
    ]);
    const twice = check(genuine, { records: `${genuine.records}\nwolke.example TXT "v=spf1 -all"\n` });
    expect(twice.findings.map((one) => one.id)).toContain('SPF-MULTI');
    expect(twice.spf?.result).toBe('permerror');
  });
});

describe('input made to hurt', () => {
  it('gives an answer in words, never a crash [G-13]', () => {
    const many = `${Array.from({ length: 10_000 }, (_, i) => `X-${i}: y`).join('\r\n')}\r\n${genuine.message}`;
    const binary = Array.from({ length: 50_000 }, (_, i) => String.fromCharCode((i * 7919) & 255)).join('');
    expect(check(genuine, { message: many }).dkim[0]?.result).toBe('pass');
    expect(check(genuine, { message: many }).notes.map((one) => one.id)).toContain('many-fields');
    expect(check(genuine, { message: '' }).refused?.id).toBe('no-message');
    expect(check(genuine, { message: ' just words\n' }).refused?.id).toBe('no-header');
    expect(check(genuine, { message: binary }).refused ?? {}).toBeDefined();
    expect(check(genuine, { message: 'From: a@b.example\r\n\0\r\n' }).notes.map((one) => one.id)).toContain(
      'nul-bytes',
    );
    expect(check(genuine, { message: `a: ${'x'.repeat(50 * 1024 * 1024)}` }).refused?.id).toBe(
      'message-too-long',
    );
    expect(check(genuine, { ip: '300.1.1.1' }).refused).toMatchObject({ id: 'bad-ip' });
    expect(check(genuine, { nowSeconds: Number.NaN }).refused?.id).toBe('bad-time');
    expect(check(genuine, { records: binary }).dmarc?.result).toMatch(/./);
    for (const raw of ['', '\n', ':', 'Received: ', 'Received-SPF: (((', binary, many])
      expect(envelopeHints(raw)).toHaveProperty('ip');
    // No signature there is no time of it, and without an address there is no SPF.
    expect(check(genuine, { ip: '' }).spf).toBeUndefined();
  });

  it('line ends of any kind are taken as the wire had them', () => {
    const lf = genuine.message.replaceAll('\r\n', '\n');
    const view = check(genuine, { message: `From bob Mon Nov 23 08:00:00 2026\n${lf}` });
    expect(view.dkim[0]?.result).toBe('pass');
    expect(view.notes.map((one) => one.id)).toEqual(['line-ends', 'mbox-line']);
  });
});

describe('a message with its records, taken out of a world', () => {
  it('gives the same verdicts here and in another implementation [G-05]', async () => {
    const scene = openScene();
    scene.edit(repairSpf);
    scene.type(LAPTOP, ...letter('mail.wolke.example'));
    scene.type(LAPTOP, ...letter('mx.hafen.example'));
    const ids = [...scene.journal.messages.all.values()]
      .filter((one) => one.verdicts.dmarc !== undefined)
      .map((one) => one.id);
    expect(ids).toHaveLength(2);
    const seen: string[] = [];
    for (const id of ids) {
      const sample = checkable(scene.journal, id);
      if (sample === undefined) throw new Error('not judged');
      const mine = check(sample);
      expect(mine.missing).toEqual([]);
      const records = readPastedRecords(sample.records);
      const theirs = await authenticate(Buffer.from(latin1(sample.message)), {
        ip: sample.ip,
        helo: sample.helo,
        sender: sample.sender,
        mta: sample.receiver,
        trustReceived: false,
        disableBimi: true,
        resolver: (name: string, type: string) => {
          const { answer } = answerFromPasted(records, { name: `${name}.`, type: type as 'TXT' });
          const data = answer.records.flatMap((one) =>
            one.data.type === 'TXT' ? [[...one.data.strings]] : [],
          );
          if (data.length > 0) return Promise.resolve(data);
          return Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' }));
        },
      });
      const { spf, dkim, dmarc } = theirs as unknown as {
        spf: { status: { result: string } };
        dkim: { results: { status: { result: string } }[] };
        dmarc: { status: { result: string } };
      };
      const words = [spf.status.result, dkim.results[0]?.status.result ?? 'none', dmarc.status.result];
      expect(words).toEqual([mine.spf?.result, mine.dkim[0]?.result ?? 'none', mine.dmarc?.result]);
      seen.push(words.join(' '));
    }
    expect(seen).toEqual(['pass pass pass', 'fail none fail']);
  });
});
