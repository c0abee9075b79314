// A transcript's target made of SMTP or LMTP server sessions and a policy that answers their questions. Time is the
// target's own and moves only by `@ wait`.

import { latin1, type Bytes } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import {
  openServerSession,
  serverAnswer,
  serverDrain,
  serverEnd,
  serverReceive,
  serverWake,
  serverWakeAt,
} from '../smtp/server.ts';
import type {
  Peer,
  ServerAnswer,
  ServerConfig,
  ServerNote,
  ServerQuestion,
  ServerSession,
} from '../smtp/session.ts';
import type { TalkTarget } from './run.ts';

/** Decides at once, from a table or by a rule. */
export type TalkPolicy = (question: ServerQuestion, session: ServerSession, now: Time) => ServerAnswer;

interface Open {
  session: ServerSession;
  /** The question of a handshake that has not been yet: `@ tls` answers it. */
  handshake: number | undefined;
  /** Bytes for the client that it has not looked at. */
  sent: string;
  closed: boolean;
  /** Nobody has waited for the greeting yet: bytes sent now come before it. */
  waiting: boolean;
}

export interface SessionTarget extends TalkTarget {
  /** All notes of all sessions so far. */
  readonly notes: ServerNote[];
  readonly questions: ServerQuestion[];
  now: Time;
}

/** A target that speaks for `config`. The greeting comes when the transcript first looks for it. */
export function sessionTarget(
  config: ServerConfig,
  peer: Peer,
  policy: TalkPolicy,
  start: Time = 0,
): SessionTarget {
  const connections = new Map<string, Open>();
  const get = (connection: string): Open => {
    const open = connections.get(connection);
    if (!open) throw new Error(`no connection ${connection}`);
    return open;
  };
  const pump = (open: Open): void => {
    for (let more = true; more;) {
      more = false;
      for (const output of serverDrain(open.session)) {
        switch (output.kind) {
          case 'send':
            open.sent += output.bytes;
            break;
          case 'close':
            open.closed = true;
            break;
          case 'note':
            target.notes.push(output.note);
            break;
          case 'ask':
            target.questions.push(output.question);
            if (output.question.kind === 'tls') {
              open.handshake = output.id;
              break;
            }
            serverAnswer(
              open.session,
              output.id,
              policy(output.question, open.session, target.now),
              target.now,
            );
            more = true;
        }
      }
    }
  };
  const target: SessionTarget = {
    notes: [],
    questions: [],
    now: start,
    connect(connection) {
      const session = openServerSession(config, peer, target.now);
      connections.set(connection, {
        session,
        handshake: undefined,
        sent: '',
        closed: false,
        waiting: true,
      });
    },
    send(connection, bytes: Bytes) {
      const open = get(connection);
      // Plain text instead of a handshake: the host ends it.
      if (open.handshake !== undefined) serverEnd(open.session, target.now);
      serverReceive(open.session, bytes, target.now);
      if (!open.waiting) pump(open);
    },
    receive(connection) {
      const open = get(connection);
      open.waiting = false;
      pump(open);
      const bytes = latin1(open.sent);
      open.sent = '';
      return { bytes, closed: open.closed };
    },
    close(connection) {
      const open = get(connection);
      serverEnd(open.session, target.now);
      pump(open);
    },
    directive(name) {
      if (name !== 'tls') return `nobody knows @ ${name}`;
      for (const open of connections.values()) {
        if (open.handshake === undefined) continue;
        serverAnswer(open.session, open.handshake, { ok: true }, target.now);
        open.handshake = undefined;
        pump(open);
        return undefined;
      }
      return 'no handshake is due';
    },
    wait(ms) {
      const until = target.now + ms;
      for (;;) {
        let next: Time | undefined;
        for (const { session } of connections.values()) {
          const at = serverWakeAt(session);
          if (at !== undefined && at <= until && (next === undefined || at < next)) next = at;
        }
        if (next === undefined) break;
        target.now = Math.max(target.now, next);
        for (const open of connections.values()) {
          serverWake(open.session, target.now);
          pump(open);
        }
      }
      target.now = until;
    },
  };
  return target;
}
