// Milters at the end of data that look into the message itself: a virus scanner and a spam filter, which know the two strings
// that exist to be found. clamav-milter(8), spamass-milter(1).

import { findTestStrings } from '../../filter/test-strings.ts';
import { spamFound, virusFound } from '../../smtp/postfix.ts';
import type { Reply } from '../../smtp/reply.ts';
import { serverAnswer } from '../../smtp/server.ts';
import type { ServerQuestion } from '../../smtp/session.ts';
import type { Os } from '../program.ts';
import type { SmtpdClient } from './state.ts';

type MessageQuestion = Extract<ServerQuestion, { kind: 'message' }>;

/** The milters at the end of data: refuses what the scanner or the filter finds (clamav-milter, spamass-milter). */
export function isStopped(client: SmtpdClient, id: number, question: MessageQuestion, os: Os): boolean {
  const found = findTestStrings(question.message);
  if (found === undefined || client.session === undefined) return false;
  const queueId = client.queueId ?? 'NOQUEUE';
  const { connection } = client;
  os.cause = os.emit({ type: 'content.found', connection, queueId, finding: found }, 'RFC 5321 §7.9');
  if (found.kind === 'spam')
    os.log(
      'spamd',
      `spamd: identified spam (${found.score.toFixed(1)}/5.0) for spamass-milter: in 0.1 seconds, ${question.message.length} bytes.`,
    );
  else
    os.log(
      'clamav-milter',
      `Message ${queueId} from <${question.envelope.reversePath}> infected by ${found.name}`,
    );
  const refusal = found.kind === 'virus' ? virusFound(found.name) : spamFound();
  os.log('postfix/cleanup', milterRejectLine(queueId, client, question, refusal));
  serverAnswer(client.session, id, { reply: refusal }, os.now);
  return true;
}

/** `QUEUEID: milter-reject: END-OF-MESSAGE from …: 5.7.1 …; from=<…> to=<…> proto=ESMTP helo=<…>`, as cleanup logs it. */
export function milterRejectLine(
  queueId: string,
  { peer, address }: SmtpdClient,
  { envelope, protocol, helo }: MessageQuestion,
  refusal: Reply,
): string {
  const text = `${refusal.enhanced ?? ''} ${refusal.lines.join(' ')}`.trim();
  const to = envelope.recipients[0]?.address ?? '';
  return `${queueId}: milter-reject: END-OF-MESSAGE from ${peer.name}[${address}]: ${text}; from=<${envelope.reversePath}> to=<${to}> proto=${protocol} helo=<${helo ?? ''}>`;
}
