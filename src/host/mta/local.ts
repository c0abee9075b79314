// local: mail for names on this very host. Follows /etc/aliases; mailboxes get it over LMTP (mailbox_transport), everybody else
// in a new message that says in Delivered-To through whose hands it has gone. Coming back to the same hands is a loop.
// local(8), aliases(5), RFC 9228.

import { parseMessage } from '../../message/header.ts';
import { localReceivedHeader, postfixDate } from '../../smtp/received.ts';
import type { Os } from '../program.ts';
import { splitAddress } from './access.ts';
import { enqueue } from './enqueue.ts';
import { startDelivery } from './delivery.ts';
import { expandLocal, isLocalUser, localAliasOf } from './local-aliases.ts';
import { bookLocal } from './qmgr.ts';
import { newQueueId, type QueuedMessage, type QueuedRecipient } from './queue.ts';
import type { MtaState } from './state.ts';

/** Delivers to one local recipient. What goes to mailboxes is booked by the LMTP delivery that is started here. */
export function deliverLocal(
  state: MtaState,
  message: QueuedMessage,
  recipient: QueuedRecipient,
  os: Os,
): void {
  const { config } = state;
  const { address } = recipient;
  const name = splitAddress(address).localPart;
  const text = os.kept(message.message);
  if (hasPassed(text, address)) {
    tell(message, { address, followed: [], targets: [], added: [], loop: 'deliveredTo' }, os);
    return bookLocal(state, message, recipient, failed(`mail forwarding loop for ${address}`, '5.4.6'), os);
  }
  if (localAliasOf(config, name) === undefined)
    return isLocalUser(config, name)
      ? toMailboxes(state, message, [address], os)
      : bookLocal(state, message, recipient, failed(`unknown user: "${name}"`, '5.1.1'), os);
  const found = expandLocal(config, address);
  const { followed, mailboxes, forwards, unknown, circle } = found;
  if (circle !== undefined) {
    tell(message, { address, followed, targets: [], added: [], loop: 'aliases' }, os);
    os.log('postfix/local', `warning: alias database loop for ${circle}`, os.pid + 6);
    return bookLocal(state, message, recipient, failed(`alias database loop for ${circle}`, '5.4.6'), os);
  }
  // Who has a box here takes the alias's place in this message; so does who should have one and has not.
  const added = [...mailboxes, ...unknown];
  const isReplaced = forwards.length === 0;
  tell(message, { address, followed, targets: [...added, ...forwards], added, isReplaced }, os);
  for (const one of added)
    message.recipients.push({
      address: one,
      original: recipient.original,
      done: false,
      reason: undefined,
      dsn: '',
      diagnostic: undefined,
      remoteMta: undefined,
    });
  if (isReplaced) message.recipients.splice(message.recipients.indexOf(recipient), 1);
  else forward(state, message, recipient, forwards, text, os);
  for (const one of unknown) {
    const nobody = message.recipients.find((entry) => entry.address === one && !entry.done);
    const why = `unknown user: "${splitAddress(one).localPart}"`;
    if (nobody !== undefined) bookLocal(state, message, nobody, failed(why, '5.1.1'), os);
  }
  if (mailboxes.length > 0) toMailboxes(state, message, mailboxes, os);
}

const failed = (text: string, dsn: string) => ({ status: 'bounced' as const, dsn, text });

/** RFC 9228: the address is among those through whose hands the message has gone. */
function hasPassed(text: string, address: string): boolean {
  return parseMessage(text).fields.some(
    ({ key, value }) => key === 'delivered-to' && value.toLowerCase() === address.toLowerCase(),
  );
}

interface Told {
  readonly address: string;
  readonly followed: readonly string[];
  readonly targets: readonly string[];
  readonly added: readonly string[];
  readonly isReplaced?: boolean;
  readonly loop?: 'aliases' | 'deliveredTo';
}

function tell({ queueId }: QueuedMessage, told: Told, os: Os): void {
  const { isReplaced, loop, ...rest } = told;
  os.cause = os.emit(
    {
      type: 'queue.alias',
      queueId,
      table: 'local',
      ...rest,
      ...(isReplaced === true ? { isReplaced: true as const } : {}),
      ...(loop === undefined ? {} : { loop }),
    },
    loop === 'deliveredTo' ? 'RFC 9228 §3' : 'RFC 5321 §3.9.1',
  );
}

/** A new message for those elsewhere. */
function forward(
  state: MtaState,
  message: QueuedMessage,
  recipient: QueuedRecipient,
  targets: readonly string[],
  text: string,
  os: Os,
): void {
  const cause = os.cause;
  const queueId = newQueueId(state.queue, state.usedIds, os.random('queue-id'));
  const { zoneMinutes } = os.host;
  const date = postfixDate(os.now, zoneMinutes, zoneMinutes === 60 ? 'CET' : undefined);
  const received = localReceivedHeader(state.config.myhostname, queueId, date);
  const { reversePath, ret } = message;
  const result = { status: 'sent' as const, dsn: '2.0.0', text: `forwarded as ${queueId}` };
  bookLocal(state, message, recipient, result, os);
  enqueue(
    state,
    {
      queueId,
      text: `${received}Delivered-To: ${recipient.address}\r\n${text}`,
      reversePath,
      recipients: targets,
      original: recipient.original,
      ret,
    },
    os,
  );
  os.cause = cause;
}

function toMailboxes(state: MtaState, message: QueuedMessage, mailboxes: readonly string[], os: Os): void {
  const lmtp = state.config.virtualTransport;
  if (lmtp !== undefined) startDelivery(state, message, state.config.myhostname, lmtp, mailboxes, os);
}
