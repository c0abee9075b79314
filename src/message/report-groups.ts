// What aggregate reports say, by source: who sends in the domain's name, who passes mail on, who is not set up, who forges,
// and which step of the policy comes next. Pure functions of the reports; judgements are guesses and say what they rest on.
// RFC 9989 §5.5 and §7.4 for the order of steps.

import type { AggregateReport, PublishedPolicy, ReportPolicy, ReportRecord } from './report-aggregate.ts';

/**
 * `known-sender`: SPF aligned, so the domain names it. `forwarder`: our signature, somebody else's envelope. `changed`: our
 * signature broken on the way, as lists do. `not-set-up`: a service that authenticates, but not as us, or that signs as us
 * with a key that the zone does not have. `spoofer`: nothing that passes.
 */
export type SourceKind = 'known-sender' | 'forwarder' | 'changed' | 'not-set-up' | 'spoofer';

export interface SourceGroup {
  readonly sourceIp: string;
  readonly kind: SourceKind;
  /** Messages. */
  readonly count: number;
  readonly passed: number;
  readonly spfAligned: number;
  readonly dkimAligned: number;
  /** By what receivers did. */
  readonly dispositions: Readonly<Record<ReportPolicy, number>>;
  /** Domains that did authenticate, most frequent first: who this is. */
  readonly domains: readonly string[];
  readonly headerFrom: readonly string[];
  /** Names of the receivers that saw it. */
  readonly receivers: readonly string[];
  /** Overrides that receivers gave as a reason. */
  readonly overrides: readonly string[];
}

interface Tally {
  count: number;
  passed: number;
  spfAligned: number;
  dkimAligned: number;
  changed: number;
  elsewhere: number;
  readonly dispositions: Record<ReportPolicy, number>;
  readonly domains: Map<string, number>;
  readonly headerFrom: Set<string>;
  readonly receivers: Set<string>;
  readonly overrides: Set<string>;
}

const isBelow = (name: string, domain: string): boolean => name === domain || name.endsWith(`.${domain}`);

/** Groups of all records of the reports, those with most messages first. Every message is in exactly one group. */
export function groupSources(reports: readonly AggregateReport[]): SourceGroup[] {
  const tallies = new Map<string, Tally>();
  for (const report of reports)
    for (const record of report.records) {
      let tally = tallies.get(record.sourceIp);
      if (tally === undefined) tallies.set(record.sourceIp, (tally = emptyTally()));
      tallyUp(tally, record, report);
    }
  return [...tallies]
    .map(([sourceIp, tally]) => groupOf(sourceIp, tally))
    .sort((a, b) => b.count - a.count || (a.sourceIp < b.sourceIp ? -1 : a.sourceIp > b.sourceIp ? 1 : 0));
}

function emptyTally(): Tally {
  return {
    count: 0,
    passed: 0,
    spfAligned: 0,
    dkimAligned: 0,
    changed: 0,
    elsewhere: 0,
    dispositions: { none: 0, quarantine: 0, reject: 0 },
    domains: new Map(),
    headerFrom: new Set(),
    receivers: new Set(),
    overrides: new Set(),
  };
}

function tallyUp(tally: Tally, record: ReportRecord, report: AggregateReport): void {
  const { count } = record;
  const passed = [...record.authDkim, ...record.authSpf].filter(
    (one) => one.result === 'pass' && one.domain !== '',
  );
  tally.count += count;
  if (record.spf === 'pass') tally.spfAligned += count;
  if (record.dkim === 'pass') tally.dkimAligned += count;
  if (record.spf === 'pass' || record.dkim === 'pass') tally.passed += count;
  else {
    const failed = record.authDkim.filter(
      (one) =>
        one.result !== 'pass' &&
        (isBelow(one.domain, report.policy.domain) || isBelow(report.policy.domain, one.domain)),
    );
    // Permerror is no change on the way: there is no key, or none of use. RFC 8601 §2.7.1.
    if (failed.some((one) => one.result !== 'permerror')) tally.changed += count;
    else if (failed.length > 0 || passed.length > 0) tally.elsewhere += count;
  }
  tally.dispositions[record.disposition === 'pass' ? 'none' : record.disposition] += count;
  for (const domain of new Set(passed.map((one) => one.domain)))
    tally.domains.set(domain, (tally.domains.get(domain) ?? 0) + count);
  tally.headerFrom.add(record.headerFrom);
  tally.receivers.add(report.orgName);
  for (const reason of record.reasons) tally.overrides.add(reason.type);
}

function groupOf(sourceIp: string, tally: Tally): SourceGroup {
  return {
    sourceIp,
    kind: kindOf(tally),
    count: tally.count,
    passed: tally.passed,
    spfAligned: tally.spfAligned,
    dkimAligned: tally.dkimAligned,
    dispositions: { ...tally.dispositions },
    domains: [...tally.domains]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .map(([domain]) => domain),
    headerFrom: [...tally.headerFrom],
    receivers: [...tally.receivers],
    overrides: [...tally.overrides],
  };
}

/** By what most of its messages are. */
function kindOf(tally: Tally): SourceKind {
  const forwarded = tally.passed - tally.spfAligned;
  const nothing = tally.count - tally.passed - tally.changed - tally.elsewhere;
  const kinds: readonly (readonly [SourceKind, number])[] = [
    ['known-sender', tally.spfAligned],
    ['forwarder', forwarded],
    ['changed', tally.changed],
    ['not-set-up', tally.elsewhere],
    ['spoofer', nothing],
  ];
  return kinds.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

export type PolicyAdvice =
  'collect-more' | 'set-up-senders' | 'sign-everything' | 'mind-the-lists' | 'next-step' | 'arrived';

export interface PolicySuggestion {
  readonly advice: PolicyAdvice;
  /** What to publish next; the published one when nothing should change. */
  readonly policy: ReportPolicy;
  /** With `t=y` first: receivers act one step milder, and reports show what would happen. */
  readonly testing: boolean;
  readonly messages: number;
  /** Messages that are ours by all appearances, and how many of them passed. */
  readonly legitimate: number;
  readonly passed: number;
  /** Addresses behind the advice. */
  readonly sources: readonly string[];
  readonly rule: string;
}

export interface SuggestionOptions {
  /** Fewer messages say nothing. Default 100. */
  readonly leastMessages?: number;
  /** Share of messages that may still fail at sources of ours. Default 0.02. */
  readonly mostFailures?: number;
}

/** The next step for a domain, read off its groups. */
export function suggestPolicy(
  published: Pick<PublishedPolicy, 'p' | 'testing'>,
  groups: readonly SourceGroup[],
  options: SuggestionOptions = {},
): PolicySuggestion {
  const testing = published.testing === true;
  const messages = sum(groups, (group) => group.count);
  const ours = groups.filter((group) => group.kind !== 'spoofer');
  const legitimate = sum(ours, (group) => group.count);
  const passed = sum(ours, (group) => group.passed);
  const stay = (advice: PolicyAdvice, sources: readonly SourceGroup[], rule: string): PolicySuggestion => ({
    advice,
    policy: published.p,
    testing,
    messages,
    legitimate,
    passed,
    sources: sources.map((group) => group.sourceIp),
    rule,
  });
  if (messages < (options.leastMessages ?? 100)) return stay('collect-more', [], 'RFC 9989 §5.1.5');
  const limit = (options.mostFailures ?? 0.02) * legitimate;
  const foreign = ours.filter((group) => group.kind === 'not-set-up');
  if (sum(foreign, (group) => group.count) > limit) return stay('set-up-senders', foreign, 'RFC 9989 §5.1.5');
  // What passes by SPF alone is lost as soon as somebody forwards it.
  const unsigned = ours.filter(
    (group) => group.kind === 'known-sender' && group.dkimAligned * 2 < group.count,
  );
  if (published.p !== 'none' || testing) {
    if (sum(unsigned, (group) => group.count - group.dkimAligned) > limit)
      return stay('sign-everything', unsigned, 'RFC 9989 §7.4');
  }
  const changed = ours.filter((group) => group.kind === 'changed');
  if (published.p === 'quarantine' && !testing && sum(changed, (group) => group.count) > limit)
    return stay('mind-the-lists', changed, 'RFC 9989 §7.4');
  if (published.p === 'reject' && !testing) return stay('arrived', [], 'RFC 9989 §5.1.6');
  const step: Pick<PolicySuggestion, 'policy' | 'testing'> = testing
    ? { policy: published.p, testing: false }
    : { policy: published.p === 'none' ? 'quarantine' : 'reject', testing: true };
  return { ...stay('next-step', [], 'RFC 9989 §5.1.6'), ...step };
}

export interface Loss {
  readonly failing: number;
  readonly legitimate: number;
  readonly sources: readonly string[];
}

/** What `p=reject` would cost of mail that may be the domain's own. */
export function lossUnderReject(groups: readonly SourceGroup[]): Loss {
  const ours = groups.filter((group) => group.kind !== 'spoofer');
  const losing = ours.filter((group) => group.passed < group.count);
  return {
    failing: losing.reduce((sum, group) => sum + group.count - group.passed, 0),
    legitimate: ours.reduce((sum, group) => sum + group.count, 0),
    sources: losing.map((group) => group.sourceIp),
  };
}

function sum(groups: readonly SourceGroup[], of: (group: SourceGroup) => number): number {
  return groups.reduce((total, group) => total + of(group), 0);
}
