// Postfix's queue as plain data: what waits, since when, when it is tried again. Knows no wire. RFC 5321 §4.5.4.1;
// the schedule is qmgr(8)'s.

import { DAY, HOUR, MINUTE, type Time } from '../../base/dates.ts';
import { nextInt, type RandomState } from '../../base/random.ts';
import type { MtaConfig, RetryProfileName } from './config.ts';

export interface QueuedRecipient {
  readonly address: string;
  /** As given in RCPT, when the address was rewritten since. */
  readonly original: string;
  /** Nothing more is to be done for it. */
  done: boolean;
  /** Why it still waits: the newest failure. */
  reason: string | undefined;
  dsn: string;
  /** The reply of a peer, for the bounce's Diagnostic-Code; absent when no peer spoke. */
  diagnostic: string | undefined;
  remoteMta: string | undefined;
}

export interface QueuedMessage {
  readonly queueId: string;
  readonly arrivedAt: Time;
  /** Hash of the bytes in the store. */
  readonly message: string;
  /** Bytes in the queue file, as Postfix logs and lists them. */
  readonly size: number;
  readonly reversePath: string;
  readonly recipients: QueuedRecipient[];
  place: 'active' | 'deferred' | 'hold';
  /** How often it was tried and not all was delivered. */
  attempts: number;
  /** The sender has been told that it waits. */
  warned: boolean;
  activeAt: Time;
  nextAttemptAt: Time;
  /** Deliveries under way. */
  running: number;
  /** Recipients that failed for good and are not yet reported. */
  failed: QueuedRecipient[];
  readonly ret: 'FULL' | 'HDRS' | undefined;
  /** Who brought it, for postcat(1); absent when it arose here. */
  readonly origin: MessageOrigin | undefined;
  /** The trace event that put it here. */
  readonly acceptedSeq: number;
  /** Only for bounces: the message that it reports. */
  readonly bounceOf: string | undefined;
}

export interface MessageOrigin {
  readonly name: string;
  readonly reverseName: string;
  readonly address: string;
  readonly port: number;
  readonly helo: string;
  readonly protocol: string;
}

/** What mailq shows of one message. */
export interface QueueListing {
  readonly queueId: string;
  readonly flag: '' | '*' | '!';
  readonly size: number;
  readonly arrivedAt: Time;
  readonly sender: string;
  readonly recipients: readonly { readonly address: string; readonly reason?: string }[];
}

export function listQueue(queue: ReadonlyMap<string, QueuedMessage>): QueueListing[] {
  return [...queue.values()].map((m) => ({
    queueId: m.queueId,
    flag: m.place === 'active' ? '*' : m.place === 'hold' ? '!' : '',
    size: m.size,
    arrivedAt: m.arrivedAt,
    sender: m.reversePath === '' ? 'MAILER-DAEMON' : m.reversePath,
    recipients: m.recipients
      .filter((r) => !r.done)
      .map((r) =>
        r.reason === undefined ? { address: r.address } : { address: r.address, reason: r.reason },
      ),
  }));
}

/** A queue id in Postfix's short form: five hex digits of microseconds and an inode number. Never one in use. */
export function newQueueId(
  queue: ReadonlyMap<string, QueuedMessage>,
  used: Set<string>,
  random: RandomState,
): string {
  for (;;) {
    const micro = nextInt(random, 1_000_000).toString(16).toUpperCase().padStart(5, '0');
    const inode = (0x20000 + nextInt(random, 0xdffff)).toString(16).toUpperCase();
    const id = micro + inode;
    if (queue.has(id) || used.has(id)) continue;
    used.add(id);
    // Ids may come again later, as inodes do; what matters is that none is in use twice.
    if (used.size > 4096) used.delete(used.values().next().value as string);
    return id;
  }
}

export const QUEUE_DEFAULTS = {
  queueRunDelayMs: 5 * MINUTE,
  minimalBackoffTimeMs: 5 * MINUTE,
  maximalBackoffTimeMs: 4000 * 1000,
  maximalQueueLifetimeMs: 5 * 24 * 60 * MINUTE,
  bounceQueueLifetimeMs: 5 * 24 * 60 * MINUTE,
};

interface RetryProfile {
  /** Distances of the first attempts, milliseconds; the last one repeats. */
  readonly distancesMs: readonly number[];
  readonly lifetimeMs: number;
  readonly warningMs: number;
}

/** Schedules of other servers. Sendmail: confTO_QUEUEWARN, confTO_QUEUERETURN; Exchange: its queue retry defaults. */
export const RETRY_PROFILES: Readonly<Record<Exclude<RetryProfileName, 'postfix'>, RetryProfile>> = {
  sendmail: { distancesMs: [30 * MINUTE], lifetimeMs: 5 * DAY, warningMs: 4 * HOUR },
  exchange: {
    distancesMs: [...Array<number>(4).fill(MINUTE), ...Array<number>(6).fill(10 * MINUTE), 15 * MINUTE],
    lifetimeMs: 2 * DAY,
    warningMs: 4 * HOUR,
  },
};

function profileOf(config: MtaConfig): RetryProfile | undefined {
  const name = config.retryProfile ?? 'postfix';
  return name === 'postfix' ? undefined : RETRY_PROFILES[name];
}

/** How long a message may wait before its sender is told; undefined: never. */
export function warningTime(config: MtaConfig): number | undefined {
  const set = config.delayWarningTimeMs ?? profileOf(config)?.warningMs ?? 0;
  return set === 0 ? undefined : set;
}

/**
 * The earliest next attempt. Postfix: the age of the message, but neither sooner nor later than the back-off limits.
 * `attempts` counts those that were made.
 */
export function nextAttempt(config: MtaConfig, arrivedAt: Time, now: Time, attempts = 1): Time {
  const profile = profileOf(config);
  if (profile !== undefined)
    return now + (profile.distancesMs[Math.min(attempts, profile.distancesMs.length) - 1] ?? 30 * MINUTE);
  const least = config.minimalBackoffTimeMs ?? QUEUE_DEFAULTS.minimalBackoffTimeMs;
  const most = config.maximalBackoffTimeMs ?? QUEUE_DEFAULTS.maximalBackoffTimeMs;
  return now + Math.min(most, Math.max(least, now - arrivedAt));
}

/** The queue manager looks only every so often: the first look at or after `at`. */
export function scanAt(config: MtaConfig, startedAt: Time, at: Time): Time {
  // The other servers look whenever something is due.
  if (profileOf(config) !== undefined) return at;
  const every = config.queueRunDelayMs ?? QUEUE_DEFAULTS.queueRunDelayMs;
  return startedAt + Math.ceil((at - startedAt) / every) * every;
}

export function hasExpired(config: MtaConfig, message: QueuedMessage, now: Time): boolean {
  const profile = profileOf(config);
  if (profile !== undefined) return now >= message.arrivedAt + profile.lifetimeMs;
  const lifetime =
    message.reversePath === ''
      ? (config.bounceQueueLifetimeMs ?? QUEUE_DEFAULTS.bounceQueueLifetimeMs)
      : (config.maximalQueueLifetimeMs ?? QUEUE_DEFAULTS.maximalQueueLifetimeMs);
  return now >= message.arrivedAt + lifetime;
}

/** Two significant digits, as Postfix logs delays. */
export function delayText(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds >= 10) return String(Math.round(seconds));
  if (seconds === 0) return '0';
  return String(Number(seconds.toPrecision(2)));
}
