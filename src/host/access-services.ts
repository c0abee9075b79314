// Installs the POP3 and IMAP sessions. They are a large piece that no first prompt needs: whoever lets a world run imports
// this file.

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
  openPop3Session,
  pop3Answer,
  pop3Drain,
  pop3End,
  pop3Receive,
  pop3Wake,
  pop3WakeAt,
} from '../pop3/server.ts';
import { pop3Config, type Pop3Session } from '../pop3/session.ts';
import { installAccess } from './access-service.ts';

installAccess<ImapSession>('imap', {
  open: (settings, seed, now) => openImapSession(imapConfig(settings), seed, now),
  receive: imapReceive,
  end: (session, _store, now) => imapEnd(session, now),
  wake: imapWake,
  wakeAt: imapWakeAt,
  isAwaited: ({ delayed, continuation }) =>
    delayed !== undefined || (continuation?.kind === 'idle' && continuation.reportAt !== undefined),
  answer(session, store, id, answer, now) {
    if (answer.kind !== 'maildrop') imapAnswer(session, store, id, answer, now);
  },
  notice: imapNotice,
  drain: imapDrain,
});

installAccess<Pop3Session>('pop3', {
  open: (settings, seed, now) => openPop3Session(pop3Config(settings), seed, now),
  receive: pop3Receive,
  end: pop3End,
  wake: pop3Wake,
  wakeAt: pop3WakeAt,
  isAwaited: ({ delayed, locked }) => delayed !== undefined || locked !== undefined,
  answer: pop3Answer,
  // A POP3 session sees the maildrop as it was at its login (RFC 1939 §5).
  notice: () => undefined,
  drain: pop3Drain,
});
