// The acts that a client session is made of: say, note, settle a recipient, give up, end. What is said when is in `client.ts`
// and `client-login.ts`.

import type { Time } from '../base/dates.ts';
import type { ClientNote, ClientSession, ClientStep, RecipientOutcome } from './client-job.ts';
import { doing, requestName } from './client-texts.ts';
import { replyStatus, replyText, type Reply } from './reply.ts';

export const serverName = ({ job }: ClientSession): string => `${job.server.name}[${job.server.address}]`;

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

export function note(session: ClientSession, at: Time, what: WithoutTime<ClientNote>): void {
  session.outputs.push({ kind: 'note', note: { at, ...what } as ClientNote });
}

export function send(session: ClientSession, text: string, now: Time): void {
  session.outputs.push({ kind: 'send', bytes: text });
  session.waitingSince = now;
}

export function stream(
  session: ClientSession,
  now: Time,
  reason: 'lost connection' | 'timeout',
  undelivered: boolean,
): void {
  const step = session.awaited[0]?.step ?? 'QUIT';
  note(session, now, { kind: 'lost', reason, step });
  const where = doing(step, undelivered);
  const text =
    reason === 'timeout'
      ? `conversation with ${serverName(session)} timed out while ${where}`
      : `lost connection with ${serverName(session)} while ${where}`;
  failRest(session, { dsn: '4.4.2', text, reply: undefined, step });
  shut(session);
}

/** Settles one recipient; the first word counts. */
export function settle(
  session: ClientSession,
  index: number,
  outcome: Omit<RecipientOutcome, 'address'>,
): void {
  const address = session.job.recipients[index]?.address;
  if (address === undefined || session.outcomes[index]) return;
  session.outcomes[index] = { address, ...outcome };
}

export interface Failure {
  readonly dsn: string;
  readonly text: string;
  readonly reply: Reply | undefined;
  readonly step: ClientStep | 'session';
}

/** Class 4 defers, class 5 bounces; a server that answers a refusal with anything else breaks the protocol. */
export function failed({ dsn, text, reply, step }: Failure): Omit<RecipientOutcome, 'address'> {
  if (dsn.startsWith('4')) return { status: 'deferred', dsn, text, reply, step };
  if (dsn.startsWith('5')) return { status: 'bounced', dsn, text, reply, step };
  return { status: 'bounced', dsn: '5.5.0', text: `Protocol error: ${text}`, reply, step };
}

export function failRest(session: ClientSession, failure: Failure): void {
  for (const index of session.outcomes.keys()) settle(session, index, failed(failure));
  tellDone(session);
}

export function tellDone(session: ClientSession): void {
  if (session.doneTold || session.outcomes.some((outcome) => outcome === undefined)) return;
  session.doneTold = true;
  session.outputs.push({
    kind: 'done',
    outcomes: session.outcomes.filter((outcome) => outcome !== undefined),
  });
}

export function shut(session: ClientSession): void {
  session.closed = true;
  session.awaited = [];
  session.input = '';
  session.outputs.push({ kind: 'close' });
}

/** `host mx.blue.example[192.0.2.25] said: 550 … (in reply to RCPT TO command)`. */
export function said(session: ClientSession, step: ClientStep, answer: Reply): Failure {
  const text = `host ${serverName(session)} said: ${replyText(answer)} (in reply to ${requestName(step)})`;
  return { dsn: replyStatus(answer), text, reply: answer, step };
}

export function command(
  session: ClientSession,
  step: ClientStep,
  text: string,
  now: Time,
  recipient?: number,
): string {
  note(session, now, { kind: 'command', step, text });
  session.awaited.push(recipient === undefined ? { step } : { step, recipient });
  return `${text}\r\n`;
}

export function quit(session: ClientSession, now: Time): void {
  if (!session.quitSent) {
    session.quitSent = true;
    send(session, command(session, 'QUIT', 'QUIT', now), now);
  }
  if (session.config.skipQuitResponse) shut(session);
}
