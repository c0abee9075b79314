// What changes between two texts, line by line: the shortest edit, found with the longest common subsequence. Knows no
// zone files and no screen.

export interface DiffLine {
  readonly change: 'same' | 'removed' | 'added';
  readonly text: string;
  /** Line in the old text, from 1; absent for added lines. */
  readonly oldLine?: number;
  /** Line in the new text, from 1; absent for removed lines. */
  readonly newLine?: number;
}

/** Above this many cells of the table the middle is shown as replaced as a whole. */
const tableLimit = 4_000_000;

/** All lines of both texts in reading order; of a changed line, the old form comes first. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const old = linesOf(before);
  const fresh = linesOf(after);
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < fresh.length - head &&
    old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]
  ) {
    tail += 1;
  }
  const rows = old.length - head - tail;
  const columns = fresh.length - head - tail;
  const lengths = rows * columns > tableLimit ? undefined : commonLengths(old, fresh, head, rows, columns);
  const lines: DiffLine[] = [];
  const same = (row: number, column: number): void => {
    lines.push({ change: 'same', text: old[row] ?? '', oldLine: row + 1, newLine: column + 1 });
  };
  for (let line = 0; line < head; line += 1) same(line, line);
  let row = 0;
  let column = 0;
  while (row < rows || column < columns) {
    const here = row < rows && column < columns;
    if (here && lengths && old[head + row] === fresh[head + column]) {
      same(head + row, head + column);
      row += 1;
      column += 1;
    } else if (
      row < rows &&
      (!here || !lengths || (lengths[row + 1]?.[column] ?? 0) >= (lengths[row]?.[column + 1] ?? 0))
    ) {
      lines.push({ change: 'removed', text: old[head + row] ?? '', oldLine: head + row + 1 });
      row += 1;
    } else {
      lines.push({ change: 'added', text: fresh[head + column] ?? '', newLine: head + column + 1 });
      column += 1;
    }
  }
  for (let line = tail; line > 0; line -= 1) same(old.length - line, fresh.length - line);
  return lines;
}

/** A line end at the very end begins no further line. */
function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** `lengths[row][column]`: the longest common subsequence of what follows there. */
function commonLengths(
  old: readonly string[],
  fresh: readonly string[],
  head: number,
  rows: number,
  columns: number,
): readonly Uint32Array[] {
  const lengths = Array.from({ length: rows + 1 }, () => new Uint32Array(columns + 1));
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      const here = lengths[row];
      if (!here) continue;
      here[column] =
        old[head + row] === fresh[head + column]
          ? (lengths[row + 1]?.[column + 1] ?? 0) + 1
          : Math.max(lengths[row + 1]?.[column] ?? 0, here[column + 1] ?? 0);
    }
  }
  return lengths;
}

/** Only changed lines with `context` lines around them; `undefined` stands for lines left out. */
export function folded(lines: readonly DiffLine[], context = 1): readonly (DiffLine | undefined)[] {
  const near = lines.map((_, index) =>
    lines.slice(Math.max(0, index - context), index + context + 1).some((line) => line.change !== 'same'),
  );
  const shown: (DiffLine | undefined)[] = [];
  for (const [index, line] of lines.entries()) {
    if (near[index]) shown.push(line);
    else if (index === 0 || near[index - 1]) shown.push(undefined);
  }
  return shown;
}
