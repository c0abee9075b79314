// The two strings that exist to be found: EICAR, which every virus scanner takes for a virus, and GTUBE, which every spam
// filter takes for spam. Nothing else is looked for, so this is no scanner but the way to see what a receiver does with one.
// EICAR's rule: the file begins with the string and has at most white space behind it, up to 128 characters.

import { fromLatin1 } from '../base/bytes.ts';
import { parseMime, partBytes, partsOf } from '../message/mime.ts';

// In pieces, so that no scanner on a developer's machine finds this file.
const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
const GTUBE = ['XJS*C4JDBQADN1.NSBN3*2IDNEN*', 'GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('');

/** SpamAssassin's score for the rule GTUBE. */
export const GTUBE_SCORE = 1000;

export type ContentFinding =
  /** ClamAV's name for it. */
  | { readonly kind: 'virus'; readonly name: string }
  /** SpamAssassin's rule and score. */
  | { readonly kind: 'spam'; readonly rule: string; readonly score: number };

/** Looks into every part of a message, decoded. A virus goes before spam. */
export function findTestStrings(message: string): ContentFinding | undefined {
  const contents = partsOf(parseMime(message)).map((part) => fromLatin1(partBytes(message, part).bytes));
  if (contents.some(isEicar)) return { kind: 'virus', name: 'Eicar-Test-Signature' };
  if (contents.some((content) => content.includes(GTUBE)))
    return { kind: 'spam', rule: 'GTUBE', score: GTUBE_SCORE };
  return undefined;
}

function isEicar(content: string): boolean {
  return content.startsWith(EICAR) && content.length <= 128 && content.slice(EICAR.length).trim() === '';
}
