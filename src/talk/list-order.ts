// LIST and LSUB give mailboxes in the order of a directory on disk, which is another one on every disk: here they are put in
// alphabetical order, so that what is listed can be compared.

import { matches } from './match.ts';
import type { TalkDifference, TalkResult } from './run.ts';

/** The mailbox that an answer names comes first: answers are sorted by it. */
const LISTED = /^\* (?:(LIST|LSUB) \([^)]*\) \S+ (.*)|(STATUS) (\S+) .*)$/;

function nameFirst(answer: string): string {
  const [, list, listed, status, counted] = LISTED.exec(answer) ?? [];
  return `${listed ?? counted ?? ''} ${list ?? status ?? ''} ${answer}`;
}

/** Answers to one command that name mailboxes, each run of them in alphabetical order; so for what was expected. */
export function listedInOrder(answers: TalkResult['answers']): TalkResult['answers'] {
  const out: TalkResult['answers'][number][] = [];
  for (let i = 0; i < answers.length;) {
    const from = i;
    while (LISTED.test(answers[i]?.actual ?? '')) i++;
    if (i === from) {
      const single = answers[i++];
      if (single !== undefined) out.push(single);
      continue;
    }
    const run = answers.slice(from, i);
    const sorted = (texts: readonly string[]): string[] =>
      [...texts].sort((a, b) => (nameFirst(a) < nameFirst(b) ? -1 : 1));
    const actual = sorted(run.map((each) => each.actual));
    const expected = sorted(run.map((each) => each.expected));
    out.push(
      ...run.map(({ line }, at) => ({ line, expected: expected[at] ?? '', actual: actual[at] ?? '' })),
    );
  }
  return out;
}

/** The differences of a recording's replay that remain when lists of mailboxes are put in order. */
export function differencesInOrder(result: TalkResult): TalkDifference[] {
  return listedInOrder(result.answers).filter((answer) =>
    LISTED.test(answer.actual) && LISTED.test(answer.expected)
      ? !matches(answer.expected, answer.actual, new Map(), 'recording')
      : result.differences.some(({ line, actual }) => line === answer.line && actual === answer.actual),
  );
}
