// The one table of the states of an SMTP or LMTP server session and of what leads from one to the next; a state diagram
// can be drawn from it, and the server moves by it and by nothing else. RFC 5321 §4.1.4.

import type { Verb } from './grammar.ts';

/**
 * connected: no greeting sent yet. refused: greeted with a refusal, only QUIT works. greeted: waits for HELO, EHLO or
 * LHLO. ready: introduced, no transaction. mail: sender given. rcpt: at least one recipient accepted. data: message
 * text. closed: nothing is read any more.
 */
export type ServerState = 'connected' | 'refused' | 'greeted' | 'ready' | 'mail' | 'rcpt' | 'data' | 'closed';

/** What moves a session: an accepted command, or something that is no command. */
export type StateEvent = Verb | 'greeting' | 'refusal' | 'end of data' | 'close';

export interface Transition {
  readonly from: ServerState;
  readonly on: StateEvent;
  /** Holds only when the client has introduced itself, or only when it has not. */
  readonly when?: 'introduced' | 'not introduced';
  readonly to: ServerState;
}

const OPEN: readonly ServerState[] = ['greeted', 'ready', 'mail', 'rcpt'];
const home = (from: ServerState, on: StateEvent): Transition[] => [
  { from, on, when: 'introduced', to: 'ready' },
  { from, on, when: 'not introduced', to: 'greeted' },
];

export const TRANSITIONS: readonly Transition[] = [
  { from: 'connected', on: 'greeting', to: 'greeted' },
  { from: 'connected', on: 'refusal', to: 'refused' },
  ...OPEN.flatMap((from): Transition[] => [
    { from, on: 'HELO', to: 'ready' },
    { from, on: 'EHLO', to: 'ready' },
    { from, on: 'LHLO', to: 'ready' },
  ]),
  // MAIL from `greeted` is possible where the server does not insist on HELO.
  { from: 'greeted', on: 'MAIL', to: 'mail' },
  { from: 'ready', on: 'MAIL', to: 'mail' },
  { from: 'mail', on: 'RCPT', to: 'rcpt' },
  { from: 'rcpt', on: 'RCPT', to: 'rcpt' },
  { from: 'rcpt', on: 'DATA', to: 'data' },
  // The last chunk is here: from now on as at the end of DATA's text.
  { from: 'rcpt', on: 'BDAT', to: 'data' },
  ...home('data', 'end of data'),
  ...OPEN.flatMap((from): Transition[] => home(from, 'RSET')),
  ...(['refused', ...OPEN] as const).map((from): Transition => ({ from, on: 'QUIT', to: 'closed' })),
  ...(['connected', 'refused', ...OPEN, 'data'] as const).map((from): Transition => ({
    from,
    on: 'close',
    to: 'closed',
  })),
];

/** Where the event leads, or the same state when it moves nothing. */
export function nextState(state: ServerState, on: StateEvent, introduced: boolean): ServerState {
  const when = introduced ? 'introduced' : 'not introduced';
  const found = TRANSITIONS.find(
    (t) => t.from === state && t.on === on && (t.when === undefined || t.when === when),
  );
  return found?.to ?? state;
}
