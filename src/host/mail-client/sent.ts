// Where a sent message goes: into the device's own Sent with POP3, by APPEND into the server's with IMAP, where it waits like
// everything else until the server has it.

import type { Os } from '../program.ts';
import { folderOfRole } from './folders.ts';
import { imapDo } from './imap-work.ts';
import { fileLocally } from './local.ts';
import type { MailClientState } from './state.ts';
import { addAction } from './tell.ts';

/** @param message hash of its bytes */
export function fileSent(state: MailClientState, message: string, os: Os): void {
  if (state.config.protocol === 'pop3') return fileLocally(state, message, os);
  const folder = folderOfRole(state.folders, 'sent') ?? 'Sent';
  const id = addAction(state, { kind: 'append', folder, ids: [], message, flags: ['\\Seen'] }, os);
  imapDo(state, [{ kind: 'action', id }], os);
}
