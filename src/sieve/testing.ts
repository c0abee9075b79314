// What the tests of this room share: one message, one way to run a script over it, and actions as words.

import { timeOf } from '../base/dates.ts';
import { compileSieve } from './check.ts';
import { runSieve } from './interpreter.ts';
import { pigeonholeLine } from './problem-text.ts';
import type { SieveInput, SieveRun } from './run.ts';

/** RFC 5228 §9 and what its tests need besides. */
export const MESSAGE = [
  'Return-Path: <coyote@desert.example.org>',
  'Date: Tue, 1 Apr 1997 09:06:31 -0800',
  'From: coyote@desert.example.org',
  'To: roadrunner@acme.example.com',
  'Cc: "Wile E." <wile+acme@Desert.Example.ORG>, birds: tweety@x.example;',
  'Subject: I have a present for you',
  'X-Caffeine: C8H10N4O2',
  'X-Empty:',
  '',
  "Look, I'm sorry about the whole anvil thing.",
  '',
].join('\r\n');

/** A script over a message at noon-ish of one Monday; throws with Pigeonhole's text when it does not compile. */
export function input(source: string, more: Partial<SieveInput> = {}): SieveInput {
  const { script, problems } = compileSieve(source);
  if (script === undefined) throw new Error(problems.map((one) => pigeonholeLine('test', one)).join('\n'));
  return {
    script,
    message: MESSAGE,
    envelope: { from: 'coyote@desert.example.org', to: 'roadrunner@acme.example.com' },
    now: timeOf(2026, 11, 23, 8, 0, 4),
    zoneMinutes: 60,
    environment: { host: 'mx.acme.example.com' },
    mailboxes: [{ name: 'INBOX' }],
    uniqueId: '1',
    ...more,
  };
}

export const run = (source: string, more: Partial<SieveInput> = {}): SieveRun =>
  runSieve(input(source, more));

/** Actions in one line each. */
export function done(source: string, more: Partial<SieveInput> = {}): readonly string[] {
  return run(source, more).actions.map((action) => {
    switch (action.kind) {
      case 'keep':
        return action.implicit ? 'implicit keep' : 'keep';
      case 'fileinto':
        return `fileinto ${action.mailbox}`;
      case 'redirect':
        return `redirect ${action.address}`;
      case 'reject':
        return `${action.command} ${action.reason}`;
      default:
        return action.kind;
    }
  });
}

/** Whether a test holds. */
export const holds = (test: string, require = '', more: Partial<SieveInput> = {}): boolean =>
  done(`${require} if ${test} { discard; }`, more)[0] === 'discard';
