// A scripted sender: a shop, a newsletter service, a spoofer. It hands its messages to a mail server in real SMTP, either
// to a given host or to the MX of the recipient, at given times or when called.

import type { Input, Os, ProgramDefinition } from './program.ts';

export interface SenderConfig {
  /** What it says in EHLO. */
  readonly helo: string;
  readonly messages: readonly {
    readonly name: string;
    readonly reversePath: string;
    readonly recipient: string;
    /** Milliseconds after the world's start; absent: only when called. */
    readonly afterMs?: number;
    /** Repeat with this distance. */
    readonly everyMs?: number;
    readonly headers: readonly string[];
    readonly body: string;
    /** It goes through this server; absent: straight to the recipient's MX. */
    readonly via?: { readonly host: string; readonly port: number };
    readonly signing?: { readonly domain: string; readonly selector: string; readonly privateKey: string };
  }[];
}

export interface SenderState {
  readonly config: SenderConfig;
}

export const sender: ProgramDefinition<SenderConfig, SenderState> = {
  start: (config: SenderConfig, _os: Os): SenderState => ({ config }),
  handle: (_state: SenderState, _input: Input, _os: Os): void => {},
};
