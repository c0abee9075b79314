// A message that was edited is put into a file and sent again, by a real transaction to a real server of the world.

import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { readSharedWorlds } from '../build/lessons.ts';
import '../host/shell/tools.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { editableText, messageOfText } from '../message/editable.ts';
import type { WorldDescription } from './description.ts';
import { apply, openWorld, trace, type World } from './world.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const quiet = worlds['quiet'] as unknown as WorldDescription;
const HOST = 'laptop.home.example';
const LAPTOP = `${HOST}#1`;
const LOGIN = '--server mail.wolke.example:587 --tls --auth PLAIN -au alice -ap brieftaube';

function say(world: World, text: string): string {
  const before = trace(world).length;
  expect(apply(world, { type: 'line', terminal: LAPTOP, text })).toBeUndefined();
  return trace(world)
    .slice(before)
    .flatMap((event) => (event.type === 'shell.output' ? [event.text] : []))
    .join('');
}
const exits = (world: World): (number | undefined)[] =>
  trace(world).flatMap((event) =>
    event.type === 'shell.state' && event.exit !== undefined ? [event.exit] : [],
  );
function events<T extends TraceEvent['type']>(world: World, type: T): EventOf<T>[] {
  return trace(world).filter((event): event is EventOf<T> => event.type === type);
}
const open = (): World => openWorld(quiet, 'quiet');

describe('swaks in a world', () => {
  it('secures the connection, logs in and submits [S11-033]', () => {
    const world = open();
    const screen = say(world, `swaks --to bob@hafen.example --from alice@wolke.example ${LOGIN} -ahp`);
    expect(screen).toMatch(
      /^=== Trying mail\.wolke\.example:587\.\.\.\n=== Connected to mail\.wolke\.example\.\n<- {2}220 /,
    );
    expect(screen).toContain(
      ' -> STARTTLS\n<-  220 2.0.0 Ready to start TLS\n=== TLS started with cipher TLSv1.3:TLS_AES_256_GCM_SHA384:256\n',
    );
    expect(screen).toContain(
      '=== TLS no local certificate set\n=== TLS peer DN="/CN=mail.wolke.example"\n ~> EHLO laptop.home.example\n',
    );
    expect(screen).toContain(
      ' ~> AUTH PLAIN AGFsaWNlAFBST1ZJREVEX0JVVF9SRU1PVkVE\n<~  235 2.7.0 Authentication successful\n',
    );
    expect(screen).toMatch(
      / ~> \.\n<~ {2}250 2\.0\.0 Ok: queued as \w+\n ~> QUIT\n<~ {2}221 2\.0\.0 Bye\n=== Connection closed with remote host\.\n$/,
    );
    expect(exits(world)).toEqual([0]);
    expect(events(world, 'mailbox.delivered')).toHaveLength(1);
  });

  it.each([
    ['--auth LOGIN -au alice -ap brieftaube', 0, /AUTH LOGIN\n<~ {2}334 VXNlcm5hbWU6\n ~> YWxpY2U=\n/],
    ['--auth CRAM-MD5 -au alice -ap brieftaube', 28, /\*\*\* No authentication type succeeded\n ~> QUIT\n/],
    [
      '--auth PLAIN -au alice -ap falsch',
      28,
      /<~\* 535 5\.7\.8 .*\n\*\*\* No authentication type succeeded\n ~> QUIT\n/,
    ],
  ])('with %s it ends with %d [S11-033]', (login, code, screen) => {
    const world = open();
    expect(
      say(world, `swaks --to bob@hafen.example --server mail.wolke.example -p 587 --tls ${login} -q AUTH`),
    ).toMatch(screen);
    expect(exits(world)).toEqual([code]);
  });

  it('port 465 takes TLS from the first byte [S11-033]', () => {
    const world = open();
    expect(say(world, 'swaks --to bob@hafen.example --server mail.wolke.example -tlsc -q EHLO')).toMatch(
      /Connected to mail\.wolke\.example\.\n=== TLS started .*\n=== TLS no .*\n=== TLS peer .*\n<~ {2}220 /,
    );
  });
});

describe('edit and send again', () => {
  const MESSAGE = messageOfText(
    'From: Alice <alice@wolke.example>\nTo: Bob <bob@hafen.example>\nSubject: Changed\nDate: Mon, 23 Nov 2026 09:00:00 +0100\n' +
      'Message-ID: <changed@wolke.example>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n' +
      '.a line with a dot, Grüße \u{1f6a2}\nand \udcfc no UTF-8\n',
  );

  it('[S8-010] an edited message goes out as it was written, byte for byte, and arrives', () => {
    const world = open();
    expect(
      apply(world, { type: 'file', host: HOST, name: 'changed.eml', text: editableText(MESSAGE) }),
    ).toBeUndefined();
    expect(say(world, 'ls')).toContain('changed.eml');
    const screen = say(
      world,
      `swaks --from alice@wolke.example --to bob@hafen.example,anna@hafen.example ${LOGIN} --data @changed.eml --suppress-data`,
    );
    expect(screen).toMatch(/ ~> 11 lines sent\n<~ {2}250 2\.0\.0 Ok: queued as/);
    const accepted = events(world, 'queue.accept').find(({ host }) => host === 'mail.wolke.example');
    expect(accepted?.recipients).toEqual(['bob@hafen.example', 'anna@hafen.example']);
    const bytes = world.machine.kept.get(accepted?.message ?? '') ?? '';
    expect(bytes.endsWith(MESSAGE)).toBe(true);
    expect(
      events(world, 'mailbox.delivered')
        .map(({ user }) => user)
        .toSorted(),
    ).toEqual(['anna', 'bob']);
  });

  it('[S8-010] a file has a plain name, an owner, and a limit', () => {
    const world = open();
    const put = (changes: Partial<{ host: string; name: string; text: string }>) =>
      apply(world, { type: 'file', host: HOST, name: 'a.eml', text: 'x', ...changes });
    expect(put({ name: '../etc/passwd' })).toEqual({ id: 'badFileName', name: '../etc/passwd' });
    expect(put({ host: 'mx.hafen.example' })).toMatchObject({ id: 'noSuchTerminal' });
    expect(put({ text: 'x'.repeat(1_000_001) })).toEqual({ id: 'inputTooLong', limit: 1_000_000 });
    expect(world.tape).toEqual([]);
    expect(put({})).toBeUndefined();
    expect(say(world, 'swaks --to bob@hafen.example --data @none')).toBe(
      '*** Could not open data file, exiting\n',
    );
  });
});
