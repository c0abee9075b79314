// Why a mail program did or could not do something: the failure or conflict in a sentence, what it said on the connection in
// plain lines, and how to change it. What a server made of it is explained at the server.

import type { EventOf } from '../host/events.ts';
import type { Journal } from './journal.ts';
import { mailTalk } from './mail-talk.ts';
import type { Phrase } from './types.ts';
import type { WhyDraft } from './why-base.ts';

type MailEvent = EventOf<'mail.client' | 'imap.client' | 'pop3.client'>;

/** Lines of a conversation that are shown. */
const LINES = 40;

export function whyMail(journal: Journal, event: MailEvent, view: WhyDraft): WhyDraft {
  const say = (key: string, params: Phrase['params'] = {}): void => void view.plain.push({ key, params });
  if (event.type === 'mail.client') said(event, view, say);
  const talk = event.connection === undefined ? undefined : mailTalk(journal, event.connection, event.seq);
  if (talk !== undefined && talk.lines.length > 0) {
    if (talk.isProtected) say('why.mail.protected');
    view.sections.push({ type: 'wire', title: { key: 'why.wire' }, lines: talk.lines.slice(-LINES) });
  }
  return view;
}

function said(
  { note, host }: EventOf<'mail.client'>,
  view: WhyDraft,
  say: (key: string, params?: Phrase['params']) => void,
): void {
  switch (note.kind) {
    case 'asked':
      return say(`why.mail.asked.${note.ask.kind}`, { host });
    case 'failed': {
      const { code, server, port, text, verify, maybeSent } = note.failure;
      say(`mail.failure.${code}`, { server, port });
      if (maybeSent === true) say('mail.maybeSent');
      if (CERTIFICATE.has(code)) view.rules.push({ rule: 'RFC 8314 §5.2' });
      const facts = [
        ...(text === undefined ? [] : [{ label: { key: 'why.mail.words' }, value: text }]),
        ...(verify === undefined ? [] : [{ label: { key: 'why.fact.verify' }, value: String(verify) }]),
      ];
      if (facts.length > 0) view.sections.push({ type: 'facts', title: { key: 'why.envelope' }, facts });
      return;
    }
    case 'conflict': {
      const { kind, folder, text = '' } = note.conflict;
      say(`mail.conflict.${kind}`, { folder, text });
      if (kind === 'uidValidity') view.rules.push({ rule: 'RFC 9051 §2.3.1.1' });
      return;
    }
    case 'sent':
      return say('why.mail.sent', { text: note.text });
    case 'outgoing':
      return say('why.mail.outgoing');
    case 'pending':
      return say('why.mail.pending');
    case 'messages':
      return say(note.dropped === true ? 'why.mail.dropped' : 'why.mail.messages', {
        folder: note.folder,
        n: note.messages.length,
        gone: note.gone.length,
      });
    case 'visited':
      return say('why.mail.visited', { n: note.left.length, gone: note.removed.length });
    case 'checked':
      return say('why.mail.checked', { n: note.fresh, fetched: note.fetched });
    case 'found':
      return say(note.isLocal ? 'why.mail.foundHere' : 'why.mail.foundThere', { n: note.ids.length });
    case 'idleAgain':
      view.rules.push({ rule: 'RFC 2177 §3' });
      return say('why.mail.idleAgain');
    default:
      return;
  }
}

const CERTIFICATE: ReadonlySet<string> = new Set([
  'certificateExpired',
  'certificateNotYetValid',
  'certificateName',
  'certificateUntrusted',
]);
