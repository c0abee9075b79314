// DKIM against mailauth and nodemailer over messages as strange as wires carry them, in all canonicalizations, with keys
// of every size. Where mailauth says otherwise, `oracle-differences.test.ts` names the clause that decides.

import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { dkimSign as mailauthSign } from 'mailauth';
import nodemailerDkim from 'nodemailer/lib/dkim/index.js';
import { describe, expect, it } from 'vitest';
import { fromLatin1, latin1, toBase64 } from '../base/bytes.ts';
import {
  generateKey,
  isKeyError,
  privateKeyPem,
  publicKeyOf,
  readPrivateKeyPem,
  writePublicKey,
} from '../crypto/keys.ts';
import type { PrivateKey } from '../crypto/keys.ts';
import { parseMessage } from '../message/header.ts';
import { cases, patience } from '../testing/effort.ts';
import { withDkimSignatures } from './dkim-sign.ts';
import type { DkimSignOptions } from './dkim-sign.ts';
import { verifyDkim } from './dkim.ts';
import { answerAll, txtTable } from './testing.ts';
import { mailauthDkim } from './testing/mailauth.ts';
import { strangeMessage } from './testing/messages.ts';

const NOW = 1_800_000_000;

function opensslKey(bits: number): PrivateKey {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: bits });
  const key = readPrivateKeyPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  if (isKeyError(key)) throw new Error('unreadable key');
  return key;
}
const keys: Readonly<Record<string, PrivateKey>> = {
  r1024: generateKey('rsa1024', 'oracle'),
  r2048: generateKey('rsa2048', 'oracle'),
  r3072: opensslKey(3072),
  r4096: opensslKey(4096),
  e: generateKey('ed25519', 'oracle'),
};
const keyText = (key: PrivateKey): string => {
  const shared = publicKeyOf(key);
  return shared.type === 'rsa'
    ? `v=DKIM1; k=rsa; p=${toBase64(writePublicKey(shared))}`
    : `v=DKIM1; k=ed25519; p=${toBase64(shared.raw)}`;
};
const answer = txtTable(
  Object.fromEntries(
    Object.entries(keys).map(([name, key]) => [`${name}._domainkey.a.example`, keyText(key)]),
  ),
);
const keyOf = (selector: string): PrivateKey => keys[selector] ?? keys['e']!;

const ours = (raw: string): string[] =>
  answerAll(verifyDkim(raw, { nowSeconds: NOW, maxSignatures: 20 }), answer).verdict.map((one) => one.result);
const theirs = (raw: string): Promise<string[]> => mailauthDkim(raw, answer, NOW);

const kind = fc.constantFrom('simple' as const, 'relaxed' as const);
// Small keys mostly: signing with 4096 bits costs as much as fifty signatures of 1024.
const selector = fc.oneof(
  { weight: 80, arbitrary: fc.constant('r1024') },
  { weight: 15, arbitrary: fc.constant('e') },
  { weight: 4, arbitrary: fc.constant('r2048') },
  { weight: 1, arbitrary: fc.constantFrom('r3072', 'r4096') },
);
const headers = fc.option(
  fc.array(
    fc.constantFrom(
      'Subject',
      'to',
      'X-Odd',
      'received',
      'comments',
      'absent',
      'Message-Id',
      'date',
      'reply-to',
    ),
    { maxLength: 6 },
  ),
  { nil: undefined },
);
const oversigned = fc.option(
  fc.array(fc.constantFrom('from', 'subject', 'x-odd', 'absent', 'to'), { maxLength: 4 }),
  {
    nil: undefined,
  },
);
/** Options without their key, so that a counterexample can be read. */
const how: fc.Arbitrary<Omit<DkimSignOptions, 'key'>> = fc
  .record({
    head: kind,
    tail: kind,
    selector,
    headers,
    oversigned,
    length: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined, freq: 4 }),
    more: fc.constantFrom(
      {},
      { timestamp: NOW - 10 },
      { timestamp: NOW - 10, expires: NOW + 10 },
      { identity: '@m.a.example' },
    ),
  })
  .map(({ head, tail, selector: name, headers: wanted, oversigned: over, length, more }) => ({
    domain: 'a.example',
    selector: name,
    headerCanonicalization: head,
    bodyCanonicalization: tail,
    ...(wanted === undefined ? {} : { headers: wanted }),
    ...(over === undefined ? {} : { oversigned: over }),
    ...(length === undefined ? {} : { bodyLength: length }),
    ...more,
  }));

const signers = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(how) },
  { weight: 1, arbitrary: fc.tuple(how, how) },
);
const sign = (message: string, plan: readonly Omit<DkimSignOptions, 'key'>[]): string =>
  withDkimSignatures(
    message,
    plan.map((one) => ({ ...one, key: keyOf(one.selector) })),
  );

/** What mailauth and RFC 6376 see differently: `oracle-differences.test.ts` shows each of them. */
const isDisputed = (raw: string): boolean => {
  const message = parseMessage(raw);
  const header = raw.slice(0, message.bodyStart);
  return /[ \t]$/.test(raw) || message.separation !== 'blank-line' || /\r(?!\n)|[\v\f\xa0]/.test(header);
};

describe('what we sign', () => {
  it(
    'verifies in mailauth, whatever the message [S4-020] [S4-021] [G-05] [J-01]',
    async () => {
      await fc.assert(
        fc.asyncProperty(strangeMessage(), signers, async (message, plan) => {
          const raw = sign(message, plan);
          const wanted = plan.map(() => 'pass');
          expect(ours(raw)).toEqual(wanted);
          expect(await theirs(raw)).toEqual(wanted);
        }),
        cases(450),
      );
    },
    patience(),
  );

  it(
    'verifies in mailauth with bare CR and LF in its body [S4-021] [J-01]',
    async () => {
      await fc.assert(
        fc.asyncProperty(strangeMessage({ bareEnds: true }), how, async (message, plan) => {
          // A CR before ink is a character like others; mailauth drops one that ends the body.
          const within = message.replace(/\r(?!\n)/g, '\rc');
          const raw = sign(within, [{ ...plan, bodyCanonicalization: 'relaxed' }]);
          expect([ours(raw), await theirs(raw)]).toEqual([['pass'], ['pass']]);
        }),
        cases(150),
      );
    },
    patience(),
  );

  it(
    'is judged as mailauth judges it after damage on the way [S4-021] [S4-022] [J-01]',
    async () => {
      const damage = fc.record({
        at: fc.nat(),
        cut: fc.nat(3),
        put: fc.constantFrom(
          '',
          ' ',
          '\t',
          '\r\n ',
          'x',
          '\r\n',
          'Subject: added\r\n',
          'From: eve@a.example\r\n',
          '  ',
        ),
      });
      const verdicts = { pass: 0, other: 0 };
      await fc.assert(
        fc.asyncProperty(strangeMessage(), fc.tuple(how), damage, async (message, plan, { at, cut, put }) => {
          const raw = sign(message, plan);
          // Behind the signature itself: what its tags may look like is another test's matter.
          const start = raw.indexOf(message);
          const place = start + 1 + (at % message.length);
          const broken = raw.slice(0, place) + put + raw.slice(place + cut);
          if (isDisputed(broken)) return;
          const [mine] = ours(broken);
          const [other] = await theirs(broken);
          expect(mine === 'pass').toBe(other === 'pass');
          verdicts[mine === 'pass' ? 'pass' : 'other']++;
        }),
        cases(200),
      );
      // The damage hits and misses, or this test would show nothing.
      expect(Math.min(verdicts.pass, verdicts.other)).toBeGreaterThan(0);
    },
    patience(),
  );
});

describe('what mailauth signs', () => {
  it(
    'verifies here, with keys of every size [S4-020] [S4-021] [G-05] [J-01]',
    async () => {
      const anyKey = fc.constantFrom(...Object.keys(keys));
      await fc.assert(
        fc.asyncProperty(strangeMessage(), kind, kind, anyKey, async (message, head, tail, name) => {
          const result = await mailauthSign(Buffer.from(latin1(message)), {
            canonicalization: `${head}/${tail}`,
            signTime: new Date((NOW - 10) * 1000),
            signatureData: [
              {
                signingDomain: 'a.example',
                selector: name,
                privateKey: privateKeyPem(keyOf(name)),
                algorithm: name === 'e' ? 'ed25519-sha256' : 'rsa-sha256',
                canonicalization: `${head}/${tail}`,
              },
            ],
          } as unknown as Parameters<typeof mailauthSign>[1]);
          expect(ours(result.signatures + message)).toEqual(['pass']);
        }),
        cases(250),
      );
    },
    patience(),
  );
});

describe('what nodemailer signs', () => {
  it(
    'verifies here, and mailauth agrees [S4-020] [G-05] [J-01]',
    async () => {
      const names = ['r1024', 'r2048', 'r4096'];
      const pems = Object.fromEntries(names.map((name) => [name, privateKeyPem(keyOf(name))]));
      const choice = fc.record({
        name: fc.constantFrom(...names),
        headerFieldNames: fc.constantFrom(undefined, 'from:subject:to', 'From:X-Odd:Date:List-Unsubscribe'),
        skipFields: fc.constantFrom(undefined, 'date:message-id'),
      });
      await fc.assert(
        fc.asyncProperty(
          strangeMessage(),
          choice,
          async (message, { name, headerFieldNames, skipFields }) => {
            const signer = new nodemailerDkim({
              domainName: 'a.example',
              keySelector: name,
              privateKey: pems[name] ?? '',
              ...(headerFieldNames === undefined ? {} : { headerFieldNames }),
              ...(skipFields === undefined ? {} : { skipFields }),
            });
            const chunks: Buffer[] = [];
            for await (const chunk of signer.sign(Buffer.from(latin1(message)))) chunks.push(chunk as Buffer);
            const raw = fromLatin1(Buffer.concat(chunks));
            expect([ours(raw), await theirs(raw)]).toEqual([['pass'], ['pass']]);
          },
        ),
        cases(150),
      );
    },
    patience(),
  );
});
