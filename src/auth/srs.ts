// The Sender Rewriting Scheme: a forwarder puts its own domain into the envelope sender, so that SPF can pass, and folds
// the old sender into the local part, so that a bounce finds its way back. The formats, the alphabet and the hash are
// those of Mail::SRS and libsrs2, with which it interoperates. Pure: secret, domain and day come from the caller.

import { latin1, toBase64 } from '../base/bytes.ts';
import { DAY, type Time } from '../base/dates.ts';
import { hmac } from '../crypto/hash.ts';

export interface SrsOptions {
  /** The forwarder's own domain, which takes the bounces. */
  readonly domain: string;
  readonly secret: string;
  readonly now: Time;
  /** How long an address may be answered, in days; 21 as in Mail::SRS. */
  readonly maxAgeDays?: number;
}

/** Why an address is not turned back, in libsrs2's words. */
export type SrsProblem =
  | 'Not an SRS address'
  | 'Hash invalid in SRS address'
  | 'Time stamp out of date'
  | 'Bad time stamp in SRS address'
  | 'No host or user in SRS address';

export type SrsReversed =
  | {
      readonly ok: true;
      readonly address: string;
      /** The day that the address was made on, counted back from today. */
      readonly ageDays: number | undefined;
    }
  | { readonly ok: false; readonly problem: SrsProblem };

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const HASH_LENGTH = 4;
/** Two letters of five bits each: the count of days comes round after 1024 of them. */
const DAYS = 1024;

const dayOf = (now: Time): number => Math.floor(now / DAY) % DAYS;

/** `TT`: the day as two letters. */
function timeStamp(now: Time): string {
  const day = dayOf(now);
  return ALPHABET.charAt(day >> 5) + ALPHABET.charAt(day & 31);
}

/** `HHHH`: HMAC-SHA1 over the lower-cased parts, its first four letters in base 64. */
function hashOf(secret: string, parts: readonly string[]): string {
  const data = latin1(parts.map((part) => part.toLowerCase()).join(''));
  return toBase64(hmac('sha1', latin1(secret), data)).slice(0, HASH_LENGTH);
}

/** Hashes are compared without regard to case, since some hosts on the way change it. */
const sameHash = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const parted = (address: string): readonly [string, string] => {
  const at = address.lastIndexOf('@');
  return [address.slice(0, at), address.slice(at + 1)];
};

/** Whether a local part claims to be one of ours or of another forwarder. */
export function isSrs(address: string): boolean {
  return /^SRS[01][=+-]/i.test(address);
}

/**
 * The sender under which a forwarder hands a message on. `''` and addresses of its own domain stay as they are. An SRS0
 * address of another forwarder becomes SRS1, which names that forwarder only, however many follow.
 */
export function srsForward(sender: string, options: SrsOptions): string {
  const [local, host] = parted(sender);
  if (sender === '' || host === '' || host.toLowerCase() === options.domain.toLowerCase()) return sender;
  const { domain, secret } = options;
  const first = /^SRS0([=+-].*)$/i.exec(local)?.[1];
  if (first !== undefined) return `SRS1=${hashOf(secret, [host, first])}=${host}=${first}@${domain}`;
  const further = /^SRS1[=+-][^=]*=([^=]+)=([=+-].*)$/i.exec(local);
  if (further !== null) {
    const [, srsHost = '', srsUser = ''] = further;
    return `SRS1=${hashOf(secret, [srsHost, srsUser])}=${srsHost}=${srsUser}@${domain}`;
  }
  const stamp = timeStamp(options.now);
  return `SRS0=${hashOf(secret, [stamp, host, local])}=${stamp}=${host}=${local}@${domain}`;
}

/** Turns an address of ours back: SRS0 into the first sender, SRS1 into the SRS0 address of the first forwarder. */
export function srsReverse(address: string, options: SrsOptions): SrsReversed {
  const [local] = parted(address);
  const bad = (problem: SrsProblem): SrsReversed => ({ ok: false, problem });
  if (/^SRS1[=+-]/i.test(local)) {
    const parts = /^SRS1[=+-]([^=]*)=([^=]*)=([=+-].*)$/i.exec(local);
    if (parts === null) return bad('No host or user in SRS address');
    const [, hash = '', host = '', user = ''] = parts;
    if (host === '') return bad('No host or user in SRS address');
    if (!sameHash(hash, hashOf(options.secret, [host, user]))) return bad('Hash invalid in SRS address');
    return { ok: true, address: `SRS0${user}@${host}`, ageDays: undefined };
  }
  if (!/^SRS0[=+-]/i.test(local)) return bad('Not an SRS address');
  const parts = /^SRS0[=+-]([^=]*)=([^=]*)=([^=]*)=(.*)$/i.exec(local);
  if (parts === null) return bad('No host or user in SRS address');
  const [, hash = '', stamp = '', host = '', user = ''] = parts;
  if (host === '' || user === '') return bad('No host or user in SRS address');
  if (!sameHash(hash, hashOf(options.secret, [stamp, host, user]))) return bad('Hash invalid in SRS address');
  const letters = [...stamp.toUpperCase()].map((letter) => ALPHABET.indexOf(letter));
  if (letters.length !== 2 || letters.includes(-1)) return bad('Bad time stamp in SRS address');
  const day = (letters[0] as number) * 32 + (letters[1] as number);
  const ageDays = (dayOf(options.now) - day + DAYS) % DAYS;
  if (ageDays > (options.maxAgeDays ?? 21)) return bad('Time stamp out of date');
  return { ok: true, address: `${user}@${host}`, ageDays };
}
