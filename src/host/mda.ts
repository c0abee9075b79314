// The mail delivery agent: takes messages over LMTP (RFC 2033) and puts them into the folders of its users. Which folder
// is decided from the bytes alone: the Authentication-Results that its own mail exchanger wrote on top (RFC 8601).

import { fromLatin1, latin1 } from '../base/bytes.ts';
import { nextInt } from '../base/random.ts';
import { parseAuthenticationResults, type MethodResult } from '../auth/authentication-results.ts';
import { allFields, parseMessage } from '../message/header.ts';
import { resolveAddress, type AddressTable } from '../mailbox/addresses.ts';
import { withDeliveryHeader } from '../mailbox/delivery-header.ts';
import {
  addUser,
  createStore,
  deliver,
  findFolder,
  type Folder,
  type MailStore,
  type MailUser,
} from '../mailbox/store.ts';
import { connectionOf } from '../net/network.ts';
import { lmtpConfig, lmtpQuotaExceeded, lmtpSaved, lmtpUserUnknown } from '../smtp/lmtp.ts';
import type { Reply } from '../smtp/reply.ts';
import {
  openServerSession,
  serverAnswer,
  serverDrain,
  serverEnd,
  serverReceive,
  serverWake,
  serverWakeAt,
} from '../smtp/server.ts';
import type { ServerQuestion, ServerSession } from '../smtp/session.ts';
import type { PlacementReason } from './events.ts';
import {
  accessAccepted,
  accessInput,
  accessNotice,
  accessWake,
  openAccess,
  type AccessConfig,
  type AccessState,
} from './mda-access.ts';
import type { Input, Os, ProgramDefinition } from './program.ts';

/** `users`: name and the addresses that reach it. Quota in bytes. */
export interface MdaConfig extends AccessConfig {
  readonly port: number;
  readonly users: readonly {
    readonly user: string;
    readonly addresses: readonly string[];
    /** Absent: nobody can log in. */
    readonly password?: string;
    readonly quotaBytes?: number;
  }[];
  /** Whose Authentication-Results it believes (RFC 8601 §5). */
  readonly trustedAuthservId: string;
}

interface LmtpClient {
  readonly socket: number;
  readonly connection: number;
  readonly address: string;
  readonly session: ServerSession;
  helo: string;
  /** Number of deliveries in this session, for the session id. */
  deliveries: number;
}

export interface MdaState {
  readonly config: MdaConfig;
  readonly store: MailStore;
  readonly clients: Map<number, LmtpClient>;
  /** Who reads mail over POP3 and IMAP. */
  readonly access: AccessState;
  nextSession: number;
}

export const mda: ProgramDefinition<MdaConfig, MdaState> = {
  start(config: MdaConfig, os: Os): MdaState {
    os.listen(config.port);
    const store = createStore(config.hostname, os.now);
    for (const { user, quotaBytes } of config.users)
      addUser(store, user, quotaBytes === undefined ? {} : { bytes: quotaBytes });
    return { config, store, clients: new Map(), access: openAccess(config, os), nextSession: 1 };
  },

  handle(state: MdaState, input: Input, os: Os): void {
    switch (input.type) {
      case 'accepted': {
        if (accessAccepted(state.config, state.access, state.store, input, os)) return;
        const client: LmtpClient = {
          socket: input.socket,
          connection: connectionOf(input.socket),
          address: input.remote.address,
          session: openServerSession(
            lmtpConfig(state.config.hostname),
            { address: input.remote.address, name: 'unknown', port: input.remote.port },
            os.now,
          ),
          helo: '',
          deliveries: 0,
        };
        state.clients.set(input.socket, client);
        os.log('dovecot: lmtp', `Connect from ${input.remote.address}`);
        return settle(state, client, os);
      }
      case 'secured':
      case 'ticket':
      case 'tlsFailed':
        accessInput(state.config, state.access, state.store, input, os);
        return;
      case 'data':
      case 'ended':
      case 'reset': {
        if (accessInput(state.config, state.access, state.store, input, os)) return;
        const client = state.clients.get(input.socket);
        if (client === undefined) return;
        if (input.type === 'data') serverReceive(client.session, latin1(input.bytes), os.now);
        else serverEnd(client.session, os.now);
        return settle(state, client, os);
      }
      case 'timer': {
        const [kind, socket] = input.key.split(':');
        if (kind === 'access') return accessWake(state.config, state.access, state.store, Number(socket), os);
        const client = state.clients.get(Number(socket));
        if (client === undefined) return;
        serverWake(client.session, os.now);
        return settle(state, client, os);
      }
      default:
        return;
    }
  },
};

function settle(state: MdaState, client: LmtpClient, os: Os): void {
  for (let outputs = serverDrain(client.session); outputs.length > 0; outputs = serverDrain(client.session)) {
    for (const output of outputs) {
      switch (output.kind) {
        case 'send':
          os.send(client.socket, fromLatin1(output.bytes));
          break;
        case 'close':
          os.close(client.socket);
          os.cancelTimer(`lmtp:${client.socket}`);
          state.clients.delete(client.socket);
          break;
        case 'note': {
          const rule = output.note.kind === 'reply' ? output.note.rule : undefined;
          const seq = os.emit(
            { type: 'smtp.server', connection: client.connection, note: output.note },
            rule,
          );
          if (output.note.kind === 'command' || output.note.kind === 'content') os.cause = seq;
          if (output.note.kind === 'disconnect')
            os.log('dovecot: lmtp', `Disconnect from ${client.address}: Logged out (state=READY)`);
          break;
        }
        case 'ask':
          answer(state, client, output.id, output.question, os);
          break;
      }
    }
  }
  if (!state.clients.has(client.socket)) return;
  const wakeAt = serverWakeAt(client.session);
  if (wakeAt === undefined) os.cancelTimer(`lmtp:${client.socket}`);
  else os.timer(`lmtp:${client.socket}`, wakeAt, 'patient');
}

function tableOf(config: MdaConfig): AddressTable {
  const mailboxes = config.users.flatMap((user) => user.addresses);
  return {
    domains: [...new Set(mailboxes.map((address) => address.slice(address.lastIndexOf('@') + 1)))],
    mailboxes,
    aliases: {},
    delimiter: '+',
  };
}

function userOf(config: MdaConfig, address: string): string | undefined {
  const found = resolveAddress(tableOf(config), address);
  const mailbox = found.kind === 'local' ? found.deliveries[0]?.user : undefined;
  return config.users.find((user) => user.addresses.some((a) => a.toLowerCase() === mailbox?.toLowerCase()))
    ?.user;
}

function answer(state: MdaState, client: LmtpClient, id: number, question: ServerQuestion, os: Os): void {
  switch (question.kind) {
    case 'recipient': {
      const { address } = question.recipient;
      if (userOf(state.config, address) === undefined) {
        os.emit(
          {
            type: 'mailbox.refused',
            connection: client.connection,
            recipient: address,
            reason: 'noSuchUser',
          },
          'RFC 2033 §4.2',
        );
        serverAnswer(client.session, id, { reply: lmtpUserUnknown(address, address) }, os.now);
        return;
      }
      serverAnswer(client.session, id, { ok: true }, os.now);
      return;
    }
    case 'message': {
      const raw = fromLatin1(question.message);
      client.helo = question.helo ?? client.helo;
      const replies = question.envelope.recipients.map((recipient) =>
        store(state, client, raw, question.envelope.reversePath, recipient.address, os),
      );
      serverAnswer(client.session, id, { replies }, os.now);
      return;
    }
    case 'helo':
      client.helo = question.name;
      serverAnswer(client.session, id, { ok: true }, os.now);
      return;
    default:
      serverAnswer(client.session, id, { ok: true }, os.now);
  }
}

/** Delivers to one recipient and says so in Dovecot's words. */
function store(
  state: MdaState,
  client: LmtpClient,
  raw: string,
  reversePath: string,
  recipient: string,
  os: Os,
): Reply {
  const { config } = state;
  const cause = os.cause;
  const name = userOf(config, recipient);
  const user = name === undefined ? undefined : state.store.users.get(name);
  if (user === undefined || name === undefined) return lmtpUserUnknown(recipient, recipient);
  const placement = place(raw, config.trustedAuthservId);
  const folder = folderOf(user, placement.folder, recipient);
  os.cause = os.emit(
    {
      type: 'mailbox.placed',
      connection: client.connection,
      user: name,
      recipient,
      folder: folder.name,
      reasons: placement.reasons,
    },
    placement.rule,
  );
  const sessionId = sessionName(state, client, os);
  const text = withDeliveryHeader(raw, {
    reversePath,
    recipient,
    clientName: client.helo,
    clientAddress: client.address,
    host: config.hostname,
    protocol: 'LMTP',
    sessionId,
    now: os.now,
    zoneMinutes: os.host.zoneMinutes,
  });
  const result = deliver(state.store, user, folder, { raw: text, hash: os.keep(text), internalDate: os.now });
  if (result.kind === 'over-quota') {
    os.emit(
      { type: 'mailbox.refused', connection: client.connection, recipient, reason: 'overQuota' },
      'RFC 3463 §3.3',
    );
    os.log(
      'dovecot: lmtp',
      `${sessionId}: save failed to ${folder.name}: Quota exceeded (mailbox for user is full)`,
    );
    os.cause = cause;
    return lmtpQuotaExceeded(recipient);
  }
  os.log(`dovecot: lmtp(${name})`, `${sessionId}: msgid=${messageIdOf(raw)}: saved mail to ${folder.name}`);
  os.emit(
    {
      type: 'mailbox.delivered',
      connection: client.connection,
      user: name,
      recipient,
      folder: folder.name,
      uid: result.message.uid,
      message: os.keep(text),
      reversePath,
    },
    'RFC 5321 §4.4',
  );
  os.cause = cause;
  accessNotice(config, state.access, state.store, name, os);
  return lmtpSaved(recipient, sessionId);
}

/** `bob+lists@…` goes to the folder `lists` if the user has one and nothing speaks for Junk. */
function folderOf(user: MailUser, wanted: string, recipient: string): Folder {
  const detail = /\+([^@]*)@/.exec(recipient)?.[1];
  const byDetail = wanted === 'INBOX' && detail !== undefined ? findFolder(user, detail) : undefined;
  const folder = byDetail ?? findFolder(user, wanted) ?? user.folders[0];
  if (folder === undefined) throw new Error(`${user.name} has no folder at all`);
  return folder;
}

function messageIdOf(raw: string): string {
  return /^message-id:[ \t]*(<[^>\r\n]*>)/im.exec(raw.slice(0, 20_000))?.[1] ?? 'unspecified';
}

/** Like Dovecot's: random letters, the process, and the number of the delivery after the first. */
function sessionName(state: MdaState, client: LmtpClient, os: Os): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const number = state.nextSession++;
  const draws = os.random('lmtp-session');
  let text = '';
  for (let i = 0; i < 16; i++) text += letters.charAt(nextInt(draws, letters.length));
  client.deliveries++;
  return `${text}${String(number).padStart(4, '0')}A`;
}

export interface Placement {
  readonly folder: 'INBOX' | 'Junk';
  readonly reasons: readonly PlacementReason[];
  readonly rule: string;
}

/**
 * Inbox or Junk, from the results of the own mail exchanger. DMARC decides where a domain has a policy (RFC 9989 §5.3.5);
 * without one, this provider's own rule puts a failed SPF check into Junk.
 */
export function place(raw: string, authservId: string): Placement {
  const results = trustedResults(raw, authservId);
  if (results === undefined)
    return { folder: 'INBOX', reasons: [{ id: 'noVerdict', params: { authservId } }], rule: 'RFC 8601 §4.1' };
  const of = (method: string): MethodResult | undefined => results.find((result) => result.method === method);
  const dmarc = of('dmarc');
  const spf = of('spf');
  const domain = property(dmarc, 'header', 'from') ?? '';
  const policy = property(dmarc, 'policy', 'dmarc') ?? 'none';
  if (dmarc?.result === 'fail' && (policy === 'quarantine' || policy === 'reject'))
    return {
      folder: 'Junk',
      reasons: [
        { id: policy === 'quarantine' ? 'dmarcQuarantine' : 'dmarcReject', params: { domain, policy } },
      ],
      rule: 'RFC 9989 §5.3.5',
    };
  // The mail exchanger knew better than the policy: a trusted forwarder, a known list.
  if (dmarc?.result === 'fail' && /^(?:p|sp|np)=(?:quarantine|reject)/.test(dmarc.comment ?? ''))
    return {
      folder: 'INBOX',
      reasons: [{ id: 'dmarcOverridden', params: { domain } }],
      rule: 'RFC 9989 §7.4',
    };
  if (dmarc?.result === 'pass')
    return { folder: 'INBOX', reasons: [{ id: 'dmarcPass', params: { domain } }], rule: 'RFC 9989 §5.3' };
  if (spf?.result === 'fail')
    return {
      folder: 'Junk',
      reasons: [{ id: 'spfFail', params: { domain: property(spf, 'smtp', 'mailfrom') ?? '' } }],
      rule: 'RFC 7208 §8.4',
    };
  return { folder: 'INBOX', reasons: [{ id: 'default', params: {} }], rule: 'RFC 8601 §4.1' };
}

/** The topmost results that the trusted server wrote; what stands below may be anybody's (RFC 8601 §5). */
function trustedResults(raw: string, authservId: string): readonly MethodResult[] | undefined {
  for (const field of allFields(parseMessage(raw), 'Authentication-Results')) {
    const parsed = parseAuthenticationResults(field.rawValue);
    if (parsed?.authservId.toLowerCase() === authservId.toLowerCase()) return parsed.results;
  }
  return undefined;
}

function property(result: MethodResult | undefined, type: string, name: string): string | undefined {
  return result?.properties.find((p) => p.type === type && p.property === name)?.value;
}
