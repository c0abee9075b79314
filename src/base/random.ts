// Seeded random streams (sfc32). A stream is four numbers, so it lies in a checkpoint like any other state. One seed
// is split into streams by name: a new draw in one place shifts nothing in another.

/** The whole state of one stream. Drawing changes it in place. */
export type RandomState = [number, number, number, number];

/** FNV-1a, 32 bits, with a salt: spreads a name over the state words. */
function hash32(text: string, salt: number): number {
  let h = 0x811c9dc5 ^ salt;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The stream of that name under that seed: `randomStream('1', 'link:a>b')`. */
export function randomStream(seed: string, name: string): RandomState {
  const text = `${seed}\u0000${name}`;
  const state: RandomState = [hash32(text, 1), hash32(text, 2), hash32(text, 3), 1];
  for (let i = 0; i < 12; i++) nextUint32(state);
  return state;
}

/** The next 32 bits. */
export function nextUint32(state: RandomState): number {
  const [a, b, c, counter] = state;
  const t = (((a + b) | 0) + counter) | 0;
  state[3] = (counter + 1) | 0;
  state[0] = b ^ (b >>> 9);
  state[1] = (c + (c << 3)) | 0;
  state[2] = (((c << 21) | (c >>> 11)) + t) | 0;
  return t >>> 0;
}

/** A number in [0, 1). */
export function nextFloat(state: RandomState): number {
  return nextUint32(state) / 4294967296;
}

/** A whole number in [0, below). */
export function nextInt(state: RandomState, below: number): number {
  return Math.floor(nextFloat(state) * below);
}

/** Shuffles in place (Fisher and Yates). */
export function shuffle<T>(state: RandomState, items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = nextInt(state, i + 1);
    const held = items[i] as T;
    items[i] = items[j] as T;
    items[j] = held;
  }
  return items;
}

/** A stream of its own, drawn from another: for work that may have to draw the same numbers again. */
export function splitStream(state: RandomState): RandomState {
  const child: RandomState = [nextUint32(state) | 0, nextUint32(state) | 0, nextUint32(state) | 0, 1];
  for (let i = 0; i < 4; i++) nextUint32(child);
  return child;
}
