// The Dovecot POP3 server of the recordings: our sessions, configured as it was, on the recorded mailboxes.

import { concat } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
import {
  openPop3Session,
  pop3Answer,
  pop3Drain,
  pop3End,
  pop3Receive,
  pop3Wake,
  pop3WakeAt,
} from '../pop3/server.ts';
import { pop3Config } from '../pop3/session.ts';
import {
  connectionTarget,
  RECORDED_START,
  recordedAccount,
  recordedStore,
  type Connection,
} from './recorded-mailbox.ts';
import type { TalkTarget } from './run.ts';

/** A target for the recording `name` with these messages in every inbox. */
export function recordedPop3(name: string, profile: string, messages: readonly string[]): TalkTarget {
  const store = recordedStore(messages);
  if (name === 'empty_mailbox')
    for (const user of store.users.values()) for (const folder of user.folders) folder.messages = [];
  const config = pop3Config({
    cleartext: name !== 'greeting_capa_clear',
    tls: name === 'pop3s' ? 'active' : 'available',
  });
  const locking = profile === 'pop3_lock_session=yes';
  const holders = new Map<string, string>();
  const open = (connection: string, start: Time): Connection => {
    const session = openPop3Session(
      config,
      { challenge: `<1.${connection}@mx.hafen.example>`, nonce: `n${connection}` },
      start,
    );
    let handshake: number | undefined;
    const answerTls = (ok: boolean, now: number): void => {
      if (handshake !== undefined) pop3Answer(session, store, handshake, { kind: 'tls', ok }, now);
      handshake = undefined;
    };
    return {
      receive(bytes, now) {
        // What is no handshake breaks it.
        if (handshake !== undefined) answerTls(false, now);
        pop3Receive(session, store, bytes, now);
      },
      end: (now) => pop3End(session, store, now),
      wake: (now) => pop3Wake(session, store, now),
      wakeAt: () => pop3WakeAt(session),
      secure: (now) => answerTls(true, now),
      drain(now) {
        let bytes = new Uint8Array(0);
        let closed = false;
        for (let outputs = pop3Drain(session); outputs.length > 0; outputs = pop3Drain(session))
          for (const output of outputs) {
            if (output.kind === 'send') bytes = concat(bytes, output.bytes);
            else if (output.kind === 'close') {
              closed = true;
              for (const [user, holder] of holders) if (holder === connection) holders.delete(user);
            } else if (output.kind === 'ask') {
              const { question, id } = output;
              if (question.kind === 'account')
                pop3Answer(
                  session,
                  store,
                  id,
                  { kind: 'account', account: recordedAccount(question.user) },
                  now,
                );
              else if (question.kind === 'maildrop') {
                const holder = holders.get(question.user);
                const free = !locking || holder === undefined || holder === connection;
                if (free) holders.set(question.user, connection);
                pop3Answer(session, store, id, { kind: 'maildrop', state: free ? 'opened' : 'locked' }, now);
              } else handshake = id;
            }
          }
        return { bytes, closed };
      },
    };
  };
  return connectionTarget(open, RECORDED_START);
}
