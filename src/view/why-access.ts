// Why a mailbox is as it is after POP3 or IMAP, and what a TLS handshake settled: the rule of the protocol in a sentence, the
// facts of the handshake, and what both ends said. Protected data stays protected: nobody on the wire could read it.

import type { EventOf } from '../host/events.ts';
import type { Journal } from './journal.ts';
import type { Phrase } from './types.ts';
import { logAround, type WhyDraft } from './why-base.ts';
import { wireLines } from './wire.ts';

type AccessEvent = EventOf<
  'imap.server' | 'pop3.server' | 'mailbox.folder' | 'mailbox.imported' | 'tls.established' | 'tls.failed'
>;

export function whyAccess(journal: Journal, event: AccessEvent, view: WhyDraft): WhyDraft {
  const say = (key: string, params: Phrase['params'] = {}): void => void view.plain.push({ key, params });
  switch (event.type) {
    case 'mailbox.folder':
      say(
        event.messages.some(({ flags }) => flags.includes('\\Deleted'))
          ? 'why.access.markedDeleted'
          : 'why.access.flags',
      );
      return view;
    case 'mailbox.imported':
      say('why.mailbox.imported', { n: event.messages.length, file: event.file });
      return view;
    case 'imap.server':
    case 'pop3.server': {
      const protocol = event.type === 'imap.server' ? 'imap' : 'pop3';
      if (event.note.kind === 'login-failed') say('why.access.loginFailed');
      else if (EXPLAINED.has(event.note.kind)) say(`why.access.${protocol}.${event.note.kind}`);
      break;
    }
    case 'tls.established':
      established(event, view, say);
      break;
    case 'tls.failed':
      say(`why.tls.failed.${event.failure.kind}`, {
        alert: 'alert' in event.failure ? event.failure.alert : '',
      });
      say('why.tls.modelled');
      break;
  }
  const lines = wireLines(journal.connections, journal.trace, event.connection, event.seq);
  if (lines.length > 0) view.sections.push({ type: 'wire', title: { key: 'why.wire' }, lines });
  view.sections.push(
    ...logAround(journal, event.host, event.seq, ['-login: ', 'pop3(', 'imap(']).slice(0, 1),
  );
  return view;
}

const EXPLAINED = new Set([
  'login',
  'selected',
  'read',
  'peeked',
  'expunged',
  'moved',
  'copied',
  'appended',
  'retrieved',
  'removed',
  'kept',
]);

function established(
  event: EventOf<'tls.established'>,
  view: WhyDraft,
  say: (key: string, params?: Phrase['params']) => void,
): void {
  const { session, peer } = event;
  say('why.tls.established');
  if (peer !== undefined)
    say(peer.code === 0 ? 'why.tls.verified' : 'why.tls.unverified', { code: peer.code });
  say('why.tls.modelled');
  const subject = peer?.path[0]?.subject;
  view.sections.push({
    type: 'facts',
    title: { key: 'why.fact.details' },
    facts: [
      { label: { key: 'why.fact.tlsVersion' }, value: session.version },
      { label: { key: 'why.fact.cipher' }, value: session.cipher },
      ...(session.serverName === undefined
        ? []
        : [{ label: { key: 'why.fact.serverName' }, value: session.serverName }]),
      ...(subject === undefined ? [] : [{ label: { key: 'why.fact.certificate' }, value: subject }]),
    ],
  });
}
