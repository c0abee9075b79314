// The sandbox's world: second name server, the hoster's reverse zone, resolvers with memories of their own.

import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { HOUR, MINUTE } from '../base/dates.ts';
import { readSharedWorlds } from '../build/lessons.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import type { WorldDescription } from './description.ts';
import { apply, now, openWorld, trace, type World } from './world.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const sandbox = worlds['sandbox'] as unknown as WorldDescription;
const LAPTOP = 'laptop.home.example#1';

const open = (): World => openWorld(sandbox, 'sandbox');
const zoneText = (zone: string): string => sandbox.zones.find((one) => one.zone === zone)?.text ?? '';
const wait = (world: World, ms: number): void =>
  expect(apply(world, { type: 'pass', until: now(world) + ms })).toBeUndefined();

/** What a command prints on the laptop. */
function say(world: World, text: string): string {
  const before = trace(world).length;
  expect(apply(world, { type: 'line', terminal: LAPTOP, text })).toBeUndefined();
  return trace(world)
    .slice(before)
    .flatMap((event) => (event.type === 'shell.output' ? [event.text] : []))
    .join('');
}

function events<T extends TraceEvent['type']>(world: World, type: T): EventOf<T>[] {
  return trace(world).filter((event): event is EventOf<T> => event.type === type);
}

function publish(world: World, zone: string, text: string): void {
  expect(apply(world, { type: 'publish', zone, text })).toBeUndefined();
}

const txt = (world: World, server: string): string =>
  say(world, `dig +short wolke.example TXT @${server}`).trim();
const OLD = '"v=spf1 ip4:192.0.2.99 -all"';
const NEW = '"v=spf1 ip4:192.0.2.10 -all"';
const wolke = zoneText('wolke.example.');
const changed = wolke.replace('192.0.2.99', '192.0.2.10');
const raised = changed.replace('2026112301', '2026112302');

describe('the second name server', () => {
  it('has its copy before anybody asks', () => {
    const world = open();
    expect(events(world, 'zone.copy')).toMatchObject([
      { host: 'ns2.hoster.example', zone: 'wolke.example.', what: 'transferred', serial: 2026112301 },
    ]);
    expect(txt(world, '198.18.60.53')).toBe(OLD);
  });

  it('fetches a zone whose serial was raised, over the wire, at once [S3-007]', () => {
    const world = open();
    publish(world, 'wolke.example.', raised);
    expect(txt(world, '198.18.60.53')).toBe(NEW);
    const copy = events(world, 'zone.copy').at(-1);
    expect(copy).toMatchObject({ what: 'transferred', serial: 2026112302 });
    // Its causes lead back to the publication.
    const causes: string[] = [];
    for (let seq = copy?.cause; seq !== undefined; seq = trace(world)[seq - 1]?.cause)
      causes.push(trace(world)[seq - 1]?.type ?? '');
    expect(causes).toContain('zone.published');
  });

  it('keeps the old records when the serial was forgotten, until it is raised [S3-007]', () => {
    const world = open();
    publish(world, 'wolke.example.', changed);
    expect(events(world, 'zone.copy').at(-1)).toMatchObject({
      what: 'current',
      serial: 2026112301,
      offered: 2026112301,
    });
    expect(txt(world, '192.0.2.53')).toBe(NEW);
    expect(txt(world, '198.18.60.53')).toBe(OLD);
    wait(world, 3 * HOUR);
    expect(txt(world, '198.18.60.53')).toBe(OLD);
    publish(world, 'wolke.example.', raised);
    expect(txt(world, '198.18.60.53')).toBe(NEW);
  });
});

describe('the resolvers', () => {
  const ISP_A = '203.0.113.53';
  const ISP_B = '203.0.113.153';
  const PUBLIC = '198.18.9.9';

  it('remember independently, each to the millisecond of its own [S3-021]', () => {
    const world = open();
    expect(txt(world, ISP_A)).toBe(OLD);
    const cachedAt = events(world, 'dns.resolver').find(
      ({ note }) => note.kind === 'answer' && note.type === 'TXT',
    )?.at;
    if (cachedAt === undefined) throw new Error('nothing was asked');
    wait(world, MINUTE);
    expect(txt(world, ISP_B)).toBe(OLD);
    publish(world, 'wolke.example.', raised);
    expect([txt(world, ISP_A), txt(world, ISP_B), txt(world, PUBLIC)]).toEqual([OLD, OLD, NEW]);
    const end = cachedAt + 300_000;
    // The query takes 20 ms to the resolver; it is answered as of its arrival.
    wait(world, end - now(world) - 21);
    expect(txt(world, ISP_A)).toBe(OLD);
    expect(now(world)).toBeGreaterThanOrEqual(end);
    expect([txt(world, ISP_A), txt(world, ISP_B)]).toEqual([NEW, OLD]);
  });

  it('forget when their operator says so, all or what is below a name [S3-025]', () => {
    const world = open();
    for (const server of [ISP_A, ISP_B]) expect(txt(world, server)).toBe(OLD);
    publish(world, 'wolke.example.', raised);
    expect(
      apply(world, { type: 'flush', host: 'resolver.isp.example', name: 'hafen.example.' }),
    ).toBeUndefined();
    expect(txt(world, ISP_A)).toBe(OLD);
    expect(
      apply(world, { type: 'flush', host: 'resolver.isp.example', name: 'wolke.example.' }),
    ).toBeUndefined();
    expect([txt(world, ISP_A), txt(world, ISP_B)]).toEqual([NEW, OLD]);
    expect(apply(world, { type: 'flush', host: 'resolver.isp-b.example' })).toBeUndefined();
    expect(txt(world, ISP_B)).toBe(NEW);
    expect(events(world, 'resolver.flushed').map(({ host, name }) => [host, name])).toEqual([
      ['resolver.isp.example', 'hafen.example.'],
      ['resolver.isp.example', 'wolke.example.'],
      ['resolver.isp-b.example', undefined],
    ]);
    const before = world.tape.length;
    expect(apply(world, { type: 'flush', host: 'ns.wolke.example' })).toEqual({
      id: 'noSuchResolver',
      host: 'ns.wolke.example',
    });
    expect(world.tape.length).toBe(before);
  });

  it('remember that a name does not exist, too [S3-022]', () => {
    const world = open();
    expect(say(world, `dig +noall +comments neu.wolke.example A @${ISP_A}`)).toContain('NXDOMAIN');
    publish(world, 'wolke.example.', `${raised}neu IN A 192.0.2.20\n`);
    expect(say(world, `dig +short neu.wolke.example A @${PUBLIC}`)).toBe('192.0.2.20\n');
    expect(say(world, `dig +noall +comments neu.wolke.example A @${ISP_A}`)).toContain('NXDOMAIN');
    wait(world, 5 * MINUTE);
    expect(say(world, `dig +short neu.wolke.example A @${ISP_A}`)).toBe('192.0.2.20\n');
  });
});

describe('the hoster’s zone', () => {
  it('names the addresses that are rented there, by a real delegation [S3-040]', () => {
    const world = open();
    expect(say(world, 'dig +short -x 192.0.2.10')).toBe('mail.wolke.example.\n');
    expect(say(world, 'dig +trace -x 192.0.2.10')).toMatch(
      /2\.0\.192\.in-addr\.arpa\.\s+3600\s+IN\s+NS\s+ns2\.hoster\.example\./,
    );
    const text = zoneText('2.0.192.in-addr.arpa.')
      .replace('mail.wolke.example.', 'static.10.2.0.192.hoster.example.')
      .replace('2026112301', '2026112302');
    publish(world, '2.0.192.in-addr.arpa.', text);
    expect(say(world, 'dig +short -x 192.0.2.10 @198.18.9.9')).toBe('static.10.2.0.192.hoster.example.\n');
    expect(say(world, 'dig +short -x 192.0.2.10')).toBe('mail.wolke.example.\n');
  });
});
