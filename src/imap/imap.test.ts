import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../base/dates.ts';
import { checkStore } from '../mailbox/invariants.ts';
import { addUser, setFlags } from '../mailbox/store.ts';
import { conformancePath, logSuite } from '../testing/suite-log.ts';
import { imapAnswer, imapEnd, imapWakeAt } from './server.ts';
import { bodyStructure, mimeOf } from './structure.ts';
import { fromModifiedUtf7, toModifiedUtf7 } from '../mailbox/folder-name.ts';
import { parseArgs, parseSet, printSet, type Arg } from './syntax.ts';
import { type Client, deliverTo, folderOf, Lab, mailStore, USER } from './testing.ts';
import { cases } from '../testing/effort.ts';

describe('syntax', () => {
  it('names survive modified UTF-7, and there is one way to write each [S7-026]', () => {
    expect(toModifiedUtf7('Entwürfe')).toBe('Entw&APw-rfe');
    expect(toModifiedUtf7('A&B')).toBe('A&-B');
    expect(fromModifiedUtf7('~peter/mail/&U,BTFw-/&ZeVnLIqe-')).toBe('~peter/mail/台北/日本語');
    for (const wrong of ['&', 'a&APw', '&AP-', '&AGE-', '&*-', 'ü'])
      expect(fromModifiedUtf7(wrong)).toBeUndefined();
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 32, max: 0xffff }).map((n) => String.fromCharCode(n)) }),
        (name) => {
          fc.pre(!name.includes('\x7f'));
          expect(fromModifiedUtf7(toModifiedUtf7(name))).toBe(name);
        },
      ),
      cases(2000),
    );
  });

  it('reads atoms, quoted strings, literals and lists [S7-022]', () => {
    expect(parseArgs('a "b \\"c\\"" {3}\r\nd)e (f (g) ())')).toEqual({
      args: [
        { kind: 'atom', text: 'a' },
        { kind: 'string', text: 'b "c"', literal: false },
        { kind: 'string', text: 'd)e', literal: true },
        {
          kind: 'list',
          items: [
            { kind: 'atom', text: 'f' },
            { kind: 'list', items: [{ kind: 'atom', text: 'g' }] },
            { kind: 'list', items: [] },
          ],
        },
      ],
    });
    for (const wrong of [
      '(',
      ')',
      '"x',
      '{x}',
      '{3+}x',
      '\xfc',
      'a"b"',
      'a(b)',
      'a{1}',
      '"x\\',
      '('.repeat(200),
    ])
      expect(parseArgs(wrong)).toHaveProperty('error');
  });

  it('sets survive printing', () => {
    expect(parseSet('1,3:5,7:*')?.length).toBe(3);
    for (const wrong of ['', '0', '1,', '1:', 'a', '4294967296']) expect(parseSet(wrong)).toBeUndefined();
    expect(printSet([1, 2, 3, 7, 9, 10])).toBe('1:3,7,9:10');
  });

  const folder = conformancePath('imap/imap-codec-traces');
  it.skipIf(folder === null)(
    'understands every command of the imap-codec traces [S7-022] [S7-027] [S7-028]',
    () => {
      let ran = 0;
      for (const file of readdirSync(folder ?? '').filter((name) => name.endsWith('.txt'))) {
        for (const line of readFileSync(`${folder ?? ''}/${file}`, 'utf8').split(/\r?\n/)) {
          const command = /^C: (.*)$/.exec(line)?.[1];
          if (command === undefined) continue;
          const before = / (STARTTLS|LOGIN) ?/.test(command);
          const client = before ? new Lab(mailStore(300)).open() : new Lab(mailStore(300)).open().select();
          const answer = client.lines(command).join('\n');
          const tag = command.split(' ')[0] ?? '';
          expect(answer, command).not.toContain(' BAD ');
          if (!command.includes('LOGIN')) expect(answer, command).toContain(`${tag} `);
          ran++;
        }
      }
      expect(ran).toBeGreaterThan(50);
      logSuite('imap-codec-traces', ran);
    },
  );
});

describe('IMAP', () => {
  it('knows INBOX, and what a learner types wrong [S7-021] [S7-036]', () => {
    const client = new Lab(mailStore()).open();
    client.read();
    expect(client.lines('hello')).toEqual(['hello BAD Error in IMAP command received by server.']);
    client.login();
    expect(client.lines('FETCH 1 FLAGS')).toEqual(['FETCH BAD Error in IMAP command 1: Unknown command']);
    expect(client.lines(' NOOP')).toEqual(['* BAD Error in IMAP tag: Invalid tag']);
    expect(client.lines('a FETCH 1 FLAGS')).toEqual(['a BAD No mailbox selected']);
    client.select();
    expect(client.lines('b FETCH 9 FLAGS')).toEqual([
      'b BAD Error in IMAP command FETCH: Invalid messageset',
    ]);
    expect(client.lines('c FETCH 1 FOO')).toEqual([
      'c BAD Error in IMAP command FETCH: Unknown parameter: FOO',
    ]);
    expect(client.lines('d UID FETCH 99 FLAGS')).toEqual(['d OK Fetch completed']);
    expect(client.lines('e UID FETCH * UID')).toEqual(['* 3 FETCH (UID 3)', 'e OK Fetch completed']);
  });

  it('loses patience at the 20th bad command after login [S7-022]', () => {
    const client = new Lab(mailStore()).open().login();
    client.say('x FOO\r\n'.repeat(19));
    expect(client.closed).toBe(false);
    expect(client.lines('x FOO').at(-1)).toBe('* BYE Too many invalid IMAP commands.');
    expect(client.closed).toBe(true);
  });

  it('throws away what came in clear behind STARTTLS [S7-023]', () => {
    const client = new Lab(mailStore()).open({ cleartext: false });
    client.read();
    expect(client.say('a STARTTLS\r\nb LOGIN bob geheim\r\n')).toBe('a OK Begin TLS negotiation now.\r\n');
    imapAnswer(client.session, client.lab.store, client.tls ?? 0, { kind: 'tls', ok: true }, client.lab.now);
    expect(client.read()).toBe('');
    expect(client.lines('c CAPABILITY')[0]).toContain('AUTH=PLAIN');
  });

  it('becomes IMAP4rev2 by ENABLE, and only then [S7-026]', () => {
    const client = new Lab(mailStore()).open({ version: '2.4' }).login();
    client.lines('a CREATE Entw&APw-rfe');
    expect(client.lines('b ENABLE IMAP4rev2')[0]).toBe('* ENABLED IMAP4rev2');
    const selected = client.lines('c SELECT INBOX').join('\n');
    expect(selected).not.toMatch(/RECENT|UNSEEN|\\Recent/);
    expect(client.lines('d SEARCH ALL')).toEqual(['* ESEARCH (TAG "d") ALL 1:3', 'd OK Search completed']);
    expect(client.lines('e LIST "" Ent*')[0]).toBe('* LIST (\\HasNoChildren) "/" {9}');
  });

  it('takes APPEND in literals of every kind, and skips one that is refused [S7-022] [S7-029]', () => {
    const client = new Lab(mailStore()).open().select();
    expect(client.lines('a APPEND INBOX (\\Seen $Forwarded) " 1-Nov-2026 10:00:00 +0100" {5}')).toEqual([
      '+ OK',
    ]);
    expect(client.say('x: y\r')).toBe('');
    expect(client.lines('')).toContain('* 4 EXISTS');
    expect(client.lines('b APPEND Nirgends {7+}\r\nz NOOP\r\nc NOOP'.replace('z NOOP', 'z NOOP1'))).toEqual([
      "b NO [TRYCREATE] Mailbox doesn't exist: Nirgends",
      'c OK NOOP completed',
    ]);
    expect(client.lines('d APPEND INBOX "gestern" {1+}\r\nx')[0]).toContain('Invalid internal date');
    expect(client.lines('e FOO {3}')).toEqual(['e BAD Error in IMAP command FOO: Unknown command']);
    expect(checkStore(client.lab.store)).toEqual([]);
  });

  it('refuses what passes the quota, but moves within it [S7-033]', () => {
    const store = mailStore();
    addUser(store, USER, { bytes: 100 });
    const client = new Lab(store).open().select();
    expect(client.lines('a COPY 1:3 Trash')).toEqual([
      'a NO [OVERQUOTA] Quota exceeded (mailbox for user is full)',
    ]);
    const lines = client.lines('b UID MOVE 2 Trash');
    expect(lines[0]).toMatch(/^\* OK \[COPYUID \d+ 2 1\] Moved UIDs\.$/);
    expect(lines.slice(1)).toEqual(['* 2 EXPUNGE', '* 2 RECENT', 'b OK Move completed']);
  });

  it('gives UIDVALIDITY anew and renames what lies below [S7-034]', () => {
    const client = new Lab(mailStore()).open().login();
    client.lines('a CREATE x/y/z');
    expect(client.lines('b RENAME x w')).toEqual(['b OK Rename completed']);
    expect(client.lines('c LIST "" w*')).toEqual([
      '* LIST (\\Noselect \\HasChildren) "/" w',
      '* LIST (\\Noselect \\HasChildren) "/" w/y',
      '* LIST (\\HasNoChildren) "/" w/y/z',
      'c OK List completed',
    ]);
    const one = client.lines('d STATUS w/y/z (UIDVALIDITY)')[0];
    client.lines('e DELETE w/y/z');
    client.lines('f CREATE w/y/z');
    expect(client.lines('g STATUS w/y/z (UIDVALIDITY)')[0]).not.toBe(one);
  });

  it('matches wildcards in time that grows with the pattern only [S7-032]', () => {
    const client = new Lab(mailStore()).open().login();
    client.lines(`a CREATE ${'a'.repeat(200)}`);
    client.lines('b CREATE x/y');
    const found = (pattern: string): string[] =>
      client.lines(`c LIST "" "${pattern}"`).flatMap((each) => / "\/" (.*)$/.exec(each)?.[1] ?? []);
    expect(found(`${'*a'.repeat(100)}*b`)).toEqual([]);
    expect(found(`${'%a'.repeat(100)}%`)).toEqual(['a'.repeat(200)]);
    expect(found('x%')).toEqual(['x']);
    expect(found('x*')).toEqual(['x', 'x/y']);
    expect(found('%/%')).toEqual(['x/y']);
    expect(found('iNbOx')).toEqual(['INBOX']);
    expect(found('%n%')).toEqual(['Junk', 'Sent', 'INBOX']);
  });

  it('says goodbye when the selected mailbox is deleted elsewhere [S7-030]', () => {
    const lab = new Lab(mailStore());
    const [one, other] = [lab.open().login(), lab.open().login()];
    one.lines('a CREATE x');
    one.lines('b SELECT x');
    other.lines('c DELETE x');
    expect(one.lines('d NOOP')).toEqual(['* BYE IMAP session state is inconsistent, please relogin.']);
    expect(one.closed).toBe(true);
  });

  it('idles: tells of new mail, keeps the line warm, ends on DONE, leaves after half an hour [S7-031]', () => {
    const lab = new Lab(mailStore(1));
    const client = lab.open().select();
    expect(client.lines('a IDLE')).toEqual(['+ idling']);
    deliverTo(lab.store, 'Subject: neu\r\n\r\n');
    lab.notice();
    expect(client.wait(1)).toBe('* 2 EXISTS\r\n* 2 RECENT\r\n');
    expect(client.wait(2 * MINUTE)).toBe('* OK Still here\r\n');
    expect(client.lines('done')).toEqual(['a OK Idle completed']);
    client.lines('b IDLE');
    expect(client.wait(31 * MINUTE)).toMatch(
      /(\* OK Still here\r\n)+\* BYE Disconnected for inactivity\.\r\n$/,
    );
  });

  it('finds changes since a mod-sequence, and stores only what is unchanged', () => {
    const client = new Lab(mailStore()).open().select();
    const highest = folderOf(client.lab.store).highestModSeq;
    client.lines('a ENABLE CONDSTORE');
    client.lines('b STORE 2 +FLAGS.SILENT (\\Flagged)');
    expect(client.lines(`c FETCH 1:* (UID) (CHANGEDSINCE ${highest})`)[0]).toBe(
      `* 2 FETCH (UID 2 MODSEQ (${highest + 1}))`,
    );
    expect(client.lines(`d STORE 1:2 (UNCHANGEDSINCE ${highest}) +FLAGS (\\Seen)`).at(-1)).toBe(
      'd OK [MODIFIED 2] Conditional store failed',
    );
    expect(client.lines(`e SEARCH MODSEQ ${highest + 1}`)[0]).toBe(`* SEARCH 1 2 (MODSEQ ${highest + 2})`);
  });

  it('searches with all keys in any nesting [S7-028]', () => {
    const client = new Lab(mailStore(4)).open().select();
    client.lines('a STORE 2 +FLAGS (\\Flagged $Work)');
    const found = (keys: string): string | undefined =>
      client.lines(`s SEARCH ${keys}`).find((each) => each.startsWith('* SEARCH'));
    expect(found('OR FLAGGED (SUBJECT m3 NOT DELETED)')).toBe('* SEARCH 2 3');
    expect(found('NOT OR 1 UID 2')).toBe('* SEARCH 3 4');
    expect(found('KEYWORD $work')).toBe('* SEARCH 2');
    expect(found('SINCE 23-Nov-2026 BEFORE 24-Nov-2026 SMALLER 1000 LARGER 1')).toBe('* SEARCH 1 2 3 4');
    expect(found('ON 22-Nov-2026')).toBe('* SEARCH');
    expect(found('BODY "TEXT 4"')).toBe('* SEARCH 4');
    expect(found('YOUNGER 60')).toBe('* SEARCH 1 2 3 4');
    expect(client.lines('b SEARCH RETURN (SAVE) FLAGGED')).toEqual(['b OK Search completed']);
    expect(client.lines('c SEARCH NOT $')[0]).toBe('* SEARCH 1 3 4');
  });
});

/** A client that knows only what it is told. */
class Model {
  uids: (number | undefined)[] = [];
  take(text: string, numbersStand: boolean): void {
    for (const line of text.split('\r\n')) {
      const match = /^\* (\d+) (EXISTS|EXPUNGE|FETCH)(?:.*\(UID (\d+))?/.exec(line);
      if (match === null) continue;
      const number = Number(match[1]);
      if (match[2] === 'EXISTS') {
        expect(number).toBeGreaterThanOrEqual(this.uids.length);
        while (this.uids.length < number) this.uids.push(undefined);
      } else {
        expect(number).toBeLessThanOrEqual(this.uids.length);
        if (match[2] === 'EXPUNGE') {
          expect(numbersStand).toBe(false);
          this.uids.splice(number - 1, 1);
        } else if (match[3] !== undefined) {
          const known = this.uids[number - 1];
          if (known !== undefined) expect(Number(match[3])).toBe(known);
          this.uids[number - 1] = Number(match[3]);
        }
      }
    }
  }
}

describe('several sessions on one mailbox', () => {
  const COMMANDS = [
    'NOOP',
    'FETCH 1:* (UID FLAGS)',
    'UID FETCH 1:* FLAGS',
    'STORE 1:2 +FLAGS (\\Deleted)',
    'STORE 2 +FLAGS.SILENT (\\Seen)',
    'UID STORE 3:5 FLAGS (\\Deleted)',
    'EXPUNGE',
    'UID EXPUNGE 1:4',
    'SEARCH ALL',
    'FETCH 1 BODY[TEXT]',
    'APPEND INBOX {5+}\r\na: b\n',
    'COPY 1 INBOX',
    'MOVE 1 Trash',
    'UID MOVE 2 INBOX',
    'SORT (SUBJECT) UTF-8 ALL',
    'CHECK',
    'IDLE',
  ];

  it('never disagree about numbers, whatever they do in whatever order [S7-030]', () => {
    const step = fc.record({ who: fc.nat(2), what: fc.constantFrom(...COMMANDS), clone: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const lab = new Lab(mailStore(4));
        const clients = [lab.open(), lab.open(), lab.open()];
        const models = clients.map(() => new Model());
        clients.forEach((client, index) =>
          models[index]?.take(client.login().say('b SELECT INBOX\r\n'), true),
        );
        const say = (who: number, what: string): void => {
          const client = clients[who];
          const stands = /^(FETCH|STORE|SEARCH|SORT)/.test(what);
          models[who]?.take(client?.say(`x ${what}\r\n`) ?? '', stands);
        };
        for (const { who, what, clone } of steps) {
          const client = clients[who];
          if (client === undefined) continue;
          if (clone) client.session = structuredClone(client.session);
          if (client.session.continuation !== undefined)
            models[who]?.take(client.wait(0) + client.say('DONE\r\n'), false);
          say(who, what);
          expect(checkStore(lab.store)).toEqual([]);
        }
        for (const [who, client] of clients.entries()) {
          if (client.session.continuation !== undefined)
            models[who]?.take(client.wait(0) + client.say('DONE\r\n'), false);
          say(who, 'NOOP');
          say(who, 'FETCH 1:* (UID)');
          expect(models[who]?.uids).toEqual(folderOf(lab.store).messages.map((each) => each.uid));
        }
        const recents = clients.flatMap(
          (client) =>
            client.session.view?.messages.filter((each) => each.recent).map((each) => each.uid) ?? [],
        );
        expect(new Set(recents).size).toBe(recents.length);
      }),
      cases(200),
    );
  });

  it('tells a flag change once, and not to the one who made it in silence [S7-029] [S7-030]', () => {
    const lab = new Lab(mailStore());
    const [one, other] = [lab.open().select(), lab.open().select()];
    expect(one.lines('a STORE 1 +FLAGS.SILENT (\\Seen)')).toEqual(['a OK Store completed']);
    expect(other.lines('b NOOP')).toEqual(['* 1 FETCH (FLAGS (\\Seen))', 'b OK NOOP completed']);
    expect(other.lines('c NOOP')).toEqual(['c OK NOOP completed']);
    const message = folderOf(lab.store).messages[1];
    if (message !== undefined) setFlags(folderOf(lab.store), message, ['\\Answered']);
    lab.notice();
    expect(one.lines('d NOOP')[0]).toBe('* 2 FETCH (FLAGS (\\Answered \\Recent))');
  });
});

/** A tree of parts and the message it makes. */
type Tree =
  | { readonly type: string; readonly text: string }
  | { readonly subtype: string; readonly parts: readonly Tree[] };

let boundaries = 0;
function write(tree: Tree): string {
  if ('type' in tree) return `Content-Type: ${tree.type}\r\n\r\n${tree.text}`;
  const mark = `b${boundaries++}`;
  const parts = tree.parts.map((part) => `--${mark}\r\n${write(part)}\r\n`).join('');
  return `Content-Type: multipart/${tree.subtype}; boundary=${mark}\r\n\r\n${parts}--${mark}--\r\n`;
}

/** Leaves of a printed structure: type, size, lines for text. */
function leaves(arg: Arg | undefined): string[] {
  if (arg?.kind !== 'list') return [];
  const rest = arg.items.findIndex((each) => each.kind !== 'list');
  if (rest > 0) return arg.items.slice(0, rest).flatMap(leaves);
  const word = (index: number): string => {
    const item = arg.items[index];
    return item === undefined || item.kind === 'list' ? '' : item.text;
  };
  return [`${word(0)}/${word(1)} ${word(6)}`];
}

describe('BODYSTRUCTURE', () => {
  it('is the tree that was written, and the one postal-mime reads [S7-027]', async () => {
    const { tree } = fc.letrec<{ tree: Tree; leaf: Tree; node: Tree }>((tie) => ({
      tree: fc.oneof({ maxDepth: 3, depthSize: 'small' }, tie('leaf'), tie('node')),
      leaf: fc.record({
        type: fc.constantFrom('text/plain', 'text/html', 'application/pdf', 'image/png'),
        text: fc.constantFrom('x', 'zwei\r\nZeilen', 'a\r\n\r\nb'),
      }),
      node: fc.record({
        subtype: fc.constantFrom('mixed', 'alternative', 'related'),
        parts: fc.array(tie('tree'), { minLength: 1, maxLength: 3 }),
      }),
    }));
    const flat = (each: Tree): string[] =>
      'type' in each ? [`${each.type} ${each.text.length}`] : each.parts.flatMap(flat);
    for (const sample of fc.sample(tree, { numRuns: 120, seed: 7 })) {
      const raw = `Subject: x\r\nMIME-Version: 1.0\r\n${write(sample)}`;
      const parsed = parseArgs(bodyStructure(raw, mimeOf(raw), true));
      if ('error' in parsed) throw new Error(parsed.error);
      const ours = leaves(parsed.args[0]);
      expect(ours).toEqual(flat(sample));
      const mail = await PostalMime.parse(raw);
      const attached = mail.attachments
        .map((each) => each.mimeType)
        .filter((each) => !each.startsWith('text/'));
      const wanted = ours.map((each) => each.split(' ')[0] ?? '').filter((each) => !each.startsWith('text/'));
      expect(attached.toSorted()).toEqual(wanted.toSorted());
    }
  });
});

describe('IMAP under fuzz', () => {
  const words = [
    'a LOGIN bob geheim',
    'b SELECT INBOX',
    'c EXAMINE Trash',
    'd FETCH 1:* (FLAGS BODY[])',
    'e FETCH 1 BODY.PEEK[1.2.HEADER]<3.4>',
    'f STORE 1:* +FLAGS (\\Deleted x)',
    'g EXPUNGE',
    'h SEARCH OR (1:2) NOT $',
    'i LIST "" *',
    'j LIST (SUBSCRIBED) "" (a b) RETURN (STATUS (MESSAGES))',
    'k APPEND INBOX {3+}',
    'l APPEND INBOX {3}',
    'm AUTHENTICATE PLAIN',
    'AGJvYgBnZWhlaW0=',
    '*',
    'n IDLE',
    'DONE',
    'o LOGOUT',
    'p STARTTLS',
    'q THREAD REFERENCES UTF-8 ALL',
    'r SORT (REVERSE DATE FROM) UTF-8 ALL',
    's COPY 1:* INBOX',
    't MOVE 1 Sent',
    'u CREATE a/b',
    'v DELETE a/b',
    'w RENAME a c',
    'x STATUS INBOX (MESSAGES SIZE)',
    'y UID FETCH 1:* (UID BODYSTRUCTURE ENVELOPE PREVIEW MODSEQ)',
    'z CLOSE',
    'aa ID NIL',
    'ab (',
    'ac "',
    '',
  ];
  const line = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...words).map((word) => `${word}\r\n`) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '\n',
        'x {9}\r\n',
        '{2}',
        'ad FETCH 1 (',
        '\0',
        `ae ${'y'.repeat(9000)}\r\n`,
      ),
    },
  );

  it('never throws, stays plain data, and answers the same however the bytes are cut [S7-022]', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(line, { maxLength: 12 }), fc.nat(9), (loggedIn, lines, cut) => {
        const text = lines.join('');
        const play = (size: number): { out: string; client: Client } => {
          const client = new Lab(mailStore(2)).open();
          if (loggedIn) client.select();
          let out = client.read();
          for (let at = 0; at < text.length; at += size) out += client.say(text.slice(at, at + size));
          client.session = structuredClone(client.session);
          return { out, client };
        };
        const one = play(text.length + 1);
        const other = play(cut + 1);
        // Bytes behind STARTTLS count or not, depending on when they come.
        if (one.client.tls === undefined && other.client.tls === undefined) expect(other.out).toBe(one.out);
        expect(checkStore(one.client.lab.store)).toEqual([]);
        imapEnd(one.client.session, one.client.lab.now);
        expect(imapWakeAt(one.client.session)).toBeUndefined();
        expect(one.client.session.partial.length + one.client.session.input.length).toBe(0);
      }),
      cases(1500),
    );
  });
});
