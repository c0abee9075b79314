// The mail program of a person's device: speaks IMAP or POP3 with the server that keeps the mail and SMTP with the one that
// takes what is sent. This file is the small part that a world needs to begin; what it does is in `engine.ts`, which arrives
// later than the first prompt (whoever lets a world run installs it, as with `access-services.ts`).

import type { Input, Os, ProgramDefinition } from '../program.ts';
import type { MailClientConfig } from './config.ts';
import { newMailState, type MailClientState } from './state.ts';

export type { MailClientConfig } from './config.ts';

export interface MailEngine {
  handle(state: MailClientState, input: Input, os: Os): void;
}

let installed: MailEngine | undefined;

export function installMailEngine(engine: MailEngine): void {
  installed = engine;
}

/** Timer of the regular check. */
export const CHECK_TIMER = 'check';

export const mailClient: ProgramDefinition<MailClientConfig, MailClientState> = {
  start(config, os) {
    if (config.checkEveryMs !== undefined) os.timer(CHECK_TIMER, os.now + config.checkEveryMs, 'patient');
    return newMailState(config);
  },

  handle(state, input, os) {
    if (installed === undefined)
      throw new Error('the mail client is not installed: import mail-client/engine.ts');
    installed.handle(state, input, os);
  },
};
