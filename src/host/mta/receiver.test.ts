// What receiving servers make of a message: each policy at its own stage, in the words of the real software, with a log line
// and an event that says why.

import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { eventsOf } from '../testing/machine.ts';
import type { MtaConfig, VerifyConfig } from './config.ts';
import { Client, CLIENT, CLIENT_ADDRESS, mailbox, mailLog, mailWorld, MX, MX_ADDRESS } from './testing.ts';

const SPF = (text: string) => `absender.example. IN TXT "${text}"\nabsender.example. IN A 192.0.2.41\n`;
const DMARC = '_dmarc.absender.example. IN TXT "v=DMARC1; p=reject"\n';
const LETTER = [
  'From: Alice <alice@absender.example>',
  'To: bob@hafen.example',
  'Subject: Hi',
  'Date: Mon, 23 Nov 2026 10:00:00 +0100',
  'Message-ID: <p1@absender.example>',
  '',
  'Hallo',
];

/** Hafen as a receiver that does not know the client. */
function receiver(verify: Partial<VerifyConfig> | undefined, zone: string, changes: Partial<MtaConfig> = {}) {
  return mailWorld({
    zone,
    hafen: {
      mynetworks: [],
      ...changes,
      ...(verify === undefined ? {} : { verify: { authservId: MX, onReject: 'quarantine', ...verify } }),
    },
  });
}

function rcpt(
  machine: ReturnType<typeof receiver>,
  to = 'bob@hafen.example',
  from = 'alice@absender.example',
) {
  const client = new Client(machine);
  client.lines(`EHLO ${CLIENT}`, `MAIL FROM:<${from}>`);
  return { client, said: client.lines(`RCPT TO:<${to}>`) };
}

function send(machine: ReturnType<typeof receiver>, letter: readonly string[] = LETTER) {
  const { client } = rcpt(machine);
  client.lines('DATA');
  return client.say([...letter, '.', ''].join('\r\n'));
}

describe('SPF at RCPT', () => {
  it('is only written into the header unless the server is set to refuse [S4-009]', () => {
    const machine = receiver({}, SPF('v=spf1 -all'));
    expect(send(machine)).toMatch(/^250 /);
    expect(mailbox(machine, 'bob')[0]).toMatch(/^Received-SPF: fail/m);
    expect(eventsOf(machine, 'auth.spf').map((event) => event.stage)).toEqual([undefined]);
  });

  it('refuses a fail with 550 5.7.23, before there is a message [S1-170] [S4-009]', () => {
    const machine = receiver({ spf: 'reject' }, SPF('v=spf1 -all'));
    const { said } = rcpt(machine);
    expect(said).toBe(
      `550 5.7.23 <bob@hafen.example>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why?s=mfrom;id=alice@absender.example;ip=${CLIENT_ADDRESS};r=bob@hafen.example\r\n`,
    );
    const log = mailLog(machine).join('\n');
    expect(log).toMatch(
      /postfix\/smtpd\[\d+\]: NOQUEUE: reject: RCPT from mail\.absender\.example\[192\.0\.2\.41\]: 550 5\.7\.23 <bob@hafen\.example>: .*; from=<alice@absender\.example> to=<bob@hafen\.example> proto=ESMTP helo=<mail\.absender\.example>/,
    );
    expect(log).toMatch(
      /policyd-spf\[\d+\]: 550 5\.7\.23 Message rejected due to: SPF fail - not authorized\./,
    );
    const [spf] = eventsOf(machine, 'auth.spf');
    expect(spf).toMatchObject({ stage: 'rcpt', verdict: { result: 'fail' }, rule: 'RFC 7208 §5.1' });
    const refusal = eventsOf(machine, 'smtp.server').find(
      ({ note }) => note.kind === 'reply' && note.reply.code === 550,
    );
    expect(refusal?.rule).toBe('RFC 7208 §8.4');
    expect(eventsOf(machine, 'auth.dmarc')).toEqual([]);
  });

  it('refuses a broken record with 550 5.7.24 and puts off a DNS failure with 451 4.7.24 [S4-009]', () => {
    const broken = receiver({ spfPermErrorReject: true }, SPF('v=spf1 ipv4:192.0.2.41 -all'));
    expect(rcpt(broken).said).toMatch(
      /^550 5\.7\.24 <bob@hafen\.example>: Recipient address rejected: Message rejected due to: SPF Permanent Error: /,
    );
    const lame = 'sub.lame.example. IN NS ns.lame.example.\nns.lame.example. IN A 192.0.2.99\n';
    const silent = receiver({ spfTempErrorDefer: true }, lame);
    expect(rcpt(silent, 'bob@hafen.example', 'a@sub.lame.example').said).toMatch(
      /^451 4\.7\.24 <bob@hafen\.example>: Recipient address rejected: Message deferred due to: SPF Temporary Error: /,
    );
    // Without the switches both are let through.
    expect(rcpt(receiver({ spf: 'reject' }, SPF('v=spf1 ipv4:192.0.2.41 -all'))).said).toMatch(/^250 /);
    expect(rcpt(receiver({ spf: 'reject' }, lame), 'bob@hafen.example', 'a@sub.lame.example').said).toMatch(
      /^250 /,
    );
  });

  it('checks once for a message, and not at all for a relay attempt', () => {
    const machine = receiver({ spf: 'reject' }, SPF('v=spf1 ip4:192.0.2.41 -all'));
    const { client } = rcpt(machine);
    client.lines('RCPT TO:<anna@hafen.example>', 'DATA');
    client.say([...LETTER, '.', ''].join('\r\n'));
    expect(mailbox(machine, 'anna')).toHaveLength(1);
    const asked = eventsOf(machine, 'dns.lookup').filter(
      ({ host, question }) => host === MX && question.name === 'absender.example.' && question.type === 'TXT',
    );
    expect(asked).toHaveLength(1);
    const relay = receiver({ spf: 'reject' }, SPF('v=spf1 -all'));
    expect(rcpt(relay, 'x@elsewhere.example').said).toMatch(/^554 5\.7\.1 .*Relay access denied/);
    expect(eventsOf(relay, 'auth.spf')).toEqual([]);
  });
});

describe('DMARC at the end of data', () => {
  const zone = SPF('v=spf1 -all') + DMARC;

  it.each([
    ['opendmarc', '550 5.7.1 rejected by DMARC policy for absender.example\r\n'],
    [
      'gmail',
      [
        "550-5.7.26 Unauthenticated email from absender.example is not accepted due to domain's DMARC policy.",
        '550-5.7.26 Please contact the administrator of absender.example domain if this was a legitimate mail.',
        '550-5.7.26 To learn about the DMARC initiative, go to',
        '550 5.7.26  https://support.google.com/mail/?p=DmarcRejection',
        '',
      ].join('\r\n'),
    ],
    [
      'microsoft',
      '550 5.7.509 Access denied, sending domain absender.example does not pass DMARC verification and has a DMARC policy of reject.\r\n',
    ],
  ] as const)('a strict receiver refuses as %s does [S1-170] [S4-047] [S4-054]', (rejectText, reply) => {
    const machine = receiver({ onReject: 'reject', rejectText }, zone);
    expect(send(machine)).toBe(reply);
    expect(eventsOf(machine, 'auth.dmarc')[0]).toMatchObject({
      decision: { action: 'reject', disposition: 'reject' },
      rule: 'RFC 9989 §4.7',
    });
    expect(mailLog(machine).join('\n')).toMatch(
      /postfix\/cleanup\[\d+\]: [0-9A-F]+: milter-reject: END-OF-MESSAGE from mail\.absender\.example\[192\.0\.2\.41\]: 5\.7\.\d+ .*; from=<alice@absender\.example> to=<bob@hafen\.example> proto=ESMTP helo=<mail\.absender\.example>/,
    );
    expect(mailbox(machine, 'bob')).toEqual([]);
  });

  it('a receiver by RFC 9989 does not reject solely on p=reject, and logs why [S4-047]', () => {
    const machine = receiver({}, zone);
    expect(send(machine)).toMatch(/^250 /);
    expect(eventsOf(machine, 'auth.dmarc')[0]).toMatchObject({
      decision: { action: 'junk', overrides: ['local_policy'] },
      rule: 'RFC 9989 §7.4',
    });
    expect(eventsOf(machine, 'mailbox.delivered')[0]?.folder).toBe('Junk');
    expect(mailLog(machine).join('\n')).toMatch(/opendmarc\[\d+\]: [0-9A-F]+: policy override: local_policy/);
  });

  it('is overruled for a trusted forwarder, and for a list that is known and vouched for [S4-047]', () => {
    const forwarder = receiver({ onReject: 'reject', trustedForwarders: ['192.0.2.0/26'] }, zone);
    expect(send(forwarder)).toMatch(/^250 /);
    expect(eventsOf(forwarder, 'auth.dmarc')[0]?.decision).toMatchObject({
      action: 'accept',
      overrides: ['trusted_forwarder'],
    });
    const list = [...LETTER.slice(0, 5), 'List-Id: Garden <garden.absender.example>', ...LETTER.slice(5)];
    const from = list.map((line) => line.replace('alice@absender', 'alice@strict'));
    const strict = '_dmarc.strict.example. IN TXT "v=DMARC1; p=reject"\nstrict.example. IN A 192.0.2.99\n';
    const knows = (spf: string, knownLists: readonly string[]) => {
      const machine = receiver({ knownLists }, SPF(spf) + strict);
      send(machine, from);
      return eventsOf(machine, 'auth.dmarc')[0]?.decision;
    };
    expect(knows('v=spf1 ip4:192.0.2.41 -all', ['garden.absender.example'])).toMatchObject({
      action: 'accept',
      overrides: ['mailing_list'],
    });
    // Anybody can write a List-Id: without the list's own SPF or DKIM it does not count, nor if the list is unknown.
    expect(knows('v=spf1 -all', ['garden.absender.example'])).toMatchObject({ action: 'junk' });
    expect(knows('v=spf1 ip4:192.0.2.41 -all', [])).toMatchObject({ action: 'junk' });
  });

  it('can be put off when the DNS is silent', () => {
    const lame = 'sub.lame.example. IN NS ns.lame.example.\nns.lame.example. IN A 192.0.2.99\n';
    const letter = LETTER.map((line) => line.replace('alice@absender.example', 'alice@sub.lame.example'));
    const deferring = receiver({ onDmarcTempError: 'defer' }, lame);
    expect(send(deferring, letter)).toBe('451 4.7.1 Service unavailable - try again later\r\n');
    expect(eventsOf(deferring, 'auth.dmarc')[0]?.decision.action).toBe('defer');
    expect(send(receiver({}, lame), letter)).toMatch(/^250 /);
  });
});

describe('the client itself', () => {
  /** The lines of a recording from RCPT's reply on, for our address and names. */
  const recorded = (file: string): string => {
    const path = new URL(`../../smtp/recordings/${file}`, import.meta.url);
    const line = readFileSync(path, 'utf8')
      .split('\n')
      .find((one) => /^S: [45]\d\d /.test(one));
    return `${(line ?? '').slice(3).replace(/127\.0\.0\.\d+/g, CLIENT_ADDRESS)}\r\n`;
  };

  it('without a reverse name is put off as Postfix does it [S1-166]', () => {
    const zone = `mail.absender.example. IN A 192.0.2.200\n`;
    const machine = mailWorld({
      hafen: { mynetworks: [], rejectUnknownReverseClientHostname: true },
      hosts: [{ name: 'nameless.test', addresses: ['192.0.2.77'], programs: [['gateway', 'gateway', {}]] }],
      zone,
    });
    const client = new Client(machine, MX_ADDRESS, 25, 'nameless.test');
    client.lines('EHLO client.example', 'MAIL FROM:<alice@absender.example>');
    expect(client.lines('RCPT TO:<bob@hafen.example>')).toBe(
      recorded('smtp/client_no_ptr.txt').replace(CLIENT_ADDRESS, '192.0.2.77'),
    );
    expect(eventsOf(machine, 'client.checked')[0]).toMatchObject({
      check: 'reverseName',
      result: 'reject',
      rule: 'RFC 1912 §2.1',
    });
    expect(rcpt(machine).said).toMatch(/^250 /);
  });

  it('whose reverse name does not lead back is put off, too [S1-166]', () => {
    const machine = mailWorld({
      hafen: { mynetworks: [], rejectUnknownClientHostname: true },
      hosts: [{ name: 'liar.test', addresses: ['192.0.2.77'], programs: [['gateway', 'gateway', {}]] }],
      zone: '77.2.0.192.in-addr.arpa. IN PTR fake.absender.example.\nfake.absender.example. IN A 192.0.2.1\n',
    });
    const client = new Client(machine, MX_ADDRESS, 25, 'liar.test');
    client.lines('EHLO client.example', 'MAIL FROM:<alice@absender.example>');
    expect(client.lines('RCPT TO:<bob@hafen.example>')).toBe(
      recorded('log/log_ptr_mismatch.txt').replace(CLIENT_ADDRESS, '192.0.2.77'),
    );
    expect(eventsOf(machine, 'client.checked')[0]).toMatchObject({ name: 'fake.absender.example' });
  });

  const LISTED =
    '41.2.0.192.zen.bl.test. IN A 127.0.0.2\n' +
    `41.2.0.192.zen.bl.test. IN TXT "listed, see http://bl.test/q?${CLIENT_ADDRESS}"\n`;

  it('on a block list is refused with the reason that the list gives [S1-165]', () => {
    const machine = receiver(undefined, LISTED, { rblClients: ['zen.bl.test'] });
    expect(rcpt(machine).said).toBe(recorded('log/log_dnsbl.txt'));
    expect(mailLog(machine).join('\n')).toMatch(
      /NOQUEUE: reject: RCPT from mail\.absender\.example\[192\.0\.2\.41\]: 554 5\.7\.1 Service unavailable; Client host \[192\.0\.2\.41\] blocked using zen\.bl\.test; listed, see /,
    );
    expect(eventsOf(machine, 'client.checked')[0]).toMatchObject({
      check: 'blockList',
      result: 'reject',
      list: 'zen.bl.test',
      rule: 'RFC 5782 §2.1',
    });
  });

  it('is welcome when it is not listed, and when the list does not answer [S1-165]', () => {
    expect(rcpt(receiver(undefined, '', { rblClients: ['zen.bl.test'] })).said).toMatch(/^250 /);
    const silent = 'bl.test. IN NS ns.bl.test.\nns.bl.test. IN A 192.0.2.99\n';
    const machine = receiver(undefined, silent, { rblClients: ['zen.bl.test'] });
    expect(rcpt(machine).said).toMatch(/^250 /);
    expect(eventsOf(machine, 'client.checked')[0]?.result).toBe('noAnswer');
    expect(mailLog(machine).join('\n')).toContain('warning: 41.2.0.192.zen.bl.test: RBL lookup error:');
  });
});
