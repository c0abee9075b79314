// A running internet with its tape. Commands go in and are remembered; the trace comes out. Checkpoints make it possible
// to rewind and to ask questions on throw-away forks, which change nothing.

import type { Time } from '../base/dates.ts';
import {
  callFromOutside,
  configure,
  nextAt,
  reconfigured,
  record,
  runUntil,
  runUntilQuiet,
  type Machine,
} from '../host/kernel.ts';
import type { TraceEvent } from '../host/events.ts';
import { bytesOfImport, importProblem, type ImportProblem, type MailImport } from '../host/mda/import.ts';
import type { MdaState } from '../host/mda/config.ts';
import type { MailProblem } from '../host/mail-client/ask.ts';
import { mailProblem } from '../host/mail-client/problem.ts';
import type { MailClientState } from '../host/mail-client/state.ts';
import type { Call } from '../host/program.ts';
import { settingProblem, withSetting, type SettingProblem } from '../host/settings.ts';
import { buildMachine, openTerminal } from './build.ts';
import type { Command } from './command.ts';
import type { WorldDescription } from './description.ts';

export interface World {
  readonly description: WorldDescription;
  readonly scenario: string;
  readonly seed: string;
  readonly machine: Machine;
  readonly tape: Command[];
}

/** Why a command was refused; the world is as it was. */
export type Refusal =
  | { readonly id: 'noSuchTerminal'; readonly terminal: string }
  | { readonly id: 'noSuchZone'; readonly zone: string }
  | { readonly id: 'zoneNotEditable'; readonly zone: string }
  | { readonly id: 'timeRunsForward' }
  | { readonly id: 'tooFar'; readonly days: number }
  | { readonly id: 'inputTooLong'; readonly limit: number }
  | { readonly id: 'badFileName'; readonly name: string }
  | { readonly id: 'noSuchProgram'; readonly host: string; readonly program: string }
  | { readonly id: 'noSuchResolver'; readonly host: string }
  | { readonly id: 'settingFixed'; readonly host: string; readonly setting: string }
  | MailProblem
  | ImportProblem
  | SettingProblem;

/** One command may run at most this long on the virtual clock before the learner has a say again. */
const BUSY_LIMIT_MS = 15 * 60_000;
/** One command may let at most this much time pass. */
export const PASS_LIMIT_DAYS = 40;
/** Longest text that one command may carry into a terminal. */
export const INPUT_LIMIT = 65_536;
/** Longest file that one command may bring. */
export const FILE_LIMIT = 1_000_000;
/** Bytes of messages that one world takes out of files, all together. */
const WORLD_IMPORT_LIMIT = 20_000_000;

export function openWorld(description: WorldDescription, scenario: string, seed = description.seed): World {
  const machine = buildMachine(description, seed);
  const world: World = { description, scenario, seed, machine, tape: [] };
  record(machine, '', { type: 'world.open', scenario, seed }, undefined);
  return world;
}

export function trace(world: World): readonly TraceEvent[] {
  return world.machine.trace;
}

export function now(world: World): Time {
  return world.machine.state.net.now;
}

/** When the next thing happens if time is let pass. */
export function nextDue(world: World): Time | undefined {
  return nextAt(world.machine);
}

/** Does a command and runs until the world is quiet. It is on the tape unless it was refused. */
export function apply(world: World, command: Command): Refusal | undefined {
  const refusal = perform(world, command);
  if (refusal === undefined) world.tape.push(command);
  return refusal;
}

function perform(world: World, command: Command): Refusal | undefined {
  const { machine } = world;
  const settle = (): undefined => {
    runUntilQuiet(machine, machine.state.net.now + BUSY_LIMIT_MS);
    return undefined;
  };
  switch (command.type) {
    case 'line':
      if (command.text.length > INPUT_LIMIT) return { id: 'inputTooLong', limit: INPUT_LIMIT };
      return toTerminal(world, command.terminal, { type: 'line', text: command.text }) ?? settle();
    case 'key':
      return toTerminal(world, command.terminal, { type: 'key', key: command.key }) ?? settle();
    case 'hangUp':
      return toTerminal(world, command.terminal, { type: 'hangUp' }) ?? settle();
    case 'publish': {
      const zone = world.description.zones.find((z) => z.zone.toLowerCase() === command.zone.toLowerCase());
      if (zone === undefined) return { id: 'noSuchZone', zone: command.zone };
      if (zone.editable !== true) return { id: 'zoneNotEditable', zone: command.zone };
      const server = machine.state.hosts.get(zone.server);
      const program = [...(server?.programs ?? [])].find(([, p]) => p.kind === 'nameServer')?.[0];
      if (program === undefined) return { id: 'noSuchZone', zone: command.zone };
      callFromOutside(
        machine,
        zone.server,
        program,
        { type: 'reload', zone: zone.zone, text: command.text },
        undefined,
      );
      return settle();
    }
    case 'pass': {
      const from = machine.state.net.now;
      if (command.until <= from) return { id: 'timeRunsForward' };
      if (command.until - from > PASS_LIMIT_DAYS * 86_400_000) return { id: 'tooFar', days: PASS_LIMIT_DAYS };
      record(machine, '', { type: 'world.pass', until: command.until }, undefined);
      runUntil(machine, command.until);
      return settle();
    }
    case 'configure':
      return change(world, command) ?? settle();
    case 'flush': {
      const { host, name } = command;
      const programs = machine.state.hosts.get(host)?.programs ?? [];
      const program = [...programs].find(([, { kind }]) => kind === 'resolver')?.[0];
      if (program === undefined) return { id: 'noSuchResolver', host };
      const call: Call = { type: 'forget', ...(name === undefined ? {} : { name }) };
      callFromOutside(machine, host, program, call, undefined);
      return settle();
    }
    case 'mail': {
      const { host, program, ask } = command;
      const running = machine.state.hosts.get(host)?.programs.get(program);
      if (running?.kind !== 'mailClient') return { id: 'noSuchProgram', host, program };
      const problem = mailProblem(running.state as MailClientState, ask);
      if (problem !== undefined) return problem;
      callFromOutside(machine, host, program, { type: 'mail', ask }, undefined);
      return settle();
    }
    case 'file':
      return putFile(world, command);
    case 'import':
      return bringMail(world, command) ?? settle();
    case 'answer':
      record(
        machine,
        '',
        { type: 'world.answer', question: command.question, choice: command.choice },
        undefined,
      );
      return undefined;
  }
}

function change(world: World, command: Extract<Command, { type: 'configure' }>): Refusal | undefined {
  const { host, program, setting, value } = command;
  const described = world.description.hosts.find((one) => one.name === host)?.programs?.[program];
  const running = world.machine.state.hosts.get(host)?.programs.get(program);
  if (described === undefined || running === undefined) return { id: 'noSuchProgram', host, program };
  if (described.settings?.includes(setting) !== true) return { id: 'settingFixed', host, setting };
  const problem = settingProblem(running.kind, setting, value);
  if (problem !== undefined) return problem;
  configure(running, withSetting(running.config, setting, value));
  const seq = record(world.machine, host, { type: 'program.configured', program, setting, value }, undefined);
  reconfigured(world.machine, host, program, seq);
  return undefined;
}

/** Puts messages out of a file into a mailbox, all of them or none. */
function bringMail(world: World, command: Extract<Command, { type: 'import' }>): Refusal | undefined {
  const { host, user, file, messages } = command;
  const found = [...(world.machine.state.hosts.get(host)?.programs ?? [])].find(
    ([, one]) => one.kind === 'mda',
  );
  if (found === undefined) return { id: 'noSuchMailbox', user };
  const [program, { state }] = found;
  const mail: MailImport = { user, file: file.slice(0, 200), messages };
  const problem = importProblem(state as MdaState, mail);
  if (problem !== undefined) return problem;
  // The tape is saved after every command, so all that a world has ever taken in counts.
  const before = world.tape.reduce((sum, one) => (one.type === 'import' ? sum + bytesOfImport(one) : sum), 0);
  const bytes = before + bytesOfImport(mail);
  if (bytes > WORLD_IMPORT_LIMIT) return { id: 'importTooBig', bytes, limit: WORLD_IMPORT_LIMIT };
  callFromOutside(world.machine, host, program, { type: 'import', mail }, undefined);
  return undefined;
}

/** Puts a file into the home of the person who has the terminal there; one of that name is replaced. */
function putFile(
  { machine, description }: World,
  command: Extract<Command, { type: 'file' }>,
): Refusal | undefined {
  const { host: name, name: file, text } = command;
  const user = description.hosts.find((one) => one.name === name)?.user;
  const host = machine.state.hosts.get(name);
  if (user === undefined || host === undefined) return { id: 'noSuchTerminal', terminal: name };
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,79}$/.test(file)) return { id: 'badFileName', name: file };
  if (text.length > FILE_LIMIT) return { id: 'inputTooLong', limit: FILE_LIMIT };
  const path = `/home/${user}/${file}`;
  host.files.set(path, text.replace(/\n$/, '').split('\n'));
  record(machine, name, { type: 'file.written', path, size: text.length }, undefined);
  return undefined;
}

/** The host of a terminal's name: what stands before the `#`. */
export function hostOfTerminal(terminal: string): string {
  return terminal.slice(0, terminal.lastIndexOf('#'));
}

function toTerminal(world: World, terminal: string, call: Call): Refusal | undefined {
  const hostName = hostOfTerminal(terminal);
  const place = world.description.hosts.find((host) => host.name === hostName);
  const host = world.machine.state.hosts.get(hostName);
  if (place?.user === undefined || host === undefined || !/#[1-9]$/.test(terminal))
    return { id: 'noSuchTerminal', terminal };
  if (!host.programs.has(terminal)) openTerminal(world.machine, host, place.user, terminal);
  callFromOutside(world.machine, hostName, terminal, call, undefined);
  return undefined;
}

/** A copy that shares nothing that changes. Its trace goes on where this one stands. */
export function fork(world: World): World {
  const machine: Machine = {
    state: structuredClone(world.machine.state),
    trace: [...world.machine.trace],
    kept: new Map(world.machine.kept),
  };
  return { ...world, machine, tape: [...world.tape] };
}

/** Asks something of a fork, so that asking changes nothing. */
export function probe<Answer>(world: World, ask: (copy: World) => Answer): Answer {
  return ask(fork(world));
}

/** What a checkpoint keeps: the whole state by value, and how long trace and tape were. */
export interface Checkpoint {
  readonly state: Machine['state'];
  readonly traceLength: number;
  readonly tapeLength: number;
}

export function checkpoint(world: World): Checkpoint {
  return {
    state: structuredClone(world.machine.state),
    traceLength: world.machine.trace.length,
    tapeLength: world.tape.length,
  };
}

/** Puts a world back to a checkpoint of its own past. */
export function restore(world: World, to: Checkpoint): void {
  world.machine.state = structuredClone(to.state);
  world.machine.trace.length = to.traceLength;
  world.tape.length = to.tapeLength;
}

/** Builds the world anew and plays a tape. Commands that are refused now are left out and counted. */
export function replay(
  description: WorldDescription,
  scenario: string,
  seed: string,
  commands: readonly Command[],
): { readonly world: World; readonly refused: number } {
  const world = openWorld(description, scenario, seed);
  let refused = 0;
  for (const command of commands) if (apply(world, command) !== undefined) refused++;
  return { world, refused };
}
