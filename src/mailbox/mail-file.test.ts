import fc from 'fast-check';
import { zipSync, type Zippable } from 'fflate';
import { describe, expect, it } from 'vitest';
import { concat, fromLatin1, latin1, utf8 } from '../base/bytes.ts';
import { timeOf } from '../base/dates.ts';
import { cases, patience } from '../testing/effort.ts';
import { crc32 } from './crc32.ts';
import {
  MAIL_FILE_LIMITS,
  readMailFile,
  writeMailFile,
  type ExportFolder,
  type MailFile,
} from './mail-file.ts';
import { maildirFolders, readMaildirName } from './maildir.ts';
import { readZip } from './zip.ts';

const at = timeOf(2026, 11, 23, 9, 0, 4);
const mail = (n: number): string => `Subject: ${n}\n\ntext ${n}\n`;
const pack = (files: Record<string, string>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, utf8(text)])) as Zippable);
const codes = (file: MailFile): string[] => file.problems.map(({ code }) => code);
const subjects = (file: MailFile): (string | undefined)[][] =>
  file.messages.map(({ raw, folder }) => [/Subject: (.*)\r/.exec(raw)?.[1], folder]);

describe('crc', () => {
  it('is that of the standard', () => {
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926);
  });
});

describe('a mail file', () => {
  it('is told by its content', () => {
    expect(readMailFile(utf8(mail(1)))).toMatchObject({
      kind: 'message',
      messages: [{ raw: mail(1).replaceAll('\n', '\r\n') }],
    });
    expect(readMailFile(utf8(`From a Mon Nov 23 09:00:04 2026\n${mail(1)}\n`))).toMatchObject({
      kind: 'mbox',
      mbox: 'mboxrd',
      messages: [{ at }],
    });
    expect(readMailFile(pack({ 'a.eml': mail(1) })).kind).toBe('zip');
    for (const other of ['', 'just text', '{"a": 1}', '\x89PNG\r\n\x1a\n\0\0', 'A: b\0'])
      expect(codes(readMailFile(latin1(other)))).toEqual(['not-mail']);
  });

  it('tells when a message came: its own top Received, else its Date', () => {
    const read = (text: string): unknown => readMailFile(utf8(text)).messages[0]?.at;
    const date = 'Date: Mon, 23 Nov 2026 08:00:00 +0000\n';
    expect(read(`Received: from a by b; Mon, 23 Nov 2026 10:00:04 +0100\n${date}\nx`)).toBe(at);
    expect(read(`${date}\nx`)).toBe(at - 3_604_000);
    expect(read(mail(1))).toBeUndefined();
  });

  it('finds folders, flags and keywords of a Maildir', () => {
    const read = readMailFile(
      pack({
        'Maildir/cur/1795424404.M5000P1.mx,S=1:2,FSa': mail(1),
        'Maildir/new/1795424405.M0P2.mx': mail(2),
        'Maildir/tmp/1795424406.M0P3.mx': 'half a mess',
        'Maildir/dovecot-keywords': '0 $Label\n1 Work\n',
        'Maildir/dovecot-uidlist': '3 V1',
        'Maildir/.Lists.work/cur/1795424407.M0P4.mx:2,': mail(4),
        'Maildir/.Entw&APw-rfe/cur/1795424408.M0P5.mx;2,D': mail(5),
        'Maildir/.bad&-&/cur/1795424409.M0P6.mx:2,': mail(6),
        'Maildir/cur/1795424410.M0P7.mx:2,': 'no header here\n',
        'photo.jpg': 'x',
      }),
    );
    expect(read.kind).toBe('maildir');
    expect(subjects(read)).toEqual([
      ['1', 'INBOX'],
      ['2', 'INBOX'],
      ['4', 'Lists/work'],
      ['5', 'Entwürfe'],
      ['6', undefined],
    ]);
    expect(read.messages.map(({ flags }) => flags)).toEqual([
      ['$Label', '\\Flagged', '\\Seen'],
      [],
      [],
      ['\\Draft'],
      [],
    ]);
    expect(read.messages[0]?.at).toBe(1795424404005);
    expect(read.skipped.toSorted()).toEqual(['Maildir/dovecot-uidlist', 'photo.jpg']);
    expect(read.problems).toEqual([
      { code: 'tmp', entry: 'Maildir/tmp/1795424406.M0P3.mx', value: 11 },
      { code: 'bad-folder', entry: 'Maildir/.bad&-&/cur/1795424409.M0P6.mx:2,' },
      { code: 'not-mail', entry: 'Maildir/cur/1795424410.M0P7.mx:2,', value: 15, text: 'no header here ' },
    ]);
  });

  it('places directories of every layout', () => {
    const folders = (...directories: string[]): unknown => [...maildirFolders(directories).values()];
    expect(folders('')).toEqual(['INBOX']);
    expect(folders('', '.Sent')).toEqual(['INBOX', 'Sent']);
    expect(folders('home/ana/Maildir', 'home/ana/Maildir/.A.b')).toEqual(['INBOX', 'A/b']);
    expect(folders('x/.Sent')).toEqual(['Sent']);
    expect(folders('mail/Work', 'mail/Home/inner')).toEqual(['Work', 'Home/inner']);
    expect(readMaildirName('1.2.host_2,RS', new Map()).flags).toEqual(['\\Answered', '\\Seen']);
    expect(readMaildirName('nonsense', new Map())).toEqual({ flags: [] });
  });

  it('takes as much as one import carries and says where it stopped', () => {
    const box = `From a Mon Nov 23 09:00:04 2026\n${mail(1)}\n`.repeat(5);
    const few = readMailFile(utf8(box), undefined, { ...MAIL_FILE_LIMITS, messages: 3 });
    expect(few.messages).toHaveLength(3);
    expect(few.problems).toEqual([{ code: 'over-messages', entry: '', line: 16, value: 2 }]);
    const small = readMailFile(utf8(box), undefined, { ...MAIL_FILE_LIMITS, bytes: 60 });
    expect([small.messages.length, small.problems[0]]).toEqual([
      2,
      { code: 'over-bytes', entry: '', line: 11, value: 3 },
    ]);
    const big = readMailFile(utf8(box), undefined, { ...MAIL_FILE_LIMITS, fileBytes: 10 });
    expect([big.messages, big.problems]).toEqual([
      [],
      [{ code: 'file-too-big', entry: '', value: box.length }],
    ]);
  });
});

/** Changes bytes of an archive: local header, directory, or the end record of a one-entry archive. */
function patched(
  zip: Uint8Array,
  change: (view: DataView, local: number, central: number, end: number) => void,
): Uint8Array {
  const copy = zip.slice();
  const text = fromLatin1(copy);
  change(
    new DataView(copy.buffer),
    text.indexOf('PK\x03\x04'),
    text.indexOf('PK\x01\x02'),
    text.indexOf('PK\x05\x06'),
  );
  return copy;
}

describe('hostile archives', () => {
  const zip = pack({ 'a.eml': mail(1).repeat(50) });
  const all = (): boolean => true;
  const limits = { entries: 100, totalBytes: 1_000_000 };
  const read = (file: Uint8Array): string[] => readZip(file, limits, all).problems.map(({ code }) => code);

  it('whose sizes lie are found out before memory is full', () => {
    expect(read(patched(zip, (view, _l, central) => view.setUint32(central + 24, 10, true)))).toEqual([
      'wrong-size',
    ]);
    expect(read(patched(zip, (view, _l, central) => view.setUint32(central + 24, 900_000, true)))).toEqual([
      'wrong-size',
    ]);
    expect(read(patched(zip, (view, _l, central) => view.setUint32(central + 24, 0xfffffff0, true)))).toEqual(
      ['too-big'],
    );
    expect(read(patched(zip, (view, _l, central) => view.setUint32(central + 20, 0xfffffff0, true)))).toEqual(
      ['damaged'],
    );
    expect(read(patched(zip, (view, _l, central) => view.setUint32(central + 20, 20, true)))).toEqual([
      'damaged',
    ]);
  });

  it('that hold far too much are left packed', () => {
    const bomb = zipSync({ 'a.eml': new Uint8Array(30_000_000), 'b.eml': utf8(mail(2)) });
    const found = readZip(bomb, limits, all);
    expect(found.problems).toEqual([{ code: 'too-big', entry: 'a.eml', offset: 0, value: 30_000_000 }]);
    expect(found.files.map(({ name }) => name)).toEqual(['b.eml']);
    // The same with a small size in its directory.
    const lying = patched(bomb, (view, _l, central) => view.setUint32(central + 24, 500_000, true));
    expect(read(lying)).toEqual(['wrong-size']);
  });

  it('whose entries share bytes give one of them', () => {
    const two = pack({ 'a.eml': mail(1), 'b.eml': mail(2) });
    const second = fromLatin1(two).lastIndexOf('PK\x01\x02');
    const overlapping = patched(two, (view) => view.setUint32(second + 42, 0, true));
    expect(readZip(overlapping, limits, all)).toMatchObject({
      files: [{ name: 'a.eml' }],
      problems: [{ code: 'overlap', entry: 'b.eml' }],
    });
  });

  it('with too many entries, encrypted ones or unknown methods say so', () => {
    const many = pack(Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`${i}.eml`, mail(i)])));
    const found = readZip(many, limits, all);
    expect(found.files).toHaveLength(100);
    expect(found.problems).toMatchObject([{ code: 'too-many-entries', value: 120 }]);
    expect(read(patched(zip, (view, _l, central) => view.setUint16(central + 8, 1, true)))).toEqual([
      'encrypted',
    ]);
    expect(read(patched(zip, (view, _l, central) => view.setUint16(central + 10, 93, true)))).toEqual([
      'unknown-method',
    ]);
    expect(read(patched(zip, (view, _l, central) => view.setUint32(central + 16, 1, true)))).toEqual([
      'bad-checksum',
    ]);
  });

  it('cannot name a place outside', () => {
    for (const name of [
      '../a.eml',
      '/a.eml',
      'a/../../b.eml',
      'C:/a.eml',
      'a\\b.eml',
      'a//b.eml',
      './a.eml',
      'a\0b',
    ])
      expect(readZip(pack({ [name]: mail(1), 'ok.eml': mail(2) }), limits, all)).toMatchObject({
        files: [{ name: 'ok.eml' }],
        problems: [{ code: 'bad-name', entry: name }],
      });
  });

  it('that are cut off give what stands before the cut', () => {
    const two = zipSync({ 'a.eml': [utf8(mail(1)), { level: 0 }], 'b.eml': [utf8(mail(2)), { level: 0 }] });
    const cut = two.subarray(0, fromLatin1(two).indexOf('b.eml') + 10);
    expect(readZip(cut, limits, all)).toMatchObject({
      files: [{ name: 'a.eml' }],
      problems: [{ code: 'no-directory', value: 1 }],
    });
    expect(read(utf8('PK and nothing else'))).toEqual(['not-zip']);
    expect(readZip(concat(utf8('#!/bin/sh\n'), two), limits, all).files).toHaveLength(2);
  });

  it('never make it fail, whatever bytes are changed', { timeout: patience() }, () => {
    const base = pack({
      'cur/1.a:2,S': mail(1),
      'b.mbox': `From a Mon Nov 23 09:00:04 2026\n${mail(2)}\n`,
      'c.eml': mail(3).repeat(30),
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(base.length - 1), fc.oneof(fc.nat(255), fc.constantFrom(0, 0xff, 0x50))), {
          maxLength: 8,
        }),
        fc.nat(base.length),
        fc.boolean(),
        (changes, cut, cuts) => {
          const bytes = base.slice(0, cuts ? cut : base.length);
          for (const [place, value] of changes) if (place < bytes.length) bytes[place] = value;
          const file = readMailFile(bytes);
          const size = file.messages.reduce((sum, { raw }) => sum + raw.length, 0);
          expect(size).toBeLessThan(20_000);
        },
      ),
      cases(4000),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, asZip) => {
        readMailFile(asZip ? concat(utf8('PK\x03\x04'), bytes) : bytes);
      }),
      cases(3000),
    );
  });
});

describe('export', () => {
  const line = fc
    .string({ unit: fc.integer({ min: 0, max: 255 }).map((n) => String.fromCharCode(n)), maxLength: 20 })
    .map((text) => `${text.replaceAll('\n', '')}\r\n`);
  const keyword = fc.constantFrom(
    '$Label',
    'Work',
    '$Forwarded',
    '\\Answered',
    '\\Flagged',
    '\\Seen',
    '\\Draft',
    '\\Deleted',
  );
  const folder = (name: string): fc.Arbitrary<ExportFolder> =>
    fc
      .array(
        fc.record({
          raw: fc.array(line, { maxLength: 5 }).map((lines) => `Subject: x\r\n\r\n${lines.join('')}`),
          flags: fc.uniqueArray(keyword).map((flags) => flags.sort()),
          at: fc.integer({ min: 1_000_000_000, max: 2_000_000_000 }).map((seconds) => seconds * 1000),
        }),
        { maxLength: 4 },
      )
      .map((messages) => ({ name, messages: messages.map((one, i) => ({ ...one, uid: i + 1 })) }));
  const folders = fc.tuple(folder('INBOX'), folder('Lists/wörk & play'), folder('Lists-wörk & play'));
  const bytesOf = (content: string | Uint8Array): Uint8Array =>
    typeof content === 'string' ? latin1(content) : content;

  it('comes back as it went, from a Maildir in an archive', { timeout: patience() }, () => {
    fc.assert(
      fc.property(folders, (list) => {
        const { content, extension } = writeMailFile('maildir', list, 'mx.hafen.example', 60);
        expect(extension).toBe('zip');
        const read = readMailFile(bytesOf(content));
        expect(read.problems).toEqual([]);
        for (const { name, messages } of list) {
          const back = read.messages.filter((one) => one.folder === name);
          expect(back.map(({ raw, flags, at: when }) => ({ raw, flags, at: when }))).toEqual(
            messages.map(({ raw, flags, at: when }) => ({ raw, flags, at: when })),
          );
        }
      }),
      cases(150),
    );
  });

  it('comes back as it went, from mailbox files and single messages', { timeout: patience() }, () => {
    fc.assert(
      fc.property(folders, fc.constantFrom('mbox' as const, 'eml' as const), (list, kind) => {
        const { content } = writeMailFile(kind, list, 'mx', 0);
        const read = readMailFile(bytesOf(content));
        const back = read.messages.map(({ raw }) => raw).toSorted();
        expect(back).toEqual(list.flatMap(({ messages }) => messages.map(({ raw }) => raw)).toSorted());
      }),
      cases(150),
    );
  });

  it('is one mailbox file for one folder', () => {
    const file = writeMailFile(
      'mbox',
      [{ name: 'INBOX', messages: [{ raw: 'A: b\r\n\r\n', flags: [], at, uid: 1 }] }],
      'mx',
      0,
    );
    expect(file).toEqual({
      extension: 'mbox',
      content: 'From MAILER-DAEMON Mon Nov 23 09:00:04 2026\nA: b\nStatus: O\n\n\n',
    });
  });
});
