// How hard the tests with generated input try. `npm test` takes the same few hundred cases every time; EHLO_EFFORT=50 (any
// factor) makes the same tests run that many times as many, and other ones each time. Only tests import this.

const factor = Math.max(0.01, Number(process.env.EHLO_EFFORT ?? '1') || 1);

/** How often to run something that `npm test` runs `count` times. */
export function effort(count: number): number {
  return Math.max(1, Math.round(count * factor));
}

/** The same for fast-check: the runs, and the seed that makes them the same ones every time. */
export function cases(count: number): { readonly numRuns: number; readonly seed?: number } {
  return { numRuns: effort(count), ...(factor === 1 ? { seed: 20_261_127 } : {}) };
}

/** The time after which a test of many runs counts as hung, in milliseconds. */
export function patience(): number {
  return Math.round(120_000 * Math.max(1, factor));
}
