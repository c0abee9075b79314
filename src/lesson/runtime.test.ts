// A lesson under way: goals stay reached, hints are counted, wrong turns escalate and go away, answers may be changed.

import { beforeEach, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { readLessons } from '../build/lessons.ts';
import { follow, openJournal } from '../view/journal.ts';
import type { LessonView } from '../view/types.ts';
import type { WorldDescription } from '../world/description.ts';
import { openWorld, trace, type World } from '../world/world.ts';
import { parseGoals } from './goals-file.ts';
import { openLesson, showHint, updateLesson, type LessonRun } from './runtime.ts';
import { parseScript } from './script.ts';
import { lessonSources, playScript } from './sources.ts';

const { worlds } = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url)));
const say = (text: string): { en: string; de: string } => ({ en: text, de: text });
const hints = [say('nudge'), say('explain'), say('show')];
const hello = {
  type: 'smtp.server',
  where: { 'note.kind': 'reply', 'note.to': 'EHLO', 'note.reply.code': 250 },
};

const goals = parseGoals('test', {
  goals: [
    { id: 'hello', text: say('Say hello'), hints, when: { event: hello } },
    {
      id: 'empty',
      text: say('Have no mail'),
      hints,
      when: { not: { event: { type: 'mailbox.delivered' } } },
    },
    { id: 'know', text: say('Know it'), hints, when: { answered: 'q' } },
  ],
  questions: [
    {
      id: 'q',
      text: say('?'),
      choices: [
        { id: 'a', text: say('a'), reply: say('no') },
        { id: 'b', text: say('b'), reply: say('yes'), right: true },
      ],
    },
  ],
  wrongTurns: [
    { id: 'typo', hints, talk: '', when: { mistake: 'LM-01' } },
    {
      id: 'soft',
      hints,
      talk: '',
      when: { published: { zone: 'wolke.example.', name: 'wolke.example.', type: 'TXT', matches: '~all' } },
    },
    { id: 'guess', hints, talk: '', when: { chosen: { question: 'q', choice: 'a' } } },
  ],
});

let world: World;
let run: LessonRun;
let view: LessonView;

/** Plays one line after the other and judges after each. */
function play(...lines: string[]): void {
  const journal = openJournal(world.description, trace(world), world.machine.kept);
  for (const line of lines) {
    playScript(world, parseScript(line));
    follow(journal);
    view = updateLesson(
      run,
      world,
      lessonSources(() => journal),
    );
  }
}

beforeEach(() => {
  world = openWorld(worlds['quiet'] as unknown as WorldDescription, 'test');
  run = openLesson('test', goals);
  play('laptop: true');
});

const goal = (id: string): LessonView['goals'][number] | undefined => view.goals.find((one) => one.id === id);
const turns = (): string[] => view.wrongTurns.map(({ id, level }) => `${id} ${level}`);

it('ticks goals with the event as the reason', () => {
  expect(goal('hello')).toEqual({ id: 'hello', done: false, hintsShown: 0, hints: 3 });
  play('laptop: telnet mx.hafen.example 25', 'laptop: EHLO laptop.home.example');
  const { seq = 0 } = goal('hello') ?? {};
  expect(trace(world)[seq - 1]).toMatchObject({ type: 'smtp.server', note: { kind: 'reply' } });
  // What is so without any event has no reason to show.
  expect(goal('empty')).toEqual({ id: 'empty', done: true, hintsShown: 0, hints: 3 });
  expect(view.solved).toBe(false);
});

it('shows hints one by one, and stops at the last', () => {
  for (let n = 0; n < 5; n++) showHint(run, 'hello');
  showHint(run, 'no such goal');
  play('laptop: true');
  expect(goal('hello')?.hintsShown).toBe(3);
  expect(goal('empty')?.hintsShown).toBe(0);
});

it('says more when a wrong turn is taken again, and falls silent when the learner has found the way [S1-190]', () => {
  play('laptop: telnet mx.hafen.example 25', 'laptop: HELLO');
  expect(turns()).toEqual(['typo 1']);
  play('laptop: NOOP');
  expect(turns()).toEqual(['typo 1']);
  play('laptop: HELLO');
  expect(turns()).toEqual(['typo 2']);
  play('laptop: HELLO', 'laptop: HELLO');
  expect(turns()).toEqual(['typo 3']);
  play('laptop: EHLO laptop.home.example');
  expect(turns()).toEqual([]);
  play('laptop: HELLO');
  expect(turns()).toEqual(['typo 3']);
});

it('keeps telling what still stands wrong, until it is mended', () => {
  play(
    '@ edit wolke.example: -all => ~all',
    'laptop: telnet mx.hafen.example 25',
    'laptop: EHLO laptop.home.example',
  );
  expect(goal('hello')?.done).toBe(true);
  expect(turns()).toEqual(['soft 1']);
  play('@ edit wolke.example: ~all => -all');
  expect(turns()).toEqual([]);
});

it('lets an answer be changed', () => {
  play('@ answer q: a');
  expect(view.questions).toEqual([{ id: 'q', chosen: 'a', right: false }]);
  expect(turns()).toEqual(['guess 1']);
  play('@ answer q: b');
  expect(view.questions).toEqual([{ id: 'q', chosen: 'b', right: true }]);
  expect(goal('know')?.done).toBe(true);
  expect(turns()).toEqual([]);
});
