// Reads a master file as BIND reads one: the same names, TTLs and records, the same complaints in the same order, and for
// every record where it stands in the text. Prints one, too. RFC 1035 §5.

import type { TextSpan } from '../base/text-scanner.ts';
import { relativeName, withoutDot } from './name.ts';
import { rdataText, typeCode, typeName, type ResourceRecord } from './records.ts';
import type { Zone } from './zone.ts';
import type { ZoneProblem } from './zone-problem.ts';
import { ZoneReader } from './zone-reader.ts';

/** A record with its place: `owner` and `ttl` are absent where the line leaves them out. */
export interface ZoneRecord extends ResourceRecord {
  readonly spans: {
    readonly whole: TextSpan;
    readonly owner?: TextSpan;
    readonly ttl?: TextSpan;
    readonly type: TextSpan;
    /** One for each word or quoted string of the data. */
    readonly data: readonly TextSpan[];
  };
}

export interface ParsedZone {
  readonly origin: string;
  readonly fileName: string;
  readonly text: string;
  /** Every readable record inside the zone, in the order of the file, duplicates and refused ones included. */
  readonly records: readonly ZoneRecord[];
  /** In BIND's order. */
  readonly problems: readonly ZoneProblem[];
  /** What could be loaded. Use it only when `failure` is undefined. */
  readonly zone: Zone;
  /** BIND's word for the first error, as its summary line prints it. */
  readonly failure: string | undefined;
}

/**
 * Reads the master file of the zone `origin` (absolute). `fileName` appears in the tool's lines only. Never throws.
 * Problems that need the whole zone are found by `zoneChecks`.
 */
export function parseZone(text: string, origin: string, fileName = `db.${withoutDot(origin)}`): ParsedZone {
  const reader = new ZoneReader(text, origin, fileName);
  reader.run();
  return {
    origin,
    fileName,
    text,
    records: reader.records,
    problems: reader.problems,
    zone: reader.zone,
    failure: reader.failure,
  };
}

/**
 * A master file of these records, names relative to the origin, columns aligned. Every record carries its TTL, so that
 * what is read back is what was printed.
 */
export function printZone(records: readonly ResourceRecord[], origin: string): string {
  const lines = records.map((record) => {
    const type = typeName(typeCode(record.data));
    const owner = relativeName(record.name, origin);
    return `${owner.padEnd(23)} ${String(record.ttl).padEnd(7)} IN ${type.padEnd(5)} ${rdataText(record.data)}\n`;
  });
  return `$ORIGIN ${origin}\n${lines.join('')}`;
}
