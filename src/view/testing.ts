// A world from lessons/worlds with its folds, for tests that do things in it and look at what the views say.

import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import type { Command } from '../world/command.ts';
import type { WorldDescription } from '../world/description.ts';
import { apply, now, openWorld, type World } from '../world/world.ts';
import { follow, openJournal, type Journal } from './journal.ts';
import type { Phrase, WhyView } from './types.ts';

export const LAPTOP = 'laptop.home.example#1';
export const SERVER = 'mail.wolke.example#1';

/** A description of lessons/worlds, by file name; those that extend no other. */
export function worldFile(name: string): WorldDescription {
  return load(
    readFileSync(new URL(`../../lessons/worlds/${name}.yaml`, import.meta.url), 'utf8'),
  ) as WorldDescription;
}

export interface Scene {
  readonly world: World;
  readonly journal: Journal;
  /** Does a command and folds what it led to; a refusal is an error. */
  readonly run: (command: Command) => void;
  /** Enters lines in a terminal, one after the other. */
  readonly type: (terminal: string, ...lines: readonly string[]) => void;
  /** Lets seconds pass. */
  readonly wait: (seconds: number) => void;
  /** Changes the zone wolke.example. */
  readonly edit: (change: (text: string) => string) => void;
}

/** A world of lessons/worlds by name, or one made for a test. */
export function openScene(of: string | WorldDescription = 'first', seed?: string): Scene {
  const world = openWorld(typeof of === 'string' ? worldFile(of) : of, 'test', seed);
  const journal = openJournal(world.description, world.machine.trace, world.machine.kept);
  follow(journal);
  const run = (command: Command): void => {
    const refusal = apply(world, command);
    if (refusal !== undefined) throw new Error(`refused: ${JSON.stringify(refusal)}`);
    follow(journal);
  };
  return {
    world,
    journal,
    run,
    type: (terminal, ...lines) => lines.forEach((text) => run({ type: 'line', terminal, text })),
    wait: (seconds) => run({ type: 'pass', until: now(world) + seconds * 1000 }),
    edit: (change) => {
      const zone = 'wolke.example.';
      const states = journal.zones.get(zone) ?? [];
      run({ type: 'publish', zone, text: change(states[states.length - 1]?.value.text ?? '') });
    },
  };
}

/** What a person types to send a letter from `terminal` to the server `host`. */
export function letter(
  host: string,
  to = 'bob@hafen.example',
  from = 'alice@wolke.example',
): readonly string[] {
  return [
    `telnet ${host} 25`,
    'EHLO mail.wolke.example',
    `MAIL FROM:<${from}>`,
    `RCPT TO:<${to}>`,
    'DATA',
    `From: Alice <${from}>`,
    `To: ${to}`,
    'Subject: Hello',
    '',
    'Hi.',
    '.',
    'QUIT',
  ];
}

/** The first world's SPF record names the address that the server had before it moved. */
export const repairSpf = (text: string): string =>
  text.replace('ip4:192.0.2.99', 'ip4:192.0.2.10').replace('2026112301', '2026112302');

/** Every phrase of an answer. */
export function phrasesOf(view: WhyView): readonly Phrase[] {
  return [
    view.title,
    ...view.plain,
    ...view.causes.map((cause) => cause.text),
    ...view.actions.flatMap((action) => (action.type === 'passTime' ? [action.text] : [])),
    ...view.sections.flatMap((section): readonly Phrase[] => {
      switch (section.type) {
        case 'placement':
          return section.reasons;
        case 'wire':
          return [section.title];
        case 'table':
          return [section.title, ...section.head];
        case 'facts':
          return [section.title, ...section.facts.map((fact) => fact.label)];
        default:
          return [];
      }
    }),
  ];
}
