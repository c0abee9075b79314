// Puts messages into the folders of a user, all of them or none: first the trace says where each goes and why, then the
// quota is asked once for all (S5-002's last two steps), then they are stored. Logs in Dovecot's words.

import { createFolder, deliver, findFolder, type Folder, type MailUser } from '../../mailbox/store.ts';
import { accessNotice } from '../mda-access.ts';
import type { PlacementReason } from '../events.ts';
import type { Os } from '../program.ts';
import type { Arrival, MdaState } from './config.ts';
import { fullness, overQuota, warnOfQuota } from './quota.ts';

/** One copy to be stored. */
export interface Filing {
  readonly folder: string;
  /** Make the folder when it is not there; else the message goes to INBOX. */
  readonly create: boolean;
  readonly flags: readonly string[];
  /** Binary string. */
  readonly text: string;
  readonly reasons: readonly PlacementReason[];
  readonly rule: string;
}

/** Stores every copy, or none when they do not fit. `bySieve`: the log line is Pigeonhole's. */
export function fileAll(
  state: MdaState,
  user: MailUser,
  arrival: Arrival,
  filings: readonly Filing[],
  bySieve: boolean,
  os: Os,
): 'stored' | 'overQuota' {
  const { connection, recipient, sessionId } = arrival;
  const cause = os.cause;
  const placed = filings.map((filing) => ({ filing, seq: place(user, arrival, filing, os) }));
  const sizes = filings.map(({ text }) => text.length);
  if (overQuota(user, sizes) !== undefined) {
    os.cause = placed[0]?.seq ?? cause;
    os.emit({ type: 'mailbox.refused', connection, recipient, reason: 'overQuota' }, 'RFC 3463 §3.3');
    const name = placed[0]?.filing.folder ?? 'INBOX';
    const what = 'Quota exceeded (mailbox for user is full)';
    if (bySieve) sieveLog(arrival, `failed to store into mailbox '${name}': ${what}`, os);
    else os.log('dovecot: lmtp', `${sessionId}: save failed to ${name}: ${what}`);
    os.cause = cause;
    return 'overQuota';
  }
  for (const { filing, seq } of placed) {
    os.cause = seq;
    store(state, user, arrival, filing, bySieve, os);
  }
  os.cause = cause;
  accessNotice(state.config, state.access, state.store, user.name, os);
  return 'stored';
}

function place(user: MailUser, arrival: Arrival, filing: Filing, os: Os): number {
  const { connection, recipient } = arrival;
  const { reasons, rule } = filing;
  const folder = filing.create || findFolder(user, filing.folder) ? filing.folder : 'INBOX';
  return os.emit({ type: 'mailbox.placed', connection, user: user.name, recipient, folder, reasons }, rule);
}

function store(
  state: MdaState,
  user: MailUser,
  arrival: Arrival,
  filing: Filing,
  bySieve: boolean,
  os: Os,
): void {
  const folder = folderOf(state, user, filing);
  const before = fullness(user);
  const hash = os.keep(filing.text);
  const result = deliver(state.store, user, folder, {
    raw: filing.text,
    hash,
    internalDate: arrival.now,
    flags: filing.flags,
  });
  if (result.kind !== 'saved') throw new Error('the quota was asked before');
  if (bySieve) sieveLog(arrival, `stored mail into mailbox '${folder.name}'`, os);
  else
    os.log(
      `dovecot: lmtp(${user.name})`,
      `${arrival.sessionId}: msgid=${messageIdOf(filing.text)}: saved mail to ${folder.name}`,
    );
  os.emit(
    {
      type: 'mailbox.delivered',
      connection: arrival.connection,
      user: user.name,
      recipient: arrival.recipient,
      folder: folder.name,
      uid: result.message.uid,
      message: hash,
      reversePath: arrival.reversePath,
      ...(filing.flags.length === 0 ? {} : { flags: filing.flags }),
    },
    'RFC 5321 §4.4',
  );
  warnOfQuota(user, before, os);
}

function folderOf(state: MdaState, user: MailUser, { folder, create }: Filing): Folder {
  const found = findFolder(user, folder);
  if (found !== undefined) return found;
  return createFolder(state.store, user, create ? folder : 'INBOX');
}

/** A line of Pigeonhole's about one message. */
export function sieveLog(arrival: Arrival, text: string, os: Os): void {
  os.log(
    `dovecot: lmtp(${arrival.user})`,
    `${arrival.sessionId}: sieve: msgid=${messageIdOf(arrival.text)}: ${text}`,
  );
}

export function messageIdOf(raw: string): string {
  return /^message-id:[ \t]*(<[^>\r\n]*>)/im.exec(raw.slice(0, 20_000))?.[1] ?? 'unspecified';
}
