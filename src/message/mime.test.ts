import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { fromLatin1, latin1, utf8 } from '../base/bytes.ts';
import { conformancePath, logSuite } from '../testing/suite-log.ts';
import { MIME_LIMITS, parseMime, partBytes, partsOf, partText } from './mime.ts';
import { parseParameters, printParameter } from './parameters.ts';
import { displayText } from './text.ts';
import {
  decodeBase64,
  decodeQuotedPrintable,
  encodeBase64Lines,
  encodeQuotedPrintable,
} from './transfer-encoding.ts';
import { cases } from '../testing/effort.ts';

const crlf = (text: string): string => text.replace(/\n/g, '\r\n');

describe('transfer encodings', () => {
  it('read back what they write, in lines of at most 76 [S8-005]', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ maxLength: 200 }).map(utf8)),
        (bytes) => {
          for (const [encoded, decode] of [
            [encodeQuotedPrintable(bytes), decodeQuotedPrintable],
            [encodeBase64Lines(bytes), decodeBase64],
          ] as const) {
            for (const line of encoded.split('\r\n')) expect(line.length).toBeLessThanOrEqual(76);
            expect(fromLatin1(decode(encoded).bytes)).toBe(fromLatin1(bytes));
            expect(decode(encoded).problem).toBeUndefined();
          }
        },
      ),
      cases(1500),
    );
  });

  it('keep going over what is wrong, and say where', () => {
    expect(decodeQuotedPrintable('a=XYb=\r\nc \r\n')).toEqual({
      bytes: latin1('a=XYbc\r\n'),
      problem: { code: 'bad-escape', at: 1 },
    });
    expect(decodeBase64('SGFs*bG8=')).toEqual({
      bytes: latin1('Hallo'),
      problem: { code: 'bad-base64', at: 4 },
    });
  });
});

describe('parameters', () => {
  it('reads RFC 2231 pieces and languages [S8-005]', () => {
    const long = parseParameters(
      "application/x-stuff;\r\n title*0*=us-ascii'en'This%20is%20even%20more%20;\r\n title*1*=%2A%2A%2Afun%2A%2A%2A%20;\r\n title*2=\"isn't it!\"",
    );
    expect(long).toEqual({
      value: 'application/x-stuff',
      parameters: { title: "This is even more ***fun*** isn't it!" },
    });
    expect(parseParameters("attachment; filename*=iso-8859-1''M%FCller.txt").parameters['filename']).toBe(
      'Müller.txt',
    );
    expect(parseParameters('Text/Plain (c); charset="us;ascii" ; x=a=b').parameters).toEqual({
      charset: 'us;ascii',
      x: 'a=b',
    });
    expect(parseParameters('a/b; __proto__=1').parameters['__proto__']).toBe('1');
  });

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }), (value) => {
        if (/[\r\n]|=\?/.test(value)) return;
        expect(parseParameters(`attachment${printParameter('filename', value)}`).parameters['filename']).toBe(
          value,
        );
      }),
      cases(1500),
    );
  });
});

const NESTED = crlf(`From: a@x
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="out er"

preamble
--out er
Content-Type: multipart/alternative; boundary=out

--out
Content-Type: text/plain; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

M=FCller
--out
Content-Type: text/html

<p>x</p>
--out--
--out er
Content-Type: image/png; name=a.png
Content-Transfer-Encoding: base64
Content-Disposition: attachment

AAEC
--out er
Content-Type: message/rfc822

Subject: inner

hello
--out er--
epilogue
`);

describe('mime tree', () => {
  it('places every part in the bytes [S8-005]', () => {
    const root = parseMime(NESTED);
    expect(partsOf(root).map((p) => [p.path, `${p.type}/${p.subtype}`])).toEqual([
      ['', 'multipart/mixed'],
      ['1', 'multipart/alternative'],
      ['1.1', 'text/plain'],
      ['1.2', 'text/html'],
      ['2', 'image/png'],
      ['3', 'message/rfc822'],
      ['3.1', 'text/plain'],
    ]);
    const [, , plain, , image, , inner] = partsOf(root);
    if (plain === undefined || image === undefined || inner === undefined) throw new Error('parts missing');
    expect(partText(NESTED, plain)).toEqual({ text: 'Müller', charset: 'iso-8859-1' });
    expect([...partBytes(NESTED, image).bytes]).toEqual([0, 1, 2]);
    expect(NESTED.slice(inner.bodyStart, inner.end)).toBe('hello');
  });

  it('shows the first plain text and lists the rest', () => {
    expect(displayText(NESTED)).toMatchObject({
      text: 'Müller',
      path: '1.1',
      htmlOnly: false,
      others: [
        { path: '1.2', contentType: 'text/html' },
        { path: '2', filename: 'a.png', size: 3, attachment: true },
        { path: '3.1', contentType: 'text/plain' },
      ],
    });
    expect(displayText('Content-Type: text/html\r\n\r\n<p>')).toMatchObject({ htmlOnly: true });
    expect(displayText('Content-Type: text/plain; charset=x-none\r\n\r\na\xc1')).toMatchObject({
      text: 'a\ufffd',
      note: 'unknown',
    });
    expect(
      displayText(
        'Content-Type: text/plain; format=flowed\r\n\r\nOne \r\nline\r\n>> quo \r\n>> ted\r\n-- \r\nme',
      ).text,
    ).toBe('One line\n>> quo ted\n-- \nme');
  });

  it('reads twenty levels and stops at its limits [S8-005]', () => {
    const wrap = (depth: number): string => {
      let text = 'Content-Type: text/plain\n\ndeep';
      for (let i = 0; i < depth; i++)
        text = `Content-Type: multipart/mixed; boundary=b${i}x\n\n--b${i}x\n${text}\n--b${i}x--\n`;
      return text;
    };
    expect(partsOf(parseMime(wrap(20))).at(-1)).toMatchObject({ type: 'text', children: [] });
    expect(displayText(wrap(20)).text).toBe('deep');
    const deep = partsOf(parseMime(wrap(200)));
    expect(deep.length).toBe(MIME_LIMITS.maxDepth + 1);
    expect(deep.at(-1)?.problems).toContain('too-deep');
    const many = parseMime(
      `Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(5000)}--b--\n`,
    );
    expect(partsOf(many).length).toBe(MIME_LIMITS.maxParts);
    expect(many.problems).toEqual(['too-many-parts']);
  });

  it('names broken structure', () => {
    expect(parseMime('Content-Type: multipart/mixed\n\nx').problems).toEqual(['no-boundary']);
    expect(parseMime('Content-Type: multipart/mixed; boundary=b\n\nx').problems).toEqual([
      'boundary-not-found',
    ]);
    expect(parseMime('Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx').problems).toEqual([
      'boundary-not-closed',
    ]);
    expect(parseMime('Content-Type: nonsense\n\nx')).toMatchObject({
      type: 'text',
      subtype: 'plain',
      problems: ['bad-content-type'],
    });
  });

  it('never fails, and children lie within their parents', () => {
    const lines = fc.constantFrom(
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Type: multipart/digest; boundary="b b"',
      'Content-Type: message/rfc822',
      '',
      '--b',
      '--b--',
      '--b b',
      '--b b--',
      'Content-Transfer-Encoding: base64',
      'text',
      '\xff\0',
      'Content-Type: ;;;"',
      '=',
    );
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 25 }), fc.constantFrom('\n', '\r\n'), (list, eol) => {
        const raw = list.join(eol);
        for (const part of partsOf(parseMime(raw))) {
          expect(part.start).toBeLessThanOrEqual(part.bodyStart);
          expect(part.bodyStart).toBeLessThanOrEqual(part.end);
          for (const child of part.children) {
            expect(child.start).toBeGreaterThanOrEqual(part.bodyStart);
            expect(child.end).toBeLessThanOrEqual(part.end);
          }
        }
        displayText(raw);
      }),
      cases(6000),
    );
  });

  it('agrees with postal-mime on generated messages', async () => {
    const text = fc
      .string({ unit: 'grapheme', maxLength: 80 })
      .map((t) => t.replace(/\r\n?|\n/g, ' ').trim());
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom('base64', 'quoted-printable'),
        fc.uint8Array({ maxLength: 40 }),
        async (body, encoding, file) => {
          const bytes = utf8(body);
          const raw =
            `Subject: t\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=zz\r\n\r\n--zz\r\n` +
            `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n` +
            `${encoding === 'base64' ? encodeBase64Lines(bytes) : encodeQuotedPrintable(bytes)}\r\n--zz\r\n` +
            `Content-Type: application/octet-stream${printParameter('name', 'ü.bin')}\r\nContent-Disposition: attachment\r\n` +
            `Content-Transfer-Encoding: base64\r\n\r\n${encodeBase64Lines(file)}\r\n--zz--\r\n`;
          const theirs = await PostalMime.parse(latin1(raw), { attachmentEncoding: 'arraybuffer' });
          expect((displayText(raw).text ?? '').trim()).toBe((theirs.text ?? '').trim());
          const part = partsOf(parseMime(raw))[2];
          if (part === undefined) throw new Error('part missing');
          expect([...partBytes(raw, part).bytes]).toEqual([
            ...new Uint8Array(theirs.attachments[0]?.content as ArrayBuffer),
          ]);
        },
      ),
      cases(150),
    );
  });
});

const samples = conformancePath('mime/postal-mime');
describe('samples of postal-mime', () => {
  const names = samples === null ? [] : readdirSync(samples).filter((name) => name.endsWith('.eml'));
  it.skipIf(names.length === 0)('reads the same text and headers', async () => {
    for (const name of names) {
      const bytes = new Uint8Array(readFileSync(`${samples ?? ''}/${name}`));
      const ours = displayText(bytes);
      const root = parseMime(bytes);
      const theirs = await PostalMime.parse(bytes);
      expect(partsOf(root).length).toBeGreaterThan(0);
      const squeeze = (text: string): string => text.replace(/\s+/g, ' ').trim();
      // postal-mime strings several text parts together; ours is the first of them.
      if (ours.text !== undefined)
        expect(squeeze(theirs.text ?? '')).toContain(squeeze(ours.text).slice(0, 300));
      for (const field of root.fields) expect(theirs.headers.some((h) => h.key === field.key)).toBe(true);
    }
    logSuite('mime', names.length);
  });
});
