// DKIM against public suites: chasquid's cases, go-msgauth's messages and canonicalization vectors (RFC 6376 appendix A
// and RFC 8463 appendix A are among them). The suites are no part of this project; without them the tests say so.

import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { logSuite } from '../testing/suite-log.ts';
import { canonicalBody, canonicalField } from './dkim-canonical.ts';
import { verifyDkim } from './dkim.ts';
import { answerAll, conformanceFile, txtTable } from './testing.ts';

const NOW = 1_800_000_000;
const read = (path: string): string | undefined => conformanceFile(fs, path);
const present = read('dkim/chasquid/01-rfc8463.msg') !== undefined;

/** chasquid's `name: value` with `\` at line ends; TEMPERROR and PERMERROR stand for failures. */
function chasquidZone(text: string): (question: DnsQuestion) => DnsAnswer {
  const table: Record<string, string[]> = {};
  for (const line of text.replace(/\\\n\s*/g, '').split('\n')) {
    const match = /^(\S+):\s*(.*)$/.exec(line);
    if (match !== null) (table[match[1] ?? ''] ??= []).push(match[2] ?? '');
  }
  const answer = txtTable(table);
  return (question) => {
    const text = table[question.name.slice(0, -1)]?.[0];
    if (text === 'TEMPERROR') return { status: 'SERVFAIL', records: [] };
    if (text === 'PERMERROR') return { status: 'NXDOMAIN', records: [] };
    return answer(question);
  };
}

// Eleven messages of chasquid; five signed messages and 24 vectors of go-msgauth.
logSuite('DKIM', present ? 40 : 0, present ? 0 : 40);

describe.skipIf(!present)('chasquid', () => {
  const names = [
    '01-rfc8463',
    '02-too_many_headers',
    '03-bad_message',
    '04-bad_dkim_signature_header',
    '05-dns_temp_error',
    '06-dns_perm_error',
    '07-algo_mismatch',
    '08-our_signature',
    '09-limited_body',
    '10-strict_domain_check_pass',
    '11-strict_domain_check_fail',
  ];
  it.each(names)('%s [S4-020] [S4-022]', (name) => {
    const message = (read(`dkim/chasquid/${name}.msg`) ?? '').replace(/\n/g, '\r\n');
    const hasZone = !['03-bad_message', '04-bad_dkim_signature_header'].includes(name);
    const zone = chasquidZone(hasZone ? (read(`dkim/chasquid/${name}.dns`) ?? '') : '');
    const { verdict } = answerAll(verifyDkim(message, { nowSeconds: NOW, maxSignatures: 5 }), zone);
    if (name === '03-bad_message') {
      expect(verdict).toEqual([]);
      return;
    }
    const wanted = JSON.parse(read(`dkim/chasquid/${name}.result`) ?? '') as {
      Found: number;
      Results: { State: string; SignatureHeader: string; Domain: string; Selector: string }[];
    };
    const checked = verdict.filter((one) => one.reason !== 'too-many-signatures');
    const state = (result: string): string =>
      result === 'pass' ? 'SUCCESS' : result === 'temperror' ? 'TEMPFAIL' : 'PERMFAIL';
    expect(checked.map((one) => [state(one.result), one.rawValue])).toEqual(
      wanted.Results.map((one) => [one.State, one.SignatureHeader]),
    );
    expect(checked).toHaveLength(wanted.Found);
    for (const [i, one] of wanted.Results.entries()) {
      if (one.Domain !== '') expect(checked[i]).toMatchObject({ domain: one.Domain, selector: one.Selector });
    }
  });

  it('tells revoked, weak and strict keys apart by reason [S4-022]', () => {
    const message = (read('dkim/chasquid/11-strict_domain_check_fail.msg') ?? '').replace(/\n/g, '\r\n');
    const zone = chasquidZone(read('dkim/chasquid/11-strict_domain_check_fail.dns') ?? '');
    const { verdict } = answerAll(verifyDkim(message, { nowSeconds: NOW }), zone);
    expect(verdict[0]).toMatchObject({ reason: 'key-strict', rule: 'RFC 6376 §3.6.1' });
  });
});

describe.skipIf(!present)('go-msgauth', () => {
  const zone = JSON.parse(read('dkim/go-msgauth/zone.json') ?? '{}') as Record<string, string>;
  const verify = (file: string, maxSignatures?: number) =>
    answerAll(
      verifyDkim(read(`dkim/go-msgauth/${file}`) ?? '', {
        nowSeconds: NOW,
        ...(maxSignatures === undefined ? {} : { maxSignatures }),
      }),
      txtTable(zone),
    ).verdict;

  it('verifies RFC 6376 appendix A and RFC 8463 appendix A [S4-020]', () => {
    expect(verify('unsignedMailString.eml')).toEqual([]);
    expect(verify('verifiedMailString.eml').map((one) => one.result)).toEqual(['pass']);
    expect(verify('verifiedRawRSAMailString.eml').map((one) => one.result)).toEqual(['pass']);
    expect(verify('verifiedEd25519MailString.eml').map((one) => `${one.algorithm} ${one.result}`)).toEqual([
      'ed25519-sha256 pass',
      'rsa-sha256 pass',
    ]);
  });

  it('looks at as many signatures as it may', () => {
    const results = verify('tooManySignaturesMailString.eml', 1).map((one) => one.reason);
    expect(results[0]).toBe('ok');
    expect(new Set(results.slice(1))).toEqual(new Set(['too-many-signatures']));
  });

  it('canonicalizes headers and bodies byte for byte [S4-021]', () => {
    interface Case {
      readonly input: string | readonly string[];
      readonly canonical: string;
    }
    const cases = JSON.parse(read('dkim/go-msgauth/canonicalization-cases.json') ?? '{}') as Record<
      string,
      Case[]
    >;
    const text = ({ input }: Case): string => (typeof input === 'string' ? input : input.join(''));
    let count = 0;
    for (const one of cases.simpleCanonicalizerBodyTests ?? []) {
      expect(canonicalBody('simple', text(one))).toBe(one.canonical);
      count++;
    }
    for (const one of cases.relaxedCanonicalizerBodyTests ?? []) {
      expect(canonicalBody('relaxed', text(one))).toBe(one.canonical);
      count++;
    }
    for (const one of cases.relaxedCanonicalizerHeaderTests ?? []) {
      expect(canonicalField('relaxed', { raw: text(one) })).toBe(one.canonical);
      count++;
    }
    expect(count).toBe(24);
  });
});
