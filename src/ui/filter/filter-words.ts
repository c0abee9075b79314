// What the filter editor says about a place in a script, about a mistake, and how a mistake can be mended. Pure: texts come
// from the dictionary, facts from the language table and the checker.

import { parseSieve } from '../../sieve/parser.ts';
import { stringsOf, type SyntaxNode } from '../../sieve/ast.ts';
import { COMMAND_NAMES } from '../../sieve/language.ts';
import { completionsAt, explainToken, type Completion } from '../../sieve/explain.ts';
import type { SieveProblem } from '../../sieve/problem.ts';
import type { SieveText } from '../../text/en/sieve.ts';
import { fill } from '../../text/fill.ts';

/** The words for a key of `sieve/explain.ts`; undefined when nothing needs to be said. */
export function wordsFor(key: string, words: SieveText): string | undefined {
  const [, kind = '', ...rest] = key.split('.');
  const name = rest.join('.');
  const last = rest.at(-1) ?? '';
  switch (kind) {
    case 'command':
    case 'test':
      return words.names[name];
    case 'tag':
      return words.tags[name] ?? words.tags[last];
    case 'value':
      return words.tags[name] ?? words.tags[last];
    case 'capability':
      return words.capabilities[name];
    case 'argument':
      return words.args[last];
    default:
      return words.things[kind];
  }
}

export interface Help {
  /** Offsets in the script. */
  readonly start: number;
  readonly end: number;
  readonly paragraphs: readonly string[];
}

/** What to say about the place under the mouse, if anything. */
export function helpAt(source: string, offset: number, words: SieveText): Help | undefined {
  const found = explainToken(source, offset);
  const said = found && wordsFor(found.key, words);
  if (found === undefined || said === undefined) return undefined;
  const token = source.slice(found.span.offset, found.span.offset + Math.min(40, found.span.length));
  const named = /^:?[A-Za-z_]+$/.test(token) ? `**\`${token}\`**: ${said}` : said;
  return {
    start: found.span.offset,
    end: found.span.offset + found.span.length,
    paragraphs: [
      named,
      ...(found.missing === undefined ? [] : [fill(words.ui.missing, { capability: found.missing })]),
      ...(found.rule === undefined ? [] : [`*${found.rule}*`]),
    ],
  };
}

/** A mistake in the learner's words; the server's own words are another thing. */
export function mistakeText(problem: SieveProblem, words: SieveText): string | undefined {
  const said = words.mistakes[problem.code];
  return said === undefined ? undefined : fill(said, problem.params);
}

/** Something to put into the text in place of what stands between two offsets. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface Fix extends Edit {
  readonly title: string;
}

/** Where a missing `require` goes: behind those that are there, else at the top. */
export function requireEdit(source: string, capability: string): Edit {
  const { commands } = parseSieve(source);
  const lead = commands.findIndex(({ name }) => name !== 'require');
  const requires = lead < 0 ? commands : commands.slice(0, lead);
  const last = requires.at(-1);
  const at = last === undefined ? 0 : last.span.offset + last.span.length;
  const text = last === undefined ? `require "${capability}";\n` : `\nrequire "${capability}";`;
  return { start: at, end: at, text };
}

/** The node whose name stands at that offset. */
function nodeAt(nodes: readonly SyntaxNode[], offset: number): SyntaxNode | undefined {
  for (const node of nodes) {
    if (node.nameSpan.offset === offset) return node;
    const inner = nodeAt([...node.tests, ...(node.block ?? [])], offset);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** How a mistake can be mended with one click, if it can. */
export function fixFor(source: string, problem: SieveProblem, words: SieveText): Fix | undefined {
  const { span, params, code } = problem;
  const capability = params['capability'];
  if ((code === 'not-required' || code === 'tag-not-required') && typeof capability === 'string')
    return { ...requireEdit(source, capability), title: fill(words.ui.fixRequire, { capability }) };
  if (code === 'missing-semicolon') {
    const node = nodeAt(parseSieve(source).commands, span.offset);
    if (node === undefined) return undefined;
    const last = node.args.at(-1)?.span ?? node.nameSpan;
    const at = last.offset + last.length;
    return { start: at, end: at, text: ';', title: words.ui.fixSemicolon };
  }
  if (code === 'expected-command-end') {
    const at = source.slice(0, span.offset).trimEnd().length;
    return /["\]\w]$/.test(source.slice(0, at))
      ? { start: at, end: at, text: ';', title: words.ui.fixSemicolon }
      : undefined;
  }
  if (code === 'missing-colon')
    return {
      start: span.offset,
      end: span.offset,
      text: ':',
      title: fill(words.ui.fixSpelling, { word: `:${String(params['tag'])}` }),
    };
  if (code === 'unknown-command') {
    const word = nearest(String(params['command']));
    if (word === undefined) return undefined;
    return {
      start: span.offset,
      end: span.offset + span.length,
      text: word,
      title: fill(words.ui.fixSpelling, { word }),
    };
  }
  return undefined;
}

/** The word of the language that was probably meant: at most two letters away, and not half the word. */
export function nearest(typed: string): string | undefined {
  const word = typed.toLowerCase().slice(0, 40);
  let best: string | undefined;
  let least = Math.min(2, Math.floor(word.length / 2)) + 1;
  for (const name of COMMAND_NAMES) {
    const away = distance(word, name);
    if (away < least) [best, least] = [name, away];
  }
  return best;
}

/** Letters to change, add or drop, neighbours swapped counting once. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min(
        (rows[i - 1]?.[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (rows[i - 1]?.[j - 1] ?? 0) + same,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row[j] = cost;
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

export interface Offer {
  readonly label: string;
  readonly kind: Completion['kind'] | 'snippet';
  /** What is inserted; `$1` and the like are stops when `snippet`. */
  readonly insert: string;
  readonly snippet: boolean;
  readonly said: string;
  /** What has to go in elsewhere with it. */
  readonly also?: Edit;
}

/* eslint-disable no-template-curly-in-string -- Monaco writes the stops of a snippet like that */

/** How commands go on that take something. */
const SHAPES: Readonly<Record<string, string>> = {
  require: 'require "${1:fileinto}";',
  if: 'if ${1:header :contains "subject" "…"} {\n\t$0\n}',
  elsif: 'elsif ${1:header :contains "subject" "…"} {\n\t$0\n}',
  else: 'else {\n\t$0\n}',
  keep: 'keep;',
  discard: 'discard;',
  stop: 'stop;',
  redirect: 'redirect "${1:address}";',
  fileinto: 'fileinto "${1:Lists}";',
  reject: 'reject "${1:reason}";',
  vacation: 'vacation :days ${1:7} "${2:I am away.}";',
  header: 'header :contains "${1:subject}" "${2:text}"',
  address: 'address :is "${1:from}" "${2:address}"',
  envelope: 'envelope :is "${1:from}" "${2:address}"',
  exists: 'exists "${1:list-id}"',
  size: 'size :over ${1:1M}',
  not: 'not ${1:header :contains "subject" "text"}',
  anyof: 'anyof (${1:test}, ${2:test})',
  allof: 'allof (${1:test}, ${2:test})',
  addflag: 'addflag "${1:\\\\\\\\Flagged}";',
  setflag: 'setflag "${1:\\\\\\\\Seen}";',
};

/** What may be written at that place. */
export function offersAt(source: string, offset: number, words: SieveText): readonly Offer[] {
  return completionsAt(source, offset).map(({ key, text, kind, missing }) => {
    const shape = kind === 'command' || kind === 'test' ? SHAPES[text] : undefined;
    return {
      label: text,
      kind,
      insert: shape ?? text,
      snippet: shape !== undefined,
      said: wordsFor(key, words) ?? '',
      ...(missing === undefined ? {} : { also: requireEdit(source, missing) }),
    };
  });
}

/** Extensions that the script names. */
export function requiredBy(source: string): readonly string[] {
  return parseSieve(source)
    .commands.filter(({ name }) => name === 'require')
    .flatMap(({ args }) => args.flatMap((argument) => stringsOf(argument).map(({ value }) => value)));
}
