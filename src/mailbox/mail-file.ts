// A file that somebody brings along: one message (.eml), a mailbox file (mbox), or a zip of a Maildir, of messages, of mailbox files.
// Told by its content and not by its name. What can be read is offered, what cannot is listed with its place; nothing is
// dropped silently. And the way back: a folder or a whole mailbox as one file. Pure; knows no store.

import { fromLatin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { parseMailDate } from '../message/date.ts';
import { readEml } from '../message/eml.ts';
import { allFields, firstField, parseMessage } from '../message/header.ts';
import { parseReceived } from '../message/received.ts';
import {
  maildirFolders,
  maildirPath,
  printMaildir,
  readKeywords,
  readMaildirName,
  type MaildirPath,
} from './maildir.ts';
import { printMbox, readMbox, type MboxKind, type MboxProblem } from './mbox.ts';
import type { Flag } from './store.ts';
import { readZip, writeZip, type ZipProblem } from './zip.ts';

export interface FiledMessage {
  /** Binary string, lines ending in CRLF. */
  readonly raw: string;
  readonly flags: readonly Flag[];
  /** When it came into the mailbox, as far as the file or the message tells. */
  readonly at?: Time;
  /** As the archive names it; undefined where it has no folders. */
  readonly folder?: string;
  /** Entry of the archive; '' for the file itself. */
  readonly entry: string;
  /** Where it begins in there, from 1. */
  readonly line: number;
}

/** `tmp`: a Maildir's delivery that was never finished. `not-mail`: text or bytes without a header. */
export type MailFileProblem =
  | (Omit<MboxProblem, 'code'> & { readonly code: MboxProblem['code']; readonly entry: string })
  | ZipProblem
  | {
      readonly code: 'not-mail' | 'tmp' | 'bad-folder' | 'file-too-big';
      readonly entry: string;
      readonly value?: number;
      /** How it begins. */
      readonly text?: string;
    }
  /** So many messages, from this one on, are more than one import takes. */
  | {
      readonly code: 'over-messages' | 'over-bytes';
      readonly entry: string;
      readonly line: number;
      readonly value: number;
    };

export type MailFileKind = 'message' | 'mbox' | 'maildir' | 'zip' | 'none';

export interface MailFile {
  readonly kind: MailFileKind;
  /** Of the first mailbox file in it. */
  readonly mbox?: MboxKind;
  /** Reading it as another kind of mbox would give other text. */
  readonly isAmbiguous: boolean;
  readonly messages: readonly FiledMessage[];
  /** Files of an archive that are no mail and belong to none. */
  readonly skipped: readonly string[];
  readonly problems: readonly MailFileProblem[];
}

export interface MailFileLimits {
  /** Of the file as it is. */
  readonly fileBytes: number;
  readonly entries: number;
  readonly messages: number;
  /** Of all messages together. */
  readonly bytes: number;
}

/** What a world on a learner's machine can carry and still be saved after each command. */
export const MAIL_FILE_LIMITS: MailFileLimits = {
  fileBytes: 60_000_000,
  entries: 20_000,
  messages: 1000,
  bytes: 10_000_000,
};

/** Reads any file; never fails. `as` says which mbox it is when its lines are `isAmbiguous`. */
export function readMailFile(file: Uint8Array, as?: MboxKind, limits = MAIL_FILE_LIMITS): MailFile {
  const reading: Reading = { messages: [], problems: [], isAmbiguous: false, mbox: undefined };
  const done = (kind: MailFileKind, skipped: readonly string[] = []): MailFile => ({
    kind,
    ...(reading.mbox === undefined ? {} : { mbox: reading.mbox }),
    isAmbiguous: reading.isAmbiguous,
    ...withinLimits(reading, limits),
    skipped,
  });
  if (file.length > limits.fileBytes) {
    reading.problems.push({ code: 'file-too-big', entry: '', value: file.length });
    return done('none');
  }
  if (file[0] === 0x50 && file[1] === 0x4b) return readArchive(file, as, limits, reading, done);
  const kind = readContent(file, '', as, reading);
  return done(kind);
}

interface Reading {
  readonly messages: FiledMessage[];
  readonly problems: MailFileProblem[];
  isAmbiguous: boolean;
  mbox: MboxKind | undefined;
}

function withinLimits(
  reading: Reading,
  limits: MailFileLimits,
): { messages: readonly FiledMessage[]; problems: readonly MailFileProblem[] } {
  let bytes = 0;
  const { messages, problems } = reading;
  for (const [i, { raw, entry, line }] of messages.entries()) {
    bytes += raw.length;
    const code = i >= limits.messages ? 'over-messages' : bytes > limits.bytes ? 'over-bytes' : undefined;
    if (code === undefined) continue;
    const value = messages.length - i;
    return { messages: messages.slice(0, i), problems: [...problems, { code, entry, line, value }] };
  }
  return { messages, problems };
}

/** A message or a mailbox file, also within an archive. */
function readContent(
  file: Uint8Array,
  entry: string,
  as: MboxKind | undefined,
  reading: Reading,
): 'message' | 'mbox' | 'none' {
  const start = fromLatin1(file, 0, Math.min(file.length, 2000)).replace(/^\xef\xbb\xbf/, '');
  if (/^(?:\r?\n)*From /.test(start)) {
    const mbox = readMbox(file, as);
    reading.mbox ??= mbox.kind;
    reading.isAmbiguous ||= mbox.isAmbiguous;
    reading.problems.push(...mbox.problems.map((problem) => ({ ...problem, entry })));
    for (const { raw, flags, at, line } of mbox.messages)
      reading.messages.push(message(raw, flags, at, entry, line));
    return 'mbox';
  }
  const raw = readEml(file);
  const { fields, headerEnd } = parseMessage(raw);
  // RFC 5322 allows nearly anything as a field's name; then `{"a": 1}` would be a message.
  const isMail = /^[A-Za-z][\w-]*$/.test(fields[0]?.name ?? '') && !raw.slice(0, headerEnd).includes('\0');
  if (!isMail) {
    const text = start.slice(0, 60).replace(/[^ -~]+/g, ' ');
    reading.problems.push({ code: 'not-mail', entry, value: file.length, text });
    return 'none';
  }
  reading.messages.push(message(raw, [], undefined, entry, 1));
  return 'message';
}

function message(
  raw: string,
  flags: readonly Flag[],
  at: Time | undefined,
  entry: string,
  line: number,
  folder?: string,
): FiledMessage {
  const when = at ?? arrivalOf(raw);
  return {
    raw,
    flags,
    ...(when === undefined ? {} : { at: when }),
    ...(folder === undefined ? {} : { folder }),
    entry,
    line,
  };
}

/** When the last server took it, else when it was written. */
function arrivalOf(raw: string): Time | undefined {
  const header = parseMessage(raw);
  const received = allFields(header, 'Received')[0];
  const time = received === undefined ? undefined : parseReceived(received.value).date?.time;
  return time ?? parseMailDate(firstField(header, 'Date')?.value ?? '')?.time;
}

/** What systems and programs put beside the mail. */
const HELPERS =
  /(?:^|\/)(?:__MACOSX\/.*|\.DS_Store|Thumbs\.db|desktop\.ini|maildirfolder|maildirsize|subscriptions|courier[^/]*|dovecot[^/]*|\.dovecot[^/]*|\.nfs[^/]*|.*\.(?:lock|index|log|cache|msf|dat))$/;
/** Names under which mail lies about outside of a Maildir; what else an archive holds is not looked into. */
const LOOSE = /(?:^|\/)(?:[^/]*\.(?:eml|mbox|mbx|mbs|mime|rfc822|mail|txt)|[^/.]+)$/i;
const KEYWORDS = /(?:^|\/)dovecot-keywords$/;

function readArchive(
  file: Uint8Array,
  as: MboxKind | undefined,
  limits: MailFileLimits,
  reading: Reading,
  done: (kind: MailFileKind, skipped: readonly string[]) => MailFile,
): MailFile {
  const zipLimits = { entries: limits.entries, totalBytes: limits.fileBytes };
  const isWanted = (name: string): boolean =>
    KEYWORDS.test(name) || (!HELPERS.test(name) && (maildirPath(name) !== undefined || LOOSE.test(name)));
  const { files, skipped, problems } = readZip(file, zipLimits, isWanted);
  reading.problems.push(...problems);
  const placed = files.flatMap(({ name, bytes }) => {
    const path = maildirPath(name);
    return path === undefined ? [] : [{ name, bytes, path }];
  });
  const folders = maildirFolders([...new Set(placed.map(({ path }) => path.directory))]);
  const keywords = new Map(
    files
      .filter(({ name }) => KEYWORDS.test(name))
      .map(
        ({ name, bytes }) =>
          [name.replace(/\/?dovecot-keywords$/, ''), readKeywords(fromLatin1(bytes))] as const,
      ),
  );
  for (const { name, bytes, path } of placed)
    readMaildirFile(name, bytes, path, folders.get(path.directory), keywords.get(path.directory), reading);
  const rest = files.filter(({ name }) => maildirPath(name) === undefined && !KEYWORDS.test(name));
  // An empty file is a mailbox with nothing in it.
  for (const { name, bytes } of rest.filter((one) => one.bytes.length > 0))
    readContent(bytes, name, as, reading);
  return done(placed.length > 0 ? 'maildir' : 'zip', skipped);
}

function readMaildirFile(
  entry: string,
  bytes: Uint8Array,
  path: MaildirPath,
  folder: string | undefined,
  keywords: ReadonlyMap<string, Flag> | undefined,
  reading: Reading,
): void {
  if (path.state === 'tmp') {
    reading.problems.push({ code: 'tmp', entry, value: bytes.length });
    return;
  }
  const raw = fromLatin1(bytes).replace(/\r?\n/g, '\r\n');
  if (parseMessage(raw).fields.length === 0) {
    const text = raw.slice(0, 60).replace(/[^ -~]+/g, ' ');
    reading.problems.push({ code: 'not-mail', entry, value: bytes.length, text });
    return;
  }
  if (folder === undefined) reading.problems.push({ code: 'bad-folder', entry });
  const { flags, at } = readMaildirName(path.file, keywords ?? new Map());
  reading.messages.push(message(raw, flags, at, entry, 1, folder));
}

export type ExportKind = 'mbox' | 'maildir' | 'eml';

export interface ExportFolder {
  readonly name: string;
  readonly messages: readonly {
    readonly raw: string;
    readonly flags: readonly Flag[];
    readonly at: Time;
    readonly uid: number;
  }[];
}

export interface ExportFile {
  readonly extension: 'mbox' | 'eml' | 'zip';
  /** Binary string for one message or mailbox file, bytes for an archive. */
  readonly content: string | Uint8Array;
}

/** One folder, or several, as a file. mbox holds one folder, so several become an archive of mailbox files. */
export function writeMailFile(
  kind: ExportKind,
  folders: readonly ExportFolder[],
  host: string,
  zoneMinutes: number,
): ExportFile {
  const [first] = folders;
  if (kind === 'mbox' && folders.length === 1)
    return { extension: 'mbox', content: printMbox(first?.messages ?? []) };
  const newest = ({ messages }: ExportFolder): Time =>
    messages.reduce((latest, { at }) => Math.max(latest, at), 0);
  const taken = new Set<string>();
  const fileName = (text: string): string => {
    const name = text.replace(/[^\p{L}\p{N} _-]+/gu, '-');
    let free = name;
    // `a/b` and `a-b` are two folders.
    for (let number = 2; taken.has(free.toLowerCase()); number++) free = `${name} ${number}`;
    taken.add(free.toLowerCase());
    return free;
  };
  const contents = folders.flatMap((folder) => {
    if (kind === 'maildir') return printMaildir(folder.name, folder.messages, host);
    if (kind === 'mbox')
      return [
        { name: `${fileName(folder.name)}.mbox`, text: printMbox(folder.messages), at: newest(folder) },
      ];
    const directory = fileName(folder.name);
    return folder.messages.map(({ raw, at, uid }) => ({
      name: `${directory}/${String(uid).padStart(4, '0')}.eml`,
      text: raw,
      at,
    }));
  });
  return { extension: 'zip', content: writeZip(contents, zoneMinutes) };
}
