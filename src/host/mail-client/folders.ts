// Folders as a mail program shows them: those of the server with what they are for (RFC 6154), and the device's own, which
// are all that POP3 has.

import type { MailFolderInfo, MailFolderRole } from './notes.ts';

export const LOCAL_FOLDERS: readonly MailFolderInfo[] = [
  { name: 'INBOX', role: 'inbox', isLocal: true },
  { name: 'Sent', role: 'sent', isLocal: true },
  { name: 'Trash', role: 'trash', isLocal: true },
];

const ROLES: Readonly<Record<string, MailFolderRole>> = {
  '\\sent': 'sent',
  '\\drafts': 'drafts',
  '\\trash': 'trash',
  '\\junk': 'junk',
  '\\archive': 'archive',
};

/** In this order they are shown; folders without a role come last, by name. */
const ORDER: readonly (MailFolderRole | undefined)[] = [
  'inbox',
  'drafts',
  'sent',
  'archive',
  'junk',
  'trash',
  undefined,
];

/** A folder from a line of LIST. Names tell the role where the server does not. */
export function folderOfList(name: string, attributes: readonly string[]): MailFolderInfo {
  const lower = attributes.map((one) => one.toLowerCase());
  const said = lower.map((one) => ROLES[one]).find((role) => role !== undefined);
  const role = name.toUpperCase() === 'INBOX' ? 'inbox' : (said ?? ROLES[`\\${name.toLowerCase()}`]);
  const isClosed = lower.includes('\\noselect') || lower.includes('\\nonexistent');
  return {
    name: name.toUpperCase() === 'INBOX' ? 'INBOX' : name,
    ...(role === undefined ? {} : { role }),
    ...(isClosed ? { isClosed: true as const } : {}),
  };
}

export function sortFolders(folders: readonly MailFolderInfo[]): MailFolderInfo[] {
  const rank = ({ role }: MailFolderInfo): number => ORDER.indexOf(role);
  return [...folders].sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The folder of a role, if there is one that can be opened. */
export function folderOfRole(folders: readonly MailFolderInfo[], role: MailFolderRole): string | undefined {
  return folders.find((one) => one.role === role && one.isClosed !== true)?.name;
}
