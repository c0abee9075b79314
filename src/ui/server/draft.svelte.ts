// The value of one setting while a learner works on it: kept through tab changes and reloads until it is applied or
// thrown away. A key that was made and not applied yet must not be lost on the way to the zone where its record belongs.

import type { SettingView } from '../../view/types.ts';
import { engine, tapeKey } from '../state/engine.svelte.ts';
import { forget, keep, keptValue } from '../state/storage.ts';

export type SettingValue = Exclude<SettingView['value'], undefined>;

/** How long after the last change the value is kept. */
const pauseMs = 150;

interface KeptDraft {
  /** The value that it was made from, as JSON: a draft of another state is of no use. */
  readonly base: string;
  readonly value: SettingValue;
}

const text = (of: SettingValue | undefined): string => JSON.stringify(of ?? null);

export class SettingDraft {
  value = $state.raw<SettingValue>(null);
  /** Counts changes that nobody typed: fields that are not bound to the value are made anew then. */
  replaced = $state(0);
  readonly world = engine.world;
  readonly #key: string;
  #base: string;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(view: SettingView) {
    this.value = view.value;
    this.#base = text(view.value);
    const scenario = engine.scenario ? tapeKey(engine.scenario) : 'world';
    this.#key = `${scenario}:setting:${view.host}:${view.program}:${view.setting}`;
    void this.#restore();
  }

  edit(value: SettingValue): void {
    this.value = value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#keep(), pauseMs);
  }

  /** Another value as a whole: what the server has, or what was kept. */
  replace(value: SettingValue): void {
    this.edit(value);
    this.replaced++;
  }

  /** Follows the server's value (another command, started over) unless one's own is under way. */
  follow(value: SettingValue): void {
    const now = text(value);
    if (now === this.#base) return;
    const untouched = text(this.value) === this.#base;
    this.#base = now;
    if (untouched) this.replace(value);
    else void this.#keep();
  }

  differs(from: SettingValue): boolean {
    return text(this.value) !== text(from);
  }

  async #restore(): Promise<void> {
    const kept = await keptValue<KeptDraft>(this.#key);
    if (kept.ok && kept.value?.base === this.#base && text(this.value) === this.#base)
      this.replace(kept.value.value);
  }

  async #keep(): Promise<void> {
    if (this.world !== engine.world) return;
    if (text(this.value) === this.#base) return forget(this.#key);
    await keep(this.#key, { base: this.#base, value: this.value } satisfies KeptDraft);
  }
}

const drafts = new Map<string, SettingDraft>();

/** The draft of a setting in the world that is open now. */
export function draftOf(view: SettingView): SettingDraft {
  const key = `${view.host} ${view.program} ${view.setting}`;
  const known = drafts.get(key);
  if (known?.world === engine.world) return known;
  const draft = new SettingDraft(view);
  drafts.set(key, draft);
  return draft;
}
