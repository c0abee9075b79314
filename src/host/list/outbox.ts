// What a mailing list still has to hand to its mail server: copies of posts, and notes of its own. Every copy is in the trace
// when it is written and when the server has taken or refused it.

import { mailDate } from '../../base/dates.ts';
import type { RecipientOutcome } from '../../smtp/client.ts';
import type { Os } from '../program.ts';
import { listAddress, type MailingListState, type OutgoingMessage } from './config.ts';

/** Puts one message to some recipients into the outbox; `post` is '' for a note. */
export function queue(
  state: MailingListState,
  post: string,
  reversePath: string,
  recipients: readonly string[],
  text: string,
  os: Os,
): void {
  const message = os.keep(text);
  const id = state.nextOutgoing++;
  os.emit({ type: 'list.copy', list: state.config.name, post, copy: id, message, reversePath, recipients });
  state.outbox.push({ id, post, reversePath, recipients: [...recipients], message, cause: os.cause });
}

/** The mail server took a copy, or refused it for good. */
export function handed(
  state: MailingListState,
  outgoing: OutgoingMessage,
  outcome: RecipientOutcome,
  os: Os,
): void {
  os.emit({
    type: 'list.result',
    list: state.config.name,
    post: outgoing.post,
    copy: outgoing.id,
    recipient: outcome.address,
    status: outcome.status === 'delivered' ? 'sent' : 'refused',
    text: outcome.text,
  });
}

/** A message of the list itself. Nobody answers it (RFC 3834 §5). */
export function note(state: MailingListState, to: string, subject: string, text: string, os: Os): void {
  if (to === '') return;
  const { config } = state;
  const id = state.nextOutgoing;
  const body = text.replace(/(.{1,72})(?: |$)/g, '$1\r\n');
  queue(
    state,
    '',
    listAddress(config, 'bounces'),
    [to],
    [
      `From: ${listAddress(config, 'bounces')}`,
      `To: ${to}`,
      `Subject: ${subject}`,
      `Date: ${mailDate(os.now, os.host.zoneMinutes)}`,
      `Message-ID: <note-${id}.${Math.floor(os.now / 1000)}@${config.hostname}>`,
      'Auto-Submitted: auto-generated',
      'Precedence: bulk',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=us-ascii',
      '',
      body,
    ].join('\r\n'),
    os,
  );
}
