// From a server's name to an open, secured connection: looks the name up through the host's stub resolver, tries its
// addresses one after the other, puts TLS on where it is wanted from the first byte. The certificate must be in order, or
// nothing is said at all (RFC 8314 §5.2, RFC 9525).

import { addressFamily } from '../../dns/address.ts';
import type { DnsAnswer } from '../../dns/lookup.ts';
import { parseName } from '../../dns/name.ts';
import { SECOND } from '../../base/dates.ts';
import type { ConnectFailure } from '../../net/events.ts';
import type { NetInput } from '../../net/network.ts';
import type { Os } from '../program.ts';
import type { MailServerConfig } from './config.ts';
import type { MailFailure, MailFailureCode, MailProtocol } from './notes.ts';
import type { MailClientState, MailLink } from './state.ts';
import { tellPhase } from './tell.ts';

const CONNECT_TIMEOUT = 30 * SECOND;

/** Which of the two conversations of a mail program. */
export type LinkName = 'access' | 'outgoing';

/** Whoever holds the conversation on a link. */
export interface LinkUser {
  /** The connection stands, and TLS on it where it was to be there from the first byte. */
  opened(state: MailClientState, isSecured: boolean, os: Os): void;
  /** There is no connection, or no more trust in it. */
  failed(state: MailClientState, failure: MailFailure, os: Os): void;
}

export function serverOf({ config }: MailClientState, name: LinkName): MailServerConfig {
  return name === 'access' ? config.server : config.submission;
}

export function protocolOf({ config }: MailClientState, name: LinkName): MailProtocol {
  return name === 'outgoing' ? 'smtp' : config.protocol;
}

/** A failure of the link's server. */
export function failureOf(
  state: MailClientState,
  name: LinkName,
  code: MailFailureCode,
  more: Partial<MailFailure> = {},
): MailFailure {
  const { host, port } = serverOf(state, name);
  return { code, protocol: protocolOf(state, name), server: host, port, ...more };
}

/** Begins to connect. There must be no link of that name. */
export function openLink(state: MailClientState, name: LinkName, user: LinkUser, os: Os): void {
  const { host } = serverOf(state, name);
  const link: MailLink = {
    addresses: [],
    address: '',
    token: undefined,
    socket: undefined,
    isSecuring: false,
  };
  state[name] = link;
  tellPhase(state, protocolOf(state, name), 'lookingUp', os);
  if (addressFamily(host) !== undefined) {
    link.addresses = [host];
    connectNext(state, name, undefined, user, os);
    return;
  }
  const absolute = parseName(host);
  if (!absolute.ok) {
    user.failed(state, failureOf(state, name, 'unknownHost'), os);
    return;
  }
  if (!os.host.programs.has('libresolv')) {
    user.failed(state, failureOf(state, name, 'noDns'), os);
    return;
  }
  link.token = `${name}${state.nextToken++}`;
  os.call('libresolv', {
    type: 'lookup',
    question: { name: absolute.value, type: 'A' },
    token: link.token,
    asker: os.program,
  });
}

/** An answer of the stub resolver. False when nobody waits for it. */
export function linkAnswered(
  state: MailClientState,
  name: LinkName,
  token: string,
  answer: DnsAnswer,
  user: LinkUser,
  os: Os,
): boolean {
  const link = state[name];
  if (link?.token !== token) return false;
  link.token = undefined;
  link.addresses = answer.records.flatMap(({ data }) => (data.type === 'A' ? [data.address] : []));
  if (link.addresses.length > 0) connectNext(state, name, undefined, user, os);
  else {
    const isKnown = answer.status === 'NOERROR' || answer.status === 'NXDOMAIN';
    user.failed(state, failureOf(state, name, isKnown ? 'unknownHost' : 'noDns'), os);
  }
  return true;
}

const CONNECT_CODES: Readonly<Record<ConnectFailure, MailFailureCode>> = {
  refused: 'refused',
  timedOut: 'timedOut',
  hostUnreachable: 'unreachable',
  networkUnreachable: 'unreachable',
  prohibited: 'unreachable',
};

/** Tries the next address; tells of the last failure when there is none. */
function connectNext(
  state: MailClientState,
  name: LinkName,
  reason: ConnectFailure | undefined,
  user: LinkUser,
  os: Os,
): void {
  const link = state[name];
  const address = link?.addresses.shift();
  if (link === undefined) return;
  if (address === undefined) {
    user.failed(state, failureOf(state, name, CONNECT_CODES[reason ?? 'hostUnreachable']), os);
    return;
  }
  link.address = address;
  link.socket = os.connect({ address, port: serverOf(state, name).port }, CONNECT_TIMEOUT);
  // The phase is told again for every address, because each is a connection of its own.
  const phase = name === 'access' ? 'phase' : 'sendPhase';
  if (state[phase] === 'connecting') state[phase] = 'lookingUp';
  tellPhase(state, protocolOf(state, name), 'connecting', os);
}

/** Puts TLS on the connection; what comes of it arrives as `secured` or `tlsFailed`. */
export function secureLink(state: MailClientState, name: LinkName, os: Os): void {
  const socket = state[name]?.socket;
  const { host } = serverOf(state, name);
  if (socket === undefined) return;
  tellPhase(state, protocolOf(state, name), 'securing', os);
  const isName = addressFamily(host) === undefined;
  os.startTls(socket, {
    role: 'client',
    client: { roots: os.host.roots, hostname: host, enforce: true, ...(isName ? { serverName: host } : {}) },
  });
}

/** What is wrong with a certificate, or with the handshake. */
export function tlsFailureOf(
  state: MailClientState,
  name: LinkName,
  { failure, peer }: Extract<NetInput, { type: 'tlsFailed' }>,
): MailFailure {
  const verify = failure.kind === 'sentAlert' ? (failure.code ?? peer?.code ?? 0) : 0;
  const text = 'alert' in failure ? { text: failure.alert } : {};
  if (verify === 0) return failureOf(state, name, 'tlsFailed', text);
  const code: MailFailureCode =
    verify === 10
      ? 'certificateExpired'
      : verify === 9
        ? 'certificateNotYetValid'
        : verify === 62
          ? 'certificateName'
          : 'certificateUntrusted';
  return failureOf(state, name, code, { verify, ...text });
}

/** What happens on the link's socket before there is a conversation. False: it is the conversation's. */
export function linkInput(
  state: MailClientState,
  name: LinkName,
  input: NetInput,
  user: LinkUser,
  os: Os,
): boolean {
  const link = state[name];
  if (link === undefined) return false;
  switch (input.type) {
    case 'connected':
      if (serverOf(state, name).security === 'tls') {
        link.isSecuring = true;
        secureLink(state, name, os);
      } else user.opened(state, false, os);
      return true;
    case 'connectFailed':
      link.socket = undefined;
      connectNext(state, name, input.reason, user, os);
      return true;
    case 'secured':
      if (!link.isSecuring) return false;
      link.isSecuring = false;
      user.opened(state, true, os);
      return true;
    case 'tlsFailed':
      user.failed(state, tlsFailureOf(state, name, input), os);
      return true;
    default:
      return link.isSecuring;
  }
}

/** Hangs up, or stops trying. */
export function closeLink(state: MailClientState, name: LinkName, os: Os): void {
  const link = state[name];
  if (link === undefined) return;
  if (link.socket !== undefined) os.close(link.socket);
  os.cancelTimer(name);
  tellPhase(state, protocolOf(state, name), 'closed', os);
  state[name] = undefined;
}
