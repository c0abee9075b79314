// The policies of the MTA by name: how each is made from its input, and who gets the verdict.

import type { Asking, DnsAnswer } from '../../dns/lookup.ts';
import { answerPolicy, startPolicy } from '../policy.ts';
import type { Os } from '../program.ts';
import { verified } from './cleanup.ts';
import { clientName, type ClientName } from './client-name.ts';
import { routed } from './delivery.ts';
import { findRestrictions, type RestrictionFindings } from './restrictions.ts';
import { findRoute, type Route } from './routing.ts';
import { smtpdFound, smtpdNamed } from './smtpd.ts';
import type { MtaJob, MtaState } from './state.ts';
import { findSts, stsFound, type StsFinding } from './sts.ts';
import { verifyMessage, type Verification } from './verify.ts';

type Verdict =
  | { readonly kind: 'clientName'; readonly value: ClientName }
  | { readonly kind: 'restrictions'; readonly value: RestrictionFindings }
  | { readonly kind: 'route'; readonly value: Route }
  | { readonly kind: 'sts'; readonly value: StsFinding }
  | { readonly kind: 'verify'; readonly value: Verification };

function* run(job: MtaJob, os: Os): Asking<Verdict> {
  switch (job.kind) {
    case 'clientName':
      return { kind: 'clientName', value: yield* clientName(job.address) };
    case 'restrictions':
      return { kind: 'restrictions', value: yield* findRestrictions(job.input) };
    case 'route':
      return { kind: 'route', value: yield* findRoute(job.input) };
    case 'sts':
      return { kind: 'sts', value: yield* findSts(job.input) };
    case 'verify':
      return { kind: 'verify', value: yield* verifyMessage(job.input, os.kept(job.message)) };
  }
}

function done(state: MtaState, job: MtaJob, verdict: Verdict, os: Os): void {
  if (job.kind === 'clientName' && verdict.kind === 'clientName')
    smtpdNamed(state, job.socket, verdict.value, os);
  if (job.kind === 'restrictions' && verdict.kind === 'restrictions')
    smtpdFound(state, job.socket, job.question, job.input, verdict.value, os);
  if (job.kind === 'route' && verdict.kind === 'route') routed(state, job.delivery, verdict.value, os);
  if (job.kind === 'sts' && verdict.kind === 'sts')
    stsFound(state, job.delivery, job.input, verdict.value, os);
  if (job.kind === 'verify' && verdict.kind === 'verify') verified(state, job, verdict.value, os);
}

export function startJob(state: MtaState, job: MtaJob, os: Os): void {
  startPolicy(
    state.desk,
    job,
    os,
    (j: MtaJob) => run(j, os),
    (j: MtaJob, verdict: Verdict) => done(state, j, verdict, os),
  );
}

/** An answer from libresolv. */
export function jobAnswer(state: MtaState, token: string, answer: DnsAnswer, os: Os): void {
  answerPolicy(
    state.desk,
    token,
    answer,
    os,
    (j: MtaJob) => run(j, os),
    (j: MtaJob, verdict: Verdict) => done(state, j, verdict, os),
  );
}
