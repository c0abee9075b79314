// Runs programs on hosts: takes the next entry of the event queue, sets the clock, and hands the input to the program it
// is for. Everything a program does goes through the `Os` made here, so nothing happens without an event and a cause.

import { latin1, toHex } from '../base/bytes.ts';
import { syslogDate, type Time } from '../base/dates.ts';
import type { RandomState } from '../base/random.ts';
import { sha256 } from '../crypto/hash.ts';
import type { Endpoint, NetEvent } from '../net/events.ts';
import {
  arrive,
  close,
  dropArrived,
  connect,
  freePort,
  ping,
  send,
  sendDatagram,
  stream,
  type NetInput,
  type Network,
  type Wires,
} from '../net/network.ts';
import { cancel, peekEntry, schedule, takeEntry } from '../net/queue.ts';
import type { TlsConfig, TlsEnd } from '../net/tls.ts';
import type { HostEvent, TraceEvent } from './events.ts';
import type { Call, HostState, Input, Os, Patience, ProgramState } from './program.ts';
import { definitionOf, type ProgramConfig, type ProgramKind } from './programs.ts';
import { beginTls, endTls, hearTls, sendTls } from './tls-sockets.ts';

/** All that changes, as plain data: a structured clone of it is a checkpoint. */
export interface MachineState {
  readonly net: Network;
  readonly hosts: Map<string, HostState>;
  nextSeq: number;
  nextPid: number;
  /** `host program key` of a timer to its place in the queue. */
  readonly timers: Map<string, { readonly order: number; readonly busy: boolean }>;
  /** TLS on sockets. */
  readonly tls: Map<number, TlsEnd>;
}

/** A running machine park: state, and the two append-only stores that checkpoints share. */
export interface Machine {
  state: MachineState;
  readonly trace: TraceEvent[];
  /** Bytes of messages by hash, as binary strings. */
  readonly kept: Map<string, string>;
}

/** More events than this in one run is a bug or an attack; the run stops with a `net.bound` event. */
export const EVENTS_PER_RUN = 400_000;
const LOG_LINES = 2000;

export function newMachine(net: Network): Machine {
  return {
    state: { net, hosts: new Map(), nextSeq: 1, nextPid: 1000, timers: new Map(), tls: new Map() },
    trace: [],
    kept: new Map(),
  };
}

/** Appends an event to the trace. */
export function record(
  machine: Machine,
  host: string,
  event: NetEvent | HostEvent,
  cause: number | undefined,
  rule?: string,
): number {
  const seq = machine.state.nextSeq++;
  const at = machine.state.net.now;
  // Head first, in this order: the trace is compared and shown as JSON. Literals, since every byte passes here.
  machine.trace.push(
    cause === undefined
      ? rule === undefined
        ? { seq, at, host, ...event }
        : { seq, at, host, rule, ...event }
      : rule === undefined
        ? { seq, at, host, cause, ...event }
        : { seq, at, host, cause, rule, ...event },
  );
  return seq;
}

/** Starts a program on a host, in the host's name. */
export function spawn(
  machine: Machine,
  host: HostState,
  id: string,
  kind: ProgramKind,
  config: ProgramConfig,
): void {
  const program: ProgramState = { kind, config, pid: machine.state.nextPid, state: undefined };
  machine.state.nextPid += 7;
  host.programs.set(id, program);
  const os = new ProgramOs(machine, host, id, program.pid, undefined);
  program.state = definitionOf(kind).start(config, os);
}

/** Gives a running program another configuration. It holds from the next thing that the program does. */
export function configure(program: ProgramState, config: ProgramConfig): void {
  program.config = config;
  // Programs that look things up in their configuration keep it in their state.
  const state = program.state as { config?: ProgramConfig } | undefined;
  if (state?.config !== undefined) state.config = config;
}

/** Lets a program that was configured anew act on it at once, if it is one that does. */
export function reconfigured(machine: Machine, host: string, id: string, cause: number): void {
  const state = machine.state.hosts.get(host);
  const program = state?.programs.get(id);
  if (state === undefined || program === undefined) return;
  const os = new ProgramOs(machine, state, id, program.pid, cause);
  definitionOf(program.kind).reconfigured?.(program.state, os);
}

/** Puts a call from outside (a terminal, the learner's editor) before a program, to be handled now. */
export function callFromOutside(
  machine: Machine,
  host: string,
  program: string,
  call: Call,
  cause: number | undefined,
): void {
  schedule(machine.state.net.queue, machine.state.net.now, true, cause, {
    kind: 'call',
    host,
    program,
    message: { from: '', call },
  });
}

/** True while something is under way that does not need the learner to let time pass. */
export function isBusy(machine: Machine): boolean {
  return machine.state.net.queue.busyCount > 0;
}

/** When the next thing happens, if anything is left to happen. */
export function nextAt(machine: Machine): Time | undefined {
  return peekEntry(machine.state.net.queue)?.at;
}

/** When a program's timer comes due, if it is set. */
export function timerDue(machine: Machine, host: string, program: string, key: string): Time | undefined {
  const order = machine.state.timers.get(`${host} ${program} ${key}`)?.order;
  if (order === undefined) return undefined;
  return machine.state.net.queue.heap.find((entry) => entry.order === order)?.at;
}

/** Runs until nothing is under way, at most to `limit`. Patient entries that come due on the way are handled in order. */
export function runUntilQuiet(machine: Machine, limit: Time): void {
  const start = machine.state.nextSeq;
  while (isBusy(machine)) {
    const next = peekEntry(machine.state.net.queue);
    if (next === undefined || next.at > limit) return;
    if (machine.state.nextSeq - start > EVENTS_PER_RUN) return bound(machine);
    step(machine);
  }
}

/** Runs everything that is due until `until`, then sets the clock there. */
export function runUntil(machine: Machine, until: Time): void {
  const net = machine.state.net;
  const start = machine.state.nextSeq;
  for (;;) {
    const next = peekEntry(net.queue);
    if (next === undefined || next.at > until) break;
    if (machine.state.nextSeq - start > EVENTS_PER_RUN) return bound(machine);
    step(machine);
  }
  net.now = Math.max(net.now, until);
}

function bound(machine: Machine): void {
  record(machine, '', { type: 'net.bound', bound: 'eventsPerRun', limit: EVENTS_PER_RUN }, undefined);
}

/** Handles the next entry of the queue, whatever it is. False when there is none. */
export function step(machine: Machine): boolean {
  const { net, hosts, timers } = machine.state;
  const entry = takeEntry(net.queue);
  if (entry === undefined) return false;
  net.now = Math.max(net.now, entry.at);
  const work = entry.work;
  if (work.kind === 'timer') {
    timers.delete(`${work.host} ${work.program} ${work.key}`);
    const host = hosts.get(work.host);
    if (host !== undefined)
      dispatch(machine, host, work.program, { type: 'timer', key: work.key }, entry.cause);
  } else if (work.kind === 'call') {
    const host = hosts.get(work.host);
    const { from, call } = work.message as { from: string; call: Call };
    if (host !== undefined) dispatch(machine, host, work.program, { type: 'call', from, call }, entry.cause);
  } else {
    const wires: Wires & { cause: number | undefined } = {
      cause: entry.cause,
      emit: (host, event) => {
        const seq = record(machine, host, event, entry.cause);
        if (
          event.type === 'net.accept' ||
          event.type === 'net.connected' ||
          event.type === 'net.connectFailed'
        )
          wires.cause = seq;
        return seq;
      },
      deliver: (hostName, program, input) => {
        const host = hosts.get(hostName);
        if (host !== undefined) dispatch(machine, host, program, input, wires.cause);
      },
    };
    arrive(net, wires, work);
  }
  return true;
}

function dispatch(
  machine: Machine,
  host: HostState,
  id: string,
  input: Input,
  cause: number | undefined,
): void {
  const program = host.programs.get(id);
  if (program === undefined) return;
  const os = new ProgramOs(machine, host, id, program.pid, cause);
  const { handle } = definitionOf(program.kind);
  const end = 'socket' in input ? machine.state.tls.get(input.socket) : undefined;
  if (end === undefined) return handle(program.state, input, os);
  for (const heard of hearTls(end, input as NetInput & { readonly socket: number }, machine.state.tls, os)) {
    handle(program.state, heard, os);
    os.cause = cause;
  }
}

class ProgramOs implements Os, Wires {
  constructor(
    private readonly machine: Machine,
    readonly host: HostState,
    readonly program: string,
    readonly pid: number,
    public cause: number | undefined,
  ) {}

  private get network(): Network {
    return this.machine.state.net;
  }
  get now(): Time {
    return this.network.now;
  }
  get net() {
    const found = this.network.hosts.get(this.host.name);
    if (found === undefined) throw new Error(`host ${this.host.name} is not on the network`);
    return found;
  }

  // As `Wires`, for the network; `host` is always this one when a program acts.
  emit(event: HostEvent, rule?: string): number;
  emit(host: string, event: NetEvent): number;
  emit(first: string | HostEvent, second?: NetEvent | string): number {
    return typeof first === 'string'
      ? record(this.machine, first, second as NetEvent, this.cause)
      : record(this.machine, this.host.name, first, this.cause, second as string | undefined);
  }
  deliver(host: string, program: string, input: NetInput): void {
    const target = this.machine.state.hosts.get(host);
    if (target !== undefined) dispatch(this.machine, target, program, input, this.cause);
  }

  log(tag: string, text: string, pid = this.pid): number {
    const file = '/var/log/mail.log';
    const shortName = this.host.name.split('.')[0] ?? this.host.name;
    const line = `${syslogDate(this.now, this.host.zoneMinutes)} ${shortName} ${tag}[${pid}]: ${text}`;
    let lines = this.host.files.get(file);
    if (lines === undefined) this.host.files.set(file, (lines = []));
    lines.push(line);
    while (lines.length > LOG_LINES) lines.shift();
    const seq = this.emit({ type: 'log.line', file, text: line });
    for (const [id, followed] of this.host.followers)
      if (followed === file) this.call(id, { type: 'logged', file, line });
    return seq;
  }

  connect(to: Endpoint, timeoutMs?: number): number {
    return connect(this.network, this, { host: this.host.name, program: this.program }, to, timeoutMs);
  }
  send(socket: number, bytes: string): void {
    const end = this.machine.state.tls.get(socket);
    if (end === undefined) this.sendRaw(socket, bytes);
    else sendTls(end, socket, bytes, this);
  }
  /** Past TLS: its own records. */
  sendRaw(socket: number, bytes: string): void {
    send(this.network, this, socket, bytes);
  }
  close(socket: number): void {
    endTls(this.machine.state.tls, socket, this);
    close(this.network, this, socket, 'fin');
  }
  reset(socket: number): void {
    this.machine.state.tls.delete(socket);
    close(this.network, this, socket, 'reset');
  }
  startTls(socket: number, config: TlsConfig): void {
    // What the client sent in clear together with the command that asked for TLS is never heard (CVE-2011-0411).
    if (config.role === 'server') dropArrived(this.network, socket);
    beginTls(this.machine.state.tls, socket, config, this);
  }
  listen(port: number): void {
    this.net.listeners.set(port, this.program);
  }
  unlisten(port: number): void {
    this.net.listeners.delete(port);
  }
  bind(port?: number): number {
    const host = this.net;
    const chosen = port ?? freePort(host);
    host.bound.set(chosen, this.program);
    return chosen;
  }
  unbind(port: number): void {
    this.net.bound.delete(port);
  }
  sendDatagram(fromPort: number, to: Endpoint, bytes: string): void {
    sendDatagram(
      this.network,
      this,
      { host: this.host.name, program: this.program, port: fromPort },
      to,
      bytes,
    );
  }
  ping(address: string, sequence: number): void {
    ping(this.network, this, { host: this.host.name, program: this.program }, address, sequence);
  }

  timer(key: string, at: Time, patience: Patience): void {
    this.cancelTimer(key);
    const busy = patience === 'busy';
    const order = schedule(this.network.queue, Math.max(at, this.now), busy, this.cause, {
      kind: 'timer',
      host: this.host.name,
      program: this.program,
      key,
    });
    this.machine.state.timers.set(`${this.host.name} ${this.program} ${key}`, { order, busy });
  }
  cancelTimer(key: string): void {
    const name = `${this.host.name} ${this.program} ${key}`;
    const found = this.machine.state.timers.get(name);
    if (found === undefined) return;
    this.machine.state.timers.delete(name);
    cancel(this.network.queue, found.order, found.busy);
  }
  call(program: string, call: Call): void {
    schedule(this.network.queue, this.now, true, this.cause, {
      kind: 'call',
      host: this.host.name,
      program,
      message: { from: this.program, call },
    });
  }
  random(name: string): RandomState {
    return stream(this.network, `${this.host.name}:${name}`);
  }

  keep(bytes: string): string {
    const hash = toHex(sha256(latin1(bytes)));
    if (!this.machine.kept.has(hash)) this.machine.kept.set(hash, bytes);
    return hash;
  }
  kept(hash: string): string {
    const found = this.machine.kept.get(hash);
    if (found === undefined) throw new Error(`nothing kept under ${hash}`);
    return found;
  }
}
