// The look-ups of a verdict as one table: what was asked, what was answered. Verdicts keep them where each was needed (a
// term, a walk, a key); here they are collected, for a replay and for a zone file that gives the same verdict elsewhere.

import type { DnsEvidence } from '../auth/evidence.ts';
import type { DnsAnswer } from '../dns/lookup.ts';
import { nameKey } from '../dns/name.ts';
import { questionKey } from '../dns/pasted-records.ts';
import { rdataText, recordText, typeCode, type ResourceRecord } from '../dns/records.ts';

/** All look-ups within a verdict (plain data), in the order in which they stand there. */
export function evidenceIn(value: unknown): readonly DnsEvidence[] {
  const found: DnsEvidence[] = [];
  const visit = (one: unknown): void => {
    if (typeof one !== 'object' || one === null) return;
    if (Array.isArray(one)) return one.forEach(visit);
    if ('question' in one && 'answer' in one) found.push(one as unknown as DnsEvidence);
    else Object.values(one).forEach(visit);
  };
  visit(value);
  return found;
}

/** Answers by `questionKey`; the first one counts, as the policy saw it. */
export function answersIn(...verdicts: readonly unknown[]): ReadonlyMap<string, DnsAnswer> {
  const table = new Map<string, DnsAnswer>();
  for (const { question, answer } of verdicts.flatMap(evidenceIn))
    if (!table.has(questionKey(question))) table.set(questionKey(question), answer);
  return table;
}

/**
 * The look-ups as zone text with absolute names. Where nothing was found a comment in dig's words says so: name servers
 * skip it, `readPastedRecords` does not.
 */
export function evidenceZone(...verdicts: readonly unknown[]): string {
  const records = new Map<string, ResourceRecord>();
  const least = new Map<string, number>();
  const empty = new Set<string>();
  for (const { question, answer } of verdicts.flatMap(evidenceIn)) {
    for (const record of answer.records) {
      const set = setKey(record);
      least.set(set, Math.min(least.get(set) ?? Infinity, Math.max(1, record.ttl)));
      records.set(`${set} ${rdataText(record.data)}`, record);
    }
    if (!answer.records.some((record) => record.data.type === question.type))
      empty.add(
        `;; ->>HEADER<<- opcode: QUERY, status: ${answer.status}, id: 0\n;${question.name} IN ${question.type}`,
      );
  }
  // A set has one TTL (RFC 2181 §5.2); caches had counted down to different ones.
  const lines = [...records.values()].map((record) =>
    recordText({ ...record, ttl: least.get(setKey(record)) ?? record.ttl }),
  );
  return [...lines, ...empty, ''].join('\n');
}

function setKey(record: ResourceRecord): string {
  return `${nameKey(record.name)} ${typeCode(record.data)}`;
}
