// POSIX extended regular expressions for `:regex`, matched without backtracking: all possibilities step through the text
// together, so the time is bounded by pattern times text whatever the pattern. Leftmost match, longest among those.
// draft-ietf-sieve-regex and IEEE 1003.1 §9.4 first.

export type RegexProblem =
  | 'back-reference'
  | 'bad-escape'
  | 'bad-range'
  | 'bad-repetition'
  | 'too-big'
  | 'unclosed-bracket'
  | 'unclosed-group'
  | 'unknown-class'
  | 'nothing-to-repeat'
  | 'too-deep';

export interface RegexError {
  readonly code: RegexProblem;
  /** Place in the pattern, from 0. */
  readonly at: number;
}

interface CharSet {
  readonly negated: boolean;
  /** Inclusive pairs of code units. */
  readonly ranges: readonly (readonly [number, number])[];
}

type Instruction =
  | { readonly op: 'char'; readonly code: number }
  | { readonly op: 'any' }
  | { readonly op: 'set'; readonly set: CharSet }
  | { readonly op: 'split'; first: number; second: number }
  | { readonly op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'start' }
  | { readonly op: 'end' }
  | { readonly op: 'match' };

/** A compiled expression: plain data. */
export interface Regex {
  readonly program: readonly Instruction[];
  readonly groups: number;
}

type Node =
  | { readonly kind: 'empty' }
  | { readonly kind: 'char'; readonly code: number }
  | { readonly kind: 'any' }
  | { readonly kind: 'set'; readonly set: CharSet }
  | { readonly kind: 'anchor'; readonly op: 'start' | 'end' }
  | { readonly kind: 'group'; readonly index: number; readonly inner: Node }
  | { readonly kind: 'concat'; readonly parts: readonly Node[] }
  | { readonly kind: 'either'; readonly parts: readonly Node[] }
  | { readonly kind: 'repeat'; readonly inner: Node; readonly min: number; readonly max: number };

export const REGEX_LIMITS = { program: 4000, repetition: 255, depth: 50 } as const;

const CLASSES: Readonly<Record<string, readonly (readonly [number, number])[]>> = {
  alpha: [
    [65, 90],
    [97, 122],
  ],
  digit: [[48, 57]],
  alnum: [
    [48, 57],
    [65, 90],
    [97, 122],
  ],
  upper: [[65, 90]],
  lower: [[97, 122]],
  space: [
    [9, 13],
    [32, 32],
  ],
  blank: [
    [9, 9],
    [32, 32],
  ],
  punct: [
    [33, 47],
    [58, 64],
    [91, 96],
    [123, 126],
  ],
  print: [[32, 126]],
  graph: [[33, 126]],
  cntrl: [
    [0, 31],
    [127, 127],
  ],
  xdigit: [
    [48, 57],
    [65, 70],
    [97, 102],
  ],
};

/** Unwinds the recursive descent; never leaves this file. */
class Failure extends Error {
  constructor(readonly error: RegexError) {
    super(error.code);
  }
}

/** Compiles a pattern, or tells what is wrong with it and where. */
export function compileRegex(pattern: string): { readonly regex: Regex } | { readonly error: RegexError } {
  let at = 0;
  let groups = 0;
  const fail = (code: RegexProblem, where = at): never => {
    throw new Failure({ code, at: where });
  };
  const peek = (): string => pattern.charAt(at);

  const parseBracket = (): Node => {
    const open = at;
    at++;
    const negated = peek() === '^';
    if (negated) at++;
    const ranges: [number, number][] = [];
    let first = true;
    const element = (): number => {
      if (pattern.startsWith('[.', at) || pattern.startsWith('[=', at)) {
        const close = pattern.indexOf(`${pattern.charAt(at + 1)}]`, at + 2);
        if (close !== at + 3) fail('unknown-class');
        const code = pattern.charCodeAt(at + 2);
        at = close + 2;
        return code;
      }
      return pattern.charCodeAt(at++);
    };
    for (;;) {
      if (at >= pattern.length) fail('unclosed-bracket', open);
      if (peek() === ']' && !first) break;
      first = false;
      if (pattern.startsWith('[:', at)) {
        const close = pattern.indexOf(':]', at + 2);
        const ofClass = close < 0 ? undefined : CLASSES[pattern.slice(at + 2, close)];
        if (ofClass === undefined) fail('unknown-class');
        for (const [low, high] of ofClass ?? []) ranges.push([low, high]);
        at = close + 2;
        continue;
      }
      const low = element();
      if (peek() === '-' && at + 1 < pattern.length && pattern.charAt(at + 1) !== ']') {
        at++;
        const high = element();
        if (high < low) fail('bad-range');
        ranges.push([low, high]);
      } else ranges.push([low, low]);
    }
    at++;
    return { kind: 'set', set: { negated, ranges } };
  };

  const parseAtom = (depth: number): Node => {
    const char = peek();
    switch (char) {
      case '(': {
        const open = at++;
        const index = ++groups;
        const inner = parseEither(depth + 1);
        if (peek() !== ')') fail('unclosed-group', open);
        at++;
        return { kind: 'group', index, inner };
      }
      case '[':
        return parseBracket();
      case '.':
        at++;
        return { kind: 'any' };
      case '^':
        at++;
        return { kind: 'anchor', op: 'start' };
      case '$':
        at++;
        return { kind: 'anchor', op: 'end' };
      case '*':
      case '+':
      case '?':
        return fail('nothing-to-repeat');
      case '\\': {
        if (at + 1 >= pattern.length) fail('bad-escape');
        const next = pattern.charAt(at + 1);
        if (next >= '1' && next <= '9') fail('back-reference');
        at += 2;
        return { kind: 'char', code: next.charCodeAt(0) };
      }
      default:
        at++;
        return { kind: 'char', code: char.charCodeAt(0) };
    }
  };

  const parseRepetition = (inner: Node): Node => {
    const char = peek();
    if (char === '*' || char === '+' || char === '?') {
      at++;
      return { kind: 'repeat', inner, min: char === '+' ? 1 : 0, max: char === '?' ? 1 : Infinity };
    }
    const bounds = /^\{(\d{1,4})(,(\d{0,4}))?\}/.exec(pattern.slice(at, at + 12));
    if (bounds === null) return fail('bad-repetition');
    const min = Number(bounds[1]);
    const max = bounds[2] === undefined ? min : bounds[3] === '' ? Infinity : Number(bounds[3]);
    if (min > max || min > REGEX_LIMITS.repetition || (max !== Infinity && max > REGEX_LIMITS.repetition))
      fail('bad-repetition');
    at += bounds[0].length;
    return { kind: 'repeat', inner, min, max };
  };

  const parseConcat = (depth: number): Node => {
    const parts: Node[] = [];
    // Outside of every group a closing parenthesis is an ordinary character.
    const ends = (): boolean => at >= pattern.length || peek() === '|' || (peek() === ')' && depth > 0);
    while (!ends()) {
      let atom = parseAtom(depth);
      while (/^[*+?{]$/.test(peek())) atom = parseRepetition(atom);
      parts.push(atom);
    }
    return parts.length === 0 ? { kind: 'empty' } : { kind: 'concat', parts };
  };

  const parseEither = (depth: number): Node => {
    if (depth > REGEX_LIMITS.depth) fail('too-deep');
    const parts = [parseConcat(depth)];
    while (peek() === '|') {
      at++;
      parts.push(parseConcat(depth));
    }
    return parts.length === 1 ? (parts[0] as Node) : { kind: 'either', parts };
  };

  const program: Instruction[] = [];
  const emit = <T extends Instruction>(instruction: T): T => {
    if (program.length >= REGEX_LIMITS.program) fail('too-big', 0);
    program.push(instruction);
    return instruction;
  };

  const emitNode = (node: Node): void => {
    switch (node.kind) {
      case 'empty':
        return;
      case 'char':
        emit({ op: 'char', code: node.code });
        return;
      case 'any':
        emit({ op: 'any' });
        return;
      case 'set':
        emit({ op: 'set', set: node.set });
        return;
      case 'anchor':
        emit({ op: node.op });
        return;
      case 'group':
        emit({ op: 'save', slot: node.index * 2 });
        emitNode(node.inner);
        emit({ op: 'save', slot: node.index * 2 + 1 });
        return;
      case 'concat':
        node.parts.forEach(emitNode);
        return;
      case 'either': {
        const ends: { to: number }[] = [];
        node.parts.forEach((part, index) => {
          if (index === node.parts.length - 1) {
            emitNode(part);
            return;
          }
          const split = emit({ op: 'split' as const, first: program.length + 1, second: 0 });
          emitNode(part);
          ends.push(emit({ op: 'jump' as const, to: 0 }));
          split.second = program.length;
        });
        for (const jump of ends) jump.to = program.length;
        return;
      }
      case 'repeat': {
        for (let i = 0; i < node.min; i++) {
          const before = program.length;
          emitNode(node.inner);
          // What is empty once is empty always; counting on would let `a{0}{255}{255}…` take for ever.
          if (program.length === before) break;
        }
        if (node.max === Infinity) {
          const head = program.length;
          const split = emit({ op: 'split' as const, first: head + 1, second: 0 });
          emitNode(node.inner);
          emit({ op: 'jump', to: head });
          split.second = program.length;
          return;
        }
        const splits: { second: number }[] = [];
        for (let i = node.min; i < node.max; i++) {
          splits.push(emit({ op: 'split' as const, first: program.length + 1, second: 0 }));
          const before = program.length;
          emitNode(node.inner);
          if (program.length === before) break;
        }
        for (const split of splits) split.second = program.length;
      }
    }
  };

  try {
    const tree = parseEither(0);
    emit({ op: 'save', slot: 0 });
    emitNode(tree);
    emit({ op: 'save', slot: 1 });
    emit({ op: 'match' });
    return { regex: { program, groups } };
  } catch (thrown) {
    if (thrown instanceof Failure) return { error: thrown.error };
    throw thrown;
  }
}

const flipCase = (code: number): number =>
  code >= 65 && code <= 90 ? code + 32 : code >= 97 && code <= 122 ? code - 32 : code;

function inSet(set: CharSet, code: number, ignoreCase: boolean): boolean {
  const holds = (c: number): boolean => set.ranges.some(([low, high]) => c >= low && c <= high);
  const found = holds(code) || (ignoreCase && holds(flipCase(code)));
  return found !== set.negated;
}

interface Thread {
  readonly at: number;
  readonly saved: readonly number[];
}

export interface RegexOutcome {
  /** The whole match and its groups ('' for a group that took no part); undefined without a match. */
  readonly values?: readonly string[];
  /** Steps taken, to be charged to the script. */
  readonly steps: number;
  /** The step limit ended the search. */
  readonly exhausted: boolean;
}

/** Searches `text` for the leftmost, then longest match. `maxSteps` bounds the work. */
export function matchRegex(regex: Regex, text: string, ignoreCase: boolean, maxSteps: number): RegexOutcome {
  const { program } = regex;
  const marks = new Int32Array(program.length).fill(-1);
  let steps = 0;
  let best: readonly number[] | undefined;

  // Follows everything that takes no character; an explicit stack, since patterns may chain thousands of splits.
  const add = (list: Thread[], from: number, saved: readonly number[], position: number): void => {
    const stack: Thread[] = [{ at: from, saved }];
    for (;;) {
      const top = stack.pop();
      if (top === undefined) return;
      if (marks[top.at] === position) continue;
      marks[top.at] = position;
      steps++;
      const instruction = program[top.at] as Instruction;
      switch (instruction.op) {
        case 'jump':
          stack.push({ at: instruction.to, saved: top.saved });
          break;
        case 'split':
          stack.push(
            { at: instruction.second, saved: top.saved },
            { at: instruction.first, saved: top.saved },
          );
          break;
        case 'save': {
          const copy = top.saved.slice();
          copy[instruction.slot] = position;
          stack.push({ at: top.at + 1, saved: copy });
          break;
        }
        case 'start':
          if (position === 0) stack.push({ at: top.at + 1, saved: top.saved });
          break;
        case 'end':
          if (position === text.length) stack.push({ at: top.at + 1, saved: top.saved });
          break;
        default:
          list.push(top);
      }
    }
  };

  const unset: readonly number[] = new Array<number>(regex.groups * 2 + 2).fill(-1);
  let threads: Thread[] = [];
  for (let position = 0; position <= text.length; position++) {
    // A thread that began later has lower rank, so the marks keep the leftmost one.
    if (best === undefined) add(threads, 0, unset, position);
    if (threads.length === 0 && best !== undefined) break;
    const next: Thread[] = [];
    const code = position < text.length ? text.charCodeAt(position) : -1;
    const consumed: Thread[] = [];
    for (const thread of threads) {
      steps++;
      if (best !== undefined && (thread.saved[0] as number) > (best[0] as number)) continue;
      const instruction = program[thread.at] as Instruction;
      if (instruction.op === 'match') {
        const start = thread.saved[0] as number;
        if (best === undefined || start < (best[0] as number) || position > (best[1] as number))
          best = thread.saved;
        continue;
      }
      if (code < 0) continue;
      const takes =
        instruction.op === 'any' ||
        (instruction.op === 'char' &&
          (instruction.code === code || (ignoreCase && instruction.code === flipCase(code)))) ||
        (instruction.op === 'set' && inSet(instruction.set, code, ignoreCase));
      if (takes) consumed.push({ at: thread.at + 1, saved: thread.saved });
    }
    for (const thread of consumed) add(next, thread.at, thread.saved, position + 1);
    threads = next;
    if (steps > maxSteps) return { steps, exhausted: true };
  }
  if (best === undefined) return { steps, exhausted: false };
  const values: string[] = [];
  for (let group = 0; group <= regex.groups; group++) {
    const start = best[group * 2] ?? -1;
    const end = best[group * 2 + 1] ?? -1;
    values.push(start >= 0 && end >= start ? text.slice(start, end) : '');
  }
  return { values, steps, exhausted: false };
}
