// What a receiver tells its reporter about a message that it has judged: everything that a report will say of it, and no
// more. The MTA hands it over with one call; who runs no reporter, tells nobody.

import type { DmarcDecision } from '../../auth/dmarc-receiver.ts';
import type { MessageVerdict } from '../../auth/message-check.ts';
import { reportRow } from '../../auth/report-row.ts';
import type { PublishedPolicy, ReportRow } from '../../message/report-aggregate.ts';
import type { FailureFacts } from '../../message/report-failure.ts';
import type { DmarcUri } from '../../auth/dmarc-record.ts';
import type { Os } from '../program.ts';

/** One message, judged. Plain data. */
export interface Judgement {
  readonly queueId: string;
  readonly connection: number;
  /** What stood in the DNS, by which reports are kept apart: a changed record begins a report of its own. */
  readonly record: string;
  readonly policy: PublishedPolicy;
  readonly rua: readonly DmarcUri[];
  readonly ruf: readonly DmarcUri[];
  readonly fo: readonly string[];
  readonly row: ReportRow;
  readonly facts: FailureFacts;
  /** Hash of the message as it came. */
  readonly message: string;
  readonly reversePath: string;
  readonly action: DmarcDecision['action'];
}

export interface JudgedMessage {
  readonly queueId: string;
  readonly connection: number;
  readonly message: string;
  readonly reversePath: string;
  readonly recipients: readonly string[];
}

/**
 * The judgement of a message, or undefined where no report is due: the domain has no policy, or the message was put off
 * and will be judged again when it comes back.
 */
export function judgementOf(
  message: JudgedMessage,
  found: Pick<MessageVerdict, 'spf' | 'dkim' | 'dmarc'>,
  decision: DmarcDecision,
): Judgement | undefined {
  const { record, policy } = found.dmarc;
  if (record === undefined || policy === undefined || decision.action === 'defer') return undefined;
  const { parsed } = record;
  const recipient = message.recipients[0];
  const to = recipient?.slice(recipient.lastIndexOf('@') + 1).toLowerCase();
  return {
    queueId: message.queueId,
    connection: message.connection,
    record: record.text,
    policy: {
      domain: record.domain,
      discoveryMethod: 'treewalk',
      p: parsed.hasBadPolicy ? 'none' : (parsed.p ?? 'none'),
      ...(parsed.sp === undefined ? {} : { sp: parsed.sp }),
      ...(parsed.np === undefined ? {} : { np: parsed.np }),
      ...(parsed.tags.some((tag) => tag.name.toLowerCase() === 'fo') ? { fo: parsed.fo.join(':') } : {}),
      adkim: parsed.adkim === 'strict' ? 's' : 'r',
      aspf: parsed.aspf === 'strict' ? 's' : 'r',
      testing: parsed.isTest,
    },
    rua: parsed.rua,
    ruf: parsed.ruf,
    fo: parsed.fo,
    row: reportRow(found, decision, to),
    facts: {
      spf: found.spf.result,
      spfAligned: found.dmarc.spfAligned,
      dkim: found.dkim.map((one) => one.result),
      dkimAligned: found.dmarc.dkimAligned,
    },
    message: message.message,
    reversePath: message.reversePath,
    action: decision.action,
  };
}

/** Tells every reporter of this host. */
export function tellReporters(judgement: Judgement | undefined, os: Os): void {
  if (judgement === undefined) return;
  for (const [id, program] of os.host.programs)
    if (program.kind === 'reporter') os.call(id, { type: 'judged', judgement });
}
