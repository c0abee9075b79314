// Mail files that somebody has chosen or dropped, until they are imported: what the worker read in them, what of it is wanted,
// and where it is to go. One for the whole page, because a file can be dropped on any tab.

import type { MailFileView, MboxKind } from '../../worker/api.ts';
import { engine } from '../state/engine.svelte.ts';

export interface BroughtFile {
  readonly id: number;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly view: MailFileView;
  /** Indices of messages that are not wanted. */
  readonly without: ReadonlySet<number>;
}

/** As in mailbox/mail-file.ts; a bigger file need not even be read into memory. */
const MOST_BYTES = 60_000_000;

class Bring {
  reading = $state('');
  files = $state.raw<readonly BroughtFile[]>([]);
  #next = 1;

  async add(files: Iterable<File>): Promise<void> {
    for (const file of files) {
      this.reading = file.name;
      try {
        if (file.size > MOST_BYTES) {
          const problems = [{ code: 'file-too-big', entry: '', value: file.size } as const];
          this.#put(file.name, new Uint8Array(0), {
            kind: 'none',
            isAmbiguous: false,
            messages: [],
            skipped: [],
            problems,
          });
          continue;
        }
        const bytes = new Uint8Array(await file.arrayBuffer());
        this.#put(file.name, bytes, await engine.ask((api) => api.readMail(bytes)));
      } catch {
        const problems = [{ code: 'damaged', entry: '', offset: 0 } as const];
        this.#put(file.name, new Uint8Array(0), {
          kind: 'none',
          isAmbiguous: false,
          messages: [],
          skipped: [],
          problems,
        });
      } finally {
        this.reading = '';
      }
    }
  }

  #put(name: string, bytes: Uint8Array, view: MailFileView): void {
    this.files = [...this.files, { id: this.#next++, name, bytes, view, without: new Set() }];
  }

  async readAs(id: number, kind: MboxKind): Promise<void> {
    const file = this.files.find((one) => one.id === id);
    if (file === undefined) return;
    const view = await engine.ask((api) => api.readMail(file.bytes, kind));
    this.#change(id, (one) => ({ ...one, view }));
  }

  remove(id: number): void {
    this.files = this.files.filter((one) => one.id !== id);
  }

  want(id: number, index: number, isWanted: boolean): void {
    this.#change(id, (file) => {
      const without = new Set(file.without);
      if (isWanted) without.delete(index);
      else without.add(index);
      return { ...file, without };
    });
  }

  wantAll(id: number, isWanted: boolean): void {
    this.#change(id, (file) => ({
      ...file,
      without: new Set(isWanted ? [] : file.view.messages.keys()),
    }));
  }

  #change(id: number, change: (file: BroughtFile) => BroughtFile): void {
    this.files = this.files.map((one) => (one.id === id ? change(one) : one));
  }
}

export const bring = new Bring();
