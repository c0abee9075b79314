import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, fromUtf8, isBase64Error, latin1, utf8, type Bytes } from '../base/bytes.ts';
import { openSaslClient, saslChallenge, saslFinished, saslInitial, type SaslIdentity } from './client.ts';
import { MECHANISMS, mechanismNamed, printInitialResponse, readResponse, type Account } from './mechanism.ts';
import type { Mechanism } from './mechanism.ts';
import { saslPrep } from './saslprep.ts';
import { scramSecret } from './scram.ts';
import {
  openSaslServer,
  saslAccount,
  saslRespond,
  type SaslServer,
  type SaslServerResult,
} from './server.ts';
import { cases } from '../testing/effort.ts';

const seed = { challenge: '<1896.697170952@postoffice.reston.mci.net>', nonce: '3rfcNHYJY1ZVvWVs7j' };

function bytesOf(text: string): Bytes {
  const bytes = fromBase64(text);
  if (isBase64Error(bytes)) throw new Error(text);
  return bytes;
}

function textOf(result: { kind: string; bytes?: Bytes }): string {
  return result.bytes === undefined ? result.kind : fromUtf8(result.bytes);
}

function account(password: string, user = 'user', iterations = 5): Account {
  const salt = utf8('salz');
  return {
    user,
    password,
    scram: {
      'SCRAM-SHA-1': scramSecret('SCRAM-SHA-1', password, salt, iterations),
      'SCRAM-SHA-256': scramSecret('SCRAM-SHA-256', password, salt, iterations),
    },
  };
}

/** Both ends until one has enough; the state is cloned at every step, so nothing may hide in it. */
function exchange(mechanism: Mechanism, who: SaslIdentity, known: Account | undefined): string {
  let client = openSaslClient(mechanism, who, 'clientnonce');
  let server: SaslServer = openSaslServer(mechanism, seed);
  let result: SaslServerResult = saslRespond(server, saslInitial(client));
  for (let turns = 0; turns < 10; turns++) {
    server = structuredClone(server);
    client = structuredClone(client);
    if (result.kind === 'account') result = saslAccount(server, known);
    else if (result.kind === 'challenge') {
      const said = saslChallenge(client, result.bytes);
      if (said.kind === 'failed') return `client: ${said.reason}`;
      result = saslRespond(server, said.bytes);
    } else if (result.kind === 'failed') return result.reason;
    else return saslFinished(client) ? `done ${result.user}` : 'too early';
  }
  return 'no end';
}

describe('SCRAM', () => {
  it('is the exchange of RFC 5802 §5 [S1-116]', () => {
    const client = openSaslClient(
      'SCRAM-SHA-1',
      { user: 'user', password: 'pencil' },
      'fyko+d2lbbFgONRv9qkxdawL',
    );
    const server = openSaslServer('SCRAM-SHA-1', seed);
    const first = saslInitial(client) ?? utf8('');
    expect(fromUtf8(first)).toBe('n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL');
    expect(saslRespond(server, first)).toEqual({ kind: 'account', user: 'user' });
    const secret = scramSecret('SCRAM-SHA-1', 'pencil', bytesOf('QSXCR+Q6sek8bf92'));
    const serverFirst = saslAccount(server, { user: 'user', scram: { 'SCRAM-SHA-1': secret } });
    expect(textOf(serverFirst)).toBe(
      'r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096',
    );
    const final = saslChallenge(client, utf8(textOf(serverFirst)));
    expect(textOf(final)).toBe(
      'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=',
    );
    const last = saslRespond(server, utf8(textOf(final)));
    expect(textOf(last)).toBe('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=');
    expect(textOf(saslChallenge(client, utf8(textOf(last))))).toBe('');
    expect(saslRespond(server, utf8(''))).toEqual({ kind: 'done', user: 'user', typed: 'user' });
  });

  it('is the exchange of RFC 7677 §3 [S1-116]', () => {
    const client = openSaslClient(
      'SCRAM-SHA-256',
      { user: 'user', password: 'pencil' },
      'rOprNGfwEbeRWgbNEkqO',
    );
    const server = openSaslServer('SCRAM-SHA-256', { ...seed, nonce: '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0' });
    saslRespond(server, saslInitial(client));
    const secret = scramSecret('SCRAM-SHA-256', 'pencil', bytesOf('W22ZaJ0SNY7soEsUEjb6gQ=='));
    const first = saslAccount(server, { user: 'user', scram: { 'SCRAM-SHA-256': secret } });
    expect(textOf(first)).toBe(
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    );
    const final = saslChallenge(client, utf8(textOf(first)));
    expect(textOf(final)).toBe(
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    expect(textOf(saslRespond(server, utf8(textOf(final))))).toBe(
      'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
    );
  });

  it('lets no server in that does not know the password', () => {
    const client = openSaslClient('SCRAM-SHA-1', { user: 'user', password: 'pencil' }, 'abc');
    saslInitial(client);
    expect(saslChallenge(client, utf8('r=abd1,s=QSXCR+Q6sek8bf92,i=4096'))).toMatchObject({
      reason: 'nonce',
    });
    const other = openSaslClient('SCRAM-SHA-1', { user: 'user', password: 'pencil' }, 'abc');
    saslInitial(other);
    saslChallenge(other, utf8('r=abcX,s=QSXCR+Q6sek8bf92,i=1'));
    expect(saslChallenge(other, utf8('v=AAAA'))).toMatchObject({ reason: 'wrong-server' });
    expect(saslFinished(other)).toBe(false);
  });

  it('refuses channel binding, foreign nonces and other forms', () => {
    const start = (text: string): SaslServerResult =>
      saslRespond(openSaslServer('SCRAM-SHA-256', seed), utf8(text));
    expect(start('p=tls-unique,,n=user,r=abc')).toMatchObject({ reason: 'channel-binding' });
    expect(start('y,,n=user,r=abc')).toMatchObject({ kind: 'account' });
    expect(start('n,,n=a=2Cb=3D,r=abc')).toEqual({ kind: 'account', user: 'a,b=' });
    for (const bad of ['', 'n,,n=,r=abc', 'n,,n=user', 'n,,n=a=2Db,r=x', 'n=x,,n=u,r=x', 'x,,n=u,r=y'])
      expect(start(bad)).toMatchObject({ reason: 'malformed' });
    const server = openSaslServer('SCRAM-SHA-256', seed);
    saslRespond(server, utf8('n,,n=user,r=abc'));
    saslAccount(server, account('pencil'));
    expect(saslRespond(server, utf8('c=biws,r=abcd,p=AAAA'))).toMatchObject({ reason: 'nonce' });
  });
});

describe('CRAM-MD5, PLAIN, LOGIN', () => {
  it('is the exchange of RFC 2195 §2 [S1-115]', () => {
    const server = openSaslServer('CRAM-MD5', seed);
    expect(textOf(saslRespond(server, undefined))).toBe(seed.challenge);
    expect(saslRespond(server, utf8('tim b913a602c7eda7a495b4e6e7334d3890'))).toMatchObject({ user: 'tim' });
    expect(saslAccount(server, { user: 'tim', password: 'tanstaaftanstaaf' })).toMatchObject({
      kind: 'done',
    });
    const client = openSaslClient('CRAM-MD5', { user: 'tim', password: 'tanstaaftanstaaf' }, '');
    expect(saslInitial(client)).toBeUndefined();
    expect(textOf(saslChallenge(client, utf8(seed.challenge)))).toBe('tim b913a602c7eda7a495b4e6e7334d3890');
  });

  it('PLAIN and LOGIN say what the lines of every tutorial say', () => {
    expect(
      printInitialResponse(
        saslInitial(openSaslClient('PLAIN', { user: 'alice', password: 'secret' }, '')) ?? utf8(''),
      ),
    ).toBe('AGFsaWNlAHNlY3JldA==');
    const server = openSaslServer('LOGIN', seed);
    expect(textOf(saslRespond(server, undefined))).toBe('Username:');
    expect(textOf(saslRespond(server, utf8('alice')))).toBe('Password:');
    expect(saslRespond(server, utf8('x'))).toEqual({ kind: 'account', user: 'alice' });
    expect(saslAccount(server, account('secret', 'alice'))).toEqual({
      kind: 'failed',
      reason: 'wrong-password',
      typed: 'alice',
    });
  });

  it('PLAIN wants three parts and no other identity', () => {
    const say = (text: string): SaslServerResult => saslRespond(openSaslServer('PLAIN', seed), latin1(text));
    for (const bad of ['', 'alice', 'a\0b', 'a\0b\0c\0d', '\0\0x', '\0\xff\0x'])
      expect(say(bad)).toMatchObject({ reason: 'malformed' });
    expect(exchange('PLAIN', { user: 'user', password: 'x', authzid: 'user' }, account('x'))).toBe(
      'done user',
    );
    expect(exchange('PLAIN', { user: 'user', password: 'x', authzid: 'root' }, account('x'))).toBe(
      'not-authorized',
    );
  });
});

describe('lines', () => {
  it('reads strict base64 only', () => {
    expect(readResponse('*')).toEqual({ kind: 'abort' });
    expect(readResponse('=')).toEqual({ kind: 'response', bytes: utf8('') });
    expect(readResponse('')).toEqual({ kind: 'response', bytes: utf8('') });
    for (const bad of ['%%%', 'QQ', 'QQ=', 'Q===', 'QQ== ', 'QQ==QQ==', 'A'])
      expect(readResponse(bad).kind).toBe('bad-base64');
    expect(mechanismNamed('scram-sha-256')).toBe('SCRAM-SHA-256');
    expect(mechanismNamed('FOO')).toBeUndefined();
  });

  it('prepares names as RFC 4013 §3 shows', () => {
    expect(saslPrep('I\u00adX')).toBe('IX');
    expect(saslPrep('USER')).toBe('USER');
    expect(saslPrep('\u00aa')).toBe('a');
    expect(saslPrep('\u2168')).toBe('IX');
    expect(saslPrep('\u0007')).toBeUndefined();
  });
});

describe('both ends', () => {
  it('agree for every mechanism and password, and disagree for another one', () => {
    const word = fc
      .string({ minLength: 1, maxLength: 12, unit: 'grapheme' })
      .filter((text) => !text.includes('\0') && saslPrep(text) !== undefined && saslPrep(text) !== '');
    fc.assert(
      fc.property(fc.constantFrom(...MECHANISMS), word, word, (mechanism, user, password) => {
        const known = account(password, 'box', 2);
        expect(exchange(mechanism, { user, password }, known)).toBe('done box');
        expect(exchange(mechanism, { user, password: `${password}x` }, known)).toBe('wrong-password');
        expect(exchange(mechanism, { user, password }, undefined)).toBe('no-such-user');
      }),
      cases(150),
    );
  });

  it('never throw, whatever comes in whatever order', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom('n,,n=a,r=b', 'c=biws,r=b,p=AA==', 'a\0b\0c', '').map(utf8),
    );
    const known = account('zzz', 'user', 1);
    const step = fc.oneof(bytes, fc.constantFrom('account', 'none', 'nothing'));
    fc.assert(
      fc.property(fc.constantFrom(...MECHANISMS), fc.array(step, { maxLength: 6 }), (mechanism, steps) => {
        const server = openSaslServer(mechanism, seed);
        const client = openSaslClient(mechanism, { user: 'a', password: 'b' }, 'n');
        for (const each of steps) {
          if (typeof each !== 'string') {
            saslChallenge(client, each);
            const result = saslRespond(server, each);
            expect(result.kind).not.toBe('done');
          } else if (each === 'nothing') saslRespond(server, undefined);
          else saslAccount(server, each === 'none' ? undefined : known);
        }
      }),
      cases(8_000),
    );
  });
});
