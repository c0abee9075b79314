// Sieve tokens as a tree. Knows the grammar and no command; after an error it goes on at the next command, so that one
// run finds every mistake. Recursion is bounded as Pigeonhole bounds it. RFC 5228 §8.2 first.

import type { TextSpan } from '../base/text-scanner.ts';
import type { Argument, ListArgument, StringArgument, SyntaxNode } from './ast.ts';
import { lexSieve } from './lexer.ts';
import type { Token, TokenKind } from './lexer.ts';
import type { ParserProblemCode, SieveProblem } from './problem.ts';

/** Pigeonhole's sieve-limits.h. */
export const PARSER_LIMITS = {
  scriptLength: 1 << 20,
  blockNesting: 32,
  testNesting: 32,
  arguments: 32,
  problems: 200,
} as const;

export interface ParsedScript {
  /** Everything that could be read, even when there are problems. */
  readonly commands: readonly SyntaxNode[];
  readonly problems: readonly SieveProblem[];
}

/** How Pigeonhole names a token in its complaints. */
function describe(token: Token): string {
  switch (token.kind) {
    case 'identifier':
      return `identifier '${token.text.slice(0, 80)}'`;
    case 'tag':
      return `tag ':${token.text.slice(0, 80)}'`;
    case 'number':
      return 'number';
    case 'string':
      return 'string';
    case 'end':
      return 'end of file';
    case 'error':
      return 'unknown characters';
    case '{':
      return "'{'";
    case '}':
      return "'}'";
    default:
      return `'${token.kind}'`;
  }
}

const spanOver = (from: TextSpan, to: TextSpan): TextSpan => ({
  ...from,
  length: Math.max(0, to.offset + to.length - from.offset),
});

/** Reads a whole script; never throws. Problems are those of the lexer and the grammar, in the order of their places. */
export function parseSieve(source: string): ParsedScript {
  if (source.length > PARSER_LIMITS.scriptLength) {
    const span = { offset: 0, length: 0, line: 1, column: 1 };
    const params = { limit: PARSER_LIMITS.scriptLength };
    return { commands: [], problems: [{ code: 'script-too-big', severity: 'error', span, params }] };
  }
  const { tokens, problems: lexed } = lexSieve(source);
  const problems: SieveProblem[] = [];
  let at = 0;

  const last = tokens.length - 1;
  const current = (): Token => tokens[Math.min(at, last)] as Token;
  const before = (): Token => tokens[Math.max(0, Math.min(at, tokens.length) - 1)] as Token;
  const is = (kind: TokenKind): boolean => current().kind === kind;
  const take = (): Token => {
    const token = current();
    at++;
    return token;
  };
  const complain = (code: ParserProblemCode, params: SieveProblem['params'] = {}): void => {
    const token = current();
    // The lexer has said already what is wrong with such a token.
    if (token.kind === 'error') return;
    problems.push({
      code,
      severity: 'error',
      span: token.span,
      params: { found: describe(token), ...params },
    });
  };

  /** Goes on after an error: before the `;`, `{`, `}` or end that closes what was begun. */
  const recover = (closers: readonly TokenKind[]): void => {
    let depth = 0;
    for (;;) {
      const { kind } = current();
      if (kind === 'end' || kind === ';' || kind === '{' || kind === '}') return;
      if (depth === 0 && closers.includes(kind)) return;
      if (kind === '[' || kind === '(') depth++;
      else if ((kind === ']' || kind === ')') && depth > 0) depth--;
      at++;
    }
  };

  const parseList = (): ListArgument => {
    const open = take();
    const items: StringArgument[] = [];
    let broken = false;
    for (;;) {
      const token = current();
      if (token.kind !== 'string') {
        complain('expected-list-string', { after: items.length === 0 ? '[' : ',' });
        broken = true;
        break;
      }
      items.push({ kind: 'string', value: token.text, span: token.span });
      at++;
      if (!is(',')) break;
      at++;
    }
    if (!is(']')) {
      if (!broken) complain('expected-list-end');
      recover([']']);
    }
    if (is(']')) at++;
    return { kind: 'list', items, span: spanOver(open.span, before().span) };
  };

  /** Arguments and tests of the node whose name was just read; false when recovery is the caller's. */
  const parseArguments = (
    args: Argument[],
    tests: SyntaxNode[],
    depth: number,
  ): { ok: boolean; testList: boolean } => {
    for (;;) {
      const token = current();
      if (args.length > PARSER_LIMITS.arguments) {
        complain('too-many-arguments', { limit: PARSER_LIMITS.arguments });
        return { ok: false, testList: false };
      }
      if (token.kind === '[') args.push(parseList());
      else if (token.kind === 'string') args.push({ kind: 'string', value: token.text, span: take().span });
      else if (token.kind === 'number') args.push({ kind: 'number', value: token.value, span: take().span });
      else if (token.kind === 'tag') {
        args.push({ kind: 'tag', name: token.text.toLowerCase(), span: take().span });
      } else break;
    }
    if (is('identifier')) {
      const test = parseTest(depth + 1);
      if (test === undefined) return { ok: false, testList: false };
      tests.push(test);
      return { ok: true, testList: false };
    }
    if (!is('(')) return { ok: true, testList: false };
    at++;
    let broken = false;
    for (;;) {
      if (!is('identifier')) {
        complain('expected-test', { after: tests.length === 0 ? '(' : ',' });
        broken = true;
        break;
      }
      const test = parseTest(depth + 1);
      if (test === undefined) {
        broken = true;
        break;
      }
      tests.push(test);
      if (!is(',')) break;
      at++;
    }
    if (!is(')')) {
      if (!broken) complain('expected-test-list-end');
      recover([')']);
    }
    if (is(')')) at++;
    return { ok: true, testList: true };
  };

  const parseTest = (depth: number): SyntaxNode | undefined => {
    if (depth > PARSER_LIMITS.testNesting) {
      complain('tests-too-deep', { limit: PARSER_LIMITS.testNesting });
      return undefined;
    }
    const name = take();
    const args: Argument[] = [];
    const tests: SyntaxNode[] = [];
    const { ok, testList } = parseArguments(args, tests, depth);
    if (!ok) return undefined;
    return {
      kind: 'test',
      name: name.text.toLowerCase(),
      nameSpan: name.span,
      args,
      tests,
      testList,
      span: spanOver(name.span, before().span),
    };
  };

  const parseCommand = (depth: number): SyntaxNode => {
    const name = take();
    const args: Argument[] = [];
    const tests: SyntaxNode[] = [];
    const { ok, testList } = parseArguments(args, tests, 0);
    if (ok && !is(';') && !is('{')) complain('expected-command-end');
    if (!is(';') && !is('{')) recover([]);
    const node = {
      kind: 'command' as const,
      name: name.text.toLowerCase(),
      nameSpan: name.span,
      args,
      tests,
      testList,
    };
    if (is('{')) {
      const block = parseBlock(depth + 1);
      return { ...node, block, span: spanOver(name.span, before().span) };
    }
    if (is(';')) at++;
    return { ...node, span: spanOver(name.span, before().span) };
  };

  const skipBlock = (): void => {
    let level = 0;
    while (!is('end')) {
      const { kind } = take();
      if (kind === '{') level++;
      else if (kind === '}' && --level <= 0) return;
    }
  };

  const parseBlock = (depth: number): readonly SyntaxNode[] => {
    if (depth > PARSER_LIMITS.blockNesting) {
      complain('blocks-too-deep', { limit: PARSER_LIMITS.blockNesting });
      skipBlock();
      return [];
    }
    at++;
    const commands = parseCommands(depth);
    if (is('}')) at++;
    else complain('expected-block-end');
    return commands;
  };

  const parseCommands = (depth: number): readonly SyntaxNode[] => {
    const commands: SyntaxNode[] = [];
    for (;;) {
      if (is('identifier')) commands.push(parseCommand(depth));
      else if (is('end') || (is('}') && depth > 0)) return commands;
      else {
        complain('expected-command');
        if (is('{')) skipBlock();
        else {
          at++;
          recover([]);
          if (is(';')) at++;
        }
      }
    }
  };

  const commands = parseCommands(0);
  const all = [...lexed, ...problems].sort((a, b) => a.span.offset - b.span.offset);
  if (all.length <= PARSER_LIMITS.problems) return { commands, problems: all };
  const kept = all.slice(0, PARSER_LIMITS.problems);
  const span = (kept.at(-1) as SieveProblem).span;
  const params = { limit: PARSER_LIMITS.problems };
  return { commands, problems: [...kept, { code: 'too-many-problems', severity: 'error', span, params }] };
}
