// IMAP flags as Sieve handles them: a list of strings, each holding flags parted by blanks, compared without case.
// Knows no mailbox. RFC 5232 §2 and RFC 3501 §2.3.2 first.

import { SYSTEM_FLAGS } from './language.ts';
import { asciiLower } from './match.ts';

/** Flags within one string. */
export function flagsIn(text: string): readonly string[] {
  return text.split(/[ \t\r\n]+/).filter((flag) => flag !== '');
}

/** A system flag a client may set, or a keyword (an atom of IMAP). */
export function isFlag(flag: string): boolean {
  if (flag.startsWith('\\')) return SYSTEM_FLAGS.some((known) => asciiLower(known) === asciiLower(flag));
  // eslint-disable-next-line no-control-regex -- an IMAP atom has no control characters
  return /^[^\x00-\x20\x7f-\uffff(){%*"\\\]]+$/.test(flag);
}

/** Valid flags of some strings, each once, in their order and as they were written first. */
export function flagList(strings: readonly string[]): readonly string[] {
  const out = new Map<string, string>();
  for (const flag of strings.flatMap(flagsIn)) {
    const key = asciiLower(flag);
    if (!isFlag(flag) || out.has(key)) continue;
    out.set(key, flag);
  }
  return [...out.values()];
}

/** Flags as a mailbox has them: system flags in their usual case. */
export function storedFlags(flags: readonly string[]): readonly string[] {
  return flags.map((flag) => SYSTEM_FLAGS.find((known) => asciiLower(known) === asciiLower(flag)) ?? flag);
}

/** `a` without the flags of `b`. */
export function withoutFlags(a: readonly string[], b: readonly string[]): readonly string[] {
  const gone = new Set(b.map(asciiLower));
  return a.filter((flag) => !gone.has(asciiLower(flag)));
}
