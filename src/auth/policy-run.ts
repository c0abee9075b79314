// Policies that wait for DNS, kept as plain data: a suspended policy is its input and the answers so far, and going on
// means running it again from the start. Policies are deterministic, so they ask the same questions again.

import type { Asking, DnsAnswer, DnsQuestion } from '../dns/lookup.ts';

export type PolicyRun<Verdict> =
  | { readonly kind: 'done'; readonly verdict: Verdict }
  /** The next question; its answer goes to the end of the list. */
  | { readonly kind: 'ask'; readonly question: DnsQuestion };

/** A policy asks at most this often; the limits of SPF, DKIM and DMARC lie far below. */
export const MOST_QUESTIONS = 500;

/** Runs a policy with the answers known so far, up to its verdict or its next question. */
export function runPolicy<Verdict>(
  start: () => Asking<Verdict>,
  answers: readonly DnsAnswer[],
): PolicyRun<Verdict> {
  const policy = start();
  let step = policy.next();
  for (const answer of answers) {
    if (step.done === true) break;
    step = policy.next(answer);
  }
  return step.done === true ? { kind: 'done', verdict: step.value } : { kind: 'ask', question: step.value };
}

/** Runs a policy to its end against something that answers at once: a zone file, a table, a cache. */
export function finishPolicy<Verdict>(
  policy: Asking<Verdict>,
  answer: (question: DnsQuestion) => DnsAnswer,
): Verdict {
  let step = policy.next();
  for (let asked = 0; step.done !== true; asked++) {
    if (asked > MOST_QUESTIONS) throw new Error('a policy asks without end');
    step = policy.next(answer(step.value));
  }
  return step.value;
}
