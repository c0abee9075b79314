// A sender with a list of messages: a shop, a newsletter service, an impostor. It hands each one over in real SMTP, to a
// server of its own or straight to the recipient's MX, when its time has come or when it is called. It has no queue: what
// is refused or deferred is lost, as with much of the mail that such programs send.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import { MINUTE, mailDate } from '../base/dates.ts';
import { splitStream } from '../base/random.ts';
import { connectionOf } from '../net/network.ts';
import {
  clientConfig,
  clientDrain,
  clientEnd,
  clientReceive,
  clientWake,
  clientWakeAt,
  openClientSession,
  type ClientSession,
} from '../smtp/client.ts';
import { sign } from './mta/sign.ts';
import type { SigningKey } from './mta/config.ts';
import { splitAddress } from './mta/access.ts';
import { findRoute, type Route, type RouteInput } from './mta/routing.ts';
import { answerPolicy, policyDesk, startPolicy, type PolicyDesk } from './policy.ts';
import type { Input, Os, ProgramDefinition } from './program.ts';

export interface SenderMessage {
  readonly name: string;
  /** '' is the null reverse path. */
  readonly reversePath: string;
  readonly recipient: string;
  /** Milliseconds after the start; absent: only when called. */
  readonly afterMs?: number;
  /** Again and again with this distance. */
  readonly everyMs?: number;
  /** Whole header lines, without Date and Message-ID. */
  readonly headers: readonly string[];
  readonly body: string;
  /**
   * A whole message that somebody else signed, to be sent again as it is: a replay (RFC 6376 §8.6). Headers and body are
   * not used then.
   */
  readonly raw?: string;
  /** Others who get it in the same transaction, at the first recipient's server. */
  readonly alsoTo?: readonly string[];
}

export interface SenderConfig {
  /** What it says in EHLO. */
  readonly helo: string;
  readonly messages: readonly SenderMessage[];
  /** It goes through this server; absent: straight to the recipient's MX. */
  readonly via?: { readonly host: string; readonly address: string; readonly port: number };
  readonly signing?: readonly SigningKey[];
  /** Signs whoever the author is, as a service does under its own name. */
  readonly signAll?: boolean;
  /** Domain in d= instead of the key's own: a customer's, who points his DNS to the service's key. */
  readonly dkimDomain?: string;
  /** Domain of the envelope sender instead of the message's own: a custom return path. */
  readonly returnPath?: string;
  /** Address in From: instead of the message's own. */
  readonly author?: string;
}

interface Run {
  readonly id: number;
  readonly message: SenderMessage;
  readonly text: string;
  server: { name: string; address: string; port: number } | undefined;
  socket: number | undefined;
  client: ClientSession | undefined;
}

interface RouteJob {
  readonly run: number;
  readonly input: RouteInput;
}

export interface SenderState {
  readonly config: SenderConfig;
  readonly runs: Map<number, Run>;
  nextRun: number;
  readonly desk: PolicyDesk<RouteJob>;
}

const make = (job: RouteJob): ReturnType<typeof findRoute> => findRoute(job.input);

export const sender: ProgramDefinition<SenderConfig, SenderState> = {
  start(config: SenderConfig, os: Os): SenderState {
    config.messages.forEach((message, index) => {
      if (message.afterMs !== undefined) os.timer(`message:${index}`, os.now + message.afterMs, 'patient');
    });
    return { config, runs: new Map(), nextRun: 1, desk: policyDesk() };
  },

  handle(state: SenderState, input: Input, os: Os): void {
    switch (input.type) {
      case 'timer': {
        const [kind, number] = input.key.split(':');
        const message = state.config.messages[Number(number)];
        if (kind === 'message' && message !== undefined) {
          if (message.everyMs !== undefined) os.timer(input.key, os.now + message.everyMs, 'patient');
          begin(state, message, os);
        }
        const run = kind === 'run' ? state.runs.get(Number(number)) : undefined;
        if (run?.client !== undefined) {
          clientWake(run.client, os.now);
          settle(state, run, os);
        }
        return;
      }
      case 'call': {
        const { call } = input;
        if (call.type === 'send') {
          const message = state.config.messages.find((m) => m.name === call.message);
          if (message !== undefined) begin(state, message, os);
        }
        if (call.type === 'lookedUp')
          answerPolicy(state.desk, call.token, call.answer, os, make, (job: RouteJob, route: Route) =>
            routed(state, job, route, os),
          );
        return;
      }
      case 'connected':
      case 'connectFailed':
      case 'data':
      case 'ended':
      case 'reset': {
        const run = [...state.runs.values()].find((r) => r.socket === input.socket);
        if (run === undefined) return;
        if (input.type === 'connectFailed') state.runs.delete(run.id);
        else if (input.type === 'connected') open(state, run, os);
        else if (run.client !== undefined) {
          if (input.type === 'data') clientReceive(run.client, input.bytes, os.now);
          else clientEnd(run.client, os.now);
          settle(state, run, os);
        }
        return;
      }
      default:
        return;
    }
  },
};

/** The message as the program's settings want it: author and envelope sender may be other than those written down. */
function settled({ author, returnPath }: SenderConfig, message: SenderMessage): SenderMessage {
  const headers =
    author === undefined || author === ''
      ? message.headers
      : message.headers.map((line) =>
          /^From:/i.test(line) ? line.replace(/<[^>]*>|\S+@\S+$/, `<${author}>`) : line,
        );
  const { localPart } = splitAddress(message.reversePath);
  const reversePath =
    returnPath === undefined || returnPath === '' || message.reversePath === ''
      ? message.reversePath
      : `${localPart}@${returnPath}`;
  return { ...message, headers, reversePath };
}

/** The keys with the domain that d= shall name. */
function signersOf({ signing = [], dkimDomain }: SenderConfig): readonly SigningKey[] {
  return dkimDomain === undefined || dkimDomain === ''
    ? signing
    : signing.map((key) => ({ ...key, domain: dkimDomain }));
}

function begin(state: SenderState, written: SenderMessage, os: Os): void {
  const message = settled(state.config, written);
  const id = state.nextRun++;
  const seconds = Math.floor(os.now / 1000);
  const head = [
    ...message.headers,
    `Date: ${mailDate(os.now, os.host.zoneMinutes)}`,
    `Message-ID: <${seconds}.${id}@${state.config.helo}>`,
  ];
  const lines = [...head, '', ...message.body.replace(/\n$/, '').split('\n')];
  const plain = fromLatin1(utf8(lines.map((line) => `${line}\r\n`).join('')));
  const { raw } = message;
  const text =
    raw !== undefined
      ? raw.replace(/\r?\n/g, '\r\n')
      : state.config.signing === undefined
        ? plain
        : sign(signersOf(state.config), plain, os.now, state.config.signAll).headers + plain;
  const run: Run = { id, message, text, server: undefined, socket: undefined, client: undefined };
  state.runs.set(id, run);
  const { via } = state.config;
  if (via !== undefined) {
    run.server = { name: via.host, address: via.address, port: via.port };
    run.socket = os.connect({ address: via.address, port: via.port }, MINUTE / 2);
    return;
  }
  const input: RouteInput = {
    domain: splitAddress(message.recipient).domain,
    ownName: os.host.name,
    ownAddresses: os.net.addresses,
    hasIpv6: false,
    draws: splitStream(os.random('mx-order')),
  };
  startPolicy(state.desk, { run: id, input }, os, make, (job: RouteJob, route: Route) =>
    routed(state, job, route, os),
  );
}

function routed(state: SenderState, job: RouteJob, route: Route, os: Os): void {
  const run = state.runs.get(job.run);
  const first = route.candidates.find((candidate) => candidate.verdict === 'chosen');
  if (run === undefined) return;
  if (first === undefined) {
    state.runs.delete(run.id);
    return;
  }
  run.server = { name: first.host, address: first.address, port: 25 };
  run.socket = os.connect({ address: first.address, port: 25 }, MINUTE / 2);
}

function open(state: SenderState, run: Run, os: Os): void {
  if (run.server === undefined) return;
  run.client = openClientSession(
    clientConfig(state.config.helo),
    {
      server: run.server,
      nexthop: splitAddress(run.message.recipient).domain,
      reversePath: run.message.reversePath,
      recipients: [run.message.recipient, ...(run.message.alsoTo ?? [])].map((address) => ({ address })),
      message: run.text,
    },
    os.now,
  );
  settle(state, run, os);
}

function settle(state: SenderState, run: Run, os: Os): void {
  const { client, socket } = run;
  if (client === undefined || socket === undefined) return;
  for (let outputs = clientDrain(client); outputs.length > 0; outputs = clientDrain(client)) {
    for (const output of outputs) {
      if (output.kind === 'send') os.send(socket, output.bytes);
      else if (output.kind === 'note')
        os.emit({ type: 'smtp.client', connection: connectionOf(socket), queueId: '', note: output.note });
      else if (output.kind === 'close') {
        os.close(socket);
        os.cancelTimer(`run:${run.id}`);
        state.runs.delete(run.id);
        return;
      }
    }
  }
  const wakeAt = clientWakeAt(client);
  if (wakeAt !== undefined) os.timer(`run:${run.id}`, wakeAt, 'patient');
}
