// Hosts, links, routes, address translation and firewalls: which way a packet goes and what stops it. Knows addresses
// and ports, no protocol above them.

import type { DropReason, Endpoint } from './events.ts';
import type { Meddling } from './meddle.ts';

export interface Link {
  readonly a: string;
  readonly b: string;
  latencyMs: number;
  /** 0 to 100, per packet. */
  lossPercent: number;
  up: boolean;
}

/** The first rule that matches decides; without one the packet passes. */
export interface FirewallRule {
  readonly chain: 'in' | 'out' | 'forward';
  readonly protocol?: 'tcp' | 'udp' | 'icmp';
  /** Destination port. */
  readonly port?: number;
  /** Source and destination address, exact. */
  readonly from?: string;
  readonly to?: string;
  readonly action: 'accept' | 'drop' | 'reject';
}

export interface NetHost {
  readonly name: string;
  /** First of each family is the one it sends from. */
  readonly addresses: readonly string[];
  /** Hosts behind this router: leaving, they wear its address (RFC 3022). */
  readonly inside: readonly string[];
  firewall: FirewallRule[];
  /** It changes what passes through it. */
  meddling?: Meddling | undefined;
  up: boolean;
  /** TCP port to the program that listens. */
  listeners: Map<number, string>;
  /** UDP port to the program that is bound. */
  bound: Map<number, string>;
  nextPort: number;
  /** Outside UDP port to the inside end, of a router that translates. */
  translations: Map<number, { readonly host: string; readonly port: number }>;
}

export interface Topology {
  hosts: Map<string, NetHost>;
  links: Link[];
}

export interface Packet {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly from: Endpoint;
  readonly to: Endpoint;
}

export function isIpv6(address: string): boolean {
  return address.includes(':');
}

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** RFC 1918, RFC 4193. */
export function isPrivate(address: string): boolean {
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|f[cd])/.test(address);
}

/** The host that owns an address, seen from another one: loopback is always oneself. */
export function hostAt(topology: Topology, from: string, address: string): NetHost | undefined {
  if (isLoopback(address)) return topology.hosts.get(from);
  for (const host of topology.hosts.values()) if (host.addresses.includes(address)) return host;
  return undefined;
}

/** The address that a host sends from towards another one; undefined when it has none of that family. */
export function sourceAddress(host: NetHost, to: string): string | undefined {
  if (isLoopback(to)) return to;
  return host.addresses.find((address) => isIpv6(address) === isIpv6(to));
}

/** Ways found so far, by the list of links. Only a short cut: they hold while the same links are up. */
const found = new WeakMap<
  readonly Link[],
  { up: boolean[]; ways: Map<string, readonly string[] | undefined> }
>();

/**
 * The shortest way between two hosts over links that are up, both ends included. Nobody gets behind a translating router
 * from outside.
 */
export function findPath(topology: Topology, from: string, to: string): readonly string[] | undefined {
  const { links } = topology;
  let known = found.get(links);
  if (known === undefined || !isAsBefore(links, known.up)) {
    known = { up: links.map(({ up }) => up), ways: new Map() };
    found.set(links, known);
  }
  const key = `${from} ${to}`;
  if (!known.ways.has(key)) known.ways.set(key, searchPath(topology, from, to));
  return known.ways.get(key);
}

function isAsBefore(links: readonly Link[], up: readonly boolean[]): boolean {
  if (links.length !== up.length) return false;
  for (let i = 0; i < up.length; i++) if (links[i]?.up !== up[i]) return false;
  return true;
}

function searchPath(topology: Topology, from: string, to: string): readonly string[] | undefined {
  if (from === to) return [from];
  const cameFrom = new Map<string, string>([[from, from]]);
  const open = [from];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    const here = topology.hosts.get(next);
    for (const link of topology.links) {
      const other = link.a === next ? link.b : link.b === next ? link.a : undefined;
      if (other === undefined || !link.up || cameFrom.has(other)) continue;
      const enters = here !== undefined && here.inside.includes(other);
      if (enters && next !== from && !here.inside.includes(cameFrom.get(next) ?? '')) continue;
      cameFrom.set(other, next);
      if (other === to) {
        const path = [to];
        for (let at = next; at !== from; at = cameFrom.get(at) as string) path.unshift(at);
        return [from, ...path];
      }
      open.push(other);
    }
  }
  return undefined;
}

/** Sum of the latencies and probability that one packet gets through. */
export function pathQuality(
  topology: Topology,
  path: readonly string[],
): { latencyMs: number; delivery: number } {
  let latencyMs = 0;
  let delivery = 1;
  for (let i = 1; i < path.length; i++) {
    const a = path[i - 1];
    const b = path[i];
    const link = topology.links.find((l) => (l.a === a && l.b === b) || (l.a === b && l.b === a));
    if (link === undefined) continue;
    latencyMs += link.latencyMs;
    delivery *= 1 - link.lossPercent / 100;
  }
  return { latencyMs, delivery };
}

/** The router on the way whose address replaces the sender's, if the way leads out through one. */
export function translatorOn(topology: Topology, path: readonly string[]): NetHost | undefined {
  for (let i = 1; i < path.length - 1; i++) {
    const router = topology.hosts.get(path[i] as string);
    if (router?.inside.includes(path[i - 1] as string) && !router.inside.includes(path[i + 1] as string))
      return router;
  }
  return undefined;
}

export type Passage =
  | { readonly passes: true }
  | {
      readonly passes: false;
      readonly action: 'drop' | 'reject';
      readonly by: string;
      readonly reason: DropReason;
    };

/** What the firewalls on the way say to a packet that opens something new. */
export function passage(topology: Topology, path: readonly string[], packet: Packet): Passage {
  for (let i = 0; i < path.length; i++) {
    const host = topology.hosts.get(path[i] as string);
    if (host === undefined) continue;
    if (!host.up) return { passes: false, action: 'drop', by: host.name, reason: 'hostDown' };
    const chains: readonly FirewallRule['chain'][] =
      path.length === 1 ? [] : i === 0 ? ['out'] : i === path.length - 1 ? ['in'] : ['forward'];
    for (const rule of host.firewall) {
      if (!chains.includes(rule.chain)) continue;
      if (rule.protocol !== undefined && rule.protocol !== packet.protocol) continue;
      if (rule.port !== undefined && rule.port !== packet.to.port) continue;
      if (rule.from !== undefined && rule.from !== packet.from.address) continue;
      if (rule.to !== undefined && rule.to !== packet.to.address) continue;
      if (rule.action === 'accept') break;
      return { passes: false, action: rule.action, by: host.name, reason: 'firewall' };
    }
  }
  return { passes: true };
}
