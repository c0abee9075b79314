import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1 } from '../base/bytes.ts';
import { lmtpConfig, lmtpQuotaExceeded, lmtpSaved } from './lmtp.ts';
import {
  connectFailure,
  openClientSession,
  clientConfig,
  clientDrain,
  clientEnd,
  clientReceive,
  clientWake,
} from './client.ts';
import { postfixConfig } from './session.ts';
import { acceptAll, clientRig, JOB, serverRig, talkTogether, type ClientRig } from './test-rig.ts';
import { cases } from '../testing/effort.ts';

const EHLO =
  '250-mx.blue.example\r\n250-PIPELINING\r\n250-SIZE 1000\r\n250-DSN\r\n250-SMTPUTF8\r\n250 8BITMIME\r\n';
const PLAIN = '250 mx.blue.example\r\n';
const HOST = 'mx.blue.example[198.51.100.25]';

function upTo(
  step: 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'dot',
  rig: ClientRig = clientRig(),
): ClientRig {
  const words = {
    EHLO: '220 hi\r\n',
    MAIL: PLAIN,
    RCPT: '250 ok\r\n',
    DATA: '250 ok\r\n',
    dot: '354 go\r\n',
  };
  if (step === 'greeting') return rig;
  for (const [name, word] of Object.entries(words)) {
    rig.hear(word);
    if (name === step) break;
  }
  return rig;
}

const only = (rig: ClientRig): unknown => {
  const [outcome] = rig.outcomes ?? [];
  return outcome && { status: outcome.status, dsn: outcome.dsn, text: outcome.text };
};

describe('the conversation', () => {
  it('pipelines when it may and asks only for what is offered [S1-090] [S2-020]', () => {
    const rig = clientRig({
      recipients: [{ address: 'bob@blue.example', notify: ['NEVER'] }, { address: 'eva@blue.example' }],
    });
    expect(rig.hear('220-a\r\n220 b ESMTP\r\n')).toBe('EHLO mail.red.example\r\n');
    expect(rig.hear(EHLO)).toBe(
      'MAIL FROM:<ana@red.example> SIZE=22\r\nRCPT TO:<bob@blue.example> NOTIFY=NEVER\r\nRCPT TO:<eva@blue.example>\r\nDATA\r\n',
    );
    expect(rig.hear('250 ok\r\n250 ok\r\n250 ok\r\n')).toBe('');
    expect(rig.hear('354 go\r\n')).toBe('Subject: Hi\r\n\r\nHello\r\n.\r\nQUIT\r\n');
    rig.hear('250 2.0.0 Ok: queued as 4XYZ\r\n');
    expect(only(rig)).toEqual({ status: 'delivered', dsn: '2.0.0', text: '250 2.0.0 Ok: queued as 4XYZ' });
    expect(rig.closed).toBe(true);
  });
  it('falls back to HELO and then sends no parameters, one command at a time [S2-020]', () => {
    const rig = clientRig({ smtputf8: false });
    rig.hear('220 hi\r\n');
    expect(rig.hear('502 what?\r\n')).toBe('HELO mail.red.example\r\n');
    expect(rig.hear('250 hello\r\n')).toBe('MAIL FROM:<ana@red.example>\r\n');
    expect(rig.hear('250 ok\r\n')).toBe('RCPT TO:<bob@blue.example>\r\n');
    expect(rig.hear('250 ok\r\n')).toBe('DATA\r\n');
    expect(rig.hear('354 go\r\n')).toBe('Subject: Hi\r\n\r\nHello\r\n.\r\n');
    expect(rig.hear('250 fine\r\n')).toBe('QUIT\r\n');
  });
  it('sends only the dot when all recipients failed and the server says 354 [S1-092]', () => {
    const rig = upTo('EHLO');
    rig.hear(EHLO);
    expect(rig.hear('250 ok\r\n550 5.1.1 no such user\r\n354 go\r\n')).toBe('.\r\nQUIT\r\n');
    expect(only(rig)).toMatchObject({ status: 'bounced', dsn: '5.1.1' });
    rig.hear('554 no recipients\r\n');
    expect(rig.closed).toBe(true);
    const refused = upTo('EHLO');
    refused.hear(EHLO);
    expect(refused.hear('250 ok\r\n550 5.1.1 no such user\r\n554 no\r\n')).toBe('RSET\r\nQUIT\r\n');
  });
  it('keeps the fate of each recipient apart [S2-022]', () => {
    const rig = clientRig({
      recipients: ['ok', 'temp', 'nobody'].map((local) => ({ address: `${local}@blue.example` })),
    });
    rig.hear('220 hi\r\n');
    rig.hear(EHLO);
    rig.hear(
      '250 ok\r\n250 ok\r\n450 4.7.1 try later\r\n550 5.1.1 unknown\r\n354 go\r\n250 2.0.0 Ok: queued as 1\r\n',
    );
    expect(rig.outcomes?.map(({ status, dsn, text }) => [status, dsn, text])).toEqual([
      ['delivered', '2.0.0', '250 2.0.0 Ok: queued as 1'],
      ['deferred', '4.7.1', `host ${HOST} said: 450 4.7.1 try later (in reply to RCPT TO command)`],
      ['bounced', '5.1.1', `host ${HOST} said: 550 5.1.1 unknown (in reply to RCPT TO command)`],
    ]);
  });
});

describe('the first word on a recipient counts', () => {
  it('a connection lost later does not change it [S2-022]', () => {
    const rig = clientRig({ recipients: [{ address: 'a@blue.example' }, { address: 'b@blue.example' }] });
    rig.hear('220 hi\r\n');
    rig.hear(EHLO);
    rig.hear('250 ok\r\n550 5.1.1 no\r\n250 ok\r\n354 go\r\n');
    rig.end();
    expect(rig.outcomes?.map(({ status, dsn }) => [status, dsn])).toEqual([
      ['bounced', '5.1.1'],
      ['deferred', '4.4.2'],
    ]);
  });
});

describe('failures in Postfix’s words', () => {
  const steps = [
    ['greeting', 'receiving the initial server greeting', 300],
    ['EHLO', 'performing the EHLO handshake', 300],
    ['MAIL', 'sending MAIL FROM', 300],
    ['RCPT', 'sending RCPT TO', 300],
    ['DATA', 'sending DATA command', 120],
    ['dot', 'sending end of data -- message may be sent more than once', 600],
  ] as const;
  for (const [step, words, seconds] of steps)
    it(`${step}: lost connection and time-out [S2-025] [S1-007]`, () => {
      const lost = upTo(step);
      lost.end();
      expect(only(lost)).toEqual({
        status: 'deferred',
        dsn: '4.4.2',
        text: `lost connection with ${HOST} while ${words}`,
      });
      const slow = upTo(step);
      slow.wait(seconds * 1000 - 1);
      expect(slow.closed).toBe(false);
      slow.wait(1);
      expect(only(slow)).toEqual({
        status: 'deferred',
        dsn: '4.4.2',
        text: `conversation with ${HOST} timed out while ${words}`,
      });
    });
  it('text that had not left yet, connections that did not come about [S2-025] [S1-005]', () => {
    const rig = upTo('dot');
    rig.end(true);
    expect(only(rig)).toMatchObject({ text: `lost connection with ${HOST} while sending message body` });
    const server = { name: 'mx.d.example', address: '192.0.2.25', port: 25 };
    expect(connectFailure(server, 'Connection refused')).toEqual({
      dsn: '4.4.1',
      text: 'connect to mx.d.example[192.0.2.25]:25: Connection refused',
    });
  });
  it('a 5xx greeting defers, a refusal of HELO bounces [S2-012]', () => {
    const rig = clientRig();
    rig.hear('554 fake.example no SMTP service here\r\n');
    expect(only(rig)).toEqual({
      status: 'deferred',
      dsn: '4.0.0',
      text: `host ${HOST} refused to talk to me: 554 fake.example no SMTP service here`,
    });
    const busy = clientRig();
    busy.hear('421 4.3.2 busy\r\n');
    expect(only(busy)).toMatchObject({ status: 'deferred', dsn: '4.3.2' });
  });
  it('size, SMTPUTF8, our own name, nonsense [S2-025]', () => {
    const big = clientRig({ message: 'x'.repeat(1001) });
    big.hear('220 hi\r\n');
    expect(big.hear(EHLO)).toBe('QUIT\r\n');
    expect(only(big)).toEqual({
      status: 'bounced',
      dsn: '5.3.4',
      text: `message size 1001 exceeds size limit 1000 of server ${HOST}`,
    });
    const utf8 = upTo('MAIL', clientRig({ smtputf8: true }));
    expect(only(utf8)).toEqual({
      status: 'bounced',
      dsn: '5.6.7',
      text: `SMTPUTF8 is required, but was not offered by host ${HOST}`,
    });
    const self = clientRig();
    self.hear('220 hi\r\n');
    self.hear('250 mail.red.example\r\n');
    expect(only(self)).toEqual({
      status: 'bounced',
      dsn: '5.4.6',
      text: 'mail for blue.example loops back to myself',
    });
    const odd = upTo('RCPT');
    odd.hear('354 what\r\n');
    expect(only(odd)).toEqual({
      status: 'bounced',
      dsn: '5.5.0',
      text: `Protocol error: host ${HOST} said: 354 what (in reply to RCPT TO command)`,
    });
    const many = upTo('RCPT');
    many.hear('550-5.1.1 one\r\n550 5.1.1 two\r\n');
    expect(only(many)).toMatchObject({
      text: `host ${HOST} said: 550-5.1.1 one 550 5.1.1 two (in reply to RCPT TO command)`,
    });
  });
});

describe('8-bit mail', () => {
  const message = 'Content-Type: text/plain; charset=utf-8\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n';
  it('is announced to a host with 8BITMIME and converted for one without [S2-020] [S2-021]', () => {
    const rig = clientRig({ message });
    rig.hear('220 hi\r\n');
    expect(rig.hear(EHLO)).toContain(' BODY=8BITMIME\r\n');
    const old = upTo('DATA', clientRig({ message }));
    expect(old.hear('354 go\r\n')).toContain('Gr=C3=BC=C3=9Fe');
    expect(old.notes.find((note) => note.kind === 'converted')).toMatchObject({
      parts: 1,
      rule: 'RFC 6152 §3',
    });
  });
});

describe('client and server', () => {
  const texts = fc
    .array(fc.stringMatching(/^[.ab\xe9 :]{0,8}$/), { maxLength: 12 })
    .map((lines) => `Subject: x\r\n\r\n${lines.map((line) => `${line}\r\n`).join('')}`);
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
  it('any message arrives as it was, in any pieces, pipelined or not, SMTP or LMTP [S1-061] [S1-090]', () => {
    fc.assert(
      fc.property(texts, cuts, fc.boolean(), fc.boolean(), (text, sizes, pipelining, lmtp) => {
        const off = pipelining ? [] : ['pipelining'];
        const server = serverRig(
          lmtp
            ? lmtpConfig('mx.blue.example')
            : postfixConfig('mx.blue.example', { discardEhloKeywords: off, heloRequired: true }),
        );
        const client = clientRig(
          {
            message: text,
            recipients: [{ address: 'a b@blue.example' }, { address: 'bob@blue.example' }],
          },
          { protocol: lmtp ? 'lmtp' : 'smtp', discardEhloKeywords: off },
        );
        let at = 0;
        talkTogether(client, server, (length) => Math.min(length, sizes[at++ % sizes.length] ?? 1));
        expect(server.messages.map((each) => each.message)).toEqual([text]);
        expect(server.messages[0]?.envelope.recipients.map(({ address }) => address)).toEqual([
          'a b@blue.example',
          'bob@blue.example',
        ]);
        expect(client.outcomes?.map(({ status }) => status)).toEqual(['delivered', 'delivered']);
      }),
      cases(200),
    );
  });
  it('one mail to three takes 9 turns of the server without pipelining and 4 with it [S1-093]', () => {
    const recipients = ['a', 'b', 'c'].map((local) => ({ address: `${local}@blue.example` }));
    for (const [off, turns] of [
      [['pipelining'], 9],
      [[], 4],
    ] as const) {
      const server = serverRig(postfixConfig('mx.blue.example'));
      const client = clientRig({ recipients }, { discardEhloKeywords: off, skipQuitResponse: false });
      // The server answers the dot and QUIT in one go when they come together.
      expect(talkTogether(client, server, (length) => length)).toBe(turns);
    }
  });
  it('LMTP gives every recipient its own answer [S2-022]', () => {
    const server = serverRig(lmtpConfig('mx.blue.example'), (question) => {
      if (question.kind !== 'message') return { ok: true };
      const [a, b] = question.envelope.recipients.map(({ address }) => address);
      return { replies: [lmtpSaved(a ?? '', 'sEs:1'), lmtpQuotaExceeded(b ?? '')] };
    });
    const client = clientRig(
      { recipients: [{ address: 'bob@blue.example' }, { address: 'voll@blue.example' }] },
      { protocol: 'lmtp' },
    );
    talkTogether(client, server, (length) => length);
    expect(client.outcomes?.map(({ status, dsn, text }) => [status, dsn, text])).toEqual([
      ['delivered', '2.0.0', '250 2.0.0 <bob@blue.example> sEs:1 Saved'],
      [
        'bounced',
        '5.2.2',
        `host ${HOST} said: 552 5.2.2 <voll@blue.example> Quota exceeded (mailbox for user is full) (in reply to end of DATA command)`,
      ],
    ]);
  });
  it('an outgoing bare LF reaches no server, whichever end of data it believes in [S1-164]', () => {
    const message =
      'Subject: x\r\n\r\nbody\n.\r\nMAIL FROM:<boss@blue.example>\r\nRCPT TO:<bob@blue.example>\r\n';
    const legacy = { ...postfixConfig('mx.blue.example', {}, '3.7'), heloRequired: false };
    for (const [legacyLineEnds, mails] of [
      [false, 1],
      [true, 2],
    ] as const) {
      const server = serverRig(legacy, acceptAll);
      const client = clientRig({ message }, { stuffing: { lineLengthLimit: 998, legacyLineEnds } });
      talkTogether(client, server, (length) => length);
      expect(server.notes.filter((note) => note.kind === 'command' && note.verb === 'MAIL')).toHaveLength(
        mails,
      );
    }
  });
});

describe('any server', () => {
  const WORDS = [
    '220 x\r\n',
    EHLO,
    '250 ok\r\n',
    '354 go\r\n',
    '450 no\r\n',
    '550-a\r\n',
    '421 bye\r\n',
    'x\r\n',
    '\n',
    '999 z\r\n',
  ];
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom(...WORDS),
      fc.uint8Array({ maxLength: 20 }).map((bytes) => String.fromCharCode(...bytes)),
    ),
    { maxLength: 25 },
  );
  it('never makes the client throw or grow, and every recipient gets an outcome [G-13]', () => {
    fc.assert(
      fc.property(pieces, fc.boolean(), fc.boolean(), (words, lmtp, slow) => {
        let session = openClientSession(
          clientConfig('mail.red.example', { protocol: lmtp ? 'lmtp' : 'smtp' }),
          { ...JOB, recipients: [{ address: 'a@b.example' }, { address: 'c@d.example' }] },
          0,
        );
        let sent = 0;
        let done = 0;
        const drain = (): void => {
          for (const output of clientDrain(session)) {
            if (output.kind === 'send') sent += output.bytes.length;
            if (output.kind === 'done') {
              done++;
              expect(output.outcomes).toHaveLength(2);
            }
          }
        };
        for (const word of words) {
          clientReceive(session, latin1(word), 0);
          drain();
          session = structuredClone(session);
        }
        if (slow) clientWake(session, 10_000_000);
        clientEnd(session, 10_000_000);
        drain();
        expect(done).toBe(1);
        expect(sent).toBeLessThan(2000);
      }),
      cases(2500),
    );
  });
  it('an endless reply takes bounded memory [G-13]', () => {
    const rig = clientRig();
    for (let i = 0; i < 2000; i++) rig.hear(`220-${'x'.repeat(3000)}`);
    for (let i = 0; i < 2000; i++) rig.hear('220-x\r\n');
    expect(rig.hear('220 end\r\n')).toBe('EHLO mail.red.example\r\n');
  });
});
