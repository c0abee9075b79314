// What `npm run against-real` makes of two results, and the command itself where the real servers are installed.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { EXCEPTIONS } from '../talk/exceptions.ts';
import { parseTalk } from '../talk/parse.ts';
import { playSync, type TalkResult, type TalkTarget } from '../talk/run.ts';
import { differencesOf, judge } from './against-real-compare.ts';

/** A server that says these lines, whatever it hears. */
function saying(...lines: string[]): TalkTarget {
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\r\n`).join(''));
  let told = false;
  return {
    connect: () => undefined,
    send: () => undefined,
    close: () => undefined,
    wait: () => undefined,
    receive() {
      const now = told ? new Uint8Array(0) : bytes;
      told = true;
      return { bytes: now, closed: true };
    },
  };
}

function play(text: string, ...lines: string[]): TalkResult {
  return playSync(parseTalk(text, 'recording'), saying(...lines));
}

describe('two results side by side', () => {
  const lines = 'S: 220 hello\nS: 250 Ok: queued as ⟨queue-id⟩\n@ close';
  it('are the same where only what changes from run to run differs', () => {
    const one = play(lines, '220 hello', '250 Ok: queued as 4Abc');
    expect(differencesOf('x/y', one, play(lines, '220 hello', '250 Ok: queued as 9Xyz'))).toEqual([]);
    // Both may contradict the transcript, as long as they say the same.
    const other = play(lines, '220 moin', '250 Ok: queued as 4Abc');
    expect(differencesOf('x/y', other, other)).toEqual([]);
  });
  it('differ where a word, a line or the end differs', () => {
    const ours = play(lines, '220 hello', '250 Ok: queued as 4Abc');
    expect(differencesOf('x/y', ours, play(lines, '220 hullo', '250 Ok: queued as 4Abc'))).toEqual([
      { file: 'x/y', line: 1, ours: '220 hello', real: '220 hullo' },
    ]);
    expect(differencesOf('x/y', ours, play(lines, '220 hello'))).toMatchObject([
      { line: 2, real: '(nothing)' },
    ]);
    const chatty = play(lines, '220 hello', '250 Ok: queued as 4Abc', '250 more');
    expect(differencesOf('x/y', ours, chatty)).toMatchObject([{ line: 3, real: '250 more\r\n(closed)' }]);
  });
  it('do not differ by the order in which a directory lists mailboxes, but by what is listed', () => {
    const list = 'S: * LIST () "/" a\nS: * LIST () "/" b';
    const [a, b, c] = ['* LIST () "/" a', '* LIST () "/" b', '* LIST () "/" c'] as const;
    expect(differencesOf('x/y', play(list, a, b), play(list, b, a))).toEqual([]);
    expect(differencesOf('x/y', play(list, a, b), play(list, c, a))).toHaveLength(1);
  });
});

describe('the list of accepted differences', () => {
  // Any row does: the list grows shorter.
  const row = EXCEPTIONS.find(({ where, lines }) => where !== 'recordings' && lines.length === 1);
  if (row === undefined) throw new Error('no row with one line is left to try');
  const [line = 0] = row.lines;
  const listed = { file: row.file, line, ours: row.ours, real: 'something else' };
  const others = EXCEPTIONS.filter((one) => one !== row && one.file === row.file);
  const played = new Set([row.file]);
  it('accepts what is on it and nothing else', () => {
    const both = judge([listed], played);
    expect(both).toMatchObject({ unlisted: [], accepted: [{ difference: listed }] });
    expect(both.gone.map(({ exception }) => exception)).not.toContain(row);
    const elsewhere = { ...listed, line: 100_000 };
    expect(judge([listed, elsewhere], played).unlisted).toEqual([elsewhere]);
    expect(judge([{ ...listed, ours: '(nobody says this)' }], played).unlisted).toHaveLength(1);
  });
  it('complains of what no longer differs, but only of transcripts that were played', () => {
    const rows = [row, ...others].filter(({ where }) => where !== 'recordings');
    expect(judge([], played).gone).toHaveLength(rows.flatMap(({ lines }) => lines).length);
    expect(judge([], played).gone).toContainEqual({ exception: row, line });
    expect(judge([], new Set()).gone).toEqual([]);
  });
});

const missing =
  process.getuid?.() !== 0
    ? 'only root can start Postfix'
    : existsSync('/usr/sbin/dovecot') && existsSync('/usr/lib/postfix/sbin/master')
      ? undefined
      : 'Postfix and Dovecot are not installed';
if (missing !== undefined) console.log(`skipped: ${missing}`);

describe.skipIf(missing !== undefined)('npm run against-real', () => {
  const project = fileURLToPath(new URL('../..', import.meta.url));
  const run = (...args: string[]): { status: number | null; stdout: string; stderr: string } =>
    spawnSync(process.execPath, ['--import', 'tsx', 'src/node/against-real.ts', ...args], {
      cwd: project,
      encoding: 'utf8',
    });
  it('finds our transcripts answered alike by Postfix', { timeout: 60_000 }, () => {
    const { status, stdout, stderr } = run('--only', 'own/');
    expect(stderr).toBe('');
    expect(stdout).toContain(' 0 unlisted differences, ');
    expect(status).toBe(0);
  });
  it('does not know a transcript that is not there', () => {
    expect(run('--only', 'nowhere').status).toBe(1);
  });
});
