// Which servers a resolver may ask for a name: the closest delegation that it knows, the addresses of its hosts, and whose
// turn it is. RFC 1034 §5.3.3 steps 2 and 3.

import type { Time } from '../base/dates.ts';
import { shuffle } from '../base/random.ts';
import { isSubdomain, sameName, withAncestors } from './name.ts';
import { TYPE_CODES, typeCode, type ResourceRecord } from './records.ts';
import { cachedRecords, secondsLeft } from './resolver-cache.ts';
import { about, type HostChoice, type Job, type ResolverState, type ZoneAtHand } from './resolver-state.ts';

/** The servers of a zone as the cache or the hints know them. */
export function choices(
  state: ResolverState,
  now: Time,
  servers: readonly ResourceRecord[],
  glue: readonly ResourceRecord[],
): HostChoice[] {
  const { families } = state.settings;
  const hosts = servers.flatMap(({ data }) => (data.type === 'NS' ? [data.host] : []));
  return shuffle(state.random, hosts).map((host) => {
    const addresses: string[] = [];
    for (const family of families) {
      const type = family === 4 ? TYPE_CODES.A : TYPE_CODES.AAAA;
      const cached = cachedRecords(state.cache, now, host, type)?.records ?? [];
      const beside = glue.filter((record) => sameName(record.name, host) && typeCode(record.data) === type);
      for (const { data } of cached.length > 0 ? cached : beside)
        if (data.type === 'A' || data.type === 'AAAA') addresses.push(data.address);
    }
    const isKnown = addresses.length > 0;
    return { host, addresses: [...new Set(addresses)], state: isKnown ? 'known' : 'wanted', jobs: [] };
  });
}

/** Whether anything can come of these servers: a host inside the zone whose address nobody told is out of reach. */
function usable(hosts: readonly HostChoice[], zone: string): boolean {
  return hosts.some((host) => host.state === 'known' || !isSubdomain(host.host, zone));
}

/** Begins at the closest delegation known (S3-020). */
export function startZone(state: ResolverState, now: Time, job: Job): void {
  for (const name of withAncestors(job.current)) {
    const ns = cachedRecords(state.cache, now, name, TYPE_CODES.NS);
    const isRoot = name === '.';
    if (!ns && !isRoot) continue;
    const { hints } = state.settings;
    const servers = ns?.records ?? hints.filter((record) => record.data.type === 'NS');
    const hosts = choices(state, now, servers, isRoot ? hints : []);
    if (!isRoot && !usable(hosts, name)) continue;
    job.zone = { name, hosts, tried: [], dead: [], round: 0 };
    state.notes.push({
      kind: 'start',
      ...about(job),
      zone: name,
      hosts: hosts.map((host) => host.host),
      ttl: ns ? secondsLeft(ns.expiresAt, now) : undefined,
      rule: 'RFC 1034 §5.3.3',
    });
    return;
  }
}

/** The next address to ask in this round; servers that were slow lately come last. */
export function nextServer(
  state: ResolverState,
  now: Time,
  zone: ZoneAtHand,
): { address: string; host: string } | undefined {
  let second: { address: string; host: string } | undefined;
  for (const { host, addresses } of zone.hosts) {
    for (const address of addresses) {
      if (zone.tried.includes(address) || zone.dead.includes(address)) continue;
      if ((state.slow.get(address) ?? 0) <= now) return { address, host };
      second ??= { address, host };
    }
  }
  return second;
}
