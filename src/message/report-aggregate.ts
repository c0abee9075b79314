// DMARC aggregate reports as values: what a receiver saw of a domain in a day, counted by source. Written in the form of
// RFC 9990, read in that one and in the older of RFC 7489 appendix C. Knows neither compression nor mail.

import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { parseXml, printXml } from './report-xml.ts';
import type { XmlContent, XmlElement, XmlProblem } from './report-xml.ts';

export const REPORT_NAMESPACE = 'urn:ietf:params:xml:ns:dmarc-2.0';

export type ReportPolicy = 'none' | 'quarantine' | 'reject';
/** `pass` came with RFC 9990: the message passed, so no policy was applied. */
export type ReportDisposition = ReportPolicy | 'pass';

/** `forwarded` and `sampled_out` are of RFC 7489 only. */
export type OverrideType =
  | 'local_policy'
  | 'mailing_list'
  | 'other'
  | 'policy_test_mode'
  | 'trusted_forwarder'
  | 'forwarded'
  | 'sampled_out';

export interface ReportDkim {
  readonly domain: string;
  readonly selector?: string;
  readonly result: string;
  readonly humanResult?: string;
}

export interface ReportSpf {
  readonly domain: string;
  readonly scope?: string;
  readonly result: string;
  readonly humanResult?: string;
}

/** What one message, or several alike, looked like to the receiver. */
export interface ReportRow {
  readonly sourceIp: string;
  readonly disposition: ReportDisposition;
  /** Aligned and passed. */
  readonly dkim: 'pass' | 'fail';
  readonly spf: 'pass' | 'fail';
  readonly reasons: readonly { readonly type: OverrideType; readonly comment?: string }[];
  readonly headerFrom: string;
  readonly envelopeFrom?: string;
  readonly envelopeTo?: string;
  readonly authDkim: readonly ReportDkim[];
  readonly authSpf: readonly ReportSpf[];
}

export interface ReportRecord extends ReportRow {
  readonly count: number;
}

export interface PublishedPolicy {
  readonly domain: string;
  readonly discoveryMethod?: 'treewalk' | 'psl';
  readonly p: ReportPolicy;
  readonly sp?: ReportPolicy;
  readonly np?: ReportPolicy;
  readonly fo?: string;
  readonly adkim?: 'r' | 's';
  readonly aspf?: 'r' | 's';
  readonly testing?: boolean;
  /** RFC 7489 only. */
  readonly pct?: number;
}

export interface AggregateReport {
  readonly schema: 'rfc9990' | 'rfc7489';
  readonly orgName: string;
  readonly email: string;
  readonly extraContactInfo?: string;
  readonly reportId: string;
  /** Seconds since 1970. */
  readonly begin: number;
  readonly end: number;
  readonly errors: readonly string[];
  readonly generator?: string;
  readonly policy: PublishedPolicy;
  readonly records: readonly ReportRecord[];
}

/** Counts rows that are alike, in the order in which they first came. The counts add up to the number of rows. */
export function countRows(rows: Iterable<ReportRow>): ReportRecord[] {
  const found = new Map<string, { row: ReportRow; count: number }>();
  for (const row of rows) {
    const key = JSON.stringify(rowXml({ ...row, count: 0 }));
    const known = found.get(key);
    if (known === undefined) found.set(key, { row, count: 1 });
    else known.count++;
  }
  return [...found.values()].map(({ row, count }) => ({ ...row, count }));
}

const optional = (name: string, value: string | undefined): [string, string][] =>
  value === undefined ? [] : [[name, value]];

/** The XML of RFC 9990, always in its own namespace. Text; store and send it as UTF-8. */
export function printAggregateReport(report: AggregateReport): string {
  const { policy } = report;
  const metadata: XmlContent = [
    ['org_name', report.orgName],
    ['email', report.email],
    ...optional('extra_contact_info', report.extraContactInfo),
    ['report_id', report.reportId],
    [
      'date_range',
      [
        ['begin', String(report.begin)],
        ['end', String(report.end)],
      ],
    ],
    ...report.errors.map((error) => ['error', error] as const),
    ...optional('generator', report.generator),
  ];
  const published: XmlContent = [
    ['domain', policy.domain],
    ...optional('discovery_method', policy.discoveryMethod),
    ['p', policy.p],
    ...optional('sp', policy.sp),
    ...optional('np', policy.np),
    ...optional('fo', policy.fo),
    ...optional('adkim', policy.adkim),
    ...optional('aspf', policy.aspf),
    ...optional('testing', policy.testing === undefined ? undefined : policy.testing ? 'y' : 'n'),
  ];
  const content: XmlContent = [
    ['version', '1.0'],
    ['report_metadata', metadata],
    ['policy_published', published],
    ...report.records.map((record) => ['record', rowXml(record)] as const),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n${printXml('feedback', content, ` xmlns="${REPORT_NAMESPACE}"`)}`;
}

/** One record as it stands in the XML of a report. */
export function printReportRecord(record: ReportRecord): string {
  return printXml('record', rowXml(record), '');
}

function rowXml(record: ReportRecord): XmlContent {
  return [
    [
      'row',
      [
        ['source_ip', record.sourceIp],
        ['count', String(record.count)],
        [
          'policy_evaluated',
          [
            ['disposition', record.disposition],
            ['dkim', record.dkim],
            ['spf', record.spf],
            ...record.reasons.map(
              (reason) =>
                ['reason', [['type', reason.type] as const, ...optional('comment', reason.comment)]] as const,
            ),
          ],
        ],
      ],
    ],
    [
      'identifiers',
      [
        ['header_from', record.headerFrom],
        ...optional('envelope_from', record.envelopeFrom),
        ...optional('envelope_to', record.envelopeTo),
      ],
    ],
    [
      'auth_results',
      [
        ...record.authDkim.map(
          (one) =>
            [
              'dkim',
              [
                ['domain', one.domain] as const,
                ...optional('selector', one.selector),
                ['result', one.result] as const,
                ...optional('human_result', one.humanResult),
              ],
            ] as const,
        ),
        ...record.authSpf.map(
          (one) =>
            [
              'spf',
              [
                ['domain', one.domain] as const,
                ...optional('scope', one.scope),
                ['result', one.result] as const,
                ...optional('human_result', one.humanResult),
              ],
            ] as const,
        ),
      ],
    ],
  ];
}

/** `xml`: no XML that is accepted. The others: which element, where. */
export type ReportProblem =
  | { readonly code: 'xml'; readonly problem: XmlProblem }
  | {
      readonly code: 'not-a-report' | 'missing' | 'bad-value' | 'too-many-records';
      readonly element: string;
      readonly line: number;
      readonly column: number;
      readonly value?: string;
    };

export interface ReadReport {
  readonly report: AggregateReport;
  /** What was wrong but could be read over, at most a hundred. */
  readonly notes: readonly ReportProblem[];
}

const MOST_RECORDS = 100_000;
const MOST_NOTES = 100;

class Unreadable extends Error {
  constructor(readonly problem: ReportProblem) {
    super(problem.code);
  }
}

/** Reads a report of either schema. Elements it does not know are left out; values that matter must be right. */
export function parseAggregateReport(xml: string): Result<ReadReport, ReportProblem> {
  const read = parseXml(xml);
  if (!read.ok) return err({ code: 'xml', problem: read.error });
  try {
    return ok(readFeedback(read.value));
  } catch (problem) {
    if (problem instanceof Unreadable) return err(problem.problem);
    throw problem;
  }
}

function readFeedback(root: XmlElement): ReadReport {
  const notes: ReportProblem[] = [];
  const note = (problem: ReportProblem): void => void (notes.length < MOST_NOTES && notes.push(problem));
  if (root.name !== 'feedback') throw new Unreadable(problemAt('not-a-report', root));
  const metadata = need(root, 'report_metadata');
  const range = need(metadata, 'date_range');
  const published = need(root, 'policy_published');
  const records = all(root, 'record');
  if (records.length > MOST_RECORDS) throw new Unreadable(problemAt('too-many-records', root));
  if (records.length === 0) note(problemAt('missing', root, 'record'));
  const testing = textOf(published, 'testing');
  const isNew =
    root.attributes['xmlns'] === REPORT_NAMESPACE ||
    Object.values(root.attributes).includes(REPORT_NAMESPACE);
  const pct = textOf(published, 'pct');
  const policyText = (name: string): ReportPolicy | undefined =>
    lenient(published, name, ['none', 'quarantine', 'reject'] as const, note);
  const sp = policyText('sp');
  const np = policyText('np');
  const adkim = lenient(published, 'adkim', ['r', 's'] as const, note);
  const aspf = lenient(published, 'aspf', ['r', 's'] as const, note);
  const method = lenient(published, 'discovery_method', ['treewalk', 'psl'] as const, note);
  const fo = textOf(published, 'fo');
  const contact = textOf(metadata, 'extra_contact_info');
  const generator = textOf(metadata, 'generator');
  return {
    notes,
    report: {
      schema:
        isNew || testing !== undefined || np !== undefined || method !== undefined ? 'rfc9990' : 'rfc7489',
      orgName: needText(metadata, 'org_name'),
      email: needText(metadata, 'email'),
      ...(contact === undefined ? {} : { extraContactInfo: contact }),
      reportId: needText(metadata, 'report_id'),
      begin: needNumber(range, 'begin'),
      end: needNumber(range, 'end'),
      errors: all(metadata, 'error').map((one) => one.text.trim()),
      ...(generator === undefined ? {} : { generator }),
      policy: {
        domain: needText(published, 'domain').toLowerCase(),
        ...(method === undefined ? {} : { discoveryMethod: method }),
        p: policyText('p') ?? 'none',
        ...(sp === undefined ? {} : { sp }),
        ...(np === undefined ? {} : { np }),
        ...(fo === undefined || fo === '' ? {} : { fo }),
        ...(adkim === undefined ? {} : { adkim }),
        ...(aspf === undefined ? {} : { aspf }),
        ...(testing === undefined ? {} : { testing: testing.toLowerCase() === 'y' }),
        ...(pct === undefined || !/^\d{1,3}$/.test(pct) ? {} : { pct: Number(pct) }),
      },
      records: records.map((record) => readRecord(record, note)),
    },
  };
}

type Note = (problem: ReportProblem) => void;

function readRecord(record: XmlElement, note: Note): ReportRecord {
  const row = need(record, 'row');
  const evaluated = need(row, 'policy_evaluated');
  const identifiers = need(record, 'identifiers');
  const auth = child(record, 'auth_results');
  if (auth === undefined) note(problemAt('missing', record, 'auth_results'));
  const verdict = (name: string): 'pass' | 'fail' =>
    lenient(evaluated, name, ['pass', 'fail'] as const, note) ?? 'fail';
  const envelopeFrom = textOf(identifiers, 'envelope_from');
  const envelopeTo = textOf(identifiers, 'envelope_to');
  const types = [
    'local_policy',
    'mailing_list',
    'other',
    'policy_test_mode',
    'trusted_forwarder',
    'forwarded',
    'sampled_out',
  ] as const;
  return {
    sourceIp: needText(row, 'source_ip'),
    count: needNumber(row, 'count'),
    disposition:
      lenient(evaluated, 'disposition', ['none', 'pass', 'quarantine', 'reject'] as const, note) ?? 'none',
    dkim: verdict('dkim'),
    spf: verdict('spf'),
    reasons: all(evaluated, 'reason').map((reason) => {
      const comment = textOf(reason, 'comment');
      return {
        type: lenient(reason, 'type', types, note) ?? 'other',
        ...(comment === undefined || comment === '' ? {} : { comment }),
      };
    }),
    headerFrom: needText(identifiers, 'header_from').toLowerCase(),
    ...(envelopeFrom === undefined || envelopeFrom === '' ? {} : { envelopeFrom }),
    ...(envelopeTo === undefined || envelopeTo === '' ? {} : { envelopeTo }),
    authDkim: (auth === undefined ? [] : all(auth, 'dkim')).map((one) => ({
      ...results(one),
      ...part('selector', textOf(one, 'selector')),
    })),
    authSpf: (auth === undefined ? [] : all(auth, 'spf')).map((one) => ({
      ...results(one),
      ...part('scope', textOf(one, 'scope')),
    })),
  };
}

function part<K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } {
  return value === undefined || value === '' ? {} : ({ [key]: value } as { readonly [P in K]?: string });
}

function results(element: XmlElement): { domain: string; result: string; humanResult?: string } {
  const human = textOf(element, 'human_result');
  return {
    domain: (textOf(element, 'domain') ?? '').toLowerCase(),
    result: (textOf(element, 'result') ?? 'none').toLowerCase(),
    ...(human === undefined || human === '' ? {} : { humanResult: human }),
  };
}

const all = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((one) => one.name === name);
const child = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((one) => one.name === name);
const textOf = (element: XmlElement, name: string): string | undefined => child(element, name)?.text.trim();

function problemAt(
  code: Exclude<ReportProblem['code'], 'xml'>,
  place: XmlElement,
  element = place.name,
  value?: string,
): ReportProblem {
  const { line, column } = place;
  return { code, element, line, column, ...(value === undefined ? {} : { value: value.slice(0, 100) }) };
}

function need(element: XmlElement, name: string): XmlElement {
  const found = child(element, name);
  if (found === undefined) throw new Unreadable(problemAt('missing', element, name));
  return found;
}

function needText(element: XmlElement, name: string): string {
  return need(element, name).text.trim();
}

function needNumber(element: XmlElement, name: string): number {
  const found = need(element, name);
  const text = found.text.trim();
  if (!/^\d{1,12}$/.test(text)) throw new Unreadable(problemAt('bad-value', found, name, text));
  return Number(text);
}

/** One of the words, in any case; anything else is noted and counts as absent. */
function lenient<T extends string>(
  element: XmlElement,
  name: string,
  words: readonly T[],
  note: Note,
): T | undefined {
  const found = child(element, name);
  const text = found?.text.trim().toLowerCase() ?? '';
  if (found === undefined || text === '') return undefined;
  const word = words.find((one) => one === text);
  if (word === undefined) note(problemAt('bad-value', found, name, text));
  return word;
}
