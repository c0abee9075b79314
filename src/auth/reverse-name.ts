// What the reverse name of a sending address is worth: none, off the peg, not confirmed by the way back, or right. Knows
// nothing of who asks; a receiver counts or refuses by the state. RFC 1912 §2.1, RFC 8601 §3 (`iprev`).

import { ipv4Bytes, ipv6Bytes, reverseName } from '../dns/address.ts';
import type { Asking } from '../dns/lookup.ts';
import { sameName, withoutDot } from '../dns/name.ts';
import { ask, isTemporary, recordsOf, type DnsEvidence } from './evidence.ts';

export type ReverseState = 'none' | 'generic' | 'mismatch' | 'ok' | 'tempError';

/** Why a name looks as if nobody had chosen it. */
export type GenericSign =
  | { readonly kind: 'address'; readonly written: string }
  | { readonly kind: 'word'; readonly written: string };

/** One name of the address. `addresses` are those that it leads to, in the family that was asked for. */
export interface ReverseCandidate {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly isConfirmed: boolean;
  readonly generic: GenericSign | undefined;
}

export interface ReverseVerdict {
  readonly state: ReverseState;
  readonly address: string;
  /** The name that decided, without final dot; undefined when there is none. */
  readonly name: string | undefined;
  readonly names: readonly ReverseCandidate[];
  /** More than one PTR: legal, and receivers take whichever comes first. */
  readonly isSeveral: boolean;
  /** Whether the name that the client greets with is one of the confirmed ones; good practice, not a duty (RFC 5321 §4.1.4). */
  readonly greetsByName: boolean | undefined;
  readonly evidence: readonly DnsEvidence[];
  readonly rule: string;
}

/** Names looked at per address, as SPF limits `ptr` (RFC 7208 §4.6.4). */
const NAME_LIMIT = 10;
const WORDS =
  /(?:^|[.-])(dyn|dynamic|dynip|dhcp|pool|dsl|adsl|vdsl|cable|ppp|dial(?:in|up)?|broadband|static|cust(?:omer)?s?|client|clients|unassigned|res(?:idential)?)(?=\d*(?:[.-]|$))/i;

/** Sign that a name was made from the address by a machine, undefined when it was chosen. */
export function genericSign(name: string, address: string): GenericSign | undefined {
  const four = ipv4Bytes(address);
  const lower = withoutDot(name).toLowerCase();
  const written = four ? fourIn(lower, four) : sixIn(lower, ipv6Bytes(address) ?? []);
  if (written !== undefined) return { kind: 'address', written };
  const word = WORDS.exec(lower.split('.').slice(0, -2).join('.'))?.[1];
  return word === undefined ? undefined : { kind: 'word', written: word };
}

/** The four numbers of the address in the name, forwards or backwards, in decimal or as eight hexadecimal digits. */
function fourIn(name: string, bytes: readonly number[]): string | undefined {
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const digits = (list: readonly number[], gap: string): RegExp =>
    new RegExp(`(?<!\\d)${list.map((byte) => `0{0,2}${byte}`).join(gap)}(?!\\d)`);
  const back = [...bytes].reverse();
  const padded = bytes.map((byte) => String(byte).padStart(3, '0')).join('');
  for (const pattern of [digits(bytes, '[^a-z0-9]'), digits(back, '[^a-z0-9]')]) {
    const found = pattern.exec(name)?.[0];
    if (found !== undefined) return found;
  }
  return [padded, hex].find((text) => name.includes(text));
}

/** The 32 digits of the address in a row or parted, forwards or backwards; or its groups parted by hyphens. */
function sixIn(name: string, bytes: readonly number[]): string | undefined {
  const nibbles = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const run = name.replace(/[.-]/g, '');
  const back = [...nibbles].reverse().join('');
  if (run.includes(nibbles) || run.includes(back)) return nibbles;
  const label = name.split('.').find((part) => {
    const groups = part.replace(/^[a-z0-9]*[g-z][a-z0-9]*-/, '').replace(/-/g, ':');
    return ipv6Bytes(groups)?.every((byte, index) => byte === bytes[index]) === true;
  });
  return label;
}

/** The policy: PTR, then the addresses of every name (S3-041). `helo` as the client said it. */
export function* reverseNamePolicy(address: string, helo?: string): Asking<ReverseVerdict> {
  const evidence: DnsEvidence[] = [];
  const names: ReverseCandidate[] = [];
  const verdict = (state: ReverseState, name: string | undefined, rule: string): ReverseVerdict => ({
    state,
    address,
    name: name === undefined ? undefined : withoutDot(name),
    names,
    isSeveral: (evidence[0] ? recordsOf(evidence[0], 'PTR').length : 0) > 1,
    greetsByName:
      helo === undefined
        ? undefined
        : names.some((item) => item.isConfirmed && sameName(item.name, `${withoutDot(helo)}.`)),
    evidence,
    rule,
  });
  const reverse = reverseName(address);
  if (reverse === undefined) return verdict('none', undefined, 'RFC 1035 §3.5');
  const back = yield* ask(reverse, 'PTR');
  evidence.push(back);
  if (isTemporary(back)) return verdict('tempError', undefined, 'RFC 8601 §2.7.3');
  const pointers = recordsOf(back, 'PTR');
  if (pointers.length === 0) return verdict('none', undefined, 'RFC 1912 §2.1');
  let isUncertain = false;
  for (const { target } of pointers.slice(0, NAME_LIMIT)) {
    const type = address.includes(':') ? 'AAAA' : 'A';
    const forth = yield* ask(target, type);
    evidence.push(forth);
    isUncertain ||= isTemporary(forth);
    const addresses = recordsOf(forth, type).map((data) => data.address);
    names.push({
      name: target,
      addresses,
      isConfirmed: addresses.includes(address),
      generic: genericSign(target, address),
    });
  }
  const confirmed = names.filter((item) => item.isConfirmed);
  const chosen = confirmed.find((item) => item.generic === undefined);
  if (chosen) return verdict('ok', chosen.name, 'RFC 8601 §3');
  if (confirmed[0]) return verdict('generic', confirmed[0].name, 'RFC 1912 §2.1');
  if (isUncertain) return verdict('tempError', names[0]?.name, 'RFC 8601 §2.7.3');
  return verdict('mismatch', names[0]?.name, 'RFC 8601 §3');
}

export interface ReverseFinding {
  readonly id: 'PTR-MISSING' | 'PTR-GENERIC' | 'PTR-MISMATCH';
  readonly severity: 'warning';
  readonly params: Readonly<Record<string, string>>;
  readonly rule: string;
}

/** What to tell whoever runs the host `host` at that address; undefined when all is well or not known. */
export function reverseFinding(verdict: ReverseVerdict, host: string): ReverseFinding | undefined {
  const { state, address, name = '' } = verdict;
  const found = (id: ReverseFinding['id'], params: ReverseFinding['params']): ReverseFinding => ({
    id,
    severity: 'warning',
    params: { address, host: withoutDot(host), ...params },
    rule: verdict.rule,
  });
  switch (state) {
    case 'none':
      return found('PTR-MISSING', {});
    case 'generic':
      return found('PTR-GENERIC', { name });
    case 'mismatch':
      return found('PTR-MISMATCH', { name, found: verdict.names[0]?.addresses.join(', ') ?? '' });
    case 'ok':
    case 'tempError':
      return undefined;
  }
}
