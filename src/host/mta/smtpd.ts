// smtpd: the receiving end. Drives one session for each client, answers its questions by the administrator's rules, and
// hands accepted messages to cleanup. The session decides all words; this file decides yes and no. postconf(5),
// smtpd_*_restrictions.

import { fromLatin1, latin1 } from '../../base/bytes.ts';
import { connectionOf } from '../../net/network.ts';
import {
  heloFault,
  heloRejected,
  relayAccessDenied,
  senderDomainNotFound,
  senderDomainNullMx,
  senderRejected,
  smtpdLogText,
  tooManyConnections,
  userUnknown,
} from '../../smtp/postfix.ts';
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
import { isOwnNetwork, isPermitted, localAddress, splitAddress } from './access.ts';
import { receiveMessage } from './cleanup.ts';
import type { ClientName, SenderDomain } from './client-name.ts';
import { newQueueId } from './queue.ts';
import type { MtaState, SmtpdClient } from './state.ts';
import { startJob } from './jobs.ts';

/** smtpd_client_connection_count_limit */
const CLIENT_CONNECTION_LIMIT = 50;

function serverConfig(state: MtaState): ServerConfig {
  const { config } = state;
  return postfixConfig(config.myhostname, {
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
    pid: os.pid + 2,
    session: undefined,
    early: '',
    earlyEnd: 'no',
    peer: { address, name: 'unknown', port },
    queueId: undefined,
  };
  state.clients.set(input.socket, client);
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
      'postfix/smtpd',
      `warning: hostname ${found.reverseName ?? ''} does not resolve to address ${client.address}`,
      client.pid,
    );
  const session = openServerSession(serverConfig(state), client.peer, os.now);
  client.session = session;
  if (client.early !== '') serverReceive(session, latin1(client.early), os.now);
  client.early = '';
  settle(state, client, os);
  if (client.earlyEnd !== 'no') {
    serverEnd(session, os.now);
    settle(state, client, os);
  }
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
  if (input.type === 'data') serverReceive(client.session, latin1(input.bytes), os.now);
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
          os.send(client.socket, fromLatin1(output.bytes));
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
          if (line !== undefined) os.log('postfix/smtpd', line, client.pid);
          if (
            output.note.kind === 'command' &&
            (output.note.verb === 'RSET' || output.note.verb === 'EHLO' || output.note.verb === 'HELO')
          )
            client.queueId = undefined;
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
      const refusal = recipientRefusal(state, client, question.address);
      return refusal === undefined ? yes() : no(refusal);
    }
    case 'recipient': {
      const trusted = isPermitted(state.config, client.address);
      const helo = session.helo;
      if (!trusted && state.config.checkHelo === true && helo !== undefined) {
        const fault = heloFault(helo);
        if (fault !== undefined) return no(heloRejected(helo, fault));
      }
      const sender = question.envelope.reversePath;
      const domain = splitAddress(sender).domain;
      if (
        !trusted &&
        state.config.rejectUnknownSenderDomain === true &&
        domain !== '' &&
        question.envelope.recipients.length === 0
      ) {
        startJob(state, { kind: 'senderDomain', socket: client.socket, question: id, domain }, os);
        return;
      }
      return decideRecipient(state, client, id, os);
    }
    case 'message':
      return receiveMessage(state, client, id, question, os);
  }
}

/** The sender's domain has been looked up (reject_unknown_sender_domain). */
export function smtpdSenderDomain(
  state: MtaState,
  socket: number,
  id: number,
  verdict: SenderDomain,
  os: Os,
): void {
  const client = state.clients.get(socket);
  const asked = client?.session?.asked;
  if (client?.session === undefined || asked?.id !== id || asked.question.kind !== 'recipient') return;
  const sender = asked.question.envelope.reversePath;
  switch (verdict) {
    case 'exists':
      decideRecipient(state, client, id, os);
      break;
    case 'notFound':
      serverAnswer(client.session, id, { reply: senderDomainNotFound(sender) }, os.now);
      break;
    case 'nullMx':
      serverAnswer(client.session, id, { reply: senderDomainNullMx(sender) }, os.now);
      break;
    case 'tryAgain':
      serverAnswer(
        client.session,
        id,
        { reply: senderRejected(sender, 450, '4.1.8', 'Domain not found') },
        os.now,
      );
      break;
  }
  settle(state, client, os);
}

function decideRecipient(state: MtaState, client: SmtpdClient, id: number, os: Os): void {
  const session = client.session;
  const asked = session?.asked;
  if (session === undefined || asked?.id !== id || asked.question.kind !== 'recipient') return;
  const refusal = recipientRefusal(state, client, asked.question.recipient.address);
  if (refusal !== undefined) return serverAnswer(session, id, { reply: refusal }, os.now);
  if (client.queueId === undefined) {
    client.queueId = newQueueId(state.queue, state.usedIds, os.random('queue-id'));
    os.log('postfix/smtpd', `${client.queueId}: client=${client.peer.name}[${client.address}]`, client.pid);
  }
  serverAnswer(session, id, { ok: true }, os.now);
}

/** Relay and recipient restrictions, in Postfix's order. Undefined: welcome. */
function recipientRefusal(state: MtaState, client: SmtpdClient, address: string): Reply | undefined {
  const { config } = state;
  const { localPart, domain } = splitAddress(address);
  if (localPart.toLowerCase() === 'postmaster' && domain === '') return undefined;
  if (domain === '') return userUnknown(address, 'local recipient');
  if (!isOwnNetwork(config, address)) {
    if (!isPermitted(config, client.address))
      return relayAccessDenied(address, config.relayRefusal === 'defer');
    return undefined;
  }
  if (localAddress(config, address) === undefined) return userUnknown(address, 'virtual mailbox');
  return undefined;
}
