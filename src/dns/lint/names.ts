// Names that are not what was meant: completed twice for want of a final dot, records where nobody asks for them.
// RFC 1035 §5.1.

import type { TextSpan } from '../../base/text-scanner.ts';
import { addressFamily } from '../address.ts';
import type { Report } from '../lint.ts';
import { isSubdomain, labelsOf, nameOfLabels, parseName, sameName, withoutDot } from '../name.ts';
import { findNode } from '../zone.ts';
import type { ParsedZone, ZoneRecord } from '../zone-file.ts';

/** Last labels that show a name to be meant whole, beside that of the zone itself. */
const TOP_LABELS = [
  'com',
  'net',
  'org',
  'info',
  'eu',
  'de',
  'at',
  'ch',
  'uk',
  'io',
  'arpa',
  'test',
  'example',
];

export function sourceOf(parsed: ParsedZone, span: TextSpan): string {
  return parsed.text.slice(span.offset, span.offset + span.length);
}

/** The names in the data of a record with the places where they are written. */
function namesIn(record: ZoneRecord): { readonly span: TextSpan; readonly full: string }[] {
  const { data, spans } = record;
  const at = (index: number, full: string): { span: TextSpan; full: string }[] => {
    const span = spans.data[index];
    return span ? [{ span, full }] : [];
  };
  switch (data.type) {
    case 'MX':
      return at(1, data.exchange);
    case 'NS':
      return at(0, data.host);
    case 'CNAME':
    case 'PTR':
      return at(0, data.target);
    case 'SOA':
      return [...at(0, data.mname), ...at(1, data.rname)];
    default:
      return [];
  }
}

/** The name that was meant, when a name as written lacks its final dot and was completed although it was whole. */
function meantWhole(parsed: ParsedZone, written: string, full: string, isOwner: boolean): string | undefined {
  if (written.endsWith('.') || written === '@' || addressFamily(written) !== undefined) return undefined;
  const whole = parseName(`${written}.`);
  if (!whole.ok) return undefined;
  if (isSubdomain(whole.value, parsed.origin) && parsed.origin !== '.') return whole.value;
  const labels = labelsOf(whole.value);
  const top = labelsOf(parsed.origin).at(-1);
  const last = labels.at(-1)?.toLowerCase() ?? '';
  if (isOwner || labels.length < 2 || findNode(parsed.zone, full)) return undefined;
  return last === top?.toLowerCase() || TOP_LABELS.includes(last) ? whole.value : undefined;
}

/** Reports doubled names. Returns the offsets of the names in data that are doubled, so that nobody reports them twice. */
export function lintNames(parsed: ParsedZone, report: Report): ReadonlySet<number> {
  const doubled = new Set<number>();
  const isReverse = ['in-addr.arpa.', 'ip6.arpa.'].some((zone) => isSubdomain(parsed.origin, zone));
  for (const record of parsed.records) {
    const { owner } = record.spans;
    if (owner) lintOwner(parsed, record, owner, report);
    for (const { span, full } of namesIn(record)) {
      const written = sourceOf(parsed, span);
      const fixed = meantWhole(parsed, written, full, false);
      if (fixed === undefined) continue;
      doubled.add(span.offset);
      report('DNS-NODOT', 'warning', span, { name: written, full, fixed }, { span, text: `${written}.` });
    }
    const isService = record.name.startsWith('_');
    if (record.data.type === 'PTR' && !isReverse && !isService)
      report('PTR-WRONG-ZONE', 'warning', owner ?? record.spans.type, { name: withoutDot(record.name) });
  }
  return doubled;
}

function lintOwner(parsed: ParsedZone, record: ZoneRecord, owner: TextSpan, report: Report): void {
  const written = sourceOf(parsed, owner);
  const fixed = meantWhole(parsed, written, record.name, true);
  if (fixed === undefined) return;
  const fix = { span: owner, text: `${written}.` };
  const labels = labelsOf(fixed);
  const inner = labels.slice(0, labels.length - labelsOf(parsed.origin).length);
  if (inner.some((label) => label.toLowerCase() === '_domainkey')) {
    const short = withoutDot(nameOfLabels(inner));
    report(
      'DKIM-NAME-DOUBLED',
      'error',
      owner,
      { name: record.name, expected: withoutDot(fixed), short },
      fix,
    );
  } else if (!sameName(record.name, fixed)) {
    report('DNS-NODOT', 'warning', owner, { name: written, full: record.name, fixed }, fix);
  }
}
