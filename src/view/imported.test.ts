// Messages out of files in a world: stored whole or not at all, seen by IMAP and by the page, told apart from deliveries.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import '../host/access-services.ts';
import type { WorldDescription } from '../world/description.ts';
import { fileURLToPath } from 'node:url';
import { readSharedWorlds } from '../build/lessons.ts';
import type { EventOf } from '../host/events.ts';
import type { MdaState } from '../host/mda/config.ts';
import { IMPORT_LIMITS } from '../host/mda/import.ts';
import { checkStore } from '../mailbox/invariants.ts';
import { rawOf } from '../mailbox/store.ts';
import { cases, patience } from '../testing/effort.ts';
import type { Command } from '../world/command.ts';
import { checkTrace } from '../world/invariants.ts';
import { apply, openWorld, replay, trace, type World } from '../world/world.ts';
import { follow, openJournal, worldView, type Journal } from './journal.ts';
import { exportMailbox, mailFileView } from './mail-files.ts';
import { mailboxViews } from './mailboxes.ts';
import { messageDetail } from './message-detail.ts';
import { why } from './why.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const sandbox = worlds['sandbox'] as unknown as WorldDescription;
const MBOX = 'mbox.hafen.example';
const raw = (n: number): string => `From: Ana <ana@red.example>\r\nSubject: number ${n}\r\n\r\nText ${n}\r\n`;
const bring = (messages: Extract<Command, { type: 'import' }>['messages']): Command => ({
  type: 'import',
  host: MBOX,
  user: 'bob',
  file: 'old.mbox',
  messages,
});
const open = (): World => openWorld(sandbox, 'sandbox');

function storeOf(world: World): MdaState['store'] {
  const program = [...(world.machine.state.hosts.get(MBOX)?.programs.values() ?? [])].find(
    ({ kind }) => kind === 'mda',
  );
  return (program?.state as MdaState).store;
}

function fold(world: World): Journal {
  const journal = openJournal(world.description, trace(world), world.machine.kept);
  follow(journal);
  return journal;
}

const folders = (journal: Journal, seq = journal.seq): Record<string, readonly string[]> =>
  Object.fromEntries(
    mailboxViews(journal.owners, journal.entries, journal.folders, seq)
      .filter(({ host, user }) => host === MBOX && user === 'bob')
      .flatMap((box) => box.folders.map((one) => [one.name, one.messages.map(({ subject }) => subject)])),
  );

describe('imported messages', () => {
  it('lie in the store and on the page, with flags, dates and folders of their own', () => {
    const world = open();
    const at = 1_500_000_000_000;
    expect(
      apply(
        world,
        bring([
          { folder: 'INBOX', raw: raw(1), flags: ['\\Seen', '$Label'], at },
          { folder: 'inbox', raw: raw(2) },
          { folder: 'Lists/work', raw: raw(3) },
        ]),
      ),
    ).toBeUndefined();
    const user = storeOf(world).users.get('bob');
    expect(
      user?.folders.map((one) => [one.name, one.messages.map((m) => rawOf(storeOf(world), m))]),
    ).toContainEqual(['Lists/work', [raw(3)]]);
    expect(user?.folders[0]?.messages.map(({ internalDate, flags }) => [internalDate, flags])).toEqual([
      [at, ['$Label', '\\Seen']],
      [world.machine.state.net.now, []],
    ]);
    expect(checkStore(storeOf(world))).toEqual([]);
    expect(checkTrace(trace(world))).toEqual([]);
    const journal = fold(world);
    expect(folders(journal)).toMatchObject({ INBOX: ['number 2', 'number 1'], 'Lists/work': ['number 3'] });
    const imported = trace(world).filter(
      (one): one is EventOf<'mailbox.imported'> => one.type === 'mailbox.imported',
    );
    expect(imported.map(({ folder, messages }) => [folder, messages.length])).toEqual([
      ['INBOX', 2],
      ['Lists/work', 1],
    ]);
    expect(folders(journal, (imported[0]?.seq ?? 0) - 1)).toEqual({ INBOX: [], Junk: [] });
    const box = mailboxViews(journal.owners, journal.entries, journal.folders, journal.seq).find(
      ({ user: who }) => who === 'bob',
    );
    const first = box?.folders[0]?.messages.at(-1);
    expect(first).toMatchObject({ from: 'Ana', seen: true, at });
    expect(messageDetail(journal, first?.id ?? '')).toMatchObject({
      raw: raw(1),
      envelopes: [],
      folder: 'INBOX',
    });
    expect(why(journal, { kind: 'message', id: first?.id ?? '' })?.plain).toEqual([
      { key: 'why.mailbox.imported', params: { n: 2, file: 'old.mbox' } },
    ]);
    expect(worldView(journal).messages).toEqual([]);
  });

  it('are there for IMAP at once, and keep their identity when they are moved', () => {
    const world = open();
    apply(world, bring([{ folder: 'INBOX', raw: raw(1) }]));
    const before = fold(world);
    const id = before.entries[0]?.id ?? '';
    const say = (text: string): void =>
      void apply(world, { type: 'line', terminal: 'laptop.home.example#1', text });
    say(`openssl s_client -connect ${MBOX}:993 -crlf`);
    say('a LOGIN bob leuchtturm');
    say('b SELECT INBOX');
    say('c MOVE 1 Trash');
    const journal = fold(world);
    expect(folders(journal)).toMatchObject({ INBOX: [], Trash: ['number 1'] });
    expect(messageDetail(journal, id)?.folder).toBe('Trash');
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('are refused whole, with the reason, when they do not fit', () => {
    const world = open();
    const length = trace(world).length;
    const refused = (command: Command): unknown => apply(world, command);
    expect(refused({ ...bring([{ folder: 'INBOX', raw: raw(1) }]), user: 'nobody' } as Command)).toEqual({
      id: 'noSuchMailbox',
      user: 'nobody',
    });
    expect(
      refused({ ...bring([{ folder: 'INBOX', raw: raw(1) }]), host: 'laptop.home.example' } as Command),
    ).toEqual({ id: 'noSuchMailbox', user: 'bob' });
    expect(refused(bring([]))).toEqual({ id: 'importEmpty' });
    expect(refused(bring([{ folder: 'a.b', raw: raw(1) }]))).toEqual({ id: 'importFolder', folder: 'a.b' });
    const many = Array.from({ length: IMPORT_LIMITS.messages + 1 }, (_, n) => ({
      folder: 'INBOX',
      raw: raw(n),
    }));
    expect(refused(bring(many))).toEqual({ id: 'importTooMany', n: 1001, limit: 1000 });
    const big = { folder: 'INBOX', raw: `A: b\r\n\r\n${'x'.repeat(6_000_000)}` };
    expect(refused(bring([big, big]))).toMatchObject({ id: 'importTooBig', limit: 10_000_000 });
    expect(trace(world)).toHaveLength(length);
    for (let n = 0; n < 3; n++) expect(refused(bring([big]))).toBeUndefined();
    expect(refused(bring([big]))).toMatchObject({ id: 'importTooBig', limit: 20_000_000 });
  });

  it('come with the tape: a replay gives the same trace', () => {
    const world = open();
    apply(
      world,
      bring([
        { folder: 'INBOX', raw: raw(1) },
        { folder: 'Lists/ä', raw: raw(2), flags: ['\\Flagged'], at: 5 },
      ]),
    );
    const again = replay(sandbox, 'sandbox', world.seed, structuredClone(world.tape));
    expect(again.refused).toBe(0);
    expect(again.world.machine.trace).toEqual(trace(world));
  });

  it('go out again as they came in, by every way', () => {
    const world = open();
    const messages = [
      {
        folder: 'INBOX',
        raw: raw(1).replace('Text', 'From here\r\n>From'),
        flags: ['\\Flagged', '\\Seen'],
        at: 1_500_000_000_000,
      },
      { folder: 'Lists/wörk', raw: raw(2), flags: [], at: 1_500_000_001_000 },
    ];
    apply(world, bring(messages));
    const journal = fold(world);
    for (const kind of ['mbox', 'maildir', 'eml'] as const) {
      const file = exportMailbox(journal, { host: MBOX, user: 'bob', kind });
      const read = mailFileView(file?.bytes ?? new Uint8Array());
      expect(file).toMatchObject({ name: 'bob.zip', messages: 2 });
      expect(read.problems).toEqual([]);
      expect(read.messages.map(({ raw: text }) => text).toSorted()).toEqual(
        messages.map(({ raw: text }) => text).toSorted(),
      );
      if (kind !== 'eml')
        expect(read.messages.find(({ subject }) => subject === 'number 1')).toMatchObject({
          flags: ['\\Flagged', '\\Seen'],
          at: 1_500_000_000_000,
        });
      if (kind === 'maildir')
        expect(read.messages.map(({ folder }) => folder)).toEqual(['INBOX', 'Lists/wörk']);
    }
    const one = exportMailbox(journal, { host: MBOX, user: 'bob', folder: 'Lists/wörk', kind: 'mbox' });
    expect([one?.name, one?.messages]).toEqual(['bob-Lists-wörk.mbox', 1]);
    expect(exportMailbox(journal, { host: MBOX, user: 'bob', folder: 'none', kind: 'mbox' })).toBeUndefined();
    expect(exportMailbox(journal, { host: MBOX, user: 'nobody', kind: 'mbox' })).toBeUndefined();
    const early = exportMailbox(journal, { host: MBOX, user: 'bob', kind: 'eml', seq: 1 });
    expect(early?.messages).toBe(0);
  });

  it('nothing is lost, whatever is brought in whatever order', { timeout: patience() }, () => {
    const message = fc.record({
      folder: fc.constantFrom('INBOX', 'Inbox', 'Junk', 'New', 'New/er', 'bad.name', '/', ''),
      raw: fc.constantFrom(raw(1), raw(2), '', 'no header', 'A: b'),
      flags: fc.subarray(['\\Seen', '\\Recent', 'x', '\\seen']),
      at: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(message, { maxLength: 4 }), { maxLength: 5 }), (imports) => {
        const world = open();
        let expected = 0;
        for (const messages of imports) {
          const command = bring(
            messages.map(({ at, ...rest }) => (at === undefined ? rest : { ...rest, at })),
          );
          if (apply(world, command) === undefined) expected += messages.length;
        }
        const store = storeOf(world);
        expect(checkStore(store)).toEqual([]);
        expect(checkTrace(trace(world))).toEqual([]);
        const kept = store.users.get('bob')?.folders.flatMap(({ messages }) => messages).length;
        expect(kept).toBe(expected);
        expect(Object.values(folders(fold(world))).flat()).toHaveLength(expected);
      }),
      cases(60),
    );
  });
});
