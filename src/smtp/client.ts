// The client session of Postfix's smtp(8) and lmtp(8): hands one message to one server and says for every recipient what
// became of it. It knows no DNS, queue or retry; the host opens the connection and picks the server. Read RFC 5321 §4.5.3.2
// and §4.2.1 first, for LMTP RFC 2033.

import { assert } from '../base/assert.ts';
import { fromLatin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import {
  command,
  failRest,
  failed,
  note,
  quit,
  said,
  send,
  serverName,
  settle,
  shut,
  stream,
  tellDone,
} from './client-acts.ts';
import { authAnswered, prepare, tlsAnswered, tlsBroken, tlsUnfit } from './client-login.ts';
import {
  NO_FEATURES,
  type ClientConfig,
  type ClientFeatures,
  type ClientJob,
  type ClientOutput,
  type ClientSession,
  type ClientStep,
  type RecipientOutcome,
} from './client-job.ts';
import { limitOf } from './client-texts.ts';
import { stuffDots } from './dot.ts';
import { encodeXtext, quoteAddress } from './grammar.ts';
import { parseReplyLine, replyClass, replyStatus, replyText, parseReply, type Reply } from './reply.ts';
import { toSevenBit } from './seven-bit.ts';

export type * from './client-job.ts';
export { CLIENT_TIMEOUTS, clientConfig } from './client-job.ts';
export { connectFailure } from './client-texts.ts';

/** Replies with more lines than this lose the rest. */
const MAX_REPLY_LINES = 100;
const MAX_REPLY_LINE = 2048;

/** The connection is up: waits for the greeting. */
export function openClientSession(config: ClientConfig, job: ClientJob, now: Time): ClientSession {
  assert(job.recipients.length > 0, 'a delivery has recipients');
  return {
    config,
    job,
    outputs: [],
    input: '',
    lines: [],
    awaited: [{ step: 'greeting' }],
    features: NO_FEATURES,
    secured: config.tls === 'active',
    login: undefined,
    message: job.message,
    mailRejected: false,
    accepted: [],
    lmtpReplies: 0,
    sentRecipients: 0,
    outcomes: job.recipients.map(() => undefined),
    doneTold: false,
    quitSent: false,
    closed: false,
    waitingSince: now,
  };
}

/** Bytes from the server, in any pieces; a text is a binary string. */
export function clientReceive(session: ClientSession, bytes: Uint8Array | string, now: Time): void {
  if (session.closed) return;
  session.input += typeof bytes === 'string' ? bytes : fromLatin1(bytes);
  session.waitingSince = now;
  for (;;) {
    const lf = session.input.indexOf('\n');
    if (lf < 0) {
      // A line without end is cut, so that no server can fill our memory.
      if (session.input.length > 2 * MAX_REPLY_LINE) session.input = session.input.slice(0, MAX_REPLY_LINE);
      return;
    }
    const line = session.input.slice(0, lf).replace(/\r+$/, '').slice(0, MAX_REPLY_LINE);
    session.input = session.input.slice(lf + 1);
    takeLine(session, line, now);
    if (session.closed) return;
  }
}

/**
 * The server closed the connection, or it broke. `undelivered`: part of the message text had not even left this host.
 */
export function clientEnd(session: ClientSession, now: Time, undelivered = false): void {
  if (session.closed) return;
  stream(session, now, 'lost connection', undelivered);
}

/** The handshake that `startTls` asked for is over: the server introduces itself again (RFC 3207 §4.2). */
export function clientSecured(session: ClientSession, now: Time): void {
  if (session.closed) return;
  session.secured = true;
  session.input = '';
  hello(session, session.config.protocol === 'lmtp' ? 'LHLO' : 'EHLO', now);
}

/** The handshake that `startTls` asked for failed. */
export function clientTlsFailed(session: ClientSession): void {
  if (!session.closed) tlsBroken(session);
}

/** The handshake is over, but the certificate is not what the administrator's level asks for: QUIT, and nothing sent. */
export function clientTlsUnfit(session: ClientSession, flaw: 'trusted' | 'verified', now: Time): void {
  if (session.closed) return;
  session.secured = true;
  session.input = '';
  tlsUnfit(session, flaw, now);
}

/** When the session wants to be woken: its time-out. */
export function clientWakeAt(session: ClientSession): Time | undefined {
  const step = session.awaited[0]?.step;
  return session.closed || step === undefined
    ? undefined
    : session.waitingSince + limitOf(session.config.timeouts, step);
}

export function clientWake(session: ClientSession, now: Time): void {
  const at = clientWakeAt(session);
  if (at !== undefined && now >= at) stream(session, now, 'timeout', false);
}

/** What the session wants done, oldest first; each is given once. */
export function clientDrain(session: ClientSession): ClientOutput[] {
  const outputs = session.outputs;
  session.outputs = [];
  return outputs;
}

function refusedToTalk(session: ClientSession, step: ClientStep, answer: Reply, now: Time): void {
  const status = replyStatus(answer);
  // smtp_skip_5xx_greeting: another server of the domain may be in a better mood.
  const dsn = step === 'greeting' && status.startsWith('5') ? `4${status.slice(1)}` : status;
  const text = `host ${serverName(session)} refused to talk to me: ${replyText(answer)}`;
  failRest(session, { dsn, text, reply: answer, step });
  quit(session, now);
}

function takeLine(session: ClientSession, line: string, now: Time): void {
  const parsed = parseReplyLine(line);
  if (!parsed) {
    note(session, now, { kind: 'warning', code: 'not-a-reply', text: line.slice(0, 100) });
    session.lines = [];
    answered(session, { code: 0, lines: [line.slice(0, 100)] }, now);
    return;
  }
  if (session.lines.length < MAX_REPLY_LINES || parsed.last) session.lines.push(line);
  if (!parsed.last) return;
  const lines = session.lines;
  session.lines = [];
  // Lines whose codes differ: the last one decides (RFC 5321 §4.2.1 forbids them).
  const whole = parseReply(lines.join('\r\n')) ?? { code: parsed.code, lines: [parsed.text] };
  answered(session, whole, now);
}

function answered(session: ClientSession, answer: Reply, now: Time): void {
  const awaited = session.awaited.shift();
  note(session, now, { kind: 'reply', step: awaited?.step, reply: answer, text: replyText(answer) });
  if (!awaited) {
    note(session, now, { kind: 'warning', code: 'unasked-reply', text: replyText(answer) });
    return;
  }
  const good = replyClass(answer) === 2;
  switch (awaited.step) {
    case 'greeting':
      if (!good) refusedToTalk(session, 'greeting', answer, now);
      else hello(session, session.config.protocol === 'lmtp' ? 'LHLO' : 'EHLO', now);
      break;
    case 'EHLO':
      if (good) greeted(session, answer, true, now);
      else if (answer.code === 421) refusedToTalk(session, 'EHLO', answer, now);
      else hello(session, 'HELO', now);
      break;
    case 'HELO':
    case 'LHLO':
      if (good) greeted(session, answer, awaited.step === 'LHLO', now);
      else refusedToTalk(session, awaited.step, answer, now);
      break;
    case 'STARTTLS':
      if (tlsAnswered(session, answer, now)) transaction(session, now);
      break;
    case 'AUTH':
      if (authAnswered(session, answer, now)) transaction(session, now);
      break;
    case 'MAIL':
      if (!good) {
        session.mailRejected = true;
        failRest(session, said(session, 'MAIL', answer));
      }
      goOn(session, now);
      break;
    case 'RCPT':
      if (!session.mailRejected && awaited.recipient !== undefined) {
        if (good) session.accepted.push(awaited.recipient);
        else settle(session, awaited.recipient, failed(said(session, 'RCPT', answer)));
        tellDone(session);
      }
      goOn(session, now);
      break;
    case 'DATA':
      if (replyClass(answer) === 3) {
        sendText(session, now);
      } else {
        if (session.accepted.length > 0) failRest(session, said(session, 'DATA', answer));
        abort(session, now);
      }
      break;
    case 'end of data':
      endOfData(session, answer, now);
      break;
    case 'RSET':
      if (session.config.skipQuitResponse) shut(session);
      break;
    case 'QUIT':
      shut(session);
      break;
  }
}

function hello(session: ClientSession, verb: 'EHLO' | 'HELO' | 'LHLO', now: Time): void {
  send(session, command(session, verb, `${verb} ${session.config.heloName}`, now), now);
}

function readFeatures(config: ClientConfig, answer: Reply, esmtp: boolean): ClientFeatures {
  if (!esmtp) return NO_FEATURES;
  const keywords = answer.lines
    .slice(1)
    .filter((line) => !config.discardEhloKeywords.includes((line.split(' ')[0] ?? '').toLowerCase()));
  const find = (word: string): string | undefined =>
    keywords.find((line) => (line.split(/[ =]/)[0] ?? '').toUpperCase() === word);
  const size = find('SIZE');
  return {
    esmtp,
    pipelining: find('PIPELINING') !== undefined,
    eightBitMime: find('8BITMIME') !== undefined,
    smtputf8: find('SMTPUTF8') !== undefined,
    dsn: find('DSN') !== undefined,
    sizeLimit: size === undefined ? undefined : Number(/^\S+\s+(\d{1,15})/.exec(size)?.[1] ?? 0),
    keywords,
  };
}

/** The server has introduced itself: TLS and login come first where they are wanted. */
function greeted(session: ClientSession, answer: Reply, esmtp: boolean, now: Time): void {
  const { config, job } = session;
  session.features = readFeatures(config, answer, esmtp);
  const { features } = session;
  note(session, now, { kind: 'features', features });
  const own = (answer.lines[0] ?? '').split(' ')[0]?.toLowerCase() === config.heloName.toLowerCase();
  const giveUp = (dsn: string, text: string): void => {
    failRest(session, { dsn, text, reply: undefined, step: 'session' });
    quit(session, now);
  };
  if (config.detectLoop && own) {
    giveUp('5.4.6', `mail for ${job.nexthop} loops back to myself`);
    return;
  }
  if (prepare(session, now)) return;
  transaction(session, now);
}

/** Nothing more to be arranged: the message goes its way, or there is no point in it. */
function transaction(session: ClientSession, now: Time): void {
  const { job, features } = session;
  const giveUp = (dsn: string, text: string): void => {
    failRest(session, { dsn, text, reply: undefined, step: 'session' });
    quit(session, now);
  };
  if (job.smtputf8 && !features.smtputf8) {
    giveUp('5.6.7', `SMTPUTF8 is required, but was not offered by host ${serverName(session)}`);
    return;
  }
  const size = job.size ?? job.message.length;
  if ((features.sizeLimit ?? 0) > 0 && (features.sizeLimit ?? 0) < size) {
    const text = `message size ${size} exceeds size limit ${features.sizeLimit} of server ${serverName(session)}`;
    giveUp('5.3.4', text);
    return;
  }
  const eightBit = /[\x80-\xff]/.test(session.message);
  if (eightBit && !features.eightBitMime) {
    const seven = toSevenBit(session.message);
    session.message = seven.message;
    const { convertedParts: parts, breaksDkim } = seven;
    note(session, now, { kind: 'converted', parts, breaksDkim, rule: 'RFC 6152 §3' });
  }
  let text = command(session, 'MAIL', mailCommand(session, eightBit), now);
  if (features.pipelining) {
    for (const index of job.recipients.keys())
      text += command(session, 'RCPT', rcptCommand(session, index), now, index);
    text += command(session, 'DATA', 'DATA', now);
  }
  send(session, text, now);
}

function mailCommand(session: ClientSession, eightBit: boolean): string {
  const { job, features } = session;
  let text = `MAIL FROM:<${quoteAddress(job.reversePath)}>`;
  const downgraded = eightBit && !features.eightBitMime;
  if (features.sizeLimit !== undefined && !downgraded) text += ` SIZE=${job.size ?? job.message.length}`;
  const body = job.body ?? (eightBit ? '8BITMIME' : undefined);
  if (features.eightBitMime && body) text += ` BODY=${body}`;
  if (features.dsn && job.envid !== undefined) text += ` ENVID=${encodeXtext(job.envid)}`;
  if (features.dsn && job.ret) text += ` RET=${job.ret}`;
  if (features.smtputf8 && job.smtputf8) text += ' SMTPUTF8';
  return text;
}

function rcptCommand(session: ClientSession, index: number): string {
  const recipient = session.job.recipients[index];
  if (!recipient) throw new Error(`no recipient ${index}`);
  let text = `RCPT TO:<${quoteAddress(recipient.address)}>`;
  if (session.features.dsn) {
    if (recipient.orcpt) text += ` ORCPT=${recipient.orcpt.type};${encodeXtext(recipient.orcpt.address)}`;
    if (recipient.notify) text += ` NOTIFY=${recipient.notify.join(',')}`;
  }
  return text;
}

/** After the answer to MAIL or RCPT: what comes next when the server does not pipeline. */
function goOn(session: ClientSession, now: Time): void {
  if (session.awaited.length > 0 || session.features.pipelining) return;
  if (session.mailRejected) {
    abort(session, now);
    return;
  }
  const index = session.sentRecipients;
  if (index < session.job.recipients.length) {
    session.sentRecipients++;
    send(session, command(session, 'RCPT', rcptCommand(session, index), now, index), now);
  } else if (session.accepted.length > 0) send(session, command(session, 'DATA', 'DATA', now), now);
  else abort(session, now);
}

/** Nothing can come of this transaction any more. */
function abort(session: ClientSession, now: Time): void {
  session.quitSent = true;
  send(session, command(session, 'RSET', 'RSET', now) + command(session, 'QUIT', 'QUIT', now), now);
}

/** The server wants the text. When it has accepted nobody it only gets the dot (RFC 2920 §3.1). */
function sendText(session: ClientSession, now: Time): void {
  const dotOnly = session.accepted.length === 0;
  const stuffed = dotOnly
    ? { text: '.\r\n', folded: false }
    : stuffDots(session.message, session.config.stuffing);
  note(session, now, { kind: 'text', sizeBytes: stuffed.text.length, folded: stuffed.folded, dotOnly });
  const replies = session.config.protocol === 'lmtp' && !dotOnly ? session.accepted.length : 1;
  for (let i = 0; i < replies; i++) session.awaited.push({ step: 'end of data' });
  let text = stuffed.text;
  if (session.features.pipelining) {
    session.quitSent = true;
    text += command(session, 'QUIT', 'QUIT', now);
  }
  send(session, text, now);
}

function endOfData(session: ClientSession, answer: Reply, now: Time): void {
  const good = replyClass(answer) === 2;
  const delivered = (): Omit<RecipientOutcome, 'address'> => ({
    status: 'delivered',
    dsn: replyStatus(answer),
    text: replyText(answer),
    reply: answer,
    step: 'end of data',
  });
  if (session.config.protocol === 'lmtp' && session.accepted.length > 0) {
    const index = session.accepted[session.lmtpReplies++];
    if (index !== undefined)
      settle(session, index, good ? delivered() : failed(said(session, 'end of data', answer)));
    tellDone(session);
    if (session.lmtpReplies < session.accepted.length) return;
  } else if (session.accepted.length > 0) {
    if (good) {
      for (const index of session.accepted) settle(session, index, delivered());
      tellDone(session);
    } else failRest(session, said(session, 'end of data', answer));
  }
  quit(session, now);
}

/** Says QUIT unless it has been said; waits for the answer only when told to. */
