// What a command comes to: an outcome at once, or a question to the host.

import { reply, type Reply } from './reply.ts';
import type { Outcome } from './session.ts';

export type Step = Outcome | 'asked';

export const done = (answer: Reply): Outcome => ({ reply: answer, ok: true });
export const failed = (answer: Reply): Outcome => ({ reply: answer, ok: false });
export const fail = (code: number, enhanced: string | undefined, text: string, rule: string): Outcome =>
  failed(reply(code, enhanced, text, rule));
