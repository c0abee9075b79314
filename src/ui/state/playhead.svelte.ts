// Walks through the marks at a pace that people can follow, independent of the engine, which is always done already. It
// follows the newest mark until the reader holds it, steps, or goes back; while it is in the past, everything shows the
// world as it was then and is read-only. Knows no picture.

import { untrack } from 'svelte';
import type { MarkView, WorldView } from '../../view/types.ts';
import { engine } from './engine.svelte.ts';

/** `follow`: on to the newest. `hold`: waits for the reader before each step. `past`: the reader looks back. */
export type PlayMode = 'follow' | 'hold' | 'past';
export const speeds = [0.5, 1, 2, 4, Infinity] as const;
export type Speed = (typeof speeds)[number];

/** With more than this waiting, the pace rises, so that the picture catches up in this time. */
const patienceMs = 11_000;
/** Part of a mark's time in which something moves; then the world shows what it led to. */
const flightShare = 0.75;
const keptWorlds = 300;

class Playhead {
  mode = $state<PlayMode>('follow');
  speed = $state<Speed>(1);
  /** The mark that is shown; -1 before the first. */
  index = $state(-1);
  /** How much of that mark's time is over, 0 to 1. */
  progress = $state(1);
  /** The world as shown. */
  world = $state.raw<WorldView>();

  readonly last = $derived(engine.marks.length - 1);
  readonly mark: MarkView | undefined = $derived(engine.marks[this.index]);
  readonly moving = $derived(this.progress < 1);
  /** At the newest mark, and it is over. */
  readonly atRest = $derived(this.index >= this.last && !this.moving);
  readonly past = $derived(this.mode === 'past');
  readonly waiting = $derived(Math.max(0, this.last - this.index));
  /** The event whose world is shown: the mark before it while something is still on its way. */
  readonly shownSeq = $derived.by(() => {
    if (this.index >= this.last && !this.moving && !this.past) return engine.head.seq;
    const arrived = !this.mark?.flight || this.progress >= flightShare;
    return (arrived ? this.mark : engine.marks[this.index - 1])?.seq ?? 0;
  });
  /** Where the moving thing is on its way, 0 to 1. */
  readonly flown = $derived(Math.min(1, this.progress / flightShare));
  /** The moment on the virtual clock that is shown. */
  readonly at = $derived(this.past || !this.atRest ? (this.mark?.at ?? engine.head.at) : engine.head.at);
  /** For queries of what else is on the page: undefined is the newest world. */
  readonly querySeq = $derived(this.past || !this.atRest ? this.shownSeq : undefined);

  #frame = 0;
  #before = 0;
  /** How much faster than normal, since much happened at once. */
  #haste = 1;
  #worlds = new Map<number, WorldView>();
  #wanted = -1;
  #worldNumber = -1;

  /** Wires itself to the engine; returns the way to stop. Call inside an effect root. */
  start(): () => void {
    return $effect.root(() => {
      $effect(() => {
        if (engine.world !== this.#worldNumber && engine.state === 'open') this.#reset();
      });
      $effect(() => {
        if (engine.state !== 'open' || this.index >= this.last || this.mode !== 'follow') return;
        untrack(() => this.#hurry());
        this.#run();
      });
      $effect(() => {
        if (engine.state === 'open') void this.#fetch(this.shownSeq);
      });
      return () => cancelAnimationFrame(this.#frame);
    });
  }

  #reset(): void {
    this.#worldNumber = engine.world;
    this.#worlds.clear();
    this.#wanted = -1;
    this.mode = 'follow';
    this.index = engine.marks.length - 1;
    this.progress = 1;
  }

  /** Play or hold. */
  toggle(): void {
    if (this.mode === 'follow') this.hold();
    else this.follow();
  }

  hold(): void {
    if (this.mode === 'follow') this.mode = 'hold';
  }

  /** On from here, at pace. */
  follow(): void {
    this.mode = 'follow';
    if (this.moving) this.#run();
  }

  /** Straight to the newest. */
  now(): void {
    this.#show(this.last, 1);
    this.mode = 'follow';
  }

  /** The next event, and then wait. Plays its motion. */
  next(): void {
    if (this.moving) {
      this.progress = 1;
      if (this.mode === 'follow') this.mode = 'hold';
      return;
    }
    if (this.index >= this.last) {
      this.mode = this.mode === 'past' ? 'follow' : this.mode;
      return;
    }
    if (this.mode === 'follow') this.mode = 'hold';
    this.#show(this.index + 1, 0);
    if (this.index >= this.last && this.mode === 'past') this.mode = 'hold';
    this.#run();
  }

  previous(): void {
    this.goTo(this.index - 1);
  }

  /** To any mark, at once: everything before the newest is the past. */
  goTo(index: number): void {
    const target = Math.max(Math.min(0, this.last), Math.min(this.last, index));
    this.#show(target, 1);
    this.mode = target < this.last ? 'past' : 'hold';
    if (target >= this.last) this.mode = 'follow';
  }

  /** To the mark that an event belongs to. */
  goToEvent(seq: number): void {
    const index = engine.marks.findIndex((mark) => mark.seq >= seq);
    this.goTo(index < 0 ? this.last : index);
  }

  faster(): void {
    const place = speeds.indexOf(this.speed);
    this.speed = speeds[(place + 1) % speeds.length] ?? 1;
  }

  #show(index: number, progress: number): void {
    this.index = index;
    this.progress = progress;
  }

  #run(): void {
    cancelAnimationFrame(this.#frame);
    this.#before = performance.now();
    const frame = (now: number): void => {
      const passed = now - this.#before;
      this.#before = now;
      if (this.#advance(passed)) this.#frame = requestAnimationFrame(frame);
    };
    this.#frame = requestAnimationFrame(frame);
  }

  /** Moves on by real time; false when there is nothing left to do. */
  #advance(passedMs: number): boolean {
    if (engine.state !== 'open') return false;
    if (this.speed === Infinity && this.mode === 'follow') {
      this.#show(this.last, 1);
      return false;
    }
    let left =
      Math.min(passedMs, 250) *
      (this.speed === Infinity ? 8 : this.speed) *
      (this.mode === 'follow' ? this.#haste : 1);
    while (left > 0) {
      if (!this.moving) {
        if (this.mode !== 'follow' || this.index >= this.last) {
          this.#haste = 1;
          return false;
        }
        this.#show(this.index + 1, 0);
      }
      const dwell = Math.max(1, this.mark?.dwellMs ?? 1);
      const need = (1 - this.progress) * dwell;
      if (left < need) {
        this.progress += left / dwell;
        return true;
      }
      this.progress = 1;
      left -= need;
    }
    return true;
  }

  #hurry(): void {
    let waitingMs = 0;
    for (let i = this.index + 1; i < engine.marks.length; i++) waitingMs += engine.marks[i]?.dwellMs ?? 0;
    this.#haste = Math.max(this.#haste, waitingMs / patienceMs);
  }

  async #fetch(seq: number): Promise<void> {
    this.#wanted = seq;
    const number = engine.world;
    const kept = this.#worlds.get(seq);
    if (kept) {
      this.world = kept;
      return;
    }
    try {
      const world = await engine.ask((api) => api.worldAt(seq));
      if (number !== engine.world) return;
      this.#worlds.set(seq, world);
      if (this.#worlds.size > keptWorlds) this.#worlds.delete(this.#worlds.keys().next().value ?? seq);
      // An older answer is still newer than what is shown, unless a wanted one came first.
      if (this.#wanted === seq || (this.world?.seq ?? -1) < world.seq) this.world = world;
    } catch {
      // The engine is being restarted; the next world comes with it.
    }
  }
}

export const playhead = new Playhead();
