// Runs a checked script over one message: a pure function from message, envelope, facts and memory to actions, an
// explanation and new memory. Sends and stores nothing. A run-time error leaves the implicit keep. RFC 5228 §2.10 first.

import { assertNever } from '../base/assert.ts';
import { compileSieve } from './check.ts';
import type { CheckedNode, CheckedScript } from './check.ts';
import {
  discardMessage,
  fileMessage,
  keepMessage,
  notifyOwner,
  redirectMessage,
  rejectMessage,
  vacationReply,
} from './deliver.ts';
import { addHeader, deleteHeader, isProtectedField } from './edit-header.ts';
import { evaluate } from './evaluate.ts';
import { flagList, storedFlags, withoutFlags } from './flags.ts';
import { parseMessage } from '../message/header.ts';
import { decodeHeaderText } from '../message/encoded-word.ts';
import { isHeaderName } from './check-constants.ts';
import {
  beginStep,
  fail,
  matchAny,
  newFrame,
  newMachine,
  numberOf,
  one,
  RunFailure,
  setVariable,
  text,
  texts,
  variable,
} from './machine.ts';
import type { Machine, StepDraft } from './machine.ts';
import { EMPTY_STATE } from './run.ts';
import type { SieveAction, SieveInput, SieveRun, SieveState } from './run.ts';
import { withoutExpired } from './vacation.ts';
import { modify } from './variables.ts';

/** How a command ends: the next one follows, the script returns, or everything stops. */
type Flow = 'next' | 'return' | 'stop';

/** Runs a script. Never throws for anything a script or message can hold; same input, same result. */
export function runSieve(input: SieveInput): SieveRun {
  const machine = newMachine(input);
  const state = input.state ?? EMPTY_STATE;
  try {
    runBlock(machine, input.script.commands);
  } catch (thrown) {
    if (!(thrown instanceof RunFailure)) throw thrown;
    return {
      actions: [{ kind: 'keep', implicit: true, flags: [], script: '' }],
      implicitKeep: true,
      error: thrown.error,
      abandoned: machine.actions,
      steps: machine.steps,
      state,
    };
  }
  const { implicitKeep } = machine;
  const kept = machine.actions.some(
    (action) => action.kind === 'keep' || (action.kind === 'fileinto' && /^inbox$/i.test(action.mailbox)),
  );
  const keep: SieveAction = {
    kind: 'keep',
    implicit: true,
    flags: storedFlags(machine.flags),
    script: '',
    ...(machine.raw === machine.original ? {} : { message: machine.raw }),
  };
  const actions = implicitKeep && !kept ? [...machine.actions, keep] : machine.actions;
  return {
    actions,
    implicitKeep,
    abandoned: [],
    steps: machine.steps,
    state: newState(machine, state),
  };
}

function newState(machine: Machine, state: SieveState): SieveState {
  const { now } = machine.input;
  return {
    duplicates: { ...withoutExpired(state.duplicates, now), ...Object.fromEntries(machine.duplicates) },
    vacations: { ...withoutExpired(state.vacations, now), ...Object.fromEntries(machine.vacations) },
  };
}

function runBlock(machine: Machine, commands: readonly CheckedNode[]): Flow {
  let branchTaken = false;
  for (const node of commands) {
    if (node.name === 'if') branchTaken = false;
    // An elsif or else after a branch that ran is not asked (RFC 5228 §3.1).
    if ((node.name === 'elsif' || node.name === 'else') && branchTaken) continue;
    const step = beginStep(machine, node);
    if (node.name === 'if' || node.name === 'elsif' || node.name === 'else') {
      machine.depth++;
      branchTaken = node.tests.every((test) => evaluate(machine, test));
      step.result = branchTaken;
      const flow = branchTaken ? runBlock(machine, node.block) : 'next';
      machine.depth--;
      if (flow !== 'next') return flow;
      continue;
    }
    const flow = runCommand(machine, node, step);
    if (flow !== 'next') return flow;
  }
  return 'next';
}

function runCommand(machine: Machine, node: CheckedNode, step: StepDraft): Flow {
  const { args, tags } = node;
  switch (node.name) {
    case 'require':
      step.facts['capabilities'] = texts(machine, args['capabilities']);
      return 'next';
    case 'stop':
      return 'stop';
    case 'return':
      return 'return';
    case 'keep':
      keepMessage(machine, node, step);
      return 'next';
    case 'discard':
      discardMessage(machine, node);
      return 'next';
    case 'fileinto':
      fileMessage(machine, node, step);
      return 'next';
    case 'redirect':
      redirectMessage(machine, node, step);
      return 'next';
    case 'reject':
    case 'ereject':
      rejectMessage(machine, node, step, node.name);
      return 'next';
    case 'vacation':
      vacationReply(machine, node, step);
      return 'next';
    case 'notify':
      notifyOwner(machine, node, step);
      return 'next';
    case 'setflag':
    case 'addflag':
    case 'removeflag':
      changeFlags(machine, node, step);
      return 'next';
    case 'set': {
      const name = args['name']?.kind === 'string' ? args['name'].value : '';
      const modifiers = Object.keys(tags);
      step.facts['name'] = name;
      step.facts['value'] = setVariable(
        machine,
        node,
        name,
        modify(one(machine, args['value']) ?? '', modifiers),
      );
      return 'next';
    }
    case 'addheader':
    case 'deleteheader':
      editHeader(machine, node, step);
      return 'next';
    case 'global': {
      const names = texts(machine, args['names']);
      for (const name of names) machine.frame.globalNames.add(name.toLowerCase());
      step.facts['names'] = names;
      return 'next';
    }
    case 'include':
      return include(machine, node, step);
    case 'if':
    case 'elsif':
    case 'else':
    case 'address':
    case 'allof':
    case 'anyof':
    case 'envelope':
    case 'exists':
    case 'false':
    case 'header':
    case 'not':
    case 'size':
    case 'true':
    case 'hasflag':
    case 'string':
    case 'body':
    case 'date':
    case 'currentdate':
    case 'duplicate':
    case 'environment':
    case 'mailboxexists':
    case 'specialuse_exists':
    case 'spamtest':
    case 'virustest':
    case 'valid_notify_method':
    case 'notify_method_capability':
      // Branches are run by runBlock; the checker lets no test stand where a command belongs.
      throw new Error(`${node.name} is no plain command`);
    default:
      return assertNever(node.name);
  }
}

/** RFC 5232 §3: on the internal variable, or on a named one, where flags stand parted by blanks. */
function changeFlags(machine: Machine, node: CheckedNode, step: StepDraft): void {
  const name = one(machine, node.args['variable']);
  const given = flagList(texts(machine, node.args['flags']));
  const before = name === undefined ? machine.flags : flagList([variable(machine, name)]);
  const after =
    node.name === 'setflag'
      ? given
      : node.name === 'addflag'
        ? flagList([...before, ...given])
        : withoutFlags(before, given);
  if (name === undefined) machine.flags = after;
  else setVariable(machine, node, name, after.join(' '));
  step.facts['flags'] = after;
}

function editHeader(machine: Machine, node: CheckedNode, step: StepDraft): void {
  const { args, tags } = node;
  const name = one(machine, args['name']) ?? '';
  if (!isHeaderName(name)) fail(machine, 'bad-header-name', node.span, { value: name });
  const base = { span: node.span, script: machine.frame.label };
  const last = tags['last'] !== undefined;
  step.facts['name'] = name;
  if (node.name === 'addheader') {
    const value = one(machine, args['value']) ?? '';
    machine.raw = addHeader(machine.raw, name, value, last);
    record(machine, node, { kind: 'addheader', ...base, name, value, last });
  } else {
    if (isProtectedField(name)) {
      step.facts['protected'] = true;
      return;
    }
    const patterns = args['patterns'] === undefined ? undefined : texts(machine, args['patterns']);
    const { raw, deleted } = deleteHeader(
      machine.raw,
      name,
      numberOf(tags['index']?.value),
      last,
      (field) => {
        if (patterns === undefined) return true;
        const value = decodeHeaderText(field.value).trim();
        return matchAny(machine, node, step, [{ source: `header ${field.name}`, value }], patterns, false);
      },
    );
    machine.raw = raw;
    step.facts['deleted'] = deleted.length;
    if (deleted.length > 0)
      record(machine, node, {
        kind: 'deleteheader',
        ...base,
        name,
        values: deleted.map(({ value }) => value),
      });
  }
  machine.message = parseMessage(machine.raw);
}

/** Edits do not count against the limit of actions, but a message cannot grow without end: each costs its length. */
function record(machine: Machine, node: CheckedNode, action: SieveAction): void {
  machine.actions.push(action);
  machine.work += machine.raw.length;
  if (machine.work > machine.limits.work)
    fail(machine, 'too-many-steps', node.span, { limit: machine.limits.work });
}

/** RFC 6609 §3.2: another script runs as if it stood here, with variables of its own. */
function include(machine: Machine, node: CheckedNode, step: StepDraft): Flow {
  const name = text(machine, node.args['script']?.kind === 'string' ? node.args['script'].value : '');
  const location = node.tags['global'] === undefined ? 'personal' : 'global';
  const label = `${location}:${name}`;
  step.facts['script'] = label;
  if (node.tags['once'] !== undefined && machine.includedOnce.has(label)) {
    step.facts['skipped'] = true;
    return 'next';
  }
  if (machine.stack.includes(label)) fail(machine, 'include-recursive', node.span, { value: label });
  if (machine.stack.length > machine.limits.includeNesting)
    fail(machine, 'include-too-deep', node.span, { limit: machine.limits.includeNesting });
  if (++machine.includes > machine.limits.includes)
    fail(machine, 'too-many-includes', node.span, { limit: machine.limits.includes });
  const script = find(machine, node, location, name);
  if (script === undefined) {
    if (node.tags['optional'] === undefined) fail(machine, 'include-missing', node.span, { value: label });
    step.facts['missing'] = true;
    return 'next';
  }
  machine.includedOnce.add(label);
  const caller = machine.frame;
  machine.frame = newFrame(label, script);
  machine.stack.push(label);
  machine.depth++;
  const flow = runBlock(machine, script.commands);
  machine.depth--;
  machine.stack.pop();
  machine.frame = caller;
  return flow === 'stop' ? 'stop' : 'next';
}

function find(
  machine: Machine,
  node: CheckedNode,
  location: 'personal' | 'global',
  name: string,
): CheckedScript | undefined {
  const label = `${location}:${name}`;
  const known = machine.compiled.get(label);
  if (known !== undefined) return known;
  const sources = machine.input.scripts?.[location];
  if (sources === undefined || !Object.hasOwn(sources, name)) return undefined;
  const { script, problems } = compileSieve(sources[name] as string);
  if (script === undefined) {
    const line = problems.find(({ severity }) => severity === 'error')?.span.line ?? 1;
    return fail(machine, 'include-broken', node.span, { value: label, line });
  }
  machine.compiled.set(label, script);
  return script;
}
