// nc as Debian's openbsd-netcat: connects, shows what comes, sends what is typed. It changes nothing in the lines unless -C
// is given, which is why it teaches line ends. Listening is not part of it here.

import { fromLatin1, utf8 } from '../../../base/bytes.ts';
import { assertNever } from '../../../base/assert.ts';
import { addressFamily } from '../../../dns/address.ts';
import { connectionOf } from '../../../net/network.ts';
import { sourceAddress } from '../../../net/topology.ts';
import { addressAnswered, connectErrorText, requestAddress, type AddressRequest } from '../address.ts';
import { portOf, serviceName } from '../services.ts';
import { restText, streamText, textStream, type TextStream } from '../terminal-text.ts';
import type { Tool, ToolIo } from '../tool.ts';

interface NcOptions {
  readonly verbose: boolean;
  readonly scan: boolean;
  readonly numeric: boolean;
  readonly crlf: boolean;
  readonly udp: boolean;
  readonly shutdown: boolean;
  readonly family: 4 | 6 | undefined;
  readonly waitSeconds: number | undefined;
  readonly quitSeconds: number | undefined;
}

export interface NcState {
  readonly options: NcOptions;
  readonly host: string;
  readonly ports: readonly number[];
  readonly portText: string;
  request: AddressRequest | undefined;
  addresses: readonly string[];
  portAt: number;
  addressAt: number;
  anyOpen: boolean;
  /** TCP: the connection. */
  socket: number | undefined;
  connected: boolean;
  /** UDP: own port. */
  udpPort: number | undefined;
  inputEnded: boolean;
  typed: string[];
  stream: TextStream;
}

const USAGE = `usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]
\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]
\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]
\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]
\t  [destination] [port]
`;
const WITH_VALUE = 'IiMmOPpqsTVWwXx';
const FLAGS = '46CDdFhklNnrStUuvZz';
/** Flags that are accepted and change nothing here. */
const WITHOUT_EFFECT = 'DdrhS';

export const nc: Tool<NcState> = {
  readsInput: true,
  readsKeys: true,

  start(args, io) {
    const parsed = parse(args);
    const state: NcState = {
      options: parsed.options,
      host: parsed.words[0] ?? '',
      ports: [],
      portText: parsed.words[1] ?? '',
      request: undefined,
      addresses: [],
      portAt: 0,
      addressAt: 0,
      anyOpen: false,
      socket: undefined,
      connected: false,
      udpPort: undefined,
      inputEnded: false,
      typed: [],
      stream: textStream(),
    };
    const stop = (text: string): NcState => {
      io.print(text);
      io.exit(1);
      return state;
    };
    if (parsed.problem !== undefined) return stop(parsed.problem);
    if (parsed.words.length !== 2) return stop(USAGE);
    const ports = portsOf(state.portText, parsed.options.udp);
    if (typeof ports === 'string') return stop(`nc: ${ports}\n`);
    const ready: NcState = { ...state, ports };
    ready.request = requestAddress(io, ready.host, parsed.options.family);
    const literal = addressFamily(ready.host) !== undefined;
    if (parsed.options.numeric && !literal)
      ready.request = { ...ready.request, result: { ok: false, text: 'Name or service not known' } };
    if (ready.request.result !== undefined) resolved(ready, io);
    return ready;
  },

  handle(state, input, io) {
    switch (input.type) {
      case 'lookedUp':
        if (state.request === undefined || state.request.result !== undefined) return;
        addressAnswered(io, state.request, input.token, input.answer);
        return resolved(state, io);
      case 'connected':
        if (input.socket === state.socket) opened(state, io);
        return;
      case 'connectFailed': {
        if (input.socket !== state.socket) return;
        const late = input.reason === 'timedOut' && state.options.waitSeconds !== undefined;
        const why = late
          ? 'timed out: Operation now in progress'
          : `failed: ${connectErrorText(input.reason)}`;
        if (state.options.verbose)
          io.print(`nc: connect to ${place(state)} port ${port(state)} (${protocol(state)}) ${why}\n`);
        return nextAddress(state, io);
      }
      case 'data':
        if (input.socket !== state.socket) return;
        io.print(streamText(state.stream, input.bytes), connectionOf(input.socket));
        return idleTimer(state, io);
      case 'datagram':
        if (input.port !== state.udpPort) return;
        io.print(streamText(state.stream, input.bytes));
        return idleTimer(state, io);
      case 'ended':
      case 'reset':
        if (input.socket !== state.socket) return;
        io.print(restText(state.stream), connectionOf(input.socket));
        return io.exit(0);
      case 'icmp':
        // A refused datagram: the next read fails, and nc ends without a word.
        if (state.udpPort !== undefined && input.sequence === state.udpPort) nextAddress(state, io);
        return;
      case 'timer':
        if (input.key === 'udp') return udpAnswered(state, io);
        if (input.key === 'idle' || input.key === 'quit') return io.exit(0);
        return;
      case 'line':
        if (state.inputEnded) return;
        if (state.connected) return send(state, input.text, io);
        state.typed.push(input.text);
        return;
      case 'key':
        if (input.key === 'interrupt') return io.exit(130);
        if (input.key === 'endOfInput') return endInput(state, io);
        return;
      case 'accepted':
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

function parse(args: readonly string[]): {
  options: NcOptions;
  words: string[];
  problem: string | undefined;
} {
  const words: string[] = [];
  const on = new Set<string>();
  const values = new Map<string, string>();
  let problem: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (arg === '--') {
      words.push(...args.slice(i + 1));
      break;
    }
    if (!/^-./.test(arg)) {
      words.push(arg);
      continue;
    }
    for (let at = 1; at < arg.length; at++) {
      const letter = arg.charAt(at);
      if (WITH_VALUE.includes(letter)) {
        const value = arg.slice(at + 1) || args[++i];
        if (value === undefined) problem ??= `nc: option requires an argument -- '${letter}'\n${USAGE}`;
        values.set(letter, value ?? '');
        break;
      }
      if (!FLAGS.includes(letter)) problem ??= `nc: invalid option -- '${letter}'\n${USAGE}`;
      on.add(letter);
    }
  }
  const seconds = (letter: string, name: string): number | undefined => {
    const text = values.get(letter);
    if (text === undefined) return undefined;
    if (!/^-?[0-9]{1,7}$/.test(text)) problem ??= `nc: ${name} invalid: ${text}\n`;
    return Number(text);
  };
  const waitSeconds = seconds('w', 'timeout');
  const quitSeconds = seconds('q', 'quit timer');
  const missing = [...on, ...values.keys()].find((letter) => !`46CNnuvz${WITHOUT_EFFECT}wq`.includes(letter));
  if (missing !== undefined) problem ??= `nc: -${missing} is not part of this simulation\n`;
  if (on.has('h')) problem ??= USAGE;
  return {
    options: {
      verbose: on.has('v'),
      scan: on.has('z'),
      numeric: on.has('n'),
      crlf: on.has('C'),
      udp: on.has('u'),
      shutdown: on.has('N'),
      family: on.has('4') ? 4 : on.has('6') ? 6 : undefined,
      waitSeconds: waitSeconds !== undefined && waitSeconds > 0 ? waitSeconds : undefined,
      quitSeconds: quitSeconds !== undefined && quitSeconds >= 0 ? quitSeconds : undefined,
    },
    words,
    problem,
  };
}

/** `25`, `smtp`, `24-26`; or nc's complaint. At most 1024 at once. */
function portsOf(text: string, udp: boolean): readonly number[] | string {
  const range = /^([0-9]+)-([0-9]+)$/.exec(text);
  if (range === null) {
    const number = portOf(text, udp ? 'udp' : 'tcp');
    if (number !== undefined && number > 0) return [number];
    return /^[0-9]+$/.test(text)
      ? `port number ${number === 0 ? 'too small' : 'too large'}: ${text}`
      : `service "${text}" unknown`;
  }
  const [low, high] = [Number(range[1]), Number(range[2])].sort((a, b) => a - b) as [number, number];
  if (low < 1) return `port number too small: ${low}`;
  if (high > 65535) return `port number too large: ${high}`;
  return Array.from({ length: Math.min(1024, high - low + 1) }, (_, i) => low + i);
}

const protocol = (state: NcState): 'tcp' | 'udp' => (state.options.udp ? 'udp' : 'tcp');
const port = (state: NcState): number => state.ports[state.portAt] ?? 0;

/** The host as nc names it: with its address in parentheses unless it was given as one. */
function place(state: NcState): string {
  const address = state.addresses[state.addressAt] ?? '';
  return addressFamily(state.host) !== undefined ? address : `${state.host} (${address})`;
}

function resolved(state: NcState, io: ToolIo): void {
  const result = state.request?.result;
  if (result === undefined) return;
  if (!result.ok) {
    io.print(`nc: getaddrinfo for host "${state.host}" port ${state.portText}: ${result.text}\n`);
    return io.exit(1);
  }
  state.addresses = result.addresses;
  tryAddress(state, io);
}

function tryAddress(state: NcState, io: ToolIo): void {
  const address = state.addresses[state.addressAt] ?? '';
  if (!state.options.udp) {
    const { waitSeconds } = state.options;
    state.socket = io.connect(
      { address, port: port(state) },
      waitSeconds === undefined ? undefined : waitSeconds * 1000,
    );
    return;
  }
  if (sourceAddress(io.os.net, address) === undefined) {
    if (state.options.verbose)
      io.print(`nc: connect to ${place(state)} port ${port(state)} (udp) failed: Network is unreachable\n`);
    return nextAddress(state, io);
  }
  state.udpPort ??= io.bind();
  if (!state.options.scan && !state.options.verbose) return udpAnswered(state, io);
  // udptest(): something must be sent to find out.
  io.os.sendDatagram(state.udpPort, { address, port: port(state) }, 'X');
  io.timer('udp', 1000, 'busy');
}

function udpAnswered(state: NcState, io: ToolIo): void {
  opened(state, io);
}

function opened(state: NcState, io: ToolIo): void {
  state.anyOpen = true;
  const name = state.options.numeric ? '*' : serviceName(port(state), protocol(state));
  if (state.options.verbose)
    io.print(`Connection to ${place(state)} ${port(state)} port [${protocol(state)}/${name}] succeeded!\n`);
  if (state.options.scan) {
    if (state.socket !== undefined) io.close(state.socket);
    state.socket = undefined;
    return nextPort(state, io);
  }
  state.connected = true;
  io.show({
    connectedTo: `${state.host}:${port(state)}`,
    ...(state.socket === undefined ? {} : { connection: connectionOf(state.socket) }),
  });
  idleTimer(state, io);
  for (const line of state.typed.splice(0)) send(state, line, io);
  if (state.inputEnded) endInput(state, io);
}

function nextAddress(state: NcState, io: ToolIo): void {
  io.cancelTimer('udp');
  state.socket = undefined;
  if (state.connected) return io.exit(1);
  if (state.addressAt + 1 < state.addresses.length) {
    state.addressAt++;
    return tryAddress(state, io);
  }
  nextPort(state, io);
}

function nextPort(state: NcState, io: ToolIo): void {
  state.addressAt = 0;
  state.portAt++;
  if (state.portAt < state.ports.length) return tryAddress(state, io);
  io.exit(state.anyOpen ? 0 : 1);
}

function send(state: NcState, text: string, io: ToolIo): void {
  const bytes = fromLatin1(
    utf8(
      `${state.options.crlf ? text.replace(/\r?\n/g, '\r\n') : text}${state.options.crlf ? '\r\n' : '\n'}`,
    ),
  );
  if (state.socket !== undefined) io.os.send(state.socket, bytes);
  else if (state.udpPort !== undefined)
    io.os.sendDatagram(
      state.udpPort,
      { address: state.addresses[state.addressAt] ?? '', port: port(state) },
      bytes,
    );
  idleTimer(state, io);
}

/** Ctrl-D: with -N the own side is closed, with -q nc ends after that time; otherwise it goes on listening. */
function endInput(state: NcState, io: ToolIo): void {
  state.inputEnded = true;
  if (!state.connected) return;
  if (state.options.shutdown && state.socket !== undefined) io.close(state.socket);
  if (state.options.quitSeconds !== undefined) io.timer('quit', state.options.quitSeconds * 1000, 'busy');
}

function idleTimer(state: NcState, io: ToolIo): void {
  if (state.connected && state.options.waitSeconds !== undefined)
    io.timer('idle', state.options.waitSeconds * 1000, 'patient');
}
