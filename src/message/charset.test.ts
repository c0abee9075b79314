import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latin1 } from '../base/bytes.ts';
import { cases, patience } from '../testing/effort.ts';
import { canonicalName, charsetNamed, decodeCharset } from './charset.ts';
import { UPPER_HALVES } from './charset-tables.ts';
import { decodeHeader, decodeHeaderText } from './encoded-word.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(text.split(' ').map((byte) => parseInt(byte, 16)));
const EAST = ['iso-2022-jp', 'euc-jp', 'shift_jis', 'euc-kr', 'gb18030', 'big5'];

describe('character sets', () => {
  it.each([
    ['koi8-r', 'f0 d2 c9 d7 c5 d4', 'Привет'],
    ['windows-1251', 'cf f0 e8 e2 e5 f2', 'Привет'],
    ['ISO-8859-5', 'bf e0 d8 d2 d5 e2', 'Привет'],
    ['cp866', '8f e0 a8 a2 a5 e2', 'Привет'],
    ['iso-8859-2', 'a3 f3 64 bc', 'Łódź'],
    ['windows-1250', 'a3 f3 64 9f', 'Łódź'],
    ['iso-8859-7', 'c3 e5 e9 dc', 'Γειά'],
    ['iso-8859-8-i', 'f9 ec e5 ed', 'שלום'],
    ['windows-1256', 'd3 e1 c7 e3', 'سلام'],
    ['iso-8859-9', 'dd fe', 'İş'],
    ['tis-620', 'ca c7 d1 ca b4 d5', 'สวัสดี'],
    ['macintosh', '8a 9f', 'äü'],
    ['iso-2022-jp', '1b 24 42 46 7c 4b 5c 1b 28 42 21', '日本!'],
    ['euc-jp', 'c6 fc cb dc 8e b1', '日本ｱ'],
    ['Shift_JIS', '93 fa 96 7b b1', '日本ｱ'],
    ['ks_c_5601-1987', 'b1 b9 be ee', '국어'],
    ['gb2312', 'd6 d0 ce c4', '中文'],
    ['gb18030', '81 30 84 36 94 39 da 33', '¥💩'],
    ['big5', 'a4 a4 a4 e5', '中文'],
    ['utf-16', 'ff fe 41 00 e4 00', 'Aä'],
    ['utf-16be', '00 41 d8 3d de 00', 'A😀'],
  ])('%s is read', (name, bytes, text) => {
    expect(decodeCharset(hex(bytes), name)).toEqual({ text });
  });

  it('have many names and one each', () => {
    for (const [name, canonical] of [
      ['ISO8859-1', 'iso-8859-1'],
      ['iso_8859-1:1987', 'iso-8859-1'],
      ['csISOLatin1', undefined],
      ['latin1', 'iso-8859-1'],
      ['CP-1252', 'windows-1252'],
      ['x-cp1252', 'windows-1252'],
      ['win-1251', 'windows-1251'],
      ['"utf-8"', 'utf-8'],
      ['x-sjis', 'shift_jis'],
      ['nonsense', undefined],
      ['__proto__', undefined],
      ['constructor', undefined],
    ] as const)
      expect(canonicalName(name), name).toBe(canonical);
    expect(charsetNamed('koi8-r')).toEqual({ table: 'koi8-r' });
  });

  it('that are unknown or broken say so and keep what is ASCII', () => {
    expect(decodeCharset(latin1('a\xe4b'), 'x-unknown')).toEqual({ text: 'a\ufffdb', note: 'unknown' });
    expect(decodeCharset(hex('b1 41'), 'euc-kr')).toEqual({ text: '\ufffdA', note: 'undecodable' });
    expect(decodeCharset(hex('c6 fc cb'), 'euc-jp')).toEqual({ text: '日\ufffd', note: 'undecodable' });
    expect(decodeCharset(hex('1b 24 42 46 7c 0a 41'), 'iso-2022-jp')).toEqual({ text: '日\nA' });
    expect(decodeCharset(hex('41'), 'utf-16')).toEqual({ text: '\ufffd', note: 'undecodable' });
    expect(decodeCharset(hex('d8 00 00 41'), 'utf-16be')).toEqual({ text: '\ufffdA', note: 'undecodable' });
  });

  it('have tables of the right size, ASCII below', () => {
    for (const [name, upper] of Object.entries(UPPER_HALVES)) {
      expect([96, 128], name).toContain(upper.length);
      expect(decodeCharset(latin1('~ AZaz\x7f'), name).text).toBe('~ AZaz\x7f');
    }
  });

  it('give what the standard gives, or U+FFFD', () => {
    // Node's decoders are ICU's, which in these sets are those of the standard.
    for (const name of [
      'gb18030',
      'iso-8859-2',
      'iso-8859-7',
      'koi8-r',
      'windows-1251',
      'windows-1256',
      'macintosh',
    ]) {
      const theirs = new TextDecoder(name);
      for (let first = 0x80; first < 0x100; first++)
        for (let second = 0x40; second < 0x100; second++) {
          const bytes = Uint8Array.of(first, second);
          const ours = decodeCharset(bytes, name).text;
          if (!ours.includes('\ufffd')) expect(ours).toBe(theirs.decode(bytes));
        }
    }
  });

  it('never fail, and what follows a break is read again', { timeout: patience() }, () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 40 }),
        fc.constantFrom(...EAST, ...Object.keys(UPPER_HALVES), 'utf-16', 'utf-8', 'x'),
        (bytes, name) => {
          const { text, note } = decodeCharset(bytes, name);
          expect(text.includes('\ufffd')).toBe(note !== undefined && text.includes('\ufffd'));
          if (name.startsWith('utf-16')) return;
          expect(decodeCharset(Uint8Array.of(...bytes, 10, 65, 66), name).text.endsWith('AB')).toBe(true);
        },
      ),
      cases(4000),
    );
  });
});

describe('encoded words in other sets', () => {
  it('are put together when a character is cut in two, but only within one set', () => {
    expect(decodeHeaderText('=?gb2312?B?1tA=?= =?GBK?Q?=CE?= =?gb18030?Q?=C4?=')).toBe('中文');
    expect(decodeHeaderText('=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=')).toBe('日本');
    expect(decodeHeader('=?x-one?Q?=E4?= =?x-two?Q?=E4?=').words.map(({ charset }) => charset)).toEqual([
      'x-one',
      'x-two',
    ]);
    expect(decodeHeaderText('=?utf-8*de?Q?=C3=A4?=')).toBe('ä');
  });
});
