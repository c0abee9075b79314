// What a tool of the shell is: a start and a handler over plain state, like a program, but with a terminal. It knows
// nothing of other tools. What it opened (sockets, ports, timers) the shell closes when it ends.

import type { DnsAnswer, DnsQuestion } from '../../dns/lookup.ts';
import type { Time } from '../../base/dates.ts';
import type { Endpoint } from '../../net/events.ts';
import type { NetInput } from '../../net/network.ts';
import type { Os, Patience } from '../program.ts';

/** What stands around the cursor while a tool runs. */
export interface ToolStatus {
  /** What the tool prints before the line that it reads; '' when it prints nothing. */
  readonly prompt?: string;
  /** `mx.hafen.example:25` */
  readonly connectedTo?: string;
  readonly connection?: number;
  /** Nothing happens before that moment unless time is let pass. */
  readonly waitsUntil?: Time;
}

export type ToolInput =
  | NetInput
  | { readonly type: 'timer'; readonly key: string }
  | { readonly type: 'lookedUp'; readonly token: string; readonly answer: DnsAnswer }
  /** A line of the terminal, without its line end; several at once when they were pasted. */
  | { readonly type: 'line'; readonly text: string }
  | { readonly type: 'key'; readonly key: 'interrupt' | 'endOfInput' | 'escape' }
  | { readonly type: 'logged'; readonly file: string; readonly line: string };

/** What a tool may do. Valid only while its handler runs. */
export interface ToolIo {
  readonly os: Os;
  readonly user: string;
  readonly home: string;
  /** Prints text; `connection` when a peer sent it. */
  print(text: string, connection?: number): void;
  /** Ends the tool with this exit code. */
  exit(code: number): void;
  show(status: ToolStatus): void;
  /** Asks the host's stub resolver; the answer comes as `lookedUp`. */
  lookup(question: DnsQuestion, token: string): void;
  connect(to: Endpoint, timeoutMs?: number): number;
  close(socket: number): void;
  bind(): number;
  /** `afterMs` from now. */
  timer(key: string, afterMs: number, patience: Patience): void;
  cancelTimer(key: string): void;
}

export interface Tool<State> {
  /** Runs when the command was entered; arguments without the command's name. */
  start(args: readonly string[], io: ToolIo): State;
  handle?(state: State, input: ToolInput, io: ToolIo): void;
  /** It takes what is typed; otherwise lines wait for the shell, as in a terminal's input buffer. */
  readonly readsInput?: boolean;
  /** It decides itself what Ctrl-C, Ctrl-D and Ctrl-] do; otherwise Ctrl-C ends it with exit code 130. */
  readonly readsKeys?: boolean;
}

/** A tool that has done everything when it starts. */
export function instantTool(run: (args: readonly string[], io: ToolIo) => number): Tool<null> {
  return {
    start(args, io) {
      io.exit(run(args, io));
      return null;
    },
  };
}
