// Mail that comes as a file and goes as one: what is in a file that somebody brings along, for the page to choose from, and a
// folder or mailbox of this world as a file to take away.

import {
  readMailFile,
  writeMailFile,
  type ExportFolder,
  type ExportKind,
  type FiledMessage,
  type MailFile,
} from '../mailbox/mail-file.ts';
import type { MboxKind } from '../mailbox/mbox.ts';
import { latin1 } from '../base/bytes.ts';
import type { Journal } from './journal.ts';
import { foldersOf, headline } from './mailboxes.ts';

export interface FiledView extends FiledMessage {
  readonly from: string;
  readonly subject: string;
}

/** A file as the page shows it before anything is imported. */
export interface MailFileView extends Omit<MailFile, 'messages'> {
  readonly messages: readonly FiledView[];
}

export function mailFileView(bytes: Uint8Array, as?: MboxKind): MailFileView {
  const file = readMailFile(bytes, as);
  return { ...file, messages: file.messages.map((message) => ({ ...message, ...headline(message.raw) })) };
}

export interface ExportAsk {
  readonly host: string;
  readonly user: string;
  /** Absent: all folders of the mailbox. */
  readonly folder?: string;
  readonly kind: ExportKind;
  /** As it was after this event; the newest when absent. */
  readonly seq?: number;
}

export interface ExportedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly messages: number;
  readonly folders: number;
}

/** The file; undefined when there is no such mailbox or folder. */
export function exportMailbox(journal: Journal, ask: ExportAsk): ExportedFile | undefined {
  const owner = journal.owners.find(({ host, user }) => host === ask.host && user === ask.user);
  if (owner === undefined) return undefined;
  const all = [...foldersOf(owner, journal.entries, journal.folders, ask.seq ?? journal.seq)];
  const chosen = all.filter(([name]) => ask.folder === undefined || name === ask.folder);
  if (chosen.length === 0) return undefined;
  const folders = chosen.map(([name, entries]): ExportFolder => ({
    name,
    messages: entries.map(({ uid, flags, at, hash }) => ({
      uid,
      flags,
      at,
      raw: journal.kept.get(hash) ?? '',
    })),
  }));
  const { content, extension } = writeMailFile(ask.kind, folders, ask.host, journal.description.zoneMinutes);
  const title = [ask.user, ...(ask.folder === undefined ? [] : [ask.folder])].join('-');
  return {
    name: `${title.replace(/[^\p{L}\p{N}]+/gu, '-')}.${extension}`,
    bytes: typeof content === 'string' ? latin1(content) : content,
    messages: folders.reduce((sum, { messages }) => sum + messages.length, 0),
    folders: folders.length,
  };
}
