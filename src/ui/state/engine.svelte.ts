// The page's hold on the engine in its worker: starts it, hands commands over, keeps what it pushes as reactive state, saves
// the tape after every command and starts a crashed worker again from it. It draws nothing and knows no text; the playhead
// (playhead.svelte.ts) decides how fast people see what is here. All values are plain and replaced, never changed in place.

import { proxy, releaseProxy, wrap, type Remote } from 'comlink';
import type {
  CoachHint,
  HostView,
  LessonView,
  MarkView,
  Problem,
  SettingView,
  TerminalView,
  ZoneView,
} from '../../view/types.ts';
import type { EhloWorker, Head, OpenedWorld, SavedWorld, ScenarioRef, Update } from '../../worker/api.ts';
import EngineWorker from '../../worker/worker.ts?worker';
import { Journal, withJournal } from './journal.ts';
import { forget, forgetUnder, keep, keptValue } from './storage.ts';

export type Command = Parameters<EhloWorker['run']>[0];

/** Gets what a terminal prints, and the terminal's state after it. */
export type OutputListener = (output: string, view: TerminalView) => void;
/** Gets text to put on the input line, without Enter. */
export type InsertListener = (text: string) => void;

export interface Notice {
  readonly number: number;
  readonly tone: 'info' | 'fail';
  readonly problem: Problem;
}

const readyLimitMs = 20_000;
/** A second crash within this time means that the tape itself brings the engine down. */
const crashLoopMs = 8_000;
/** How much a terminal's backlog keeps for a component that is mounted later. */
const backlogCharacters = 200_000;
const nowhere: Head = { seq: 0, at: 0 };

/** Under which key a scenario's tape is kept. */
export function tapeKey(scenario: ScenarioRef): string {
  if (scenario.kind === 'lesson') return `world:lesson:${scenario.id}`;
  return scenario.world === undefined ? 'world:sandbox' : `world:sandbox:${scenario.world}`;
}

class EngineCrashed extends Error {
  override readonly name = 'EngineCrashed';
}

class Engine {
  /** `none`: no world is open. `failed`: the worker did not start; `open` again tries once more. */
  state = $state<'none' | 'opening' | 'open' | 'failed'>('none');
  scenario = $state.raw<ScenarioRef>();
  version = $state('');
  hosts = $state.raw<readonly HostView[]>([]);
  links = $state.raw<readonly (readonly [string, string])[]>([]);
  /** Minutes east of Greenwich of the world's wall clocks. */
  zoneMinutes = $state(0);
  terminals = $state.raw<readonly TerminalView[]>([]);
  zones = $state.raw<readonly ZoneView[]>([]);
  settings = $state.raw<readonly SettingView[]>([]);
  head = $state.raw<Head>(nowhere);
  marks = $state.raw<readonly MarkView[]>([]);
  /** Newest last. */
  coach = $state.raw<readonly CoachHint[]>([]);
  lesson = $state.raw<LessonView>();
  notices = $state.raw<readonly Notice[]>([]);
  /** Commands under way. */
  busy = $state(0);
  /** Counts worlds: components that hold a world's state are keyed by it. */
  world = $state(0);
  /** The terminal that clicked commands go to. */
  activeTerminal = $state('');

  #worker: Worker | undefined;
  #remote: Remote<EhloWorker> | undefined;
  #crash: (error: Error) => void = () => {};
  #crashed: Promise<never> = new Promise(() => {});
  #lastCrashAt = -Infinity;
  #saved: SavedWorld | undefined;
  #journal: Journal | undefined;
  #saving = false;
  #saveAgain = false;
  #noticeNumber = 0;
  #storageBroken = false;
  #backlog = new Map<string, string>();
  #output = new Map<string, Set<OutputListener>>();
  #insert = new Map<string, Set<InsertListener>>();
  #waitingInsert = new Map<string, string>();
  /** Work for the worker is done one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  /** The worker's queries. Use `run`, `hint` and `answer` for what changes the world. */
  get api(): Remote<EhloWorker> {
    if (!this.#remote) throw new Error('no world is open');
    return this.#remote;
  }

  /** A query that gives up when the worker crashes, instead of waiting for ever. */
  ask<T>(query: (api: Remote<EhloWorker>) => Promise<T>): Promise<T> {
    return Promise.race([query(this.api), this.#crashed]);
  }

  /** Opens a world and continues its saved tape, if there is one. `fresh` forgets the tape. */
  async open(scenario: ScenarioRef, fresh = false): Promise<void> {
    this.state = 'opening';
    this.scenario = scenario;
    this.#saved = undefined;
    const key = tapeKey(scenario);
    if (fresh) {
      await forget(key);
      await forgetUnder(`${key}:zone:`);
      await forgetUnder(`${key}:setting:`);
    }
    const kept = fresh ? undefined : await keptValue<SavedWorld>(key);
    // Another world was asked for meanwhile.
    if (this.scenario !== scenario) return;
    if (kept && !kept.ok) this.#storageFailed();
    else if (kept?.value?.format === 1) this.#saved = kept.value;
    await this.#openSaved();
  }

  close(): void {
    this.state = 'none';
    this.scenario = undefined;
    this.#stop();
  }

  /** Puts a command on the tape. Resolves with the engine's objection, if it has one. */
  run(command: Command): Promise<Problem | undefined> {
    if (command.type === 'line')
      this.#remember(command.terminal, `${this.#prompt(command.terminal)}${command.text}\n`);
    return this.#change((api) => this.#noted(command, api.run(command)));
  }

  /** Enters a line as if it had been typed: the terminal shows it, then it runs. For "show me" and clicked commands. */
  enter(terminal: string, text: string): Promise<Problem | undefined> {
    const view = this.terminals.find((one) => one.id === terminal);
    if (view)
      for (const listener of this.#output.get(terminal) ?? []) listener(`${view.prompt}${text}\n`, view);
    return this.run({ type: 'line', terminal, text });
  }

  /** One more terminal on a host that has some: `laptop#2`. */
  async openTerminal(host: string): Promise<string | undefined> {
    const taken = new Set(this.terminals.map((one) => one.id));
    const number = [1, 2, 3, 4, 5, 6, 7, 8, 9].find((n) => !taken.has(`${host}#${n}`));
    if (number === undefined) return undefined;
    const terminal = `${host}#${number}`;
    await this.#change((api) => api.run({ type: 'line', terminal, text: '' }));
    return this.terminals.some((one) => one.id === terminal) ? terminal : undefined;
  }

  async hint(goal: string): Promise<void> {
    const lesson = await this.#change((api) => api.hint(goal));
    if (lesson) this.lesson = lesson;
  }

  async answer(question: string, choice: string): Promise<void> {
    const command: Command = { type: 'answer', question, choice };
    const lesson = await this.#change((api) => this.#noted(command, api.answer(question, choice)));
    if (lesson) this.lesson = lesson;
  }

  /**
   * Calls back with everything that terminal prints from now on; what it printed before, typed lines included, comes at
   * once as one piece. Returns the way to stop.
   */
  onTerminalOutput(id: string, listener: OutputListener): () => void {
    const backlog = this.#backlog.get(id);
    const view = this.terminals.find((one) => one.id === id);
    if (backlog && view) listener(backlog, view);
    return add(this.#output, id, listener);
  }

  /** Calls back with text that a click wants on that terminal's input line. */
  onInsert(id: string, listener: InsertListener): () => void {
    const waiting = this.#waitingInsert.get(id);
    this.#waitingInsert.delete(id);
    if (waiting !== undefined) listener(waiting);
    return add(this.#insert, id, listener);
  }

  /** Puts text on the input line of the active terminal, or of the first one on `host`; Enter stays the learner's. */
  insertIntoTerminal(text: string, host?: string): void {
    const terminal = host
      ? this.terminals.find((one) => one.host === host || one.host.startsWith(`${host}.`))
      : (this.terminals.find((one) => one.id === this.activeTerminal) ?? this.terminals[0]);
    if (!terminal) return;
    this.activeTerminal = terminal.id;
    const listeners = this.#insert.get(terminal.id);
    if (!listeners?.size) this.#waitingInsert.set(terminal.id, text);
    for (const listener of listeners ?? []) listener(text);
  }

  notify(problem: Problem, tone: Notice['tone'] = 'info'): void {
    this.notices = [...this.notices, { number: ++this.#noticeNumber, tone, problem }];
  }

  dismiss(notice: Notice): void {
    this.notices = this.notices.filter((one) => one.number !== notice.number);
  }

  /** Written down at once; crossed out when the engine refuses it. */
  async #noted<T>(command: Command, running: Promise<T>): Promise<T> {
    const journal = this.#journal;
    journal?.add(command);
    const result = await running;
    if (command.type !== 'answer' && result !== undefined) journal?.remove(command);
    return result;
  }

  #change<T>(change: (api: Remote<EhloWorker>) => Promise<T>): Promise<T | undefined> {
    const turn = this.#queue.then(async () => {
      if (this.state !== 'open') return undefined;
      this.busy++;
      try {
        const result = await this.ask(change);
        this.#save();
        return result;
      } catch (error) {
        if (!(error instanceof EngineCrashed)) void this.#restart();
        return undefined;
      } finally {
        this.busy--;
      }
    });
    this.#queue = turn;
    return turn;
  }

  async #openSaved(): Promise<void> {
    const scenario = this.scenario;
    if (!scenario) return;
    this.#stop();
    this.#backlog.clear();
    this.coach = [];
    try {
      const remote = this.#start();
      await withinLimit(Promise.race([remote.ready(), this.#crashed]), readyLimitMs);
      await Promise.race([remote.listen(proxy((update: Update) => this.#take(update))), this.#crashed]);
      const kept = this.#saved;
      const whole = kept && withJournal(tapeKey(scenario), kept);
      let opened = await Promise.race([remote.open(scenario, whole), this.#crashed]);
      // What the journal added does not fit after all: the stored tape alone is worth more than nothing.
      if (opened.problem && whole !== kept)
        opened = await Promise.race([remote.open(scenario, kept), this.#crashed]);
      if (this.scenario === scenario && this.#remote === remote)
        this.#show(opened, opened.problem ? 0 : (whole?.commands.length ?? 0));
    } catch {
      if (this.scenario !== scenario) return;
      this.#stop();
      if (this.#saved) return this.#openFresh(scenario);
      this.state = 'failed';
    }
  }

  /** The tape brought the engine down: it is put aside, and the world starts anew. */
  async #openFresh(scenario: ScenarioRef): Promise<void> {
    await keep(`${tapeKey(scenario)}:broken`, this.#saved);
    await forget(tapeKey(scenario));
    this.#saved = undefined;
    this.notify({ id: 'tapeBroken' }, 'fail');
    await this.#openSaved();
  }

  #show(opened: OpenedWorld, tapeLength: number): void {
    this.version = opened.engine;
    this.hosts = opened.hosts;
    this.links = opened.links ?? [];
    this.zoneMinutes = opened.zoneMinutes ?? 0;
    this.terminals = opened.terminals;
    this.zones = opened.zones;
    this.settings = opened.settings;
    this.head = opened.head;
    this.marks = opened.marks;
    this.lesson = opened.lesson;
    if (!opened.terminals.some((one) => one.id === this.activeTerminal)) {
      this.activeTerminal = opened.terminals[0]?.id ?? '';
    }
    if (opened.problem) this.notify(opened.problem, 'fail');
    this.world++;
    this.state = 'open';
    this.#journal = this.scenario && new Journal(tapeKey(this.scenario), tapeLength);
    this.#save();
  }

  #take(update: Update): void {
    this.head = update.head;
    if (update.marks.length > 0) {
      const last = this.marks.at(-1)?.seq ?? -1;
      this.marks = [...this.marks, ...update.marks.filter((mark) => mark.seq > last)];
    }
    for (const { terminal, output, view } of update.terminals) {
      const known = this.terminals.some((one) => one.id === terminal);
      this.terminals = known
        ? this.terminals.map((one) => (one.id === terminal ? view : one))
        : [...this.terminals, view];
      this.#remember(terminal, output);
      for (const listener of this.#output.get(terminal) ?? []) listener(output, view);
    }
    if (update.coach.length > 0) this.coach = [...this.coach, ...update.coach].slice(-50);
    if (update.zones) this.zones = update.zones;
    if (update.settings) this.settings = update.settings;
    if (update.lesson) this.lesson = update.lesson;
  }

  #prompt(terminal: string): string {
    return this.terminals.find((one) => one.id === terminal)?.prompt ?? '';
  }

  #remember(terminal: string, text: string): void {
    this.#backlog.set(terminal, ((this.#backlog.get(terminal) ?? '') + text).slice(-backlogCharacters));
  }

  /** Saves are never under way twice; what changes meanwhile is saved right after. */
  #save(): void {
    if (this.#saving) {
      this.#saveAgain = true;
      return;
    }
    const scenario = this.scenario;
    if (!scenario) return;
    this.#saving = true;
    void (async () => {
      try {
        const journal = this.#journal;
        const included = journal?.length ?? 0;
        const saved = await this.ask((api) => api.save());
        if (this.scenario !== scenario) return;
        this.#saved = saved;
        const kept = await keep(tapeKey(scenario), saved);
        if (kept.ok) journal?.stored(saved.commands.length, included);
        else this.#storageFailed();
      } catch {
        // A crash is dealt with where it is noticed.
      } finally {
        this.#saving = false;
        if (this.#saveAgain) {
          this.#saveAgain = false;
          this.#save();
        }
      }
    })();
  }

  #storageFailed(): void {
    if (this.#storageBroken) return;
    this.#storageBroken = true;
    this.notify({ id: 'storageFailed' }, 'fail');
  }

  #start(): Remote<EhloWorker> {
    const worker = new EngineWorker();
    this.#worker = worker;
    this.#crashed = new Promise((_resolve, reject) => {
      this.#crash = reject;
    });
    this.#crashed.catch(() => {});
    worker.onerror = (event) => {
      event.preventDefault();
      this.#crash(new EngineCrashed(event.message));
      if (this.state === 'open') void this.#restart();
    };
    this.#remote = wrap<EhloWorker>(worker);
    return this.#remote;
  }

  #stop(): void {
    this.#crash(new EngineCrashed('stopped'));
    this.#remote?.[releaseProxy]();
    this.#remote = undefined;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #restart(): Promise<void> {
    const scenario = this.scenario;
    if (!scenario || this.state !== 'open') return;
    this.state = 'opening';
    this.#journal?.clear();
    const now = performance.now();
    const again = now - this.#lastCrashAt < crashLoopMs;
    this.#lastCrashAt = now;
    if (again && this.#saved) return this.#openFresh(scenario);
    this.notify({ id: 'engineRestarted' }, 'info');
    await this.#openSaved();
  }
}

function add<T>(all: Map<string, Set<T>>, id: string, listener: T): () => void {
  const listeners = all.get(id) ?? new Set<T>();
  all.set(id, listeners);
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function withinLimit<T>(promise: Promise<T>, limitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new EngineCrashed('not ready in time')), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

export const engine = new Engine();
