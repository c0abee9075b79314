// A DNS answer in one line, as evidence, and where it came from.

import type { DnsEvidence } from '../../auth/evidence.ts';
import { rdataText } from '../../dns/records.ts';
import type { LookupView } from '../../view/types.ts';
import { w } from './words.ts';

/** `192.0.2.10, 192.0.2.11`, `2 TXT` (with `most` 1), or the status when there is nothing. */
export function answerText({ question, answer }: DnsEvidence, most = 4): string {
  if (answer.status !== 'NOERROR') return answer.status;
  const records = answer.records.filter((record) => record.data.type === question.type);
  if (records.length === 0) return 'NODATA';
  if (most === 1) return records.length === 1 ? `1 TXT` : `${records.length} TXT`;
  const shown = records
    .slice(0, most)
    .map(({ data }) =>
      data.type === 'TXT' ? `"${data.strings.join('')}"` : rdataText(data).replace(/\.$/, ''),
    );
  return shown.join(', ') + (records.length > most ? ', …' : '');
}

/** Seconds that the answer may still be remembered. */
export function ttlOf({ answer }: DnsEvidence): number | undefined {
  const seconds = answer.records.map((record) => record.ttl);
  return seconds.length > 0 ? Math.min(...seconds) : answer.negativeTtl;
}

/** The look-up behind a question of a verdict. */
export function lookupOf(
  lookups: readonly LookupView[] | undefined,
  evidence: DnsEvidence | undefined,
): LookupView | undefined {
  return evidence === undefined
    ? undefined
    : lookups?.find(
        ({ question }) =>
          question.type === evidence.question.type &&
          question.name.toLowerCase() === evidence.question.name.toLowerCase(),
      );
}

/** "resolver.hafen.example asked ns.wolke.example"; reactive in templates. */
export function sourceText(lookup: LookupView | undefined): string {
  const source = lookup?.source;
  if (source === undefined) return '';
  const { resolver, server = '', ageSeconds } = source;
  if (source.from !== 'cache') return w(`source.${source.from}`, { resolver, server });
  return ageSeconds === undefined
    ? w('source.cacheAgeless', { resolver, server })
    : w('source.cache', { resolver, server, age: ageText(ageSeconds) });
}

function ageText(seconds: number): string {
  if (seconds < 120) return w('age.s', { n: seconds });
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? w('age.min', { n: minutes }) : w('age.h', { n: Math.round(minutes / 60) });
}
