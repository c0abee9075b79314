// The examples printed in the RFCs, held against us without any suite at hand: RFC 8463 appendix A to the last byte, RFC 6376
// §3.4.5. The third set of RFC 8617 appendix B is in `arc.test.ts`, the walks of RFC 9989 are in `dmarc.test.ts`.

import { describe, expect, it } from 'vitest';
import { fromBase64, isBase64Error, latin1, toBase64, type Bytes } from '../base/bytes.ts';
import { ed25519PublicKey, ed25519Sign } from '../crypto/ed25519.ts';
import { sha256 } from '../crypto/hash.ts';
import { bodyOf, parseMessage } from '../message/header.ts';
import { canonicalBody, canonicalField } from './dkim-canonical.ts';
import { verifyDkim } from './dkim.ts';
import { answerAll, txtTable } from './testing.ts';

function bytes(base64: string): Bytes {
  const read = fromBase64(base64);
  if (isBase64Error(read)) throw new Error('not base64');
  return read;
}

/** RFC 8463 appendix A.1 and A.2. */
const SEED = 'nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=';
const PUBLIC = '11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';
const ZONE = {
  'brisbane._domainkey.football.example.com': `v=DKIM1; k=ed25519; p=${PUBLIC}`,
  'test._domainkey.football.example.com':
    'v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB',
};
/** RFC 8463 appendix A.3. */
const MESSAGE = [
  'DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;',
  ' d=football.example.com; i=@football.example.com;',
  ' q=dns/txt; s=brisbane; t=1528637909; h=from : to :',
  ' subject : date : message-id : from : subject : date;',
  ' bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;',
  ' b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus',
  ' Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==',
  'DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;',
  ' d=football.example.com; i=@football.example.com;',
  ' q=dns/txt; s=test; t=1528637909; h=from : to : subject :',
  ' date : message-id : from : subject : date;',
  ' bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;',
  ' b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3',
  ' DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz',
  ' dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=',
  'From: Joe SixPack <joe@football.example.com>',
  'To: Suzie Q <suzie@shopping.example.net>',
  'Subject: Is dinner ready?',
  'Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)',
  'Message-ID: <20030712040037.46341.5F8J@football.example.com>',
  '',
  'Hi.',
  '',
  'We lost the game.  Are you hungry yet?',
  '',
  'Joe.',
  '',
].join('\r\n');

describe('RFC 8463 appendix A', () => {
  it('has two signatures that hold [S4-020] [J-01]', () => {
    const { verdict } = answerAll(verifyDkim(MESSAGE, { nowSeconds: 1_528_637_910 }), txtTable(ZONE));
    expect(verdict.map((one) => `${one.algorithm} ${one.result}`)).toEqual([
      'ed25519-sha256 pass',
      'rsa-sha256 pass',
    ]);
    expect(verdict.map((one) => one.body?.computedHash)).toEqual([
      '2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=',
      '2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=',
    ]);
  });

  it('has the very signature that we make with its key [S4-020] [J-01]', () => {
    const { verdict } = answerAll(verifyDkim(MESSAGE, { nowSeconds: 1_528_637_910 }), txtTable(ZONE));
    const signed = latin1(verdict[0]?.header?.bytes ?? '');
    expect(toBase64(ed25519PublicKey(bytes(SEED)))).toBe(PUBLIC);
    expect(toBase64(ed25519Sign(bytes(SEED), sha256(signed)))).toBe(
      '/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==',
    );
  });

  it.each([
    ['Joe.', 'Jim.', ['fail', 'fail']],
    ['Is dinner ready?', 'Is dinner cold?', ['fail', 'fail']],
    ['Subject: Is', 'SUBJECT:  Is', ['pass', 'pass']],
    ['We lost the game.  Are', 'We lost the game. Are', ['pass', 'pass']],
    ['From: Joe', 'From: Eve <eve@football.example.com>\r\nFrom: Joe', ['fail', 'fail']],
  ])('with %s as %s is judged rightly [S4-021]', (from, to, wanted) => {
    const changed = MESSAGE.replace(from, to);
    expect(changed).not.toBe(MESSAGE);
    const { verdict } = answerAll(verifyDkim(changed, { nowSeconds: 1_528_637_910 }), txtTable(ZONE));
    expect(verdict.map((one) => one.result)).toEqual(wanted);
  });
});

describe('RFC 6376 appendix A', () => {
  const signed = [
    'DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;',
    '      c=simple/simple; q=dns/txt; i=joe@football.example.com;',
    '      h=Received : From : To : Subject : Date : Message-ID;',
    '      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;',
    '      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB',
    '      4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut',
    '      KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV',
    '      4bmp/YzhwvcubU4=;',
    'Received: from client1.football.example.com  [192.0.2.1]',
    '      by submitserver.example.com with SUBMISSION;',
    '      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)',
    ...MESSAGE.split('\r\n').slice(15),
  ]
    .join('\r\n')
    .replace('game.  Are', 'game. Are');
  const zone = {
    'brisbane._domainkey.example.com':
      'v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB',
  };
  const verdictOf = (raw: string) =>
    answerAll(verifyDkim(raw, { nowSeconds: 1_100_000_000 }), txtTable(zone)).verdict[0];

  it('has a simple signature that holds, for a user below the domain [S4-020] [J-01]', () => {
    expect(verdictOf(signed)).toMatchObject({ result: 'pass', identity: 'joe@football.example.com' });
  });

  it('breaks with any blank more or less, as simple does [S4-021]', () => {
    expect(verdictOf(signed.replace('com  [', 'com ['))?.reason).toBe('signature');
    expect(verdictOf(signed.replace('lost the', 'lost  the'))?.reason).toBe('body-hash');
    expect(verdictOf(`${signed}\r\n\r\n`)?.result).toBe('pass');
  });
});

describe('RFC 6376 §3.4', () => {
  const raw = 'A: X\r\nB : Y\t\r\n\tZ  \r\n\r\n C \r\nD \t E\r\n\r\n\r\n';
  const message = parseMessage(raw);
  const header = (kind: 'simple' | 'relaxed'): string =>
    message.fields.map((field) => canonicalField(kind, field)).join('');

  it('shows the header in both forms [S4-021] [J-01]', () => {
    expect(header('relaxed')).toBe('a:X\r\nb:Y Z\r\n');
    expect(header('simple')).toBe('A: X\r\nB : Y\t\r\n\tZ  \r\n');
  });

  it('shows the body in both forms [S4-021] [J-01]', () => {
    expect(canonicalBody('relaxed', bodyOf(message))).toBe(' C\r\nD E\r\n');
    expect(canonicalBody('simple', bodyOf(message))).toBe(' C \r\nD \t E\r\n');
  });

  it('prints the hashes of an empty body [S4-021] [J-01]', () => {
    // §3.4.3 and §3.4.4, SHA-256.
    expect(toBase64(sha256(latin1(canonicalBody('simple', ''))))).toBe(
      'frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=',
    );
    expect(toBase64(sha256(latin1(canonicalBody('relaxed', ''))))).toBe(
      '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    );
  });
});
