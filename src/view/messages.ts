// Follows each message over all its hops. A message keeps its identity from the final dot to the mailbox: the server that
// takes it over from another one is known by the connection that both ends name. A bounce is a message of its own that
// refers to the one it reports. Reads the trace only.

import type { Time } from '../base/dates.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { sieveCopyId } from '../host/mda/outbox.ts';
import { copyId } from '../host/list/config.ts';
import type { Connections } from './connections.ts';
import { newest, put, valueAt, type History } from './history.ts';
import { headline } from './mailboxes.ts';
import type { MessagePlace, MessageView, Phrase, Tone } from './types.ts';

/** One step on a message's way. */
export interface Hop {
  readonly seq: number;
  readonly at: Time;
  readonly host: string;
  readonly text: Phrase;
}

/** A delivery into a mailbox, or an entry of a queue: a copy of the message as it was there. */
export interface Copy {
  readonly seq: number;
  readonly host: string;
  /** Of the bytes in the store. */
  readonly hash: string;
  readonly folder?: string;
  readonly reversePath: string;
  readonly recipients: readonly string[];
}

export interface TrackedMessage {
  readonly id: string;
  readonly states: History<MessageView>;
  readonly hops: Hop[];
  readonly copies: Copy[];
  /** The newest verdicts about it, and where it was put: sequence numbers. */
  readonly verdicts: { spf?: number; dkim?: number; arc?: number; dmarc?: number; placed?: number };
  /** The identity of the message that this one reports. */
  readonly bounceOf?: string;
  /** The identity of the post that a mailing list made this copy of. */
  readonly copyOf?: string;
  /** What the server read, when it never took the message over. */
  refusedText?: string;
}

export interface MessageFold {
  readonly all: Map<string, TrackedMessage>;
  /** `host queueId` to identity. */
  readonly byEntry: Map<string, string>;
  /** The message that a connection carries or carried last. */
  readonly byConnection: Map<number, string>;
  /** The message whose end each host read last: what it signs, it signs before the queue has it. */
  readonly reading: Map<string, string>;
}

export function openMessages(): MessageFold {
  return { all: new Map(), byEntry: new Map(), byConnection: new Map(), reading: new Map() };
}

const TONES: Readonly<Record<MessagePlace, Tone>> = {
  wire: 'info',
  queue: 'info',
  deferred: 'soft',
  inbox: 'pass',
  junk: 'soft',
  list: 'pass',
  bounced: 'fail',
  rejected: 'fail',
  discarded: 'fail',
};

/** The identity of the message that an event is about, if it is about one. */
export function messageOf(fold: MessageFold, event: TraceEvent): string | undefined {
  if ('queueId' in event && event.queueId !== '') {
    const found = fold.byEntry.get(`${event.host} ${event.queueId}`);
    if (found !== undefined) return found;
  }
  switch (event.type) {
    case 'auth.signed':
    case 'auth.sealed':
      return fold.reading.get(event.host);
    case 'list.accept':
    case 'list.decided':
      return fold.byEntry.get(`${event.host} ${event.post}`);
    case 'list.copy':
    case 'list.result':
      return fold.byEntry.get(listEntry(event));
    case 'sieve.copy':
    case 'sieve.result':
      return fold.byEntry.get(`${event.host} ${sieveCopyId(event.copy)}`);
    case 'auth.spf':
      return event.stage === 'rcpt' ? undefined : fold.byConnection.get(event.connection);
    case 'auth.arc':
    case 'auth.dkim':
    case 'auth.dmarc':
    case 'mailbox.placed':
    case 'mailbox.delivered':
    case 'sieve.run':
      return fold.byConnection.get(event.connection);
    case 'smtp.server':
      return event.note.kind === 'content' ||
        (event.note.kind === 'reply' && event.note.to === 'END-OF-MESSAGE')
        ? fold.byConnection.get(event.connection)
        : undefined;
    default:
      return undefined;
  }
}

/** Under which key a copy of a mailing list is known: the list's host and the copy's number. */
const listEntry = (event: { readonly host: string; readonly list: string; readonly copy: number }): string =>
  `${event.host} ${copyId(event.list, event.copy)}`;

/** Folds one event. `kept` answers a message's bytes by hash; `connections` must already know the event. */
export function foldMessages(
  fold: MessageFold,
  event: TraceEvent,
  connections: Connections,
  kept: ReadonlyMap<string, string>,
): void {
  switch (event.type) {
    case 'smtp.client':
      if (event.note.kind === 'text' && !event.note.dotOnly) {
        const id = fold.byEntry.get(`${event.host} ${event.queueId}`);
        if (id === undefined) return;
        fold.byConnection.set(event.connection, id);
        move(fold, id, event, 'wire');
      }
      break;
    case 'smtp.server':
      noted(fold, event, connections);
      break;
    case 'queue.accept':
      accepted(fold, event, connections, kept);
      break;
    case 'queue.active': {
      const id = messageOf(fold, event);
      if (id !== undefined && newest(fold.all.get(id)?.states ?? [])?.place === 'deferred') {
        move(fold, id, event, 'queue');
        hop(fold, id, event, { key: 'hop.retry' });
      }
      break;
    }
    case 'queue.deferred': {
      const id = messageOf(fold, event);
      move(fold, id, event, 'deferred');
      hop(fold, id, event, { key: 'hop.deferred', params: { reason: event.reason } });
      break;
    }
    case 'queue.result': {
      const id = messageOf(fold, event);
      const { status, recipient, text } = event.result;
      if (status === 'bounced' || status === 'expired') {
        move(fold, id, event, 'bounced');
        hop(fold, id, event, { key: `hop.${status}`, params: { recipient, text } });
      }
      break;
    }
    case 'queue.discarded': {
      const id = messageOf(fold, event);
      move(fold, id, event, 'discarded');
      hop(fold, id, event, { key: 'hop.discarded', params: { reason: event.reason } });
      break;
    }
    case 'auth.signed':
      hop(fold, messageOf(fold, event), event, {
        key: 'hop.signed',
        params: { domain: event.domain, selector: event.selector },
      });
      break;
    case 'auth.spf':
      judged(fold, event, 'spf');
      break;
    case 'auth.dkim':
      judged(fold, event, 'dkim');
      break;
    case 'auth.arc':
      judged(fold, event, 'arc');
      break;
    case 'list.accept': {
      const id = fold.byConnection.get(event.connection);
      if (id !== undefined) fold.byEntry.set(`${event.host} ${event.post}`, id);
      break;
    }
    case 'list.decided': {
      const id = messageOf(fold, event);
      const { action, list } = event;
      move(fold, id, event, action === 'reject' ? 'rejected' : action === 'discard' ? 'discarded' : 'list');
      hop(fold, id, event, { key: `hop.list.${action}`, params: { list, n: event.members } });
      break;
    }
    case 'list.copy': {
      const id = `m${event.seq}`;
      fold.byEntry.set(listEntry(event), id);
      const copyOf = fold.byEntry.get(`${event.host} ${event.post}`);
      const { subject, from } = headline(kept.get(event.message) ?? '');
      const about = { subject, from, to: event.recipients };
      begin(fold, id, event, about, copyOf === undefined ? {} : { copyOf });
      move(fold, id, event, 'queue');
      hop(fold, id, event, {
        key: event.post === '' ? 'hop.list.note' : 'hop.list.copy',
        params: { list: event.list },
      });
      break;
    }
    case 'sieve.run': {
      const kinds = event.actions.map(({ kind }) => kind);
      if (!kinds.includes('discard')) break;
      const id = messageOf(fold, event);
      hop(fold, id, event, { key: 'hop.sieve.discard', params: { user: event.user } });
      if (!kinds.some((kind) => kind === 'fileinto' || kind === 'keep')) move(fold, id, event, 'discarded');
      break;
    }
    case 'sieve.copy': {
      const id = `m${event.seq}`;
      fold.byEntry.set(`${event.host} ${sieveCopyId(event.copy)}`, id);
      const copyOf = event.purpose === 'redirect' ? fold.byConnection.get(event.connection) : undefined;
      const about = { ...headline(kept.get(event.message) ?? ''), to: event.recipients };
      begin(fold, id, event, about, copyOf === undefined ? {} : { copyOf });
      move(fold, id, event, 'queue');
      const to = event.recipients.join(', ');
      hop(fold, id, event, { key: `hop.sieve.${event.purpose}`, params: { user: event.user, to } });
      break;
    }
    case 'mailbox.placed':
      judged(fold, event, 'placed');
      break;
    case 'auth.dmarc': {
      const id = messageOf(fold, event);
      judged(fold, event, 'dmarc');
      hop(fold, id, event, {
        key: 'hop.judged',
        params: { domain: event.verdict.author, result: event.verdict.result },
      });
      break;
    }
    case 'mailbox.delivered': {
      const id = fold.byConnection.get(event.connection);
      move(fold, id, event, event.folder === 'Junk' ? 'junk' : 'inbox');
      hop(fold, id, event, { key: 'hop.delivered', params: { folder: event.folder, user: event.user } });
      if (id !== undefined)
        fold.all.get(id)?.copies.push({
          seq: event.seq,
          host: event.host,
          hash: event.message,
          folder: event.folder,
          reversePath: event.reversePath,
          recipients: [event.recipient],
        });
      break;
    }
    default:
      break;
  }
}

function judged(fold: MessageFold, event: TraceEvent, what: keyof TrackedMessage['verdicts']): void {
  const message = fold.all.get(messageOf(fold, event) ?? '');
  if (message !== undefined) message.verdicts[what] = event.seq;
}

/** What a server session says about a message that it reads. */
function noted(fold: MessageFold, event: EventOf<'smtp.server'>, connections: Connections): void {
  const { note, connection } = event;
  if (note.kind === 'content') {
    const info = connections.get(connection);
    const known =
      info?.queueId === undefined ? undefined : fold.byEntry.get(`${info.client} ${info.queueId}`);
    const id = known ?? `m${event.seq}`;
    fold.reading.set(event.host, id);
    fold.byConnection.set(connection, id);
    if (known !== undefined) return;
    const { subject, from } = headline(info?.text ?? '');
    begin(fold, id, event, { subject, from: from === '' ? note.reversePath : from, to: [] });
  } else if (note.kind === 'reply' && note.to === 'END-OF-MESSAGE' && note.reply.code >= 400) {
    const id = fold.byConnection.get(connection);
    const info = connections.get(connection);
    const message = id === undefined ? undefined : fold.all.get(id);
    if (id === undefined || message === undefined) return;
    hop(fold, id, event, {
      key: 'hop.rejected',
      params: { code: note.reply.code, text: note.reply.lines[0] ?? '' },
    });
    // A message of another server's queue stays that server's responsibility; it will say what becomes of it.
    if (info?.queueId !== undefined) return;
    message.refusedText = info?.text ?? '';
    move(fold, id, event, 'rejected');
  }
}

function accepted(
  fold: MessageFold,
  event: EventOf<'queue.accept'>,
  connections: Connections,
  kept: ReadonlyMap<string, string>,
): void {
  const info = event.connection === undefined ? undefined : connections.get(event.connection);
  const handedOn =
    info?.queueId === undefined ? undefined : fold.byEntry.get(`${info.client} ${info.queueId}`);
  const id =
    handedOn ??
    (event.connection === undefined ? undefined : fold.byConnection.get(event.connection)) ??
    `m${event.seq}`;
  const entry = `${event.host} ${event.queueId}`;
  fold.byEntry.set(entry, id);
  const { subject, from } = headline(kept.get(event.message) ?? '');
  if (!fold.all.has(id)) {
    const original =
      event.bounceOf === undefined ? undefined : fold.byEntry.get(`${event.host} ${event.bounceOf}`);
    begin(
      fold,
      id,
      event,
      { subject, from, to: event.recipients },
      original === undefined ? {} : { bounceOf: original },
    );
  }
  move(fold, id, event, 'queue', { subject, from, to: event.recipients });
  fold.all.get(id)?.copies.push({
    seq: event.seq,
    host: event.host,
    hash: event.message,
    reversePath: event.reversePath,
    recipients: event.recipients,
  });
  hop(fold, id, event, {
    key:
      event.bounceOf === undefined
        ? 'hop.accepted'
        : event.isWarning === true
          ? 'hop.delayWritten'
          : 'hop.bounceWritten',
    params: { queueId: event.queueId },
  });
  // The next message on this connection is another one.
  if (event.connection !== undefined) fold.byConnection.delete(event.connection);
}

function begin(
  fold: MessageFold,
  id: string,
  event: TraceEvent,
  head: Pick<MessageView, 'subject' | 'from' | 'to'>,
  about: Pick<TrackedMessage, 'bounceOf' | 'copyOf'> = {},
): void {
  const message: TrackedMessage = {
    id,
    states: [],
    hops: [],
    copies: [],
    verdicts: {},
    ...about,
  };
  fold.all.set(id, message);
  put(message.states, event.seq, {
    id,
    ...head,
    place: 'wire',
    host: event.host,
    startedAt: event.at,
    seq: event.seq,
    tone: TONES.wire,
  });
}

function move(
  fold: MessageFold,
  id: string | undefined,
  event: TraceEvent,
  place: MessagePlace,
  head: Partial<Pick<MessageView, 'subject' | 'from' | 'to'>> = {},
): void {
  const states = id === undefined ? undefined : fold.all.get(id)?.states;
  const last = states === undefined ? undefined : newest(states);
  if (states === undefined || last === undefined) return;
  put(states, event.seq, {
    ...last,
    // Those who were meant are known best where the message began: a later server sees only its own recipients.
    ...(last.to.length > 0 ? {} : head),
    place,
    host: event.host,
    seq: event.seq,
    tone: TONES[place],
  });
}

function hop(fold: MessageFold, id: string | undefined, event: TraceEvent, text: Phrase): void {
  if (id === undefined) return;
  fold.all.get(id)?.hops.push({ seq: event.seq, at: event.at, host: event.host, text });
}

/** Every message that had begun by event `seq`, as it stood then. */
export function messageViews(fold: MessageFold, seq: number): readonly MessageView[] {
  const out: MessageView[] = [];
  for (const message of fold.all.values()) {
    const state = valueAt(message.states, seq);
    if (state !== undefined) out.push(state);
  }
  return out;
}
