import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLatin1, utf8 } from '../base/bytes.ts';
import { dateFields, mailDate, timeOf } from '../base/dates.ts';
import { parseMailDate, postfixDate } from './date.ts';
import { decodeHeaderText, encodeHeaderText } from './encoded-word.ts';
import { explainField, FIELD_KEYS, fieldKey, TOKEN_KEYS } from './header-explain.ts';
import { foldField, parseMessage, unfold } from './header.ts';
import { messageIds, postfixMessageId } from './message-id.ts';
import { parseReceived, receivedChain } from './received.ts';
import { cases } from '../testing/effort.ts';

describe('encoded words', () => {
  it.each([
    // RFC 2047 §8
    ['=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>', 'Keith Moore <moore@cs.utk.edu>'],
    ['=?ISO-8859-1?Q?Keld_J=F8rn_Simonsen?=', 'Keld Jørn Simonsen'],
    ['=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=', 'ab'],
    ['=?ISO-8859-1?Q?a?= b', 'a b'],
    ['=?ISO-8859-1?Q?a_b?=', 'a b'],
    ['=?utf-8*de?B?w7w=?=', 'ü'],
    ['=?utf-8?B?w7?= =?utf-8?B?w=?=', '\ufffd'],
    ['=?iso-8859-15?Q?=A4?=', '€'],
    ['=?windows-1252?Q?=80?=', '€'],
    ['=?x-klingon?Q?a=FFb?=', 'a\ufffdb'],
    ['=?bad?Z?x?=', '=?bad?Z?x?='],
    ['caf\xe9', 'café'],
    ['\xc3\xbc', 'ü'],
  ])('decodes %s [S8-005]', (from, to) => {
    expect(decodeHeaderText(from)).toBe(to);
  });

  it('joins a character that was cut in two', () => {
    expect(decodeHeaderText('=?utf-8?Q?=C3?= =?utf-8?Q?=BC?=')).toBe('ü');
  });

  it('shows what went wrong with umlauts [S8-006]', () => {
    // UTF-8 bytes that somebody labelled Latin-1.
    expect(decodeHeaderText('=?ISO-8859-1?Q?M=C3=BCller?=')).toBe('MÃ¼ller');
    expect(decodeHeaderText('=?ISO-8859-1?Q?M=FCller?=')).toBe('Müller');
    expect(decodeHeaderText('M=FCller')).toBe('M=FCller');
  });

  it('encodes into words of at most 75 that read back, folded too [S8-005]', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        const clean = text.replace(/[\r\n]+/g, ' ');
        const encoded = encodeHeaderText(text);
        expect(encoded).toMatch(/^[\x20-\x7e\t]*$/);
        for (const word of encoded.split(/[ \t]/))
          if (word.startsWith('=?')) expect(word.length).toBeLessThanOrEqual(75);
        expect(decodeHeaderText(encoded)).toBe(clean);
        const unfolded = unfold(foldField('Subject', encoded).slice(8));
        expect(decodeHeaderText(unfolded)).toBe(decodeHeaderText(encoded.replace(/^[ \t]+|[ \t]+$/g, '')));
      }),
      cases(2000),
    );
  });
});

describe('date', () => {
  const at = timeOf(2026, 11, 23, 9, 0, 4);
  it.each([
    ['Mon, 23 Nov 2026 10:00:04 +0100', []],
    ['23 Nov 2026 09:00:04 +0000', []],
    ['Mon, 23 Nov 26 04:00:04 EST', ['obsolete-year', 'obsolete-zone']],
    ['Mon (day), 23 (x(y)) Nov 2026 09:00:04 GMT (comment)', ['obsolete-zone']],
    ['Tue, 23 Nov 2026 09:00:04 -0000', ['weekday-mismatch']],
    ['Mon,23 Nov 2026  9:00:04', ['no-zone']],
    ['Mon, 23 Nov 2026 09:00:04 XYZ', ['unknown-zone']],
  ])('reads %s', (text, problems) => {
    expect(parseMailDate(text)).toMatchObject({ time: at, problems });
  });

  it.each([
    '',
    'yesterday',
    'Mon, 31 Feb 2026 10:00:00 +0000',
    '23 Foo 2026 10:00 +0000',
    '1 Jan 2026 25:00 +0000',
  ])('refuses %s', (text) => {
    expect(parseMailDate(text)).toBeUndefined();
  });

  it('reads back every date that base writes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), fc.integer({ min: -720, max: 840 }), (seconds, zone) => {
        const parsed = parseMailDate(mailDate(seconds * 1000, zone));
        expect(parsed).toMatchObject({ time: seconds * 1000, zoneMinutes: zone });
        expect(parseMailDate(postfixDate(seconds * 1000, zone))?.time).toBe(seconds * 1000);
      }),
    );
  });

  it('writes like Postfix', () => {
    expect(postfixDate(timeOf(2026, 11, 3, 9, 0, 4), 60)).toBe('Tue,  3 Nov 2026 10:00:04 +0100 (CET)');
    expect(postfixMessageId(at, '4Bq1kz3Wc8z7', 'mx.a.example')).toBe(
      '<20261123090004.4Bq1kz3Wc8z7@mx.a.example>',
    );
    expect(messageIds(' <a@x>\r\n <b@y> junk')).toEqual(['<a@x>', '<b@y>']);
    expect(dateFields(at).hour).toBe(9);
  });
});

const POSTFIX =
  'from mail.a.example (unknown [192.0.2.7])\r\n\t(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n' +
  '\t(Authenticated sender: bob)\r\n\tby mx.b.example (Postfix) with ESMTPSA id 4Bq1\r\n\tfor <anna@b.example>; Mon, 23 Nov 2026 10:00:04 +0100 (CET)';

describe('received', () => {
  it('reads Postfix [S8-003]', () => {
    expect(parseReceived(POSTFIX)).toMatchObject({
      helo: 'mail.a.example',
      clientName: 'unknown',
      clientAddress: '192.0.2.7',
      by: 'mx.b.example',
      protocol: 'ESMTPSA',
      id: '4Bq1',
      recipient: 'anna@b.example',
      date: { time: timeOf(2026, 11, 23, 9, 0, 4) },
    });
  });

  it('reads Dovecot', () => {
    const value =
      'from mx.hafen.example ([127.0.0.1])\r\n\tby mx.hafen.example with LMTP\r\n\tid kI8V\r\n\t(envelope-from <>)\r\n\tfor <anna@hafen.example>; Mon, 23 Nov 2026 10:00:00 +0100';
    expect(parseReceived(value)).toMatchObject({
      helo: 'mx.hafen.example',
      clientAddress: '127.0.0.1',
      protocol: 'LMTP',
      id: 'kI8V',
    });
  });

  it('orders hops oldest first and shows clocks that disagree [S8-003]', () => {
    const hops = receivedChain([
      'by c; 23 Nov 2026 10:00:05 +0000',
      'by b; 23 Nov 2026 10:00:09 +0000',
      'by a; 23 Nov 2026 10:00:00 +0000',
    ]);
    expect(hops.map((hop) => [hop.received.by, hop.delayMs])).toEqual([
      ['a', undefined],
      ['b', 9000],
      ['c', -4000],
    ]);
  });
});

describe('explanation', () => {
  const explain = (text: string): (readonly [string, string])[] => {
    const field = parseMessage(`${text}\r\n\r\n`).fields[0];
    if (field === undefined) return [];
    return explainField(field).tokens.map(
      (t) => [t.key, field.rawValue.slice(t.offset, t.offset + t.length)] as const,
    );
  };

  it('cuts Received into its tokens [S8-002]', () => {
    expect(explain(`Received: ${POSTFIX}`)).toEqual([
      ['received.from', 'from mail.a.example'],
      ['received.client', '(unknown [192.0.2.7])'],
      ['received.tls', '(using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits))'],
      ['received.auth', '(Authenticated sender: bob)'],
      ['received.by', 'by mx.b.example'],
      ['received.software', '(Postfix)'],
      ['received.with', 'with ESMTPSA'],
      ['received.id', 'id 4Bq1'],
      ['received.for', 'for <anna@b.example>'],
      ['received.date', 'Mon, 23 Nov 2026 10:00:04 +0100 (CET)'],
    ]);
  });

  it('cuts results and signatures [S8-002]', () => {
    expect(
      explain(
        'Authentication-Results: mx.d.example; spf=pass smtp.mailfrom=a.example; dkim=fail (bad; sig) header.d=x; dmarc=pass (p=reject) header.from=a',
      ),
    ).toEqual([
      ['ar.server', 'mx.d.example'],
      ['ar.spf', 'spf=pass'],
      ['ar.smtp', 'smtp.mailfrom=a.example'],
      ['ar.dkim', 'dkim=fail'],
      ['ar.header', 'header.d=x'],
      ['ar.dmarc', 'dmarc=pass'],
      ['ar.header', 'header.from=a'],
    ]);
    expect(explain('DKIM-Signature: v=1; a=rsa-sha256;\r\n\th=from:to; zz=1; b=AbC\r\n\t dEf')).toEqual([
      ['dkim.v', 'v=1'],
      ['dkim.a', 'a=rsa-sha256'],
      ['dkim.h', 'h=from:to'],
      ['dkim.unknown', 'zz=1'],
      ['dkim.b', 'b=AbC\r\n\t dEf'],
    ]);
    expect(explain('Return-Path: <>')).toEqual([['address.null', '<>']]);
    expect(explain('From: Anna <anna@a.example>')).toEqual([
      ['address.name', 'Anna'],
      ['address.spec', '<anna@a.example>'],
    ]);
  });

  it('knows a key for every name, and only announced token keys appear', () => {
    const keys = new Set<string>(FIELD_KEYS);
    const tokens = new Set<string>(TOKEN_KEYS);
    const noise = fc.array(
      fc.constantFrom(
        'a=b',
        ';',
        ' ',
        '(',
        ')',
        '"',
        '<',
        '>',
        'from',
        'by',
        'spf=pass',
        'i=1',
        'd=x',
        '=',
        '\r\n ',
        '@',
        ':',
        '\\',
        '=?utf-8?Q?a?=',
      ),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...FIELD_KEYS, 'X-Foo', 'Resent-To', 'X-MS-Has-Attach', 'toString'),
        noise,
        (name, parts) => {
          const field = parseMessage(`${name}: ${parts.join('')}\r\n\r\n`).fields[0];
          if (field === undefined) return;
          const explained = explainField(field);
          expect(keys.has(explained.key)).toBe(true);
          for (const token of explained.tokens) {
            expect(tokens.has(token.key), token.key).toBe(true);
            expect(token.length).toBeGreaterThan(0);
            expect(token.offset + token.length).toBeLessThanOrEqual(field.rawValue.length);
          }
        },
      ),
      cases(8000),
    );
    expect(fieldKey('X-Google-DKIM-Signature')).toBe('x-google');
    expect(fieldKey('constructor')).toBe('other');
  });

  it('utf-8 in fields is read as text', () => {
    expect(decodeHeaderText(fromLatin1(utf8('Grüße')))).toBe('Grüße');
  });
});
