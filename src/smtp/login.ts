// STARTTLS and AUTH of Postfix's smtpd, with Dovecot's authentication behind it. The handshake and the users are the host's:
// the session asks `tls` and `account`. RFC 3207 and RFC 4954 first; the recordings decide in doubt.

import type { Time } from '../base/dates.ts';
import { mechanismNamed, printSasl, readResponse, type Account } from '../sasl/mechanism.ts';
import { openSaslServer, saslAccount, saslRespond, type SaslServerResult } from '../sasl/server.ts';
import type { Token } from './grammar.ts';
import type { Line } from './lines.ts';
import { done, fail, failed, type Step } from './outcome.ts';
import { mayAuthenticate } from './postfix.ts';
import { reply } from './reply.ts';
import { ask, flush, forgetMail, note, say, type Outcome, type ServerSession } from './session.ts';

/** Longest line of an exchange (RFC 4954 §4). */
const RESPONSE_LIMIT = 12_288;
const AUTH = 'RFC 4954 §4';

/** RFC 3207 §4. */
export function startTls(session: ServerSession, tokens: readonly Token[], now: Time): Step {
  const { tls } = session.config;
  if (tokens.length !== 1) return fail(501, '5.5.4', 'Syntax: STARTTLS', 'RFC 3207 §4');
  if (session.secured) return fail(554, '5.5.1', 'Error: TLS already active', 'RFC 3207 §4.2');
  if (tls === 'off') return fail(502, '5.5.1', 'Error: command not implemented', 'RFC 5321 §4.2.4');
  if (tls === 'broken') return fail(454, '4.7.0', 'TLS not available due to local problem', 'RFC 3207 §4');
  say(session, now, 'STARTTLS', reply(220, '2.0.0', 'Ready to start TLS', 'RFC 3207 §4'));
  flush(session, now);
  // What came in clear behind the command is thrown away, or it would count as said under TLS (CVE-2011-0411).
  session.input = '';
  return ask(session, 'STARTTLS', { kind: 'tls' });
}

/** The handshake is over: whatever was said in clear is forgotten (RFC 3207 §4.2). */
export function tlsAnswered(session: ServerSession): void {
  session.secured = true;
  session.helo = undefined;
  session.protocol = 'SMTP';
  session.login = undefined;
  forgetMail(session);
  session.state = 'greeted';
  const counter = (session.counters['STARTTLS'] ??= { ok: 0, all: 0 });
  counter.ok++;
}

export function authenticate(session: ServerSession, tokens: readonly Token[], now: Time): Step {
  const { config } = session;
  if (session.helo === undefined) return fail(503, '5.5.1', 'Error: send HELO/EHLO first', AUTH);
  if (!mayAuthenticate(config, session.secured))
    return fail(503, '5.5.1', 'Error: authentication not enabled', AUTH);
  if (session.envelope !== undefined) return fail(503, '5.5.1', 'Error: MAIL transaction in progress', AUTH);
  if (session.login !== undefined) return fail(503, '5.5.1', 'Error: already authenticated', AUTH);
  const [, name, initial, ...rest] = tokens.map((token) => token.text);
  if (name === undefined || rest.length > 0) return fail(501, '5.5.4', 'Syntax: AUTH mechanism', AUTH);
  const mechanism = mechanismNamed(name);
  if (mechanism === undefined || !config.mechanisms.includes(mechanism))
    return refused(session, now, undefined, name, 'Invalid authentication mechanism', 0);
  const count = ++session.exchanges;
  const { challenge, nonce } = session.seed;
  const seed = { challenge: challenge.replace('<', `<${count}.`), nonce: `${nonce}${count}` };
  session.exchange = { mechanism, sasl: openSaslServer(mechanism, seed) };
  if (initial === undefined) return went(session, saslRespond(session.exchange.sasl, undefined), now);
  return responded(session, initial, 'initial response', now);
}

/** A line of the client inside an exchange. */
export function exchangeLine(session: ServerSession, line: Line, now: Time): Step {
  note(session, now, {
    kind: 'command',
    raw: line.raw,
    state: session.state,
    verb: 'AUTH',
    tokens: [],
    bareLf: line.bareLf,
    introduced: true,
  });
  if (line.text.length > RESPONSE_LIMIT) {
    session.exchange = undefined;
    return fail(500, '5.5.6', 'SASL response limit exceeded', AUTH);
  }
  return responded(session, line.text, 'continued response', now);
}

function responded(
  session: ServerSession,
  text: string,
  what: 'initial response' | 'continued response',
  now: Time,
): Step {
  const { exchange } = session;
  if (exchange === undefined) return fail(503, '5.5.1', 'Error: authentication not enabled', AUTH);
  const response = readResponse(text);
  if (response.kind === 'response') return went(session, saslRespond(exchange.sasl, response.bytes), now);
  session.exchange = undefined;
  if (response.kind === 'abort') return fail(501, '5.7.0', 'Authentication aborted', AUTH);
  return refused(session, now, undefined, exchange.mechanism, `Invalid base64 data in ${what}`, 0);
}

/** The host has looked a user up. */
export function accountKnown(session: ServerSession, account: Account | undefined, now: Time): Step {
  const { exchange } = session;
  if (exchange === undefined) return fail(503, '5.5.1', 'Error: authentication not enabled', AUTH);
  return went(session, saslAccount(exchange.sasl, account), now);
}

function went(session: ServerSession, result: SaslServerResult, now: Time): Step {
  const { exchange } = session;
  const mechanism = exchange?.mechanism ?? 'PLAIN';
  switch (result.kind) {
    case 'challenge':
      // Postfix writes the blank even before an empty challenge.
      return done(reply(334, undefined, printSasl(result.bytes), AUTH));
    case 'account':
      return ask(session, 'AUTH', { kind: 'account', user: result.user, mechanism });
    case 'done':
      session.exchange = undefined;
      session.login = result.user;
      note(session, now, { kind: 'login', user: result.user, mechanism });
      return done(reply(235, '2.7.0', 'Authentication successful', AUTH));
    case 'failed':
      session.exchange = undefined;
      return refused(
        session,
        now,
        result.typed,
        mechanism,
        '(reason unavailable)',
        session.config.failureDelayMs,
      );
  }
}

/** Whatever was wrong, the answer is the same, so that nobody can tell which names exist. */
function refused(
  session: ServerSession,
  now: Time,
  user: string | undefined,
  mechanism: string,
  why: string,
  delayMs: number,
): Outcome {
  note(session, now, { kind: 'login-failed', user, mechanism, text: why });
  return { ...failed(reply(535, '5.7.8', `Error: authentication failed: ${why}`, AUTH)), delayMs };
}
