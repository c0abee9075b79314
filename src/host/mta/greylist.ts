// Greylisting as Postgrey does it: a server that nobody knows is asked to come again, because spam programs do not. It knows who
// (network), for whom and from whom; nothing of the message. A table as plain data with the clock as an argument. postgrey(8),
// RFC 6647.

import { DAY, HOUR, type Time } from '../../base/dates.ts';
import { parseIp } from '../../auth/ip.ts';
import { splitAddress } from './access.ts';

/** Postgrey's `--delay`, `--retry-window`, `--max-age` and `--auto-whitelist-clients`. */
export const GREYLIST = { delayMs: 300_000, retryWindowMs: 2 * DAY, maxAgeMs: 35 * DAY, whitelistAfter: 5 };

export interface GreylistConfig {
  readonly isOn: boolean;
  readonly delayMs?: number;
}

/** Postgrey's two databases. */
export interface Greylist {
  /** `network/sender/recipient`: seen first and last. */
  readonly triplets: Map<string, { first: Time; last: Time }>;
  /** By network: triplets that came through, and when the newest of them counted. */
  readonly clients: Map<string, { count: number; last: Time }>;
}

export type GreylistVerdict =
  | { readonly action: 'greylist'; readonly reason: 'new' | 'early-retry'; readonly secondsMissing: number }
  | {
      readonly action: 'pass';
      readonly reason: 'triplet found' | 'client AWL';
      /** How long it had to wait; only the first time that it comes through. */
      readonly delayedSeconds?: number;
    };

/** Looks a recipient up and writes down that somebody came for it. */
export function checkGreylist(
  list: Greylist,
  { delayMs = GREYLIST.delayMs }: GreylistConfig,
  address: string,
  sender: string,
  recipient: string,
  now: Time,
): GreylistVerdict {
  forget(list, now);
  const network = networkOf(address);
  const client = list.clients.get(network);
  if (client !== undefined && client.count >= GREYLIST.whitelistAfter) {
    client.last = Math.max(client.last, now);
    return { action: 'pass', reason: 'client AWL' };
  }
  const key = `${network}/${senderKey(sender)}/${recipient}`.toLowerCase();
  const known = list.triplets.get(key);
  const cameThrough = known !== undefined && known.last - known.first >= delayMs;
  const isForgotten = known !== undefined && !cameThrough && now - known.first > GREYLIST.retryWindowMs;
  const first = known === undefined || isForgotten ? now : known.first;
  list.triplets.set(key, { first, last: now });
  const missing = delayMs - (now - first);
  if (missing > 0)
    return {
      action: 'greylist',
      reason: first === now ? 'new' : 'early-retry',
      secondsMissing: Math.ceil(missing / 1000),
    };
  // Several letters within an hour count once.
  if (client === undefined) list.clients.set(network, { count: 1, last: now });
  else if (now >= client.last + HOUR) list.clients.set(network, { count: client.count + 1, last: now });
  return {
    action: 'pass',
    reason: 'triplet found',
    ...(cameThrough ? {} : { delayedSeconds: Math.floor((now - first) / 1000) }),
  };
}

/** Big senders have many machines: the network counts, /24 or /64. */
function networkOf(address: string): string {
  const ip = parseIp(address);
  if (ip === undefined) return address;
  return Array.from(ip.bytes.slice(0, ip.bytes.length === 4 ? 3 : 8)).join('.');
}

/** Senders that differ only in an extension or a number are one: lists number their letters. */
function senderKey(sender: string): string {
  const { localPart, domain } = splitAddress(sender);
  return `${localPart.replace(/\+.*$/, '').replace(/\b\d+\b/g, '#')}@${domain}`;
}

/** RFC 6647 §5: what nobody asked for in a long time goes. */
function forget({ triplets, clients }: Greylist, now: Time): void {
  for (const [key, { last }] of triplets) if (now - last > GREYLIST.maxAgeMs) triplets.delete(key);
  for (const [key, { last }] of clients) if (now - last > GREYLIST.maxAgeMs) clients.delete(key);
}
