// cleanup: what happens to a message between the final dot and the queue. Judges what comes from outside, completes and
// signs what comes from the own network, puts the trace header on top. cleanup(8), RFC 5321 §4.4, RFC 6409 §8.

import type { ArcVerdict } from '../../auth/arc-verdict.ts';
import { withoutForgedResults, type AuthenticationResults } from '../../auth/authentication-results.ts';
import { isSrs } from '../../auth/srs.ts';
import { firstField, parseMessage, removeFields } from '../../message/header.ts';
import { postfixMessageId } from '../../message/message-id.ts';
import { postfixDate, receivedHeader, withWord } from '../../smtp/received.ts';
import { dmarcDeferred, dmarcRefused } from '../../smtp/auth-replies.ts';
import { aliasExpansionError } from '../../smtp/postfix.ts';
import { serverAnswer } from '../../smtp/server.ts';
import type { ServerQuestion } from '../../smtp/session.ts';
import type { Os } from '../program.ts';
import { localAddress, transportOf } from './access.ts';
import { isLocalDomain } from './local-aliases.ts';
import { isTrusted, tlsText } from './submission.ts';
import { expandAliases, forwardedSender } from './alias.ts';
import type { MtaConfig } from './config.ts';
import { startJob } from './jobs.ts';
import { judgementOf, tellReporters } from '../reports/judgement.ts';
import { enqueue } from './enqueue.ts';
import { isStopped, milterRejectLine } from './milters.ts';
import { seal } from './seal.ts';
import { sign } from './sign.ts';
import { settle } from './smtpd.ts';
import type { MtaJob, MtaState, SmtpdClient } from './state.ts';
import { resultsHeaders, resultsOf, type Verification, type VerifyInput } from './verify.ts';

type MessageQuestion = Extract<ServerQuestion, { kind: 'message' }>;

/** The end of data: from outside, the verdicts come first; from inside, the message is completed and signed. */
export function receiveMessage(
  state: MtaState,
  client: SmtpdClient,
  id: number,
  question: MessageQuestion,
  os: Os,
): void {
  const { config } = state;
  const bytes = question.message;
  if (config.contentChecks === true && !isTrusted(config, client) && isStopped(client, id, question, os))
    return;
  if (config.verify !== undefined && !isTrusted(config, client)) {
    startJob(
      state,
      {
        kind: 'verify',
        socket: client.socket,
        question: id,
        message: os.keep(bytes),
        cause: os.cause,
        input: {
          ip: client.address,
          helo: question.helo ?? '',
          reversePath: question.envelope.reversePath,
          receiver: config.myhostname,
          verify: config.verify,
          nowSeconds: Math.floor(os.now / 1000),
          iprev: iprevOf(client),
          ...(client.findings?.found.spf === undefined ? {} : { knownSpf: client.findings.found.spf }),
        },
      },
      os,
    );
    return;
  }
  accept(state, client, id, question, bytes, undefined, os);
}

/** RFC 8601 §2.7.3. */
function iprevOf({ peer }: SmtpdClient): VerifyInput['iprev'] {
  if (peer.name !== 'unknown') return 'pass';
  return peer.reverseName === undefined ? 'permerror' : 'fail';
}

/** The verdicts are there: refuse, or take the message in with the results on top. */
export function verified(
  state: MtaState,
  job: Extract<MtaJob, { kind: 'verify' }>,
  found: Verification,
  os: Os,
): void {
  const client = state.clients.get(job.socket);
  const asked = client?.session?.asked;
  if (client?.session === undefined || asked?.id !== job.question || asked.question.kind !== 'message')
    return;
  const queueId = client.queueId ?? 'NOQUEUE';
  // The verdicts follow from the message; the look-ups are their evidence, not their cause.
  os.cause = job.cause;
  report(client, queueId, found, os);
  const { reversePath, recipients } = asked.question.envelope;
  const judged = {
    queueId,
    connection: client.connection,
    message: job.message,
    reversePath,
    recipients: recipients.map((one) => one.address),
  };
  tellReporters(judgementOf(judged, found, found.decision), os);
  const { action, rule } = found.decision;
  const refusal =
    action === 'reject'
      ? dmarcRefused(job.input.verify.rejectText ?? 'opendmarc', found.dmarc.author, rule)
      : action === 'defer'
        ? dmarcDeferred(rule)
        : undefined;
  if (refusal === undefined)
    accept(
      state,
      client,
      job.question,
      asked.question,
      os.kept(job.message),
      {
        headers: resultsHeaders(found, job.input),
        results: resultsOf(found, job.input),
        chain: found.arc?.verdict,
      },
      os,
    );
  else {
    os.log('postfix/cleanup', milterRejectLine(queueId, client, asked.question, refusal));
    serverAnswer(client.session, job.question, { reply: refusal }, os.now);
  }
  settle(state, client, os);
}

/** Every verdict goes into the trace, each following from the one before, and what OpenDMARC logs into the log. */
function report(client: SmtpdClient, queueId: string, found: Verification, os: Os): void {
  const { connection } = client;
  const emit = (event: Parameters<Os['emit']>[0], rule: string): void => {
    os.cause = os.emit(event, rule);
  };
  emit({ type: 'auth.spf', queueId, connection, verdict: found.spf }, found.spf.rule);
  emit(
    { type: 'auth.dkim', queueId, connection, verdicts: found.dkim },
    found.dkim[0]?.rule ?? 'RFC 6376 §6.1',
  );
  if (found.arc !== undefined)
    emit({ type: 'auth.arc', queueId, connection, ...found.arc }, found.arc.verdict.rule);
  emit(
    { type: 'auth.dmarc', queueId, connection, verdict: found.dmarc, decision: found.decision },
    found.decision.rule,
  );
  os.log('opendmarc', `${queueId}: ${found.dmarc.author} ${found.dmarc.result}`);
  const { overrides, comment } = found.decision;
  if (overrides.length > 0)
    os.log(
      'opendmarc',
      `${queueId}: policy override: ${overrides.join(', ')}${comment === undefined ? '' : ` (${comment})`}`,
    );
}

/** message_drop_headers: what cleanup(8) takes out of every message, wherever it comes from. */
const DROPPED: readonly string[] = ['bcc', 'content-length', 'resent-bcc', 'return-path'];

/** What a message from outside was found to be. */
interface Judged {
  readonly headers: string;
  readonly results: AuthenticationResults;
  readonly chain: ArcVerdict | undefined;
}

function accept(
  state: MtaState,
  client: SmtpdClient,
  id: number,
  question: MessageQuestion,
  bytes: string,
  judged: Judged | undefined,
  os: Os,
): void {
  const { config } = state;
  const queueId = client.queueId;
  const session = client.session;
  if (queueId === undefined || session === undefined) return;
  const trusted = isTrusted(config, client);
  // RFC 8601 §5: nobody outside may speak in this server's name.
  let text = removeFields(bytes, (field) => DROPPED.includes(field.name.toLowerCase()));
  if (config.verify !== undefined) text = withoutForgedResults(text, [config.verify.authservId]);
  if (trusted) text = complete(text, question.envelope.reversePath, queueId, state, os);
  const signatures = trusted
    ? sign(config.signing ?? [], text, os.now, config.signAll)
    : { headers: '', signed: [] };
  const recipients = question.envelope.recipients.map((recipient) => recipient.address);
  for (const recipient of recipients) {
    const { problem, followed } = expandAliases(config, recipient);
    if (problem === undefined) continue;
    os.log(
      'postfix/cleanup',
      `warning: ${queueId}: unreasonable virtual_alias_maps map ${problem === 'size' ? 'expansion size' : 'nesting'} for ${recipient} -- message not accepted, try again later`,
    );
    const event = { type: 'queue.alias', queueId, table: 'virtual', address: recipient, followed } as const;
    os.cause = os.emit({ ...event, targets: [], added: [], loop: 'aliases' }, 'RFC 5321 §3.9.1');
    return serverAnswer(session, id, { reply: aliasExpansionError() }, os.now);
  }
  const received = receivedHeader({
    helo: question.helo,
    peer: client.peer,
    hostname: config.myhostname,
    with: withWord(question.protocol, question.secured, question.login !== undefined),
    ...(typeof client.tls === 'object' ? { tls: `using ${tlsText(client.tls)}` } : {}),
    queueId,
    recipients,
    now: os.now,
    zoneMinutes: os.host.zoneMinutes,
    ...(os.host.zoneMinutes === 60 ? { zoneName: 'CET' } : {}),
  });
  for (const signature of signatures.signed) {
    os.log(
      'opendkim',
      `${queueId}: DKIM-Signature field added (s=${signature.selector}, d=${signature.domain})`,
    );
    os.cause = os.emit({ type: 'auth.signed', queueId, ...signature }, 'RFC 6376 §5');
  }
  serverAnswer(session, id, { ok: true, queueId }, os.now);
  client.queueId = undefined;
  const prepended = client.prepend ?? '';
  client.prepend = undefined;
  let whole = (judged?.headers ?? '') + signatures.headers + prepended + received + text;
  const isForwarded = !trusted && leavesAgain(config, recipients);
  if (judged !== undefined && isForwarded && config.arcSeal?.isOn === true)
    whole = seal(config.arcSeal, queueId, whole, judged.results, judged.chain?.result ?? 'none', os);
  enqueue(
    state,
    {
      queueId,
      text: whole,
      reversePath: isForwarded
        ? rewriteSender(state, queueId, question.envelope.reversePath, os)
        : question.envelope.reversePath,
      recipients,
      connection: client.connection,
      origin: {
        name: client.peer.name,
        reverseName: client.peer.reverseName ?? 'unknown',
        address: client.address,
        port: client.port,
        helo: question.helo ?? '',
        protocol: question.protocol,
      },
      ret: question.envelope.ret,
    },
    os,
  );
}

/** Some alias leads from here to somebody else's server: the message is forwarded. */
function leavesAgain(config: MtaConfig, recipients: readonly string[]): boolean {
  return recipients.some(
    (recipient) =>
      !isSrs(recipient) &&
      expandAliases(config, recipient).addresses.some(
        (address) =>
          localAddress(config, address) === undefined &&
          !isLocalDomain(config, address) &&
          transportOf(config, address) === undefined,
      ),
  );
}

/** sender_canonical_maps with an SRS server behind it: the sender under which forwarded mail leaves. */
function rewriteSender(state: MtaState, queueId: string, sender: string, os: Os): string {
  const rewritten = forwardedSender(state.config, sender, os.now);
  if (rewritten === sender) return sender;
  os.log('postsrsd', `srs_forward: <${sender}> rewritten as <${rewritten}>`);
  os.cause = os.emit({
    type: 'queue.srs',
    queueId,
    direction: 'forward',
    address: sender,
    result: rewritten,
  });
  return rewritten;
}

/** What Postfix adds to mail of its own network: Date, Message-ID and From, when they are missing (RFC 6409 §8). */
function complete(text: string, reversePath: string, queueId: string, state: MtaState, os: Os): string {
  const message = parseMessage(text);
  let added = '';
  if (firstField(message, 'Date') === undefined)
    added += `Date: ${postfixDate(os.now, os.host.zoneMinutes, 'CET')}\r\n`;
  if (firstField(message, 'From') === undefined && reversePath !== '') added += `From: ${reversePath}\r\n`;
  if (firstField(message, 'Message-ID') === undefined)
    added += `Message-Id: ${postfixMessageId(os.now, queueId, state.config.myhostname)}\r\n`;
  if (added === '') return text;
  const end = message.headerEnd;
  // A message without any header gets its blank line too.
  const gap = message.separation === 'blank-line' ? '' : '\r\n';
  return text.slice(0, end) + added + gap + text.slice(end);
}
