// The row of an aggregate report that one message makes: what the receiver saw, decided and will tell the domain. RFC 9990
// §3.1.

import type { ReportRow } from '../message/report-aggregate.ts';
import type { DmarcDecision } from './dmarc-receiver.ts';
import type { MessageVerdict } from './message-check.ts';

/** `envelopeTo` is the domain of the recipient. The domain's wish is left out: it stands once above all rows. */
export function reportRow(
  verdict: Pick<MessageVerdict, 'spf' | 'dkim' | 'dmarc'>,
  decision: DmarcDecision,
  envelopeTo?: string,
): ReportRow {
  const { spf, dkim, dmarc } = verdict;
  const sender = spf.identityReason === 'null-reverse-path' ? '' : spf.domain;
  return {
    sourceIp: spf.ip,
    disposition: dmarc.result === 'pass' ? 'pass' : decision.disposition,
    dkim: dmarc.dkimAligned ? 'pass' : 'fail',
    spf: dmarc.spfAligned ? 'pass' : 'fail',
    reasons: decision.overrides.map((type) => ({
      type,
      ...(decision.comment === undefined || type === 'policy_test_mode' ? {} : { comment: decision.comment }),
    })),
    headerFrom: dmarc.author,
    envelopeFrom: sender,
    ...(envelopeTo === undefined ? {} : { envelopeTo }),
    authDkim: dkim
      .filter((one) => one.domain !== '')
      .map((one) => ({
        domain: one.domain,
        ...(one.selector === '' ? {} : { selector: one.selector }),
        result: one.result,
      })),
    authSpf: [{ domain: spf.domain, scope: 'mfrom', result: spf.result }],
  };
}
