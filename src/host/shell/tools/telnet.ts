// telnet as Debian's netkit telnet: a connection, a line a time with CR LF, and the `telnet> ` prompt behind ^]. Speaks no
// telnet options, because none of the ports it is used for here does. RFC 854 for the line ends only.

import { fromLatin1, utf8 } from '../../../base/bytes.ts';
import { assertNever } from '../../../base/assert.ts';
import { connectionOf } from '../../../net/network.ts';
import { addressAnswered, connectErrorText, requestAddress, type AddressRequest } from '../address.ts';
import { portOf } from '../services.ts';
import { restText, streamText, textStream, type TextStream } from '../terminal-text.ts';
import type { Tool, ToolIo } from '../tool.ts';

export interface TelnetState {
  phase: 'command' | 'resolving' | 'connecting' | 'connected';
  /** Started without a host: failures lead back to the prompt. */
  readonly interactive: boolean;
  family: 4 | 6 | undefined;
  target: string;
  port: number;
  /** As typed. */
  portText: string;
  request: AddressRequest | undefined;
  addresses: readonly string[];
  at: number;
  socket: number | undefined;
  /** The `telnet> ` prompt is shown although the connection stands. */
  escaped: boolean;
  /** Typed before the connection stood. */
  typed: string;
  stream: TextStream;
}

const USAGE =
  'Usage: telnet [-4] [-6] [-8] [-E] [-L] [-a] [-d] [-e char] [-l user]\n\t[-n tracefile] [ -b addr ] [-r] [host-name [port]]\n';
const PROMPT = 'telnet> ';
const ESCAPE = "Escape character is '^]'.\n";

const HELP = `Commands may be abbreviated.  Commands are:

close   \tclose current connection
open    \tconnect to a site
quit    \texit telnet
status  \tprint status information
?       \tprint help information
`;
const COMMANDS = ['close', 'open', 'quit', 'status', 'help', '?'] as const;

export const telnet: Tool<TelnetState> = {
  readsInput: true,
  readsKeys: true,

  start(args, io) {
    const words: string[] = [];
    let family: 4 | 6 | undefined;
    const state = (interactive: boolean): TelnetState => ({
      phase: 'command',
      interactive,
      family,
      target: '',
      port: 0,
      portText: '',
      request: undefined,
      addresses: [],
      at: 0,
      socket: undefined,
      escaped: false,
      typed: '',
      stream: textStream(),
    });
    for (const arg of args) {
      if (!/^-./.test(arg)) words.push(arg);
      else
        for (const letter of arg.slice(1)) {
          if (letter === '4') family = 4;
          else if (letter === '6') family = 6;
          else if (!'8ELKadrx'.includes(letter)) {
            io.print(`telnet: invalid option -- '${letter}'\n${USAGE}`);
            io.exit(1);
            return state(false);
          }
        }
    }
    if (words.length > 2) {
      io.print(USAGE);
      io.exit(1);
      return state(false);
    }
    const made = state(words.length === 0);
    if (words.length === 0) io.show({ prompt: PROMPT });
    else open(made, words[0] ?? '', words[1], io);
    return made;
  },

  handle(state, input, io) {
    switch (input.type) {
      case 'lookedUp':
        if (state.phase !== 'resolving' || state.request === undefined) return;
        addressAnswered(io, state.request, input.token, input.answer);
        return resolved(state, io);
      case 'connected':
        if (input.socket !== state.socket) return;
        state.phase = 'connected';
        io.print(`Connected to ${state.target}.\n${ESCAPE}`);
        io.show(connectedStatus(state));
        if (state.typed !== '') send(state, state.typed, io);
        state.typed = '';
        return;
      case 'connectFailed':
        if (input.socket !== state.socket) return;
        state.socket = undefined;
        if (state.at + 1 < state.addresses.length) {
          io.print(`Connection failed: ${connectErrorText(input.reason)}\n`);
          state.at++;
          return tryAddress(state, io);
        }
        io.print(`telnet: Unable to connect to remote host: ${connectErrorText(input.reason)}\n`);
        return failed(state, io);
      case 'data':
        if (input.socket === state.socket)
          io.print(streamText(state.stream, input.bytes), connectionOf(input.socket));
        return;
      case 'ended':
      case 'reset':
        if (input.socket !== state.socket) return;
        io.print(restText(state.stream), connectionOf(input.socket));
        io.print('Connection closed by foreign host.\n');
        return io.exit(0);
      case 'line':
        for (const [index, line] of splitForCommands(state, input.text).entries()) {
          if (index > 0 && state.phase === 'command' && line === '') continue;
          entered(state, line, io);
        }
        return;
      case 'key':
        return pressed(state, input.key, io);
      case 'accepted':
      case 'datagram':
      case 'icmp':
      case 'timer':
      case 'secured':
      case 'ticket':
      case 'tlsFailed':
      case 'logged':
        return;
      default:
        return assertNever(input);
    }
  },
};

/** For a peer, lines that were pasted together stay together; at the `telnet> ` prompt each is a command. */
function splitForCommands(state: TelnetState, text: string): readonly string[] {
  return state.phase === 'command' || state.escaped ? text.split('\n') : [text];
}

function entered(state: TelnetState, line: string, io: ToolIo): void {
  if (state.phase === 'command' || state.escaped) return command(state, line, io);
  if (state.phase === 'connected') return send(state, line, io);
  state.typed = state.typed === '' ? line : `${state.typed}\n${line}`;
}

function send(state: TelnetState, text: string, io: ToolIo): void {
  if (state.socket === undefined) return;
  io.os.send(state.socket, fromLatin1(utf8(`${text.replace(/\r?\n/g, '\r\n')}\r\n`)));
}

function pressed(state: TelnetState, key: 'interrupt' | 'endOfInput' | 'escape', io: ToolIo): void {
  if (key === 'escape') {
    if (state.phase !== 'connected') return;
    state.escaped = true;
    return io.show({ ...connectedStatus(state), prompt: PROMPT });
  }
  if (state.phase === 'command') {
    if (key === 'interrupt') return io.show({ prompt: PROMPT });
    return io.exit(0);
  }
  if (state.phase === 'connected') return hangUp(state, io);
  if (key === 'interrupt') io.exit(130);
}

function hangUp(state: TelnetState, io: ToolIo): void {
  if (state.socket !== undefined) io.close(state.socket);
  io.print('Connection closed.\n');
  io.exit(0);
}

function connectedStatus(state: TelnetState): { connectedTo: string; connection?: number } {
  const connectedTo = `${state.target}:${state.port}`;
  return state.socket === undefined
    ? { connectedTo }
    : { connectedTo, connection: connectionOf(state.socket) };
}

function open(state: TelnetState, target: string, port: string | undefined, io: ToolIo): void {
  const number = portOf(port ?? 'telnet');
  if (number === undefined) {
    io.print(`Server lookup failure:  ${target}:${port}, Servname not supported for ai_socktype\n`);
    return failed(state, io);
  }
  state.target = target;
  state.port = number;
  state.portText = port ?? 'telnet';
  state.phase = 'resolving';
  io.show({});
  state.request = requestAddress(io, target, state.family);
  state.typed = '';
  if (state.request.result !== undefined) resolved(state, io);
}

function resolved(state: TelnetState, io: ToolIo): void {
  const result = state.request?.result;
  if (result === undefined) return;
  state.request = undefined;
  if (!result.ok) {
    io.print(`Server lookup failure:  ${state.target}:${state.portText}, ${result.text}\n`);
    return failed(state, io);
  }
  state.addresses = result.addresses;
  state.at = 0;
  state.phase = 'connecting';
  tryAddress(state, io);
}

function tryAddress(state: TelnetState, io: ToolIo): void {
  const address = state.addresses[state.at] ?? '';
  io.print(`Trying ${address}...\n`);
  state.socket = io.connect({ address, port: state.port });
}

function failed(state: TelnetState, io: ToolIo): void {
  state.phase = 'command';
  state.socket = undefined;
  if (state.interactive) io.show({ prompt: PROMPT });
  else io.exit(1);
}

function command(state: TelnetState, line: string, io: ToolIo): void {
  const [word = '', ...args] = line.trim().split(/\s+/);
  const connected = state.phase === 'connected';
  const back = (): void => {
    if (!connected) return io.show({ prompt: PROMPT });
    state.escaped = false;
    io.show(connectedStatus(state));
  };
  if (word === '') return back();
  const found = COMMANDS.filter((name) => name.startsWith(word));
  const [name] = found;
  if (name === undefined) {
    io.print('?Invalid command\n');
    return back();
  }
  switch (name) {
    case 'close':
      if (connected) return hangUp(state, io);
      io.print('?Need to be connected first.\n');
      return back();
    case 'quit':
      if (connected) return hangUp(state, io);
      return io.exit(0);
    case 'status':
      io.print(
        connected
          ? `Connected to ${state.target}.\nOperating in obsolete linemode\nLocal character echo\n${ESCAPE}\n`
          : `No connection.\n${ESCAPE}`,
      );
      return back();
    case 'open':
      if (connected) {
        io.print(`?Already connected to ${state.target}\n`);
        return back();
      }
      if (args[0] === undefined || args.length > 2) {
        io.print('usage: open host-name [port]\n');
        return back();
      }
      return open(state, args[0], args[1], io);
    case 'help':
    case '?':
      io.print(HELP);
      return back();
    default:
      return assertNever(name);
  }
}
