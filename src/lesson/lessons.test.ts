// Every lesson of the folder `lessons`, played without the page: it starts unsolved, its solution solves it, each wrong turn
// raises its own hint, and two runs are the same to the byte.

import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { latin1, toHex } from '../base/bytes.ts';
import { readLessons, type LessonBody } from '../build/lessons.ts';
import type { Prose } from '../build/prose.ts';
import { sha256 } from '../crypto/hash.ts';
import { follow, openJournal } from '../view/journal.ts';
import type { LessonView } from '../view/types.ts';
import type { WorldDescription } from '../world/description.ts';
import { checkTrace } from '../world/invariants.ts';
import { apply, fork, openWorld, trace, type World } from '../world/world.ts';
import type { LessonGoals } from './format.ts';
import { openLesson, updateLesson } from './runtime.ts';
import { commandOf, parseScript, type ScriptLine } from './script.ts';
import { lessonSources, playScript } from './sources.ts';

const { bodies, worlds } = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url)));

/** Statements of the specification that a lesson proves, by its id. */
const statements: Readonly<Record<string, string>> = {
  'first-helo': '[A1] ',
  'typed-by-hand': '[A2] ',
  envelope: '[A3] ',
  'pop3-imap': '[A6] ',
  'who-takes-mail': '[B1] ',
  'own-zone': '[B2] ',
  propagation: '[B3] [S3-021] [S3-022] ',
  'reverse-names': '[B4] [S3-040] [S3-041] ',
  'spf-from-zero': '[D1] ',
  'dkim-seal': '[D2] ',
  alignment: '[D3] ',
  'aggregate-reports': '[D4] ',
  'dmarc-rollout': '[D5] ',
  forwarding: '[D6] ',
  'mailing-list': '[D7] ',
  sieve: '[C5] ',
};

/** Some lessons begin after a week. */
const LONG = { timeout: 180_000 };

const goalsOf = (body: LessonBody): LessonGoals => body.goals as unknown as LessonGoals;

/** The world in which a lesson begins. */
function beginAnew(body: LessonBody): World {
  const before: ScriptLine[][] = [];
  let ground = body;
  while (ground.world === null) {
    const previous = bodies.get(ground.previous ?? '');
    if (previous === undefined) throw new Error(`${ground.id} has no world`);
    before.unshift(parseScript(previous.solution));
    ground = previous;
  }
  before.unshift(parseScript(ground.before));
  const world = openWorld(ground.world as unknown as WorldDescription, `lesson:${body.id}`);
  for (const script of before) playScript(world, script);
  return world;
}

/** Beginnings, since some need days of their own to pass. */
const begun = new Map<string, World>();

function begin(body: LessonBody): World {
  let world = begun.get(body.id);
  if (world === undefined) begun.set(body.id, (world = beginAnew(body)));
  return fork(world);
}

/** Plays a script and judges after every command, as the page does. The first view is the start. */
function run(
  body: LessonBody,
  script: string,
  from: (body: LessonBody) => World = begin,
): { world: World; views: LessonView[]; reloaded: () => LessonView } {
  const world = from(body);
  const journal = openJournal(world.description, trace(world), world.machine.kept);
  const sources = lessonSources(() => journal);
  const lesson = openLesson(body.id, goalsOf(body));
  const judge = (): LessonView => {
    follow(journal);
    return updateLesson(lesson, world, sources);
  };
  const views = [judge()];
  for (const { text, step } of parseScript(script)) {
    expect(apply(world, commandOf(world, step)), text).toBeUndefined();
    views.push(judge());
  }
  expect(checkTrace(trace(world))).toEqual([]);
  return { world, views, reloaded: () => updateLesson(openLesson(body.id, goalsOf(body)), world, sources) };
}

const hash = (world: World): string => toHex(sha256(latin1(JSON.stringify(trace(world)))));
const doneIn = (view: LessonView | undefined): string[] =>
  (view?.goals ?? []).filter((goal) => goal.done).map((goal) => goal.id);

/** What is the same in every language: the kinds of the blocks, hosts of commands, questions asked. */
function shape(prose: Prose): unknown[] {
  return prose.map((block) => {
    if (block.type === 'code') return [block.lang, block.meta];
    if (block.type === 'leafDirective') return block.attributes;
    if (block.type === 'containerDirective') return [block.name, shape(block.children)];
    return block.type;
  });
}

function commandsIn(prose: Prose): string[] {
  return prose.flatMap((block) => {
    if (block.type === 'code' && block.lang === 'terminal')
      return block.value.split('\n').map((line) => `${block.meta ?? ''}: ${line}`.trimEnd());
    return block.type === 'containerDirective' ? commandsIn(block.children) : [];
  });
}

it('covers the lessons that it names', () => {
  expect([...bodies.keys()]).toEqual(expect.arrayContaining(Object.keys(statements)));
});

describe.each([...bodies.values()].map((body) => [body.id, body] as const))('lesson %s', LONG, (id, body) => {
  const goals = goalsOf(body);
  const all = goals.goals.map((goal) => goal.id);

  it(`${statements[id] ?? ''}begins unsolved, and its solution solves it [L-00] [L-04] [G-09]`, () => {
    const { views, world, reloaded } = run(body, body.solution);
    expect(doneIn(views[0])).toEqual([]);
    expect(views[0]?.wrongTurns).toEqual([]);
    expect(doneIn(views.at(-1))).toEqual(all);
    expect(views.at(-1)?.solved).toBe(true);
    // A page that was reloaded plays the tape again and judges once, at its end.
    expect(doneIn(reloaded())).toEqual(all);
    // Step by step: not everything falls at the last command, nor does a good learner hear of mistakes.
    expect(views.slice(1, -1).some((view) => !view.solved)).toBe(true);
    expect(views.flatMap((view) => view.wrongTurns.map((turn) => turn.id))).toEqual([]);
    // Each tick has a reason that lies in the trace.
    for (const { seq } of views.at(-1)?.goals ?? [])
      if (seq !== undefined) expect(trace(world)[seq - 1]).toBeDefined();
  });

  it('is the same twice, to the byte [L-00]', () => {
    const again = run(body, body.solution, beginAnew).world;
    expect(hash(run(body, body.solution).world)).toBe(hash(again));
  });

  it('knows at least three wrong turns, each with a ladder of hints [L-00]', () => {
    expect(goals.wrongTurns.length).toBeGreaterThanOrEqual(3);
    for (const turn of goals.wrongTurns) expect(turn.hints.length, turn.id).toBe(3);
  });

  it.each(goals.wrongTurns.map((turn) => [turn.id, turn] as const))(
    'tells whoever takes the wrong turn %s, and is not solved by it [L-00] [G-09]',
    (turnId, turn) => {
      const { views } = run(body, turn.talk);
      const last = views.at(-1);
      expect(last?.wrongTurns.map((one) => one.id)).toContain(turnId);
      expect(views.some((view) => view.solved)).toBe(false);
      // Its own hint and not the neighbour's comes first.
      expect(last?.wrongTurns[0]?.id).toBe(turnId);
    },
  );

  it('says the same in both languages, and its commands name hosts with a terminal [L-00]', () => {
    expect(shape(body.prose.de)).toEqual(shape(body.prose.en));
    const world = begin(body);
    for (const prose of [body.prose.en, body.prose.de])
      for (const line of parseScript(commandsIn(prose).join('\n')))
        expect(() => commandOf(world, line.step), line.text).not.toThrow();
  });

  it('asks every question where the text has a place for it', () => {
    const asked = JSON.stringify(shape(body.prose.en));
    for (const question of goals.questions) expect(asked).toContain(`"${question.id}"`);
  });

  it('draws no two hosts on one spot, and only where the map has room', () => {
    const { hosts } = begin(body).description;
    const spots = hosts
      .filter((host) => host.role !== 'internet')
      .map(({ column, row }) => `${column} ${row}`);
    expect(new Set(spots).size).toBe(spots.length);
    for (const { column, row } of hosts) {
      expect(column).toBeGreaterThanOrEqual(0);
      expect(column).toBeLessThanOrEqual(4);
      expect(Math.abs(row)).toBeLessThanOrEqual(2);
    }
  });
});

it('has a world to play in without a lesson', () => {
  expect(trace(openWorld(worlds['first'] as unknown as WorldDescription, 'sandbox')).length).toBeGreaterThan(
    0,
  );
});
