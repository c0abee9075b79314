// The aliases of aliases(5): short names on this very host, and what each of them stands for. Pure look-ups in the
// configuration; `local.ts` delivers. local(8), aliases(5).

import { splitAddress } from './access.ts';
import type { MtaConfig } from './config.ts';

/** As many as virtual aliases may be. */
const EXPANSION_LIMIT = 1000;

/** mydestination: `$myhostname, localhost`, once there are aliases at all. */
export function isLocalDomain(config: MtaConfig, address: string): boolean {
  if (config.aliasMaps === undefined) return false;
  const domain = splitAddress(address).domain.toLowerCase();
  return domain === config.myhostname.toLowerCase() || domain === 'localhost';
}

/** A line's name and its targets; undefined for what is none. */
function readLine(line: string): { readonly name: string; readonly targets: readonly string[] } | undefined {
  const [, name = '', rest = ''] = /^\s*"?([^":\s]+)"?\s*:\s*(.+)$/.exec(line) ?? [];
  const targets = rest.split(/[\s,]+/).filter((target) => target !== '');
  return name === '' || targets.length === 0 ? undefined : { name: name.toLowerCase(), targets };
}

/** What a name stands for, with `+extension` first, then without. */
export function localAliasOf(config: MtaConfig, name: string): readonly string[] | undefined {
  const lower = name.toLowerCase();
  const lines = (config.aliasMaps ?? []).flatMap((line) => readLine(line) ?? []);
  for (const key of [lower, lower.split('+')[0] ?? '']) {
    const found = lines.find((line) => line.name === key);
    if (found !== undefined) return found.targets;
  }
  return undefined;
}

/** Somebody has a mailbox under that name on this host. */
export function isLocalUser(config: MtaConfig, name: string): boolean {
  const lower = name.toLowerCase();
  const users = config.localRecipientMaps ?? [];
  return users.includes(lower) || users.includes(lower.split('+')[0] ?? '');
}

/** local_recipient_maps: users and aliases. */
export function isLocalRecipient(config: MtaConfig, address: string): boolean {
  const { localPart } = splitAddress(address);
  return isLocalUser(config, localPart) || localAliasOf(config, localPart) !== undefined;
}

/** What a local name stands for in the end. */
export interface LocalExpansion {
  /** Mailboxes of this host, as addresses under its name. */
  readonly mailboxes: readonly string[];
  /** Addresses that are not this host's, for which the message is queued anew. */
  readonly forwards: readonly string[];
  /** Names that nobody has. */
  readonly unknown: readonly string[];
  readonly followed: readonly string[];
  /** Where aliases lead in a circle; Postfix gives up at a hundred levels. */
  readonly circle?: string;
}

/** Follows local aliases (alias.c). An alias that includes its own name, or `\\name`, is the mailbox of that name. */
export function expandLocal(config: MtaConfig, address: string): LocalExpansion {
  const mailboxes = new Set<string>();
  const forwards = new Map<string, string>();
  const unknown = new Set<string>();
  const followed: string[] = [];
  const origin = config.myorigin ?? config.myhostname;
  const here = (name: string): void => {
    const whole = `${name}@${config.myhostname}`.toLowerCase();
    if (isLocalUser(config, name)) mailboxes.add(whole);
    else unknown.add(whole);
  };
  let circle: string | undefined;
  const visit = (name: string, chain: readonly string[]): void => {
    const targets = chain.at(-1) === name ? undefined : localAliasOf(config, name);
    if (targets === undefined) return here(name);
    if (chain.includes(name)) circle ??= name;
    if (followed.includes(name) || followed.length >= EXPANSION_LIMIT) return;
    followed.push(name);
    for (const target of targets) {
      if (target.startsWith('\\')) here(target.slice(1).toLowerCase());
      else {
        const whole = target.includes('@') ? target : `${target}@${origin}`;
        if (isLocalDomain(config, whole))
          visit(splitAddress(whole).localPart.toLowerCase(), [...chain, name]);
        else forwards.set(whole.toLowerCase(), whole);
      }
    }
  };
  visit(splitAddress(address).localPart.toLowerCase(), []);
  return {
    mailboxes: [...mailboxes],
    forwards: [...forwards.values()],
    unknown: [...unknown],
    followed,
    ...(circle === undefined ? {} : { circle }),
  };
}
