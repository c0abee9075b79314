// What a zone text means for the world around it: the findings between zones, servers and mail hosts, and what the reverse
// names of its mail hosts are worth. Places each of them at the record that it is about.

import { finishPolicy } from '../auth/policy-run.ts';
import { reverseFinding, reverseNamePolicy } from '../auth/reverse-name.ts';
import { answerOfWorld, lintWorld, type DnsWorld, type DnsWorldId } from '../dns/lint/world.ts';
import { sameName } from '../dns/name.ts';
import { typeCode, typeName } from '../dns/records.ts';
import type { ParsedZone, ZoneRecord } from '../dns/zone-file.ts';
import type { ZoneFinding } from './types.ts';

/** The type of the record that a finding is about; any record of the name where none is given. */
const ABOUT: Readonly<Partial<Record<DnsWorldId, string>>> = {
  'MX-PREF-INVERT': 'MX',
  'MX-SELF-LOOP': 'MX',
  'MX-BACKUP-SPAM': 'MX',
  CATCHALL: 'MX',
  'NS-LAME': 'NS',
  'NS-MISMATCH': 'NS',
  'GLUE-MISSING': 'NS',
  'AAAA-NO-LISTENER': 'AAAA',
};

/** The world as if the text were published. */
export function draftWorld(parsed: ParsedZone, world: DnsWorld): DnsWorld {
  const others = world.zones.filter((zone) => !sameName(zone.origin, parsed.origin));
  return { ...world, zones: [...others, parsed.zone] };
}

/** The findings of a text that loads, in the world in which it is published (`draftWorld`). */
export function worldFindings(parsed: ParsedZone, now: DnsWorld): ZoneFinding[] {
  const found: ZoneFinding[] = [];
  const put = (
    record: ZoneRecord | undefined,
    { id, severity, params, rule }: Pick<ZoneFinding, 'id' | 'severity' | 'params'> & { rule: string },
  ): void => {
    const span = record?.spans.owner ?? record?.spans.type;
    if (span === undefined) return;
    found.push({
      id,
      severity,
      line: span.line,
      column: span.column,
      length: Math.max(1, span.length),
      params,
      rule,
    });
  };
  for (const finding of lintWorld(now, parsed.origin)) {
    if (!sameName(finding.zone, parsed.origin)) continue;
    const type = ABOUT[finding.id] ?? finding.params['type'];
    const here = parsed.records.filter((record) => sameName(record.name, finding.name));
    put(here.find(({ data }) => typeName(typeCode(data)) === type) ?? here[0], finding);
  }
  for (const host of now.hosts) {
    if (!host.finalFor.some((domain) => sameName(`${domain}.`, parsed.origin))) continue;
    for (const address of host.addresses) {
      const verdict = finishPolicy(reverseNamePolicy(address), (question) => answerOfWorld(now, question));
      const finding = reverseFinding(verdict, host.name);
      if (finding === undefined) continue;
      // At the name that fails to lead back, else at the address, else at the host itself.
      const hosts = parsed.records.filter(({ data }) => data.type === 'A' || data.type === 'AAAA');
      const named = (name: string): ZoneRecord | undefined =>
        hosts.find((record) => sameName(record.name, `${name}.`));
      const at = hosts.find(({ data }) => 'address' in data && data.address === address);
      put(named(verdict.name ?? '') ?? at ?? named(host.name), finding);
    }
  }
  return found;
}
