// The messages that servers judged, newest first, each with its verdicts and everything that led to them: what a replay
// with other records, or with none of this world at all, has to know. Reads the trace only.

import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import type { DmarcDecision } from '../auth/dmarc-receiver.ts';
import type { DmarcVerdict } from '../auth/dmarc.ts';
import type { SpfVerdict } from '../auth/spf-verdict.ts';
import type { Time } from '../base/dates.ts';
import type { EventOf } from '../host/events.ts';
import { parseMessage } from '../message/header.ts';
import { parseReceived } from '../message/received.ts';
import type { Journal } from './journal.ts';
import { messageOf } from './messages.ts';

export interface Judged {
  /** Identity of the message (messages.ts). */
  readonly id: string;
  /** The DMARC event, the last of its verdicts. */
  readonly seq: number;
  readonly at: Time;
  readonly host: string;
  readonly spf: SpfVerdict;
  readonly dkim: readonly DkimVerdict[];
  readonly dmarc: DmarcVerdict;
  readonly decision: DmarcDecision;
  /** Binary string: the message as the server read it. */
  readonly bytes: string;
  /** The reverse path as it was given, '' for `<>`. */
  readonly sender: string;
  /** Where it was put, if a mailbox of this world got it. */
  readonly folder?: string;
}

/** At most `most` messages, newest first; `wanted` picks by the identity. */
export function judgedMessages(journal: Journal, most: number, wanted?: string): readonly Judged[] {
  const out: Judged[] = [];
  for (let at = journal.seq - 1; at >= 0 && out.length < most; at--) {
    const event = journal.trace[at];
    if (event?.type !== 'auth.dmarc') continue;
    const id = messageOf(journal.messages, event);
    if (id === undefined || (wanted !== undefined && wanted !== id)) continue;
    const one = judgedAt(journal, event, id);
    if (one !== undefined) out.push(one);
  }
  return out;
}

function judgedAt(journal: Journal, event: EventOf<'auth.dmarc'>, id: string): Judged | undefined {
  const same = (other: { host: string; queueId: string; connection: number }): boolean =>
    other.host === event.host && other.queueId === event.queueId && other.connection === event.connection;
  let spf: SpfVerdict | undefined;
  let dkim: readonly DkimVerdict[] | undefined;
  for (let at = event.seq - 2; at >= 0 && (spf === undefined || dkim === undefined); at--) {
    const before = journal.trace[at];
    if (before?.type === 'auth.spf' && same(before)) spf ??= before.verdict;
    if (before?.type === 'auth.dkim' && same(before)) dkim ??= before.verdicts;
  }
  const message = journal.messages.all.get(id);
  if (spf === undefined || dkim === undefined || message === undefined) return undefined;
  const copy = message.copies.find((one) => one.host === event.host && one.seq > event.seq);
  const bytes =
    copy === undefined
      ? (message.refusedText ?? '').replace(/\r\n\.\r\n$/, '\r\n')
      : asRead(journal.kept.get(copy.hash) ?? '', event.host);
  if (bytes === '') return undefined;
  const placed = message.copies.find((one) => one.folder !== undefined && one.seq > event.seq);
  return {
    id,
    seq: event.seq,
    at: event.at,
    host: event.host,
    spf,
    dkim,
    dmarc: event.verdict,
    decision: event.decision,
    bytes,
    sender: spf.identityReason === 'null-reverse-path' ? '' : spf.sender,
    ...(placed?.folder === undefined ? {} : { folder: placed.folder }),
  };
}

/** Without what this server put on top: everything down to its own trace header (RFC 5321 §4.4). */
function asRead(raw: string, host: string): string {
  for (const field of parseMessage(raw).fields.slice(0, 20))
    if (field.key === 'received' && parseReceived(field.value).by?.toLowerCase() === host.toLowerCase())
      return raw.slice(field.end);
  return raw;
}
