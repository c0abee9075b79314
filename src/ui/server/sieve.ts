// Sieve for the page: the mistakes of a script, and a run over one message of this world, as the delivery agent would do it.
// Loaded with the first script that is shown.

import type { Time } from '../../base/dates.ts';
import { compileSieve } from '../../sieve/check.ts';
import { runSieve } from '../../sieve/interpreter.ts';
import { pigeonholeText } from '../../sieve/problem-text.ts';
import type { SieveProblem } from '../../sieve/problem.ts';
import type { SieveAction, SieveRun } from '../../sieve/run.ts';
import type { MailboxView } from '../../view/types.ts';

/** Every mistake with Pigeonhole's words for it. */
export function problemsOf(source: string): readonly (SieveProblem & { readonly said: string })[] {
  if (source.trim() === '') return [];
  return compileSieve(source).problems.map((problem) => ({ ...problem, said: pigeonholeText(problem) }));
}

/** A message as it would come to the delivery agent. */
export interface TrialMessage {
  /** Binary string. */
  readonly raw: string;
  /** Reverse path, '' for `<>`. */
  readonly from: string;
  /** Envelope recipient; the mailbox's address if absent. */
  readonly to?: string;
}

/** What the script would do with the message in that mailbox; undefined while it has mistakes. */
export function tryScript(
  source: string,
  message: TrialMessage,
  box: MailboxView,
  now: Time,
): SieveRun | undefined {
  const { script } = compileSieve(source);
  return (
    script &&
    runSieve({
      script,
      message: message.raw,
      envelope: { from: message.from, to: message.to ?? box.address },
      now,
      zoneMinutes: 60,
      environment: {
        host: box.host,
        domain: box.host.slice(box.host.indexOf('.') + 1),
        location: 'MDA',
        phase: 'during',
      },
      mailboxes: box.folders.map(({ name }) => ({ name })),
      ownAddresses: [box.address],
      uniqueId: 'try',
    })
  );
}

export interface ActionLine {
  readonly kind: string;
  readonly target: string;
  readonly line: number;
}

/** What was decided, one line an action. */
export function actionsOf(run: SieveRun): readonly ActionLine[] {
  return run.actions.map((action) => ({ ...said(action), line: action.span?.line ?? 0 }));
}

function said(action: SieveAction): Omit<ActionLine, 'line'> {
  switch (action.kind) {
    case 'keep':
      return { kind: action.implicit ? 'implicitKeep' : 'keep', target: 'INBOX' };
    case 'fileinto':
      return { kind: action.exists || action.create ? 'fileinto' : 'noFolder', target: action.mailbox };
    case 'redirect':
      return { kind: 'redirect', target: action.address };
    case 'reject':
      return { kind: 'reject', target: action.reason };
    case 'vacation':
      return action.decision.send
        ? { kind: 'vacation', target: action.decision.reply.forwardPath }
        : { kind: 'noVacation', target: action.decision.because };
    case 'notify':
      return { kind: 'notify', target: action.forwardPaths.join(', ') };
    case 'addheader':
    case 'deleteheader':
      return { kind: action.kind, target: action.name };
    case 'discard':
      return { kind: 'discard', target: '' };
  }
}

export interface StepLine {
  readonly line: number;
  readonly depth: number;
  readonly name: string;
  readonly result: boolean | undefined;
  readonly looked: string;
}

/** Every command and test in order, with what it compared. */
export function stepsOf(run: SieveRun): readonly StepLine[] {
  return run.steps
    .filter(({ name }) => name !== 'require')
    .slice(0, 60)
    .map((step) => {
      const hits = step.compared.filter(({ matched }) => matched);
      const shown = (hits.length > 0 ? hits : step.compared).slice(0, 2);
      return {
        line: step.span.line,
        depth: step.depth,
        name: step.name,
        result: step.result,
        looked: shown
          .map(({ source, value, key }) => `${source}: “${value.slice(0, 60)}” : “${key.slice(0, 60)}”`)
          .join('; '),
      };
    });
}
