// Replays what a real Postfix 3.7.11 did with a message: its mail.log, the bounce that it wrote, its queue listing. Ids,
// dates, processes and delays are masked; so are the next hops, which in the recordings are ports of one machine and here
// hosts of their own, and the sizes of bounces, which depend on their names. The lines of a log are compared as a set,
// because Postfix's processes write independently of each other.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../base/dates.ts';
import type { Machine } from '../kernel.ts';
import { mailqText } from '../shell/tools/mailq.ts';
import { pass, ScriptedServer, type TestHost } from '../testing/machine.ts';
import type { MtaConfig } from './config.ts';
import { listQueue } from './queue.ts';
import { EXCEPTIONS } from './recordings/exceptions.ts';
import { bare, inject, LETTER, mailbox, mailLog, mailWorld, neighbour, queueOf } from './testing.ts';

const FOLDER = new URL('recordings/', import.meta.url);
const REMOTE = '192.0.2.60';

interface Story {
  readonly to: readonly string[];
  readonly host?: TestHost;
  readonly zone?: string;
  readonly hafen?: Partial<MtaConfig>;
  /** What a scripted remote host says, piece by piece; `hang up` and `wait` are acts. */
  readonly says?: readonly string[];
  readonly body?: readonly string[];
  readonly from?: string;
}

const remote = (domain: string): string =>
  `${domain}. IN MX 10 mx.${domain}.\nmx.${domain}. IN A ${REMOTE}\n`;
const peer = (domain: string, says: readonly string[], to = `x@${domain}`): Story => ({
  to: [to],
  host: bare(`mx.${domain}`, REMOTE),
  zone: remote(domain),
  says,
});
const GREETED = ['220 fake.example ESMTP\r\n', '250-fake.example\r\n250 PIPELINING\r\n'];
const TAKEN = '250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 Go\r\n';
const GREYLISTED =
  '450 4.2.0 <ok@temp.example>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/temp.example.html';

/** What the world must be for each recording. */
const STORIES: Readonly<Record<string, Story>> = {
  bounced_511: {
    to: ['nobody@gegen.example'],
    host: neighbour('gegen.example', REMOTE),
    zone: remote('gegen.example'),
  },
  bounced_big: {
    to: ['nobody@gegen.example'],
    host: neighbour('gegen.example', REMOTE),
    zone: remote('gegen.example'),
    body: [...Array<string>(820).fill('x'.repeat(71)), 'x'.repeat(114)],
  },
  sent_alias: {
    to: ['team@hafen.example'],
    hafen: { virtualAliasMaps: ['team@hafen.example anna@hafen.example, bob@hafen.example'] },
    from: 'alice@absender.example',
  },
  sent_local_alias: {
    to: ['postmaster@mx.hafen.example'],
    hafen: { aliasMaps: ['postmaster: root', 'root: bob@hafen.example'] },
    from: 'alice@absender.example',
  },
  bounced_loop: { to: ['x@loop.example'], zone: 'loop.example. IN MX 10 mx.hafen.example.\n' },
  bounced_nxdomain: { to: ['x@nx.example'] },
  bounced_quota: { to: ['voll@hafen.example'] },
  bounced_too_big: {
    to: ['ok@tiny.example'],
    host: neighbour('tiny.example', REMOTE, { messageSizeLimit: 1000 }),
    zone: remote('tiny.example'),
  },
  deferred_eod_timeout: peer('down.example', [...GREETED, TAKEN, 'wait']),
  deferred_greeting_554: peer('greet5.example', ['554 fake.example no SMTP service here\r\n']),
  deferred_greeting_drop: peer('drop.example', ['hang up']),
  deferred_greylist: peer(
    'temp.example',
    [
      ...GREETED,
      `250 2.1.0 Ok\r\n${GREYLISTED}\r\n554 5.5.1 Error: no valid recipients\r\n`,
      '250 2.0.0 Ok\r\n',
    ],
    'ok@temp.example',
  ),
  deferred_lost_eod: peer('lost.example', [...GREETED, TAKEN, 'hang up']),
  deferred_refused: peer('refused.example', []),
  deferred_servfail: {
    to: ['x@servfail.example'],
    zone: 'servfail.example. IN NS ns.servfail.example.\nns.servfail.example. IN A 192.0.2.99\n',
  },
  expired: { ...peer('refused.example', []), hafen: { maximalQueueLifetimeMs: 0 } },
  mixed_three: {
    ...peer('mixed.example', [
      ...GREETED,
      '250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n450 4.7.1 <temp@mixed.example>: Recipient address rejected: try later\r\n' +
        '550 5.1.1 <nobody@mixed.example>: Recipient address rejected: User unknown in virtual mailbox table\r\n354 Go\r\n',
      '250 2.0.0 Ok: queued as 4AbCdEfGhI\r\n',
    ]),
    to: ['ok@mixed.example', 'temp@mixed.example', 'nobody@mixed.example'],
  },
  mx_without_address: { to: ['x@mxweg.example'], zone: 'mxweg.example. IN MX 10 nirgends.example.\n' },
  sent_relay: {
    to: ['ok@gegen.example'],
    host: neighbour('gegen.example', REMOTE),
    zone: remote('gegen.example'),
  },
};

interface Section {
  readonly name: string;
  readonly lines: readonly string[];
}

function sectionsOf(file: string): readonly Section[] {
  const text = readFileSync(new URL(`${file}.txt`, FOLDER), 'utf8').replaceAll('127.0.0.41', '192.0.2.41');
  return text
    .split(/^@ (?=smtp$|mail\.log|bounce message|postqueue)/m)
    .slice(1)
    .map((part) => {
      const [name = '', ...lines] = part.replace(/\n$/, '').split('\n');
      return { name, lines };
    });
}

/** Both sides alike: what is volatile, and what the two set-ups cannot share. */
function mask(line: string): string {
  return line
    .replace(/^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d mx /, '⟨date⟩ mx ')
    .replace(/(Mon|Tue|Wed), +\d+ Nov 2026 (?!10:00:00 \+0100$)\d\d:\d\d:\d\d \+0100( \(CET\))?/, '⟨date⟩')
    .replace(/[A-Z][a-z]{2} Nov [ \d]\d \d\d:\d\d:\d\d/, '⟨date⟩')
    .replace(/\[\d+\]:/, '[⟨pid⟩]:')
    .replace(/<\d{14}\.[0-9A-F]{9,12}@/, '<⟨date⟩.⟨queue-id⟩@')
    .replace(/\.\d{9,10}\/mx\./, '.⟨date⟩/mx.')
    .replace(/\b[0-9A-F]{9,12}\b/g, '⟨queue-id⟩')
    .replace(/⟨queue-id-\d⟩/g, '⟨queue-id⟩')
    .replace(/queued as \S+?(?=\)|$)/, 'queued as ⟨queue-id⟩')
    .replace(/delay=[\d.]+, delays=[\d./]+/, 'delay=⟨delay⟩, delays=⟨delays⟩')
    .replace(/> \S+ Saved/, '> ⟨session⟩ Saved')
    .replace(/^\tid \w{21,}$/, '\tid ⟨session⟩')
    .replace(/[\w.-]+\[(?:127\.0\.0\.1|192\.0\.2\.60)\](:\d+)?/g, '⟨peer⟩')
    .replace(/^Remote-MTA: dns; .*/, 'Remote-MTA: dns; ⟨peer⟩')
    .replace(/from=<>, size=\d+/, 'from=<>, size=⟨size⟩')
    .replace(/⟨queue-id⟩ +(?=\d+ ⟨date⟩)/, '⟨queue-id⟩ ')
    .replace(/^ +(?=\()/, '');
}

/** Dovecot's lines went to a file of their own. */
const isPostfix = (line: string): boolean => line.includes(' postfix/');

/** The recorded queue ids had eleven characters, ours have ten, and an id stands in the message. */
const longerId = (line: string): string =>
  line.replace(
    /((?:anna@hafen|alice@absender)\.example>, size=|[0-9A-F]{10} +|message size )(\d+)(?=, nrcpt| [A-Z][a-z]{2} Nov| exceeds)/,
    (_all, before: string, size: string) => before + String(Number(size) + 1),
  );

/** Long lines of a bounce are wrapped where the names of the hosts make them; here they are one line again. */
function unwrapped(lines: readonly string[]): string[] {
  const out: string[] = [];
  for (const line of lines) {
    if (/^ {4}\S/.test(line) && out.length > 0) out.push(`${out.pop() ?? ''} ${line.trim()}`);
    else out.push(line);
  }
  return out;
}

/** What went in: the recorded bounce quotes it, or it is the letter that all recordings use. */
function letterOf(story: Story, bounce: Section | undefined): readonly string[] {
  const lines = bounce?.lines ?? [];
  const quoted = lines.lastIndexOf('Content-Type: message/rfc822');
  const from = lines.indexOf('From: Anna <anna@hafen.example>', quoted);
  if (quoted >= 0 && from >= 0) return lines.slice(from, -2);
  const to = story.to[0] ?? '';
  return [...LETTER.map((line) => (line.startsWith('To: ') ? `To: ${to}` : line)), ...(story.body ?? [])];
}

function play(story: Story, letter: readonly string[]): Machine {
  const machine = mailWorld({
    ...(story.host === undefined ? {} : { hosts: [story.host] }),
    ...(story.zone === undefined ? {} : { zone: story.zone }),
    ...(story.hafen === undefined ? {} : { hafen: story.hafen }),
  });
  const server =
    story.says === undefined || story.says.length === 0
      ? undefined
      : new ScriptedServer(machine, story.host?.name ?? '', [25]);
  inject(machine, story.from ?? 'anna@hafen.example', story.to, letter);
  for (const act of story.says ?? []) {
    if (act === 'hang up') server?.hangUp();
    else if (act === 'wait') pass(machine, 11 * MINUTE);
    else server?.say(act);
  }
  return machine;
}

describe('the log, the bounce and the queue of the recorded Postfix', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));
  it('are all played', () => {
    expect(files.map((name) => name.slice(0, -4)).sort()).toEqual(Object.keys(STORIES).sort());
  });
  for (const [file, story] of Object.entries(STORIES))
    it(`${file} [S11-020] [S11-021] [S2-025] [S2-040] [S2-041]`, () => {
      const sections = sectionsOf(file);
      const bounce = sections.find((section) => section.name.startsWith('bounce message'));
      const machine = play(story, letterOf(story, bounce));
      const theirs: string[] = [];
      const ours: string[] = [];
      for (const { name, lines } of sections) {
        if (name === 'mail.log') {
          theirs.push(...lines.map(mask));
          // The id of a message that was forwarded stands in its new form twice.
          const oursLines = mailLog(machine).filter(isPostfix).map(longerId);
          const again = oursLines.filter((line) => line.includes('nrcpt=')).at(1);
          ours.push(
            ...oursLines
              .map((line) => (file === 'sent_local_alias' && line === again ? longerId(line) : line))
              .map(mask),
          );
        } else if (name.startsWith('bounce message')) {
          theirs.push(...unwrapped(lines).map(mask));
          const [written = ''] = mailbox(machine, 'anna');
          ours.push(...unwrapped(written.replace(/\r\n$/, '').split('\r\n').map(longerId)).map(mask));
          // The text itself is in order, line for line.
          const order = (all: readonly string[]): string[] => unwrapped(all).map(mask).slice(8);
          if (!EXCEPTIONS.some((each) => each.file === file))
            expect(order(written.replace(/\r\n$/, '').split('\r\n').map(longerId))).toEqual(order(lines));
        } else if (name === 'postqueue -p') {
          theirs.push(...lines.map(mask));
          ours.push(
            ...mailqText(listQueue(queueOf(machine)), 60)
              .replace(/\n$/, '')
              .split('\n')
              .map(longerId)
              .map(mask),
          );
        }
      }
      expect(theirs.length).toBeGreaterThan(5);
      const excused = EXCEPTIONS.filter((each) => each.file === file);
      const without = (lines: readonly string[], drop: readonly string[]): string[] => {
        const left = [...lines].sort();
        for (const line of drop) {
          const at = left.indexOf(line);
          expect(at, `no longer differs, drop the exception: ${line}`).toBeGreaterThanOrEqual(0);
          left.splice(at, 1);
        }
        return left;
      };
      expect(
        without(
          ours,
          excused.flatMap((each) => each.ours),
        ),
      ).toEqual(
        without(
          theirs,
          excused.flatMap((each) => each.theirs),
        ),
      );
    });
});
