// POP3 and IMAP of the delivery agent's host, as Dovecot serves them: sessions over the one store that LMTP delivers into.
// Listens, secures, answers who is who, tells other sessions of changes, and writes Dovecot's log. What a session says
// and does is in `src/imap` and `src/pop3`.

import { fromLatin1, latin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { nextInt } from '../base/random.ts';
import type { MailStore } from '../mailbox/store.ts';
import { connectionOf, type NetInput } from '../net/network.ts';
import type { TlsIdentity } from '../net/tls.ts';
import type { Account, Mechanism } from '../sasl/mechanism.ts';
import { accessService, type AccessQuestion } from './access-service.ts';
import { logTlsFailure, noted, type AccessClient } from './mda-access-log.ts';
import { mailboxChanged, mailboxDelivered, type FolderMemory } from './mailbox-changes.ts';
import type { Os } from './program.ts';

export type AccessPort = 'imap' | 'imaps' | 'pop3' | 'pop3s';
export const ACCESS_PORTS: Readonly<Record<AccessPort, number>> = {
  pop3: 110,
  imap: 143,
  imaps: 993,
  pop3s: 995,
};

export interface AccessConfig {
  readonly hostname: string;
  /** Which ports are open. */
  readonly access?: readonly AccessPort[];
  /** Without one there is no STARTTLS, and the implicit ports close at once. */
  readonly tls?: TlsIdentity;
  /** `auth_allow_cleartext`: passwords may travel without TLS. */
  readonly cleartext?: boolean;
  readonly mechanisms?: readonly Mechanism[];
  readonly users: readonly {
    readonly user: string;
    readonly addresses: readonly string[];
    readonly password?: string;
  }[];
}

/** What a client may say while much is on its way to it. */
const BACKLOG_LIMIT = 1_000_000;
/** The line to a client takes 2 MB a second: what it asks for behind a large answer waits for that. */
const LINE_BYTES_PER_MS = 2000;

export interface AccessState {
  readonly clients: Map<number, AccessClient>;
  readonly memory: FolderMemory;
  /** Who holds which maildrop: user to socket (RFC 1939 §4). */
  readonly locks: Map<string, number>;
  nextPid: number;
}

export function openAccess(config: AccessConfig, os: Os): AccessState {
  for (const port of config.access ?? []) os.listen(ACCESS_PORTS[port]);
  return { clients: new Map(), memory: new Map(), locks: new Map(), nextPid: os.pid + 100 };
}

/** Who that is: by user name, or by any address. Undefined when there is nobody, or nobody with a password. */
export function accountOf(config: AccessConfig, typed: string): Account | undefined {
  const wanted = typed.toLowerCase();
  const found = config.users.find(
    ({ user, addresses }) =>
      user.toLowerCase() === wanted || addresses.some((address) => address.toLowerCase() === wanted),
  );
  return found?.password === undefined ? undefined : { user: found.user, password: found.password };
}

type Accepted = Extract<NetInput, { type: 'accepted' }>;

/** A connection to one of the access ports. False when it is to another. */
export function accessAccepted(
  config: AccessConfig,
  state: AccessState,
  store: MailStore,
  input: Accepted,
  os: Os,
): boolean {
  const port = (config.access ?? []).find((one) => ACCESS_PORTS[one] === input.local.port);
  if (port === undefined) return false;
  const client: AccessClient = {
    socket: input.socket,
    connection: connectionOf(input.socket),
    protocol: port.startsWith('imap') ? 'imap' : 'pop3',
    local: input.local,
    remote: input.remote,
    pid: state.nextPid++,
    name: sessionName(os),
    secured: false,
    session: undefined,
    handshake: undefined,
    user: undefined,
    openedAt: os.now,
    failures: 0,
    failed: undefined,
    backlog: '',
    ending: false,
    busyUntil: 0,
    held: false,
    received: 0,
    sent: 0,
  };
  state.clients.set(input.socket, client);
  if (!port.endsWith('s')) {
    begin(config, state, store, client, os);
    return true;
  }
  if (config.tls === undefined) {
    state.clients.delete(input.socket);
    os.close(input.socket);
  } else os.startTls(input.socket, { role: 'server', server: { identity: config.tls, tickets: 2 } });
  return true;
}

function begin(
  config: AccessConfig,
  state: AccessState,
  store: MailStore,
  client: AccessClient,
  os: Os,
): void {
  const draws = os.random('access');
  const digits = Array.from({ length: 16 }, () => nextInt(draws, 10)).join('');
  client.session = accessService(client.protocol).open(
    {
      tls: client.secured ? 'active' : config.tls === undefined ? 'off' : 'available',
      cleartext: config.cleartext === true,
      mechanisms: config.mechanisms ?? ['PLAIN', 'LOGIN'],
    },
    {
      challenge: `<${digits}.${Math.floor(os.now / 1000)}@${config.hostname}>`,
      nonce: `${client.name}${digits}`,
    },
    os.now,
  );
  settle(config, state, store, client, os);
}

/** A client does not take what is on its way to it: what it asked for behind that waits until `until`. */
export function holdAccessClient(state: AccessState, socket: number, until: Time): void {
  const client = state.clients.get(socket);
  if (client === undefined) return;
  client.busyUntil = Math.max(client.busyUntil, until);
  client.held = true;
}

/** Something on a socket. False when it is none of these. */
export function accessInput(
  config: AccessConfig,
  state: AccessState,
  store: MailStore,
  input: NetInput,
  os: Os,
): boolean {
  const client = 'socket' in input ? state.clients.get(input.socket) : undefined;
  if (client === undefined) return false;
  const service = accessService(client.protocol);
  switch (input.type) {
    case 'secured':
      client.secured = true;
      if (client.session === undefined) begin(config, state, store, client, os);
      else if (client.handshake !== undefined) {
        const id = client.handshake;
        client.handshake = undefined;
        service.answer(client.session, store, id, { kind: 'tls', ok: true }, os.now);
      }
      break;
    case 'tlsFailed':
      logTlsFailure(client, input.failure, os);
      if (client.session !== undefined) service.end(client.session, store, os.now);
      else forget(state, client, os);
      break;
    case 'data':
      client.received += input.bytes.length;
      if (client.session === undefined) return true;
      client.backlog += input.bytes;
      if (client.backlog.length <= BACKLOG_LIMIT) return work(config, state, store, client, os);
      client.backlog = '';
      service.end(client.session, store, os.now);
      break;
    case 'ended':
    case 'reset':
      client.ending = true;
      if (input.type === 'ended' && client.backlog !== '') return true;
      if (client.session === undefined) forget(state, client, os);
      else service.end(client.session, store, os.now);
      break;
    default:
      return true;
  }
  if (client.session !== undefined) settle(config, state, store, client, os);
  return true;
}

/** Hears what the client said, line by line, as long as the answers do not fill the line to it. */
function work(
  config: AccessConfig,
  state: AccessState,
  store: MailStore,
  client: AccessClient,
  os: Os,
): true {
  const service = accessService(client.protocol);
  while (client.backlog !== '' && client.busyUntil <= os.now && state.clients.has(client.socket)) {
    const lf = client.backlog.indexOf('\n') + 1;
    const piece = lf === 0 ? client.backlog : client.backlog.slice(0, lf);
    client.backlog = client.backlog.slice(piece.length);
    const before = client.sent;
    service.receive(client.session, store, latin1(piece), os.now);
    settle(config, state, store, client, os);
    const sent = client.sent - before;
    if (sent > LINE_BYTES_PER_MS) client.busyUntil = os.now + Math.ceil(sent / LINE_BYTES_PER_MS);
    // What came in clear behind STARTTLS is never heard (CVE-2011-0411).
    if (client.handshake !== undefined) client.backlog = '';
  }
  if (!state.clients.has(client.socket)) return true;
  if (client.busyUntil <= os.now) client.held = false;
  if (client.backlog !== '')
    os.timer(`access:${client.socket}`, client.busyUntil, client.held ? 'patient' : 'busy');
  else if (client.ending && client.session !== undefined) {
    service.end(client.session, store, os.now);
    settle(config, state, store, client, os);
  }
  return true;
}

export function accessWake(
  config: AccessConfig,
  state: AccessState,
  store: MailStore,
  socket: number,
  os: Os,
): void {
  const client = state.clients.get(socket);
  if (client?.session === undefined) return;
  accessService(client.protocol).wake(client.session, store, os.now);
  settle(config, state, store, client, os);
  if (client.backlog !== '') work(config, state, store, client, os);
}

/** A delivery, or the session on the socket `by`, changed a user's folders: idle clients hear of it. */
export function accessNotice(
  config: AccessConfig,
  state: AccessState,
  store: MailStore,
  user: string,
  os: Os,
  by?: number,
): void {
  if (by === undefined) mailboxDelivered(state.memory, store, user);
  else mailboxChanged(state.memory, store, user, os);
  for (const client of [...state.clients.values()]) {
    if (client.user !== user || client.socket === by || client.session === undefined) continue;
    accessService(client.protocol).notice(client.session, store, os.now);
    settle(config, state, store, client, os);
  }
}

function settle(
  config: AccessConfig,
  state: AccessState,
  store: MailStore,
  client: AccessClient,
  os: Os,
): void {
  const service = accessService(client.protocol);
  const cause = os.cause;
  let changed: string | undefined;
  for (
    let outputs = service.drain(client.session);
    outputs.length > 0;
    outputs = service.drain(client.session)
  )
    for (const output of outputs) {
      switch (output.kind) {
        case 'send':
          client.sent += output.bytes.length;
          os.send(client.socket, fromLatin1(output.bytes));
          break;
        case 'close':
          forget(state, client, os);
          break;
        case 'ask':
          answer(config, state, store, client, output.id, output.question, os);
          break;
        case 'note':
          changed = noted(client, output.note, os) ?? changed;
          break;
      }
    }
  os.cause = cause;
  if (changed !== undefined) accessNotice(config, state, store, changed, os, client.socket);
  if (!state.clients.has(client.socket)) return;
  const wakeAt = service.wakeAt(client.session);
  if (wakeAt === undefined) os.cancelTimer(`access:${client.socket}`);
  else os.timer(`access:${client.socket}`, wakeAt, service.isAwaited(client.session) ? 'busy' : 'patient');
}

function answer(
  config: AccessConfig,
  state: AccessState,
  store: MailStore,
  client: AccessClient,
  id: number,
  question: AccessQuestion,
  os: Os,
): void {
  const service = accessService(client.protocol);
  switch (question.kind) {
    case 'tls':
      client.handshake = id;
      if (config.tls !== undefined)
        os.startTls(client.socket, { role: 'server', server: { identity: config.tls, tickets: 2 } });
      return;
    case 'account':
      return service.answer(
        client.session,
        store,
        id,
        { kind: 'account', account: accountOf(config, question.user) },
        os.now,
      );
    case 'maildrop': {
      const holder = state.locks.get(question.user);
      const isFree = holder === undefined || holder === client.socket;
      if (isFree) state.locks.set(question.user, client.socket);
      const opened = store.users.has(question.user) ? 'opened' : 'unavailable';
      service.answer(
        client.session,
        store,
        id,
        { kind: 'maildrop', state: isFree ? opened : 'locked' },
        os.now,
      );
    }
  }
}

function forget(state: AccessState, client: AccessClient, os: Os): void {
  os.close(client.socket);
  os.cancelTimer(`access:${client.socket}`);
  state.clients.delete(client.socket);
  for (const [user, holder] of state.locks) if (holder === client.socket) state.locks.delete(user);
}

/** Like Dovecot's session ids: base64 letters. */
function sessionName(os: Os): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const draws = os.random('access-session');
  return Array.from({ length: 16 }, () => letters.charAt(nextInt(draws, letters.length))).join('');
}
