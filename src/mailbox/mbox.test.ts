import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeOf } from '../base/dates.ts';
import { cases, patience } from '../testing/effort.ts';
import { printMbox, readMbox, type MboxEntry } from './mbox.ts';

const at = timeOf(2026, 11, 23, 9, 0, 4);
const message = (body: string): string => `Subject: x\r\n\r\n${body}\r\n`;
const texts = (file: string, as?: Parameters<typeof readMbox>[1]): string[] =>
  readMbox(file, as).messages.map(({ raw }) => raw);

describe('mbox', () => {
  it('writes the From_ line, quotes as mboxrd and keeps flags', () => {
    const raw = `Return-Path: <ana@red.example>\r\n${message('From here\r\n>From there\r\n>>From\r\nFromage')}`;
    expect(printMbox([{ raw, at, flags: ['\\Seen', '\\Flagged', '$Label'] }])).toBe(
      'From ana@red.example Mon Nov 23 09:00:04 2026\nReturn-Path: <ana@red.example>\nSubject: x\n' +
        'Status: RO\nX-Status: F\nX-Keywords: $Label\n\n>From here\n>>From there\n>>From\nFromage\n\n',
    );
  });

  it('reads senders, dates and zones of many programs', () => {
    const read = (line: string): unknown => {
      const { at: when, sender } = readMbox(`${line}\nSubject: x\n\nt\n`).messages[0] ?? {};
      return [sender, when];
    };
    expect(read('From ana@red.example Mon Nov 23 09:00:04 2026')).toEqual(['ana@red.example', at]);
    expect(read('From <a b>@x  Mon Nov 23 09:00 2026')).toEqual(['<a b>@x', at - 4000]);
    expect(read('From MAILER-DAEMON Mon Nov 23 10:00:04 2026 +0100')).toEqual(['', at]);
    expect(read('From 17@xxx Mon Nov 23 09:00:04 +0000 2026')).toEqual(['17@xxx', at]);
    expect(read('From ana Mon Nov 23 09:00:04 CET 2026')).toEqual(['ana', at]);
    expect(read('From - Mon Nov 23 09:00:04 2026')).toEqual(['', at]);
    expect(read('From ')).toEqual(['', undefined]);
    expect(read('From ana Mon Nov 93 09:00:04 2026')).toEqual(['ana', undefined]);
    expect(
      readMbox('From a Mon Nov 23 09:00:04 2026\n>From b Mon Nov 23 09:00:04 2026 remote from c\nA: b\n\n')
        .messages[0]?.raw,
    ).toBe('A: b\r\n');
  });

  it('parts messages with LF, CRLF and CR alone, and drops a byte order mark', () => {
    const file =
      'From a Mon Nov 23 09:00:04 2026\nA: 1\n\none\n\nFrom b Mon Nov 23 09:00:04 2026\nA: 2\n\ntwo\n';
    const wanted = ['A: 1\r\n\r\none\r\n', 'A: 2\r\n\r\ntwo\r\n'];
    for (const form of [
      file,
      file.replaceAll('\n', '\r\n'),
      file.replaceAll('\n', '\r'),
      `\xef\xbb\xbf${file}`,
    ])
      expect(texts(form)).toEqual(wanted);
    expect(readMbox('').messages).toEqual([]);
  });

  it('takes sentences that begin with From as text, and says where', () => {
    const file =
      'From a Mon Nov 23 09:00:04 2026\nA: 1\n\none\n\nFrom here on it is text\nFrom b Mon Nov 23 09:00:04 2026\nis text too\n\nFrom c Mon Nov 23 09:00:04 2026\nA: 2\n\n';
    const read = readMbox(file);
    expect(read.messages.map(({ line }) => line)).toEqual([1, 10]);
    expect(read.problems).toEqual([
      { code: 'lookalike', line: 6, offset: file.indexOf('From here'), text: 'From here on it is text' },
      {
        code: 'lookalike',
        line: 7,
        offset: file.indexOf('From b'),
        text: 'From b Mon Nov 23 09:00:04 2026',
      },
    ]);
  });

  it('says what stands before the first message', () => {
    expect(readMbox('\n\nFrom a Mon Nov 23 09:00:04 2026\nA: 1\n\n').problems).toEqual([]);
    expect(readMbox('hello\nworld\n\nFrom a Mon Nov 23 09:00:04 2026\nA: 1\n\n').problems).toEqual([
      { code: 'no-separator', line: 1, offset: 0, text: 'hello', bytes: 13 },
    ]);
    expect(readMbox('Subject: x\n\nhello\n')).toMatchObject({
      messages: [],
      problems: [{ code: 'no-separator', bytes: 18 }],
    });
  });

  it('believes a Content-Length that leads from message to message, and no other', () => {
    const one = 'From a Mon Nov 23 09:00:04 2026\nA: 1\nContent-Length: ';
    const inner = 'one\n\nFrom b Mon Nov 23 09:00:04 2026\nB: inner\n\n';
    const two = 'From c Mon Nov 23 09:00:04 2026\nA: 2\nContent-Length: 4\n\ntwo\n\n';
    const read = readMbox(`${one}${inner.length}\n\n${inner}\n${two}`);
    expect(read.kind).toBe('mboxcl2');
    expect(read.messages.map(({ raw }) => raw)).toEqual([
      `A: 1\r\n\r\n${inner.replaceAll('\n', '\r\n')}`,
      'A: 2\r\n\r\ntwo\r\n',
    ]);
    expect(read.problems).toMatchObject([{ code: 'inside', line: 7 }]);
    const wrong = readMbox(`${one}${inner.length - 3}\n\n${inner}\n${two}`);
    expect(wrong.kind).toBe('mboxrd');
    expect(wrong.messages).toHaveLength(3);
    expect(wrong.problems).toMatchObject([{ code: 'wrong-length', line: 1 }]);
    const quoted = readMbox(`${one}11\n\n>From here\n\n${two}`);
    expect([quoted.kind, quoted.messages[0]?.raw]).toEqual(['mboxcl', 'A: 1\r\n\r\nFrom here\r\n']);
  });

  it('knows where mboxrd and mboxo differ, and reads as it is told', () => {
    const file = 'From a Mon Nov 23 09:00:04 2026\nA: 1\n\n>From x\n>>From y\n\n';
    expect(readMbox(file)).toMatchObject({ kind: 'mboxrd', isAmbiguous: true });
    expect(texts(file)).toEqual(['A: 1\r\n\r\nFrom x\r\n>From y\r\n']);
    expect(texts(file, 'mboxo')).toEqual(['A: 1\r\n\r\nFrom x\r\n>>From y\r\n']);
    expect(texts(file, 'mboxcl2')).toEqual(['A: 1\r\n\r\n>From x\r\n>>From y\r\n']);
    expect(readMbox(file.replace('>>', '>')).isAmbiguous).toBe(false);
  });

  it('reads back what it writes, to the byte', { timeout: patience() }, () => {
    const line = fc.oneof(
      fc.constantFrom(
        '',
        'From ',
        'From a Mon Nov 23 09:00:04 2026',
        '>From x',
        '>>From ',
        'Subject: x',
        'Content-Length: 12',
        'Content-Length: 99',
        'Status: RO',
        'X-Status: AF',
        'X-Keywords: $a b',
        ' folded',
        'Status:',
        '\r',
        'a\rFrom b',
      ),
      fc
        .string({ unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)), maxLength: 12 })
        .map((t) => t.replaceAll('\n', '')),
    );
    const flags = fc.subarray([
      '$Label',
      'Work',
      '\\Answered',
      '\\Deleted',
      '\\Draft',
      '\\Flagged',
      '\\Seen',
    ]);
    const entry: fc.Arbitrary<MboxEntry> = fc.record({
      raw: fc.array(line, { maxLength: 8 }).map((lines) => lines.map((one) => `${one}\r\n`).join('')),
      flags,
      at: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1000),
    });
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 4 }), (entries) => {
        const read = readMbox(printMbox(entries));
        expect(read.messages.map(({ raw, at: when }) => ({ raw, at: when }))).toEqual(
          entries.map(({ raw, at: when }) => ({ raw, at: when })),
        );
        for (const [i, { raw, flags: found }] of read.messages.entries())
          if (/^[A-Za-z-]+: [^\r]*\r\n(?:\r\n|[A-Z])/.test(raw)) expect(found).toEqual(entries[i]?.flags);
      }),
      cases(3000),
    );
  });

  it('never fails on arbitrary bytes, and gives every byte to one message', { timeout: patience() }, () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'From ',
        '\n',
        '\r\n',
        '\n\n',
        '>',
        'From a Mon Nov 23 09:00:04 2026\n',
        'Content-Length: 5\n',
        'A: b\n',
        '\xef\xbb\xbf',
      ),
      fc.string({ maxLength: 5 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const file = pieces.join('');
        const read = readMbox(file);
        let end = -1;
        for (const { offset, line } of read.messages) {
          expect(offset).toBeGreaterThan(end);
          expect(line).toBe(file.slice(0, offset).split(file.includes('\n') ? '\n' : '\r').length);
          end = offset;
        }
      }),
      cases(3000),
    );
  });

  it('takes time in proportion to the file', () => {
    const start = process.hrtime.bigint();
    readMbox('From \n'.repeat(200_000));
    readMbox(`From a Mon Nov 23 09:00:04 2026\n${'\n'.repeat(1_000_000)}`);
    readMbox(`From ${'a '.repeat(500_000)}\n`.repeat(3));
    expect(Number(process.hrtime.bigint() - start) / 1e9).toBeLessThan(10);
  });
});
