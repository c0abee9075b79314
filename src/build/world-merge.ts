// `extends` in world.yaml: one description laid over another. It knows JSON values only, not what a world means.
// The rules stand in src/README.md, "Lessons".

/** What YAML without tags can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonMap = { readonly [key: string]: Json };

export function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Lays `over` on `base`: maps merge and null deletes a key; lists of maps that are told apart by `name`, `zone` or
 * `between` merge by it, where `{ name, remove: true }` deletes; everything else replaces.
 */
export function mergeWorld(base: Json, over: Json): Json {
  if (isMap(base) && isMap(over)) {
    const merged: Record<string, Json> = { ...base };
    for (const [key, value] of Object.entries(over)) {
      const below = merged[key];
      if (value === null) delete merged[key];
      else merged[key] = below === undefined ? strip(value) : mergeWorld(below, value);
    }
    return merged;
  }
  if (isNamedList(base) && isNamedList(over)) {
    const merged = new Map<Json, JsonMap>(base.map((entry) => [nameOf(entry) ?? null, entry]));
    for (const entry of over) {
      const name = nameOf(entry) ?? null;
      const below = merged.get(name);
      if (entry.remove === true) merged.delete(name);
      else merged.set(name, below ? (mergeWorld(below, entry) as JsonMap) : (strip(entry) as JsonMap));
    }
    return [...merged.values()];
  }
  return strip(over);
}

function isNamedList(value: Json): value is readonly JsonMap[] {
  return Array.isArray(value) && value.every((entry: Json) => nameOf(entry) !== undefined);
}

/** What tells an entry of a list from the others: a host's name, a zone's, the two ends of a link. */
function nameOf(entry: Json): string | undefined {
  if (!isMap(entry)) return undefined;
  const { between } = entry;
  const name = entry.name ?? entry.zone ?? (Array.isArray(between) ? between.join(' ') : undefined);
  return typeof name === 'string' ? name : undefined;
}

/** Removes the marks of deletion where there was nothing to delete. */
function strip(value: Json): Json {
  if (Array.isArray(value)) {
    return value
      .filter((entry: Json) => !(isMap(entry) && entry.remove === true))
      .map((entry: Json) => strip(entry));
  }
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, entry]) => entry !== null)
      .map(([key, entry]) => [key, strip(entry)]),
  );
}

/**
 * Follows `extends` to the end.
 * @param find the world of that name as written, or undefined
 * @throws Error on an unknown name or a circle; `file` is named
 */
export function extendWorld(
  world: JsonMap,
  file: string,
  find: (name: string) => JsonMap | undefined,
  seen: readonly string[] = [],
): JsonMap {
  const { extends: base, ...own } = world;
  if (base === undefined) return own;
  if (typeof base !== 'string')
    throw new Error(`${file}: extends: must be the name of a file in lessons/worlds`);
  if (seen.includes(base)) throw new Error(`${file}: extends: ${[...seen, base].join(' → ')} is a circle`);
  const below = find(base);
  if (!below) throw new Error(`${file}: extends: there is no lessons/worlds/${base}.yaml`);
  return mergeWorld(extendWorld(below, file, find, [...seen, base]), own) as JsonMap;
}
