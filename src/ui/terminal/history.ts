// What was entered before, one list for each program, and the walk through it with the arrow keys. Knows no screen.

export class History {
  private readonly lists = new Map<string, string[]>();
  private at: number | undefined;
  private draft = '';

  /** Remembers an entered line; blank ones and repetitions are not worth it. Ends the walk. */
  add(program: string, text: string): void {
    this.at = undefined;
    const list = this.list(program);
    if (text.trim() !== '' && list.at(-1) !== text) list.push(text);
  }

  /** Leaves the walk: the next step begins at the newest line again. */
  leave(): void {
    this.at = undefined;
  }

  /** The line one step away, `current` being what is typed now; undefined at either end. */
  step(program: string, step: -1 | 1, current: string): string | undefined {
    const list = this.list(program);
    const at = (this.at ?? list.length) + step;
    if (at < 0 || at > list.length) return undefined;
    if (this.at === undefined) this.draft = current;
    this.at = at === list.length ? undefined : at;
    return list[at] ?? this.draft;
  }

  private list(program: string): string[] {
    const list = this.lists.get(program) ?? [];
    this.lists.set(program, list);
    return list;
  }
}
