// host as BIND 9.18's: addresses and mail servers of a name in sentences, one type if asked, names of addresses. host(1).

import { addressFamily, reverseName } from '../../../dns/address.ts';
import { parseName, sameName } from '../../../dns/name.ts';
import {
  questionText,
  rdataText,
  recordText,
  TYPE_ANY,
  TYPE_CODES,
  typeCode,
  typeCodeOf,
  typeName,
} from '../../../dns/records.ts';
import { rcodeName, type DnsMessage } from '../../../dns/wire.ts';
import { addressAnswered, requestAddress, type AddressRequest } from '../address.ts';
import {
  queryInput,
  startQuery,
  systemServers,
  type DnsQuery,
  type DnsReply,
  type QueryOptions,
  type QueryOutcome,
  type QueryServer,
} from '../dns-query.ts';
import type { Tool, ToolIo } from '../tool.ts';
import { comparisonInput, startComparison, type HostComparison } from './host-compare.ts';

export interface HostToolState {
  /** Absolute. Follows a CNAME chain. */
  name: string;
  /** As printed in answers and messages. */
  shownName: string;
  readonly server: string | undefined;
  /** One type was asked for. */
  readonly typeGiven: boolean;
  types: number[];
  servers: readonly QueryServer[];
  readonly recursion: boolean;
  readonly tcp: boolean;
  readonly tries: number;
  readonly timeMs: number;
  request: AddressRequest | undefined;
  query: DnsQuery | undefined;
  /** -C was given. */
  comparison: HostComparison | undefined;
  /** -v: what dig would show instead of sentences. */
  readonly verbose: boolean;
  exit: number;
}

const USAGE = `Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]
       -a is equivalent to -v -t ANY
       -A is like -a but omits RRSIG, NSEC, NSEC3
       -c specifies query class for non-IN data
       -C compares SOA records on authoritative nameservers
       -d is equivalent to -v
       -l lists all hosts in a domain, using AXFR
       -m set memory debugging flag (trace|record|usage)
       -N changes the number of dots allowed before root lookup is done
       -p specifies the port on the server to query
       -r disables recursive processing
       -R specifies number of retries for UDP packets
       -s a SERVFAIL response should stop query
       -t specifies the query type
       -T enables TCP/IP mode
       -U enables UDP mode
       -v enables verbose output
       -V print version number and exit
       -w specifies to wait forever for a reply
       -W specifies how long to wait for a reply
       -4 use IPv4 query transport only
       -6 use IPv6 query transport only
`;

export const host: Tool<HostToolState> = {
  start(args, io) {
    const words: string[] = [];
    let type: number | undefined;
    let recursion = true;
    let tcp = false;
    let tries = 2;
    let timeMs = 5000;
    let compares = false;
    let verbose = false;
    let problem: { text: string; code: number } | undefined;
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? '';
      if (!/^-./.test(arg)) {
        words.push(arg);
        continue;
      }
      for (let at = 1; at < arg.length; at++) {
        const letter = arg.charAt(at);
        if ('tcRWNpm'.includes(letter)) {
          const value = arg.slice(at + 1) || args[++i];
          if (value === undefined)
            problem ??= { text: `host: option requires an argument -- '${letter}'\n${USAGE}`, code: 1 };
          else if (letter === 't') {
            type = typeCodeOf(value);
            if (type === undefined) problem ??= { text: `host: invalid type: ${value}\n\n`, code: 2 };
          } else if (letter === 'R') tries = Math.max(1, Math.min(50, Math.floor(Number(value) || 0) + 1));
          else if (letter === 'W') timeMs = Math.max(1, Math.floor(Number(value) || 1)) * 1000;
          break;
        }
        if (letter === 'r') recursion = false;
        else if (letter === 'T') tcp = true;
        else if (letter === 'C') compares = true;
        else if (letter === 'V') problem ??= { text: 'host 9.18.49-1~deb12u3-Debian\n', code: 0 };
        else if ('adv'.includes(letter)) {
          verbose = true;
          if (letter === 'a') type = TYPE_ANY;
        } else if ('Al'.includes(letter))
          problem ??= { text: `host: -${letter} is not part of this simulation\n`, code: 1 };
        else if (!'46isUw'.includes(letter))
          problem ??= { text: `host: invalid option -- '${letter}'\n${USAGE}`, code: 1 };
      }
    }
    const [shown = '', server] = words;
    if (words.length === 0 || words.length > 2) problem ??= { text: USAGE, code: 1 };
    const reverse = addressFamily(shown) === undefined ? undefined : reverseName(shown);
    const name = parseName(reverse ?? shown);
    if (!name.ok) problem ??= { text: `host: '${shown}' is not a legal name (${name.error})\n`, code: 1 };
    const state: HostToolState = {
      name: name.ok ? name.value : '.',
      shownName: reverse ?? shown,
      server,
      typeGiven: type !== undefined || reverse !== undefined,
      types:
        type !== undefined
          ? [type]
          : reverse !== undefined
            ? [TYPE_CODES.PTR]
            : [TYPE_CODES.A, TYPE_CODES.AAAA, TYPE_CODES.MX],
      servers: [],
      recursion,
      tcp: tcp || type === TYPE_ANY,
      tries,
      timeMs,
      request: undefined,
      query: undefined,
      comparison: undefined,
      verbose,
      exit: 0,
    };
    if (problem !== undefined) {
      io.print(problem.text);
      io.exit(problem.code);
      return state;
    }
    if (compares) {
      const { state: comparison, exit } = startComparison(io, state, systemServers(io), optionsOf(state));
      state.comparison = comparison;
      if (exit !== undefined) io.exit(exit);
    } else if (server === undefined) {
      state.servers = systemServers(io);
      ask(state, io);
    } else {
      state.request = requestAddress(io, server);
      if (state.request.result !== undefined) serverFound(state, io);
    }
    return state;
  },

  handle(state, input, io) {
    if (state.comparison !== undefined) {
      const exit = comparisonInput(state.comparison, input, io);
      return exit === undefined ? undefined : io.exit(exit);
    }
    if (input.type === 'lookedUp') {
      if (state.request === undefined) return;
      addressAnswered(io, state.request, input.token, input.answer);
      return serverFound(state, io);
    }
    if (state.query === undefined) return;
    const outcome = queryInput(state.query, input, io);
    if (outcome !== undefined) finished(state, outcome, io);
  },
};

function serverFound(state: HostToolState, io: ToolIo): void {
  const result = state.request?.result;
  if (result === undefined || state.server === undefined) return;
  state.request = undefined;
  if (!result.ok) {
    const why = result.text.startsWith('Temporary') ? 'failure' : 'not found';
    io.print(`host: couldn't get address for '${state.server}': ${why}\n`);
    return io.exit(1);
  }
  const label = state.server;
  state.servers = result.addresses.map((address) => ({ address, label }));
  ask(state, io);
}

function optionsOf({ tcp, tries, timeMs, recursion }: HostToolState): QueryOptions {
  return {
    port: 53,
    tcp,
    tries,
    timeMs,
    ignoreTruncation: false,
    recursion,
    edns: false,
    dnssecOk: false,
    cookie: false,
    udpSize: 512,
    quietTruncation: true,
  };
}

function ask(state: HostToolState, io: ToolIo): void {
  const type = state.types[0];
  if (type === undefined) return io.exit(state.exit);
  if (state.verbose) io.print(`Trying "${tryingName(state)}"\n`);
  const { query, outcome } = startQuery(
    io,
    { name: state.name, shownName: state.shownName, type },
    state.servers,
    optionsOf(state),
  );
  state.query = query;
  if (outcome !== undefined) finished(state, outcome, io);
}

function finished(state: HostToolState, outcome: QueryOutcome, io: ToolIo): void {
  const { query } = state;
  state.query = undefined;
  if (outcome.type === 'failed') {
    if (!outcome.said) io.print(';; no servers could be reached\n');
    return io.exit(1);
  }
  const { message, server } = outcome.reply;
  const type = query?.message.questions[0]?.type ?? TYPE_CODES.A;
  // Once, before the first answer, when a server was named.
  if (state.server !== undefined && state.exit === 0 && state.types.length === firstCount(state))
    io.print(`Using domain server:\nName: ${state.server}\nAddress: ${server.address}#53\nAliases: \n\n`);
  if (message.rcode !== 0) {
    // An address is shown as the absolute name that was asked for, a name as it was typed.
    io.print(`Host ${state.shownName} not found: ${message.rcode}(${rcodeName(message.rcode)})\n`);
    if (state.verbose) io.print(receivedLine(outcome.reply));
    return io.exit(1);
  }
  const first = state.types.length === firstCount(state);
  if (state.verbose) io.print(verboseText(message) + receivedLine(outcome.reply));
  else io.print(answerText(message, first));
  if (!state.verbose && state.typeGiven && message.answers.length === 0)
    io.print(`${state.shownName} has no ${typeName(type)} record\n`);
  if (!state.typeGiven) followAlias(state, message);
  state.types = state.types.slice(1);
  ask(state, io);
}

/** The first question is about what was typed, the others about where that led. */
function tryingName(state: HostToolState): string {
  return state.types.length === firstCount(state) ? state.shownName : bare(state.name);
}

/** `-v`: the message as dig shows it, a little differently. */
function verboseText(message: DnsMessage): string {
  const { flags, questions, answers, authority, additional } = message;
  const set = (['qr', 'aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const).filter((flag) => flags[flag]).join(' ');
  const section = (name: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : `\n;; ${name} SECTION:\n${lines.map((line) => `${line}\n`).join('')}`;
  return (
    `;; ->>HEADER<<- opcode: QUERY, status: ${rcodeName(message.rcode)}, id: ${message.id}\n` +
    `;; flags: ${set}; QUERY: ${questions.length}, ANSWER: ${answers.length}, AUTHORITY: ${authority.length}, ADDITIONAL: ${additional.length}\n` +
    section(
      'QUESTION',
      questions.map((question) => `;${questionText(question.name, question.type)}`),
    ) +
    section('ANSWER', answers.map(recordText)) +
    section('AUTHORITY', authority.map(recordText)) +
    section('ADDITIONAL', additional.map(recordText)) +
    '\n'
  );
}

function receivedLine({ size, server, ms }: DnsReply): string {
  return `Received ${size} bytes from ${server.address}#53 in ${ms} ms\n`;
}

/** How many types a plain look-up or a given one starts with. */
function firstCount(state: HostToolState): number {
  return state.typeGiven ? 1 : 3;
}

/** The further questions are about the name at the end of the chain. */
function followAlias(state: HostToolState, message: DnsMessage): void {
  for (const record of message.answers)
    if (record.data.type === 'CNAME' && sameName(record.name, state.name)) state.name = record.data.target;
}

const bare = (name: string): string => (name === '.' ? name : name.replace(/\.$/, ''));

function answerText(message: DnsMessage, withAliases: boolean): string {
  let out = '';
  for (const { name, data } of message.answers) {
    switch (data.type) {
      case 'A':
        out += `${bare(name)} has address ${data.address}\n`;
        break;
      case 'AAAA':
        out += `${bare(name)} has IPv6 address ${data.address}\n`;
        break;
      case 'MX':
        out += `${bare(name)} mail is handled by ${rdataText(data)}\n`;
        break;
      case 'TXT':
        out += `${bare(name)} descriptive text ${rdataText(data)}\n`;
        break;
      case 'CNAME':
        if (withAliases) out += `${bare(name)} is an alias for ${data.target}\n`;
        break;
      case 'NS':
        out += `${bare(name)} name server ${data.host}\n`;
        break;
      case 'PTR':
        out += `${bare(name)} domain name pointer ${data.target}\n`;
        break;
      case 'SOA':
      case 'OTHER':
        out += `${bare(name)} has ${typeName(typeCode(data))} record ${rdataText(data)}\n`;
        break;
    }
  }
  return out;
}
