// What a zone says, or fails to say, about mail as a whole: no DMARC at all, a name that never sends and does not say so, SPF in
// the record type that nobody asks for. Places each finding at the record where it can be put right.

import { walkTree } from '../auth/dmarc-walk.ts';
import { finishPolicy } from '../auth/policy-run.ts';
import { isSpfRecord } from '../auth/spf-record.ts';
import { answerOfWorld, type DnsWorld } from '../dns/lint/world.ts';
import { isSubdomain, sameName, withoutDot } from '../dns/name.ts';
import { typeCode } from '../dns/records.ts';
import type { ParsedZone, ZoneRecord } from '../dns/zone-file.ts';
import type { ZoneFinding } from './types.ts';

const TYPE_SPF = 99;

function at(
  record: ZoneRecord | undefined,
  finding: Pick<ZoneFinding, 'id' | 'severity' | 'params' | 'fix'>,
): ZoneFinding[] {
  const span = record?.spans.owner ?? record?.spans.type;
  if (span === undefined) return [];
  return [{ ...finding, line: span.line, column: span.column, length: Math.max(1, span.length) }];
}

/** SPF records of type SPF without a twin of type TXT; the repair changes the type. */
export function typeSpfFindings(parsed: ParsedZone): ZoneFinding[] {
  const { records } = parsed;
  return records.flatMap(({ name, data, spans }): ZoneFinding[] => {
    const hasTwin = records.some((one) => sameName(one.name, name) && isSpfRecord(textOf(one)));
    if (typeCode(data) !== TYPE_SPF || hasTwin) return [];
    const { line, column, length } = spans.type;
    const place = { line, column, length };
    return [
      {
        id: 'SPF-TYPE99',
        severity: 'warning',
        ...place,
        params: { name: withoutDot(name) },
        fix: { ...place, text: 'TXT' },
      },
    ];
  });
}

/** What the name at the zone's top says about mail, in the world in which the zone is published. */
export function domainFindings(parsed: ParsedZone, world: DnsWorld): ZoneFinding[] {
  const { origin, records } = parsed;
  const domain = withoutDot(origin);
  const isReverse = ['in-addr.arpa.', 'ip6.arpa.'].some((top) => isSubdomain(origin, top));
  const isRegistry = records.some(({ name, data }) => data.type === 'NS' && !sameName(name, origin));
  if (isReverse || isRegistry || !domain.includes('.')) return [];
  const here = records.filter(({ name }) => sameName(name, origin));
  const spf = here.map(textOf).filter((text) => isSpfRecord(text));
  const exchanges = here.flatMap(({ data }) => (data.type === 'MX' ? [data.exchange] : []));
  const isFinal = world.hosts.some(({ finalFor }) => finalFor.some((one) => sameName(`${one}.`, origin)));
  const saysNever = spf.length === 1 && /^v=spf1 +-all *$/i.test(spf[0] ?? '');
  const isAddressed = isFinal || exchanges.some((exchange) => exchange !== '.');
  // Names that other records include, and hosts that send for others, are nobody's From domain.
  if (!isAddressed && spf.length > 0 && !saysNever) return [];
  const walk = finishPolicy(walkTree(domain, 'author', new Map()), (question) =>
    answerOfWorld(world, question),
  );
  const dmarc = walk.steps.find(({ record }) => record !== undefined)?.record;
  const soa = here.find(({ data }) => data.type === 'SOA');
  if (isAddressed) {
    // What stands at the right name and is not valid is told at its own place.
    const isTold = records.some(({ name }) => sameName(name, `_dmarc.${origin}`));
    return dmarc !== undefined || isTold || walk.isIncomplete
      ? []
      : at(soa, {
          id: 'DMARC-NONE',
          severity: 'warning',
          params: { domain, names: walk.steps.map((step) => `_dmarc.${step.domain}`).join(', ') },
        });
  }
  const isParked = saysNever && dmarc?.p === 'reject' && exchanges.includes('.');
  return isParked ? [] : at(soa, { id: 'DMARC-PARKED', severity: 'info', params: { domain } });
}

function textOf({ data }: ZoneRecord): string {
  return data.type === 'TXT' ? data.strings.join('') : '';
}
