// DMARC against public cases: the examples of RFC 9989 and those of stalwart's mail-auth. The files are no part of this
// project; without them the tests say so.

import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DnsAnswer, DnsQuestion } from '../dns/lookup.ts';
import { logSuite } from '../testing/suite-log.ts';
import { checkDmarc } from './dmarc.ts';
import type { DmarcInput } from './dmarc.ts';
import { answerAll, conformanceFile } from './testing.ts';

interface Case {
  readonly id: string;
  readonly authorDomain: string;
  readonly mailFrom?: string;
  readonly spf?: DmarcInput['spf']['result'];
  readonly dkim?: readonly { d: string; result: DmarcInput['dkim'][number]['result'] }[];
  readonly zone: Readonly<Record<string, { TXT?: string[][]; A?: string[] }>>;
  readonly expectQueries?: readonly string[];
  readonly expect: {
    result?: string;
    policy?: string;
    policyDomain?: string;
    orgDomain?: { author?: string; spf?: string; dkim?: string };
    spfAligned?: boolean;
    dkimAligned?: boolean;
  };
}

const read = (path: string): Case[] => {
  const text = conformanceFile(fs, path);
  return text === undefined ? [] : (JSON.parse(text) as { cases: Case[] }).cases;
};

function answerer(zone: Case['zone']) {
  return (question: DnsQuestion): DnsAnswer => {
    const name = question.name.slice(0, -1);
    const entry = zone[name];
    const exists = entry !== undefined || Object.keys(zone).some((one) => one.endsWith('.' + name));
    const records =
      question.type === 'TXT'
        ? (entry?.TXT ?? []).map((strings) => ({
            name: question.name,
            ttl: 300,
            data: { type: 'TXT', strings } as const,
          }))
        : [];
    return { status: exists ? 'NOERROR' : 'NXDOMAIN', records };
  };
}

function run(one: Case) {
  return answerAll(
    checkDmarc({
      author: { domain: one.authorDomain },
      spf: { result: one.spf ?? 'none', domain: one.mailFrom ?? '' },
      dkim: (one.dkim ?? []).map(({ d, result }) => ({ domain: d, result })),
    }),
    answerer(one.zone),
  ).verdict;
}

const groups = [
  ['RFC 9989', read('dmarc/rfc9989-examples.json'), 11],
  ['stalwart', read('dmarc/stalwart-cases.json'), 12],
] as const;

const cases = groups.reduce((sum, [, list]) => sum + list.length, 0);
logSuite('DMARC', cases, 23 - cases);

it.skipIf(cases === 0)('finds all public cases', () => {
  expect(cases).toBe(23);
});

describe.each(groups.filter(([, cases]) => cases.length > 0))('%s', (_, cases, count) => {
  it(`has ${count} cases`, () => {
    expect(cases).toHaveLength(count);
  });
  it.each(cases.map((one) => [one.id, one] as const))(
    '%s [S4-041] [S4-043] [S4-044] [S4-046]',
    (_id, one) => {
      const verdict = run(one);
      const { expect: wanted } = one;
      if (one.expectQueries !== undefined)
        expect(verdict.walks[0]?.steps.map((step) => step.lookup.question.name)).toEqual(
          one.expectQueries.map((name) => `${name}.`),
        );
      if (wanted.result !== undefined) expect(verdict.result).toBe(wanted.result);
      if (wanted.policy !== undefined) expect(verdict.policy).toBe(wanted.policy);
      if (wanted.policyDomain !== undefined) expect(verdict.record?.domain).toBe(wanted.policyDomain);
      if (wanted.spfAligned !== undefined) expect(verdict.spfAligned).toBe(wanted.spfAligned);
      if (wanted.dkimAligned !== undefined) expect(verdict.dkimAligned).toBe(wanted.dkimAligned);
      const organization = {
        author: verdict.organizationalDomain,
        spf: verdict.alignment.find((row) => row.mechanism === 'spf')?.organizationalDomain,
        dkim: verdict.alignment.find((row) => row.mechanism === 'dkim')?.organizationalDomain,
      };
      if (wanted.orgDomain !== undefined) expect(organization).toMatchObject(wanted.orgDomain);
      expect(JSON.parse(JSON.stringify(verdict))).toEqual(verdict);
    },
  );
});
