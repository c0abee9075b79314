// What no zone text shows by itself: how zones, name servers, mail hosts and resolvers of a world fit together. Takes a view
// of the world as plain values and reports ids with parameters; texts live elsewhere. Behaviour §3.6.

import { answerQuery, lookUpInZone } from '../authoritative.ts';
import { lookupCode, type DnsAnswer, type DnsQuestion } from '../lookup.ts';
import { isSubdomain, nameKey, sameName, withAncestors, withoutDot } from '../name.ts';
import { TYPE_CODES, typeName } from '../records.ts';
import { buildQuery, dnsAnswerOf } from '../stub.ts';
import { findNode, findSet, type RecordSet, type Zone, type ZoneNode } from '../zone.ts';

export const DNS_WORLD_RULES = {
  'MX-PREF-INVERT': 'RFC 5321 §5.1',
  'MX-SELF-LOOP': 'RFC 5321 §5.1',
  'MX-BACKUP-SPAM': 'RFC 5321 §5.1',
  CATCHALL: 'RFC 5321 §6.1',
  'NEG-CACHED': 'RFC 2308 §5',
  'NS-LAME': 'RFC 1912 §2.8',
  'NS-MISMATCH': 'RFC 1034 §4.2.2',
  'GLUE-MISSING': 'RFC 1034 §4.2.1, RFC 9471',
  'AAAA-NO-LISTENER': 'RFC 5321 §5.2',
  'TCP53-BLOCKED': 'RFC 7766 §5',
} as const;

export type DnsWorldId = keyof typeof DNS_WORLD_RULES;

/** A host as far as mail and DNS are concerned. */
export interface WorldHost {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Own addresses at which something listens on port 25. */
  readonly listens: readonly string[];
  /** Domains whose mail ends here, and domains whose mail it accepts for others; without final dot. */
  readonly finalFor: readonly string[];
  readonly relaysFor: readonly string[];
  /** Domains of these of which every address is taken, whether somebody has it or not. */
  readonly catchesAllOf?: readonly string[];
  /** Names of the checks that its mail server applies to mail from outside. */
  readonly checks: readonly string[];
  /** Origins of the zones that its name server answers for. */
  readonly serves: readonly string[];
  /** A firewall on the way drops or refuses TCP to port 53. */
  readonly isTcp53Blocked: boolean;
}

/** Something that a resolver remembers to be missing; `type` is '' for the whole name. */
export interface RememberedAbsence {
  readonly resolver: string;
  readonly name: string;
  readonly type: string;
  readonly secondsLeft: number;
}

export interface DnsWorld {
  /** As their primaries have them now. */
  readonly zones: readonly Zone[];
  readonly hosts: readonly WorldHost[];
  readonly absences: readonly RememberedAbsence[];
}

export interface WorldFinding {
  readonly id: DnsWorldId;
  readonly severity: 'error' | 'warning' | 'info';
  /** The zone in which it can be put right, or that suffers; absolute. */
  readonly zone: string;
  /** Owner of the record concerned; absolute. */
  readonly name: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly rule: string;
}

const addressesIn = (set: RecordSet): string[] =>
  set.data.flatMap((data) => (data.type === 'A' || data.type === 'AAAA' ? [data.address] : []));

class Finder {
  readonly findings: WorldFinding[] = [];

  constructor(readonly world: DnsWorld) {}

  report(
    id: DnsWorldId,
    severity: WorldFinding['severity'],
    zone: Zone,
    name: string,
    params: WorldFinding['params'],
  ): void {
    const key = JSON.stringify([id, zone.origin, nameKey(name), params]);
    if (this.findings.some((f) => JSON.stringify([f.id, f.zone, nameKey(f.name), f.params]) === key)) return;
    this.findings.push({ id, severity, zone: zone.origin, name, params, rule: DNS_WORLD_RULES[id] });
  }

  zoneOf(name: string): Zone | undefined {
    for (const at of withAncestors(name)) {
      const zone = this.world.zones.find((item) => sameName(item.origin, at));
      if (zone) return zone;
    }
    return undefined;
  }

  /** What the world's zones say about a name and type; an alias is not followed, nobody may point to one here. */
  addresses(name: string, types: readonly number[] = [TYPE_CODES.A, TYPE_CODES.AAAA]): string[] {
    const zone = this.zoneOf(name);
    return types.flatMap((type) => {
      const found = zone && lookUpInZone(zone, name, type);
      const sets = found?.kind === 'answer' ? found.sets : [];
      return sets.flatMap(addressesIn);
    });
  }

  hostAt(addresses: readonly string[]): WorldHost | undefined {
    return this.world.hosts.find((host) => host.addresses.some((address) => addresses.includes(address)));
  }
}

const includesName = (names: readonly string[], name: string): boolean =>
  names.some((one) => sameName(one.endsWith('.') ? one : `${one}.`, name));

/** MX records of one name against the hosts that they lead to. */
function lintExchanges(finder: Finder, zone: Zone, node: ZoneNode): void {
  const set = findSet(node, TYPE_CODES.MX);
  if (!set) return;
  const exchanges = set.data
    .flatMap((data) => (data.type === 'MX' && data.exchange !== '.' ? [data] : []))
    .map(({ preference, exchange }) => ({
      preference,
      exchange,
      host: finder.hostAt(finder.addresses(exchange)),
    }))
    .sort((a, b) => a.preference - b.preference);
  for (const { exchange, host } of exchanges)
    for (const address of finder.addresses(exchange, [TYPE_CODES.AAAA]))
      if (host?.addresses.includes(address) && !host.listens.includes(address) && host.listens.length > 0)
        finder.report('AAAA-NO-LISTENER', 'warning', finder.zoneOf(exchange) ?? zone, exchange, {
          name: withoutDot(exchange),
          address,
        });
  const [best] = exchanges;
  if (!best?.host) return;
  const domain = withoutDot(node.name);
  const isFinal = (host: WorldHost): boolean => includesName(host.finalFor, node.name);
  const takes = (host: WorldHost): boolean => isFinal(host) || includesName(host.relaysFor, node.name);
  if (!takes(best.host) && best.host.listens.length > 0)
    finder.report('MX-SELF-LOOP', 'error', zone, node.name, { domain, host: best.host.name });
  const catching = exchanges.find(({ host }) => host && includesName(host.catchesAllOf ?? [], node.name));
  if (catching?.host)
    finder.report('CATCHALL', 'warning', zone, node.name, { domain, host: catching.host.name });
  const main = exchanges.find(({ host }) => host && isFinal(host));
  if (!main?.host) return;
  if (!isFinal(best.host) && best.preference < main.preference)
    finder.report('MX-PREF-INVERT', 'warning', zone, node.name, {
      target: withoutDot(best.exchange),
      preference: best.preference,
      other: withoutDot(main.exchange),
      otherPreference: main.preference,
    });
  for (const { exchange, host } of exchanges) {
    if (!host || host === main.host || !takes(host)) continue;
    const missing = main.host.checks.filter((check) => !host.checks.includes(check));
    if (missing.length > 0)
      finder.report('MX-BACKUP-SPAM', 'warning', zone, node.name, {
        target: withoutDot(exchange),
        missing: missing.join(', '),
      });
  }
}

const hostsOfSet = (node: ZoneNode | undefined): string[] =>
  (findSet(node, TYPE_CODES.NS)?.data ?? []).flatMap((data) => (data.type === 'NS' ? [data.host] : []));

/** NS records of a name, at the top of its zone or in the parent: does each of them lead to a server that knows the zone? */
function lintServers(finder: Finder, zone: Zone, node: ZoneNode): void {
  const origin = node.name;
  const isCut = !sameName(origin, zone.origin);
  for (const server of hostsOfSet(node)) {
    const glue = (findNode(zone, server)?.sets ?? []).flatMap(addressesIn);
    if (isCut && isSubdomain(server, origin) && glue.length === 0) {
      finder.report('GLUE-MISSING', 'error', zone, origin, {
        zone: withoutDot(origin),
        server: withoutDot(server),
      });
      continue;
    }
    // At a delegation the parent's own word leads the way.
    const addresses = isCut && glue.length > 0 ? glue : finder.addresses(server);
    const host = finder.hostAt(addresses);
    if (addresses.length > 0 && !(host && includesName(host.serves, origin)))
      finder.report('NS-LAME', 'warning', zone, origin, {
        server: withoutDot(server),
        zone: withoutDot(origin),
      });
  }
  const child = isCut ? finder.world.zones.find((item) => sameName(item.origin, origin)) : undefined;
  if (!child) return;
  const list = (names: readonly string[]): string =>
    names
      .map((name) => withoutDot(nameKey(name)))
      .sort()
      .join(', ');
  const [above, below] = [list(hostsOfSet(node)), list(hostsOfSet(findNode(child, origin)))];
  if (above !== below)
    finder.report('NS-MISMATCH', 'warning', zone, origin, {
      zone: withoutDot(origin),
      parent: above,
      child: below,
    });
}

/** Answers that do not fit into one datagram, at servers that nobody reaches over TCP (S3-010). */
function lintSizes(finder: Finder, zone: Zone): void {
  const blocked = finder.world.hosts.find(
    (host) => host.isTcp53Blocked && includesName(host.serves, zone.origin),
  );
  if (!blocked) return;
  const zones = new Map([[nameKey(zone.origin), { state: 'loaded' as const, zone }]]);
  for (const node of zone.nodes.values())
    for (const { type } of node.sets) {
      const query = buildQuery(0, node.name, type, { udpSize: 1232 });
      if (answerQuery(zones, query, { transport: 'udp' })?.flags.tc)
        finder.report('TCP53-BLOCKED', 'error', zone, node.name, {
          name: withoutDot(node.name),
          type: typeName(type),
          server: blocked.name,
        });
    }
}

/** Absences that resolvers remember although the records are there by now (S3-022). */
function lintAbsences(finder: Finder): void {
  for (const { resolver, name, type, secondsLeft } of finder.world.absences) {
    const zone = finder.zoneOf(name);
    if (!zone) continue;
    const types =
      type === ''
        ? [TYPE_CODES.TXT]
        : Object.entries(TYPE_CODES).flatMap(([key, code]) => (key === type ? [code] : []));
    const exists = types.some((code) => {
      const { kind } = lookUpInZone(zone, name, code);
      return kind === 'answer' || kind === 'cname' || (kind === 'nodata' && type === '');
    });
    if (exists)
      finder.report('NEG-CACHED', 'info', zone, name, {
        resolver,
        status: type === '' ? 'NXDOMAIN' : 'NODATA',
        name: withoutDot(name),
        minutes: Math.ceil(secondsLeft / 60),
      });
  }
}

/** What all the zones of a world together answer, without any cache: for policies that are to judge the world as it stands. */
export function answerOfWorld(world: DnsWorld, question: DnsQuestion): DnsAnswer {
  const zones = new Map(
    world.zones.map((zone) => [nameKey(zone.origin), { state: 'loaded' as const, zone }]),
  );
  const query = buildQuery(0, question.name, lookupCode(question.type));
  const response = answerQuery(zones, query, { transport: 'tcp' });
  return response ? dnsAnswerOf(question, response, '') : { status: 'SERVFAIL', records: [] };
}

/** Everything that is wrong between the parts of a world. `zone`: only what concerns names at and below it. */
export function lintWorld(world: DnsWorld, zone?: string): WorldFinding[] {
  const finder = new Finder(world);
  for (const item of world.zones) {
    for (const node of item.nodes.values()) {
      lintExchanges(finder, item, node);
      lintServers(finder, item, node);
    }
    lintSizes(finder, item);
  }
  lintAbsences(finder);
  return finder.findings.filter(({ name }) => zone === undefined || isSubdomain(name, zone));
}
