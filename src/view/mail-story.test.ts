// What the story tells of mail programs, and what it answers to "why?".

import { describe, expect, it } from 'vitest';
import { explain } from '../text/en/explain.ts';
import { story } from '../text/en/story.ts';
import { MailLab } from './testing/mail-lab.ts';
import { why } from './why.ts';

describe('the story of mail programs', () => {
  it('does not tell how idle connections are kept alive', () => {
    const lab = new MailLab();
    lab.ask('laptop', { kind: 'check' });
    lab.ask('phone', { kind: 'check' });
    lab.wait(3);
    lab.views();
    const before = lab.journal.marks.marks.length;
    lab.wait(50);
    lab.views();
    const told = lab.journal.marks.marks
      .slice(before)
      .filter(({ text }) => text.key !== 'mark.passed.minutes');
    expect(told).toEqual([]);
    // It did happen.
    const upkeep = lab.world.machine.trace.filter(
      (event) => event.type === 'mail.client' && event.note.kind === 'idleAgain',
    );
    expect(upkeep).toHaveLength(2);
    // What comes in after that is told again.
    lab.wait(8);
    lab.views();
    const keys = lab.journal.marks.marks.slice(before).map(({ text }) => text.key);
    expect(keys).toContain('mark.delivered');
    expect(keys.filter((key) => key === 'mark.ciphertext').length).toBeGreaterThan(4);
  });

  it('has words for every step and every answer', () => {
    const lab = new MailLab();
    lab.wait(2);
    for (const device of ['laptop', 'phone', 'desktop'] as const) lab.ask(device, { kind: 'check' });
    lab.ask('phone', { kind: 'online', on: false });
    const [id = 0] = lab.inbox('phone').map((message) => message.id);
    lab.ask('phone', { kind: 'flag', folder: 'INBOX', ids: [id], flag: 'flagged', on: true });
    lab.ask('laptop', { kind: 'delete', folder: 'INBOX', ids: [id], forGood: true });
    lab.ask('phone', { kind: 'online', on: true });
    lab.configure('desktop', 'server.port', 994);
    lab.ask('desktop', { kind: 'check' });
    lab.ask('bob', {
      kind: 'send',
      draft: { to: ['alice@wolke.example'], cc: [], bcc: [], subject: 'Hi', text: 'Hi' },
    });
    lab.views();
    const known = (key: string): boolean => Object.hasOwn(story, key) || Object.hasOwn(explain, key);
    expect(lab.journal.marks.marks.filter(({ text }) => !known(text.key))).toEqual([]);
    const kinds = new Set<string>();
    for (const event of lab.world.machine.trace) {
      if (event.type !== 'mail.client' && event.type !== 'imap.client' && event.type !== 'pop3.client')
        continue;
      kinds.add(event.note.kind);
      const view = why(lab.journal, { kind: 'event', seq: event.seq });
      expect(view?.plain.filter(({ key }) => !known(key))).toEqual([]);
    }
    for (const kind of ['asked', 'phase', 'messages', 'failed', 'conflict', 'sent', 'visited', 'command'])
      expect(kinds).toContain(kind);
    const failed = lab.world.machine.trace.find(
      (event) => event.type === 'mail.client' && event.note.kind === 'failed',
    );
    expect(why(lab.journal, { kind: 'event', seq: failed?.seq ?? 0 })?.plain[0]).toEqual({
      key: 'mail.failure.refused',
      params: { server: 'mail.wolke.example', port: 994 },
    });
  });
});
