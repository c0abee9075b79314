// Submission as a person meets it: 587 and 465 over TLS with a login, typed through openssl; what is refused, what is
// added, what stands in Received and in the log. RFC 6409, RFC 8314, RFC 3207.

import { describe, expect, it } from 'vitest';
import { toBase64, latin1 } from '../../base/bytes.ts';
import { ROOTS, testIdentity } from '../../net/testing.ts';
import type { Machine } from '../kernel.ts';
import { eventsOf, pass, TestTerminal } from '../testing/machine.ts';
import type { MtaConfig } from './config.ts';
import { mailWorld, neighbour } from './testing.ts';

const MAIL = 'mail.wolke.example';
const ADDRESS = '192.0.2.10';
const LAPTOP = 'laptop';

function world(changes: Partial<MtaConfig> = {}): Machine {
  const server = neighbour(
    'wolke.example',
    ADDRESS,
    {
      myhostname: MAIL,
      smtpdHeloRequired: true,
      tls: testIdentity(MAIL),
      submission: ['submission', 'submissions'],
      accounts: [{ user: 'alice', password: 'geheim', addresses: ['alice@wolke.example'] }],
      ...changes,
    },
    ['alice', 'carl'],
  );
  const machine = mailWorld({
    hosts: [
      { ...server, name: MAIL },
      { name: LAPTOP, addresses: ['203.0.113.77'] },
    ],
    zone: `wolke.example. IN MX 10 ${MAIL}.\n${MAIL}. IN A ${ADDRESS}\n`,
  });
  for (const host of machine.state.hosts.values()) Object.assign(host, { roots: ROOTS });
  return machine;
}

const PLAIN = `AUTH PLAIN ${toBase64(latin1('\0alice\0geheim'))}`;
const MESSAGE = [
  'DATA',
  'From: alice@wolke.example',
  'Bcc: secret@wolke.example',
  'Subject: x',
  '',
  'Hello',
  '.',
];

function talk(machine: Machine, command: string, lines: readonly string[]): string {
  const terminal = new TestTerminal(machine, LAPTOP);
  terminal.take();
  terminal.type(command);
  for (const line of lines) terminal.type(line);
  pass(machine, 3000);
  return terminal.take();
}
const at587 = `openssl s_client -connect ${ADDRESS}:587 -starttls smtp -crlf -quiet`;
const at465 = `openssl s_client -connect ${ADDRESS}:465 -crlf -quiet`;
const queued = (machine: Machine): string =>
  machine.kept.get(eventsOf(machine, 'queue.accept')[0]?.message ?? '') ?? '';

describe.each([
  ['587 with STARTTLS', at587, 'submission/smtpd'],
  ['465 with TLS at once', at465, 'submissions/smtpd'],
])('%s', (_what, command, service) => {
  it('takes mail of its users, completes it and says so in Received [S1-100] [S1-106] [S1-111] [S2-080]', () => {
    const machine = world();
    const heard = talk(machine, command, [
      'EHLO laptop.home.example',
      PLAIN,
      'MAIL FROM:<alice@wolke.example>',
      'RCPT TO:<bob@hafen.example>',
      ...MESSAGE,
      'QUIT',
    ]);
    expect(heard).toMatch(
      /250-AUTH PLAIN LOGIN[\s\S]*235 2\.7\.0 Authentication successful[\s\S]*250 2\.0\.0 Ok: queued as/,
    );
    const text = queued(machine);
    expect(text).toMatch(
      /^Received: from laptop\.home\.example \(unknown \[203\.0\.113\.77\]\)\r\n\t\(using TLSv1\.3 with cipher TLS_AES_256_GCM_SHA384 \(256\/256 bits\)\)\r\n\tby mail\.wolke\.example \(Postfix\) with ESMTPSA id /,
    );
    expect(text).toMatch(/\r\nDate: /);
    expect(text).toMatch(/\r\nMessage-Id: /);
    expect(text).not.toMatch(/Bcc/i);
    const log = machine.state.hosts.get(MAIL)?.files.get('/var/log/mail.log')?.join('\n') ?? '';
    expect(log).toContain(`postfix/${service}[`);
    expect(log).toMatch(
      /Anonymous TLS connection established from unknown\[203\.0\.113\.77\]: TLSv1\.3 with cipher/,
    );
    expect(log).toMatch(/: client=unknown\[203\.0\.113\.77\], sasl_method=PLAIN, sasl_username=alice/);
    // Nobody on the wire could read the password.
    for (const { bytes } of eventsOf(machine, 'net.data')) expect(bytes).not.toContain('AUTH PLAIN');
  });

  it('refuses who has not logged in, and who speaks for another [S1-118] [S2-080]', () => {
    const heard = talk(world(), command, [
      'EHLO laptop.home.example',
      'MAIL FROM:<alice@wolke.example>',
      'RCPT TO:<bob@hafen.example>',
      'RSET',
      PLAIN,
      'MAIL FROM:<carl@wolke.example>',
      'RCPT TO:<bob@hafen.example>',
    ]);
    expect(heard).toContain('554 5.7.1 <unknown[203.0.113.77]>: Client host rejected: Access denied');
    expect(heard).toContain(
      '553 5.7.1 <carl@wolke.example>: Sender address rejected: not owned by user alice',
    );
  });
});

describe('in clear', () => {
  it('587 wants TLS first, 25 offers it and has no AUTH [S1-104] [S1-110] [S2-080]', () => {
    const machine = world();
    const heard = talk(machine, `telnet ${ADDRESS} 587`, [
      'EHLO laptop.home.example',
      'MAIL FROM:<alice@wolke.example>',
      'QUIT',
    ]);
    expect(heard).toContain('250-STARTTLS');
    expect(heard).not.toContain('AUTH');
    expect(heard).toContain('530 5.7.0 Must issue a STARTTLS command first');
    const other = talk(machine, `telnet ${ADDRESS} 25`, ['EHLO laptop.home.example', PLAIN, 'QUIT']);
    expect(other).toContain('250-STARTTLS');
    expect(other).toContain('503 5.5.1 Error: authentication not enabled');
  });

  it('465 gives no banner to plain text, and the log says why [S1-106]', () => {
    const machine = world();
    const heard = talk(machine, `telnet ${ADDRESS} 465`, ['EHLO laptop.home.example']);
    expect(heard).not.toContain('220');
    expect(heard).toContain('Connection closed by foreign host.');
    const log = machine.state.hosts.get(MAIL)?.files.get('/var/log/mail.log')?.join('\n') ?? '';
    expect(log).toMatch(/SSL_accept error from unknown\[203\.0\.113\.77\]: -1/);
    expect(log).toContain('wrong version number');
  });

  it('what came behind STARTTLS in clear is never heard under TLS [S1-103]', () => {
    const machine = world();
    const terminal = new TestTerminal(machine, LAPTOP);
    terminal.type(`telnet ${ADDRESS} 25`);
    terminal.type('EHLO x.example');
    terminal.take();
    terminal.type('STARTTLS\nRSET\nNOOP');
    expect(terminal.take()).not.toMatch(/250 2\.0\.0 Ok/);
  });
});

describe('openssl s_client', () => {
  it('says what is wrong with a certificate in its numbers, and a wrong password costs time [S1-113]', () => {
    const machine = world({ tls: testIdentity(MAIL, 10) });
    const heard = talk(machine, `openssl s_client -connect ${ADDRESS}:465 -crlf`, ['Q']);
    expect(heard).toMatch(/verify error:num=10:certificate has expired\nnotAfter=Nov 11 00:00:00 2026 GMT/);
    expect(heard).toContain('Verify return code: 10 (certificate has expired)');
    const refused = talk(machine, `openssl s_client -connect ${ADDRESS}:465 -verify_return_error`, []);
    expect(refused).toContain('certificate verify failed');
    const wrong = talk(world(), at465, [
      'EHLO x.example',
      `AUTH PLAIN ${toBase64(latin1('\0alice\0falsch'))}`,
    ]);
    expect(wrong).toContain('535 5.7.8 Error: authentication failed: (reason unavailable)');
  });

  it('loses QUIT and RCPT to its own commands, unless it is quiet', () => {
    const loud = `openssl s_client -connect ${ADDRESS}:465 -crlf`;
    const machine = world();
    expect(talk(machine, loud, ['QUIT'])).toMatch(/DONE\n$/);
    expect(talk(machine, loud, ['EHLO x.example', 'RCPT TO:<bob@hafen.example>'])).toMatch(
      /RENEGOTIATING\n\w+:error:0A00010A:SSL routines:can_renegotiate:wrong ssl version:/,
    );
    expect(talk(machine, at465, ['EHLO x.example', 'QUIT'])).toContain('221 2.0.0 Bye');
  });

  it('meets plain text where it expects TLS [S1-106]', () => {
    const heard = talk(world(), `openssl s_client -connect ${ADDRESS}:25`, []);
    expect(heard).toContain('wrong version number');
    expect(heard).toContain('no peer certificate available');
    expect(heard).toContain('Verify return code: 0 (ok)');
  });
});
