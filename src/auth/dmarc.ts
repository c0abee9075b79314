// DMARC: does anything that was authenticated belong to the author, and what does the domain ask for if not? A generator
// that returns a verdict with its whole reasoning. What the receiver does is in `dmarc-receiver.ts`. RFC 9989.

import type { Asking } from '../dns/lookup.ts';
import { alignmentOfOrganizations, alignmentWithoutWalk } from './dmarc-alignment.ts';
import { plainDomain, sameDomain } from './domain.ts';
import type { AlignmentMode, DmarcPolicy, DmarcRecord } from './dmarc-record.ts';
import { walkTree } from './dmarc-walk.ts';
import type { AskedNames, DmarcStep, DmarcWalk } from './dmarc-walk.ts';
import { ask } from './evidence.ts';
import type { DnsEvidence } from './evidence.ts';
import type { Author, AuthorProblem } from './author.ts';
import type { DkimResult } from './dkim-verdict.ts';
import type { SpfResult } from './spf-verdict.ts';

/** `spf` is that of the MAIL FROM identity, never of HELO alone (RFC 9989 §4.4.2). Verdicts of SPF and DKIM fit. */
export interface DmarcInput {
  readonly author: Pick<Author, 'domain' | 'problem'>;
  readonly spf: { readonly result: SpfResult; readonly domain: string };
  readonly dkim: readonly {
    readonly result: DkimResult;
    readonly domain: string;
    readonly selector?: string;
  }[];
}

/** One authenticated identifier against the author's domain. */
export interface AlignmentRow {
  readonly mechanism: 'spf' | 'dkim';
  readonly domain: string;
  readonly selector?: string;
  readonly result: SpfResult | DkimResult;
  readonly mode: AlignmentMode;
  /** Found by a walk; absent when none was needed. */
  readonly organizationalDomain?: string;
  readonly isAligned: boolean;
  readonly because: 'not-authenticated' | 'same-domain' | 'same-organization' | 'different' | 'lookup-failed';
  readonly rule: string;
}

export type DmarcResult = 'none' | 'pass' | 'fail' | 'temperror' | 'permerror';
export type DmarcReason =
  | 'author'
  | 'no-record'
  | 'bad-policy'
  | 'lookup-failed'
  | 'spf-aligned'
  | 'dkim-aligned'
  | 'both-aligned'
  | 'not-aligned';

export interface DmarcVerdict {
  readonly result: DmarcResult;
  readonly reason: DmarcReason;
  readonly rule: string;
  readonly author: string;
  readonly authorProblem?: AuthorProblem;
  readonly walks: readonly DmarcWalk[];
  /** Organizational Domain of the author. */
  readonly organizationalDomain?: string;
  readonly record?: {
    readonly domain: string;
    readonly text: string;
    readonly ttl: number;
    readonly server?: string;
    readonly parsed: DmarcRecord;
    readonly because: 'author-domain' | 'organizational-domain' | 'public-suffix-domain';
    readonly rule: string;
  };
  /** How the policy was read off the record. */
  readonly policySource?: {
    /** `rua`: the policy was bad or missing, but reports are wanted, hence none. */
    readonly tag: 'p' | 'sp' | 'np' | 'rua';
    /** Undefined when the record stands at the author's domain itself. */
    readonly exists?: boolean;
    readonly existence?: DnsEvidence;
    readonly isTest: boolean;
    readonly rule: string;
  };
  /** The policy that applies to this author, before `t=y`. */
  readonly policy?: DmarcPolicy;
  readonly alignment: readonly AlignmentRow[];
  readonly spfAligned: boolean;
  readonly dkimAligned: boolean;
  /** What the domain asks receivers to do with this message: none unless it failed; one step milder with `t=y`. */
  readonly disposition: DmarcPolicy;
}

const MILDER: Readonly<Record<DmarcPolicy, DmarcPolicy>> = {
  reject: 'quarantine',
  quarantine: 'none',
  none: 'none',
};

/** Evaluates DMARC for one message. */
export function* checkDmarc(input: DmarcInput): Asking<DmarcVerdict> {
  const { author } = input;
  const nothing = {
    walks: [],
    alignment: [],
    spfAligned: false,
    dkimAligned: false,
    disposition: 'none',
  } as const;
  if (author.domain === undefined)
    return {
      ...nothing,
      result: 'permerror',
      reason: 'author',
      rule: 'RFC 9989 §5.3.1',
      author: '',
      authorProblem: author.problem ?? 'no-from',
    };
  const domain = plainDomain(author.domain);
  const asked: AskedNames = new Map();
  const walk = yield* walkTree(domain, 'author', asked);
  const found = {
    ...nothing,
    author: domain,
    walks: [walk],
    organizationalDomain: walk.organizationalDomain,
  };
  const chosen = chooseRecord(walk);
  if (chosen === 'failed')
    return { ...found, result: 'temperror', reason: 'lookup-failed', rule: 'RFC 9989 §4.10.1' };
  if (chosen === undefined)
    return { ...found, result: 'none', reason: 'no-record', rule: 'RFC 9989 §4.10.1' };
  const server = chosen.step.lookup.answer.server;
  const record: NonNullable<DmarcVerdict['record']> = {
    domain: chosen.step.domain,
    text: chosen.record.text,
    ttl: chosen.step.ttl ?? 0,
    ...(server === undefined ? {} : { server }),
    parsed: chosen.record,
    because: chosen.because,
    rule: 'RFC 9989 §4.10.1',
  };
  const choice = yield* choosePolicy(domain, record);
  if (choice === undefined)
    return { ...found, record, result: 'none', reason: 'bad-policy', rule: 'RFC 9989 §4.7' };
  const aligned = yield* align(input, domain, chosen.record, walk, asked);
  const { rows } = aligned;
  const spfAligned = rows.some((row) => row.mechanism === 'spf' && row.isAligned);
  const dkimAligned = rows.some((row) => row.mechanism === 'dkim' && row.isAligned);
  const isUnknown = rows.some((row) => row.because === 'lookup-failed');
  const isPass = spfAligned || dkimAligned;
  const result = isPass ? 'pass' : isUnknown ? 'temperror' : 'fail';
  const asksFor = choice.source.isTest ? MILDER[choice.policy] : choice.policy;
  return {
    ...found,
    walks: [walk, ...aligned.walks],
    record,
    policySource: choice.source,
    policy: choice.policy,
    alignment: rows,
    spfAligned,
    dkimAligned,
    result,
    reason: isPass
      ? spfAligned && dkimAligned
        ? 'both-aligned'
        : spfAligned
          ? 'spf-aligned'
          : 'dkim-aligned'
      : isUnknown
        ? 'lookup-failed'
        : 'not-aligned',
    rule: 'RFC 9989 §4.4',
    disposition: result === 'fail' ? asksFor : 'none',
  };
}

interface Chosen {
  readonly step: DmarcStep;
  readonly record: DmarcRecord;
  readonly because: NonNullable<DmarcVerdict['record']>['because'];
}

/** RFC 9989 §4.10.1: the author's own record, else the organization's, else that of the public suffix above it. */
function chooseRecord(walk: DmarcWalk): Chosen | 'failed' | undefined {
  const first = walk.steps[0];
  if (first?.record !== undefined) return { step: first, record: first.record, because: 'author-domain' };
  // A failed look-up below what was found may hide the right record.
  if (walk.isIncomplete) return 'failed';
  const at = (domain: string): DmarcStep | undefined =>
    walk.steps.find((step) => step.domain === domain && step.record !== undefined);
  const organizational = at(walk.organizationalDomain);
  if (organizational?.record !== undefined)
    return { step: organizational, record: organizational.record, because: 'organizational-domain' };
  const suffix = walk.steps.find((step) => step.record?.psd === 'y');
  return suffix?.record === undefined
    ? undefined
    : { step: suffix, record: suffix.record, because: 'public-suffix-domain' };
}

interface Choice {
  readonly policy: DmarcPolicy;
  readonly source: NonNullable<DmarcVerdict['policySource']>;
}

function* choosePolicy(
  author: string,
  found: NonNullable<DmarcVerdict['record']>,
): Asking<Choice | undefined> {
  const record = found.parsed;
  const { isTest } = record;
  if (record.hasBadPolicy) {
    // RFC 9989 §4.7: reports are wanted, so act as if p=none; otherwise there is no DMARC here.
    const wantsReports = record.rua.some((uri) => uri.address !== undefined);
    return wantsReports
      ? { policy: 'none', source: { tag: 'rua', isTest, rule: 'RFC 9989 §4.7' } }
      : undefined;
  }
  const p = record.p ?? 'none';
  if (found.because === 'author-domain')
    return { policy: p, source: { tag: 'p', isTest, rule: 'RFC 9989 §4.7' } };
  const existence = yield* ask(author, 'A');
  const exists = existence.answer.status !== 'NXDOMAIN';
  const tag = !exists && record.np !== undefined ? 'np' : record.sp !== undefined ? 'sp' : 'p';
  return {
    policy: (tag === 'np' ? record.np : tag === 'sp' ? record.sp : p) ?? p,
    source: { tag, exists, existence, isTest, rule: 'RFC 9989 §4.7' },
  };
}

function* align(
  input: DmarcInput,
  author: string,
  record: DmarcRecord,
  authorWalk: DmarcWalk,
  asked: AskedNames,
): Asking<{ readonly rows: AlignmentRow[]; readonly walks: DmarcWalk[] }> {
  const rows: AlignmentRow[] = [];
  const walks: DmarcWalk[] = [];
  const identifiers = [
    { mechanism: 'spf' as const, mode: record.aspf, ...input.spf },
    ...input.dkim.map((one) => ({ mechanism: 'dkim' as const, mode: record.adkim, ...one })),
  ];
  for (const one of identifiers) {
    const domain = plainDomain(one.domain);
    const base = {
      mechanism: one.mechanism,
      domain,
      ...('selector' in one && one.selector !== undefined ? { selector: one.selector } : {}),
      result: one.result,
      mode: one.mode,
      rule: one.mode === 'strict' ? 'RFC 9989 §4.4' : 'RFC 9989 §4.10.2',
    };
    // A check that could not be finished counts as unknown if it could have helped.
    const isPass = one.result === 'pass';
    const identifier = { domain, isPass, isTemporary: one.result === 'temperror', mode: one.mode };
    const plain = alignmentWithoutWalk(identifier, author);
    if (plain !== undefined) {
      const isSame = sameDomain(domain, author) && plain.because !== 'not-authenticated';
      rows.push({
        ...base,
        ...(isSame ? { organizationalDomain: authorWalk.organizationalDomain } : {}),
        ...plain,
      });
      continue;
    }
    const known = walks.find((walk) => walk.domain === domain);
    const walk = known ?? (yield* walkTree(domain, one.mechanism, asked));
    if (known === undefined) walks.push(walk);
    const isUnknown = walk.isIncomplete || authorWalk.isIncomplete;
    rows.push({
      ...base,
      organizationalDomain: walk.organizationalDomain,
      ...alignmentOfOrganizations(
        isPass,
        walk.organizationalDomain,
        authorWalk.organizationalDomain,
        isUnknown,
      ),
    });
  }
  return { rows, walks };
}
