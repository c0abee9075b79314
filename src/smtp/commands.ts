// The commands of Postfix's smtpd: what each one checks, in which order, and in which words it answers. Knows no input
// buffer and no timers. smtpd(8) and RFC 5321 §4.1.1 first; the recordings in `recordings/` decide in doubt.

import type { Time } from '../base/dates.ts';
import { afterBdat, bdat } from './bdat.ts';
import {
  extractAddress,
  isAscii,
  isHostname,
  parseNotify,
  parseOrcpt,
  decodeXtext,
  type Token,
  type Verb,
} from './grammar.ts';
import { authenticate, startTls } from './login.ts';
import { ehloLines } from './postfix.ts';
import { done, fail, failed, type Step } from './outcome.ts';
import { reply, type Reply } from './reply.ts';
import {
  ask,
  bareLfReply,
  forgetMail,
  move,
  note,
  noteReject,
  type Envelope,
  type EnvelopeRecipient,
  type Outcome,
  type ServerAnswer,
  type ServerQuestion,
  type ServerSession,
} from './session.ts';

/** What a command may know besides its words: how many there are, and when. */
type Command = (session: ServerSession, tokens: readonly Token[], now: Time) => Step;

const discards = (session: ServerSession, keyword: string): boolean =>
  session.config.discardEhloKeywords.includes(keyword);

const inTransaction = (session: ServerSession): boolean => session.envelope !== undefined;

/** Several arguments count as one, with single blanks between. */
const collapse = (tokens: readonly Token[]): string =>
  tokens
    .slice(1)
    .map((token) => token.text)
    .join(' ');

/** How Postfix keeps a HELO name: what is no name character in a log or a header becomes `?`. */
// eslint-disable-next-line no-control-regex
const heloName = (text: string): string => text.replace(/[ <>()\\";@\x00-\x1f\x7f]/g, '?');

function hello(verb: 'HELO' | 'EHLO'): Command {
  return (session, tokens) => {
    if (tokens.length < 2) return fail(501, undefined, `Syntax: ${verb} hostname`, 'RFC 5321 §4.1.1.1');
    return ask(session, verb, { kind: 'helo', verb, name: heloName(collapse(tokens)) });
  };
}

function helloAnswered(session: ServerSession, verb: Verb, name: string): Outcome {
  forgetMail(session);
  session.helo = name;
  session.protocol = verb === 'EHLO' ? 'ESMTP' : 'SMTP';
  move(session, verb);
  if (verb === 'HELO') return done(reply(250, undefined, session.config.hostname, 'RFC 5321 §4.1.1.1'));
  return done({ code: 250, lines: ehloLines(session.config, session.secured), rule: 'RFC 5321 §4.1.1.1' });
}

const mail: Command = (session, tokens) => {
  const { config } = session;
  if (config.heloRequired && session.helo === undefined)
    return fail(503, '5.5.1', 'Error: send HELO/EHLO first', 'RFC 5321 §4.1.4');
  if (inTransaction(session)) return fail(503, '5.5.1', 'Error: nested MAIL command', 'RFC 5321 §4.1.4');
  const late = afterBdat(session, 'MAIL');
  if (late !== undefined) return failed(late);
  const path = tokens[2];
  if (!path || tokens[1]?.text.toLowerCase() !== 'from:')
    return fail(501, '5.5.4', 'Syntax: MAIL FROM:<address>', 'RFC 5321 §4.1.1.2');
  const badSyntax = fail(501, '5.1.7', 'Bad sender address syntax', 'RFC 5321 §4.1.2');
  if (path.broken) return badSyntax;
  const parameters = tokens.slice(3).map((token) => token.text);
  const smtputf8 =
    !discards(session, 'smtputf8') && parameters.some((each) => each.toUpperCase() === 'SMTPUTF8');
  if (config.strictSmtputf8 && !smtputf8 && !isAscii(path.text)) {
    // A U-label is a syntax error first.
    if (extractAddress(path, { allowEmpty: true, strict: config.strictEnvelopes, utf8: false }) === undefined)
      return badSyntax;
    return fail(553, '5.6.7', 'Must declare SMTPUTF8 to send unicode address', 'RFC 6531 §3.4');
  }
  const address = extractAddress(path, { allowEmpty: true, strict: config.strictEnvelopes, utf8: smtputf8 });
  if (address === undefined) return badSyntax;
  const read = readMailParameters(session, parameters);
  if ('reply' in read) return failed(read.reply);
  const envelope: Envelope = {
    reversePath: address,
    typed: path.text,
    body: read.body,
    smtputf8,
    declaredSize: read.size,
    ret: read.ret,
    envid: read.envid,
    recipients: [],
  };
  if (config.messageSizeLimit > 0 && (read.size ?? 0) > config.messageSizeLimit)
    return fail(552, '5.3.4', 'Message size exceeds fixed limit', 'RFC 1870 §6.1');
  return ask(session, 'MAIL', { kind: 'sender', envelope });
};

interface MailParameters {
  body?: '7BIT' | '8BITMIME';
  size?: number;
  ret?: 'FULL' | 'HDRS';
  envid?: string;
}

/** RFC 5321 §4.1.1.11: each parameter in turn; the first bad one decides. */
function readMailParameters(
  session: ServerSession,
  parameters: readonly string[],
): MailParameters | { reply: Reply } {
  const read: MailParameters = {};
  const dsnOff = discards(session, 'dsn');
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    const name = (equals < 0 ? parameter : parameter.slice(0, equals)).toUpperCase();
    const value = equals < 0 ? undefined : parameter.slice(equals + 1);
    const upper = parameter.toUpperCase();
    if (upper === 'BODY=8BITMIME') read.body = '8BITMIME';
    else if (upper === 'BODY=7BIT') read.body = '7BIT';
    else if (name === 'SIZE' && value !== undefined) {
      if (!/^\d+$/.test(value))
        return { reply: reply(501, '5.5.4', 'Bad message size syntax', 'RFC 1870 §4') };
      // Beyond 64 bits the number itself is the trouble.
      if (BigInt(value.slice(0, 40)) > 9223372036854775807n)
        return {
          reply: reply(552, '5.3.4', 'Message size exceeds file system imposed limit', 'RFC 1870 §6.1'),
        };
      read.size = Number(value);
    } else if (upper === 'SMTPUTF8' && !discards(session, 'smtputf8')) continue;
    else if (name === 'AUTH' && value !== undefined) {
      // A client that has authenticated may write what it likes here: recorded.
      if (session.login === undefined && value !== '<>' && decodeXtext(value) === undefined)
        return { reply: reply(501, '5.5.4', 'Error: bad AUTH= parameter syntax', 'RFC 4954 §5') };
    } else if (name === 'RET' && value !== undefined) {
      if (dsnOff) return { reply: reply(501, '5.7.1', 'DSN support is disabled', 'RFC 3461 §4.3') };
      const ret = value.toUpperCase();
      if (read.ret !== undefined || (ret !== 'FULL' && ret !== 'HDRS'))
        return { reply: reply(501, '5.5.4', 'Bad RET parameter syntax', 'RFC 3461 §4.3') };
      read.ret = ret;
    } else if (name === 'ENVID' && value !== undefined) {
      if (dsnOff) return { reply: reply(501, '5.7.1', 'DSN support is disabled', 'RFC 3461 §4.4') };
      const envid = decodeXtext(value);
      if (read.envid !== undefined || envid === undefined)
        return { reply: reply(501, '5.5.4', 'Bad ENVID parameter syntax', 'RFC 3461 §4.4') };
      read.envid = envid;
    } else return { reply: reply(555, '5.5.4', `Unsupported option: ${parameter}`, 'RFC 5321 §4.1.1.11') };
  }
  return read;
}

const rcpt: Command = (session, tokens) => {
  const { config, envelope } = session;
  if (!envelope) return fail(503, '5.5.1', 'Error: need MAIL command', 'RFC 5321 §4.1.4');
  const late = afterBdat(session, 'RCPT');
  if (late !== undefined) return failed(late);
  const path = tokens[2];
  if (!path || tokens[1]?.text.toLowerCase() !== 'to:')
    return fail(501, '5.5.4', 'Syntax: RCPT TO:<address>', 'RFC 5321 §4.1.1.3');
  const badSyntax = fail(501, '5.1.3', 'Bad recipient address syntax', 'RFC 5321 §4.1.2');
  if (path.broken) return badSyntax;
  if (config.strictSmtputf8 && !envelope.smtputf8 && !isAscii(path.text))
    return fail(553, '5.6.7', 'Must declare SMTPUTF8 to send unicode address', 'RFC 6531 §3.4');
  const address = extractAddress(path, {
    allowEmpty: false,
    strict: config.strictEnvelopes,
    utf8: envelope.smtputf8,
  });
  if (address === undefined) return badSyntax;
  const read = readRcptParameters(
    session,
    tokens.slice(3).map((token) => token.text),
  );
  if ('reply' in read) return failed(read.reply);
  if (config.recipientLimit > 0 && envelope.recipients.length >= config.recipientLimit) {
    const answer = reply(452, '4.5.3', 'Error: too many recipients', 'RFC 5321 §4.5.3.1.10');
    // Up to smtpd_recipient_overshoot_limit this is no error of the client's.
    return session.overshoot++ < config.recipientOvershootLimit ? done(answer) : failed(answer);
  }
  const recipient: EnvelopeRecipient = { address, typed: path.text, ...read };
  return ask(session, 'RCPT', { kind: 'recipient', recipient, envelope });
};

function readRcptParameters(
  session: ServerSession,
  parameters: readonly string[],
): Pick<EnvelopeRecipient, 'notify' | 'orcpt'> | { reply: Reply } {
  let notify: EnvelopeRecipient['notify'];
  let orcpt: EnvelopeRecipient['orcpt'];
  for (const parameter of parameters) {
    const upper = parameter.toUpperCase();
    const known = upper.startsWith('NOTIFY=') || upper.startsWith('ORCPT=');
    if (known && discards(session, 'dsn'))
      return { reply: reply(501, '5.7.1', 'DSN support is disabled', 'RFC 3461 §4') };
    if (upper.startsWith('NOTIFY=')) {
      const words = parseNotify(parameter.slice(7));
      if (notify || !words)
        return { reply: reply(501, '5.5.4', 'Error: Bad NOTIFY parameter syntax', 'RFC 3461 §4.1') };
      notify = words;
    } else if (upper.startsWith('ORCPT=')) {
      const original = parseOrcpt(parameter.slice(6));
      if (orcpt || !original)
        return { reply: reply(501, '5.5.4', 'Error: Bad ORCPT parameter syntax', 'RFC 3461 §4.2') };
      orcpt = original;
    } else return { reply: reply(555, '5.5.4', `Unsupported option: ${parameter}`, 'RFC 5321 §4.1.1.11') };
  }
  return { ...(notify && { notify }), ...(orcpt && { orcpt }) };
}

const data: Command = (session, tokens) => {
  const { envelope } = session;
  const late = afterBdat(session, 'DATA');
  if (late !== undefined) return failed(late);
  if (!envelope) return fail(503, '5.5.1', 'Error: need RCPT command', 'RFC 5321 §4.1.4');
  if (envelope.recipients.length === 0)
    return fail(554, '5.5.1', 'Error: no valid recipients', 'RFC 5321 §3.3');
  if (tokens.length !== 1) return fail(501, '5.5.4', 'Syntax: DATA', 'RFC 5321 §4.1.1.4');
  return ask(session, 'DATA', { kind: 'data', envelope });
};

const rset: Command = (session, tokens) => {
  if (tokens.length !== 1) return fail(501, '5.5.4', 'Syntax: RSET', 'RFC 5321 §4.1.1.5');
  forgetMail(session);
  move(session, 'RSET');
  return done(reply(250, '2.0.0', 'Ok', 'RFC 5321 §4.1.1.5'));
};

const vrfy: Command = (session, tokens) => {
  const { config } = session;
  if (config.disableVrfy) return fail(502, '5.5.1', 'VRFY command is disabled', 'RFC 5321 §7.3');
  const utf8Offered = !discards(session, 'smtputf8');
  const utf8 = utf8Offered && tokens.length > 2 && tokens.at(-1)?.text.toUpperCase() === 'SMTPUTF8';
  const words = utf8 ? tokens.slice(0, -1) : tokens;
  if (words.length < 2)
    return fail(501, '5.5.4', `Syntax: VRFY address${utf8Offered ? ' [SMTPUTF8]' : ''}`, 'RFC 5321 §4.1.1.6');
  const typed = collapse(words);
  if (config.strictSmtputf8 && !utf8 && !isAscii(typed))
    return fail(553, '5.6.7', 'Must declare SMTPUTF8 to send unicode address', 'RFC 6531 §3.4');
  const token = { text: typed, broken: words.some((word) => word.broken) };
  const address = extractAddress(token, { allowEmpty: false, strict: false, utf8 });
  if (address === undefined) return fail(501, '5.1.3', 'Bad recipient address syntax', 'RFC 5321 §4.1.2');
  return ask(session, 'VRFY', { kind: 'verify', address, typed });
};

const etrn: Command = (session, tokens, now) => {
  if (session.config.heloRequired && session.helo === undefined)
    return fail(503, undefined, 'Error: send HELO/EHLO first', 'RFC 1985 §5.2');
  if (inTransaction(session))
    return fail(503, undefined, 'Error: MAIL transaction in progress', 'RFC 1985 §5.2');
  const argument = tokens[1]?.text;
  if (tokens.length !== 2 || argument === undefined)
    return fail(500, undefined, 'Syntax: ETRN domain', 'RFC 1985 §5.2');
  // RFC 1985 §5.1: @ or # may come first; Postfix drops whatever is no letter or digit there.
  const domain = argument.replace(/^[^A-Za-z0-9]/, '');
  if (!isHostname(domain)) return fail(501, undefined, 'Error: invalid parameter syntax', 'RFC 1985 §5.1');
  if (!session.config.fastFlushDomains.includes(domain.toLowerCase()))
    return fail(459, undefined, `<${domain}>: service unavailable`, 'RFC 1985 §5.3');
  note(session, now, { kind: 'flush', domain: domain.toLowerCase() });
  return done(reply(250, undefined, 'Queuing started', 'RFC 1985 §5.3'));
};

const extended: Command = (session) =>
  inTransaction(session)
    ? fail(503, '5.5.1', 'Error: MAIL transaction in progress', 'RFC 5321 §4.1.4')
    : fail(550, '5.7.0', 'Error: insufficient authorization', 'RFC 5321 §4.1.5');

const HELP_TEXT =
  'Commands: AUTH BDAT DATA EHLO ETRN HELO HELP MAIL NOOP QUIT RCPT RSET STARTTLS VRFY XCLIENT XFORWARD';

/**
 * Postfix's command table. `last`: must end a group (RFC 2920 §3.1); `junk`: counts towards smtpd_junk_command_limit;
 * `inClear`: works before STARTTLS where TLS is a must.
 */
export const COMMANDS: Readonly<
  Partial<Record<Verb, { run: Command; last?: boolean; junk?: boolean; inClear?: boolean }>>
> = {
  HELO: { run: hello('HELO'), last: true, junk: true, inClear: true },
  EHLO: { run: hello('EHLO'), last: true, junk: true, inClear: true },
  // STARTTLS and AUTH are in `login.ts`.
  STARTTLS: { run: startTls, inClear: true },
  AUTH: { run: authenticate },
  MAIL: { run: mail },
  RCPT: { run: rcpt },
  DATA: { run: data, last: true },
  BDAT: { run: bdat },
  RSET: { run: rset, junk: true },
  NOOP: {
    run: () => done(reply(250, '2.0.0', 'Ok', 'RFC 5321 §4.1.1.9')),
    last: true,
    junk: true,
    inClear: true,
  },
  VRFY: { run: vrfy, last: true, junk: true },
  ETRN: { run: etrn, junk: true },
  QUIT: {
    run: () => ({ ...done(reply(221, '2.0.0', 'Bye', 'RFC 5321 §4.1.1.10')), close: true }),
    inClear: true,
  },
  XCLIENT: { run: extended },
  XFORWARD: { run: extended },
  HELP: { run: () => done(reply(214, '2.0.0', HELP_TEXT, 'RFC 5321 §4.1.1.8')) },
};

/** smtpd_forbidden_commands: CONNECT GET POST and whatever does not start with a letter. */
export function isForbidden(word: string): boolean {
  return /^(?:connect|get|post)$/i.test(word) || !/^[A-Za-z]/.test(word);
}

/** The second half of a command, after the host has decided. `connect` and `message` are the loop's. */
export function answered(
  session: ServerSession,
  question: ServerQuestion,
  answer: ServerAnswer,
  now: Time,
): Outcome {
  if ('reply' in answer) {
    const more = question.kind === 'recipient' ? { recipient: question.recipient.address } : {};
    const verb = session.where;
    if (question.kind === 'sender') session.envelope = question.envelope;
    noteReject(
      session,
      now,
      verb,
      answer.reply,
      question.kind === 'verify' ? { recipient: question.address } : more,
    );
    if (question.kind === 'sender') session.envelope = undefined;
    return failed(answer.reply);
  }
  switch (question.kind) {
    case 'helo':
      return helloAnswered(session, question.verb, question.name);
    case 'sender':
      session.envelope = question.envelope;
      move(session, 'MAIL');
      return done(reply(250, '2.1.0', 'Ok', 'RFC 5321 §4.1.1.2'));
    case 'recipient': {
      const envelope = session.envelope ?? question.envelope;
      session.envelope = { ...envelope, recipients: [...envelope.recipients, question.recipient] };
      move(session, 'RCPT');
      return done(reply(250, '2.1.5', 'Ok', 'RFC 5321 §4.1.1.3'));
    }
    case 'verify':
      return done(reply(252, '2.0.0', question.typed, 'RFC 5321 §3.5.3'));
    case 'data':
      move(session, 'DATA');
      return done(reply(354, undefined, 'End data with <CR><LF>.<CR><LF>', 'RFC 5321 §4.1.1.4'));
    case 'connect':
    case 'tls':
    case 'account':
    case 'message':
      throw new Error(`not a command: ${question.kind}`);
  }
}

/** What is wrong with a message at the end of data, before the host sees it; undefined: nothing. */
export function contentFault(session: ServerSession, receivedHeaders: number): Reply | undefined {
  const { config } = session;
  if (config.messageSizeLimit > 0 && session.textBytes > config.messageSizeLimit)
    return reply(552, '5.3.4', 'Error: message file too big', 'RFC 1870 §6.3');
  if (config.forbidBareNewline === 'reject' && session.dots.bareLfSeen) return bareLfReply(config);
  // The header that this host adds counts too.
  if (receivedHeaders + 1 >= config.hopcountLimit)
    return reply(554, '5.4.0', 'Error: too many hops', 'RFC 5321 §6.3');
  return undefined;
}

/** `250 2.0.0 Ok: queued as …`, or the host's refusal. */
export function messageAnswered(session: ServerSession, answer: ServerAnswer, now: Time): Outcome {
  if ('reply' in answer) {
    noteReject(session, now, 'END-OF-MESSAGE', answer.reply);
    return failed(answer.reply);
  }
  if ('replies' in answer)
    return failed(answer.replies[0] ?? reply(451, '4.3.0', 'Error: queue file write error'));
  const queueId = 'queueId' in answer ? answer.queueId : undefined;
  const size = session.cameInChunks ? `${session.textBytes} bytes ` : '';
  return done(reply(250, '2.0.0', `Ok: ${size}queued as ${queueId ?? ''}`, 'RFC 5321 §4.2.5'));
}
