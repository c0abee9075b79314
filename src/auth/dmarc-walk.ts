// The DNS tree walk: from a name up to its top, asking for DMARC records on the way, and the Organizational Domain that
// follows from them. RFC 9989 §4.10.

import type { Asking } from '../dns/lookup.ts';
import { parseDmarcRecord, isDmarcRecord } from './dmarc-record.ts';
import type { DmarcRecord } from './dmarc-record.ts';
import { plainDomain } from './domain.ts';
import { ask, isTemporary, textRecords } from './evidence.ts';
import type { DnsEvidence } from './evidence.ts';

/** One name on the way. */
export interface DmarcStep {
  readonly domain: string;
  readonly lookup: DnsEvidence;
  /** This check had asked before. */
  readonly isRepeated: boolean;
  /** `many`: two or more valid records, all discarded. `stop`: its psd tag ends the walk. */
  readonly outcome: 'record' | 'stop' | 'none' | 'many' | 'failed';
  readonly recordCount: number;
  readonly record?: DmarcRecord;
  readonly ttl?: number;
}

export interface DmarcWalk {
  readonly purpose: 'author' | 'spf' | 'dkim';
  readonly domain: string;
  readonly steps: readonly DmarcStep[];
  readonly organizationalDomain: string;
  /** Which rule of RFC 9989 §4.10.2 gave the domain. */
  readonly because: 'psd=n' | 'below psd=y' | 'shortest record' | 'no record';
  /** A look-up failed: what lies above it is unknown. */
  readonly isIncomplete: boolean;
  readonly rule: string;
}

/** What this check has asked so far, by name. */
export type AskedNames = Map<string, Omit<DmarcStep, 'isRepeated'>>;

/** The names to ask, first to last: at most eight (RFC 9989 §4.10 steps 1 to 8). */
export function walkNames(domain: string): string[] {
  let labels = plainDomain(domain).split('.');
  const names = [labels.join('.')];
  labels = labels.slice(labels.length > 8 ? labels.length - 7 : 1);
  for (; labels.length > 0; labels = labels.slice(1)) names.push(labels.join('.'));
  return names;
}

/** Walks up from `domain`. */
export function* walkTree(
  domain: string,
  purpose: DmarcWalk['purpose'],
  asked: AskedNames,
): Asking<DmarcWalk> {
  const steps: DmarcStep[] = [];
  for (const name of walkNames(domain)) {
    const known = asked.get(name);
    const step = known ?? (yield* lookAt(name));
    if (known === undefined) asked.set(name, step);
    const { psd } = step.record ?? {};
    const stops = psd === 'n' || (psd === 'y' && steps.length > 0);
    steps.push({ ...step, outcome: stops ? 'stop' : step.outcome, isRepeated: known !== undefined });
    if (stops) break;
  }
  const isIncomplete = steps.some((step) => step.outcome === 'failed');
  return {
    purpose,
    domain: plainDomain(domain),
    steps,
    ...organization(steps),
    isIncomplete,
    rule: 'RFC 9989 §4.10',
  };
}

function* lookAt(name: string): Asking<Omit<DmarcStep, 'isRepeated'>> {
  const lookup = yield* ask(`_dmarc.${name}`, 'TXT');
  const base = { domain: name, lookup };
  if (isTemporary(lookup)) return { ...base, outcome: 'failed', recordCount: 0 };
  const records = textRecords(lookup).filter((record) => isDmarcRecord(record.text));
  const first = records[0];
  const recordCount = records.length;
  if (first === undefined) return { ...base, outcome: 'none', recordCount };
  if (recordCount > 1) return { ...base, outcome: 'many', recordCount };
  return { ...base, outcome: 'record', recordCount, record: parseDmarcRecord(first.text), ttl: first.ttl };
}

/** RFC 9989 §4.10.2, from the longest name to the shortest. */
function organization(steps: readonly DmarcStep[]): Pick<DmarcWalk, 'organizationalDomain' | 'because'> {
  const start = steps[0]?.domain ?? '';
  let shortest: string | undefined;
  for (const [i, step] of steps.entries()) {
    const { record } = step;
    if (record === undefined) continue;
    if (record.psd === 'n') return { organizationalDomain: step.domain, because: 'psd=n' };
    if (record.psd === 'y' && i > 0) {
      const labels = step.domain.split('.').length;
      const below = start
        .split('.')
        .slice(-labels - 1)
        .join('.');
      return { organizationalDomain: below, because: 'below psd=y' };
    }
    shortest = step.domain;
  }
  return shortest === undefined
    ? { organizationalDomain: start, because: 'no record' }
    : { organizationalDomain: shortest, because: 'shortest record' };
}
