// Finds what is wrong or unwise in the SPF, DKIM key, DMARC, MTA-STS, TLS reporting and BIMI records of a zone. Returns ids and values, never prose;
// the words belong to the dictionaries. Sees TXT records only and asks no DNS; lint-world.ts asks.

import { lintDkimKey } from './lint-dkim.ts';
import { lintDmarc } from './lint-dmarc.ts';
import { lintOthers } from './lint-others.ts';
import { lintSpf } from './lint-spf.ts';
import { plainDomain } from './domain.ts';
import type { Span } from './evidence.ts';

export const LINT_IDS = [
  'SPF-MULTI',
  'SPF-PLUSALL',
  'SPF-NOALL',
  'SPF-ALL-NOTLAST',
  'SPF-10',
  'SPF-IP-SYNTAX',
  'SPF-MX-WRONG',
  'SPF-PTR',
  'SPF-SPACE',
  'SPF-QUOTE',
  'SPF-SOFT-VS-HARD',
  'SPF-BIGNET',
  'SPF-REDIRECT-ALL',
  'SPF-SYNTAX',
  'SPF-VOID',
  'SPF-INCLUDE-NONE',
  'DKIM-P-BROKEN',
  'DKIM-P-EMPTY',
  'DKIM-BITS',
  'DKIM-TEST',
  'DKIM-SYNTAX',
  'DMARC-V',
  'DMARC-MULTI',
  'DMARC-P-MISSING',
  'DMARC-NORUA',
  'DMARC-RUA-SYNTAX',
  'DMARC-PCT',
  'DMARC-SP',
  'DMARC-STRICT',
  'DMARC-SPFONLY',
  'DMARC-SYNTAX',
  'DMARC-RUA-EXT',
  'BIMI-POLICY',
  'BIMI-SYNTAX',
  'STS-SYNTAX',
  'TLSRPT-SYNTAX',
] as const;
export type LintId = (typeof LINT_IDS)[number];
export type Severity = 'error' | 'warning' | 'info';

/** A TXT record as the zone has it: absolute name, strings as binary strings. */
export interface TxtInput {
  readonly name: string;
  readonly strings: readonly string[];
}

export interface LintFinding {
  readonly id: LintId;
  readonly severity: Severity;
  /** Index of the record in the input. */
  readonly record: number;
  /** In the record's joined text. */
  readonly span: Span;
  readonly params: Readonly<Record<string, string | number>>;
  /** Replaces a stretch of the joined text. */
  readonly fix?: { readonly span: Span; readonly text: string };
}

/** One record ready to be looked at. */
export interface LintRecord {
  readonly index: number;
  /** Lower case, without final dot. */
  readonly name: string;
  readonly text: string;
  /** Offsets in the text where one string ends and the next begins. */
  readonly joints: readonly number[];
}

export type Report = (
  id: LintId,
  severity: Severity,
  record: LintRecord,
  span: Span,
  params?: Readonly<Record<string, string | number>>,
  fix?: { readonly span: Span; readonly text: string },
) => void;

export interface LintOptions {
  /** The records are all TXT records of the zone, so that what is missing can be told. */
  readonly isWholeZone?: boolean;
}

/** Lints all records of a zone. In order of record, then place. */
export function lintRecords(input: readonly TxtInput[], options: LintOptions = {}): LintFinding[] {
  const records = input.map((one, index): LintRecord => {
    const joints: number[] = [];
    let at = 0;
    for (const part of one.strings.slice(0, -1)) joints.push((at += part.length));
    return { index, name: plainDomain(one.name), text: one.strings.join(''), joints };
  });
  const findings: LintFinding[] = [];
  const report: Report = (id, severity, record, span, params = {}, fix) => {
    findings.push({
      id,
      severity,
      record: record.index,
      span,
      params: { name: record.name, ...params },
      ...(fix === undefined ? {} : { fix }),
    });
  };
  lintSpf(records, report);
  for (const record of records) if (/(?:^|\.)_domainkey\./.test(record.name)) lintDkimKey(record, report);
  lintDmarc(records, report, options.isWholeZone === true);
  lintOthers(records, report);
  return findings.sort((a, b) => a.record - b.record || a.span.start - b.span.start);
}
