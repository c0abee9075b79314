// Reads and writes zip archives, trusting nothing: a few bytes may claim to hold gigabytes, sizes lie, entries overlap, names
// lead out of the folder. What can be read comes out, what cannot is listed with its entry and place. Knows no mail.
// PKWARE's APPNOTE.TXT §4.3; for bombs, https://www.bamsoftware.com/hacks/zipbomb/.

import { Inflate, zipSync, type Zippable } from 'fflate';
import { concat, fromUtf8, latin1, type Bytes } from '../base/bytes.ts';
import { isoDate, type Time } from '../base/dates.ts';
import { crc32 } from './crc32.ts';

export interface ZipFile {
  /** With `/` between its parts. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * `not-zip`: no archive, or its directory is gone and nothing could be found without it. `no-directory`: it is cut off; what stood
 * before the cut was read. `damaged`, `bad-checksum`, `wrong-size`: this entry's content is not what it should be. `overlap`: it shares
 * bytes with another one. `bad-name`: an absolute path, or one that leads upwards. `too-big`: more than the limit.
 */
export type ZipProblemCode =
  | 'not-zip'
  | 'no-directory'
  | 'too-many-entries'
  | 'too-big'
  | 'damaged'
  | 'bad-checksum'
  | 'wrong-size'
  | 'overlap'
  | 'bad-name'
  | 'twice'
  | 'encrypted'
  | 'unknown-method';

export interface ZipProblem {
  readonly code: ZipProblemCode;
  /** Name of the entry; '' for the whole archive. */
  readonly entry: string;
  /** Byte in the archive. */
  readonly offset: number;
  /** A number that belongs to the code: entries, bytes or method. */
  readonly value?: number;
}

export interface ZipLimits {
  readonly entries: number;
  /** Of all entries together, unpacked. */
  readonly totalBytes: number;
}

export interface Unzipped {
  readonly files: readonly ZipFile[];
  /** Names of entries that nobody asked for. */
  readonly skipped: readonly string[];
  readonly problems: readonly ZipProblem[];
}

interface Entry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** Of its local header. */
  readonly offset: number;
  /** Where the directory speaks of it. */
  readonly listedAt: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** The end record may be followed by a comment of this length. */
const LONGEST_COMMENT = 65_535;
const STEP = 1024;

/** Unpacks the entries whose name `wants` says yes to. Never throws. */
export function readZip(file: Uint8Array, limits: ZipLimits, wants: (name: string) => boolean): Unzipped {
  const files: ZipFile[] = [];
  const skipped: string[] = [];
  const problems: ZipProblem[] = [];
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const entries = listed(view, file, limits, problems);
  const names = new Set<string>();
  const taken: { start: number; end: number }[] = [];
  let room = limits.totalBytes;
  for (const entry of entries) {
    const { name, offset } = entry;
    const problem = (code: ZipProblemCode, value?: number): void =>
      void problems.push({ code, entry: name, offset, ...(value === undefined ? {} : { value }) });
    if (name.endsWith('/')) continue;
    if (!isSafe(name)) problem('bad-name');
    else if (!wants(name)) skipped.push(name);
    else if (names.has(name)) problem('twice');
    else if ((entry.flags & 1) !== 0) problem('encrypted');
    else if (entry.method !== 0 && entry.method !== 8) problem('unknown-method', entry.method);
    else if (entry.size > room) problem('too-big', entry.size);
    else {
      names.add(name);
      const start = contentStart(view, offset);
      const end = (start ?? 0) + entry.packed;
      if (start === undefined || end > file.length) {
        problem('damaged');
        continue;
      }
      // Many small entries over one large stretch of bytes: the best bombs are made so.
      if (taken.some((other) => offset < other.end && other.start < end)) {
        problem('overlap');
        continue;
      }
      taken.push({ start: offset, end });
      const bytes = unpack(file.subarray(start, end), entry);
      if (typeof bytes === 'string') problem(bytes, entry.size);
      else {
        room -= bytes.length;
        files.push({ name, bytes });
      }
    }
  }
  return { files, skipped, problems };
}

/** A path that stays below where it starts (APPNOTE §4.4.17.1). */
function isSafe(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  if (name === '' || /^\/|^[A-Za-z]:|\\|[\x00-\x1f]/.test(name)) return false;
  return name.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
}

function listed(view: DataView, file: Uint8Array, limits: ZipLimits, problems: ZipProblem[]): Entry[] {
  const end = endRecord(view);
  const entries: Entry[] = [];
  if (end === undefined) return withoutDirectory(view, file, limits, problems);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  // Something may stand before the archive: then every place is that much further on.
  const shift = Math.max(0, end - view.getUint32(end + 12, true) - at);
  if (at + shift < end && signature(view, at) !== CENTRAL && signature(view, at + shift) === CENTRAL)
    at += shift;
  else if (shift > 0 && signature(view, at) !== CENTRAL) at += shift;
  const isShifted = at !== view.getUint32(end + 16, true);
  while (at < end && signature(view, at) === CENTRAL && at + 46 <= file.length) {
    if (entries.length >= limits.entries) {
      problems.push({ code: 'too-many-entries', entry: '', offset: at, value: count });
      return entries;
    }
    const [nameLength, extra, comment] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [
      number,
      number,
      number,
    ];
    entries.push({
      name: nameAt(file, at + 46, nameLength, view.getUint16(at + 8, true)),
      flags: view.getUint16(at + 8, true),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true) + (isShifted ? shift : 0),
      listedAt: at,
    });
    at += 46 + nameLength + extra + comment;
  }
  // 0xffff: there are more than the field can count (ZIP64).
  if (count !== 0xffff && count !== entries.length)
    problems.push({ code: 'no-directory', entry: '', offset: at, value: entries.length });
  return entries;
}

const signature = (view: DataView, at: number): number =>
  at >= 0 && at + 4 <= view.byteLength ? view.getUint32(at, true) : 0;

function endRecord(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - 22 - LONGEST_COMMENT);
  for (let at = view.byteLength - 22; at >= first; at--) if (signature(view, at) === END) return at;
  return undefined;
}

/** The file is cut off: goes from header to header as far as their sizes are told. */
function withoutDirectory(
  view: DataView,
  file: Uint8Array,
  limits: ZipLimits,
  problems: ZipProblem[],
): Entry[] {
  const entries: Entry[] = [];
  let at = 0;
  while (signature(view, at) === LOCAL && at + 30 <= file.length && entries.length < limits.entries) {
    const flags = view.getUint16(at + 6, true);
    const nameLength = view.getUint16(at + 26, true);
    const next = at + 30 + nameLength + view.getUint16(at + 28, true) + view.getUint32(at + 18, true);
    // Bit 3: the sizes come behind the content, and only the directory says where that is.
    if ((flags & 8) !== 0 || next > file.length) break;
    entries.push({
      name: nameAt(file, at + 30, nameLength, flags),
      flags,
      method: view.getUint16(at + 8, true),
      crc: view.getUint32(at + 14, true),
      packed: view.getUint32(at + 18, true),
      size: view.getUint32(at + 22, true),
      offset: at,
      listedAt: at,
    });
    at = next;
  }
  problems.push({
    code: entries.length === 0 ? 'not-zip' : 'no-directory',
    entry: '',
    offset: at,
    value: entries.length,
  });
  return entries;
}

/** Bit 11 says UTF-8; others write it without saying so. */
function nameAt(file: Uint8Array, start: number, length: number, flags: number): string {
  const bytes = file.subarray(start, start + length);
  const text = fromUtf8(bytes);
  return (flags & 0x800) !== 0 || !text.includes('\ufffd')
    ? text
    : [...bytes].map((byte) => String.fromCharCode(byte)).join('');
}

function contentStart(view: DataView, offset: number): number | undefined {
  if (signature(view, offset) !== LOCAL || offset + 30 > view.byteLength) return undefined;
  return offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
}

/** Stops as soon as more comes out than was announced. */
function unpack(packed: Uint8Array, { method, size, crc }: Entry): Uint8Array | ZipProblemCode {
  let bytes: Uint8Array;
  if (method === 0) bytes = packed;
  else {
    const parts: Uint8Array[] = [];
    let length = 0;
    let isDone = false;
    const isOver = (): boolean => length > size;
    try {
      const stream = new Inflate((chunk, isLast) => {
        length += chunk.length;
        if (length <= size) parts.push(chunk);
        isDone ||= isLast;
      });
      // In small steps, so that no more than one step's worth is ever too much in memory.
      for (let at = 0; at < packed.length && !isOver(); at += STEP)
        stream.push(packed.subarray(at, at + STEP), at + STEP >= packed.length);
    } catch {
      if (!isOver()) return 'damaged';
    }
    if (!isOver() && !isDone) return 'damaged';
    bytes = length === size ? concat(...parts) : new Uint8Array(0);
    if (length !== size) return 'wrong-size';
  }
  if (bytes.length !== size) return 'wrong-size';
  return crc32(bytes) === crc ? bytes : 'bad-checksum';
}

export interface ZipContent {
  /** Ends in `/` for an empty folder. */
  readonly name: string;
  /** Binary string. */
  readonly text: string;
  /** Shown as the file's time, in the zone of whoever looks. */
  readonly at: Time;
}

/** The same bytes for the same content, wherever it is written. */
export function writeZip(contents: readonly ZipContent[], zoneMinutes: number): Bytes {
  const files: Zippable = {};
  for (const { name, text, at } of contents) {
    // A zip knows no zone and no time before 1980. Without its Z this is local time, which fflate takes apart again.
    const local = at + zoneMinutes * 60_000;
    const mtime = local < EARLIEST || local > LATEST ? '1980-01-01T00:00:00' : isoDate(local).slice(0, 19);
    files[name] = [latin1(text), { mtime }];
  }
  return zipSync(files, { level: 6 }) as Bytes;
}

const EARLIEST = 315_532_800_000;
const LATEST = 4_354_819_199_000;
