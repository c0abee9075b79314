// The figures of the panel: sums of `<count>` and nothing else. Pure functions of reports.

import type { AggregateReport, PublishedPolicy, ReportRecord } from '../../message/report-aggregate.ts';
import type { PolicySuggestion } from '../../message/report-groups.ts';

export interface DayFigure {
  /** Seconds since 1970, beginning of the day. */
  readonly day: number;
  readonly passed: number;
  readonly failed: number;
}

const isPass = (record: ReportRecord): boolean => record.dkim === 'pass' || record.spf === 'pass';

/** By the day on which a report begins, oldest first. */
export function byDay(reports: readonly AggregateReport[]): DayFigure[] {
  const days = new Map<number, { passed: number; failed: number }>();
  for (const { begin, records } of reports) {
    const day = begin - (begin % 86_400);
    let figure = days.get(day);
    if (figure === undefined) days.set(day, (figure = { passed: 0, failed: 0 }));
    for (const record of records) figure[isPass(record) ? 'passed' : 'failed'] += record.count;
  }
  return [...days].sort(([a], [b]) => a - b).map(([day, figure]) => ({ day, ...figure }));
}

/** The policy of the newest report. */
export function newestPolicy(reports: readonly AggregateReport[]): PublishedPolicy | undefined {
  return reports.reduce<AggregateReport | undefined>(
    (newest, one) => (newest === undefined || one.end >= newest.end ? one : newest),
    undefined,
  )?.policy;
}

/** Every policy that receivers saw, as record text, in the order in which it came. */
export function policiesSeen(reports: readonly AggregateReport[]): string[] {
  return [...new Set(reports.toSorted((a, b) => a.end - b.end).map((one) => policyText(one.policy)))];
}

export function policyText(policy: PublishedPolicy): string {
  const { p, sp, np, adkim, aspf, testing, pct, fo } = policy;
  return [
    `p=${p}`,
    ...(sp === undefined || sp === p ? [] : [`sp=${sp}`]),
    ...(np === undefined ? [] : [`np=${np}`]),
    ...(adkim === 's' ? ['adkim=s'] : []),
    ...(aspf === 's' ? ['aspf=s'] : []),
    ...(testing === true ? ['t=y'] : []),
    ...(pct === undefined || pct === 100 ? [] : [`pct=${pct}`]),
    ...(fo === undefined ? [] : [`fo=${fo}`]),
  ].join('; ');
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? '0' : String(Math.round((part / whole) * 1000) / 10);

/** The record that a suggestion means. */
export function suggestedRecord({ policy, testing }: PolicySuggestion): string {
  return `p=${policy}${testing ? '; t=y' : ''}`;
}
