// From a name on a command line to addresses, as getaddrinfo(3) does it: literals, /etc/hosts, then A and AAAA through the
// host's stub resolver. Read RFC 6724 §6 first: a host without IPv6 tries IPv4 first.

import { addressFamily } from '../../dns/address.ts';
import type { DnsAnswer } from '../../dns/lookup.ts';
import { parseName } from '../../dns/name.ts';
import { isIpv6, isLoopback } from '../../net/topology.ts';
import type { ConnectFailure } from '../../net/events.ts';
import { hostsEntries } from './files.ts';
import type { ToolIo } from './tool.ts';

export type AddressResult =
  | { readonly ok: true; readonly addresses: readonly string[] }
  /** `text` is gai_strerror(3)'s. */
  | { readonly ok: false; readonly text: string };

/** A name that is being looked up. Plain data; `result` is there once it is known. */
export interface AddressRequest {
  readonly name: string;
  readonly family: 4 | 6 | undefined;
  answers: { a?: DnsAnswer; aaaa?: DnsAnswer };
  result: AddressResult | undefined;
}

const UNKNOWN = 'Name or service not known';
const NO_ADDRESS = 'No address associated with hostname';
const TEMPORARY = 'Temporary failure in name resolution';

/** Starts to look a name up; tokens of its questions begin with `a:`. */
export function requestAddress(io: ToolIo, name: string, family?: 4 | 6): AddressRequest {
  const request: AddressRequest = { name, family, answers: {}, result: undefined };
  const literal = addressFamily(name);
  if (literal !== undefined) {
    request.result =
      family !== undefined && family !== literal
        ? { ok: false, text: 'Address family for hostname not supported' }
        : { ok: true, addresses: [name] };
    return request;
  }
  const local = hostsEntries(io.os)
    .filter((entry) => entry.names.includes(name.toLowerCase().replace(/\.$/, '')))
    .map((entry) => entry.address)
    .filter((address) => family === undefined || isIpv6(address) === (family === 6));
  if (local.length > 0) {
    request.result = { ok: true, addresses: local };
    return request;
  }
  const absolute = parseName(name);
  if (!absolute.ok) {
    request.result = { ok: false, text: UNKNOWN };
    return request;
  }
  if (family !== 6) io.lookup({ name: absolute.value, type: 'A' }, 'a:A');
  if (family !== 4) io.lookup({ name: absolute.value, type: 'AAAA' }, 'a:AAAA');
  return request;
}

/** Takes an answer to one of the request's questions. */
export function addressAnswered(io: ToolIo, request: AddressRequest, token: string, answer: DnsAnswer): void {
  if (token === 'a:A') request.answers.a = answer;
  else if (token === 'a:AAAA') request.answers.aaaa = answer;
  const { a, aaaa } = request.answers;
  if ((a === undefined && request.family !== 6) || (aaaa === undefined && request.family !== 4)) return;
  const four = (a?.records ?? []).flatMap((r) => (r.data.type === 'A' ? [r.data.address] : []));
  const six = (aaaa?.records ?? []).flatMap((r) => (r.data.type === 'AAAA' ? [r.data.address] : []));
  const speaksSix = io.os.net.addresses.some((address) => isIpv6(address) && !isLoopback(address));
  const addresses = speaksSix ? [...six, ...four] : [...four, ...six];
  const states = [a, aaaa].flatMap((found) => (found === undefined ? [] : [found.status]));
  if (addresses.length > 0) request.result = { ok: true, addresses };
  else if (states.includes('NXDOMAIN')) request.result = { ok: false, text: UNKNOWN };
  else if (states.every((status) => status === 'NOERROR')) request.result = { ok: false, text: NO_ADDRESS };
  else request.result = { ok: false, text: TEMPORARY };
}

/** strerror(3) of what kept a connection from opening. */
export function connectErrorText(reason: ConnectFailure): string {
  switch (reason) {
    case 'refused':
      return 'Connection refused';
    case 'timedOut':
      return 'Connection timed out';
    case 'networkUnreachable':
      return 'Network is unreachable';
    case 'hostUnreachable':
    case 'prohibited':
      return 'No route to host';
  }
}
