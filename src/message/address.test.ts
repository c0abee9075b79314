import fc from 'fast-check';
import { addressParser } from 'postal-mime';
import { describe, expect, it } from 'vitest';
import {
  lookupKey,
  mailboxesOf,
  parseAddressList,
  printAddressList,
  printEnvelope,
  sameAddress,
  splitEnvelope,
} from './address.ts';
import type { Mailbox } from './address.ts';
import { cases } from '../testing/effort.ts';

const plain = (text: string): (readonly [string, string])[] =>
  mailboxesOf(parseAddressList(text)).map((m) => [m.name, printEnvelope(m)] as const);

describe('address list', () => {
  it.each([
    ['alice@a.example', [['', 'alice@a.example']]],
    [
      'Alice <alice@a.example>, bob@b.example',
      [
        ['Alice', 'alice@a.example'],
        ['', 'bob@b.example'],
      ],
    ],
    ['"Meier, Anna" <anna@a.example>', [['Meier, Anna', 'anna@a.example']]],
    ['John Q. Public <john@a.example>', [['John Q. Public', 'john@a.example']]],
    ['"john doe"@a.example', [['', '"john doe"@a.example']]],
    ['pete(his account)@silly.test(his host)', [['', 'pete@silly.test']]],
    ['jdoe@a.example (Jane (the) Doe)', [['Jane (the) Doe', 'jdoe@a.example']]],
    ['a . b @ c . example', [['', 'a.b@c.example']]],
    ['<@hop.example,@hop2.example:bob@b.example>', [['', 'bob@b.example']]],
    ['bob@[192.0.2.1]', [['', 'bob@[192.0.2.1]']]],
    [', ,a@x,,', [['', 'a@x']]],
    ['<>', [['', '']]],
    ['undisclosed-recipients:;', []],
    [
      'Team: a@x, "B" <b@y>; c@z',
      [
        ['', 'a@x'],
        ['B', 'b@y'],
        ['', 'c@z'],
      ],
    ],
    ['jürgen@bücher.example', [['', 'jürgen@bücher.example']]],
  ])('reads %s [S8-001]', (text, expected) => {
    expect(plain(text)).toEqual(expected);
    expect(parseAddressList(text).problems).toEqual([]);
  });

  it('keeps groups, routes and comments', () => {
    const list = parseAddressList('Team: a@x (boss), <@h:b@y>;');
    expect(list.addresses).toMatchObject([{ kind: 'group', name: 'Team' }]);
    expect(mailboxesOf(list)).toMatchObject([{ comments: ['boss'] }, { route: ['h'] }]);
  });

  it('names what is wrong and where', () => {
    expect(parseAddressList('Bob <bob@x').problems).toEqual([{ code: 'unclosed-angle', offset: 4 }]);
    expect(parseAddressList('alice').problems).toEqual([{ code: 'no-at-sign', offset: 0 }]);
    expect(parseAddressList('alice@').problems).toEqual([{ code: 'no-domain', offset: 0 }]);
    expect(parseAddressList('a@x, "b').problems.map((p) => p.code)).toContain('unclosed-quote');
  });

  const localPart = fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !/[\r\n\0]/.test(text));
  const mailbox = fc
    .record({
      name: fc.stringMatching(/^[A-Za-z.,"()@ \\]{0,12}$/),
      localPart,
      domain: fc.constantFrom('a.example', '[192.0.2.1]'),
    })
    .map((m): Mailbox => ({
      kind: 'mailbox',
      ...m,
      name: m.name.trim().replace(/ +/g, ' '),
      route: [],
      comments: [],
      offset: 0,
      length: 0,
    }));

  it('reads back what it prints', () => {
    fc.assert(
      fc.property(fc.array(mailbox, { maxLength: 4 }), (list) => {
        const back = mailboxesOf(parseAddressList(printAddressList(list)));
        expect(back.map((m) => [m.name, m.localPart, m.domain])).toEqual(
          list.map((m) => [m.name, m.localPart, m.domain]),
        );
      }),
      cases(3000),
    );
  });

  it('never fails, and every address lies within the text', () => {
    const noise = fc.array(
      fc.constantFrom(
        '<',
        '>',
        '@',
        ',',
        ';',
        ':',
        '"',
        '(',
        ')',
        '[',
        ']',
        '\\',
        ' ',
        'a',
        'b.c',
        '\r\n',
        'é',
      ),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(noise, (parts) => {
        const text = parts.join('');
        for (const m of parseAddressList(text).addresses) {
          expect(m.offset).toBeGreaterThanOrEqual(0);
          expect(m.offset + m.length).toBeLessThanOrEqual(text.length);
        }
      }),
      cases(15000),
    );
  });

  it('agrees with postal-mime on ordinary lists', () => {
    const one = fc.tuple(
      fc.constantFrom('Anna', 'Bob Builder', '"Meier, A."', ''),
      fc.stringMatching(/^[a-z]{1,6}(\.[a-z]{1,4})?$/),
    );
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 4 }), (list) => {
        const text = list
          .map(([name, local]) => (name === '' ? `${local}@x.example` : `${name} <${local}@x.example>`))
          .join(', ');
        const theirs = addressParser(text, { flatten: true }).map((a) => [a.name, a.address]);
        expect(plain(text)).toEqual(theirs);
      }),
    );
  });
});

describe('envelope address', () => {
  it('takes paths apart as Postfix does', () => {
    expect(splitEnvelope('<@a,@b:carol@c.example>')).toEqual({ localPart: 'carol', domain: 'c.example' });
    expect(splitEnvelope('<"a\\"b@x"@y>')).toEqual({ localPart: 'a"b@x', domain: 'y' });
    expect(splitEnvelope('<>')).toEqual({ localPart: '', domain: '' });
    expect(splitEnvelope('<postmaster>')).toEqual({ localPart: 'postmaster', domain: '' });
  });

  it('compares without case and quotes', () => {
    expect(lookupKey('<"Bob"@A.Example>')).toBe('bob@a.example');
    expect(sameAddress('BOB@a.example', 'bob@A.EXAMPLE')).toBe(true);
    expect(sameAddress('bob@a.example', 'bob@b.example')).toBe(false);
  });
});
