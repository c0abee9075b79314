// Replays the recorded sessions of Dovecot 2.3.19's POP3 server against ours.

import { describe } from 'vitest';
import { concat } from '../base/bytes.ts';
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
import { recordedAccount, recordedStore, replayAll, type Connection } from './testing.ts';

/** Which statements a recording proves, by the beginning of its name. */
const PROVES: readonly (readonly [string, string])[] = [
  ['greeting_capa', '[S7-001] [S7-002]'],
  ['capa_after_login', '[S7-002]'],
  ['login_ok', '[S7-003] [S7-004] [S7-007]'],
  ['pass_first', '[S7-003]'],
  ['dele.', '[S7-004]'],
  ['dele', '[S7-006]'],
  ['retr_errors', '[S7-005]'],
  ['top', '[S7-005]'],
  ['quit_retr', '[S7-005]'],
  ['rset', '[S7-006]'],
  ['quit_only', '[S7-006]'],
  ['uidl', '[S7-007]'],
  ['lock', '[S7-008]'],
  ['noop_last', '[S7-009]'],
  ['unknown_after_login', '[S7-009]'],
  ['long_line', '[S7-009]'],
  ['apop', '[S7-010]'],
  ['auth_', '[S7-010]'],
  ['stls', '[S7-010]'],
];

describe('recorded POP3 sessions', () => {
  replayAll('pop3', PROVES, (recording) => {
    const store = recordedStore();
    if (recording.name === 'empty_mailbox')
      for (const user of store.users.values()) for (const folder of user.folders) folder.messages = [];
    const config = pop3Config({
      cleartext: recording.name !== 'greeting_capa_clear',
      tls: recording.name === 'pop3s' ? 'active' : 'available',
    });
    const locking = recording.profile === 'pop3_lock_session=yes';
    const holders = new Map<string, string>();
    return (name, start): Connection => {
      const session = openPop3Session(
        config,
        { challenge: `<1.${name}@mx.hafen.example>`, nonce: `n${name}` },
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
                for (const [user, holder] of holders) if (holder === name) holders.delete(user);
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
                  const free = !locking || holder === undefined || holder === name;
                  if (free) holders.set(question.user, name);
                  pop3Answer(
                    session,
                    store,
                    id,
                    { kind: 'maildrop', state: free ? 'opened' : 'locked' },
                    now,
                  );
                } else handshake = id;
              }
            }
          return { bytes, closed };
        },
      };
    };
  });
});
