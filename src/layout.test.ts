// The house rules as a test: every import against the table of rooms in src/README.md, and what the rooms below
// src/worker must not touch (laws 1 and 2). Each rule is first shown to fail on a bad sample.

import { readdirSync, readFileSync } from 'node:fs';
import { Linter } from 'eslint';
import tseslint from 'typescript-eslint';
import { describe, expect, it } from 'vitest';
import { bannedBelowWorker, bannedInText, roomsOfTheMachine } from './build/banned.js';
import { findImports, importProblems, isDevelopmentFile, parseRooms } from './build/rooms.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const rooms = parseRooms(read('src/README.md'));
const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .filter((path) => /\.(ts|js|svelte)$/.test(path) && !path.endsWith('.d.ts'));

const linter = new Linter({ configType: 'flat' });

function bans(path: string, source: string): string[] {
  const room = path.split('/')[1] ?? '';
  if (isDevelopmentFile(path) || roomsOfTheMachine.includes(room)) return [];
  const messages = linter.verify(
    source,
    {
      files: ['**/*.ts', '**/*.js'],
      languageOptions: { parser: tseslint.parser as Linter.Parser },
      linterOptions: { noInlineConfig: true },
      rules: room === 'text' ? bannedInText : bannedBelowWorker,
    },
    { filename: path },
  );
  const broken = messages.filter((message) => message.ruleId !== null || message.fatal);
  return broken.map((message) => `${path}:${message.line}: ${message.message}`);
}

describe('every file', () => {
  it('imports only what its room may import', { timeout: 120_000 }, () => {
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.flatMap((path) => importProblems(rooms, path, read(path)))).toEqual([]);
  });

  // A linter over every file takes its time on a busy machine.
  it('below the worker is deterministic and never waits', { timeout: 240_000 }, () => {
    expect(sources.flatMap((path) => bans(path, read(path)))).toEqual([]);
  });
});

describe('the table of rooms', () => {
  it('inherits through …', () => {
    expect(rooms.get('view')?.mayImport.has('dns')).toBe(true);
    expect(rooms.get('view')?.mayImport.has('text')).toBe(true);
    expect(rooms.get('world')?.mayImport.has('text')).toBe(false);
  });

  it('refuses a row that names a room below it', () => {
    const table = '| `src/a` | x | b | – |\n| `src/b` | x | – | – |';
    expect(() => parseRooms(table)).toThrow(/no row above/);
  });

  it('refuses a README without a table', () => {
    expect(() => parseRooms('# nothing')).toThrow(/gone/);
  });
});

describe('the import checker', () => {
  const wrong = (path: string, source: string): string => importProblems(rooms, path, source).join('\n');

  it.each([
    ['a static import', `import { x } from '../smtp/reply.ts';`],
    ['an import for its effect', `import '../smtp/reply.ts';`],
    ['a dynamic import', `const m = () => import('../smtp/reply.ts');`],
    ['export from', `export { x } from '../smtp/reply.ts';`],
    ['export star', `export * from '../smtp/reply.ts';`],
    ['import type', `import type { X } from '../smtp/reply.ts';`],
    ['an import inside a type', `type X = import('../smtp/reply.ts').X;`],
    ['require', `const x = require('../smtp/reply.ts');`],
    ['a worker query', `import W from '../smtp/reply.ts?worker';`],
    ['a worker URL', `new Worker(new URL('../smtp/reply.ts', import.meta.url));`],
    ['a glob', `import.meta.glob('../smtp/*.ts');`],
    ['a list of globs', `import.meta.glob(['./*.ts', '../smtp/*.ts']);`],
  ])('sees %s', (_name, source) => {
    expect(wrong('src/dns/bad.ts', source)).toMatch(
      /^src\/dns\/bad\.ts:1: src\/dns may not import src\/smtp/,
    );
    expect(wrong('src/host/good.ts', source)).toBe('');
  });

  it('reads scripts and markup of Svelte files and counts lines', () => {
    const source = `<p>hi</p>\n<script lang="ts">\n  import { x } from '../host/mta.ts';\n</script>\n{#await import('../world/world.ts')}{/await}`;
    expect(findImports('a.svelte', source)).toEqual([
      { specifier: '../host/mta.ts', kind: 'value', line: 3 },
      { specifier: '../world/world.ts', kind: 'value', line: 5 },
    ]);
    expect(wrong('src/ui/Bad.svelte', source)).toMatch(
      /Bad\.svelte:3: .*src\/host[^]*Bad\.svelte:5: .*src\/world/,
    );
  });

  it('is not fooled by strings and comments', () => {
    expect(wrong('src/dns/a.ts', `// import '../smtp/a.ts'\nconst s = "import '../smtp/a.ts'";`)).toBe('');
  });

  it('tells types and workers from values', () => {
    expect(wrong('src/ui/a.ts', `import type { Map } from '../view/map.ts';`)).toBe('');
    expect(wrong('src/ui/a.ts', `import { map } from '../view/map.ts';`)).toMatch(/Say `import type`/);
    expect(wrong('src/ui/a.ts', `import type { Api } from '../worker/api.ts';`)).toBe('');
    expect(wrong('src/ui/a.ts', `import W from '../worker/main.ts?worker';`)).toBe('');
    expect(wrong('src/ui/a.ts', `import { main } from '../worker/main.ts';`)).toMatch(
      /may not import src\/worker/,
    );
  });

  it('names the remedy for a folder that is no room', () => {
    expect(wrong('src/kitchen/a.ts', '')).toMatch(
      /src\/kitchen is no room\. Add a row to the table in src\/README/,
    );
    expect(wrong('src/dns/a.ts', `import '../kitchen/a.ts';`)).toMatch(/is no room/);
  });

  it('keeps node: modules, packages and virtual modules in their rooms', () => {
    expect(wrong('src/dns/a.ts', `import 'node:fs';`)).toMatch(/node:fs/);
    expect(wrong('src/dns/a.ts', `import 'fs';`)).toMatch(/package fs/);
    expect(wrong('src/dns/a.ts', `import 'svelte/store';`)).toMatch(/package svelte\/store/);
    expect(wrong('src/dns/a.ts', `import '@noble/hashes/sha2.js';`)).toMatch(/package @noble/);
    expect(wrong('src/crypto/a.ts', `import '@noble/hashes/sha2.js';`)).toBe('');
    expect(wrong('src/dns/a.ts', `import 'virtual:lessons';`)).toMatch(/virtual:lessons/);
    expect(wrong('src/ui/a.ts', `import 'virtual:lessons'; import 'svelte';`)).toBe('');
    expect(wrong('src/node/a.ts', `import 'node:fs'; new URL('../..', import.meta.url);`)).toBe('');
    expect(
      wrong('src/dns/a.test.ts', `import 'node:fs'; import 'vitest'; import '../testing/suite-log.ts';`),
    ).toBe('');
  });

  it('keeps tests to the table and production code away from tests', () => {
    expect(wrong('src/dns/a.test.ts', `import '../smtp/a.ts';`)).toMatch(/may not import src\/smtp/);
    expect(wrong('src/dns/a.ts', `import './b.test.ts';`)).toMatch(/only tests may use/);
    expect(wrong('src/dns/a.ts', `import '../testing/suite-log.ts';`)).toMatch(/only tests may use/);
    expect(wrong('src/dns/a.ts', `import x from '../../package.json';`)).toMatch(/outside src/);
  });
});

describe('the ban list', () => {
  it.each([
    'const t = Date.now();',
    'const t = new Date();',
    'const t = Date();',
    'const t = performance.now();',
    'const r = Math.random();',
    'setTimeout(f, 1);',
    'setInterval(f, 1);',
    'queueMicrotask(f);',
    'fetch("/");',
    'new XMLHttpRequest();',
    'new WebSocket("ws://x");',
    'indexedDB.open("x");',
    'localStorage.x = 1;',
    'document.title;',
    'window.x;',
    'globalThis.setTimeout(f, 1);',
    'self.x;',
    'navigator.language;',
    'Buffer.from("x");',
    'console.log(1);',
    'process.env.X;',
    'crypto.subtle.digest("SHA-256", x);',
    'crypto.getRandomValues(x);',
    'new Intl.NumberFormat("de");',
    'a.localeCompare(b);',
    'x.toLocaleString();',
    'x.toLocaleLowerCase();',
    'd.getHours();',
    'async function f() {}',
    'const f = async () => 1;',
    'new Promise(f);',
    'import.meta.env.DEV;',
    '/* eslint-disable */ Math.random();',
  ])('refuses %s', (source) => {
    expect(bans('src/dns/bad.ts', source)).toHaveLength(1);
    expect(bans('src/dns/bad.test.ts', source)).toEqual([]);
    expect(bans('src/node/good.ts', source)).toEqual([]);
  });

  it.each([
    'const d = new Date(now).getUTCHours();',
    'function f(window: number, process: string): string { return process + window; }',
    'const session = { console: 1, document: 2 }; session.document;',
    'function* ask(): Generator<string, void, number> { yield "x"; }',
    'Math.max(1, 2);',
  ])('lets %s pass', (source) => {
    expect(bans('src/dns/good.ts', source)).toEqual([]);
  });

  it('lets src/text format for people, and nothing else', () => {
    expect(bans('src/text/en.ts', 'new Intl.NumberFormat("de").format(1); x.toLocaleString("de");')).toEqual(
      [],
    );
    expect(bans('src/text/en.ts', 'Date.now();')).toHaveLength(1);
  });
});
