// All folds of one world together, fed with each event once and in the order in which they need each other. What a view
// shows for an earlier moment is looked up in here, never computed by running anything again.

import { newLedger, type Ledger, book } from '../world/invariants.ts';
import type { WorldDescription } from '../world/description.ts';
import type { TraceEvent } from '../host/events.ts';
import { foldCoach, openCoach, type CoachFold } from './coach.ts';
import { foldConnections, type Connections } from './connections.ts';
import { foldHosts, hostStates, openHosts, type Hosts } from './hosts.ts';
import { foldLogs, type Logs } from './logs.ts';
import {
  foldFolder,
  foldImported,
  mailboxEntry,
  ownersOf,
  type FolderStates,
  type MailboxEntry,
  type MailboxOwner,
} from './mailboxes.ts';
import { foldMarks, openMarks, type MarkFold } from './marks.ts';
import { foldMessages, messageViews, openMessages, type MessageFold } from './messages.ts';
import { foldTerminals, openTerminals, type TerminalFold } from './terminals.ts';
import { foldRetries, type Retries } from './retries.ts';
import type { WorldView } from './types.ts';
import { foldSettings, openSettings, type Settings } from './settings.ts';
import { foldZones, openZones, type Zones } from './zones.ts';

export interface Journal {
  readonly description: WorldDescription;
  readonly trace: readonly TraceEvent[];
  /** Bytes of messages by hash. */
  readonly kept: ReadonlyMap<string, string>;
  /** The last event that was folded. */
  seq: number;
  readonly connections: Connections;
  readonly terminals: TerminalFold;
  readonly logs: Logs;
  readonly messages: MessageFold;
  readonly owners: readonly MailboxOwner[];
  readonly entries: MailboxEntry[];
  readonly folders: FolderStates;
  readonly hosts: Hosts;
  readonly zones: Zones;
  /** The newest event that changed a zone. */
  zonesSeq: number;
  readonly settings: Settings;
  /** The newest event that changed a setting. */
  settingsSeq: number;
  readonly marks: MarkFold;
  readonly coach: CoachFold;
  readonly retries: Retries;
  readonly ledger: Ledger;
}

export function openJournal(
  description: WorldDescription,
  trace: readonly TraceEvent[],
  kept: ReadonlyMap<string, string>,
): Journal {
  return {
    description,
    trace,
    kept,
    seq: 0,
    connections: new Map(),
    terminals: openTerminals(description),
    logs: new Map(),
    messages: openMessages(),
    owners: ownersOf(description),
    entries: [],
    folders: new Map(),
    hosts: openHosts(description),
    zones: openZones(description),
    zonesSeq: 0,
    settings: openSettings(description),
    settingsSeq: 0,
    marks: openMarks(description),
    coach: openCoach(description),
    retries: new Map(),
    ledger: newLedger(),
  };
}

/** Folds what is new in the trace. */
export function follow(journal: Journal): void {
  for (let at = journal.seq; at < journal.trace.length; at++) {
    const event = journal.trace[at] as TraceEvent;
    foldConnections(journal.connections, event);
    foldMessages(journal.messages, event, journal.connections, journal.kept);
    foldTerminals(journal.terminals, event);
    foldLogs(journal.logs, event);
    foldHosts(journal.hosts, event);
    foldRetries(journal.retries, event);
    if (foldZones(journal.zones, event)) journal.zonesSeq = event.seq;
    if (foldSettings(journal.settings, event)) journal.settingsSeq = event.seq;
    if (event.type === 'mailbox.delivered') deliver(journal, event);
    if (event.type === 'mailbox.imported') bring(journal, event);
    if (event.type === 'mailbox.folder') foldFolder(journal.folders, event, journal.entries, journal.kept);
    foldMarks(journal.marks, event, journal.trace, journal.connections, journal.messages);
    foldCoach(journal.coach, event, journal.connections);
    book(journal.ledger, event);
    journal.seq = event.seq;
  }
}

function deliver(journal: Journal, event: Extract<TraceEvent, { type: 'mailbox.delivered' }>): void {
  const id = journal.messages.byConnection.get(event.connection) ?? `m${event.seq}`;
  // A second copy, for another recipient, needs a name of its own: its bytes differ.
  const name = journal.entries.some((entry) => entry.id === id) ? `${id}:${event.seq}` : id;
  journal.entries.push(mailboxEntry(event, name, journal.kept.get(event.message) ?? ''));
}

function bring(journal: Journal, event: Extract<TraceEvent, { type: 'mailbox.imported' }>): void {
  const { owners, entries, folders, kept } = journal;
  const owner = owners.find(({ host, user }) => host === event.host && user === event.user);
  if (owner !== undefined) foldImported(folders, event, owner, entries, kept);
}

/** The world as it was right after event `seq`. */
export function worldView(journal: Journal, seq = journal.seq): WorldView {
  return {
    seq,
    at: journal.trace[seq - 1]?.at ?? journal.trace[0]?.at ?? 0,
    hosts: hostStates(journal.hosts, journal.owners, journal.entries, journal.folders, seq),
    messages: messageViews(journal.messages, seq),
  };
}
