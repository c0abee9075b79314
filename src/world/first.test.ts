// The main job in the first world, from end to end: everything that a learner does in the page, without the page.

import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { latin1, toHex } from '../base/bytes.ts';
import { MINUTE } from '../base/dates.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import { sha256 } from '../crypto/hash.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import type { WorldDescription } from './description.ts';
import { checkTrace } from './invariants.ts';
import { apply, checkpoint, fork, now, openWorld, restore, trace, type World } from './world.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const first = worlds['first'] as unknown as WorldDescription;
const SERVER = 'mail.wolke.example#1';
const LAPTOP = 'laptop.home.example#1';

function open(): World {
  return openWorld(first, 'sandbox');
}

function type(world: World, terminal: string, ...lines: string[]): void {
  for (const text of lines) expect(apply(world, { type: 'line', terminal, text })).toBeUndefined();
}

const letter = (subject: string): string[] => [
  'From: Alice <alice@wolke.example>',
  'To: bob@hafen.example',
  `Subject: ${subject}`,
  '',
  'Hello Bob',
  '.',
];

function session(world: World, terminal: string, server: string, helo: string, subject: string): void {
  type(
    world,
    terminal,
    `telnet ${server} 25`,
    `EHLO ${helo}`,
    'MAIL FROM:<alice@wolke.example>',
    'RCPT TO:<bob@hafen.example>',
    'DATA',
    ...letter(subject),
    'QUIT',
  );
}

function repairSpf(world: World): void {
  const zone = first.zones.find((z) => z.zone === 'wolke.example.');
  const text = (zone?.text ?? '')
    .replace('ip4:192.0.2.99', 'ip4:192.0.2.10')
    .replace('2026112301', '2026112302');
  expect(apply(world, { type: 'publish', zone: 'wolke.example.', text })).toBeUndefined();
}

function events<T extends TraceEvent['type']>(world: World, type: T): EventOf<T>[] {
  return trace(world).filter((event): event is EventOf<T> => event.type === type);
}

const folders = (world: World): string[] =>
  events(world, 'mailbox.delivered').map((event) => `${event.user} ${event.folder}`);

const output = (world: World, terminal: string): string =>
  events(world, 'shell.output')
    .filter((event) => event.terminal === terminal)
    .map((event) => event.text)
    .join('');

const hash = (world: World): string => toHex(sha256(latin1(JSON.stringify(trace(world)))));

describe('the first world', () => {
  it('puts a message typed on the server straight to the MX into Junk, and the repaired one into the Inbox', () => {
    const world = open();
    session(world, SERVER, 'mx.hafen.example', 'mail.wolke.example', 'First');
    expect(output(world, SERVER)).toContain('220 mx.hafen.example ESMTP Postfix');
    expect(output(world, SERVER)).toMatch(/250 2\.0\.0 Ok: queued as [0-9A-F]+/);
    expect(folders(world)).toEqual(['bob Junk']);
    const [spf] = events(world, 'auth.spf');
    expect(spf?.verdict.result).toBe('fail');
    expect(spf?.verdict.ip).toBe('192.0.2.10');
    const [dmarc] = events(world, 'auth.dmarc');
    expect(dmarc?.verdict.result).toBe('fail');
    expect(dmarc?.decision.action).toBe('junk');

    repairSpf(world);
    // The resolver still holds the old record: the same session fares no better.
    session(world, SERVER, 'mx.hafen.example', 'mail.wolke.example', 'Too early');
    expect(folders(world).at(-1)).toBe('bob Junk');

    apply(world, { type: 'pass', until: now(world) + 6 * MINUTE });
    session(world, SERVER, 'mx.hafen.example', 'mail.wolke.example', 'Third');
    expect(
      folders(world)
        .filter((folder) => folder.startsWith('bob'))
        .at(-1),
    ).toBe('bob INBOX');
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('signs what is submitted to the own server, which then needs no SPF at all', () => {
    const world = open();
    session(world, LAPTOP, 'mail.wolke.example', 'laptop.home.example', 'Signed');
    expect(events(world, 'auth.signed')).toHaveLength(1);
    const dkim = events(world, 'auth.dkim').find((event) => event.host === 'mx.hafen.example');
    expect(dkim?.verdicts.map((verdict) => verdict.result)).toEqual(['pass']);
    expect(folders(world)).toEqual(['bob INBOX']);
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('leaves a message from the laptop in Junk after the repair, and says which address was not listed', () => {
    const world = open();
    repairSpf(world);
    session(world, LAPTOP, 'mx.hafen.example', 'laptop.home.example', 'From home');
    expect(folders(world)).toEqual(['bob Junk']);
    expect(events(world, 'auth.spf')[0]?.verdict.ip).toBe('203.0.113.77');
  });

  it('catches the impostor', () => {
    const world = open();
    apply(world, { type: 'pass', until: now(world) + 10 * MINUTE });
    expect(folders(world)).toEqual(['anna Junk']);
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('is the same twice, byte for byte [G-02]', () => {
    const run = (): string => {
      const world = open();
      session(world, SERVER, 'mx.hafen.example', 'mail.wolke.example', 'Twice');
      repairSpf(world);
      apply(world, { type: 'pass', until: now(world) + 20 * MINUTE });
      session(world, LAPTOP, 'mail.wolke.example', 'laptop.home.example', 'Twice');
      return hash(world);
    };
    expect(run()).toBe(run());
  });

  it('goes on from a checkpoint and from a fork as if nothing had been, even in the middle of a session', () => {
    const straight = open();
    const forked = open();
    const lines = [
      'telnet mx.hafen.example 25',
      'EHLO mail.wolke.example',
      'MAIL FROM:<alice@wolke.example>',
      'RCPT TO:<bob@hafen.example>',
      'DATA',
      ...letter('Fork'),
      'QUIT',
    ];
    type(straight, SERVER, ...lines);
    let world = forked;
    for (const line of lines) {
      world = fork(world);
      type(world, SERVER, line);
    }
    expect(hash(world)).toBe(hash(straight));

    const rewound = open();
    type(rewound, SERVER, ...lines.slice(0, 4));
    const before = checkpoint(rewound);
    type(rewound, SERVER, 'RSET', 'QUIT');
    restore(rewound, before);
    type(rewound, SERVER, ...lines.slice(4));
    expect(hash(rewound)).toBe(hash(straight));
  });

  it('bounces to the sender what the MX refuses, and the bounce arrives [S2-043]', () => {
    const world = open();
    type(
      world,
      LAPTOP,
      'telnet mail.wolke.example 25',
      'EHLO laptop.home.example',
      'MAIL FROM:<alice@wolke.example>',
      'RCPT TO:<nobody@hafen.example>',
      'DATA',
      ...letter('To nobody'),
      'QUIT',
    );
    expect(folders(world)).toEqual(['alice INBOX']);
    const [delivered] = events(world, 'mailbox.delivered');
    const text = world.machine.kept.get(delivered?.message ?? '') ?? '';
    expect(text).toContain('Subject: Undelivered Mail Returned to Sender');
    expect(text).toContain('Diagnostic-Code: smtp; 550 5.1.1 <nobody@hafen.example>');
    expect(events(world, 'queue.bounce').map((event) => event.host)).toEqual(['mail.wolke.example']);
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('retries on the virtual clock while the MX is unreachable, and delivers when it is back [G-03] [G-08]', () => {
    const world = open();
    const mx = world.machine.state.net.hosts.get('mx.hafen.example');
    if (mx === undefined) throw new Error('no MX');
    mx.firewall = [{ chain: 'in', protocol: 'tcp', port: 25, action: 'drop' }];
    session(world, LAPTOP, 'mail.wolke.example', 'laptop.home.example', 'Later');
    expect(folders(world)).toEqual([]);
    expect(events(world, 'queue.result')[0]?.result).toMatchObject({
      status: 'deferred',
      dsn: '4.4.1',
      text: 'connect to mx.hafen.example[198.51.100.25]:25: Connection timed out',
    });
    apply(world, { type: 'pass', until: now(world) + 25 * MINUTE });
    const tries = events(world, 'queue.result').filter((event) => event.result.status === 'deferred').length;
    expect(tries).toBeGreaterThanOrEqual(3);
    mx.firewall = [];
    apply(world, { type: 'pass', until: now(world) + 60 * MINUTE });
    expect(folders(world).filter((folder) => folder.startsWith('bob'))).toEqual(['bob INBOX']);
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('returns a message after five days, with the last temporary status [S2-031]', () => {
    const world = open();
    const mx = world.machine.state.net.hosts.get('mx.hafen.example');
    if (mx === undefined) throw new Error('no MX');
    mx.firewall = [{ chain: 'in', protocol: 'tcp', port: 25, action: 'drop' }];
    session(world, LAPTOP, 'mail.wolke.example', 'laptop.home.example', 'Never');
    apply(world, { type: 'pass', until: now(world) + 6 * 24 * 60 * MINUTE });
    expect(folders(world)).toContain('alice INBOX');
    const expired = events(world, 'queue.result').find((event) => event.result.status === 'expired');
    expect(expired?.result.dsn).toBe('4.4.1');
    const [delivered] = events(world, 'mailbox.delivered').filter((event) => event.user === 'alice');
    const text = world.machine.kept.get(delivered?.message ?? '') ?? '';
    expect(text).toContain('Status: 4.4.1');
    expect(checkTrace(trace(world))).toEqual([]);
  });
});
