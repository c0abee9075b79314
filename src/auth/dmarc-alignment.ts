// Whether one authenticated domain belongs to the author, by its domain, the author's and the two Organizational Domains:
// the comparison alone, without DNS, so that it can also answer "what if the record said otherwise?". RFC 9989 §4.4 and
// §4.10.2.

import type { AlignmentMode } from './dmarc-record.ts';
import type { AlignmentRow, DmarcVerdict } from './dmarc.ts';
import { isInDomain, sameDomain } from './domain.ts';

export interface Identifier {
  readonly domain: string;
  readonly isPass: boolean;
  /** The check could not be finished, but might have passed. */
  readonly isTemporary: boolean;
  readonly mode: AlignmentMode;
}

export type Alignment = Pick<AlignmentRow, 'isAligned' | 'because'>;

/** The outcome when no Organizational Domain is needed for it; undefined when one is. */
export function alignmentWithoutWalk(one: Identifier, author: string): Alignment | undefined {
  const { isPass } = one;
  if (!(isPass || one.isTemporary) || one.domain === '')
    return { isAligned: false, because: 'not-authenticated' };
  if (sameDomain(one.domain, author))
    return { isAligned: isPass, because: isPass ? 'same-domain' : 'lookup-failed' };
  return one.mode === 'strict' ? { isAligned: false, because: 'different' } : undefined;
}

/** The outcome under relaxed mode. `isUnknown`: one of the walks has a gap. */
export function alignmentOfOrganizations(
  isPass: boolean,
  own: string,
  authors: string,
  isUnknown: boolean,
): Alignment {
  const isSame = own === authors;
  return {
    isAligned: isSame && isPass && !isUnknown,
    because: isUnknown || (isSame && !isPass) ? 'lookup-failed' : isSame ? 'same-organization' : 'different',
  };
}

/** The verdict's table as it would be under other modes. */
export interface Supposition {
  readonly alignment: readonly (AlignmentRow & {
    /** No walk was made for this domain; its organization is taken from its name. */
    readonly isAssumed?: boolean;
  })[];
  readonly isPass: boolean;
}

/** "If the record said adkim=…, aspf=…": compares again what the verdict holds. Asks nothing. */
export function suppose(
  verdict: DmarcVerdict,
  modes: Readonly<Record<'spf' | 'dkim', AlignmentMode>>,
): Supposition {
  const organization = verdict.organizationalDomain ?? verdict.author;
  const alignment = verdict.alignment.map((row) => {
    const mode = modes[row.mechanism];
    if (mode === row.mode) return row;
    const one: Identifier = {
      domain: row.domain,
      isPass: row.result === 'pass',
      isTemporary: row.result === 'temperror',
      mode,
    };
    const rule = mode === 'strict' ? 'RFC 9989 §4.4' : 'RFC 9989 §4.10.2';
    const plain = alignmentWithoutWalk(one, verdict.author);
    if (plain !== undefined) return { ...row, mode, rule, ...plain };
    const walked =
      row.organizationalDomain ??
      verdict.walks.find((walk) => walk.domain === row.domain)?.organizationalDomain;
    const own = walked ?? (isInDomain(row.domain, organization) ? organization : row.domain);
    const compared = alignmentOfOrganizations(one.isPass, own, organization, false);
    return {
      ...row,
      mode,
      rule,
      ...compared,
      organizationalDomain: own,
      ...(walked === undefined ? { isAssumed: true } : {}),
    };
  });
  return { alignment, isPass: alignment.some((row) => row.isAligned) };
}
