import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fromLatin1, latin1, utf8 } from '../base/bytes.ts';
import { timeOf } from '../base/dates.ts';
import { addUser, append, createStore, findFolder, type Folder, type MailStore } from '../mailbox/store.ts';
import { scramSecret } from '../sasl/scram.ts';
import {
  openPop3Client,
  pop3ClientConfig,
  pop3ClientDrain,
  pop3ClientEnd,
  pop3ClientReceive,
  pop3ClientSecured,
  pop3ClientWake,
  pop3ClientWakeAt,
  type Pop3ClientConfig,
  type Pop3ClientJob,
  type Pop3ClientOutput,
} from './client.ts';
import { openPop3Session, pop3Answer, pop3Drain, pop3Receive, pop3Wake, pop3WakeAt } from './server.ts';
import { pop3Config, type Pop3Config } from './session.ts';
import { cases } from '../testing/effort.ts';

const START = timeOf(2026, 11, 23, 9, 0, 0);
const MESSAGES = ['Subject: x\r\n\r\n.a\r\n..b\r\n', 'Subject: y\r\n\r\nz\r\n', 'Subject: w\r\n\r\nw\r\n'];
const USER = { user: 'anna', password: 'geheim', nonce: 'clientNonce' };
const ACCOUNT = {
  user: 'anna@x',
  password: 'geheim',
  scram: { 'SCRAM-SHA-256': scramSecret('SCRAM-SHA-256', 'geheim', utf8('salz'), 10) },
};

function mailStore(): MailStore {
  const store = createStore('mx', START);
  addUser(store, 'anna@x');
  for (const raw of MESSAGES) append(store, inbox(store), { raw, hash: raw, internalDate: START });
  return store;
}

function inbox(store: MailStore): Folder {
  const user = store.users.get('anna@x');
  const folder = user && findFolder(user, 'INBOX');
  if (folder === undefined) throw new Error('no INBOX');
  return folder;
}

interface Visit {
  readonly outputs: Pop3ClientOutput[];
  readonly commands: string[];
  readonly wire: string;
  readonly got: string[];
  readonly end: Pop3ClientOutput | undefined;
}

/** A whole visit of our client to our server; the state of both is cloned on the way. */
function visit(
  store: MailStore,
  job: Partial<Pop3ClientJob> = {},
  client: Partial<Pop3ClientConfig> = {},
  server: Partial<Pop3Config> = {},
  handshake = true,
): Visit {
  const config = pop3ClientConfig(USER, client);
  let now = START;
  let mine = openPop3Client(config, { known: [], after: 'leave', remove: [], ...job }, now);
  const theirs = openPop3Session(pop3Config(server), { challenge: '<1@x>', nonce: 's' }, now);
  const outputs: Pop3ClientOutput[] = [];
  let wire = '';
  for (let turn = 0; turn < 1000 && !mine.closed; turn++) {
    const said = pop3Drain(theirs);
    for (const output of said)
      if (output.kind === 'send')
        for (const byte of output.bytes) pop3ClientReceive(mine, Uint8Array.of(byte), now);
      else if (output.kind === 'close') pop3ClientEnd(mine);
      else if (output.kind === 'ask' && output.question.kind === 'account') {
        const account = output.question.user === 'anna' ? ACCOUNT : undefined;
        pop3Answer(theirs, store, output.id, { kind: 'account', account }, now);
      } else if (output.kind === 'ask' && output.question.kind === 'maildrop')
        pop3Answer(theirs, store, output.id, { kind: 'maildrop', state: 'opened' }, now);
      else if (output.kind === 'ask') {
        pop3Answer(theirs, store, output.id, { kind: 'tls', ok: handshake }, now);
        pop3ClientSecured(mine, handshake, now);
      }
    mine = structuredClone(mine);
    const wanted = pop3ClientDrain(mine);
    outputs.push(...wanted);
    for (const output of wanted)
      if (output.kind === 'send') {
        wire += fromLatin1(output.bytes);
        pop3Receive(theirs, store, output.bytes, now);
      }
    if (said.length === 0 && wanted.length === 0) {
      now = pop3WakeAt(theirs) ?? now;
      pop3Wake(theirs, store, now);
    }
  }
  outputs.push(...pop3ClientDrain(mine));
  return {
    outputs,
    wire,
    commands: outputs.flatMap((each) =>
      each.kind === 'note' && each.note.kind === 'command' ? [each.note.line] : [],
    ),
    got: outputs.flatMap((each) => (each.kind === 'message' ? [each.raw] : [])),
    end: outputs.find((each) => each.kind === 'done' || each.kind === 'failed'),
  };
}

const onServer = (store: MailStore): number[] => inbox(store).messages.map((each) => each.uid);
const removed = (visited: Visit): readonly string[] =>
  visited.end?.kind === 'done' ? visited.end.removed : ['not done'];
const known = (visited: Visit): readonly string[] =>
  visited.end?.kind === 'done' ? visited.end.onServer : [];

describe('POP3 client', () => {
  it('leaves mail on the server and fetches only what is new next time [S7-011]', () => {
    const store = mailStore();
    const first = visit(store);
    expect(first.got).toEqual(MESSAGES);
    expect(removed(first)).toEqual([]);
    expect(onServer(store)).toEqual([1, 2, 3]);
    append(store, inbox(store), { raw: 'Subject: new\r\n\r\n', hash: 'new', internalDate: START });
    const second = visit(store, { known: known(first) });
    expect(second.got).toEqual(['Subject: new\r\n\r\n']);
    expect(onServer(store)).toEqual([1, 2, 3, 4]);
  });

  it('deletes after download when told to, and what was left before as well [S7-011]', () => {
    const store = mailStore();
    const first = visit(store);
    const second = visit(store, { known: known(first), after: 'delete' });
    expect(second.got).toEqual([]);
    expect(removed(second)).toEqual(known(first));
    expect(onServer(store)).toEqual([]);
    const both = mailStore();
    expect(visit(both, { after: 'delete' }).got).toEqual(MESSAGES);
    expect(onServer(both)).toEqual([]);
  });

  it('fetches headers only, the wanted texts, and deletes nothing whose text nobody has', () => {
    const store = mailStore();
    const first = visit(store, { fetch: 'headers', after: 'delete' });
    const all = first.outputs.flatMap((each) => (each.kind === 'message' ? [each] : []));
    expect(all.map(({ raw, isWhole, size }) => [raw, isWhole, size])).toEqual(
      MESSAGES.map((raw) => [raw.slice(0, raw.indexOf('\r\n\r\n') + 4), false, raw.length]),
    );
    expect(first.end).toMatchObject({ kind: 'done', removed: [] });
    const uids = all.map(({ uid }) => uid ?? '');
    const [one = '', two = ''] = uids;
    const second = visit(store, {
      fetch: 'headers',
      after: 'delete',
      known: uids,
      headers: uids,
      wanted: [two],
    });
    expect(second.commands.filter((line) => /^(TOP|RETR|DELE)/.test(line))).toEqual(['RETR 2', 'DELE 2']);
    expect(second.end).toMatchObject({ removed: [two] });
    // What the person deleted goes although only its header was ever here.
    expect(visit(store, { known: uids, headers: uids, remove: [one] }).end).toMatchObject({ removed: [one] });
  });

  it('deletes on the server what the person deleted, without another download', () => {
    const store = mailStore();
    const seen = known(visit(store));
    const second = visit(store, { known: seen.slice(1), remove: seen.slice(0, 1) });
    expect(second.got).toEqual([]);
    expect(onServer(store)).toEqual([2, 3]);
  });

  it('secures the connection first and shows no password to the trace', () => {
    const visited = visit(mailStore());
    expect(visited.commands.slice(0, 4)).toEqual(['CAPA', 'STLS', 'CAPA', 'AUTH PLAIN ********']);
    expect(visited.wire).not.toContain('geheim');
    expect(visit(mailStore(), {}, {}, {}, false).end).toMatchObject({ kind: 'failed', code: 'tls-failed' });
    expect(visit(mailStore(), {}, {}, { tls: 'off', cleartext: true }).end).toMatchObject({
      kind: 'failed',
      code: 'tls-not-offered',
    });
  });

  it.each([
    [{ mechanisms: ['SCRAM-SHA-256', 'PLAIN'] as const }, 'SCRAM-SHA-256'],
    [{ mechanisms: ['PLAIN'] as const }, 'PLAIN'],
    [{ mechanisms: [] }, 'PASS'],
  ])('logs in with the strongest that both know: %o', (server, way) => {
    const { outputs } = visit(mailStore(), {}, { tls: 'off' }, { tls: 'off', cleartext: true, ...server });
    expect(outputs.find((each) => each.kind === 'note' && each.note.kind === 'logged-in')).toMatchObject({
      note: { way },
    });
    expect(outputs.at(-1)).toEqual({ kind: 'close' });
  });

  it('says that the password is wrong', () => {
    const store = mailStore();
    expect(visit(store, {}, { password: 'falsch' }).end).toMatchObject({
      kind: 'failed',
      code: 'wrong-password',
    });
    const typed = visit(store, {}, { password: 'falsch', mechanisms: [] });
    expect(typed.end).toMatchObject({ kind: 'failed', code: 'wrong-password' });
    expect(typed.commands).toContain('PASS ********');
    expect(visit(store, {}, { password: 'x\r\nDELE 1', mechanisms: [] }).end).toMatchObject({
      code: 'no-mechanism',
    });
  });

  it('counts nothing as deleted when QUIT was not answered', () => {
    const session = openPop3Client(
      pop3ClientConfig(USER, { tls: 'active', mechanisms: [] }),
      { known: [], after: 'delete', remove: [] },
      START,
    );
    const hear = (text: string): void => pop3ClientReceive(session, latin1(text), START);
    hear('+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK 1 10\r\n+OK\r\n1 abc\r\n.\r\n+OK\r\n1 10\r\n.\r\n');
    hear('+OK\r\na: b\r\n\r\n.\r\n+OK\r\n');
    expect(session.step).toBe('QUIT');
    pop3ClientEnd(session);
    const outputs = pop3ClientDrain(session);
    expect(outputs.some((each) => each.kind === 'message')).toBe(true);
    expect(outputs.some((each) => each.kind === 'done')).toBe(false);
    expect(outputs.at(-2)).toMatchObject({ kind: 'failed', code: 'lost' });
  });

  it('does not delete what it could not fetch', () => {
    const session = openPop3Client(
      pop3ClientConfig(USER, { tls: 'active', mechanisms: [] }),
      { known: [], after: 'delete', remove: [] },
      START,
    );
    const hear = (text: string): void => pop3ClientReceive(session, latin1(text), START);
    hear('+OK\r\n-ERR\r\n+OK\r\n+OK\r\n+OK 1 10\r\n+OK\r\n1 abc\r\n.\r\n+OK\r\n1 10\r\n.\r\n');
    hear('-ERR Message 1 expunged.\r\n+OK bye\r\n');
    expect(pop3ClientDrain(session).at(-2)).toEqual({ kind: 'done', removed: [], onServer: ['abc'] });
  });

  it('throws away what was said in clear behind the consent to STLS', () => {
    const session = openPop3Client(pop3ClientConfig(USER), { known: [], after: 'leave', remove: [] }, START);
    pop3ClientReceive(session, latin1('+OK\r\n+OK\r\nSTLS\r\n.\r\n+OK\r\n+OK evil\r\nUSER\r\n.\r\n'), START);
    pop3ClientSecured(session, true, START);
    expect(session).toMatchObject({ step: 'CAPA', input: '', capabilities: [], lines: undefined });
  });

  it('gives up a server that says nothing', () => {
    const session = openPop3Client(pop3ClientConfig(USER), { known: [], after: 'leave', remove: [] }, START);
    const at = pop3ClientWakeAt(session) ?? 0;
    pop3ClientWake(session, at - 1);
    expect(pop3ClientDrain(session)).toEqual([]);
    pop3ClientWake(session, at);
    expect(pop3ClientDrain(session)[0]).toMatchObject({ kind: 'failed', code: 'timeout' });
  });

  it('takes what recorded servers say, cut anywhere, without harm', () => {
    const folder = new URL('recordings/', import.meta.url);
    for (const name of readdirSync(folder)) {
      const lines = readFileSync(new URL(name, folder), 'utf8').split('\n');
      const said = lines.filter((line) => line.startsWith('S: ')).map((line) => `${line.slice(3)}\r\n`);
      const config = pop3ClientConfig(USER, { tls: 'off' });
      const session = openPop3Client(config, { known: [], after: 'delete', remove: [] }, START);
      for (const line of said) pop3ClientReceive(session, utf8(line), START);
      expect(said.length === 0 || session.step !== 'greeting' || session.closed, name).toBe(true);
    }
  });

  it('survives any bytes, bounded', () => {
    const pieces = fc.oneof(
      fc.constantFrom('+OK', '-ERR', '+OK 2 5', '1 abc', '2 def', '.', '+ ', 'STLS', 'SASL PLAIN', '..x'),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 60 }),
        fc.boolean(),
        fc.integer({ min: 1, max: 40 }),
        (lines, isClear, size) => {
          const config = pop3ClientConfig(USER, {
            tls: isClear ? 'off' : 'required',
            lineLimit: 100,
            messageLimit: 300,
          });
          const session = openPop3Client(config, { known: ['abc'], after: 'delete', remove: [] }, START);
          const all = utf8(lines.map((line) => `${line}\r\n`).join(''));
          for (let at = 0; at < all.length; at += size) {
            pop3ClientReceive(session, all.subarray(at, at + size), START);
            if (session.securing) pop3ClientSecured(session, true, START);
            expect(session.input.length).toBeLessThanOrEqual(300);
          }
          pop3ClientEnd(session);
          expect(session.closed).toBe(true);
          expect(pop3ClientDrain(session).filter((each) => each.kind === 'close')).toHaveLength(1);
        },
      ),
      cases(3000),
    );
  });
});
