// cleanup: what happens to a message between the final dot and the queue. Judges what comes from outside, completes and
// signs what comes from the own network, puts the trace header on top. cleanup(8), RFC 5321 §4.4, RFC 6409 §8.

import { fromLatin1 } from '../../base/bytes.ts';
import { withoutForgedResults } from '../../auth/authentication-results.ts';
import { firstField, parseMessage, removeFields } from '../../message/header.ts';
import { postfixMessageId } from '../../message/message-id.ts';
import { postfixDate, receivedHeader } from '../../smtp/received.ts';
import { reply } from '../../smtp/reply.ts';
import { serverAnswer } from '../../smtp/server.ts';
import type { ServerQuestion } from '../../smtp/session.ts';
import type { Os } from '../program.ts';
import { isPermitted, localAddress } from './access.ts';
import { startJob } from './jobs.ts';
import { judgementOf, tellReporters } from '../reports/judgement.ts';
import { activate } from './qmgr.ts';
import type { MessageOrigin, QueuedMessage } from './queue.ts';
import { sign } from './sign.ts';
import { settle } from './smtpd.ts';
import type { MtaState, SmtpdClient } from './state.ts';
import { resultsHeaders, type Verification } from './verify.ts';

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
  const bytes = fromLatin1(question.message);
  if (config.verify !== undefined && !isPermitted(config, client.address)) {
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
          authservId: config.verify.authservId,
          onReject: config.verify.onReject,
          nowSeconds: Math.floor(os.now / 1000),
        },
      },
      os,
    );
    return;
  }
  accept(state, client, id, question, bytes, '', os);
}

/** The verdicts are there: refuse, or take the message in with the results on top. */
export function verified(
  state: MtaState,
  socket: number,
  id: number,
  messageHash: string,
  found: Verification,
  endOfData: number | undefined,
  os: Os,
): void {
  const client = state.clients.get(socket);
  const asked = client?.session?.asked;
  if (client?.session === undefined || asked?.id !== id || asked.question.kind !== 'message') return;
  const queueId = client.queueId ?? 'NOQUEUE';
  const { connection } = client;
  // The verdicts follow from the message; the look-ups are their evidence, not their cause.
  os.cause = endOfData;
  const emit = (event: Parameters<Os['emit']>[0], rule: string): void => {
    os.cause = os.emit(event, rule);
  };
  emit({ type: 'auth.spf', queueId, connection, verdict: found.spf }, found.spf.rule);
  emit(
    { type: 'auth.dkim', queueId, connection, verdicts: found.dkim },
    found.dkim[0]?.rule ?? 'RFC 6376 §6.1',
  );
  emit(
    { type: 'auth.dmarc', queueId, connection, verdict: found.dmarc, decision: found.decision },
    found.decision.rule,
  );
  const { reversePath, recipients } = asked.question.envelope;
  const judged = {
    queueId,
    connection,
    message: messageHash,
    reversePath,
    recipients: recipients.map((one) => one.address),
  };
  tellReporters(judgementOf(judged, found, found.decision), os);
  if (found.decision.action === 'reject') {
    const text = `rejected by DMARC policy for ${found.dmarc.author}`;
    os.log(
      'postfix/cleanup',
      `${queueId}: milter-reject: END-OF-MESSAGE from ${client.peer.name}[${client.address}]: 5.7.1 ${text}`,
    );
    serverAnswer(client.session, id, { reply: reply(550, '5.7.1', text, found.decision.rule) }, os.now);
    settle(state, client, os);
    return;
  }
  const headers = resultsHeaders(
    found,
    state.config.verify?.authservId ?? state.config.myhostname,
    state.config.myhostname,
  );
  accept(state, client, id, asked.question, os.kept(messageHash), headers, os);
  settle(state, client, os);
}

/** message_drop_headers: what cleanup(8) takes out of every message, wherever it comes from. */
const DROPPED: readonly string[] = ['bcc', 'content-length', 'resent-bcc', 'return-path'];

function accept(
  state: MtaState,
  client: SmtpdClient,
  id: number,
  question: MessageQuestion,
  bytes: string,
  resultsOnTop: string,
  os: Os,
): void {
  const { config } = state;
  const queueId = client.queueId;
  const session = client.session;
  if (queueId === undefined || session === undefined) return;
  const trusted = isPermitted(config, client.address);
  // RFC 8601 §5: nobody outside may speak in this server's name.
  let text = removeFields(bytes, (field) => DROPPED.includes(field.name.toLowerCase()));
  if (config.verify !== undefined) text = withoutForgedResults(text, [config.verify.authservId]);
  if (trusted) text = complete(text, question.envelope.reversePath, queueId, state, os);
  const signatures = trusted ? sign(config.signing ?? [], text, os.now) : { headers: '', signed: [] };
  const recipients = question.envelope.recipients.map((recipient) => recipient.address);
  const received = receivedHeader({
    helo: question.helo,
    peer: client.peer,
    hostname: config.myhostname,
    with: question.protocol,
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
  enqueue(
    state,
    {
      queueId,
      text: resultsOnTop + signatures.headers + received + text,
      reversePath: question.envelope.reversePath,
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

/** Puts a message into the queue and makes it active. From here on it is this server's responsibility (RFC 5321 §6.1). */
export function enqueue(state: MtaState, entry: NewMessage, os: Os): void {
  const { queueId, text } = entry;
  const parsed = parseMessage(text);
  const messageId = firstField(parsed, 'Message-ID')?.value ?? '<>';
  os.log('postfix/cleanup', `${queueId}: message-id=${messageId}`);
  const message = os.keep(text);
  const size = queueFileSize(text);
  // One copy for each, however often somebody is named (cleanup's duplicate filter).
  const recipients = [
    ...new Map(
      entry.recipients.map((original) => {
        const address = localAddress(state.config, original) ?? original;
        return [address.toLowerCase(), { original, address }] as const;
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
  activate(state, queued, os);
}
