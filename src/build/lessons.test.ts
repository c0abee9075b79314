// Lessons on disk become checked values and modules; a mistake names its file and key.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, type Rolldown } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lessons, readLessons } from './lessons.ts';

const words = (text: string): { en: string; de: string } => ({ en: text, de: text });
const goals = {
  goals: [{ id: 'listen', text: words('Listen'), when: { mistake: 'LM-01' }, hints: [words('Now')] }],
  questions: [],
  wrongTurns: [],
};

const good: Readonly<Record<string, string>> = {
  'worlds/first.yaml':
    'seed: a\nhosts:\n  - { name: mx.blue, ip: 192.0.2.1 }\n  - { name: ns, ip: 192.0.2.2 }\n',
  'worlds/sandbox.yaml': 'extends: first\nseed: b\n',
  '01-first/track.yaml': 'title: { en: First, de: Zuerst }\n',
  '01-first/02-by-hand/lesson.md':
    '---\ntitle: By hand\nminutes: 5\nneeds: [hello]\nrfc: [RFC 5321 §3.3]\n---\n\nSay `MAIL FROM`.\n',
  '01-first/02-by-hand/lesson.de.md': '---\ntitle: Von Hand\n---\nSag es.\n',
  '01-first/02-by-hand/goals.yaml': JSON.stringify(goals),
  '01-first/02-by-hand/solution.talk': 'C: QUIT\n',
  '01-first/01-hello/lesson.md': '---\ntitle: Hello\nminutes: 3\nsummary: Say it.\n---\n# Hi\n',
  '01-first/01-hello/lesson.de.md': '---\ntitle: Hallo\nsummary: Sag es.\n---\n# Hallo\n',
  '01-first/01-hello/world.yaml':
    'extends: sandbox\nhosts:\n  - { name: ns, remove: true }\n  - { name: mua, ip: 192.0.2.9 }\nstart: 2026-03-01T09:00:00Z\n',
  '01-first/01-hello/goals.yaml': JSON.stringify(goals),
  '01-first/01-hello/solution.talk': 'C: EHLO x\n',
};

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ehlo-lessons-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Writes the good folder with some files changed (null = absent). */
function write(changes: Readonly<Record<string, string | null>> = {}): void {
  for (const [path, text] of Object.entries({ ...good, ...changes })) {
    if (text === null) continue;
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
}

describe('readLessons', () => {
  it('reads tracks, lessons in order, prose in both languages and worlds', () => {
    write();
    const all = readLessons(dir);
    expect(all.tracks).toEqual([{ id: 'first', title: { en: 'First', de: 'Zuerst' } }]);
    expect(all.lessons.map(({ id }) => id)).toEqual(['hello', 'by-hand']);
    expect(all.lessons[1]).toEqual({
      id: 'by-hand',
      track: 'first',
      title: { en: 'By hand', de: 'Von Hand' },
      summary: null,
      minutes: 5,
      needs: ['hello'],
      rfc: ['RFC 5321 §3.3'],
    });
    expect(all.bodies.get('hello')).toEqual({
      id: 'hello',
      prose: {
        en: [{ type: 'heading', depth: 1, children: [{ type: 'text', value: 'Hi' }] }],
        de: [{ type: 'heading', depth: 1, children: [{ type: 'text', value: 'Hallo' }] }],
      },
      world: {
        seed: 'b',
        hosts: [
          { name: 'mx.blue', ip: '192.0.2.1' },
          { name: 'mua', ip: '192.0.2.9' },
        ],
        start: '2026-03-01T09:00:00Z',
      },
      before: '',
      previous: null,
      goals,
      solution: 'C: EHLO x\n',
    });
    expect(all.bodies.get('by-hand')).toMatchObject({ world: null, previous: 'hello' });
    expect(all.worlds.sandbox?.seed).toBe('b');
  });

  it('is empty where there is no folder', () => {
    expect(readLessons(join(dir, 'nowhere')).lessons).toEqual([]);
  });

  const folder = '01-first/01-hello';
  const matter = (text: string): Record<string, string> => ({
    [`${folder}/lesson.md`]: `---\n${text}\n---\nHi\n`,
  });
  it.each<[string, Record<string, string | null>, RegExp]>([
    ['a missing key', matter('title: Hello'), /01-hello\/lesson\.md: minutes: /],
    ['an unknown key', matter('title: Hello\nminutes: 3\nlevel: 9'), /lesson\.md: level: /],
    ['a wrong type', matter('title: Hello\nminutes: soon'), /lesson\.md: minutes: .*number/],
    ['a wrong reference', matter('title: Hello\nminutes: 3\nrfc: [5321]'), /lesson\.md: rfc\.0: /],
    [
      'an unknown need',
      matter('title: Hello\nminutes: 3\nsummary: s\nneeds: [nope]'),
      /hello: front matter: needs: .*"nope"/,
    ],
    ['a summary in one language', matter('title: Hello\nminutes: 3'), /01-hello: summary: both languages/],
    ['a doubled key', matter('title: Hello\ntitle: Hi'), /lesson\.md: duplicated mapping key/],
    ['no front matter', { [`${folder}/lesson.md`]: '# Hi\n' }, /lesson\.md: must start with front matter/],
    ['no German', { [`${folder}/lesson.de.md`]: null }, /lesson\.de\.md: is missing/],
    [
      'minutes in the German text',
      { [`${folder}/lesson.de.md`]: '---\ntitle: x\nminutes: 3\n---\n' },
      /de\.md: minutes: /,
    ],
    ['goals without any', { [`${folder}/goals.yaml`]: 'goals: []\n' }, /hello: goals\.yaml: .*needs a goal/],
    ['no solution', { [`${folder}/solution.talk`]: null }, /solution\.talk: is missing/],
    [
      'no world in the first lesson',
      { [`${folder}/world.yaml`]: null },
      /01-hello: the first lesson .* needs a world/,
    ],
    [
      'an unknown base world',
      { [`${folder}/world.yaml`]: 'extends: third\n' },
      /no lessons\/worlds\/third\.yaml/,
    ],
    [
      'a circle of worlds',
      { 'worlds/first.yaml': 'extends: sandbox\n' },
      /first\.yaml: .*first → sandbox → first/,
    ],
    ['a list for a world', { [`${folder}/world.yaml`]: '- a\n' }, /world\.yaml: must be a map/],
    ['no track title', { '01-first/track.yaml': null }, /track\.yaml: is missing/],
    [
      'HTML',
      { [`${folder}/lesson.md`]: '---\ntitle: x\nminutes: 1\nsummary: s\n---\n\n<b>Hi</b>\n' },
      /lesson\.md:7: "html"/,
    ],
  ])('refuses %s and says where', (_name, changes, message) => {
    write(changes);
    expect(() => readLessons(dir)).toThrow(message);
  });
});

it('bundles an index and one chunk for each lesson and each world', async () => {
  write();
  const entry = join(dir, 'entry.js');
  writeFileSync(
    entry,
    `import { lessons, loadLesson } from 'virtual:lessons';\nimport { loadWorld } from 'virtual:worlds';\n` +
      `export const ids = lessons.map((l) => l.id); export { loadLesson, loadWorld };`,
  );
  const built = (await build({
    configFile: false,
    root: dir,
    logLevel: 'silent',
    plugins: [lessons(dir)],
    build: {
      outDir: join(dir, 'out'),
      lib: { entry, formats: ['es'], fileName: () => 'main.mjs' },
      minify: false,
    },
  })) as Rolldown.RolldownOutput[];
  expect(built[0]?.output).toHaveLength(5);
  const main = (await import(/* @vite-ignore */ join(dir, 'out/main.mjs'))) as {
    ids: string[];
    loadWorld(name: string): Promise<{ seed: string } | undefined>;
    loadLesson(id: string): Promise<{ previous: string } | null>;
  };
  expect(main.ids).toEqual(['hello', 'by-hand']);
  expect((await main.loadWorld('sandbox'))?.seed).toBe('b');
  expect(await main.loadWorld('constructor')).toBeUndefined();
  expect((await main.loadLesson('by-hand'))?.previous).toBe('hello');
  expect(await main.loadLesson('constructor')).toBeNull();
});
