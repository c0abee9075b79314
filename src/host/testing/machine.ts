// A small machine park for tests of programs: hosts around one router-less middle, programs as given, and a terminal that
// keeps what a person would see. Tests only.

import { timeOf } from '../../base/dates.ts';
import {
  callFromOutside,
  newMachine,
  record,
  runUntil,
  runUntilQuiet,
  spawn,
  type Machine,
} from '../kernel.ts';
import type { TraceEvent } from '../events.ts';
import type { Call, HostState } from '../program.ts';
import type { ProgramConfigs, ProgramKind } from '../programs.ts';
import { addHost, close, newNetwork, send, socketOf, type Wires } from '../../net/network.ts';
import type { FirewallRule } from '../../net/topology.ts';

export type TestProgram = {
  readonly [Kind in ProgramKind]: readonly [id: string, kind: Kind, config: ProgramConfigs[Kind]];
}[ProgramKind];

export interface TestHost {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly firewall?: readonly FirewallRule[];
  readonly programs?: readonly TestProgram[];
  /** The host that its only link leads to; `middle` when absent. */
  readonly behind?: string;
  readonly files?: Readonly<Record<string, readonly string[]>>;
  /** Authorities that it trusts, PEM. */
  readonly roots?: string;
}

/** What the middle has, for worlds in which it is a router that answers and filters. */
export interface TestMiddle {
  readonly addresses: readonly string[];
  readonly firewall: readonly FirewallRule[];
}

export const START = timeOf(2026, 11, 23, 8, 0, 0);
export const MIDDLE = 'middle';

/** Starts the programs and lets them settle. Every link takes 5 ms. */
export function testMachine(
  hosts: readonly TestHost[],
  seed = '1',
  middle: TestMiddle = { addresses: [], firewall: [] },
): Machine {
  const net = newNetwork(seed, START);
  const machine = newMachine(net);
  addHost(net, MIDDLE, middle.addresses).firewall = [...middle.firewall];
  for (const host of hosts) addHost(net, host.name, host.addresses).firewall = [...(host.firewall ?? [])];
  for (const host of hosts)
    net.links.push({ a: host.name, b: host.behind ?? MIDDLE, latencyMs: 5, lossPercent: 0, up: true });
  for (const host of hosts) {
    const state: HostState = {
      name: host.name,
      zoneMinutes: 60,
      programs: new Map(),
      files: new Map(Object.entries(host.files ?? {}).map(([path, lines]) => [path, [...lines]])),
      followers: new Map(),
      roots: host.roots ?? '',
    };
    machine.state.hosts.set(host.name, state);
    for (const [id, kind, config] of host.programs ?? []) spawn(machine, state, id, kind, config);
  }
  runUntilQuiet(machine, START + 60_000);
  return machine;
}

/** Lets so much time pass, then lets the machine come to rest. */
export function pass(machine: Machine, ms: number): void {
  runUntil(machine, machine.state.net.now + ms);
  settle(machine);
}

export function settle(machine: Machine): void {
  runUntilQuiet(machine, machine.state.net.now + 15 * 60_000);
}

/** Events of one type since `from`. */
export function eventsOf<T extends TraceEvent['type']>(
  machine: Machine,
  type: T,
  from = 0,
): Extract<TraceEvent, { type: T }>[] {
  return machine.trace.slice(from).filter((e): e is Extract<TraceEvent, { type: T }> => e.type === type);
}

/** A terminal and what stands on its screen, echo of what is typed included. */
export class TestTerminal {
  /** Without the shell's own prompts. */
  screen = '';
  prompt = '';
  program = '';
  exit: number | undefined;
  private seen = 0;

  constructor(
    readonly machine: Machine,
    readonly host: string,
    readonly id = `${host}#1`,
    user = 'alice',
  ) {
    const state = machine.state.hosts.get(host);
    if (state === undefined) throw new Error(`no host ${host}`);
    if (!state.programs.has(id)) spawn(machine, state, id, 'shell', { user });
    this.read();
  }

  /** Types a line and lets so many milliseconds pass. */
  typeFor(text: string, ms: number): this {
    this.echo(text);
    callFromOutside(this.machine, this.host, this.id, { type: 'line', text }, undefined);
    runUntil(this.machine, this.machine.state.net.now + ms);
    return this.read();
  }
  /** Types a line and waits until the world is quiet. */
  type(text: string): this {
    this.echo(text);
    return this.call({ type: 'line', text });
  }
  key(key: 'interrupt' | 'endOfInput' | 'escape'): this {
    if (key !== 'endOfInput') this.echo(key === 'interrupt' ? '^C' : '^]');
    return this.call({ type: 'key', key });
  }
  hangUp(): this {
    return this.call({ type: 'hangUp' });
  }
  /** What was printed since the last `take`. */
  take(): string {
    this.read();
    const { screen } = this;
    this.screen = '';
    return screen;
  }
  /** Types a command at the prompt; answers what it printed. */
  run(command: string): string {
    this.take();
    this.call({ type: 'line', text: command });
    return this.take();
  }

  private echo(text: string): void {
    this.read();
    if (this.program !== '') this.screen += `${this.prompt}${text}\n`;
  }
  private call(call: Call): this {
    callFromOutside(this.machine, this.host, this.id, call, undefined);
    settle(this.machine);
    return this.read();
  }
  /** Takes what the trace has new for this terminal. */
  read(): this {
    for (; this.seen < this.machine.trace.length; this.seen++) {
      const event = this.machine.trace[this.seen] as TraceEvent;
      if (event.host !== this.host) continue;
      if (event.type === 'shell.output' && event.terminal === this.id) this.screen += event.text;
      if (event.type === 'shell.state' && event.terminal === this.id) {
        this.prompt = event.prompt;
        this.program = event.program;
        if (event.exit !== undefined) this.exit = event.exit;
      }
    }
    return this;
  }
}

/** A server whose every byte the test says: it listens, and the test sends through it. */
export class ScriptedServer {
  private readonly wires: Wires;

  constructor(
    readonly machine: Machine,
    readonly host: string,
    ports: readonly number[],
  ) {
    for (const port of ports) machine.state.net.hosts.get(host)?.listeners.set(port, 'scripted');
    this.wires = {
      cause: undefined,
      emit: (name, event) => record(machine, name, event, undefined),
      deliver: () => undefined,
    };
  }

  /** The newest connection that was accepted. */
  private get socket(): number {
    const accepted = eventsOf(this.machine, 'net.accept').filter((event) => event.host === this.host);
    return socketOf(accepted.at(-1)?.connection ?? 0, 'server');
  }
  /** `forMs`: only so much time passes then, not as much as it takes until all is quiet. */
  say(bytes: string, forMs?: number): void {
    send(this.machine.state.net, this.wires, this.socket, bytes);
    this.pass(forMs);
  }
  hangUp(forMs?: number): void {
    close(this.machine.state.net, this.wires, this.socket);
    this.pass(forMs);
  }
  private pass(forMs: number | undefined): void {
    if (forMs === undefined) settle(this.machine);
    else runUntil(this.machine, this.machine.state.net.now + forMs);
  }
  /** Everything that clients sent to this host, in order. */
  heard(): string {
    return eventsOf(this.machine, 'net.data')
      .filter((event) => event.toHost === this.host && event.side === 'client')
      .map((event) => event.bytes)
      .join('');
  }
}
