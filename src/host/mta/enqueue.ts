// The door of the queue: aliases are followed, the message gets its entry and becomes active. Everything that this server takes
// into responsibility comes through here, its own notifications included. cleanup(8), RFC 5321 §6.1.

import { firstField, parseMessage } from '../../message/header.ts';
import type { Os } from '../program.ts';
import { expandAliases, reverseSender } from './alias.ts';
import { activate } from './qmgr.ts';
import type { MessageOrigin, QueuedMessage } from './queue.ts';
import type { MtaState } from './state.ts';

export interface NewMessage {
  readonly queueId: string;
  /** All of it, as it will be handed on. Binary string. */
  readonly text: string;
  readonly reversePath: string;
  readonly recipients: readonly string[];
  readonly connection?: number;
  readonly bounceOf?: string;
  readonly isWarning?: true;
  readonly origin?: MessageOrigin;
  readonly ret?: 'FULL' | 'HDRS' | undefined;
  /** The address that an alias stood for, when it was one. */
  readonly original?: string;
}

/**
 * The size that Postfix logs and lists: bytes in the queue file, where each line is a record of a type, a length (one more
 * byte for every further seven bits) and the text.
 */
function queueFileSize(text: string): number {
  let size = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    const length = (end < 0 ? text.length : end) - at;
    size += length + (length < 128 ? 2 : length < 16_384 ? 3 : 4);
    if (end < 0) break;
    at = end + 2;
  }
  return size;
}

/** As often may one message come through here to the same people; twice Postfix's hop count. */
const HOP_BUDGET = 100;
const REMEMBERED = 4096;

/** How often a message has come through, this time included. */
function passages({ seen }: MtaState, key: string): number {
  const count = (seen.get(key) ?? 0) + 1;
  seen.delete(key);
  seen.set(key, count);
  if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value as string);
  return count;
}

const isBare = (address: string): boolean => !address.includes('@');

/** Puts a message into the queue and makes it active. From here on it is this server's responsibility (RFC 5321 §6.1). */
export function enqueue(state: MtaState, entry: NewMessage, os: Os): void {
  const { queueId, text } = entry;
  const parsed = parseMessage(text);
  const messageId = firstField(parsed, 'Message-ID')?.value ?? '<>';
  os.log('postfix/cleanup', `${queueId}: message-id=${messageId}`);
  const message = os.keep(text);
  const size = queueFileSize(text);
  // One copy for each, however often somebody is named (cleanup's duplicate filter).
  const expanded: { address: string; followed: readonly string[]; targets: readonly string[] }[] = [];
  const recipients = [
    ...new Map(
      entry.recipients.flatMap((original) => {
        const wanted = reverseRecipient(state, queueId, original, os);
        const { addresses, followed } = expandAliases(state.config, wanted);
        if (followed.length > 0) expanded.push({ address: wanted, followed, targets: addresses });
        const first = entry.original ?? (isBare(original) ? (addresses[0] ?? original) : original);
        return (addresses.length === 0 ? [wanted] : addresses).map(
          (address) => [address.toLowerCase(), { original: first, address }] as const,
        );
      }),
    ).values(),
  ];
  const seq = os.emit(
    {
      type: 'queue.accept',
      queueId,
      message,
      size,
      reversePath: entry.reversePath,
      recipients: recipients.map((recipient) => recipient.address),
      ...(entry.connection === undefined ? {} : { connection: entry.connection }),
      ...(entry.bounceOf === undefined ? {} : { bounceOf: entry.bounceOf }),
      ...(entry.isWarning === true ? { isWarning: true as const } : {}),
    },
    'RFC 5321 §6.1',
  );
  os.cause = seq;
  for (const one of expanded)
    os.emit({ type: 'queue.alias', queueId, table: 'virtual', ...one, added: [] }, 'RFC 5321 §3.9.1');
  const queued: QueuedMessage = {
    queueId,
    arrivedAt: os.now,
    message,
    size,
    reversePath: entry.reversePath,
    recipients: recipients.map(({ original, address }) => ({
      address,
      original,
      done: false,
      reason: undefined,
      dsn: '',
      diagnostic: undefined,
      remoteMta: undefined,
    })),
    place: 'active',
    attempts: 0,
    warned: false,
    origin: entry.origin,
    activeAt: os.now,
    nextAttemptAt: os.now,
    running: 0,
    failed: [],
    ret: entry.ret,
    acceptedSeq: seq,
    bounceOf: entry.bounceOf,
  };
  state.queue.set(queueId, queued);
  if (passages(state, `${messageId} ${recipients.map(({ address }) => address).join()}`) > HOP_BUDGET) {
    // Something takes the marks off by which servers know a loop: stop it here, and lose nothing.
    queued.place = 'hold';
    os.emit({ type: 'queue.bound', queueId, bound: 'hops', limit: HOP_BUDGET });
    return;
  }
  activate(state, queued, os);
}

/** recipient_canonical_maps: an address that SRS made here becomes the sender that it was made from. */
function reverseRecipient(state: MtaState, queueId: string, recipient: string, os: Os): string {
  const back = reverseSender(state.config, recipient, os.now);
  if (back?.ok !== true) return recipient;
  os.log('postsrsd', `srs_reverse: <${recipient}> rewritten as <${back.address}>`);
  os.cause = os.emit({
    type: 'queue.srs',
    queueId,
    direction: 'reverse',
    address: recipient,
    result: back.address,
  });
  return back.address;
}
