// SPF against mailauth over made-up zones: includes, redirects, macros, prefixes, void look-ups, failures. Where mailauth
// says otherwise, `oracle-differences.test.ts` names the clause that decides.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cases, patience } from '../testing/effort.ts';
import { checkSpf } from './spf.ts';
import { answerAll } from './testing.ts';
import { mailauthSpf } from './testing/mailauth.ts';
import { spfAnswers, spfCase } from './testing/spf-zones.ts';

describe('SPF', () => {
  it(
    'gives the result that mailauth gives, whatever the zone [S4-003] [S4-004] [S4-006] [J-01]',
    async () => {
      const seen = new Map<string, number>();
      await fc.assert(
        fc.asyncProperty(spfCase, async (one) => {
          const answer = spfAnswers(one);
          const { verdict } = answerAll(
            checkSpf({ ip: one.ip, helo: one.helo, sender: one.sender, receiver: 'mx.b.example' }),
            answer,
          );
          seen.set(verdict.result, (seen.get(verdict.result) ?? 0) + 1);
          expect(verdict.result).toBe(await mailauthSpf(one, answer));
        }),
        cases(2000),
      );
      // Every result came up, or the zones would show too little.
      expect([...seen.keys()].sort()).toEqual([
        'fail',
        'neutral',
        'none',
        'pass',
        'permerror',
        'softfail',
        'temperror',
      ]);
    },
    patience(),
  );
});
