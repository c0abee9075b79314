// What the tests of this room drive sessions with: a host that answers by a rule, a clock that they move, a pair of client
// and server. Used by tests only.

import { latin1, type Bytes } from '../base/bytes.ts';
import {
  clientConfig,
  clientDrain,
  clientEnd,
  clientReceive,
  clientSecured,
  clientWake,
  clientWakeAt,
  openClientSession,
  type ClientConfig,
  type ClientJob,
  type ClientNote,
  type RecipientOutcome,
} from './client.ts';
import { lmtpSaved } from './lmtp.ts';
import {
  openServerSession,
  serverAnswer,
  serverDrain,
  serverEnd,
  serverReceive,
  serverWake,
  serverWakeAt,
} from './server.ts';
import type { Peer, ServerAnswer, ServerConfig, ServerNote, ServerQuestion } from './session.ts';

export const PEER: Peer = { address: '192.0.2.7', name: 'mua.red.example' };

export type Rule = (question: ServerQuestion) => ServerAnswer;

/** Accepts everything. */
export const acceptAll: Rule = (question) => {
  if (question.kind !== 'message') return { ok: true };
  if (question.protocol.endsWith('LMTP'))
    return { replies: question.envelope.recipients.map(({ address }) => lmtpSaved(address, 'id:1')) };
  return { ok: true, queueId: '4ABC' };
};

export interface ServerRig {
  now: number;
  closed: boolean;
  readonly notes: ServerNote[];
  readonly messages: Extract<ServerQuestion, { kind: 'message' }>[];
  /** Sends a binary string and gives what the server said since the last look. */
  say(text: string): string;
  sendBytes(bytes: Bytes): void;
  heard(): string;
  wait(ms: number): void;
  end(): void;
  wakeAt(): number | undefined;
}

export function serverRig(config: ServerConfig, rule: Rule = acceptAll, peer: Peer = PEER): ServerRig {
  let out = '';
  const session = openServerSession(config, peer, 0);
  const pump = (): void => {
    for (let again = true; again;) {
      again = false;
      for (const output of serverDrain(session)) {
        if (output.kind === 'send') out += output.bytes;
        else if (output.kind === 'close') rig.closed = true;
        else if (output.kind === 'note') rig.notes.push(output.note);
        else {
          if (output.question.kind === 'message') rig.messages.push(output.question);
          serverAnswer(session, output.id, rule(output.question), rig.now);
          again = true;
        }
      }
    }
  };
  const rig: ServerRig = {
    now: 0,
    closed: false,
    notes: [],
    messages: [],
    sendBytes(bytes) {
      serverReceive(session, bytes, rig.now);
      pump();
    },
    say(text) {
      rig.sendBytes(latin1(text));
      return rig.heard();
    },
    heard() {
      const said = out;
      out = '';
      return said;
    },
    wait(ms) {
      const until = rig.now + ms;
      for (let at = serverWakeAt(session); at !== undefined && at <= until; at = serverWakeAt(session)) {
        rig.now = Math.max(rig.now, at);
        serverWake(session, rig.now);
        pump();
      }
      rig.now = until;
    },
    end() {
      serverEnd(session, rig.now);
      pump();
    },
    wakeAt: () => serverWakeAt(session),
  };
  pump();
  return rig;
}

export interface ClientRig {
  now: number;
  closed: boolean;
  readonly notes: ClientNote[];
  outcomes: readonly RecipientOutcome[] | undefined;
  /** How often it wanted a TLS handshake. */
  handshakes: number;
  /** The handshake is over; returns what the client says then. */
  secured(): string;
  /** Gives the client the server's words (binary string) and returns what the client says to them. */
  hear(text: string): string;
  /** The same without looking at what the client says. */
  feed(text: string): void;
  wait(ms: number): void;
  end(undelivered?: boolean): void;
  said(): string;
}

export const JOB: ClientJob = {
  server: { name: 'mx.blue.example', address: '198.51.100.25' },
  nexthop: 'blue.example',
  reversePath: 'ana@red.example',
  recipients: [{ address: 'bob@blue.example' }],
  message: 'Subject: Hi\r\n\r\nHello\r\n',
};

export function clientRig(job: Partial<ClientJob> = {}, changes: Partial<ClientConfig> = {}): ClientRig {
  let out = '';
  const session = openClientSession(clientConfig('mail.red.example', changes), { ...JOB, ...job }, 0);
  const pump = (): void => {
    for (const output of clientDrain(session)) {
      if (output.kind === 'send') out += output.bytes;
      else if (output.kind === 'close') rig.closed = true;
      else if (output.kind === 'note') rig.notes.push(output.note);
      else if (output.kind === 'startTls') rig.handshakes++;
      else rig.outcomes = output.outcomes;
    }
  };
  const rig: ClientRig = {
    now: 0,
    closed: false,
    handshakes: 0,
    notes: [],
    outcomes: undefined,
    secured() {
      clientSecured(session, rig.now);
      pump();
      return rig.said();
    },
    feed(text) {
      clientReceive(session, latin1(text), rig.now);
      pump();
    },
    hear(text) {
      rig.feed(text);
      return rig.said();
    },
    wait(ms) {
      const until = rig.now + ms;
      for (let at = clientWakeAt(session); at !== undefined && at <= until; at = clientWakeAt(session)) {
        rig.now = at;
        clientWake(session, rig.now);
        pump();
      }
      rig.now = until;
    },
    end(undelivered) {
      clientEnd(session, rig.now, undelivered);
      pump();
    },
    said() {
      const said = out;
      out = '';
      return said;
    },
  };
  pump();
  return rig;
}

/**
 * Lets a client and a server talk until the client has closed; `cut` says how many bytes go over at a time. Gives the
 * number of times that the server's words reached the client.
 */
export function talkTogether(client: ClientRig, server: ServerRig, cut: (length: number) => number): number {
  let turns = 0;
  const pieces = (text: string, take: (piece: string) => void): void => {
    for (let at = 0; at < text.length;) {
      const size = Math.max(1, cut(text.length - at));
      take(text.slice(at, at + size));
      at += size;
    }
  };
  for (let round = 0; round < 1000; round++) {
    const fromServer = server.heard();
    if (fromServer !== '') turns++;
    pieces(fromServer, (piece) => client.feed(piece));
    const fromClient = client.said();
    pieces(fromClient, (piece) => server.sendBytes(latin1(piece)));
    if (fromServer !== '' || fromClient !== '') continue;
    if (client.closed) {
      server.end();
      return turns;
    }
    client.wait(1000);
    server.wait(1000);
  }
  throw new Error('the conversation does not end');
}
