// The mailboxes that the recordings of Dovecot's POP3 and IMAP were made on, and a transcript's target made of sessions that
// work on them. Questions about accounts are answered from a table; time moves only by `@ wait`.

import { concat, type Bytes } from '../base/bytes.ts';
import { timeOf, type Time } from '../base/dates.ts';
import { addUser, append, createFolder, createStore, findFolder, type MailStore } from '../mailbox/store.ts';
import type { Account } from '../sasl/mechanism.ts';
import type { TalkTarget } from './run.ts';

/** One connection. Questions are answered within; `drain` gives what is left. */
export interface Connection {
  receive(bytes: Bytes, now: Time): void;
  end(now: Time): void;
  wake(now: Time): void;
  wakeAt(): Time | undefined;
  drain(now: Time): { readonly bytes: Bytes; readonly closed: boolean };
  /** `@ tls` */
  secure(now: Time): void;
}

/** A target whose connections all work on one store; time moves only by `@ wait`. */
export function connectionTarget(open: (name: string, now: Time) => Connection, start: Time): TalkTarget {
  const connections = new Map<string, { it: Connection; sent: Bytes[]; closed: boolean }>();
  let now = start;
  const pump = (): void => {
    for (const each of connections.values()) {
      const { bytes, closed } = each.it.drain(now);
      each.sent.push(bytes);
      each.closed ||= closed;
    }
  };
  const get = (name: string): { it: Connection; sent: Bytes[]; closed: boolean } => {
    const found = connections.get(name);
    if (found === undefined) throw new Error(`no connection ${name}`);
    return found;
  };
  return {
    connect(name) {
      connections.set(name, { it: open(name, now), sent: [], closed: false });
      pump();
    },
    send(name, bytes) {
      get(name).it.receive(bytes, now);
      pump();
    },
    receive(name) {
      pump();
      const found = get(name);
      // Who reads waits a moment for what an idle server has to say.
      if (found.sent.every((each) => each.length === 0) && !found.closed) this.wait(1000);
      const bytes = concat(...found.sent);
      found.sent = [];
      return { bytes, closed: found.closed };
    },
    close(name) {
      get(name).it.end(now);
      pump();
    },
    wait(ms) {
      const until = now + ms;
      for (;;) {
        const due = [...connections.values()].flatMap(({ it: each }) => each.wakeAt() ?? []);
        const next = Math.min(...due);
        if (next > until) break;
        now = Math.max(now, next);
        for (const each of connections.values()) each.it.wake(now);
        pump();
      }
      now = until;
    },
    directive(name) {
      if (name !== 'tls') return `nobody knows @ ${name}`;
      for (const each of connections.values()) each.it.secure(now);
      pump();
      return undefined;
    },
  };
}

/** The five messages of the recorded mailboxes, as the recording `imap/fetch_body_full` shows them. */
export function recordedMessages(fetchBodyFull: string): string[] {
  const messages: string[] = [];
  for (const line of fetchBodyFull.split('\n')) {
    if (/^S: \* \d+ FETCH/.test(line)) messages.push('');
    else if (line.startsWith('S| ')) messages.push(`${messages.pop() ?? ''}${line.slice(3)}\r\n`);
  }
  return messages;
}

/** Their flags; they came in on the first five days of November 2026 at 10:00. */
export const RECORDED_FLAGS = [['\\Seen'], [], ['\\Flagged'], ['\\Answered', '\\Seen'], []];

export const RECORDED_USERS = ['bob@hafen.example', 'anna@hafen.example', 'voll@hafen.example'];
/** When the recordings begin. */
export const RECORDED_START = timeOf(2026, 11, 23, 9, 0, 0);

/** The store the recordings were made on. */
export function recordedStore(messages: readonly string[]): MailStore {
  const store = createStore('mx.hafen.example', RECORDED_START);
  for (const name of RECORDED_USERS) {
    const user = addUser(store, name, { bytes: name.startsWith('voll') ? 2048 : 102_400 * 1024 });
    user.folders = user.folders.filter((folder) => folder.name === 'INBOX');
    for (const folder of ['Entwürfe', 'Sent', 'Archiv', 'Archiv/2026'])
      createFolder(store, user, folder, folder === 'Sent' ? '\\Sent' : undefined).subscribed = false;
    user.subscriptions = ['INBOX', 'Archiv', 'Geloescht'];
    const inbox = findFolder(user, 'INBOX');
    if (inbox === undefined) throw new Error('no INBOX');
    for (const [index, raw] of messages.entries())
      append(store, inbox, {
        raw,
        hash: `m${index}`,
        internalDate: timeOf(2026, 11, index + 1, 10),
        flags: RECORDED_FLAGS[index] ?? [],
      });
    inbox.highestModSeq = 2;
    for (const message of inbox.messages) message.modSeq = 2;
  }
  return store;
}

/** The recorded passdb: names in any case, with or without the domain. */
export function recordedAccount(name: string): Account | undefined {
  const user = `${name.toLowerCase().split('@')[0] ?? ''}@hafen.example`;
  return RECORDED_USERS.includes(user) ? { user, password: 'geheim' } : undefined;
}

/** What Dovecot can do and we do not say that we can. */
const UNOFFERED =
  / (?:MULTIAPPEND|URL-PARTIAL|CATENATE|QRESYNC|ESORT|CONTEXT=SEARCH|BINARY|SNIPPET=FUZZY|PREVIEW=FUZZY|SAVEDATE|NOTIFY)(?=[ \]]|$)/g;

/** Extensions that are not offered are no difference, nor is how long a command took. */
export function normalizeMailbox(line: string): string {
  const timeless = line.replace(
    /\((?:⟨secs⟩|\d+\.\d{3} \+ \d+\.\d{3} (?:\+ \d+\.\d{3} )?secs)\)\./,
    '(time).',
  );
  return timeless.includes('CAPABILITY ') ? timeless.replace(UNOFFERED, '') : timeless;
}
