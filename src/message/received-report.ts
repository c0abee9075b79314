// The way of a message as its Received fields tell it: how long each hop took, which one was slow, where clocks disagree, and
// from where on downwards it is only claimed. Each server writes its own field on top; everything below the first server that
// one trusts may be invented. RFC 5321 §4.4, RFC 5322 §3.6.7.

import { parseMessage, allFields, binary } from './header.ts';
import { receivedChain, type Hop } from './received.ts';

export type HopFlag =
  /** It took the most time, and more than a minute. */
  | 'slow'
  /** It seems to have arrived before it was sent: clocks disagree, or a date is invented. */
  | 'backwards'
  | 'noDate'
  /** The server found no name for the client's address. */
  | 'unknownName'
  /** The client called itself other than its address is called. */
  | 'otherName'
  /** Nobody whom one trusts has written this. */
  | 'unverified'
  | 'unreadable';

export interface ReportedHop extends Hop {
  readonly flags: readonly HopFlag[];
  /** Bytes of the field in the message. */
  readonly start: number;
  readonly end: number;
}

export interface ReceivedReport {
  /** Oldest first. */
  readonly hops: readonly ReportedHop[];
  /** From the first date to the last; absent without two dates. */
  readonly totalMs?: number;
}

/** A hop that took less is not worth a word. */
const SLOW_MS = 60_000;

/** Reads the chain of a message. The newest server is the reader's own; its neighbours in name are trusted, too. */
export function receivedReport(source: string | Uint8Array): ReceivedReport {
  const fields = allFields(parseMessage(binary(source)), 'Received');
  const chain = receivedChain(fields.map(({ value }) => value));
  const longest = Math.max(0, ...chain.map(({ delayMs = 0 }) => delayMs));
  const own = houseOf(chain.at(-1)?.received.by);
  // From the top down, as long as the house's own servers wrote: the last of these saw the stranger's address itself.
  let trusted = chain.length;
  if (own !== '') while (trusted > 0 && houseOf(chain[trusted - 1]?.received.by) === own) trusted--;
  const hops = chain.map((hop, i): ReportedHop => {
    const { received, delayMs, index } = hop;
    const flags: HopFlag[] = [];
    if (delayMs !== undefined && delayMs >= SLOW_MS && delayMs === longest) flags.push('slow');
    if (delayMs !== undefined && delayMs < 0) flags.push('backwards');
    if (received.by === undefined && received.helo === undefined) flags.push('unreadable');
    else if (received.date === undefined) flags.push('noDate');
    if (received.clientName?.toLowerCase() === 'unknown') flags.push('unknownName');
    else if (
      received.clientName !== undefined &&
      received.helo !== undefined &&
      !received.helo.startsWith('[') &&
      received.clientName.toLowerCase() !== received.helo.toLowerCase()
    )
      flags.push('otherName');
    if (i < trusted) flags.push('unverified');
    const { start = 0, end = 0 } = fields[index] ?? {};
    return { ...hop, flags, start, end };
  });
  const dates = chain.flatMap(({ received }) => (received.date === undefined ? [] : [received.date.time]));
  const [first] = dates;
  const last = dates.at(-1);
  return {
    hops,
    ...(first === undefined || last === undefined || dates.length < 2 ? {} : { totalMs: last - first }),
  };
}

/** What is behind the first dot of a server's name: servers of one house share it. */
function houseOf(name: string | undefined): string {
  if (name === undefined) return '';
  const dot = name.indexOf('.');
  const rest = dot < 0 ? '' : name.slice(dot + 1).toLowerCase();
  return rest.includes('.') ? rest : name.toLowerCase();
}
