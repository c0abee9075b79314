// What the reports that have arrived say about a policy in a zone text: p=reject while mail that may be the domain's own
// still fails. Evidence, not a rule of thumb: without reports nothing is said. RFC 9989 §7.4.

import { isDmarcRecord, parseDmarcRecord } from '../auth/dmarc-record.ts';
import { withoutDot } from '../dns/name.ts';
import { groupSources, lossUnderReject } from '../message/report-groups.ts';
import type { Journal } from './journal.ts';
import { reportsView } from './reports.ts';
import type { ZoneAnalysis, ZoneFinding } from './types.ts';

/** Share of own mail that may fail without a word. */
const MOST_FAILURES = 0.005;
/** The last so many days of reports count: what was repaired is no longer held against anybody. */
const DAYS = 14;

export function withReports(analysis: ZoneAnalysis, journal: Journal): ZoneAnalysis {
  const strict = analysis.records.filter(({ type, name, text }) => {
    if (type !== 'TXT' || !/^_dmarc\./i.test(name)) return false;
    const record = text.replace(/^"|"$/g, '').replace(/"\s+"/g, '');
    if (!isDmarcRecord(record)) return false;
    const parsed = parseDmarcRecord(record);
    return parsed.p === 'reject' && !parsed.isTest;
  });
  if (strict.length === 0) return analysis;
  const all = reportsView(journal).reports.flatMap(({ report }) => (report === undefined ? [] : [report]));
  const newest = Math.max(0, ...all.map((report) => report.end));
  const found: ZoneFinding[] = [];
  for (const { name, line } of strict) {
    const domain = withoutDot(name.slice('_dmarc.'.length)).toLowerCase();
    const recent = all.filter((one) => one.policy.domain === domain && one.end > newest - DAYS * 86_400);
    const { failing, legitimate, sources } = lossUnderReject(groupSources(recent));
    if (legitimate === 0 || failing / legitimate <= MOST_FAILURES) continue;
    found.push({
      id: 'DMARC-TOOFAST',
      severity: 'warning',
      line,
      column: 1,
      length: 1,
      params: {
        domain,
        percent: Math.round((failing / legitimate) * 1000) / 10,
        count: failing,
        source: ` (${sources.join(', ')})`,
      },
      rule: 'RFC 9989 §7.4',
    });
  }
  return { ...analysis, findings: [...analysis.findings, ...found].sort((a, b) => a.line - b.line) };
}
