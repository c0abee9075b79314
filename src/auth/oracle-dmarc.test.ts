// DMARC against mailauth, which finds the Organizational Domain by the Public Suffix List (RFC 7489), over zones in which
// the tree walk of RFC 9989 finds the same one. Where the two must differ, `oracle-differences.test.ts` names the clause.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DnsAnswer } from '../dns/lookup.ts';
import { cases, patience } from '../testing/effort.ts';
import { checkDmarc } from './dmarc.ts';
import { answerAll, txtTable } from './testing.ts';
import { mailauthDmarc } from './testing/mailauth.ts';
import type { Answerer } from './testing/mailauth.ts';

const policy = fc.constantFrom('none', 'quarantine', 'reject', 'Reject');
const optional = (tag: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.option(value, { nil: undefined, freq: 2 }).map((one) => (one === undefined ? '' : ` ${tag}=${one};`));
const record = fc
  .tuple(
    fc.constantFrom('v=DMARC1;', 'v=DMARC1 ;'),
    policy,
    optional('sp', policy),
    optional('adkim', fc.constant('r')),
    optional('pct', fc.constantFrom('0', '50', '100')),
    optional('rua', fc.constantFrom('mailto:d@d.example', 'mailto:a@x.example,mailto:b@y.example!10m')),
    fc.constantFrom('', ' fo=1:d;', ' x=y'),
  )
  .map(([version, p, ...more]) => `${version} p=${p};${more.join('')}`);
const below = fc.constantFrom('', 'm.', 'news.', 'a.b.', 'x.m.');
const texts = fc.oneof(
  { weight: 6, arbitrary: record.map((one) => [one]) },
  { weight: 1, arbitrary: record.map((one) => ['hello', one]) },
  { weight: 1, arbitrary: fc.tuple(record, record).map((two) => [...two]) },
);
const dmarcCase = fc.record({
  author: below,
  /** Where there is none at the organization's name, there is none anywhere: then both find nothing. */
  organization: fc.option(
    record.map((one) => [one]),
    { nil: undefined, freq: 6 },
  ),
  own: fc.option(fc.tuple(below, texts), { nil: undefined, freq: 2 }),
  fails: fc.integer({ min: 0, max: 19 }).map((n) => n === 0),
  spf: fc.option(fc.tuple(below, fc.constantFrom('d.example', 'e.example', 'notd.example')), {
    nil: undefined,
  }),
  dkim: fc.array(fc.tuple(below, fc.constantFrom('d.example', 'd.example', 'e.example', 'xd.example')), {
    maxLength: 3,
  }),
});

describe('DMARC', () => {
  it(
    'gives the result and the policy that mailauth gives, where both find the same organization [S4-044] [S4-046] [J-01]',
    async () => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(dmarcCase, async ({ author, organization, own, fails, spf, dkim }) => {
          const from = `${author}d.example`;
          const table: Record<string, readonly string[]> = {
            'e.example': ['x'],
            '_dmarc.e.example': ['v=DMARC1; p=none'],
          };
          if (organization !== undefined && own !== undefined && own[0] !== '')
            table[`_dmarc.${own[0]}d.example`] = own[1];
          if (organization !== undefined) table['_dmarc.d.example'] = organization;
          const known = txtTable(table);
          const failed: DnsAnswer = { status: 'TIMEOUT', records: [] };
          const answer: Answerer = (question) =>
            fails && question.name === `_dmarc.${from}.` ? failed : known(question);
          const spfDomain = spf?.join('');
          const { verdict } = answerAll(
            checkDmarc({
              author: { domain: from },
              spf: { result: spfDomain === undefined ? 'fail' : 'pass', domain: spfDomain ?? 'd.example' },
              dkim: dkim.map((parts) => ({ result: 'pass', domain: parts.join('') })),
            }),
            answer,
          );
          const other = await mailauthDmarc(
            {
              from,
              spf: spfDomain === undefined ? [] : [spfDomain],
              dkim: dkim.map((parts) => parts.join('')),
            },
            answer,
          );
          seen.set(verdict.result, (seen.get(verdict.result) ?? 0) + 1);
          expect([verdict.result, verdict.policy]).toEqual([other.result, other.policy?.toLowerCase()]);
        }),
        cases(1000),
      );
      expect([...seen.keys()].sort()).toEqual(['fail', 'none', 'pass', 'temperror']);
    },
    patience(),
  );
});
