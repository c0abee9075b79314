// How a message changed on its way: its forms hop by hop, followed backwards from the connection it came in by, and what
// each host did to it. Bytes come from the store of kept messages and, where somebody typed them, from the wire. Knows no
// signatures; what a change means for one is for why-changes.ts.

import type { Time } from '../base/dates.ts';
import type { EventOf } from '../host/events.ts';
import { bodyOf, firstField, parseMessage, type HeaderField } from '../message/header.ts';
import type { Journal } from './journal.ts';

/** A form that the message had. */
export interface MessageVersion {
  readonly seq: number;
  readonly at: Time;
  /** Who had it in this form: the differences to the form before are this host's doing. */
  readonly host: string;
  /** Binary string. */
  readonly text: string;
}

export interface FieldChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** As written, and in lower case. */
  readonly name: string;
  readonly key: string;
  /** The whole field as it stood, without its line end. */
  readonly before?: string;
  readonly after?: string;
  /** A field that every server adds on top: its trace, its results, its signature. */
  readonly isTrace: boolean;
  /** Only blanks and folding differ. */
  readonly isBlanksOnly: boolean;
}

export interface BodyChange {
  /** Bytes of the whole body. */
  readonly before: number;
  readonly after: number;
  /** First byte that differs, from 0. */
  readonly offset: number;
  /** What stood there and what stands there now, between the common beginning and the common end; shortened. */
  readonly removed: string;
  readonly added: string;
  /** True sizes of those two. */
  readonly removedBytes: number;
  readonly addedBytes: number;
  readonly place: 'start' | 'middle' | 'end';
  readonly isBlanksOnly: boolean;
}

export interface MessageDiff {
  readonly fields: readonly FieldChange[];
  readonly body?: BodyChange;
}

/** What one host did to the message. */
export interface HopChange extends MessageDiff {
  readonly seq: number;
  readonly at: Time;
  readonly host: string;
}

const HOPS = 30;
const EXCERPT = 400;
const TRACE_FIELDS: readonly string[] = [
  'received',
  'received-spf',
  'authentication-results',
  'return-path',
  'delivered-to',
  'x-original-to',
  'dkim-signature',
  'arc-seal',
  'arc-message-signature',
  'arc-authentication-results',
];

/** The forms of the message that a connection handed over before event `seq`, oldest first; the last is what arrived. */
export function versionsTo(journal: Journal, connection: number, seq: number): MessageVersion[] {
  const versions: MessageVersion[] = [];
  const put = (version: MessageVersion): void => {
    if (version.text !== '' && versions[0]?.text !== version.text) versions.unshift(version);
  };
  let from: { connection: number; seq: number } | undefined = { connection, seq };
  for (let hops = 0; from !== undefined && hops < HOPS; hops++) {
    const info = journal.connections.get(from.connection);
    if (info === undefined) break;
    const entry: EventOf<'queue.accept'> | undefined =
      info.queueId === undefined ? undefined : acceptOf(journal, info.client, info.queueId, from.seq);
    let origin: EventOf<'queue.accept'> | undefined = entry;
    if (entry === undefined) {
      const sent = wireText(journal, from.connection, from.seq);
      put({ seq: sent.seq, at: sent.at, host: info.client, text: sent.text });
      origin = sameMessage(journal, info.client, sent.text, sent.seq);
    }
    // A program that takes a message apart and sends it on (a list) leaves the queue for a moment.
    while (origin !== undefined) {
      put({ ...at(origin), host: origin.host, text: journal.kept.get(origin.message) ?? '' });
      if (origin.connection !== undefined) break;
      origin = sameMessage(journal, origin.host, journal.kept.get(origin.message) ?? '', origin.seq);
    }
    from = origin?.connection === undefined ? undefined : { connection: origin.connection, seq: origin.seq };
  }
  return versions;
}

const at = (event: { readonly seq: number; readonly at: Time }): { seq: number; at: Time } => ({
  seq: event.seq,
  at: event.at,
});

function acceptOf(
  journal: Journal,
  host: string,
  queueId: string,
  before: number,
): EventOf<'queue.accept'> | undefined {
  for (let seq = before; seq > 0; seq--) {
    const event = journal.trace[seq - 1];
    if (event?.type === 'queue.accept' && event.host === host && event.queueId === queueId) return event;
  }
  return undefined;
}

/** The newest earlier entry of a host's queue with the same Message-ID. */
function sameMessage(
  journal: Journal,
  host: string,
  text: string,
  before: number,
): EventOf<'queue.accept'> | undefined {
  const id = messageId(text);
  if (id === undefined) return undefined;
  for (let seq = before - 1; seq > 0; seq--) {
    const event = journal.trace[seq - 1];
    if (event?.type === 'queue.accept' && event.host === host && event.bounceOf === undefined)
      if (messageId(journal.kept.get(event.message) ?? '') === id) return event;
  }
  return undefined;
}

const messageId = (text: string): string | undefined =>
  firstField(parseMessage(text), 'Message-ID')?.value.trim();

/** What the client sent as message text last before event `before`, dots undoubled. */
function wireText(
  journal: Journal,
  connection: number,
  before: number,
): { readonly seq: number; readonly at: Time; readonly text: string } {
  let text: string | undefined;
  let start = 0;
  for (const seq of journal.connections.get(connection)?.data ?? []) {
    if (seq > before) break;
    const event = journal.trace[seq - 1];
    if (event?.type !== 'net.data') continue;
    if (event.side === 'server') {
      if (/(?:^|\r\n)354[ -][^\r\n]*\r\n$/.test(event.bytes.slice(-600))) {
        text = '';
        start = seq;
      }
    } else if (text !== undefined && !isEnded(text)) text += event.bytes;
  }
  const end = text === undefined ? -1 : text.startsWith('.\r\n') ? 0 : text.indexOf('\r\n.\r\n') + 2;
  const whole = text === undefined ? '' : end < 2 ? (end === 0 ? '' : text) : text.slice(0, end);
  return {
    seq: start,
    at: journal.trace[start - 1]?.at ?? 0,
    text: whole.replace(/(^|\r\n)\./g, '$1'),
  };
}

const isEnded = (text: string): boolean => text.startsWith('.\r\n') || text.includes('\r\n.\r\n');

/** What each host changed, in order; hosts that changed nothing are left out. */
export function hopChanges(versions: readonly MessageVersion[]): HopChange[] {
  return versions.flatMap((version, i) => {
    const before = versions[i - 1];
    if (before === undefined) return [];
    const diff = diffMessages(before.text, version.text);
    if (diff.fields.length === 0 && diff.body === undefined) return [];
    return [{ seq: version.seq, at: version.at, host: version.host, ...diff }];
  });
}

/** The difference between two forms of a message: field by field, and where the body begins to differ. */
export function diffMessages(before: string, after: string): MessageDiff {
  const old = parseMessage(before);
  const fresh = parseMessage(after);
  const body = diffBodies(bodyOf(old), bodyOf(fresh));
  const keys = new Set([...fresh.fields, ...old.fields].map((field) => field.key));
  const fields = [...keys].flatMap((key) =>
    diffFields(
      old.fields.filter((field) => field.key === key),
      fresh.fields.filter((field) => field.key === key),
    ),
  );
  return { fields, ...(body === undefined ? {} : { body }) };
}

const plain = (field: HeaderField): string => field.raw.replace(/\r?\n$/, '');
const squeezed = (text: string): string => text.replace(/[ \t\r\n]+/g, '');

/** Fields of one name. Servers add theirs on top, so what is equal is looked for from the bottom first. */
function diffFields(before: readonly HeaderField[], after: readonly HeaderField[]): FieldChange[] {
  const old = before.map(plain);
  const fresh = after.map(plain);
  let tail = 0;
  while (
    tail < old.length &&
    tail < fresh.length &&
    old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]
  )
    tail++;
  let head = 0;
  while (head < old.length - tail && head < fresh.length - tail && old[head] === fresh[head]) head++;
  const gone = old.slice(head, old.length - tail);
  const come = fresh.slice(head, fresh.length - tail);
  const name = (after[head] ?? before[head])?.name ?? '';
  const key = name.toLowerCase();
  const changes: FieldChange[] = [];
  // Pairs from the bottom; what is left over on top was added or removed.
  for (let i = 1; i <= Math.max(gone.length, come.length); i++) {
    const one = gone[gone.length - i];
    const two = come[come.length - i];
    changes.unshift({
      kind: one === undefined ? 'added' : two === undefined ? 'removed' : 'changed',
      name,
      key,
      ...(one === undefined ? {} : { before: one }),
      ...(two === undefined ? {} : { after: two }),
      isTrace: TRACE_FIELDS.includes(key),
      isBlanksOnly: one !== undefined && two !== undefined && squeezed(one) === squeezed(two),
    });
  }
  return changes;
}

/** Undefined when they are equal. */
export function diffBodies(before: string, after: string): BodyChange | undefined {
  if (before === after) return undefined;
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < least - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  const removed = before.slice(head, before.length - tail);
  const added = after.slice(head, after.length - tail);
  return {
    before: before.length,
    after: after.length,
    offset: head,
    removed: removed.slice(0, EXCERPT),
    added: added.slice(0, EXCERPT),
    removedBytes: removed.length,
    addedBytes: added.length,
    place:
      tail === 0 || /^[\r\n]*$/.test(before.slice(before.length - tail))
        ? 'end'
        : head === 0
          ? 'start'
          : 'middle',
    isBlanksOnly: squeezed(before) === squeezed(after),
  };
}
