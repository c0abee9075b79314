// The week of the lesson on reports: what is asked there is what the reports really say, and every number on the panel is a
// sum of counts.

import { expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { readLessons } from '../build/lessons.ts';
import { groupSources, suggestPolicy } from '../message/report-groups.ts';
import { follow, openJournal } from '../view/journal.ts';
import { reportsView } from '../view/reports.ts';
import { analyseZone } from '../view/zone-analysis.ts';
import { withReports } from '../view/zone-reports.ts';
import type { WorldDescription } from '../world/description.ts';
import { reverseNames } from '../view/reverse-names.ts';
import { openWorld, trace } from '../world/world.ts';
import type { LessonGoals } from './format.ts';
import { parseScript } from './script.ts';
import { playScript } from './sources.ts';

it(
  'the answers of the lesson are those of its reports [S4-052] [S4-048] [D4] [DMARC-TOOFAST]',
  { timeout: 180_000 },
  () => {
    const { bodies } = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url)));
    const body = bodies.get('aggregate-reports');
    if (body === undefined) throw new Error('the lesson is gone');
    const world = openWorld(body.world as unknown as WorldDescription, 'lesson:aggregate-reports');
    playScript(world, parseScript(body.before));
    const journal = openJournal(world.description, trace(world), world.machine.kept);
    follow(journal);
    const view = reportsView(journal);
    const all = view.reports.flatMap(({ report }) => (report === undefined ? [] : [report]));
    const goals = body.goals as unknown as LessonGoals;
    const right = (id: string): string =>
      goals.questions.find((one) => one.id === id)?.choices.find((one) => one.right === true)?.text.en ?? '';
    const total = all.reduce((sum, one) => sum + one.records.reduce((n, record) => n + record.count, 0), 0);
    expect(all).toHaveLength(35);
    expect(all.reduce((sum, one) => sum + one.records.length, 0)).toBe(237);
    expect(String(total)).toBe(right('howmany'));
    // Each receiver's sum is what it judged before the last midnight.
    for (const org of new Set(all.map((one) => one.orgName))) {
      const own = all.filter((one) => one.orgName === org);
      const host = `mx.${own[0]?.email.split('@')[1] ?? ''}`;
      const end = Math.max(...own.map((one) => one.end + 1)) * 1000;
      const sum = own.reduce((n, one) => n + one.records.reduce((m, record) => m + record.count, 0), 0);
      expect([org, sum]).toEqual([
        org,
        view.judged.filter((one) => one.host === host && one.domain === 'wolke.example' && one.at < end)
          .length,
      ]);
    }
    const groups = groupSources(all);
    expect(Object.fromEntries(groups.map((one) => [one.sourceIp, one.kind]))).toEqual({
      '192.0.2.10': 'known-sender',
      '192.0.2.80': 'known-sender',
      '198.19.7.11': 'known-sender',
      '198.19.7.12': 'known-sender',
      '198.18.20.5': 'not-set-up',
      '198.18.30.7': 'forwarder',
      '198.18.40.9': 'changed',
      // He passes as himself: the numbers alone cannot tell him from a forgotten service.
      '203.0.113.66': 'not-set-up',
      '203.0.113.140': 'spoofer',
    });
    expect(suggestPolicy({ p: 'none' }, groups).advice).toBe('set-up-senders');
    // What p=reject would cost is told before it is published, with the figure; p=none and a trial cost nothing.
    const zone = world.description.zones.find((one) => one.zone === 'wolke.example.')?.text ?? '';
    const tooFast = (policy: string) =>
      withReports(analyseZone('wolke.example.', zone.replace('p=none;', policy)), journal).findings.filter(
        (one) => one.id === 'DMARC-TOOFAST',
      );
    expect(tooFast('p=reject;')).toMatchObject([
      { params: { percent: 34.2, count: 76, source: ' (203.0.113.66, 198.18.20.5, 198.18.40.9)' } },
    ]);
    expect([...tooFast('p=none;'), ...tooFast('p=reject; t=y;')]).toEqual([]);
    const before = trace(world).length;
    expect(reverseNames(world, ['198.18.20.5', '203.0.113.77', '192.0.2.250'])).toEqual([
      { address: '198.18.20.5', state: 'ok', name: 'out.zahlwerk.example' },
      { address: '203.0.113.77', state: 'none' },
      { address: '192.0.2.250', state: 'none' },
    ]);
    // Looking leaves no mark.
    expect(trace(world)).toHaveLength(before);
  },
);
