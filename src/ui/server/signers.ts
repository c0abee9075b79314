// What the settings panel knows of DKIM keys: whether the public half stands in a zone that is published, and what a new
// selector may be called. Pure; the keys themselves are read by the worker.

import { readDkimKey } from '../../auth/dkim-key.ts';
import { isSubdomain, nameKey, parseName, sameName, withoutDot } from '../../dns/name.ts';
import { parseZone } from '../../dns/zone-file.ts';

/** One key that a server signs with, as the setting has it. */
export interface Signer {
  readonly domain: string;
  readonly selector: string;
  readonly algorithm: 'rsa-sha256' | 'ed25519-sha256';
  /** PEM. */
  readonly privateKey: string;
}

export interface ZoneText {
  readonly zone: string;
  readonly text: string;
}

/** Where a key's record belongs: `s1._domainkey.wolke.example`. */
export const keyName = (selector: string, domain: string): string => `${selector}._domainkey.${domain}`;

/** The innermost of these zones that a name lies in. */
export function zoneOf<T extends { readonly zone: string }>(
  name: string,
  zones: readonly T[],
): T | undefined {
  return zones
    .filter(({ zone }) => isSubdomain(`${withoutDot(name)}.`, zone))
    .sort((a, b) => b.zone.length - a.zone.length)[0];
}

/** What the published zones say about a key. `record` is the text that belongs to it. */
export function publication(
  signer: Pick<Signer, 'domain' | 'selector'>,
  record: string,
  zones: readonly ZoneText[],
): 'inDns' | 'otherInDns' | 'notInDns' | 'otherZone' {
  const name = keyName(signer.selector, signer.domain);
  const home = zoneOf(name, zones);
  if (home === undefined) return 'otherZone';
  const texts = parseZone(home.text, home.zone).records.flatMap(({ name: owner, data }) =>
    data.type === 'TXT' && sameName(owner, `${name}.`) ? [data.strings.join('')] : [],
  );
  if (texts.length === 0) return 'notInDns';
  const own = publicHalf(record);
  return texts.some((text) => publicHalf(text) === own) ? 'inDns' : 'otherInDns';
}

/** The value of `p=`, without blanks. */
function publicHalf(record: string): string | undefined {
  return readDkimKey(record)
    .tags.find(({ name }) => name === 'p')
    ?.value.replace(/\s/g, '');
}

/** The first of s1, s2, … that neither signs nor stands in DNS yet. */
export function freeSelector(
  domain: string,
  signers: readonly Pick<Signer, 'domain' | 'selector'>[],
  zones: readonly ZoneText[],
): string {
  const taken = new Set(signers.map(({ selector, domain: of }) => nameKey(`${keyName(selector, of)}.`)));
  for (const { zone, text } of zones)
    for (const { name } of parseZone(text, zone).records) taken.add(nameKey(name));
  for (let n = 1; ; n++) if (!taken.has(nameKey(`${keyName(`s${n}`, domain)}.`))) return `s${n}`;
}

export const isSelector = (text: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(text);

export const isDomain = (text: string): boolean =>
  /^([a-z0-9_]([a-z0-9_-]*[a-z0-9])?\.)+[a-z0-9-]+$/i.test(text) && parseName(text).ok;
