// The engine as the page uses it: the same tape gives the same world, a saved one goes on, a broken one says so, a command
// that breaks something is undone, a lesson knows how far it is.

import { describe, expect, it } from 'vitest';
import type { LessonBody } from '../build/lessons.ts';
import { toHex, utf8 } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { LAPTOP, letter, repairSpf, worldFile } from '../view/testing.ts';
import type { Command } from '../world/command.ts';
import type { SavedWorld } from './api.ts';
import { Engine, ENGINE } from './engine.ts';
import { askCompletions, askMessage, askWhy, askZone } from './questions.ts';
import { startOf, type Library } from './start.ts';

const none = { en: [], de: [] } as unknown as LessonBody['prose'];
const first = worldFile('first') as unknown as LessonBody['world'];
const said = (text: string) => ({ en: text, de: text });
const greeting: LessonBody = {
  id: 'greeting',
  prose: none,
  world: first,
  before: '',
  previous: null,
  goals: {
    goals: [
      {
        id: 'hello',
        text: said('Say hello'),
        when: { session: { server: 'mx.hafen.example', qualifiedName: true } },
        hints: [said('one'), said('two')],
      },
      { id: 'know', text: said('Know it'), when: { answered: 'port' }, hints: [said('one')] },
    ],
    questions: [
      {
        id: 'port',
        text: said('Which port?'),
        choices: [
          { id: 'p25', text: said('25'), right: true, reply: said('Yes') },
          { id: 'p80', text: said('80'), reply: said('No') },
        ],
      },
    ],
    wrongTurns: [{ id: 'hallo', when: { mistake: 'LM-01' }, hints: [said('HELO')], talk: 'laptop: HALLO\n' }],
  },
  solution:
    'laptop: telnet mx.hafen.example 25\nlaptop: EHLO laptop.home.example\nlaptop: QUIT\n@ answer port: p25\n',
};
const after: LessonBody = { ...greeting, id: 'after', world: null, previous: 'greeting' };
const library: Library = {
  world: (name) => (name === 'sandbox' ? first : undefined),
  lesson: async (id) => [greeting, after].find((body) => body.id === id) ?? null,
};

async function sandbox(saved?: SavedWorld): Promise<Engine> {
  const scenario = { kind: 'sandbox' } as const;
  return new Engine(scenario, await startOf(scenario, library), saved);
}
async function lesson(id: string, saved?: SavedWorld): Promise<Engine> {
  const scenario = { kind: 'lesson', id } as const;
  return new Engine(scenario, await startOf(scenario, library), saved);
}
const lines = (...texts: readonly string[]): Command[] =>
  texts.map((text) => ({ type: 'line', terminal: LAPTOP, text }));
const hashOf = (engine: Engine): string =>
  toHex(sha256(utf8(JSON.stringify([engine.world.machine.trace, [...engine.world.machine.kept.keys()]]))));

function publish(engine: Engine): Command {
  const zone = engine.opened().zones[0];
  return { type: 'publish', zone: zone?.zone ?? '', text: repairSpf(zone?.text ?? '') };
}

describe('the engine', () => {
  it('gives the same trace for the same tape, to the byte [G-02]', async () => {
    const one = await sandbox();
    for (const command of lines(...letter('mail.wolke.example'))) expect(one.run(command)).toBeUndefined();
    one.run(publish(one));
    one.run({ type: 'pass', until: one.head().at + 600_000 });
    const saved = structuredClone(one.save());
    const two = await sandbox(saved);
    expect(two.problem).toBeUndefined();
    expect(hashOf(two)).toBe(hashOf(one));
    expect(two.opened().marks).toEqual(one.opened().marks);
    expect(two.worldAt()).toEqual(one.worldAt());
    expect(two.save()).toEqual(saved);
    const other = await sandbox({ ...saved, seed: '2' });
    expect(hashOf(other)).not.toBe(hashOf(one));
  });

  it('tells what is new after each command, and nothing twice', async () => {
    const engine = await sandbox();
    const seen: number[] = engine.opened().marks.map((mark) => mark.seq);
    let screen = '';
    for (const command of lines(
      'telnet mail.wolke.example 25',
      'EHLO laptop.home.example',
      'HELLO',
      'QUIT',
    )) {
      engine.run(command);
      const update = engine.update();
      expect(update.head.seq).toBe(engine.world.machine.trace.length);
      seen.push(...update.marks.map((mark) => mark.seq));
      for (const { terminal, output } of update.terminals) if (terminal === LAPTOP) screen += output;
    }
    expect(seen).toEqual(engine.opened().marks.map((mark) => mark.seq));
    expect(new Set(seen).size).toBe(seen.length);
    expect(screen).toContain('220 mail.wolke.example ESMTP Postfix\n');
    expect(engine.update()).toMatchObject({ marks: [], terminals: [], coach: [] });
    const shown = engine.screens().find((one) => one.terminal === LAPTOP);
    expect(
      shown?.output.startsWith('alice@laptop:~$ telnet mail.wolke.example 25\nTrying 192.0.2.10...\n'),
    ).toBe(true);
    expect(shown?.view.prompt).toBe('alice@laptop:~$ ');
  });

  it('everything that crosses to the page survives structured clone', async () => {
    const engine = await sandbox();
    for (const command of lines(...letter('mail.wolke.example'))) engine.run(command);
    for (const value of [
      engine.opened(),
      engine.update(),
      engine.worldAt(),
      engine.mailboxes(),
      engine.save(),
      engine.log('mail.wolke.example'),
      engine.caches('wolke.example.'),
      engine.servers('wolke.example.'),
      askZone(engine, 'wolke.example.', 'nonsense'),
      engine.world.machine.trace.map((event) => askWhy(engine, { kind: 'event', seq: event.seq })),
      engine.worldAt().messages.map((message) => askMessage(engine, message.id)),
    ])
      expect(structuredClone(value)).toEqual(value);
    expect(askMessage(engine, 'm999999')).toBeUndefined();
    expect(askWhy(engine, { kind: 'event', seq: 999_999 })).toBeUndefined();
  });

  it('queries change nothing', async () => {
    const engine = await sandbox();
    for (const command of lines(...letter('mx.hafen.example'))) engine.run(command);
    const before = hashOf(engine) + JSON.stringify([...engine.world.machine.state.timers]);
    engine.worldAt(50);
    engine.caches('wolke.example.');
    engine.servers('wolke.example.');
    askCompletions(engine, LAPTOP, 'tel');
    askWhy(engine, { kind: 'host', name: 'mx.hafen.example' });
    askZone(engine, 'wolke.example.', '');
    expect(hashOf(engine) + JSON.stringify([...engine.world.machine.state.timers])).toBe(before);
  });

  it('a refused command is no part of the tape', async () => {
    const engine = await sandbox();
    const before = hashOf(engine);
    expect(engine.run({ type: 'publish', zone: 'hafen.example.', text: '' })).toEqual({
      id: 'zoneNotEditable',
      params: { zone: 'hafen.example.' },
    });
    expect(engine.run({ type: 'pass', until: 5 })?.id).toBe('timeRunsForward');
    expect(engine.run({ type: 'line', terminal: 'mx.hafen.example#1', text: 'ls' })?.id).toBe(
      'noSuchTerminal',
    );
    expect(hashOf(engine)).toBe(before);
    expect(engine.save().commands).toEqual([]);
  });

  it('a command that breaks the engine is undone, and the world goes on', async () => {
    const engine = await sandbox();
    const script = lines(...letter('mail.wolke.example'));
    for (const command of script.slice(0, 6)) engine.run(command);
    engine.update();
    const before = hashOf(engine);
    const broken = { type: 'publish', zone: 'wolke.example.', text: undefined } as unknown as Command;
    expect(engine.run(broken)).toMatchObject({ id: 'engineError' });
    expect(hashOf(engine)).toBe(before);
    expect(engine.update().marks).toEqual([]);
    for (const command of script.slice(6)) expect(engine.run(command)).toBeUndefined();
    expect(engine.worldAt().messages).toMatchObject([{ place: 'inbox' }]);
    const undisturbed = await sandbox();
    for (const command of script) undisturbed.run(command);
    expect(hashOf(engine)).toBe(hashOf(undisturbed));
  });

  it('a tape that does not fit gives a fresh world and says why', async () => {
    const engine = await sandbox();
    engine.run(lines('ls')[0] as Command);
    const saved = engine.save();
    const old = await sandbox({ ...saved, engine: 'older' });
    expect(old.opened().problem).toEqual({ id: 'otherVersion', params: { engine: 'older' } });
    expect(old.save().commands).toEqual([]);
    expect(old.save().engine).toBe(ENGINE);
    const commands: Command[] = [{ type: 'line', terminal: 'nowhere#1', text: 'ls' }];
    expect((await sandbox({ ...saved, commands })).problem?.id).toBe('tapeBroken');
    expect((await lesson('greeting', saved)).problem?.id).toBe('tapeBroken');
  });

  it('offers commands at the prompt and verbs in a conversation', async () => {
    const engine = await sandbox();
    expect(askCompletions(engine, LAPTOP, 'tel')).toEqual(['telnet']);
    expect(askCompletions(engine, LAPTOP, 'telnet mx.h')).toEqual(['mx.hafen.example']);
    engine.run(lines('telnet mx.hafen.example 25')[0] as Command);
    expect(askCompletions(engine, LAPTOP, 'ma')).toEqual(['MAIL FROM:']);
    expect(askCompletions(engine, 'nowhere#1', 'ma')).toEqual([]);
  });
});

describe('a lesson', () => {
  it('is solved by its solution and by nothing less', async () => {
    const engine = await lesson('greeting');
    expect(engine.opened().lesson).toMatchObject({
      solved: false,
      goals: [{ done: false }, { done: false }],
    });
    for (const { command } of engine.solution()) {
      expect(engine.update().lesson?.solved).toBe(false);
      expect(engine.run(command)).toBeUndefined();
    }
    expect(engine.update().lesson).toMatchObject({ solved: true, goals: [{ done: true }, { done: true }] });
    expect((await lesson('greeting', engine.save())).opened().lesson?.solved).toBe(true);
  });

  it('remembers hints and answers, and sees the wrong turn', async () => {
    const engine = await lesson('greeting');
    expect(engine.hint('hello')?.goals[0]).toMatchObject({ hintsShown: 1, hints: 2 });
    expect(engine.answer('port', 'p80')?.questions).toEqual([{ id: 'port', chosen: 'p80', right: false }]);
    for (const command of lines('telnet mx.hafen.example 25', 'HALLO')) engine.run(command);
    expect(engine.update().lesson?.wrongTurns).toMatchObject([{ id: 'hallo', level: 1 }]);
    const again = await lesson('greeting', engine.save());
    expect(again.opened().lesson?.goals[0]?.hintsShown).toBe(1);
    expect(again.opened().lesson?.questions[0]?.chosen).toBe('p80');
  });

  it('without a world of its own goes on where the one before it ended', async () => {
    const engine = await lesson('after');
    expect(engine.save().commands).toEqual([]);
    expect(engine.world.machine.trace.some((event) => event.type === 'shell.input')).toBe(true);
    engine.run(lines('ls')[0] as Command);
    const again = await lesson('after', engine.save());
    expect(hashOf(again)).toBe(hashOf(engine));
    await expect(lesson('nowhere')).rejects.toThrow('there is no lesson nowhere');
  });
});
