// Programmers' errors throw; peers' errors are values. These are for the first kind only.

/** Throws when `condition` is false: a broken invariant of ours, never a peer's mistake. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`assertion failed: ${what}`);
}

/** Closes an exhaustive switch: a new member of the union becomes a type error here. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
