// What every command is made of: where it runs, what it gives back, and helpers for arguments. Knows no single command.

import type { Time } from '../base/dates.ts';
import type { Folder, MailStore, MailUser } from '../mailbox/store.ts';
import { findFolder } from '../mailbox/store.ts';
import { isRev2, note, type ImapSession, type Status } from './session.ts';
import { astring, printName, readName, wireName, type Arg } from './syntax.ts';
import type { View } from './view.ts';

export interface Context {
  readonly session: ImapSession;
  readonly store: MailStore;
  readonly user: MailUser;
  readonly tag: string;
  /** As typed by UID commands: the set holds UIDs, and EXPUNGE may be told. */
  readonly uid: boolean;
  readonly now: Time;
}

/** With an open mailbox. */
export interface SelectedContext extends Context {
  readonly view: View;
  readonly folder: Folder;
}

export type Outcome =
  | {
      readonly status: Status;
      readonly text: string;
      /** What the client may be told before the tagged reply; everything when absent. */
      readonly sync?: 'nothing' | 'no expunge';
    }
  /** `BAD Error in IMAP command …: bad` */
  | { readonly bad: string }
  /** The tagged reply comes later. */
  | 'waiting';

export const ok = (text: string, sync?: 'nothing' | 'no expunge'): Outcome => ({ status: 'OK', text, sync });
export const no = (text: string): Outcome => ({ status: 'NO', text });
export const bad = (text: string): Outcome => ({ bad: text });

/** During these numbers must not move, unless the client speaks in UIDs (RFC 9051 §7.5.1). */
export const done = (context: Context, text: string): Outcome =>
  ok(text, context.uid ? undefined : 'no expunge');

export const names = (session: ImapSession): { readonly rev2: boolean } => ({ rev2: isRev2(session) });

export const printed = (session: ImapSession, name: string): string => printName(names(session), name);

/** A mailbox argument; `bad` or `no` when it is none. */
export function mailboxName(context: Context, arg: Arg | undefined): { name: string } | { outcome: Outcome } {
  const wire = astring(arg);
  if (wire === undefined) return { outcome: bad('Missing arguments') };
  const name = readName(names(context.session), wire);
  if (name !== undefined) return { name };
  return { outcome: no(`Mailbox name is not valid ${isRev2(context.session) ? 'UTF-8' : 'mUTF-7'}`) };
}

/** RFC 3501 §6.3.1 and RFC 5530: APPEND and COPY hint at CREATE; Dovecot 2.3 says NONEXISTENT only in some places. */
export function missing(
  context: Context,
  name: string,
  code: 'none' | 'NONEXISTENT' | 'TRYCREATE' = 'none',
): Outcome {
  const shown = code === 'none' && context.session.config.version === '2.4' ? 'NONEXISTENT' : code;
  const prefix = shown === 'none' ? '' : `[${shown}] `;
  return no(`${prefix}Mailbox doesn't exist: ${wireName(names(context.session), name)}`);
}

export function folderNamed(context: Context, name: string): Folder | undefined {
  return findFolder(context.user, name);
}

export function changed(context: Context, folder: string): void {
  note(context.session, context.now, { kind: 'changed', user: context.user.name, folder });
}

export const OVER_QUOTA = '[OVERQUOTA] Quota exceeded (mailbox for user is full)';
