// `npm run verify` as a user runs it: the public suites through `--lines` in one process, hostile lines, exit codes and the
// tree. The suites are no part of this project; without them those tests are skipped and say so.

import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { loadAll } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import { conformanceFile } from '../auth/testing.ts';
import { signDkim } from '../auth/dkim-sign.ts';
import { toBase64, latin1 } from '../base/bytes.ts';
import { ed25519PublicKey } from '../crypto/ed25519.ts';
import { prependField } from '../message/header.ts';
import { makeSample } from '../view/check-sample.ts';
import { worldFile } from '../view/testing.ts';
import { runVerify } from './verify-command.ts';
import { answerLine, answerLines } from './verify-lines.ts';
import { drawTree } from '../view/reason-tree.ts';

const script = fileURLToPath(new URL('verify.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Answer {
  readonly id: unknown;
  readonly result?: string;
  readonly explanation?: string | null;
  readonly reasoning?: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

/** One process, all lines. */
function runLines(lines: readonly string[], args: readonly string[] = []): Promise<Answer[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', script, ...args, '--lines']);
    const out: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.on('error', reject);
    child.on('close', () =>
      resolve(
        Buffer.concat(out)
          .toString('utf8')
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line) as Answer),
      ),
    );
    child.stdin.end(lines.map((line) => `${line}\n`).join(''));
  });
}

/** The command within this process. */
async function run(args: readonly string[]) {
  const texts = { out: '', err: '' };
  const sink = (name: 'out' | 'err') =>
    new Writable({
      write(chunk, _encoding, done) {
        texts[name] += String(chunk);
        done();
      },
    });
  const code = await runVerify(args, {
    stdin: new PassThrough(),
    stdout: sink('out'),
    stderr: sink('err'),
    now: () => Date.UTC(2027, 0, 15),
    style: { width: 100, unicode: true },
  });
  return { code, ...texts };
}

const base64 = (text: string): string => toBase64(latin1(text));
const read = (path: string): string | undefined => conformanceFile(fs, path);

describe('public suites through --lines in one process', () => {
  const suite = read('spf/rfc7208-tests.yml');
  const present = suite !== undefined && read('dkim/chasquid/01-rfc8463.msg') !== undefined;

  /** Key of a domain that signs in the DMARC cases. */
  const seed = latin1('0123456789abcdef0123456789abcdef');

  it.skipIf(!present)('SPF, DKIM and DMARC cases [S4-001] [S4-022] [S4-046]', async () => {
    const lines: string[] = [];
    const wanted = new Map<string, (answer: Answer) => boolean>();
    const add = (id: string, fields: object, isRight: (answer: Answer) => boolean): void => {
      lines.push(JSON.stringify({ id, ...fields }));
      wanted.set(id, isRight);
    };
    interface Scenario {
      tests: Record<
        string,
        { helo: string; host: string; mailfrom: string; result: string | string[]; explanation?: string }
      >;
      zonedata: object;
    }
    for (const [i, scenario] of (loadAll(suite ?? '') as Scenario[]).entries())
      for (const [name, test] of Object.entries(scenario.tests))
        add(
          `spf ${i} ${name}`,
          {
            check: 'spf',
            ip: test.host,
            helo: test.helo,
            sender: test.mailfrom,
            receiver: 'receiver',
            zone: scenario.zonedata,
          },
          (answer) =>
            [test.result].flat().includes(answer.result ?? '') &&
            (test.explanation === undefined || test.explanation === answer.explanation),
        );
    expect(lines).toHaveLength(203);
    addChasquid(add);
    addDmarc(add);
    expect(lines).toHaveLength(203 + 10 + 23);
    const answers = await runLines(lines);
    expect(answers.map((answer) => answer.id)).toEqual([...wanted.keys()]);
    const wrong = answers.filter((answer) => wanted.get(String(answer.id))?.(answer) !== true);
    expect(wrong).toEqual([]);
  });

  function addChasquid(
    add: (id: string, fields: object, isRight: (answer: Answer) => boolean) => void,
  ): void {
    const names = fs
      .readdirSync(new URL('../../../shared/conformance/dkim/chasquid/', import.meta.url))
      .filter((name) => name.endsWith('.result'))
      .map((name) => name.slice(0, -'.result'.length))
      .sort();
    for (const name of names) {
      const { Results } = JSON.parse(read(`dkim/chasquid/${name}.result`) ?? '') as {
        Results: { State: string }[];
      };
      const zone: Record<string, unknown[]> = {};
      const hasZone = name !== '04-bad_dkim_signature_header';
      const dns = hasZone ? (read(`dkim/chasquid/${name}.dns`) ?? '') : '';
      for (const line of dns.replace(/\\\n\s*/g, '').split('\n')) {
        const match = /^(\S+):\s*(.*)$/.exec(line);
        if (match?.[1] === undefined || match[2] === 'PERMERROR') continue;
        (zone[match[1]] ??= []).push(match[2] === 'TEMPERROR' ? 'SERVFAIL' : { TXT: match[2] });
      }
      const state = (result: string): string =>
        result === 'pass' ? 'SUCCESS' : result === 'temperror' ? 'TEMPFAIL' : 'PERMFAIL';
      add(
        `dkim ${name}`,
        // The file's line ends are those of Unix.
        {
          check: 'dkim',
          message: base64(read(`dkim/chasquid/${name}.msg`) ?? ''),
          time: '2027-01-15T08:00:00Z',
          zone,
        },
        (answer) => {
          const found = answer.reasoning?.dkim as { result: string }[];
          const states = Results.map((one) => one.State);
          const overall = states.includes('SUCCESS')
            ? answer.result === 'pass'
            : answer.result !== 'pass' && (Results.length > 0 || answer.result === 'none');
          // The suite looks at five signatures at most.
          return (
            overall &&
            states.every((one, i) => one === state(found[i]?.result ?? '')) &&
            found.length >= states.length
          );
        },
      );
    }
  }

  /** The cases say what SPF and DKIM found; here zone and message are made so that they find just that. */
  function addDmarc(add: (id: string, fields: object, isRight: (answer: Answer) => boolean) => void): void {
    interface DmarcCase {
      id: string;
      authorDomain: string;
      mailFrom?: string;
      spf?: string;
      dkim?: { d: string; result: string }[];
      zone: Record<string, { TXT?: string[][]; A?: string[] }>;
      expect: { result?: string; policy?: string; spfAligned?: boolean; dkimAligned?: boolean };
    }
    for (const file of ['rfc9989-examples', 'stalwart-cases']) {
      const { cases } = JSON.parse(read(`dmarc/${file}.json`) ?? '{}') as { cases: DmarcCase[] };
      for (const one of cases) {
        const results = [one.spf ?? 'none', ...(one.dkim ?? []).map((signature) => signature.result)];
        // Only what a real message can bring about at will.
        if (results.some((result) => !['pass', 'fail', 'none'].includes(result))) continue;
        const zone: Record<string, unknown[]> = {};
        const put = (name: string, record: unknown): void => void (zone[name] ??= []).push(record);
        for (const [name, sets] of Object.entries(one.zone)) {
          put(name, { A: sets.A ?? [] });
          if (sets.TXT !== undefined) put(name, { TXT: sets.TXT });
        }
        if (one.mailFrom !== undefined && one.spf === 'pass')
          put(one.mailFrom, { TXT: 'v=spf1 ip4:192.0.2.1 -all' });
        if (one.mailFrom !== undefined && one.spf === 'fail') put(one.mailFrom, { TXT: 'v=spf1 -all' });
        let message = `From: a@${one.authorDomain}\r\nSubject: x\r\n\r\nHello.\r\n`;
        for (const { d, result } of one.dkim ?? []) {
          const key = { type: 'ed25519', seed } as const;
          const field = signDkim(message, { domain: d, selector: 'k', key }).field;
          message = prependField(message, result === 'pass' ? field : field.replace(/bh=../, 'bh=AA'));
          put(`k._domainkey.${d}`, { TXT: `v=DKIM1; k=ed25519; p=${toBase64(ed25519PublicKey(seed))}` });
        }
        add(
          `dmarc ${one.id}`,
          {
            check: 'dmarc',
            ip: '192.0.2.1',
            helo: 'h.invalid',
            sender: one.mailFrom === undefined ? '' : `s@${one.mailFrom}`,
            message: base64(message),
            zone,
          },
          (answer) => {
            const dmarc = answer.reasoning?.dmarc as DmarcCase['expect'];
            const { result, policy, spfAligned, dkimAligned } = one.expect;
            return (
              (result === undefined || result === answer.result) &&
              (policy === undefined || policy === dmarc.policy) &&
              (spfAligned === undefined || spfAligned === dmarc.spfAligned) &&
              (dkimAligned === undefined || dkimAligned === dmarc.dkimAligned)
            );
          },
        );
      }
    }
  }
});

describe('--lines', () => {
  const defaults = { nowSeconds: 1_800_000_000 };
  const answer = (value: unknown): Answer =>
    JSON.parse(answerLine(typeof value === 'string' ? value : JSON.stringify(value), defaults)) as Answer;

  it('reads master file text: several origins, no SOA, no TTL, CNAME, wildcard, no delegation', () => {
    const zone = [
      '$ORIGIN wolke.example.',
      '@ IN SOA ns hostmaster 1 2 3 4 5',
      '  NS ns',
      '  TXT "v=spf1 include:_spf.hafen.example" " a:alias.wolke.example ~all"',
      'alias CNAME www.hafen.example.',
      'sub NS elsewhere.invalid.',
      'a.sub TXT "v=spf1 ip4:192.0.2.9 -all"',
      '$ORIGIN hafen.example.',
      '_spf 300 IN TXT "v=spf1 ip4:192.0.2.1 -all"',
      '*.hosts TXT "v=spf1 ip4:192.0.2.7 -all"',
      'www A 192.0.2.2',
      'flach.example TXT "v=spf1 -all"',
    ].join('\n');
    const spf = (ip: string, domain: string) =>
      answer({ id: 1, check: 'spf', ip, helo: 'h', sender: `a@${domain}`, zone }).result;
    expect(spf('192.0.2.1', 'wolke.example')).toBe('pass');
    expect(spf('192.0.2.2', 'wolke.example')).toBe('pass');
    expect(spf('192.0.2.3', 'wolke.example')).toBe('softfail');
    expect(spf('192.0.2.9', 'a.sub.wolke.example')).toBe('pass');
    expect(spf('192.0.2.7', 'any.hosts.hafen.example')).toBe('pass');
    expect(spf('192.0.2.7', 'flach.example.hafen.example')).toBe('fail');
    expect(spf('192.0.2.7', 'nowhere.example')).toBe('none');
    const pasted = 'wolke.example IN TXT "v=spf1 ip4:192.0.2.1 -all"';
    expect(answer({ check: 'spf', ip: '192.0.2.1', sender: 'a@wolke.example', zone: pasted }).result).toBe(
      'pass',
    );
    const relative = '@ IN TXT "v=spf1 ip4:192.0.2.1 -all"';
    expect(
      answer({
        check: 'spf',
        ip: '192.0.2.1',
        sender: 'a@wolke.example',
        zone: relative,
        origin: 'wolke.example',
      }).result,
    ).toBe('pass');
  });

  it('tells what is wrong with a line and goes on', async () => {
    const good = { check: 'spf', ip: '192.0.2.1', helo: 'h.example', sender: 'a@b.example' };
    const bad: [unknown, RegExp][] = [
      ['', /no JSON/],
      ['nonsense', /no JSON/],
      ['[]', /no JSON object/],
      ['7', /no JSON object/],
      [{ ...good, check: 'magic' }, /must be one of spf, dkim, dmarc, arc/],
      [{ ...good, ip: '1.2.3' }, /no IP address/],
      [{ ...good, ip: 7 }, /must be a string/],
      [{ check: 'spf' }, /give "ip"/],
      [{ check: 'dkim' }, /needs "message"/],
      [{ check: 'dkim', message: 'a*b' }, /no base64/],
      [{ ...good, time: 'yesterday' }, /RFC 3339/],
      [{ ...good, zone: 7 }, /"zone" must be/],
      [{ ...good, zone: 'b.example A 1.2.3' }, /line 1, column \d+: .*bad dotted quad/],
      [{ ...good, zone: { 'b.example': [{ A: 'x' }] } }, /should be an IPv4 address/],
      [{ ...good, zone: { 'b.example': [{ MX: 'x' }] } }, /should be a list/],
      [{ ...good, zone: { 'b.example': [{ XX: 'x' }] } }, /known are/],
      [{ ...good, zone: { 'b.example': ['NOPE'] } }, /is no record/],
    ];
    const lines = bad.flatMap(([line], i) => [
      typeof line === 'string' ? line : JSON.stringify({ id: `bad ${i}`, ...(line as object) }),
      JSON.stringify({ id: `good ${i}`, ...good }),
    ]);
    lines.push(JSON.stringify({ ...good, id: { deep: [1] } }), '{"id":"cut');
    const answers = await runLines(lines);
    expect(answers).toHaveLength(lines.length);
    bad.forEach(([line, wanted], i) => {
      expect(answers[2 * i]?.error).toMatch(wanted);
      expect(answers[2 * i]?.id).toBe(typeof line === 'string' ? null : `bad ${i}`);
      expect(answers[2 * i + 1]).toMatchObject({ id: `good ${i}`, result: 'none' });
    });
    expect(answers.at(-2)?.id).toEqual({ deep: [1] });
    expect(answers.at(-1)).toMatchObject({ id: null });
  });

  it('takes a zone as other programs write it', () => {
    const spf = (zone: object | string, ip = '192.0.2.1') =>
      answer({ check: 'spf', ip, helo: 'h.example', sender: 'a@b.example', zone });
    expect(
      spf({
        'B.example.': [{ txt: ['v=spf1 ', 'mx -all'] }, { MX: ['10', 'M.b.example.'] }],
        'm.B.example': { A: ['192.0.2.9', '192.0.2.1'] },
      }).result,
    ).toBe('pass');
    expect(spf({ 'b.example': [{ SPF: 'v=spf1 +all' }, { TXT: 'NONE' }] }).result).toBe('none');
    expect(spf({ 'b.example': [{ SPF: 'NONE' }, { TXT: 'v=spf1 +all' }] }).result).toBe('pass');
    expect(spf({ 'b.example': 'timeout' }).result).toBe('temperror');
    expect(spf({ 'b.example': [{ TXT: 'SERVFAIL' }] }).result).toBe('temperror');
    expect(spf({ 'b.example': ['NXDOMAIN'] }).result).toBe('none');
    expect(
      spf({ 'b.example': [{ TXT: 'v=spf1 +all' }, { SOA: ['ns', 'x', 1, 1, 1, 1, 1] }, { CAA: 'x' }] })
        .result,
    ).toBe('pass');
    expect(
      spf({ 'b.example': [{ CNAME: 'c.example' }], 'c.example': [{ TXT: [['v=spf1 ?all'], ['other']] }] })
        .result,
    ).toBe('neutral');
    // The same text again is not read twice, another one is.
    for (const [text, result] of [
      ['b.example TXT "v=spf1 +all"', 'pass'],
      ['b.example TXT "v=spf1 +all"', 'pass'],
      ['b.example TXT "v=spf1 -all"', 'fail'],
    ] as const)
      expect(spf(text).result).toBe(result);
    expect(
      spf('b.example TXT "v=spf1 exp=e.b.example -all"\ne.b.example TXT "gr\u00fc\u00df"').explanation,
    ).toBeDefined();
    const line = JSON.stringify({ id: 1, check: 'spf', ip: '192.0.2.1', sender: 'a@b.example', zone: {} });
    expect(JSON.parse(answerLine(`\ufeff${line}`, defaults))).toMatchObject({ id: 1, result: 'none' });
  });

  it.each(['LF', 'CRLF'])('verifies base64 messages with %s line ends, any signature of several', (ends) => {
    const seed = latin1('0123456789abcdef0123456789abcdef');
    const other = latin1('fedcba9876543210fedcba9876543210');
    const raw = 'From: a@sub.b.example\r\nSubject:  folded\r\n\tsubject\r\n\r\nHello. \r\n\r\n';
    const sign = (text: string, key: Uint8Array<ArrayBuffer>, selector: string) =>
      prependField(
        text,
        signDkim(text, { domain: 'b.example', selector, key: { type: 'ed25519', seed: key } }).field,
      );
    const message = (text: string) => base64(ends === 'LF' ? text.replaceAll('\r\n', '\n') : text);
    const key = (text: string) => ({ TXT: text });
    const p = toBase64(ed25519PublicKey(seed));
    const zone = {
      'k._domainkey.b.example': [
        key(`v=DKIM1; k=ed25519; h=sha256; s=email; n=a note; p=${p.slice(0, 20)} ${p.slice(20)}`),
      ],
      'gone._domainkey.b.example': [key('v=DKIM1; k=ed25519; p=')],
      'late._domainkey.b.example': [key(`k=ed25519; p=${p}; v=DKIM1`)],
      'down._domainkey.b.example': ['TIMEOUT'],
    };
    const dkim = (text: string) =>
      answer({ check: 'dkim', message: message(text), time: '2026-11-23T09:00:00Z', zone }).result;
    expect(dkim(raw)).toBe('none');
    expect(dkim(sign(raw, seed, 'k'))).toBe('pass');
    expect(dkim(sign(raw, seed, 'k').replace('Hello', 'Hallo'))).toBe('fail');
    expect(dkim(sign(raw, seed, 'gone'))).toBe('permerror');
    expect(dkim(sign(raw, seed, 'late'))).toBe('permerror');
    expect(dkim(sign(raw, seed, 'nowhere'))).toBe('permerror');
    expect(dkim(sign(raw, seed, 'down'))).toBe('temperror');
    expect(dkim(sign(sign(raw, seed, 'k'), other, 'gone'))).toBe('pass');
    expect(dkim(sign(sign(raw, other, 'k'), seed, 'down'))).toBe('temperror');
  });

  it('survives names and records made to hurt', () => {
    const name = `${'a.'.repeat(126)}b`;
    const cases = [
      { ip: '192.0.2.1', sender: 'a@loop.example', zone: { 'loop.example': [{ CNAME: 'loop.example' }] } },
      { ip: '192.0.2.1', sender: `a@${name}`, zone: { [name]: [{ TXT: 'v=spf1 include:%{d} -all' }] } },
      {
        ip: '::1',
        sender: `a@${'x'.repeat(5000)}.example`,
        zone: { [`${'x'.repeat(5000)}.example`]: 'TIMEOUT' },
      },
      { ip: '192.0.2.1', sender: 'a@b..example', zone: { 'b..example': [{ TXT: 'v=spf1 -all' }], '': [] } },
      {
        ip: '192.0.2.1',
        sender: '\u{1f600}@\u0000.example',
        zone: { '\u0000.example': [{ TXT: 'v=spf1 -all' }] },
      },
      {
        ip: '192.0.2.1',
        sender: 'a@b.example',
        zone: { 'b.example': [{ TXT: 'v=spf1 include:b.example -all' }] },
      },
      { ip: '192.0.2.1', sender: 'a@__proto__', zone: JSON.parse('{"__proto__":["TIMEOUT"]}') as object },
      { ip: '192.0.2.1', sender: '\ud800@b.example', zone: { '\ud800.example': [{ TXT: '\ud800' }] } },
    ];
    for (const one of cases) {
      const got = answer({ id: 'x', check: 'spf', ...one });
      expect(got.id).toBe('x');
      expect(got.result ?? got.error).toMatch(/./);
    }
    expect(answer({ id: 1, check: 'spf', ...cases[0] }).result).toBe('temperror');
  });

  it('keeps no more than one line, waits for its reader, and skips what is too long', async () => {
    const input = new PassThrough();
    const output = new PassThrough({ highWaterMark: 100 });
    const line = `{"id":1,"check":"spf","ip":"192.0.2.1","sender":"a@b.example"}\n`;
    const done = answerLines(input, output, () => defaults, 100);
    input.write(line);
    input.write('x'.repeat(60));
    input.write('y'.repeat(60));
    input.write('z\n' + line.slice(0, 20));
    await new Promise((resolve) => setTimeout(resolve, 20));
    // Two answers wait to be read; the third line is not begun.
    expect(output.readableLength).toBeLessThan(3000);
    input.end(line.slice(20, -1));
    let text = '';
    for await (const chunk of output.iterator({ destroyOnReturn: false })) {
      text += String(chunk);
      if (text.split('\n').length === 4) break;
    }
    expect(await done).toBe(3);
    expect(
      text
        .trimEnd()
        .split('\n')
        .map((one) => (JSON.parse(one) as Answer).error ?? (JSON.parse(one) as Answer).result),
    ).toEqual(['none', 'The line is longer than 100 bytes.', 'none']);
  });
});

describe('one message', () => {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, 'latin1');
    return path;
  };
  const zone = file('db.wolke.example', '@ TXT "v=spf1 ip4:192.0.2.1 -all"\n');
  const spf = ['spf', '--zone', zone, '--helo', 'h.example', '--sender', 'a@wolke.example'];

  it('draws the reasoning as a tree and exits 0 for pass, 1 otherwise, 2 for a wrong question', async () => {
    const pass = await run([...spf, '--ip', '192.0.2.1']);
    expect(pass.code).toBe(0);
    expect(pass.out.split('\n')[0]).toBe(
      '✓ SPF pass: “ip4:192.0.2.1” in the record of wolke.example matches (RFC 7208 §5.6)',
    );
    expect(pass.out).toContain('└─ used 0 of 10 look-ups, 0 of 2 that find nothing (RFC 7208 §4.6.4)');
    const fail = await run([...spf, '--ip', '192.0.2.2']);
    expect(fail.code).toBe(1);
    expect(fail.out).toMatch(/^✗ SPF fail: “-all”/);
    const child = spawnSync(process.execPath, ['--import', 'tsx', script, ...spf, '--ip', '192.0.2.2'], {
      encoding: 'utf8',
    });
    expect([child.status, child.stdout, child.stderr]).toEqual([1, fail.out, '']);
    for (const [args, said] of [
      [[], /Say what to check/],
      [['spf', '--zone', zone], /give it with --ip/],
      [['spf', '--ip', '192.0.2.1'], /give the zone with --zone/],
      [['spf', '--zone', join(folder, 'none'), '--ip', '1.2.3.4'], /there is no such file/],
      [['dkim', '--zone', zone], /give it with --message/],
      [['spf', '--nonsense'], /Unknown option '--nonsense'/],
    ] as const) {
      const wrong = await run(args);
      expect(wrong.code).toBe(2);
      expect(wrong.err).toMatch(said);
      expect(wrong.err.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  it('comes to the same verdict on a message that was exported with its records [G-05]', async () => {
    for (const [name, wanted] of [
      ['genuine', 'pass'],
      ['forged', 'fail'],
    ] as const) {
      const sample = makeSample(worldFile('first'), name);
      if (sample === undefined) throw new Error('no sample');
      const found = await run([
        'dmarc',
        ...['--zone', file(`${name}.txt`, sample.records), '--message', file(`${name}.eml`, sample.message)],
        ...['--ip', sample.ip, '--helo', sample.helo, '--sender', sample.sender],
        ...['--time', new Date(sample.nowSeconds * 1000).toISOString(), '--json'],
      ]);
      expect((JSON.parse(found.out) as Answer).result).toBe(wanted);
    }
  });

  it.each([
    ['CRLF', '\r\n'],
    ['LF', '\n'],
    ['CR', '\r'],
  ])('reads a message with %s line ends', async (_name, end) => {
    const seed = latin1('0123456789abcdef0123456789abcdef');
    const raw = 'From: a@wolke.example\r\nSubject: x\r\n\r\nHello.\r\n\r\nBye.\r\n';
    const signed = prependField(
      raw,
      signDkim(raw, { domain: 'wolke.example', selector: 'k', key: { type: 'ed25519', seed } }).field,
    );
    const message = file('mail.eml', signed.replaceAll('\r\n', end));
    const keys = file(
      'keys.txt',
      `k._domainkey.wolke.example TXT "v=DKIM1; k=ed25519; p=${toBase64(ed25519PublicKey(seed))}"\n`,
    );
    const json = await run(['dkim', '--zone', keys, '--message', message, '--json']);
    expect(json.code).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject({ result: 'pass', reasoning: { dkim: [{ result: 'pass' }] } });
  });

  it('keeps to the width of the terminal and shows no control characters', () => {
    const lines = drawTree(
      {
        text: 'a'.repeat(50) + ' \x1b[31m evil \u202e ' + 'word '.repeat(30),
        rule: 'RFC 7208 §4.6.4',
        children: [
          { text: 'first child '.repeat(10), children: [{ text: 'x'.repeat(200) }] },
          { text: 'last' },
        ],
      },
      { width: 40, unicode: false },
    );
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]{1,40}$/);
    expect(lines.join('\n')).toContain('\\x1b[31m');
    expect(lines.at(-1)).toBe('`- last');
  });
});
