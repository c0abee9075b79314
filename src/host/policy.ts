// Policies that wait for DNS. A policy is stored as its input and the answers so far and run again for each new answer,
// so that a checkpoint in the middle of an SPF check is plain data.

import type { Asking, DnsAnswer } from '../dns/lookup.ts';
import type { Os } from './program.ts';

/** A suspended policy. `job` is plain data that says which policy it is, with its input, and what to do with the verdict. */
export interface PendingPolicy<Job> {
  readonly job: Job;
  readonly answers: DnsAnswer[];
}

/** The suspended policies of one program, by token. */
export interface PolicyDesk<Job> {
  nextToken: number;
  readonly pending: Map<string, PendingPolicy<Job>>;
}

export function policyDesk<Job>(): PolicyDesk<Job> {
  return { nextToken: 1, pending: new Map() };
}

/**
 * Starts a policy: `make` builds its generator from the job. The verdict goes to `done`, now if nothing must be asked.
 */
export function startPolicy<Job, Verdict>(
  desk: PolicyDesk<Job>,
  job: Job,
  os: Os,
  make: (job: Job) => Asking<Verdict>,
  done: (job: Job, verdict: Verdict) => void,
): void {
  advance(desk, `p${desk.nextToken++}`, { job, answers: [] }, os, make, done);
}

/** Goes on with the policy whose look-up was answered. False when the token is not one of this desk's. */
export function answerPolicy<Job, Verdict>(
  desk: PolicyDesk<Job>,
  token: string,
  answer: DnsAnswer,
  os: Os,
  make: (job: Job) => Asking<Verdict>,
  done: (job: Job, verdict: Verdict) => void,
): boolean {
  const pending = desk.pending.get(token);
  if (pending === undefined) return false;
  desk.pending.delete(token);
  pending.answers.push(answer);
  advance(desk, token, pending, os, make, done);
  return true;
}

/**
 * Policies that stand at their newest question, so that they need not start again. Only a short cut: a copy of the state
 * (a fork, a checkpoint) has entries of its own, finds nothing here, and runs its policies again from their answers.
 */
const standing = new WeakMap<object, { readonly policy: Asking<unknown>; readonly answers: number }>();

function advance<Job, Verdict>(
  desk: PolicyDesk<Job>,
  token: string,
  pending: PendingPolicy<Job>,
  os: Os,
  make: (job: Job) => Asking<Verdict>,
  done: (job: Job, verdict: Verdict) => void,
): void {
  const held = standing.get(pending);
  const resumed = held !== undefined && held.answers === pending.answers.length - 1;
  const policy = resumed ? (held.policy as Asking<Verdict>) : make(pending.job);
  let step = resumed ? policy.next(pending.answers[held.answers] as DnsAnswer) : policy.next();
  if (!resumed)
    for (const answer of pending.answers) {
      if (step.done === true) break;
      step = policy.next(answer);
    }
  if (step.done === true) return done(pending.job, step.value);
  standing.set(pending, { policy, answers: pending.answers.length });
  desk.pending.set(token, pending);
  os.call('libresolv', { type: 'lookup', question: step.value, token, asker: os.program });
}
