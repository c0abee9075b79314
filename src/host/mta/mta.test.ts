// The MTA in a small internet: what becomes of a message when its next hop accepts it, puts it off, refuses it, is silent
// or is not there.

import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../base/dates.ts';
import { eventsOf, pass, ScriptedServer } from '../testing/machine.ts';
import {
  bare,
  Client,
  CLIENT,
  CLIENT_ADDRESS,
  inject,
  LETTER,
  lookups,
  mailbox,
  mailLog,
  mailWorld,
  MX,
  MX_ADDRESS,
  neighbour,
  queueOf,
  results,
} from './testing.ts';

const DAY = 24 * 60 * MINUTE;
const ALWAYS = 'remote.example. IN MX 10 mx.remote.example.\nmx.remote.example. IN A 192.0.2.60\n';
const REMOTE = 'mx.remote.example[192.0.2.60]';
const EHLO = '250-mx.remote.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n';

/** A world whose remote MX says what the test wants, and a message for it under way. */
function scripted(recipients = ['ok@remote.example'], letter = LETTER, mail = '') {
  const machine = mailWorld({ zone: ALWAYS, hosts: [bare('mx.remote.example', '192.0.2.60')] });
  const server = new ScriptedServer(machine, 'mx.remote.example', [25]);
  inject(machine, 'anna@hafen.example', recipients, letter, mail);
  return { machine, server };
}

describe('one transaction', () => {
  it('with one sent, one deferred and one bounced keeps the three apart [S2-022]', () => {
    const { machine, server } = scripted(['a@remote.example', 'b@remote.example', 'c@remote.example']);
    server.say('220 mx.remote.example\r\n');
    server.say(EHLO);
    server.say('250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n450 4.2.0 Later\r\n550 5.1.1 Nobody\r\n354 Go\r\n');
    server.say('250 2.0.0 Ok: queued as 12345\r\n221 2.0.0 Bye\r\n');
    expect(results(machine).slice(0, 3).sort()).toEqual([
      'a@remote.example: sent 2.0.0 250 2.0.0 Ok: queued as 12345',
      `b@remote.example: deferred 4.2.0 host ${REMOTE} said: 450 4.2.0 Later (in reply to RCPT TO command)`,
      `c@remote.example: bounced 5.1.1 host ${REMOTE} said: 550 5.1.1 Nobody (in reply to RCPT TO command)`,
    ]);
    const [bounce = ''] = mailbox(machine, 'anna');
    expect(bounce).toContain('Final-Recipient: rfc822; c@remote.example');
    expect(bounce).not.toContain('b@remote.example');
    const [left] = queueOf(machine).values();
    expect(left?.recipients.filter((r) => !r.done).map((r) => r.address)).toEqual(['b@remote.example']);
    expect(queueOf(machine).size).toBe(1);
  });

  it('takes up to fifty recipients of a domain along [S2-023]', () => {
    const people = Array.from({ length: 53 }, (_, i) => `u${i}`);
    const machine = mailWorld({
      zone: ALWAYS,
      hosts: [neighbour('remote.example', '192.0.2.60', {}, people)],
    });
    inject(
      machine,
      'anna@hafen.example',
      people.map((user) => `${user}@remote.example`),
    );
    const transactions = eventsOf(machine, 'queue.accept').filter((e) => e.host === 'mx.remote.example');
    expect(transactions.map((event) => event.recipients.length).sort()).toEqual([3, 50]);
    expect(eventsOf(machine, 'mailbox.delivered')).toHaveLength(53);
  });

  it('delivers once to a recipient who is named twice', () => {
    const machine = mailWorld();
    inject(machine, 'anna@hafen.example', ['bob@hafen.example', 'bob@hafen.example', 'BOB@hafen.example']);
    expect(mailbox(machine, 'bob')).toHaveLength(1);
    expect(results(machine)).toHaveLength(1);
  });
});

it('takes Bcc and a forged Return-Path out of every letter, and nothing else', () => {
  const machine = mailWorld();
  const head = ['From: Anna <anna@hafen.example>', 'Subject: Hi'];
  const dropped = ['bcc: carl@hafen.example,', ' dora@hafen.example', 'Return-Path: <x@y.example>'];
  const body = ['', 'Bcc: is no header here'];
  inject(machine, 'anna@hafen.example', ['bob@hafen.example'], [...head, ...dropped, ...body]);
  const [found = ''] = mailbox(machine, 'bob');
  expect(found).toContain(head.join('\r\n'));
  expect(found).toContain(body.join('\r\n'));
  expect(found).not.toMatch(/carl|dora|x@y/);
});

describe('the next MX', () => {
  const TWO =
    'two.example. IN MX 10 a.two.example.\ntwo.example. IN MX 20 b.two.example.\n' +
    'a.two.example. IN A 192.0.2.61\nb.two.example. IN A 192.0.2.62\n';
  const second = { ...neighbour('two.example', '192.0.2.62'), name: 'b.two.example' };

  it('is tried at once when the first does not answer [S2-001] [S2-011]', () => {
    const machine = mailWorld({ zone: TWO, hosts: [bare('a.two.example', '192.0.2.61'), second] });
    inject(machine, 'anna@hafen.example', ['ok@two.example']);
    expect(results(machine)).toHaveLength(1);
    expect(results(machine)[0]).toMatch(/^ok@two\.example: sent 2\.0\.0 250 2\.0\.0 Ok: queued as /);
    expect(mailLog(machine).join('\n')).toContain(
      'connect to a.two.example[192.0.2.61]:25: Connection refused',
    );
    const [route] = eventsOf(machine, 'queue.route').filter((event) => event.host === MX);
    expect(route?.candidates).toEqual([
      { preference: 10, host: 'a.two.example', address: '192.0.2.61', verdict: 'chosen' },
      { preference: 20, host: 'b.two.example', address: '192.0.2.62', verdict: 'next' },
    ]);
  });

  it.each([
    ['greeting', ['421 4.3.2 Busy\r\n']],
    ['5xx greeting', ['554 No\r\n']],
    ['RCPT', ['220 hi\r\n', '250 hi\r\n', '250 ok\r\n', '450 4.2.1 Later\r\n', '250 ok\r\n']],
    ['dot', ['220 hi\r\n', '250 hi\r\n', '250 ok\r\n', '250 ok\r\n', '354 go\r\n', '451 4.3.0 Disk\r\n']],
  ])('is tried at once when the first says 4xx at %s [S2-011] [S2-012]', (_where, says) => {
    const machine = mailWorld({ zone: TWO, hosts: [bare('a.two.example', '192.0.2.61'), second] });
    const server = new ScriptedServer(machine, 'a.two.example', [25]);
    inject(machine, 'anna@hafen.example', ['ok@two.example']);
    for (const bytes of says) server.say(bytes);
    expect(results(machine).map((line) => line.slice(0, 26))).toEqual(['ok@two.example: sent 2.0.0']);
    expect(eventsOf(machine, 'mailbox.delivered')).toHaveLength(1);
  });

  it('is not tried when the first says 5xx to the recipient [S2-011]', () => {
    const machine = mailWorld({ zone: TWO, hosts: [bare('a.two.example', '192.0.2.61'), second] });
    const server = new ScriptedServer(machine, 'a.two.example', [25]);
    inject(machine, 'anna@hafen.example', ['ok@two.example']);
    for (const bytes of ['220 hi\r\n', '250 hi\r\n', '250 ok\r\n', '550 5.1.1 Nobody\r\n']) server.say(bytes);
    expect(results(machine)[0]).toContain('ok@two.example: bounced 5.1.1');
    expect(eventsOf(machine, 'net.connect').some((event) => event.toHost === 'b.two.example')).toBe(false);
  });

  it('is not tried after two sessions [S2-011]', () => {
    const zone = [61, 62, 63].map(
      (n) => `two.example. IN MX ${n} m${n}.two.example.\nm${n}.two.example. IN A 192.0.2.${n}\n`,
    );
    const hosts = [61, 62, 63].map((n) => bare(`m${n}.two.example`, `192.0.2.${n}`));
    const machine = mailWorld({ zone: zone.join(''), hosts });
    const servers = hosts.map((host) => new ScriptedServer(machine, host.name, [25]));
    inject(machine, 'anna@hafen.example', ['ok@two.example']);
    servers[0]?.say('421 4.3.2 Busy\r\n');
    servers[1]?.say('421 4.3.2 Busy\r\n');
    expect(eventsOf(machine, 'net.connect').some((event) => event.toHost === 'm63.two.example')).toBe(false);
    expect(results(machine)).toEqual([
      'ok@two.example: deferred 4.3.2 host m62.two.example[192.0.2.62] refused to talk to me: 421 4.3.2 Busy',
    ]);
  });

  it('after a lone 5xx greeting the message waits, it does not bounce [S2-012]', () => {
    const { machine, server } = scripted();
    server.say('554 mx.remote.example ESMTP not accepting connections\r\n');
    expect(results(machine)).toEqual([
      `ok@remote.example: deferred 4.0.0 host ${REMOTE} refused to talk to me: 554 mx.remote.example ESMTP not accepting connections`,
    ]);
    expect(queueOf(machine).size).toBe(1);
  });
});

describe('what the queue is told', () => {
  it.each([
    ['refused', [], 'Connection refused'],
    ['drop', [{ chain: 'in', protocol: 'tcp', port: 25, action: 'drop' }], 'Connection timed out'],
    ['reject', [{ chain: 'in', protocol: 'tcp', port: 25, action: 'reject' }], 'No route to host'],
  ] as const)('when the connection fails: %s [S2-025]', (_what, firewall, text) => {
    const host = { ...bare('mx.remote.example', '192.0.2.60'), firewall };
    const machine = mailWorld({ zone: ALWAYS, hosts: [host] });
    inject(machine, 'anna@hafen.example', ['ok@remote.example']);
    expect(results(machine)).toEqual([`ok@remote.example: deferred 4.4.1 connect to ${REMOTE}:25: ${text}`]);
  });

  const steps: readonly (readonly [string, readonly string[]])[] = [
    ['receiving the initial server greeting', []],
    ['performing the EHLO handshake', ['220 hi\r\n']],
    ['sending MAIL FROM', ['220 hi\r\n', '250 hi\r\n']],
    ['sending RCPT TO', ['220 hi\r\n', '250 hi\r\n', '250 ok\r\n']],
    ['sending DATA command', ['220 hi\r\n', '250 hi\r\n', '250 ok\r\n', '250 ok\r\n']],
    [
      'sending end of data -- message may be sent more than once',
      ['220 hi\r\n', '250 hi\r\n', '250 ok\r\n', '250 ok\r\n', '354 go\r\n'],
    ],
  ];
  it.each(steps)('when the connection is lost while %s [S2-025]', (step, says) => {
    const { machine, server } = scripted();
    for (const bytes of says) server.say(bytes);
    server.hangUp();
    expect(results(machine)).toEqual([
      `ok@remote.example: deferred 4.4.2 lost connection with ${REMOTE} while ${step}`,
    ]);
  });
  it.each(steps)('when nothing comes any more while %s [S2-025]', (step, says) => {
    const { machine, server } = scripted();
    for (const bytes of says) server.say(bytes);
    pass(machine, 11 * MINUTE);
    expect(results(machine)[0]).toBe(
      `ok@remote.example: deferred 4.4.2 conversation with ${REMOTE} timed out while ${step}`,
    );
  });

  it('is a bounce without a connection under a null MX, and nothing is guessed under SERVFAIL [S2-004] [S2-005]', () => {
    const machine = mailWorld({
      zone: 'null.example. IN MX 0 .\nlame.example. IN NS ns.lame.example.\nns.lame.example. IN A 192.0.2.99\n',
    });
    inject(machine, 'anna@hafen.example', ['x@null.example']);
    expect(results(machine)[0]).toBe(
      'x@null.example: bounced 5.1.0 Domain null.example does not accept mail (nullMX)',
    );
    inject(machine, 'anna@hafen.example', ['x@lame.example']);
    expect(results(machine).at(-1)).toBe(
      'x@lame.example: deferred 4.4.3 Host or domain name not found. Name service error for name=lame.example type=MX: Host not found, try again',
    );
    expect(lookups(machine, MX).some((q) => q.name.startsWith('lame.example') && q.type === 'A')).toBe(false);
  });

  it('follows a CNAME to the MX behind it, and puts a loop of them off [S2-006] [S2-008]', () => {
    const machine = mailWorld({
      zone:
        'alias.example. IN CNAME remote.example.\nround.example. IN CNAME about.example.\nabout.example. IN CNAME round.example.\n' +
        'cnamed.example. IN MX 10 www.cnamed.example.\nwww.cnamed.example. IN CNAME mx.remote.example.\n' +
        ALWAYS,
      hosts: [
        neighbour('remote.example', '192.0.2.60', {
          virtualMailboxDomains: ['alias.example', 'cnamed.example'],
          virtualMailboxMaps: ['ok@alias.example', 'ok@cnamed.example'],
        }),
      ],
    });
    for (const address of ['ok@alias.example', 'ok@cnamed.example']) {
      inject(machine, 'anna@hafen.example', [address]);
      expect(results(machine).find((line) => line.startsWith(address))).toContain(': sent 2.0.0 250');
    }
    inject(machine, 'anna@hafen.example', ['x@round.example']);
    expect(results(machine).at(-1)).toBe(
      'x@round.example: deferred 4.4.3 Host or domain name not found. Name service error for name=round.example type=MX: Host not found, try again',
    );
  });

  it('bounces what would come back to this host itself [S2-009]', () => {
    const machine = mailWorld({ zone: `loop.example. IN MX 10 ${MX}.\n` });
    inject(machine, 'anna@hafen.example', ['x@loop.example']);
    expect(results(machine)[0]).toBe(
      'x@loop.example: bounced 5.4.6 mail for loop.example loops back to myself',
    );
    expect(mailbox(machine, 'anna')).toHaveLength(1);
  });
});

describe('the client on the wire', () => {
  it('says EHLO with its own name, HELO after a 5xx, and parameters only where they are offered [S2-020]', () => {
    const { server } = scripted();
    server.say('220 hi\r\n');
    expect(server.heard()).toBe(`EHLO ${MX}\r\n`);
    server.say('502 5.5.2 What?\r\n');
    expect(server.heard()).toContain(`HELO ${MX}\r\n`);
    server.say('250 hi\r\n');
    expect(server.heard()).toContain('MAIL FROM:<anna@hafen.example>\r\n');
    const modern = scripted(
      ['ok@remote.example'],
      [...LETTER.slice(0, -1), 'Gr\u00c3\u00bc\u00c3\u009fe'],
      ' RET=HDRS',
    );
    modern.server.say('220 hi\r\n');
    modern.server.say('250-hi\r\n250-SIZE 1000000\r\n250-DSN\r\n250 8BITMIME\r\n');
    expect(modern.server.heard()).toMatch(
      /MAIL FROM:<anna@hafen\.example> SIZE=\d+ BODY=8BITMIME RET=HDRS\r\n/,
    );
  });

  it('turns 8 bits into 7 for a server without 8BITMIME and says what breaks [S2-021]', () => {
    const letter = [
      'From: Anna <anna@hafen.example>',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      'DKIM-Signature: v=1; a=rsa-sha256; d=hafen.example; s=s1; h=from; bh=x; b=y',
      '',
      'Gr\u00c3\u00bc\u00c3\u009fe',
    ];
    const { machine, server } = scripted(['ok@remote.example'], letter);
    for (const bytes of ['220 hi\r\n', '250 hi\r\n', '250 ok\r\n', '250 ok\r\n', '354 go\r\n'])
      server.say(bytes);
    expect(server.heard()).toContain('Content-Transfer-Encoding: quoted-printable');
    expect(server.heard()).toContain('Gr=C3=BC=C3=9Fe');
    expect(/[\x80-\xff]/.test(server.heard())).toBe(false);
    const converted = eventsOf(machine, 'smtp.client').find((event) => event.note.kind === 'converted');
    expect(converted?.note).toMatchObject({ breaksDkim: true, rule: 'RFC 6152 §3' });
  });
});

describe('time', () => {
  it('tries again when the message is as old again, between 5 and 66 minutes, at the next look [S2-030]', () => {
    const machine = mailWorld({ zone: ALWAYS, hosts: [bare('mx.remote.example', '192.0.2.60')] });
    const start = machine.state.net.now;
    inject(machine, 'anna@hafen.example', ['ok@remote.example']);
    pass(machine, 12 * 60 * MINUTE);
    const tries = eventsOf(machine, 'queue.result').map((event) => (event.at - start) / 1000);
    expect(tries.length).toBeGreaterThan(11);
    for (let i = 1; i < tries.length; i++) {
      const age = tries[i - 1] ?? 0;
      const wait = (tries[i] ?? 0) - age;
      const wanted = Math.min(4000, Math.max(300, age));
      expect(wait).toBeGreaterThanOrEqual(wanted - 2);
      expect(wait).toBeLessThanOrEqual(wanted + 302);
    }
  });

  it('gives up after five days and says so in the log, with the temporary status [S2-031]', () => {
    const machine = mailWorld({ zone: ALWAYS, hosts: [bare('mx.remote.example', '192.0.2.60')] });
    inject(machine, 'anna@hafen.example', ['ok@remote.example']);
    pass(machine, 5 * DAY - 2 * 60 * MINUTE);
    expect(mailbox(machine, 'anna')).toHaveLength(0);
    pass(machine, 4 * 60 * MINUTE);
    expect(mailLog(machine).join('\n')).toContain('status=expired, returned to sender');
    const [bounce = ''] = mailbox(machine, 'anna');
    expect(bounce).toContain('Action: failed\r\nStatus: 4.4.1\r\n');
    expect(queueOf(machine).size).toBe(0);
  });

  it('a bounce has its own, shorter or longer, life [S2-031]', () => {
    const machine = mailWorld({
      zone: ALWAYS + 'gone.example. IN MX 10 mx.gone.example.\nmx.gone.example. IN A 192.0.2.70\n',
      hosts: [bare('mx.remote.example', '192.0.2.60'), bare('mx.gone.example', '192.0.2.70')],
      hafen: { bounceQueueLifetimeMs: 60 * MINUTE },
    });
    inject(machine, 'x@gone.example', ['nobody@nowhere.example']);
    expect(queueOf(machine).size).toBe(1);
    pass(machine, 3 * 60 * MINUTE);
    expect(queueOf(machine).size).toBe(0);
    expect(eventsOf(machine, 'queue.discarded')).toHaveLength(1);
  });
});

describe('bounces', () => {
  it('quote the reply of the host that refused, and come from nobody [S2-040] [S2-041]', () => {
    const machine = mailWorld({ zone: ALWAYS, hosts: [neighbour('remote.example', '192.0.2.60')] });
    inject(machine, 'anna@hafen.example', ['nobody@remote.example']);
    const [bounce = ''] = mailbox(machine, 'anna');
    for (const line of [
      'Return-Path: <>',
      'From: Mail Delivery System <MAILER-DAEMON@mx.hafen.example>',
      'Subject: Undelivered Mail Returned to Sender',
      'Auto-Submitted: auto-replied',
      'Content-Type: multipart/report; report-type=delivery-status;',
      'Reporting-MTA: dns; mx.hafen.example',
      'X-Postfix-Sender: rfc822; anna@hafen.example',
      'Final-Recipient: rfc822; nobody@remote.example',
      'Original-Recipient: rfc822;nobody@remote.example',
      'Action: failed',
      'Status: 5.1.1',
      'Remote-MTA: dns; mx.remote.example',
      'Diagnostic-Code: smtp; 550 5.1.1 <nobody@remote.example>: Recipient address',
    ])
      expect(bounce).toContain(`${line}\r\n`);
  });

  it('of a bounce there is none [S2-042]', () => {
    const machine = mailWorld({ zone: ALWAYS, hosts: [neighbour('remote.example', '192.0.2.60')] });
    inject(machine, '', ['nobody@remote.example']);
    expect(eventsOf(machine, 'queue.accept')).toHaveLength(1);
    expect(eventsOf(machine, 'queue.bounce')).toHaveLength(0);
    expect(eventsOf(machine, 'queue.discarded')[0]?.reason).toBe('undeliverable bounce');
    expect(queueOf(machine).size).toBe(0);
    for (const user of ['bob', 'anna', 'voll']) expect(mailbox(machine, user)).toEqual([]);
  });

  it('are written by the sender, never by the host that refused during SMTP [S2-043]', () => {
    const machine = mailWorld({ zone: ALWAYS, hosts: [neighbour('remote.example', '192.0.2.60')] });
    inject(machine, 'anna@hafen.example', ['nobody@remote.example']);
    expect(eventsOf(machine, 'queue.accept').map((event) => event.host)).toEqual([MX, MX]);
    expect(eventsOf(machine, 'queue.bounce').map((event) => event.host)).toEqual([MX]);
  });

  it('hit an innocent when a server accepts first and looks later; refusing at RCPT ends that [S2-044]', () => {
    const zone = `${ALWAYS}victim.example. IN MX 10 mx.victim.example.\nmx.victim.example. IN A 192.0.2.80\n`;
    const hosts = (known: readonly string[]) => [
      neighbour('victim.example', '192.0.2.80', {}, ['eve']),
      {
        ...neighbour('remote.example', '192.0.2.60', {
          virtualMailboxMaps: known.map((user) => `${user}@remote.example`),
        }),
      },
    ];
    const attack = (known: readonly string[]): string[] => {
      const machine = mailWorld({ zone, hosts: hosts(known) });
      const client = new Client(machine, '192.0.2.60');
      client.lines(
        'HELO x.example',
        'MAIL FROM:<eve@victim.example>',
        'RCPT TO:<ghost@remote.example>',
        'DATA',
      );
      client.lines('Subject: spam', '', 'x', '.', 'QUIT');
      return mailbox(machine, 'eve', 'mx.victim.example');
    };
    // The agent behind knows only `ok`; the front door of the first world lets everybody in.
    const [backscatter = ''] = attack(['ok', 'ghost']);
    expect(backscatter).toContain('Subject: Undelivered Mail Returned to Sender');
    expect(backscatter).toContain('From: Mail Delivery System <MAILER-DAEMON@mx.remote.example>');
    expect(attack(['ok'])).toEqual([]);
  });

  it('tell of a full mailbox in the words of the delivery agent [S5-001]', () => {
    const machine = mailWorld();
    inject(
      machine,
      'anna@hafen.example',
      ['voll@hafen.example'],
      [...LETTER, ...Array<string>(60).fill('x'.repeat(70))],
    );
    expect(results(machine)[0]).toBe(
      'voll@hafen.example: bounced 5.2.2 host 127.0.0.1[127.0.0.1] said: 552 5.2.2 <voll@hafen.example> Quota exceeded (mailbox for user is full) (in reply to end of DATA command)',
    );
    expect(mailbox(machine, 'anna')[0]).toContain('Status: 5.2.2');
  });

  it('tell of a user whom only the front door knows; others of the same message are delivered [S5-001]', () => {
    const machine = mailWorld();
    inject(machine, 'anna@hafen.example', ['geist@hafen.example', 'bob@hafen.example']);
    expect(
      results(machine)
        .slice(0, 2)
        .map((line) => line.slice(0, 40)),
    ).toEqual(['geist@hafen.example: bounced 5.1.1 host ', 'bob@hafen.example: sent 2.0.0 250 2.0.0 ']);
    expect(mailbox(machine, 'bob')).toHaveLength(1);
  });

  it('a message for an agent that is down waits and is delivered later [S5-001]', () => {
    const machine = mailWorld({ withoutMda: true });
    inject(machine, 'anna@hafen.example', ['bob@hafen.example']);
    expect(results(machine)).toEqual([
      'bob@hafen.example: deferred 4.4.1 connect to 127.0.0.1[127.0.0.1]:24: Connection refused',
    ]);
  });
});

describe('the front door', () => {
  const dialogue = (
    lines: readonly string[],
    changes: Parameters<typeof mailWorld>[0] = {},
    from = CLIENT,
  ): string => {
    const machine = mailWorld(changes);
    return new Client(machine, MX_ADDRESS, 25, from).lines(...lines);
  };
  const begin = ['EHLO x.example', 'MAIL FROM:<ana@red.example>'];

  it('takes mail for its own domains from anybody and says who is unknown [S1-040] [S1-041]', () => {
    const heard = dialogue([...begin, 'RCPT TO:<bob@hafen.example>', 'RCPT TO:<nobody@hafen.example>'], {
      hafen: { mynetworks: [] },
    });
    expect(heard).toContain('250 2.1.5 Ok\r\n');
    expect(heard).toContain(
      '550 5.1.1 <nobody@hafen.example>: Recipient address rejected: User unknown in virtual mailbox table\r\n',
    );
  });

  it('relays for nobody: 454 by default, 554 where the administrator says reject [S1-042]', () => {
    const lines = [...begin, 'RCPT TO:<x@else.example>'];
    expect(dialogue(lines, { hafen: { mynetworks: [] } })).toContain(
      '554 5.7.1 <x@else.example>: Relay access denied\r\n',
    );
    expect(dialogue(lines, { hafen: { mynetworks: [], relayRefusal: 'defer' } })).toContain(
      '454 4.7.1 <x@else.example>: Relay access denied\r\n',
    );
  });

  it('relays for its own networks, and the message gets there [S1-043]', () => {
    const machine = mailWorld({
      zone: ALWAYS,
      hosts: [neighbour('remote.example', '192.0.2.60')],
      hafen: { mynetworks: ['192.0.2.0/24'] },
    });
    expect(inject(machine, 'anna@hafen.example', ['ok@remote.example'])).toMatch(
      /^250 2\.0\.0 Ok: queued as/,
    );
    expect(mailbox(machine, 'ok', 'mx.remote.example')).toHaveLength(1);
    const closed = mailWorld({ hafen: { mynetworks: ['192.0.2.0/29'] } });
    expect(new Client(closed).lines(...begin, 'RCPT TO:<x@remote.example>')).toContain('554 5.7.1');
  });

  it('knows postmaster without a domain [S1-045]', () => {
    const machine = mailWorld({ hafen: { mynetworks: [] } });
    const client = new Client(machine);
    expect(client.lines(...begin, 'RCPT TO:<postmaster>')).toContain('250 2.1.5 Ok\r\n');
    client.lines('DATA', 'Subject: x', '', 'y', '.', 'QUIT');
    expect(mailbox(machine, 'anna')).toHaveLength(1);
  });

  it('refuses a sender whose domain is not there, takes mail for none, or cannot be looked up [S1-028]', () => {
    const zone =
      'null.example. IN MX 0 .\nlame.example. IN NS ns.lame.example.\nns.lame.example. IN A 192.0.2.99\n' +
      ALWAYS;
    const world = { zone, hafen: { mynetworks: [], rejectUnknownSenderDomain: true } };
    const ask = (sender: string): string =>
      dialogue(['EHLO x', `MAIL FROM:<${sender}>`, 'RCPT TO:<bob@hafen.example>'], world);
    expect(ask('a@nx.example')).toContain(
      '450 4.1.8 <a@nx.example>: Sender address rejected: Domain not found\r\n',
    );
    expect(ask('a@null.example')).toContain(
      '550 5.7.27 <a@null.example>: Sender address rejected: Domain null.example does not accept mail (nullMX)\r\n',
    );
    expect(ask('a@lame.example')).toContain(
      '450 4.1.8 <a@lame.example>: Sender address rejected: Domain not found\r\n',
    );
    expect(ask('a@remote.example')).toContain('250 2.1.5 Ok\r\n');
    expect(ask('')).toContain('250 2.1.5 Ok\r\n');
  });

  it('judges HELO where it is told to [S1-016]', () => {
    const world = { hafen: { mynetworks: [], checkHelo: true } };
    const ask = (helo: string): string =>
      dialogue([`EHLO ${helo}`, 'MAIL FROM:<a@red.example>', 'RCPT TO:<bob@hafen.example>'], world);
    expect(ask('localhost')).toContain(
      '504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname\r\n',
    );
    expect(ask('a..b')).toContain('501 5.5.2 <a..b>: Helo command rejected: Invalid name\r\n');
    expect(ask('mail.red.example')).toContain('250 2.1.5 Ok\r\n');
  });

  it('says in Received who called, and believes only a confirmed name [S1-051] [S1-165]', () => {
    const machine = mailWorld();
    inject(machine, 'anna@hafen.example', ['bob@hafen.example']);
    expect(mailbox(machine, 'bob')[0]).toContain(
      `Received: from ${CLIENT} (${CLIENT} [${CLIENT_ADDRESS}])\r\n\tby ${MX} (Postfix) with ESMTP id `,
    );
    const liar = mailWorld({
      zone: '42.2.0.192.in-addr.arpa. IN PTR fake.absender.example.\nfake.absender.example. IN A 192.0.2.7\n',
      hosts: [
        {
          name: 'liar.example',
          addresses: ['192.0.2.42'],
          programs: [['gateway', 'gateway', {}]],
        },
      ],
    });
    new Client(liar, MX_ADDRESS, 25, 'liar.example').lines(
      `HELO ${CLIENT}`,
      'MAIL FROM:<a@red.example>',
      'RCPT TO:<bob@hafen.example>',
      'DATA',
      'Subject: x',
      '',
      'y',
      '.',
      'QUIT',
    );
    expect(mailbox(liar, 'bob')[0]).toContain(
      `Received: from ${CLIENT} (unknown [192.0.2.42])\r\n\tby ${MX}`,
    );
    expect(mailLog(liar).join('\n')).toContain(
      'warning: hostname fake.absender.example does not resolve to address 192.0.2.42',
    );
  });

  it('adds what the message of its own network lacks, and leaves foreign mail as it is [S1-050]', () => {
    const own = mailWorld();
    inject(own, 'anna@hafen.example', ['bob@hafen.example'], ['Subject: bare', '', 'x']);
    const [mine = ''] = mailbox(own, 'bob');
    expect(mine).toMatch(
      /\r\nDate: .*\r\nFrom: anna@hafen\.example\r\nMessage-Id: <\d{14}\.[0-9A-F]+@mx\.hafen\.example>\r\n\r\nx/,
    );
    const foreign = mailWorld({ hafen: { mynetworks: [] } });
    inject(foreign, 'ana@red.example', ['bob@hafen.example'], ['Subject: bare', '', 'x']);
    expect(mailbox(foreign, 'bob')[0]).not.toMatch(/^(Date|From|Message-Id):/m);
  });

  it('lets go of a client that is silent for five minutes [S1-007]', () => {
    const machine = mailWorld();
    const client = new Client(machine);
    pass(machine, 6 * MINUTE);
    expect(client.read()).toContain(`421 4.4.2 ${MX} Error: timeout exceeded\r\n`);
    expect(client.closed).toBe(true);
  });

  it('hears the next command after RSET and after a message, with a queue id of its own each time [S1-080]', () => {
    const machine = mailWorld();
    const client = new Client(machine);
    client.lines('EHLO x.example', 'MAIL FROM:<a@red.example>', 'RCPT TO:<bob@hafen.example>', 'RSET');
    for (let i = 0; i < 2; i++)
      client.lines(
        'MAIL FROM:<a@red.example>',
        'RCPT TO:<bob@hafen.example>',
        'DATA',
        'Subject: x',
        '',
        'y',
        '.',
      );
    const ids = eventsOf(machine, 'queue.accept').map((event) => event.queueId);
    expect(new Set(ids).size).toBe(2);
    expect(mailbox(machine, 'bob')).toHaveLength(2);
  });

  it('keeps nothing of a message whose client vanishes before the final dot [S1-068]', () => {
    const machine = mailWorld();
    const client = new Client(machine);
    client.lines(
      'EHLO x.example',
      'MAIL FROM:<a@red.example>',
      'RCPT TO:<bob@hafen.example>',
      'DATA',
      'Subject: x',
      '',
      'y',
    );
    client.reset();
    expect(eventsOf(machine, 'queue.accept')).toEqual([]);
    expect(mailLog(machine).join('\n')).toMatch(/lost connection after DATA \(\d+ bytes\) from/);
  });
});
