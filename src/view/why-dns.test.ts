// How a resolver came to its answer, told from the trace: for answers that were found, remembered or not to be had.

import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { readSharedWorlds } from '../build/lessons.ts';
import type { Command } from '../world/command.ts';
import type { WorldDescription } from '../world/description.ts';
import { apply, now, openWorld, type World } from '../world/world.ts';
import { follow, openJournal, type Journal } from './journal.ts';
import { why } from './why.ts';
import type { WhySection, WhyView } from './types.ts';

const worlds = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)));
const LAPTOP = 'laptop.home.example#1';
const ISP = '203.0.113.53';

interface Scene {
  readonly world: World;
  readonly journal: Journal;
  readonly run: (command: Command) => void;
}

function open(name = 'dns-faults'): Scene {
  const world = openWorld(worlds[name] as unknown as WorldDescription, 'test');
  const journal = openJournal(world.description, world.machine.trace, world.machine.kept);
  follow(journal);
  const run = (command: Command): void => {
    expect(apply(world, command)).toBeUndefined();
    follow(journal);
  };
  return { world, journal, run };
}

/** Asks, and then asks why about the answer that the laptop got. */
function asked({ journal, run }: Scene, question: string): WhyView {
  run({ type: 'line', terminal: LAPTOP, text: `dig +tries=1 +time=15 ${question} @${ISP}` });
  const answer = journal.trace.findLast(
    (event) =>
      event.type === 'net.datagram' &&
      event.host === 'resolver.isp.example' &&
      event.path.at(-1) !== undefined &&
      event.to.port !== 53,
  );
  const view = why(journal, { kind: 'event', seq: answer?.seq ?? 0 });
  if (view === undefined) throw new Error('no answer');
  return view;
}

type Steps = Extract<WhySection, { type: 'dnsSteps' }>;
const stepsOf = (view: WhyView): Steps => {
  const found = view.sections.find((section): section is Steps => section.type === 'dnsSteps');
  if (found === undefined) throw new Error('no steps');
  return found;
};
const keys = (view: WhyView): string[] =>
  stepsOf(view).steps.map(({ text }) => text.key.slice('why.step.'.length));

describe('the steps of a resolution', () => {
  it('lead from the root to the answer, and the next time from memory [S3-020] [S3-021]', () => {
    const scene = open();
    const first = asked(scene, 'small.narrow.example TXT');
    expect(keys(first)).toEqual([
      'query',
      'start.root',
      'asked.root',
      'referral',
      'asked',
      'referral',
      'asked',
      'answer',
      'replied',
    ]);
    const { steps } = stepsOf(first);
    expect(
      steps.map(({ text }) => text.params?.['server']).filter((one) => one !== '' && one !== undefined),
    ).toEqual([
      'a.root.test',
      'a.root.test',
      'a.nic.example',
      'a.nic.example',
      'ns.narrow.example',
      'ns.narrow.example',
    ]);
    expect(steps.every(({ rule }) => rule.startsWith('RFC '))).toBe(true);
    expect(steps[0]?.after).toBe(0);
    expect(keys(asked(scene, 'small.narrow.example TXT'))).toEqual(['query', 'cached.records', 'replied']);
    expect(keys(asked(scene, 'other.narrow.example TXT'))).toEqual([
      'query',
      'start.known',
      'asked',
      'nxdomain',
      'replied',
    ]);
    expect(keys(asked(scene, 'other.narrow.example A'))).toEqual(['query', 'cached.nxdomain', 'replied']);
    scene.run({ type: 'pass', until: now(scene.world) + 300_000 });
    expect(keys(asked(scene, 'small.narrow.example TXT'))).toContain('asked');
  });

  it('end at a lame server [S3-006]', () => {
    const view = asked(open(), 'lame.example TXT');
    expect(keys(view).slice(-4)).toEqual(['asked', 'lame', 'failed.lame', 'replied']);
    expect(view.plain.map(({ key }) => key)).toContain('why.step.failed.lame');
  });

  it('end where glue is missing [S3-006]', () => {
    expect(keys(asked(open(), 'noglue.example TXT')).slice(-4)).toEqual([
      'referral.bare',
      'missingGlue',
      'failed.address',
      'replied',
    ]);
  });

  it('wait for a silent server, then fail [S3-011]', () => {
    const found = keys(asked(open(), 'silent.example TXT'));
    expect(found.filter((key) => key === 'timeout').length).toBeGreaterThan(2);
    expect(found.slice(-2)).toEqual(['failed.silent', 'replied']);
  });

  it('lose a large answer where TCP is blocked, and only that [S3-010]', () => {
    const scene = open();
    expect(keys(asked(scene, 'small.narrow.example TXT'))).toContain('answer');
    const found = keys(asked(scene, 'big.narrow.example TXT'));
    expect(found).toContain('truncated');
    expect(found).toContain('asked.tcp');
    expect(found.at(-2)).toMatch(/^failed/);
  });

  it('follow aliases, and stop in a circle [S3-024]', () => {
    const scene = open();
    const chain = keys(asked(scene, 'www.hoster.example A'));
    expect(chain).toContain('cname');
    expect(chain.slice(-2)).toEqual(['answer', 'replied']);
    expect(keys(asked(scene, 'loop.hoster.example A')).slice(-2)).toEqual(['failed.loop', 'replied']);
  });

  it('tell what the modelled validation found [S3-001]', () => {
    const scene = open();
    const bogus = asked(scene, 'bogus.example TXT');
    expect(keys(bogus)).toContain('failed.bogus');
    const secure = asked(scene, '+dnssec secure.example TXT');
    const facts = secure.sections.flatMap((section) => (section.type === 'facts' ? section.facts : []));
    expect(facts.map(({ label }) => label.key)).toContain('why.fact.validated');
    const plain = asked(scene, '+dnssec hafen.example TXT');
    expect(
      plain.sections
        .flatMap((section) => (section.type === 'facts' ? section.facts : []))
        .map(({ label }) => label.key),
    ).not.toContain('why.fact.validated');
  });

  it('lead on: each step can be asked about, and says the same', () => {
    const { journal, ...rest } = open();
    const view = asked({ journal, ...rest }, 'small.narrow.example TXT');
    for (const step of stepsOf(view).steps) {
      const again = why(journal, { kind: 'event', seq: step.seq });
      expect(again?.title).toEqual(step.text);
      expect(again?.rules.map(({ rule }) => rule)).toContain(step.rule);
      expect(again && keys(again)).toEqual(keys(view));
    }
  });
});

describe('the second name server’s story', () => {
  const wolke = (worlds['sandbox'] as unknown as WorldDescription).zones.find(
    ({ zone }) => zone === 'wolke.example.',
  );
  const changed = (wolke?.text ?? '').replace('192.0.2.99', '192.0.2.10');

  it('tells of a forgotten serial, with the publication among its causes, and where to raise it [S3-007]', () => {
    const { journal, run } = open('sandbox');
    run({ type: 'publish', zone: 'wolke.example.', text: changed });
    const mark = journal.marks.marks.findLast(({ text }) => text.key === 'mark.copy.current');
    expect(mark).toMatchObject({ host: 'ns2.hoster.example', tone: 'soft' });
    const view = why(journal, { kind: 'event', seq: mark?.seq ?? 0 });
    expect(view?.plain.map(({ key }) => key)).toEqual(['why.copy.what', 'why.copy.current']);
    expect(view?.actions[0]).toMatchObject({ type: 'openZone', zone: 'wolke.example.', recordType: 'SOA' });
    const told = view?.causes.map(({ text }) => text.key);
    expect(told).toContain('mark.zonePublished');
    expect(told).toContain('mark.dns.notify');
  });

  it('tells of a transfer; routine looks at an unchanged zone are no step', () => {
    const { world, journal, run } = open('sandbox');
    run({ type: 'publish', zone: 'wolke.example.', text: changed.replace('2026112301', '2026112302') });
    expect(journal.marks.marks.map(({ text }) => text.key)).toContain('mark.copy.transferred');
    run({ type: 'pass', until: now(world) + 8 * 3_600_000 });
    const routine = journal.trace.filter((event) => event.type === 'zone.copy' && event.what === 'current');
    expect(routine.length).toBeGreaterThan(2);
    expect(journal.marks.marks.map(({ text }) => text.key)).not.toContain('mark.copy.current');
  });
});
