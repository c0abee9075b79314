// What a draft would change, against what really happens when it is published: repaired SPF, broken key, stricter policy.

import { describe, expect, it } from 'vitest';
import { LAPTOP, letter, openScene, repairSpf, type Scene } from './testing.ts';
import { whatIf } from './what-if.ts';
import type { WhatIfView } from './what-if-types.ts';

const ZONE = 'wolke.example.';
const published = (scene: Scene): string => {
  const states = scene.journal.zones.get(ZONE) ?? [];
  return states[states.length - 1]?.value.text ?? '';
};
const ask = (scene: Scene, change: (text: string) => string): WhatIfView =>
  whatIf(scene.world, scene.journal, ZONE, change(published(scene)));
const raised = (text: string): string => text.replace(/20261123(\d\d)/, (all) => String(Number(all) + 1));

/** A letter from the own server, and one straight from the laptop in the same name. */
function twoLetters(): Scene {
  const scene = openScene();
  scene.type(LAPTOP, ...letter('mail.wolke.example'));
  scene.type(LAPTOP, ...letter('mx.hafen.example'));
  scene.wait(600);
  return scene;
}

describe('what if', () => {
  it('an unchanged draft changes nothing, and asking leaves no mark', () => {
    const scene = twoLetters();
    const before = JSON.stringify([scene.world.machine.trace.length, scene.world.machine.state.net.now]);
    const { rows } = ask(scene, (text) => text);
    expect(rows.length).toBeGreaterThanOrEqual(2);
    expect(rows.filter((row) => row.changed)).toEqual([]);
    expect(rows.flatMap((row) => row.answers)).toEqual([]);
    for (const row of rows) expect(row.after).toEqual(row.before);
    expect(JSON.stringify([scene.world.machine.trace.length, scene.world.machine.state.net.now])).toBe(
      before,
    );
  });

  it('a repaired SPF record turns fail into pass, for the own server only', () => {
    const scene = twoLetters();
    const { rows } = ask(scene, repairSpf);
    const own = rows.find((row) => row.before.dkim === 'pass');
    expect(own).toMatchObject({
      changed: true,
      before: { spf: 'fail', dmarc: 'pass' },
      after: { spf: 'pass', dkim: 'pass', dmarc: 'pass' },
    });
    expect(own?.answers).toContainEqual(
      expect.objectContaining({
        name: ZONE,
        type: 'TXT',
        after: expect.stringContaining('192.0.2.10') as string,
      }),
    );
    expect(rows[0]?.changed).toBe(true);
    expect(rows.find((row) => row.before.dkim === 'none')?.after.spf).toBe('fail');
  });

  it('a key that is gone or broken turns pass into fail', () => {
    const scene = twoLetters();
    const gone = ask(scene, (text) => text.replace(/^s1\._domainkey[^\n]*(?:\n[ \t]+[^\n]*)*\n/m, ''));
    expect(gone.rows[0]).toMatchObject({
      before: { dkim: 'pass', dmarc: 'pass' },
      after: { dkim: 'permerror', dkimReason: 'no-key', dmarc: 'fail' },
      changed: true,
    });
    const broken = ask(scene, (text) => text.replace(/p=MI/, 'p=!!'));
    expect(broken.rows[0]).toMatchObject({ after: { dkim: 'permerror', dmarc: 'fail' }, changed: true });
  });

  it('a stricter policy moves what fails, and publishing then does just that', () => {
    const scene = twoLetters();
    const policy = (to: string) => (text: string) => raised(text.replace(/DMARC1; p=\w+/, `DMARC1; p=${to}`));
    const relaxed = ask(scene, policy('none')).rows;
    const strict = ask(scene, policy('reject')).rows;
    const forged = (rows: WhatIfView['rows']) => rows.find((row) => row.before.dkim === 'none');
    expect(forged(relaxed)?.after.disposition).toBe('none');
    expect(forged(strict)?.after).toMatchObject({ dmarc: 'fail', disposition: 'reject' });
    for (const to of ['none', 'reject'] as const) {
      const guess = forged(ask(scene, policy(to)).rows)?.after;
      const real = twoLetters();
      real.edit(policy(to));
      real.wait(86_400);
      real.type(LAPTOP, ...letter('mx.hafen.example'));
      real.wait(60);
      const happened = whatIf(real.world, real.journal, ZONE, published(real)).rows.reduce((a, b) =>
        a.seq > b.seq ? a : b,
      );
      expect(happened.before).toEqual(guess);
    }
  });

  it('asks a fork for names that nobody asked for before, and never the world', () => {
    const scene = twoLetters();
    const trace = scene.world.machine.trace.length;
    const { rows } = ask(scene, (text) =>
      text.replace(/"v=spf1[^"]*"/, '"v=spf1 mx:hafen.example include:nowhere.hafen.example -all"'),
    );
    expect(rows[0]?.after).toMatchObject({ spf: 'permerror', spfReason: 'include-none' });
    expect(scene.world.machine.trace).toHaveLength(trace);
  });

  it('computes nothing of a draft that cannot be loaded, and says why', () => {
    const scene = twoLetters();
    expect(ask(scene, (text) => `${text}\nnew IN TXTT "x"\n`)).toMatchObject({
      rows: [],
      obstacle: { id: 'unknown-type' },
    });
    expect(whatIf(openScene().world, openScene().journal, ZONE, published(openScene()))).toEqual({
      rows: [],
    });
  });
});
