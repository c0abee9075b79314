// A mailing list as a program beside a mail server, as GNU Mailman stands beside Postfix: posts and bounces come in over
// LMTP, copies go out over SMTP, and what it decides is in the trace. What becomes of a message is in posts.ts; this file
// moves the bytes.

import { MINUTE } from '../../base/dates.ts';
import { connectionOf } from '../../net/network.ts';
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
import { lmtpConfig } from '../../smtp/lmtp.ts';
import { reply } from '../../smtp/reply.ts';
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
import { splitAddress } from '../mta/access.ts';
import { answerPolicy, policyDesk } from '../policy.ts';
import type { Input, Os, ProgramDefinition } from '../program.ts';
import { copyId, type ListClient, type MailingListConfig, type MailingListState } from './config.ts';
import { handed } from './outbox.ts';
import { policyKnown, policyOf, roleOf, take } from './posts.ts';

export type { MailingListConfig, MailingListState } from './config.ts';

export const mailingList: ProgramDefinition<MailingListConfig, MailingListState> = {
  start(config: MailingListConfig, os: Os): MailingListState {
    os.listen(config.port);
    return {
      config,
      members: new Map(
        config.members.map((address) => [
          address.toLowerCase(),
          { address, score: 0, lastBounceAt: undefined },
        ]),
      ),
      clients: new Map(),
      outbox: [],
      sending: undefined,
      isWaiting: false,
      nextPost: 1,
      nextOutgoing: 1,
      desk: policyDesk(),
    };
  },

  handle(state: MailingListState, input: Input, os: Os): void {
    switch (input.type) {
      case 'accepted': {
        const { address, port } = input.remote;
        const banner = `${state.config.hostname} Python LMTP runner 1.0`;
        const client: ListClient = {
          socket: input.socket,
          connection: connectionOf(input.socket),
          session: openServerSession(
            lmtpConfig(state.config.hostname, { banner }),
            { address, name: 'unknown', port },
            os.now,
          ),
        };
        state.clients.set(input.socket, client);
        settleIn(state, client, os);
        break;
      }
      case 'data':
      case 'ended':
      case 'reset': {
        const client = state.clients.get(input.socket);
        if (client !== undefined) {
          if (input.type === 'data') serverReceive(client.session, input.bytes, os.now);
          else serverEnd(client.session, os.now);
          settleIn(state, client, os);
        } else if (state.sending?.socket === input.socket && state.sending.client !== undefined) {
          if (input.type === 'data') clientReceive(state.sending.client, input.bytes, os.now);
          else clientEnd(state.sending.client, os.now);
          settleOut(state, os);
        }
        break;
      }
      case 'connected':
        if (state.sending?.socket === input.socket) greet(state, os);
        break;
      case 'connectFailed':
        if (state.sending?.socket === input.socket) waitForServer(state, os);
        return;
      case 'timer': {
        const client = state.clients.get(Number(input.key.split(':')[1]));
        if (input.key.startsWith('lmtp:') && client !== undefined) {
          serverWake(client.session, os.now);
          settleIn(state, client, os);
        }
        if (input.key === 'retry') state.isWaiting = false;
        if (input.key === 'smtp' && state.sending?.client !== undefined) {
          clientWake(state.sending.client, os.now);
          settleOut(state, os);
        }
        break;
      }
      case 'call': {
        const { call } = input;
        if (call.type === 'lookedUp')
          answerPolicy(
            state.desk,
            call.token,
            call.answer,
            os,
            (job) => policyOf(job, os),
            (job, policy) => policyKnown(state, job, policy, os),
          );
        break;
      }
      default:
        return;
    }
    sendNext(state, os);
  },
};

// ---- LMTP: mail comes in

function settleIn(state: MailingListState, client: ListClient, os: Os): void {
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
          const { note } = output;
          const seq = os.emit(
            { type: 'smtp.server', connection: client.connection, note },
            note.kind === 'reply' ? note.rule : undefined,
          );
          if (note.kind === 'command' || note.kind === 'content') os.cause = seq;
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

function answer(
  state: MailingListState,
  client: ListClient,
  id: number,
  question: ServerQuestion,
  os: Os,
): void {
  const { session } = client;
  if (question.kind === 'recipient') {
    const role = roleOf(state.config, question.recipient.address);
    serverAnswer(
      session,
      id,
      role === undefined
        ? { reply: reply(550, undefined, 'Requested action not taken: mailbox unavailable', 'RFC 2033 §4.2') }
        : { ok: true },
      os.now,
    );
  } else if (question.kind === 'message') {
    const text = question.message;
    const { reversePath, recipients } = question.envelope;
    const cause = os.cause;
    const replies = recipients.map(({ address }) => {
      take(state, { text, reversePath, address, connection: client.connection }, os);
      os.cause = cause;
      return reply(250, undefined, 'Ok', 'RFC 2033 §4.2');
    });
    serverAnswer(session, id, { replies }, os.now);
  } else serverAnswer(session, id, { ok: true }, os.now);
}

// ---- SMTP: mail goes out, one session after the other

function sendNext(state: MailingListState, os: Os): void {
  const [first] = state.outbox;
  if (first === undefined || state.sending !== undefined || state.isWaiting) return;
  const { address, port } = state.config.via;
  os.cause = first.cause;
  state.sending = { socket: os.connect({ address, port }, MINUTE / 2), client: undefined };
}

/** The mail server is not there or will not have it now: later. */
function waitForServer(state: MailingListState, os: Os): void {
  state.sending = undefined;
  state.isWaiting = true;
  os.timer('retry', os.now + MINUTE, 'patient');
}

function greet(state: MailingListState, os: Os): void {
  const [first] = state.outbox;
  const { sending, config } = state;
  if (first === undefined || sending === undefined) return;
  sending.client = openClientSession(
    clientConfig(config.hostname, { detectLoop: false }),
    {
      server: { name: config.via.host, address: config.via.address },
      nexthop: splitAddress(first.recipients[0] ?? '').domain,
      reversePath: first.reversePath,
      recipients: first.recipients.map((address) => ({ address })),
      message: os.kept(first.message),
    },
    os.now,
  );
  settleOut(state, os);
}

function settleOut(state: MailingListState, os: Os): void {
  const { sending } = state;
  const client = sending?.client;
  if (sending === undefined || client === undefined) return;
  for (let outputs = clientDrain(client); outputs.length > 0; outputs = clientDrain(client)) {
    for (const output of outputs) {
      if (output.kind === 'send') os.send(sending.socket, output.bytes);
      else if (output.kind === 'note')
        os.emit({
          type: 'smtp.client',
          connection: connectionOf(sending.socket),
          queueId: copyId(state.config.name, state.outbox[0]?.id ?? 0),
          note: output.note,
        });
      else if (output.kind === 'done') settleOutcomes(state, output.outcomes, os);
      else {
        os.close(sending.socket);
        os.cancelTimer('smtp');
        state.sending = undefined;
        const [first] = state.outbox;
        if (first?.recipients.length === 0) state.outbox.shift();
        else waitForServer(state, os);
        return;
      }
    }
  }
  const wakeAt = clientWakeAt(client);
  if (wakeAt !== undefined) os.timer('smtp', wakeAt, 'patient');
}

function settleOutcomes(state: MailingListState, outcomes: readonly RecipientOutcome[], os: Os): void {
  const [first] = state.outbox;
  if (first === undefined) return;
  for (const outcome of outcomes) {
    if (outcome.status === 'deferred') continue;
    first.recipients = first.recipients.filter((address) => address !== outcome.address);
    handed(state, first, outcome, os);
  }
}
