// What a policy asked and what it was told, kept in its verdict so that "why?" can be answered without asking again.
// Plain data. Knows no policy.

import type { Asking, DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import type { RecordData, RecordType, ResourceRecord } from '../dns/records.ts';
import { question } from './domain.ts';

/** One look-up with its answer. */
export interface DnsEvidence {
  readonly question: DnsQuestion;
  readonly answer: DnsAnswer;
}

/** A stretch of a record's text: offsets into the joined strings, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Asks one question and returns it together with the answer. */
export function* ask(name: string, type: RecordType): Asking<DnsEvidence> {
  const asked = question(name, type);
  const answer = yield asked;
  return { question: asked, answer };
}

/** No records of the asked type, but no failure either: NXDOMAIN or NODATA (RFC 7208 §4.6.4 calls it a void look-up). */
export function isVoid(evidence: DnsEvidence): boolean {
  const { status } = evidence.answer;
  if (status === 'NXDOMAIN') return true;
  const { type } = evidence.question;
  return status === 'NOERROR' && (type === 'TLSA' || recordsOf(evidence, type).length === 0);
}

/** The server failed or did not answer: try later. */
export function isTemporary(evidence: DnsEvidence): boolean {
  const { status } = evidence.answer;
  return status !== 'NOERROR' && status !== 'NXDOMAIN';
}

type DataOf<T extends RecordType> = Extract<RecordData, { type: T }>;

/** The data of all records of one type, at the end of whatever CNAME chain led to them. */
export function recordsOf<T extends RecordType>(evidence: DnsEvidence, type: T): DataOf<T>[] {
  const out: DataOf<T>[] = [];
  for (const record of evidence.answer.records)
    if (record.data.type === type) out.push(record.data as DataOf<T>);
  return out;
}

/** One TXT record with its strings joined without blanks (RFC 7208 §3.3, RFC 6376 §3.6.2.2). */
export interface TextRecord {
  readonly owner: string;
  readonly ttl: number;
  readonly text: string;
}

export function textRecords(evidence: DnsEvidence): TextRecord[] {
  const out: TextRecord[] = [];
  for (const record of evidence.answer.records) {
    const text = joinedText(record);
    if (text !== undefined) out.push({ owner: record.name, ttl: record.ttl, text });
  }
  return out;
}

function joinedText(record: ResourceRecord): string | undefined {
  return record.data.type === 'TXT' ? record.data.strings.join('') : undefined;
}
