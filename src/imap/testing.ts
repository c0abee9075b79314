// What IMAP's tests share: several clients on one store, each answered and told of what the others change.

import { fromLatin1, latin1 } from '../base/bytes.ts';
import { timeOf, type Time } from '../base/dates.ts';
import { addUser, append, createStore, findFolder, type Folder, type MailStore } from '../mailbox/store.ts';
import {
  imapAnswer,
  imapDrain,
  imapNotice,
  imapReceive,
  imapWake,
  imapWakeAt,
  openImapSession,
} from './server.ts';
import { imapConfig, type ImapConfig, type ImapNote, type ImapSession } from './session.ts';

export const START: Time = timeOf(2026, 11, 23, 9, 0, 0);
export const USER = 'bob@x';

export function mailStore(count = 3): MailStore {
  const store = createStore('mx', START);
  addUser(store, USER);
  for (let i = 1; i <= count; i++) deliverTo(store, `Subject: m${i}\r\n\r\ntext ${i}\r\n`);
  return store;
}

export function deliverTo(store: MailStore, raw: string): void {
  append(store, folderOf(store), { raw, hash: raw, internalDate: START });
}

export function folderOf(store: MailStore, name = 'INBOX'): Folder {
  const user = store.users.get(USER);
  const folder = user && findFolder(user, name);
  if (folder === undefined) throw new Error(`no folder ${name}`);
  return folder;
}

/** Clients of one store. */
export class Lab {
  readonly clients: Client[] = [];
  now = START;
  constructor(readonly store: MailStore) {}
  open(config: Partial<ImapConfig> = {}): Client {
    const session = openImapSession(
      imapConfig({ cleartext: true, idleDelayMs: 0, ...config }),
      { challenge: '<1@x>', nonce: 'n' },
      this.now,
    );
    const client = new Client(this, session);
    this.clients.push(client);
    return client;
  }
  /** Somebody else changed the store. */
  notice(but?: Client): void {
    for (const client of this.clients) if (client !== but) imapNotice(client.session, this.store, this.now);
  }
}

export class Client {
  notes: ImapNote[] = [];
  closed = false;
  tls: number | undefined;
  constructor(
    readonly lab: Lab,
    public session: ImapSession,
  ) {}
  read(): string {
    const { store, now } = this.lab;
    let sent = '';
    for (let outputs = imapDrain(this.session); outputs.length > 0; outputs = imapDrain(this.session))
      for (const output of outputs) {
        if (output.kind === 'send') sent += fromLatin1(output.bytes);
        else if (output.kind === 'close') this.closed = true;
        else if (output.kind === 'note') {
          this.notes.push(output.note);
          if (output.note.kind === 'changed') this.lab.notice(this);
        } else if (output.question.kind === 'tls') this.tls = output.id;
        else {
          const account = output.question.user === 'bob' ? { user: USER, password: 'geheim' } : undefined;
          imapAnswer(this.session, store, output.id, { kind: 'account', account }, now);
        }
      }
    return sent;
  }
  say(text: string): string {
    imapReceive(this.session, this.lab.store, latin1(text), this.lab.now);
    return this.read();
  }
  /** Lines of the answer, without how long it took. */
  lines(command: string): string[] {
    const text = this.say(`${command}\r\n`).replaceAll(' (0.001 + 0.000 secs).', '');
    return text.split('\r\n').slice(0, -1);
  }
  login(): this {
    this.say('a LOGIN bob geheim\r\n');
    return this;
  }
  select(): this {
    this.login().say('b SELECT INBOX\r\n');
    return this;
  }
  wait(ms: number): string {
    const until = this.lab.now + ms;
    let sent = this.read();
    for (let at = imapWakeAt(this.session); at !== undefined && at <= until; at = imapWakeAt(this.session)) {
      this.lab.now = Math.max(at, this.lab.now);
      imapWake(this.session, this.lab.store, this.lab.now);
      sent += this.read();
    }
    this.lab.now = until;
    return sent;
  }
}
