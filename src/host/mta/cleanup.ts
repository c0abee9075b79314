// cleanup: what happens to a message between the final dot and the queue. Judges what comes from outside, completes and
// signs what comes from the own network, puts the trace header on top. cleanup(8), RFC 5321 §4.4, RFC 6409 §8.

import type { ArcVerdict } from '../../auth/arc-verdict.ts';
import { withoutForgedResults, type AuthenticationResults } from '../../auth/authentication-results.ts';
import { isSrs } from '../../auth/srs.ts';
import { firstField, parseMessage, removeFields } from '../../message/header.ts';
import { postfixMessageId } from '../../message/message-id.ts';
import { postfixDate, receivedHeader, withWord } from '../../smtp/received.ts';
import { dmarcDeferred, dmarcRefused } from '../../smtp/auth-replies.ts';
import { findTestStrings } from '../../filter/test-strings.ts';
import { aliasExpansionError, spamFound, virusFound } from '../../smtp/postfix.ts';
import type { Reply } from '../../smtp/reply.ts';
import { serverAnswer } from '../../smtp/server.ts';
import type { ServerQuestion } from '../../smtp/session.ts';
import type { Os } from '../program.ts';
import { localAddress, transportOf } from './access.ts';
import { isLocalDomain } from './local-aliases.ts';
import { isTrusted, tlsText } from './submission.ts';
import { expandAliases, forwardedSender, reverseSender } from './alias.ts';
import type { MtaConfig } from './config.ts';
import { startJob } from './jobs.ts';
import { judgementOf, tellReporters } from '../reports/judgement.ts';
import { activate } from './qmgr.ts';
import type { MessageOrigin, QueuedMessage } from './queue.ts';
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

/** The milters at the end of data: refuses what the scanner or the filter finds (clamav-milter, spamass-milter). */
function isStopped(client: SmtpdClient, id: number, question: MessageQuestion, os: Os): boolean {
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

/** `QUEUEID: milter-reject: END-OF-MESSAGE from …: 5.7.1 …; from=<…> to=<…> proto=ESMTP helo=<…>`, as cleanup logs it. */
function milterRejectLine(
  queueId: string,
  { peer, address }: SmtpdClient,
  { envelope, protocol, helo }: MessageQuestion,
  refusal: Reply,
): string {
  const text = `${refusal.enhanced ?? ''} ${refusal.lines.join(' ')}`.trim();
  const to = envelope.recipients[0]?.address ?? '';
  return `${queueId}: milter-reject: END-OF-MESSAGE from ${peer.name}[${address}]: ${text}; from=<${envelope.reversePath}> to=<${to}> proto=${protocol} helo=<${helo ?? ''}>`;
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

/** recipient_canonical_maps: an address that SRS made here becomes the sender that it was made from. */
function reverseRecipient(state: MtaState, queueId: string, recipient: string, os: Os): string {
  const back = reverseSender(state.config, recipient, os.now);
  if (back?.ok !== true) return recipient;
  os.log('postsrsd', `srs_reverse: <${recipient}> rewritten as <${back.address}>`);
  os.cause = os.emit({
    type: 'queue.srs',
    queueId,
    direction: 'reverse',
    address: recipient,
    result: back.address,
  });
  return back.address;
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

export interface NewMessage {
  readonly queueId: string;
  /** All of it, as it will be handed on. Binary string. */
  readonly text: string;
  readonly reversePath: string;
  readonly recipients: readonly string[];
  readonly connection?: number;
  readonly bounceOf?: string;
  readonly isWarning?: true;
  readonly origin?: MessageOrigin;
  readonly ret?: 'FULL' | 'HDRS' | undefined;
  /** The address that an alias stood for, when it was one. */
  readonly original?: string;
}

/**
 * The size that Postfix logs and lists: bytes in the queue file, where each line is a record of a type, a length (one more
 * byte for every further seven bits) and the text.
 */
function queueFileSize(text: string): number {
  let size = 0;
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\r\n', at);
    const length = (end < 0 ? text.length : end) - at;
    size += length + (length < 128 ? 2 : length < 16_384 ? 3 : 4);
    if (end < 0) break;
    at = end + 2;
  }
  return size;
}

/** As often may one message come through here to the same people; twice Postfix's hop count. */
const HOP_BUDGET = 100;
const REMEMBERED = 4096;

/** How often a message has come through, this time included. */
function passages({ seen }: MtaState, key: string): number {
  const count = (seen.get(key) ?? 0) + 1;
  seen.delete(key);
  seen.set(key, count);
  if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value as string);
  return count;
}

const isBare = (address: string): boolean => !address.includes('@');

/** Puts a message into the queue and makes it active. From here on it is this server's responsibility (RFC 5321 §6.1). */
export function enqueue(state: MtaState, entry: NewMessage, os: Os): void {
  const { queueId, text } = entry;
  const parsed = parseMessage(text);
  const messageId = firstField(parsed, 'Message-ID')?.value ?? '<>';
  os.log('postfix/cleanup', `${queueId}: message-id=${messageId}`);
  const message = os.keep(text);
  const size = queueFileSize(text);
  // One copy for each, however often somebody is named (cleanup's duplicate filter).
  const expanded: { address: string; followed: readonly string[]; targets: readonly string[] }[] = [];
  const recipients = [
    ...new Map(
      entry.recipients.flatMap((original) => {
        const wanted = reverseRecipient(state, queueId, original, os);
        const { addresses, followed } = expandAliases(state.config, wanted);
        if (followed.length > 0) expanded.push({ address: wanted, followed, targets: addresses });
        const first = entry.original ?? (isBare(original) ? (addresses[0] ?? original) : original);
        return (addresses.length === 0 ? [wanted] : addresses).map(
          (address) => [address.toLowerCase(), { original: first, address }] as const,
        );
      }),
    ).values(),
  ];
  const seq = os.emit(
    {
      type: 'queue.accept',
      queueId,
      message,
      size,
      reversePath: entry.reversePath,
      recipients: recipients.map((recipient) => recipient.address),
      ...(entry.connection === undefined ? {} : { connection: entry.connection }),
      ...(entry.bounceOf === undefined ? {} : { bounceOf: entry.bounceOf }),
      ...(entry.isWarning === true ? { isWarning: true as const } : {}),
    },
    'RFC 5321 §6.1',
  );
  os.cause = seq;
  for (const one of expanded)
    os.emit({ type: 'queue.alias', queueId, table: 'virtual', ...one, added: [] }, 'RFC 5321 §3.9.1');
  const queued: QueuedMessage = {
    queueId,
    arrivedAt: os.now,
    message,
    size,
    reversePath: entry.reversePath,
    recipients: recipients.map(({ original, address }) => ({
      address,
      original,
      done: false,
      reason: undefined,
      dsn: '',
      diagnostic: undefined,
      remoteMta: undefined,
    })),
    place: 'active',
    attempts: 0,
    warned: false,
    origin: entry.origin,
    activeAt: os.now,
    nextAttemptAt: os.now,
    running: 0,
    failed: [],
    ret: entry.ret,
    acceptedSeq: seq,
    bounceOf: entry.bounceOf,
  };
  state.queue.set(queueId, queued);
  if (passages(state, `${messageId} ${recipients.map(({ address }) => address).join()}`) > HOP_BUDGET) {
    // Something takes the marks off by which servers know a loop: stop it here, and lose nothing.
    queued.place = 'hold';
    os.emit({ type: 'queue.bound', queueId, bound: 'hops', limit: HOP_BUDGET });
    return;
  }
  activate(state, queued, os);
}
