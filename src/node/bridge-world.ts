// A world made ready for real clients: a host of their own to come from, mailboxes with limits, a clock and certificates of
// today. And what there is to connect to: services, accounts, certificate authorities.

import { isoDate } from '../base/dates.ts';
import { SUBMISSION_PORTS } from '../host/mta/submission.ts';
import { ACCESS_PORTS } from '../host/mda-access.ts';
import type { Machine } from '../host/kernel.ts';
import type { MdaConfig } from '../host/mda/config.ts';
import type { MtaConfig } from '../host/mta/config.ts';
import type { Endpoint } from '../net/events.ts';
import type { TlsIdentity } from '../net/tls.ts';
import { parseStart } from '../world/build.ts';
import type { HostDescription, WorldDescription } from '../world/description.ts';

/** The real client's place in the simulated internet. */
export const GATEWAY = 'gateway.example';
export const GATEWAY_ADDRESS = '203.0.113.222';

/** Mailboxes of a world that runs for days must not grow for ever. */
const MAILBOX_BYTES = 32_000_000;

export type ServiceName =
  'smtp' | 'submission' | 'submissions' | 'lmtp' | 'pop3' | 'pop3s' | 'imap' | 'imaps';

/** One server of the world. `none`: it speaks no TLS; `starttls`: a command begins it; `implicit`: it comes first. */
export interface WorldService {
  readonly host: string;
  readonly service: ServiceName;
  readonly tls: 'none' | 'starttls' | 'implicit';
  /** Where it is in the simulated internet. */
  readonly at: Endpoint;
  readonly identity: TlsIdentity | undefined;
}

/** Somebody who can log in. */
export interface WorldAccount {
  readonly user: string;
  readonly password: string;
  readonly address: string;
}

/**
 * The world with the gateway in it, moved in time so that it starts at `now`: real clients check certificates by the real
 * clock. Certificates are also good for `localhost`, which is where they find them.
 */
export function worldForClients(description: WorldDescription, now: number): WorldDescription {
  const hub = description.hosts.find((host) => host.role === 'internet')?.name;
  if (hub === undefined)
    throw new Error(`world ${description.name} has no host with the role internet to join`);
  const shift = now - parseStart(description.start);
  const moved = (time: string): string =>
    isoDate(Math.floor((parseStart(time) + shift) / 1000) * 1000).replace('.000Z', 'Z');
  const gateway: HostDescription = {
    name: GATEWAY,
    role: 'sender',
    column: 0,
    row: 2,
    addresses: [GATEWAY_ADDRESS],
    programs: { gateway: { kind: 'gateway', config: {} } },
  };
  return {
    ...description,
    start: moved(description.start),
    hosts: [...description.hosts.map(withQuota), gateway],
    links: [...description.links, { between: [GATEWAY, hub], latencyMs: 1 }],
    authorities: (description.authorities ?? []).map((one) => ({
      ...one,
      from: moved(one.from),
      until: moved(one.until),
    })),
    identities: (description.identities ?? []).map((one) => ({
      ...one,
      names: [...one.names, 'localhost'],
      from: moved(one.from),
      until: moved(one.until),
    })),
  };
}

/** The same host with a limit on every mailbox that has none. */
function withQuota(host: HostDescription): HostDescription {
  const programs = Object.entries(host.programs ?? {}).map(([id, program]) => {
    if (program.kind !== 'mda') return [id, program] as const;
    const users = (program.config.users ?? []).map((user) => ({ quotaBytes: MAILBOX_BYTES, ...user }));
    return [id, { ...program, config: { ...program.config, users } }] as const;
  });
  return { ...host, programs: Object.fromEntries(programs) };
}

/** Everything that mail programs can speak with: port 25 of all hosts first, then host by host. */
export function servicesOf(machine: Machine): WorldService[] {
  const first: WorldService[] = [];
  const others: WorldService[] = [];
  for (const host of machine.state.hosts.values()) {
    const address = machine.state.net.hosts.get(host.name)?.addresses[0];
    if (address === undefined) continue;
    for (const program of host.programs.values()) {
      if (program.kind === 'mta') {
        const config = program.config as MtaConfig;
        const { myhostname, tls: identity, smtpdDiscardEhloKeywords = [] } = config;
        const offers = identity !== undefined && !smtpdDiscardEhloKeywords.includes('starttls');
        const tls = offers ? 'starttls' : 'none';
        first.push({ host: myhostname, service: 'smtp', tls, at: { address, port: 25 }, identity });
        for (const service of config.submission ?? [])
          others.push({
            host: myhostname,
            service,
            tls: service === 'submissions' ? 'implicit' : tls,
            at: { address, port: SUBMISSION_PORTS[service] },
            identity,
          });
      } else if (program.kind === 'mda') {
        const { hostname, port, tls: identity, access = [] } = program.config as MdaConfig;
        others.push({
          host: hostname,
          service: 'lmtp',
          tls: 'none',
          at: { address, port },
          identity: undefined,
        });
        for (const service of access)
          others.push({
            host: hostname,
            service,
            tls: service.endsWith('s') ? 'implicit' : identity === undefined ? 'none' : 'starttls',
            at: { address, port: ACCESS_PORTS[service] },
            identity,
          });
      }
    }
  }
  return [...first, ...others];
}

/** Who can log in somewhere, each once. */
export function accountsOf(machine: Machine): WorldAccount[] {
  const found = new Map<string, WorldAccount>();
  for (const host of machine.state.hosts.values())
    for (const { kind, config } of host.programs.values()) {
      const { users = [] } = kind === 'mda' ? (config as MdaConfig) : {};
      const { accounts = [] } = kind === 'mta' ? (config as MtaConfig) : {};
      for (const { user, password, addresses } of [...users, ...accounts]) {
        const [address] = addresses;
        if (password !== undefined && address !== undefined && !found.has(address))
          found.set(address, { user, password, address });
      }
    }
  return [...found.values()];
}

/** The certificate authorities that the world's hosts trust, PEM; empty when it has none. */
export function authoritiesOf(machine: Machine): string {
  return machine.state.hosts.get(GATEWAY)?.roots ?? '';
}
