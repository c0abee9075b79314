// What concerns the zone as a whole: a CNAME at its top, a serial that was not raised, records that are remembered for too
// long. RFC 1034 §3.6.2, RFC 1912 §2.2, RFC 1982.

import { dateFields, type Time } from '../../base/dates.ts';
import type { TextSpan } from '../../base/text-scanner.ts';
import type { LintOptions, QuickFix, Report } from '../lint.ts';
import { nameKey, sameName, withoutDot } from '../name.ts';
import { rdataText } from '../records.ts';
import { serialIsNewer } from '../zone.ts';
import type { ParsedZone, ZoneRecord } from '../zone-file.ts';

/** A day, in seconds. */
const LONG_TTL = 86_400;

export function lintWhole(parsed: ParsedZone, report: Report, options: LintOptions): void {
  for (const record of parsed.records) {
    const { data, spans } = record;
    if (data.type === 'CNAME' && sameName(record.name, parsed.origin))
      report(
        'DNS-CNAME-APEX',
        'error',
        spans.type,
        { name: withoutDot(parsed.origin) },
        asAddress(parsed, record),
      );
    if (record.ttl > LONG_TTL && data.type !== 'SOA' && data.type !== 'NS')
      reportTtl(parsed, spans.ttl, spans.type, record.name, record.ttl, report);
  }
  lintSerial(parsed, report, options);
}

/** The alias replaced by the address that it leads to, if the zone knows exactly one. */
function asAddress(parsed: ParsedZone, { data, spans }: ZoneRecord): QuickFix | undefined {
  const last = spans.data[0];
  if (data.type !== 'CNAME' || last === undefined) return undefined;
  const known = parsed.records.filter(
    (record) =>
      sameName(record.name, data.target) && (record.data.type === 'A' || record.data.type === 'AAAA'),
  );
  const [one, other] = known;
  if (one === undefined || other !== undefined) return undefined;
  const span = { ...spans.type, length: last.offset + last.length - spans.type.offset };
  return { span, text: `${one.data.type} ${rdataText(one.data)}` };
}

/** At the TTL of the record; at `$TTL` when that gave it, and then once. */
function reportTtl(
  parsed: ParsedZone,
  own: TextSpan | undefined,
  type: TextSpan,
  name: string,
  ttl: number,
  report: Report,
): void {
  const span = own ?? defaultTtl(parsed.text, type.offset) ?? type;
  const fix = span === type ? undefined : { span, text: '3600' };
  report('TTL-TOO-HIGH', 'info', span, { name: withoutDot(name), ttl }, fix);
}

/** The place of the last `$TTL` before an offset. */
function defaultTtl(text: string, before: number): TextSpan | undefined {
  let found: TextSpan | undefined;
  for (const match of text.matchAll(/^\$TTL[ \t]+(\S+)/gim)) {
    if (match.index >= before) break;
    const value = match[1] ?? '';
    const offset = match.index + match[0].length - value.length;
    const line = text.slice(0, offset).split('\n').length;
    const column = offset - text.lastIndexOf('\n', offset - 1);
    found = { offset, length: value.length, line, column };
  }
  return found;
}

/** The records without the serial, in any order, as one text. */
function fingerprint(parsed: ParsedZone): string {
  return parsed.records
    .map(({ name, ttl, data }) => {
      const bare = data.type === 'SOA' ? { ...data, serial: 0 } : data;
      return `${nameKey(name)} ${ttl} ${bare.type} ${rdataText(bare)}`;
    })
    .sort()
    .join('\n');
}

/** S3-007: secondaries look at the serial only. */
function lintSerial(parsed: ParsedZone, report: Report, options: LintOptions): void {
  const { published } = options;
  const soa = parsed.records.find(({ data }) => data.type === 'SOA');
  const before = published?.records.find(({ data }) => data.type === 'SOA')?.data;
  if (!published || soa?.data.type !== 'SOA' || before?.type !== 'SOA') return;
  const { serial } = soa.data;
  if (serialIsNewer(serial, before.serial) || fingerprint(parsed) === fingerprint(published)) return;
  const span = soa.spans.data[2] ?? soa.spans.type;
  const next = nextSerial(before.serial, options.now);
  report('SOA-SERIAL', 'warning', span, { serial, next }, { span, text: String(next) });
}

/** Date and counter where that is ahead of the old serial, else one more (RFC 1912 §2.2). */
export function nextSerial(serial: number, now?: Time): number {
  if (now !== undefined) {
    const { year, month, day } = dateFields(now);
    const dated = (year * 10_000 + month * 100 + day) * 100 + 1;
    if (serialIsNewer(dated, serial) && dated <= 0xffffffff) return dated;
  }
  return serial === 0xffffffff ? 0 : serial + 1;
}
