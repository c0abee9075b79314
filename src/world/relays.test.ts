// The world between origin and destination: hours of forwarding and of a mailing list, with every switch turned on the way.
// Nothing is lost, the clock and the causes are in order, and a copy of the state runs on in the same way.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../base/dates.ts';
import { readLessons } from '../build/lessons.ts';
import '../crypto/curves.ts';
import type { SettingValue } from '../host/settings.ts';
import type { WorldDescription } from './description.ts';
import { book, inLists, newLedger, waiting } from './invariants.ts';
import { apply, fork, now, openWorld, trace, type World } from './world.ts';

const description = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url))).worlds[
  'relays'
] as unknown as WorldDescription;

const open = (): World => openWorld(description, 'test');
const wait = (world: World, minutes: number): void => {
  expect(apply(world, { type: 'pass', until: now(world) + minutes * MINUTE })).toBeUndefined();
};
const set = (world: World, host: string, program: string, setting: string, value: SettingValue): void => {
  expect(apply(world, { type: 'configure', host, program, setting, value })).toBeUndefined();
};

const placed = (world: World, from = 0) =>
  trace(world)
    .slice(from)
    .flatMap((event) => (event.type === 'mailbox.delivered' ? [`${event.user} ${event.folder}`] : []))
    .sort();

function checked(world: World): void {
  const ledger = newLedger();
  for (const event of trace(world)) book(ledger, event);
  expect(ledger.violations).toEqual([]);
  expect(waiting(ledger) + inLists(ledger)).toBe(0);
}

describe('the world of relays', () => {
  it('as it begins: the forward holds by DKIM, the list breaks it, each receiver in its own way', () => {
    const world = open();
    wait(world, 5);
    expect(placed(world)).toEqual(['alice Junk', 'bob Junk', 'cora INBOX', 'dora Junk']);
    expect(trace(world).filter((event) => event.type === 'list.bounce')).toMatchObject([
      { member: 'cora@fels.example', score: 1 },
    ]);
    checked(world);
  });

  it('loses nothing while every switch is turned, and unsubscribes Cora [S2-061]', () => {
    const world = open();
    wait(world, 35);
    expect(trace(world).some((event) => event.type === 'list.member' && event.change === 'bouncedOff')).toBe(
      true,
    );
    const turns: readonly (readonly [string, string, string, SettingValue])[] = [
      ['mail.alumni.example', 'mta', 'srs.isOn', true],
      ['mail.alumni.example', 'mta', 'arcSeal.isOn', true],
      ['lists.linde.example', 'garden', 'arcSeal.isOn', true],
      ['lists.linde.example', 'garden', 'verp', true],
      ['lists.linde.example', 'garden', 'mitigation', 'wrap'],
      ['mx.hafen.example', 'mta', 'verify.onReject', 'reject'],
      ['mx.hafen.example', 'mta', 'verify.rejectText', 'gmail'],
      ['mx.fels.example', 'mta', 'verify.spf', 'reject'],
      ['lists.linde.example', 'garden', 'mitigation', 'munge'],
      ['lists.linde.example', 'garden', 'mitigation', 'reject'],
      ['mail.alumni.example', 'mta', 'virtualAliasMaps', ['cora@alumni.example lotte@linde.example']],
    ];
    for (const [host, program, setting, value] of turns) {
      set(world, host, program, setting, value);
      wait(world, 10);
    }
    checked(world);
  });

  it('goes on from a copy of its state as it goes on itself', () => {
    const world = open();
    wait(world, 2);
    const copy = fork(world);
    wait(world, 10);
    wait(copy, 10);
    expect(JSON.stringify(trace(copy))).toBe(JSON.stringify(trace(world)));
  });

  it('refuses settings that make no sense', () => {
    const world = open();
    const host = 'mail.alumni.example';
    const bad = (setting: string, value: SettingValue) =>
      apply(world, { type: 'configure', host, program: 'mta', setting, value });
    expect(bad('virtualAliasMaps', ['no address'])).toMatchObject({ id: 'badValue', why: 'badText' });
    expect(bad('srs.isOn', 'yes')).toMatchObject({ id: 'badValue', why: 'notASwitch' });
    expect(bad('verify.spf', 'reject')).toMatchObject({ id: 'settingFixed' });
  });
});
