// The mailboxes as their owners see them, folded from deliveries. Knows who has which mailbox from the description, what
// lies in it from the trace alone. Which identity a message has, messages.ts says.

import type { EventOf } from '../host/events.ts';
import type { MdaConfig } from '../host/mda.ts';
import { mailboxesOf, parseAddressList, printAddrSpec } from '../message/address.ts';
import { decodeHeaderText } from '../message/encoded-word.ts';
import { firstField, parseMessage } from '../message/header.ts';
import type { WorldDescription } from '../world/description.ts';
import type { MailboxView } from './types.ts';

/** One person's mailbox on a host. */
export interface MailboxOwner {
  readonly host: string;
  readonly user: string;
  /** The first of the addresses that reach it. */
  readonly address: string;
}

/** One message in a mailbox. */
export interface MailboxEntry {
  readonly id: string;
  readonly host: string;
  readonly user: string;
  readonly folder: string;
  readonly uid: number;
  readonly from: string;
  readonly subject: string;
  readonly at: number;
  readonly seq: number;
}

export function ownersOf(description: WorldDescription): MailboxOwner[] {
  return description.hosts.flatMap((host) =>
    Object.values(host.programs ?? {}).flatMap((program) =>
      program.kind === 'mda'
        ? ((program.config as Partial<MdaConfig>).users ?? []).map((user) => ({
            host: host.name,
            user: user.user,
            address: user.addresses[0] ?? '',
          }))
        : [],
    ),
  );
}

/** Subject and author of a message, decoded, for lists. */
export function headline(raw: string): { readonly subject: string; readonly from: string } {
  const message = parseMessage(raw);
  const subject = firstField(message, 'Subject')?.value ?? '';
  const from = firstField(message, 'From')?.value ?? '';
  const box = mailboxesOf(parseAddressList(from))[0];
  const address = box === undefined ? from : printAddrSpec(box.localPart, box.domain);
  return {
    subject: decodeHeaderText(subject),
    from: decodeHeaderText(box === undefined || box.name === '' ? address : box.name),
  };
}

export function mailboxEntry(event: EventOf<'mailbox.delivered'>, id: string, raw: string): MailboxEntry {
  const { subject, from } = headline(raw);
  const { host, user, folder, uid, at, seq } = event;
  return { id, host, user, folder, uid, from, subject, at, seq };
}

/** Every mailbox of the world as it was after event `seq`, newest message first. */
export function mailboxViews(
  owners: readonly MailboxOwner[],
  entries: readonly MailboxEntry[],
  seq: number,
): readonly MailboxView[] {
  return owners.map((owner) => {
    const own = entries.filter((e) => e.host === owner.host && e.user === owner.user && e.seq <= seq);
    const names = [...new Set(['INBOX', 'Junk', ...own.map((entry) => entry.folder)])];
    return {
      ...owner,
      folders: names.map((name) => ({
        name,
        messages: own
          .filter((entry) => entry.folder === name)
          .map(({ id, uid, from, subject, at, seq: delivered }) => ({
            id,
            uid,
            from,
            subject,
            at,
            seen: false,
            seq: delivered,
          }))
          .reverse(),
      })),
    };
  });
}
