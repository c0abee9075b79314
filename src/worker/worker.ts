// The worker's door: hands the page's calls to the engine and pushes what is new after every command. The engine itself
// knows nothing of workers. An error in here reaches the page as a rejected call.

import { expose } from 'comlink';
import { loadLesson } from 'virtual:lessons';
import { loadWorld } from 'virtual:worlds';
import type { EhloWorker, Update } from './api.ts';
import { Engine, ENGINE } from './engine.ts';
import { startOf, type Library } from './start.ts';

const library: Library = { world: loadWorld, lesson: loadLesson };

// Pieces that come after the first prompt. Nothing runs before the first is there.
const equipment = (): Promise<unknown> => import('./equipment.ts');
const questions = (): Promise<typeof import('./questions.ts')> => import('./questions.ts');
/** Judging again, and messages of the reader's own; signatures need the curves. */
const checks = async (): Promise<typeof import('./checks.ts')> => {
  await equipment();
  return import('./checks.ts');
};
const mail = (): Promise<typeof import('./mail.ts')> => import('./mail.ts');
const mailFiles = (): Promise<typeof import('./mail-files.ts')> => import('./mail-files.ts');
const reports = (): Promise<typeof import('./reports.ts')> => import('./reports.ts');

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
    const start = await startOf(scenario, library);
    if (start.prelude.length > 0 || (saved?.commands.length ?? 0) > 0) await equipment();
    engine = new Engine(scenario, start, saved);
    const opened = engine.opened();
    // What stood on the screens comes first, so that the terminals are filled when the page shows them.
    await listener?.({ head: opened.head, marks: [], terminals: engine.screens(), coach: [] });
    return opened;
  },
  listen: async (next) => {
    listener = next;
  },
  run: async (command) => {
    await equipment();
    const problem = current().run(command);
    await push();
    return problem;
  },
  worldAt: async (seq) => current().worldAt(seq),
  why: async (target) => {
    const view = (await questions()).askWhy(current(), target);
    if (view === undefined) throw new Error('there is nothing to explain');
    return view;
  },
  mailboxes: async (seq) => current().mailboxes(seq),
  mailClients: async (seq) => (await mail()).askMailClients(current(), seq),
  mailMessage: async (client, folder, id, seq) =>
    (await mail()).askMailMessage(current(), client, folder, id, seq),
  mailConversation: async (connection, seq) => (await mail()).askMailConversation(current(), connection, seq),
  mailComparison: async (seq) => (await mail()).askMailComparison(current(), seq),
  message: async (id) => (await questions()).askMessage(current(), id),
  log: async (host, seq) => current().log(host, seq),
  analyseZone: async (zone, text) => (await questions()).askZone(current(), zone, text),
  caches: async (zone) => current().caches(zone),
  spfTree: async (zone, text, domain, record) =>
    (await questions()).askSpfTree(current(), zone, text, domain, record),
  outcomePlan: async () => (await import('./outcomes.ts')).askOutcomePlan(current()),
  outcomes: async (way) => {
    await equipment();
    return (await import('./outcomes.ts')).askOutcomes(current(), way);
  },
  dkimKey: async (ask) => (await import('./keys.ts')).dkimKey(ask),
  servers: async (zone) => current().servers(zone),
  whatIf: async (zone, text) => (await checks()).askWhatIf(current(), zone, text),
  checkable: async (id) => (await checks()).askCheckable(current(), id),
  checkOwn: async (input) => (await checks()).checkOwn(input),
  checkReport: async (input) => (await checks()).checkReport(input),
  envelopeHints: async (message) => (await checks()).envelopeHints(message),
  sample: async (name) => {
    const { description } = await startOf({ kind: 'sandbox' }, library);
    return (await checks()).makeSample(description, name);
  },
  reports: async (seq) => (await reports()).askReports(current(), seq),
  reverseNames: async (addresses) => {
    await equipment();
    return (await reports()).askReverseNames(current(), addresses);
  },
  readReport: async (id, filename, bytes) => (await reports()).readReport(id, filename, bytes),
  readMail: async (bytes, as) => (await mailFiles()).readMail(bytes, as),
  exportMail: async (ask) => (await mailFiles()).exportMail(current(), ask),
  complete: async (terminal, line) => (await questions()).askCompletions(current(), terminal, line),
  hint: async (goal) => current().hint(goal),
  answer: async (question, choice) => {
    await equipment();
    const view = current().answer(question, choice);
    await push();
    return view;
  },
  solution: async () => {
    await equipment();
    return current().solution();
  },
  save: async () => current().save(),
  traceHash: async () => current().traceHash(),
};

expose(worker);
