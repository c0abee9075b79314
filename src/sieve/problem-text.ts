// Problems and run-time errors in Pigeonhole's own English, as sievec and a ManageSieve server print them. Knows only
// codes and parameters; people's explanations live with the other texts.

import { assertNever } from '../base/assert.ts';
import type { SieveProblem } from './problem.ts';
import type { RunError } from './run.ts';

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  strings: 'a string list',
  number: 'a number',
  tag: 'a tag',
};
const typeText = (type: string | number | undefined): string => TYPES[String(type)] ?? String(type);

/** What Pigeonhole calls an argument, where that is not the name in the language table. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  keys: 'key list',
  'header headers': 'header names',
  'exists headers': 'header names',
  'address headers': 'header list',
  'envelope parts': 'envelope part',
  'require capabilities': 'capability',
  'set name': 'variable name',
};

/** `main: line 3: error: unknown command 'frop' (only reported once at first occurrence).` */
export function pigeonholeLine(scriptName: string, problem: SieveProblem): string {
  return `${scriptName}: line ${problem.span.line}: ${problem.severity}: ${pigeonholeText(problem)}.`;
}

/** What Pigeonhole says of a problem, without place and full stop. */
export function pigeonholeText(problem: SieveProblem): string {
  const p = problem.params;
  const of = `${p['command']} ${p['kind']}`;
  switch (problem.code) {
    case 'bad-character':
      return `unexpected character(s) starting with '${p['found']}'`;
    case 'bad-multiline-start':
      return "invalid characters after 'text:' in multi-line string";
    case 'bad-number':
      return `invalid number '${p['found']}'`;
    case 'identifier-too-long':
      return `encountered impossibly long identifier (> ${p['limit']} characters)`;
    case 'nul-character':
      return 'encountered NUL character in quoted string';
    case 'number-too-big':
      return 'number exceeds integer limits';
    case 'stray-carriage-return':
      return 'found stray carriage-return (CR) character in quoted string';
    case 'string-too-long':
      return `string is too long (longer than ${p['limit']} bytes)`;
    case 'unterminated-comment':
      return `end of file before end of block comment ('/* ... */') started at line ${p['line']}`;
    case 'unterminated-multiline':
      return `end of file before end of multi-line string started at line ${p['line']}`;
    case 'unterminated-string':
      return `end of file before end of quoted string started at line ${p['line']}`;
    case 'blocks-too-deep':
      return `cannot nest command blocks deeper than ${p['limit']} levels`;
    case 'expected-block-end':
      return `expected end of compound block '}', but found ${p['found']}`;
    case 'expected-command':
      return `unexpected ${p['found']} found at (the presumed) end of file`;
    case 'expected-command-end':
      return `expected end of command ';' or the beginning of a compound block '{', but found ${p['found']}`;
    case 'expected-list-end':
      return `expecting ',' or end of string list ']', but found ${p['found']}`;
    case 'expected-list-string':
      return `expecting string after '${p['after']}' in string list, but found ${p['found']}`;
    case 'expected-test':
      return `expecting test identifier after '${p['after']}' in test list, but found ${p['found']}`;
    case 'expected-test-list-end':
      return `expecting ',' or end of test list ')', but found ${p['found']}`;
    case 'script-too-big':
      return `sieve script is too large (max ${p['limit']} bytes)`;
    case 'tests-too-deep':
      return `cannot nest tests deeper than ${p['limit']} levels`;
    case 'too-many-arguments':
      return 'too many arguments for command';
    case 'too-many-problems':
      return 'parse failed with too many errors';
    case 'argument-count':
      return `the ${of} requires ${p['expected']} positional argument(s), but ${p['found']} is/are specified`;
    case 'argument-type':
      return (
        `the ${of} expects ${typeText(p['expected'])} as argument ${p['position']} ` +
        `(${ARGUMENTS[`${p['command']} ${p['argument']}`] ?? ARGUMENTS[String(p['argument'])] ?? p['argument']}), ` +
        `but ${typeText(p['found'])} was found`
      );
    case 'bad-address':
      return `specified ${p['command']} address '${p['value']}' is invalid`;
    case 'bad-date-part':
      return `invalid date part specified: '${p['value']}'`;
    case 'bad-encoded-character':
      return `invalid unicode character 0x${p['value']} in encoded character substitution`;
    case 'bad-flag':
      return (
        `IMAP flag '${p['value']}' specified for the ${p['command']} command is invalid ` +
        'and will be ignored (only first invalid is reported)'
      );
    case 'bad-header-name':
      return `specified field name '${p['value']}' is invalid`;
    case 'bad-importance':
      return `invalid importance value for notify command: ${p['value']}`;
    case 'bad-mailbox':
      return `invalid mailbox name specified: '${p['value']}'`;
    case 'bad-method':
      return `invalid method URI for notify command: '${p['value']}'`;
    case 'bad-number-value':
      return `the :${p['tag']} tag requires a value greater than zero`;
    case 'bad-regex':
      return `invalid regular expression '${p['value']}' for regex match`;
    case 'bad-relation':
      return `relational match-type ':${p['tag']}': unknown operator '${p['value']}'`;
    case 'bad-script-name':
      return `the include command: invalid script name '${p['value']}'`;
    case 'bad-special-use':
      return `invalid special-use flag '${p['value']}' specified for the ${p['command']} command`;
    case 'bad-variable':
      return `invalid variable name '${p['found']}'`;
    case 'bad-zone':
      return `specified :zone argument '${p['value']}' is not a valid timezone`;
    case 'block-missing':
      return `the ${p['command']} command requires a command block, but it is missing`;
    case 'block-unexpected':
      return `the ${p['command']} command does not accept a command block, but one is specified anyway`;
    case 'comparator-match':
      return `the specified match type ':${p['match']}' is not supported by comparator '${p['value']}'`;
    case 'duplicate-tag':
      return p['tag'] === p['other']
        ? `encountered duplicate :${p['tag']} argument for the ${of}`
        : `encountered duplicate ${p['group']} argument (:${p['tag']}) for the ${of}`;
    case 'else-without-if':
      return `the ${p['command']} command must follow an if or elsif command`;
    case 'header-not-address':
      return `specified header '${p['value']}' is not allowed for the address test`;
    case 'missing-colon':
      return `missing colon ':' before ':${p['tag']}' tag in ${of}`;
    case 'missing-semicolon':
      return `missing semicolon ';' after ${of}`;
    case 'not-constant':
      return `this argument of the ${p['command']} command must be a constant string, but '${p['found']}' was found`;
    case 'not-required':
      return p['kind'] === 'comparator'
        ? `unknown comparator '${p['command']}'`
        : `unknown ${p['kind']} '${p['command']}' (only reported once at first occurrence)`;
    case 'require-late':
      return 'require commands can only be placed at top level at the beginning of the file';
    case 'tag-after-positional':
      return `encountered an unexpected tagged argument ':${p['tag']}' while validating positional arguments for the ${of}`;
    case 'tag-missing':
      return `the ${of} requires the ${p['tags']} tag to be specified`;
    case 'tag-needs-tag':
      return `the :${p['tag']} tag for the ${of} cannot be specified without the :${p['needs']} tag`;
    case 'tag-not-required':
    case 'unknown-tag':
      return `unknown tagged argument ':${p['tag']}' for the ${of} (reported only once at first occurrence)`;
    case 'tag-value-missing':
      return `the :${p['tag']} tag for the ${of} requires ${typeText(p['type'])} as parameter, but no parameters were found`;
    case 'tag-value-type':
      return `the :${p['tag']} tag for the ${of} requires ${typeText(p['type'])} as parameter, but ${typeText(p['found'])} was found`;
    case 'test-list-for-one':
      return `the ${of} requires one sub-test, but a list of tests is specified`;
    case 'test-missing':
      return p['expected'] === 'one'
        ? `the ${of} requires one sub-test, but none is specified`
        : `the ${of} requires a list of sub-tests, but none is specified`;
    case 'test-single-for-list':
      return `the ${of} requires a list of sub-tests, but a single test is specified`;
    case 'test-unexpected':
      return `the ${of} accepts no sub-tests, but tests are specified`;
    case 'unknown-capability':
      return p['core'] === ''
        ? `require command: unknown Sieve capability \`${p['value']}'`
        : `require command: \`${p['value']}' is not known as a Sieve capability, but it is known as a Sieve ${p['core']} that is always available`;
    case 'unknown-command':
      return `unknown ${p['kind']} '${p['command']}' (only reported once at first occurrence)`;
    case 'unknown-comparator':
      return `unknown comparator '${p['value']}'`;
    case 'unknown-environment':
      return `unknown environment item '${p['value']}'`;
    case 'unknown-envelope-part':
      return `specified envelope part '${p['value']}' is not supported by the envelope test`;
    case 'unknown-namespace':
      return `referring to variable '${p['found']}' in unknown namespace '${p['namespace']}'`;
    case 'unreachable':
      return `the ${p['command']} command after ${p['after']} is never executed`;
    case 'wrong-use':
      return `attempted to use ${p['is']} '${p['command']}' as ${p['as']}`;
    default:
      return assertNever(problem.code);
  }
}

/** What Pigeonhole logs of a run-time error, without place and full stop. */
export function pigeonholeRunText(error: RunError): string {
  const p = error.params;
  switch (error.code) {
    case 'action-conflict':
      return `${p['command']} action conflicts with other action: the ${p['other']} action`;
    case 'duplicate-reject':
    case 'duplicate-vacation':
      return `duplicate ${p['command']} action not allowed`;
    case 'bad-address':
      return `specified redirect address '${p['value']}' is invalid`;
    case 'bad-header-name':
      return `specified field name '${p['value']}' is invalid`;
    case 'bad-importance':
      return `invalid importance value for notify command: ${p['value']}`;
    case 'bad-mailbox':
      return `invalid mailbox name specified: '${p['value']}'`;
    case 'bad-method':
      return `invalid method URI for notify command: '${p['value']}'`;
    case 'bad-regex':
      return `invalid regular expression '${p['value']}' for regex match`;
    case 'include-broken':
      return `failed to include script '${p['value']}'`;
    case 'include-missing':
      return `included script '${p['value']}' does not exist`;
    case 'include-recursive':
      return `circular include of script '${p['value']}'`;
    case 'include-too-deep':
      return `cannot nest includes deeper than ${p['limit']} levels`;
    case 'too-many-includes':
      return `failed to include script: total number of includes exceeds policy limit (> ${p['limit']})`;
    case 'too-many-actions':
      return `total number of actions exceeds policy limit (> ${p['limit']})`;
    case 'too-many-redirects':
      return `number of redirect actions exceeds policy limit (> ${p['limit']})`;
    case 'too-many-steps':
      return 'execution exceeded CPU time limit';
    case 'too-many-variables':
      return `cannot declare more than ${p['limit']} variables`;
    default:
      return assertNever(error.code);
  }
}
