// Mod-sequences (RFC 7162): what switches them on for a session, and for a mailbox.

import type { Folder } from '../mailbox/store.ts';
import { untagged, type ImapSession } from './session.ts';

/** RFC 7162 §3.1: the first command that speaks of mod-sequences switches them on. */
export function enableCondstore(session: ImapSession, folder: Folder): void {
  if (session.enabled.includes('CONDSTORE')) return;
  session.enabled.push('CONDSTORE');
  trackModSeq(session, folder);
  untagged(session, `OK [HIGHESTMODSEQ ${folder.highestModSeq}] Highest`);
}

/** Dovecot remembers nothing of the time before somebody asked for it: until then all messages are equally new. */
export function trackModSeq(session: ImapSession, folder: Folder): void {
  if (folder.tracksModSeq === true) return;
  folder.tracksModSeq = true;
  for (const message of folder.messages) message.modSeq = folder.highestModSeq;
  const { view } = session;
  if (view?.uidValidity === folder.uidValidity)
    for (const message of view.messages) message.modSeq = folder.highestModSeq;
}
