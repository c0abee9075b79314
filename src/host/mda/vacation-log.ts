// What Pigeonhole logs of a vacation action: sent, or which rule spoke against it.

import type { VacationDecision } from '../../sieve/vacation.ts';
import type { Arrival } from './config.ts';

export function vacationLog(decision: VacationDecision, { reversePath, recipient }: Arrival): string {
  const sender = `<${reversePath}>`;
  if (decision.send) return `sent vacation response to ${sender}`;
  const evidence = decision.checks.at(-1)?.evidence ?? '';
  switch (decision.because) {
    case 'sender-null':
      return 'discarded vacation reply to <>';
    case 'sender-self':
      return `discarded vacation reply to own address ${sender}`;
    case 'already-answered':
      return `discarded duplicate vacation response to ${sender}`;
    case 'list-header':
      return `discarding vacation response to mailinglist recipient ${sender}`;
    case 'auto-submitted':
      return `discarding vacation response to auto-submitted message from ${sender}`;
    case 'precedence':
      return `discarding vacation response to precedence=${evidence.replace(/^[^:]*:\s*/, '')} message from ${sender}`;
    case 'auto-response-suppress':
      return `discarding vacation response to message from ${sender} ('${evidence.replace(/^[^:]*:\s*/, '')}' flag found in x-auto-response-suppress header)`;
    case 'sender-system':
      return `not sending vacation response to system address ${sender}`;
    case 'addressed-to-me':
      return `discarding vacation response for implicitly delivered message; no known (envelope) recipient address found in message headers (recipient=<${recipient}>, and additional ':addresses' are specified)`;
  }
}
