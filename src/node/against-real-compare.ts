// Holds what our sessions answered beside what the real program answered to the same transcript. What must differ from run
// to run (queue ids, times) is not looked at, and neither is the order in which a directory lists mailboxes.

import { EXCEPTIONS, type TalkException } from '../talk/exceptions.ts';
import { listedInOrder } from '../talk/list-order.ts';
import { matches } from '../talk/match.ts';
import type { TalkResult } from '../talk/run.ts';

/** One place where the two do not say the same. */
export interface RealDifference {
  readonly file: string;
  readonly line: number;
  readonly ours: string;
  readonly real: string;
}

const VOLATILE: readonly (readonly [RegExp, string])[] = [
  [/queued as \w+/g, 'queued as ⟨queue-id⟩'],
  [/UIDVALIDITY \d+/g, 'UIDVALIDITY ⟨uidvalidity⟩'],
];

function masked(text: string): string {
  return VOLATILE.reduce((before, [pattern, word]) => before.replace(pattern, word), text);
}

/** Where the two results of one transcript differ. */
export function differencesOf(file: string, ours: TalkResult, real: TalkResult): RealDifference[] {
  const theirs = listedInOrder(real.answers);
  return listedInOrder(ours.answers).flatMap(({ line, expected, actual }, i) => {
    const other = theirs[i]?.actual ?? '(nothing)';
    if (masked(actual) === masked(other)) return [];
    const isVolatile = (text: string): boolean => matches(expected, text, new Map(), 'recording');
    if (expected.includes('⟨') && isVolatile(actual) && isVolatile(other)) return [];
    return [{ file, line, ours: actual, real: other }];
  });
}

export interface Judged {
  readonly unlisted: readonly RealDifference[];
  readonly accepted: readonly { readonly difference: RealDifference; readonly why: string }[];
  /** Rows of the list that were looked for and not found. */
  readonly gone: readonly { readonly exception: TalkException; readonly line: number }[];
}

/** Holds the differences of the transcripts that were played against the list of accepted ones. */
export function judge(differences: readonly RealDifference[], played: ReadonlySet<string>): Judged {
  const listed = EXCEPTIONS.filter(({ file, where }) => where !== 'recordings' && played.has(file));
  const isMeant = (exception: TalkException, { file, line, ours }: RealDifference): boolean =>
    exception.file === file && exception.lines.includes(line) && ours.includes(exception.ours);
  const unlisted: RealDifference[] = [];
  const accepted: { difference: RealDifference; why: string }[] = [];
  for (const difference of differences) {
    const row = listed.find((each) => isMeant(each, difference));
    if (row === undefined) unlisted.push(difference);
    else accepted.push({ difference, why: row.why });
  }
  const gone = listed.flatMap((exception) =>
    exception.lines
      .filter((line) => !differences.some((each) => each.line === line && isMeant(exception, each)))
      .map((line) => ({ exception, line })),
  );
  return { unlisted, accepted, gone };
}
