// POP3 and IMAP as hosts serve them: typed by hand over real links, on the store that LMTP delivers into; several sessions
// see one mailbox; TLS protects what STARTTLS promised.

import { describe, expect, it } from 'vitest';
import { NOW as CERTIFIED, ROOTS, testIdentity } from '../net/testing.ts';
import type { Machine } from './kernel.ts';
import { eventsOf, pass, START, TestTerminal, testMachine } from './testing/machine.ts';
import { Client, CLIENT } from './mta/testing.ts';

const BOX = 'mbox.hafen.example';
const ADDRESS = '198.51.100.26';

function world(changes: object = {}): Machine {
  expect(CERTIFIED).toBe(START);
  return testMachine([
    { name: 'laptop', addresses: ['203.0.113.77'] },
    { name: CLIENT, addresses: ['192.0.2.41'], programs: [['gateway', 'gateway', {}]] },
    {
      name: BOX,
      addresses: [ADDRESS],
      programs: [
        [
          'mda',
          'mda',
          {
            hostname: BOX,
            port: 24,
            trustedAuthservId: 'mx.hafen.example',
            access: ['imap', 'imaps', 'pop3', 'pop3s'],
            cleartext: true,
            users: [
              { user: 'bob', addresses: ['bob@hafen.example'], password: 'geheim' },
              { user: 'anna', addresses: ['anna@hafen.example'] },
            ],
            ...changes,
          },
        ],
      ],
    },
  ]);
}

function deliver(machine: Machine, subject: string): void {
  const client = new Client(machine, ADDRESS, 24);
  client.lines('LHLO mx', 'MAIL FROM:<alice@wolke.example>', 'RCPT TO:<bob@hafen.example>', 'DATA');
  client.lines('From: alice@wolke.example', `Subject: ${subject}`, '', 'Hello', '.', 'QUIT');
}
const typed = (machine: Machine, id: string, port: number): TestTerminal => {
  const terminal = new TestTerminal(machine, 'laptop', `laptop#${id}`);
  terminal.type(`telnet ${ADDRESS} ${port}`);
  return terminal;
};

describe('one mailbox, seen by POP3 and IMAP', () => {
  it('what POP3 deletes at QUIT is gone for IMAP, and an idle client hears of it [S5-006] [S7-006] [S7-031]', () => {
    const machine = world();
    for (const subject of ['one', 'two']) deliver(machine, subject);
    const imap = typed(machine, '1', 143);
    imap.type('a LOGIN bob geheim');
    imap.type('b SELECT INBOX');
    expect(imap.take()).toMatch(/\* 2 EXISTS/);
    imap.type('c IDLE');
    const pop = typed(machine, '2', 110);
    for (const line of ['USER bob', 'PASS geheim', 'DELE 1', 'QUIT']) pop.type(line);
    expect(pop.take()).toMatch(
      /\+OK Logged in\.[\s\S]*\+OK Marked to be deleted\.\s[\s\S]*\+OK Logging out, messages deleted\./,
    );
    pass(machine, 2000);
    expect(imap.take()).toContain('* 1 EXPUNGE');
    expect(eventsOf(machine, 'mailbox.folder').at(-1)).toMatchObject({
      user: 'bob',
      folder: 'INBOX',
      messages: [{ uid: 2 }],
    });
  });

  it('a cut connection deletes nothing [S7-006]', () => {
    const machine = world();
    deliver(machine, 'one');
    const pop = typed(machine, '1', 110);
    for (const line of ['USER bob', 'PASS geheim', 'DELE 1']) pop.type(line);
    pop.hangUp();
    pass(machine, 1000);
    const again = typed(machine, '2', 110);
    for (const line of ['USER bob', 'PASS geheim', 'STAT']) again.type(line);
    expect(again.take()).toMatch(/\+OK 1 \d+/);
  });

  it('the maildrop is for one session at a time: the second waits ten seconds and is refused [S7-008]', () => {
    const machine = world();
    const first = typed(machine, '1', 110);
    for (const line of ['USER bob', 'PASS geheim']) first.type(line);
    const second = typed(machine, '2', 110);
    for (const line of ['USER bob', 'PASS geheim']) second.type(line);
    pass(machine, 11_000);
    expect(second.take()).toContain('-ERR [IN-USE] Mailbox is locked by another POP3 session.');
  });

  it('a delivery is told to the idle client, and reading it marks it for all [S7-027] [S7-031]', () => {
    const machine = world();
    const idle = typed(machine, '1', 143);
    for (const line of ['a LOGIN bob geheim', 'b SELECT INBOX', 'c IDLE']) idle.type(line);
    idle.take();
    deliver(machine, 'news');
    pass(machine, 2000);
    expect(idle.take()).toContain('* 1 EXISTS');
    const reader = typed(machine, '2', 143);
    for (const line of ['a LOGIN bob geheim', 'b SELECT INBOX', 'c FETCH 1 BODY[]']) reader.type(line);
    pass(machine, 2000);
    expect(idle.take()).toMatch(/\* 1 FETCH \(.*\\Seen/);
    expect(eventsOf(machine, 'mailbox.folder').at(-1)?.messages[0]?.flags).toContain('\\Seen');
  });
});

describe('who may come in', () => {
  it('nobody without a password on record, and nobody in clear where that is forbidden [S7-003] [S7-023]', () => {
    const machine = world({ cleartext: false, tls: testIdentity(BOX) });
    const imap = typed(machine, '1', 143);
    imap.type('a LOGIN bob geheim');
    expect(imap.take()).toContain('a NO [PRIVACYREQUIRED]');
    const pop = typed(machine, '2', 110);
    pop.type('USER bob');
    expect(pop.take()).toContain(
      '-ERR [AUTH] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
    );
    const open = world();
    const anna = typed(open, '1', 143);
    // The answer comes after a while that the learner need not let pass.
    anna.type('a LOGIN anna x');
    expect(anna.take()).toContain('a NO [AUTHENTICATIONFAILED] Authentication failed.');
    anna.hangUp();
    pass(open, 1000);
    const log = open.state.hosts.get(BOX)?.files.get('/var/log/mail.log')?.join('\n') ?? '';
    expect(log).toMatch(
      /dovecot: imap-login\[\d+\]: Disconnected: Connection closed \(auth failed, 1 attempts in 2 secs\): user=<anna>, method=PLAIN, rip=203\.0\.113\.77, lip=198\.51\.100\.26, session=</,
    );
  });

  it('plain text to an implicit TLS port gets no banner, but the door [S1-106]', () => {
    const machine = world({ tls: testIdentity(BOX) });
    const terminal = typed(machine, '1', 993);
    terminal.type('a LOGIN bob geheim');
    expect(terminal.take()).not.toContain('OK');
    expect(eventsOf(machine, 'tls.failed')).toMatchObject([{ side: 'server', failure: { kind: 'noTls' } }]);
    expect(ROOTS).toContain('BEGIN CERTIFICATE');
  });
});
