// What went wrong with one message and how to put it right: reads the verdicts of SPF, DKIM and DMARC, and whatever else is
// known about the message's way, and returns findings as ids with values, never prose. Checks nothing a second time. A
// message that passes as it should has no findings. The rules of each method are in files of their own.

import type { DkimVerdict } from './dkim-verdict.ts';
import type { DmarcVerdict } from './dmarc.ts';
import { diagnoseDkim } from './diagnose-dkim.ts';
import { diagnoseDmarc } from './diagnose-dmarc.ts';
import { diagnoseSpf } from './diagnose-spf.ts';
import type { Span } from './evidence.ts';
import type { Severity } from './lint.ts';
import type { SpfVerdict } from './spf-verdict.ts';

export const DIAGNOSIS_IDS = [
  'SPF-MULTI',
  'SPF-PLUSALL',
  'SPF-NOALL',
  'SPF-10',
  'SPF-VOID',
  'SPF-INCLUDE-NONE',
  'SPF-MISSING-SENDER',
  'SPF-IP-SYNTAX',
  'SPF-MX-WRONG',
  'SPF-SPACE',
  'SPF-QUOTE',
  'SPF-SYNTAX',
  'SPF-HELO-NONE',
  'SPF-FWD',
  'DKIM-NOKEY',
  'DKIM-NAME-DOUBLED',
  'DKIM-P-BROKEN',
  'DKIM-P-EMPTY',
  'DKIM-SYNTAX',
  'DKIM-BITS',
  'DKIM-MISMATCH',
  'DKIM-BODY',
  'DKIM-HDR',
  'DKIM-L',
  'DKIM-SIMPLE',
  'DKIM-EXPIRED',
  'DKIM-THIRD',
  'DKIM-FROM-UNSIGNED',
  'DKIM-TEST',
  'DKIM-SUB',
  'DMARC-NONE',
  'DMARC-V',
  'DMARC-MULTI',
  'DMARC-P-MISSING',
  'DMARC-SP',
  'DMARC-STRICT',
  'DMARC-ALIGN',
  'DMARC-SPFONLY',
] as const;
export type DiagnosisId = (typeof DIAGNOSIS_IDS)[number];

/** Where the evidence stands: in which verdict, in which record, and where in its text. */
export interface FindingEvidence {
  readonly check: 'spf' | 'dkim' | 'dmarc';
  /** Index of the signature's verdict. */
  readonly signature?: number;
  /** Owner of the record to look at or to change, without final dot. */
  readonly record?: string;
  /** In the record's joined text, or in the signature field's value when there is no record. */
  readonly span?: Span;
}

export interface Finding {
  readonly id: DiagnosisId;
  readonly severity: Severity;
  readonly params: Readonly<Record<string, string | number>>;
  readonly evidence: FindingEvidence;
  /** What the verdict names as the rule that decided. */
  readonly rule: string;
}

/** One difference between two forms of a message, and on which host it came about. */
export interface KnownChange {
  readonly host: string;
  readonly part: 'body' | 'field';
  /** Name of the field, lower case. */
  readonly field?: string;
  /** Bytes of the body or of the field before and after; 0 when it was not there. */
  readonly before: number;
  readonly after: number;
  /** Only blanks differ: the relaxed canonical forms are equal. */
  readonly isBlanksOnly: boolean;
}

/** What is known beyond the verdicts. Everything may be absent; then fewer findings can be told apart. */
export interface DiagnoseContext {
  /** The host that handed the message over, if it is known, and whether it works for the domain that SPF was asked about. */
  readonly sender?: { readonly host: string; readonly isOwn: boolean };
  /** A host of somebody else that the message passed on its way, its envelope sender unchanged. */
  readonly forwardedBy?: string;
  /** By signature: what changed since it was made. Undefined when the signed form is not known. */
  readonly changes?: readonly (readonly KnownChange[] | undefined)[];
  /** Whether there is a TXT record at a name (without final dot): for names that were entered wrongly. */
  readonly hasText?: (name: string) => boolean;
}

/** The verdicts of one receiver about one message; what was not checked is absent. */
export interface DiagnoseInput {
  readonly spf?: SpfVerdict;
  readonly dkim?: readonly DkimVerdict[];
  readonly dmarc?: DmarcVerdict;
}

export type Find = (
  id: DiagnosisId,
  severity: Severity,
  evidence: FindingEvidence,
  rule: string,
  params?: Readonly<Record<string, string | number>>,
) => void;

const ORDER: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** All findings, the gravest first; the same thing is told once. */
export function diagnose(input: DiagnoseInput, context: DiagnoseContext = {}): Finding[] {
  const findings: Finding[] = [];
  const find: Find = (id, severity, evidence, rule, params = {}) => {
    const isKnown = findings.some(
      (one) =>
        one.id === id &&
        one.evidence.record === evidence.record &&
        one.evidence.signature === evidence.signature,
    );
    if (!isKnown) findings.push({ id, severity, params, evidence, rule });
  };
  diagnoseSpf(input, context, find);
  diagnoseDkim(input, context, find);
  diagnoseDmarc(input, find);
  return findings.sort((a, b) => ORDER[a.severity] - ORDER[b.severity]);
}
