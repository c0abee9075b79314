// The zones that the learner may edit, as published last. The description says which there are; the trace says what was
// published since.

import { parseZone } from '../dns/zone-file.ts';
import { zoneSoa } from '../dns/zone.ts';
import { sameName } from '../dns/name.ts';
import type { TraceEvent } from '../host/events.ts';
import { parseStart } from '../world/build.ts';
import type { WorldDescription } from '../world/description.ts';
import { newest, put, valueAt, type History } from './history.ts';
import type { ZoneView } from './types.ts';

export type Zones = Map<string, History<ZoneView>>;

export function openZones(description: WorldDescription): Zones {
  const zones: Zones = new Map();
  for (const { zone, server, text, editable, panel } of description.zones) {
    if (editable !== true) continue;
    const soa = zoneSoa(parseZone(text, zone).zone)?.data;
    const serial = soa?.type === 'SOA' ? soa.serial : 0;
    const publishedAt = parseStart(description.start);
    const value = {
      zone,
      server,
      text,
      serial,
      publishedAt,
      seq: 0,
      ...(panel === undefined ? {} : { panel }),
    };
    zones.set(zone, [{ seq: 0, value }]);
  }
  return zones;
}

/** True when a zone of these has changed. */
export function foldZones(zones: Zones, event: TraceEvent): boolean {
  if (event.type !== 'zone.published') return false;
  for (const [zone, states] of zones) {
    if (!sameName(zone, event.zone)) continue;
    const { text, serial, at, seq } = event;
    const before = newest(states);
    const kept = before ?? { zone, server: event.host };
    put(states, seq, { ...kept, text, serial, publishedAt: at, seq });
    return true;
  }
  return false;
}

/** Every editable zone as it was after event `seq`. */
export function zoneViews(zones: Zones, seq: number): readonly ZoneView[] {
  return [...zones.values()].flatMap((states) => valueAt(states, seq) ?? []);
}
