import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1 } from '../base/bytes.ts';
import { lmtpConfig } from './lmtp.ts';
import { smtpdLogText, userUnknown } from './postfix.ts';
import {
  openServerSession,
  serverAnswer,
  serverDrain,
  serverEnd,
  serverReceive,
  serverWake,
  serverWakeAt,
} from './server.ts';
import { postfixConfig } from './session.ts';
import { acceptAll, PEER, serverRig, type ServerRig } from './test-rig.ts';
import { cases } from '../testing/effort.ts';

const CONFIG = postfixConfig('mx.blue.example', { heloRequired: true });

function greeted(rig: ServerRig): ServerRig {
  rig.heard();
  rig.say('EHLO mua.red.example\r\n');
  return rig;
}

function inData(rig: ServerRig): ServerRig {
  greeted(rig);
  rig.say('MAIL FROM:<ana@red.example>\r\n');
  rig.say('RCPT TO:<bob@blue.example>\r\n');
  expect(rig.say('DATA\r\n')).toMatch(/^354 /);
  return rig;
}

const log = (rig: ServerRig): string[] =>
  rig.notes.map((note) => smtpdLogText(note, PEER)).filter((text) => text !== undefined);

describe('time', () => {
  it('waits 300 s and not a moment less, in command mode and in DATA [S1-007]', () => {
    const rig = greeted(serverRig(CONFIG));
    rig.wait(299_999);
    expect(rig.heard()).toBe('');
    rig.wait(1);
    expect(rig.heard()).toBe('421 4.4.2 mx.blue.example Error: timeout exceeded\r\n');
    expect(rig.closed).toBe(true);
    expect(log(rig)).toContain('timeout after EHLO from mua.red.example[192.0.2.7]');
    const data = inData(serverRig(CONFIG));
    data.say('Subject: x\r\n');
    data.wait(300_000);
    expect(data.heard()).toMatch(/^421 4\.4\.2/);
    expect(log(data)).toContain('timeout after DATA (12 bytes) from mua.red.example[192.0.2.7]');
  });
  it('forgets a message whose final dot never came [S1-008]', () => {
    const rig = inData(serverRig(CONFIG));
    rig.say('Subject: x\r\n\r\nhalf a line\r\n');
    rig.end();
    expect(rig.messages).toEqual([]);
    expect(log(rig)).toEqual([
      'connect from mua.red.example[192.0.2.7]',
      'lost connection after DATA (27 bytes) from mua.red.example[192.0.2.7]',
      'disconnect from mua.red.example[192.0.2.7] ehlo=1 mail=1 rcpt=1 data=0/1 commands=3/4',
    ]);
  });
  it('delays replies by a second from the eleventh error on, and only those [S1-160]', () => {
    const rig = greeted(serverRig(CONFIG));
    for (let i = 1; i <= 10; i++) expect(rig.say('FOO\r\n')).toMatch(/^500/);
    expect(rig.say('FOO\r\n')).toBe('');
    rig.wait(999);
    expect(rig.heard()).toBe('');
    rig.wait(1);
    expect(rig.heard()).toMatch(/^500/);
  });
});

describe('an accepted message', () => {
  it('clears the errors and the junk count [S1-086] [S1-160]', () => {
    const rig = greeted(serverRig({ ...CONFIG, junkCommandLimit: 3, softErrorLimit: 2, hardErrorLimit: 4 }));
    const mail = (): void => {
      rig.say('MAIL FROM:<ana@red.example>\r\n');
      rig.say('RCPT TO:<bob@blue.example>\r\n');
      rig.say('DATA\r\n');
      expect(rig.say('x\r\n.\r\n')).toMatch(/^250/);
    };
    for (let i = 0; i < 5; i++) {
      expect(rig.say('FOO\r\n')).toMatch(/^500/);
      for (let n = 0; n < 2; n++) expect(rig.say('NOOP\r\n')).toMatch(/^250/);
      mail();
    }
  });
});

describe('limits', () => {
  it('a message of message_size_limit octets passes, one more does not [S1-065] [S1-150]', () => {
    for (const extra of [0, 1]) {
      const rig = inData(serverRig({ ...CONFIG, messageSizeLimit: 2000 }));
      const said = rig.say(`${'x'.repeat(1998 + extra)}\r\n.\r\n`);
      expect(said).toBe(
        extra === 0 ? '250 2.0.0 Ok: queued as 4ABC\r\n' : '552 5.3.4 Error: message file too big\r\n',
      );
    }
  });
  it('SIZE is checked at MAIL [S1-027]', () => {
    const rig = greeted(serverRig(CONFIG));
    expect(rig.say('MAIL FROM:<a@b.example> SIZE=10240001\r\n')).toBe(
      '552 5.3.4 Message size exceeds fixed limit\r\n',
    );
    expect(rig.say('MAIL FROM:<a@b.example> SIZE=abc\r\n')).toBe('501 5.5.4 Bad message size syntax\r\n');
    expect(rig.say('MAIL FROM:<a@b.example> SIZE=99999999999999999999\r\n')).toBe(
      '552 5.3.4 Message size exceeds file system imposed limit\r\n',
    );
    expect(rig.say('MAIL FROM:<a@b.example> SIZE\r\n')).toBe('555 5.5.4 Unsupported option: SIZE\r\n');
    expect(rig.say('MAIL FROM:<a@b.example> SIZE=10240000\r\n')).toBe('250 2.1.0 Ok\r\n');
  });
  it('1000 recipients pass, the next gets 452 and the others stay [S1-047]', () => {
    const rig = greeted(serverRig(CONFIG));
    rig.say('MAIL FROM:<ana@red.example>\r\n');
    const all = rig.say('RCPT TO:<bob@blue.example>\r\n'.repeat(1001)).split('\r\n');
    expect(all.slice(0, 1000).every((line) => line === '250 2.1.5 Ok')).toBe(true);
    expect(all[1000]).toBe('452 4.5.3 Error: too many recipients');
    rig.say('DATA\r\n');
    rig.say('x\r\n.\r\n');
    expect(rig.messages[0]?.envelope.recipients).toHaveLength(1000);
  });
  it('command lines of 512, 2048 and 3000 octets [S1-150]', () => {
    for (const size of [512, 2047, 2048, 2049, 3000]) {
      const rig = greeted(serverRig(CONFIG));
      expect(rig.say(`NOOP ${'x'.repeat(size - 5)}\r\n`)).toBe('250 2.0.0 Ok\r\n');
      const strict = greeted(serverRig(postfixConfig('mx.blue.example', {}, '3.12')));
      expect(strict.say(`NOOP ${'x'.repeat(size - 5)}\r\n`)).toBe(
        size <= 2048 ? '250 2.0.0 Ok\r\n' : '500 5.5.2 mx.blue.example Error: command too long\r\n',
      );
    }
  });
  it('48 Received headers pass, 49 do not [S1-066]', () => {
    for (const hops of [48, 49]) {
      const rig = inData(serverRig(CONFIG));
      const said = rig.say(`${'Received: from a by b; x\r\n'.repeat(hops)}\r\nx\r\n.\r\n`);
      expect(said).toMatch(hops === 48 ? /^250/ : /^554 5\.4\.0 Error: too many hops/);
    }
  });
  it('a header beyond header_size_limit loses its end and the message passes [S1-150]', () => {
    const rig = inData(serverRig({ ...CONFIG, headerSizeLimit: 100 }));
    expect(rig.say(`Subject: ${'y'.repeat(200)}\r\nTo: x\r\n\r\nbody\r\n.\r\n`)).toMatch(/^250/);
    const kept = rig.messages[0]?.message ?? '';
    expect(kept).toBe(`Subject: ${'y'.repeat(91)}\r\nTo: x\r\n\r\nbody\r\n`);
  });
});

describe('decisions of the host', () => {
  it('a refusal is said and logged in the host’s words [S1-051] [S1-041]', () => {
    const rig = greeted(
      serverRig(CONFIG, (question) =>
        question.kind === 'recipient'
          ? { reply: userUnknown(question.recipient.address, 'virtual mailbox') }
          : acceptAll(question),
      ),
    );
    rig.say('MAIL FROM:<ana@red.example>\r\n');
    const text =
      '550 5.1.1 <Bob@blue.example>: Recipient address rejected: User unknown in virtual mailbox table';
    expect(rig.say('RCPT TO:<Bob@blue.example>\r\n')).toBe(`${text}\r\n`);
    expect(log(rig)).toContain(
      `NOQUEUE: reject: RCPT from mua.red.example[192.0.2.7]: ${text}; ` +
        'from=<ana@red.example> to=<Bob@blue.example> proto=ESMTP helo=<mua.red.example>',
    );
  });
  it('a refused message leaves the session usable [S1-067]', () => {
    const rig = inData(
      serverRig(CONFIG, (question) =>
        question.kind === 'message'
          ? { reply: { code: 550, enhanced: '5.7.1', lines: ['no'] } }
          : { ok: true },
      ),
    );
    expect(rig.say('x\r\n.\r\n')).toBe('550 5.7.1 no\r\n');
    expect(rig.say('DATA\r\n')).toBe('503 5.5.1 Error: need RCPT command\r\n');
  });
  it('every reply names its rule, and nothing of that is on the wire [G-01] [G-04]', () => {
    const rig = greeted(serverRig(CONFIG));
    const wire = rig.say('MAIL FROM:<a@b.example>\r\nRCPT TO:<bob@blue.example>\r\n');
    expect(wire).toBe('250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n');
    const replies = rig.notes.filter((note) => note.kind === 'reply');
    expect(replies.map((note) => note.rule)).toEqual([
      'RFC 5321 §3.1',
      'RFC 5321 §4.1.1.1',
      'RFC 5321 §4.1.1.2',
      'RFC 5321 §4.1.1.3',
    ]);
  });
  it('pipelined replies leave in one piece [S1-090]', () => {
    const session = openServerSession(CONFIG, PEER, 0);
    const sends: string[] = [];
    const pump = (): void => {
      for (let outputs = serverDrain(session); outputs.length > 0; outputs = serverDrain(session))
        for (const output of outputs)
          if (output.kind === 'send') sends.push(output.bytes);
          else if (output.kind === 'ask') serverAnswer(session, output.id, acceptAll(output.question), 0);
    };
    pump();
    serverReceive(session, latin1('EHLO x.example\r\n'), 0);
    pump();
    sends.length = 0;
    serverReceive(session, latin1('MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\n'), 0);
    pump();
    expect(sends).toEqual(['250 2.1.0 Ok\r\n250 2.1.5 Ok\r\n354 End data with <CR><LF>.<CR><LF>\r\n']);
  });
});

/** What learners and attackers send, in pieces. */
const WORDS = [
  'EHLO x.example\r\n',
  'HELO y\n',
  'LHLO z\r\n',
  'MAIL FROM:<a@b.example>\r\n',
  'MAIL FROM:<a@b.example> SIZE=100000 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID=x\r\n',
  'RCPT TO:<bob@blue.example>\r\n',
  'RCPT TO:<bob@blue.example> NOTIFY=NEVER ORCPT=rfc822;x\r\n',
  'DATA\r\n',
  'Subject: x\r\n',
  '.\r\n',
  '\n.\n',
  '..\r\n',
  'RSET\r\n',
  'NOOP\r\n',
  'VRFY bob\r\n',
  'ETRN x\r\n',
  'HELP\r\n',
  'STARTTLS\r\n',
  'AUTH PLAIN x\r\n',
  'BDAT 3 LAST\r\n',
  'XCLIENT A=b\r\n',
  '\r\n',
  ' ',
  '<',
  '"',
  '\\',
  '\0',
  '\xff\r\n',
  'x'.repeat(3000),
  '\r',
  '\n',
] as const;

const pieces = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 12 }).map((bytes) => String.fromCharCode(...bytes)) },
  ),
  { maxLength: 30 },
);

describe('any input', () => {
  const loose = { forbidUnauthPipelining: false } as const;
  it('in any pieces gives the same output', () => {
    fc.assert(
      fc.property(
        pieces,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom('normalize', 'reject', 'legacy'),
        (words, cuts, forbidBareNewline) => {
          const text = words.join('');
          const config = {
            ...CONFIG,
            ...loose,
            forbidBareNewline,
            softErrorLimit: 1000,
            hardErrorLimit: 1000,
          } as const;
          const whole = serverRig(config);
          whole.heard();
          const expected = whole.say(text);
          const cut = serverRig(config);
          cut.heard();
          let actual = '';
          for (let at = 0, i = 0; at < text.length; i++) {
            const size = cuts[i % cuts.length] ?? 1;
            actual += cut.say(text.slice(at, at + size));
            at += size;
          }
          expect(actual).toBe(expected);
          expect(cut.messages).toEqual(whole.messages);
        },
      ),
      cases(400),
    );
  });
  it('never throws, never grows and stays plain data, whatever the host and the clock do [G-13]', () => {
    fc.assert(
      fc.property(
        pieces,
        fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        (words, acts, lmtp) => {
          const config = lmtp ? lmtpConfig('mx.blue.example') : { ...CONFIG, messageSizeLimit: 5000 };
          let session = openServerSession(config, PEER, 0);
          let now = 0;
          let sent = 0;
          const open: { id: number; question: Parameters<typeof acceptAll>[0] }[] = [];
          words.forEach((word, i) => {
            const act = acts[i % acts.length] ?? 0;
            serverReceive(session, latin1(word), now);
            if (act === 1) now += 20_000;
            if (act === 2) now += 301_000;
            if (act < 3) serverWake(session, now);
            for (const output of serverDrain(session)) {
              if (output.kind === 'ask') open.push(output);
              else if (output.kind === 'send') sent += output.bytes.length;
            }
            if (act !== 4)
              for (const { id, question } of open.splice(0)) {
                const refuse = act === 5 && question.kind !== 'message';
                serverAnswer(
                  session,
                  id,
                  refuse ? { reply: { code: 450, lines: ['no'] } } : acceptAll(question),
                  now,
                );
              }
            if (act === 6 && i > 20) serverEnd(session, now);
            session = structuredClone(session);
            const at = serverWakeAt(session);
            if (at !== undefined) expect(at).toBeGreaterThanOrEqual(0);
          });
          serverEnd(session, now);
          for (const output of serverDrain(session)) if (output.kind === 'send') sent += output.bytes.length;
          expect(session.state).toBe('closed');
          expect(sent).toBeLessThan(400 * (words.join('').length + 30));
        },
      ),
      cases(2500),
    );
  });
  it('an endless line and endless text take bounded memory [G-13]', () => {
    const rig = greeted(serverRig(CONFIG));
    for (let i = 0; i < 200; i++) rig.say('x'.repeat(10_000));
    expect(rig.say('\r\n')).toMatch(/^500 5\.5\.2 Error: command not recognized/);
    const session = openServerSession({ ...CONFIG, messageSizeLimit: 10_000 }, PEER, 0);
    serverReceive(session, latin1('x'.repeat(3 << 20)), 0);
    expect(session.state).toBe('closed');
    expect(session.input).toBe('');
  });
});

describe('an umlaut in a header', () => {
  const say = (parameters: string, field: string, dialect = CONFIG): unknown => {
    const rig = greeted(serverRig(dialect));
    rig.say(`MAIL FROM:<ana@red.example>${parameters}\r\n`);
    rig.say('RCPT TO:<bob@blue.example>\r\n');
    rig.say('DATA\r\n');
    const answer = rig.say(`From: ana@red.example\r\n${field}\r\n\r\nJ\xc3\xbcrgen\r\n.\r\n`);
    const note = rig.notes.find((one) => one.kind === 'content');
    return [answer.slice(0, 9), note?.kind === 'content' ? note.eightBitHeader : 'none'];
  };

  it('[S1-132] without SMTPUTF8 is accepted and flagged HDR-8BIT, with the field that has it', () => {
    expect(say('', 'Subject: J\xc3\xbcrgen')).toEqual(['250 2.0.0', 'Subject']);
    expect(say(' BODY=8BITMIME', 'X-Long: a\r\n\tJ\xfcrgen')).toEqual(['250 2.0.0', 'X-Long']);
    expect(say('', 'Subject: =?UTF-8?Q?J=C3=BCrgen?=')).toEqual(['250 2.0.0', undefined]);
    expect(say(' SMTPUTF8', 'Subject: J\xc3\xbcrgen')).toEqual(['250 2.0.0', undefined]);
  });
});
