// What must hold at every moment in every world, checked from the trace alone: nothing is lost (law 8), every effect comes
// after its cause (law 7), the clock never goes back. Incremental: feed it the new events, ask what it found.

import type { TraceEvent } from '../host/events.ts';

export interface Violation {
  readonly seq: number;
  readonly law: 'conservation' | 'cause' | 'clock' | 'order';
  readonly what: string;
}

interface Entry {
  readonly recipients: Map<string, 'open' | 'sent' | 'bounced' | 'expired' | 'discarded'>;
  readonly isBounce: boolean;
  reported: Set<string>;
}

export interface Ledger {
  lastSeq: number;
  lastAt: number;
  /** `host queueId` to what became of each recipient. */
  readonly queued: Map<string, Entry>;
  /** What mailing lists answer for: `host list post` not yet decided on, `host list copy` with those still to be handed on. */
  readonly lists: Map<string, Set<string>>;
  /** What scripts send: `host copy` to the recipients without a result. */
  readonly sieve: Map<string, Set<string>>;
  /** Copies that a script's run still has to store: `host connection recipient`. */
  readonly filing: Map<string, number>;
  /** The highest UID of each folder, `host user folder`: what comes must not take the place of what is there. */
  readonly uids: Map<string, number>;
  accepted: number;
  delivered: number;
  bounced: number;
  discarded: number;
  readonly violations: Violation[];
}

export function newLedger(): Ledger {
  return {
    lastSeq: 0,
    lastAt: 0,
    queued: new Map(),
    lists: new Map(),
    sieve: new Map(),
    filing: new Map(),
    uids: new Map(),
    accepted: 0,
    delivered: 0,
    bounced: 0,
    discarded: 0,
    violations: [],
  };
}

/** Recipients that some queue still answers for. */
export function waiting(ledger: Ledger): number {
  let count = 0;
  for (const entry of ledger.queued.values())
    for (const state of entry.recipients.values()) if (state === 'open') count++;
  return count;
}

/** Messages and copies that mailing lists still answer for. */
export function inLists(ledger: Ledger): number {
  return ledger.lists.size;
}

/** Redirects, vacation replies and notifications that delivery agents still answer for. */
export function inScripts(ledger: Ledger): number {
  return ledger.sieve.size;
}

/** Books one event. Accepted = delivered + bounced + discarded + waiting holds after each (recipients are counted). */
export function book(ledger: Ledger, event: TraceEvent): void {
  const bad = (law: Violation['law'], what: string): void => {
    ledger.violations.push({ seq: event.seq, law, what });
  };
  if (event.seq !== ledger.lastSeq + 1) bad('order', `event ${event.seq} follows ${ledger.lastSeq}`);
  if (event.at < ledger.lastAt) bad('clock', `the clock went from ${ledger.lastAt} back to ${event.at}`);
  if (event.cause !== undefined && event.cause >= event.seq)
    bad('cause', `caused by ${event.cause}, which came later`);
  ledger.lastSeq = event.seq;
  ledger.lastAt = event.at;
  switch (event.type) {
    case 'queue.accept': {
      const key = `${event.host} ${event.queueId}`;
      if (ledger.queued.has(key)) bad('conservation', `queue id ${key} is in use`);
      ledger.queued.set(key, {
        recipients: new Map(event.recipients.map((recipient) => [recipient, 'open'])),
        isBounce: event.reversePath === '',
        reported: new Set(),
      });
      ledger.accepted += new Set(event.recipients).size;
      break;
    }
    case 'queue.result': {
      const entry = ledger.queued.get(`${event.host} ${event.queueId}`);
      const { recipient, status } = event.result;
      const before = entry?.recipients.get(recipient);
      if (entry === undefined || before === undefined)
        bad('conservation', `a result for ${recipient}, who is not in ${event.queueId}`);
      else if (before !== 'open')
        bad('conservation', `${recipient} in ${event.queueId} was ${before} and is now ${status}`);
      else if (status !== 'deferred') {
        entry.recipients.set(recipient, status);
        if (status === 'sent') ledger.delivered++;
        else if (status === 'discarded') ledger.discarded++;
        else ledger.bounced++;
      }
      break;
    }
    case 'queue.alias': {
      if (event.table === 'virtual') break;
      const entry = ledger.queued.get(`${event.host} ${event.queueId}`);
      for (const recipient of event.added)
        if (entry !== undefined && !entry.recipients.has(recipient)) {
          entry.recipients.set(recipient, 'open');
          ledger.accepted++;
        }
      // The alias itself is only a name for those that it brought.
      if (event.isReplaced === true && entry?.recipients.delete(event.address) === true) ledger.accepted--;
      break;
    }
    case 'queue.bounce':
      ledger.queued.get(`${event.host} ${event.queueId}`)?.reported.add(event.recipient);
      break;
    case 'queue.removed': {
      const key = `${event.host} ${event.queueId}`;
      const entry = ledger.queued.get(key);
      if (entry === undefined) bad('conservation', `${key} was removed and never accepted`);
      for (const [recipient, state] of entry?.recipients ?? []) {
        if (state === 'open') bad('conservation', `${key} was removed while ${recipient} still waited`);
        if (
          (state === 'bounced' || state === 'expired') &&
          entry?.isBounce === false &&
          !entry.reported.has(recipient)
        )
          bad('conservation', `nobody was told that ${recipient} in ${key} failed`);
      }
      ledger.queued.delete(key);
      break;
    }
    case 'list.accept':
      ledger.lists.set(`${event.host} ${event.post}`, new Set(['decision']));
      break;
    case 'list.decided':
      if (!ledger.lists.delete(`${event.host} ${event.post}`))
        bad('conservation', `${event.post} was decided on and is not in the list's hands`);
      break;
    case 'list.copy':
      ledger.lists.set(`${event.host} ${event.list} ${event.copy}`, new Set(event.recipients));
      break;
    case 'list.result': {
      const key = `${event.host} ${event.list} ${event.copy}`;
      const left = ledger.lists.get(key);
      if (left?.delete(event.recipient) !== true)
        bad('conservation', `a result for ${event.recipient}, who was not to get copy ${event.copy}`);
      if (left?.size === 0) ledger.lists.delete(key);
      break;
    }
    case 'sieve.run': {
      const kinds = event.actions.map(({ kind }) => kind);
      const stored = kinds.filter((kind) => /^(implicitKeep|keep|fileinto)$/.test(kind)).length;
      if (stored === 0 && !kinds.some((kind) => /^(redirect|discard|reject)$/.test(kind)))
        bad('conservation', `the script of ${event.user} neither keeps nor passes on nor discards a message`);
      if (stored > 0) ledger.filing.set(`${event.host} ${event.connection} ${event.recipient}`, stored);
      break;
    }
    case 'mailbox.delivered':
    case 'mailbox.refused':
      if (event.type === 'mailbox.delivered') filed(ledger, event, [event.uid], bad);
      ledger.filing.delete(`${event.host} ${event.connection} ${event.recipient}`);
      break;
    case 'mailbox.imported':
      filed(
        ledger,
        event,
        event.messages.map(({ uid }) => uid),
        bad,
      );
      break;
    case 'mailbox.folder': {
      const key = `${event.host} ${event.user} ${event.folder}`;
      const highest = event.messages.reduce(
        (most, { uid }) => Math.max(most, uid),
        ledger.uids.get(key) ?? 0,
      );
      if (event.isGone === true) ledger.uids.delete(key);
      else ledger.uids.set(key, highest);
      break;
    }
    case 'smtp.server':
      if (event.note.kind === 'reply' && event.note.to === 'END-OF-MESSAGE')
        for (const key of [...ledger.filing.keys()])
          if (key.startsWith(`${event.host} ${event.connection} `)) {
            ledger.filing.delete(key);
            bad('conservation', `a script kept a message and it lies in no folder: ${key}`);
          }
      break;
    case 'sieve.copy':
      ledger.sieve.set(`${event.host} ${event.copy}`, new Set(event.recipients));
      break;
    case 'sieve.result': {
      const key = `${event.host} ${event.copy}`;
      const left = ledger.sieve.get(key);
      if (left?.delete(event.recipient) !== true)
        bad('conservation', `a result for ${event.recipient}, to whom no script sent ${event.copy}`);
      if (left?.size === 0) ledger.sieve.delete(key);
      break;
    }
    default:
      break;
  }
  if (ledger.accepted !== ledger.delivered + ledger.bounced + ledger.discarded + waiting(ledger))
    bad('conservation', 'accepted is not delivered + bounced + discarded + waiting');
}

/** Messages came to the end of a folder: each has a UID that no other had (RFC 9051 §2.3.1.1). */
function filed(
  ledger: Ledger,
  { host, user, folder }: { readonly host: string; readonly user: string; readonly folder: string },
  uids: readonly number[],
  bad: (law: Violation['law'], what: string) => void,
): void {
  const key = `${host} ${user} ${folder}`;
  for (const uid of uids) {
    const last = ledger.uids.get(key) ?? 0;
    if (uid <= last) bad('conservation', `UID ${uid} came to ${key} after ${last}`);
    ledger.uids.set(key, uid);
  }
}

/** Checks a whole trace. */
export function checkTrace(trace: readonly TraceEvent[]): readonly Violation[] {
  const ledger = newLedger();
  for (const event of trace) book(ledger, event);
  return ledger.violations;
}
