// When each waiting message is tried again, for the button that lets time pass until then.

import type { Time } from '../base/dates.ts';
import type { TraceEvent } from '../host/events.ts';

/** `host queueId` to the moment. */
export type Retries = Map<string, Time>;

export function foldRetries(retries: Retries, event: TraceEvent): void {
  switch (event.type) {
    case 'queue.deferred':
      retries.set(`${event.host} ${event.queueId}`, event.until);
      break;
    case 'queue.active':
    case 'queue.removed':
    case 'queue.administered':
      retries.delete(`${event.host} ${event.queueId}`);
      break;
    default:
      break;
  }
}

/** The earliest of them. */
export function nextRetry(retries: Retries): Time | undefined {
  let earliest: Time | undefined;
  for (const at of retries.values()) if (earliest === undefined || at < earliest) earliest = at;
  return earliest;
}
