// The mail programs as their owners see them, folded from what they told the trace. What a device has and what the server
// has are different things here: nothing is taken from the server's folders but the identity of a message.

import type { Time } from '../base/dates.ts';
import type { TraceEvent } from '../host/events.ts';
import type { MailClientConfig } from '../host/mail-client/config.ts';
import type {
  MailClientNote,
  MailConflict,
  MailFailure,
  MailFolderInfo,
  MailMessage,
  MailPhase,
  MailProtocol,
} from '../host/mail-client/notes.ts';
import { withSetting } from '../host/settings.ts';
import type { ProgramConfig } from '../host/programs.ts';
import type { Journal } from './journal.ts';
import { identities, type Identities } from './mail-identity.ts';
import type {
  MailClientView,
  MailConnectionView,
  MailCopyView,
  MailFolderView,
  MailMessageView,
  MailOutgoingView,
} from './mail-client-types.ts';

/** A message with the event that last changed it. */
export interface HeldMessage {
  readonly message: MailMessage;
  readonly seq: number;
  /** When its text came over. */
  readonly downloaded?: { readonly seq: number; readonly at: Time };
}

interface HeldConnection {
  readonly id: number;
  readonly protocol: MailProtocol;
  readonly server: string;
  readonly port: number;
  readonly openedAt: Time;
  readonly seq: number;
  closedAt?: Time;
  bytesOut: number;
  bytesIn: number;
  roundTrips: number;
  spoke: boolean;
  failure?: MailFailure;
}

interface Doing {
  readonly phase: MailPhase;
  readonly connection?: number;
  readonly seq: number;
}

/** One program as it was at a moment. */
export interface HeldClient {
  readonly id: string;
  readonly host: string;
  readonly program: string;
  readonly owned: boolean;
  config: MailClientConfig;
  isOnline: boolean;
  idle: boolean;
  phase: Doing;
  sending: Doing;
  failure?: MailFailure & { readonly seq: number; readonly at: Time };
  lastCheck?: { readonly seq: number; readonly at: Time; readonly fresh: number };
  folders: readonly MailFolderInfo[];
  readonly messages: Map<string, Map<number, HeldMessage>>;
  /** Messages that were here once: the last state of each. */
  readonly gone: Map<string, Map<number, HeldMessage>>;
  openFolder: string;
  reading?: { readonly folder: string; readonly id: number; readonly seq: number };
  search?: MailClientView['search'];
  readonly outbox: Map<number, MailOutgoingView>;
  pending: MailClientView['pending'];
  readonly conflicts: (MailConflict & { readonly seq: number; readonly at: Time })[];
  readonly alerts: { readonly text: string; readonly seq: number; readonly at: Time }[];
  readonly connections: Map<number, HeldConnection>;
  readonly asked: { readonly seq: number; readonly at: Time; readonly kind: string }[];
}

/** More lines of its history than this are not shown. */
const MOST = 50;

/** Every mail program of the world as it was right after event `seq`, by `host program`. */
export function heldClients(journal: Journal, seq = journal.seq): ReadonlyMap<string, HeldClient> {
  const clients = new Map<string, HeldClient>();
  for (const host of journal.description.hosts)
    for (const [program, { kind, config }] of Object.entries(host.programs ?? {}))
      if (kind === 'mailClient') {
        const client = newClient(host.name, program, host.owned === true, config as MailClientConfig);
        clients.set(client.id, client);
      }
  if (clients.size === 0) return clients;
  /** Whose connection it is. */
  const owners = new Map<number, HeldClient>();
  for (let at = 0; at < Math.min(seq, journal.trace.length); at++)
    fold(clients, owners, journal.trace[at] as TraceEvent, journal);
  return clients;
}

function newClient(host: string, program: string, owned: boolean, config: MailClientConfig): HeldClient {
  const doing: Doing = { phase: 'closed', seq: 0 };
  return {
    id: `${host} ${program}`,
    host,
    program,
    owned,
    config,
    isOnline: true,
    idle: config.idle === true,
    phase: doing,
    sending: doing,
    folders: [],
    messages: new Map(),
    gone: new Map(),
    openFolder: 'INBOX',
    outbox: new Map(),
    pending: [],
    conflicts: [],
    alerts: [],
    connections: new Map(),
    asked: [],
  };
}

function fold(
  clients: ReadonlyMap<string, HeldClient>,
  owners: Map<number, HeldClient>,
  event: TraceEvent,
  journal: Journal,
): void {
  switch (event.type) {
    case 'mail.client': {
      const client = clients.get(`${event.host} ${event.program}`);
      if (client !== undefined) foldNote(client, owners, event.note, event, journal);
      return;
    }
    case 'program.configured': {
      const client = clients.get(`${event.host} ${event.program}`);
      if (client === undefined) return;
      const config = withSetting(client.config as unknown as ProgramConfig, event.setting, event.value);
      client.config = config as unknown as MailClientConfig;
      return;
    }
    case 'net.connected':
    case 'net.connectFailed':
    case 'net.data':
    case 'net.close': {
      const held = owners.get(event.connection)?.connections.get(event.connection);
      if (held !== undefined) foldNet(held, event);
      return;
    }
    default:
      return;
  }
}

type NetPiece = Extract<
  TraceEvent,
  { type: 'net.connected' | 'net.connectFailed' | 'net.data' | 'net.close' }
>;

function foldNet(held: HeldConnection, event: NetPiece): void {
  switch (event.type) {
    case 'net.connected':
      held.roundTrips++;
      return;
    case 'net.data':
      if (event.side === 'client') {
        held.bytesOut += event.bytes.length;
        held.spoke = true;
      } else {
        held.bytesIn += event.bytes.length;
        if (held.spoke) held.roundTrips++;
        held.spoke = false;
      }
      return;
    case 'net.connectFailed':
    case 'net.close':
      held.closedAt ??= event.at;
  }
}

function foldNote(
  client: HeldClient,
  owners: Map<number, HeldClient>,
  note: MailClientNote,
  event: TraceEvent,
  journal: Journal,
): void {
  const { seq, at } = event;
  switch (note.kind) {
    case 'asked':
      client.asked.push({ seq, at, kind: note.ask.kind });
      return;
    case 'online':
      client.isOnline = note.on;
      return;
    case 'idle':
      client.idle = note.on;
      return;
    case 'phase': {
      const { phase, protocol, connection } = note;
      const doing = { phase, seq, ...(connection === undefined ? {} : { connection }) };
      if (protocol === 'smtp') client.sending = doing;
      else client.phase = doing;
      if (connection !== undefined && !client.connections.has(connection))
        openConnection(client, owners, connection, protocol, event, journal);
      return;
    }
    case 'failed': {
      client.failure = { ...note.failure, seq, at };
      const held =
        note.failure.connection === undefined ? undefined : client.connections.get(note.failure.connection);
      if (held !== undefined) held.failure = note.failure;
      return;
    }
    case 'checked':
      client.lastCheck = { seq, at, fresh: note.fresh };
      if (client.failure?.protocol !== 'smtp') delete client.failure;
      return;
    case 'folders':
      client.folders = note.folders;
      return;
    case 'opened':
      client.openFolder = note.folder;
      return;
    case 'reading':
      client.reading = { folder: note.folder, id: note.id, seq };
      return;
    case 'messages':
      foldMessages(client, note, seq, at);
      return;
    case 'found': {
      const { folder, text, ids, isLocal } = note;
      client.search = { folder, text, ids, isLocal, seq };
      return;
    }
    case 'pending':
      client.pending = note.actions;
      return;
    case 'conflict':
      client.conflicts.push({ ...note.conflict, seq, at });
      return;
    case 'outgoing':
      client.outbox.set(note.outgoing.id, { ...note.outgoing, seq });
      return;
    case 'sent':
      if (client.failure?.protocol === 'smtp') delete client.failure;
      client.outbox.delete(note.id);
      return;
    case 'discarded':
      client.outbox.delete(note.id);
      return;
    case 'alert':
      client.alerts.push({ text: note.text, seq, at });
      return;
    case 'visited':
    case 'idleAgain':
      return;
  }
}

function openConnection(
  client: HeldClient,
  owners: Map<number, HeldClient>,
  id: number,
  protocol: MailProtocol,
  { seq, at }: TraceEvent,
  journal: Journal,
): void {
  const info = journal.connections.get(id);
  const server = protocol === 'smtp' ? client.config.submission : client.config.server;
  client.connections.set(id, {
    id,
    protocol,
    server: info?.server ?? server.host,
    port: info?.to.port ?? server.port,
    openedAt: at,
    seq,
    bytesOut: 0,
    bytesIn: 0,
    roundTrips: 0,
    spoke: false,
  });
  owners.set(id, client);
}

function foldMessages(
  client: HeldClient,
  note: Extract<MailClientNote, { kind: 'messages' }>,
  seq: number,
  at: Time,
): void {
  const list = client.messages.get(note.folder) ?? new Map<number, HeldMessage>();
  const gone = client.gone.get(note.folder) ?? new Map<number, HeldMessage>();
  client.messages.set(note.folder, list);
  client.gone.set(note.folder, gone);
  const leave = (id: number): void => {
    const held = list.get(id);
    if (held !== undefined) gone.set(id, { ...held, seq });
    list.delete(id);
  };
  for (const id of note.dropped === true ? [...list.keys()] : note.gone) leave(id);
  for (const message of note.messages) {
    const before = list.get(message.id);
    const arrived = message.here === 'whole' && before?.message.here !== 'whole' ? { seq, at } : undefined;
    const downloaded = before?.downloaded ?? arrived;
    list.set(message.id, { message, seq, ...(downloaded === undefined ? {} : { downloaded }) });
  }
}

/** The mail programs of the world as they were right after event `seq`. */
export function mailClientViews(journal: Journal, seq = journal.seq): readonly MailClientView[] {
  return [...heldClients(journal, seq).values()].map((client) =>
    viewOf(client, identities(journal, client, seq)),
  );
}

const newestFirst = <Value>(list: readonly Value[]): Value[] => list.slice(-MOST).reverse();

function viewOf(client: HeldClient, names: Identities): MailClientView {
  const { config } = client;
  const { host, port, security } = config.submission;
  return {
    id: client.id,
    host: client.host,
    program: client.program,
    device: config.device,
    owned: client.owned,
    name: config.name,
    address: config.address,
    protocol: config.protocol,
    server: config.server,
    submission: { host, port, security },
    user: config.user,
    leaveOnServer: config.leaveOnServer !== false,
    download: downloadOf(config),
    idle: client.idle,
    isOnline: client.isOnline,
    phase: client.phase,
    sending: client.sending,
    ...(client.failure === undefined ? {} : { failure: client.failure }),
    ...(client.lastCheck === undefined ? {} : { lastCheck: client.lastCheck }),
    folders: client.folders.map((folder) => folderView(client, folder, names)),
    openFolder: client.openFolder,
    ...(client.reading === undefined ? {} : { reading: client.reading }),
    ...(client.search === undefined ? {} : { search: client.search }),
    outbox: [...client.outbox.values()],
    pending: client.pending,
    conflicts: newestFirst(client.conflicts),
    alerts: newestFirst(client.alerts),
    connections: newestFirst([...client.connections.values()].map(connectionView)),
    asked: newestFirst(client.asked),
  };
}

export function downloadOf(config: Pick<MailClientConfig, 'download' | 'protocol'>): 'headers' | 'all' {
  return config.download ?? (config.protocol === 'pop3' ? 'all' : 'headers');
}

function connectionView({ spoke: _, ...held }: HeldConnection): MailConnectionView {
  return held;
}

export function pendingOn(
  client: HeldClient,
  folder: string,
  id: number,
): MailClientView['pending'][number] | undefined {
  return client.pending.findLast((action) => action.folder === folder && action.ids.includes(id));
}

function folderView(client: HeldClient, info: MailFolderInfo, names: Identities): MailFolderView {
  const held = client.messages.get(info.name);
  const messages = [...(held?.values() ?? [])]
    .map(({ message, seq }): MailMessageView => {
      const world = names.of(info.name, message);
      const pending = pendingOn(client, info.name, message.id)?.kind;
      return {
        ...message,
        ...(world === undefined ? {} : { world }),
        isSeen: message.flags.includes('\\Seen'),
        ...(pending === undefined ? {} : { pending }),
        seq,
      };
    })
    .sort((a, b) => b.id - a.id);
  const isListed = held !== undefined;
  return {
    name: info.name,
    ...(info.role === undefined ? {} : { role: info.role }),
    isLocal: info.isLocal === true,
    isClosed: info.isClosed === true,
    isListed,
    total: isListed ? messages.length : (info.total ?? 0),
    unseen: isListed ? messages.filter(({ isSeen }) => !isSeen).length : (info.unseen ?? 0),
    messages,
  };
}

/** What a device has of a message, as it was after event `seq`. */
export function mailCopy(
  journal: Journal,
  clientId: string,
  folder: string,
  id: number,
  seq = journal.seq,
): MailCopyView | undefined {
  const client = heldClients(journal, seq).get(clientId);
  const message = client?.messages.get(folder)?.get(id)?.message;
  if (client === undefined || message === undefined) return undefined;
  const world = identities(journal, client, seq).of(folder, message);
  return {
    isWhole: message.here === 'whole',
    raw: journal.kept.get(message.hash) ?? '',
    ...(world === undefined ? {} : { world }),
  };
}
