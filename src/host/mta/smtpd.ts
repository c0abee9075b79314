// smtpd: the receiving end. Drives one session for each client, answers its questions by the administrator's rules, and
// hands accepted messages to cleanup. The session decides all words; this file decides yes and no. postconf(5),
// smtpd_*_restrictions.

import { nextInt } from '../../base/random.ts';
import { connectionOf } from '../../net/network.ts';
import type { TlsFailure, TlsSession } from '../../net/tls.ts';
import { heloFault, heloRejected, smtpdLogText, tooManyConnections } from '../../smtp/postfix.ts';
import type { Reply } from '../../smtp/reply.ts';
import {
  openServerSession,
  serverAnswer,
  serverDrain,
  serverEnd,
  serverReceive,
  serverWake,
  serverWakeAt,
} from '../../smtp/server.ts';
import { postfixConfig, type ServerConfig, type ServerQuestion } from '../../smtp/session.ts';
import type { NetInput } from '../../net/network.ts';
import type { Os } from '../program.ts';
import { splitAddress } from './access.ts';
import { isDestination } from './alias.ts';
import { receiveMessage } from './cleanup.ts';
import type { ClientName } from './client-name.ts';
import {
  clientRefusal,
  foundRefusal,
  greylistRefusal,
  policyRefusal,
  recipientRefusal,
  relayRefusal,
} from './refusals.ts';
import { newQueueId } from './queue.ts';
import { asksSpfAtRcpt, type RestrictionFindings, type RestrictionInput } from './restrictions.ts';
import type { MtaState, SmtpdClient } from './state.ts';
import { startJob } from './jobs.ts';
import {
  isTrusted,
  serviceOf,
  submissionAccount,
  submissionRefusal,
  TLS13_DETAILS,
  tlsAndAuth,
  tlsFailureLines,
  tlsText,
  type SmtpdService,
} from './submission.ts';

/** smtpd_client_connection_count_limit */
const CLIENT_CONNECTION_LIMIT = 50;

function serverConfig(state: MtaState, service: SmtpdService): ServerConfig {
  const { config } = state;
  return postfixConfig(config.myhostname, {
    ...tlsAndAuth(config, service),
    ...(config.smtpdDiscardEhloKeywords === undefined
      ? {}
      : { discardEhloKeywords: config.smtpdDiscardEhloKeywords }),
    ...(config.messageSizeLimit === undefined ? {} : { messageSizeLimit: config.messageSizeLimit }),
    ...(config.smtpdHeloRequired === undefined ? {} : { heloRequired: config.smtpdHeloRequired }),
    ...(config.smtpdForbidUnauthPipelining === undefined
      ? {}
      : { forbidUnauthPipelining: config.smtpdForbidUnauthPipelining }),
    ...(config.smtpdForbidBareNewline === undefined
      ? {}
      : {
          forbidBareNewline:
            config.smtpdForbidBareNewline === 'no' ? 'legacy' : config.smtpdForbidBareNewline,
        }),
    ...(config.strictRfc821Envelopes === undefined ? {} : { strictEnvelopes: config.strictRfc821Envelopes }),
    ...(config.disableVrfyCommand === undefined ? {} : { disableVrfy: config.disableVrfyCommand }),
  });
}

/** A client has connected: first find out who it is. */
export function smtpdAccept(state: MtaState, input: Extract<NetInput, { type: 'accepted' }>, os: Os): void {
  const { address, port } = input.remote;
  const client: SmtpdClient = {
    socket: input.socket,
    connection: connectionOf(input.socket),
    address,
    port,
    service: serviceOf(input.local),
    pid: os.pid + 2,
    session: undefined,
    tls: undefined,
    handshake: undefined,
    loginWay: undefined,
    isNamed: false,
    early: '',
    earlyEnd: 'no',
    peer: { address, name: 'unknown', port },
    queueId: undefined,
  };
  state.clients.set(input.socket, client);
  if (client.service === 'submissions/smtpd') {
    const identity = state.config.tls;
    if (identity === undefined) {
      state.clients.delete(input.socket);
      return os.close(input.socket);
    }
    client.tls = 'wait';
    os.startTls(input.socket, { role: 'server', server: { identity } });
  }
  startJob(state, { kind: 'clientName', socket: input.socket, address }, os);
}

/** The client's name is known: open the session and let it hear what came meanwhile. */
export function smtpdNamed(state: MtaState, socket: number, found: ClientName, os: Os): void {
  const client = state.clients.get(socket);
  if (client === undefined) return;
  client.peer = {
    address: client.address,
    name: found.name,
    port: client.port,
    ...(found.reverseName === undefined ? {} : { reverseName: found.reverseName }),
  };
  if (found.verdict === 'mismatch')
    os.log(
      `postfix/${client.service}`,
      `warning: hostname ${found.reverseName ?? ''} does not resolve to address ${client.address}`,
      client.pid,
    );
  client.isNamed = true;
  if (client.tls !== 'wait') begin(state, client, os);
}

/** Name and, where it comes first, TLS are there. */
function begin(state: MtaState, client: SmtpdClient, os: Os): void {
  const draws = os.random('sasl');
  const digits = Array.from({ length: 16 }, () => nextInt(draws, 10)).join('');
  const seed = {
    challenge: `<${digits}.${Math.floor(os.now / 1000)}@${state.config.myhostname}>`,
    nonce: `${client.connection}n${digits}`,
  };
  const session = openServerSession(serverConfig(state, client.service), client.peer, os.now, seed);
  client.session = session;
  if (client.early !== '') serverReceive(session, client.early, os.now);
  client.early = '';
  settle(state, client, os);
  if (client.earlyEnd !== 'no') {
    serverEnd(session, os.now);
    settle(state, client, os);
  }
}

/** A handshake is over: the session goes on under TLS, or opens where TLS comes first. */
export function smtpdSecured(state: MtaState, socket: number, tls: TlsSession, os: Os): void {
  const client = state.clients.get(socket);
  if (client === undefined) return;
  const isFirst = client.tls === 'wait';
  client.tls = tls;
  const details = tls.version === 'TLSv1.3' ? TLS13_DETAILS : '';
  os.log(
    `postfix/${client.service}`,
    `Anonymous TLS connection established from ${client.peer.name}[${client.address}]: ${tlsText(tls)}${details}`,
    client.pid,
  );
  if (isFirst) {
    if (client.isNamed) begin(state, client, os);
    return;
  }
  const { handshake, session } = client;
  if (handshake === undefined || session === undefined) return;
  client.handshake = undefined;
  client.queueId = undefined;
  serverAnswer(session, handshake, { ok: true }, os.now);
  settle(state, client, os);
}

export function smtpdTlsFailed(state: MtaState, socket: number, failure: TlsFailure, os: Os): void {
  const client = state.clients.get(socket);
  if (client === undefined) return;
  for (const line of tlsFailureLines(client, failure)) os.log(`postfix/${client.service}`, line, client.pid);
  if (client.session === undefined) {
    state.clients.delete(socket);
    return os.close(socket);
  }
  serverEnd(client.session, os.now);
  settle(state, client, os);
}

/** Data, end or reset on a client's socket. False when the socket is none of smtpd's. */
export function smtpdInput(
  state: MtaState,
  input: Extract<NetInput, { type: 'data' | 'ended' | 'reset' }>,
  os: Os,
): boolean {
  const client = state.clients.get(input.socket);
  if (client === undefined) return false;
  if (client.session === undefined) {
    if (input.type === 'data') client.early = (client.early + input.bytes).slice(0, 65_536);
    else client.earlyEnd = input.type;
    return true;
  }
  if (input.type === 'data') serverReceive(client.session, input.bytes, os.now);
  else serverEnd(client.session, os.now);
  settle(state, client, os);
  return true;
}

export function smtpdWake(state: MtaState, socket: number, os: Os): void {
  const client = state.clients.get(socket);
  if (client?.session === undefined) return;
  serverWake(client.session, os.now);
  settle(state, client, os);
}

/** Takes out of the session what it wants, until it wants nothing more. */
export function settle(state: MtaState, client: SmtpdClient, os: Os): void {
  const session = client.session;
  if (session === undefined) return;
  for (let outputs = serverDrain(session); outputs.length > 0; outputs = serverDrain(session)) {
    for (const output of outputs) {
      switch (output.kind) {
        case 'send':
          os.send(client.socket, output.bytes);
          break;
        case 'close':
          os.close(client.socket);
          os.cancelTimer(`smtpd:${client.socket}`);
          state.clients.delete(client.socket);
          break;
        case 'note': {
          const rule = output.note.kind === 'reply' ? output.note.rule : undefined;
          const seq = os.emit(
            { type: 'smtp.server', connection: client.connection, note: output.note },
            rule,
          );
          if (output.note.kind === 'command' || output.note.kind === 'content') os.cause = seq;
          const line = smtpdLogText(output.note, client.peer, client.queueId);
          if (line !== undefined) os.log(`postfix/${client.service}`, line, client.pid);
          if (output.note.kind === 'login') client.loginWay = output.note.mechanism;
          if (
            output.note.kind === 'command' &&
            (output.note.verb === 'RSET' || output.note.verb === 'EHLO' || output.note.verb === 'HELO')
          )
            client.queueId = undefined;
          if (output.note.kind === 'command' && output.note.verb === 'MAIL') {
            client.findings = undefined;
            client.prepend = undefined;
          }
          break;
        }
        case 'ask':
          answer(state, client, output.id, output.question, os);
          break;
      }
    }
  }
  if (!state.clients.has(client.socket)) return;
  const wakeAt = serverWakeAt(session);
  // The tarpit's seconds are watched; the idle limit is patient.
  if (wakeAt === undefined) os.cancelTimer(`smtpd:${client.socket}`);
  else os.timer(`smtpd:${client.socket}`, wakeAt, session.delayed === undefined ? 'patient' : 'busy');
}

function answer(state: MtaState, client: SmtpdClient, id: number, question: ServerQuestion, os: Os): void {
  const session = client.session;
  if (session === undefined) return;
  const yes = (queueId?: string): void =>
    serverAnswer(session, id, queueId === undefined ? { ok: true } : { ok: true, queueId }, os.now);
  const no = (reply: Reply): void => serverAnswer(session, id, { reply }, os.now);
  switch (question.kind) {
    case 'connect': {
      let same = 0;
      for (const other of state.clients.values()) if (other.address === client.address) same++;
      return same > CLIENT_CONNECTION_LIMIT
        ? no(tooManyConnections(state.config.myhostname, client.address))
        : yes();
    }
    case 'helo':
    case 'sender':
    case 'data':
      return yes();
    case 'verify': {
      const refusal =
        relayRefusal(state, client, question.address) ?? recipientRefusal(state, question.address, os);
      return refusal === undefined ? yes() : no(refusal);
    }
    case 'recipient': {
      const refused = submissionRefusal(state.config, client, question.envelope.reversePath);
      if (refused !== undefined) return no(refused);
      const trusted = isTrusted(state.config, client);
      const helo = session.helo;
      if (!trusted && state.config.checkHelo === true && helo !== undefined) {
        const fault = heloFault(helo);
        if (fault !== undefined) return no(heloRejected(helo, fault));
      }
      const sender = question.envelope.reversePath;
      const domain = splitAddress(sender).domain;
      if (trusted) return decideRecipient(state, client, id, undefined, os);
      const refusal = clientRefusal(state, client, os);
      if (refusal !== undefined) return no(refusal);
      const input = restrictionsFor(state, client, question.recipient.address, sender, domain, helo);
      if (input.blockLists.length === 0 && input.senderDomain === undefined && input.spf === undefined)
        return decideRecipient(state, client, id, undefined, os);
      const key = JSON.stringify(input);
      if (client.findings?.key === key) return decideRecipient(state, client, id, client.findings.found, os);
      startJob(state, { kind: 'restrictions', socket: client.socket, question: id, input }, os);
      return;
    }
    case 'tls':
      client.handshake = id;
      if (state.config.tls !== undefined)
        os.startTls(client.socket, { role: 'server', server: { identity: state.config.tls } });
      return;
    case 'account':
      return serverAnswer(session, id, { account: submissionAccount(state.config, question.user) }, os.now);
    case 'message':
      return receiveMessage(state, client, id, question, os);
  }
}

/** What is to be looked up for a recipient. SPF is not asked for those who would be refused as relays anyhow. */
function restrictionsFor(
  { config }: MtaState,
  client: SmtpdClient,
  recipient: string,
  sender: string,
  domain: string,
  helo: string | undefined,
): RestrictionInput {
  return {
    address: client.address,
    blockLists: config.rblClients ?? [],
    ...(config.rejectUnknownSenderDomain === true && domain !== '' ? { senderDomain: domain } : {}),
    ...(asksSpfAtRcpt(config.verify) && isDestination(config, recipient)
      ? { spf: { ip: client.address, helo: helo ?? '', sender, receiver: config.myhostname } }
      : {}),
  };
}

/** What there was to look up for a recipient has been found. */
export function smtpdFound(
  state: MtaState,
  socket: number,
  id: number,
  input: RestrictionInput,
  found: RestrictionFindings,
  os: Os,
): void {
  const client = state.clients.get(socket);
  const asked = client?.session?.asked;
  if (client?.session === undefined || asked?.id !== id || asked.question.kind !== 'recipient') return;
  client.findings = { key: JSON.stringify(input), found };
  for (const { list, result, name, text } of found.listings) {
    if (result === 'noAnswer')
      os.log(
        `postfix/${client.service}`,
        `warning: ${name}: RBL lookup error: Host or domain name not found. Name service error for name=${name} type=A: Host not found, try again`,
        client.pid,
      );
    const seq = os.emit(
      {
        type: 'client.checked',
        connection: client.connection,
        address: client.address,
        check: 'blockList',
        result: result === 'listed' ? 'reject' : result === 'noAnswer' ? 'noAnswer' : 'pass',
        list,
        ...(text === undefined ? {} : { text }),
      },
      'RFC 5782 §2.1',
    );
    if (result === 'listed') os.cause = seq;
  }
  decideRecipient(state, client, id, found, os);
  settle(state, client, os);
}

function decideRecipient(
  state: MtaState,
  client: SmtpdClient,
  id: number,
  found: RestrictionFindings | undefined,
  os: Os,
): void {
  const session = client.session;
  const asked = session?.asked;
  if (session === undefined || asked?.id !== id || asked.question.kind !== 'recipient') return;
  const { recipient, envelope } = asked.question;
  const refusal =
    foundRefusal(client, envelope.reversePath, found) ??
    relayRefusal(state, client, recipient.address) ??
    policyRefusal(state, client, recipient.address, found?.spf, os) ??
    recipientRefusal(state, recipient.address, os) ??
    greylistRefusal(state, client, envelope.reversePath, recipient.address, os);
  if (refusal !== undefined) return serverAnswer(session, id, { reply: refusal }, os.now);
  if (client.queueId === undefined) {
    client.queueId = newQueueId(state.queue, state.usedIds, os.random('queue-id'));
    const sasl =
      session.login === undefined
        ? ''
        : `, sasl_method=${client.loginWay ?? ''}, sasl_username=${session.login}`;
    os.log(
      `postfix/${client.service}`,
      `${client.queueId}: client=${client.peer.name}[${client.address}]${sasl}`,
      client.pid,
    );
  }
  serverAnswer(session, id, { ok: true }, os.now);
}
