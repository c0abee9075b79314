// Each kind of predicate against one real evening in a small world: what was so is found, with the right event as its reason,
// and what was not so is not.

import { describe, expect, it } from 'vitest';
import { fileURLToPath } from 'node:url';
import { readLessons } from '../build/lessons.ts';
import type { TraceEvent } from '../host/events.ts';
import { follow, openJournal } from '../view/journal.ts';
import type { WorldDescription } from '../world/description.ts';
import { openWorld, trace, type World } from '../world/world.ts';
import type { DeliveredSpec, EventSpec, Matcher, Predicate, SessionSpec } from './format.ts';
import { fits, fulfilled, isHistory, valueAt, type Evidence } from './predicate.ts';
import { parseScript } from './script.ts';
import { lessonSources, playScript } from './sources.ts';

const { worlds } = readLessons(fileURLToPath(new URL('../../lessons', import.meta.url)));

/** One letter to Bob alone, one to Bob and Anna through the own server, one session cut off, one zone published. */
const EVENING = `
laptop: telnet mx.hafen.example 25
laptop: EHLO laptop
laptop: EHLO laptop.home.example
laptop: MAIL FROM:<>
laptop: RCPT TO:<bob@hafen.example>
laptop: DATA
laptop: From: Alice <alice@wolke.example>
laptop: To: Anna <anna@hafen.example>
laptop: Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
laptop:
laptop: By hand.
laptop: .
laptop: QUIT
laptop: telnet mail.wolke.example 25
laptop: EHLO laptop.home.example
laptop: MAIL FROM:<alice@wolke.example>
laptop: RCPT TO:<bob@hafen.example>
laptop: RCPT TO:<anna@hafen.example>
laptop: DATA
laptop: From: Alice <alice@wolke.example>
laptop: To: both
laptop: Subject: Two copies
laptop:
laptop: By server.
laptop: .
laptop: NONSENSE
laptop: ^]
laptop: quit
@ add wolke.example: @ IN TXT "v=spf1 mx -all"
`;

function evidenceOf(world: World): Evidence {
  const journal = openJournal(world.description, trace(world), world.machine.kept);
  follow(journal);
  const sources = lessonSources(() => journal);
  return {
    world,
    mistakes: new Map([['LM-07', 12]]),
    records: (zone) => sources.records(world, zone),
    findings: (zone) => sources.findings(world, zone),
    answers: new Map([['q', { choice: 'right', seq: 77 }]]),
    isRight: (_question, choice) => choice === 'right',
  };
}

const fresh = evidenceOf(openWorld(worlds['quiet'] as unknown as WorldDescription, 'test'));
const world = openWorld(worlds['quiet'] as unknown as WorldDescription, 'test');
playScript(world, parseScript(EVENING));
const evening = evidenceOf(world);
const event = (seq: number | undefined): TraceEvent | undefined => trace(world)[(seq ?? 0) - 1];
const yes = (predicate: Predicate): void => expect(fulfilled(predicate, evening)).toBeDefined();
const no = (predicate: Predicate): void => expect(fulfilled(predicate, evening)).toBeUndefined();

describe('delivered', () => {
  it.each<[string, DeliveredSpec, DeliveredSpec]>([
    ['user', { user: 'anna' }, { user: 'alice' }],
    ['folder', { user: 'bob', folder: 'INBOX' }, { folder: 'Archive' }],
    ['return path', { reversePath: '' }, { reversePath: 'bob@hafen.example' }],
    ['a header, decoded', { headers: { Subject: 'Grüße' } }, { user: 'anna', headers: { Subject: 'Grüße' } }],
    ['a header that is not there', { headers: { Bcc: '' } }, { headers: { Bcc: { matches: '.' } } }],
    ['body', { body: 'By hand.' }, { body: { matches: 'pigeon' } }],
    ['hand', { by: 'hand', headers: { Subject: 'Two copies' } }, { by: 'program' }],
    ['origin', { from: 'laptop.home.example' }, { from: 'mail.wolke.example' }],
    [
      'who has no copy of it',
      { user: 'bob', without: ['anna'] },
      { user: 'bob', headers: { Subject: 'Two copies' }, without: ['anna'] },
    ],
  ])('judges %s', (_name, good, bad) => {
    yes({ delivered: good });
    no({ delivered: bad });
    expect(fulfilled({ delivered: good }, fresh)).toBeUndefined();
    expect(event(fulfilled({ delivered: good }, evening))?.type).toBe('mailbox.delivered');
  });
});

describe('session', () => {
  const mx = 'mx.hafen.example';
  const own = 'mail.wolke.example';
  it.each<[string, SessionSpec, SessionSpec]>([
    ['the server', { server: mx }, { server: 'ns.hafen.example' }],
    ['a goodbye', { server: mx, quit: true }, { server: own, quit: true }],
    [
      'a whole name',
      { server: mx, qualifiedName: true },
      { server: 'mbox.hafen.example', qualifiedName: true },
    ],
    ['errors', { server: mx, clean: true }, { server: own, clean: true }],
    ['a lost line', { server: own, lost: true }, { server: mx, lost: true }],
    ['verbs', { server: mx, verbs: ['MAIL', 'DATA'] }, { server: mx, verbs: ['VRFY'] }],
  ])('judges %s', (_name, good, bad) => {
    yes({ session: good });
    no({ session: bad });
    expect(fulfilled({ session: good }, fresh)).toBeUndefined();
  });

  it('is not held by a program', () => {
    // The mail exchanger handed the letters on to the mailboxes, but nobody typed that.
    yes({ event: { type: 'smtp.server', host: 'mbox.hafen.example' } });
    no({ session: { server: 'mbox.hafen.example' } });
  });
});

describe('event', () => {
  const replies = (extra: Omit<EventSpec, 'type'>): Predicate => ({
    event: { type: 'smtp.server', ...extra },
  });
  const bad = { 'note.kind': 'reply', 'note.reply.code': { atLeast: 500 } };

  it('asks for values, hosts and numbers', () => {
    yes(replies({ host: 'mail.wolke.example', where: bad }));
    no(replies({ host: 'mbox.hafen.example', where: bad }));
    no(replies({ where: { ...bad, 'note.to': 'QUIT' } }));
    yes({ event: { type: 'mailbox.delivered', count: 3 } });
    no({ event: { type: 'mailbox.delivered', count: 4 } });
  });

  it('tells the first or the newest', () => {
    const any: Predicate = { event: { type: 'mailbox.delivered' } };
    const first = fulfilled(any, evening, 'first') ?? 0;
    const newest = fulfilled(any, evening, 'newest') ?? 0;
    expect(first).toBeLessThan(newest);
    expect(fulfilled({ event: { type: 'mailbox.delivered', count: 3 } }, evening)).toBe(newest);
  });

  it('judges how the newest stands', () => {
    const bobs = { type: 'mailbox.delivered', where: { user: 'bob' } } as const;
    yes({ event: { ...bobs, last: { reversePath: 'alice@wolke.example' } } });
    no({ event: { ...bobs, last: { reversePath: '' } } });
    no({ event: { type: 'queue.bounce', last: {} } });
  });
});

describe('published', () => {
  const spf = { zone: 'wolke.example.', name: 'wolke.example.', type: 'TXT', matches: '^v=spf1' };

  it('counts the records as they stand now', () => {
    yes({ published: { ...spf, name: 'WOLKE.example.', count: 2 } });
    no({ published: { ...spf, count: 1 } });
    no({ published: { ...spf, name: 'www.wolke.example.' } });
    no({ published: { ...spf, type: 'A' } });
    no({ published: { ...spf, matches: 'mx:' } });
    expect(fulfilled({ published: { ...spf, count: 1 } }, fresh)).toBeDefined();
    expect(event(fulfilled({ published: spf }, evening))?.type).toBe('zone.published');
    yes({ published: { zone: 'wolke.example.', name: 'mail.wolke.example.', type: 'A', matches: '^192' } });
  });

  it('knows whether the learner has changed anything', () => {
    yes({ published: { ...spf, changed: true } });
    expect(fulfilled({ published: { ...spf, changed: true } }, fresh)).toBeUndefined();
  });
});

it('judges mistakes and answers', () => {
  expect(fulfilled({ mistake: 'LM-07' }, evening)).toBe(12);
  no({ mistake: 'LM-08' });
  expect(fulfilled({ answered: 'q' }, evening)).toBe(77);
  no({ answered: 'r' });
  expect(fulfilled({ answered: 'q' }, { ...evening, isRight: () => false })).toBeUndefined();
  expect(fulfilled({ chosen: { question: 'q', choice: 'right' } }, evening)).toBe(77);
  no({ chosen: { question: 'q', choice: 'wrong' } });
});

it('joins predicates', () => {
  const is: Predicate = { mistake: 'LM-07' };
  const isNot: Predicate = { mistake: 'LM-01' };
  expect(fulfilled({ all: [is, { answered: 'q' }] }, evening)).toBe(77);
  no({ all: [is, isNot] });
  expect(fulfilled({ any: [isNot, is] }, evening)).toBe(12);
  no({ any: [isNot] });
  expect(fulfilled({ not: isNot }, evening)).toBe(0);
  no({ not: is });
});

it('parts what happened from how things stand', () => {
  const happened: Predicate = { event: { type: 'queue.accept' } };
  const stands: Predicate = { event: { type: 'auth.spf', last: { 'verdict.result': 'fail' } } };
  const published: Predicate = { published: { zone: 'z.', name: 'z.', type: 'A' } };
  for (const one of [happened, { not: happened }, { all: [happened] }, { any: [{ mistake: 'LM-01' }] }])
    expect(isHistory(one)).toBe(true);
  for (const one of [stands, { all: [happened, stands] }, { any: [stands] }, published, { answered: 'q' }])
    expect(isHistory(one)).toBe(false);
});

it.each<[Matcher, unknown, boolean]>([
  ['a', 'a', true],
  ['a', 'A', false],
  [5, '5', false],
  [true, true, true],
  [{ matches: '^A' }, 'abc', true],
  [{ matches: 'x' }, undefined, false],
  [{ not: 'a' }, 'b', true],
  [{ not: { matches: 'b' } }, 'b', false],
  [{ atLeast: 5 }, 5, true],
  [{ atLeast: 5 }, '9', false],
  [{ atMost: 5 }, 6, false],
  [{ atMost: 5 }, 5, true],
  [{ oneOf: [1, 'a'] }, 'a', true],
  [{ oneOf: [1, 'a'] }, '1', false],
])('%j fits %j: %s', (matcher, value, expected) => {
  expect(fits(matcher, value)).toBe(expected);
});

it('follows paths into values', () => {
  const value = { a: { list: [{ b: 1 }] } };
  expect(valueAt(value, 'a.list.0.b')).toBe(1);
  expect(valueAt(value, 'a.list.length')).toBe(1);
  expect(valueAt(value, 'a.none.b')).toBeUndefined();
});

describe('lint', () => {
  const zone = 'wolke.example.';
  const later = openWorld(worlds['quiet'] as unknown as WorldDescription, 'test');
  playScript(later, parseScript('@ add wolke.example: far IN MX 10 mail.wolke.example'));
  const found = evidenceOf(later);

  it('knows whether a published zone has an error or a warning, and which', () => {
    expect(fulfilled({ lint: { zone } }, fresh)).toBeDefined();
    expect(fulfilled({ lint: { zone, finding: 'DNS-NODOT' } }, fresh)).toBeUndefined();
    expect(fulfilled({ lint: { zone } }, found)).toBeUndefined();
    expect(fulfilled({ lint: { zone, finding: 'DNS-NODOT' } }, found)).toBeDefined();
  });
});

describe('streak', () => {
  it('asks the newest so many events of that type', () => {
    const type = 'mailbox.delivered';
    const streak = (count: number, user: string): Predicate => ({
      event: { type, streak: { count, where: { user: { matches: user } } } },
    });
    yes(streak(3, 'bob|anna'));
    no(streak(4, 'bob|anna'));
    no(streak(3, 'anna'));
    expect(isHistory(streak(1, 'bob'))).toBe(false);
  });
});
