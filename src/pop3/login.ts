// The commands of the AUTHORIZATION state: USER and PASS, APOP, AUTH, STLS, CAPA (RFC 1939 §4 and §7, RFC 5034, RFC 2595,
// RFC 2449), in the words of Dovecot's pop3-login. Knows no message.

import { fromUtf8Strict, latin1, toHex, utf8 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { md5 } from '../crypto/hash.ts';
import { mechanismNamed, printSasl, readResponse, sendsPassword, type Account } from '../sasl/mechanism.ts';
import {
  openSaslServer,
  passwordHolds,
  saslAccount,
  saslRespond,
  type SaslServerResult,
} from '../sasl/server.ts';
import { ask, close, listing, note, say, type LoginWay, type Pop3Session } from './session.ts';

/** pop3-login's patience with commands that it does not know or that come at the wrong time. */
const MAX_BAD_COMMANDS = 3;

const AUTHENTICATION_FAILED = '-ERR [AUTH] Authentication failed.';

/** What a CAPA lists in both states (RFC 2449 §5). */
const ALWAYS = ['CAPA', 'TOP', 'UIDL', 'RESP-CODES', 'PIPELINING', 'AUTH-RESP-CODE'];

const mayShowPassword = (session: Pop3Session): boolean => session.secured || session.config.cleartext;

const offered = (session: Pop3Session): readonly string[] =>
  session.config.mechanisms.filter((each) => mayShowPassword(session) || !sendsPassword(each));

export function capabilities(session: Pop3Session): string[] {
  if (session.phase === 'transaction') return ALWAYS;
  const out = [...ALWAYS];
  if (session.config.tls === 'available' && !session.secured) out.push('STLS');
  if (mayShowPassword(session)) out.push('USER');
  out.push(['SASL', ...offered(session)].join(' '));
  return out;
}

/** One line before login. */
export function loginLine(session: Pop3Session, line: string, now: Time): void {
  if (session.exchange?.sasl !== undefined) {
    continueExchange(session, line, now);
    return;
  }
  const blank = line.indexOf(' ');
  const verb = (blank < 0 ? line : line.slice(0, blank)).toUpperCase();
  const argument = blank < 0 ? '' : line.slice(blank + 1);
  if (command(session, verb, argument, now)) {
    session.badCommands = 0;
    return;
  }
  if (++session.badCommands < MAX_BAD_COMMANDS) return;
  say(session, now, '-ERR Too many invalid bad commands.');
  close(session, now, 'errors');
}

/** False for what counts as a bad command. */
function command(session: Pop3Session, verb: string, argument: string, now: Time): boolean {
  const { config } = session;
  switch (verb) {
    case 'CAPA':
      say(session, now, '+OK', listing(capabilities(session)), 'RFC 2449 §5');
      return true;
    case 'USER':
      if (!mayShowPassword(session)) {
        say(session, now, disallowed(session), '', 'RFC 8314 §4.1');
        return true;
      }
      session.userName = argument;
      say(session, now, '+OK', '', 'RFC 1939 §7');
      return true;
    case 'PASS': {
      const user = session.userName;
      if (user === undefined) {
        say(session, now, '-ERR No username given.', '', 'RFC 1939 §7');
        return false;
      }
      session.userName = undefined;
      begin(session, 'PASS', user, argument);
      return true;
    }
    case 'APOP': {
      if (!config.apop) {
        say(session, now, '-ERR APOP not enabled.', '', 'RFC 1939 §7');
        return false;
      }
      const match = /^(.+) ([0-9a-fA-F]{32})$/.exec(argument);
      if (match === null) {
        say(session, now, '-ERR Invalid parameters.', '', 'RFC 1939 §7');
        return false;
      }
      begin(session, 'APOP', match[1] ?? '', (match[2] ?? '').toLowerCase());
      return true;
    }
    case 'AUTH':
      auth(session, argument, now);
      return true;
    case 'STLS':
      if (session.secured) {
        say(session, now, '-ERR TLS is already active.', '', 'RFC 2595 §4');
        return true;
      }
      if (config.tls === 'off') {
        say(session, now, "-ERR TLS support isn't enabled.", '', 'RFC 2595 §4');
        return false;
      }
      say(session, now, '+OK Begin TLS negotiation now.', '', 'RFC 2595 §4');
      // What came in clear behind the command is thrown away, or it would count as said under TLS (CVE-2011-0411).
      session.input = '';
      ask(session, { kind: 'tls' });
      return true;
    case 'QUIT':
      say(session, now, '+OK Logging out', '', 'RFC 1939 §6');
      close(session, now, 'quit');
      return true;
    default:
      say(session, now, '-ERR Unknown command.');
      return false;
  }
}

function disallowed(session: Pop3Session): string {
  const word = session.config.version === '2.3' ? 'Plaintext' : 'Cleartext';
  return `-ERR [AUTH] ${word} authentication disallowed on non-secure (SSL/TLS) connections.`;
}

/** RFC 5034 §4. */
function auth(session: Pop3Session, argument: string, now: Time): void {
  if (argument === '') {
    say(session, now, '+OK', listing(offered(session)), 'RFC 5034 §4');
    return;
  }
  const [name = '', ...rest] = argument.split(' ');
  const initial = rest.join(' ');
  const mechanism = mechanismNamed(name);
  if (mechanism === undefined || !session.config.mechanisms.includes(mechanism)) {
    say(session, now, '-ERR [AUTH] Unsupported authentication mechanism.', '', 'RFC 5034 §4');
    return;
  }
  if (sendsPassword(mechanism) && !mayShowPassword(session)) {
    const text =
      session.config.version === '2.3'
        ? '-ERR [AUTH] Plaintext authentication disabled.'
        : disallowed(session);
    say(session, now, text, '', 'RFC 8314 §4.1');
    return;
  }
  const count = ++session.exchanges;
  const { challenge, nonce } = session.seed;
  const seed = { challenge: challenge.replace('<', `<${count}.`), nonce: `${nonce}${count}` };
  session.exchange = { way: mechanism, sasl: openSaslServer(mechanism, seed), secret: '' };
  if (initial === '') take(session, saslRespond(session.exchange.sasl!, undefined), now);
  else continueExchange(session, initial, now);
}

function continueExchange(session: Pop3Session, line: string, now: Time): void {
  const { exchange } = session;
  if (exchange?.sasl === undefined) return;
  const response = readResponse(line);
  switch (response.kind) {
    case 'abort':
      session.exchange = undefined;
      say(session, now, '-ERR Authentication aborted by client.', '', 'RFC 5034 §4');
      return;
    case 'bad-base64':
      session.exchange = undefined;
      say(session, now, '-ERR [AUTH] Invalid base64 in response', '', 'RFC 5034 §4');
      return;
    case 'response':
      take(session, saslRespond(exchange.sasl, response.bytes), now);
  }
}

function take(session: Pop3Session, result: SaslServerResult, now: Time): void {
  const way = session.exchange?.way ?? 'PLAIN';
  switch (result.kind) {
    case 'challenge':
      say(session, now, `+ ${printSasl(result.bytes)}`, '', 'RFC 5034 §4');
      return;
    case 'account':
      ask(session, { kind: 'account', user: result.user, way });
      return;
    case 'done':
      accepted(session, result.user, way, now);
      return;
    case 'failed':
      refused(session, result.typed, way, result.reason, now);
  }
}

function begin(session: Pop3Session, way: 'PASS' | 'APOP', user: string, secret: string): void {
  session.exchange = { way, sasl: undefined, secret };
  ask(session, { kind: 'account', user: fromUtf8Strict(latin1(user)) ?? user, way });
}

/** The host has looked a user up. */
export function accountKnown(
  session: Pop3Session,
  typed: string,
  account: Account | undefined,
  now: Time,
): void {
  const { exchange } = session;
  if (exchange === undefined) return;
  if (exchange.sasl !== undefined) {
    take(session, saslAccount(exchange.sasl, account), now);
    return;
  }
  const { way, secret } = exchange;
  if (account === undefined) {
    refused(session, typed, way, 'no-such-user', now);
    return;
  }
  let right: boolean | undefined;
  if (way === 'APOP') {
    const { password } = account;
    right =
      password === undefined ? undefined : toHex(md5(utf8(session.seed.challenge + password))) === secret;
  } else right = passwordHolds(account, fromUtf8Strict(latin1(secret)) ?? secret);
  if (right) accepted(session, account.user, way, now);
  else refused(session, typed, way, right === undefined ? 'no-secret' : 'wrong-password', now);
}

function accepted(session: Pop3Session, user: string, way: LoginWay, now: Time): void {
  session.exchange = undefined;
  session.locked = { user, way, until: now + session.config.lockWaitMs, retryAt: now };
  ask(session, { kind: 'maildrop', user });
}

/** Dovecot lets a wrong guess wait, whatever was wrong, so that nobody can tell which. */
function refused(
  session: Pop3Session,
  user: string | undefined,
  way: LoginWay,
  reason: string,
  now: Time,
): void {
  session.exchange = undefined;
  note(session, now, { kind: 'login-failed', user, way, reason });
  session.delayed = { at: now + session.config.failureDelayMs, line: AUTHENTICATION_FAILED };
}
