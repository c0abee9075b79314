// ping as Debian's iputils: one echo a second, the round trip of each answer, and the statistics at the end. Blocked echo
// says nothing about the mail ports. RFC 792, RFC 4443 for the messages behind the texts.

import { assertNever } from '../../../base/assert.ts';
import { addressFamily, reverseName } from '../../../dns/address.ts';
import type { DnsAnswer } from '../../../dns/lookup.ts';
import type { IcmpInput } from '../../../net/network.ts';
import { isIpv6, sourceAddress } from '../../../net/topology.ts';
import { addressAnswered, requestAddress, type AddressRequest } from '../address.ts';
import { hostsEntries } from '../files.ts';
import type { Tool, ToolIo } from '../tool.ts';

export interface PingState {
  readonly target: string;
  /** -c */
  readonly count: number | undefined;
  readonly intervalMs: number;
  /** -n, or the target was an address: no names in the answers. */
  numeric: boolean;
  request: AddressRequest | undefined;
  address: string;
  startedAt: number;
  lastAt: number;
  sent: number;
  errors: number;
  /** Round trips in ms. */
  trips: number[];
  /** Names of answering addresses; undefined while the look-up runs, '' when there is none. */
  names: Map<string, string | undefined>;
  /** Answers whose line waits for a name, with the moment of their arrival. */
  waiting: { readonly icmp: IcmpInput; readonly at: number }[];
}

/** So many answers somebody watches; after that time must be let pass. */
const WATCHED = 5;
/** With -c the tool ends by itself; up to so many are watched. */
const WATCHED_WITH_COUNT = 30;
const LINGER_MS = 10_000;
const USAGE = `
Usage
  ping [options] <destination>

Options:
  <destination>      dns name or ip address
  -c <count>         stop after <count> replies
  -i <interval>      seconds between sending each packet
  -n                 no dns name resolution
  -4                 use IPv4
  -6                 use IPv6

For more details see ping(8).
`;

export const ping: Tool<PingState> = {
  readsKeys: true,

  start(args, io) {
    let count: number | undefined;
    let intervalMs = 1000;
    let numeric = false;
    let family: 4 | 6 | undefined;
    const words: string[] = [];
    let problem: { text: string; code: number } | undefined;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? '';
      if (!/^-./.test(arg)) {
        words.push(arg);
        continue;
      }
      const letter = arg.charAt(1);
      if ('ciWws'.includes(letter)) {
        const value = arg.slice(2) || args[++i];
        if (value === undefined)
          problem ??= { text: `ping: option requires an argument -- '${letter}'\n${USAGE}`, code: 2 };
        else if (!(Number(value) >= 0)) problem ??= { text: `ping: invalid argument: '${value}'\n`, code: 1 };
        else if (letter === 'c') {
          count = Math.floor(Number(value));
          if (count < 1)
            problem ??= {
              text: `ping: invalid argument: '${value}': out of range: 1 <= value <= 9223372036854775807\n`,
              code: 1,
            };
        } else if (letter === 'i') intervalMs = Math.max(2, Number(value) * 1000);
      } else if (letter === 'n') numeric = true;
      else if (letter === '4') family = 4;
      else if (letter === '6') family = 6;
      else problem ??= { text: `ping: invalid option -- '${letter}'\n${USAGE}`, code: 2 };
    }
    const target = words.at(-1) ?? '';
    if (words.length === 0)
      problem ??= { text: 'ping: usage error: Destination address required\n', code: 1 };
    const state: PingState = {
      target,
      count,
      intervalMs,
      numeric: numeric || addressFamily(target) !== undefined,
      request: undefined,
      address: '',
      startedAt: io.os.now,
      lastAt: io.os.now,
      sent: 0,
      errors: 0,
      trips: [],
      names: new Map(),
      waiting: [],
    };
    if (problem !== undefined) {
      io.print(problem.text);
      io.exit(problem.code);
      return state;
    }
    state.request = requestAddress(io, target, family);
    if (state.request.result !== undefined) resolved(state, io);
    return state;
  },

  handle(state, input, io) {
    switch (input.type) {
      case 'lookedUp':
        if (state.request !== undefined && state.request.result === undefined) {
          addressAnswered(io, state.request, input.token, input.answer);
          return resolved(state, io);
        }
        return named(state, input.token, input.answer, io);
      case 'icmp':
        if (state.sent === 0 || input.sentAt < state.startedAt) return;
        state.waiting.push({ icmp: input, at: io.os.now });
        return printAnswers(state, io);
      case 'timer':
        if (input.key === 'send') return sendEcho(state, io);
        if (input.key === 'linger') return finish(state, io);
        return;
      case 'key':
        if (input.key !== 'interrupt') return;
        if (state.sent === 0) return io.exit(130);
        // The terminal has gone to a new line after the ^C; ping's own empty line is that one.
        return finish(state, io, '');
      case 'connected':
      case 'connectFailed':
      case 'accepted':
      case 'data':
      case 'ended':
      case 'reset':
      case 'datagram':
      case 'line':
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

function resolved(state: PingState, io: ToolIo): void {
  const result = state.request?.result;
  if (result === undefined) return;
  if (!result.ok) {
    io.print(`ping: ${state.target}: ${result.text}\n`);
    return io.exit(2);
  }
  state.address = result.addresses[0] ?? '';
  if (sourceAddress(io.os.net, state.address) === undefined) {
    io.print('ping: connect: Network is unreachable\n');
    return io.exit(2);
  }
  io.print(
    isIpv6(state.address)
      ? `PING ${state.target}(${state.address}) 56 data bytes\n`
      : `PING ${state.target} (${state.address}) 56(84) bytes of data.\n`,
  );
  state.startedAt = io.os.now;
  sendEcho(state, io);
}

function sendEcho(state: PingState, io: ToolIo): void {
  state.sent++;
  state.lastAt = io.os.now;
  io.os.ping(state.address, state.sent);
  if (state.count !== undefined && state.sent >= state.count) {
    io.show({});
    return io.timer('linger', LINGER_MS, 'busy');
  }
  const watched = state.sent < (state.count === undefined ? WATCHED : WATCHED_WITH_COUNT);
  io.timer('send', state.intervalMs, watched ? 'busy' : 'patient');
  io.show(watched ? {} : { waitsUntil: io.os.now + state.intervalMs });
}

function printAnswers(state: PingState, io: ToolIo): void {
  for (;;) {
    const next = state.waiting[0];
    if (next === undefined) break;
    const { icmp, at } = next;
    if (!state.numeric && !state.names.has(icmp.from)) askName(state, icmp.from, io);
    const name = state.numeric ? '' : state.names.get(icmp.from);
    if (name === undefined) return;
    state.waiting.shift();
    print(state, icmp, at, name, io);
  }
  if (state.count !== undefined && state.trips.length + state.errors >= state.count) finish(state, io);
}

function askName(state: PingState, address: string, io: ToolIo): void {
  const local = hostsEntries(io.os).find((entry) => entry.address === address)?.names[0];
  const reverse = reverseName(address);
  state.names.set(address, local ?? (reverse === undefined ? '' : undefined));
  if (local === undefined && reverse !== undefined) io.lookup({ name: reverse, type: 'PTR' }, `n:${address}`);
}

function named(state: PingState, token: string, answer: DnsAnswer, io: ToolIo): void {
  if (!token.startsWith('n:')) return;
  const name = answer.records.flatMap((r) =>
    r.data.type === 'PTR' ? [r.data.target.replace(/\.$/, '')] : [],
  )[0];
  state.names.set(token.slice(2), name ?? '');
  printAnswers(state, io);
}

function print(state: PingState, icmp: IcmpInput, at: number, name: string, io: ToolIo): void {
  const six = isIpv6(icmp.from);
  const from = name === '' ? icmp.from : `${name} (${icmp.from})`;
  if (icmp.kind === 'echoReply') {
    const ms = at - icmp.sentAt;
    state.trips.push(ms);
    io.print(`64 bytes from ${from}: icmp_seq=${icmp.sequence} ttl=${icmp.ttl} time=${tripText(ms)} ms\n`);
    return;
  }
  state.errors++;
  io.print(`From ${from} icmp_seq=${icmp.sequence} ${errorText(icmp.kind, six)}\n`);
}

function errorText(kind: Exclude<IcmpInput['kind'], 'echoReply'>, six: boolean): string {
  switch (kind) {
    case 'portUnreachable':
      return six ? 'Destination unreachable: Port unreachable' : 'Destination Port Unreachable';
    case 'hostUnreachable':
      return six ? 'Destination unreachable: Address unreachable' : 'Destination Host Unreachable';
    case 'networkUnreachable':
      return six ? 'Destination unreachable: No route' : 'Destination Net Unreachable';
    case 'prohibited':
      return six ? 'Destination unreachable: Administratively prohibited' : 'Packet filtered';
  }
}

/** Three significant digits at least, as ping prints them: `44.0`, `2.00`, `112`. */
function tripText(ms: number): string {
  if (ms >= 100) return String(Math.round(ms));
  if (ms >= 10) return ms.toFixed(1);
  if (ms >= 1) return ms.toFixed(2);
  return ms.toFixed(3);
}

function finish(state: PingState, io: ToolIo, before = '\n'): void {
  const { trips, sent, errors } = state;
  const loss = sent === 0 ? 0 : Math.floor(((sent - trips.length) * 100) / sent);
  io.print(
    `${before}--- ${state.target} ping statistics ---\n${sent} packets transmitted, ${trips.length} received, ` +
      `${errors > 0 ? `+${errors} errors, ` : ''}${loss}% packet loss, time ${state.lastAt - state.startedAt}ms\n`,
  );
  if (trips.length === 0) io.print('\n');
  else {
    const mean = trips.reduce((a, b) => a + b, 0) / trips.length;
    const squares = trips.reduce((a, b) => a + b * b, 0) / trips.length;
    const deviation = Math.sqrt(Math.max(0, squares - mean * mean));
    const of = (ms: number): string => ms.toFixed(3);
    io.print(
      `rtt min/avg/max/mdev = ${of(Math.min(...trips))}/${of(mean)}/${of(Math.max(...trips))}/${of(deviation)} ms\n`,
    );
  }
  io.exit(trips.length === 0 ? 1 : 0);
}
