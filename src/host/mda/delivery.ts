// One recipient of one message: whose mailbox it is, what the site says (inbox or Junk), what the owner's Sieve script says,
// whether it fits, and Dovecot's answer. What the site holds for junk never reaches the script, as with a `sieve_before`
// that ends in `stop`. S5-002's order.

import { nextInt } from '../../base/random.ts';
import { withDeliveryHeader } from '../../mailbox/delivery-header.ts';
import type { MailUser } from '../../mailbox/store.ts';
import {
  lmtpQuotaExceeded,
  lmtpQuotaFullForNow,
  lmtpRejected,
  lmtpSaved,
  lmtpUserUnknown,
} from '../../smtp/lmtp.ts';
import type { Reply } from '../../smtp/reply.ts';
import type { PlacementReason } from '../events.ts';
import type { Os } from '../program.ts';
import type { Arrival, LmtpClient, MdaState, Outgoing } from './config.ts';
import { fileAll, type Filing } from './mailbox.ts';
import { place } from './place.ts';
import { applyQuota } from './quota.ts';
import { findRecipient, type LocalRecipient } from './recipients.ts';
import { sift } from './sieve.ts';

/** Delivers to one recipient and says so in Dovecot's words. */
export function deliverTo(
  state: MdaState,
  client: LmtpClient,
  raw: string,
  reversePath: string,
  recipient: string,
  os: Os,
): Reply {
  const { config } = state;
  const found = findRecipient(config, recipient);
  const user = found && applyQuota(state, found.user);
  if (found === undefined || user === undefined) return lmtpUserUnknown(recipient, recipient);
  const sessionId = sessionName(state, os);
  const arrival: Arrival = {
    connection: client.connection,
    user: user.name,
    recipient,
    reversePath,
    sessionId,
    text: withDeliveryHeader(raw, {
      reversePath,
      recipient,
      clientName: client.helo,
      clientAddress: client.address,
      host: config.hostname,
      protocol: 'LMTP',
      sessionId,
      now: os.now,
      zoneMinutes: os.host.zoneMinutes,
    }),
    now: os.now,
  };
  const cause = os.cause;
  const outcome = decide(state, user, found, arrival, os);
  os.cause = cause;
  switch (outcome.kind) {
    case 'accepted':
      return lmtpSaved(recipient, sessionId);
    case 'overQuota':
      return config.quotaFullTempfail === true
        ? lmtpQuotaFullForNow(recipient)
        : lmtpQuotaExceeded(recipient);
    case 'rejected':
      return lmtpRejected(recipient, outcome.reason);
  }
}

type Outcome =
  { readonly kind: 'accepted' | 'overQuota' } | { readonly kind: 'rejected'; readonly reason: string };

function decide(state: MdaState, user: MailUser, found: LocalRecipient, arrival: Arrival, os: Os): Outcome {
  const site = place(arrival.text, state.config.trustedAuthservId);
  const inbox = homeOf(user, found);
  const isJunk = site.folder === 'Junk';
  const home: Filing = {
    folder: isJunk ? 'Junk' : inbox.folder,
    create: isJunk,
    flags: [],
    text: arrival.text,
    reasons: isJunk ? [...aliasReasons(found), ...site.reasons] : [...inbox.reasons, ...site.reasons],
    rule: isJunk || inbox.rule === undefined ? site.rule : inbox.rule,
  };
  const script = state.config.scripts?.[user.name];
  if (isJunk || script === undefined || script.trim() === '') {
    const done = fileAll(state, user, arrival, [home], false, os);
    return { kind: done === 'stored' ? 'accepted' : 'overQuota' };
  }
  const sifted = sift(state, user, script, arrival, home, os);
  if (sifted === 'accepted' || sifted === 'overQuota') return { kind: sifted };
  return { kind: 'rejected', reason: sifted.reason };
}

function aliasReasons({ via, user }: LocalRecipient): PlacementReason[] {
  return via === 'catch-all' ? [{ id: 'catchAll', params: { user } }] : [];
}

/** `bob+lists@…` goes to the folder `lists` if the user has one. */
function homeOf(
  user: MailUser,
  found: LocalRecipient,
): { readonly folder: string; readonly reasons: readonly PlacementReason[]; readonly rule?: string } {
  const reasons = aliasReasons(found);
  const { detail } = found;
  if (detail === undefined) return { folder: 'INBOX', reasons };
  // The local part was compared without regard to case, and so is the folder.
  const folder = user.folders.find(({ name }) => name.toLowerCase() === detail.toLowerCase());
  if (folder === undefined)
    return { folder: 'INBOX', reasons: [...reasons, { id: 'subaddressNoFolder', params: { detail } }] };
  const reason: PlacementReason = { id: 'subaddress', params: { folder: folder.name } };
  return { folder: folder.name, reasons: [...reasons, reason], rule: 'RFC 5233 §4' };
}

/** The mail server will never take a redirect: the message stays here after all. */
export function keepRefused(state: MdaState, outgoing: Outgoing, os: Os): void {
  const { fallback } = outgoing;
  const user = fallback && applyQuota(state, fallback.user);
  if (fallback === undefined || user === undefined) return;
  const filing: Filing = {
    folder: 'INBOX',
    create: true,
    flags: [],
    text: fallback.text,
    reasons: [{ id: 'redirectRefused', params: {} }],
    rule: 'RFC 5228 §2.10.6',
  };
  // It was accepted long ago: a full mailbox is no reason to lose it.
  const { quotaBytes, quotaMessages } = user;
  delete user.quotaBytes;
  delete user.quotaMessages;
  fileAll(state, user, fallback, [filing], true, os);
  if (quotaBytes !== undefined) user.quotaBytes = quotaBytes;
  if (quotaMessages !== undefined) user.quotaMessages = quotaMessages;
}

/** Like Dovecot's: random letters, and the number of the delivery. */
function sessionName(state: MdaState, os: Os): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const number = state.nextSession++;
  const draws = os.random('lmtp-session');
  let text = '';
  for (let i = 0; i < 16; i++) text += letters.charAt(nextInt(draws, letters.length));
  return `${text}${String(number).padStart(4, '0')}A`;
}
