// The same message at receivers of different temper, and the same verdict under other alignment modes.

import { describe, expect, it } from 'vitest';
import { checkDmarc, type DmarcInput, type DmarcVerdict } from './dmarc.ts';
import { suppose } from './dmarc-alignment.ts';
import { finishPolicy } from './policy-run.ts';
import { profileOutcomes, type ProfileInput, type ReceiverProfile } from './receiver-profiles.ts';
import type { SpfResult } from './spf-verdict.ts';
import { txtTable } from './testing.ts';

const record = (text: string, more: Record<string, string> = {}) =>
  txtTable({ '_dmarc.a.example': text, ...more });
const dmarc = (spf: string, dkim: string | undefined, zone = record('v=DMARC1; p=reject')): DmarcVerdict =>
  finishPolicy(
    checkDmarc({
      author: { domain: 'a.example' },
      spf: { result: spf === '' ? 'fail' : 'pass', domain: spf === '' ? 'a.example' : spf },
      dkim: dkim === undefined ? [] : [{ result: 'pass', domain: dkim, selector: 's' }],
    } satisfies DmarcInput),
    zone,
  );
const outcomes = (input: ProfileInput): Partial<Record<ReceiverProfile, string>> =>
  Object.fromEntries(
    profileOutcomes(input).map((one) => [one.profile, [one.action, one.stage, one.reply].join(' ').trim()]),
  );
const at = (spf: SpfResult, verdict: DmarcVerdict, isSigned: boolean) =>
  outcomes({ spf: { result: spf }, dkim: isSigned ? [{ result: 'pass' }] : [], dmarc: verdict });

describe('receivers', () => {
  it('agree on mail that passes everything', () => {
    const all = at('pass', dmarc('a.example', 'a.example'), true);
    expect(new Set(Object.values(all))).toEqual(new Set(['accept data']));
  });

  it('forwarded mail: those that let SPF decide at RCPT never see the good signature [S4-009]', () => {
    const all = at('fail', dmarc('', 'a.example'), true);
    expect(all['spf-reject']).toBe('reject rcpt 550 5.7.23');
    expect(all.strict).toBe('accept data');
    expect(all['gmail-like']).toBe('accept data');
    expect(at('temperror', dmarc('', 'a.example'), true)['spf-reject']).toBe('defer rcpt 451 4.7.24');
    expect(at('permerror', dmarc('', 'a.example'), true)['spf-reject']).toBe('reject rcpt 550 5.7.24');
    expect(at('softfail', dmarc('', 'a.example'), true)['spf-reject']).toBe('accept data');
  });

  it('a forgery under p=reject: refused by the strict, in Junk where RFC 9989 is followed [S4-047]', () => {
    const all = at('fail', dmarc('', undefined), false);
    expect(all).toMatchObject({
      'header-only': 'accept data',
      rfc9989: 'junk data',
      strict: 'reject data 550 5.7.1',
      'gmail-like': 'reject data 550 5.7.26',
      'outlook-like': 'reject data 550 5.7.515',
      'gmx-like': 'reject data 550',
    });
  });

  it('SPF alone: enough for some, not for those that want everything or DKIM', () => {
    const all = at('pass', dmarc('a.example', undefined), false);
    expect(all).toMatchObject({
      strict: 'accept data',
      'gmail-like': 'accept data',
      'outlook-like': 'reject data 550 5.7.515',
      'gmx-like': 'reject data 550',
    });
  });
});

describe('what if the record said otherwise', () => {
  it('strict modes lose a subdomain, relaxed ones win it, as the check itself would have said [S4-046]', () => {
    const zone = (text: string) => record(text);
    for (const [from, to] of [
      ['r', 's'],
      ['s', 'r'],
    ] as const) {
      const mode = to === 's' ? 'strict' : 'relaxed';
      const verdict = dmarc(
        'm.a.example',
        'a.example',
        zone(`v=DMARC1; p=none; adkim=${from}; aspf=${from}`),
      );
      const real = dmarc('m.a.example', 'a.example', zone(`v=DMARC1; p=none; adkim=${to}; aspf=${to}`));
      const supposed = suppose(verdict, { spf: mode, dkim: mode });
      const facts = (rows: DmarcVerdict['alignment']) =>
        rows.map((row) => [row.mechanism, row.mode, row.isAligned, row.because]);
      expect(facts(supposed.alignment)).toEqual(facts(real.alignment));
      expect(supposed.isPass).toBe(real.result === 'pass');
    }
  });

  it('the same modes change nothing, and strangers stay strangers [S4-046]', () => {
    const verdict = dmarc('esp.example', 'esp.example');
    expect(suppose(verdict, { spf: 'relaxed', dkim: 'relaxed' }).alignment).toEqual(verdict.alignment);
    expect(suppose(verdict, { spf: 'strict', dkim: 'strict' }).isPass).toBe(false);
    expect(
      suppose(dmarc('esp.example', 'esp.example', record('v=DMARC1; p=none; adkim=s; aspf=s')), {
        spf: 'relaxed',
        dkim: 'relaxed',
      }).isPass,
    ).toBe(false);
  });
});
