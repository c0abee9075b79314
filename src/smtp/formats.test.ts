import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dotReader, readDots, stuffDots } from './dot.ts';
import { extractAddress, quoteAddress, tokenize, decodeXtext, encodeXtext } from './grammar.ts';
import { parseReply, printReply, replyFromText, replyStatus, replyText, type Reply } from './reply.ts';
import { receivedHeader, postfixDate, withWord } from './received.ts';
import { quotedPrintable, toSevenBit } from './seven-bit.ts';
import { TRANSITIONS, nextState } from './states.ts';
import { cases } from '../testing/effort.ts';

const binary = (maxLength: number): fc.Arbitrary<string> =>
  fc.uint8Array({ maxLength }).map((bytes) => String.fromCharCode(...bytes));

const RULES = { standardEnd: true, replaceStrayCr: true, pieceLength: 2048 };

/** Reads text in pieces as a session does, keeping what is not used yet. */
function readAll(
  input: string,
  cuts: readonly number[],
  rules = RULES,
): { text: string; done: boolean; rest: string } {
  const reader = dotReader();
  let held = '';
  let text = '';
  let at = 0;
  let cut = 0;
  while (at < input.length) {
    const size = Math.max(1, cuts.length === 0 ? input.length : (cuts[cut++ % cuts.length] ?? 1));
    held += input.slice(at, at + size);
    at += size;
    const piece = readDots(reader, held, 0, rules);
    text += piece.text;
    held = held.slice(piece.used);
    if (piece.done) return { text, done: true, rest: held + input.slice(at) };
  }
  return { text, done: false, rest: held };
}

describe('reply', () => {
  const replies: fc.Arbitrary<Reply> = fc.record({
    code: fc.constantFrom(220, 250, 354, 421, 450, 550, 554),
    lines: fc.array(fc.stringMatching(/^[ -~]{0,40}$/), { minLength: 1, maxLength: 4 }),
  });
  it('prints what it parses and parses what it prints', () => {
    fc.assert(
      fc.property(replies, (reply) => {
        const parsed = parseReply(printReply(reply));
        expect(parsed && printReply(parsed)).toBe(printReply(reply));
      }),
    );
  });
  it('knows the status code of multi-line replies', () => {
    const reply = parseReply('550-5.1.1 one\r\n550 5.1.1 two\r\n');
    expect(reply).toMatchObject({ code: 550, enhanced: '5.1.1', lines: ['one', 'two'] });
    expect(reply && replyText(reply)).toBe('550-5.1.1 one 550 5.1.1 two');
    expect(replyStatus(replyFromText('554 no service'))).toBe('5.0.0');
    expect(replyStatus(replyFromText('450 5.1.1 wrong class'))).toBe('4.0.0');
    expect(parseReply('250-a\r\n251 b')).toBeUndefined();
    expect(parseReply('250-a')).toBeUndefined();
  });
});

describe('dot-stuffing', () => {
  const texts = fc
    .array(fc.stringMatching(/^[.a\xe9 ]{0,6}$/), { maxLength: 8 })
    .map((lines) => lines.map((line) => `${line}\r\n`).join(''));
  it('any text survives, in any pieces [S1-061]', () => {
    fc.assert(
      fc.property(texts, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 }), (text, cuts) => {
        const stuffed = stuffDots(text).text;
        expect(readAll(`${stuffed}QUIT\r\n`, cuts)).toEqual({ text, done: true, rest: 'QUIT\r\n' });
      }),
    );
  });
  it('any bytes in any pieces give the same text [S1-061]', () => {
    fc.assert(
      fc.property(binary(60), fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 4 }), (input, cuts) => {
        const rules = { ...RULES, pieceLength: 8 };
        const mixed = input.replace(/[\x80-\xff]/g, '\r\n.');
        const whole = readAll(`${mixed}\r\n.\r\n`, [], { ...rules, pieceLength: 1 << 20 });
        expect(readAll(`${mixed}\r\n.\r\n`, cuts, rules)).toEqual(whole);
      }),
    );
  });
  it('a dot in the middle of a line that came in pieces is no stuffing [S1-061]', () => {
    const rules = { ...RULES, pieceLength: 4 };
    expect(readAll('abcd.efg\r\n..h\r\n.\r\n', [4], rules).text).toBe('abcd.efg\r\n.h\r\n');
    expect(readAll('abcd.\r\n.\r\n', [4, 3], rules)).toEqual({ text: 'abcd.\r\n', done: true, rest: '' });
  });
  it('never lets a bare CR or LF out, nor a second end of data [S1-164]', () => {
    fc.assert(
      fc.property(binary(80), (message) => {
        const { text } = stuffDots(message.replace(/[\x80-\xff]/g, '\n.'));
        expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
        expect(`\r\n${text}`.indexOf('\r\n.\r\n')).toBe(text.length - 3);
      }),
    );
  });
  it('the composition bug of 2023 can be shown: legacy line ends go out as they are [S1-164]', () => {
    const message = 'Subject: x\r\n\r\nbody\n.\r\nMAIL FROM:<boss@blue.example>\r\n';
    expect(stuffDots(message, { lineLengthLimit: 998, legacyLineEnds: true }).text).toContain(
      'body\n.\r\nMAIL',
    );
    expect(stuffDots(message).text).toContain('body\r\n..\r\nMAIL');
  });
  it('only CRLF.CRLF ends data, unless the policy is the old one [S1-163]', () => {
    for (const end of ['\n.\r\n', '\r\n.\n', '\n.\n']) {
      expect(readAll(`a${end}b\r\n.\r\n`, []).text).toContain('b');
      expect(readAll(`a${end}b\r\n.\r\n`, [], { ...RULES, standardEnd: false }).text).toBe('a\r\n');
    }
    for (const end of ['\r.\r\n', '\r.\r']) expect(readAll(`a${end}b\r\n.\r\n`, []).text).toContain('b');
    expect(readAll('a\rb\r\n.\r\n', []).text).toBe('a b\r\n');
  });
  it('breaks a line of 999 octets by CRLF and a blank, and leaves 998 alone [S1-069]', () => {
    expect(stuffDots(`${'x'.repeat(998)}\r\n`)).toEqual({
      text: `${'x'.repeat(998)}\r\n.\r\n`,
      folded: false,
    });
    expect(stuffDots(`${'x'.repeat(999)}\r\n`)).toEqual({
      text: `${'x'.repeat(998)}\r\n x\r\n.\r\n`,
      folded: true,
    });
  });
});

describe('addresses', () => {
  const loose = { allowEmpty: true, strict: false, utf8: false };
  const read = (line: string): string | undefined => {
    const token = tokenize(line)[2];
    return token && extractAddress(token, loose);
  };
  it('takes and refuses what Postfix does [S1-025] [S1-150]', () => {
    for (const good of [
      '<alice@@absender.example>',
      '<al\x01ice@absender.example>',
      '<@x>',
      '<.alice@x>',
      '<>>',
      '<<a@b>>',
      'a@x>',
      `<${'a'.repeat(65)}@x.example>`,
      `<a@${'b'.repeat(63)}.example>`,
    ])
      expect(read(`MAIL FROM:${good}`), good).toBeDefined();
    for (const bad of [
      '<alice@x',
      '<alice x>',
      '<alice@>',
      '<a@b..example>',
      `<a@${'b'.repeat(64)}.example>`,
      '<a@[999.1.1.1]>',
    ])
      expect(read(`MAIL FROM:${bad}`), bad).toBeUndefined();
    expect(read('MAIL FROM:<"alice b"@x.example>')).toBe('alice b@x.example');
    expect(read('MAIL FROM:<@relay.example:bob@d.example>')).toBe('bob@d.example');
  });
  it('every address survives quoting', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{1,20}$/), (local) => {
        const line = `RCPT TO:<${quoteAddress(`${local}@blue.example`)}>`;
        expect(read(line)).toBe(`${local}@blue.example`);
      }),
    );
  });
  it('xtext survives', () => {
    fc.assert(
      fc.property(
        binary(20).filter((text) => text !== ''),
        (text) => {
          expect(decodeXtext(encodeXtext(text))).toBe(text);
        },
      ),
    );
  });
  it('the tokenizer takes any bytes', () => {
    fc.assert(
      fc.property(binary(80), (line) => {
        for (const token of tokenize(line)) extractAddress(token, loose);
      }),
      cases(2000),
    );
  });
});

describe('Received', () => {
  const parts = {
    helo: 'client.example',
    peer: { address: '127.0.0.41', name: 'mail.absender.example' },
    hostname: 'mx.hafen.example',
    with: 'ESMTP',
    queueId: '4ABC',
    recipients: ['bob@hafen.example'],
    now: 1_790_000_000_000,
    zoneMinutes: 60,
    zoneName: 'CET',
  } as const;
  it('names the one recipient, or none of several [S1-075]', () => {
    expect(receivedHeader(parts)).toBe(
      'Received: from client.example (mail.absender.example [127.0.0.41])\r\n' +
        '\tby mx.hafen.example (Postfix) with ESMTP id 4ABC\r\n' +
        `\tfor <bob@hafen.example>; ${postfixDate(parts.now, 60, 'CET')}\r\n`,
    );
    expect(receivedHeader({ ...parts, recipients: ['a@x.example', 'b@x.example'] })).toBe(
      'Received: from client.example (mail.absender.example [127.0.0.41])\r\n' +
        '\tby mx.hafen.example (Postfix) with ESMTP id 4ABC;\r\n' +
        `\t${postfixDate(parts.now, 60, 'CET')}\r\n`,
    );
    expect(withWord('UTF8SMTP', true, true)).toBe('UTF8SMTPSA');
    expect(postfixDate(Date.UTC(2026, 10, 3, 9, 0, 4))).toBe('Tue,  3 Nov 2026 09:00:04 +0000 (UTC)');
  });
  it('a client without a confirmed name is unknown [S1-077]', () => {
    const peer = { address: '2001:db8::7', name: 'unknown' };
    expect(receivedHeader({ ...parts, peer })).toContain(
      'from client.example (unknown [IPv6:2001:db8::7])\r\n',
    );
  });
});

describe('seven bits', () => {
  it('turns text into quoted-printable and says that a signature breaks [S2-021]', () => {
    const message =
      'DKIM-Signature: v=1; bh=x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n' +
      'Content-Transfer-Encoding: 8bit\r\nSubject: x\r\n\r\nGr\xc3\xbc\xc3\x9fe =\r\n';
    const result = toSevenBit(message);
    expect(result.breaksDkim).toBe(true);
    expect(result.message).toContain(
      'Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe =3D\r\n',
    );
    expect(result.message).not.toMatch(/8bit|[\x80-\xff]/);
  });
  it('goes into the parts of a multipart and leaves 7-bit parts alone [S2-021]', () => {
    const message =
      'Content-Type: multipart/mixed; boundary="b 1"\r\nContent-Transfer-Encoding: 8bit\r\n\r\npre\r\n--b 1\r\n' +
      'Content-Type: text/plain\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xe9\r\n--b 1\r\nX: y\r\n\r\nplain=\r\n--b 1--\r\n';
    const result = toSevenBit(message);
    expect(result.convertedParts).toBe(1);
    expect(result.message).toContain('\r\n\r\n=E9\r\n--b 1\r\nX: y\r\n\r\nplain=\r\n--b 1--\r\n');
    expect(result.message).toContain('Content-Transfer-Encoding: 7bit');
  });
  it('any 8-bit body becomes 7-bit lines of at most 76 octets that mean the same [S2-021]', () => {
    fc.assert(
      fc.property(binary(200), (text) => {
        const lines = text.replace(/[\r\n]/g, ' ');
        const coded = quotedPrintable(`${lines}\r\n`);
        expect(coded).not.toMatch(/[^\t\r\n -~]/);
        for (const line of coded.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
        const decoded = coded
          .replace(/=\r\n/g, '')
          .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
        expect(decoded).toBe(`${lines}\r\n`);
      }),
    );
  });
  it('takes any bytes', () => {
    fc.assert(
      fc.property(binary(200), (text) => {
        toSevenBit(text.replace(/[\x00-\x1f]/g, '\r\n')); // eslint-disable-line no-control-regex
      }),
    );
  });
});

describe('the state table', () => {
  it('says one thing for each state and event, and every state can be reached and left', () => {
    const seen = new Set<string>();
    for (const { from, on, when } of TRANSITIONS) {
      const key = `${from} ${on} ${when ?? ''}`;
      expect(seen.has(key), key).toBe(false);
      seen.add(key);
    }
    const reached = new Set(['connected']);
    for (let i = 0; i < 10; i++)
      for (const { from, to } of TRANSITIONS) if (reached.has(from)) reached.add(to);
    expect([...reached].sort()).toEqual(
      ['closed', 'connected', 'data', 'greeted', 'mail', 'rcpt', 'ready', 'refused'].sort(),
    );
    expect(nextState('data', 'QUIT', true)).toBe('data');
  });
});
