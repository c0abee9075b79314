// bounce: writes the non-delivery notification and queues it, unless the message was itself one. RFC 3461, RFC 3464;
// bounce(8).

import { HOUR } from '../../base/dates.ts';
import { buildDsn } from '../../message/dsn.ts';
import type { Os } from '../program.ts';
import { enqueue } from './enqueue.ts';
import { newQueueId, warningTime, type QueuedMessage, type QueuedRecipient } from './queue.ts';
import type { MtaState } from './state.ts';

/** Reports all recipients that failed for good since the last report. */
export function bounce(state: MtaState, message: QueuedMessage, os: Os): void {
  const failed = message.failed.splice(0);
  if (message.reversePath === '') {
    // RFC 5321 §6.1: a notification about a notification would go round for ever.
    os.emit(
      { type: 'queue.discarded', queueId: message.queueId, reason: 'undeliverable bounce' },
      'RFC 5321 §6.1',
    );
    return;
  }
  const bounceId = notify(state, message, failed, 'failure', os);
  for (const recipient of failed)
    os.emit(
      { type: 'queue.bounce', queueId: message.queueId, bounceId, recipient: recipient.address },
      'RFC 3461 §6',
    );
}

/** Tells the sender once that the message still waits (delay_warning_time; RFC 3461 §6.2). */
export function warn(
  state: MtaState,
  message: QueuedMessage,
  waiting: readonly QueuedRecipient[],
  os: Os,
): void {
  const warningId = notify(state, message, waiting, 'delay', os);
  os.emit({ type: 'queue.warned', queueId: message.queueId, warningId }, 'RFC 3461 §6.2');
}

/** Writes the notification and queues it; answers its queue id. */
function notify(
  state: MtaState,
  message: QueuedMessage,
  recipients: readonly QueuedRecipient[],
  kind: 'failure' | 'delay',
  os: Os,
): string {
  const cause = os.cause;
  const { config } = state;
  const reportQueueId = newQueueId(state.queue, state.usedIds, os.random('queue-id'));
  const warnAfter = warningTime(config);
  const text = buildDsn({
    kind,
    host: config.myhostname,
    queueId: message.queueId,
    reportQueueId,
    sender: message.reversePath,
    now: os.now,
    arrivedAt: message.arrivedAt,
    zoneMinutes: os.host.zoneMinutes,
    recipients: recipients.map((recipient) => ({
      finalRecipient: recipient.address,
      originalRecipient: `rfc822;${recipient.original}`,
      action: kind === 'delay' ? ('delayed' as const) : ('failed' as const),
      status: recipient.dsn,
      reason: recipient.reason ?? '',
      ...(recipient.remoteMta === undefined ? {} : { remoteMta: recipient.remoteMta }),
      ...(recipient.diagnostic === undefined ? {} : { remoteReply: recipient.diagnostic }),
    })),
    original: os.kept(message.message),
    returned: message.ret === 'HDRS' ? 'headers' : 'full',
    ...(warnAfter === undefined ? {} : { delayWarningHours: warnAfter / HOUR }),
    ...(config.maximalQueueLifetimeMs === undefined
      ? {}
      : { maximalQueueLifetimeMs: config.maximalQueueLifetimeMs }),
  });
  const what = kind === 'delay' ? 'delay' : 'non-delivery';
  os.log('postfix/bounce', `${message.queueId}: sender ${what} notification: ${reportQueueId}`);
  enqueue(
    state,
    {
      queueId: reportQueueId,
      text,
      reversePath: '',
      recipients: [message.reversePath],
      bounceOf: message.queueId,
      ...(kind === 'delay' ? { isWarning: true as const } : {}),
    },
    os,
  );
  os.cause = cause;
  return reportQueueId;
}
