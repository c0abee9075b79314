// What can be wrong in a Sieve script: a code, its parameters and its place. Knows no prose; Pigeonhole's own English is
// made from these values in problem-text.ts. RFC 5228 §1.3 and §2.10.5 first.

import type { TextSpan } from '../base/text-scanner.ts';

export type LexerProblemCode =
  | 'bad-character'
  | 'bad-multiline-start'
  | 'bad-number'
  | 'identifier-too-long'
  | 'nul-character'
  | 'number-too-big'
  | 'stray-carriage-return'
  | 'string-too-long'
  | 'unterminated-comment'
  | 'unterminated-multiline'
  | 'unterminated-string';

export type ParserProblemCode =
  | 'blocks-too-deep'
  | 'expected-block-end'
  | 'expected-command'
  | 'expected-command-end'
  | 'expected-list-end'
  | 'expected-list-string'
  | 'expected-test'
  | 'expected-test-list-end'
  | 'script-too-big'
  | 'tests-too-deep'
  | 'too-many-arguments'
  | 'too-many-problems';

export type CheckProblemCode =
  | 'argument-count'
  | 'argument-type'
  | 'bad-address'
  | 'bad-date-part'
  | 'bad-encoded-character'
  | 'bad-flag'
  | 'bad-header-name'
  | 'bad-importance'
  | 'bad-mailbox'
  | 'bad-method'
  | 'bad-number-value'
  | 'bad-regex'
  | 'bad-relation'
  | 'bad-script-name'
  | 'bad-special-use'
  | 'bad-variable'
  | 'bad-zone'
  | 'block-missing'
  | 'block-unexpected'
  | 'comparator-match'
  | 'duplicate-tag'
  | 'else-without-if'
  | 'header-not-address'
  | 'missing-colon'
  | 'missing-semicolon'
  | 'not-constant'
  | 'not-required'
  | 'require-late'
  | 'tag-after-positional'
  | 'tag-missing'
  | 'tag-needs-tag'
  | 'tag-not-required'
  | 'tag-value-missing'
  | 'tag-value-type'
  | 'test-list-for-one'
  | 'test-missing'
  | 'test-single-for-list'
  | 'test-unexpected'
  | 'unknown-capability'
  | 'unknown-command'
  | 'unknown-comparator'
  | 'unknown-environment'
  | 'unknown-envelope-part'
  | 'unknown-namespace'
  | 'unknown-tag'
  | 'unreachable'
  | 'wrong-use';

export type ProblemCode = LexerProblemCode | ParserProblemCode | CheckProblemCode;

/** `error`: the script does not compile. `warning`: it does, and something in it has no effect. */
export interface SieveProblem {
  readonly code: ProblemCode;
  readonly severity: 'error' | 'warning';
  readonly span: TextSpan;
  readonly params: Readonly<Record<string, string | number>>;
}
