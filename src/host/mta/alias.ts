// Virtual aliases and the rewriting of forwarded senders: which addresses this server takes mail for without having a
// mailbox, where they lead, and how SRS addresses go there and back. Pure look-ups in the configuration. virtual(5).

import type { Time } from '../../base/dates.ts';
import { isSrs, srsForward, srsReverse, type SrsReversed } from '../../auth/srs.ts';
import { isOwnNetwork, localAddress, splitAddress } from './access.ts';
import type { MtaConfig } from './config.ts';

/** virtual_alias_expansion_limit and virtual_alias_recursion_limit: one table, one bound. */
const EXPANSION_LIMIT = 1000;

/** Where an alias leads; undefined when the address is none. `+extension` is looked up first with, then without it. */
export function aliasOf(config: MtaConfig, address: string): readonly string[] | undefined {
  const { localPart, domain } = splitAddress(address.toLowerCase());
  const wanted = [`${localPart}@${domain}`, `${localPart.split('+')[0] ?? ''}@${domain}`, `@${domain}`];
  const lines = config.virtualAliasMaps ?? [];
  for (const key of wanted) {
    const line = lines.find((one) => one.trim().split(/\s+/, 1)[0]?.toLowerCase() === key);
    const targets = line
      ?.trim()
      .split(/[\s,]+/)
      .slice(1);
    if (targets !== undefined && targets.length > 0) return targets;
  }
  return undefined;
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
    (isAliasDomain(config, address) && !/[%!@]/.test(localPart)) ||
    (isSrs(address) && domain.toLowerCase() === config.srs?.domain.toLowerCase())
  );
}

/** The address as it is handed on: with its `+extension`, which the delivery agent reads (RFC 5233 §4). */
function localForm(config: MtaConfig, address: string): string {
  const local = localAddress(config, address);
  return local === undefined || splitAddress(address).domain === ''
    ? (local ?? address)
    : address.toLowerCase();
}

/** All addresses that a recipient stands for after every alias, each once, in order. Itself, when it is none. */
export function expandAliases(config: MtaConfig, recipient: string): readonly string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const visit = (address: string): void => {
    const key = address.toLowerCase();
    if (seen.size >= EXPANSION_LIMIT || seen.has(key)) return;
    seen.add(key);
    const targets = aliasOf(config, address);
    if (targets === undefined) found.push(localForm(config, address));
    else
      for (const target of targets) {
        // An alias that names itself keeps a copy here.
        if (target.toLowerCase() === key) found.push(localForm(config, address));
        else visit(target);
      }
  };
  visit(recipient);
  return found;
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
