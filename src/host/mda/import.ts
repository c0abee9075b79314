// Messages out of a file, put into the folders of a user as an administrator would do it: nothing goes over a wire, no
// script runs, nobody is told but those who look into the mailbox right now. All of them are stored, or none.

import { folderNameFault } from '../../mailbox/folder-name.ts';
import { append, createFolder, findFolder, type Flag } from '../../mailbox/store.ts';
import type { Time } from '../../base/dates.ts';
import { accessNotice } from '../mda-access.ts';
import type { Os } from '../program.ts';
import type { MdaState } from './config.ts';
import { applyQuota, fullness, overQuota, warnOfQuota } from './quota.ts';

export interface ImportedMail {
  /** Made when it is not there. */
  readonly folder: string;
  /** Binary string, lines ending in CRLF. */
  readonly raw: string;
  readonly flags?: readonly Flag[];
  /** When it came into the mailbox that it is from; now when absent. */
  readonly at?: Time;
}

/** What an import brings and for whom. */
export interface MailImport {
  readonly user: string;
  /** Name of the file, for the story. */
  readonly file: string;
  readonly messages: readonly ImportedMail[];
}

export type ImportProblem =
  | { readonly id: 'noSuchMailbox'; readonly user: string }
  | { readonly id: 'importEmpty' }
  | { readonly id: 'importFolder'; readonly folder: string }
  | { readonly id: 'importTooBig'; readonly bytes: number; readonly limit: number }
  | { readonly id: 'importTooMany'; readonly n: number; readonly limit: number }
  | { readonly id: 'importOverQuota'; readonly user: string };

export const IMPORT_LIMITS = { messages: 1000, bytes: 10_000_000 };

export const bytesOfImport = ({ messages }: MailImport): number =>
  messages.reduce((sum, { raw }) => sum + raw.length, 0);

/** Why these messages cannot be stored; asked before, so that an import is done whole or not at all. */
export function importProblem(state: MdaState, mail: MailImport): ImportProblem | undefined {
  const user = applyQuota(state, mail.user);
  if (user === undefined) return { id: 'noSuchMailbox', user: mail.user };
  if (mail.messages.length === 0) return { id: 'importEmpty' };
  if (mail.messages.length > IMPORT_LIMITS.messages)
    return { id: 'importTooMany', n: mail.messages.length, limit: IMPORT_LIMITS.messages };
  const bytes = bytesOfImport(mail);
  if (bytes > IMPORT_LIMITS.bytes) return { id: 'importTooBig', bytes, limit: IMPORT_LIMITS.bytes };
  const wrong = mail.messages.find(({ folder }) => folderNameFault(folder) !== undefined);
  if (wrong !== undefined) return { id: 'importFolder', folder: wrong.folder };
  const sizes = mail.messages.map(({ raw }) => raw.length);
  return overQuota(user, sizes) === undefined ? undefined : { id: 'importOverQuota', user: mail.user };
}

/** Stores them; one event a folder, in the order in which the folders come. */
export function importMail(state: MdaState, mail: MailImport, os: Os): void {
  const user = applyQuota(state, mail.user);
  if (user === undefined || importProblem(state, mail) !== undefined) return;
  const before = fullness(user);
  const nameOf = (folder: string): string => (folder.toUpperCase() === 'INBOX' ? 'INBOX' : folder);
  for (const name of new Set(mail.messages.map(({ folder }) => nameOf(folder)))) {
    const folder = findFolder(user, name) ?? createFolder(state.store, user, name);
    const stored = mail.messages
      .filter((one) => nameOf(one.folder) === name)
      .map(({ raw, flags, at }) => {
        const message = os.keep(raw);
        const {
          uid,
          internalDate,
          flags: kept,
        } = append(state.store, folder, {
          raw,
          hash: message,
          internalDate: at ?? os.now,
          flags: flags ?? [],
        });
        return { uid, flags: [...kept], message, at: internalDate };
      });
    os.emit({ type: 'mailbox.imported', user: user.name, folder: name, file: mail.file, messages: stored });
  }
  warnOfQuota(user, before, os);
  accessNotice(state.config, state.access, state.store, user.name, os);
}
