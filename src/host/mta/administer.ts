// What an administrator does to the queue by hand: hold, release, delete, requeue. postsuper(1).

import { postfixDate, localReceivedHeader } from '../../smtp/received.ts';
import type { Os } from '../program.ts';
import { enqueue } from './enqueue.ts';
import { planScan } from './qmgr.ts';
import { newQueueId, type QueuedMessage } from './queue.ts';
import type { MtaState } from './state.ts';

export type QueueAct = 'hold' | 'release' | 'delete' | 'requeue';

/** Which messages an act can touch: nothing that a delivery is working on. */
export function isTouchable(message: QueuedMessage, act: QueueAct): boolean {
  if (message.running > 0) return false;
  if (act === 'hold') return message.place !== 'hold';
  if (act === 'release') return message.place === 'hold';
  return true;
}

const LOGGED: Readonly<Record<QueueAct, string>> = {
  hold: 'placed on hold',
  release: 'released from hold',
  delete: 'removed',
  requeue: 'requeued',
};

/** Does it, if the message is there and may be touched. */
export function administer(state: MtaState, queueId: string, act: QueueAct, os: Os): void {
  const message = state.queue.get(queueId);
  if (message === undefined || !isTouchable(message, act)) return;
  os.log('postfix/postsuper', `${queueId}: ${LOGGED[act]}`);
  os.cause = os.emit({ type: 'queue.administered', queueId, act });
  switch (act) {
    case 'hold':
      message.place = 'hold';
      break;
    case 'release':
      message.place = 'deferred';
      message.nextAttemptAt = os.now;
      break;
    case 'delete':
      discard(state, message, 'deleted by the administrator', os);
      break;
    case 'requeue': {
      const waiting = message.recipients
        .filter((recipient) => !recipient.done)
        .map((recipient) => recipient.original);
      const { reversePath, ret } = message;
      const text = os.kept(message.message);
      discard(state, message, 'requeued under a new queue id', os);
      // It goes through pickup and cleanup once more, and gets a new id and a trace header of its own.
      const renewed = newQueueId(state.queue, state.usedIds, os.random('queue-id'));
      const date = postfixDate(os.now, os.host.zoneMinutes);
      const received = localReceivedHeader(state.config.myhostname, renewed, date, 'from userid 0');
      enqueue(state, { queueId: renewed, text: received + text, reversePath, recipients: waiting, ret }, os);
      break;
    }
  }
  planScan(state, os);
}

function discard(state: MtaState, message: QueuedMessage, reason: string, os: Os): void {
  const { queueId } = message;
  for (const recipient of message.recipients) {
    if (recipient.done) continue;
    recipient.done = true;
    os.emit({
      type: 'queue.result',
      queueId,
      result: {
        recipient: recipient.address,
        status: 'discarded',
        dsn: '2.0.0',
        text: reason,
        relay: 'none',
      },
    });
  }
  os.emit({ type: 'queue.discarded', queueId, reason });
  os.emit({ type: 'queue.removed', queueId });
  state.queue.delete(queueId);
}
