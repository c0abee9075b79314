// The folds over whole journeys in the first world: where messages go, what the story tells, what "why?" answers.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explain as explainDe } from '../text/de/explain.ts';
import { story as storyDe } from '../text/de/story.ts';
import { explain as explainEn } from '../text/en/explain.ts';
import { story as storyEn } from '../text/en/story.ts';
import { hints } from '../text/en/hints.ts';
import { cacheViews } from './caches.ts';
import { follow, openJournal, worldView, type Journal } from './journal.ts';
import { hostViews } from './hosts.ts';
import { logView } from './logs.ts';
import { mailboxViews } from './mailboxes.ts';
import { messageDetail } from './message-detail.ts';
import { nextRetry } from './retries.ts';
import { LAPTOP, SERVER, letter, openScene, phrasesOf, repairSpf, type Scene } from './testing.ts';
import type { Phrase } from './types.ts';
import { why } from './why.ts';

const messages = (journal: Journal) => worldView(journal).messages;

/** Mail by hand to the MX before and after the repair, through the own server, to nobody, to a dead host. */
function eventfulScene(): Scene {
  const scene = openScene();
  scene.type(SERVER, ...letter('mx.hafen.example'));
  scene.type(
    LAPTOP,
    ...letter('mail.wolke.example', 'nobody@hafen.example'),
    'telnet ns.wolke.example 25',
    'mailQ',
  );
  scene.type(LAPTOP, ...letter('mx.hafen.example', 'somebody@else.example').slice(0, 5), 'Subject: Hi');
  scene.edit((text) => `${repairSpf(text)}\ndead IN MX 10 gone\ngone IN A 192.0.2.200\n`);
  scene.type(LAPTOP, ...letter('mail.wolke.example', 'x@dead.wolke.example'));
  scene.wait(400);
  scene.type(SERVER, ...letter('mx.hafen.example'));
  scene.wait(6 * 24 * 3600);
  return scene;
}

describe('messages', () => {
  it('typed by hand to the MX goes to Junk; why leads to the record to repair; repaired it goes to the inbox', () => {
    const { journal, type, edit, wait, world } = openScene();
    type(SERVER, ...letter('mx.hafen.example'));
    const [first] = messages(journal);
    expect(first).toMatchObject({
      place: 'junk',
      subject: 'Hello',
      from: 'Alice',
      to: ['bob@hafen.example'],
    });
    const reason = why(journal, { kind: 'message', id: first?.id ?? '' });
    expect(reason?.plain.map((phrase) => phrase.key)).toContain('why.place.dmarcQuarantine');
    expect(reason?.actions).toContainEqual({
      type: 'openZone',
      zone: 'wolke.example.',
      name: 'wolke.example.',
      recordType: 'TXT',
    });
    edit(repairSpf);
    // The receiver's resolver still remembers the old record.
    const stale = cacheViews(
      world,
      'wolke.example.',
      journal.zones.get('wolke.example.')?.at(-1)?.value.text ?? '',
    )
      .find((view) => view.resolver === 'resolver.hafen.example')
      ?.entries.filter((entry) => entry.stale);
    expect(stale?.map((entry) => entry.text)).toEqual(['"v=spf1 ip4:192.0.2.99 -all"']);
    type(SERVER, ...letter('mx.hafen.example'));
    const second = messages(journal)[1];
    expect(second?.place).toBe('junk');
    const stillWhy = why(journal, { kind: 'message', id: second?.id ?? '' });
    expect(stillWhy?.plain.map((phrase) => phrase.key)).toContain('why.stale');
    const pass = stillWhy?.actions.find((action) => action.type === 'passTime');
    expect(pass?.type === 'passTime' && pass.until - (journal.trace.at(-1)?.at ?? 0)).toBeLessThanOrEqual(
      300_000,
    );
    wait(301);
    type(SERVER, ...letter('mx.hafen.example'));
    expect(messages(journal).at(-1)).toMatchObject({
      place: 'inbox',
      tone: 'pass',
      host: 'mbox.hafen.example',
    });
  });

  it('keeps one identity over all hops', () => {
    const { journal, type } = openScene();
    type(LAPTOP, ...letter('mail.wolke.example'));
    expect(messages(journal)).toHaveLength(1);
    const id = messages(journal)[0]?.id ?? '';
    const detail = messageDetail(journal, id);
    expect(detail?.hops.map((hop) => hop.host)).toEqual([
      'mail.wolke.example',
      'mail.wolke.example',
      'mx.hafen.example',
      'mx.hafen.example',
      'mbox.hafen.example',
    ]);
    expect(detail).toMatchObject({ place: 'inbox', folder: 'INBOX', text: 'Hi.\n' });
    expect(detail?.headers.map((header) => header.name.toLowerCase())).toContain('dkim-signature');
    const box = mailboxViews(journal.owners, journal.entries, journal.folders, journal.seq).find(
      (one) => one.user === 'bob',
    );
    expect(box?.folders[0]?.messages.map((one) => one.id)).toEqual([id]);
    const envelopes = journal.marks.marks.filter((mark) => mark.flight?.message === id);
    expect(envelopes.map((mark) => mark.flight?.path)).toEqual([
      ['mail.wolke.example', 'mx.hafen.example'],
      ['mx.hafen.example', 'mbox.hafen.example'],
    ]);
  });

  it('a bounce is a message of its own that refers to the first', () => {
    const { journal, type } = openScene();
    type(LAPTOP, ...letter('mail.wolke.example', 'nobody@hafen.example'));
    const [lost, bounce] = messages(journal);
    expect(lost).toMatchObject({ place: 'bounced', host: 'mail.wolke.example', tone: 'fail' });
    expect(bounce).toMatchObject({ place: 'inbox', host: 'mail.wolke.example' });
    expect(journal.messages.all.get(bounce?.id ?? '')?.bounceOf).toBe(lost?.id);
    expect(why(journal, { kind: 'message', id: bounce?.id ?? '' })?.actions).toContainEqual({
      type: 'openMessage',
      id: lost?.id,
    });
  });

  it('a message refused at its end is shown where it ended, with its text', () => {
    const { journal, type } = openScene();
    const loop = Array.from(
      { length: 60 },
      (_, i) => `Received: from a by b; Mon, 23 Nov 2026 09:00:${i % 60} +0100`,
    );
    type(
      LAPTOP,
      ...letter('mail.wolke.example').slice(0, 5),
      ...loop,
      'Subject: Round and round',
      '',
      'Hi',
      '.',
    );
    expect(messages(journal)).toMatchObject([
      { place: 'rejected', subject: 'Round and round', tone: 'fail' },
    ]);
    expect(messageDetail(journal, messages(journal)[0]?.id ?? '')?.raw).toContain('Round and round');
  });

  it('waits in the queue, is tried again when time passes, and comes back after five days', () => {
    const { journal, type, edit, wait } = openScene();
    edit((text) =>
      `${text}\ndead IN MX 10 gone\ngone IN A 192.0.2.200\n`.replace('2026112301', '2026112302'),
    );
    type(LAPTOP, ...letter('mail.wolke.example', 'x@dead.wolke.example'));
    expect(messages(journal)).toMatchObject([{ place: 'deferred', tone: 'soft' }]);
    const state = worldView(journal).hosts.find((host) => host.name === 'mail.wolke.example');
    expect(state?.queue).toEqual({ active: 0, deferred: 1 });
    const retry = nextRetry(journal.retries);
    const action = why(journal, { kind: 'message', id: messages(journal)[0]?.id ?? '' })?.actions[0];
    expect(action).toMatchObject({ type: 'passTime', until: retry });
    wait(6 * 24 * 3600);
    expect(journal.marks.marks.filter((mark) => mark.text.key === 'mark.retry').length).toBeGreaterThan(50);
    const own = messages(journal).filter((message) => message.host === 'mail.wolke.example');
    // The message itself, the note after four hours that it still waits, the report after five days.
    expect(own.map((message) => message.place)).toEqual(['bounced', 'inbox', 'inbox']);
    expect(journal.marks.marks.filter((mark) => mark.text.key === 'mark.delayWritten')).toHaveLength(1);
    expect(nextRetry(journal.retries)).toBeUndefined();
    expect(journal.ledger.violations).toEqual([]);
  });
});

describe('the story', () => {
  it('a typed command and its reply play in less than 1.5 s, a journey to the mailbox in 6 to 8 s', () => {
    const { journal, type } = openScene();
    const lines = letter('mail.wolke.example');
    for (const line of lines) {
      const before = journal.marks.marks.length;
      type(LAPTOP, line);
      const fresh = journal.marks.marks.slice(before);
      const dwell = fresh.reduce((sum, mark) => sum + mark.dwellMs, 0);
      if (line === '.') {
        expect(dwell).toBeGreaterThan(6000);
        expect(dwell).toBeLessThan(8000);
      } else if (!line.startsWith('telnet')) expect(dwell).toBeLessThan(1500);
    }
  });

  it('goes along the wires without the road itself, and tells what a resolver remembered', () => {
    const { journal, type } = openScene();
    type(LAPTOP, 'dig wolke.example MX', 'dig wolke.example MX');
    const flights = journal.marks.marks.flatMap((mark) => mark.flight ?? []);
    expect(flights.length).toBeGreaterThan(3);
    expect(flights.some((flight) => flight.path.includes('internet'))).toBe(false);
    const keys = journal.marks.marks.map((mark) => mark.text.key);
    expect(keys.filter((key) => key.endsWith('.cached'))).toEqual(['mark.dns.answer.cached']);
    expect(keys.indexOf('mark.dns.answer.cached')).toBe(keys.length - 1);
    expect(keys).toContain('mark.dns.referral');
  });

  it('every phrase has words in both languages, every coach hint too', () => {
    const { journal } = eventfulScene();
    const used: Phrase[] = [
      ...hostViews(journal.description).flatMap((host) => host.facts),
      ...journal.marks.marks.map((mark) => mark.text),
      ...[...journal.messages.all.values()].flatMap((message) => message.hops.map((hop) => hop.text)),
    ];
    const views = [
      ...journal.trace.map((event) => why(journal, { kind: 'event', seq: event.seq })),
      ...messages(journal).map((message) => why(journal, { kind: 'message', id: message.id })),
      ...journal.description.hosts.map((host) => why(journal, { kind: 'host', name: host.name })),
      ...journal.description.links.map(({ between: [from, to] }) => why(journal, { kind: 'link', from, to })),
    ];
    for (const view of views) if (view !== undefined) used.push(...phrasesOf(view));
    const keys = new Set(used.map((phrase) => phrase.key));
    expect(keys.size).toBeGreaterThan(80);
    for (const words of [
      { ...storyEn, ...explainEn },
      { ...storyDe, ...explainDe },
    ]) {
      const missing = [...keys].filter((key) => !(key in words));
      expect(missing).toEqual([]);
    }
    const given = new Map(used.map((phrase) => [phrase.key, phrase.params ?? {}]));
    for (const [key, params] of given) {
      const text = ({ ...storyEn, ...explainEn } as Record<string, string>)[key] ?? '';
      for (const [, name] of text.matchAll(/\{(\w+)/g)) expect(params, key).toHaveProperty(name ?? '');
    }
    for (const hint of journal.coach.hints) expect(hints).toHaveProperty(hint.id);
  });
});

describe('looking back', () => {
  const { journal, world } = eventfulScene();

  it('folding piece by piece gives what folding at once gives', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 12 }), (pieces) => {
        const trace: (typeof journal.trace)[number][] = [];
        const other = openJournal(world.description, trace, journal.kept);
        let at = 0;
        for (const size of [...pieces, Infinity]) {
          trace.push(...journal.trace.slice(at, at + size));
          at = trace.length;
          follow(other);
        }
        expect(other.marks.marks).toEqual(journal.marks.marks);
        expect(other.coach.hints).toEqual(journal.coach.hints);
        expect(worldView(other)).toEqual(worldView(journal));
      }),
      { numRuns: 8 },
    );
  });

  it('any moment of the past looks as it looked then, and looking changes nothing', () => {
    const before = JSON.stringify(journal.marks.marks) + JSON.stringify(worldView(journal));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: journal.seq }), (seq) => {
        const then = openJournal(world.description, journal.trace.slice(0, seq), journal.kept);
        follow(then);
        expect(worldView(journal, seq)).toEqual(worldView(then));
        expect(mailboxViews(journal.owners, journal.entries, journal.folders, seq)).toEqual(
          mailboxViews(then.owners, then.entries, then.folders, seq),
        );
        for (const host of world.description.hosts)
          expect(logView(journal.logs, host.name, seq)).toEqual(logView(then.logs, host.name, seq));
      }),
      { numRuns: 12 },
    );
    expect(JSON.stringify(journal.marks.marks) + JSON.stringify(worldView(journal))).toBe(before);
  });

  it('why is read from the trace and never computed again [G-04]', () => {
    const at = journal.trace.findIndex((event) => event.type === 'auth.spf');
    const event = journal.trace[at];
    if (event?.type !== 'auth.spf') throw new Error('nothing was judged');
    // A trace that claims something else gets the answer that it claims.
    const trace = [...journal.trace];
    const verdict = { ...event.verdict, domain: 'claimed.example', result: 'pass' as const };
    trace[at] = { ...event, verdict };
    const doctored = openJournal(world.description, structuredClone(trace), journal.kept);
    follow(doctored);
    const answer = why(doctored, { kind: 'event', seq: event.seq });
    expect(answer?.title).toEqual({
      key: 'mark.spf.pass',
      params: { domain: 'claimed.example', ip: event.verdict.ip, result: 'pass' },
    });
    expect(answer?.sections[0]).toMatchObject({ type: 'spf', verdict: { domain: 'claimed.example' } });
    expect(why(journal, { kind: 'event', seq: event.seq })?.rules).toContainEqual({
      rule: event.verdict.rule,
    });
  });

  it('says of a wire that it is a model [G-06]', () => {
    const { journal } = openScene();
    const { between } = journal.description.links[0] ?? { between: ['', ''] };
    const view = why(journal, { kind: 'link', from: between[0], to: between[1] });
    expect(view?.plain.map((phrase) => phrase.key)).toContain('why.link.modelled');
    expect(explainEn['why.link.modelled']).toMatch(/^Modelled/);
    expect(explainDe['why.link.modelled']).toMatch(/^Modell/);
  });

  it('causes lead back to what the learner did', () => {
    const delivered = journal.trace.find((event) => event.type === 'mailbox.delivered');
    const view = why(journal, { kind: 'event', seq: delivered?.seq ?? 0 });
    expect(view?.causes.length).toBeGreaterThan(2);
    expect(view?.causes.every((cause, i) => cause.seq < (view.causes[i - 1]?.seq ?? Infinity))).toBe(true);
  });
});

describe('the coach', () => {
  it('says more when the same mistake comes again [S1-190]', () => {
    const { journal, type } = openScene();
    type(LAPTOP, 'telnet mx.hafen.example 25', 'HELLO', 'HELLO', 'HELLO', 'HELLO');
    const levels = journal.coach.hints.filter((hint) => hint.id === 'LM-01').map((hint) => hint.level);
    expect(levels).toEqual([1, 2, 3, 3]);
    expect(journal.coach.hints[0]?.terminal).toBe(LAPTOP);
  });

  it('notices slips at the shell, and only slips', () => {
    const { journal, type } = openScene();
    type(
      LAPTOP,
      'tlnet mx.hafen.example 25',
      'MAIL FROM:<a@b.example>',
      'telnet mx.hafen.example',
      'nc -v ns.hafen.example 25',
    );
    expect(
      journal.coach.hints.map((hint) => [hint.id, hint.params['near'] ?? hint.params['host'] ?? '']),
    ).toEqual([
      ['SH-TYPO', 'telnet'],
      ['SH-SMTP', ''],
      ['SH-PORT', 'mx.hafen.example'],
      ['SH-REFUSED', 'ns.hafen.example'],
    ]);
    const before = journal.coach.hints.length;
    type(LAPTOP, 'dig hafen.example MX', 'ls', 'xyzzy', '');
    expect(journal.coach.hints).toHaveLength(before);
  });

  it('says where the prompt of telnet without a host leads, once each time', () => {
    const { journal, type } = openScene();
    type(LAPTOP, 'telnet', 'HELO x', 'quit');
    expect(journal.coach.hints.map(({ id, level }) => [id, level])).toEqual([['SH-TELNET', 1]]);
    type(LAPTOP, 'telnet', 'open mx.hafen.example 25', 'QUIT');
    expect(journal.coach.hints.filter(({ id }) => id === 'SH-TELNET').map(({ level }) => level)).toEqual([
      1, 2,
    ]);
  });

  it('keeps silent about sessions of others', () => {
    const { journal, wait } = openScene();
    wait(300);
    expect(journal.trace.some((event) => event.type === 'smtp.server')).toBe(true);
    expect(journal.coach.hints).toEqual([]);
  });
});
