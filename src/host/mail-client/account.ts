// Whose mail a program keeps. Set up for another server or user, what it knew of the old mailbox means nothing any more;
// what POP3 has downloaded stays, for it may be the only copy.

import type { Os } from '../program.ts';
import type { MailClientState } from './state.ts';
import { dropFolder, endAction, tellConflict, tellFolders } from './tell.ts';

const accountOf = ({ config }: MailClientState): string =>
  `${config.protocol} ${config.user} ${config.server.host.toLowerCase()}`;

/** Before a connection: forgets what belonged to another mailbox. */
export function checkAccount(state: MailClientState, os: Os): void {
  const account = accountOf(state);
  const isOther = state.account !== '' && state.account !== account;
  state.account = account;
  if (!isOther) return;
  for (const action of [...state.pending]) {
    tellConflict({ kind: 'accountChanged', folder: action.folder, ids: action.ids, action }, os);
    endAction(state, action.id, os);
  }
  state.known.clear();
  state.remove.clear();
  state.wanted.clear();
  if (state.config.protocol === 'pop3') return;
  for (const folder of [...state.caches.keys()]) dropFolder(state, folder, os);
  state.caches.clear();
  state.folders = [];
  state.openFolder = 'INBOX';
  tellFolders(state, os);
}
