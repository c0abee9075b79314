// How a scenario begins: which description, which commands come before the learner's, which goals. The sandbox has a
// world of its own; a lesson brings its own, or goes on where the solution of the one before it ended.

import type { LessonGoals } from '../lesson/format.ts';
import { parseScript, type ScriptLine } from '../lesson/script.ts';
import type { WorldDescription } from '../world/description.ts';
import type { ScenarioRef } from './api.ts';

/** What the engine needs of a lesson's files; the prose is the page's. */
export interface LessonFiles {
  readonly id: string;
  /** Null: it begins where the solution of `previous` ended. */
  readonly world: unknown;
  /** Script of what happened in `world` before the learner came. */
  readonly before: string;
  readonly previous: string | null;
  readonly goals: unknown;
  /** The script that solves it. */
  readonly solution: string;
}

/** Where scenarios come from: the bundle in the worker, the folder `lessons` in tests. */
export interface Library {
  /** Undefined when there is none of that name. */
  world(name: string): unknown;
  lesson(id: string): Promise<LessonFiles | null>;
}

export interface Start {
  readonly description: WorldDescription;
  /** Played before the learner's first command. */
  readonly prelude: readonly ScriptLine[];
  readonly lesson?: {
    readonly id: string;
    readonly goals: LessonGoals;
    readonly solution: readonly ScriptLine[];
  };
}

/** The name under which a scenario goes into the trace: `sandbox`, `sandbox:relays`, `lesson:by-hand`. */
export function scenarioName(scenario: ScenarioRef): string {
  if (scenario.kind === 'lesson') return `lesson:${scenario.id}`;
  return scenario.world === undefined ? 'sandbox' : `sandbox:${scenario.world}`;
}

/** Finds out how a scenario begins. Throws a sentence when there is no such scenario or its files are wrong. */
export async function startOf(scenario: ScenarioRef, library: Library): Promise<Start> {
  if (scenario.kind === 'sandbox') {
    const name = scenario.world ?? 'sandbox';
    return { description: describe(await library.world(name), name), prelude: [] };
  }
  const body = await library.lesson(scenario.id);
  if (body === null) throw new Error(`there is no lesson ${scenario.id}`);
  const prelude: ScriptLine[] = [];
  let ground = body;
  while (ground.world === null) {
    const before: LessonFiles | null =
      ground.previous === null ? null : await library.lesson(ground.previous);
    if (before === null) throw new Error(`lesson ${ground.id} has no world, and no lesson before it`);
    prelude.unshift(...parseScript(before.solution));
    ground = before;
  }
  prelude.unshift(...parseScript(ground.before));
  return {
    description: describe(ground.world, ground.id),
    prelude,
    lesson: {
      id: body.id,
      goals: body.goals as unknown as LessonGoals,
      solution: parseScript(body.solution),
    },
  };
}

/** A description as a world file says it. Throws when it is none. */
function describe(value: unknown, name: string): WorldDescription {
  const found = value as Partial<WorldDescription> | undefined;
  if (found === undefined) throw new Error(`there is no world named ${name}`);
  for (const key of ['name', 'start', 'zoneMinutes', 'seed', 'hosts', 'links', 'zones'] as const)
    if (found[key] === undefined) throw new Error(`world ${name} has no ${key}`);
  return found as WorldDescription;
}
