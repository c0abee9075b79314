// What a receiver does with a DMARC verdict: a pure function of the verdict, what else is known, and its configuration.
// RFC 9989 §7 (receivers must not reject on p=reject alone), RFC 9990 for the names of overrides.

import type { DmarcPolicy } from './dmarc-record.ts';
import type { DmarcVerdict } from './dmarc.ts';

/** RFC 9990: why a receiver did not do what the policy asks. */
export type DmarcOverride =
  'local_policy' | 'mailing_list' | 'policy_test_mode' | 'trusted_forwarder' | 'other';

export interface DmarcReceiverConfig {
  /** `strict` does what the domain asks; `rfc9989` rejects only with further evidence. */
  readonly mode: 'strict' | 'rfc9989';
  readonly onTemporaryError: 'accept' | 'defer';
}

/** What the receiver knows beyond DMARC. */
export interface DmarcCircumstances {
  /** The sending host is on the list of trusted forwarders. */
  readonly isTrustedForwarder?: boolean;
  /** A chain of trusted ARC seals says that the author was authentic: what a report says of it (RFC 8617 §7.2.2). */
  readonly trustedArc?: string;
  /** The message bears the marks of a mailing list (RFC 2919). */
  readonly isMailingList?: boolean;
  /** Other analysis speaks against the message too (content, reputation, block list). */
  readonly isOtherwiseSuspect?: boolean;
}

export interface DmarcDecision {
  /** `junk` is quarantine. */
  readonly action: 'accept' | 'junk' | 'reject' | 'defer';
  /** Disposition for the aggregate report (RFC 9990). */
  readonly disposition: DmarcPolicy;
  readonly overrides: readonly DmarcOverride[];
  /** What the aggregate report says beside the override (RFC 9990, `comment`). */
  readonly comment?: string;
  readonly rule: string;
}

export const STRICT_RECEIVER: DmarcReceiverConfig = { mode: 'strict', onTemporaryError: 'accept' };
export const RFC9989_RECEIVER: DmarcReceiverConfig = { mode: 'rfc9989', onTemporaryError: 'accept' };

/** Decides. Host turns the action into replies and folders. */
export function decideDmarc(
  verdict: Pick<DmarcVerdict, 'result' | 'disposition' | 'policy'>,
  config: DmarcReceiverConfig,
  known: DmarcCircumstances = {},
): DmarcDecision {
  if (verdict.result === 'temperror')
    return {
      action: config.onTemporaryError,
      disposition: 'none',
      overrides: [],
      rule: 'RFC 9989 §4.4',
    };
  if (verdict.result !== 'fail')
    return { action: 'accept', disposition: 'none', overrides: [], rule: 'RFC 9989 §4.4' };
  const testing: DmarcOverride[] = verdict.policy !== verdict.disposition ? ['policy_test_mode'] : [];
  const accept = (override: DmarcOverride, comment?: string): DmarcDecision => ({
    action: 'accept',
    disposition: 'none',
    overrides: [...testing, override],
    ...(comment === undefined ? {} : { comment }),
    rule: 'RFC 9989 §7.4',
  });
  switch (verdict.disposition) {
    case 'none':
      return { action: 'accept', disposition: 'none', overrides: testing, rule: 'RFC 9989 §4.7' };
    case 'quarantine':
    case 'reject': {
      if (known.isTrustedForwarder === true) return accept('trusted_forwarder');
      if (known.trustedArc !== undefined) return accept('local_policy', known.trustedArc);
      if (config.mode === 'rfc9989' && known.isMailingList === true) return accept('mailing_list');
      if (verdict.disposition === 'quarantine')
        return { action: 'junk', disposition: 'quarantine', overrides: testing, rule: 'RFC 9989 §4.7' };
      // RFC 9989 §7.4: without further evidence a failure under p=reject is treated as under quarantine.
      if (config.mode === 'rfc9989' && known.isOtherwiseSuspect !== true)
        return {
          action: 'junk',
          disposition: 'quarantine',
          overrides: [...testing, 'local_policy'],
          rule: 'RFC 9989 §7.4',
        };
      return { action: 'reject', disposition: 'reject', overrides: testing, rule: 'RFC 9989 §4.7' };
    }
  }
}
