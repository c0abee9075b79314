// A lesson under way: which goals are done and why, which hints were asked for, which wrong turn was taken. A fold over
// the trace plus the few things that the learner asked of the lesson itself.

import type { TraceEvent } from '../host/events.ts';
import type { LessonView } from '../view/types.ts';
import { trace, type World } from '../world/world.ts';
import type { LessonGoals } from './format.ts';
import { fulfilled, isHistory, type Evidence } from './predicate.ts';

/** What the lesson asks of other rooms. */
export interface LessonSources {
  mistakes(events: readonly TraceEvent[]): ReadonlyMap<string, number>;
  records(
    world: World,
    zone: string,
  ): readonly { readonly name: string; readonly type: string; readonly text: string }[];
  /** Ids of the errors and warnings of the zone as published. */
  findings(world: World, zone: string): readonly string[];
}

/** Plain data, but for the goals, which are the lesson's own. */
export interface LessonRun {
  readonly id: string;
  readonly goals: LessonGoals;
  /** Goal to the event that fulfilled it. A goal that was reached stays reached. */
  readonly done: Map<string, number>;
  readonly hintsShown: Map<string, number>;
  /** Wrong turn to its newest event and how often it was taken. */
  readonly wrongTurns: Map<string, { seq: number; level: number }>;
}

export function openLesson(id: string, goals: LessonGoals): LessonRun {
  return { id, goals, done: new Map(), hintsShown: new Map(), wrongTurns: new Map() };
}

/** Looks at the world as it is now. Call it after every command. */
export function updateLesson(run: LessonRun, world: World, sources: LessonSources): LessonView {
  const answers = new Map<string, { choice: string; seq: number }>();
  for (const event of trace(world))
    if (event.type === 'world.answer') answers.set(event.question, { choice: event.choice, seq: event.seq });
  let mistakes: ReadonlyMap<string, number> | undefined;
  const evidence: Evidence = {
    world,
    get mistakes() {
      return (mistakes ??= sources.mistakes(trace(world)));
    },
    records: (zone) => sources.records(world, zone),
    findings: (zone) => sources.findings(world, zone),
    answers,
    isRight: (question, choice) =>
      run.goals.questions.some(
        (q) => q.id === question && q.choices.some((c) => c.id === choice && c.right === true),
      ),
  };
  for (const goal of run.goals.goals) {
    if (run.done.has(goal.id)) continue;
    const seq = fulfilled(goal.when, evidence);
    if (seq !== undefined) run.done.set(goal.id, seq);
  }
  const solved = run.goals.goals.every((goal) => run.done.has(goal.id));
  for (const turn of run.goals.wrongTurns) {
    const seq = fulfilled(turn.when, evidence, 'newest');
    const before = run.wrongTurns.get(turn.id);
    if (seq === undefined) run.wrongTurns.delete(turn.id);
    else if (before === undefined) run.wrongTurns.set(turn.id, { seq, level: 1 });
    else if (before.seq !== seq)
      run.wrongTurns.set(turn.id, { seq, level: Math.min(before.level + 1, turn.hints.length) });
  }
  return lessonView(run, trace(world), answers, solved);
}

/** One more hint of a goal; all are shown after the last. */
export function showHint(run: LessonRun, goal: string): void {
  const most = run.goals.goals.find((g) => g.id === goal)?.hints.length ?? 0;
  run.hintsShown.set(goal, Math.min(most, (run.hintsShown.get(goal) ?? 0) + 1));
}

/** The learner's own act that led to event `seq`; 0 if there is none. */
function actBefore(events: readonly TraceEvent[], seq: number): number {
  const act = events.slice(0, seq).findLast(({ type }) => LEARNER_ACTS.includes(type));
  return act?.seq ?? 0;
}

const LEARNER_ACTS: readonly TraceEvent['type'][] = [
  'shell.input',
  'shell.key',
  'zone.published',
  'zone.rejected',
  'program.configured',
  'world.pass',
  'world.answer',
];

function lessonView(
  run: LessonRun,
  events: readonly TraceEvent[],
  answers: ReadonlyMap<string, { readonly choice: string }>,
  solved: boolean,
): LessonView {
  const newestAct = actBefore(events, Math.max(0, ...run.done.values()));
  return {
    id: run.id,
    goals: run.goals.goals.map((goal) => {
      const seq = run.done.get(goal.id);
      return {
        id: goal.id,
        done: seq !== undefined,
        ...(seq === undefined || seq === 0 ? {} : { seq }),
        hintsShown: run.hintsShown.get(goal.id) ?? 0,
        hints: goal.hints.length,
      };
    }),
    questions: run.goals.questions.map((question) => {
      const chosen = answers.get(question.id)?.choice;
      const right = question.choices.some((choice) => choice.id === chosen && choice.right === true);
      return chosen === undefined ? { id: question.id } : { id: question.id, chosen, right };
    }),
    wrongTurns: run.goals.wrongTurns
      .flatMap((turn) => {
        const taken = run.wrongTurns.get(turn.id);
        // Whoever did something since and reached a goal by it has found the way back. What stands wrong now is told
        // all the same.
        const isPast = taken !== undefined && taken.seq < newestAct && isHistory(turn.when);
        return taken === undefined || isPast ? [] : [{ id: turn.id, ...taken }];
      })
      .sort((a, b) => b.seq - a.seq),
    solved,
  };
}
