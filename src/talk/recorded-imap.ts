// The Dovecot IMAP server of the recordings: our sessions, configured as it was, on the recorded mailboxes.

import { concat } from '../base/bytes.ts';
import type { Time } from '../base/dates.ts';
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
import {
  connectionTarget,
  RECORDED_START,
  recordedAccount,
  recordedStore,
  type Connection,
} from './recorded-mailbox.ts';
import type { TalkTarget } from './run.ts';

/** A target for the recording `name` with these messages in every inbox. */
export function recordedImap(name: string, messages: readonly string[]): TalkTarget {
  const store = recordedStore(messages);
  const cleartext = !['greeting_clear', 'login_clear_forbidden', 'starttls'].includes(name);
  const banner = name === 'greeting_debian' ? 'Dovecot (Debian) ready.' : 'Dovecot ready.';
  const config = imapConfig({
    cleartext,
    banner,
    tls: name === 'imaps' ? 'active' : 'available',
  });
  const sessions: ImapSession[] = [];
  const open = (connection: string, start: Time): Connection => {
    const session = openImapSession(
      config,
      { challenge: `<1.${connection}@mx.hafen.example>`, nonce: `n${connection}` },
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
  return connectionTarget(open, RECORDED_START);
}
