// `host -C`: the SOA of a zone as each of its name servers tells it, so that one that stayed behind stands out. host(1).

import { rdataText, TYPE_CODES } from '../../../dns/records.ts';
import { isIpv6 } from '../../../net/topology.ts';
import { addressAnswered, requestAddress, type AddressRequest } from '../address.ts';
import {
  queryInput,
  startQuery,
  type DnsQuery,
  type QueryOptions,
  type QueryOutcome,
  type QueryServer,
} from '../dns-query.ts';
import type { ToolInput, ToolIo } from '../tool.ts';

export interface HostComparison {
  readonly name: string;
  readonly shownName: string;
  readonly options: QueryOptions;
  /** Name servers whose addresses are still to be found, and addresses that are still to be asked. */
  names: string[];
  addresses: string[];
  request: AddressRequest | undefined;
  query: DnsQuery | undefined;
}

/** Asks the resolver for the name servers first. */
export function startComparison(
  io: ToolIo,
  question: { readonly name: string; readonly shownName: string },
  servers: readonly QueryServer[],
  options: QueryOptions,
): HostComparison {
  const state: HostComparison = {
    ...question,
    options,
    names: [],
    addresses: [],
    request: undefined,
    query: undefined,
  };
  ask(state, TYPE_CODES.NS, servers, options, io);
  return state;
}

function ask(
  state: HostComparison,
  type: number,
  servers: readonly QueryServer[],
  options: QueryOptions,
  io: ToolIo,
): void {
  const { query, outcome } = startQuery(io, { ...state, type }, servers, options);
  state.query = query;
  if (outcome !== undefined) finished(state, outcome, io);
}

export function comparisonInput(state: HostComparison, input: ToolInput, io: ToolIo): void {
  if (input.type === 'lookedUp') {
    if (state.request === undefined) return;
    addressAnswered(io, state.request, input.token, input.answer);
    return next(state, io);
  }
  const outcome = state.query && queryInput(state.query, input, io);
  if (outcome !== undefined) finished(state, outcome, io);
}

function finished(state: HostComparison, outcome: QueryOutcome, io: ToolIo): void {
  const isFirst = state.query?.message.questions[0]?.type === TYPE_CODES.NS;
  state.query = undefined;
  if (outcome.type === 'failed') {
    if (!outcome.said) io.print(';; no servers could be reached\n');
    return isFirst ? io.exit(1) : next(state, io);
  }
  const { message, server } = outcome.reply;
  if (isFirst) state.names = message.answers.flatMap(({ data }) => (data.type === 'NS' ? [data.host] : []));
  else {
    io.print(`Nameserver ${server.address}:\n`);
    for (const { name, data } of message.answers)
      if (data.type === 'SOA') io.print(`\t${name.replace(/\.$/, '')} has SOA record ${rdataText(data)}\n`);
  }
  next(state, io);
}

/** The next address, or the addresses of the next name server, IPv4 first. */
function next(state: HostComparison, io: ToolIo): void {
  for (;;) {
    const address = state.addresses.shift();
    if (address !== undefined)
      return ask(
        state,
        TYPE_CODES.SOA,
        [{ address, label: address }],
        { ...state.options, recursion: false },
        io,
      );
    if (state.request?.result !== undefined) {
      const { result } = state.request;
      const found = result.ok ? result.addresses : [];
      state.addresses = [...found].sort((a, b) => Number(isIpv6(a)) - Number(isIpv6(b)));
      state.request = undefined;
      continue;
    }
    if (state.request !== undefined) return;
    const name = state.names.shift();
    if (name === undefined) return io.exit(0);
    state.request = requestAddress(io, name);
  }
}
