// The commands before login: CAPABILITY, STARTTLS, LOGIN, AUTHENTICATE, ID, in the words of Dovecot's imap-login (RFC 9051
// §6.1 and §6.2, RFC 4959, RFC 2971). Knows no mailbox.

import { fromUtf8Strict, latin1 } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import { mechanismNamed, printSasl, readResponse, sendsPassword, type Account } from '../sasl/mechanism.ts';
import {
  openSaslServer,
  passwordHolds,
  saslAccount,
  saslRespond,
  type SaslServerResult,
} from '../sasl/server.ts';
import { capabilities, mayShowPassword } from './capability.ts';
import { ask, bye, close, note, send, tagged, untagged, type ImapSession, type LoginWay } from './session.ts';
import { astring, keyword, parseArgs } from './syntax.ts';

/** imap-login's patience. */
const MAX_BAD_COMMANDS = 3;

const NOT_UNDERSTOOD = 'Error in IMAP command received by server.';

/** A whole command before login; `text` holds what follows tag and name. */
export function loginCommand(session: ImapSession, tag: string, name: string, text: string, now: Time): void {
  const parsed = parseArgs(text);
  const reply = (status: 'OK' | 'NO' | 'BAD', words: string): void =>
    tagged(session, now, tag === '' ? '*' : tag, status, words);
  const done = (status: 'OK' | 'NO' | 'BAD', words: string): void => {
    session.badCommands = 0;
    reply(status, words);
  };
  const misunderstood = (words = NOT_UNDERSTOOD): void => {
    if (++session.badCommands >= MAX_BAD_COMMANDS)
      bye(session, now, 'Too many invalid IMAP commands.', 'errors');
    else reply('BAD', words);
  };
  const args = 'error' in parsed ? [] : parsed.args;
  if ('error' in parsed && ['LOGIN', 'AUTHENTICATE', 'ID'].includes(name)) {
    misunderstood(parsed.error);
    return;
  }
  switch (name) {
    case 'CAPABILITY':
      // After STARTTLS every client has to ask; before it, asking means that the greeting's list was not read.
      if (!session.secured || session.config.tls === 'active') session.askedCapability = true;
      untagged(session, `CAPABILITY ${capabilities(session)}`);
      done('OK', 'Pre-login capabilities listed, post-login capabilities have more.');
      return;
    case 'NOOP':
      done('OK', 'NOOP completed.');
      return;
    case 'LOGOUT':
      untagged(session, 'BYE Logging out');
      done('OK', 'Logout completed.');
      close(session, now, 'logout');
      return;
    case 'ID':
      if (args.length === 0) misunderstood();
      else {
        untagged(session, 'ID ("name" "Dovecot")');
        done('OK', 'ID completed.');
      }
      return;
    case 'STARTTLS':
      if (session.secured) done('BAD', 'TLS is already active.');
      else if (session.config.tls === 'off') done('BAD', "TLS support isn't enabled.");
      else {
        done('OK', 'Begin TLS negotiation now.');
        // What came in clear behind the command must not count as said under TLS (CVE-2011-0411).
        session.input = '';
        ask(session, { kind: 'tls' });
      }
      return;
    case 'LOGIN': {
      const user = astring(args[0]);
      const password = astring(args[1]);
      if (user === undefined || password === undefined || args.length !== 2) misunderstood();
      else if (!mayShowPassword(session)) {
        const word = session.config.version === '2.3' ? 'Plaintext' : 'Cleartext';
        untagged(
          session,
          `BAD [ALERT] ${word} authentication not allowed without SSL/TLS, but your client did it anyway. ` +
            'If anyone was listening, the password was exposed.',
        );
        done('NO', disallowed(session));
      } else {
        session.exchange = { tag, way: 'LOGIN command', sasl: undefined, secret: password };
        ask(session, { kind: 'account', user: fromUtf8Strict(latin1(user)) ?? user, way: 'LOGIN command' });
      }
      return;
    }
    case 'AUTHENTICATE': {
      const asked = keyword(args[0]);
      const initial = args[1] === undefined ? undefined : astring(args[1]);
      if (asked === undefined || args.length > 2 || (args.length === 2 && initial === undefined)) {
        misunderstood();
        return;
      }
      authenticate(session, tag, asked, initial, done, now);
      return;
    }
    default:
      // The most frequent mistake of people who type IMAP.
      if (tag.toUpperCase() === 'LOGIN')
        reply(
          'BAD',
          "First parameter in line is IMAP's command tag, not the command name. Add that before the command, like: a login user pass",
        );
      else misunderstood();
  }
}

function disallowed(session: ImapSession): string {
  const word = session.config.version === '2.3' ? 'Plaintext' : 'Cleartext';
  return `[PRIVACYREQUIRED] ${word} authentication disallowed on non-secure (SSL/TLS) connections.`;
}

function authenticate(
  session: ImapSession,
  tag: string,
  asked: string,
  initial: string | undefined,
  done: (status: 'NO', words: string) => void,
  now: Time,
): void {
  const mechanism = mechanismNamed(asked);
  if (mechanism === undefined || !session.config.mechanisms.includes(mechanism)) {
    done('NO', '[ALERT] Unsupported authentication mechanism.');
    return;
  }
  if (sendsPassword(mechanism) && !mayShowPassword(session)) {
    const old = session.config.version === '2.3';
    done('NO', old ? '[PRIVACYREQUIRED] Plaintext authentication disabled.' : disallowed(session));
    return;
  }
  const count = ++session.exchanges;
  const { challenge, nonce } = session.seed;
  const seed = { challenge: challenge.replace('<', `<${count}.`), nonce: `${nonce}${count}` };
  session.exchange = { tag, way: mechanism, sasl: openSaslServer(mechanism, seed), secret: '' };
  session.continuation = { kind: 'authenticate', tag };
  if (initial !== undefined) authenticateLine(session, initial, now);
  else if (session.exchange.sasl !== undefined)
    take(session, saslRespond(session.exchange.sasl, undefined), now);
}

/** A line of the client within AUTHENTICATE. */
export function authenticateLine(session: ImapSession, line: string, now: Time): void {
  const { exchange } = session;
  if (exchange?.sasl === undefined) return;
  const response = readResponse(line);
  if (response.kind === 'response') {
    take(session, saslRespond(exchange.sasl, response.bytes), now);
    return;
  }
  end(session);
  if (response.kind === 'abort')
    tagged(session, now, exchange.tag, 'BAD', 'Authentication aborted by client.');
  else tagged(session, now, exchange.tag, 'NO', '[ALERT] Invalid base64 in response');
}

function end(session: ImapSession): void {
  session.exchange = undefined;
  session.continuation = undefined;
}

function take(session: ImapSession, result: SaslServerResult, now: Time): void {
  const way = session.exchange?.way ?? 'PLAIN';
  switch (result.kind) {
    case 'challenge':
      send(session, `+ ${printSasl(result.bytes)}`);
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

/** The host has looked a user up. */
export function accountKnown(
  session: ImapSession,
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
  const right =
    account === undefined ? false : passwordHolds(account, fromUtf8Strict(latin1(secret)) ?? secret);
  if (account !== undefined && right) accepted(session, account.user, way, now);
  else
    refused(
      session,
      typed,
      way,
      account === undefined ? 'no-such-user' : right === undefined ? 'no-secret' : 'wrong-password',
      now,
    );
}

function accepted(session: ImapSession, user: string, way: LoginWay, now: Time): void {
  const tag = session.exchange?.tag ?? '*';
  end(session);
  session.user = user;
  session.state = 'authenticated';
  session.badCommands = 0;
  note(session, now, { kind: 'login', user, way });
  // A client that asked before gets the new list untagged, others within the reply. No timing on this one.
  if (session.askedCapability) untagged(session, `CAPABILITY ${capabilities(session)}`);
  const code = session.askedCapability ? '' : `[CAPABILITY ${capabilities(session)}] `;
  send(session, `${tag} OK ${code}Logged in`);
  note(session, now, { kind: 'reply', tag, status: 'OK', text: `${code}Logged in` });
}

function refused(
  session: ImapSession,
  user: string | undefined,
  way: LoginWay,
  reason: string,
  now: Time,
): void {
  const tag = session.exchange?.tag ?? '*';
  end(session);
  note(session, now, { kind: 'login-failed', user, way, reason });
  session.delayed = {
    at: now + session.config.failureDelayMs,
    tag,
    text: '[AUTHENTICATIONFAILED] Authentication failed.',
  };
}
