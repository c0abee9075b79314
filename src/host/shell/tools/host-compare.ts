// `host -C` and `dig +nssearch`: the SOA of a zone as each of its name servers tells it, so that one that stayed behind
// stands out. host(1), dig(1).

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
  /** Whose words it prints. */
  readonly voice: 'host' | 'dig';
  request: AddressRequest | undefined;
  query: DnsQuery | undefined;
}

/** Asks the resolver for the name servers first. An exit code when it is over already. */
export function startComparison(
  io: ToolIo,
  question: { readonly name: string; readonly shownName: string },
  servers: readonly QueryServer[],
  options: QueryOptions,
  voice: HostComparison['voice'] = 'host',
): { state: HostComparison; exit: number | undefined } {
  const state: HostComparison = {
    name: question.name,
    shownName: question.shownName,
    options,
    voice,
    names: [],
    addresses: [],
    request: undefined,
    query: undefined,
  };
  return { state, exit: ask(state, TYPE_CODES.NS, servers, options, io) };
}

function ask(
  state: HostComparison,
  type: number,
  servers: readonly QueryServer[],
  options: QueryOptions,
  io: ToolIo,
): number | undefined {
  const { query, outcome } = startQuery(io, { ...state, type }, servers, options);
  state.query = query;
  return outcome === undefined ? undefined : finished(state, outcome, io);
}

/** The exit code when it is over. */
export function comparisonInput(state: HostComparison, input: ToolInput, io: ToolIo): number | undefined {
  if (input.type === 'lookedUp') {
    if (state.request === undefined) return undefined;
    addressAnswered(io, state.request, input.token, input.answer);
    return next(state, io);
  }
  const outcome = state.query && queryInput(state.query, input, io);
  return outcome === undefined ? undefined : finished(state, outcome, io);
}

function finished(state: HostComparison, outcome: QueryOutcome, io: ToolIo): number | undefined {
  const isFirst = state.query?.message.questions[0]?.type === TYPE_CODES.NS;
  state.query = undefined;
  if (outcome.type === 'failed') {
    if (!outcome.said) io.print(';; no servers could be reached\n');
    return isFirst ? 1 : next(state, io);
  }
  const { message, server, ms } = outcome.reply;
  if (isFirst) state.names = message.answers.flatMap(({ data }) => (data.type === 'NS' ? [data.host] : []));
  else if (state.voice === 'dig') {
    for (const { data } of message.answers)
      if (data.type === 'SOA')
        io.print(`SOA ${rdataText(data)} from server ${server.address} in ${ms} ms.\n`);
  } else {
    io.print(`Nameserver ${server.address}:\n`);
    for (const { name, data } of message.answers)
      if (data.type === 'SOA') io.print(`\t${name.replace(/\.$/, '')} has SOA record ${rdataText(data)}\n`);
  }
  return next(state, io);
}

/** The next address, or the addresses of the next name server, IPv4 first. */
function next(state: HostComparison, io: ToolIo): number | undefined {
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
    if (state.request !== undefined) return undefined;
    const name = state.names.shift();
    if (name === undefined) return 0;
    state.request = requestAddress(io, name);
  }
}
