// The worker's door: hands the page's calls to the engine and pushes what is new after every command. The engine itself
// knows nothing of workers. An error in here reaches the page as a rejected call.

import { expose } from 'comlink';
import { loadLesson } from 'virtual:lessons';
import { worlds } from 'virtual:worlds';
import type { EhloWorker, Update } from './api.ts';
import { Engine, ENGINE } from './engine.ts';
import { startOf, type Library } from './start.ts';

const library: Library = { world: (name) => worlds[name], lesson: loadLesson };

let engine: Engine | undefined;
let listener: ((update: Update) => unknown) | undefined;

function current(): Engine {
  if (engine === undefined) throw new Error('no world is open');
  return engine;
}

/** Tells the page what is new, in one piece. */
async function push(): Promise<void> {
  await listener?.(current().update());
}

const worker: EhloWorker = {
  ready: async () => ({ engine: ENGINE }),
  open: async (scenario, saved) => {
    engine = new Engine(scenario, await startOf(scenario, library), saved);
    const opened = engine.opened();
    // What stood on the screens comes first, so that the terminals are filled when the page shows them.
    await listener?.({ head: opened.head, marks: [], terminals: engine.screens(), coach: [] });
    return opened;
  },
  listen: async (next) => {
    listener = next;
  },
  run: async (command) => {
    const problem = current().run(command);
    await push();
    return problem;
  },
  worldAt: async (seq) => current().worldAt(seq),
  why: async (target) => {
    const view = current().why(target);
    if (view === undefined) throw new Error('there is nothing to explain');
    return view;
  },
  mailboxes: async (seq) => current().mailboxes(seq),
  message: async (id) => current().message(id),
  log: async (host, seq) => current().log(host, seq),
  analyseZone: async (zone, text) => current().analyseZone(zone, text),
  caches: async (zone) => current().caches(zone),
  complete: async (terminal, line) => current().complete(terminal, line),
  hint: async (goal) => current().hint(goal),
  answer: async (question, choice) => {
    const view = current().answer(question, choice);
    await push();
    return view;
  },
  solution: async () => current().solution(),
  save: async () => current().save(),
};

expose(worker);
