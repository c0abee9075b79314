// The mail delivery agent: takes messages over LMTP (RFC 2033) and puts them into the folders of its users; lets them read
// over POP3 and IMAP; hands the mail that their scripts send to the mail server. Here is who gets which input.

import { createStore } from '../../mailbox/store.ts';
import { connectionOf } from '../../net/network.ts';
import { lmtpConfig, lmtpUserUnknown } from '../../smtp/lmtp.ts';
import {
  openServerSession,
  serverAnswer,
  serverDrain,
  serverEnd,
  serverReceive,
  serverWake,
  serverWakeAt,
} from '../../smtp/server.ts';
import type { ServerQuestion } from '../../smtp/session.ts';
import { accessAccepted, accessInput, accessWake, openAccess } from '../mda-access.ts';
import type { Input, Os, ProgramDefinition } from '../program.ts';
import type { LmtpClient, MdaConfig, MdaState } from './config.ts';
import { deliverTo, keepRefused } from './delivery.ts';
import { importMail } from './import.ts';
import { outboxInput } from './outbox.ts';
import { applyQuota } from './quota.ts';
import { findRecipient } from './recipients.ts';

export const mda: ProgramDefinition<MdaConfig, MdaState> = {
  start(config: MdaConfig, os: Os): MdaState {
    os.listen(config.port);
    const state: MdaState = {
      config,
      store: createStore(config.hostname, os.now),
      clients: new Map(),
      access: openAccess(config, os),
      nextSession: 1,
      memory: new Map(),
      outbox: [],
      sending: undefined,
      isWaiting: false,
      nextOutgoing: 1,
    };
    for (const { user } of config.users) applyQuota(state, user);
    return state;
  },

  handle(state: MdaState, input: Input, os: Os): void {
    if (outboxInput(state, input, os, (outgoing, at) => keepRefused(state, outgoing, at))) return;
    switch (input.type) {
      case 'accepted': {
        if (accessAccepted(state.config, state.access, state.store, input, os)) return;
        const client: LmtpClient = {
          socket: input.socket,
          connection: connectionOf(input.socket),
          address: input.remote.address,
          session: openServerSession(
            lmtpConfig(state.config.hostname),
            { address: input.remote.address, name: 'unknown', port: input.remote.port },
            os.now,
          ),
          helo: '',
        };
        state.clients.set(input.socket, client);
        os.log('dovecot: lmtp', `Connect from ${input.remote.address}`);
        return settle(state, client, os);
      }
      case 'secured':
      case 'ticket':
      case 'tlsFailed':
        accessInput(state.config, state.access, state.store, input, os);
        return;
      case 'data':
      case 'ended':
      case 'reset': {
        if (accessInput(state.config, state.access, state.store, input, os)) return;
        const client = state.clients.get(input.socket);
        if (client === undefined) return;
        if (input.type === 'data') serverReceive(client.session, input.bytes, os.now);
        else serverEnd(client.session, os.now);
        return settle(state, client, os);
      }
      case 'timer': {
        const [kind, socket] = input.key.split(':');
        if (kind === 'access') return accessWake(state.config, state.access, state.store, Number(socket), os);
        const client = state.clients.get(Number(socket));
        if (client === undefined) return;
        serverWake(client.session, os.now);
        return settle(state, client, os);
      }
      case 'call':
        if (input.call.type === 'import') importMail(state, input.call.mail, os);
        return;
      default:
        return;
    }
  },
};

function settle(state: MdaState, client: LmtpClient, os: Os): void {
  for (let outputs = serverDrain(client.session); outputs.length > 0; outputs = serverDrain(client.session)) {
    for (const output of outputs) {
      switch (output.kind) {
        case 'send':
          os.send(client.socket, output.bytes);
          break;
        case 'close':
          os.close(client.socket);
          os.cancelTimer(`lmtp:${client.socket}`);
          state.clients.delete(client.socket);
          break;
        case 'note': {
          const rule = output.note.kind === 'reply' ? output.note.rule : undefined;
          const seq = os.emit(
            { type: 'smtp.server', connection: client.connection, note: output.note },
            rule,
          );
          if (output.note.kind === 'command' || output.note.kind === 'content') os.cause = seq;
          if (output.note.kind === 'disconnect')
            os.log('dovecot: lmtp', `Disconnect from ${client.address}: Logged out (state=READY)`);
          break;
        }
        case 'ask':
          answer(state, client, output.id, output.question, os);
          break;
      }
    }
  }
  if (!state.clients.has(client.socket)) return;
  const wakeAt = serverWakeAt(client.session);
  if (wakeAt === undefined) os.cancelTimer(`lmtp:${client.socket}`);
  else os.timer(`lmtp:${client.socket}`, wakeAt, 'patient');
}

function answer(state: MdaState, client: LmtpClient, id: number, question: ServerQuestion, os: Os): void {
  switch (question.kind) {
    case 'recipient': {
      const { address } = question.recipient;
      if (findRecipient(state.config, address) === undefined) {
        os.emit(
          {
            type: 'mailbox.refused',
            connection: client.connection,
            recipient: address,
            reason: 'noSuchUser',
          },
          'RFC 2033 §4.2',
        );
        serverAnswer(client.session, id, { reply: lmtpUserUnknown(address, address) }, os.now);
        return;
      }
      serverAnswer(client.session, id, { ok: true }, os.now);
      return;
    }
    case 'message': {
      const raw = question.message;
      client.helo = question.helo ?? client.helo;
      const replies = question.envelope.recipients.map((recipient) =>
        deliverTo(state, client, raw, question.envelope.reversePath, recipient.address, os),
      );
      serverAnswer(client.session, id, { replies }, os.now);
      return;
    }
    case 'helo':
      client.helo = question.name;
      serverAnswer(client.session, id, { ok: true }, os.now);
      return;
    default:
      serverAnswer(client.session, id, { ok: true }, os.now);
  }
}
