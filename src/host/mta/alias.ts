// Virtual aliases and the rewriting of forwarded senders: which addresses this server takes mail for without having a
// mailbox, where they lead, and how SRS addresses go there and back. Pure look-ups in the configuration. virtual(5); the
// local aliases of aliases(5) are in `local.ts`.

import type { Time } from '../../base/dates.ts';
import { isSrs, srsForward, srsReverse, type SrsReversed } from '../../auth/srs.ts';
import { isOwnNetwork, localAddress, splitAddress } from './access.ts';
import type { MtaConfig } from './config.ts';
import { isLocalDomain } from './local-aliases.ts';

/** virtual_alias_expansion_limit and virtual_alias_recursion_limit. */
const EXPANSION_LIMIT = 1000;

/** Where an alias leads; undefined when the address is none. `+extension` is looked up first with, then without it. */
export function aliasOf(config: MtaConfig, address: string): readonly string[] | undefined {
  const { localPart, domain } = splitAddress(address.toLowerCase());
  const plus = localPart.indexOf('+');
  const base = plus < 0 ? localPart : localPart.slice(0, plus);
  const wanted = [`${localPart}@${domain}`, `${base}@${domain}`, `@${domain}`];
  const lines = config.virtualAliasMaps ?? [];
  for (const key of wanted) {
    const line = lines.find((one) => one.trim().split(/\s+/, 1)[0]?.toLowerCase() === key);
    const targets = line
      ?.trim()
      .split(/[\s,]+/)
      .slice(1)
      .filter((target) => target !== '');
    if (targets === undefined || targets.length === 0) continue;
    // propagate_unmatched_extensions: what stands behind the plus goes along.
    return key === wanted[1] && plus >= 0
      ? targets.map((target) => withExtension(target, localPart.slice(plus)))
      : targets;
  }
  return undefined;
}

function withExtension(target: string, extension: string): string {
  const { localPart, domain } = splitAddress(target);
  return domain === '' || localPart.includes('+') ? target : `${localPart}${extension}@${domain}`;
}

/** The domain has only aliases, or it is the one that SRS addresses are made in. */
export function isAliasDomain(config: MtaConfig, address: string): boolean {
  const domain = splitAddress(address).domain.toLowerCase();
  return (
    config.virtualAliasDomains?.includes(domain) === true && !config.virtualMailboxDomains.includes(domain)
  );
}

/** This server takes mail for the address, or may find out that there is no such user here. */
export function isDestination(config: MtaConfig, address: string): boolean {
  const { localPart, domain } = splitAddress(address);
  if (domain === '') return true;
  return (
    isOwnNetwork(config, address) ||
    isLocalDomain(config, address) ||
    (isAliasDomain(config, address) && !/[%!@]/.test(localPart)) ||
    (isSrs(address) && domain.toLowerCase() === config.srs?.domain.toLowerCase())
  );
}

/** The address as it is handed on: with its `+extension`, which the delivery agent reads (RFC 5233 §4). */
function localForm(config: MtaConfig, address: string): string {
  // trivial-rewrite: names without a domain are this host's, where local mail is a thing at all.
  if (config.aliasMaps !== undefined && splitAddress(address).domain === '')
    return `${address}@${config.myhostname}`;
  const local = localAddress(config, address);
  return local === undefined || splitAddress(address).domain === ''
    ? (local ?? address)
    : address.toLowerCase();
}

/** What a recipient stands for. */
export interface Expansion {
  /** All addresses after every alias, each once, in order. The recipient itself, when it is none. */
  readonly addresses: readonly string[];
  /** Aliases that were followed. */
  readonly followed: readonly string[];
  /** Why the message is not taken: the aliases lead in a circle (Postfix counts to a thousand), or to too many. */
  readonly problem?: 'nesting' | 'size';
}

/** Follows aliases as cleanup does (cleanup_map1n.c). An alias that names itself keeps a copy here. */
export function expandAliases(config: MtaConfig, recipient: string): Expansion {
  const found: string[] = [recipient];
  const followed: string[] = [];
  const toItself = new Set<string>();
  for (let at = 0; at < found.length; at++) {
    if (found.length > EXPANSION_LIMIT) return { addresses: [], followed, problem: 'size' };
    const way = new Set<string>();
    for (;;) {
      const address = found[at] as string;
      const key = address.toLowerCase();
      const targets = toItself.has(key) ? undefined : aliasOf(config, address);
      if (targets === undefined) break;
      if (way.has(key) || way.size >= EXPANSION_LIMIT)
        return { addresses: [], followed: [...followed, key], problem: 'nesting' };
      way.add(key);
      followed.push(key);
      if (targets.some((target) => target.toLowerCase() === key)) toItself.add(key);
      const [first, ...rest] = targets;
      found[at] = first as string;
      found.push(...rest);
    }
  }
  const addresses = new Map(found.map((address) => [address.toLowerCase(), localForm(config, address)]));
  return { addresses: [...addresses.values()], followed };
}

/** Turns an address that SRS made here back; undefined when it is none of ours. It works even while SRS is off. */
export function reverseSender(config: MtaConfig, address: string, now: Time): SrsReversed | undefined {
  const { srs } = config;
  const { domain } = splitAddress(address);
  if (srs === undefined || !isSrs(address) || domain.toLowerCase() !== srs.domain.toLowerCase())
    return undefined;
  return srsReverse(address, { ...srs, now });
}

/** The sender under which forwarded mail leaves, when SRS is on and the sender is somebody else's. */
export function forwardedSender(config: MtaConfig, sender: string, now: Time): string {
  const { srs } = config;
  if (srs?.isOn !== true || isOwnNetwork(config, sender)) return sender;
  return srsForward(sender, { ...srs, now });
}
