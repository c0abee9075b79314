// TLS of a delivery: chooses what must hold for a host, drives what comes of the handshake, and tells it to log and trace. The
// decisions are in `tls-client.ts`. smtp_proto.c, smtp_start_tls().

import { connectionOf, type NetInput } from '../../net/network.ts';
import { clientSecured, clientTlsFailed, clientTlsUnfit, type ClientFeatures } from '../../smtp/client.ts';
import type { EventOf } from '../events.ts';
import type { Os } from '../program.ts';
import { connectNext, deliveryOf, settle } from './delivery.ts';
import { QUEUE_DEFAULTS } from './queue.ts';
import type { Delivery, MtaState } from './state.ts';
import {
  establishedLine,
  handshakeLines,
  judgePeer,
  levelOf,
  policyFor,
  type TlsPolicy,
} from './tls-client.ts';

/** The clause by which somebody insists on TLS, or does not. */
const RULES = { level: 'RFC 3207 §4.1', dane: 'RFC 7672 §2.2', sts: 'RFC 8461 §4' } as const;

/** Settles what holds for a host, and tells it where more than the configured level had a say. */
export function choosePolicy(state: MtaState, delivery: Delivery, host: string, os: Os): TlsPolicy {
  const finding = delivery.tlsa.find((one) => one.host === host);
  const policy = policyFor(state.config, delivery.domain, host, finding, delivery.sts);
  if (policy.by === 'level' && policy.gap === undefined) return policy;
  os.cause = os.emit(
    {
      type: 'smtp.tlsPolicy',
      queueId: delivery.queueId,
      host,
      configured: levelOf(state.config),
      level: policy.level,
      by: policy.by,
      names: policy.names,
      ...(policy.gap === undefined ? {} : { gap: policy.gap }),
      ...(policy.refusal === undefined ? {} : { refusal: policy.refusal }),
    },
    policy.by === 'sts' ? 'RFC 8461 §4' : 'RFC 7672 §2.2',
  );
  return policy;
}

/** smtp_tls_security_level of a session: everything above `may` insists. */
export function sessionTls({ policy, inClear }: Delivery): 'none' | 'may' | 'encrypt' {
  const level = policy?.level ?? 'none';
  if (level === 'none' || inClear) return 'none';
  return level === 'may' ? 'may' : 'encrypt';
}

/** Tells what became of TLS on a connection. */
function tellTls(
  delivery: Delivery,
  connection: number,
  outcome: EventOf<'smtp.tls'>['outcome'],
  rule: string,
  os: Os,
): void {
  const { policy, queueId } = delivery;
  const host = delivery.candidates[delivery.at]?.host;
  if (policy === undefined || host === undefined) return;
  os.cause = os.emit(
    { type: 'smtp.tls', connection, queueId, host, level: policy.level, by: policy.by, outcome },
    rule,
  );
}

/** The handshake with a server is over. False when the socket is none of these. */
export function deliverySecured(
  state: MtaState,
  { socket, session, peer }: Extract<NetInput, { type: 'secured' }>,
  os: Os,
): boolean {
  const delivery = deliveryOf(state, socket);
  const candidate = delivery?.candidates[delivery.at];
  if (delivery?.client === undefined || delivery.policy === undefined || candidate === undefined)
    return false;
  if (peer === undefined) return false;
  const { client, policy } = delivery;
  const peerName = `${candidate.host}[${candidate.address}]:${delivery.port}`;
  const verdict = judgePeer(policy, peer, peerName, os.now);
  for (const line of verdict.warnings) os.log('postfix/smtp', line, delivery.pid);
  os.log('postfix/smtp', establishedLine(verdict.word, session, peer, peerName), delivery.pid);
  const rule = RULES[policy.by];
  if (verdict.flaw === undefined) {
    const outcome = { Verified: 'verified', Trusted: 'trusted', Untrusted: 'untrusted' } as const;
    tellTls(delivery, connectionOf(socket), outcome[verdict.word], rule, os);
    clientSecured(client, os.now);
  } else {
    tellTls(
      delivery,
      connectionOf(socket),
      verdict.flaw === 'trusted' ? 'notTrusted' : 'notVerified',
      rule,
      os,
    );
    clientTlsUnfit(client, verdict.flaw, os.now);
  }
  settle(state, delivery, os);
  return true;
}

/** The handshake failed. False when the socket is none of these. */
export function deliveryTlsFailed(
  state: MtaState,
  { socket, failure }: Extract<NetInput, { type: 'tlsFailed' }>,
  os: Os,
): boolean {
  const delivery = deliveryOf(state, socket);
  const candidate = delivery?.candidates[delivery.at];
  const message = delivery === undefined ? undefined : state.queue.get(delivery.queueId);
  if (delivery?.client === undefined || message === undefined || candidate === undefined) return false;
  const peerName = `${candidate.host}[${candidate.address}]:${delivery.port}`;
  for (const line of handshakeLines(failure, peerName)) os.log('postfix/smtp', line, delivery.pid);
  // A server whose TLS is broken must not keep mail for ever: in clear, but only once the message has waited a while, so that
  // a passing trouble does not give everything away (smtp.h, PLAINTEXT_FALLBACK_OK_AFTER_STARTTLS_FAILURE).
  const patience = state.config.minimalBackoffTimeMs ?? QUEUE_DEFAULTS.minimalBackoffTimeMs;
  if (delivery.policy?.level === 'may' && message.activeAt - message.arrivedAt >= patience) {
    os.log('postfix/smtp', `${delivery.queueId}: Cannot start TLS: handshake failure`, delivery.pid);
    tellTls(delivery, connectionOf(socket), 'fallback', 'RFC 7435 §3', os);
    os.close(socket);
    os.cancelTimer(`delivery:${delivery.id}`);
    delivery.client = undefined;
    delivery.socket = undefined;
    delivery.sessions--;
    delivery.inClear = true;
    connectNext(state, delivery, os);
    return true;
  }
  tellTls(delivery, connectionOf(socket), 'handshakeFailed', RULES[delivery.policy?.by ?? 'level'], os);
  clientTlsFailed(delivery.client);
  settle(state, delivery, os);
  return true;
}

/** Whether STARTTLS was among what the server offers, when it was wanted. */
export function offered(delivery: Delivery, { keywords }: ClientFeatures, connection: number, os: Os): void {
  const wanted = sessionTls(delivery);
  if (wanted === 'none' || delivery.client?.secured === true) return;
  if (keywords.some((line) => /^STARTTLS$/i.test(line.trim()))) return;
  if (wanted === 'may') tellTls(delivery, connection, 'clear', 'RFC 7435 §3', os);
  else tellTls(delivery, connection, 'notOffered', RULES[delivery.policy?.by ?? 'level'], os);
}
