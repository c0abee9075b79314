// dig as BIND 9.18's: one look-up after the other, and +trace from the root down. What it prints is in dig-text.ts, how it
// asks in dns-query.ts. dig(1).

import { sameName } from '../../../dns/name.ts';
import { TYPE_CODES } from '../../../dns/records.ts';
import { isWholeTransfer } from '../../../dns/zone-transfer.ts';
import { addressAnswered, requestAddress, type AddressRequest } from '../address.ts';
import {
  queryInput,
  startQuery,
  systemServers,
  type DnsQuery,
  type DnsReply,
  type QueryOutcome,
  type QueryServer,
} from '../dns-query.ts';
import type { Tool, ToolIo } from '../tool.ts';
import { comparisonInput, startComparison, type HostComparison } from './host-compare.ts';
import { AXFR, parseDigArguments, type DigLookup } from './dig-arguments.ts';
import { bannerText, messageText, receivedText, shortText, statsText, traceText } from './dig-text.ts';

/** Names of the servers of the next step of +trace, looked up one by one. */
interface TraceStep {
  /** The root's servers are asked first, of the own resolver. */
  atRoot: boolean;
  zone: string;
  names: string[];
  servers: QueryServer[];
  /** The line about the answer that led here; dig prints it when it has found the next servers. */
  received: string;
}

export interface DigState {
  readonly args: readonly string[];
  readonly lookups: readonly DigLookup[];
  at: number;
  bannerShown: boolean;
  exit: number;
  /** The name of a server that is being looked up. */
  request: AddressRequest | undefined;
  serversFound: number | undefined;
  query: DnsQuery | undefined;
  trace: TraceStep | undefined;
  /** +nssearch under way. */
  comparison: HostComparison | undefined;
}

export const dig: Tool<DigState> = {
  start(args, io) {
    const parsed = parseDigArguments(args);
    const state: DigState = {
      args,
      lookups: parsed.ok ? parsed.lookups : [],
      at: 0,
      bannerShown: false,
      exit: 0,
      request: undefined,
      serversFound: undefined,
      query: undefined,
      trace: undefined,
      comparison: undefined,
    };
    if (!parsed.ok) {
      io.print(parsed.text);
      io.exit(parsed.code);
      return state;
    }
    io.print(parsed.warnings);
    begin(state, io);
    return state;
  },

  handle(state, input, io) {
    if (state.comparison !== undefined) {
      const exit = comparisonInput(state.comparison, input, io);
      return exit === undefined ? undefined : compared(state, exit, io);
    }
    if (input.type === 'lookedUp') {
      if (state.request === undefined) return;
      addressAnswered(io, state.request, input.token, input.answer);
      return state.trace === undefined ? serverFound(state, io) : traceServerFound(state, io);
    }
    if (state.query === undefined) return;
    const outcome = queryInput(state.query, input, io);
    if (outcome !== undefined) finished(state, outcome, io);
  },
};

const NS_SEARCH = {
  ignoreTruncation: false,
  recursion: true,
  edns: true,
  dnssecOk: false,
  cookie: true,
  udpSize: 1232,
  quietTruncation: true,
};

const current = (state: DigState): DigLookup => state.lookups[state.at] as DigLookup;

function begin(state: DigState, io: ToolIo): void {
  const lookup = current(state);
  state.trace = undefined;
  state.query = undefined;
  state.request = undefined;
  state.serversFound = undefined;
  if (lookup.server === undefined) return ask(state, systemServers(io), io);
  state.request = requestAddress(io, lookup.server, lookup.family);
  if (state.request.result !== undefined) serverFound(state, io);
}

function serverFound(state: DigState, io: ToolIo): void {
  const result = state.request?.result;
  const lookup = current(state);
  if (result === undefined) return;
  state.request = undefined;
  if (!result.ok) {
    const why = result.text.startsWith('Temporary') ? 'failure' : 'not found';
    io.print(`dig: couldn't get address for '${lookup.server}': ${why}\n`);
    return io.exit(1);
  }
  state.serversFound = result.addresses.length;
  ask(
    state,
    result.addresses.map((address) => ({ address, label: lookup.server ?? address })),
    io,
  );
}

function compared(state: DigState, exit: number, io: ToolIo): void {
  state.comparison = undefined;
  if (exit !== 0) state.exit = 9;
  next(state, io);
}

function ask(state: DigState, servers: readonly QueryServer[], io: ToolIo): void {
  const lookup = current(state);
  if (lookup.nsSearch) {
    const { tcp, tries, timeMs, port } = lookup;
    const options = { ...NS_SEARCH, port, tcp, tries, timeMs };
    const { state: comparison, exit } = startComparison(io, lookup, servers, options, 'dig');
    state.comparison = comparison;
    return exit === undefined ? undefined : compared(state, exit, io);
  }
  if (lookup.trace && state.trace === undefined)
    state.trace = { atRoot: true, zone: '.', names: [], servers: [], received: '' };
  const atRoot = state.trace?.atRoot === true;
  const { query, outcome } = startQuery(
    io,
    atRoot
      ? { name: '.', shownName: '.', type: TYPE_CODES.NS }
      : { name: lookup.name, shownName: lookup.shownName, type: lookup.type },
    servers,
    {
      port: lookup.port,
      tcp: lookup.tcp,
      tries: lookup.tries,
      timeMs: lookup.timeMs,
      ignoreTruncation: lookup.ignoreTruncation,
      recursion: state.trace === undefined ? lookup.recursion : atRoot,
      edns: lookup.edns,
      dnssecOk: lookup.dnssecOk || lookup.trace,
      checkingDisabled: lookup.checkingDisabled,
      cookie: lookup.cookie,
      udpSize: lookup.udpSize,
      quietTruncation: lookup.short,
    },
  );
  state.query = query;
  if (lookup.showQuery) {
    banner(state, io);
    const text = messageText(query.message, lookup.show);
    io.print(`${lookup.show.comments ? ';; Sending:\n' : ''}${text};; QUERY SIZE: ${querySize(query)}\n\n`);
  }
  if (outcome !== undefined) finished(state, outcome, io);
}

/** Octets of the query: header, question, and what OPT with a cookie takes. */
function querySize(query: DnsQuery): number {
  const { edns } = query.message;
  const name = query.name === '.' ? 1 : query.name.length + 1;
  return 12 + name + 4 + (edns === undefined ? 0 : edns.cookie === undefined ? 11 : 23);
}

function banner(state: DigState, io: ToolIo): void {
  const lookup = current(state);
  if (state.bannerShown || !lookup.show.cmd || lookup.short) return;
  state.bannerShown = true;
  io.print(bannerText(state.args, state.serversFound));
}

function finished(state: DigState, outcome: QueryOutcome, io: ToolIo): void {
  const lookup = current(state);
  const { query } = state;
  state.query = undefined;
  if (outcome.type === 'failed') {
    state.exit = 9;
    if (!outcome.said) {
      banner(state, io);
      io.print(';; no servers could be reached\n');
    }
    return next(state, io);
  }
  const { reply } = outcome;
  if (state.trace !== undefined) return traced(state, state.trace, reply, io);
  if (lookup.short) {
    io.print(shortText(reply.message));
    return next(state, io);
  }
  banner(state, io);
  if (lookup.type === AXFR) {
    const { message } = reply;
    io.print(
      isWholeTransfer(message.answers)
        ? traceText({ ...message, authority: [] }, lookup.show.multiline) +
            statsText(reply, lookup.port, io.os.now, io.os.host.zoneMinutes).replace(
              /MSG SIZE .*/,
              `XFR size: ${message.answers.length} records (messages 1, bytes ${reply.size})`,
            )
        : '; Transfer failed.\n',
    );
    return next(state, io);
  }
  const sentCookie = query?.message.edns?.cookie;
  io.print(
    `${lookup.show.comments ? ';; Got answer:\n' : ''}${messageText(reply.message, lookup.show, sentCookie)}` +
      (lookup.show.stats ? statsText(reply, lookup.port, io.os.now, io.os.host.zoneMinutes) : ''),
  );
  next(state, io);
}

function next(state: DigState, io: ToolIo): void {
  state.at++;
  if (state.at >= state.lookups.length) io.exit(state.exit);
  else begin(state, io);
}

/** A step of +trace was answered: print it, and go to the servers that it names unless it is the end. */
function traced(state: DigState, trace: TraceStep, reply: DnsReply, io: ToolIo): void {
  const lookup = current(state);
  const { message } = reply;
  banner(state, io);
  if (!lookup.short) io.print(traceText(message, lookup.show.multiline));
  else if (!trace.atRoot) io.print(shortText(message));
  const section = trace.atRoot ? message.answers : message.answers.length > 0 ? [] : message.authority;
  const servers = section.flatMap((r) => (r.data.type === 'NS' ? [{ zone: r.name, host: r.data.host }] : []));
  const [first] = servers;
  // No referral, or one that leads nowhere new: this was the last word.
  const received = lookup.short ? '' : receivedText(reply, lookup.port);
  if (first === undefined || (!trace.atRoot && sameName(first.zone, trace.zone))) {
    io.print(received);
    return next(state, io);
  }
  state.trace = {
    atRoot: false,
    zone: first.zone,
    names: servers.map((server) => server.host.replace(/(?<=.)\.$/, '')),
    servers: [],
    received,
  };
  nextTraceServer(state, state.trace, io);
}

function nextTraceServer(state: DigState, trace: TraceStep, io: ToolIo): void {
  const [name] = trace.names;
  if (name === undefined) {
    if (trace.servers.length === 0) return io.exit(1);
    io.print(trace.received);
    return ask(state, trace.servers, io);
  }
  state.request = requestAddress(io, name, current(state).family);
  if (state.request.result !== undefined) traceServerFound(state, io);
}

function traceServerFound(state: DigState, io: ToolIo): void {
  const { trace, request } = state;
  if (trace === undefined || request?.result === undefined) return;
  state.request = undefined;
  const name = trace.names.shift() ?? '';
  if (request.result.ok)
    trace.servers.push(...request.result.addresses.map((address) => ({ address, label: name })));
  else {
    io.print(
      `couldn't get address for '${name}': ${request.result.text.startsWith('Temporary') ? 'failure' : 'not found'}\n`,
    );
    if (trace.names.length === 0 && trace.servers.length === 0)
      io.print(`dig: couldn't get address for '${name}': no more\n`);
  }
  nextTraceServer(state, trace, io);
}
