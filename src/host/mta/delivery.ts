// smtp and lmtp: one attempt to hand a message to its next hop. Tries the candidate addresses in order, drives the client
// session, and books what it brought for each recipient. smtp(8), RFC 5321 §5.1.

import { splitStream } from '../../base/random.ts';
import {
  clientConfig,
  clientDrain,
  clientEnd,
  clientReceive,
  clientWake,
  clientWakeAt,
  openClientSession,
  type RecipientOutcome,
} from '../../smtp/client.ts';
import { replyText } from '../../smtp/reply.ts';
import type { ConnectFailure } from '../../net/events.ts';
import { connectionOf, type NetInput } from '../../net/network.ts';
import { isIpv6 } from '../../net/topology.ts';
import type { Os } from '../program.ts';
import { startJob } from './jobs.ts';
import { book, finish, type AttemptResult } from './qmgr.ts';
import type { QueuedMessage } from './queue.ts';
import { ADDRESS_LIMIT, type Route } from './routing.ts';
import type { Delivery, MtaState, StsEntry } from './state.ts';
import { askSts } from './sts.ts';
import { choosePolicy, offered, sessionTls } from './delivery-tls.ts';
import { wantsDane } from './tls-client.ts';

/** smtp_connect_timeout */
const CONNECT_TIMEOUT_MS = 30_000;
/** smtp_mx_session_limit */
const SESSION_LIMIT = 2;

const CONNECT_TEXT: Readonly<Record<ConnectFailure, string>> = {
  refused: 'Connection refused',
  timedOut: 'Connection timed out',
  hostUnreachable: 'No route to host',
  networkUnreachable: 'Network is unreachable',
  prohibited: 'No route to host',
};

/** Starts an attempt for some recipients of a message that share their next hop; over LMTP, if `transport` names one. */
export function startDelivery(
  state: MtaState,
  message: QueuedMessage,
  domain: string,
  transport: { readonly host: string; readonly port: number } | undefined,
  recipients: readonly string[],
  os: Os,
): void {
  const delivery: Delivery = {
    id: state.nextDelivery++,
    queueId: message.queueId,
    domain,
    transport: transport === undefined ? 'smtp' : 'lmtp',
    port: transport?.port ?? 25,
    recipients: [...recipients],
    candidates: [],
    at: 0,
    sessions: 0,
    socket: undefined,
    client: undefined,
    startedAt: os.now,
    connectedAt: undefined,
    cause: os.cause,
    pid: os.pid + (transport === undefined ? 4 : 5),
    tlsa: [],
    sts: undefined,
    policy: undefined,
    inClear: false,
    failure: undefined,
  };
  state.deliveries.set(delivery.id, delivery);
  message.running++;
  if (transport !== undefined) {
    delivery.candidates = [
      { preference: 0, host: transport.host, address: transport.host, verdict: 'chosen' },
    ];
    emitRoute(delivery, 'transport', undefined, 'RFC 2033 §2', os);
    connectNext(state, delivery, os);
    return;
  }
  startJob(
    state,
    {
      kind: 'route',
      delivery: delivery.id,
      input: {
        domain,
        ownName: state.config.myhostname,
        ownAddresses: os.net.addresses,
        hasIpv6: os.net.addresses.some(isIpv6),
        ...(wantsDane(state.config) ? { dane: true as const } : {}),
        // A stream of its own, since the policy may run more than once.
        draws: splitStream(os.random('mx-order')),
      },
    },
    os,
  );
}

function emitRoute(
  delivery: Delivery,
  method: 'mx' | 'implicitMx' | 'literal' | 'transport' | 'none',
  problem: string | undefined,
  rule: string,
  os: Os,
): void {
  os.cause = delivery.cause;
  delivery.cause = os.emit(
    {
      type: 'queue.route',
      queueId: delivery.queueId,
      domain: delivery.domain,
      method,
      candidates: delivery.candidates,
      ...(problem === undefined ? {} : { problem }),
    },
    rule,
  );
  os.cause = delivery.cause;
}

/** The MX algorithm has found where to go, or that there is nowhere. */
export function routed(state: MtaState, id: number, route: Route, os: Os): void {
  const delivery = state.deliveries.get(id);
  if (delivery === undefined) return;
  const { failure } = route;
  if (failure?.warning !== undefined) os.log('postfix/smtp', `warning: ${failure.warning}`, delivery.pid);
  delivery.candidates = route.candidates;
  emitRoute(delivery, route.method, failure?.text, route.rule, os);
  if (failure !== undefined) {
    delivery.failure = { dsn: failure.dsn, text: failure.text, relay: 'none' };
    return giveUp(state, delivery, os);
  }
  delivery.candidates = route.candidates
    .filter((c) => c.verdict === 'chosen' || c.verdict === 'next')
    .slice(0, ADDRESS_LIMIT);
  delivery.tlsa = route.tlsa ?? [];
  if (state.config.mtaSts?.isOn === true && route.method !== 'literal')
    return askSts(state, id, delivery.domain.toLowerCase(), os);
  connectNext(state, delivery, os);
}

/** What there is to know of the domain's MTA-STS policy is known. */
export function policyReady(state: MtaState, id: number, sts: StsEntry | undefined, os: Os): void {
  const delivery = state.deliveries.get(id);
  if (delivery === undefined) return;
  delivery.sts = sts;
  connectNext(state, delivery, os);
}

export function connectNext(state: MtaState, delivery: Delivery, os: Os): void {
  const candidate = delivery.candidates[delivery.at];
  if (candidate === undefined || delivery.sessions >= SESSION_LIMIT) return giveUp(state, delivery, os);
  os.cause = delivery.cause;
  delivery.policy =
    delivery.transport === 'smtp' ? choosePolicy(state, delivery, candidate.host, os) : undefined;
  const refusal = delivery.policy?.refusal;
  if (refusal !== undefined) {
    os.log(
      'postfix/smtp',
      `warning: TLS policy lookup for ${delivery.domain}/${candidate.host}: ${refusal}`,
      delivery.pid,
    );
    delivery.failure = { dsn: '4.7.5', text: refusal, relay: 'none' };
    delivery.at++;
    return connectNext(state, delivery, os);
  }
  delivery.socket = os.connect(
    { address: candidate.address, port: delivery.port },
    state.config.smtpConnectTimeoutMs ?? CONNECT_TIMEOUT_MS,
  );
}

export function deliveryOf(state: MtaState, socket: number): Delivery | undefined {
  for (const delivery of state.deliveries.values()) if (delivery.socket === socket) return delivery;
  return undefined;
}

/** Anything the network says about a delivery's socket. */
export function deliveryInput(
  state: MtaState,
  input: Extract<NetInput, { type: 'connected' | 'connectFailed' | 'data' | 'ended' | 'reset' }>,
  os: Os,
): void {
  const delivery = deliveryOf(state, input.socket);
  const message = delivery === undefined ? undefined : state.queue.get(delivery.queueId);
  const candidate = delivery?.candidates[delivery.at];
  if (delivery === undefined || message === undefined || candidate === undefined) return;
  switch (input.type) {
    case 'connected':
      delivery.sessions++;
      delivery.connectedAt = os.now;
      delivery.client = openClientSession(
        clientConfig(state.config.myhostname, {
          protocol: delivery.transport,
          tls: sessionTls(delivery),
        }),
        {
          server: { name: candidate.host, address: candidate.address },
          nexthop: delivery.domain,
          reversePath: message.reversePath,
          recipients: delivery.recipients.map((address) => ({ address })),
          message: os.kept(message.message),
          size: message.size,
          ...(message.ret === undefined ? {} : { ret: message.ret }),
        },
        os.now,
      );
      return settle(state, delivery, os);
    case 'connectFailed': {
      const text = `connect to ${candidate.host}[${candidate.address}]:${delivery.port}: ${CONNECT_TEXT[input.reason]}`;
      os.log(`postfix/${delivery.transport}`, text, delivery.pid);
      delivery.failure = { dsn: '4.4.1', text, relay: 'none' };
      delivery.at++;
      return connectNext(state, delivery, os);
    }
    case 'data':
      if (delivery.client !== undefined) clientReceive(delivery.client, input.bytes, os.now);
      return settle(state, delivery, os);
    case 'ended':
    case 'reset':
      if (delivery.client !== undefined) clientEnd(delivery.client, os.now);
      return settle(state, delivery, os);
  }
}

export function deliveryWake(state: MtaState, id: number, os: Os): void {
  const delivery = state.deliveries.get(id);
  if (delivery?.client === undefined) return;
  clientWake(delivery.client, os.now);
  settle(state, delivery, os);
}

export function settle(state: MtaState, delivery: Delivery, os: Os): void {
  const { client, socket } = delivery;
  if (client === undefined || socket === undefined) return;
  const connection = connectionOf(socket);
  const timer = `delivery:${delivery.id}`;
  for (let outputs = clientDrain(client); outputs.length > 0; outputs = clientDrain(client)) {
    for (const output of outputs) {
      switch (output.kind) {
        case 'send':
          os.send(socket, output.bytes);
          break;
        case 'note': {
          const seq = os.emit({
            type: 'smtp.client',
            connection,
            queueId: delivery.queueId,
            note: output.note,
          });
          if (output.note.kind === 'reply') os.cause = seq;
          if (output.note.kind === 'features') offered(delivery, output.note.features, connection, os);
          break;
        }
        case 'startTls': {
          const sni = delivery.policy?.sni;
          os.startTls(socket, {
            role: 'client',
            client: {
              roots: os.host.roots,
              enforce: false,
              ...(sni === undefined ? {} : { serverName: sni }),
            },
          });
          break;
        }
        case 'done':
          settleOutcomes(state, delivery, output.outcomes, connection, os);
          break;
        case 'close':
          os.close(socket);
          os.cancelTimer(timer);
          delivery.client = undefined;
          delivery.socket = undefined;
          sessionOver(state, delivery, os);
          return;
      }
    }
  }
  const wakeAt = clientWakeAt(client);
  if (wakeAt === undefined) os.cancelTimer(timer);
  else os.timer(timer, wakeAt, 'patient');
}

/** Books what is final; what is only deferred may still go to the next address in the same attempt (S2-011). */
function settleOutcomes(
  state: MtaState,
  delivery: Delivery,
  outcomes: readonly RecipientOutcome[],
  connection: number,
  os: Os,
): void {
  const candidate = delivery.candidates[delivery.at];
  if (candidate === undefined) return;
  const relay = `${candidate.host}[${candidate.address}]:${delivery.port}`;
  const another = delivery.candidates[delivery.at + 1] !== undefined && delivery.sessions < SESSION_LIMIT;
  for (const outcome of outcomes) {
    if (outcome.status === 'deferred' && another) {
      delivery.failure = { dsn: outcome.dsn, text: outcome.text, relay };
      continue;
    }
    delivery.recipients = delivery.recipients.filter((address) => address !== outcome.address);
    book(
      state,
      delivery,
      {
        address: outcome.address,
        status: outcome.status === 'delivered' ? 'sent' : outcome.status,
        dsn: outcome.dsn,
        text: outcome.text,
        relay,
        ...(outcome.reply === undefined
          ? {}
          : { diagnostic: replyText(outcome.reply), remoteMta: candidate.host }),
      },
      connection,
      os,
    );
  }
}

/** The connection is gone: the next address for whoever is left, or the end of the attempt. */
function sessionOver(state: MtaState, delivery: Delivery, os: Os): void {
  if (delivery.recipients.length === 0) return end(state, delivery, os);
  const candidate = delivery.candidates[delivery.at];
  if (delivery.failure !== undefined && candidate !== undefined)
    os.log(`postfix/${delivery.transport}`, `${delivery.queueId}: ${delivery.failure.text}`, delivery.pid);
  delivery.at++;
  delivery.inClear = false;
  connectNext(state, delivery, os);
}

/** Nothing is left to try: everybody still open gets the last failure. */
function giveUp(state: MtaState, delivery: Delivery, os: Os): void {
  const failure = delivery.failure ?? { dsn: '4.4.1', text: 'no route to any host', relay: 'none' };
  for (const address of delivery.recipients.splice(0)) {
    const result: AttemptResult = {
      address,
      status: failure.dsn.startsWith('5') ? 'bounced' : 'deferred',
      dsn: failure.dsn,
      text: failure.text,
      relay: failure.relay,
    };
    book(state, delivery, result, undefined, os);
  }
  end(state, delivery, os);
}

function end(state: MtaState, delivery: Delivery, os: Os): void {
  state.deliveries.delete(delivery.id);
  const message = state.queue.get(delivery.queueId);
  if (message === undefined) return;
  message.running--;
  finish(state, message, os);
}
