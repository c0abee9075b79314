// The world of shut ports and open letters: what the learner meets there, typed as a learner would, with the words that the
// page has for it.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../base/dates.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import type { SettingValue } from '../host/settings.ts';
import type { WorldDescription } from './description.ts';
import { checkTrace } from './invariants.ts';
import { apply, now, openWorld, trace, type World } from './world.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const described = (name: string): WorldDescription => worlds[name] as unknown as WorldDescription;
const open = (name = 'transport'): World => openWorld(described(name), name);
const LAPTOP = 'laptop.home.example#1';
const SERVER = 'mail.wolke.example#1';

function events<T extends TraceEvent['type']>(world: World, type: T): EventOf<T>[] {
  return trace(world).filter((event): event is EventOf<T> => event.type === type);
}

function say(world: World, terminal: string, ...lines: readonly string[]): string {
  const before = trace(world).length;
  for (const text of lines) expect(apply(world, { type: 'line', terminal, text })).toBeUndefined();
  return trace(world)
    .slice(before)
    .flatMap((event) => (event.type === 'shell.output' ? [event.text] : []))
    .join('');
}

function set(world: World, host: string, program: string, setting: string, value: SettingValue): void {
  expect(apply(world, { type: 'configure', host, program, setting, value })).toBeUndefined();
}

const strip = (world: World): void => set(world, 'box.transit.example', 'router', 'stripStarttls', true);
const level = (world: World, value: string): void =>
  set(world, 'mail.wolke.example', 'mta', 'smtpTlsSecurityLevel', value);

/** Alice hands a letter in at her own server. */
function letter(world: World, to: string): World {
  say(world, SERVER, 'telnet localhost 25', 'EHLO localhost', 'MAIL FROM:<alice@wolke.example>');
  say(world, SERVER, `RCPT TO:<${to}>`, 'DATA', 'From: alice@wolke.example', 'Subject: Secret', '', 'x', '.');
  say(world, SERVER, 'QUIT');
  apply(world, { type: 'pass', until: now(world) + MINUTE });
  return world;
}

const outcomes = (world: World): string[] => events(world, 'smtp.tls').map((event) => event.outcome);
const delivered = (world: World): string[] => events(world, 'mailbox.delivered').map((event) => event.user);
/** What the box on the way could read of what left Wolke's server. */
const readable = (world: World): string =>
  events(world, 'net.data')
    .filter((event) => event.path.includes('box.transit.example'))
    .map((event) => event.bytes)
    .join('');

describe('the line at home', () => {
  it('keeps port 25 shut and leaves 587 open [S2-081]', () => {
    const world = open();
    expect(say(world, LAPTOP, 'telnet mx.hafen.example 25')).toContain(
      'telnet: Unable to connect to remote host: Connection timed out',
    );
    expect(say(world, LAPTOP, 'nc -vz -w 5 mx.hafen.example 25')).toContain('timed out');
    expect(events(world, 'net.drop').filter((e) => e.what === 'tcp')).toMatchObject([
      { by: 'router.home.example', reason: 'firewall', to: { address: '198.51.100.25', port: 25 } },
      { by: 'router.home.example', reason: 'firewall' },
    ]);
    expect(say(world, LAPTOP, 'nc -vz mail.wolke.example 587')).toContain('succeeded!');
    expect(say(world, LAPTOP, 'nc -vz mail.wolke.example 465')).toContain('succeeded!');
    // A server in a data centre has no such line.
    expect(say(world, SERVER, 'nc -vz mx.hafen.example 25')).toContain('succeeded!');
  });

  it('takes a letter over 587 all the way to Bob [S2-080] [S2-081]', () => {
    const world = open();
    const plain = Buffer.from('\0alice\0brieftaube').toString('base64');
    const heard = say(
      world,
      LAPTOP,
      'openssl s_client -starttls smtp -crlf -quiet -connect mail.wolke.example:587',
      'EHLO laptop.home.example',
      `AUTH PLAIN ${plain}`,
      'mail from:<alice@wolke.example>',
      'rcpt to:<bob@hafen.example>',
      'data',
      'From: alice@wolke.example',
      'Bcc: carl@hafen.example',
      'Subject: Over 587',
      '',
      'Hello',
      '.',
      'quit',
    );
    expect(heard).toContain('235 2.7.0 Authentication successful');
    expect(heard).toContain('250 2.0.0 Ok: queued as ');
    apply(world, { type: 'pass', until: now(world) + MINUTE });
    expect(delivered(world)).toContain('bob');
    const stored = world.machine.kept.get(events(world, 'mailbox.delivered').at(-1)?.message ?? '') ?? '';
    expect(stored).toMatch(/with ESMTPSA id/);
    expect(stored).toMatch(/^Date: /m);
    expect(stored).toMatch(/^Message-Id: /m);
    expect(stored).not.toMatch(/^Bcc:/m);
  });

  it('can be opened, and in the sandbox be shut [S2-081]', () => {
    const world = open();
    set(world, 'router.home.example', 'router', 'blockSmtp', false);
    expect(say(world, LAPTOP, 'nc -vz mx.hafen.example 25')).toContain('succeeded!');
    const sandbox = open('sandbox');
    expect(say(sandbox, LAPTOP, 'nc -vz mx.hafen.example 25')).toContain('succeeded!');
    set(sandbox, 'router.home.example', 'router', 'blockSmtp', true);
    expect(say(sandbox, LAPTOP, 'nc -vz -w 5 mx.hafen.example 25')).toContain('timed out');
  });
});

describe('a box that takes STARTTLS away', () => {
  it.each([
    ['may', 'kim@kiosk.example', false, ['untrusted'], 'kim'],
    ['may', 'kim@kiosk.example', true, ['clear'], 'kim'],
    ['encrypt', 'kim@kiosk.example', true, ['notOffered'], undefined],
    ['verify', 'kim@kiosk.example', false, ['notTrusted'], undefined],
    ['verify', 'bob@hafen.example', false, ['verified'], 'bob'],
    ['dane', 'vera@tresor.example', false, ['verified'], 'vera'],
    ['dane', 'vera@tresor.example', true, ['notOffered'], undefined],
    ['may', 'vera@tresor.example', true, ['clear'], 'vera'],
  ] as const)(
    'at level %s to %s, box at work: %s, ends as it must [S1-105] [S2-070] (%#)',
    (set, to, isStripped, what, user) => {
      const world = open();
      if (isStripped) strip(world);
      level(world, set);
      letter(world, to);
      expect(outcomes(world)).toEqual(what);
      expect(delivered(world)).toEqual(user === undefined ? [] : [user]);
      expect(readable(world).includes('Subject: Secret')).toBe(what[0] === 'clear');
      expect(checkTrace(trace(world))).toEqual([]);
    },
  );

  it('gets nothing from a sender that follows MTA-STS [S1-105] [S2-072]', () => {
    const world = open();
    strip(world);
    set(world, 'mail.wolke.example', 'mta', 'mtaSts.isOn', true);
    letter(world, 'bob@hafen.example');
    expect(events(world, 'smtp.sts')).toMatchObject([{ result: 'fetched', mode: 'enforce' }]);
    expect(outcomes(world)).toEqual(['notOffered']);
    expect(readable(world)).not.toContain('Subject: Secret');
    // Gone, the mail goes.
    set(world, 'box.transit.example', 'router', 'stripStarttls', false);
    apply(world, { type: 'pass', until: now(world) + 15 * MINUTE });
    expect(delivered(world)).toContain('bob');
    expect(outcomes(world)).toEqual(['notOffered', 'verified']);
  });
});
