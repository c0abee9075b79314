// What the trace knows about a zone's findings: the newest check that met the very record, so that "show me" has something to
// show, and the findings that only a real message brings to light. Reads the trace; judges nothing again.

import { isInDomain, plainDomain } from '../auth/domain.ts';
import type { SpfCheck } from '../auth/spf-verdict.ts';
import type { TraceEvent } from '../host/events.ts';
import type { ZoneAnalysis, ZoneFinding } from './types.ts';

/** The newest event for each record that a check looked at, by `spf ⟨name⟩`, `dkim ⟨name⟩`, `dmarc ⟨name⟩`. */
type Evidence = ReadonlyMap<string, number>;

export function evidenceOf(trace: readonly TraceEvent[]): Evidence {
  const newest = new Map<string, number>();
  const put = (kind: string, name: string, seq: number): void => {
    newest.set(`${kind} ${plainDomain(name)}`, seq);
  };
  for (const event of trace) {
    switch (event.type) {
      case 'auth.spf':
        for (const domain of domainsOf(event.verdict.check)) put('spf', domain, event.seq);
        break;
      case 'auth.dkim':
        for (const { selector, domain } of event.verdicts)
          put('dkim', `${selector}._domainkey.${domain}`, event.seq);
        break;
      case 'auth.dmarc':
        for (const { steps } of event.verdict.walks)
          for (const { domain } of steps) put('dmarc', `_dmarc.${domain}`, event.seq);
        break;
    }
  }
  return newest;
}

function domainsOf(check: SpfCheck): string[] {
  return [
    check.domain,
    ...check.terms.flatMap(({ nested }) => (nested === undefined ? [] : domainsOf(nested))),
  ];
}

/** The analysis with what the trace shows of each finding. */
export function withEvidence(
  analysis: ZoneAnalysis,
  trace: readonly TraceEvent[],
  zone: string,
): ZoneAnalysis {
  const evidence = evidenceOf(trace);
  const shown = (finding: ZoneFinding): ZoneFinding => {
    const kind = /^(SPF|DKIM|DMARC)-/.exec(finding.id)?.[1]?.toLowerCase();
    const record = analysis.records.findLast(({ line }) => line <= finding.line);
    const name = finding.id === 'DMARC-NONE' ? `_dmarc.${zone}` : (record?.name ?? '');
    const seq = kind === undefined ? undefined : evidence.get(`${kind} ${plainDomain(name)}`);
    return seq === undefined || finding.seq !== undefined ? finding : { ...finding, seq };
  };
  const findings = [...analysis.findings, ...bouncesWithoutSpf(analysis, trace, zone)];
  return {
    ...analysis,
    errors: analysis.errors.map(shown),
    findings: findings.map(shown).sort((a, b) => a.line - b.line || a.column - b.column),
  };
}

/** Bounces were checked by their HELO name (RFC 7208 §2.4), and there is still no SPF record at it. */
function bouncesWithoutSpf(
  { records }: ZoneAnalysis,
  trace: readonly TraceEvent[],
  zone: string,
): ZoneFinding[] {
  const hosts = new Map<string, number>();
  for (const event of trace) {
    if (event.type !== 'auth.spf') continue;
    const { identityReason, domain, result } = event.verdict;
    if (identityReason === 'null-reverse-path' && result === 'none' && isInDomain(domain, zone))
      hosts.set(plainDomain(domain), event.seq);
  }
  return [...hosts].flatMap(([helo, seq]): ZoneFinding[] => {
    const here = records.filter(({ name }) => plainDomain(name) === helo);
    const hasSpf = here.some(({ type, text }) => type === 'TXT' && /^"v=spf1[ "]/i.test(text));
    const place = here[0];
    if (hasSpf || place === undefined) return [];
    return [
      {
        id: 'SPF-HELO-NONE',
        severity: 'info',
        line: place.line,
        column: 1,
        length: 1,
        params: { helo },
        seq,
      },
    ];
  });
}
