// The mail delivery agent: takes messages over LMTP (RFC 2033) and puts them into the folders of its users.

import type { Input, Os, ProgramDefinition } from './program.ts';

/** `users`: name to the addresses that reach it. Quota in bytes. */
export interface MdaConfig {
  readonly hostname: string;
  readonly port: number;
  readonly users: readonly {
    readonly user: string;
    readonly addresses: readonly string[];
    readonly quotaBytes?: number;
  }[];
  /** Whose Authentication-Results it believes (RFC 8601 §5). */
  readonly trustedAuthservId: string;
}

export interface MdaState {
  readonly config: MdaConfig;
}

export const mda: ProgramDefinition<MdaConfig, MdaState> = {
  start: (config: MdaConfig, os: Os): MdaState => {
    os.listen(config.port);
    return { config };
  },
  handle: (_state: MdaState, _input: Input, _os: Os): void => {},
};
