// From a description to a running machine park. Every reference in the description is checked here, so that a typing
// mistake in a world file is a sentence and not a silent host.

import { timeOf, type Time } from '../base/dates.ts';
import { newMachine, runUntilQuiet, spawn, type Machine } from '../host/kernel.ts';
import type { HostState } from '../host/program.ts';
import type { ProgramConfig } from '../host/programs.ts';
import { shapeOf } from '../host/settings.ts';
import { addHost, newNetwork } from '../net/network.ts';
import type { TlsIdentity } from '../net/tls.ts';
import { issueAll, type Certificates } from './certificates.ts';
import type { HostDescription, WorldDescription } from './description.ts';

/** `2026-11-23T08:00:00Z` to milliseconds. Throws on anything else: a world file is ours. */
export function parseStart(text: string): Time {
  const m = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(text);
  if (m === null) throw new Error(`world: start must look like 2026-11-23T08:00:00Z, not ${text}`);
  const [year, month, day, hour, minute, second] = m.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return timeOf(year, month, day, hour, minute, second);
}

/** Builds the world, starts every program and lets it settle. */
export function buildMachine(description: WorldDescription, seed: string): Machine {
  check(description);
  const net = newNetwork(seed, parseStart(description.start));
  const machine = newMachine(net);
  for (const host of description.hosts) {
    const netHost = addHost(net, host.name, host.addresses, host.inside ?? []);
    netHost.firewall = [...(host.firewall ?? [])];
  }
  for (const link of description.links)
    net.links.push({
      a: link.between[0],
      b: link.between[1],
      latencyMs: link.latencyMs,
      lossPercent: link.lossPercent ?? 0,
      up: true,
    });
  const certificates = issueAll(
    description.authorities ?? [],
    description.identities ?? [],
    description.keys ?? {},
    parseStart,
  );
  for (const host of description.hosts) boot(machine, description, certificates, host);
  runUntilQuiet(machine, net.now + 60_000);
  return machine;
}

function boot(
  machine: Machine,
  description: WorldDescription,
  { identities, roots }: Certificates,
  host: HostDescription,
): void {
  const state: HostState = {
    name: host.name,
    zoneMinutes: description.zoneMinutes,
    roots,
    programs: new Map(),
    files: new Map(),
    followers: new Map(),
  };
  machine.state.hosts.set(host.name, state);
  if (host.nameservers !== undefined)
    spawn(machine, state, 'libresolv', 'libresolv', { nameservers: [...host.nameservers] });
  for (const [id, program] of Object.entries(host.programs ?? {})) {
    const config = replaced(program.config, description.keys ?? {}, identities) as Record<string, unknown>;
    if (program.kind === 'nameServer')
      config['zones'] = description.zones
        .filter((zone) => zone.server === host.name)
        .map(({ zone, text }) => ({ zone, text }));
    spawn(machine, state, id, program.kind, config as unknown as ProgramConfig);
  }
  if (host.user !== undefined) openTerminal(machine, state, host.user, terminalName(host.name, 1));
}

/** `mail.wolke.example#1` */
export function terminalName(host: string, number: number): string {
  return `${host}#${number}`;
}

/** Starts a shell under the terminal's name. */
export function openTerminal(machine: Machine, host: HostState, user: string, terminal: string): void {
  spawn(machine, host, terminal, 'shell', { user });
}

/** A deep copy in which every `key:NAME` is the key itself. Throws when there is no such key. */
export function withKeys<Value>(value: Value, keys: Readonly<Record<string, string>>): Value {
  return replaced(value, keys, undefined) as Value;
}

function replaced(
  value: unknown,
  keys: Readonly<Record<string, string>>,
  identities: ReadonlyMap<string, TlsIdentity> | undefined,
): unknown {
  if (typeof value === 'string') {
    const [, kind, name = ''] = /^(key|identity):(.+)$/s.exec(value) ?? [];
    if (kind === undefined || (kind === 'identity' && identities === undefined)) return value;
    const found = kind === 'key' ? keys[name] : identities?.get(name);
    if (found === undefined) throw new Error(`world: no ${kind} named ${name}`);
    return found;
  }
  if (Array.isArray(value)) return value.map((item) => replaced(item, keys, identities));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, replaced(item, keys, identities)]),
    );
  return value;
}

function check(description: WorldDescription): void {
  const names = new Set<string>();
  for (const { name, programs } of description.hosts)
    for (const [id, { kind, settings }] of Object.entries(programs ?? {}))
      for (const setting of settings ?? [])
        if (shapeOf(kind, setting) === undefined)
          throw new Error(`world: ${name}'s program ${id} has no setting ${setting}`);
  const addresses = new Map<string, string>();
  for (const host of description.hosts) {
    if (names.has(host.name)) throw new Error(`world: two hosts are named ${host.name}`);
    names.add(host.name);
    for (const address of host.addresses) {
      const other = addresses.get(address);
      if (other !== undefined)
        throw new Error(`world: ${host.name} and ${other} share the address ${address}`);
      addresses.set(address, host.name);
    }
  }
  const known = (name: string, where: string): void => {
    if (!names.has(name)) throw new Error(`world: ${where} names ${name}, which is no host`);
  };
  for (const link of description.links) link.between.forEach((name) => known(name, 'a link'));
  for (const zone of description.zones) known(zone.server, `zone ${zone.zone}`);
  for (const host of description.hosts) host.inside?.forEach((name) => known(name, `${host.name}'s inside`));
}
