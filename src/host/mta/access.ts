// Who may do what: own networks, own domains, own recipients. Pure look-ups in the configuration. postconf(5).

import { inNetwork, parseIp, type IpAddress } from '../../auth/ip.ts';
import { hasForeignRouting } from '../../smtp/postfix.ts';
import type { MtaConfig, TransportEntry } from './config.ts';

/** Splits at the last `@`; without one the domain is ''. */
export function splitAddress(address: string): { readonly localPart: string; readonly domain: string } {
  const at = address.lastIndexOf('@');
  return at < 0
    ? { localPart: address, domain: '' }
    : { localPart: address.slice(0, at), domain: address.slice(at + 1) };
}

interface Block {
  readonly base: IpAddress;
  readonly prefix: number;
}

/** Lists of networks as they were read: every client is held against the same ones. */
const blocksOf = new WeakMap<readonly string[], readonly Block[]>();

function readBlocks(networks: readonly string[]): readonly Block[] {
  const known = blocksOf.get(networks);
  if (known !== undefined) return known;
  const blocks = networks.flatMap((entry): Block[] => {
    const [network, prefix] = entry.split('/');
    const base = parseIp(network ?? '');
    if (base === undefined) return [];
    return [{ base, prefix: prefix === undefined ? base.bytes.length * 8 : Number(prefix) }];
  });
  blocksOf.set(networks, blocks);
  return blocks;
}

/** The address is one of these, or in one of these CIDR blocks. */
export function isInNetworks(networks: readonly string[], address: string): boolean {
  const ip = parseIp(address);
  return ip !== undefined && readBlocks(networks).some(({ base, prefix }) => inNetwork(ip, base, prefix));
}

const OWN_HOST = ['127.0.0.0/8', '::1'];

/** permit_mynetworks: the client's address is in mynetworks or is this host itself. */
export function isPermitted(config: MtaConfig, address: string): boolean {
  return isInNetworks(OWN_HOST, address) || isInNetworks(config.mynetworks, address);
}

/** This server is the final destination of the address, and nothing in it asks for a route elsewhere. */
export function isOwnNetwork(config: MtaConfig, address: string): boolean {
  const domain = splitAddress(address).domain.toLowerCase();
  return config.virtualMailboxDomains.includes(domain) && !hasForeignRouting(address);
}

/**
 * The address under which a recipient is known here, or undefined: virtual_mailbox_maps, with `+extension` taken off, and
 * the bare `postmaster` that every server must know (RFC 5321 §4.5.1).
 */
export function localAddress(config: MtaConfig, address: string): string | undefined {
  const { localPart, domain } = splitAddress(address);
  const own =
    domain === '' && localPart.toLowerCase() === 'postmaster' ? config.virtualMailboxDomains[0] : domain;
  if (own === undefined) return undefined;
  const whole = `${localPart}@${own}`.toLowerCase();
  const base = `${localPart.split('+')[0] ?? ''}@${own}`.toLowerCase();
  if (config.virtualMailboxMaps.includes(whole)) return whole;
  return config.virtualMailboxMaps.includes(base) ? base : undefined;
}

/** transport_maps: the LMTP server that an address is handed to, by the whole address, without `+extension`, by domain. */
export function transportOf(config: MtaConfig, address: string): TransportEntry | undefined {
  const { localPart, domain } = splitAddress(address.toLowerCase());
  const wanted = [`${localPart}@${domain}`, `${localPart.split('+')[0] ?? ''}@${domain}`, domain];
  for (const key of wanted) {
    const entry = config.transportMaps?.find(({ pattern }) => pattern.toLowerCase() === key);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
