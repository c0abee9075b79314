import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLatin1, latin1, toHex, utf8 } from '../base/bytes.ts';
import { MINUTE, timeOf } from '../base/dates.ts';
import { md5 } from '../crypto/hash.ts';
import { checkStore } from '../mailbox/invariants.ts';
import { addUser, append, createStore, findFolder, type Folder, type MailStore } from '../mailbox/store.ts';
import { openSaslClient, saslChallenge, saslInitial } from '../sasl/client.ts';
import { printSasl, readResponse } from '../sasl/mechanism.ts';
import { scramSecret } from '../sasl/scram.ts';
import {
  openPop3Session,
  pop3Answer,
  pop3Drain,
  pop3End,
  pop3Receive,
  pop3Wake,
  pop3WakeAt,
} from './server.ts';
import { pop3Config, type Pop3Config, type Pop3Note, type Pop3Session } from './session.ts';
import { cases } from '../testing/effort.ts';

const START = timeOf(2026, 11, 23, 9, 0, 0);
const seed = { challenge: '<1896.697170952@dbc.mtview.ca.us>', nonce: 'serverNonce' };
const RAW = 'Subject: x\r\n\r\n.a\r\n\r\n..b\r\nlast';

function mailStore(): MailStore {
  const store = createStore('mx', START);
  const user = addUser(store, 'anna@x');
  for (const raw of [RAW, 'Subject: y\r\n\r\nz\r\n', 'a: b\r\n\r\n'])
    append(store, inboxOf(store, user.name), { raw, hash: raw, internalDate: START });
  return store;
}

function inboxOf(store: MailStore, name = 'anna@x'): Folder {
  const user = store.users.get(name);
  const folder = user && findFolder(user, 'INBOX');
  if (folder === undefined) throw new Error('no INBOX');
  return folder;
}

/** A client that answers all questions itself. */
class Rig {
  session: Pop3Session;
  now = START;
  notes: Pop3Note[] = [];
  closed = false;
  busy = false;
  tls: number | undefined;
  constructor(
    readonly store: MailStore,
    config: Partial<Pop3Config> = { cleartext: true },
  ) {
    this.session = openPop3Session(pop3Config(config), seed, this.now);
  }
  out(): string {
    let sent = '';
    for (let outputs = pop3Drain(this.session); outputs.length > 0; outputs = pop3Drain(this.session))
      for (const output of outputs) {
        if (output.kind === 'send') sent += fromLatin1(output.bytes);
        else if (output.kind === 'note') this.notes.push(output.note);
        else if (output.kind === 'close') this.closed = true;
        else if (output.question.kind === 'tls') this.tls = output.id;
        else
          pop3Answer(
            this.session,
            this.store,
            output.id,
            output.question.kind === 'maildrop'
              ? { kind: 'maildrop', state: this.busy ? 'locked' : 'opened' }
              : { kind: 'account', account: output.question.user === 'anna' ? ACCOUNT : undefined },
            this.now,
          );
      }
    return sent;
  }
  say(text: string): string {
    pop3Receive(this.session, this.store, latin1(text), this.now);
    return this.out();
  }
  /** Wakes whenever asked to. */
  wait(ms: number): string {
    const until = this.now + ms;
    let sent = this.out();
    for (let at = pop3WakeAt(this.session); at !== undefined && at <= until; at = pop3WakeAt(this.session)) {
      this.now = Math.max(at, this.now);
      pop3Wake(this.session, this.store, this.now);
      sent += this.out();
    }
    this.now = until;
    return sent;
  }
  login(): this {
    this.say('USER anna\r\nPASS geheim\r\n');
    return this;
  }
}

const ACCOUNT = {
  user: 'anna@x',
  password: 'geheim',
  scram: { 'SCRAM-SHA-256': scramSecret('SCRAM-SHA-256', 'geheim', utf8('salz'), 10) },
};

describe('POP3', () => {
  it('stuffs dots and ends the last line [S7-005]', () => {
    const rig = new Rig(mailStore()).login();
    expect(rig.say('RETR 1\r\n')).toBe(
      `+OK ${RAW.length} octets\r\nSubject: x\r\n\r\n..a\r\n\r\n...b\r\nlast\r\n.\r\n`,
    );
    expect(rig.say('TOP 1 1\r\n')).toBe('+OK\r\nSubject: x\r\n\r\n..a\r\n.\r\n');
  });

  it('deletes at QUIT only, and marks as \\Seen what was fetched [S7-006] [S7-011]', () => {
    const store = mailStore();
    const dropped = new Rig(store).login();
    dropped.say('RETR 2\r\nDELE 1\r\n');
    pop3End(dropped.session, store, START);
    dropped.out();
    expect(inboxOf(store).messages.map((each) => [each.uid, each.flags.join()])).toEqual([
      [1, ''],
      [2, '\\Seen'],
      [3, ''],
    ]);
    expect(dropped.notes.find((each) => each.kind === 'kept')).toMatchObject({ uids: [1] });
    const rig = new Rig(store).login();
    expect(rig.say('DELE 1\r\nQUIT\r\n')).toMatch(/deleted\.\r\n\+OK Logging out, messages deleted\.\r\n$/);
    expect(inboxOf(store).messages.map((each) => each.uid)).toEqual([2, 3]);
    expect(rig.notes.find((each) => each.kind === 'removed')).toMatchObject({ uids: [1] });
    expect(checkStore(store)).toEqual([]);
  });

  it('sees the mailbox as it was at login, and says so when IMAP took a message away [S7-008] [S7-011]', () => {
    const store = mailStore();
    const rig = new Rig(store).login();
    append(store, inboxOf(store), { raw: 'new\r\n', hash: 'new', internalDate: START });
    inboxOf(store).messages.shift();
    expect(rig.say('STAT\r\nRETR 4\r\nRETR 1\r\n')).toBe(
      "+OK 3 54\r\n-ERR There's no message 4.\r\n-ERR Message 1 expunged.\r\n",
    );
    expect(new Rig(store).login().say('STAT\r\nUIDL 3\r\n')).toMatch(/^\+OK 3 .*\r\n\+OK 3 00000004/);
  });

  it('waits ten seconds for a lock, and gets in when it is freed [S7-008]', () => {
    const rig = new Rig(mailStore());
    rig.busy = true;
    rig.login();
    expect(rig.wait(9_000)).toBe('');
    rig.busy = false;
    expect(rig.wait(1_000)).toBe('+OK Logged in.\r\n');
    const other = new Rig(mailStore());
    other.busy = true;
    other.login();
    expect(other.wait(10_000)).toBe('-ERR [IN-USE] Mailbox is locked by another POP3 session.\r\n');
    expect(other.closed).toBe(true);
  });

  it('ends after ten idle minutes without UPDATE [S7-009]', () => {
    const store = mailStore();
    const rig = new Rig(store).login();
    rig.say('DELE 1\r\n');
    expect(rig.wait(10 * MINUTE - 1)).toBe('');
    expect(rig.wait(1)).toBe('-ERR Disconnected for inactivity.\r\n');
    expect(rig.closed).toBe(true);
    expect(inboxOf(store).messages.length).toBe(3);
  });

  it('loses patience at the 3rd bad command before login and at the 21st after [S7-009]', () => {
    const before = new Rig(mailStore());
    before.out();
    expect(before.say('FOO\r\nBAR\r\n')).toBe('-ERR Unknown command.\r\n'.repeat(2));
    expect(before.say('BAZ\r\n')).toBe('-ERR Unknown command.\r\n-ERR Too many invalid bad commands.\r\n');
    const after = new Rig(mailStore()).login();
    after.say('FOO\r\n'.repeat(20));
    expect(after.closed).toBe(false);
    expect(after.say('FOO\r\n')).toBe('-ERR Unknown command: FOO\r\n-ERR Too many bad commands.\r\n');
    expect(after.closed).toBe(true);
  });

  it('throws away what came in clear behind STLS, and who was named before it [S7-010]', () => {
    const rig = new Rig(mailStore());
    rig.say('USER anna\r\nSTLS\r\nPASS geheim\r\n');
    expect(rig.say('PASS geheim\r\n')).toBe('');
    pop3Answer(rig.session, rig.store, rig.tls ?? 0, { kind: 'tls', ok: true }, rig.now);
    expect(rig.say('PASS geheim\r\nSTLS\r\n')).toBe(
      '-ERR No username given.\r\n-ERR TLS is already active.\r\n',
    );
  });

  it('keeps passwords off the wire without TLS [S7-003]', () => {
    const rig = new Rig(mailStore(), {});
    rig.out();
    expect(rig.say('USER anna\r\nAUTH PLAIN\r\n')).toBe(
      '-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.\r\n' +
        '-ERR [AUTH] Plaintext authentication disabled.\r\n',
    );
    const newer = new Rig(mailStore(), { version: '2.4' });
    newer.out();
    expect(newer.say('USER anna\r\n')).toContain('Cleartext authentication disallowed');
  });

  it('does APOP as RFC 1939 §7 shows it, when switched on [S7-010]', () => {
    const rig = new Rig(mailStore(), { apop: true });
    expect(rig.out()).toBe('+OK Dovecot ready. <1896.697170952@dbc.mtview.ca.us>\r\n');
    const digest = toHex(md5(utf8(`${seed.challenge}geheim`)));
    expect(rig.say(`APOP anna ${digest}\r\n`)).toBe('+OK Logged in.\r\n');
  });

  it('does SCRAM with an initial response [S7-010] [S1-116]', () => {
    const rig = new Rig(mailStore(), { mechanisms: ['SCRAM-SHA-256'] });
    rig.out();
    expect(rig.say('AUTH\r\n')).toBe('+OK\r\nSCRAM-SHA-256\r\n.\r\n');
    const client = openSaslClient('SCRAM-SHA-256', { user: 'anna', password: 'geheim' }, 'abc');
    let said = rig.say(`AUTH SCRAM-SHA-256 ${printSasl(saslInitial(client) ?? utf8(''))}\r\n`);
    for (let turns = 0; said.startsWith('+ ') && turns < 4; turns++) {
      const line = readResponse(said.slice(2).trimEnd());
      if (line.kind !== 'response') throw new Error(said);
      const answer = saslChallenge(client, line.bytes);
      said = rig.say(answer.kind === 'respond' ? `${printSasl(answer.bytes)}\r\n` : '*\r\n');
    }
    expect(said).toBe('+OK Logged in.\r\n');
  });

  it('says aborted, bad base64 and unknown mechanism', () => {
    const rig = new Rig(mailStore());
    rig.out();
    expect(rig.say('AUTH PLAIN\r\n*\r\nAUTH PLAIN %%\r\nAUTH FOO\r\n')).toBe(
      '+ \r\n-ERR Authentication aborted by client.\r\n-ERR [AUTH] Invalid base64 in response\r\n' +
        '-ERR [AUTH] Unsupported authentication mechanism.\r\n',
    );
  });
});

describe('POP3 under fuzz', () => {
  const words = [
    'USER anna',
    'PASS geheim',
    'PASS x',
    'STAT',
    'LIST',
    'LIST 2',
    'RETR 1',
    'RETR 99999999999',
    'TOP 1 1',
    'DELE 1',
    'RSET',
    'UIDL',
    'AUTH PLAIN',
    'AUTH LOGIN',
    'AGFubmEAZ2VoZWlt',
    '*',
    'APOP a b',
    'STLS',
    'CAPA',
    'QUIT',
    '',
    ' ',
  ];
  const line = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...words).map((word) => `${word}\r\n`) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    { weight: 1, arbitrary: fc.constantFrom('\n', '\r', 'x'.repeat(3000), '\0') },
  );

  it('never throws, stays plain data, and answers the same however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 12 }), fc.nat(7), fc.boolean(), (lines, cut, wake) => {
        const whole = new Rig(mailStore());
        const pieces = new Rig(mailStore());
        const text = lines.join('');
        const play = (rig: Rig, size: number): string => {
          let out = rig.out();
          for (let at = 0; at < text.length; at += size) out += rig.say(text.slice(at, at + size));
          rig.session = structuredClone(rig.session);
          if (wake) out += rig.wait(3000);
          for (let turns = 0; turns < 20 && !rig.closed; turns++) {
            out += rig.wait(11 * MINUTE);
            if (rig.tls !== undefined)
              pop3Answer(rig.session, rig.store, rig.tls, { kind: 'tls', ok: true }, rig.now);
          }
          return out;
        };
        const one = play(whole, text.length + 1);
        // Bytes behind STLS count or not, depending on when they come.
        const other = play(pieces, cut + 1);
        if (whole.tls === undefined) expect(other).toBe(one);
        expect(whole.closed).toBe(true);
        expect(pop3WakeAt(whole.session)).toBeUndefined();
        expect(whole.session.input.length).toBe(0);
        expect(checkStore(whole.store)).toEqual([]);
      }),
      cases(3000),
    );
  });
});
