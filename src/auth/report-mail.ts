// The mail that carries an aggregate report: file name, gzip, subject; and back again from whatever receivers send. What
// comes out of gzip and zip is bounded, because a few bytes can hold gigabytes. RFC 9990 §3; RFC 1952; ZIP's APPNOTE.

import { Gunzip, gzipSync, unzipSync } from 'fflate';
import { concat, fromUtf8, utf8 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { composeMessage } from '../message/compose.ts';
import { binary } from '../message/header.ts';
import { parseMime, partBytes, partsOf } from '../message/mime.ts';
import { parseAggregateReport, printAggregateReport } from '../message/report-aggregate.ts';
import type { AggregateReport, ReadReport, ReportProblem } from '../message/report-aggregate.ts';
import { decodeCharset } from '../message/charset.ts';

/** Bytes that a report may unpack to. */
export const MOST_UNPACKED = 20_000_000;
const MOST_ZIP_ENTRIES = 20;

/** `receiver!policy-domain!begin!end!id.xml.gz` (RFC 9990 §3.5.1). The id is cut to what a file name may hold. */
export function reportFileName(receiver: string, report: AggregateReport): string {
  const id = report.reportId.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 60);
  return `${receiver}!${report.policy.domain}!${report.begin}!${report.end}${id === '' ? '' : `!${id}`}.xml.gz`;
}

/** The gzip file: the same bytes for the same report. */
export function packReport(report: AggregateReport): Uint8Array {
  // No time of its own, which fflate would read off the real clock.
  return gzipSync(utf8(printAggregateReport(report)), { mtime: 0, level: 6 });
}

export interface ReportMail {
  /** Domain of the host that reports. */
  readonly receiver: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly now: Time;
  readonly zoneMinutes: number;
  /** With angle brackets. */
  readonly messageId: string;
}

/** The message as a binary string; its text names domain, receiver and time span for people. */
export function composeReportMail(report: AggregateReport, mail: ReportMail): string {
  const { domain } = report.policy;
  return composeMessage({
    from: { address: mail.from },
    to: mail.to.map((address) => ({ address })),
    subject: `Report Domain: ${domain} Submitter: ${mail.receiver} Report-ID: <${report.reportId}>`,
    date: mail.now,
    zoneMinutes: mail.zoneMinutes,
    messageId: mail.messageId,
    text: `This is a DMARC aggregate report for ${domain} from ${mail.receiver}.\n`,
    boundary: `report-${report.begin}-${report.end}`,
    attachments: [
      {
        filename: reportFileName(mail.receiver, report),
        contentType: 'application/gzip',
        content: packReport(report),
      },
    ],
  });
}

export type UnpackProblem = 'too-big' | 'too-many-files' | 'no-report' | 'damaged';

/** XML out of a file: gzip, zip or plain, told by its first bytes and not by its name. Never throws. */
export function unpackReport(file: Uint8Array, mostBytes = MOST_UNPACKED): Result<Uint8Array, UnpackProblem> {
  if (file[0] === 0x1f && file[1] === 0x8b) return gunzip(file, mostBytes);
  if (file[0] === 0x50 && file[1] === 0x4b) return unzip(file, mostBytes);
  return file.length > mostBytes ? err('too-big') : ok(file);
}

/** In small steps, so that no more than the limit and one step's worth is ever in memory. */
function gunzip(file: Uint8Array, mostBytes: number): Result<Uint8Array, UnpackProblem> {
  // RFC 1952 §2.3: ten bytes of header, eight at the end.
  if (file.length < 18) return err('damaged');
  const parts: Uint8Array[] = [];
  let length = 0;
  let isDone = false;
  const isOver = (): boolean => length > mostBytes;
  try {
    const stream = new Gunzip((chunk, isLast) => {
      length += chunk.length;
      if (length <= mostBytes) parts.push(chunk);
      isDone ||= isLast;
    });
    const step = 1024;
    for (let at = 0; at < file.length; at += step) {
      stream.push(file.subarray(at, at + step), at + step >= file.length);
      if (isOver()) break;
    }
  } catch {
    return isOver() ? err('too-big') : err('damaged');
  }
  if (isOver()) return err('too-big');
  // RFC 1952 §2.3.1: the last four bytes hold the length; fflate does not look.
  const tail = file.subarray(-4);
  const stated = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true);
  return isDone && stated === length ? ok(concat(...parts)) : err('damaged');
}

function unzip(file: Uint8Array, mostBytes: number): Result<Uint8Array, UnpackProblem> {
  let problem: UnpackProblem | undefined;
  let entries = 0;
  let isTaken = false;
  try {
    const found = unzipSync(file, {
      filter: ({ name, originalSize, size }) => {
        if (++entries > MOST_ZIP_ENTRIES) problem ??= 'too-many-files';
        if (problem !== undefined || isTaken || !/\.xml$/i.test(name)) return false;
        // fflate writes no more than the size that is stated, so a lie only cuts the text off.
        if (originalSize > mostBytes || size > mostBytes) problem ??= 'too-big';
        isTaken = problem === undefined;
        return isTaken;
      },
    });
    if (problem !== undefined) return err(problem);
    const content = Object.values(found)[0];
    return content === undefined ? err('no-report') : ok(content);
  } catch {
    return err(problem ?? 'damaged');
  }
}

/** A report file that could be unpacked: its text, and what that says. */
export interface OpenedReport {
  /** As the message names it; '' when it does not. */
  readonly filename: string;
  readonly xml: string;
  readonly read: Result<ReadReport, ReportProblem>;
}

/** A report out of a file. Text is UTF-8 unless its declaration says otherwise. */
export function openReportFile(file: Uint8Array, filename = ''): Result<OpenedReport, UnpackProblem> {
  const unpacked = unpackReport(file);
  if (!unpacked.ok) return unpacked;
  const head = fromUtf8(unpacked.value.subarray(0, 200));
  const named = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  const xml = decodeCharset(unpacked.value, named).text;
  return ok({ filename, xml, read: parseAggregateReport(xml) });
}

const CARRIERS = /^(?:application\/(?:gzip|x-gzip|zip|x-zip|x-zip-compressed|xml|octet-stream)|text\/xml)$/;

/** The first report in a message, attached or as the message's only part; `no-report` where nothing could be one. */
export function openReportMail(message: string | Uint8Array): Result<OpenedReport, UnpackProblem> {
  const raw = binary(message);
  let best: Result<OpenedReport, UnpackProblem> = err('no-report');
  for (const part of partsOf(parseMime(raw))) {
    if (!CARRIERS.test(`${part.type}/${part.subtype}`) && !/\.(?:xml|gz|zip)$/i.test(part.filename ?? ''))
      continue;
    const opened = openReportFile(partBytes(raw, part).bytes, part.filename ?? '');
    if (opened.ok && opened.value.read.ok) return opened;
    if (opened.ok ? !best.ok || !best.value.read.ok : !best.ok && best.error === 'no-report') best = opened;
  }
  return best;
}

const readOf = (
  opened: Result<OpenedReport, UnpackProblem>,
): Result<ReadReport, ReportProblem | UnpackProblem> => (opened.ok ? opened.value.read : opened);

export function readReportFile(file: Uint8Array): Result<ReadReport, ReportProblem | UnpackProblem> {
  return readOf(openReportFile(file));
}

export function readReportMail(
  message: string | Uint8Array,
): Result<ReadReport, ReportProblem | UnpackProblem> {
  return readOf(openReportMail(message));
}
