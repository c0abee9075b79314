import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromLatin1, latin1, utf8 } from '../base/bytes.ts';
import {
  imapClientAsk,
  imapClientConfig,
  imapClientDrain,
  imapClientEnd,
  imapClientReceive,
  imapClientSecured,
  imapClientStopIdle,
  imapClientWake,
  imapClientWakeAt,
  openImapClient,
  type ImapClientConfig,
  type ImapClientOutput,
  type ImapClientSession,
  type ImapRequest,
  type ImapResult,
} from './client.ts';
import { imapAnswer } from './server.ts';
import type { ImapConfig } from './session.ts';
import { deliverTo, folderOf, Lab, mailStore, START, type Client } from './testing.ts';
import { cases } from '../testing/effort.ts';

const BOB = { user: 'bob', password: 'geheim', nonce: 'clientNonce' };

/** Our client on our server: what one says the other hears, a byte at a time. */
class Device {
  session: ImapClientSession;
  readonly outputs: ImapClientOutput[] = [];
  readonly server: Client;
  sent = '';
  constructor(
    readonly lab: Lab,
    client: Partial<ImapClientConfig> = {},
    server: Partial<ImapConfig> = {},
    readonly handshake = true,
  ) {
    this.session = openImapClient(imapClientConfig(BOB, client), START);
    this.server = lab.open(server);
    this.pump();
  }
  pump(): this {
    for (let turn = 0; turn < 500; turn++) {
      const heard = turn === 0 ? this.server.wait(3000) : this.server.read();
      for (const byte of latin1(heard)) imapClientReceive(this.session, Uint8Array.of(byte), START);
      this.session = structuredClone(this.session);
      const wanted = imapClientDrain(this.session);
      this.outputs.push(...wanted);
      let answer = '';
      for (const output of wanted)
        if (output.kind === 'send') {
          this.sent += fromLatin1(output.bytes);
          answer += this.server.say(fromLatin1(output.bytes));
        } else if (output.kind === 'startTls') {
          const ok = this.handshake;
          imapAnswer(this.server.session, this.lab.store, this.server.tls ?? 0, { kind: 'tls', ok }, START);
          imapClientSecured(this.session, ok, START);
        }
      imapClientReceive(this.session, latin1(answer), START);
      const wait = wanted.length === 0 && answer === '' ? this.server.wait(3000) : '';
      imapClientReceive(this.session, latin1(wait), START);
      if (wanted.length === 0 && answer === '' && wait === '') break;
    }
    return this;
  }
  ask(request: ImapRequest): ImapResult {
    const id = imapClientAsk(this.session, request, START);
    this.pump();
    const found = this.outputs.find((each) => each.kind === 'result' && each.id === id);
    if (found?.kind !== 'result') throw new Error(`no result of ${request.kind}`);
    return found.result;
  }
  begin(request: ImapRequest): this {
    imapClientAsk(this.session, request, START);
    return this.pump();
  }
  updates(): unknown[] {
    return this.outputs.flatMap((each) => (each.kind === 'update' ? [each.update] : []));
  }
  commands(): string[] {
    return this.outputs.flatMap((each) =>
      each.kind === 'note' && each.note.kind === 'command' ? [each.note.line] : [],
    );
  }
}

const uidsIn = (lab: Lab, folder = 'INBOX'): number[] =>
  folderOf(lab.store, folder).messages.map((each) => each.uid);

describe('IMAP client', () => {
  it('secures the connection, forgets what it knew, and logs in', () => {
    const device = new Device(new Lab(mailStore()), {}, { cleartext: false });
    expect(device.commands()).toEqual(['a1 STARTTLS', 'a2 CAPABILITY', 'a3 AUTHENTICATE PLAIN ********']);
    expect(device.outputs.find((each) => each.kind === 'ready')).toMatchObject({ way: 'PLAIN' });
    const failed = new Device(new Lab(mailStore()), {}, {}, false);
    expect(failed.outputs.find((each) => each.kind === 'failed')).toMatchObject({ code: 'tls-failed' });
    const none = new Device(new Lab(mailStore()), {}, { tls: 'off' });
    expect(none.outputs.find((each) => each.kind === 'failed')).toMatchObject({ code: 'tls-not-offered' });
    expect(none.sent).toBe('');
  });

  it('uses LOGIN where there is nothing better, and says that a password is wrong', () => {
    const clear = { tls: 'off', mechanisms: [] } as const;
    const device = new Device(new Lab(mailStore()), clear);
    expect(device.sent).toBe('a1 LOGIN "bob" "geheim"\r\n');
    expect(device.commands()).toEqual(['a1 LOGIN bob ********']);
    expect(device.session.phase).toBe('ready');
    for (const mechanisms of [[], ['PLAIN']] as const) {
      const wrong = new Device(new Lab(mailStore()), { tls: 'off', password: 'fälsch\r\nx', mechanisms });
      expect(wrong.outputs.at(-2)).toMatchObject({ kind: 'failed', code: 'wrong-password' });
    }
  });

  it('lists, selects, and fetches headers without marking and a message with marking as read', () => {
    const lab = new Lab(mailStore(2));
    const device = new Device(lab);
    expect(device.ask({ kind: 'list' }).folders.map((each) => each.name)).toContain('INBOX');
    expect(device.ask({ kind: 'select', folder: 'INBOX' }).ok).toBe(true);
    expect(device.session.folder).toMatchObject({ exists: 2, uidNext: 3, readOnly: false });
    const headers = device.ask({ kind: 'fetch', uids: { from: 1 }, what: 'header' }).messages;
    expect(headers.map((each) => [each.uid, each.header])).toEqual([
      [1, 'Subject: m1\r\n\r\n'],
      [2, 'Subject: m2\r\n\r\n'],
    ]);
    expect(folderOf(lab.store).messages.map((each) => each.flags)).toEqual([[], []]);
    const [body] = device.ask({ kind: 'fetch', uids: [2], what: 'body' }).messages;
    expect(body).toMatchObject({ uid: 2, body: 'Subject: m2\r\n\r\ntext 2\r\n' });
    expect(folderOf(lab.store).messages.map((each) => each.flags)).toEqual([[], ['\\Seen']]);
    expect(device.ask({ kind: 'select', folder: 'nirgends' }).ok).toBe(false);
    expect(device.session.folder).toBeUndefined();
  });

  it('looks at a text without marking it, counts without opening, makes a folder, and removes what is marked', () => {
    const lab = new Lab(mailStore(3));
    const device = new Device(lab);
    device.ask({ kind: 'select', folder: 'INBOX' });
    const [body] = device.ask({ kind: 'fetch', uids: [2], what: 'peek' }).messages;
    expect(body).toMatchObject({ uid: 2, flags: ['\\Recent'], body: 'Subject: m2\r\n\r\ntext 2\r\n' });
    device.ask({ kind: 'fetch', uids: [1], what: 'body' });
    device.ask({ kind: 'fetch', uids: [1], what: 'header' });
    const notes = device.server.notes.filter(({ kind }) => kind === 'read' || kind === 'peeked');
    expect(notes).toMatchObject([
      { kind: 'peeked', folder: 'INBOX', uids: [2] },
      { kind: 'read', folder: 'INBOX', uids: [1] },
    ]);
    expect(device.ask({ kind: 'create', folder: 'Häfen' }).ok).toBe(true);
    expect(device.ask({ kind: 'status', folder: 'Häfen' }).counts).toMatchObject({ messages: 0, uidNext: 1 });
    expect(device.ask({ kind: 'status', folder: 'INBOX' }).counts).toMatchObject({ messages: 3, unseen: 2 });
    expect(device.ask({ kind: 'status', folder: 'Nirgends' })).toMatchObject({ ok: false, counts: {} });
    device.ask({ kind: 'flag', uids: [3], flag: '\\Deleted', on: true });
    expect(device.ask({ kind: 'expunge' }).ok).toBe(true);
    expect(uidsIn(lab)).toEqual([1, 2]);
  });

  it('shows one device what the other did: flags, new mail, and what is gone', () => {
    const lab = new Lab(mailStore(3));
    const [phone, laptop] = [new Device(lab), new Device(lab)];
    for (const device of [phone, laptop]) {
      device.ask({ kind: 'select', folder: 'INBOX' });
      device.ask({ kind: 'fetch', uids: { from: 1 }, what: 'flags' });
    }
    laptop.begin({ kind: 'idle' });
    expect(laptop.session.idling).toBe(true);
    expect(imapClientWakeAt(laptop.session)).toBeUndefined();
    phone.ask({ kind: 'flag', uids: [3], flag: '\\Flagged', on: true });
    phone.ask({ kind: 'delete', uids: [1] });
    expect(uidsIn(lab)).toEqual([2, 3]);
    deliverTo(lab.store, 'Subject: new\r\n\r\n');
    lab.notice();
    laptop.pump();
    expect(laptop.updates()).toContainEqual({ kind: 'expunged', uid: 1 });
    expect(laptop.updates()).toContainEqual({ kind: 'flags', uid: 3, flags: ['\\Flagged'] });
    expect(laptop.updates().at(-1)).toMatchObject({ kind: 'exists', count: 3 });
    expect(laptop.session.folder?.uids.slice(0, 2)).toEqual([2, 3]);
    const fresh = laptop.ask({ kind: 'fetch', uids: { from: 4 }, what: 'header' });
    expect(fresh.messages.map((each) => each.uid)).toEqual([4]);
    expect(laptop.commands().at(-2)).toBe('DONE');
  });

  it('moves, with MOVE or in three steps, and finds and appends', () => {
    for (const hasMove of [true, false]) {
      const lab = new Lab(mailStore(3));
      const device = new Device(lab);
      device.ask({ kind: 'select', folder: 'INBOX' });
      if (!hasMove)
        device.session.capabilities = device.session.capabilities.filter((each) => each !== 'MOVE');
      const [folder = ''] = device
        .ask({ kind: 'list' })
        .folders.map((each) => each.name)
        .filter((name) => name !== 'INBOX');
      expect(device.ask({ kind: 'move', uids: [2], folder }).ok).toBe(true);
      expect(device.sent.includes('UID MOVE')).toBe(hasMove);
      expect([uidsIn(lab), uidsIn(lab, folder)]).toEqual([[1, 3], [1]]);
      expect(device.updates()).toContainEqual(expect.objectContaining({ kind: 'expunged' }));
      expect(device.ask({ kind: 'search', text: 'text 3' }).found).toEqual([3]);
      expect(device.ask({ kind: 'search', text: 'Grüße "\\' }).found).toEqual([]);
      const message = `Subject: copy\r\n\r\n${fromLatin1(utf8('Grüße'))}\r\n`;
      const kept = device.ask({ kind: 'append', folder, flags: ['\\Seen', 'x) y'], message });
      expect(kept).toMatchObject({ ok: true, code: expect.stringMatching(/^APPENDUID \d+ 2$/) as string });
      expect(folderOf(lab.store, folder).messages[1]).toMatchObject({ flags: ['\\Seen'] });
    }
  });

  it('moves nothing away when the folder is not there, and lets no text become a command', () => {
    const lab = new Lab(mailStore(2));
    const device = new Device(lab);
    device.ask({ kind: 'select', folder: 'INBOX' });
    device.session.capabilities = device.session.capabilities.filter((each) => each !== 'MOVE');
    const lost = device.ask({ kind: 'move', uids: [1], folder: 'Entwürfe\r\nx DELETE INBOX' });
    expect(lost).toMatchObject({ ok: false, code: 'CANNOT' });
    device.ask({ kind: 'search', text: 'a"\r\nb UID STORE 1 +FLAGS (\\Deleted)' });
    device.ask({ kind: 'flag', uids: [1], flag: '\\Seen)\r\nc EXPUNGE', on: true });
    expect(folderOf(lab.store).messages.map((each) => each.flags)).toEqual([[], []]);
    expect(device.session.phase).toBe('ready');
  });

  it('asks nothing for no messages, and says goodbye', () => {
    const device = new Device(new Lab(mailStore()));
    device.ask({ kind: 'select', folder: 'INBOX' });
    const before = device.sent;
    expect(device.ask({ kind: 'delete', uids: [] }).ok).toBe(true);
    expect(device.sent).toBe(before);
    device.begin({ kind: 'logout' });
    expect(device.outputs.slice(-2)).toEqual([{ kind: 'bye' }, { kind: 'close' }]);
  });

  it('ends a session that says too much, nothing, or goodbye', () => {
    const clear = imapClientConfig(BOB, { tls: 'off', lineLimit: 100, messageLimit: 1000 });
    const ends = (text: string): unknown => {
      const session = openImapClient(clear, START);
      imapClientReceive(session, latin1(text), START);
      return imapClientDrain(session).find((each) => each.kind === 'failed');
    };
    expect(ends('x'.repeat(200))).toMatchObject({ code: 'too-long' });
    expect(ends('* OK {999999999}\r\n')).toMatchObject({ code: 'too-long' });
    expect(ends('* BYE Too many connections.\r\n')).toMatchObject({
      code: 'refused',
      text: 'Too many connections.',
    });
    expect(ends('220 mx.example ESMTP\r\n')).toMatchObject({ code: 'protocol' });
    const silent = openImapClient(clear, START);
    imapClientWake(silent, imapClientWakeAt(silent) ?? 0);
    expect(imapClientDrain(silent)[0]).toMatchObject({ code: 'timeout' });
    const early = openImapClient(imapClientConfig(BOB), START);
    imapClientReceive(early, latin1('* PREAUTH hello\r\n'), START);
    expect(imapClientDrain(early).at(-2)).toMatchObject({ code: 'tls-not-offered' });
  });

  it('throws away what was said in clear behind the consent to STARTTLS', () => {
    const session = openImapClient(imapClientConfig(BOB), START);
    imapClientReceive(session, latin1('* OK [CAPABILITY IMAP4rev1 STARTTLS] x\r\n'), START);
    imapClientReceive(session, latin1('a1 OK\r\na2 OK [CAPABILITY AUTH=PLAIN] evil\r\n'), START);
    imapClientSecured(session, true, START);
    expect(session).toMatchObject({ phase: 'capability', input: '', capabilities: [], tag: 'a2' });
  });

  it('takes what recorded servers say without harm', () => {
    const folder = new URL('recordings/', import.meta.url);
    for (const name of readdirSync(folder)) {
      const lines = readFileSync(new URL(name, folder), 'utf8').split('\n');
      const session = openImapClient(imapClientConfig(BOB, { tls: 'off' }), START);
      imapClientAsk(session, { kind: 'select', folder: 'INBOX' }, START);
      for (const line of lines.filter((each) => each.startsWith('S: ')))
        imapClientReceive(session, utf8(`${line.slice(3)}\r\n`), START);
      imapClientEnd(session);
      expect(session.phase, name).toBe('closed');
    }
  });

  it('survives any bytes, bounded', () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        '* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] hi\r\n',
        'a1 OK [CAPABILITY IMAP4rev1 MOVE IDLE] x\r\n',
        'a2 OK [READ-WRITE] y\r\n',
        'a3 NO z\r\n',
        '* 4294967295 EXISTS\r\n',
        '* 3 EXISTS\r\n',
        '* 1 FETCH (UID 7 FLAGS (\\Seen) BODY[] {3}\r\nabc)\r\n',
        '* 9 FETCH ((((\r\n',
        '* 1 EXPUNGE\r\n',
        '* LIST () "/" "&AP"\r\n',
        '* SEARCH 1 2 x\r\n',
        '+ \r\n',
        '{5}\r\n',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), fc.integer({ min: 1, max: 40 }), (said, size) => {
        const config = imapClientConfig(BOB, { tls: 'off', lineLimit: 200, messageLimit: 500 });
        const session = openImapClient(config, START);
        imapClientAsk(session, { kind: 'select', folder: 'INBOX' }, START);
        imapClientAsk(session, { kind: 'fetch', uids: { from: 1 }, what: 'body' }, START);
        imapClientAsk(session, { kind: 'idle' }, START);
        const all = utf8(said.join(''));
        for (let at = 0; at < all.length; at += size) {
          imapClientReceive(session, all.subarray(at, at + size), START);
          expect(session.input.length).toBeLessThanOrEqual(1000);
          expect(session.folder?.uids.length ?? 0).toBeLessThanOrEqual(100_000);
        }
        imapClientStopIdle(session, START);
        imapClientEnd(session);
        expect(session.phase).toBe('closed');
        expect(imapClientDrain(session).filter((each) => each.kind === 'close')).toHaveLength(1);
      }),
      cases(3000),
    );
  });
});
