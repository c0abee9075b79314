// Steps of the story at the mailbox's own doors: logins, what POP3 and IMAP did to messages, an idle client that is told of
// a new one, and TLS handshakes with the verdict about the certificate. What is protected is shown as so many bytes.

import type { EventOf, TraceEvent } from '../host/events.ts';
import type { Connections } from './connections.ts';
import { mailMark } from './marks-mail.ts';
import type { Phrase, Tone } from './types.ts';

/** A step without its place in time; `weight` says how long to look at it. */
export interface AccessMark {
  readonly kind: 'tcp' | 'delivery';
  readonly tone: Tone;
  readonly text: Phrase;
  readonly weight: 'verdict' | 'queue' | 'trouble';
}

/** What is remembered of folders and of clients that idle. */
export interface AccessFold {
  /** `host user folder`: flags by UID. */
  readonly flags: Map<string, ReadonlyMap<number, readonly string[]>>;
  /** Connections whose last IMAP command is IDLE. */
  readonly idle: Set<number>;
  /**
   * Upkeep of idle connections, which is no news: one segment of the server, or everything until the next IDLE and the
   * server's answer to it.
   */
  readonly upkeep: Map<number, 'one' | 'untilIdle'>;
}

export function openAccessMarks(): AccessFold {
  return { flags: new Map(), idle: new Set(), upkeep: new Map() };
}

/** Length of TLS records in bytes, or undefined for text that anybody can read. */
export function ciphertext(bytes: string): number | undefined {
  const type = bytes.charCodeAt(0);
  return type >= 20 && type <= 23 && bytes.charCodeAt(1) === 3 && bytes.charCodeAt(2) <= 4
    ? bytes.length
    : undefined;
}

/** Whether a segment only keeps an idle connection alive. */
export function isUpkeep(fold: AccessFold, event: EventOf<'net.data'>): boolean {
  const upkeep = fold.upkeep.get(event.connection);
  if (upkeep === 'one' && event.side === 'server') fold.upkeep.delete(event.connection);
  return upkeep === 'untilIdle' || (upkeep === 'one' && event.side === 'server');
}

/** The message count that an idle client is told, if this segment tells one. */
export function toldWhileIdle(fold: AccessFold, event: EventOf<'net.data'>): number | undefined {
  if (event.side !== 'server' || !fold.idle.has(event.connection)) return undefined;
  const found = /^\* (\d+) EXISTS\r\n/m.exec(event.bytes);
  return found === null ? undefined : Number(found[1]);
}

/** The step that an event is, if it is one of these. */
export function accessMark(
  fold: AccessFold,
  event: TraceEvent,
  connections: Connections,
): AccessMark | undefined {
  switch (event.type) {
    case 'tls.established':
      return established(event, connections);
    case 'tls.failed':
      return failed(event, connections);
    case 'imap.server':
      return imap(fold, event);
    case 'pop3.server':
      return pop3(event);
    case 'mailbox.folder':
      return flagged(fold, event);
    case 'mailbox.imported':
      return imported(fold, event);
    case 'mail.client':
      if (event.note.kind === 'idleAgain' && event.connection !== undefined)
        fold.upkeep.set(event.connection, 'untilIdle');
      return mailMark(event);
    default:
      return undefined;
  }
}

function mark(
  tone: Tone,
  key: string,
  params: NonNullable<Phrase['params']>,
  weight: AccessMark['weight'] = 'queue',
  kind: AccessMark['kind'] = 'delivery',
): AccessMark {
  return { kind, tone, text: { key, params }, weight };
}

function established(event: EventOf<'tls.established'>, connections: Connections): AccessMark | undefined {
  // Both ends say so; the client's word has the certificate. The server's counts only where no client of ours is.
  if (event.side === 'server') return undefined;
  const { session, peer } = event;
  const server = connections.get(event.connection)?.server ?? '';
  const params = { server, version: session.version, code: peer?.code ?? 0 };
  if (peer === undefined) return mark('info', 'mark.tls.resumed', params, 'verdict', 'tcp');
  return peer.code === 0
    ? mark('pass', 'mark.tls.good', params, 'verdict', 'tcp')
    : mark('soft', 'mark.tls.doubtful', params, 'trouble', 'tcp');
}

function failed(event: EventOf<'tls.failed'>, connections: Connections): AccessMark {
  const { failure } = event;
  const info = connections.get(event.connection);
  const params = {
    host: event.host,
    server: info?.server ?? '',
    alert: 'alert' in failure ? failure.alert : '',
  };
  return mark('fail', `mark.tls.failed.${failure.kind}`, params, 'trouble', 'tcp');
}

function imap(fold: AccessFold, event: EventOf<'imap.server'>): AccessMark | undefined {
  const { note, connection } = event;
  switch (note.kind) {
    case 'command':
      if (/^\S+ idle\s*$/i.test(note.line)) {
        fold.idle.add(connection);
        if (fold.upkeep.has(connection)) fold.upkeep.set(connection, 'one');
      } else fold.idle.delete(connection);
      return undefined;
    case 'still-here':
      fold.upkeep.set(connection, 'one');
      return undefined;
    case 'reply':
    case 'disconnect':
      fold.idle.delete(connection);
      return undefined;
    case 'login':
      return mark('pass', 'mark.imap.login', { user: capital(note.user) });
    case 'login-failed':
      return mark('fail', 'mark.access.loginFailed', { user: note.user ?? '?', protocol: 'IMAP' }, 'trouble');
    case 'selected':
      return mark('info', note.readOnly ? 'mark.imap.examined' : 'mark.imap.selected', {
        user: capital(note.user),
        folder: note.folder,
      });
    case 'expunged':
    case 'moved':
    case 'copied':
    case 'appended':
      return mark(note.kind === 'expunged' ? 'soft' : 'info', `mark.imap.${note.kind}`, {
        n: note.uids.length,
        folder: note.folder,
        other: note.other ?? '',
      });
    case 'peeked':
      return mark('info', 'mark.imap.peeked', { user: capital(note.user), n: note.uids.length });
    case 'read':
    case 'changed':
      return undefined;
  }
}

function pop3(event: EventOf<'pop3.server'>): AccessMark | undefined {
  const { note } = event;
  switch (note.kind) {
    case 'login':
      return mark('pass', 'mark.pop3.login', { user: capital(note.user), n: note.messages });
    case 'login-failed':
      return mark('fail', 'mark.access.loginFailed', { user: note.user ?? '?', protocol: 'POP3' }, 'trouble');
    case 'retrieved':
      return mark('info', 'mark.pop3.retrieved', { user: capital(note.user), octets: note.octets });
    case 'removed':
      return note.uids.length === 0
        ? undefined
        : mark('soft', 'mark.pop3.removed', { n: note.uids.length }, 'trouble');
    case 'kept':
      return note.uids.length === 0
        ? undefined
        : mark('soft', 'mark.pop3.kept', { n: note.uids.length }, 'trouble');
    default:
      return undefined;
  }
}

/** Which flags are new in a folder: read, or marked for deletion. */
function flagged(fold: AccessFold, event: EventOf<'mailbox.folder'>): AccessMark | undefined {
  const key = `${event.host} ${event.user} ${event.folder}`;
  const before = fold.flags.get(key);
  fold.flags.set(key, new Map(event.messages.map(({ uid, flags }) => [uid, flags] as const)));
  const gained = (flag: string): number =>
    event.messages.filter(
      ({ uid, flags }) => flags.includes(flag) && before?.get(uid)?.includes(flag) !== true,
    ).length;
  const params = { user: capital(event.user), folder: event.folder };
  const deleted = gained('\\Deleted');
  if (deleted > 0) return mark('soft', 'mark.mailbox.markedDeleted', { ...params, n: deleted });
  const seen = gained('\\Seen');
  return seen > 0 ? mark('info', 'mark.mailbox.seen', { ...params, n: seen }) : undefined;
}

/** Flags that messages bring along are news to nobody. */
function imported(fold: AccessFold, event: EventOf<'mailbox.imported'>): AccessMark {
  const { host, user, folder, messages } = event;
  const key = `${host} ${user} ${folder}`;
  const before = fold.flags.get(key) ?? [];
  fold.flags.set(key, new Map([...before, ...messages.map(({ uid, flags }) => [uid, flags] as const)]));
  return mark('info', 'mark.mailbox.imported', { user: capital(user), folder, n: messages.length });
}

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}
