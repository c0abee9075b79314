// What receivers of different temper would do with one message: the same verdicts, other house rules. Each profile is a
// model of how such receivers are known to act (as of November 2026), and says at which point of the conversation. RFC 9989
// §7, RFC 7208 §8, RFC 7372 for the codes; the profiles named after providers follow what these publish.

import type { DkimVerdict } from './dkim-verdict.ts';
import {
  decideDmarc,
  RFC9989_RECEIVER,
  STRICT_RECEIVER,
  type DmarcCircumstances,
  type DmarcDecision,
} from './dmarc-receiver.ts';
import type { DmarcVerdict } from './dmarc.ts';
import type { SpfVerdict } from './spf-verdict.ts';

export const RECEIVER_PROFILES = [
  'header-only',
  'rfc9989',
  'strict',
  'spf-reject',
  'gmail-like',
  'outlook-like',
  'gmx-like',
] as const;
export type ReceiverProfile = (typeof RECEIVER_PROFILES)[number];

export interface ProfileOutcome {
  readonly profile: ReceiverProfile;
  readonly action: DmarcDecision['action'];
  /** When it is decided: at RCPT the message itself, and with it DKIM and DMARC, is never seen. */
  readonly stage: 'rcpt' | 'data';
  /** Reply and enhanced status code, when it is not taken. */
  readonly reply?: string;
  /** What decided. */
  readonly because:
    | 'spf'
    | 'dmarc'
    | 'dmarc-pass'
    | 'dmarc-override'
    | 'no-policy'
    | 'unauthenticated'
    | 'not-all-pass'
    | 'dkim-not-aligned'
    | 'verdict-only';
  readonly rule?: string;
}

/** The verdicts of one message, as a receiver has them. */
export interface ProfileInput {
  readonly spf: Pick<SpfVerdict, 'result'>;
  readonly dkim: readonly Pick<DkimVerdict, 'result'>[];
  readonly dmarc: DmarcVerdict;
  readonly known?: DmarcCircumstances;
}

/** What every profile would do. */
export function profileOutcomes(input: ProfileInput): ProfileOutcome[] {
  return RECEIVER_PROFILES.map((profile) => ({ profile, ...outcome(profile, input) }));
}

type Outcome = Omit<ProfileOutcome, 'profile'>;

function outcome(profile: ReceiverProfile, input: ProfileInput): Outcome {
  const { spf, dkim, dmarc } = input;
  switch (profile) {
    case 'header-only':
      return { action: 'accept', stage: 'data', because: 'verdict-only', rule: 'RFC 8601 §1' };
    case 'rfc9989':
      return byDmarc(input, RFC9989_RECEIVER);
    case 'strict':
      return byDmarc(input, STRICT_RECEIVER);
    case 'spf-reject':
      return bySpf(spf.result) ?? byDmarc(input, RFC9989_RECEIVER);
    case 'gmail-like':
      if (spf.result !== 'pass' && !dkim.some((one) => one.result === 'pass'))
        return { action: 'reject', stage: 'data', reply: '550 5.7.26', because: 'unauthenticated' };
      return byDmarc(input, STRICT_RECEIVER, '550 5.7.26');
    case 'outlook-like':
      // For senders of more than 5000 messages a day: everything must pass.
      if (spf.result !== 'pass' || !dkim.some((one) => one.result === 'pass') || dmarc.result !== 'pass')
        return { action: 'reject', stage: 'data', reply: '550 5.7.515', because: 'not-all-pass' };
      return byDmarc(input, STRICT_RECEIVER);
    case 'gmx-like':
      if (!dmarc.dkimAligned && dmarc.result !== 'none')
        return { action: 'reject', stage: 'data', reply: '550', because: 'dkim-not-aligned' };
      if (dmarc.result === 'none' && !dkim.some((one) => one.result === 'pass'))
        return { action: 'reject', stage: 'data', reply: '550', because: 'dkim-not-aligned' };
      return byDmarc(input, STRICT_RECEIVER);
  }
}

/** Receivers that let SPF alone decide, before they have seen the message (RFC 7208 §8.4, codes of RFC 7372 §3.2). */
function bySpf(result: SpfVerdict['result']): Outcome | undefined {
  const reply = { fail: '550 5.7.23', permerror: '550 5.7.24', temperror: '451 4.7.24' } as const;
  if (result !== 'fail' && result !== 'permerror' && result !== 'temperror') return undefined;
  return {
    action: result === 'temperror' ? 'defer' : 'reject',
    stage: 'rcpt',
    reply: reply[result],
    because: 'spf',
    rule: 'RFC 7208 §8.4',
  };
}

function byDmarc(input: ProfileInput, config: typeof STRICT_RECEIVER, code = '550 5.7.1'): Outcome {
  const decision = decideDmarc(input.dmarc, config, input.known);
  const { action, rule } = decision;
  return {
    action,
    stage: 'data',
    ...(action === 'reject' ? { reply: code } : action === 'defer' ? { reply: '451 4.7.26' } : {}),
    because:
      input.dmarc.result === 'pass'
        ? 'dmarc-pass'
        : input.dmarc.result !== 'fail'
          ? 'no-policy'
          : decision.overrides.length > 0
            ? 'dmarc-override'
            : 'dmarc',
    rule,
  };
}
