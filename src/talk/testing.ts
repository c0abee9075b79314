// What the replays of recorded POP3 and IMAP sessions share: a target made of any session that works on a store, the store
// that the recordings were made on, and how differences are held against the list of exceptions.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { concat, type Bytes } from '../base/bytes.ts';
import { timeOf, type Time } from '../base/dates.ts';
import { addUser, append, createFolder, createStore, findFolder, type MailStore } from '../mailbox/store.ts';
import type { Account } from '../sasl/mechanism.ts';
import { MAILBOX_EXCEPTIONS } from './mailbox-exceptions.ts';
import { parseTalk, type Talk } from './parse.ts';
import { playSync, type TalkTarget } from './run.ts';

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

const RECORDINGS = new URL('../', import.meta.url);
const START = timeOf(2026, 11, 23, 9, 0, 0);

function text(path: string): string {
  return readFileSync(new URL(path, RECORDINGS), 'utf8');
}

/** The five messages of the recorded mailboxes, as a recording shows them. */
export function recordedMessages(): string[] {
  const messages: string[] = [];
  for (const line of text('imap/recordings/fetch_body_full.txt').split('\n')) {
    if (/^S: \* \d+ FETCH/.test(line)) messages.push('');
    else if (line.startsWith('S| ')) messages.push(`${messages.pop() ?? ''}${line.slice(3)}\r\n`);
  }
  return messages;
}

const FLAGS = [['\\Seen'], [], ['\\Flagged'], ['\\Answered', '\\Seen'], []];

/** The store the recordings were made on. */
export function recordedStore(): MailStore {
  const store = createStore('mx.hafen.example', START);
  for (const name of ['bob', 'anna', 'voll']) {
    const user = addUser(store, `${name}@hafen.example`, { bytes: name === 'voll' ? 2048 : 102_400 * 1024 });
    user.folders = user.folders.filter((folder) => folder.name === 'INBOX');
    for (const folder of ['Entwürfe', 'Sent', 'Archiv', 'Archiv/2026'])
      createFolder(store, user, folder, folder === 'Sent' ? '\\Sent' : undefined).subscribed = false;
    user.subscriptions = ['INBOX', 'Archiv', 'Geloescht'];
    const inbox = findFolder(user, 'INBOX');
    if (inbox === undefined) throw new Error('no INBOX');
    for (const [index, raw] of recordedMessages().entries())
      append(store, inbox, {
        raw,
        hash: `m${index}`,
        internalDate: timeOf(2026, 11, index + 1, 10),
        flags: FLAGS[index] ?? [],
      });
    inbox.highestModSeq = 2;
    for (const message of inbox.messages) message.modSeq = 2;
  }
  return store;
}

/** The recorded passdb: names in any case, with or without the domain. */
export function recordedAccount(name: string): Account | undefined {
  const user = `${name.toLowerCase().split('@')[0] ?? ''}@hafen.example`;
  return recordedStore().users.has(user) ? { user, password: 'geheim' } : undefined;
}

export interface Recording {
  readonly name: string;
  readonly profile: string;
  readonly talk: Talk;
}

export function recordingsOf(room: 'pop3' | 'imap'): Recording[] {
  return readdirSync(new URL(`${room}/recordings/`, RECORDINGS))
    .filter((name) => name.endsWith('.txt'))
    .map((file) => {
      const talk = parseTalk(text(`${room}/recordings/${file}`), 'recording');
      const profile = talk.comments.find((each) => each.startsWith('profile: '))?.slice(9) ?? '';
      return { name: file.replace(/\.txt$/, ''), profile, talk };
    });
}

/** What Dovecot can do and we do not say that we can. */
const UNOFFERED =
  / (?:MULTIAPPEND|URL-PARTIAL|CATENATE|QRESYNC|ESORT|CONTEXT=SEARCH|BINARY|SNIPPET=FUZZY|PREVIEW=FUZZY|SAVEDATE|NOTIFY)(?=[ \]]|$)/g;

/** Extensions that are not offered are no difference, nor is how long a command took. */
function normalize(line: string): string {
  const timeless = line.replace(/\((?:⟨secs⟩|\d\.\d{3} \+ \d\.\d{3} secs)\)\./, '(time).');
  return timeless.includes('CAPABILITY ') ? timeless.replace(UNOFFERED, '') : timeless;
}

/** One test for each recording: it may differ only where the list of exceptions says so, and there it must. */
export function replayAll(
  room: 'pop3' | 'imap',
  proves: readonly (readonly [string, string])[],
  open: (recording: Recording) => (name: string, now: Time) => Connection,
): void {
  const recordings = recordingsOf(room);
  for (const recording of recordings) {
    const file = `${room}/${recording.name}`;
    const ids = proves.filter(([start]) => recording.name.startsWith(start)).map(([, id]) => id);
    it(`${file} ${ids.join(' ')}`.trim(), () => {
      const target = connectionTarget(open(recording), START);
      const result = playSync(recording.talk, target, { silentWaits: true, normalize });
      const excused = MAILBOX_EXCEPTIONS.filter((each) => each.file === file);
      const lines = excused.flatMap((each) => each.lines);
      expect(result.differences.filter(({ line }) => !lines.includes(line))).toEqual([]);
      expect(result.checked).toBeGreaterThan(0);
      for (const each of excused)
        for (const line of each.lines) {
          const differs = result.differences.find((difference) => difference.line === line);
          expect(differs?.actual, `${file} line ${line} no longer differs: drop the exception`).toContain(
            each.ours,
          );
        }
    });
  }
  it(`every exception belongs to a recording of ${room}`, () => {
    const names = recordings.map((each) => `${room}/${each.name}`);
    const files = MAILBOX_EXCEPTIONS.map((each) => each.file).filter((each) => each.startsWith(`${room}/`));
    expect(files.filter((each) => !names.includes(each))).toEqual([]);
  });
}
