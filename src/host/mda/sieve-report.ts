// The run of a script as the trace keeps it: every test with what it compared, every action without the message's bytes.
// Long runs are cut and say so.

import type { SieveAction, SieveRun } from '../../sieve/run.ts';
import type { SieveActionReport, SieveRunReport } from './report.ts';

const STEPS = 200;
const COMPARED = 12;
const SHOWN = 300;

export function runSummary(run: SieveRun): SieveRunReport {
  return {
    actions: run.actions.map(actionReport),
    implicitKeep: run.implicitKeep,
    ...(run.error === undefined ? {} : { error: run.error }),
    steps: run.steps.slice(0, STEPS).map((step) => ({
      ...step,
      compared: step.compared
        .slice(0, COMPARED)
        .map((one) => ({ ...one, value: one.value.slice(0, SHOWN), key: one.key.slice(0, SHOWN) })),
      omitted: step.omitted + Math.max(0, step.compared.length - COMPARED),
    })),
    omitted: Math.max(0, run.steps.length - STEPS),
  };
}

export function actionReport(action: SieveAction): SieveActionReport {
  const line = action.span === undefined ? {} : { line: action.span.line };
  switch (action.kind) {
    case 'keep':
      return { kind: action.implicit ? 'implicitKeep' : 'keep', target: 'INBOX', ...line };
    case 'fileinto':
      return { kind: 'fileinto', target: action.mailbox, ...line };
    case 'redirect':
      return { kind: 'redirect', target: action.address, ...line };
    case 'reject':
      return { kind: 'reject', target: action.reason.slice(0, SHOWN), ...line };
    case 'vacation':
      return action.decision.send
        ? { kind: 'vacation', target: action.decision.reply.forwardPath, ...line }
        : { kind: 'noVacation', target: action.decision.because, ...line };
    case 'notify':
      return { kind: 'notify', target: action.forwardPaths.join(', '), ...line };
    case 'addheader':
    case 'deleteheader':
      return { kind: action.kind, target: action.name, ...line };
    case 'discard':
      return { kind: 'discard', target: '', ...line };
  }
}
