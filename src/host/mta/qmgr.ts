// qmgr: makes waiting messages active, starts one delivery for each next hop, books the results, and decides between try
// again, bounce and done. Nothing is lost here: a message leaves only when every recipient has a final result. qmgr(8).

import type { RecipientResult } from '../events.ts';
import type { Os } from '../program.ts';
import { isOwnNetwork, localAddress, splitAddress, transportOf } from './access.ts';
import { bounce, warn } from './bounce.ts';
import { isAliasDomain } from './alias.ts';
import { startDelivery } from './delivery.ts';
import { deliverLocal } from './local.ts';
import { isLocalDomain } from './local-aliases.ts';
import {
  delayText,
  hasExpired,
  nextAttempt,
  scanAt,
  warningTime,
  type QueuedMessage,
  type QueuedRecipient,
} from './queue.ts';
import type { Delivery, MtaState } from './state.ts';

/** default_destination_recipient_limit */
const RECIPIENTS_PER_DELIVERY = 50;

const NOBODY = { status: 'bounced', dsn: '5.1.1', text: 'User unknown in virtual alias table' } as const;

/** An LMTP server: a delivery agent, or a mailing list program. */
type Lmtp = { readonly host: string; readonly port: number };

/** Takes a message into the active queue and starts its deliveries. */
export function activate(state: MtaState, message: QueuedMessage, os: Os): void {
  message.place = 'active';
  message.activeAt = os.now;
  os.cause = os.emit({ type: 'queue.active', queueId: message.queueId });
  const open = message.recipients.filter((recipient) => !recipient.done);
  os.log(
    'postfix/qmgr',
    `${message.queueId}: from=<${message.reversePath}>, size=${message.size}, nrcpt=${open.length} (queue active)`,
  );
  const unresolved: string[] = [];
  const hops = new Map<string, { domain: string; lmtp: Lmtp | undefined; recipients: string[] }>();
  const locals = open.filter(({ address }) => isLocalDomain(state.config, address));
  for (const { address } of open) {
    if (isLocalDomain(state.config, address)) continue;
    if (isAliasDomain(state.config, address)) {
      unresolved.push(address);
      continue;
    }
    const domain = splitAddress(address).domain.toLowerCase();
    const local = isOwnNetwork(state.config, address) || localAddress(state.config, address) !== undefined;
    const lmtp = transportOf(state.config, address) ?? (local ? state.config.virtualTransport : undefined);
    const key = lmtp === undefined ? domain : `${lmtp.host}:${lmtp.port}`;
    let hop = hops.get(key);
    if (hop === undefined) hops.set(key, (hop = { domain, lmtp, recipients: [] }));
    hop.recipients.push(address);
  }
  for (const { domain, lmtp, recipients } of hops.values())
    for (let i = 0; i < recipients.length; i += RECIPIENTS_PER_DELIVERY)
      startDelivery(state, message, domain, lmtp, recipients.slice(i, i + RECIPIENTS_PER_DELIVERY), os);
  for (const recipient of locals) deliverLocal(state, message, recipient, os);
  // What is left of an alias domain is nobody's: error(8) says so.
  for (const address of unresolved) {
    const recipient = message.recipients.find((one) => one.address === address && !one.done);
    if (recipient !== undefined) bookLocal(state, message, recipient, NOBODY, os, 'error');
  }
  finish(state, message, os);
}

/** What one attempt brought for one recipient, before the queue decides what it means. */
export interface AttemptResult {
  readonly address: string;
  readonly status: 'sent' | 'deferred' | 'bounced';
  readonly dsn: string;
  /** For the log, in parentheses. */
  readonly text: string;
  /** `host[address]:port` or `none`. */
  readonly relay: string;
  readonly diagnostic?: string;
  readonly remoteMta?: string;
}

/** Books one result: log line, trace, and the state of the recipient. */
export function book(
  state: MtaState,
  delivery: Delivery,
  result: AttemptResult,
  connection: number | undefined,
  os: Os,
): void {
  const message = state.queue.get(delivery.queueId);
  const recipient = message?.recipients.find((r) => r.address === result.address && !r.done);
  if (message === undefined || recipient === undefined) return;
  const setUp = delivery.connectedAt ?? os.now;
  const delays = [
    delayText(message.activeAt - message.arrivedAt),
    delayText(delivery.startedAt - message.activeAt),
    delayText(setUp - delivery.startedAt),
    delayText(os.now - setUp),
  ].join('/');
  const total = delayText(os.now - message.arrivedAt);
  const tag =
    result.status === 'bounced' && result.relay === 'none' && delivery.transport === 'smtp'
      ? 'postfix/smtp'
      : `postfix/${delivery.transport}`;
  os.log(
    tag,
    `${message.queueId}: to=<${recipient.address}>${original(recipient)}, relay=${result.relay}, delay=${total}, delays=${delays}, dsn=${result.dsn}, status=${result.status} (${result.text})`,
    delivery.pid,
  );
  const event: RecipientResult = {
    recipient: recipient.address,
    status: result.status,
    dsn: result.dsn,
    text: result.text,
    relay: result.relay,
  };
  os.emit({
    type: 'queue.result',
    queueId: message.queueId,
    result: event,
    ...(connection === undefined ? {} : { connection }),
  });
  recipient.dsn = result.dsn;
  recipient.reason = result.text;
  recipient.diagnostic = result.diagnostic;
  recipient.remoteMta = result.remoteMta;
  if (result.status === 'deferred') return;
  recipient.done = true;
  if (result.status === 'bounced') message.failed.push(recipient);
}

/** Books what local(8) or error(8) did on the spot. */
export function bookLocal(
  state: MtaState,
  message: QueuedMessage,
  recipient: QueuedRecipient,
  { status, dsn, text }: { readonly status: 'sent' | 'bounced'; readonly dsn: string; readonly text: string },
  os: Os,
  daemon: 'local' | 'error' = 'local',
): void {
  const relay = daemon === 'local' ? 'local' : 'none';
  const waited = delayText(message.activeAt - message.arrivedAt);
  const delay = delayText(os.now - message.arrivedAt);
  os.log(
    `postfix/${daemon}`,
    `${message.queueId}: to=<${recipient.address}>${original(recipient)}, relay=${relay}, delay=${delay}, delays=${waited}/0/0/0, dsn=${dsn}, status=${status} (${text})`,
    os.pid + 6,
  );
  os.emit({
    type: 'queue.result',
    queueId: message.queueId,
    result: { recipient: recipient.address, status, dsn, text, relay },
  });
  recipient.dsn = dsn;
  recipient.reason = text;
  recipient.done = true;
  if (status === 'bounced') message.failed.push(recipient);
}

function original(recipient: QueuedRecipient): string {
  return recipient.original === recipient.address ? '' : `, orig_to=<${recipient.original}>`;
}

/** Called when a delivery has ended: if it was the last, the message is done, deferred, bounced or expired. */
export function finish(state: MtaState, message: QueuedMessage, os: Os): void {
  if (message.running > 0 || message.place !== 'active') return;
  const waiting = message.recipients.filter((recipient) => !recipient.done);
  if (waiting.length > 0 && hasExpired(state.config, message, os.now)) {
    os.log(
      'postfix/qmgr',
      `${message.queueId}: from=<${message.reversePath}>, status=expired, returned to sender`,
    );
    for (const recipient of waiting) {
      recipient.done = true;
      message.failed.push(recipient);
      os.emit({
        type: 'queue.result',
        queueId: message.queueId,
        result: {
          recipient: recipient.address,
          status: 'expired',
          dsn: recipient.dsn,
          text: recipient.reason ?? '',
          relay: 'none',
        },
      });
    }
    waiting.length = 0;
  }
  if (message.failed.length > 0) bounce(state, message, os);
  if (waiting.length > 0) {
    message.place = 'deferred';
    message.attempts++;
    const warnAfter = warningTime(state.config);
    if (
      warnAfter !== undefined &&
      !message.warned &&
      message.reversePath !== '' &&
      os.now >= message.arrivedAt + warnAfter
    ) {
      message.warned = true;
      warn(state, message, waiting, os);
    }
    message.nextAttemptAt = nextAttempt(state.config, message.arrivedAt, os.now, message.attempts);
    const until = scanAt(state.config, state.startedAt, message.nextAttemptAt);
    os.emit(
      { type: 'queue.deferred', queueId: message.queueId, until, reason: waiting[0]?.reason ?? '' },
      'RFC 5321 §4.5.4.1',
    );
    planScan(state, os);
    return;
  }
  os.log('postfix/qmgr', `${message.queueId}: removed`);
  os.emit({ type: 'queue.removed', queueId: message.queueId });
  state.queue.delete(message.queueId);
}

/** The next look at the deferred queue: patient, since nobody watches it. */
export function planScan(state: MtaState, os: Os): void {
  let earliest: number | undefined;
  for (const message of state.queue.values())
    if (message.place === 'deferred' && (earliest === undefined || message.nextAttemptAt < earliest))
      earliest = message.nextAttemptAt;
  if (earliest === undefined) os.cancelTimer('scan');
  else os.timer('scan', scanAt(state.config, state.startedAt, Math.max(earliest, os.now + 1)), 'patient');
}

/** Tries what is due; all that is deferred, when the administrator asks for it (`postqueue -f`). */
export function scan(state: MtaState, os: Os, everything = false): void {
  const due = [...state.queue.values()].filter(
    (message) => message.place === 'deferred' && (everything || message.nextAttemptAt <= os.now),
  );
  for (const message of due) {
    os.cause = message.acceptedSeq;
    activate(state, message, os);
  }
  planScan(state, os);
}

/** Tries one deferred message now, as `postqueue -i` asks. */
export function attempt(state: MtaState, queueId: string, os: Os): void {
  const message = state.queue.get(queueId);
  if (message?.place !== 'deferred') return;
  os.cause = message.acceptedSeq;
  activate(state, message, os);
  planScan(state, os);
}
