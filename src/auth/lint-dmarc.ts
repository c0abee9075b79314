// What is wrong or unwise in DMARC records, by reading them and their zone alone. RFC 9989 §4.7 and §5.1.

import { isDmarcRecord, parseDmarcRecord } from './dmarc-record.ts';
import type { DmarcRecord } from './dmarc-record.ts';
import { isInDomain } from './domain.ts';
import type { Span } from './evidence.ts';
import type { LintRecord, Report } from './lint.ts';
import { isSpfRecord } from './spf-record.ts';

export function lintDmarc(records: readonly LintRecord[], report: Report, isWholeZone: boolean): void {
  const byName = new Map<string, LintRecord[]>();
  for (const record of records) {
    if (!record.name.startsWith('_dmarc.')) continue;
    if (isDmarcRecord(record.text)) {
      byName.set(record.name, [...(byName.get(record.name) ?? []), record]);
      lintRecord(record, records, report, isWholeZone);
    } else lintVersion(record, report);
  }
  for (const same of byName.values())
    for (const record of same.slice(1))
      report('DMARC-MULTI', 'error', record, whole(record), { count: same.length });
}

const whole = (record: LintRecord): Span => ({ start: 0, end: record.text.length });

/** At `_dmarc.` and meant as DMARC, but no receiver will take it so (RFC 9989 §4.7). */
function lintVersion(record: LintRecord, report: Report): void {
  const { text } = record;
  const version = /v[ \t]*=[ \t]*(dmarc1)(?![0-9A-Za-z])/i.exec(text);
  if (version === null) {
    if (/(?:^|[;\s])(?:p|rua|v)\s*=/i.test(text))
      report('DMARC-V', 'error', record, whole(record), { detail: 'missing' });
    return;
  }
  const end = version.index + version[0].length;
  const written = version[1] ?? '';
  const valueSpan: Span = { start: end - written.length, end };
  if (written !== 'DMARC1')
    report(
      'DMARC-V',
      'error',
      record,
      valueSpan,
      { detail: 'case', text: written },
      { span: valueSpan, text: 'DMARC1' },
    );
  else if (version.index > 0)
    report('DMARC-V', 'error', record, { start: version.index, end }, { detail: 'not-first' });
  else
    report(
      'DMARC-V',
      'error',
      record,
      { start: 0, end },
      { detail: 'no-semicolon' },
      { span: { start: end, end }, text: ';' },
    );
}

function lintRecord(
  record: LintRecord,
  records: readonly LintRecord[],
  report: Report,
  isWholeZone: boolean,
): void {
  const parsed = parseDmarcRecord(record.text);
  const tag = (name: string) => parsed.tags.find((one) => one.name.toLowerCase() === name);
  for (const problem of parsed.problems) {
    const { code, span } = problem;
    const policyTags = ['p', 'sp', 'np'];
    if (code === 'missing-policy' || (code === 'bad-value' && policyTags.includes(problem.tag))) {
      const fix = code === 'missing-policy' ? insertAfterVersion(record.text, 'p=none') : undefined;
      report(
        'DMARC-P-MISSING',
        'error',
        record,
        span,
        {
          tag: problem.tag,
          value: record.text.slice(span.start, code === 'bad-value' ? span.end : span.start),
          hasReports: parsed.rua.some((uri) => uri.address !== undefined) ? 1 : 0,
        },
        fix,
      );
    } else if (code === 'removed-tag') {
      report(
        'DMARC-PCT',
        'warning',
        record,
        span,
        { tag: problem.tag },
        { span: withSeparator(record.text, span), text: '' },
      );
    } else if (code === 'bad-uri') {
      const text = record.text.slice(span.start, span.end);
      const isBare = /^[^\s@:!;,]+@[^\s@:!;,]+\.[^\s@:!;,]+$/.test(text);
      const fix = isBare ? { span, text: `mailto:${text}` } : undefined;
      report('DMARC-RUA-SYNTAX', 'error', record, span, { tag: problem.tag, text }, fix);
    } else if (code === 'unknown-tag')
      report('DMARC-SYNTAX', 'info', record, span, { code, tag: problem.tag });
    else report('DMARC-SYNTAX', 'warning', record, span, { code, tag: problem.tag });
  }
  if (tag('rua') === undefined)
    report('DMARC-NORUA', 'warning', record, whole(record), { policy: parsed.p ?? '' });
  lintSubdomains(record, parsed, report);
  for (const name of ['adkim', 'aspf'] as const) {
    const one = tag(name);
    if (parsed[name] === 'strict' && one !== undefined)
      report('DMARC-STRICT', 'info', record, one.span, {
        tag: name,
        domain: record.name.slice('_dmarc.'.length),
      });
  }
  if (isWholeZone && parsed.p === 'reject')
    lintSpfOnly(record, records, tag('p')?.span ?? whole(record), report);
}

function lintSubdomains(record: LintRecord, parsed: DmarcRecord, report: Report): void {
  const { p, sp, np } = parsed;
  const span = (name: string): Span =>
    parsed.tags.find((one) => one.name.toLowerCase() === name)?.span ?? whole(record);
  const domain = record.name.slice('_dmarc.'.length);
  if (p === undefined || p === 'none') return;
  if (sp === 'none') {
    report('DMARC-SP', 'warning', record, span('sp'), { tag: 'sp', policy: p, domain, detail: 'weaker' });
    if (np === undefined)
      report('DMARC-SP', 'info', record, span('sp'), { tag: 'np', policy: p, domain, detail: 'np-absent' });
  }
  if (np === 'none')
    report('DMARC-SP', 'warning', record, span('np'), { tag: 'np', policy: p, domain, detail: 'weaker' });
}

/** RFC 9989 §5.1: p=reject must not rest on SPF alone. */
function lintSpfOnly(record: LintRecord, records: readonly LintRecord[], span: Span, report: Report): void {
  const domain = record.name.slice('_dmarc.'.length);
  const spf = records.find((one) => one.name === domain && isSpfRecord(one.text));
  // A domain that sends nothing needs no key.
  if (spf === undefined || /^v=spf1\s+-all\s*$/i.test(spf.text)) return;
  const hasKey = records.some((one) => one.name.includes('._domainkey.') && isInDomain(one.name, domain));
  if (!hasKey) report('DMARC-SPFONLY', 'warning', record, span, { domain });
}

function insertAfterVersion(text: string, tag: string): { span: Span; text: string } {
  const semicolon = text.indexOf(';');
  return semicolon < 0
    ? { span: { start: text.length, end: text.length }, text: `; ${tag}` }
    : { span: { start: semicolon + 1, end: semicolon + 1 }, text: ` ${tag};` };
}

/** A tag together with the semicolon before it. */
function withSeparator(text: string, span: Span): Span {
  const before = /;[ \t]*$/.exec(text.slice(0, span.start));
  return before === null ? span : { start: before.index, end: span.end };
}
