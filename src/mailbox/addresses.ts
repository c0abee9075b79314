// From a recipient's address to a mailbox: aliases, the table of mailboxes, plus addressing, catch-all and the role
// addresses every domain must have. Postfix's virtual(5) and RFC 5233 first; RFC 2142 for roles. Knows no store.

import { lookupKey, splitEnvelope } from '../message/address.ts';

/** What a mail host is told about its addresses. Keys are in lower case. */
export interface AddressTable {
  /** Domains whose mailboxes are here. */
  readonly domains: readonly string[];
  /** Addresses with a mailbox, as `local@domain`. */
  readonly mailboxes: readonly string[];
  /** `sales@x` → addresses; `@x` catches everything of x that is not listed. */
  readonly aliases: Readonly<Record<string, readonly string[]>>;
  /** Postfix's `recipient_delimiter`; '' switches it off. */
  readonly delimiter: string;
  /** Who gets what goes to postmaster and abuse of these domains when no table names them. */
  readonly roleMailbox?: string;
}

export interface Delivery {
  /** Name of the user whose mailbox it is. */
  readonly user: string;
  /** Folder asked for with the delimiter; used only when it exists (S5-003). */
  readonly detail?: string;
}

export type Resolution =
  /** One entry a mailbox, without doubles. `remote`: addresses an alias names that do not live here. */
  | {
      readonly kind: 'local';
      readonly deliveries: readonly Delivery[];
      readonly remote: readonly string[];
      readonly via: Via;
    }
  | { readonly kind: 'unknown-user' }
  | { readonly kind: 'foreign-domain' };

/** Which table decided, for the explanation. */
export type Via = 'mailbox' | 'alias' | 'role' | 'catch-all';

/** RFC 2142 §5, and RFC 5321 §4.5.1 for postmaster. */
const ROLES = ['postmaster', 'abuse'];

/** An alias may name aliases; Postfix stops at `virtual_alias_recursion_limit`. */
const MAX_DEPTH = 1000;

/** Resolves an envelope recipient, in any case and quoting. `<postmaster>` without a domain is the first domain's. */
export function resolveAddress(table: AddressTable, path: string): Resolution {
  const key = lookupKey(path);
  const { domain } = splitEnvelope(key);
  const address = domain === '' ? `${key}@${table.domains[0] ?? ''}` : key;
  const at = address.lastIndexOf('@');
  if (!table.domains.includes(address.slice(at + 1))) return { kind: 'foreign-domain' };
  const deliveries = new Map<string, Delivery>();
  const remote = new Set<string>();
  const seen = new Set<string>();
  let firstVia: Via | undefined;
  const pending: { address: string; detail: string | undefined }[] = [{ address, detail: undefined }];
  for (let next = pending.shift(); next !== undefined && seen.size < MAX_DEPTH; next = pending.shift()) {
    if (seen.has(next.address)) continue;
    seen.add(next.address);
    const found = lookUp(table, next.address);
    if (found === undefined) {
      const home = next.address.slice(next.address.lastIndexOf('@') + 1);
      if (!table.domains.includes(home)) remote.add(next.address);
      continue;
    }
    firstVia ??= found.via;
    const detail = found.detail ?? next.detail;
    if (found.targets === undefined)
      deliveries.set(found.address, { user: found.address, ...(detail === undefined ? {} : { detail }) });
    else for (const target of found.targets) pending.push({ address: lookupKey(target), detail });
  }
  if (deliveries.size === 0 && remote.size === 0) return { kind: 'unknown-user' };
  return {
    kind: 'local',
    deliveries: [...deliveries.values()],
    remote: [...remote],
    via: firstVia ?? 'mailbox',
  };
}

interface Found {
  readonly address: string;
  readonly via: Via;
  readonly detail?: string;
  /** Undefined: it is a mailbox. */
  readonly targets?: readonly string[];
}

/** Postfix's order: the address with its extension, without it, roles, then the catch-all of the domain. */
function lookUp(table: AddressTable, address: string): Found | undefined {
  const at = address.lastIndexOf('@');
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  const split = table.delimiter === '' ? -1 : local.indexOf(table.delimiter);
  const candidates: { address: string; detail?: string }[] = [{ address }];
  if (split > 0)
    candidates.push({
      address: `${local.slice(0, split)}@${domain}`,
      detail: local.slice(split + table.delimiter.length),
    });
  for (const candidate of candidates) {
    const targets = Object.hasOwn(table.aliases, candidate.address)
      ? table.aliases[candidate.address]
      : undefined;
    if (targets !== undefined && !selfOnly(targets, candidate.address))
      return { ...candidate, via: 'alias', targets };
    if (table.mailboxes.includes(candidate.address)) return { ...candidate, via: 'mailbox' };
  }
  if (!table.domains.includes(domain)) return undefined;
  if (table.roleMailbox !== undefined && ROLES.includes(local))
    return { address, via: 'role', targets: [table.roleMailbox] };
  const rest = Object.hasOwn(table.aliases, `@${domain}`) ? table.aliases[`@${domain}`] : undefined;
  return rest === undefined ? undefined : { address, via: 'catch-all', targets: rest };
}

/** `bob@x → bob@x` shields bob from the catch-all; it is no step. */
function selfOnly(targets: readonly string[], address: string): boolean {
  return targets.length === 1 && lookupKey(targets[0] ?? '') === address;
}
