// Messages that a program of a host hands to its own mail server, one connection each, in SMTP. It keeps nothing and
// tries nothing twice: the queue is the server's. Plain data.

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
  type ClientSession,
} from '../../smtp/client.ts';
import type { Input, Os } from '../program.ts';

export interface OutboxServer {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** One message on its way to the server. `subject` is what the owner of the box knows it by. */
export interface OutboxRun<Subject> {
  readonly id: number;
  readonly subject: Subject;
  readonly reversePath: string;
  readonly recipient: string;
  /** Binary string, CRLF lines. */
  readonly text: string;
  readonly socket: number;
  client: ClientSession | undefined;
}

export interface Outbox<Subject> {
  next: number;
  readonly runs: Map<number, OutboxRun<Subject>>;
}

export function outbox<Subject>(): Outbox<Subject> {
  return { next: 1, runs: new Map() };
}

/** What became of it: taken by the server, or why not, in the words of the log. */
export interface HandOver {
  readonly taken: boolean;
  readonly text: string;
}

export function handOver<Subject>(
  box: Outbox<Subject>,
  server: OutboxServer,
  message: Pick<OutboxRun<Subject>, 'subject' | 'reversePath' | 'recipient' | 'text'>,
  os: Os,
): void {
  const id = box.next++;
  const socket = os.connect({ address: server.address, port: server.port }, MINUTE / 2);
  box.runs.set(id, { id, ...message, socket, client: undefined });
}

/** Takes what concerns a run; `helo` is what it says in EHLO, `done` hears what became of it. */
export function outboxInput<Subject>(
  box: Outbox<Subject>,
  server: OutboxServer,
  helo: string,
  input: Input,
  os: Os,
  done: (run: OutboxRun<Subject>, result: HandOver) => void,
): void {
  if (input.type === 'timer') {
    const run = box.runs.get(Number(input.key.split(':')[1]));
    if (run?.client === undefined) return;
    clientWake(run.client, os.now);
    return settle(box, run, os, done);
  }
  if (!('socket' in input)) return;
  const run = [...box.runs.values()].find((one) => one.socket === input.socket);
  if (run === undefined) return;
  switch (input.type) {
    case 'connectFailed':
      box.runs.delete(run.id);
      return done(run, {
        taken: false,
        text: `connect to ${server.host}[${server.address}]: ${input.reason}`,
      });
    case 'connected':
      run.client = openClientSession(
        // It is meant to be ourselves.
        clientConfig(helo, { detectLoop: false }),
        {
          server: { name: server.host, address: server.address },
          nexthop: server.host,
          reversePath: run.reversePath,
          recipients: [{ address: run.recipient }],
          message: run.text,
        },
        os.now,
      );
      break;
    case 'data':
      if (run.client !== undefined) clientReceive(run.client, input.bytes, os.now);
      break;
    default:
      if (run.client !== undefined) clientEnd(run.client, os.now);
  }
  settle(box, run, os, done);
}

function settle<Subject>(
  box: Outbox<Subject>,
  run: OutboxRun<Subject>,
  os: Os,
  done: (run: OutboxRun<Subject>, result: HandOver) => void,
): void {
  const { client, socket } = run;
  if (client === undefined) return;
  for (let outputs = clientDrain(client); outputs.length > 0; outputs = clientDrain(client))
    for (const output of outputs)
      switch (output.kind) {
        case 'send':
          os.send(socket, output.bytes);
          break;
        case 'note':
          os.emit({ type: 'smtp.client', connection: connectionOf(socket), queueId: '', note: output.note });
          break;
        case 'done': {
          const outcome = output.outcomes[0];
          done(run, { taken: outcome?.status === 'delivered', text: outcome?.text ?? '' });
          break;
        }
        case 'close':
          os.close(socket);
          os.cancelTimer(`outbox:${run.id}`);
          box.runs.delete(run.id);
          return;
      }
  const wakeAt = clientWakeAt(client);
  if (wakeAt !== undefined) os.timer(`outbox:${run.id}`, wakeAt, 'patient');
}
