// What servers say when they refuse or put off a message because of SPF or DMARC, character by character: policyd-spf behind
// Postfix, OpenDMARC, and the two large providers. Knows no verdict; the host names the case. RFC 7372.

import { recipientRejected } from './postfix.ts';
import { reply, type Reply } from './reply.ts';

export type SpfRefusalKind = 'fail' | 'temperror' | 'permerror';

export interface SpfRefusal {
  readonly kind: SpfRefusalKind;
  /** For the two errors: what went wrong, in the checker's words. */
  readonly problem: string;
  readonly scope: 'mfrom' | 'helo';
  /** The sender or the HELO name that was checked. */
  readonly identity: string;
  readonly ip: string;
}

/** What policyd-spf answers to Postfix and writes to the log: code and text. */
export function spfPolicyAction(
  refusal: SpfRefusal,
  recipient: string,
): { code: number; enhanced: string; text: string } {
  const { kind, problem, scope, identity, ip } = refusal;
  const see = `Please see http://www.openspf.net/Why?s=${scope};id=${identity};ip=${ip};r=${recipient}`;
  switch (kind) {
    case 'fail':
      return {
        code: 550,
        enhanced: '5.7.23',
        text: `Message rejected due to: SPF fail - not authorized. ${see}`,
      };
    case 'permerror':
      return {
        code: 550,
        enhanced: '5.7.24',
        text: `Message rejected due to: SPF Permanent Error: ${problem}. ${see}`,
      };
    case 'temperror':
      return {
        code: 451,
        enhanced: '4.7.24',
        text: `Message deferred due to: SPF Temporary Error: ${problem}. ${see}`,
      };
  }
}

/** The reply to RCPT (S1-170): Postfix puts the recipient before what the policy server says. */
export function spfRefused(refusal: SpfRefusal, recipient: string): Reply {
  const { code, enhanced, text } = spfPolicyAction(refusal, recipient);
  return {
    ...recipientRejected(recipient, code, enhanced, text),
    rule: refusal.kind === 'fail' ? 'RFC 7208 §8.4' : 'RFC 7372 §3.2',
  };
}

/** In whose words a receiver refuses under p=reject. */
export const DMARC_REFUSALS = ['opendmarc', 'gmail', 'microsoft'] as const;
export type DmarcRefusal = (typeof DMARC_REFUSALS)[number];

/** The reply to the end of data when the author's domain asks for rejection. */
export function dmarcRefused(style: DmarcRefusal, domain: string, rule: string): Reply {
  switch (style) {
    case 'opendmarc':
      return reply(550, '5.7.1', `rejected by DMARC policy for ${domain}`, rule);
    case 'gmail':
      return {
        code: 550,
        enhanced: '5.7.26',
        lines: [
          `Unauthenticated email from ${domain} is not accepted due to domain's DMARC policy.`,
          `Please contact the administrator of ${domain} domain if this was a legitimate mail.`,
          'To learn about the DMARC initiative, go to',
          ' https://support.google.com/mail/?p=DmarcRejection',
        ],
        rule,
      };
    case 'microsoft':
      return reply(
        550,
        '5.7.509',
        `Access denied, sending domain ${domain} does not pass DMARC verification and has a DMARC policy of reject.`,
        rule,
      );
  }
}

/** DMARC could not be judged now: what Postfix says when a filter asks for another try. */
export function dmarcDeferred(rule: string): Reply {
  return reply(451, '4.7.1', 'Service unavailable - try again later', rule);
}
