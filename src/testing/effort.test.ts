// `npm test` feeds parsers and sessions with at least a hundred thousand generated inputs, each of them many bytes.

import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const root = new URL('../', import.meta.url);

/** Runs asked for in a file, by `cases(…)` and `effort(…)`. */
function runsIn(path: string): number {
  const text = readFileSync(new URL(path, root), 'utf8');
  const found = text.matchAll(/\b(?:cases|runs|effort)\((\d[\d_]*)\)/g);
  return [...found].reduce((sum, [, digits = '0']) => sum + Number(digits.replaceAll('_', '')), 0);
}

it('rooms that read what comes from outside try a hundred thousand inputs and scale [G-13]', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.test.ts'));
  const byRoom = new Map<string, number>();
  for (const path of files) {
    const room = path.split('/')[0] ?? '';
    byRoom.set(room, (byRoom.get(room) ?? 0) + runsIn(path));
  }
  // Without `auth`, which counts a hundred thousand of its own.
  const readers = ['message', 'mailbox', 'imap', 'pop3', 'smtp', 'sasl', 'crypto', 'net', 'dns'];
  for (const room of readers) expect(byRoom.get(room) ?? 0, room).toBeGreaterThan(1500);
  expect(readers.reduce((sum, room) => sum + (byRoom.get(room) ?? 0), 0)).toBeGreaterThan(100_000);
});
