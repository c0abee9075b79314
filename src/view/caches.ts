// How far a zone's records have spread: what each of its name servers answers from, and what resolvers still remember that
// no longer agrees with the published text. The one view that looks at programs' states, through reading functions that
// the programs themselves offer; reading changes nothing.

import { nameKey } from '../dns/name.ts';
import { rdataText, typeCode, typeName } from '../dns/records.ts';
import { serialIsNewer, zoneRecords, zoneSoa, type Zone } from '../dns/zone.ts';
import { parseZone, printZone } from '../dns/zone-file.ts';
import { timerDue } from '../host/kernel.ts';
import type { NameServerState } from '../host/name-server.ts';
import { resolverCache, type ResolverState } from '../host/resolver.ts';
import { now, type World } from '../world/world.ts';
import type { CacheView, ServerView } from './types.ts';

/** Every resolver's memory of `zone` (`wolke.example.`) and below; `text` is what the zone publishes now. */
export function cacheViews(world: World, zone: string, text: string): readonly CacheView[] {
  const published = new Map<string, string[]>();
  const names = new Set<string>();
  for (const record of parseZone(text, zone).records) {
    const key = `${nameKey(record.name)} ${typeName(typeCode(record.data))}`;
    names.add(nameKey(record.name));
    published.set(key, [...(published.get(key) ?? []), rdataText(record.data)]);
  }
  const views: CacheView[] = [];
  for (const host of world.machine.state.hosts.values())
    for (const program of host.programs.values()) {
      if (program.kind !== 'resolver') continue;
      const sets = resolverCache(program.state as ResolverState, zone, now(world));
      const place = world.description.hosts.find(({ name }) => name === host.name);
      const addresses = place?.addresses ?? [];
      views.push({
        resolver: host.name,
        address: addresses[0] ?? '',
        users: world.description.hosts.flatMap(({ name, nameservers }) =>
          nameservers?.some((address) => addresses.includes(address)) === true ? [name] : [],
        ),
        entries: sets.flatMap(({ name, type, kind, texts, secondsLeft, expiresAt: until }) => {
          const current = published.get(`${nameKey(name)} ${type}`) ?? [];
          const base = { name, type, secondsLeft, until };
          switch (kind) {
            case 'records':
              return texts.map((one) => ({ ...base, text: one, stale: !current.includes(one) }));
            case 'nodata':
              return [{ ...base, text: '', stale: current.length > 0 }];
            case 'nxdomain':
              return [{ ...base, text: '', stale: names.has(nameKey(name)) }];
            default:
              return [];
          }
        }),
      });
    }
  return views;
}

const serialOf = (zone: Zone): number => {
  const soa = zoneSoa(zone)?.data;
  return soa?.type === 'SOA' ? soa.serial : 0;
};

/** The servers that have `zone`, its first one first. */
export function serverViews(world: World, zone: string): readonly ServerView[] {
  const { state } = world.machine;
  const key = nameKey(zone);
  const found: { server: string; program: string; state: NameServerState }[] = [];
  for (const host of state.hosts.values())
    for (const [id, program] of host.programs) {
      const own = program.kind === 'nameServer' ? (program.state as NameServerState) : undefined;
      if (own?.zones.has(key) === true) found.push({ server: host.name, program: id, state: own });
    }
  const zoneAt = (at: (typeof found)[number]): Zone | undefined => {
    const hosted = at.state.zones.get(key);
    return hosted?.state === 'loaded' ? hosted.zone : undefined;
  };
  found.sort((a, b) => Number(a.state.secondaries.has(key)) - Number(b.state.secondaries.has(key)));
  const first = found[0] === undefined ? undefined : zoneAt(found[0]);
  const wanted = first && printZone(zoneRecords(first), zone);
  return found.map((at) => {
    const own = zoneAt(at);
    const isOld = own !== undefined && printZone(zoneRecords(own), zone) !== wanted;
    const due = timerDue(world.machine, at.server, at.program, `refresh ${key}`);
    return {
      server: at.server,
      address: state.net.hosts.get(at.server)?.addresses[0] ?? '',
      role: at.state.secondaries.has(key) ? 'secondary' : 'primary',
      state: own === undefined ? 'none' : isOld ? 'old' : 'current',
      ...(own === undefined ? {} : { serial: serialOf(own) }),
      ...(isOld && first && !serialIsNewer(serialOf(first), serialOf(own)) ? { stuck: true as const } : {}),
      ...(due === undefined ? {} : { nextLookAt: due }),
    };
  });
}
