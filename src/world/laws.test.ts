// The laws under random commands: nothing is lost, every effect has its cause, the same tape gives the same trace, and no
// input, however odd, throws or runs for ever.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { latin1, toHex } from '../base/bytes.ts';
import { MINUTE } from '../base/dates.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import { sha256 } from '../crypto/hash.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { callFromOutside, step } from '../host/kernel.ts';
import type { MtaState } from '../host/mta/mta.ts';
import type { Command } from './command.ts';
import type { WorldDescription } from './description.ts';
import { book, checkTrace, newLedger, waiting } from './invariants.ts';
import { apply, now, openWorld, replay, trace, type World } from './world.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const first = worlds['first'] as unknown as WorldDescription;
const SERVER = 'mail.wolke.example#1';
const LAPTOP = 'laptop.home.example#1';
const zoneText = first.zones.find((zone) => zone.zone === 'wolke.example.')?.text ?? '';

/** A command that depends on the clock, or a fault of the network between two commands. */
type Move =
  | Command
  | { readonly type: 'minutes'; readonly minutes: number }
  | { readonly type: 'link'; readonly link: number; readonly up: boolean }
  | { readonly type: 'loss'; readonly link: number; readonly percent: number };

const PEOPLE = [
  'bob@hafen.example',
  'anna@hafen.example',
  'nobody@hafen.example',
  'alice@wolke.example',
  'x@nowhere.example',
  'y@isp.example',
];
const LINES = [
  'telnet mx.hafen.example 25',
  'telnet mail.wolke.example 25',
  'telnet 198.51.100.26 24',
  'nc -C mx.hafen.example 25',
  'HELO laptop.home.example',
  'EHLO mail.wolke.example',
  'MAIL FROM:<alice@wolke.example>',
  'MAIL FROM:<>',
  'MAIL FROM:<eve@impostor.example>',
  ...PEOPLE.map((person) => `RCPT TO:<${person}>`),
  'DATA',
  'Subject: one',
  '',
  '..dots',
  '.',
  'RSET',
  'NOOP',
  'VRFY bob@hafen.example',
  'QUIT',
  'GET / HTTP/1.1',
  'mailq',
  'dig wolke.example TXT',
  'host mx.hafen.example',
  'ping -c 1 mx.hafen.example',
  'ls',
  'tail /var/log/mail.log',
  'postqueue -f',
  'nonsense --help',
];

/** One whole message, so that random orders get further than random lines would. */
const letter = (server: string, to: string): string[] => [
  `telnet ${server} 25`,
  'EHLO laptop.home.example',
  'MAIL FROM:<alice@wolke.example>',
  `RCPT TO:<${to}>`,
  'DATA',
  'From: Alice <alice@wolke.example>',
  'Subject: whole',
  '',
  'Hello',
  '.',
  'QUIT',
];

const terminal = fc.constantFrom(SERVER, LAPTOP);
const line = fc.record({ type: fc.constant('line' as const), terminal, text: fc.constantFrom(...LINES) });
const message = fc
  .tuple(terminal, fc.constantFrom('mx.hafen.example', 'mail.wolke.example'), fc.constantFrom(...PEOPLE))
  .map(([where, server, to]): Move[] => [
    { type: 'key', terminal: where, key: 'interrupt' },
    ...letter(server, to).map((text): Move => ({ type: 'line', terminal: where, text })),
  ]);
const other = fc.oneof(
  fc.record({
    type: fc.constant('key' as const),
    terminal,
    key: fc.constantFrom('interrupt' as const, 'endOfInput' as const, 'escape' as const),
  }),
  fc.record({ type: fc.constant('hangUp' as const), terminal }),
  fc.record({ type: fc.constant('minutes' as const), minutes: fc.constantFrom(1, 4, 7, 61, 600) }),
  fc.record({ type: fc.constant('link' as const), link: fc.nat(first.links.length - 1), up: fc.boolean() }),
  fc.record({
    type: fc.constant('loss' as const),
    link: fc.nat(first.links.length - 1),
    percent: fc.constantFrom(0, 10, 60),
  }),
  fc.record({
    type: fc.constant('publish' as const),
    zone: fc.constant('wolke.example.'),
    text: fc.constantFrom(
      zoneText,
      zoneText.replace('192.0.2.99', '192.0.2.10').replace('2026112301', '2026112302'),
      'nonsense',
      '',
    ),
  }),
);
const moves = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: message },
      { weight: 3, arbitrary: fc.array(line, { minLength: 1, maxLength: 5 }) },
      { weight: 3, arbitrary: other.map((move): Move[] => [move]) },
    ),
    { minLength: 2, maxLength: 9 },
  )
  .map((parts): Move[] => parts.flat());

function open(): World {
  return openWorld(first, 'sandbox');
}

function make(world: World, move: Move): void {
  switch (move.type) {
    case 'minutes':
      apply(world, { type: 'pass', until: now(world) + move.minutes * MINUTE });
      return;
    case 'link':
    case 'loss': {
      const link = world.machine.state.net.links[move.link];
      if (link === undefined) return;
      if (move.type === 'link') link.up = move.up;
      else link.lossPercent = move.percent;
      return;
    }
    default:
      apply(world, move);
  }
}

function of<T extends TraceEvent['type']>(world: World, type: T): EventOf<T>[] {
  return trace(world).filter((event): event is EventOf<T> => event.type === type);
}

const hash = (world: World): string => toHex(sha256(latin1(JSON.stringify(trace(world)))));

function queued(world: World): number {
  let count = 0;
  for (const host of world.machine.state.hosts.values())
    for (const program of host.programs.values())
      if (program.kind === 'mta')
        for (const entry of (program.state as MtaState).queue.values())
          count += entry.recipients.filter((recipient) => !recipient.done).length;
  return count;
}

/** What one host says it has handed over, another host or a mailbox must have taken, over that very connection. */
function handedOver(world: World): string[] {
  const taken = new Map<number, number>();
  const take = (connection: number | undefined, count: number): void => {
    if (connection !== undefined) taken.set(connection, (taken.get(connection) ?? 0) + count);
  };
  for (const event of of(world, 'queue.accept')) take(event.connection, event.recipients.length);
  for (const event of of(world, 'mailbox.delivered')) take(event.connection, 1);
  const given = new Map<number, number>();
  for (const { result, connection } of of(world, 'queue.result'))
    if (result.status === 'sent' && connection !== undefined)
      given.set(connection, (given.get(connection) ?? 0) + 1);
  return [...given]
    .filter(([connection, count]) => taken.get(connection) !== count)
    .map(
      ([connection, count]) =>
        `connection ${connection}: ${count} given, ${taken.get(connection) ?? 0} taken`,
    );
}

describe('any order of commands, with links that fail', () => {
  it('loses nothing, keeps causes before effects and ends every queue [J-03]', () => {
    let accepted = 0;
    let failed = 0;
    fc.assert(
      fc.property(moves, (list) => {
        const world = open();
        const ledger = newLedger();
        let booked = 0;
        const check = (): void => {
          for (; booked < trace(world).length; booked++) book(ledger, trace(world)[booked] as TraceEvent);
          expect(ledger.violations).toEqual([]);
          // The ledger read from the trace and the queues on the hosts tell the same story.
          expect(waiting(ledger)).toBe(queued(world));
        };
        for (const move of list) {
          make(world, move);
          check();
        }
        // The network heals; after the life of a message and of its bounce no queue holds anything.
        for (const link of world.machine.state.net.links) Object.assign(link, { up: true, lossPercent: 0 });
        apply(world, { type: 'pass', until: now(world) + 11 * 24 * 60 * MINUTE });
        check();
        expect(waiting(ledger)).toBe(0);
        accepted += ledger.accepted;
        failed += ledger.bounced;
        expect(handedOver(world)).toEqual([]);
        expect(of(world, 'net.bound')).toEqual([]);
        expect(() => structuredClone(world.machine.state)).not.toThrow();
      }),
      { numRuns: 25, seed: 20_261_123 },
    );
    // The orders were worth it: plenty was accepted, and some of it could not be delivered.
    expect(accepted).toBeGreaterThan(50);
    expect(failed).toBeGreaterThan(3);
  }, 60_000);

  it('gives the same trace for the same tape [G-02]', () => {
    fc.assert(
      fc.property(moves, (list) => {
        const world = open();
        for (const move of list) if (move.type !== 'link' && move.type !== 'loss') make(world, move);
        const again = replay(first, 'sandbox', first.seed, world.tape);
        expect(again.refused).toBe(0);
        expect(hash(again.world)).toBe(hash(world));
      }),
      { numRuns: 8, seed: 4711 },
    );
  }, 60_000);
});

describe('arbitrary input', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(...LINES),
    fc
      .tuple(fc.constantFrom(...LINES), fc.string({ unit: 'grapheme', maxLength: 12 }))
      .map(([a, b]) => `${a} ${b}`),
    fc.string({ minLength: 2000, maxLength: 5000 }),
  );
  const noise = fc.oneof(
    { weight: 8, arbitrary: fc.record({ type: fc.constant('line' as const), terminal, text }) },
    { weight: 2, arbitrary: other },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('publish' as const),
        zone: fc.constant('wolke.example.'),
        text: fc.string({ maxLength: 200 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        type: fc.constant('line' as const),
        terminal: fc.string({ maxLength: 20 }),
        text,
      }),
    },
  );

  it('through terminals and editor neither throws nor breaks a law [G-13]', () => {
    fc.assert(
      fc.property(fc.array(noise, { minLength: 60, maxLength: 80 }), (list) => {
        const world = open();
        for (const move of list) make(world, move);
        expect(checkTrace(trace(world))).toEqual([]);
        expect(of(world, 'net.bound')).toEqual([]);
        expect(() => structuredClone(world.machine.state)).not.toThrow();
      }),
      { numRuns: 12, seed: 99 },
    );
  }, 60_000);
});

describe('the window between the final dot and its reply', () => {
  it('yields a duplicate, and the trace says why [S1-068]', () => {
    const world = open();
    const { machine } = world;
    const lines = letter('mail.wolke.example', 'bob@hafen.example');
    for (const text of lines.slice(0, -2)) apply(world, { type: 'line', terminal: LAPTOP, text });
    callFromOutside(machine, 'laptop.home.example', LAPTOP, { type: 'line', text: '.' }, undefined);
    // The MX has the whole message and is still asking DNS about it; then the sender's only line goes dead.
    const whole = (event: TraceEvent): boolean =>
      event.type === 'smtp.server' && event.host === 'mx.hafen.example' && event.note.kind === 'content';
    while (!trace(world).some(whole)) expect(step(machine)).toBe(true);
    const link = machine.state.net.links.find((l) => l.a === 'mail.wolke.example' && l.b === 'internet');
    if (link !== undefined) link.up = false;
    apply(world, { type: 'pass', until: now(world) + 12 * MINUTE });
    const sender = of(world, 'queue.result').filter((event) => event.host === 'mail.wolke.example');
    expect(sender.map((event) => event.result)).toMatchObject([
      {
        status: 'deferred',
        dsn: '4.4.2',
        text: 'conversation with mx.hafen.example[198.51.100.25] timed out while sending end of data -- message may be sent more than once',
      },
    ]);
    if (link !== undefined) link.up = true;
    apply(world, { type: 'pass', until: now(world) + 60 * MINUTE });
    const toBob = of(world, 'mailbox.delivered').filter((event) => event.user === 'bob');
    expect(toBob).toHaveLength(2);
    expect(
      of(world, 'net.drop').some((event) => event.host === 'mx.hafen.example' && event.reason === 'linkDown'),
    ).toBe(true);
    const ids = toBob.map((event) => /Message-Id: (<.*>)/i.exec(machine.kept.get(event.message) ?? '')?.[1]);
    expect(ids[0]).toBe(ids[1]);
    expect(checkTrace(trace(world))).toEqual([]);
  });
});
