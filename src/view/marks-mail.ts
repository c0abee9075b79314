// Steps of the story on people's devices: what somebody does with a mail program, and what came of it where that is not to
// be seen on the wire. What it fetches is told by the steps on the wire and at the server.

import type { EventOf } from '../host/events.ts';
import type { MailAsk } from '../host/mail-client/ask.ts';
import type { AccessMark } from './marks-access.ts';
import type { Phrase } from './types.ts';

type Drawn = Pick<AccessMark, 'tone' | 'text' | 'weight'>;

export function mailMark(event: EventOf<'mail.client'>): AccessMark | undefined {
  const drawn = drawnOf(event);
  return drawn === undefined ? undefined : { kind: 'delivery', ...drawn };
}

function drawnOf({ note, host }: EventOf<'mail.client'>): Drawn | undefined {
  switch (note.kind) {
    case 'asked':
      return { tone: 'info', text: askedText(host, note.ask), weight: 'queue' };
    case 'failed': {
      const { server, port } = note.failure;
      return {
        tone: 'fail',
        text: { key: 'mark.mail.failed', params: { host, server, port } },
        weight: 'trouble',
      };
    }
    case 'conflict': {
      const { kind, folder } = note.conflict;
      const tone = kind === 'uidValidity' || kind === 'messageGone' ? 'soft' : 'fail';
      return {
        tone,
        text: { key: `mark.mail.conflict.${kind}`, params: { host, folder } },
        weight: 'trouble',
      };
    }
    case 'sent':
      return {
        tone: 'pass',
        text: { key: 'mark.mail.sent', params: { host, n: note.recipients.length } },
        weight: 'queue',
      };
    case 'checked':
      return {
        tone: 'info',
        text: { key: 'mark.mail.checked', params: { host, n: note.fresh } },
        weight: 'queue',
      };
    default:
      return undefined;
  }
}

function askedText(host: string, ask: MailAsk): Phrase {
  switch (ask.kind) {
    case 'open':
    case 'createFolder':
      return { key: 'mark.mail.folder', params: { host, folder: ask.folder } };
    case 'flag':
    case 'move':
    case 'delete':
      return { key: 'mark.mail.change', params: { host, folder: ask.folder, n: ask.ids.length } };
    case 'send':
      return { key: 'mark.mail.send', params: { host, subject: ask.draft.subject } };
    case 'online':
      return { key: ask.on ? 'mark.mail.online' : 'mark.mail.offline', params: { host } };
    case 'read':
      return { key: 'mark.mail.read', params: { host } };
    case 'check':
      return { key: 'mark.mail.check', params: { host } };
    default:
      return { key: 'mark.mail.other', params: { host } };
  }
}
