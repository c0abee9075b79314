// The text of a DMARC record as values with their places. Reads everything; what is wrong is listed and otherwise
// ignored, as receivers do. RFC 9989 §4.7 and §4.8; tags that it removed are kept in sight for the linter.

import { lowerAscii } from './domain.ts';
import type { Span } from './evidence.ts';
import { parseTagList } from './tag-list.ts';
import type { Tag } from './tag-list.ts';

export type DmarcPolicy = 'none' | 'quarantine' | 'reject';
export type AlignmentMode = 'relaxed' | 'strict';

export interface DmarcUri {
  readonly text: string;
  readonly span: Span;
  /** Address after `mailto:`; undefined when the URI is not one that reports can go to. */
  readonly address?: string;
  /** An obsolete size limit (`!10m`) follows. */
  readonly hasSize: boolean;
}

export type DmarcProblemCode =
  'syntax' | 'duplicate' | 'unknown-tag' | 'removed-tag' | 'bad-value' | 'bad-uri' | 'missing-policy';

export interface DmarcProblem {
  readonly code: DmarcProblemCode;
  readonly tag: string;
  readonly span: Span;
}

export interface DmarcRecord {
  readonly text: string;
  readonly tags: readonly Tag[];
  readonly p?: DmarcPolicy;
  readonly sp?: DmarcPolicy;
  readonly np?: DmarcPolicy;
  readonly adkim: AlignmentMode;
  readonly aspf: AlignmentMode;
  readonly psd: 'y' | 'n' | 'u';
  /** `t=y`: the policy is one step milder than it says. */
  readonly isTest: boolean;
  readonly fo: readonly string[];
  readonly rua: readonly DmarcUri[];
  readonly ruf: readonly DmarcUri[];
  readonly problems: readonly DmarcProblem[];
  /** p is missing or p, sp or np is not a policy (RFC 9989 §4.7: then `rua` decides). */
  readonly hasBadPolicy: boolean;
}

const REMOVED = ['pct', 'rf', 'ri'];

/** RFC 9989 §4.7: `v=DMARC1` first, exactly so. */
export function isDmarcRecord(text: string): boolean {
  return /^[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/.test(text);
}

/** Reads a record. The caller has seen to it that it begins with the version. Never fails; see `problems`. */
export function parseDmarcRecord(text: string): DmarcRecord {
  const list = parseTagList(text);
  const problems: DmarcProblem[] = [];
  for (const error of list.errors)
    if (error.code !== 'duplicate') problems.push({ code: 'syntax', tag: '', span: error.span });
  const seen = new Map<string, Tag>();
  for (const tag of list.tags) {
    const name = lowerAscii(tag.name);
    if (seen.has(name)) problems.push({ code: 'duplicate', tag: name, span: tag.span });
    else seen.set(name, tag);
  }
  /** The value if it is one of those allowed; a wrong one is noted and counts as absent. */
  const pick = <T extends string>(name: string, allowed: readonly T[]): T | undefined => {
    const tag = seen.get(name);
    if (tag === undefined) return undefined;
    const value = lowerAscii(tag.value);
    const found = allowed.find((one) => one === value);
    if (found === undefined) problems.push({ code: 'bad-value', tag: name, span: tag.valueSpan });
    return found;
  };
  const policies = ['none', 'quarantine', 'reject'] as const;
  const p = pick('p', policies);
  const sp = pick('sp', policies);
  const np = pick('np', policies);
  const mode = (name: string): AlignmentMode => (pick(name, ['r', 's']) === 's' ? 'strict' : 'relaxed');
  const adkim = mode('adkim');
  const aspf = mode('aspf');
  const psd = pick('psd', ['y', 'n', 'u']) ?? 'u';
  const isTest = pick('t', ['y', 'n']) === 'y';
  const rua = readUris(seen.get('rua'), problems);
  const ruf = readUris(seen.get('ruf'), problems);
  const fo = seen.get('fo');
  const foParts = (fo?.value ?? '0').split(':').map((part) => lowerAscii(part.trim()));
  if (fo !== undefined && foParts.some((part) => !['0', '1', 'd', 's'].includes(part)))
    problems.push({ code: 'bad-value', tag: 'fo', span: fo.valueSpan });
  const known = ['v', 'p', 'sp', 'np', 'adkim', 'aspf', 'psd', 't', 'rua', 'ruf', 'fo'];
  for (const [name, tag] of seen) {
    if (REMOVED.includes(name)) problems.push({ code: 'removed-tag', tag: name, span: tag.span });
    else if (!known.includes(name)) problems.push({ code: 'unknown-tag', tag: name, span: tag.span });
  }
  if (!seen.has('p'))
    problems.push({ code: 'missing-policy', tag: 'p', span: { start: 0, end: text.length } });
  return {
    text,
    tags: list.tags,
    ...(p === undefined ? {} : { p }),
    ...(sp === undefined ? {} : { sp }),
    ...(np === undefined ? {} : { np }),
    adkim,
    aspf,
    psd,
    isTest,
    fo: foParts,
    rua,
    ruf,
    problems,
    hasBadPolicy:
      p === undefined || (seen.has('sp') && sp === undefined) || (seen.has('np') && np === undefined),
  };
}

function readUris(tag: Tag | undefined, problems: DmarcProblem[]): DmarcUri[] {
  if (tag === undefined) return [];
  const uris: DmarcUri[] = [];
  let at = tag.valueSpan.start;
  for (const piece of tag.value.split(',')) {
    const lead = piece.length - piece.trimStart().length;
    const text = piece.trim();
    const span: Span = { start: at + lead, end: at + lead + text.length };
    at += piece.length + 1;
    const match = /^mailto:([^\s@!;,]+@[^\s@!;,]+\.[^\s@!;,]+)(![0-9]+[kmgt]?)?$/i.exec(text);
    const address = match?.[1];
    if (address === undefined) problems.push({ code: 'bad-uri', tag: lowerAscii(tag.name), span });
    uris.push({
      text,
      span,
      ...(address === undefined ? {} : { address }),
      hasSize: match?.[2] !== undefined,
    });
  }
  return uris;
}
