// Replays the recorded sessions of Dovecot 2.3.19's IMAP server against ours.

import { describe } from 'vitest';
import { concat } from '../base/bytes.ts';
import {
  imapAnswer,
  imapDrain,
  imapEnd,
  imapNotice,
  imapReceive,
  imapWake,
  imapWakeAt,
  openImapSession,
} from '../imap/server.ts';
import { imapConfig, type ImapSession } from '../imap/session.ts';
import { recordedAccount, recordedStore, replayAll, type Connection } from './testing.ts';

/** Which statements a recording proves, by the beginning of its name. */
const PROVES: readonly (readonly [string, string])[] = [
  ['greeting_clear', '[S7-020]'],
  ['not_auth_states', '[S7-021]'],
  ['login_literal', '[S7-022]'],
  ['append_literal_plus', '[S7-022]'],
  ['login_three_bad', '[S7-022]'],
  ['login_syntax', '[S7-022] [S7-036]'],
  ['login_clear_forbidden', '[S7-023]'],
  ['authenticate_', '[S7-023]'],
  ['starttls', '[S7-023]'],
  ['login_twice', '[S7-024]'],
  ['select', '[S7-025]'],
  ['examine', '[S7-025]'],
  ['fetch_', '[S7-027]'],
  ['search_', '[S7-028]'],
  ['sort_thread', '[S7-028]'],
  ['store', '[S7-029]'],
  ['uid_expunge', '[S7-029]'],
  ['append', '[S7-029]'],
  ['two_sessions_', '[S7-030]'],
  ['idle', '[S7-031]'],
  ['list', '[S7-032]'],
  ['namespace_quota', '[S7-032]'],
  ['status', '[S7-032]'],
  ['create_delete', '[S7-033]'],
  ['rename', '[S7-034]'],
  ['uidvalidity', '[S7-034]'],
  ['case_insensitive', '[S7-034]'],
];

describe('recorded IMAP sessions', () => {
  replayAll('imap', PROVES, (recording) => {
    const store = recordedStore();
    const cleartext = !['greeting_clear', 'login_clear_forbidden', 'starttls'].includes(recording.name);
    const banner = recording.name === 'greeting_debian' ? 'Dovecot (Debian) ready.' : 'Dovecot ready.';
    const config = imapConfig({
      cleartext,
      banner,
      tls: recording.name === 'imaps' ? 'active' : 'available',
    });
    const sessions: ImapSession[] = [];
    return (name, start): Connection => {
      const session = openImapSession(
        config,
        { challenge: `<1.${name}@mx.hafen.example>`, nonce: `n${name}` },
        start,
      );
      sessions.push(session);
      let handshake: number | undefined;
      const answerTls = (ok: boolean, now: number): void => {
        if (handshake !== undefined) imapAnswer(session, store, handshake, { kind: 'tls', ok }, now);
        handshake = undefined;
      };
      return {
        receive(bytes, now) {
          if (handshake !== undefined) answerTls(false, now);
          imapReceive(session, store, bytes, now);
        },
        end: (now) => imapEnd(session, now),
        wake: (now) => imapWake(session, store, now),
        wakeAt: () => imapWakeAt(session),
        secure: (now) => answerTls(true, now),
        drain(now) {
          let bytes = new Uint8Array(0);
          let closed = false;
          for (let outputs = imapDrain(session); outputs.length > 0; outputs = imapDrain(session))
            for (const output of outputs) {
              if (output.kind === 'send') bytes = concat(bytes, output.bytes);
              else if (output.kind === 'close') closed = true;
              else if (output.kind === 'note') {
                if (output.note.kind === 'changed')
                  for (const other of sessions) if (other !== session) imapNotice(other, store, now);
              } else if (output.question.kind === 'tls') handshake = output.id;
              else
                imapAnswer(
                  session,
                  store,
                  output.id,
                  { kind: 'account', account: recordedAccount(output.question.user) },
                  now,
                );
            }
          return { bytes, closed };
        },
      };
    };
  });
});
