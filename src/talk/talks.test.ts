// Plays the transcripts that stand next to the code of `src/smtp`, and the runner's own rules.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ownTalkTarget } from './own-talks.ts';
import { parseTalk, TalkSyntaxError } from './parse.ts';
import { perform, playSync, talkRun, type TalkResult } from './run.ts';

const FOLDER = new URL('../smtp/', import.meta.url);

function run(text: string): TalkResult {
  const talk = parseTalk(text);
  return playSync(talk, ownTalkTarget(talk.header));
}

const PROVES: Readonly<Record<string, string>> = {
  'rcpt-before-mail': '[S1-010] [S1-014] [S1-015] [S1-021] [S1-024] [S1-044] [S1-046]',
  'dot-stuffing': '[S1-061] [S1-062] [S1-064]',
  'help-and-vrfy': '[S1-011] [S1-082] [S1-083] [S1-084] [S1-085]',
  policy: '[S1-028] [S1-029] [S1-040] [S1-041] [S1-042] [S1-045] [S1-049] [S1-063] [S1-080]',
  'refused-greeting': '[S1-003]',
  smuggling: '[S1-163]',
};

describe('our transcripts', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.talk'));
  for (const file of files)
    it(`${file} ${PROVES[file.replace(/\.talk$/, '')] ?? ''}`.trim(), () => {
      expect(run(readFileSync(new URL(file, FOLDER), 'utf8')).differences).toEqual([]);
    });
  it('there are some', () => {
    expect(files.length).toBeGreaterThan(5);
  });
});

describe('the runner', () => {
  it('refuses what means nothing and what expects nothing', () => {
    expect(() => parseTalk('S: 220 *\nX: what')).toThrow(TalkSyntaxError);
    expect(() => parseTalk('C: QUIT\n@ wait 1s')).toThrow(/expects nothing/);
    expect(() => parseTalk('S: 220 *\n@ wait long')).toThrow(/not a time/);
    expect(() => parseTalk('S: 220 *\n@ stored\n----\nx')).toThrow(/no closing/);
  });
  it('says where and what differs', () => {
    expect(run('S: 220 *\nC: NOOP\nS: 250 Ok\nC: QUIT\nS: 221 *').differences).toEqual([
      { line: 3, expected: '250 Ok', actual: '250 2.0.0 Ok' },
    ]);
    expect(run('S: 220 *\n@ close').differences).toHaveLength(1);
    expect(run('S: 220 *\n@ dance').differences).toMatchObject([{ actual: 'nobody knows @ dance' }]);
    expect(run('S: 220 *\nC: NOOP').differences).toMatchObject([{ line: 0, actual: '250 2.0.0 Ok\r' }]);
    expect(run('S: 220 *\nS: 250 *').differences).toMatchObject([{ actual: '(nothing)' }]);
  });
  it('binds a name once', () => {
    const names = (second: string): number =>
      run(`S: 220 $host ESMTP *\nC: HELO x.example\nS: 250 ${second}`).differences.length;
    expect(names('$host')).toBe(0);
    expect(run('S: 220 $host ESMTP $host').differences).toHaveLength(1);
    expect(run('S: 220 $host ESMTP *\nC: VRFY eva@$host\nS: 554 5.7.1 <eva@$host>: *').differences).toEqual(
      [],
    );
  });
  it('can be driven by a loop that waits', async () => {
    const run = talkRun(parseTalk('S: 220 *\n@ wait 300s\nS: 421 4.4.2 *\n@ close'));
    const made = ownTalkTarget({});
    let step = run.next();
    while (!step.done) step = run.next(await Promise.resolve(perform(made, step.value)));
    expect(step.value).toMatchObject({ differences: [], checked: 3 });
  });
});
