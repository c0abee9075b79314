// The running script's inside: message as edited so far, variables, actions gathered, work spent. Lives only during one
// synchronous run and never leaves it. Knows how strings expand and how values are compared and recorded.

import type { TextSpan } from '../base/text-scanner.ts';
import { binary, parseMessage } from '../message/header.ts';
import type { Message } from '../message/header.ts';
import { stringsOf } from './ast.ts';
import type { Argument } from './ast.ts';
import type { CheckedNode, CheckedScript } from './check.ts';
import { LANGUAGE } from './language.ts';
import type { ComparatorName, Relation } from './language.ts';
import { holdsRelation, compareWith, matchOne } from './match.ts';
import type { Matcher } from './match.ts';
import type { Regex } from './regex.ts';
import { SIEVE_LIMITS } from './run.ts';
import type {
  Comparison,
  Fact,
  RunError,
  RunErrorCode,
  SieveAction,
  SieveInput,
  SieveLimits,
  SieveStep,
} from './run.ts';
import { expand, limited, VARIABLE_LIMITS } from './variables.ts';
import type { VariableReference } from './variables.ts';

/** Unwinds a run that cannot go on; never leaves the interpreter. */
export class RunFailure extends Error {
  constructor(readonly error: RunError) {
    super(error.code);
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type StepDraft = Mutable<Omit<SieveStep, 'compared' | 'facts'>> & {
  readonly compared: Comparison[];
  readonly facts: Record<string, Fact>;
};

/** One script on the stack of includes. */
export interface Frame {
  readonly label: string;
  readonly script: CheckedScript;
  readonly variables: Map<string, string>;
  /** Names declared with `global` (RFC 6609 §3.4). */
  readonly globalNames: Set<string>;
  matchValues: readonly string[];
}

export interface Machine {
  readonly input: SieveInput;
  readonly limits: SieveLimits;
  readonly original: string;
  raw: string;
  message: Message;
  frame: Frame;
  readonly globals: Map<string, string>;
  readonly regexes: Map<string, Regex | undefined>;
  readonly actions: SieveAction[];
  readonly steps: StepDraft[];
  /** imap4flags' internal variable (RFC 5232 §2). */
  flags: readonly string[];
  implicitKeep: boolean;
  work: number;
  depth: number;
  readonly duplicates: Map<string, number>;
  readonly vacations: Map<string, number>;
  readonly compiled: Map<string, CheckedScript | undefined>;
  readonly includedOnce: Set<string>;
  readonly stack: string[];
  includes: number;
}

export function newFrame(label: string, script: CheckedScript): Frame {
  return { label, script, variables: new Map(), globalNames: new Set(), matchValues: [] };
}

export function newMachine(input: SieveInput): Machine {
  const raw = binary(input.message);
  return {
    input,
    limits: { ...SIEVE_LIMITS, ...input.limits },
    original: raw,
    raw,
    message: parseMessage(raw),
    frame: newFrame('', input.script),
    globals: new Map(),
    regexes: new Map(),
    actions: [],
    steps: [],
    flags: [],
    implicitKeep: true,
    work: 0,
    depth: 0,
    duplicates: new Map(),
    vacations: new Map(),
    compiled: new Map(),
    includedOnce: new Set(),
    stack: [''],
    includes: 0,
  };
}

export function fail(
  machine: Machine,
  code: RunErrorCode,
  span: TextSpan,
  params: Readonly<Record<string, string | number>> = {},
): never {
  throw new RunFailure({ code, span, script: machine.frame.label, params });
}

export function charge(machine: Machine, span: TextSpan, steps: number): void {
  machine.work += steps;
  if (machine.work > machine.limits.work)
    fail(machine, 'too-many-steps', span, { limit: machine.limits.work });
}

/** Opens the record of a command or test; results are filled in while it runs. */
export function beginStep(machine: Machine, node: CheckedNode): StepDraft {
  if (machine.steps.length >= machine.limits.steps)
    fail(machine, 'too-many-steps', node.span, { limit: machine.limits.steps });
  const { kind, rule } = LANGUAGE[node.name];
  const step: StepDraft = {
    kind,
    name: node.name,
    rule,
    span: node.span,
    depth: machine.depth,
    script: machine.frame.label,
    compared: [],
    omitted: 0,
    facts: {},
  };
  machine.steps.push(step);
  return step;
}

function referenceValue(machine: Machine, reference: VariableReference): string {
  const { frame } = machine;
  if (reference.index !== undefined) return frame.matchValues[reference.index] ?? '';
  const name = reference.name ?? '';
  const isGlobal = reference.namespace === 'global' || frame.globalNames.has(name);
  return (isGlobal ? machine.globals : frame.variables).get(name) ?? '';
}

/** Text of a string argument with its variables. */
export function text(machine: Machine, value: string): string {
  if (!machine.frame.script.capabilities.includes('variables') || !value.includes('${')) return value;
  return expand(value, (reference) => referenceValue(machine, reference));
}

export function texts(machine: Machine, argument: Argument | undefined): readonly string[] {
  return stringsOf(argument).map(({ value }) => text(machine, value));
}

/** The one string of an argument, or undefined when it was not given. */
export function one(machine: Machine, argument: Argument | undefined): string | undefined {
  return argument?.kind === 'string' ? text(machine, argument.value) : undefined;
}

export function numberOf(argument: Argument | undefined): number | undefined {
  return argument?.kind === 'number' ? argument.value : undefined;
}

/** Stores a variable, cut to its limit; `global.x` and declared names go to the shared ones. */
export function setVariable(machine: Machine, node: CheckedNode, name: string, value: string): string {
  const key = name.toLowerCase();
  const local = key.startsWith('global.') ? key.slice(7) : key;
  const isGlobal = local !== key || machine.frame.globalNames.has(local);
  const store = isGlobal ? machine.globals : machine.frame.variables;
  if (!store.has(local) && store.size >= VARIABLE_LIMITS.count)
    fail(machine, 'too-many-variables', node.span, { limit: VARIABLE_LIMITS.count });
  const kept = limited(value);
  store.set(local, kept);
  return kept;
}

export function variable(machine: Machine, name: string): string {
  return referenceValue(machine, { name: name.toLowerCase(), offset: 0, length: 0 });
}

/**
 * Match type and comparator of a test's tags; `:is` with i;ascii-casemap unless told otherwise (RFC 5228 §2.7). `string` is
 * the exception: Pigeonhole compares variables octet by octet.
 */
export function matcherOf(node: CheckedNode): Matcher {
  const { tags } = node;
  const comparatorTag = tags['comparator']?.value;
  const comparator =
    comparatorTag?.kind === 'string'
      ? (comparatorTag.value.toLowerCase() as ComparatorName)
      : node.name === 'string'
        ? 'i;octet'
        : 'i;ascii-casemap';
  for (const kind of ['count', 'value'] as const) {
    const relation = tags[kind]?.value;
    if (relation?.kind === 'string')
      return { type: { kind, relation: relation.value.toLowerCase() as Relation }, comparator };
  }
  const kind = (['contains', 'matches', 'regex'] as const).find((name) => tags[name] !== undefined) ?? 'is';
  return { type: { kind }, comparator };
}

/** A value a test looks at, and where it came from. */
export interface Candidate {
  readonly source: string;
  readonly value: string;
}

const LISTED = 100;
const SHOWN = 2000;

/** Compares all values with all keys until one holds; records what was compared and sets match values. */
export function matchAny(
  machine: Machine,
  node: CheckedNode,
  step: StepDraft,
  candidates: readonly Candidate[],
  keys: readonly string[],
  setsMatchValues = true,
): boolean {
  const matcher = matcherOf(node);
  step.matcher = matcher;
  const record = (candidate: Candidate, key: string, matched: boolean): void => {
    if (step.compared.length >= LISTED && !matched) {
      step.omitted++;
      return;
    }
    const { source, value } = candidate;
    step.compared.push({
      source,
      value: limited(value, SHOWN),
      valueLength: value.length,
      key: limited(key, SHOWN),
      matched,
    });
  };
  if (matcher.type.kind === 'count') {
    const count = { source: `count of ${step.name}`, value: String(candidates.length) };
    for (const key of keys) {
      const matched = holdsRelation(matcher.type.relation, compareWith(matcher.comparator, count.value, key));
      record(count, key, matched);
      if (matched) return true;
    }
    return false;
  }
  for (const candidate of candidates) {
    for (const key of keys) {
      const left = machine.limits.work - machine.work;
      const outcome = matchOne(matcher, candidate.value, key, left, machine.regexes);
      charge(machine, node.span, outcome.steps + 1);
      if (outcome.failure !== undefined)
        fail(machine, outcome.failure, node.span, { value: limited(key, 200) });
      record(candidate, key, outcome.matched);
      if (!outcome.matched) continue;
      if (
        setsMatchValues &&
        outcome.values !== undefined &&
        machine.frame.script.capabilities.includes('variables')
      )
        machine.frame.matchValues = outcome.values
          .slice(0, VARIABLE_LIMITS.matchValues + 1)
          .map((value) => limited(value));
      return true;
    }
  }
  return false;
}
