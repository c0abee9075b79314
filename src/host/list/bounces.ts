// The list's bounce processor: whom a report is about, the score of each member, and the end of a membership. It cannot
// know whose fault a bounce is, and that is how a policy of the author's domain unsubscribes readers. RFC 3464; Mailman's
// bounce processing.

import { DAY } from '../../base/dates.ts';
import { parseDsn } from '../../message/dsn-parse.ts';
import { splitAddress } from '../mta/access.ts';
import type { Os } from '../program.ts';
import type { Incoming, MailingListConfig, MailingListState } from './config.ts';
import { note } from './outbox.ts';

/** Who bounced, with the code and the words of their server. */
interface Bounced {
  readonly address: string;
  readonly status: string;
  readonly text: string;
}

/** `garden-bounces+bob=hafen.example@…` names bob@hafen.example. */
function verpMember(address: string): string | undefined {
  const detail = /\+(.+)$/.exec(splitAddress(address).localPart)?.[1];
  const at = detail?.lastIndexOf('=') ?? -1;
  return detail === undefined || at < 1 ? undefined : `${detail.slice(0, at)}@${detail.slice(at + 1)}`;
}

function bouncedIn({ text, address }: Incoming): Bounced[] {
  const failed = (parseDsn(text)?.recipients ?? []).filter(({ action }) => action === 'failed');
  const named = verpMember(address);
  return failed.map((one) => ({
    address: named ?? one.originalRecipient?.value ?? one.finalRecipient?.value ?? '',
    status: one.status,
    text: one.diagnosticCode?.value ?? '',
  }));
}

/** Counts the failures that a report names; a member over the threshold is unsubscribed. */
export function countBounces(state: MailingListState, incoming: Incoming, os: Os): void {
  for (const { address, status, text } of bouncedIn(incoming)) {
    const member = state.members.get(address.toLowerCase());
    if (member === undefined) continue;
    const isCounted = !state.config.bounceOncePerDay || isNewDay(member.lastBounceAt, os.now);
    if (isCounted) {
      member.score++;
      member.lastBounceAt = os.now;
    }
    const { name, bounceScoreThreshold } = state.config;
    os.log(
      'mailman',
      `${name}: ${member.address} bounce score ${member.score} of ${bounceScoreThreshold} (${status} ${text})`,
    );
    os.cause = os.emit(
      {
        type: 'list.bounce',
        list: name,
        member: member.address,
        score: member.score,
        threshold: bounceScoreThreshold,
        isCounted,
        status,
        text,
      },
      'RFC 3464 §2.3',
    );
    if (member.score >= bounceScoreThreshold) unsubscribe(state, member.address, os);
  }
}

const isNewDay = (before: number | undefined, now: number): boolean =>
  before === undefined || Math.floor(before / DAY) !== Math.floor(now / DAY);

function unsubscribe(state: MailingListState, address: string, os: Os): void {
  const { config, members } = state;
  members.delete(address.toLowerCase());
  os.log('mailman', `${config.name}: ${address} unsubscribed because of bounces`);
  os.cause = os.emit({ type: 'list.member', list: config.name, member: address, change: 'bouncedOff' });
  note(
    state,
    address,
    `You have been unsubscribed from the ${config.title} mailing list`,
    whyGone(config),
    os,
  );
  note(
    state,
    config.owner,
    `${address} unsubscribed from ${config.title} because of bounces`,
    `The mail server of ${address} has refused too many posts.`,
    os,
  );
}

function whyGone(config: MailingListConfig): string {
  return `Your mail server has refused ${config.bounceScoreThreshold} posts of the list ${config.title}, so you were unsubscribed.`;
}
