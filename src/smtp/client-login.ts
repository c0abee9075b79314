// What comes before the transaction: STARTTLS and AUTH, as Postfix's client does them. The handshake is the host's. RFC 3207,
// RFC 4954; smtp_tls_security_level and smtp_sasl_auth_enable in postconf(5).

import type { Time } from '../base/dates.ts';
import { openSaslClient, saslChallenge, saslFinished, saslInitial } from '../sasl/client.ts';
import {
  MECHANISMS,
  printInitialResponse,
  printSasl,
  readResponse,
  type Mechanism,
} from '../sasl/mechanism.ts';
import { command, failRest, quit, send, serverName, shut } from './client-acts.ts';
import type { ClientSession } from './client-job.ts';
import { replyClass, replyStatus, replyText, type Reply } from './reply.ts';

/** True when something was said that must be answered first, or when it was the end. */
export function prepare(session: ClientSession, now: Time): boolean {
  const { config, features } = session;
  const offers = (word: string): boolean =>
    features.keywords.some((line) => (line.split(/[ =]/)[0] ?? '').toUpperCase() === word);
  if (!session.secured && (config.tls === 'may' || config.tls === 'encrypt')) {
    if (offers('STARTTLS')) {
      send(session, command(session, 'STARTTLS', 'STARTTLS', now), now);
      return true;
    }
    if (config.tls === 'encrypt')
      return giveUp(
        session,
        '4.7.4',
        `TLS is required, but was not offered by host ${serverName(session)}`,
        now,
      );
  }
  if (config.login === undefined || session.login === 'done') return false;
  const mechanism = mechanismOf(features.keywords);
  if (mechanism === undefined)
    return giveUp(
      session,
      '4.7.0',
      `SASL authentication failed; server ${serverName(session)} offers no mechanism that can be used`,
      now,
    );
  session.login = openSaslClient(mechanism, config.login, config.nonce);
  const initial = saslInitial(session.login);
  const words = ['AUTH', mechanism, ...(initial === undefined ? [] : [printInitialResponse(initial)])];
  send(session, command(session, 'AUTH', words.join(' '), now), now);
  return true;
}

/** The strongest of what `AUTH …` lists. */
function mechanismOf(keywords: readonly string[]): Mechanism | undefined {
  const line = keywords.find((one) => /^AUTH[ =]/i.test(one)) ?? '';
  const offered = line.toUpperCase().split(/[ =]+/).slice(1);
  return MECHANISMS.find((one) => offered.includes(one));
}

function giveUp(session: ClientSession, dsn: string, text: string, now: Time, reply?: Reply): true {
  failRest(session, { dsn, text, reply, step: 'session' });
  quit(session, now);
  return true;
}

/** True when it goes on in clear: the server offered STARTTLS, does not do it, and nobody insists. */
export function tlsAnswered(session: ClientSession, answer: Reply, now: Time): boolean {
  if (replyClass(answer) === 2) {
    // Plain text behind the reply would be heard as if it were protected.
    session.input = '';
    session.outputs.push({ kind: 'startTls' });
    return false;
  }
  if (session.config.tls === 'encrypt') {
    const text = `TLS is required, but host ${serverName(session)} refused to start TLS: ${replyText(answer)}`;
    giveUp(session, replyStatus(answer), text, now, answer);
    return false;
  }
  const keywords = session.features.keywords.filter((line) => !/^STARTTLS$/i.test(line.trim()));
  session.features = { ...session.features, keywords };
  return !prepare(session, now);
}

/** The handshake came to nothing: no word more can be said on this connection. */
export function tlsBroken(session: ClientSession): void {
  failRest(session, {
    dsn: '4.7.5',
    text: 'Cannot start TLS: handshake failure',
    reply: undefined,
    step: 'session',
  });
  shut(session);
}

/** The connection is protected, but the certificate does not satisfy: politely, no. */
export function tlsUnfit(session: ClientSession, flaw: 'trusted' | 'verified', now: Time): void {
  giveUp(session, '4.7.5', `Server certificate not ${flaw}`, now);
}

/** True when the login is done and the transaction may begin. */
export function authAnswered(session: ClientSession, answer: Reply, now: Time): boolean {
  const exchange = session.login;
  const refused = (why: string): false => {
    giveUp(
      session,
      '4.7.0',
      `SASL authentication failed; server ${serverName(session)} said: ${why}`,
      now,
      answer,
    );
    return false;
  };
  if (exchange === undefined || exchange === 'done') return refused(replyText(answer));
  if (replyClass(answer) === 2) {
    if (!saslFinished(exchange)) return refused(replyText(answer));
    session.login = 'done';
    return true;
  }
  const challenge = answer.code === 334 ? readResponse((answer.lines[0] ?? '').trim()) : undefined;
  if (challenge?.kind !== 'response') return refused(replyText(answer));
  const result = saslChallenge(exchange, challenge.bytes);
  if (result.kind === 'failed') return refused(result.detail);
  send(session, command(session, 'AUTH', printSasl(result.bytes), now), now);
  return false;
}
