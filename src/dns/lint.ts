// What a zone says that is legal for the server and wrong for mail: the final dot forgotten, MX to an alias, a record at
// the wrong name. Findings are ids with parameters; their texts live elsewhere. What stands inside SPF, DKIM and DMARC
// records is not looked at here. Behaviour §3.6.

import type { Time } from '../base/dates.ts';
import type { TextSpan } from '../base/text-scanner.ts';
import { lintMx } from './lint/mx.ts';
import { lintNames } from './lint/names.ts';
import { lintTxt } from './lint/txt.ts';
import { lintWhole } from './lint/whole.ts';
import type { ParsedZone } from './zone-file.ts';
import type { ZoneProblemCode } from './zone-problem.ts';

/** The ids with the standard behind each. */
export const DNS_LINT_RULES = {
  'DNS-NODOT': 'RFC 1035 §5.1',
  'DNS-CNAME-APEX': 'RFC 1034 §3.6.2, RFC 2181 §10.1',
  'MX-CNAME': 'RFC 2181 §10.3, RFC 5321 §5.1',
  'MX-IS-IP': 'RFC 1035 §3.3.9',
  'MX-NO-A': 'RFC 5321 §5.1',
  'MX-PRIVATE-IP': 'RFC 1918 §3',
  'TXT-TOO-LONG': 'RFC 1035 §3.3',
  'TXT-SEMICOLON': 'RFC 1035 §5.1',
  'TXT-QUOTES': 'RFC 1035 §5.1',
  'DKIM-NAME-DOUBLED': 'RFC 6376 §3.6.2.1',
  'DMARC-NAME': 'RFC 9989 §4.10',
  'SPF-WRONG-NAME': 'RFC 7208 §3',
  'SOA-SERIAL': 'RFC 1912 §2.2, RFC 1982',
  'TTL-TOO-HIGH': 'RFC 1912 §2.2',
  'PTR-WRONG-ZONE': 'RFC 1035 §3.5',
  'WILDCARD-MX': 'RFC 4592 §2.2',
} as const;

export type DnsLintId = keyof typeof DNS_LINT_RULES;

/** Problems of the zone reader that say less than the finding of the same place does. */
export const LINT_REPLACES: { readonly [Id in DnsLintId]?: readonly ZoneProblemCode[] } = {
  'DNS-CNAME-APEX': ['cname-and-other'],
  'MX-CNAME': ['mx-is-cname'],
  'MX-IS-IP': ['mx-is-address'],
  'MX-NO-A': ['mx-no-address'],
  'DNS-NODOT': ['mx-no-address', 'ns-no-address'],
  'TXT-TOO-LONG': ['syntax-error'],
};

/** Replaces that stretch of the zone text. */
export interface QuickFix {
  readonly span: TextSpan;
  readonly text: string;
}

export interface DnsFinding {
  readonly id: DnsLintId;
  readonly severity: 'error' | 'warning' | 'info';
  readonly span: TextSpan;
  readonly params: Readonly<Record<string, string | number>>;
  readonly rule: string;
  readonly fix?: QuickFix;
}

export type Report = (
  id: DnsLintId,
  severity: DnsFinding['severity'],
  span: TextSpan,
  params: DnsFinding['params'],
  fix?: QuickFix,
) => void;

export interface LintOptions {
  /** The zone as its server has it now, to see whether the serial was raised. */
  readonly published?: ParsedZone;
  /** For a serial made of the date. */
  readonly now?: Time;
}

/** All findings of a zone text, in the order of their places. Works on zones that do not load, too. */
export function lintZone(parsed: ParsedZone, options: LintOptions = {}): DnsFinding[] {
  const findings: DnsFinding[] = [];
  const report: Report = (id, severity, span, params, fix) => {
    if (findings.some((finding) => finding.id === id && finding.span.offset === span.offset)) return;
    findings.push({ id, severity, span, params, rule: DNS_LINT_RULES[id], ...(fix ? { fix } : {}) });
  };
  const doubled = lintNames(parsed, report);
  lintMx(parsed, report, doubled);
  lintTxt(parsed, report);
  lintWhole(parsed, report, options);
  return findings.sort((a, b) => a.span.offset - b.span.offset);
}
