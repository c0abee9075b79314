// What "why?" says of a conversation beyond its reply.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSharedWorlds } from '../build/lessons.ts';
import type { WorldDescription } from '../world/description.ts';
import { apply, openWorld, trace } from '../world/world.ts';
import { follow, openJournal } from './journal.ts';
import { why } from './why.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));

function sendTyped(
  mail: string,
  subject: string,
): { said: string; keys: readonly string[]; rules: readonly string[] } {
  const world = openWorld(worlds['sandbox'] as unknown as WorldDescription, 'sandbox');
  const lines = [
    'telnet mx.hafen.example 25',
    'EHLO laptop.home.example',
    mail,
    'RCPT TO:<bob@hafen.example>',
    'DATA',
  ];
  for (const text of [...lines, 'From: alice@wolke.example', `Subject: ${subject}`, '', 'Hello', '.'])
    apply(world, { type: 'line', terminal: 'laptop.home.example#1', text });
  const journal = openJournal(world.description, trace(world), world.machine.kept);
  follow(journal);
  const reply = trace(world).find(
    (event) =>
      event.type === 'smtp.server' && event.note.kind === 'reply' && event.note.to === 'END-OF-MESSAGE',
  );
  const view = why(journal, { kind: 'event', seq: reply?.seq ?? 0 });
  const note = reply?.type === 'smtp.server' && reply.note.kind === 'reply' ? reply.note.reply : undefined;
  return {
    said: `${note?.code ?? 0} ${note?.enhanced ?? ''}`,
    keys: (view?.plain ?? []).map(({ key }) => key),
    rules: (view?.rules ?? []).map(({ rule }) => rule),
  };
}

describe('the reply to a message', () => {
  it('[S1-132] with a raw umlaut in its header is an acceptance, and why? names the flaw', () => {
    const raw = sendTyped('MAIL FROM:<alice@wolke.example>', 'Grüße');
    expect(raw.said).toBe('250 2.0.0');
    expect(raw.keys).toContain('why.reply.header8bit');
    expect(raw.rules).toContain('RFC 6532 §3');
    const encoded = sendTyped('MAIL FROM:<alice@wolke.example>', '=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=');
    expect(encoded.keys).not.toContain('why.reply.header8bit');
    const declared = sendTyped('MAIL FROM:<alice@wolke.example> SMTPUTF8', 'Grüße');
    expect([declared.said, declared.keys.includes('why.reply.header8bit')]).toEqual(['250 2.0.0', false]);
  });
});
