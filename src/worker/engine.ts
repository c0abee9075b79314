// The engine as the page sees it, without the worker around it: opens or replays a world, runs commands, collects what is
// new, answers queries. It is synchronous and knows neither Comlink nor the page, so tests run it in Node. A command that
// breaks the engine is undone; the world stands as before it.

import { toHex, utf8 } from '../base/bytes.ts';
import { sha256 } from '../crypto/hash.ts';
import { follow, openJournal, worldView, type Journal } from '../view/journal.ts';
import { hostViews } from '../view/hosts.ts';
import { logView } from '../view/logs.ts';
import { mailboxViews } from '../view/mailboxes.ts';
import { nextRetry } from '../view/retries.ts';
import { takeOutput } from '../view/terminals.ts';
import { settingViews } from '../view/settings.ts';
import { zoneViews } from '../view/zones.ts';
import { cacheViews, serverViews } from '../view/caches.ts';
import type {
  CacheView,
  LessonView,
  LogLine,
  MailboxView,
  Problem,
  ServerView,
  WorldView,
} from '../view/types.ts';
import { openLesson, showHint, updateLesson, type LessonRun } from '../lesson/runtime.ts';
import type { Command } from '../world/command.ts';
import {
  apply,
  checkpoint,
  nextDue,
  now,
  openWorld,
  restore,
  type Checkpoint,
  type Refusal,
  type World,
} from '../world/world.ts';
import type { Head, OpenedWorld, SavedWorld, ScenarioRef, TerminalUpdate, Update } from './api.ts';
import { lessonSources, playScript } from '../lesson/sources.ts';
import { scenarioName, type Start } from './start.ts';

/** Changes whenever the same tape may give another trace: a saved world of another version is not continued. */
export const ENGINE = 'ehlo-5';

/** So many commands lie between two checkpoints; undoing one replays at most as many. */
const CHECKPOINT_EVERY = 25;

export class Engine {
  readonly scenario: ScenarioRef;
  readonly world: World;
  readonly problem: Problem | undefined;
  readonly #start: Start;
  /** Commands of the prelude: they are on the tape, but not the learner's. */
  readonly #prelude: number;
  readonly #lesson: LessonRun | undefined;
  #lessonView: LessonView | undefined;
  #journal: Journal;
  #checkpoint: Checkpoint;
  /** How much of marks, hints and zones the page has. */
  #sent = { marks: 0, coach: 0, zonesSeq: 0, settingsSeq: 0 };

  /** Opens a world, and continues a saved tape if it still fits. */
  constructor(scenario: ScenarioRef, start: Start, saved?: SavedWorld) {
    this.scenario = scenario;
    this.#start = start;
    const { world, prelude, problem } = openOrReplay(scenario, start, saved);
    this.world = world;
    this.problem = problem;
    this.#prelude = prelude;
    this.#checkpoint = checkpoint(world);
    this.#journal = this.#fold();
    this.#markSent();
    this.#lesson = start.lesson === undefined ? undefined : openLesson(start.lesson.id, start.lesson.goals);
    for (const [goal, n] of Object.entries((problem === undefined ? saved?.hints : undefined) ?? {}))
      for (let i = 0; i < n; i++) if (this.#lesson !== undefined) showHint(this.#lesson, goal);
    this.#judge();
  }

  get journal(): Journal {
    return this.#journal;
  }

  #fold(): Journal {
    const { description, machine } = this.world;
    const journal = openJournal(description, machine.trace, machine.kept);
    follow(journal);
    takeOutput(journal.terminals);
    return journal;
  }

  #markSent(): void {
    const { marks, coach, zonesSeq, settingsSeq } = this.#journal;
    this.#sent = { marks: marks.marks.length, coach: coach.hints.length, zonesSeq, settingsSeq };
  }

  opened(): OpenedWorld {
    const { description } = this.world;
    const journal = this.#journal;
    return {
      scenario: this.scenario,
      engine: ENGINE,
      ...(this.problem === undefined ? {} : { problem: this.problem }),
      hosts: hostViews(description),
      links: description.links.map((link) => [link.between[0], link.between[1]] as const),
      zoneMinutes: description.zoneMinutes,
      terminals: [...journal.terminals.views.values()],
      zones: zoneViews(journal.zones, journal.seq),
      settings: settingViews(journal.settings, journal.seq),
      head: this.head(),
      marks: [...journal.marks.marks],
      ...(this.#lessonView === undefined ? {} : { lesson: this.#lessonView }),
    };
  }

  /** Looks at the lesson's goals. */
  #judge(): LessonView | undefined {
    if (this.#lesson !== undefined)
      this.#lessonView = updateLesson(
        this.#lesson,
        this.world,
        lessonSources(() => this.#journal),
      );
    return this.#lessonView;
  }

  /** What stands on the terminals' screens, for a page that opens the world anew. */
  screens(): readonly TerminalUpdate[] {
    const { views, screens } = this.#journal.terminals;
    return [...views.values()].map((view) => ({
      terminal: view.id,
      output: screens.get(view.id) ?? '',
      view,
    }));
  }

  head(): Head {
    const nextAt = nextDue(this.world);
    const nextRetryAt = nextRetry(this.#journal.retries);
    return {
      seq: this.#journal.seq,
      at: now(this.world),
      ...(nextAt === undefined ? {} : { nextAt }),
      ...(nextRetryAt === undefined ? {} : { nextRetryAt }),
    };
  }

  /** Does a command. A refused one changes nothing; one that breaks the engine is undone. */
  run(command: Command): Problem | undefined {
    const before = this.world.tape.length;
    try {
      const refusal = apply(this.world, command);
      if (refusal !== undefined) return problemOf(refusal);
      follow(this.#journal);
      this.#judge();
    } catch (error) {
      this.#undo(before);
      return {
        id: 'engineError',
        params: { message: error instanceof Error ? error.message : String(error) },
      };
    }
    if (this.world.tape.length - this.#checkpoint.tapeLength >= CHECKPOINT_EVERY)
      this.#checkpoint = checkpoint(this.world);
    return undefined;
  }

  /** Back to the last checkpoint, and forward again over the commands that went well. */
  #undo(tapeLength: number): void {
    const good = this.world.tape.slice(this.#checkpoint.tapeLength, tapeLength);
    restore(this.world, this.#checkpoint);
    for (const command of good) apply(this.world, command);
    this.#journal = this.#fold();
  }

  /** What is new since the last time. */
  update(): Update {
    const { marks, coach, terminals, zonesSeq, zones, settingsSeq, settings, seq } = this.#journal;
    const sent = this.#sent;
    const printed = takeOutput(terminals).flatMap(({ terminal, output }) => {
      const view = terminals.views.get(terminal);
      return view === undefined ? [] : [{ terminal, output, view }];
    });
    this.#markSent();
    return {
      head: this.head(),
      marks: marks.marks.slice(sent.marks),
      terminals: printed,
      coach: coach.hints.slice(sent.coach),
      ...(zonesSeq > sent.zonesSeq ? { zones: zoneViews(zones, seq) } : {}),
      ...(settingsSeq > sent.settingsSeq ? { settings: settingViews(settings, seq) } : {}),
      ...(this.#lessonView === undefined ? {} : { lesson: this.#lessonView }),
    };
  }

  worldAt(seq?: number): WorldView {
    return worldView(this.#journal, this.#moment(seq));
  }

  mailboxes(seq?: number): readonly MailboxView[] {
    const { owners, entries, folders } = this.#journal;
    return mailboxViews(owners, entries, folders, this.#moment(seq));
  }

  log(host: string, seq?: number): readonly LogLine[] {
    return logView(this.#journal.logs, host, this.#moment(seq));
  }

  traceHash(): string {
    return toHex(sha256(utf8(JSON.stringify(this.world.machine.trace))));
  }

  save(): SavedWorld {
    const { seed, tape } = this.world;
    const hints = Object.fromEntries(this.#lesson?.hintsShown ?? []);
    return {
      format: 1,
      engine: ENGINE,
      scenario: this.scenario,
      seed,
      commands: tape.slice(this.#prelude),
      ...(Object.keys(hints).length === 0 ? {} : { hints }),
    };
  }

  caches(zone: string): readonly CacheView[] {
    return cacheViews(this.world, zone, this.published(zone));
  }

  servers(zone: string): readonly ServerView[] {
    return serverViews(this.world, zone);
  }

  /** The text of a zone as its server has it. */
  published(zone: string): string {
    const known = zoneViews(this.#journal.zones, this.#journal.seq).find((one) => one.zone === zone);
    return known?.text ?? this.world.description.zones.find((one) => one.zone === zone)?.text ?? '';
  }

  hint(goal: string): LessonView | undefined {
    if (this.#lesson !== undefined) showHint(this.#lesson, goal);
    return this.#judge();
  }

  answer(question: string, choice: string): LessonView | undefined {
    this.run({ type: 'answer', question, choice });
    return this.#lessonView;
  }

  /** The reference solution from the lesson's beginning, as commands. */
  solution(): readonly { readonly text: string; readonly command: Command }[] {
    const { lesson } = this.#start;
    if (lesson === undefined) return [];
    const world = openWorld(this.#start.description, scenarioName(this.scenario), this.world.seed);
    playScript(world, this.#start.prelude);
    return playScript(world, lesson.solution);
  }

  #moment(seq: number | undefined): number {
    return Math.max(0, Math.min(seq ?? this.#journal.seq, this.#journal.seq));
  }
}

interface Opening {
  readonly world: World;
  /** How many commands at the tape's beginning are the prelude's. */
  readonly prelude: number;
  readonly problem: Problem | undefined;
}

function openOrReplay(scenario: ScenarioRef, start: Start, saved: SavedWorld | undefined): Opening {
  const name = scenarioName(scenario);
  const fresh = (seed?: string): Opening => {
    const world = openWorld(start.description, name, seed);
    playScript(world, start.prelude);
    return { world, prelude: world.tape.length, problem: undefined };
  };
  const without = (id: string, params?: Problem['params']): Opening => ({
    ...fresh(),
    problem: { id, ...(params === undefined ? {} : { params }) },
  });
  if (saved === undefined) return fresh();
  if (saved.engine !== ENGINE) return without('otherVersion', { engine: saved.engine });
  if (scenarioName(saved.scenario) !== name) return without('tapeBroken');
  try {
    const opening = fresh(saved.seed);
    let refused = 0;
    for (const command of saved.commands) if (apply(opening.world, command) !== undefined) refused++;
    return refused === 0 ? opening : without('tapeBroken', { n: refused });
  } catch (error) {
    return without('tapeBroken', { message: error instanceof Error ? error.message : String(error) });
  }
}

function problemOf(refusal: Refusal): Problem {
  const { id, ...params } = refusal;
  return { id, params };
}
