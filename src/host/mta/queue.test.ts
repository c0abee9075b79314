import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../base/dates.ts';
import { randomStream } from '../../base/random.ts';
import type { MtaConfig } from './config.ts';
import { delayText, newQueueId, nextAttempt, scanAt } from './queue.ts';

const config: MtaConfig = {
  myhostname: 'mail.wolke.example',
  mynetworks: [],
  virtualMailboxDomains: [],
  virtualMailboxMaps: [],
};

describe('the queue', () => {
  it('tries again at about 5, 10, 20, 40, 80 minutes and then every 66 [S2-030]', () => {
    const arrived = 1_000_000;
    const attempts: number[] = [];
    let at = arrived;
    for (let i = 0; i < 8; i++) {
      at = scanAt(config, arrived, nextAttempt(config, arrived, at));
      attempts.push((at - arrived) / MINUTE);
    }
    expect(attempts.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    for (let i = 5; i < 8; i++) {
      const gap = (attempts[i] ?? 0) - (attempts[i - 1] ?? 0);
      expect(Math.abs(gap - 66.7)).toBeLessThanOrEqual(5);
    }
  });

  it('writes delays with two significant digits [S11-021]', () => {
    expect([0, 4, 58, 123, 1260, 9960, 12_345, 366_000].map(delayText)).toEqual([
      '0',
      '0.004',
      '0.058',
      '0.12',
      '1.3',
      '10',
      '12',
      '366',
    ]);
  });

  it('never hands out a queue id twice', () => {
    const used = new Set<string>();
    const draws = randomStream('1', 'ids');
    const ids = Array.from({ length: 3000 }, () => newQueueId(new Map(), used, draws));
    expect(new Set(ids).size).toBe(3000);
    expect(ids.every((id) => /^[0-9A-F]{10,12}$/.test(id))).toBe(true);
  });
});
