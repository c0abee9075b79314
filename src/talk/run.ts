// Plays a transcript against a target: a session, a world, a socket. It yields what it wants done and gets the result back,
// so that one runner serves synchronous and asynchronous targets. Knows no protocol.

import { fromLatin1, latin1, type Bytes } from '../base/bytes.ts';
import { matches, substitute, type Bindings } from './match.ts';
import type { Talk, TalkStep } from './parse.ts';

type Maybe<T> = T | Promise<T>;

/** What came since the last look, and whether the other end has closed. */
export interface Received {
  readonly bytes: Uint8Array;
  readonly closed: boolean;
}

/**
 * What a transcript is played against. `receive` gives what has arrived by now; a target on real time waits a little before
 * it gives up. `directive` handles `@ name argument` and returns a complaint, or undefined when all is well.
 */
export interface TalkTarget {
  connect(connection: string): Maybe<void>;
  send(connection: string, bytes: Bytes): Maybe<void>;
  receive(connection: string): Maybe<Received>;
  close(connection: string): Maybe<void>;
  wait(ms: number): Maybe<void>;
  directive?(
    name: string,
    argument: string,
    block: readonly string[] | undefined,
    bindings: Bindings,
  ): Maybe<string | undefined>;
}

/** One thing that is not as the transcript says. */
export interface TalkDifference {
  readonly line: number;
  readonly expected: string;
  readonly actual: string;
}

export interface TalkResult {
  readonly differences: readonly TalkDifference[];
  /** How many expectations were looked at. */
  readonly checked: number;
}

export interface TalkOptions {
  /** Applied to every expected and every actual line; undefined drops the line. */
  readonly normalize?: (line: string) => string | undefined;
  /** After `@ wait` and before `S:`, the server must have been silent (recordings say so). */
  readonly silentWaits?: boolean;
}

type Request = (target: TalkTarget) => Maybe<unknown>;

const NOTHING = '(nothing)';

/** The runner itself: yields acts on the target, takes their results. */
function* running(talk: Talk, options: TalkOptions): Generator<Request, TalkResult, unknown> {
  const bindings: Bindings = new Map();
  const normalize = options.normalize ?? ((line: string): string | undefined => line);
  const unread = new Map<string, string>();
  const closed = new Set<string>();
  const opened = new Set<string>();
  const differences: TalkDifference[] = [];
  let checked = 0;
  let group: { left: number; connection: string; text: string } | undefined;

  function* open(connection: string): Generator<Request, void, unknown> {
    if (opened.has(connection)) return;
    opened.add(connection);
    unread.set(connection, '');
    yield (target) => target.connect(connection);
  }
  function* look(connection: string): Generator<Request, string, unknown> {
    yield* open(connection);
    const got = (yield (target) => target.receive(connection)) as Received;
    if (got.closed) closed.add(connection);
    const text = (unread.get(connection) ?? '') + fromLatin1(got.bytes);
    unread.set(connection, text);
    return text;
  }
  function* nextLine(connection: string): Generator<Request, string | undefined, unknown> {
    for (;;) {
      let text = unread.get(connection) ?? '';
      if (!text.includes('\n')) text = yield* look(connection);
      const end = text.indexOf('\n');
      if (end < 0) return undefined;
      unread.set(connection, text.slice(end + 1));
      const line = normalize(text.slice(0, end).replace(/\r$/, ''));
      if (line !== undefined) return line;
    }
  }
  const differ = (step: TalkStep, expected: string, actual: string): void => {
    differences.push({ line: step.line, expected, actual });
  };
  const left = (connection: string): string =>
    (unread.get(connection) ?? '')
      .split('\n')
      .filter((line) => line !== '' && normalize(line.replace(/\r$/, '')) !== undefined)
      .join('\n');

  for (const [i, step] of talk.steps.entries()) {
    switch (step.kind) {
      case 'group':
        group = { left: step.size, connection: '', text: '' };
        break;
      case 'client': {
        yield* open(step.connection);
        const text = talk.notation === 'talk' ? substitute(step.text, bindings) : step.text;
        if (group) {
          group = { left: group.left - 1, connection: step.connection, text: group.text + text };
          if (group.left > 0) break;
        }
        const bytes = latin1(group?.text ?? text);
        group = undefined;
        yield (target) => target.send(step.connection, bytes);
        break;
      }
      case 'server': {
        yield* open(step.connection);
        const wanted = normalize(step.pattern);
        if (wanted === undefined) break;
        checked++;
        const seen: string[] = [];
        for (;;) {
          const line = yield* nextLine(step.connection);
          if (line !== undefined && matches(wanted, line, bindings, talk.notation)) break;
          seen.push(line ?? NOTHING);
          if (line === undefined || !step.skip) {
            differ(step, wanted, seen.join('\n'));
            break;
          }
        }
        break;
      }
      case 'server bytes': {
        checked++;
        const text = yield* look(step.connection);
        const actual = text.slice(0, step.pattern.length);
        if (matches(step.pattern, actual, bindings, talk.notation))
          unread.set(step.connection, text.slice(actual.length));
        else differ(step, step.pattern, actual === '' ? NOTHING : actual);
        break;
      }
      case 'wait': {
        const next = talk.steps[i + 1];
        if (options.silentWaits && next?.kind === 'server') {
          yield* look(next.connection);
          const early = left(next.connection);
          if (early !== '') differ(step, `silence for ${step.ms} ms`, early);
        }
        yield (target) => target.wait(step.ms);
        break;
      }
      case 'no reply': {
        checked++;
        yield* look(step.connection);
        const text = left(step.connection);
        if (text !== '') differ(step, NOTHING, text);
        break;
      }
      case 'drop':
        yield (target) => target.close(step.connection);
        break;
      case 'close': {
        checked++;
        yield* look(step.connection);
        const text = left(step.connection);
        if (text !== '') differ(step, '(closed)', text);
        if (!closed.has(step.connection)) differ(step, '(closed)', '(still open)');
        unread.set(step.connection, '');
        break;
      }
      case 'directive': {
        checked++;
        const { name, argument, block } = step;
        const complaint = (yield (target) =>
          target.directive === undefined
            ? `nobody knows @ ${name}`
            : target.directive(name, argument, block, bindings)) as string | undefined;
        if (complaint !== undefined) differ(step, `@ ${name} ${argument}`.trim(), complaint);
        break;
      }
    }
  }
  for (const connection of opened) {
    yield* look(connection);
    const text = left(connection);
    if (text !== '') differences.push({ line: 0, expected: '(end of transcript)', actual: text });
  }
  return { differences, checked };
}

/** Plays a transcript against a target that answers at once. */
export function playSync(talk: Talk, target: TalkTarget, options: TalkOptions = {}): TalkResult {
  const run = running(talk, options);
  let step = run.next();
  while (!step.done) {
    const result = step.value(target);
    if (result instanceof Promise) throw new Error('this target is asynchronous: use play');
    step = run.next(result);
  }
  return step.value;
}

/** Plays a transcript against any target. */
export async function play(talk: Talk, target: TalkTarget, options: TalkOptions = {}): Promise<TalkResult> {
  const run = running(talk, options);
  let step = run.next();
  while (!step.done) step = run.next(await step.value(target));
  return step.value;
}

/** Differences as people read them. */
export function showDifferences(result: TalkResult): string {
  return result.differences
    .map(({ line, expected, actual }) => `line ${line}: expected ${expected}\n  but got ${actual}`)
    .join('\n');
}
