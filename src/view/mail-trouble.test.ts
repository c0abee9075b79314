// Mail programs without a network, with the wrong settings, with servers that fall silent, and what others did meanwhile.

import { describe, expect, it } from 'vitest';
import { MailLab } from './testing/mail-lab.ts';

describe('without a network', () => {
  it('what is done waits, and is made up for; what others did meanwhile is a conflict, and told', () => {
    const lab = new MailLab();
    lab.wait(2);
    lab.ask('laptop', { kind: 'check' });
    lab.ask('phone', { kind: 'check' });
    lab.ask('laptop', { kind: 'online', on: false });
    expect(lab.views().laptop.phase.phase).toBe('closed');
    const [minutes, harbour] = lab.inbox('laptop');
    // The laptop has everything: it reads, marks, throws away and writes on a train.
    lab.ask('laptop', { kind: 'read', folder: 'INBOX', id: minutes?.id ?? 0 });
    lab.ask('laptop', { kind: 'delete', folder: 'INBOX', ids: [harbour?.id ?? 0] });
    lab.ask('laptop', { kind: 'search', folder: 'INBOX', text: 'regatta' });
    const draft = { to: ['bob@hafen.example'], cc: [], bcc: [], subject: 'From the train', text: 'Hi' };
    lab.ask('laptop', { kind: 'send', draft });
    const away = lab.views().laptop;
    expect(away.pending.map(({ kind }) => kind)).toEqual(['flag', 'move']);
    expect(away.outbox.map(({ state }) => state)).toEqual(['waiting']);
    expect(away.search).toMatchObject({ ids: [minutes?.id], isLocal: true });
    expect(lab.inbox('laptop').map(({ isSeen, pending }) => [isSeen, pending])).toEqual([
      [true, 'flag'],
      [false, 'move'],
    ]);
    expect(lab.refused('laptop', { kind: 'check' })).toBe('isOffline');
    // Meanwhile the phone removes the one for good.
    lab.ask('phone', { kind: 'delete', folder: 'INBOX', ids: [harbour?.id ?? 0], forGood: true });
    lab.ask('laptop', { kind: 'online', on: true });
    const back = lab.views().laptop;
    expect(back.pending).toEqual([]);
    expect(back.outbox).toEqual([]);
    expect(back.conflicts).toMatchObject([{ kind: 'messageGone', folder: 'INBOX', ids: [harbour?.id] }]);
    expect(lab.inbox('laptop').map(({ subject }) => subject)).toEqual(['Minutes of the meeting']);
    expect(lab.server().get('INBOX')).toMatchObject([{ flags: ['\\Seen'] }]);
    expect(lab.delivered().filter(({ user }) => user === 'bob')).toHaveLength(1);
    // The phone cannot read without a network what it has only the header of.
    lab.ask('phone', { kind: 'online', on: false });
    expect(lab.refused('phone', { kind: 'read', folder: 'INBOX', id: minutes?.id ?? 0 })).toBe('isOffline');
  });

  it('a folder that is counted anew makes void what was known of it [S7-034]', () => {
    const lab = new MailLab();
    lab.wait(2);
    lab.ask('laptop', { kind: 'check' });
    lab.ask('phone', { kind: 'check' });
    lab.ask('laptop', { kind: 'createFolder', folder: 'Work' });
    lab.ask('phone', { kind: 'check' });
    const [minutes, harbour] = lab.inbox('laptop');
    lab.ask('laptop', { kind: 'move', folder: 'INBOX', ids: [harbour?.id ?? 0], to: 'Work' });
    lab.ask('phone', { kind: 'open', folder: 'Work' });
    const [old] = lab.folder('phone', 'Work');
    lab.ask('phone', { kind: 'online', on: false });
    lab.ask('phone', { kind: 'flag', folder: 'Work', ids: [old?.id ?? 0], flag: 'flagged', on: true });
    // Somebody deletes the folder and makes it again: the same name, the same UID, another message.
    lab.imap('a DELETE Work', 'b CREATE Work', 'c SELECT INBOX', `d UID MOVE ${minutes?.id} Work`);
    lab.ask('phone', { kind: 'online', on: true });
    const { conflicts, folders, pending } = lab.views().phone;
    expect(conflicts.map(({ kind }) => kind)).toEqual(['uidValidity', 'uidValidity']);
    expect(pending).toEqual([]);
    const now = folders.find(({ name }) => name === 'Work')?.messages ?? [];
    expect(now.map(({ id, subject, flags }) => [id, subject, flags])).toEqual([
      [old?.id, 'Minutes of the meeting', []],
    ]);
  });
});

describe('what can go wrong', () => {
  it('a wrong password', () => {
    const lab = new MailLab();
    for (const device of ['laptop', 'desktop'] as const) {
      lab.configure(device, 'password', 'falsch');
      lab.ask(device, { kind: 'check' });
      const { failure, phase } = lab.views()[device];
      expect(failure).toMatchObject({ code: 'wrongPassword', server: 'mail.wolke.example' });
      expect(failure?.text).toMatch(/Authentication failed/);
      expect(phase.phase).toBe('closed');
    }
    const draft = { to: ['bob@hafen.example'], cc: [], bcc: [], subject: 'x', text: 'x' };
    lab.ask('laptop', { kind: 'send', draft });
    expect(lab.views().laptop.outbox[0]?.failure?.code).toBe('wrongPassword');
    lab.configure('laptop', 'password', 'brieftaube');
    lab.ask('laptop', { kind: 'check' });
    lab.ask('laptop', { kind: 'sendAgain' });
    expect(lab.views().laptop).toMatchObject({ outbox: [], folders: [{ name: 'INBOX' }, {}, {}, {}, {}] });
    expect(lab.views().laptop.failure).toBeUndefined();
    expect(lab.inClear('falsch')).toEqual([]);
  });

  it.each([
    ['server.host', 'mail.wolke.exampel', 'unknownHost'],
    ['server.host', 'mbox.hafen.example', 'wrongPassword'],
    // The name is another than the one in the certificate.
    ['server.host', 'mail-alias.wolke.example', 'unknownHost'],
    ['server.host', '192.0.2.10', 'certificateName'],
    ['server.port', 994, 'refused'],
    ['server.port', 143, 'tlsFailed'],
    ['server.host', '192.0.2.77', 'timedOut'],
  ] as const)('%s %s: %s', (setting, value, code) => {
    const lab = new MailLab();
    lab.configure('laptop', setting, value);
    lab.ask('laptop', { kind: 'check' });
    lab.wait(1);
    expect(lab.views().laptop.failure?.code).toBe(code);
    expect(lab.views().laptop.phase.phase).toBe('closed');
    if (code !== 'wrongPassword')
      expect(lab.said('laptop').filter((text) => /LOGIN|AUTHENTICATE/.test(text))).toEqual([]);
  });

  it('an expired certificate: the password is not sent', () => {
    // The certificates end on 30 January.
    const lab = new MailLab({ start: '2027-02-10T08:00:00Z' });
    for (const device of ['laptop', 'phone', 'desktop'] as const) {
      lab.ask(device, { kind: 'check' });
      const { failure } = lab.views()[device];
      expect(failure).toMatchObject({ code: 'certificateExpired', verify: 10 });
      expect(lab.said(device).filter((text) => /LOGIN|AUTHENTICATE|USER|PASS|AUTH/.test(text))).toEqual([]);
    }
    const draft = { to: ['bob@hafen.example'], cc: [], bcc: [], subject: 'x', text: 'x' };
    lab.ask('phone', { kind: 'send', draft });
    expect(lab.views().phone.outbox[0]?.failure?.code).toBe('certificateExpired');
    expect(lab.said('phone').filter((text) => /AUTH/.test(text))).toEqual([]);
  });

  it('no password in clear where the server does not want it', () => {
    const lab = new MailLab();
    lab.configure('laptop', 'server.host', 'mbox.hafen.example');
    lab.configure('laptop', 'server.security', 'none');
    lab.configure('laptop', 'server.port', 143);
    lab.ask('laptop', { kind: 'check' });
    expect(lab.views().laptop.failure?.code).toBe('noMechanism');
    // Without protection it works where it is allowed, and everybody can read along.
    lab.configure('laptop', 'server.host', 'mail.wolke.example');
    lab.ask('laptop', { kind: 'check' });
    expect(lab.views().laptop.failure).toBeUndefined();
    expect(lab.inClear('brieftaube')).not.toEqual([]);
  });

  it('a server that falls silent in the middle: an error after the time-out, and what was done still waits', () => {
    const lab = new MailLab();
    lab.wait(2);
    lab.ask('laptop', { kind: 'check' });
    const [minutes] = lab.inbox('laptop');
    lab.cut();
    lab.ask('laptop', { kind: 'flag', folder: 'INBOX', ids: [minutes?.id ?? 0], flag: 'flagged', on: true });
    expect(lab.views().laptop.phase.phase).toBe('working');
    lab.wait(5);
    const { failure, pending } = lab.views().laptop;
    expect(failure).toMatchObject({ code: 'noAnswer' });
    expect(pending).toMatchObject([{ kind: 'flag', flag: '\\Flagged' }]);
    lab.mend();
    lab.ask('laptop', { kind: 'check' });
    expect(lab.views().laptop.pending).toEqual([]);
    expect(
      lab
        .server()
        .get('INBOX')
        ?.some(({ flags }) => flags.includes('\\Flagged')),
    ).toBe(true);
  });

  it('a connection that breaks while a message is handed over: it stays in the outbox, and may have arrived', () => {
    const lab = new MailLab();
    const draft = { to: ['bob@hafen.example'], cc: [], bcc: [], subject: 'On the way', text: 'Hi' };
    lab.during(
      'laptop',
      { kind: 'send', draft },
      (event) =>
        event.type === 'smtp.client' && event.host === 'laptop.home.example' && event.note.kind === 'text',
      () => lab.cut(),
    );
    expect(lab.views().laptop.outbox[0]?.state).toBe('sending');
    lab.wait(20);
    const [waiting] = lab.views().laptop.outbox;
    expect(waiting).toMatchObject({
      state: 'failed',
      tries: 1,
      failure: { code: 'noAnswer', maybeSent: true },
    });
    lab.mend();
    lab.ask('laptop', { kind: 'sendAgain' });
    expect(lab.views().laptop.outbox).toEqual([]);
    expect(lab.delivered().filter(({ user }) => user === 'bob').length).toBeGreaterThanOrEqual(1);
  });

  it('bad input is refused with a reason, and nothing happens', () => {
    const lab = new MailLab();
    const events = lab.events();
    const draft = { to: [], cc: [], bcc: [], subject: '', text: '' };
    expect(lab.refused('laptop', { kind: 'send', draft })).toBe('noRecipient');
    for (const to of [
      'bob',
      'bob@',
      '@hafen.example',
      'a@b.example, c@d.example',
      'x@y.example\r\nBcc: z@z.example',
      '',
    ])
      expect(lab.refused('laptop', { kind: 'send', draft: { ...draft, to: [to] } }), to).toBe('badAddress');
    expect(lab.refused('laptop', { kind: 'open', folder: 'Nowhere' })).toBe('noSuchFolder');
    expect(lab.refused('laptop', { kind: 'read', folder: 'INBOX', id: 7 })).toBe('noSuchMessage');
    expect(lab.refused('laptop', { kind: 'createFolder', folder: 'inbox' })).toBe('folderExists');
    expect(lab.refused('laptop', { kind: 'createFolder', folder: 'a*b' })).toBe('badFolderName');
    expect(lab.refused('laptop', { kind: 'search', folder: 'INBOX', text: ' ' })).toBe('emptySearch');
    expect(lab.refused('laptop', { kind: 'discard', outgoing: 1 })).toBe('noSuchOutgoing');
    expect(lab.refused('desktop', { kind: 'idle', on: true })).toBe('notWithPop3');
    expect(lab.events()).toBe(events);
  });

  it('POP3: two programs at once', () => {
    const lab = new MailLab();
    const typed = lab.terminal();
    typed.type('openssl s_client -connect mail.wolke.example:995 -quiet -crlf');
    typed.type('USER alice');
    typed.type('PASS brieftaube');
    lab.ask('desktop', { kind: 'check' });
    lab.wait(1);
    expect(lab.views().desktop.failure?.code).toBe('mailboxInUse');
    expect(lab.views().desktop.failure?.text).toContain('IN-USE');
  });
});
