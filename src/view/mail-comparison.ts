// Several devices on one mailbox, side by side: what each has of every message, what it removed, what that cost on the wire.
// The server's side comes from the server's events, the devices' from their own: where they differ, that is the lesson.

import type { Time } from '../base/dates.ts';
import type { TraceEvent } from '../host/events.ts';
import type { Journal } from './journal.ts';
import type { ComparedDevice, ComparedMessage, DeviceCell, MailComparisonView } from './mail-client-types.ts';
import { heldClients, pendingOn, type HeldClient, type HeldMessage } from './mail-clients.ts';
import { identities, ownerOf } from './mail-identity.ts';
import type { MailboxEntry, MailboxOwner } from './mailboxes.ts';

/** A message in the server's mailbox over time. */
interface Kept {
  readonly entry: MailboxEntry;
  readonly size: number;
  /** `folder uid` of each place where it lies now. */
  readonly places: Map<
    string,
    { readonly folder: string; readonly uid: number; readonly flags: readonly string[] }
  >;
  removed?: { readonly seq: number; readonly at: Time; readonly client?: string };
}

/** Mailboxes with more than one device, as they were after event `seq`. */
export function mailComparisons(journal: Journal, seq = journal.seq): readonly MailComparisonView[] {
  const groups = new Map<string, { owner: MailboxOwner; clients: HeldClient[] }>();
  for (const client of heldClients(journal, seq).values()) {
    const owner = ownerOf(journal, client);
    if (owner === undefined) continue;
    const key = `${owner.host} ${owner.user}`;
    const group = groups.get(key) ?? { owner, clients: [] };
    groups.set(key, group);
    group.clients.push(client);
  }
  return [...groups.values()]
    .filter(({ clients }) => clients.length > 1)
    .map(({ owner, clients }) => ({
      ...owner,
      devices: clients.map(deviceOf),
      messages: messagesOf(journal, owner, clients, seq),
    }));
}

function deviceOf(client: HeldClient): ComparedDevice {
  const { config, failure } = client;
  const links = [...client.connections.values()].filter(({ protocol }) => protocol !== 'smtp');
  const sum = (of: (link: (typeof links)[number]) => number): number =>
    links.reduce((total, link) => total + of(link), 0);
  const held = [...client.messages.values()].flatMap((list) => [...list.values()]);
  return {
    client: client.id,
    host: client.host,
    device: config.device,
    protocol: config.protocol,
    leaveOnServer: config.leaveOnServer !== false,
    isOnline: client.isOnline,
    ...(failure === undefined ? {} : { failure }),
    connections: links.length,
    roundTrips: sum(({ roundTrips }) => roundTrips),
    bytesOut: sum(({ bytesOut }) => bytesOut),
    bytesIn: sum(({ bytesIn }) => bytesIn),
    whole: held.filter(({ message }) => message.here === 'whole').length,
    listed: held.length,
    onlyHere:
      held.filter(({ message }) => message.here === 'whole' && !message.onServer).length + client.outbox.size,
  };
}

function messagesOf(
  journal: Journal,
  owner: MailboxOwner,
  clients: readonly HeldClient[],
  seq: number,
): readonly ComparedMessage[] {
  const columns = clients.map((client) => cellsOf(journal, client, seq));
  return [...serverSide(journal, owner, clients, seq).values()]
    .map(({ entry, size, places, removed }): ComparedMessage => {
      const [place] = places.values();
      return {
        world: entry.id,
        subject: entry.subject,
        from: entry.from,
        size,
        deliveredAt: entry.at,
        deliveredSeq: entry.seq,
        ...(place === undefined ? {} : { server: place }),
        ...(place === undefined && removed !== undefined ? { removed } : {}),
        cells: clients.map((client, index): DeviceCell => {
          const none = { client: client.id, here: 'none' as const, isSeen: false, isFlagged: false };
          const cell = columns[index]?.get(entry.id) ?? none;
          return place === undefined && removed?.client === client.id
            ? { ...cell, removedHere: { seq: removed.seq, at: removed.at } }
            : cell;
        }),
      };
    })
    .reverse();
}

/** The messages of a device by their identity in the world. What is still there goes before what is gone. */
function cellsOf(journal: Journal, client: HeldClient, seq: number): ReadonlyMap<string, DeviceCell> {
  const names = identities(journal, client, seq);
  const cells = new Map<string, DeviceCell>();
  const take = (folder: string, held: HeldMessage, isGone: boolean): void => {
    const { message, downloaded } = held;
    const world = names.of(folder, message);
    if (world === undefined) return;
    const before = cells.get(world);
    // The text came over once; a move gives the message another number, not another copy.
    const came = downloaded ?? before?.downloaded;
    if (isGone && before !== undefined && before.here !== 'gone') {
      if (came !== undefined) cells.set(world, { ...before, downloaded: before.downloaded ?? came });
      return;
    }
    const pending = isGone ? undefined : pendingOn(client, folder, message.id)?.kind;
    cells.set(world, {
      client: client.id,
      here: isGone ? 'gone' : message.here,
      folder,
      id: message.id,
      isSeen: message.flags.includes('\\Seen'),
      isFlagged: message.flags.includes('\\Flagged'),
      ...(came === undefined ? {} : { downloaded: came }),
      ...(pending === undefined ? {} : { pending }),
      seq: held.seq,
    });
  };
  for (const [folder, list] of client.messages) for (const held of list.values()) take(folder, held, false);
  for (const [folder, list] of client.gone) for (const held of list.values()) take(folder, held, true);
  return cells;
}

/** Delivered messages of the mailbox by hash: where they lie, and who removed them. */
function serverSide(
  journal: Journal,
  owner: MailboxOwner,
  clients: readonly HeldClient[],
  seq: number,
): ReadonlyMap<string, Kept> {
  const kept = new Map<string, Kept>();
  const delivered = new Map(journal.entries.map((entry) => [entry.seq, entry]));
  /** The connection that worked in the store last. */
  let worker: number | undefined;
  for (let i = 0; i < Math.min(seq, journal.trace.length); i++) {
    const event = journal.trace[i] as TraceEvent;
    if (event.host !== owner.host) continue;
    if (event.type === 'imap.server' || event.type === 'pop3.server') worker = event.connection;
    else if (event.type === 'mailbox.delivered' && event.user === owner.user) {
      const entry = delivered.get(event.seq);
      if (entry === undefined) continue;
      const { folder, uid, message, flags = [] } = event;
      const size = journal.kept.get(message)?.length ?? 0;
      kept.set(message, { entry, size, places: new Map([[`${folder} ${uid}`, { folder, uid, flags }]]) });
    } else if (event.type === 'mailbox.folder' && event.user === owner.user) {
      for (const { places } of kept.values())
        for (const [key, { folder }] of places) if (folder === event.folder) places.delete(key);
      for (const { uid, flags, message } of event.messages)
        kept.get(message)?.places.set(`${event.folder} ${uid}`, { folder: event.folder, uid, flags });
      const client = clients.find(({ connections }) => worker !== undefined && connections.has(worker));
      for (const one of kept.values())
        if (one.places.size > 0) delete one.removed;
        else
          one.removed ??= {
            seq: event.seq,
            at: event.at,
            ...(client === undefined ? {} : { client: client.id }),
          };
    }
  }
  return kept;
}
