import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLatin1, utf8 } from '../base/bytes.ts';
import { cases } from '../testing/effort.ts';
import { editableText, messageOfText } from './editable.ts';
import { compareEnvelope } from './envelope.ts';
import { parseMime } from './mime.ts';
import { messagePlaces, overlaps, partAround } from './places.ts';
import { receivedReport } from './received-report.ts';
import { fileBytes, renderMessage } from './rendered.ts';

const lines = (...all: readonly string[]): string =>
  fromLatin1(utf8(all.map((line) => `${line}\r\n`).join('')));

const NEWS = lines(
  'From: News <news@shop.example>',
  'To: bob@hafen.example',
  'Subject: Offers',
  'MIME-Version: 1.0',
  'Content-Type: multipart/mixed; boundary=out',
  '',
  '--out',
  'Content-Type: multipart/alternative; boundary=in',
  '',
  '--in',
  'Content-Type: text/plain; charset=utf-8; format=flowed',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=C3=BC=C3=9Fe=20',
  'from us',
  '--in',
  'Content-Type: multipart/related; boundary=rel',
  '',
  '--rel',
  'Content-Type: text/html; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  '<p>Gr=FC=DFe <img src=3D"cid:logo%40shop"></p><img src=3D"https://t.example/p.gif">',
  '--rel',
  'Content-Type: image/png; name=logo.png',
  'Content-ID: <logo@shop>',
  'Content-Transfer-Encoding: base64',
  '',
  'iVBORw0KGgo=',
  '--rel--',
  '--in--',
  '--out',
  'Content-Type: application/octet-stream',
  'Content-Disposition: attachment; filename="a/b/invoice.pdf.exe"',
  'Content-Transfer-Encoding: base64',
  '',
  'AAECAw==',
  '--out--',
);

describe('a rendered message', () => {
  const shown = renderMessage(NEWS);

  it('has the letter as text and as HTML, each from its own part, in its own character set', () => {
    expect(shown.text?.text).toBe('Grüße from us');
    expect(shown.text?.parts).toMatchObject([{ path: '1.1', charset: 'utf-8', flowed: true }]);
    expect(shown.html?.html).toContain('<p>Grüße <img src="data:image/png;base64,iVBORw0KGgo="');
    expect(shown.html?.parts).toMatchObject([{ path: '1.2.1', charset: 'iso-8859-1', flowed: false }]);
    expect(shown.html?.remote).toMatchObject([{ host: 't.example' }]);
  });

  it('lists the files with name, type, size and place, and gives their bytes', () => {
    expect(shown.files).toMatchObject([
      {
        path: '1.2.2',
        filename: 'logo.png',
        contentType: 'image/png',
        size: 8,
        isShown: true,
        isSuspicious: false,
      },
      { path: '2', filename: 'invoice.pdf.exe', size: 4, isShown: false, isSuspicious: true },
    ]);
    const [, file] = shown.files;
    expect(NEWS.slice(file?.start, file?.end)).toContain('AAECAw==');
    expect(fileBytes(NEWS, '2')).toEqual(Uint8Array.of(0, 1, 2, 3));
  });

  it('reads a message of text only, and one of HTML only', () => {
    expect(renderMessage('Subject: x\r\n\r\nHello\r\n')).toMatchObject({
      text: { text: 'Hello\n' },
      files: [],
    });
    const page = renderMessage('Content-Type: text/html\r\n\r\n<b>Hello</b>');
    expect(page.text).toBeUndefined();
    expect(page.html?.html).toBe('<b>Hello</b>');
  });

  it('joins what a mailing list put behind the letter', () => {
    const raw = lines(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html',
      '',
      '<i>Post</i>',
      '--b',
      '',
      'Footer <list>',
      '--b--',
    );
    expect(renderMessage(raw).html?.html).toBe('<i>Post</i><hr><pre>Footer &lt;list&gt;</pre>');
  });

  it.each([
    ['multipart/signed; protocol="application/pkcs7-signature"; boundary=b', ['smimeSigned']],
    ['multipart/signed; protocol="application/pgp-signature"; boundary=b', ['pgpSigned']],
    ['multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b', ['pgpEncrypted']],
    ['application/pkcs7-mime; smime-type=enveloped-data', ['smimeEncrypted']],
    ['application/pkcs7-mime; smime-type=signed-data; hp=clear', ['smimeOpaque', 'headersClear']],
    ['text/plain', []],
  ])('[S8-009] %s is recognised', (type, kinds) => {
    const raw = `Content-Type: ${type}\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n`;
    expect(renderMessage(raw).protection.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('[S8-009] tells which fields were hidden outside (RFC 9788), and sees PGP in plain text', () => {
    const raw =
      'Content-Type: text/plain; hp=cipher\r\nHP-Outer: Subject: [...]\r\n\r\n-----BEGIN PGP MESSAGE-----\r\n';
    expect(renderMessage(raw).protection).toMatchObject([
      { kind: 'pgpInlineEncrypted' },
      { kind: 'headersHidden', outer: ['Subject: [...]'] },
    ]);
  });

  it('never fails, whatever the bytes', () => {
    const piece = fc.constantFrom(
      ...NEWS.split(/(?<=\n)/),
      '\r\n',
      '--in--\r\n',
      'Content-Type: message/rfc822\r\n',
      '\xff\xfe',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (pieces) => {
        const raw = fromLatin1(utf8(pieces.join('')));
        const { files } = renderMessage(raw);
        for (const { start, end } of files) expect(start <= end && end <= raw.length).toBe(true);
      }),
      cases(1500),
    );
  });
});

describe('places', () => {
  it('[S8-010] cut a message without a gap, so that every view can mark the same bytes', () => {
    const places = messagePlaces(NEWS);
    expect(places.map(({ start, end }) => NEWS.slice(start, end)).join('')).toBe(NEWS);
    expect(places.filter(({ kind }) => kind === 'body').map((one) => 'path' in one && one.path)).toEqual([
      '1.1',
      '1.2.1',
      '1.2.2',
      '2',
    ]);
    const subject = places.find((one) => one.kind === 'field' && one.name === 'Subject');
    expect(NEWS.slice(subject?.start, subject?.end)).toBe('Subject: Offers\r\n');
  });

  it('[S8-010] the smallest part around a range is found', () => {
    const root = parseMime(NEWS);
    const at = NEWS.indexOf('iVBOR');
    expect(partAround(root, { start: at, end: at + 3 }).path).toBe('1.2.2');
    expect(partAround(root, { start: 0, end: NEWS.length }).path).toBe('');
    expect(overlaps({ start: 0, end: 3 }, { start: 3, end: 4 })).toBe(false);
  });

  it('[S8-010] put together are the message again, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...NEWS.split(/(?<=\n)/)), fc.string()), { maxLength: 30 }),
        (pieces) => {
          const raw = fromLatin1(utf8(pieces.join('')));
          expect(
            messagePlaces(raw)
              .map(({ start, end }) => raw.slice(start, end))
              .join(''),
          ).toBe(raw);
        },
      ),
      cases(200),
    );
  });
});

describe('text to edit', () => {
  it('[S8-010] gives every message with CRLF back, byte for byte', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.uint8Array(), fc.string().map(utf8)), { maxLength: 8 }), (parts) => {
        const body = parts.map((part) => fromLatin1(part)).join('');
        const raw = `${body.replace(/[\r\n]/g, '\r\n')}\r\n`;
        expect(messageOfText(editableText(raw))).toBe(raw);
      }),
      cases(300),
    );
  });

  it('shows UTF-8 as what it means', () => {
    expect(editableText(fromLatin1(utf8('Grüße 🚢\r\n')))).toBe('Grüße 🚢\n');
    expect(messageOfText('🚢')).toBe(fromLatin1(utf8('🚢\r\n')));
  });
});

describe('envelope and letter', () => {
  const letter =
    'From: Alice <alice@wolke.example>\r\nTo: Bob <bob@hafen.example>\r\nCc: anna@hafen.example\r\n\r\n';

  it('[S8-004] a blind copy is in the envelope and in no field', () => {
    const { sender, recipients, others } = compareEnvelope(
      { reversePath: 'alice@wolke.example', recipients: ['BOB@hafen.example', 'secret@hafen.example'] },
      letter,
    );
    expect(sender.relation).toBe('same');
    expect(recipients).toEqual([
      { address: 'BOB@hafen.example', fields: ['To'] },
      { address: 'secret@hafen.example', fields: [] },
    ]);
    expect(others).toEqual([{ address: 'anna@hafen.example', field: 'Cc' }]);
  });

  it.each([
    ['', 'null'],
    ['bounces@wolke.example', 'sameDomain'],
    ['x@evil.test', 'otherDomain'],
  ])('[S8-004] from <%s> it is %s', (reversePath, relation) => {
    expect(compareEnvelope({ reversePath, recipients: [] }, letter).sender.relation).toBe(relation);
  });

  it('[S8-004] a Bcc that was not taken out is seen', () => {
    const { recipients } = compareEnvelope(
      { reversePath: 'a@b.example', recipients: ['c@d.example'] },
      'From: a@b.example\r\nBcc: c@d.example\r\n\r\n',
    );
    expect(recipients[0]?.fields).toEqual(['Bcc']);
  });
});

describe('the Received chain', () => {
  const received = (from: string, by: string, time: string): string =>
    `Received: from ${from} by ${by} with ESMTP id 1; Mon, 23 Nov 2026 ${time} +0000`;
  const raw = lines(
    received('mx.hafen.example (mx.hafen.example [198.51.100.25])', 'mbox.hafen.example', '09:20:05'),
    received('mail.wolke.example (mail.wolke.example [192.0.2.10])', 'mx.hafen.example', '09:20:00'),
    received('laptop (unknown [192.168.1.20])', 'mail.wolke.example', '09:00:00'),
    received('a.invented.test (b.invented.test [203.0.113.5])', 'c.invented.test', '09:10:00'),
    'From: a@b.example',
    '',
  );
  it('[S8-003] goes from the oldest up, with the time of each hop, the slow one, and what nobody can verify', () => {
    const { hops, totalMs } = receivedReport(raw);
    expect(hops.map(({ received: { by }, delayMs, flags }) => [by, delayMs, flags])).toEqual([
      ['c.invented.test', undefined, ['otherName', 'unverified']],
      ['mail.wolke.example', -600_000, ['backwards', 'unknownName', 'unverified']],
      ['mx.hafen.example', 1_200_000, ['slow']],
      ['mbox.hafen.example', 5000, []],
    ]);
    expect(totalMs).toBe(605_000);
    expect(raw.slice(hops[3]?.start, hops[3]?.end)).toMatch(/^Received: from mx\.hafen/);
  });

  it('[S8-003] of a message without any is empty', () => {
    expect(receivedReport('From: a@b.example\r\n\r\n')).toEqual({ hops: [] });
  });
});
