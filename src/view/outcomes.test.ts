// The table "What survives?": every cell comes from a message that was really sent on a copy of the world.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readLessons } from '../build/lessons.ts';
import '../crypto/curves.ts';
import type { WorldDescription } from '../world/description.ts';
import { apply, now, openWorld, trace } from '../world/world.ts';
import { hostViews } from './hosts.ts';
import { outcomePlan, outcomesOf } from './outcomes.ts';

const { worlds } = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url)));
const open = (name: string) => openWorld(worlds[name] as unknown as WorldDescription, 'test');

describe('what survives', () => {
  it('is told for each way and each receiver, and differs between receivers [S2-062]', () => {
    const world = open('relays');
    const before = trace(world).length;
    const plan = outcomePlan(world);
    expect(plan?.columns.map(({ host }) => host).sort()).toEqual([
      'mx.fels.example',
      'mx.hafen.example',
      'mx.ufer.example',
    ]);
    const table = Object.fromEntries(
      (plan?.ways ?? []).map((way) => [
        way,
        Object.fromEntries(outcomesOf(world, way).map((cell) => [cell.host.split('.')[1], cell.place])),
      ]),
    );
    expect(table).toEqual({
      direct: { hafen: 'inbox', fels: 'inbox', ufer: 'inbox' },
      forward: { hafen: 'inbox', fels: 'inbox', ufer: 'inbox' },
      'forward.srs': { hafen: 'inbox', fels: 'inbox', ufer: 'inbox' },
      'forward.arc': { hafen: 'inbox', fels: 'inbox', ufer: 'inbox' },
      list: { hafen: 'junk', fels: 'refused', ufer: 'junk' },
      'list.untouched': { hafen: 'inbox', fels: 'inbox', ufer: 'inbox' },
      'list.munge': { hafen: 'inbox', fels: 'inbox', ufer: 'inbox' },
      'list.wrap': { hafen: 'inbox', fels: 'inbox', ufer: 'inbox' },
      'list.reject': { hafen: 'list', fels: 'list', ufer: 'list' },
      'list.arc': { hafen: 'junk', fels: 'refused', ufer: 'inbox' },
    });
    // Asking changed nothing.
    expect(trace(world)).toHaveLength(before);
    expect(world.tape).toEqual([]);
  });

  it('says what each check found, what the server said and why', () => {
    const world = open('relays');
    const fels = outcomesOf(world, 'list').find(({ host }) => host === 'mx.fels.example');
    expect(fels).toMatchObject({
      spf: { result: 'pass', domain: 'linde.example' },
      dkim: { domains: ['linde.example'] },
      dmarc: { result: 'fail' },
      reply: '550 5.7.1 rejected by DMARC policy for wolke.example',
    });
    expect(fels?.why?.plain.map(({ key }) => key)).toContain('why.dmarc.not-aligned');
    const plain = outcomesOf(world, 'forward').find(({ host }) => host === 'mx.fels.example');
    expect(plain).toMatchObject({ spf: { result: 'fail' }, dmarc: { result: 'pass' } });
    const srs = outcomesOf(world, 'forward.srs').find(({ host }) => host === 'mx.fels.example');
    expect(srs?.spf).toEqual({ result: 'pass', domain: 'alumni.example' });
    const trusted = outcomesOf(world, 'list.arc').find(({ host }) => host === 'mx.ufer.example');
    expect(trusted).toMatchObject({ arc: { result: 'pass', isTrusted: true }, dmarc: { result: 'fail' } });
  });

  it('follows what the learner sets: an unsigned message does not survive a forward', () => {
    const world = open('relays');
    apply(world, {
      type: 'configure',
      host: 'mail.wolke.example',
      program: 'mta',
      setting: 'signing',
      value: [],
    });
    apply(world, { type: 'pass', until: now(world) + 60_000 });
    const fels = (way: 'forward' | 'forward.srs') =>
      outcomesOf(world, way).find(({ host }) => host === 'mx.fels.example')?.place;
    expect(fels('forward')).toBe('refused');
    expect(fels('forward.srs')).toBe('refused');
  });

  it('is drawn: forwarder and list have their place on the map', () => {
    expect(hostViews(open('relays').description).map(({ role }) => role)).toEqual(
      expect.arrayContaining(['forwarder', 'mailingList']),
    );
  });

  it('is not asked where nobody stands in between', () => {
    expect(outcomePlan(open('first'))).toBeUndefined();
  });
});
