// What the browser keeps between visits: tapes of worlds, progress, and a few settings. Storage may be broken, full or
// forbidden; nothing here throws, every failure is a value, and the page goes on without it.

import { createStore, del, delMany, get, keys, set, type UseStore } from 'idb-keyval';

let store: UseStore | undefined;

function database(): UseStore {
  return (store ??= createStore('ehlo', 'kept'));
}

export type StorageResult<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

/** Reads a value; `undefined` when there is none. */
export async function keptValue<T>(key: string): Promise<StorageResult<T | undefined>> {
  try {
    return { ok: true, value: await get<T>(key, database()) };
  } catch {
    return { ok: false };
  }
}

/** Stores a value. `ok: false` when the browser refuses: no room, private window, broken database. */
export async function keep(key: string, value: unknown): Promise<StorageResult<undefined>> {
  try {
    await set(key, value, database());
    return { ok: true, value: undefined };
  } catch {
    return { ok: false };
  }
}

export async function forget(key: string): Promise<void> {
  try {
    await del(key, database());
  } catch {
    // What cannot be removed is overwritten by the next save.
  }
}

/** Forgets everything whose key begins so. */
export async function forgetUnder(prefix: string): Promise<void> {
  try {
    const all = await keys<string>(database());
    await delMany(
      all.filter((key) => key.startsWith(prefix)),
      database(),
    );
  } catch {
    // As above.
  }
}

/** Settings are read before the first paint, hence not from the database. */
export function setting(name: string): string | null {
  try {
    return localStorage.getItem(`ehlo.${name}`);
  } catch {
    return null;
  }
}

export function keepSetting(name: string, value: string): void {
  try {
    localStorage.setItem(`ehlo.${name}`, value);
  } catch {
    // The setting then holds for this visit only.
  }
}
