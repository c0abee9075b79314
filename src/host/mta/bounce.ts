// bounce: writes the non-delivery notification and queues it, unless the message was itself one. RFC 3461, RFC 3464;
// bounce(8).

import { buildDsn } from '../../message/dsn.ts';
import type { Os } from '../program.ts';
import { enqueue } from './cleanup.ts';
import { newQueueId, type QueuedMessage } from './queue.ts';
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
  const bounceId = newQueueId(state.queue, state.usedIds, os.random('queue-id'));
  const text = buildDsn({
    kind: 'failure',
    host: state.config.myhostname,
    queueId: message.queueId,
    reportQueueId: bounceId,
    sender: message.reversePath,
    now: os.now,
    arrivedAt: message.arrivedAt,
    zoneMinutes: os.host.zoneMinutes,
    recipients: failed.map((recipient) => ({
      finalRecipient: recipient.address,
      originalRecipient: `rfc822;${recipient.original}`,
      action: 'failed' as const,
      status: recipient.dsn,
      reason: recipient.reason ?? '',
      ...(recipient.remoteMta === undefined ? {} : { remoteMta: recipient.remoteMta }),
      ...(recipient.diagnostic === undefined ? {} : { remoteReply: recipient.diagnostic }),
    })),
    original: os.kept(message.message),
    returned: message.ret === 'HDRS' ? 'headers' : 'full',
  });
  for (const recipient of failed)
    os.emit(
      { type: 'queue.bounce', queueId: message.queueId, bounceId, recipient: recipient.address },
      'RFC 3461 §6',
    );
  os.log('postfix/bounce', `${message.queueId}: sender non-delivery notification: ${bounceId}`);
  enqueue(
    state,
    {
      queueId: bounceId,
      text,
      reversePath: '',
      recipients: [message.reversePath],
      bounceOf: message.queueId,
    },
    os,
  );
}
