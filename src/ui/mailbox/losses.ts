// Which problems of a file mean that something in it was left out, and not only that it was read in one of two ways.

import type { MailFileProblem } from '../../worker/api.ts';

const NOTES: readonly MailFileProblem['code'][] = ['lookalike', 'wrong-length', 'inside', 'bad-folder'];

export function isLoss(problem: MailFileProblem): boolean {
  return !NOTES.includes(problem.code);
}
