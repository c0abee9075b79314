// What scripts send (redirects, vacation replies, notifications) on its way to the mail server: one SMTP session after the
// other, over a real connection, again later when the server is not there. Every message is in the trace when it is written
// and when the server has taken or refused it.

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
import { splitAddress } from '../mta/access.ts';
import type { Input, Os } from '../program.ts';
import type { MdaConfig, MdaState, Outgoing } from './config.ts';

/** Under which name the trace knows a message of the outbox. */
export function sieveCopyId(copy: number): string {
  return `sieve/${copy}`;
}

/** Puts one message into the outbox; `sendNext` sends it. */
export function post(state: MdaState, outgoing: Omit<Outgoing, 'id' | 'cause'>, os: Os): void {
  const { user, connection, purpose, reversePath, recipients, message } = outgoing;
  const id = state.nextOutgoing++;
  const cause = os.emit(
    {
      type: 'sieve.copy',
      connection,
      user,
      copy: id,
      purpose,
      message,
      reversePath,
      recipients: [...recipients],
    },
    purpose === 'redirect' ? 'RFC 5228 §4.2' : purpose === 'vacation' ? 'RFC 5230 §5' : 'RFC 5436 §2',
  );
  state.outbox.push({ ...outgoing, id, cause });
}

function serverOf(config: MdaConfig): NonNullable<MdaConfig['submissionHost']> {
  return config.submissionHost ?? { host: config.hostname, address: '127.0.0.1', port: 25 };
}

/** Connects for the first of the outbox, unless a session is under way or the server was not there just now. */
export function sendNext(state: MdaState, os: Os): void {
  const [first] = state.outbox;
  if (first === undefined || state.sending !== undefined || state.isWaiting) return;
  const { address, port } = serverOf(state.config);
  const cause = os.cause;
  os.cause = first.cause;
  state.sending = { socket: os.connect({ address, port }, MINUTE / 2), client: undefined };
  os.cause = cause;
}

/** What is about the outbox's connection. False when it is not. `refused` hears of what the server will never take. */
export function outboxInput(
  state: MdaState,
  input: Input,
  os: Os,
  refused: (outgoing: Outgoing, os: Os) => void,
): boolean {
  const { sending } = state;
  switch (input.type) {
    case 'connected':
    case 'connectFailed':
    case 'data':
    case 'ended':
    case 'reset':
      if (sending === undefined || sending.socket !== input.socket) return false;
      if (input.type === 'connected') greet(state, os);
      else if (input.type === 'connectFailed') waitForServer(state, os);
      else if (sending.client !== undefined && input.type === 'data')
        clientReceive(sending.client, input.bytes, os.now);
      else if (sending.client !== undefined) clientEnd(sending.client, os.now);
      break;
    case 'timer':
      if (input.key === 'outbox:retry') state.isWaiting = false;
      else if (input.key !== 'outbox:smtp') return false;
      else if (sending?.client !== undefined) clientWake(sending.client, os.now);
      break;
    default:
      return false;
  }
  settleOut(state, os, refused);
  sendNext(state, os);
  return true;
}

/** The mail server is not there or will not have it now: later. */
function waitForServer(state: MdaState, os: Os): void {
  state.sending = undefined;
  state.isWaiting = true;
  os.timer('outbox:retry', os.now + MINUTE, 'patient');
}

function greet(state: MdaState, os: Os): void {
  const [first] = state.outbox;
  const { sending, config } = state;
  if (first === undefined || sending === undefined) return;
  const { host, address } = serverOf(config);
  sending.client = openClientSession(
    clientConfig(config.hostname, { detectLoop: false }),
    {
      server: { name: host, address },
      nexthop: splitAddress(first.recipients[0] ?? '').domain,
      reversePath: first.reversePath,
      recipients: first.recipients.map((recipient) => ({ address: recipient })),
      message: os.kept(first.message),
    },
    os.now,
  );
}

function settleOut(state: MdaState, os: Os, refused: (outgoing: Outgoing, os: Os) => void): void {
  const { sending } = state;
  const client = sending?.client;
  const [first] = state.outbox;
  if (sending === undefined || client === undefined || first === undefined) return;
  for (let outputs = clientDrain(client); outputs.length > 0; outputs = clientDrain(client)) {
    for (const output of outputs) {
      if (output.kind === 'send') os.send(sending.socket, output.bytes);
      else if (output.kind === 'note')
        os.emit({
          type: 'smtp.client',
          connection: connectionOf(sending.socket),
          queueId: sieveCopyId(first.id),
          note: output.note,
        });
      else if (output.kind === 'done')
        for (const outcome of output.outcomes) book(first, outcome, os, refused);
      else {
        os.close(sending.socket);
        os.cancelTimer('outbox:smtp');
        state.sending = undefined;
        if (first.recipients.length === 0) state.outbox.shift();
        else waitForServer(state, os);
        return;
      }
    }
  }
  const wakeAt = clientWakeAt(client);
  if (wakeAt !== undefined) os.timer('outbox:smtp', wakeAt, 'patient');
}

function book(
  outgoing: Outgoing,
  outcome: RecipientOutcome,
  os: Os,
  refused: (outgoing: Outgoing, os: Os) => void,
): void {
  if (outcome.status === 'deferred') return;
  const status = outcome.status === 'delivered' ? 'sent' : 'refused';
  outgoing.recipients = outgoing.recipients.filter((address) => address !== outcome.address);
  os.emit({
    type: 'sieve.result',
    user: outgoing.user,
    copy: outgoing.id,
    purpose: outgoing.purpose,
    recipient: outcome.address,
    status,
    text: outcome.text,
  });
  if (status === 'refused') refused(outgoing, os);
}
