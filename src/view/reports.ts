// Aggregate and failure reports as they lie in the learner's own mailboxes, unpacked from the delivered bytes, and the
// messages of this world that receivers have noted for them. A file that somebody brings along is read in the same way.

import {
  openReportFile,
  openReportMail,
  type OpenedReport,
  type UnpackProblem,
} from '../auth/report-mail.ts';
import { fromLatin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import type { Result } from '../base/result.ts';
import type { WithheldReason } from '../host/events.ts';
import { firstField, parseMessage } from '../message/header.ts';
import type { AggregateReport, ReportProblem, ReportRow } from '../message/report-aggregate.ts';
import { parseFailureReport, type AuthFailure, type FailureReport } from '../message/report-failure.ts';
import type { Journal } from './journal.ts';
import { headline } from './mailboxes.ts';
import { messageOf } from './messages.ts';

/** One report, or one file that should have been one. */
export interface ReportView {
  /** Of the message, or a name that the page gave. */
  readonly id: string;
  /** The delivery; absent for a file. */
  readonly seq?: number;
  readonly at?: Time;
  /** Mailbox that it lies in. */
  readonly mailbox?: string;
  readonly filename: string;
  readonly report?: AggregateReport;
  /** What could be read over, and where. */
  readonly notes: readonly ReportProblem[];
  /** Why it could not be read. */
  readonly problem?: ReportProblem | UnpackProblem;
  /** What came out of the archive; absent when nothing did. */
  readonly xml?: string;
}

/** A message of this world as a receiver judged it. */
export interface JudgedView {
  /** The judgement itself. */
  readonly seq: number;
  readonly at: Time;
  readonly host: string;
  /** Where the policy was found. */
  readonly domain: string;
  readonly row: ReportRow;
  readonly message?: string;
  readonly subject: string;
}

/** A report about one message that failed (RFC 9991), as it lies in one of the learner's mailboxes. */
export interface FailureView {
  readonly id: string;
  /** The delivery of the report. */
  readonly seq: number;
  readonly at: Time;
  readonly mailbox: string;
  /** Who wrote it, as its From says. */
  readonly reporter: string;
  readonly failure: AuthFailure | undefined;
  readonly result: FailureReport['deliveryResult'];
  readonly domain: string;
  readonly sourceIp: string;
  readonly mailFrom: string;
  /** Of the message that it is about. */
  readonly from: string;
  readonly subject: string;
}

export interface ReportsView {
  /** Oldest first. */
  readonly reports: readonly ReportView[];
  readonly failures: readonly FailureView[];
  readonly judged: readonly JudgedView[];
  /** Reports that receivers would have sent. */
  readonly withheld: readonly {
    readonly seq: number;
    readonly at: Time;
    readonly host: string;
    readonly domain: string;
    readonly to: string;
    readonly because: WithheldReason;
  }[];
}

/** Bytes of a file that is read at all. */
export const MOST_IMPORTED = 10_000_000;
/** Characters of XML that are handed to the page; more than that nobody reads. */
const MOST_SHOWN = 2_000_000;

/** Everything up to the event `seq`. */
export function reportsView(journal: Journal, seq = journal.seq): ReportsView {
  const own = new Set(
    journal.description.hosts.filter((host) => host.owned === true).map((host) => host.name),
  );
  const reports: ReportView[] = [];
  const failures: FailureView[] = [];
  for (const entry of journal.entries) {
    if (entry.seq > seq || !own.has(entry.host)) continue;
    const event = journal.trace[entry.seq - 1];
    if (event?.type !== 'mailbox.delivered' && event?.type !== 'mailbox.imported') continue;
    const mailbox = event.type === 'mailbox.delivered' ? event.recipient : event.user;
    const raw = journal.kept.get(entry.hash) ?? '';
    const opened = openedBefore(journal, entry.hash, raw);
    if (!opened.ok && opened.error === 'no-report') {
      const failure = failureBefore(journal, entry.hash, raw);
      if (failure !== undefined)
        failures.push({ id: entry.id, seq: entry.seq, at: entry.at, mailbox, ...failure });
      continue;
    }
    reports.push({
      ...shown(entry.id, opened),
      seq: entry.seq,
      at: entry.at,
      mailbox,
    });
  }
  const judged: JudgedView[] = [];
  const withheld: ReportsView['withheld'][number][] = [];
  for (const event of journal.trace) {
    if (event.seq > seq) break;
    if (event.type === 'report.withheld' && event.kind === 'aggregate') {
      const { at, host, domain, to, because } = event;
      withheld.push({ seq: event.seq, at, host, domain, to, because });
    }
    if (event.type !== 'report.collected') continue;
    const message = messageOf(journal.messages, event);
    judged.push({
      seq: event.cause ?? event.seq,
      at: event.at,
      host: event.host,
      domain: event.domain,
      row: event.row,
      ...(message === undefined ? {} : { message }),
      subject: subjectOf(journal, message),
    });
  }
  return { reports, failures, judged, withheld };
}

function subjectOf(journal: Journal, message: string | undefined): string {
  const found = message === undefined ? undefined : journal.messages.all.get(message);
  const hash = found?.copies[0]?.hash;
  const raw = hash === undefined ? found?.refusedText : journal.kept.get(hash);
  return raw === undefined ? '' : headline(raw.slice(0, parseMessage(raw).headerEnd)).subject;
}

/** Unpacking is work, and a message never changes. */
const memory = new WeakMap<object, Map<string, Result<OpenedReport, UnpackProblem>>>();

function openedBefore(journal: Journal, hash: string, raw: string): Result<OpenedReport, UnpackProblem> {
  let known = memory.get(journal.kept);
  if (known === undefined) memory.set(journal.kept, (known = new Map()));
  let opened = known.get(hash);
  if (opened === undefined) known.set(hash, (opened = openReportMail(raw)));
  return opened;
}

type Failure = Omit<FailureView, 'id' | 'seq' | 'at' | 'mailbox'>;
const failureMemory = new WeakMap<object, Map<string, Failure | undefined>>();

function failureBefore(journal: Journal, hash: string, raw: string): Failure | undefined {
  let known = failureMemory.get(journal.kept);
  if (known === undefined) failureMemory.set(journal.kept, (known = new Map()));
  if (!known.has(hash)) known.set(hash, readFailure(raw));
  return known.get(hash);
}

function readFailure(raw: string): Failure | undefined {
  const found = parseFailureReport(raw);
  if (found?.feedbackType !== 'auth-failure') return undefined;
  const { report, original = '' } = found;
  const about = headline(original);
  return {
    reporter: headline(raw.slice(0, parseMessage(raw).headerEnd)).from,
    failure: report.authFailure,
    result: report.deliveryResult,
    domain: report.reportedDomain ?? '',
    sourceIp: report.sourceIp ?? '',
    mailFrom: report.originalMailFrom ?? '',
    from: firstField(parseMessage(original), 'From')?.value ?? '',
    subject: about.subject,
  };
}

function shown(id: string, opened: Result<OpenedReport, UnpackProblem>): ReportView {
  if (!opened.ok) return { id, filename: '', notes: [], problem: opened.error };
  const { filename, read } = opened.value;
  const xml = opened.value.xml.slice(0, MOST_SHOWN);
  return read.ok
    ? { id, filename, notes: read.value.notes, report: read.value.report, xml }
    : { id, filename, notes: [], problem: read.error, xml };
}

/** A file: XML, gzip, zip, or a message that carries one of them. Never throws. */
export function importedReport(id: string, filename: string, bytes: Uint8Array): ReportView {
  if (bytes.length > MOST_IMPORTED) return { id, filename, notes: [], problem: 'too-big' };
  const isMail = /\.eml$/i.test(filename) || /^[A-Za-z][!-9;-~]*:[^\r\n]*\r?\n/.test(startOf(bytes));
  const opened = isMail ? openReportMail(bytes) : openReportFile(bytes, filename);
  return { ...shown(id, opened), filename };
}

const startOf = (bytes: Uint8Array): string => fromLatin1(bytes.subarray(0, 1000));
