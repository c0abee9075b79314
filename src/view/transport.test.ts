// The story, the answers to "why?" and the coach about shut ports, TLS levels, DANE and MTA-STS, in the world that ships.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSharedWorlds } from '../build/lessons.ts';
import type { TraceEvent } from '../host/events.ts';
import type { SettingValue } from '../host/settings.ts';
import { explain as explainDe } from '../text/de/explain.ts';
import { story as storyDe } from '../text/de/story.ts';
import { explain } from '../text/en/explain.ts';
import { hints } from '../text/en/hints.ts';
import { story } from '../text/en/story.ts';
import type { WorldDescription } from '../world/description.ts';
import { LAPTOP, openScene, phrasesOf, SERVER, type Scene } from './testing.ts';
import { why } from './why.ts';

const world = readSharedWorlds(fileURLToPath(new URL('../../lessons', import.meta.url)))[
  'transport'
] as unknown as WorldDescription;

function set(scene: Scene, host: string, program: string, setting: string, value: SettingValue): void {
  scene.run({ type: 'configure', host, program, setting, value });
}

function letter(scene: Scene, to: string): void {
  scene.type(SERVER, 'telnet localhost 25', 'EHLO localhost', 'MAIL FROM:<alice@wolke.example>');
  scene.type(
    SERVER,
    `RCPT TO:<${to}>`,
    'DATA',
    'From: alice@wolke.example',
    'Subject: S',
    '',
    'x',
    '.',
    'QUIT',
  );
  scene.wait(30);
}

const keys = (scene: Scene): string[] => scene.journal.marks.marks.map(({ text }) => text.key);

/** What "why?" says of the last event of a type. */
function plain(scene: Scene, type: TraceEvent['type']): string[] {
  const event = scene.journal.trace.findLast((one) => one.type === type);
  return (why(scene.journal, { kind: 'event', seq: event?.seq ?? 0 })?.plain ?? []).map(({ key }) => key);
}

describe('protection on the way', () => {
  const scene = openScene(world);
  letter(scene, 'kim@kiosk.example');
  set(scene, 'box.transit.example', 'router', 'stripStarttls', true);
  letter(scene, 'bob@hafen.example');

  it('tells of the message that travels sealed, and of the one that does not [S1-105]', () => {
    expect(keys(scene)).toContain('mark.messageSent.sealed');
    expect(keys(scene)).toContain('mark.meddled.server');
    expect(keys(scene)).toContain('mark.smtpTls.clear');
  });

  it('says who took STARTTLS away, what it led to, and where it can be changed [S1-105]', () => {
    expect(plain(scene, 'net.meddled')).toContain('why.meddled.server');
    expect(plain(scene, 'smtp.tls')).toEqual(
      expect.arrayContaining(['why.smtpTls.clear', 'why.tlsLevel.may', 'why.smtpTls.stripped.clear']),
    );
    const event = scene.journal.trace.findLast((one) => one.type === 'net.meddled');
    const view = why(scene.journal, { kind: 'event', seq: event?.seq ?? 0 });
    expect(view?.actions).toContainEqual({ type: 'openSettings', host: 'box.transit.example' });
    const wire = view?.sections.find((section) => section.type === 'wire');
    expect(wire?.type === 'wire' && wire.lines.find((line) => line.was !== undefined)).toMatchObject({
      was: '250-STARTTLS',
      text: '250-XXXXXXXA',
    });
  });

  it('has words for everything, in both languages', () => {
    set(scene, 'mail.wolke.example', 'mta', 'mtaSts.isOn', true);
    letter(scene, 'bob@hafen.example');
    set(scene, 'box.transit.example', 'router', 'stripStarttls', false);
    for (const level of ['dane', 'dane-only', 'verify', 'secure', 'encrypt'])
      for (const to of ['vera@tresor.example', 'kim@kiosk.example', 'bob@hafen.example']) {
        set(scene, 'mail.wolke.example', 'mta', 'smtpTlsSecurityLevel', level);
        letter(scene, to);
      }
    const used = scene.journal.marks.marks.map((mark) => mark.text);
    for (const event of scene.journal.trace) {
      const view = why(scene.journal, { kind: 'event', seq: event.seq });
      if (view !== undefined) used.push(...phrasesOf(view));
    }
    for (const words of [
      { ...story, ...explain },
      { ...storyDe, ...explainDe },
    ] as Readonly<Record<string, string>>[])
      for (const { key, params = {} } of used) {
        expect(words, key).toHaveProperty([key]);
        for (const [, name] of (words[key] ?? '').matchAll(/\{(\w+)/g))
          expect(params, key).toHaveProperty(name ?? '');
      }
    const outcomes = new Set(
      scene.journal.trace.flatMap((event) => (event.type === 'smtp.tls' ? [event.outcome] : [])),
    );
    expect([...outcomes].sort()).toEqual(['clear', 'notOffered', 'notTrusted', 'untrusted', 'verified']);
  });
});

describe('a shut port', () => {
  it('is explained by the coach and by "why?" [S2-081]', () => {
    const scene = openScene(world);
    scene.type(LAPTOP, 'telnet mx.hafen.example 25');
    expect(scene.journal.coach.hints).toMatchObject([
      { id: 'SH-PORT25', params: { router: 'router.home.example' } },
    ]);
    expect(hints).toHaveProperty('SH-PORT25');
    expect(plain(scene, 'net.connectFailed')).toEqual([
      'why.connectFailed.timedOut',
      'why.dropped.firewall',
      'why.portShut',
    ]);
    const event = scene.journal.trace.findLast((one) => one.type === 'net.drop');
    expect(why(scene.journal, { kind: 'event', seq: event?.seq ?? 0 })?.actions).toContainEqual({
      type: 'openSettings',
      host: 'router.home.example',
    });
  });
});
