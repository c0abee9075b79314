// The event queue: entries that were taken back do not pile up, and the order of the others stays.

import { expect, it } from 'vitest';
import { cancel, emptyQueue, schedule, takeEntry } from './queue.ts';

it('a timer that is moved a hundred thousand times leaves one entry, and nothing else changes its place', () => {
  const queue = emptyQueue<string>();
  for (let i = 0; i < 50; i++) schedule(queue, 1000 - i, false, undefined, `stays ${i}`);
  let last = schedule(queue, 5000, true, undefined, 'moved');
  for (let i = 0; i < 100_000; i++) {
    cancel(queue, last, true);
    last = schedule(queue, 5000 + i, true, undefined, 'moved');
  }
  expect(queue.heap.length).toBeLessThan(3000);
  expect(queue.busyCount).toBe(1);
  const taken: string[] = [];
  for (let entry = takeEntry(queue); entry !== undefined; entry = takeEntry(queue)) taken.push(entry.work);
  expect(taken).toEqual([...Array.from({ length: 50 }, (_, i) => `stays ${49 - i}`), 'moved']);
  expect(queue.cancelled.size).toBe(0);
});
