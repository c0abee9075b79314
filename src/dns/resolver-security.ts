// Which zones a validating resolver takes for signed, and what it says about its failures. The signatures themselves are a
// model: no key is made and no RRSIG travels; a table of the resolver's settings stands for the outcome of validation.
// RFC 4035 §4.3 for the states, RFC 6840 §5.7 and §5.8 for AD, RFC 8914 for extended errors.

import type { Edns } from './message.ts';
import { nameKey, withAncestors } from './name.ts';
import type { FailureReason } from './resolver-note.ts';

/** `secure`: the chain of trust holds. `insecure`: there is none. `bogus`: there should be one, and it does not hold. */
export type Security = 'secure' | 'insecure' | 'bogus';

/** States by zone, absolute; names below inherit, and what is not named is insecure. */
export type SecurityTable = Readonly<Record<string, Security>>;

function ofName(table: SecurityTable, name: string): Security {
  for (const at of withAncestors(nameKey(name))) {
    const state = table[at];
    if (state !== undefined) return state;
  }
  return 'insecure';
}

/** The state of an answer is that of its weakest part; one bogus part spoils it. */
export function securityOf(table: SecurityTable, names: readonly string[]): Security {
  if (Object.keys(table).length === 0) return 'insecure';
  const states = names.map((name) => ofName(table, name));
  if (states.includes('bogus')) return 'bogus';
  return states.every((state) => state === 'secure') ? 'secure' : 'insecure';
}

/** What goes with SERVFAIL, as a resolver that speaks RFC 8914 says it. */
export const EXTENDED_ERRORS: Readonly<Record<FailureReason, NonNullable<Edns['extendedError']>>> = {
  'no server answers': { code: 22, text: '' },
  'all servers lame': { code: 22, text: '' },
  'no address of a name server': { code: 22, text: '' },
  'out of time': { code: 22, text: '' },
  'alias loop': { code: 0, text: 'CNAME loop' },
  'alias chain too long': { code: 0, text: 'CNAME chain too long' },
  'too many queries': { code: 0, text: 'query limit reached' },
  'failed lately': { code: 13, text: '' },
  'DNSSEC bogus': { code: 6, text: '' },
};
