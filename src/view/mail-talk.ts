// One conversation of a mail program in plain lines, from the program's own notes: on the wire there are only records where
// TLS is. Message texts and secrets are not in the notes.

import type { TraceEvent } from '../host/events.ts';
import { replyLines } from '../smtp/reply.ts';
import type { Journal } from './journal.ts';
import type { MailTalkView } from './mail-client-types.ts';

type Line = MailTalkView['lines'][number];

/** Undefined when it is no connection of a mail program. */
export function mailTalk(journal: Journal, connection: number, seq = journal.seq): MailTalkView | undefined {
  const info = journal.connections.get(connection);
  if (info === undefined) return undefined;
  const lines: Line[] = [];
  let protocol: MailTalkView['protocol'] | undefined;
  let isProtected = false;
  for (let at = info.openedSeq - 1; at < Math.min(seq, journal.trace.length); at++) {
    const event = journal.trace[at] as TraceEvent;
    if (!('connection' in event) || event.connection !== connection) continue;
    if (event.type === 'tls.established') isProtected = true;
    else if (event.type === 'mail.client' && event.note.kind === 'phase') protocol = event.note.protocol;
    lines.push(...linesOf(event));
  }
  if (protocol === undefined) return undefined;
  return {
    connection,
    protocol,
    server: info.server ?? info.to.address,
    port: info.to.port,
    isProtected,
    lines,
  };
}

function linesOf(event: TraceEvent): Line[] {
  const { seq, at } = event;
  const line = (from: Line['from'], text: string): Line => ({ seq, at, from, text });
  switch (event.type) {
    case 'imap.client':
      return [line(event.note.kind === 'command' ? 'client' : 'server', event.note.line)];
    case 'pop3.client':
      return event.note.kind === 'command' || event.note.kind === 'reply'
        ? [line(event.note.kind === 'command' ? 'client' : 'server', event.note.line)]
        : [];
    case 'smtp.client':
      switch (event.note.kind) {
        case 'command':
          return [line('client', event.note.text)];
        case 'reply':
          return replyLines(event.note.reply).map((text) => line('server', text));
        case 'text':
          return [line('client', `(${event.note.sizeBytes} octets)`), line('client', '.')];
        default:
          return [];
      }
    default:
      return [];
  }
}
