// The commands of Dovecot's LMTP server (2.3, Pigeonhole or not): what each checks and in which words it answers. After
// the end of data every accepted recipient gets a reply of its own. RFC 2033 §4.2; texts from `recordings/`.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { done, fail, failed, type Step } from './outcome.ts';
import { extractAddress, type Token, type Verb } from './grammar.ts';
import { reply, type Reply } from './reply.ts';
import {
  ask,
  forgetMail,
  move,
  noteReject,
  type Envelope,
  type EnvelopeRecipient,
  type Outcome,
  type ServerAnswer,
  type ServerConfig,
  type ServerQuestion,
  type ServerSession,
} from './session.ts';

/** Dovecot's LMTP as Debian's package comes, but for the greeting's name. */
export function lmtpConfig(hostname: string, changes: Partial<ServerConfig> = {}): ServerConfig {
  return {
    dialect: 'dovecot-lmtp',
    hostname,
    banner: `${hostname} Dovecot ready.`,
    discardEhloKeywords: ['chunking'],
    messageSizeLimit: 0,
    recipientLimit: 0,
    recipientOvershootLimit: 0,
    lineLengthLimit: 8192,
    longCommands: 'refuse',
    heloRequired: false,
    strictEnvelopes: true,
    strictSmtputf8: false,
    disableVrfy: false,
    helpCommand: false,
    softErrorLimit: Number.MAX_SAFE_INTEGER,
    hardErrorLimit: 10,
    errorSleepTimeMs: 0,
    junkCommandLimit: Number.MAX_SAFE_INTEGER,
    timeoutMs: 300_000,
    forbidUnauthPipelining: false,
    forbidBareNewline: 'normalize',
    replaceStrayCr: false,
    hopcountLimit: Number.MAX_SAFE_INTEGER,
    headerSizeLimit: Number.MAX_SAFE_INTEGER,
    fastFlushDomains: [],
    tls: 'off',
    mechanisms: [],
    tlsAuthOnly: false,
    failureDelayMs: 2000,
    ...changes,
  };
}

/** Dovecot's list is in alphabetical order. */
const CAPABILITIES = ['8BITMIME', 'ENHANCEDSTATUSCODES', 'PIPELINING'] as const;

export function lhloLines(config: ServerConfig): string[] {
  const on = CAPABILITIES.filter((each) => !config.discardEhloKeywords.includes(each.toLowerCase()));
  return [config.hostname, ...on];
}

function mail(session: ServerSession, tokens: readonly Token[]): Step {
  if (session.envelope) return fail(503, '5.5.0', 'MAIL already given', 'RFC 5321 §4.1.4');
  const path = tokens[2];
  const invalid = fail(501, '5.5.4', 'Invalid FROM: Missing path', 'RFC 5321 §4.1.1.2');
  if (tokens[1]?.text.toLowerCase() !== 'from:')
    return fail(501, '5.5.4', 'Invalid parameters', 'RFC 5321 §4.1.1.2');
  if (!path) return invalid;
  const address = extractAddress(path, { allowEmpty: true, strict: true, utf8: false });
  if (address === undefined) return fail(501, '5.5.4', 'Invalid FROM: Invalid address', 'RFC 5321 §4.1.2');
  let body: Envelope['body'];
  for (const { text } of tokens.slice(3)) {
    const upper = text.toUpperCase();
    if (upper === 'BODY=7BIT') body = '7BIT';
    else if (upper === 'BODY=8BITMIME') body = '8BITMIME';
    else if (upper.startsWith('BODY='))
      return fail(555, '5.5.4', 'Unsupported mail BODY type', 'RFC 6152 §3');
    else return fail(555, '5.5.4', 'Unsupported parameters', 'RFC 5321 §4.1.1.11');
  }
  const envelope: Envelope = {
    reversePath: address,
    typed: path.text,
    body,
    smtputf8: false,
    declaredSize: undefined,
    ret: undefined,
    envid: undefined,
    recipients: [],
  };
  return ask(session, 'MAIL', { kind: 'sender', envelope });
}

function rcpt(session: ServerSession, tokens: readonly Token[]): Step {
  const { envelope } = session;
  if (!envelope) return fail(503, '5.5.0', 'MAIL needed first', 'RFC 5321 §4.1.4');
  const path = tokens[2];
  if (tokens[1]?.text.toLowerCase() !== 'to:' || !path)
    return fail(501, '5.5.4', 'Invalid parameters', 'RFC 5321 §4.1.1.3');
  const address = extractAddress(path, { allowEmpty: false, strict: true, utf8: false });
  if (address === undefined) return fail(501, '5.5.4', 'Invalid TO: Invalid address', 'RFC 5321 §4.1.2');
  if (tokens.length > 3) return fail(555, '5.5.4', 'Unsupported parameters', 'RFC 5321 §4.1.1.11');
  const recipient: EnvelopeRecipient = { address, typed: path.text };
  return ask(session, 'RCPT', { kind: 'recipient', recipient, envelope });
}

/** One command; undefined when Dovecot does not know it. */
export function lmtpCommand(
  session: ServerSession,
  verb: Verb | undefined,
  tokens: readonly Token[],
): Step | undefined {
  switch (verb) {
    case 'LHLO': {
      const name = tokens[1]?.text;
      if (name === undefined) return fail(501, undefined, 'Missing hostname', 'RFC 2033 §4.1');
      return ask(session, verb, { kind: 'helo', verb, name });
    }
    case 'MAIL':
      return mail(session, tokens);
    case 'RCPT':
      return rcpt(session, tokens);
    case 'DATA':
      if (tokens.length > 1) return fail(501, '5.5.4', 'Invalid parameters', 'RFC 5321 §4.1.1.4');
      if (!session.envelope) return fail(503, '5.5.0', 'MAIL needed first', 'RFC 5321 §4.1.4');
      if (session.envelope.recipients.length === 0)
        return fail(503, '5.5.0', 'No valid recipients', 'RFC 2033 §4.2');
      return ask(session, verb, { kind: 'data', envelope: session.envelope });
    case 'RSET':
      if (tokens.length > 1) return fail(501, '5.5.4', 'Invalid parameters', 'RFC 5321 §4.1.1.5');
      forgetMail(session);
      move(session, 'RSET');
      return done(reply(250, '2.0.0', 'OK', 'RFC 5321 §4.1.1.5'));
    case 'NOOP':
      return done(reply(250, '2.0.0', 'OK', 'RFC 5321 §4.1.1.9'));
    case 'VRFY':
      return tokens.length < 2
        ? fail(501, '5.5.4', 'Invalid parameters', 'RFC 5321 §4.1.1.6')
        : done(reply(252, '2.3.3', 'Try RCPT instead', 'RFC 5321 §3.5.3'));
    case 'QUIT':
      return { ...done(reply(221, '2.0.0', 'Bye', 'RFC 5321 §4.1.1.10')), close: true };
    default:
      return undefined;
  }
}

/** `FOO1`: Dovecot's parser takes only letters for a command name; what has others is no command at all. */
export function unknownLmtpCommand(line: string): Reply {
  const word = /^[^ ]*/.exec(line)?.[0] ?? '';
  return /^[A-Za-z]+$/.test(word) || word === ''
    ? reply(500, '5.5.1', 'Unknown command', 'RFC 5321 §4.2.4')
    : reply(500, '5.5.2', 'Invalid command syntax', 'RFC 5321 §4.2.4');
}

export function lmtpAnswered(
  session: ServerSession,
  question: ServerQuestion,
  answer: ServerAnswer,
  now: Time,
): Outcome {
  if ('reply' in answer) {
    noteReject(
      session,
      now,
      session.where,
      answer.reply,
      question.kind === 'recipient' ? { recipient: question.recipient.address } : {},
    );
    return failed(answer.reply);
  }
  switch (question.kind) {
    case 'helo':
      forgetMail(session);
      session.helo = question.name;
      move(session, question.verb);
      return done({ code: 250, lines: lhloLines(session.config), rule: 'RFC 2033 §4.1' });
    case 'sender':
      session.envelope = question.envelope;
      move(session, 'MAIL');
      return done(reply(250, '2.1.0', 'OK', 'RFC 5321 §4.1.1.2'));
    case 'recipient': {
      const envelope = session.envelope ?? question.envelope;
      session.envelope = { ...envelope, recipients: [...envelope.recipients, question.recipient] };
      move(session, 'RCPT');
      return done(reply(250, '2.1.5', 'OK', 'RFC 5321 §4.1.1.3'));
    }
    case 'data':
      move(session, 'DATA');
      return done(reply(354, undefined, 'OK', 'RFC 5321 §4.1.1.4'));
    case 'verify':
    case 'connect':
    case 'tls':
    case 'account':
    case 'message':
      throw new Error(`not an LMTP command: ${question.kind}`);
  }
}

/** Delivered: `250 2.0.0 <bob@hafen.example> ⟨session⟩ Saved`. `sessionId` is Dovecot's, with its message number. */
export function lmtpSaved(recipient: string, sessionId: string): Reply {
  return reply(250, '2.0.0', `<${recipient}> ${sessionId} Saved`, 'RFC 2033 §4.2');
}

export function lmtpUserUnknown(recipient: string, user: string): Reply {
  return reply(550, '5.1.1', `<${recipient}> User doesn't exist: ${user}`, 'RFC 5321 §3.3');
}

export function lmtpQuotaExceeded(recipient: string): Reply {
  return reply(552, '5.2.2', `<${recipient}> Quota exceeded (mailbox for user is full)`, 'RFC 2033 §4.2');
}

/** With `quota_full_tempfail`: the other server shall try again. */
export function lmtpQuotaFullForNow(recipient: string): Reply {
  return reply(452, '4.2.2', `<${recipient}> Quota exceeded (mailbox for user is full)`, 'RFC 2033 §4.2');
}

/** The owner's script refuses the message, in the owner's words: one line of the reply a line of the reason. */
export function lmtpRejected(recipient: string, reason: string): Reply {
  const said = reason.replace(/[\r\n]+$/, '').split(/\r\n|\r|\n/);
  const lines = said.map((line, i) =>
    fromLatin1(utf8(i === 0 ? `<${recipient}> ${line}` : line).slice(0, 400)),
  );
  return { code: 550, enhanced: '5.7.1', lines: lines.slice(0, 20), rule: 'RFC 5429 §2.1' };
}

/** A mailbox that cannot take mail for the moment. */
export function lmtpTemporaryFailure(recipient: string): Reply {
  return reply(451, '4.2.0', `<${recipient}> Temporary internal error`, 'RFC 2033 §4.2');
}
