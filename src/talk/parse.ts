// Reads transcripts: our own `.talk` files and the notation of recorded sessions. A transcript is a list of steps; what they
// mean is `run.ts`'s. The notation is described in `src/talk/README.md`.

import { utf8, fromLatin1 } from '../base/bytes.ts';

/** `talk`: `*` and `$name` mean something. `recording`: only `⟨name⟩` does, all else is literal. */
export type Notation = 'talk' | 'recording';

/** Every step carries the line it stands on, from 1. Text is a binary string. */
export type TalkStep = { readonly line: number } & (
  | { readonly kind: 'client'; readonly connection: string; readonly text: string }
  | { readonly kind: 'server'; readonly connection: string; readonly pattern: string; readonly skip: boolean }
  | { readonly kind: 'server bytes'; readonly connection: string; readonly pattern: string }
  | { readonly kind: 'group'; readonly size: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'no reply'; readonly connection: string }
  | { readonly kind: 'drop'; readonly connection: string }
  | { readonly kind: 'close'; readonly connection: string }
  /** Anything else after `@`: the target's business. `block` holds the lines between `----` and `----`. */
  | {
      readonly kind: 'directive';
      readonly connection: string;
      readonly name: string;
      readonly argument: string;
      readonly block: readonly string[] | undefined;
    }
);

export interface Talk {
  readonly notation: Notation;
  readonly comments: readonly string[];
  /** `world: one-server` and its like, before the first step. */
  readonly header: Readonly<Record<string, string>>;
  readonly steps: readonly TalkStep[];
}

export class TalkSyntaxError extends Error {
  constructor(
    readonly line: number,
    message: string,
  ) {
    super(`line ${line}: ${message}`);
  }
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  '': 1000,
};

/** `\x0D` becomes the byte, `\\` a backslash in our own notation; characters beyond ASCII become their UTF-8 bytes. */
function unescape(text: string, notation: Notation): string {
  const bytes = text.replace(/[^\0-\x7f⟨⟩]+/g, (found) => fromLatin1(utf8(found))); // eslint-disable-line no-control-regex
  const escapes = notation === 'talk' ? /\\(?:x([0-9A-Fa-f]{2})|\\)/g : /\\x([0-9A-Fa-f]{2})/g;
  return bytes.replace(escapes, (_, hex: string | undefined) =>
    hex === undefined ? '\\' : String.fromCharCode(parseInt(hex, 16)),
  );
}

const STEP = /^(?:(\d+) )?(C:|C\||C~|S:|S~|S\|~|S\||S\.\.\.)(?: (.*))?$/;

/** Reads a transcript. Throws TalkSyntaxError for a line that means nothing and for a file that expects nothing. */
export function parseTalk(text: string, notation: Notation = 'talk'): Talk {
  const lines = text.split('\n');
  const comments: string[] = [];
  const header: Record<string, string> = {};
  const steps: TalkStep[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = i + 1;
    const source = (lines[i] ?? '').replace(/\r$/, '');
    const step = STEP.exec(source);
    if (step) {
      const connection = step[1] ?? '1';
      const raw = step[3] ?? '';
      const words = unescape(raw, notation);
      switch (step[2]) {
        case 'C:':
        case 'C|':
          steps.push({ kind: 'client', line, connection, text: `${words}\r\n` });
          break;
        case 'C~':
          steps.push({ kind: 'client', line, connection, text: words });
          break;
        case 'S:':
        case 'S|':
          steps.push({ kind: 'server', line, connection, pattern: words, skip: false });
          break;
        case 'S...':
          steps.push({ kind: 'server', line, connection, pattern: words, skip: true });
          break;
        default:
          steps.push({ kind: 'server bytes', line, connection, pattern: words });
      }
      continue;
    }
    if (source.trim() === '') continue;
    if (source.startsWith('#')) {
      comments.push(source.slice(1).trim());
      continue;
    }
    const directive = /^(?:(\d+) )?@ (.*)$/.exec(source);
    if (directive) {
      const connection = directive[1] ?? '1';
      const words = (directive[2] ?? '').trim();
      let block: string[] | undefined;
      if (lines[i + 1] === '----') {
        block = [];
        for (i += 2; i < lines.length && lines[i] !== '----'; i++) block.push(lines[i] ?? '');
        if (i >= lines.length) throw new TalkSyntaxError(line, 'the block has no closing ----');
      }
      steps.push({ line, ...readDirective(words, connection, block, line) });
      continue;
    }
    const pair = /^([a-z][a-z -]*): (.*)$/.exec(source);
    if (pair && steps.length === 0) {
      header[pair[1] ?? ''] = (pair[2] ?? '').trim();
      continue;
    }
    throw new TalkSyntaxError(line, `this means nothing: ${source}`);
  }
  if (!steps.some(expects)) throw new TalkSyntaxError(lines.length, 'the file expects nothing');
  return { notation, comments, header, steps };
}

/** Whether a step can fail. */
function expects(step: TalkStep): boolean {
  switch (step.kind) {
    case 'server':
    case 'server bytes':
    case 'no reply':
    case 'close':
    case 'directive':
      return true;
    case 'client':
    case 'group':
    case 'wait':
    case 'drop':
      return false;
  }
}

/** Distributes over the union, so that every kind keeps its own fields. */
type WithoutLine<T> = T extends unknown ? Omit<T, 'line'> : never;

function readDirective(
  words: string,
  connection: string,
  block: readonly string[] | undefined,
  line: number,
): WithoutLine<TalkStep> {
  if (words === 'no reply') return { kind: 'no reply', connection };
  if (words === 'drop') return { kind: 'drop', connection };
  if (words === 'close') return { kind: 'close', connection };
  const [name = '', ...rest] = words.split(' ');
  const argument = rest.join(' ');
  if (name === 'group') {
    if (!/^\d+$/.test(argument)) throw new TalkSyntaxError(line, `not a number: ${argument}`);
    return { kind: 'group', size: Number(argument) };
  }
  if (name === 'wait') {
    const found = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)$/.exec(argument);
    if (!found) throw new TalkSyntaxError(line, `not a time: ${argument}`);
    return { kind: 'wait', ms: Number(found[1]) * (UNITS[found[2] ?? ''] ?? 1000) };
  }
  return { kind: 'directive', connection, name, argument, block };
}
