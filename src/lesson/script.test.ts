// Scripts of solutions and wrong turns: what each line becomes, and what is said of a line that cannot be read.

import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { MINUTE } from '../base/dates.ts';
import { readLessons } from '../build/lessons.ts';
import type { Command } from '../world/command.ts';
import type { WorldDescription } from '../world/description.ts';
import { apply, now, openWorld } from '../world/world.ts';
import { commandOf, parseScript, raiseSerial, zoneText } from './script.ts';
import { playScript } from './sources.ts';

const { worlds } = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url)));
const world = openWorld(worlds['quiet'] as unknown as WorldDescription, 'test');
const LAPTOP = 'laptop.home.example#1';

const commands = (text: string): Command[] => parseScript(text).map(({ step }) => commandOf(world, step));

describe('a script', () => {
  it('becomes commands', () => {
    expect(
      commands(
        '# a comment\n\nlaptop: EHLO x\nlaptop:\nlaptop: ^C\nlaptop: ^D\nlaptop: ^]\nlaptop: (hang up)\n@ wait 5m\n@ answer q: a',
      ),
    ).toEqual([
      { type: 'line', terminal: LAPTOP, text: 'EHLO x' },
      { type: 'line', terminal: LAPTOP, text: '' },
      { type: 'key', terminal: LAPTOP, key: 'interrupt' },
      { type: 'key', terminal: LAPTOP, key: 'endOfInput' },
      { type: 'key', terminal: LAPTOP, key: 'escape' },
      { type: 'hangUp', terminal: LAPTOP },
      { type: 'pass', until: now(world) + 5 * MINUTE },
      { type: 'answer', question: 'q', choice: 'a' },
    ]);
  });

  it('ends a line of a zone where it says \\n', () => {
    const [command] = commands(String.raw`@ add wolke.example: a IN A 192.0.2.1\nb IN A 192.0.2.2`);
    expect(command).toMatchObject({
      text: expect.stringMatching(/\na IN A 192\.0\.2\.1\nb IN A 192\.0\.2\.2\n$/),
    });
  });

  it('lets a person use a mail program', () => {
    const devices = openWorld(worlds['devices'] as unknown as WorldDescription, 'test');
    playScript(
      devices,
      parseScript(
        '@ wait 1m\n@ mail phone.home.example mail: {"kind":"check"}\n' +
          '@ mail phone.home.example mail: {"kind":"read","folder":"INBOX","id":1}',
      ),
    );
    const folders = devices.machine.trace.filter((event) => event.type === 'mailbox.folder');
    expect(folders.at(-1)?.messages.map(({ flags }) => flags)).toEqual([['\\Seen'], []]);
  });

  it('keeps each line as it was written, to be shown', () => {
    expect(parseScript('# x\n@ wait 1s\nlaptop: NOOP\n').map(({ text }) => text)).toEqual([
      '@ wait 1s',
      'laptop: NOOP',
    ]);
  });

  it('edits a zone as it stands, and raises its serial each time', () => {
    const open = openWorld(worlds['quiet'] as unknown as WorldDescription, 'test');
    playScript(
      open,
      parseScript('@ add wolke.example: www IN A 192.0.2.80\n@ edit wolke.example.: -all => ~all $& costs'),
    );
    const text = zoneText(open, 'wolke.example.');
    expect(text).toContain('www IN A 192.0.2.80\n');
    expect(text).toContain('~all $& costs');
    expect(text).toContain('2026112303');
  });

  it.each([
    ['LAPTOP NOOP', /script line 1: cannot read "LAPTOP NOOP"/],
    ['laptop: NOOP\n@ wait', /script line 2: cannot read "@ wait"/],
    ['@ wait 5y', /line 1/],
    ['@ edit wolke.example: a = b', /line 1/],
    ['@ add wolke.example:', /line 1/],
    ['@ answer q', /line 1/],
    ['@ dance', /line 1/],
  ])('refuses %j', (text, message) => {
    expect(() => parseScript(text)).toThrow(message);
  });

  it.each([
    ['mbox: ls', /no terminal on mbox/],
    ['nobody: ls', /no terminal on nobody/],
    ['@ edit wolke.example: unicorn => horse', /zone wolke\.example\. has no "unicorn"/],
    ['@ add nowhere.example: a IN A 192.0.2.1', /there is no zone nowhere\.example\./],
  ])('says when %j does not fit the world', (text, message) => {
    expect(() => commands(text)).toThrow(message);
  });

  it('says which line the world refused', () => {
    const open = openWorld(worlds['quiet'] as unknown as WorldDescription, 'test');
    expect(() => playScript(open, parseScript('@ add hafen.example: x IN A 192.0.2.1'))).toThrow(
      /"@ add hafen\.example: .*" was refused: zoneNotEditable/,
    );
    expect(apply(open, { type: 'pass', until: now(open) })).toEqual({ id: 'timeRunsForward' });
  });
});

it('raises the first number that looks like a serial, and only that', () => {
  expect(raiseSerial('3600 2026112399 2026112301')).toBe('3600 2026112400 2026112301');
  expect(raiseSerial('no serial 123')).toBe('no serial 123');
});
