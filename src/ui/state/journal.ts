// The last few commands, written at once and synchronously, until the database has the whole tape: a reload in that moment
// loses nothing. Knows storage and counting, not the engine.

import type { SavedWorld } from '../../worker/api.ts';
import { keepSetting, setting } from './storage.ts';

type Command = SavedWorld['commands'][number];

interface Written {
  /** How many commands the stored tape had. */
  readonly after: number;
  readonly commands: readonly Command[];
}

export class Journal {
  readonly #name: string;
  #after: number;
  #commands: Command[] = [];

  /** `key` names the tape, `after` is its length. */
  constructor(key: string, after: number) {
    this.#name = `journal.${key}`;
    this.#after = after;
  }

  /** How many commands are not in the stored tape. */
  get length(): number {
    return this.#commands.length;
  }

  add(command: Command): void {
    this.#commands.push(command);
    this.#write();
  }

  /** The engine refused it: it is on no tape. */
  remove(command: Command): void {
    this.#commands = this.#commands.filter((one) => one !== command);
    this.#write();
  }

  /** The stored tape has `after` commands now, the first `included` of these among them. */
  stored(after: number, included: number): void {
    this.#after = after;
    this.#commands.splice(0, included);
    this.#write();
  }

  /** What is in it may have brought the engine down. */
  clear(): void {
    this.#commands = [];
    this.#write();
  }

  #write(): void {
    keepSetting(
      this.#name,
      JSON.stringify({ after: this.#after, commands: this.#commands } satisfies Written),
    );
  }
}

/** The stored tape with what the journal has beyond it; the tape itself when they do not fit together. */
export function withJournal(key: string, saved: SavedWorld): SavedWorld {
  try {
    const { after, commands } = JSON.parse(setting(`journal.${key}`) ?? '') as Written;
    const known = saved.commands.length - after;
    if (!(known >= 0 && known < commands.length)) return saved;
    return { ...saved, commands: [...saved.commands, ...commands.slice(known)] };
  } catch {
    return saved;
  }
}
