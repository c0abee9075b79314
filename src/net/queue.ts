// The event queue: a binary heap ordered by (at, order), first in first out among equals. Time moves only to the next
// entry. An entry is either busy (something is under way: a segment, work, a wait that somebody watches) or patient (a
// retry, an idle limit: it comes due only when time is let pass).

import type { Time } from '../base/dates.ts';

export interface QueueEntry<Work> {
  readonly at: Time;
  readonly order: number;
  readonly busy: boolean;
  /** The trace event that scheduled it. */
  readonly cause: number | undefined;
  readonly work: Work;
}

/** Plain data. `cancelled` holds orders whose entries are still in the heap. */
export interface EventQueue<Work> {
  heap: QueueEntry<Work>[];
  nextOrder: number;
  busyCount: number;
  cancelled: Set<number>;
}

const CANCELLED_LIMIT = 1000;

export function emptyQueue<Work>(): EventQueue<Work> {
  return { heap: [], nextOrder: 1, busyCount: 0, cancelled: new Set() };
}

function before<Work>(a: QueueEntry<Work>, b: QueueEntry<Work>): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Adds an entry; the answer is its order, the handle to cancel it. */
export function schedule<Work>(
  queue: EventQueue<Work>,
  at: Time,
  busy: boolean,
  cause: number | undefined,
  work: Work,
): number {
  const order = queue.nextOrder++;
  const entry: QueueEntry<Work> = { at, order, busy, cause, work };
  const heap = queue.heap;
  heap.push(entry);
  if (busy) queue.busyCount++;
  let i = heap.length - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    const above = heap[parent] as QueueEntry<Work>;
    if (!before(entry, above)) break;
    heap[i] = above;
    i = parent;
  }
  heap[i] = entry;
  return order;
}

/** Takes an entry back that is still in the queue. `busy` as it was scheduled. */
export function cancel<Work>(queue: EventQueue<Work>, order: number, busy: boolean): void {
  queue.cancelled.add(order);
  if (busy) queue.busyCount--;
  if (queue.cancelled.size >= CANCELLED_LIMIT && queue.cancelled.size * 2 > queue.heap.length) sweep(queue);
}

/** Idle limits are moved with every line that a client says: what was taken back must not lie here until it would be due. */
function sweep<Work>(queue: EventQueue<Work>): void {
  // A sorted list is a heap.
  queue.heap = queue.heap
    .filter(({ order }) => !queue.cancelled.has(order))
    .sort((a, b) => (before(a, b) ? -1 : 1));
  queue.cancelled.clear();
}

function removeTop<Work>(queue: EventQueue<Work>): void {
  const heap = queue.heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let i = 0;
  for (;;) {
    const left = 2 * i + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const smaller =
      right < heap.length && before(heap[right] as QueueEntry<Work>, heap[left] as QueueEntry<Work>)
        ? right
        : left;
    const child = heap[smaller] as QueueEntry<Work>;
    if (!before(child, last)) break;
    heap[i] = child;
    i = smaller;
  }
  heap[i] = last;
}

/** The next entry that counts, left in place. */
export function peekEntry<Work>(queue: EventQueue<Work>): QueueEntry<Work> | undefined {
  for (;;) {
    const top = queue.heap[0];
    if (top === undefined || !queue.cancelled.has(top.order)) return top;
    queue.cancelled.delete(top.order);
    removeTop(queue);
  }
}

/** Takes the next entry that counts. */
export function takeEntry<Work>(queue: EventQueue<Work>): QueueEntry<Work> | undefined {
  const top = peekEntry(queue);
  if (top === undefined) return undefined;
  removeTop(queue);
  if (top.busy) queue.busyCount--;
  return top;
}
