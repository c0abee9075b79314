// Plays a transcript against a target: a session, a world, a socket. It yields what it wants done and gets the result back,
// so that one runner serves synchronous and asynchronous targets. Knows no protocol.

import { fromLatin1, latin1, type Bytes } from '../base/bytes.ts';
import { matches, substitute, type Bindings } from './match.ts';
import type { Talk, TalkStep } from './parse.ts';

/** What came since the last look, and whether the other end has closed. */
export interface Received {
  readonly bytes: Uint8Array;
  readonly closed: boolean;
}

/** What a transcript is played against, when it answers at once. `receive` gives what has arrived by now. */
export interface TalkTarget {
  connect(connection: string): void;
  send(connection: string, bytes: Bytes): void;
  receive(connection: string): Received;
  close(connection: string): void;
  wait(ms: number): void;
  /** `@ name argument`: a complaint, or undefined when all is well. */
  directive?(
    name: string,
    argument: string,
    block: readonly string[] | undefined,
    bindings: Bindings,
  ): string | undefined;
}

/** What a transcript hopes for when it looks; `now`: what has come already. */
export type Wanted = 'line' | 'bytes' | 'now' | 'silence' | 'close';

/**
 * What the runner wants done, for whoever drives it: `playSync`, or a loop that waits for real sockets. `receive` is answered
 * by Received, `directive` by a complaint or undefined, all others by undefined.
 */
export type TalkRequest =
  | { readonly act: 'connect' | 'close'; readonly connection: string }
  /** Whoever waits for a real program knows from `wanted` how long. */
  | { readonly act: 'receive'; readonly connection: string; readonly wanted: Wanted }
  | { readonly act: 'send'; readonly connection: string; readonly bytes: Bytes }
  | { readonly act: 'wait'; readonly ms: number }
  | {
      readonly act: 'directive';
      readonly connection: string;
      readonly name: string;
      readonly argument: string;
      readonly block: readonly string[] | undefined;
      readonly bindings: Bindings;
    };

export type TalkAnswer = Received | string | undefined;

/** One thing that is not as the transcript says. */
export interface TalkDifference {
  readonly line: number;
  readonly expected: string;
  readonly actual: string;
}

export interface TalkResult {
  readonly differences: readonly TalkDifference[];
  /** What came for every expectation, as expected or not. */
  readonly answers: readonly TalkDifference[];
  /** How many expectations were looked at. */
  readonly checked: number;
}

export interface TalkOptions {
  /** Applied to every expected and every actual line; undefined drops the line. */
  readonly normalize?: (line: string) => string | undefined;
  /** After `@ wait` and before `S:`, the server must have been silent (recordings say so). */
  readonly silentWaits?: boolean;
}

const NOTHING = '(nothing)';
const CLOSED = '(closed)';
const END = '(end of transcript)';

/** The runner itself: yields what it wants done and takes the answers. */
export function* talkRun(
  talk: Talk,
  options: TalkOptions = {},
): Generator<TalkRequest, TalkResult, TalkAnswer> {
  const bindings: Bindings = new Map();
  const normalize = options.normalize ?? ((line: string): string | undefined => line);
  const unread = new Map<string, string>();
  const closed = new Set<string>();
  const opened = new Set<string>();
  const differences: TalkDifference[] = [];
  const answers: TalkDifference[] = [];
  let checked = 0;
  let group: { left: number; connection: string; text: string } | undefined;

  function* open(connection: string): Generator<TalkRequest, void, TalkAnswer> {
    if (opened.has(connection)) return;
    opened.add(connection);
    unread.set(connection, '');
    yield { act: 'connect', connection };
  }
  function* look(connection: string, wanted: Wanted): Generator<TalkRequest, string, TalkAnswer> {
    yield* open(connection);
    const got = yield { act: 'receive', connection, wanted };
    if (typeof got !== 'object') throw new Error('receive was not answered');
    if (got.closed) closed.add(connection);
    const text = (unread.get(connection) ?? '') + fromLatin1(got.bytes);
    unread.set(connection, text);
    return text;
  }
  function* nextLine(connection: string): Generator<TalkRequest, string | undefined, TalkAnswer> {
    for (;;) {
      let text = unread.get(connection) ?? '';
      if (!text.includes('\n')) text = yield* look(connection, 'line');
      const end = text.indexOf('\n');
      if (end < 0) return undefined;
      unread.set(connection, text.slice(end + 1));
      const line = normalize(text.slice(0, end).replace(/\r$/, ''));
      if (line !== undefined) return line;
    }
  }
  const answer = (step: TalkStep, expected: string, actual: string, isRight: boolean): void => {
    checked++;
    answers.push({ line: step.line, expected, actual });
    if (!isRight) differences.push({ line: step.line, expected, actual });
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
        yield { act: 'send', connection: step.connection, bytes };
        break;
      }
      case 'server': {
        yield* open(step.connection);
        const wanted = normalize(step.pattern);
        if (wanted === undefined) break;
        const seen: string[] = [];
        for (let more = true; more;) {
          const line = yield* nextLine(step.connection);
          const isRight = line !== undefined && matches(wanted, line, bindings, talk.notation);
          seen.push(line ?? NOTHING);
          more = step.skip && line !== undefined && !isRight;
          if (!more) answer(step, wanted, seen.join('\n'), isRight);
        }
        break;
      }
      case 'server bytes': {
        const text = yield* look(step.connection, 'bytes');
        const actual = text.slice(0, step.pattern.length);
        const isRight = matches(step.pattern, actual, bindings, talk.notation);
        if (isRight) unread.set(step.connection, text.slice(actual.length));
        answer(step, step.pattern, actual === '' ? NOTHING : actual, isRight);
        break;
      }
      case 'wait': {
        const next = talk.steps[i + 1];
        if (options.silentWaits && next?.kind === 'server') {
          yield* look(next.connection, 'now');
          const early = left(next.connection);
          const silence = `silence for ${step.ms} ms`;
          answer(step, silence, early === '' ? silence : early, early === '');
        }
        yield { act: 'wait', ms: step.ms };
        break;
      }
      case 'no reply': {
        yield* look(step.connection, 'silence');
        const text = left(step.connection);
        answer(step, NOTHING, text === '' ? NOTHING : text, text === '');
        break;
      }
      case 'drop':
        yield { act: 'close', connection: step.connection };
        break;
      case 'close': {
        yield* look(step.connection, 'close');
        const text = left(step.connection);
        const end = closed.has(step.connection) ? CLOSED : '(still open)';
        answer(step, CLOSED, text === '' ? end : `${text}\n${end}`, text === '' && end === CLOSED);
        unread.set(step.connection, '');
        break;
      }
      case 'directive': {
        const { name, argument, block, connection } = step;
        // TLS may be what comes first.
        if (name === 'tls') yield* open(connection);
        const complaint = yield { act: 'directive', connection, name, argument, block, bindings };
        if (typeof complaint === 'object') throw new Error('directive was not answered');
        answer(step, `@ ${name} ${argument}`.trim(), complaint ?? 'done', complaint === undefined);
        break;
      }
    }
  }
  for (const connection of opened) {
    yield* look(connection, 'silence');
    const text = left(connection);
    const end = { line: 0, expected: END, actual: text === '' ? END : text };
    answers.push(end);
    if (text !== '') differences.push(end);
  }
  return { differences, answers, checked };
}

/** Does what the runner asks for on a target that answers at once. */
export function perform(target: TalkTarget, request: TalkRequest): TalkAnswer {
  switch (request.act) {
    case 'connect':
      target.connect(request.connection);
      return undefined;
    case 'send':
      target.send(request.connection, request.bytes);
      return undefined;
    case 'receive':
      return target.receive(request.connection);
    case 'close':
      target.close(request.connection);
      return undefined;
    case 'wait':
      target.wait(request.ms);
      return undefined;
    case 'directive': {
      const { name, argument, block, bindings } = request;
      return target.directive ? target.directive(name, argument, block, bindings) : `nobody knows @ ${name}`;
    }
  }
}

/** Plays a transcript against a target that answers at once. */
export function playSync(talk: Talk, target: TalkTarget, options: TalkOptions = {}): TalkResult {
  const run = talkRun(talk, options);
  let step = run.next();
  while (!step.done) step = run.next(perform(target, step.value));
  return step.value;
}

/** Differences as people read them. */
export function showDifferences(result: TalkResult): string {
  return result.differences
    .map(({ line, expected, actual }) => `line ${line}: expected ${expected}\n  but got ${actual}`)
    .join('\n');
}
