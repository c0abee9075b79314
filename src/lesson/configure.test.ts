// Settings: what the learner changes on a program holds from then on, is on the tape and in the trace, and nothing else
// gets through.

import { expect, test } from 'vitest';
import { readLessons } from '../build/lessons.ts';
import { commandOf, parseScript } from './script.ts';
import type { WorldDescription } from '../world/description.ts';
import { apply, openWorld, replay, trace } from '../world/world.ts';

function settable(): WorldDescription {
  const first = readLessons('lessons').worlds['first'] as unknown as WorldDescription;
  return {
    ...first,
    hosts: first.hosts.map((host) =>
      host.name === 'mail.wolke.example'
        ? {
            ...host,
            programs: {
              ...host.programs,
              mta: { ...host.programs?.['mta'], settings: ['signing', 'verify.onReject'] },
            } as WorldDescription['hosts'][number]['programs'],
          }
        : host,
    ),
  };
}
const here = { type: 'configure', host: 'mail.wolke.example', program: 'mta' } as const;

test('a changed setting holds from then on, and the same tape gives the same trace', () => {
  const description = settable();
  const world = openWorld(description, 'sandbox');
  const send = [
    'mail: telnet 127.0.0.1 25',
    'mail: EHLO mail.wolke.example',
    'mail: MAIL FROM:<alice@wolke.example>',
    'mail: RCPT TO:<bob@hafen.example>',
    'mail: DATA',
    'mail: From: alice@wolke.example',
    'mail:',
    'mail: Hi',
    'mail: .',
    'mail: QUIT',
  ].join('\n');
  const play = (script: string): void => {
    for (const { step } of parseScript(script)) expect(apply(world, commandOf(world, step))).toBeUndefined();
  };
  const signed = (): number => trace(world).filter(({ type }) => type === 'auth.signed').length;
  play(send);
  expect(signed()).toBe(1);
  play('@ set mail.wolke.example mta signing: []');
  play(send);
  expect(signed()).toBe(1);
  const key =
    '{"domain":"wolke.example","selector":"s1","algorithm":"rsa-sha256","privateKey":"key:wolke-s1"}';
  play(`@ set mail.wolke.example mta signing: [${key}]\n${send}`);
  expect(signed()).toBe(2);
  const again = replay(description, 'sandbox', world.seed, world.tape);
  expect(again.refused).toBe(0);
  expect(trace(again.world)).toEqual(trace(world));
});

test.each([
  [{ ...here, setting: 'myhostname', value: 'x' }, 'settingFixed'],
  [{ ...here, program: 'ftp', setting: 'signing', value: [] }, 'noSuchProgram'],
  [{ ...here, host: 'mx.hafen.example', setting: 'signing', value: [] }, 'settingFixed'],
  [{ ...here, setting: 'verify.onReject', value: 'perhaps' }, 'badValue'],
  [{ ...here, setting: 'signing', value: [{ domain: 'wolke.example' }] }, 'badValue'],
  [
    {
      ...here,
      setting: 'signing',
      value: [{ domain: 'a.example', selector: 's', algorithm: 'rsa-sha256', privateKey: 'no key' }],
    },
    'badValue',
  ],
])('%j is refused as %s and leaves no mark', (command, id) => {
  const world = openWorld(settable(), 'sandbox');
  const before = trace(world).length;
  expect(apply(world, command)?.id).toBe(id);
  expect(trace(world)).toHaveLength(before);
  expect(world.tape).toHaveLength(0);
});
