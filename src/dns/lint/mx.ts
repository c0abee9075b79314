// Where an MX record leads: to a name with public addresses, not to an alias, an address or nothing. Only targets inside
// the zone can be judged from its text. RFC 5321 §5.1, RFC 2181 §10.3.

import type { TextSpan } from '../../base/text-scanner.ts';
import { addressFamily, isPrivateAddress } from '../address.ts';
import type { QuickFix, Report } from '../lint.ts';
import { isSubdomain, labelsOf, nameKey, sameName, withoutDot } from '../name.ts';
import { lookUpInZone } from '../authoritative.ts';
import { TYPE_CODES } from '../records.ts';
import type { ParsedZone, ZoneRecord } from '../zone-file.ts';
import { sourceOf } from './names.ts';

export function lintMx(parsed: ParsedZone, report: Report, doubled: ReadonlySet<number>): void {
  for (const record of parsed.records) {
    const span = record.spans.data[1];
    if (record.data.type !== 'MX' || !span) continue;
    const { exchange } = record.data;
    const written = sourceOf(parsed, span);
    // RFC 7505: the null MX.
    if (exchange === '.') continue;
    if (addressFamily(written.replace(/\.$/, '')) !== undefined) lintAddress(parsed, span, written, report);
    else if (isSubdomain(exchange, parsed.origin) && !doubled.has(span.offset))
      lintTarget(parsed, span, exchange, report);
  }
  lintWildcards(parsed, report);
}

/** `MX 10 192.0.2.25`: the repair is a host of the zone that has this address, or a new one in a line of its own. */
function lintAddress(parsed: ParsedZone, span: TextSpan, written: string, report: Report): void {
  const address = written.replace(/\.$/, '');
  const host = parsed.records.find(
    ({ data }) => (data.type === 'A' || data.type === 'AAAA') && data.address === address,
  );
  const fix = host ? { span, text: host.name } : newHost(parsed, span, address);
  report('MX-IS-IP', 'error', span, { target: address }, fix);
}

/** A host that does not exist yet, and behind the record a line that gives it the address. */
function newHost(parsed: ParsedZone, span: TextSpan, address: string): QuickFix | undefined {
  const name = ['mail', 'mx', 'mx1', 'mx2']
    .map((label) => `${label}.${parsed.origin}`)
    .find((full) => !parsed.records.some((record) => sameName(record.name, full)));
  const lines = parsed.text.slice(span.offset + span.length).split('\n');
  const [rest = '', ...below] = lines;
  const next = below.find((line) => !/^\s*(;.*)?$/.test(line)) ?? '';
  // Within parentheses, or before a line that goes on with the same name, a new line would say something else.
  if (name === undefined || parsed.origin === '.' || !/^\s*(;.*)?$/.test(rest) || /^[\s)]/.test(next))
    return undefined;
  const type = addressFamily(address) === 6 ? 'AAAA' : 'A';
  const text = `${name}${rest}\n${name} IN ${type} ${address}`;
  return { span: { ...span, length: span.length + rest.length }, text };
}

function lintTarget(parsed: ParsedZone, span: TextSpan, exchange: string, report: Report): void {
  const target = withoutDot(exchange);
  const [a, aaaa] = [TYPE_CODES.A, TYPE_CODES.AAAA].map((type) => lookUpInZone(parsed.zone, exchange, type));
  if (!a || !aaaa || a.kind === 'delegation') return;
  if (a.kind === 'cname') {
    const canonical = a.set.data[0];
    const text = canonical?.type === 'CNAME' ? canonical.target : '';
    return report('MX-CNAME', 'warning', span, { target }, text === '' ? undefined : { span, text });
  }
  if (a.kind !== 'answer' && aaaa.kind !== 'answer') return report('MX-NO-A', 'error', span, { target });
  for (const record of parsed.records) {
    const { data } = record;
    if (!sameName(record.name, exchange) || !(data.type === 'A' || data.type === 'AAAA')) continue;
    if (isPrivateAddress(data.address))
      report('MX-PRIVATE-IP', 'warning', record.spans.data[0] ?? record.spans.type, {
        target,
        address: data.address,
      });
  }
}

/** S3-005: a wildcard MX does not cover names that have records of their own. */
function lintWildcards(parsed: ParsedZone, report: Report): void {
  const isHost = ({ data }: ZoneRecord): boolean => data.type === 'A' || data.type === 'AAAA';
  const withMx = new Set(
    parsed.records.filter(({ data }) => data.type === 'MX').map(({ name }) => nameKey(name)),
  );
  for (const record of parsed.records) {
    if (record.data.type !== 'MX' || labelsOf(record.name)[0] !== '*') continue;
    const below = record.name.slice(2);
    // Hosts that mail is sent to by name, not those that an MX or NS record leads to.
    const targets = parsed.records.flatMap(({ data }) =>
      data.type === 'MX' ? [nameKey(data.exchange)] : data.type === 'NS' ? [nameKey(data.host)] : [],
    );
    const example = parsed.records.find(
      (other) =>
        isHost(other) &&
        !sameName(other.name, below === '' ? '.' : below) &&
        isSubdomain(other.name, below === '' ? '.' : below) &&
        !withMx.has(nameKey(other.name)) &&
        !targets.includes(nameKey(other.name)),
    );
    if (example)
      report('WILDCARD-MX', 'info', record.spans.owner ?? record.spans.type, {
        name: withoutDot(record.name),
        example: withoutDot(example.name),
      });
  }
}
