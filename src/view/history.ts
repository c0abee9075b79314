// A value that changes over the trace: every state it had, with the event that made it so. Asking for any moment is a
// binary search, so scrubbing needs no replay and no snapshots. Plain data; knows no mail.

/** Ascending by `seq`; never changed but at its end. */
export type History<T> = { readonly seq: number; readonly value: T }[];

/** Adds a state. A second one for the same event replaces the first. */
export function put<T>(history: History<T>, seq: number, value: T): void {
  const last = history[history.length - 1];
  if (last !== undefined && last.seq === seq) history[history.length - 1] = { seq, value };
  else history.push({ seq, value });
}

/** The state right after event `seq`; undefined before the first. */
export function valueAt<T>(history: History<T>, seq: number): T | undefined {
  let low = 0;
  let high = history.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((history[middle] as History<T>[number]).seq <= seq) low = middle + 1;
    else high = middle;
  }
  return history[low - 1]?.value;
}

/** The newest state. */
export function newest<T>(history: History<T>): T | undefined {
  return history[history.length - 1]?.value;
}
