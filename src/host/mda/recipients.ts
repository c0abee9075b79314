// Whose mailbox a recipient's address means: the tables of the agent as the address resolver wants them. Plus addressing
// and catch-all included. RFC 5233 §4, virtual(5).

import { resolveAddress, type AddressTable, type Via } from '../../mailbox/addresses.ts';
import type { MdaConfig } from './config.ts';

export interface LocalRecipient {
  readonly user: string;
  /** What stands behind the delimiter. */
  readonly detail?: string;
  readonly via: Via;
}

function tableOf(config: MdaConfig): AddressTable {
  const all = config.users.flatMap((user) => user.addresses);
  const mailboxes = all.filter((address) => !address.startsWith('@'));
  const aliases: Record<string, readonly string[]> = {};
  for (const { addresses } of config.users) {
    const first = addresses.find((address) => !address.startsWith('@'));
    for (const address of addresses)
      if (address.startsWith('@') && first !== undefined) aliases[address.toLowerCase()] = [first];
  }
  return {
    domains: [...new Set(all.map((address) => address.slice(address.lastIndexOf('@') + 1).toLowerCase()))],
    mailboxes: mailboxes.map((address) => address.toLowerCase()),
    aliases,
    delimiter: config.recipientDelimiter ?? '+',
  };
}

/** The user that an envelope recipient means; undefined when nobody has the address. */
export function findRecipient(config: MdaConfig, address: string): LocalRecipient | undefined {
  const found = resolveAddress(tableOf(config), address);
  if (found.kind !== 'local') return undefined;
  const [delivery] = found.deliveries;
  const user = config.users.find((one) =>
    one.addresses.some((a) => a.toLowerCase() === delivery?.user),
  )?.user;
  if (delivery === undefined || user === undefined) return undefined;
  return {
    user,
    via: found.via,
    ...(delivery.detail === undefined ? {} : { detail: delivery.detail }),
  };
}
