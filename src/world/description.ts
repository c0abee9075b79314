// A world as data: hosts, links, zones, keys and a seed. This is what a `world.yaml` holds once it is read; the builder
// turns it into running programs.

import type { ProgramConfigs, ProgramKind } from '../host/programs.ts';
import type { FirewallRule } from '../net/topology.ts';
import type { AuthorityDescription, IdentityDescription } from './certificates.ts';

/** Where a host is drawn and what it is for; the engine does not read these. */
export interface HostPlace {
  readonly role: string;
  readonly domain?: string;
  /** From sender (0) to mailbox. */
  readonly column: number;
  /** Below 0 is the row of name servers. */
  readonly row: number;
  /** Keys of facts that the card shows, such as `port25Open`. */
  readonly facts?: readonly string[];
}

/** One program with its configuration. `key:NAME` as a value stands for the private key of that
 * name, `identity:NAME` for a certificate chain with its key. */
export type ProgramDescription = {
  readonly [Kind in ProgramKind]: {
    readonly kind: Kind;
    readonly config: Partial<ProgramConfigs[Kind]>;
    /** Settings (`host/settings.ts`) that the learner may change, in the order in which they are shown. */
    readonly settings?: readonly string[];
  };
}[ProgramKind];

export interface HostDescription extends HostPlace {
  readonly name: string;
  readonly addresses: readonly string[];
  /** Hosts behind this router. */
  readonly inside?: readonly string[];
  readonly owned?: boolean;
  /** A person who may log in, and gets terminals. */
  readonly user?: string;
  readonly firewall?: readonly FirewallRule[];
  /** Recursive resolvers that it asks (resolv.conf). */
  readonly nameservers?: readonly string[];
  readonly programs?: Readonly<Record<string, ProgramDescription>>;
}

export interface LinkDescription {
  readonly between: readonly [string, string];
  readonly latencyMs: number;
  readonly lossPercent?: number;
}

export interface ZoneDescription {
  /** With its final dot. */
  readonly zone: string;
  /** The host that serves it. */
  readonly server: string;
  readonly text: string;
  readonly editable?: boolean;
  /** The learner edits it in the panel of the company that the addresses are rented from, because it is that company's zone. */
  readonly panel?: 'hoster';
}

export interface WorldDescription {
  readonly name: string;
  /** RFC 3339; the virtual clock starts here. */
  readonly start: string;
  /** Minutes east of Greenwich of every wall clock. */
  readonly zoneMinutes: number;
  readonly seed: string;
  readonly hosts: readonly HostDescription[];
  readonly links: readonly LinkDescription[];
  readonly zones: readonly ZoneDescription[];
  /** Private keys by name, PEM. */
  readonly keys?: Readonly<Record<string, string>>;
  /** Who issues certificates, from the roots down. */
  readonly authorities?: readonly AuthorityDescription[];
  /** Certificates of servers; a configuration names one as `identity:NAME`. */
  readonly identities?: readonly IdentityDescription[];
}
