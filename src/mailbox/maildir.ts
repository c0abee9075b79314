// Maildir as files with names: `cur/…:2,FS` and `new/…`, folders as `.Lists.work` beside them (Maildir++), keywords in
// `dovecot-keywords`. Knows names and flags; where files lie is somebody else's business. https://cr.yp.to/proto/maildir.html;
// https://doc.dovecot.org/main/core/config/mailbox/formats/maildir.html.

import type { Time } from '../base/dates.ts';
import { folderNameFault, fromModifiedUtf7, toModifiedUtf7 } from './folder-name.ts';
import { maildirInfo, maildirName, normalFlags, type Flag } from './store.ts';

/** A path within a Maildir. */
export interface MaildirPath {
  /** Path of the folder that holds cur, new and tmp; '' for the archive's top. */
  readonly directory: string;
  readonly state: 'cur' | 'new' | 'tmp';
  readonly file: string;
}

/** Undefined: it lies in no cur, new or tmp. */
export function maildirPath(path: string): MaildirPath | undefined {
  const match = /^(?:(.*)\/)?(cur|new|tmp)\/([^/]+)$/s.exec(path);
  if (match === null) return undefined;
  return {
    directory: match[1] ?? '',
    state: match[2] === 'cur' ? 'cur' : match[2] === 'new' ? 'new' : 'tmp',
    file: match[3] ?? '',
  };
}

/**
 * Folder of each directory: `.Lists.work` is `Lists/work`, the directory that holds the others is INBOX, and plain directories in it
 * are folders of their name. Undefined for names that no folder can have.
 */
export function maildirFolders(directories: readonly string[]): ReadonlyMap<string, string | undefined> {
  const parted = directories.map((directory) => (directory === '' ? [] : directory.split('/')));
  const first = parted[0] ?? [];
  let depth = parted.reduce((least, { length }) => Math.min(least, length), first.length);
  for (let i = 0; i < depth; i++) if (parted.some((parts) => parts[i] !== first[i])) depth = i;
  // One folder alone: `.Sent` is still a folder within.
  if (depth > 0 && first[depth - 1]?.startsWith('.') === true) depth--;
  return new Map(directories.map((directory, i) => [directory, folderOf((parted[i] ?? []).slice(depth))]));
}

function folderOf(parts: readonly string[]): string | undefined {
  if (parts.length === 0) return 'INBOX';
  const levels = parts.flatMap((part) => (part.startsWith('.') ? part.slice(1).split('.') : [part]));
  const names = levels.map((level) => (/[^ -~]/.test(level) ? level : fromModifiedUtf7(level)));
  if (names.some((name) => name === undefined)) return undefined;
  const name = names.join('/');
  if (name.toUpperCase() === 'INBOX') return 'INBOX';
  return folderNameFault(name) === undefined && !name.endsWith('/') ? name : undefined;
}

/** The directory of a folder below the Maildir's top: '' for INBOX, `.Lists.work/`. */
export function maildirDirectory(folder: string): string {
  return folder === 'INBOX' ? '' : `.${folder.split('/').map(toModifiedUtf7).join('.')}/`;
}

const LETTERS: Readonly<Record<string, Flag>> = {
  D: '\\Draft',
  F: '\\Flagged',
  P: '$Forwarded',
  R: '\\Answered',
  S: '\\Seen',
  T: '\\Deleted',
};

export interface MaildirFile {
  readonly flags: readonly Flag[];
  /** When it was delivered, as its name says. */
  readonly at?: Time;
}

/**
 * What a file's name tells. `keywords` are those of its folder by letter. Programs on Windows write `;`, `!` or `-` for the colon that cannot
 * be in a name there; archives made there lose it.
 */
export function readMaildirName(file: string, keywords: ReadonlyMap<string, Flag>): MaildirFile {
  const letters = /[:;!_-]2,([A-Za-z]*)$/.exec(file)?.[1] ?? '';
  const flags = [...letters].flatMap((letter) => {
    const flag = Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : keywords.get(letter);
    return flag === undefined ? [] : [flag];
  });
  const time = /^(\d{1,11})\.(?:[A-Za-z0-9_]*?M(\d{1,6})(?=\D))?/.exec(file);
  const at = time === null ? 0 : Number(time[1]) * 1000 + Math.floor(Number(time[2] ?? '0') / 1000);
  return { flags: normalFlags(flags), ...(at > 0 ? { at } : {}) };
}

/** `0 $Label`, a line each; the letters are a to z. */
export function readKeywords(text: string): ReadonlyMap<string, Flag> {
  const found = new Map<string, Flag>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^(\d{1,2}) ([^\s\\]{1,100})$/.exec(line);
    const number = Number(match?.[1] ?? '99');
    if (number < 26) found.set(String.fromCharCode(97 + number), match?.[2] ?? '');
  }
  return found;
}

export interface MaildirEntry {
  readonly raw: string;
  readonly flags: readonly Flag[];
  readonly at: Time;
  readonly uid: number;
}

export interface MaildirContent {
  /** Below the Maildir's top; ends in `/` for an empty directory. */
  readonly name: string;
  readonly text: string;
  readonly at: Time;
}

/** The files of one folder. Lines end in LF, as servers on Unix keep them; in a message with a stray CR they keep CRLF. */
export function printMaildir(
  folder: string,
  entries: readonly MaildirEntry[],
  host: string,
): MaildirContent[] {
  const directory = maildirDirectory(folder);
  const newest = entries.reduce((latest, { at }) => Math.max(latest, at), 0);
  const keywords = [
    ...new Set(entries.flatMap(({ flags }) => flags.filter((flag) => !/^\\|^\$Forwarded$/.test(flag)))),
  ].slice(0, 26);
  const files: MaildirContent[] = ['cur/', 'new/', 'tmp/'].map((name) => ({
    name: `${directory}${name}`,
    text: '',
    at: newest,
  }));
  if (folder !== 'INBOX') files.push({ name: `${directory}maildirfolder`, text: '', at: newest });
  if (keywords.length > 0)
    files.push({
      name: `${directory}dovecot-keywords`,
      text: keywords.map((keyword, i) => `${i} ${keyword}\n`).join(''),
      at: newest,
    });
  for (const { raw, flags, at, uid } of entries) {
    const letters = flags
      .flatMap((flag) => (keywords.includes(flag) ? [String.fromCharCode(97 + keywords.indexOf(flag))] : []))
      .sort()
      .join('');
    files.push({
      name: `${directory}cur/${maildirName(host, uid, { raw, internalDate: at })}${maildirInfo(flags)}${letters}`,
      text: /\r(?!\n)|(?:^|[^\r])\n/.test(raw) ? raw : raw.replaceAll('\r\n', '\n'),
      at,
    });
  }
  return files;
}
