// The server session: takes bytes and the time, gives bytes, questions and notes. It cuts the input into lines, lets
// `commands.ts` (Postfix) or `lmtp.ts` (Dovecot) answer them, and keeps limits and time-outs. It knows no host, link or
// clock. Read RFC 5321 §3 and §4.5 first, then smtpd(8).

import { fromLatin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import type { SaslServerSeed } from '../sasl/server.ts';
import { answered, COMMANDS, contentFault, isForbidden, messageAnswered } from './commands.ts';
import { glanceAtContent, limitHeaders, mendFirstLine } from './content.ts';
import { readDots } from './dot.ts';
import { isUtf8, looksLikeHeader, textLineStandsOut, tokenize, verbOf, type Verb } from './grammar.ts';
import { takeLine, type Line } from './lines.ts';
import { lmtpAnswered, lmtpCommand, unknownLmtpCommand } from './lmtp.ts';
import { chunkedText, readChunk, type Chunk } from './bdat.ts';
import { accountKnown, exchangeLine, tlsAnswered } from './login.ts';
import type { Step } from './outcome.ts';
import { clientName } from './postfix.ts';
import { reply, type Reply } from './reply.ts';
import {
  ask,
  bareLfReply,
  close,
  count,
  flush,
  forgetMail,
  move,
  newSession,
  note,
  noteReject,
  say,
  withProtocol,
  type Outcome,
  type Peer,
  type ServerAnswer,
  type ServerConfig,
  type ServerOutput,
  type ServerSession,
  type Where,
} from './session.ts';

/** After that much silence in message text the coach may speak (the session says nothing). */
const QUIET_MS = 20_000;

/** More unread input than this on top of a whole message means that nobody holds the client back: the session ends. */
const INPUT_SLACK = 1 << 20;

/**
 * A new connection. The session asks `connect` at once and greets when that is answered. Where TLS comes first (465) it is
 * opened when the handshake is over. `seed` is what AUTH's challenges and nonces are made from.
 */
export function openServerSession(
  config: ServerConfig,
  peer: Peer,
  now: Time,
  seed?: SaslServerSeed,
): ServerSession {
  const session = newSession(config, peer, now, seed);
  note(session, now, { kind: 'connect', peer });
  ask(session, 'CONNECT', { kind: 'connect' });
  return session;
}

/** Bytes from the client, in any pieces; a text is a binary string. */
export function serverReceive(session: ServerSession, bytes: Uint8Array | string, now: Time): void {
  if (session.state === 'closed' || bytes.length === 0) return;
  session.input += typeof bytes === 'string' ? bytes : fromLatin1(bytes);
  session.quietSince = now;
  session.quietNoted = false;
  work(session, now);
  if (session.input.length > session.config.messageSizeLimit + INPUT_SLACK) {
    note(session, now, { kind: 'warning', code: 'input-overflow', text: '', after: session.where });
    close(session, now);
  }
}

/** The client closed the connection, or it broke. */
export function serverEnd(session: ServerSession, now: Time): void {
  if (session.state === 'closed') return;
  if (session.where !== 'END-OF-MESSAGE') lost(session, now, 'lost connection');
  close(session, now);
}

/** When the session wants to be woken: the end of a tarpit delay, a time-out, a silence worth a note. */
export function serverWakeAt(session: ServerSession): Time | undefined {
  if (session.state === 'closed') return undefined;
  if (session.delayed) return session.delayed.at;
  if (session.asked) return undefined;
  const timeout = session.quietSince + session.config.timeoutMs;
  if (session.state === 'data' && !session.quietNoted)
    return Math.min(timeout, session.quietSince + QUIET_MS);
  return timeout;
}

/** Time has come to `now`; harmless when nothing is due. */
export function serverWake(session: ServerSession, now: Time): void {
  if (session.state === 'closed') return;
  if (session.delayed) {
    if (now < session.delayed.at) return;
    session.unsent += session.delayed.text;
    session.delayed = undefined;
    work(session, now);
    return;
  }
  if (session.asked) return;
  if (now >= session.quietSince + session.config.timeoutMs) {
    lost(session, now, 'timeout');
    const { config } = session;
    const text =
      config.dialect === 'postfix'
        ? `${config.hostname} Error: timeout exceeded`
        : `${config.hostname} Disconnected client for inactivity`;
    say(session, now, session.where, reply(421, '4.4.2', text, 'RFC 5321 §4.5.3.2.7'));
    work(session, now);
  } else if (session.state === 'data' && !session.quietNoted && now >= session.quietSince + QUIET_MS) {
    session.quietNoted = true;
    note(session, now, { kind: 'quiet', ms: QUIET_MS });
  }
}

/** The host's decision on an open question; an answer to any other id is ignored (the session may have ended). */
export function serverAnswer(session: ServerSession, id: number, answer: ServerAnswer, now: Time): void {
  const { asked } = session;
  if (asked?.id !== id || session.state === 'closed') return;
  session.asked = undefined;
  session.quietSince = now;
  const { question, verb } = asked;
  if (question.kind === 'connect') greet(session, answer, now);
  else if (question.kind === 'tls') tlsAnswered(session);
  else if (question.kind === 'account')
    settle(session, verb, accountKnown(session, 'account' in answer ? answer.account : undefined, now), now);
  else if (question.kind === 'message') {
    conclude(
      session,
      session.cameInChunks ? 'BDAT' : 'DATA',
      messageOutcome(session, question.envelope.recipients.length, answer, now),
      now,
      'END-OF-MESSAGE',
    );
  } else {
    const dialect = session.config.dialect === 'postfix' ? answered : lmtpAnswered;
    conclude(session, verb, dialect(session, question, answer, now), now);
  }
  work(session, now);
}

/** What the session wants done, oldest first; each is given once. */
export function serverDrain(session: ServerSession): ServerOutput[] {
  const outputs = session.outputs;
  session.outputs = [];
  return outputs;
}

/** Whether the session takes input now; a host may use it to hold the client back. */
export function serverListens(session: ServerSession): boolean {
  return session.state !== 'closed' && !session.asked && !session.delayed;
}

function lost(
  session: ServerSession,
  at: Time,
  reason: 'lost connection' | 'timeout' | 'too many errors',
): void {
  note(session, at, { kind: 'lost', reason, after: session.where, bytes: session.textBytes });
}

function greet(session: ServerSession, answer: ServerAnswer, now: Time): void {
  const { config } = session;
  if ('reply' in answer) {
    noteReject(session, now, 'CONNECT', answer.reply);
    session.denied = true;
    move(session, 'refusal');
    say(session, now, 'CONNECT', answer.reply);
    return;
  }
  if (config.dialect === 'postfix' && session.input !== '') {
    // Talking before the greeting is the oldest trick of spam software (RFC 5321 §4.3.1).
    note(session, now, {
      kind: 'warning',
      code: 'pipelining',
      text: preview(session.input),
      after: 'CONNECT',
    });
    if (config.forbidUnauthPipelining) {
      outOfSync(session, now, 'CONNECT');
      return;
    }
  }
  move(session, 'greeting');
  say(session, now, 'CONNECT', reply(220, undefined, config.banner, 'RFC 5321 §3.1'));
}

const preview = (input: string): string =>
  input.slice(0, 100).replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\t', '\\t');

function outOfSync(session: ServerSession, now: Time, to: Where): void {
  say(session, now, to, reply(554, '5.5.0', 'Error: SMTP protocol synchronization', 'RFC 2920 §3.1'));
  session.hangup = true;
}

/** Goes on as long as there is input and nothing to wait for. */
function work(session: ServerSession, now: Time): void {
  while (session.state !== 'closed' && !session.asked && !session.delayed) {
    if (session.hangup) {
      close(session, now);
      return;
    }
    if (session.state === 'data') {
      if (!readText(session, now)) break;
      continue;
    }
    const { chunk } = session;
    if (chunk !== undefined) {
      if (!readChunk(session, chunk)) break;
      session.chunk = undefined;
      endOfChunk(session, chunk, now);
      continue;
    }
    if (session.config.dialect === 'postfix' && session.errors >= session.config.hardErrorLimit) {
      lost(session, now, 'too many errors');
      const text = `${session.config.hostname} Error: too many errors`;
      say(session, now, session.where, reply(421, '4.7.0', text, 'RFC 5321 §4.3.2'));
      continue;
    }
    const line = takeLine(session);
    if (!line) break;
    if (session.exchange === undefined) command(session, line, now);
    else settle(session, 'AUTH', exchangeLine(session, line, now), now);
  }
  if (!session.asked) flush(session, now);
}

function command(session: ServerSession, line: Line, now: Time): void {
  const { config } = session;
  const lmtp = config.dialect === 'dovecot-lmtp';
  const tokens = tokenize(line.text);
  const verb = lmtp && /^\s/.test(line.text) ? undefined : verbOf(tokens);
  note(session, now, {
    kind: 'command',
    raw: line.raw,
    state: session.state,
    verb: verb ?? (tokens.length === 0 ? undefined : 'UNKNOWN'),
    tokens: tokens.map((token) => token.text),
    bareLf: line.bareLf,
    introduced: session.helo !== undefined,
  });
  if (lmtp) {
    lmtpLine(session, line, tokens, verb, now);
    return;
  }
  if (config.forbidBareNewline === 'reject' && line.bareLf) {
    const answer = bareLfReply(config);
    noteReject(session, now, session.where, answer, { bareLf: true });
    say(session, now, session.where, answer);
    session.hangup = true;
    return;
  }
  const refuse = (code: number, enhanced: string, text: string, rule: string): void => {
    say(session, now, verb ?? 'UNKNOWN', reply(code, enhanced, text, rule));
    session.errors++;
  };
  if (line.tooLong && config.longCommands === 'refuse') {
    refuse(500, '5.5.2', `${config.hostname} Error: command too long`, 'RFC 5321 §4.5.3.1.4');
    return;
  }
  if (!config.discardEhloKeywords.includes('smtputf8') && !isUtf8(line.text)) {
    refuse(500, '5.5.2', 'Error: bad UTF-8 syntax', 'RFC 6531 §3.3');
    return;
  }
  const word = tokens[0]?.text;
  if (word === undefined) {
    refuse(500, '5.5.2', 'Error: bad syntax', 'RFC 5321 §4.1.1');
    return;
  }
  const known = verb === undefined || (verb === 'HELP' && !config.helpCommand) ? undefined : COMMANDS[verb];
  const counted: Where = known && verb ? verb : 'UNKNOWN';
  count(session, counted, 'all');
  if (!known && (looksLikeHeader(word) || isForbidden(word))) {
    session.where = 'UNKNOWN';
    note(session, now, {
      kind: 'warning',
      code: 'non-smtp',
      text: line.text.slice(0, 100),
      after: 'UNKNOWN',
    });
    say(
      session,
      now,
      'UNKNOWN',
      reply(221, '2.7.0', 'Error: I can break rules, too. Goodbye.', 'RFC 5321 §4.1.1'),
    );
    session.hangup = true;
    return;
  }
  if (session.denied && verb !== 'QUIT') {
    session.where = counted;
    const text = `Error: access denied for ${clientName(session.peer)}`;
    refuse(503, '5.7.0', text, 'RFC 5321 §3.1');
    return;
  }
  session.where = counted;
  if (!known || !verb) {
    refuse(500, '5.5.2', 'Error: command not recognized', 'RFC 5321 §4.2.4');
    return;
  }
  if (config.tls === 'encrypt' && !session.secured && known.inClear !== true) {
    refuse(530, '5.7.0', 'Must issue a STARTTLS command first', 'RFC 3207 §4');
    return;
  }
  if ((session.protocol !== 'ESMTP' || known.last) && session.input !== '') {
    note(session, now, { kind: 'warning', code: 'pipelining', text: preview(session.input), after: verb });
    if (config.forbidUnauthPipelining) {
      outOfSync(session, now, verb);
      return;
    }
  }
  settle(session, verb, known.run(session, tokens, now), now);
}

function lmtpLine(
  session: ServerSession,
  line: Line,
  tokens: ReturnType<typeof tokenize>,
  verb: Verb | undefined,
  now: Time,
): void {
  const { config } = session;
  const step = line.tooLong ? undefined : lmtpCommand(session, verb, tokens);
  count(session, step && verb ? verb : 'UNKNOWN', 'all');
  session.where = step && verb ? verb : 'UNKNOWN';
  if (step !== undefined) {
    session.badCommands = 0;
    settle(session, session.where, step, now);
    return;
  }
  session.errors++;
  if (++session.badCommands > config.hardErrorLimit) {
    lost(session, now, 'too many errors');
    say(
      session,
      now,
      'UNKNOWN',
      reply(421, '4.7.0', `${config.hostname} Too many invalid commands.`, 'RFC 5321 §4.3.2'),
    );
    return;
  }
  const answer = line.tooLong
    ? reply(500, '5.5.2', 'Line too long', 'RFC 5321 §4.5.3.1.4')
    : unknownLmtpCommand(line.text);
  say(session, now, 'UNKNOWN', answer);
}

/** A command has an outcome, or waits for the host. */
function settle(session: ServerSession, verb: Where, step: Step, now: Time): void {
  if (step !== 'asked') conclude(session, verb, step, now);
}

function conclude(session: ServerSession, verb: Where, outcome: Outcome, now: Time, to: Where = verb): void {
  // The reply comes before the error is counted: the tarpit looks at the errors before this one.
  say(session, now, to, outcome.reply, outcome.more, outcome.delayMs);
  if (outcome.close) session.hangup = true;
  // A DATA command is only done, or failed, when its message is, and AUTH when its exchange is over.
  if ((verb === 'DATA' && outcome.reply.code === 354) || (verb === 'AUTH' && outcome.reply.code === 334))
    return;
  if (outcome.ok) count(session, verb, 'ok');
  else session.errors++;
  if (outcome.ok && to === 'END-OF-MESSAGE') {
    session.errors = 0;
    session.junk = 0;
  }
  const known =
    verb === 'UNKNOWN' || verb === 'CONNECT' || verb === 'END-OF-MESSAGE' ? undefined : COMMANDS[verb];
  if (known?.junk && session.junk++ > session.config.junkCommandLimit) session.errors++;
}

/** Reads message text; false when more input is needed. */
function readText(session: ServerSession, now: Time): boolean {
  const { config } = session;
  const piece = readDots(session.dots, session.input, 0, {
    standardEnd: config.forbidBareNewline !== 'legacy',
    replaceStrayCr: config.replaceStrayCr,
    pieceLength: config.lineLengthLimit,
  });
  session.input = session.input.slice(piece.used);
  session.textBytes += piece.text.length;
  // What is too big is read to its end but not kept.
  if (config.messageSizeLimit > 0 && session.textBytes > config.messageSizeLimit) session.text = '';
  else session.text += piece.text;
  for (const line of piece.lines) if (textLineStandsOut(line)) note(session, now, { kind: 'text', line });
  if (!piece.done) return false;
  endOfText(session, now);
  return true;
}

/** A chunk of BDAT is whole: it is refused, it is one of several, or it was the last. */
function endOfChunk(session: ServerSession, { size, isLast, refusal }: Chunk, now: Time): void {
  if (refusal !== undefined) {
    if (isLast) {
      move(session, 'RSET');
      forgetMail(session);
    } else session.bdat = 'error';
    return conclude(session, 'BDAT', { reply: refusal, ok: false }, now);
  }
  session.bdat = 'ok';
  if (!isLast) {
    const answer = reply(250, '2.0.0', `Ok: ${size} bytes`, 'RFC 3030 §2');
    return conclude(session, 'BDAT', { reply: answer, ok: true }, now);
  }
  session.text = chunkedText(session.text);
  session.textBytes = session.text.length;
  session.cameInChunks = true;
  move(session, 'BDAT');
  endOfText(session, now);
}

function endOfText(session: ServerSession, now: Time): void {
  const { envelope, config } = session;
  if (!envelope) throw new Error('message text without an envelope');
  const glance = glanceAtContent(session.text);
  const { receivedHeaders, eightBitHeader, ...shown } = glance;
  note(session, now, {
    kind: 'content',
    sizeBytes: session.textBytes,
    reversePath: envelope.reversePath,
    ...shown,
    ...(eightBitHeader !== undefined && !envelope.smtputf8 && { eightBitHeader }),
    bareLf: session.dots.bareLfSeen,
  });
  session.where = 'END-OF-MESSAGE';
  const fault = config.dialect === 'postfix' ? contentFault(session, receivedHeaders) : undefined;
  if (fault) {
    if (fault.code === 552) note(session, now, { kind: 'warning', code: 'size', text: '', after: 'DATA' });
    leaveText(session);
    conclude(session, 'DATA', { reply: fault, ok: false }, now, 'END-OF-MESSAGE');
    return;
  }
  const text =
    config.dialect === 'postfix'
      ? limitHeaders(mendFirstLine(session.text), config.headerSizeLimit)
      : session.text;
  const protocol = withProtocol(session);
  const { helo, secured, login } = session;
  ask(session, 'END-OF-MESSAGE', {
    kind: 'message',
    envelope,
    message: text,
    protocol,
    helo,
    secured,
    login,
  });
  session.text = '';
}

function leaveText(session: ServerSession): void {
  move(session, 'end of data');
  forgetMail(session);
}

function messageOutcome(
  session: ServerSession,
  recipients: number,
  answer: ServerAnswer,
  now: Time,
): Outcome {
  if (session.config.dialect === 'postfix') {
    const outcome = messageAnswered(session, answer, now);
    leaveText(session);
    return outcome;
  }
  leaveText(session);
  const first = (one: Reply): readonly Reply[] => Array.from({ length: recipients }, () => one);
  const replies =
    'replies' in answer
      ? answer.replies
      : first('reply' in answer ? answer.reply : reply(451, '4.2.0', 'Temporary internal error'));
  const [head, ...more] = replies;
  if (!head || replies.length !== recipients)
    throw new Error(`${recipients} LMTP replies wanted, ${replies.length} given`);
  return { reply: head, ok: replies.some((each) => each.code < 400), more };
}
