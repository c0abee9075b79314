// Report files that somebody brought along: read in the worker, kept in this browser, shown in every world. What cannot be
// read stays in the list with its reason, so that nothing that was chosen vanishes.

import type { ReportView } from '../../view/reports.ts';
import { engine } from '../state/engine.svelte.ts';
import { keep, keptValue } from '../state/storage.ts';

interface Kept {
  readonly id: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

const KEY = 'reports:imported';
/** Bigger files are shown once and not kept. */
const MOST_KEPT = 2_000_000;
const MOST_FILES = 200;
/** As in view/reports.ts; a bigger file need not even be read into memory. */
const MOST_BYTES = 10_000_000;

class Imported {
  list = $state.raw<readonly ReportView[]>([]);
  reading = $state(0);
  #kept: readonly Kept[] = [];
  #loading?: Promise<void>;
  #number = 0;

  /** What was brought along in an earlier visit. */
  load(): Promise<void> {
    return (this.#loading ??= this.#load());
  }

  async #load(): Promise<void> {
    const kept = await keptValue<readonly Kept[]>(KEY);
    if (!kept.ok || !Array.isArray(kept.value)) return;
    this.#kept = kept.value.slice(0, MOST_FILES);
    for (const one of this.#kept) await this.#read(one.id, one.name, one.bytes);
  }

  async add(files: Iterable<File>): Promise<void> {
    // Otherwise what is still being loaded would take the place of what is added.
    await this.load();
    for (const file of [...files].slice(0, MOST_FILES)) {
      const id = `file:${Date.now()}:${++this.#number}`;
      if (file.size > MOST_BYTES) {
        this.#put({ id, filename: file.name, notes: [], problem: 'too-big' });
        continue;
      }
      const bytes = new Uint8Array(await file.arrayBuffer());
      await this.#read(id, file.name, bytes);
      if (bytes.length <= MOST_KEPT) this.#kept = [...this.#kept, { id, name: file.name, bytes }];
    }
    await keep(KEY, this.#kept.slice(-MOST_FILES));
  }

  async remove(id: string): Promise<void> {
    this.list = this.list.filter((one) => one.id !== id);
    this.#kept = this.#kept.filter((one) => one.id !== id);
    await keep(KEY, this.#kept);
  }

  async #read(id: string, name: string, bytes: Uint8Array): Promise<void> {
    this.reading++;
    try {
      this.#put(await engine.ask((api) => api.readReport(id, name, bytes)));
    } catch {
      this.#put({ id, filename: name, notes: [], problem: 'damaged' });
    } finally {
      this.reading--;
    }
  }

  #put(view: ReportView): void {
    this.list = [...this.list.filter((one) => one.id !== view.id), view];
  }
}

export const imported = new Imported();
