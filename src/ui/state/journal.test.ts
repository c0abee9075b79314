// A reload at any moment between command and save brings back every command exactly once.

import fc from 'fast-check';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { SavedWorld } from '../../worker/api.ts';
import { Journal, withJournal } from './journal.ts';

const tape = (n: number): SavedWorld => ({
  format: 1,
  engine: 'e',
  scenario: { kind: 'sandbox' },
  seed: '1',
  commands: Array.from({ length: n }, (_, i) => ({ type: 'pass', until: i })),
});

describe('the journal', () => {
  beforeEach(() => {
    const kept = new Map<string, string>();
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    });
  });

  it('completes a tape that is behind, whatever was stored and told so far', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('run', 'store', 'storeUntold'), { maxLength: 40 }), (steps) => {
        localStorage.setItem('ehlo.journal.k', '');
        let done = 0;
        let stored = 0;
        const journal = new Journal('k', 0);
        for (const step of steps) {
          if (step === 'run') journal.add({ type: 'pass', until: done++ });
          else {
            stored = done;
            if (step === 'store') journal.stored(stored, journal.length);
          }
        }
        expect(withJournal('k', tape(stored))).toEqual(tape(done));
      }),
    );
  });

  it('forgets what was refused and leaves a strange tape alone', () => {
    const journal = new Journal('k', 5);
    const refused = { type: 'pass', until: 0 } as const;
    journal.add(refused);
    journal.remove(refused);
    expect(withJournal('k', tape(5))).toEqual(tape(5));
    journal.add({ type: 'pass', until: 5 });
    expect(withJournal('k', tape(5))).toEqual(tape(6));
    expect(withJournal('k', tape(2))).toEqual(tape(2));
    expect(withJournal('other', tape(2))).toEqual(tape(2));
    journal.clear();
    expect(withJournal('k', tape(5))).toEqual(tape(5));
  });
});
