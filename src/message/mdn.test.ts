// Read receipts: requests and what speaks against them, receipts written and read, RFC 8098's own examples, and postal-mime as a
// second opinion about the form.

import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { latin1 } from '../base/bytes.ts';
import { timeOf } from '../base/dates.ts';
import { buildMdn, DISPOSITION_TYPES, parseMdn, receiptRequest, type MdnRequest } from './mdn.ts';

const letter = (...fields: readonly string[]): string =>
  [
    'Return-Path: <alice@wolke.example>',
    'From: Alice <alice@wolke.example>',
    'To: bob@hafen.example',
    'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=',
    'Message-ID: <1@wolke.example>',
    'References: <0@wolke.example>',
    ...fields,
    '',
    'Hello',
    '',
  ].join('\r\n');
const ASK = 'Disposition-Notification-To: Alice <alice@wolke.example>';

describe('a request', () => {
  it('is found, and speaks for itself when it leads to the sender [S5-015]', () => {
    expect(receiptRequest(letter(ASK))).toEqual({
      to: ['alice@wolke.example'],
      doubts: [],
      requiredOptions: [],
    });
    expect(receiptRequest(letter())).toBeUndefined();
  });

  it.each<[string, string, readonly string[]]>([
    ['somebody else', letter('Disposition-Notification-To: spy@other.example'), ['otherReturnPath']],
    ['the null path', letter(ASK).replace('<alice@wolke.example>\r\nFrom', '<>\r\nFrom'), ['noReturnPath']],
    ['no path at all', letter(ASK).replace(/^Return-Path.*\r\n/, ''), ['noReturnPath']],
    ['several', letter(`${ASK}, spy@other.example`), ['otherReturnPath', 'manyAddresses']],
    [
      'an unknown condition',
      letter(ASK, 'Disposition-Notification-Options: x-blink=required,yes; y=optional,1'),
      ['requiredOption'],
    ],
  ])('raises doubts: %s [S5-015]', (_, message, doubts) => {
    expect(receiptRequest(message)?.doubts).toEqual(doubts);
  });

  it('by a report, by a machine, or written twice is none [S5-015]', () => {
    expect(receiptRequest(letter(ASK, 'Content-Type: multipart/report; boundary=b'))).toBeUndefined();
    expect(receiptRequest(letter(ASK, 'Auto-Submitted: auto-generated'))).toBeUndefined();
    expect(receiptRequest(letter(ASK, 'Auto-Submitted: no'))).toBeDefined();
    expect(receiptRequest(letter(ASK, ASK))).toBeUndefined();
    expect(receiptRequest(letter('Disposition-Notification-To: nobody'))?.to ?? []).not.toContain('');
  });
});

const REQUEST: MdnRequest = {
  from: { name: 'Bob', address: 'bob@hafen.example' },
  to: ['alice@wolke.example'],
  finalRecipient: 'bob@hafen.example',
  reportingUa: { host: 'desk.hafen.example', product: 'Ehlo' },
  disposition: { action: 'manual', sending: 'manual', type: 'displayed' },
  messageId: '<r1@hafen.example>',
  boundary: 'receipt-1',
  now: timeOf(2026, 11, 23, 8, 0, 0),
  zoneMinutes: 60,
  subject: 'Gelesen: Grüße',
  text: 'Bob hat deine Nachricht geöffnet. Das beweist nicht, dass er sie gelesen hat.\n',
  original: letter(ASK),
};

describe('a receipt', () => {
  const written = buildMdn(REQUEST);

  it('has the parts and fields of RFC 8098 §3 [S5-015]', () => {
    expect(written).toMatch(
      /^Date: Mon, 23 Nov 2026 09:00:00 \+0100\r\nFrom: Bob <bob@hafen\.example>\r\nTo: alice@wolke\.example\r\n/,
    );
    expect(written).toContain(
      'In-Reply-To: <1@wolke.example>\r\nReferences: <0@wolke.example> <1@wolke.example>\r\n',
    );
    expect(written).toContain(
      'Content-Type: multipart/report; report-type=disposition-notification; boundary=receipt-1',
    );
    expect(written).toContain(
      [
        'Content-Type: message/disposition-notification',
        '',
        'Reporting-UA: desk.hafen.example; Ehlo',
        'Final-Recipient: rfc822;bob@hafen.example',
        'Original-Message-ID: <1@wolke.example>',
        'Disposition: manual-action/MDN-sent-manually; displayed',
        '',
      ].join('\r\n'),
    );
    expect(written).toContain('Auto-Submitted: auto-replied\r\n');
  });

  it('asks for no receipt, and gets none [S5-015]', () => {
    expect(written.slice(0, written.indexOf('\r\n\r\n'))).not.toContain('Disposition-Notification-To');
    expect(receiptRequest(written)).toBeUndefined();
  });

  it('is what postal-mime reads [S5-015]', async () => {
    const read = await PostalMime.parse(latin1(written));
    expect(read.subject).toBe('Gelesen: Grüße');
    expect(read.to?.map(({ address }) => address)).toEqual(['alice@wolke.example']);
    expect(read.text).toContain('Bob hat deine Nachricht geöffnet.');
    expect(read.attachments.map(({ mimeType }) => mimeType)).toEqual([
      'message/disposition-notification',
      'text/rfc822-headers',
    ]);
  });

  it('comes back from its text as it was written [S5-015]', () => {
    const word = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);
    fc.assert(
      fc.property(
        fc.record({
          action: fc.constantFrom('manual' as const, 'automatic' as const),
          sending: fc.constantFrom('manual' as const, 'automatic' as const),
          type: fc.constantFrom(...DISPOSITION_TYPES),
        }),
        word,
        (disposition, name) => {
          const read = parseMdn(
            buildMdn({ ...REQUEST, disposition, finalRecipient: `${name}@hafen.example` }),
          );
          expect(read).toMatchObject({
            disposition,
            finalRecipient: `${name}@hafen.example`,
            originalMessageId: '<1@wolke.example>',
            reportingUa: 'desk.hafen.example; Ehlo',
            errors: [],
          });
        },
      ),
    );
  });
});

describe('somebody else’s receipt', () => {
  it('of RFC 8098 §9 is read', () => {
    const text = [
      'Date: Wed, 20 Sep 1995 00:19:00 (EDT) -0400',
      'From: Joe Recipient <Joe_Recipient@example.com>',
      'Message-Id: <199509200019.12345@example.com>',
      'Subject: Re: First draft of report',
      'To: Jane Sender <Jane_Sender@example.org>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=disposition-notification;',
      '      boundary="RAA14128.773615765/example.com"',
      '',
      '--RAA14128.773615765/example.com',
      'Content-type: text/plain',
      '',
      'The message sent on 1995 Sep 19 at 13:30:00 (EDT) -0400 to Joe',
      'Recipient <Joe_Recipient@example.com> with subject "First draft of',
      'report" has been displayed.',
      '',
      '--RAA14128.773615765/example.com',
      'content-type: message/disposition-notification',
      '',
      'Reporting-UA: joes-pc.cs.example.com; Foomail 97.1',
      'Original-Recipient: rfc822;Joe_Recipient@example.com',
      'Final-Recipient: rfc822;Joe_Recipient@example.com',
      'Original-Message-ID: <199509192301.23456@example.org>',
      'Disposition: manual-action/MDN-sent-manually; displayed',
      '',
      '--RAA14128.773615765/example.com',
      'content-type: message/rfc822',
      '',
      'Subject: x',
      '',
      '--RAA14128.773615765/example.com--',
      '',
    ].join('\r\n');
    expect(parseMdn(text)).toMatchObject({
      originalRecipient: 'Joe_Recipient@example.com',
      finalRecipient: 'Joe_Recipient@example.com',
      originalMessageId: '<199509192301.23456@example.org>',
      disposition: { action: 'manual', sending: 'manual', type: 'displayed' },
    });
  });

  it.each([
    ['automatic-action / MDN-sent-automatically ; deleted/error', { type: 'deleted', modifiers: ['error'] }],
    ['Manual-Action/mdn-sent-manually (by hand);displayed', { type: 'displayed', action: 'manual' }],
  ])('with %s is understood', (disposition, expected) => {
    const text = `Content-Type: message/disposition-notification\r\n\r\nDisposition: ${disposition}\r\nError: bad\r\n`;
    expect(parseMdn(text)).toMatchObject({ disposition: expected, errors: ['bad'] });
  });

  it('that makes no sense has no disposition, and other messages are no receipts', () => {
    const odd = 'Content-Type: message/disposition-notification\r\n\r\nDisposition: read it\r\n';
    expect(parseMdn(odd)?.disposition).toBeUndefined();
    expect(parseMdn(letter())).toBeUndefined();
  });

  it('never makes the reader stumble', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 400 }), (junk) => {
        parseMdn(`Content-Type: message/disposition-notification\r\n\r\n${junk}`);
        receiptRequest(`Disposition-Notification-To: ${junk}\r\n\r\n`);
      }),
    );
  });
});
