// DKIM beyond the public suites: every reason, the reasoning a verdict carries, signing, and what hostile input does. The
// second opinions are asked in `oracle-dkim.test.ts`.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../base/bytes.ts';
import { generateKey, publicKeyOf, writePublicKey } from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/keys.ts';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { parseMessage, prependField } from '../message/header.ts';
import { readDkimKey } from './dkim-key.ts';
import { signDkim, withDkimSignatures } from './dkim-sign.ts';
import type { DkimSignOptions } from './dkim-sign.ts';
import { readDkimSignature } from './dkim-signature.ts';
import { verifyDkim } from './dkim.ts';
import type { DkimOptions } from './dkim.ts';
import { answerAll, txtTable } from './testing.ts';
import { cases } from '../testing/effort.ts';

const NOW = 1_800_000_000;
const rsa = generateKey('rsa1024', 'dkim test');
const ed = generateKey('ed25519', 'dkim test');
const keyText = (key: PrivateKey): string => {
  const shared = publicKeyOf(key);
  return shared.type === 'rsa'
    ? `v=DKIM1; k=rsa; p=${toBase64(writePublicKey(shared))}`
    : `v=DKIM1; k=ed25519; p=${toBase64(shared.raw)}`;
};
const zone: Record<string, string | string[]> = {
  'r._domainkey.a.example': keyText(rsa),
  'e._domainkey.a.example': keyText(ed),
};
const MESSAGE = [
  'Received: from x by y; now',
  'From: Ana <ana@a.example>',
  'To: bob@b.example',
  'Subject: Lunch',
  ' at noon',
  'Date: Mon, 23 Nov 2026 09:00:00 +0100',
  '',
  'Hello  Bob ',
  '',
  '',
].join('\r\n');
const options: DkimSignOptions = { domain: 'a.example', selector: 'r', key: rsa, timestamp: NOW - 10 };

function verify(
  message: string,
  table: Record<string, string | string[]> = zone,
  more: Partial<DkimOptions> = {},
) {
  return answerAll(verifyDkim(message, { nowSeconds: NOW, ...more }), txtTable(table)).verdict;
}
const signed = (more: Partial<DkimSignOptions> = {}, message = MESSAGE): string =>
  withDkimSignatures(message, [{ ...options, ...more }]);

describe('signing', () => {
  it('round-trips in all canonicalizations with both algorithms [S4-020]', () => {
    for (const headerCanonicalization of ['simple', 'relaxed'] as const)
      for (const bodyCanonicalization of ['simple', 'relaxed'] as const)
        for (const more of [{}, { key: ed, selector: 'e' }]) {
          const [verdict] = verify(signed({ headerCanonicalization, bodyCanonicalization, ...more }));
          expect(verdict).toMatchObject({ result: 'pass', reason: 'ok' });
        }
  });

  it('signs the default fields, From, Subject and Date once more than they occur [S4-025]', () => {
    const [verdict] = verify(signed());
    const names = verdict?.header?.covered.map((one) => one.name + (one.field === undefined ? '+' : ''));
    expect(names).toEqual(['from', 'from+', 'to', 'subject', 'subject+', 'date', 'date+']);
    const message = parseMessage(signed());
    expect(verdict?.header?.notCovered.map((i) => message.fields[i]?.key)).toEqual(['received']);
  });

  it('notices an added Subject that was oversigned, and not an added field that nobody signed [S4-021]', () => {
    expect(verify('Subject: Win!\r\n' + signed())[0]).toMatchObject({ result: 'fail', reason: 'signature' });
    expect(verify('X-Spam: yes\r\n' + signed())[0]).toMatchObject({ result: 'pass' });
    expect(verify('Subject: Win!\r\n' + signed({ oversigned: [] }))[0]).toMatchObject({ result: 'pass' });
  });

  it('makes several signatures that all verify [S4-025]', () => {
    const both = withDkimSignatures(MESSAGE, [
      { ...options, expires: NOW + 100, identity: 'ana@mail.a.example' },
      { ...options, key: ed, selector: 'e' },
    ]);
    expect(verify(both).map((one) => `${one.algorithm} ${one.result}`)).toEqual([
      'ed25519-sha256 pass',
      'rsa-sha256 pass',
    ]);
  });

  it('keeps lines short and folds only where blanks may stand', () => {
    const { field } = signDkim(MESSAGE, {
      ...options,
      identity: 'ana@a.example',
      expires: NOW + 5,
      bodyLength: 3,
    });
    for (const line of field.split('\r\n')) expect(line.length).toBeLessThanOrEqual(78);
    expect(
      field
        .split('\r\n')
        .slice(1)
        .every((line) => line.startsWith('\t')),
    ).toBe(true);
  });

  it('signs l= bytes: what is added later goes unnoticed, less is an error [S4-021]', () => {
    const short = signed({ bodyLength: 5 });
    expect(verify(short + 'more\r\n')[0]).toMatchObject({ result: 'pass', body: { hashedLength: 5 } });
    expect(verify(short.replace(/l=5;/, 'l=9999;'))[0]).toMatchObject({ reason: 'body-length' });
  });
});

describe('checks in their order', () => {
  const edit = (from: string | RegExp, to: string): string => signed().replace(from, to);
  const reasonOf = (message: string, table = zone, more = {}): string => {
    const [verdict] = verify(message, table, more);
    return `${verdict?.result} ${verdict?.reason}`;
  };

  it('give every fault of the field its own result [S4-022] [S4-023]', () => {
    expect(reasonOf(edit('v=1', 'v=2'))).toBe('neutral version');
    expect(reasonOf(edit(' s=r;', ''))).toBe('permerror missing-tag');
    expect(reasonOf(edit('s=r;', 's=r; s=r;'))).toBe('neutral syntax');
    expect(reasonOf(edit('s=r;', 's=r; nonsense;'))).toBe('neutral syntax');
    expect(reasonOf(edit('a=rsa-sha256', 'a=rsa-md5'))).toBe('neutral algorithm');
    expect(reasonOf(edit('a=rsa-sha256', 'a=rsa-sha1'))).toBe('policy weak-hash');
    expect(reasonOf(edit(/h=from:from:/, 'h='))).toBe('permerror from-not-signed');
    expect(reasonOf(edit('s=r;', 's=r; i=@b.example;'))).toBe('permerror domain-mismatch');
    expect(reasonOf(edit('s=r;', 's=r; q=http;'))).toBe('neutral query-method');
    expect(reasonOf(signed({ expires: NOW - 1 }))).toBe('permerror expired');
    expect(reasonOf(signed({ expires: NOW }))).toBe('pass ok');
    expect(reasonOf(signed({ timestamp: NOW + 301 }))).toBe('policy signed-in-future');
    expect(reasonOf(signed({ timestamp: NOW + 300 }))).toBe('pass ok');
  });

  it('give every fault of the key its own result [S4-022] [S4-023]', () => {
    const withKey = (text: string | string[]): string =>
      reasonOf(signed(), { 'r._domainkey.a.example': text });
    const good = keyText(rsa);
    expect(withKey([])).toBe('permerror no-key');
    expect(reasonOf(signed(), {})).toBe('permerror no-key');
    expect(withKey('v=DKIM1; p=')).toBe('permerror key-revoked');
    expect(withKey('v=DKIM1; p=abc*')).toBe('permerror key-broken');
    expect(withKey(good.slice(0, 150))).toBe('permerror key-broken');
    expect(withKey('v=DKIM2; ' + good.slice(9))).toBe('permerror key-version');
    expect(withKey('hello')).toBe('permerror key-syntax');
    expect(withKey(good.replace('k=rsa', 'k=dsa'))).toBe('permerror key-type');
    expect(withKey(good + '; h=sha1')).toBe('permerror key-hash');
    expect(withKey(good + '; s=tlsrpt')).toBe('permerror key-service');
    expect(withKey(good + '; s=tlsrpt:email; t=s; n=note')).toBe('pass ok');
    expect(withKey(keyText(ed))).toBe('permerror key-type');
    expect(withKey([keyText(ed), good])).toBe('pass ok');
    const weak = { type: 'rsa', rsa: generateKey512() } as const;
    const table = { 'r._domainkey.a.example': keyText(weak) };
    expect(reasonOf(signed({ key: weak }), table)).toBe('policy key-short');
    expect(reasonOf(signed({ key: weak }), table, { minRsaBits: 512 })).toBe('pass ok');
    const dead = (): DnsAnswer => ({ status: 'TIMEOUT', records: [] });
    const { verdict } = answerAll(verifyDkim(signed(), { nowSeconds: NOW }), dead);
    expect(verdict[0]).toMatchObject({ result: 'temperror', reason: 'key-lookup-failed' });
  });

  it('tell a changed body from a changed header, and spare a domain that only tests [S4-022]', () => {
    expect(reasonOf(signed() + 'footer\r\n')).toBe('fail body-hash');
    expect(reasonOf(signed().replace('Lunch', 'Dinner'))).toBe('fail signature');
    const other = { 'r._domainkey.a.example': keyText(generateKey('rsa1024', 'another')) };
    expect(reasonOf(signed(), other)).toBe('fail signature');
    const testing = { 'r._domainkey.a.example': keyText(rsa) + '; t=y' };
    expect(reasonOf(signed() + 'x', testing)).toBe('neutral body-hash');
    expect(verify(signed(), testing)[0]).toMatchObject({ result: 'pass', isTesting: true });
  });
});

describe('reasoning', () => {
  it('carries tags, bytes, hashes, the key and what was covered [S4-024]', () => {
    const message = signed();
    const [verdict] = verify(message);
    expect(verdict).toMatchObject({
      domain: 'a.example',
      selector: 'r',
      identity: '@a.example',
      canonicalization: { header: 'relaxed', body: 'relaxed' },
      key: { type: 'rsa', bits: 1024, recordCount: 1, ttl: 300 },
      body: { bytes: 'Hello Bob\r\n', length: 11, hashedLength: 11, isCut: false },
      keyLookup: { question: { name: 'r._domainkey.a.example.', type: 'TXT' } },
    });
    expect(verdict?.header?.bytes).toMatch(
      /^from:Ana <ana@a\.example>\r\nto:bob@b\.example\r\nsubject:Lunch at noon\r\ndate:.*\r\ndkim-signature:v=1; .* b=$/s,
    );
    expect(verdict?.body?.statedHash).toBe(verdict?.body?.computedHash);
    expect(verdict?.checks.map((one) => one.name)).toEqual([
      'field',
      'time',
      'key-lookup',
      'key-record',
      'key-use',
      'body-hash',
      'signature',
    ]);
    for (const tag of verdict?.tags ?? []) {
      expect(verdict?.rawValue.slice(tag.valueSpan.start, tag.valueSpan.end)).toBe(tag.value);
      expect(verdict?.rawValue.slice(tag.nameSpan.start, tag.nameSpan.end)).toBe(tag.name);
    }
    expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    expect(structuredClone(verdict)).toEqual(verdict);
  });

  it('cuts long bodies in the trace and says so', () => {
    const long = signed({}, MESSAGE + 'x'.repeat(9000));
    expect(verify(long, zone, { bodyTraceLength: 100 })[0]?.body).toMatchObject({
      isCut: true,
      length: 9015,
    });
  });
});

function generateKey512() {
  const key = generateKey('rsa512' as 'rsa1024', 'weak');
  if (key.type !== 'rsa') throw new Error('not RSA');
  return key.rsa;
}

describe('on the way', () => {
  it('a relay that changes line ends or blanks breaks simple only where RFC 6376 says so [S4-021]', () => {
    const relaxed = signed();
    const folded = relaxed.replace('Subject: Lunch\r\n at noon', 'SUBJECT:   Lunch \r\n\tat   noon  ');
    expect(verify(folded)[0]?.result).toBe('pass');
    expect(verify(relaxed.replace('Hello  Bob ', 'Hello Bob'))[0]?.result).toBe('pass');
    expect(verify(relaxed.replace(/\r\n/g, '\n'))[0]?.result).toBe('pass');
    const simple = signed({ headerCanonicalization: 'simple', bodyCanonicalization: 'simple' });
    expect(verify(simple.replace('Subject: Lunch\r\n at', 'Subject: Lunch at'))[0]?.reason).toBe('signature');
    expect(verify(simple.replace('Hello  Bob ', 'Hello Bob'))[0]?.reason).toBe('body-hash');
    expect(verify(simple + '\r\n\r\n')[0]?.result).toBe('pass');
  });
});

describe('hostile input', () => {
  const piece = fc.constantFrom(
    'v=1',
    'a=rsa-sha256',
    'b=AA',
    'bh=AA==',
    'd=a.example',
    'h=from',
    's=r',
    'l=-1',
    'x=1',
    ';',
    '=',
    'i=@',
    ' ',
    '\r\n ',
    't=99999999999999999999',
    'c=relaxed/odd',
    'q=dns/txt',
  );
  const soup = fc.oneof(
    fc.array(piece, { maxLength: 15 }).map((pieces) => pieces.join(';')),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  it('never throws on any field, key or message', () => {
    fc.assert(
      fc.property(soup, soup, (field, key) => {
        readDkimSignature(field);
        readDkimKey(key);
        const message = prependField(MESSAGE, `DKIM-Signature: ${field}`);
        const answer = (question: DnsQuestion): DnsAnswer => ({
          status: 'NOERROR',
          records: [{ name: question.name, ttl: 1, data: { type: 'TXT', strings: [key] } }],
        });
        const { verdict } = answerAll(verifyDkim(message, { nowSeconds: NOW }), answer);
        for (const one of verdict) expect(one.result).not.toBe('pass');
        answerAll(verifyDkim(field, { nowSeconds: NOW }), answer);
      }),
      cases(2000),
    );
  });

  it('any one changed byte of signed parts is noticed or canonically void', () => {
    const raw = signed({ headerCanonicalization: 'simple', bodyCanonicalization: 'simple', oversigned: [] });
    fc.assert(
      fc.property(fc.nat(raw.length - 1), fc.constantFrom('#', 'Q', ' ', '\n'), (at, char) => {
        const broken = raw.slice(0, at) + char + raw.slice(at + 1);
        const [verdict] = verify(broken);
        if (verdict?.result !== 'pass') return;
        // Only Received, which is not signed, blanks within base64 and the line end that we complete may change.
        const received = raw.indexOf('Received:');
        const isReceived = at >= received && at < raw.indexOf('From:');
        const isSignature = at >= raw.indexOf('b=', raw.indexOf('bh=') + 3) && at < received;
        expect(isReceived || isSignature || raw.charAt(at) === char || raw.charAt(at) === '\r').toBe(true);
      }),
      cases(500),
    );
  });
});
