// The text of one zone while a learner works on it: kept through tab changes and reloads until it is published or thrown
// away, and checked by the engine a moment after the last key. Knows engine and storage; no editor and no words.

import type { ZoneAnalysis, ZoneFinding, ZoneView } from '../../view/types.ts';
import { engine, tapeKey } from '../state/engine.svelte.ts';
import { forget, keep, keptValue } from '../state/storage.ts';
import { findSerial, withRaisedSerial } from './serial.ts';

/** How long after the last key the text is checked and kept. */
const pauseMs = 150;

interface KeptDraft {
  /** The published text that it was made from: a draft of another zone's state is of no use. */
  readonly base: string;
  readonly text: string;
}

export class ZoneDraft {
  text = $state('');
  /** What the engine says about `checkedText`. */
  analysis = $state.raw<ZoneAnalysis>();
  checkedText = $state<string>();
  checking = $state(false);
  checkFailed = $state(false);
  publishing = $state(false);
  /** What happened last, for the line that says it. */
  outcome = $state<'none' | 'published' | 'refused' | 'discarded' | 'replaced'>('none');
  /** What `discard` threw away or `replace` took the place of. */
  discardedText = $state<string>();
  notKept = $state(false);
  readonly world = engine.world;
  readonly #key: string;
  #base: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #checks = 0;

  constructor(readonly zone: string) {
    this.#base = this.view?.text ?? '';
    this.text = this.#base;
    this.#key = `${engine.scenario ? tapeKey(engine.scenario) : 'world'}:zone:${zone}`;
    void this.#restore();
    void this.#check();
  }

  get view(): ZoneView | undefined {
    return engine.zones.find((one) => one.zone === this.zone);
  }

  get changed(): boolean {
    return this.view !== undefined && this.text !== this.view.text;
  }

  /** Errors first, then by place. They may be those of the text a moment ago. */
  get findings(): readonly ZoneFinding[] {
    if (!this.analysis) return [];
    const all = [...this.analysis.errors, ...this.analysis.findings];
    const seen = new Set<string>();
    return all
      .filter((one) => {
        const key = `${one.id}:${one.line}:${one.column}`;
        return !seen.has(key) && seen.add(key);
      })
      .sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
  }

  /** The first error of the text as it stands: why it cannot be published. */
  get obstacle(): ZoneFinding | undefined {
    return this.analysis?.errors.find((one) => one.severity === 'error') ?? this.analysis?.errors[0];
  }

  /** True when the last check is about the text as it stands. */
  get checked(): boolean {
    return this.checkedText === this.text;
  }

  /** The text differs, but its serial is not newer than the published one. */
  get serialBehind(): boolean {
    const serial = findSerial(this.text)?.serial;
    return this.changed && serial !== undefined && serial <= (this.view?.serial ?? 0);
  }

  edit(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.outcome = 'none';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.#check();
      void this.#keep();
    }, pauseMs);
  }

  /** Follows the published text when that changed and nobody worked on this one. */
  follow(): void {
    const published = this.view?.text ?? '';
    if (published === this.#base) return;
    const untouched = this.text === this.#base;
    this.#base = published;
    if (untouched) this.edit(published);
    else void this.#keep();
  }

  raiseSerial(): void {
    this.edit(withRaisedSerial(this.text, this.view?.serial ?? 0, engine.head.at));
  }

  discard(): void {
    const thrownAway = this.text;
    this.edit(this.view?.text ?? '');
    this.discardedText = thrownAway;
    this.outcome = 'discarded';
  }

  /** Another text as a whole, as from a file. The one before can be brought back. */
  replace(text: string): void {
    const before = this.text;
    if (text === before) return;
    this.edit(text);
    this.discardedText = before;
    this.outcome = 'replaced';
  }

  undoDiscard(): void {
    if (this.discardedText !== undefined) this.edit(this.discardedText);
    this.discardedText = undefined;
  }

  /** Loads the text into the name server, after a last check. */
  async publish(): Promise<void> {
    if (this.publishing) return;
    this.publishing = true;
    try {
      if (!this.checked) await this.#check();
      if (this.obstacle) return;
      const problem = await engine.run({ type: 'publish', zone: this.zone, text: this.text });
      this.outcome = problem ? 'refused' : 'published';
      if (!problem) {
        this.#base = this.view?.text ?? this.text;
        this.discardedText = undefined;
        await this.#keep();
        await this.#check();
      }
    } finally {
      this.publishing = false;
    }
  }

  async #check(): Promise<void> {
    const { text } = this;
    const number = ++this.#checks;
    this.checking = true;
    try {
      const analysis = await engine.ask((api) => api.analyseZone(this.zone, text));
      if (number !== this.#checks) return;
      this.analysis = analysis;
      this.checkedText = text;
      this.checkFailed = false;
    } catch {
      if (number === this.#checks) this.checkFailed = true;
    } finally {
      if (number === this.#checks) this.checking = false;
    }
  }

  async #restore(): Promise<void> {
    const kept = await keptValue<KeptDraft>(this.#key);
    if (!kept.ok) this.notKept = true;
    else if (kept.value?.base === this.#base && this.text === this.#base) this.edit(kept.value.text);
  }

  async #keep(): Promise<void> {
    if (this.world !== engine.world) return;
    if (!this.changed) return forget(this.#key);
    const kept = await keep(this.#key, { base: this.#base, text: this.text } satisfies KeptDraft);
    this.notKept = !kept.ok;
  }
}

function rank(finding: ZoneFinding): number {
  return finding.severity === 'error' ? 0 : finding.severity === 'warning' ? 1 : 2;
}

const drafts = new Map<string, ZoneDraft>();

/** The draft of a zone in the world that is open now. */
export function draftOf(zone: string): ZoneDraft {
  const known = drafts.get(zone);
  if (known?.world === engine.world) return known;
  const draft = new ZoneDraft(zone);
  drafts.set(zone, draft);
  return draft;
}
