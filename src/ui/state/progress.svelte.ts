// Which lessons are solved, kept in the browser. A lesson's own state is its tape; this is only the list's tick.

import { keep, keptValue } from './storage.ts';

export interface LessonProgress {
  readonly done: number;
  readonly goals: number;
  readonly solved: boolean;
}

class Progress {
  lessons = $state.raw<Readonly<Record<string, LessonProgress>>>({});

  async load(): Promise<void> {
    const kept = await keptValue<Record<string, LessonProgress>>('progress');
    if (kept.ok && kept.value) this.lessons = { ...kept.value, ...this.lessons };
  }

  /** A solved lesson stays solved when it is started over. */
  note(id: string, done: number, goals: number): void {
    const before = this.lessons[id];
    const solved = before?.solved === true || (goals > 0 && done === goals);
    if (before?.done === done && before.goals === goals && before.solved === solved) return;
    this.lessons = { ...this.lessons, [id]: { done, goals, solved } };
    void keep('progress', this.lessons);
  }
}

export const progress = new Progress();
