// One message through all checks, and the fields that a receiver writes about it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toBase64 } from '../base/bytes.ts';
import { generateKey, publicKeyOf, writePublicKey } from '../crypto/keys.ts';
import type { DnsAnswer } from '../dns/lookup.ts';
import { unfold } from '../message/header.ts';
import {
  parseAuthenticationResults,
  printAuthenticationResults,
  withoutForgedResults,
} from './authentication-results.ts';
import type { AuthenticationResults } from './authentication-results.ts';
import { withDkimSignatures } from './dkim-sign.ts';
import { checkMessage, methodsOf } from './message-check.ts';
import { finishPolicy, runPolicy } from './policy-run.ts';
import { printReceivedSpf } from './received-spf.ts';
import { checkSpf } from './spf.ts';
import { txtTable } from './testing.ts';
import { cases } from '../testing/effort.ts';

const key = generateKey('rsa1024', 'journey');
const zone = txtTable({
  'a.example': 'v=spf1 ip4:192.0.2.25 -all',
  's1._domainkey.a.example': `v=DKIM1; p=${toBase64(writePublicKey(publicKeyOf(key)))}`,
  '_dmarc.a.example': 'v=DMARC1; p=reject; rua=mailto:dmarc@a.example',
});
const MESSAGE = 'From: Alice <alice@a.example>\r\nTo: bob@d.example\r\nSubject: Hi\r\n\r\nHello\r\n';
const signed = withDkimSignatures(MESSAGE, [{ domain: 'a.example', selector: 's1', key }]);
const options = { nowSeconds: 1_800_000_000 };
const envelope = { ip: '192.0.2.25', helo: 'mta.a.example', sender: 'alice@a.example' };
const line = (results: AuthenticationResults): string =>
  unfold(printAuthenticationResults(results)).replace(/\t/g, ' ');
const check = (raw: string, ip = envelope.ip) =>
  finishPolicy(checkMessage(raw, { ...envelope, ip }, options), zone);

describe('Authentication-Results', () => {
  it('says what was found, in the form receivers use [S4-061]', () => {
    const b = /b=([A-Za-z0-9+/]{8})/.exec(signed.slice(signed.indexOf('\tb=')))?.[1] ?? '';
    expect(line({ authservId: 'mx.d.example', results: methodsOf(check(signed)) })).toBe(
      `Authentication-Results: mx.d.example; spf=pass smtp.mailfrom=a.example; dkim=pass header.d=a.example header.s=s1 header.b=${b}; dmarc=pass (p=reject) header.from=a.example`,
    );
    expect(line({ authservId: 'mx.d.example', results: methodsOf(check(MESSAGE, '203.0.113.9')) })).toBe(
      'Authentication-Results: mx.d.example; spf=fail smtp.mailfrom=a.example; dkim=none; dmarc=fail (p=reject) header.from=a.example',
    );
    expect(line({ authservId: 'mx.d.example', results: [] })).toBe(
      'Authentication-Results: mx.d.example; none',
    );
  });

  it('reads back what it wrote', () => {
    const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '(', ')', ';', '=', '@', '.', '/') });
    const property = fc.record({ type: token, property: token, value: text.map((one) => `x${one}`) });
    const result = fc.record({
      method: token,
      result: token,
      properties: fc.array(property, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(token, fc.array(result, { minLength: 1, maxLength: 4 }), (authservId, results) => {
        const printed = printAuthenticationResults({ authservId, results });
        const parsed = parseAuthenticationResults(printed.slice(printed.indexOf(':') + 1));
        expect(parsed).toEqual({ authservId, results });
      }),
    );
  });

  it('reads comments, versions and reasons, and refuses what is none', () => {
    expect(
      parseAuthenticationResults(
        ' x.example (a (b)) 1; spf=fail (no\\)) reason="not ok"\r\n\tsmtp.mailfrom=a@b.example; DKIM=Pass header.b=AB+/==',
      ),
    ).toEqual({
      authservId: 'x.example',
      results: [
        {
          method: 'spf',
          result: 'fail',
          comment: 'no)',
          reason: 'not ok',
          properties: [{ type: 'smtp', property: 'mailfrom', value: 'a@b.example' }],
        },
        { method: 'dkim', result: 'pass', properties: [{ type: 'header', property: 'b', value: 'AB+/==' }] },
      ],
    });
    for (const wrong of ['', ';', 'x 2; spf=pass', 'x; spf', 'x; spf=', 'x; spf=pass (', 'x; spf=pass a'])
      expect(parseAuthenticationResults(wrong)).toBeUndefined();
  });

  it('is removed when forged under our name, and only then [S4-061]', () => {
    const raw = [
      'Authentication-Results: other.example; spf=pass',
      'AUTHENTICATION-RESULTS: MX.d.example; spf=pass smtp.mailfrom=bank.example',
      'Authentication-Results: (oops mx.d.example; spf=pass',
      'From: x@a.example',
      '',
      'Authentication-Results: mx.d.example; in the body',
    ].join('\r\n');
    const cleaned = withoutForgedResults(raw, ['mx.d.example']);
    expect(cleaned.split('\r\n').slice(0, 2)).toEqual([
      'Authentication-Results: other.example; spf=pass',
      'From: x@a.example',
    ]);
    expect(cleaned.endsWith('in the body')).toBe(true);
  });

  it('never throws on any text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', ';', '=', '(', ')', '"', '\\', ' ', '1', '.') }),
        (text) => {
          parseAuthenticationResults(text);
          withoutForgedResults(`Authentication-Results: ${text}\r\n\r\n`, ['a']);
        },
      ),
      cases(3000),
    );
  });
});

describe('Received-SPF', () => {
  it('says what was checked and found [S4-008]', () => {
    const verdict = finishPolicy(checkSpf({ ...envelope, ip: '203.0.113.9' }), zone);
    expect(printReceivedSpf(verdict, 'mx.d.example').replace(/\r\n\t/g, ' ')).toBe(
      'Received-SPF: fail (mx.d.example: domain of alice@a.example does not designate 203.0.113.9 as permitted sender) client-ip=203.0.113.9; envelope-from=alice@a.example; helo=mta.a.example;',
    );
  });

  it('cannot be broken out of by what the peer says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (sender, helo) => {
        const verdict = finishPolicy(checkSpf({ ip: '203.0.113.9', sender, helo }), zone);
        const field = printReceivedSpf(verdict, 'mx.d.example');
        expect(field.split('\r\n')).toHaveLength(2);
        expect(/[\r\n](?!\n?\t)/.test(field.replace('\r\n\t', ''))).toBe(false);
      }),
    );
  });
});

describe('a suspended policy', () => {
  it('is its input and the answers so far, and ends as if it had never stopped', () => {
    const start = () => checkMessage(signed, envelope, options);
    const answers: DnsAnswer[] = [];
    for (;;) {
      const run = runPolicy(start, JSON.parse(JSON.stringify(answers)) as DnsAnswer[]);
      if (run.kind === 'done') {
        expect(run.verdict).toEqual(check(signed));
        break;
      }
      answers.push(zone(run.question));
    }
    expect(answers.length).toBe(4);
  });
});
