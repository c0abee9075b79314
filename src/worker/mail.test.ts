// Mail programs as the page uses them: asks are commands on the tape, a refused one is told and changes nothing, a saved tape
// gives the same devices again.

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { readSharedWorlds } from '../build/lessons.ts';
import type { WorldDescription } from '../world/description.ts';
import { Engine } from './engine.ts';
import { askMailClients, askMailComparison, askMailConversation, askMailMessage } from './mail.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const description = worlds['devices'] as unknown as WorldDescription;
const PHONE = { type: 'mail', host: 'phone.home.example', program: 'mail' } as const;
const open = (saved?: ReturnType<Engine['save']>): Engine =>
  new Engine({ kind: 'sandbox', world: 'devices' }, { description, prelude: [] }, saved);

it('a phone reads a message; the page sees what it has, what it said, and the same again from the tape', () => {
  const engine = open();
  expect(askMailClients(engine).map(({ id }) => id)).toEqual([
    'laptop.home.example mail',
    'phone.home.example mail',
    'desktop.home.example mail',
    'desk.hafen.example mail',
  ]);
  engine.run({ type: 'pass', until: engine.head().at + 120_000 });
  expect(engine.run({ ...PHONE, ask: { kind: 'check' } })).toBeUndefined();
  const before = engine.head().seq;
  expect(engine.run({ ...PHONE, ask: { kind: 'read', folder: 'INBOX', id: 1 } })).toBeUndefined();
  expect(engine.run({ ...PHONE, ask: { kind: 'read', folder: 'INBOX', id: 9 } })).toEqual({
    id: 'noSuchMessage',
    params: { folder: 'INBOX', message: 9 },
  });
  expect(engine.run({ ...PHONE, program: 'post', ask: { kind: 'check' } })?.id).toBe('noSuchProgram');
  const [, phone] = askMailClients(engine);
  expect(phone?.reading).toMatchObject({ folder: 'INBOX', id: 1 });
  expect(askMailMessage(engine, phone?.id ?? '', 'INBOX', 1)).toMatchObject({ isWhole: true });
  expect(askMailMessage(engine, phone?.id ?? '', 'INBOX', 1, before)).toMatchObject({ isWhole: false });
  expect(askMailMessage(engine, phone?.id ?? '', 'INBOX', 9)).toBeUndefined();
  const talk = askMailConversation(engine, phone?.connections[0]?.id ?? 0);
  expect(talk).toMatchObject({
    protocol: 'imap',
    server: 'mail.wolke.example',
    port: 143,
    isProtected: true,
  });
  expect(talk?.lines.filter(({ text }) => text.includes('BODY[]'))).not.toEqual([]);
  expect(askMailConversation(engine, 1)).toBeUndefined();
  expect(askMailComparison(engine)[0]?.devices).toHaveLength(3);
  const again = open(structuredClone(engine.save()));
  expect(again.problem).toBeUndefined();
  expect(again.traceHash()).toBe(engine.traceHash());
  expect(askMailClients(again)).toEqual(askMailClients(engine));
});
