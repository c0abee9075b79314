// ARC against mailauth over messages as strange as wires carry them: our sets hold there, its sets hold here, and both
// judge damage alike.

import fc from 'fast-check';
import { sealMessage } from 'mailauth';
import { describe, expect, it } from 'vitest';
import { latin1, toBase64 } from '../base/bytes.ts';
import { generateKey, privateKeyPem, publicKeyOf, writePublicKey } from '../crypto/keys.ts';
import { cases, patience } from '../testing/effort.ts';
import { sealArc } from './arc-seal.ts';
import { verifyArc } from './arc.ts';
import { answerAll, txtTable } from './testing.ts';
import { mailauthArc } from './testing/mailauth.ts';
import { strangeMessage } from './testing/messages.ts';

const NOW = 1_800_000_000;
const rsa = generateKey('rsa1024', 'oracle arc');
const ed = generateKey('ed25519', 'oracle arc');
const shared = [publicKeyOf(rsa), publicKeyOf(ed)];
const answer = txtTable(
  Object.fromEntries(
    shared.map((key) =>
      key.type === 'rsa'
        ? ['r._domainkey.l.example', `v=DKIM1; k=rsa; p=${toBase64(writePublicKey(key))}`]
        : ['e._domainkey.l.example', `v=DKIM1; k=ed25519; p=${toBase64(key.raw)}`],
    ),
  ),
);
const ours = (raw: string): string => answerAll(verifyArc(raw, { nowSeconds: NOW }), answer).verdict.result;
const theirs = (raw: string): Promise<string | undefined> => mailauthArc(raw, answer);

function sealed(raw: string, kind: 'simple' | 'relaxed', key: 'r' | 'e' = 'r'): string {
  const made = sealArc(raw, {
    domain: 'l.example',
    selector: key,
    key: key === 'r' ? rsa : ed,
    timestamp: NOW - 10,
    headerCanonicalization: kind,
    bodyCanonicalization: kind,
    results: {
      authservId: 'mx.l.example',
      results: [
        {
          method: 'spf',
          result: 'pass',
          properties: [{ type: 'smtp', property: 'mailfrom', value: 'a.example' }],
        },
      ],
    },
    chain: answerAll(verifyArc(raw, { nowSeconds: NOW }), answer).verdict,
  });
  if (typeof made === 'string') throw new Error(made);
  return made.raw;
}

async function sealedThere(raw: string, cv: string): Promise<string> {
  const headers = (await sealMessage(Buffer.from(latin1(raw)), {
    signingDomain: 'l.example',
    selector: 'r',
    privateKey: privateKeyPem(rsa),
    authResults: 'mx.l.example;\r\n spf=none smtp.mailfrom=a.example',
    cv,
    signTime: new Date((NOW - 5) * 1000),
  } as unknown as Parameters<typeof sealMessage>[1])) as unknown as Buffer;
  return headers.toString('latin1') + raw;
}

const kind = fc.constantFrom('simple' as const, 'relaxed' as const);

describe('ARC', () => {
  it(
    'sets of ours and of mailauth hold in both, in any order [S4-060] [J-01]',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          strangeMessage(),
          fc.array(fc.tuple(fc.boolean(), kind), { minLength: 1, maxLength: 3 }),
          async (message, hops) => {
            let raw = message;
            for (const [i, [isOurs, how]] of hops.entries())
              raw = `Received: by hop; now\r\n${isOurs ? sealed(raw, how) : await sealedThere(raw, i === 0 ? 'none' : 'pass')}`;
            expect([ours(raw), await theirs(raw)]).toEqual(['pass', 'pass']);
          },
        ),
        cases(80),
      );
    },
    patience(),
  );

  it(
    'damage to any covered byte breaks the chain in both [S4-060] [J-01]',
    async () => {
      await fc.assert(
        fc.asyncProperty(strangeMessage(), fc.nat(), fc.constantFrom('#', 'Q'), async (message, at, char) => {
          const raw = sealed(sealed(message, 'relaxed'), 'relaxed');
          const from = raw.length - message.length;
          const place = from + (at % message.length);
          const broken = raw.slice(0, place) + char + raw.slice(place);
          const mine = ours(broken);
          // A new first letter of a line may make another field, or none; then the readers of headers differ, not ARC.
          if (/[\r\n]/.test(raw.charAt(place - 1)) || /[\r\n]/.test(raw.charAt(place))) return;
          expect(await theirs(broken)).toBe(mine);
        }),
        cases(80),
      );
    },
    patience(),
  );

  it('sets with Ed25519 hold here; mailauth knows no such seal [S4-060]', async () => {
    const raw = sealed(sealed('From: ana@a.example\r\n\r\nHi\r\n', 'relaxed', 'e'), 'relaxed', 'e');
    expect(ours(raw)).toBe('pass');
    expect(await theirs(raw)).toBe('fail');
  });
});
