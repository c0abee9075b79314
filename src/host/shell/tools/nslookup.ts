// nslookup as BIND 9.18's, for one name or as a dialogue. What it prints is in nslookup-text.ts, how it asks in
// dns-query.ts. nslookup(1).

import { addressFamily, reverseName } from '../../../dns/address.ts';
import { parseName, sameName } from '../../../dns/name.ts';
import { TYPE_CODES, typeCodeOf, typeName } from '../../../dns/records.ts';
import { RCODE } from '../../../dns/wire.ts';
import { addressAnswered, requestAddress, type AddressRequest } from '../address.ts';
import {
  queryInput,
  startQuery,
  systemServers,
  type DnsQuery,
  type QueryOutcome,
  type QueryServer,
} from '../dns-query.ts';
import type { Tool, ToolIo } from '../tool.ts';
import { answerText, bareName, debugText, notFoundText, serverBlock } from './nslookup-text.ts';

export interface NslookupState {
  readonly interactive: boolean;
  /** The server of the command line is known, if there is one; the dialogue goes on. */
  begun: boolean;
  servers: readonly QueryServer[];
  /** undefined: addresses of both families. */
  type: number | undefined;
  port: number;
  tries: number;
  /** 0: the default of five seconds. */
  timeoutSeconds: number;
  tcp: boolean;
  recursion: boolean;
  debug: boolean;
  /** A server's name that is being looked up, and whether it is to be the default one. */
  request: AddressRequest | undefined;
  requestFor: 'default' | 'lookup';
  lookup:
    | { name: string; shownName: string; type: number; both: boolean; servers: readonly QueryServer[] }
    | undefined;
  query: DnsQuery | undefined;
  /** The first of two queries for addresses brought nothing. */
  emptyBefore: boolean;
  /** Lines that came while a look-up was under way. */
  typed: string[];
  /** nslookup's two error bits: 1 until a server answers; 1 as soon as one answer is an error. */
  queryError: number;
  printError: number;
}

const { A, AAAA, PTR } = TYPE_CODES;
const UNBUILT = ['?', 'help', 'finger', 'ls', 'root', 'view'];

export const nslookup: Tool<NslookupState> = {
  readsInput: true,
  readsKeys: true,

  start(args, io) {
    const words = args.filter((arg) => !/^-./.test(arg));
    const [name, server] = words;
    const state: NslookupState = {
      interactive: name === undefined || name === '-',
      begun: false,
      servers: systemServers(io),
      type: undefined,
      port: 53,
      tries: 3,
      timeoutSeconds: 0,
      tcp: false,
      recursion: true,
      debug: false,
      request: undefined,
      requestFor: 'default',
      lookup: undefined,
      query: undefined,
      emptyBefore: false,
      typed: [],
      queryError: 1,
      printError: 0,
    };
    for (const arg of args) if (/^-./.test(arg)) setOption(state, arg.slice(1), io);
    if (!state.interactive && name !== undefined) state.typed.push(name);
    if (server !== undefined) findServer(state, server, 'default', io);
    else goOn(state, io);
    return state;
  },

  handle(state, input, io) {
    switch (input.type) {
      case 'lookedUp':
        if (state.request === undefined) return;
        addressAnswered(io, state.request, input.token, input.answer);
        return serverFound(state, io);
      case 'line':
        if (!state.interactive) return;
        state.typed.push(...input.text.split('\n'));
        return goOn(state, io);
      case 'key':
        if (input.key === 'interrupt') return io.exit(130);
        if (input.key === 'endOfInput' && state.interactive) leave(state, io);
        return;
      default: {
        if (state.query === undefined) return;
        const outcome = queryInput(state.query, input, io);
        if (outcome !== undefined) finished(state, outcome, io);
      }
    }
  },
};

function leave(state: NslookupState, io: ToolIo): void {
  io.print('\n');
  io.exit(state.queryError | state.printError);
}

/** The next line, or the end, or the prompt. */
function goOn(state: NslookupState, io: ToolIo): void {
  state.begun = true;
  while (state.request === undefined && state.query === undefined && state.lookup === undefined) {
    const line = state.typed.shift();
    if (line === undefined) {
      if (!state.interactive) leave(state, io);
      else io.show({ prompt: '> ' });
      return;
    }
    const [word = '', argument] = line.trim().split(/\s+/);
    const command = state.interactive ? word.toLowerCase() : '';
    if (command === 'exit') return leave(state, io);
    if (command === 'set' && argument !== undefined) setOption(state, argument, io);
    else if ((command === 'server' || command === 'lserver') && argument !== undefined)
      findServer(state, argument, 'default', io);
    else if (UNBUILT.includes(command)) io.print(`The '${word}' command is not yet implemented.\n`);
    else if (word !== '') begin(state, word, argument, io);
  }
}

/** Value of `name=value`, when the name may be cut down to `least`. */
function valueOf(option: string, name: string, least: string): string | undefined {
  const [word = '', value] = option.split('=', 2);
  return value !== undefined && name.startsWith(word.toLowerCase()) && word.length >= least.length
    ? value
    : undefined;
}

function setOption(state: NslookupState, option: string, io: ToolIo): void {
  const type =
    valueOf(option, 'type', 'ty') ?? valueOf(option, 'querytype', 'q') ?? valueOf(option, 'query', 'q');
  const port = valueOf(option, 'port', 'po');
  const timeout = valueOf(option, 'timeout', 't');
  const retry = valueOf(option, 'retry', 'ret');
  const lower = option.toLowerCase();
  if (lower === 'all') return settings(state, io);
  if (type !== undefined) {
    const code = typeCodeOf(type);
    if (code === undefined) io.print(`unknown query type: ${type}\n`);
    else state.type = code;
  } else if (port !== undefined && Number(port) < 65536) state.port = Number(port);
  else if (timeout !== undefined && /^\d+$/.test(timeout)) state.timeoutSeconds = Number(timeout);
  else if (retry !== undefined && /^\d+$/.test(retry)) state.tries = Math.max(1, Number(retry));
  else if (/^(no)?rec(urse)?$/.test(lower)) state.recursion = !lower.startsWith('no');
  else if (/^(no)?vc$/.test(lower)) state.tcp = !lower.startsWith('no');
  else if (/^(no)?deb(ug)?$/.test(lower)) state.debug = !lower.startsWith('no');
  // What has no effect in this world, but belongs to nslookup.
  else if (
    !/^((no)?(d2|def(name)?|sea(rch)?|fail|ignoretc|sil(ent)?)|(cl(ass)?|do(main)?|srchl(ist)?|ndots)=.*)$/.test(
      lower,
    )
  )
    io.print(`*** Invalid option: ${option}\n`);
}

function settings(state: NslookupState, io: ToolIo): void {
  const { tcp, debug, recursion, timeoutSeconds, tries, port, type } = state;
  defaultServers(state, io);
  io.print(
    `\nSet options:\n  ${tcp ? '' : 'no'}vc\t\t\t${debug ? '' : 'no'}debug\t\tnod2\n` +
      `  search\t\t${recursion ? '' : 'no'}recurse\n` +
      `  timeout = ${timeoutSeconds}\t\tretry = ${tries}\tport = ${port}\tndots = 1\n` +
      `  querytype = ${typeName(type ?? A).padEnd(8)}\tclass = IN\n  srchlist = \n`,
  );
}

function defaultServers(state: NslookupState, io: ToolIo): void {
  for (const { label, address } of state.servers)
    io.print(`Default server: ${label}\nAddress: ${address}#${state.port}\n`);
}

function findServer(state: NslookupState, name: string, what: 'default' | 'lookup', io: ToolIo): void {
  state.requestFor = what;
  state.request = requestAddress(io, name);
  if (state.request.result !== undefined) serverFound(state, io);
}

function serverFound(state: NslookupState, io: ToolIo): void {
  const { request, lookup } = state;
  if (request?.result === undefined) return;
  state.request = undefined;
  const { result, name } = request;
  if (!result.ok) {
    const why = result.text.startsWith('Temporary') ? 'failure' : 'not found';
    io.print(`nslookup: couldn't get address for '${name}': ${why}\n`);
    state.lookup = undefined;
    return state.begun ? goOn(state, io) : io.exit(1);
  }
  const servers = result.addresses.map((address) => ({ address, label: name }));
  if (state.requestFor === 'lookup' && lookup !== undefined) {
    state.lookup = { ...lookup, servers };
    return ask(state, io);
  }
  state.servers = servers;
  if (state.begun) defaultServers(state, io);
  goOn(state, io);
}

function begin(state: NslookupState, shown: string, server: string | undefined, io: ToolIo): void {
  const reverse = addressFamily(shown) === undefined ? undefined : reverseName(shown);
  const name = parseName(reverse ?? shown);
  if (!name.ok) return io.print(`nslookup: '${shown}' is not a legal name (${name.error})\n`);
  state.emptyBefore = false;
  state.lookup = {
    name: name.value,
    shownName: reverse ?? shown,
    type: reverse === undefined ? (state.type ?? A) : PTR,
    both: state.type === undefined,
    servers: state.servers,
  };
  if (server === undefined) ask(state, io);
  else findServer(state, server, 'lookup', io);
}

function ask(state: NslookupState, io: ToolIo): void {
  const { lookup } = state;
  if (lookup === undefined) return;
  if (state.interactive) io.show({});
  const { query, outcome } = startQuery(io, lookup, lookup.servers, {
    port: state.port,
    tcp: state.tcp,
    tries: state.tries,
    timeMs: (state.timeoutSeconds || 5) * 1000,
    ignoreTruncation: false,
    recursion: state.recursion,
    edns: false,
    dnssecOk: false,
    cookie: false,
    udpSize: 512,
    quietTruncation: false,
  });
  state.query = query;
  if (outcome !== undefined) finished(state, outcome, io);
}

function finished(state: NslookupState, outcome: QueryOutcome, io: ToolIo): void {
  const { lookup, query } = state;
  state.query = undefined;
  if (lookup === undefined || query === undefined) return;
  if (outcome.type === 'failed') {
    if (!outcome.said) io.print(';; no servers could be reached\n');
    state.queryError = 1;
    state.lookup = undefined;
    return goOn(state, io);
  }
  const { message, server } = outcome.reply;
  if (message.rcode === RCODE.SERVFAIL) {
    const rest = query.servers.slice(query.servers.indexOf(server) + 1);
    io.print(
      `;; Got SERVFAIL reply from ${server.address}${rest.length > 0 ? ', trying next server' : ''}\n`,
    );
    if (rest.length > 0) {
      state.lookup = { ...lookup, servers: rest };
      return ask(state, io);
    }
  }
  state.queryError = 0;
  state.lookup = undefined;
  const { both, type } = lookup;
  const opening = !both || type === A;
  if (opening) io.print(serverBlock(server, state.port));
  if (state.debug) io.print(debugText(message));
  if (message.rcode !== RCODE.NOERROR) {
    io.print(notFoundText(lookup.name, message.rcode));
    state.printError = 1;
    return goOn(state, io);
  }
  if (opening && !message.flags.aa) io.print('Non-authoritative answer:\n');
  const isEmpty = message.answers.length === 0;
  io.print(answerText(message.answers, true));
  const isLast = !(both && type === A);
  if (isEmpty && isLast && (type !== AAAA || !both || state.emptyBefore))
    io.print(`*** Can't find ${bareName(lookup.name)}: No answer\n`);
  if (!message.flags.aa && type !== A && type !== AAAA)
    io.print(
      `\nAuthoritative answers can be found from:\n${answerText([...message.authority, ...message.additional], false)}`,
    );
  if (isLast) return goOn(state, io);
  // The second question is about the name at the end of the chain.
  let { name } = lookup;
  for (const record of message.answers)
    if (record.data.type === 'CNAME' && sameName(record.name, name)) name = record.data.target;
  state.emptyBefore = isEmpty;
  state.lookup = { ...lookup, name, shownName: bareName(name), type: AAAA };
  ask(state, io);
}
