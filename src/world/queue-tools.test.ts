// The queue as its administrator sees it, in the first world with an MX that nobody reaches.

import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../base/dates.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import { checkTrace } from './invariants.ts';
import type { WorldDescription } from './description.ts';
import { apply, now, openWorld, trace, type World } from './world.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { nextAttempt, scanAt } from '../host/mta/queue.ts';

const SERVER = 'mail.wolke.example#1';
const LAPTOP = 'laptop.home.example#1';
const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const first = worlds['first'] as unknown as WorldDescription;

let world: World;

function type(terminal: string, ...lines: string[]): string {
  const from = trace(world).length;
  for (const text of lines) expect(apply(world, { type: 'line', terminal, text })).toBeUndefined();
  return trace(world)
    .slice(from)
    .map((event) => (event.type === 'shell.output' && event.terminal === terminal ? event.text : ''))
    .join('');
}

function events<T extends TraceEvent['type']>(kind: T): EventOf<T>[] {
  return trace(world).filter((event): event is EventOf<T> => event.type === kind);
}

function firewall(open: boolean): void {
  const mx = world.machine.state.net.hosts.get('mx.hafen.example');
  if (mx === undefined) throw new Error('no MX');
  mx.firewall = open ? [] : [{ chain: 'in', protocol: 'tcp', port: 25, action: 'reject' }];
}

beforeEach(() => {
  world = openWorld(first, 'test');
  firewall(false);
  type(
    LAPTOP,
    'telnet mail.wolke.example 25',
    'EHLO laptop.home.example',
    'MAIL FROM:<alice@wolke.example>',
    'RCPT TO:<bob@hafen.example>',
    'DATA',
    'Subject: Waiting',
    '',
    'Hello',
    '.',
    'QUIT',
  );
});

const queueId = (): string => events('queue.accept')[0]?.queueId ?? '';

describe('a message that waits', () => {
  it('is shown, held, let go, read and deleted as on a real server [S2-034]', () => {
    const id = queueId();
    expect(type(SERVER, 'postqueue -p')).toContain(`${id} `);
    expect(type(SERVER, `postsuper -h ${id}`)).toBe(
      'postsuper: fatal: use of this command is reserved for the superuser\n',
    );
    expect(type(SERVER, `sudo postsuper -h ${id}`)).toBe(
      `postsuper: ${id}: placed on hold\npostsuper: Placed on hold: 1 message\n`,
    );
    expect(type(SERVER, 'mailq')).toContain(`${id}!`);
    firewall(true);
    apply(world, { type: 'pass', until: now(world) + 3 * HOUR });
    expect(events('mailbox.delivered').filter((event) => event.user === 'bob')).toEqual([]);

    const content = type(SERVER, `sudo postcat -q ${id}`);
    expect(content).toContain(`*** ENVELOPE RECORDS hold/${id} ***\n`);
    expect(content).toContain('\nsender: alice@wolke.example\n');
    expect(content).toContain('\nnamed_attribute: log_helo_name=laptop.home.example\n');
    expect(content).toContain('\nrecipient: bob@hafen.example\n');
    expect(content).toContain('\nSubject: Waiting\n');

    expect(type(SERVER, `sudo postsuper -H ${id}`)).toContain('postsuper: Released from hold: 1 message\n');
    expect(type(SERVER, `postqueue -i ${id}`)).toBe('');
    expect(events('mailbox.delivered').filter((event) => event.user === 'bob')).toHaveLength(1);
    expect(type(SERVER, 'mailq')).toBe('Mail queue is empty\n');
    expect(type(SERVER, 'sudo postsuper -d ALL')).toBe('postsuper: Deleted: 0 messages\n');
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('is gone for good when deleted, and goes round once more when requeued [S2-034]', () => {
    type(SERVER, 'sudo postsuper -r ALL');
    const ids = events('queue.accept').map((event) => event.queueId);
    expect(new Set(ids).size).toBe(2);
    expect(type(SERVER, 'mailq')).toContain(ids[1] ?? '');
    expect(type(SERVER, 'sudo postsuper -d ALL')).toContain('postsuper: Deleted: 1 message\n');
    expect(events('queue.discarded').map((event) => event.reason)).toEqual([
      'requeued under a new queue id',
      'deleted by the administrator',
    ]);
    firewall(true);
    apply(world, { type: 'pass', until: now(world) + 3 * HOUR });
    expect(events('mailbox.delivered').filter((event) => event.user === 'bob')).toEqual([]);
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('is flushed on demand [S2-034]', () => {
    firewall(true);
    type(SERVER, 'postqueue -f');
    expect(events('mailbox.delivered').filter((event) => event.user === 'bob')).toHaveLength(1);
  });

  it('makes the server tell its sender once, after four hours, and says until when it goes on [S2-032]', () => {
    apply(world, { type: 'pass', until: now(world) + 3 * HOUR + 50 * MINUTE });
    expect(events('queue.warned')).toEqual([]);
    apply(world, { type: 'pass', until: now(world) + 20 * HOUR });
    expect(events('queue.warned')).toHaveLength(1);
    const [told] = events('mailbox.delivered').filter((event) => event.user === 'alice');
    const text = world.machine.kept.get(told?.message ?? '') ?? '';
    expect(text).toContain('Subject: Delayed Mail (still being retried)');
    expect(text).toContain('Action: delayed');
    expect(text).toContain('Will-Retry-Until: Sat, 28 Nov 2026 09:00:0');
    expect(checkTrace(trace(world))).toEqual([]);
  });

  it('arrives with one Return-Path, on top, and with Delivered-To below it [S1-076]', () => {
    firewall(true);
    type(SERVER, 'postqueue -f');
    const [delivered] = events('mailbox.delivered').filter((event) => event.user === 'bob');
    const text = world.machine.kept.get(delivered?.message ?? '') ?? '';
    expect(text.startsWith('Return-Path: <alice@wolke.example>\r\nDelivered-To: bob@hafen.example\r\n')).toBe(
      true,
    );
    expect(text.match(/^Return-Path:/gim)).toHaveLength(1);
  });
});

describe('other schedules', () => {
  const minutes = (retryProfile: 'sendmail' | 'exchange', count: number): number[] => {
    const config = {
      myhostname: 'x',
      mynetworks: [],
      virtualMailboxDomains: [],
      virtualMailboxMaps: [],
      retryProfile,
    };
    const found: number[] = [];
    let at = 0;
    for (let attempts = 1; attempts <= count; attempts++) {
      const next = scanAt(config, 0, nextAttempt(config, 0, at, attempts));
      found.push((next - at) / MINUTE);
      at = next;
    }
    return found;
  };

  it('try every half hour, or soon and then every quarter [S2-033]', () => {
    expect(minutes('sendmail', 4)).toEqual([30, 30, 30, 30]);
    expect(minutes('exchange', 13)).toEqual([1, 1, 1, 1, 10, 10, 10, 10, 10, 10, 15, 15, 15]);
  });

  it.each([
    ['sendmail', 5],
    ['exchange', 2],
  ] as const)('give up after %s days of their own [S2-033]', (retryProfile, days) => {
    const hosts = first.hosts.map((host) =>
      host.name !== 'mail.wolke.example' || host.programs?.['mta']?.kind !== 'mta'
        ? host
        : {
            ...host,
            programs: {
              ...host.programs,
              mta: { kind: 'mta' as const, config: { ...host.programs['mta'].config, retryProfile } },
            },
          },
    );
    world = openWorld({ ...first, hosts }, 'test');
    firewall(false);
    type(
      LAPTOP,
      'telnet mail.wolke.example 25',
      'EHLO laptop.home.example',
      'MAIL FROM:<alice@wolke.example>',
      'RCPT TO:<bob@hafen.example>',
      'DATA',
      'Subject: Waiting',
      '',
      'Hello',
      '.',
      'QUIT',
    );
    apply(world, { type: 'pass', until: now(world) + days * 24 * HOUR - HOUR });
    expect(events('queue.result').filter((event) => event.result.status === 'expired')).toEqual([]);
    apply(world, { type: 'pass', until: now(world) + 2 * HOUR });
    expect(events('queue.result').filter((event) => event.result.status === 'expired')).toHaveLength(1);
    expect(events('queue.warned')).toHaveLength(1);
  });
});
