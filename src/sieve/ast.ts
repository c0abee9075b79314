// The syntax tree of a Sieve script: commands, tests and arguments with their places. Knows no command by name; plain
// data. RFC 5228 §8.2 first.

import type { TextSpan } from '../base/text-scanner.ts';

export interface StringArgument {
  readonly kind: 'string';
  readonly value: string;
  readonly span: TextSpan;
}

export interface ListArgument {
  readonly kind: 'list';
  readonly items: readonly StringArgument[];
  readonly span: TextSpan;
}

export interface NumberArgument {
  readonly kind: 'number';
  readonly value: number;
  readonly span: TextSpan;
}

export interface TagArgument {
  readonly kind: 'tag';
  /** In lower case, without the colon. */
  readonly name: string;
  readonly span: TextSpan;
}

export type Argument = StringArgument | ListArgument | NumberArgument | TagArgument;
export type ValueArgument = Exclude<Argument, TagArgument>;

/** A command, or a test among the arguments of one. */
export interface SyntaxNode {
  readonly kind: 'command' | 'test';
  /** In lower case: identifiers are case-insensitive (RFC 5228 §2.1). */
  readonly name: string;
  readonly nameSpan: TextSpan;
  readonly args: readonly Argument[];
  readonly tests: readonly SyntaxNode[];
  /** The tests stood in parentheses. */
  readonly testList: boolean;
  readonly block?: readonly SyntaxNode[];
  /** From its name to its semicolon, last argument, or closing brace. */
  readonly span: TextSpan;
}

/** The strings of a string or a string list. */
export function stringsOf(argument: Argument | undefined): readonly StringArgument[] {
  if (argument?.kind === 'string') return [argument];
  return argument?.kind === 'list' ? argument.items : [];
}
