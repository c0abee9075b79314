// A running machine as the DNS lint sees it: zones as served, mail hosts, firewalls, what resolvers remember to be missing.
// Reads everything, changes nothing. What follows from it is decided in dns/lint/world.ts.

import type { DnsWorld, WorldHost } from '../dns/lint/world.ts';
import type { Zone } from '../dns/zone.ts';
import type { Endpoint } from '../net/events.ts';
import { findPath, isIpv6, passage, type NetHost, type Topology } from '../net/topology.ts';
import type { MtaConfig } from './mta/config.ts';
import type { NameServerState } from './name-server.ts';
import type { HostState } from './program.ts';
import { resolverCache, type ResolverState } from './resolver.ts';

/** What the view is made of: the hosts with their programs, and the network with its clock. */
export interface MachineParts {
  readonly hosts: ReadonlyMap<string, HostState>;
  readonly net: Topology & { readonly now: number };
}

/** The view from the host `from`, whose packets the firewalls judge. */
export function dnsWorldOf({ hosts, net }: MachineParts, from: string): DnsWorld {
  const zones = new Map<string, Zone>();
  const absences: DnsWorld['absences'][number][] = [];
  const views: WorldHost[] = [];
  for (const host of hosts.values()) {
    const place = net.hosts.get(host.name);
    if (place === undefined) continue;
    let view = bareHost(host.name, place, net, from);
    for (const program of host.programs.values()) {
      switch (program.kind) {
        case 'nameServer': {
          const state = program.state as NameServerState;
          for (const [key, hosted] of state.zones) {
            if (hosted.state !== 'loaded') continue;
            view = { ...view, serves: [...view.serves, hosted.zone.origin] };
            if (!state.secondaries.has(key) && !zones.has(key)) zones.set(key, hosted.zone);
          }
          break;
        }
        case 'mta': {
          const config = program.config as MtaConfig;
          view = {
            ...view,
            finalFor: config.virtualMailboxDomains,
            catchesAllOf: caughtDomains(config),
            checks: checksOf(config),
          };
          break;
        }
        case 'resolver':
          for (const { kind, name, type, secondsLeft } of resolverCache(
            program.state as ResolverState,
            '.',
            net.now,
          ))
            if (kind === 'nxdomain' || kind === 'nodata')
              absences.push({ resolver: host.name, name, type, secondsLeft });
          break;
        default:
          break;
      }
    }
    views.push(view);
  }
  return { zones: [...zones.values()], hosts: views, absences };
}

function bareHost(name: string, place: NetHost, net: Topology, from: string): WorldHost {
  const path = findPath(net, from, name) ?? [];
  const source = net.hosts.get(from)?.addresses ?? [];
  const passes = (address: string, port: number): boolean => {
    const own = source.find((item) => isIpv6(item) === isIpv6(address)) ?? '';
    const ends: { from: Endpoint; to: Endpoint } = {
      from: { address: own, port: 1024 },
      to: { address, port },
    };
    return passage(net, path, { protocol: 'tcp', ...ends }).passes;
  };
  return {
    name,
    addresses: place.addresses,
    listens: place.listeners.has(25) ? place.addresses.filter((address) => passes(address, 25)) : [],
    finalFor: [],
    relaysFor: [],
    checks: [],
    serves: [],
    isTcp53Blocked: place.listeners.has(53) && place.addresses.some((address) => !passes(address, 53)),
  };
}

/** Domains with a line `@domain target` among the aliases. */
function caughtDomains(config: MtaConfig): string[] {
  return (config.virtualAliasMaps ?? []).flatMap(
    (line) => /^\s*@(\S+)\s/.exec(line)?.[1]?.toLowerCase() ?? [],
  );
}

/** The checks that keep unwanted mail out, by name. */
function checksOf(config: MtaConfig): string[] {
  const checks: string[] = [];
  if (config.virtualMailboxMaps.length > 0) checks.push('recipients');
  if (config.verify !== undefined) checks.push('SPF, DKIM and DMARC');
  if (config.rejectUnknownSenderDomain === true) checks.push('sender domain');
  if (config.checkHelo === true) checks.push('HELO');
  return checks;
}
