// A login shell in a terminal: prompt, one command at a time, the tool in the foreground. It knows tools only by their
// interface, and what they opened it closes. Read bash(1) and termios(3) first; jobs, pipes and scripts are not here.

import type { Time } from '../../base/dates.ts';
import type { DnsQuestion } from '../../dns/lookup.ts';
import { assertNever } from '../../base/assert.ts';
import type { Input, Os, ProgramDefinition } from '../program.ts';
import type { ToolInput, ToolIo, ToolStatus } from './tool.ts';
import { BUILTINS, toolNamed } from './tool-names.ts';
import { splitWords } from './words.ts';

export interface ShellConfig {
  readonly user: string;
  /** Absolute; /home/USER when absent. */
  readonly home?: string;
}

/** The tool that runs, and what it has open. */
interface Foreground {
  readonly tool: string;
  /** Tells late answers to an earlier tool from this one's. */
  readonly run: number;
  readonly startedAt: Time;
  state: unknown;
  readonly sockets: Set<number>;
  readonly ports: Set<number>;
  readonly timers: Set<string>;
}

export interface ShellState {
  readonly user: string;
  readonly home: string;
  runs: number;
  lastExit: number;
  foreground: Foreground | undefined;
  /** Lines typed while a tool ran that does not read; the shell takes them when it ends. */
  typeahead: string[];
}

const TYPEAHEAD_LIMIT = 1000;
/** bash: what a shell answers when it knows no command of that name. */
const NOT_FOUND = 127;
const INTERRUPTED = 130;
const HUNG_UP = 129;

export const shell: ProgramDefinition<ShellConfig, ShellState> = {
  start(config, os) {
    const state: ShellState = {
      user: config.user,
      home: config.home ?? `/home/${config.user}`,
      runs: 0,
      lastExit: 0,
      foreground: undefined,
      typeahead: [],
    };
    showPrompt(state, os);
    return state;
  },

  handle(state, input, os) {
    if (input.type === 'call') return called(state, input, os);
    const running = state.foreground;
    if (running === undefined) return;
    if (input.type === 'timer') {
      const [run, ...key] = input.key.split(' ');
      if (run === String(running.run)) toTool(state, { type: 'timer', key: key.join(' ') }, os);
      return;
    }
    if (input.type === 'icmp' && input.sentAt < running.startedAt) return;
    toTool(state, input, os);
  },
};

/** `alice@laptop:~$ ` */
export function promptOf(user: string, host: string): string {
  return `${user}@${host.split('.')[0]}:~$ `;
}

function called(state: ShellState, input: Extract<Input, { type: 'call' }>, os: Os): void {
  const { call } = input;
  const program = state.foreground?.tool ?? '';
  const terminal = os.program;
  switch (call.type) {
    case 'line': {
      os.cause = os.emit({ type: 'shell.input', terminal, program, text: call.text });
      const running = state.foreground;
      if (running !== undefined && toolOf(running, os)?.readsInput === true)
        return toTool(state, { type: 'line', text: call.text }, os);
      state.typeahead.push(...call.text.split('\n'));
      state.typeahead.length = Math.min(state.typeahead.length, TYPEAHEAD_LIMIT);
      return readTypeahead(state, os);
    }
    case 'key': {
      os.cause = os.emit({ type: 'shell.key', terminal, program, key: call.key });
      const running = state.foreground;
      if (running === undefined) {
        if (call.key === 'interrupt') state.lastExit = INTERRUPTED;
        if (call.key === 'endOfInput') print(os, 'logout\n');
        return showPrompt(state, os);
      }
      if (call.key === 'interrupt') state.typeahead = [];
      if (toolOf(running, os)?.readsKeys === true) return toTool(state, { type: 'key', key: call.key }, os);
      if (call.key === 'interrupt') endTool(state, INTERRUPTED, os);
      return;
    }
    case 'hangUp':
      os.cause = os.emit({ type: 'shell.key', terminal, program, key: 'hangUp' });
      state.typeahead = [];
      if (state.foreground !== undefined) endTool(state, HUNG_UP, os);
      return;
    case 'lookedUp': {
      const [run, ...token] = call.token.split(' ');
      if (run === String(state.foreground?.run))
        toTool(state, { type: 'lookedUp', token: token.join(' '), answer: call.answer }, os);
      return;
    }
    case 'logged':
      if (state.foreground !== undefined) toTool(state, call, os);
      return;
    case 'lookup':
    case 'reload':
    case 'forget':
    case 'send':
    case 'judged':
    case 'flush':
    case 'attempt':
    case 'administer':
    case 'outside':
    case 'mail':
    case 'import':
      return;
    default:
      return assertNever(call);
  }
}

function toolOf(running: Foreground, os: Os) {
  return toolNamed(running.tool, os.host);
}

function toTool(state: ShellState, input: ToolInput, os: Os): void {
  const running = state.foreground;
  if (running === undefined) return;
  toolOf(running, os)?.handle?.(running.state, input, new ShellIo(state, running, os));
  readTypeahead(state, os);
}

function readTypeahead(state: ShellState, os: Os): void {
  while (state.foreground === undefined) {
    const line = state.typeahead.shift();
    if (line === undefined) return;
    runLine(state, line, os);
  }
}

function runLine(state: ShellState, line: string, os: Os): void {
  const split = splitWords(line, state.home, (name) => variable(state, name, os));
  const fail = (text: string, code: number): void => {
    print(os, text);
    state.lastExit = code;
    showPrompt(state, os, code);
  };
  if (split.type === 'syntax') return fail(`bash: ${split.text}\n`, 2);
  if (split.type === 'operator')
    return fail(
      `bash: ${split.operator}: this simulated shell runs one simple command a line, without ${operatorName(split.operator)}\n`,
      2,
    );
  const [name, ...args] = split.words;
  if (name === undefined) return showPrompt(state, os);
  if ((BUILTINS as readonly string[]).includes(name)) {
    print(os, 'logout\n');
    return showPrompt(state, os, 0);
  }
  const tool = toolNamed(name, os.host);
  if (tool === undefined)
    return name.includes('/')
      ? fail(`bash: ${name}: No such file or directory\n`, NOT_FOUND)
      : fail(`bash: ${name}: command not found\n`, NOT_FOUND);
  const running: Foreground = {
    tool: name,
    run: ++state.runs,
    startedAt: os.now,
    state: null,
    sockets: new Set(),
    ports: new Set(),
    timers: new Set(),
  };
  state.foreground = running;
  os.emit({ type: 'shell.state', terminal: os.program, program: name, prompt: '' });
  const made = tool.start(args, new ShellIo(state, running, os));
  if (state.foreground === running) running.state = made;
}

function operatorName(operator: string): string {
  if (operator.startsWith('|') && operator !== '||') return 'pipes';
  if (/^[<>]/.test(operator)) return 'redirection';
  if (operator === '&') return 'background jobs';
  if (operator === '$(' || operator === '`') return 'command substitution';
  return 'lists of commands';
}

function variable(state: ShellState, name: string, os: Os): string {
  switch (name) {
    case '?':
      return String(state.lastExit);
    case 'USER':
    case 'LOGNAME':
      return state.user;
    case 'HOME':
    case 'PWD':
      return state.home;
    case 'HOSTNAME':
      return os.host.name.split('.')[0] ?? '';
    default:
      return '';
  }
}

function print(os: Os, text: string, connection?: number): void {
  if (text === '') return;
  os.emit({
    type: 'shell.output',
    terminal: os.program,
    text,
    ...(connection === undefined ? {} : { connection }),
  });
}

function showPrompt(state: ShellState, os: Os, exit?: number): void {
  os.emit({
    type: 'shell.state',
    terminal: os.program,
    program: '',
    prompt: promptOf(state.user, os.host.name),
    ...(exit === undefined ? {} : { exit }),
  });
}

/** Ends the tool in the foreground and closes whatever it has open: its peers see the connection end. */
function endTool(state: ShellState, code: number, os: Os): void {
  const running = state.foreground;
  if (running === undefined) return;
  state.foreground = undefined;
  for (const socket of running.sockets) os.close(socket);
  for (const port of running.ports) os.unbind(port);
  for (const key of running.timers) os.cancelTimer(key);
  os.host.followers.delete(os.program);
  state.lastExit = code;
  showPrompt(state, os, code);
}

class ShellIo implements ToolIo {
  readonly user: string;
  readonly home: string;

  constructor(
    private readonly state: ShellState,
    private readonly running: Foreground,
    readonly os: Os,
  ) {
    this.user = state.user;
    this.home = state.home;
  }

  private get runs(): boolean {
    return this.state.foreground === this.running;
  }
  print(text: string, connection?: number): void {
    if (this.runs) print(this.os, text, connection);
  }
  exit(code: number): void {
    if (this.runs) endTool(this.state, code, this.os);
  }
  show(status: ToolStatus): void {
    if (!this.runs) return;
    const { prompt = '', ...rest } = status;
    this.os.emit({
      type: 'shell.state',
      terminal: this.os.program,
      program: this.running.tool,
      prompt,
      ...rest,
    });
  }
  lookup(question: DnsQuestion, token: string): void {
    const { os } = this;
    const full = `${this.running.run} ${token}`;
    if (os.host.programs.has('libresolv'))
      os.call('libresolv', { type: 'lookup', question, token: full, asker: os.program });
    // No resolv.conf: nobody can be asked.
    else
      os.call(os.program, {
        type: 'lookedUp',
        question,
        token: full,
        answer: { status: 'TIMEOUT', records: [] },
      });
  }
  connect(to: { address: string; port: number }, timeoutMs?: number): number {
    const socket = this.os.connect(to, timeoutMs);
    this.running.sockets.add(socket);
    return socket;
  }
  close(socket: number): void {
    this.running.sockets.delete(socket);
    this.os.close(socket);
  }
  bind(): number {
    const port = this.os.bind();
    this.running.ports.add(port);
    return port;
  }
  timer(key: string, afterMs: number, patience: 'busy' | 'patient'): void {
    const full = `${this.running.run} ${key}`;
    this.running.timers.add(full);
    this.os.timer(full, this.os.now + afterMs, patience);
  }
  cancelTimer(key: string): void {
    this.os.cancelTimer(`${this.running.run} ${key}`);
  }
}
