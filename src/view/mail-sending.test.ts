// Mail programs send: submission with a login, envelope and header, what is refused, what breaks off.

import { describe, expect, it } from 'vitest';
import { firstField, parseMessage } from '../message/header.ts';
import { messageDetail } from './message-detail.ts';
import { MailLab } from './testing/mail-lab.ts';

describe('sending', () => {
  it.each([
    ['laptop', 465],
    ['phone', 587],
  ] as const)(
    'from the %s through port %i, with a login; Bcc is in the envelope alone [S8-004]',
    (device, port) => {
      const lab = new MailLab();
      lab.ask(device, { kind: 'check' });
      const draft = {
        to: ['Bob <bob@hafen.example>'],
        cc: [],
        bcc: ['anna@hafen.example'],
        subject: 'Grüße vom Meer',
        text: 'Lieber Bob,\n\n.ein Punkt am Anfang, und Umlaute: äöü.\n\nAlice',
      };
      lab.ask(device, { kind: 'send', draft });
      const view = lab.views()[device];
      expect(view.outbox).toEqual([]);
      expect(view.failure).toBeUndefined();
      const delivered = lab.delivered();
      expect(delivered.map(({ user, folder }) => [user, folder])).toEqual([
        ['bob', 'INBOX'],
        ['anna', 'INBOX'],
      ]);
      for (const { raw } of delivered) {
        const message = parseMessage(raw);
        expect(firstField(message, 'Bcc')).toBeUndefined();
        expect(raw.slice(raw.indexOf('\r\nFrom:'))).not.toContain('anna@');
        expect(raw).toContain('\r\n.ein Punkt am Anfang, und Umlaute: =C3=A4=C3=B6=C3=BC.\r\n');
      }
      // A copy lies in Sent, marked as read, and the other devices find it there.
      expect(lab.server().get('Sent')).toMatchObject([{ flags: ['\\Seen'] }]);
      const sent = lab.mailbox().find(({ name }) => name === 'Sent')?.messages ?? [];
      expect(sent.map(({ subject }) => subject)).toEqual([draft.subject]);
      expect(messageDetail(lab.journal, sent[0]?.id ?? '')).toMatchObject({ folder: 'Sent', hops: [] });
      expect(messageDetail(lab.journal, sent[0]?.id ?? '')?.text).toContain('Umlaute: äöü');
      const smtp = view.connections.find(({ protocol }) => protocol === 'smtp');
      expect(smtp).toMatchObject({ port, protocol: 'smtp' });
      const said = lab.talk(smtp?.id ?? 0)?.lines.map(({ text }) => text) ?? [];
      expect(said.some((text) => text.startsWith('AUTH '))).toBe(true);
      expect(JSON.stringify(said)).not.toContain(btoa('\0alice\0brieftaube'));
      expect(said.includes('STARTTLS')).toBe(port === 587);
    },
  );

  it('an answer names the message it answers, and that one is marked as answered', () => {
    const lab = new MailLab();
    lab.wait(2);
    lab.ask('phone', { kind: 'check' });
    const [, harbour] = lab.inbox('phone');
    const draft = { to: ['bob@hafen.example'], cc: [], bcc: [], subject: 'Re: Notes', text: 'Sunny here.' };
    lab.ask('phone', {
      kind: 'send',
      draft: { ...draft, inReplyTo: { folder: 'INBOX', id: harbour?.id ?? 0 } },
    });
    const [sent] = lab.delivered().filter(({ user }) => user === 'bob');
    expect(firstField(parseMessage(sent?.raw ?? ''), 'In-Reply-To')?.value.trim()).toBe(harbour?.messageId);
    expect(firstField(parseMessage(sent?.raw ?? ''), 'References')?.value.trim()).toBe(harbour?.messageId);
    expect(lab.inbox('phone')[1]?.flags).toContain('\\Answered');
    expect(lab.server().get('INBOX')?.[0]?.flags).toContain('\\Answered');
    // With POP3 that stays on the device, and so does the copy.
    lab.ask('desktop', { kind: 'check' });
    const [first] = lab.inbox('desktop');
    lab.ask('desktop', {
      kind: 'send',
      draft: { ...draft, inReplyTo: { folder: 'INBOX', id: first?.id ?? 0 } },
    });
    expect(lab.inbox('desktop')[0]?.flags).toEqual(['\\Answered']);
    expect(lab.views().desktop.folders.find(({ role }) => role === 'sent')?.messages).toHaveLength(1);
    expect(lab.server().get('Sent')).toHaveLength(1);
  });

  it('a refused recipient stays in the outbox with the server’s words; the others get it once', () => {
    const lab = new MailLab();
    const to = ['bob@hafen.example', 'nobody@wolke.example'];
    lab.ask('laptop', { kind: 'send', draft: { to, cc: [], bcc: [], subject: 'To two', text: 'Hello' } });
    const [waiting] = lab.views().laptop.outbox;
    expect(waiting).toMatchObject({
      state: 'failed',
      recipients: ['nobody@wolke.example'],
      failure: { code: 'recipientRefused' },
      refused: [{ recipient: 'nobody@wolke.example' }],
    });
    expect(waiting?.refused[0]?.text).toContain('550');
    expect(lab.delivered()).toHaveLength(1);
    lab.ask('laptop', { kind: 'sendAgain' });
    expect(lab.views().laptop.outbox[0]?.tries).toBe(2);
    expect(lab.delivered()).toHaveLength(1);
    lab.ask('laptop', { kind: 'discard', outgoing: waiting?.id ?? 0 });
    expect(lab.views().laptop.outbox).toEqual([]);
  });
});
