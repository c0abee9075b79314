// A zone text under the magnifying glass: what keeps it from being loaded, what is unwise in it, and what each line
// becomes. The findings are those of dns and auth; this file says where in the text they stand and what would cure them.

import { lintRecordsInWorld, WORLD_KNOWS_BETTER } from '../auth/lint-world.ts';
import { lintRecords, type LintFinding } from '../auth/lint.ts';
import { finishPolicy } from '../auth/policy-run.ts';
import type { Time } from '../base/dates.ts';
import { LINT_REPLACES, lintZone, type DnsFinding } from '../dns/lint.ts';
import { answerOfWorld, type DnsWorld } from '../dns/lint/world.ts';
import { withoutDot } from '../dns/name.ts';
import { rdataText, typeCode, typeName } from '../dns/records.ts';
import { parseZone, type ZoneRecord } from '../dns/zone-file.ts';
import type { ZoneProblem } from '../dns/zone-problem.ts';
import type { ZoneAnalysis, ZoneFinding } from './types.ts';
import { domainFindings, typeSpfFindings } from './zone-mail.ts';
import { draftWorld, worldFindings } from './zone-world.ts';

/** What the zone publishes now, and the time: for what is to be said about serials. */
export interface AnalysisContext {
  readonly published?: string;
  readonly now?: Time;
  /** The world around it, for what no zone text shows by itself. */
  readonly world?: DnsWorld;
}

/** Parses and lints `text` as the zone `zone` (`wolke.example.`). Never fails. */
export function analyseZone(zone: string, text: string, context: AnalysisContext = {}): ZoneAnalysis {
  const parsed = parseZone(text, zone);
  const ofZone = lintZone(parsed, {
    ...(context.published === undefined ? {} : { published: parseZone(context.published, zone) }),
    ...(context.now === undefined ? {} : { now: context.now }),
  });
  const errors: ZoneFinding[] = [];
  const findings: ZoneFinding[] = [];
  const moved = new Set<DnsFinding>();
  for (const problem of parsed.problems) {
    // Where the lint says the same and more, the reader's complaint gives way; what keeps the zone out stays an error.
    const better = ofZone.find(
      ({ id, span }) => span.line === problem.span.line && LINT_REPLACES[id]?.includes(problem.code) === true,
    );
    const list = problem.serverRefuses ? errors : findings;
    if (better === undefined) list.push(problemFinding(problem));
    else if (problem.serverRefuses && !moved.has(better)) {
      moved.add(better);
      errors.push({ ...dnsFinding(better), severity: 'error' });
    }
  }
  for (const finding of ofZone) if (!moved.has(finding)) findings.push(dnsFinding(finding));
  const textRecords = parsed.records.filter((record) => record.data.type === 'TXT');
  const place = placer(text);
  const asked = textRecords.map((record) => ({ name: record.name, strings: stringsOf(record) }));
  findings.push(...typeSpfFindings(parsed));
  const world = parsed.failure === undefined && context.world && draftWorld(parsed, context.world);
  const alone = lintRecords(asked, { isWholeZone: true });
  const inWorld = world
    ? finishPolicy(lintRecordsInWorld(asked), (question) => answerOfWorld(world, question))
    : [];
  for (const finding of world ? alone.filter(({ id }) => !WORLD_KNOWS_BETTER.includes(id)) : alone)
    findings.push(lintFinding(finding, textRecords[finding.record], text, place));
  for (const finding of inWorld)
    findings.push(lintFinding(finding, textRecords[finding.record], text, place));
  if (world) findings.push(...worldFindings(parsed, world), ...domainFindings(parsed, world));
  return {
    errors,
    findings: findings.sort((a, b) => a.line - b.line || a.column - b.column),
    records: parsed.records.map((record) => ({
      line: record.spans.whole.line,
      name: record.name,
      ttl: record.ttl,
      type: typeName(typeCode(record.data)),
      text: rdataText(record.data),
    })),
  };
}

/** What the record lints of auth find in the TXT records of a text, placed in it. */
export function lintedRecords(
  records: readonly ZoneRecord[],
  text: string,
  isWholeZone: boolean,
): ZoneFinding[] {
  const textRecords = records.filter((record) => record.data.type === 'TXT');
  const place = placer(text);
  const asked = textRecords.map((record) => ({ name: record.name, strings: stringsOf(record) }));
  return lintRecords(asked, { isWholeZone }).map((finding) =>
    lintFinding(finding, textRecords[finding.record], text, place),
  );
}

export function problemFinding(problem: ZoneProblem): ZoneFinding {
  const { code, span, params } = problem;
  return {
    id: code,
    severity: problem.serverRefuses ? 'error' : 'warning',
    line: span.line,
    column: span.column,
    length: Math.max(1, span.length),
    params,
  };
}

function dnsFinding({ id, severity, span, params, rule, fix }: DnsFinding): ZoneFinding {
  const isKey = id === 'TXT-SEMICOLON' && /^v\s*=\s*DKIM1/i.test(String(params['value']));
  return {
    id: isKey ? 'DKIM-SEMICOLON' : id,
    severity,
    line: span.line,
    column: span.column,
    length: Math.max(1, span.length),
    params,
    rule,
    ...(fix !== undefined
      ? { fix: { line: fix.span.line, column: fix.span.column, length: fix.span.length, text: fix.text } }
      : {}),
  };
}

function stringsOf(record: ZoneRecord): readonly string[] {
  return record.data.type === 'TXT' ? record.data.strings : [];
}

type Placer = (offset: number) => { readonly line: number; readonly column: number };

function placer(text: string): Placer {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let line = starts.length;
    while (line > 1 && (starts[line - 1] ?? 0) > offset) line--;
    return { line, column: offset - (starts[line - 1] ?? 0) + 1 };
  };
}

function lintFinding(
  finding: LintFinding,
  record: ZoneRecord | undefined,
  text: string,
  place: Placer,
): ZoneFinding {
  const offsets = record === undefined ? [] : sourceOffsets(record, text);
  const whole = record?.spans.data[0] ?? record?.spans.whole;
  const stretch = (span: { start: number; end: number }): { start: number; length: number } | undefined => {
    const start = offsets[span.start] ?? (span.start > 0 ? (offsets[span.start - 1] ?? 0) + 1 : undefined);
    if (start === undefined) return undefined;
    const last = span.end > span.start ? offsets[span.end - 1] : undefined;
    return { start, length: last === undefined ? 0 : last + 1 - start };
  };
  const at = stretch(finding.span);
  const from = at === undefined ? { line: whole?.line ?? 1, column: whole?.column ?? 1 } : place(at.start);
  const fixAt = finding.fix === undefined ? undefined : stretch(finding.fix.span);
  // A repair is offered where one stretch of one string holds it all; escapes and joints need a person.
  const plain =
    finding.fix !== undefined &&
    fixAt !== undefined &&
    fixAt.length === finding.fix.span.end - finding.fix.span.start &&
    !/["\\\n]/.test(finding.fix.text);
  return {
    id: finding.id,
    severity: finding.severity,
    ...from,
    length: Math.max(1, at?.length ?? whole?.length ?? 1),
    params: { ...finding.params, name: withoutDot(String(finding.params['name'] ?? '')) },
    ...(plain && finding.fix !== undefined && fixAt !== undefined
      ? { fix: { ...place(fixAt.start), length: fixAt.length, text: finding.fix.text } }
      : {}),
  };
}

/** Where in the zone text each character of a TXT record's joined strings stands. */
function sourceOffsets(record: ZoneRecord, text: string): readonly number[] {
  const offsets: number[] = [];
  for (const span of record.spans.data) {
    let at = span.offset;
    let end = span.offset + span.length;
    if (text.charAt(at) === '"') {
      at++;
      if (text.charAt(end - 1) === '"') end--;
    }
    while (at < end) {
      offsets.push(at);
      if (text.charAt(at) !== '\\') at++;
      else at += /^\d{3}/.test(text.slice(at + 1, at + 4)) ? 4 : 2;
    }
  }
  return offsets;
}
