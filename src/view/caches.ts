// What the resolvers of a world still remember of a zone, and what of it no longer agrees with the published text. The one
// view that looks at a program's state, through the reading function that the resolver itself offers; reading changes nothing.

import { nameKey } from '../dns/name.ts';
import { rdataText, typeCode, typeName } from '../dns/records.ts';
import { parseZone } from '../dns/zone-file.ts';
import { resolverCache, type ResolverState } from '../host/resolver.ts';
import { now, type World } from '../world/world.ts';
import type { CacheView } from './types.ts';

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
      views.push({
        resolver: host.name,
        entries: sets.flatMap(({ name, type, kind, texts, secondsLeft }) => {
          const current = published.get(`${nameKey(name)} ${type}`) ?? [];
          const base = { name, type, secondsLeft };
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
