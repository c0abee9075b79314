import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { timeOf } from '../base/dates.ts';
import { parseMessage } from '../message/header.ts';
import { resolveAddress } from './addresses.ts';
import type { AddressTable } from './addresses.ts';
import { withDeliveryHeader } from './delivery-header.ts';
import { checkStore } from './invariants.ts';
import * as store from './store.ts';
import { cases } from '../testing/effort.ts';

const now = timeOf(2026, 11, 23, 9, 0, 0);
const raw = 'Subject: x\r\n\r\nHallo\r\n';
const message = (text = raw): store.NewMessage => ({ raw: text, hash: `h:${text}`, internalDate: now });

function folderOf(user: store.MailUser, name: string): store.Folder {
  const folder = store.findFolder(user, name);
  if (folder === undefined) throw new Error(`no folder ${name}`);
  return folder;
}

describe('store', () => {
  it('gives a user the usual folders with their use [S5-007]', () => {
    const mail = store.createStore('mx.hafen.example', now);
    const bob = store.addUser(mail, 'bob@hafen.example');
    expect(bob.folders.map((f) => [f.name, f.specialUse])).toEqual([
      ['INBOX', undefined],
      ['Junk', '\\Junk'],
      ['Sent', '\\Sent'],
      ['Drafts', '\\Drafts'],
      ['Trash', '\\Trash'],
    ]);
    expect(store.findFolder(bob, 'inbox')?.name).toBe('INBOX');
  });

  it('refuses what passes the quota, to the byte [S5-014]', () => {
    const mail = store.createStore('mx', now);
    const user = store.addUser(mail, 'voll@x', { bytes: raw.length * 2 });
    const inbox = folderOf(user, 'INBOX');
    expect(store.deliver(mail, user, inbox, message()).kind).toBe('saved');
    expect(store.deliver(mail, user, inbox, message(`${raw}x`))).toEqual({
      kind: 'over-quota',
      user: 'voll@x',
      limit: 'bytes',
      usage: { bytes: raw.length, messages: 1 },
      allowed: raw.length * 2,
    });
    expect(store.deliver(mail, user, inbox, message()).kind).toBe('saved');
    store.addUser(mail, 'voll@x', { messages: 2 });
    expect(store.deliver(mail, user, inbox, message())).toMatchObject({
      kind: 'over-quota',
      limit: 'messages',
    });
    expect(checkStore(mail)).toEqual([]);
  });

  it('names messages as Maildir does, the same in every run [S5-006]', () => {
    const names = [1, 2].map(() => {
      const mail = store.createStore('mx.hafen.example', now);
      const user = store.addUser(mail, 'bob@x');
      return store.append(mail, folderOf(user, 'INBOX'), message()).uniqueName;
    });
    expect(names[0]).toBe(`${now / 1000}.M0P1000001.mx,S=18,W=21`);
    expect(names[1]).toBe(names[0]);
    expect(
      store.maildirInfo(store.normalFlags(['\\seen', '\\FLAGGED', '\\Recent', '\\Seen', '$Label'])),
    ).toBe(':2,FS');
  });

  it('keeps one copy of bytes and forgets them with their last holder', () => {
    const mail = store.createStore('mx', now);
    const user = store.addUser(mail, 'bob@x');
    const inbox = folderOf(user, 'INBOX');
    const first = store.append(mail, inbox, message());
    const moved = store.moveMessage(mail, inbox, folderOf(user, 'Trash'), first);
    expect(mail.blobs.size).toBe(1);
    expect(store.rawOf(mail, moved)).toBe(raw);
    store.expunge(mail, folderOf(user, 'Trash'), () => true);
    expect(mail.blobs.size).toBe(0);
  });

  it('holds its invariants through any history, survives a clone, and never reuses a UID', () => {
    const step = fc.record({
      what: fc.constantFrom('deliver', 'copy', 'move', 'expunge', 'flag', 'create', 'delete', 'clone'),
      user: fc.nat(2),
      folder: fc.nat(6),
      pick: fc.nat(5),
      text: fc.constantFrom('a\r\n', 'b\r\n\r\n', raw),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let mail = store.createStore('mx', now);
        for (const name of ['a@x', 'b@x', 'c@x']) store.addUser(mail, name, { bytes: 100 });
        const seen = new Set<string>();
        for (const s of steps) {
          const user = [...mail.users.values()][s.user];
          const folder = user?.folders[s.folder % user.folders.length];
          if (user === undefined || folder === undefined) continue;
          const target = folder.messages[s.pick % Math.max(1, folder.messages.length)];
          let made: store.StoredMessage | undefined;
          let into = folder;
          if (s.what === 'deliver') {
            const result = store.deliver(mail, user, folder, message(s.text));
            if (result.kind === 'saved') made = result.message;
          } else if (s.what === 'create') store.createFolder(mail, user, `new${s.pick}`);
          else if (s.what === 'delete') store.deleteFolder(mail, user, folder.name);
          else if (s.what === 'clone') mail = structuredClone(mail);
          else if (s.what === 'expunge') store.expunge(mail, folder, (m) => m.uid % 2 === s.pick % 2);
          else if (target !== undefined && s.what === 'flag') store.setFlags(folder, target, ['\\Seen']);
          else if (target !== undefined && s.what === 'copy') {
            into = folderOf(user, 'INBOX');
            made = store.copyMessage(mail, into, target);
          } else if (target !== undefined && s.what === 'move' && folder.name !== 'Trash') {
            const trash = store.findFolder(user, 'Trash');
            if (trash !== undefined) {
              into = trash;
              made = store.moveMessage(mail, folder, trash, target);
            }
          }
          if (made !== undefined) {
            const key = `${into.uidValidity} ${made.uid}`;
            expect(seen.has(key)).toBe(false);
            seen.add(key);
          }
          expect(checkStore(mail)).toEqual([]);
        }
      }),
      cases(500),
    );
  });

  it('the checker sees what is broken', () => {
    const mail = store.createStore('mx', now);
    const user = store.addUser(mail, 'a@x');
    const inbox = folderOf(user, 'INBOX');
    store.append(mail, inbox, message());
    mail.blobs.clear();
    expect(checkStore(mail).join()).toContain('bytes of UID 1 are missing');
    inbox.messages.length = 0;
    mail.blobs.set('stray', '');
    expect(checkStore(mail).join()).toContain('belong to no message');
  });
});

describe('addresses', () => {
  const table: AddressTable = {
    domains: ['hafen.example'],
    mailboxes: ['bob@hafen.example', 'anna@hafen.example'],
    aliases: {
      'team@hafen.example': ['bob@hafen.example', 'Anna@hafen.example', 'x@fern.example'],
      'loop@hafen.example': ['loop2@hafen.example'],
      'loop2@hafen.example': ['loop@hafen.example'],
    },
    delimiter: '+',
    roleMailbox: 'anna@hafen.example',
  };
  const users = (t: AddressTable, path: string): unknown => {
    const found = resolveAddress(t, path);
    return found.kind === 'local'
      ? found.deliveries.map((d) => (d.detail === undefined ? d.user : `${d.user}/${d.detail}`))
      : found.kind;
  };

  it('ignores case, knows plus addresses and keeps unknown bases unknown [S5-003]', () => {
    expect(users(table, '<BOB@Hafen.example>')).toEqual(['bob@hafen.example']);
    expect(users(table, 'bob+news@hafen.example')).toEqual(['bob@hafen.example/news']);
    expect(users(table, 'niemand+news@hafen.example')).toBe('unknown-user');
    expect(users({ ...table, delimiter: '' }, 'bob+news@hafen.example')).toBe('unknown-user');
    expect(users({ ...table, delimiter: '-' }, 'bob-news@hafen.example')).toEqual(['bob@hafen.example/news']);
    expect(users(table, 'bob@fern.example')).toBe('foreign-domain');
  });

  it('follows aliases to mailboxes and away, and out of loops [S5-002]', () => {
    expect(resolveAddress(table, 'team+x@hafen.example')).toEqual({
      kind: 'local',
      deliveries: [
        { user: 'bob@hafen.example', detail: 'x' },
        { user: 'anna@hafen.example', detail: 'x' },
      ],
      remote: ['x@fern.example'],
      via: 'alias',
    });
    expect(users(table, 'loop@hafen.example')).toBe('unknown-user');
  });

  it('delivers role addresses [S5-005]', () => {
    expect(users(table, 'postmaster')).toEqual(['anna@hafen.example']);
    expect(users(table, 'Abuse@hafen.example')).toEqual(['anna@hafen.example']);
    expect(users({ ...table, roleMailbox: undefined }, 'abuse@hafen.example')).toBe('unknown-user');
  });

  it('a catch-all takes the rest, and says so [S5-004]', () => {
    const open = { ...table, aliases: { '@hafen.example': ['bob@hafen.example'] } };
    expect(resolveAddress(open, 'typo@hafen.example')).toMatchObject({
      deliveries: [{ user: 'bob@hafen.example' }],
      via: 'catch-all',
    });
    expect(users(open, 'anna@hafen.example')).toEqual(['anna@hafen.example']);
    expect(users(open, 'constructor@hafen.example')).toEqual(['bob@hafen.example']);
  });
});

describe('delivery header', () => {
  it('is what Dovecot wrote over the recorded bounce', () => {
    const text = readFileSync(new URL('recordings/bounced_511.txt', import.meta.url), 'utf8');
    const from = text.indexOf('Return-Path: <>');
    const expected = text.slice(from, text.indexOf('Received: by mx.hafen.example (Postfix)', from));
    const stored = withDeliveryHeader(raw, {
      reversePath: '',
      recipient: 'anna@hafen.example',
      clientName: 'mx.hafen.example',
      clientAddress: '127.0.0.1',
      host: 'mx.hafen.example',
      protocol: 'LMTP',
      sessionId: 'SESSION',
      now,
      zoneMinutes: 60,
    });
    const top = stored.slice(0, -raw.length).replaceAll('\r\n', '\n');
    expect(top.replace('SESSION', '⟨session⟩').replace('Mon, 23 Nov 2026 10:00:00 +0100', '⟨date⟩')).toBe(
      expected,
    );
    expect(parseMessage(stored).fields.map((f) => f.key)).toEqual([
      'return-path',
      'delivered-to',
      'received',
      'subject',
    ]);
  });
});
