// The mail transfer agent as one program of a host: smtpd, cleanup, qmgr, smtp, lmtp and bounce share its queue.

import type { Input, Os, ProgramDefinition } from '../program.ts';
import type { MtaConfig } from './config.ts';

export type { MtaConfig } from './config.ts';

export interface MtaState {
  readonly config: MtaConfig;
}

export const mta: ProgramDefinition<MtaConfig, MtaState> = {
  start: (config: MtaConfig, os: Os): MtaState => {
    os.listen(25);
    return { config };
  },
  handle: (_state: MtaState, _input: Input, _os: Os): void => {},
};
