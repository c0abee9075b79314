// The terminals as the page shows them: what each printed and in which state it is. Typed lines are put in where the
// terminal showed them, so that a reopened world reads like the session that it was.

import type { TraceEvent } from '../host/events.ts';
import type { WorldDescription } from '../world/description.ts';
import type { TerminalView } from './types.ts';

export interface TerminalFold {
  readonly users: ReadonlyMap<string, string>;
  readonly views: Map<string, TerminalView>;
  /** Printed since it was last taken, by terminal. */
  readonly fresh: Map<string, string>;
  /** All that stands on the screen, typed lines included. */
  readonly screens: Map<string, string>;
}

const SCREEN_LIMIT = 200_000;

export function openTerminals(description: WorldDescription): TerminalFold {
  const users = new Map<string, string>();
  for (const host of description.hosts) if (host.user !== undefined) users.set(host.name, host.user);
  return { users, views: new Map(), fresh: new Map(), screens: new Map() };
}

export function foldTerminals(fold: TerminalFold, event: TraceEvent): void {
  switch (event.type) {
    case 'shell.input':
      show(fold, event.terminal, `${fold.views.get(event.terminal)?.prompt ?? ''}${event.text}\n`);
      break;
    case 'shell.key':
      if (event.key === 'interrupt')
        show(fold, event.terminal, `${fold.views.get(event.terminal)?.prompt ?? ''}^C\n`);
      break;
    case 'shell.output':
      show(fold, event.terminal, event.text);
      fold.fresh.set(event.terminal, (fold.fresh.get(event.terminal) ?? '') + event.text);
      break;
    case 'shell.state':
      fold.views.set(event.terminal, {
        id: event.terminal,
        host: event.host,
        user: fold.users.get(event.host) ?? '',
        prompt: event.prompt,
        program: event.program,
        ...(event.connectedTo === undefined ? {} : { connectedTo: event.connectedTo }),
        ...(event.waitsUntil === undefined ? {} : { waitsUntil: event.waitsUntil }),
      });
      if (!fold.fresh.has(event.terminal)) fold.fresh.set(event.terminal, '');
      break;
    default:
      break;
  }
}

function show(fold: TerminalFold, terminal: string, text: string): void {
  fold.screens.set(terminal, ((fold.screens.get(terminal) ?? '') + text).slice(-SCREEN_LIMIT));
}

/** Takes what was printed since the last time, in the order in which the terminals first printed. */
export function takeOutput(fold: TerminalFold): { readonly terminal: string; readonly output: string }[] {
  const out = [...fold.fresh].map(([terminal, output]) => ({ terminal, output }));
  fold.fresh.clear();
  return out;
}
