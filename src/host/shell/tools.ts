// The closed list of tools that the shell can run. A new tool is one file in tools/ and one line here.

import { clear, date, echo, hostname, pwd, whoami } from './tools/basics.ts';
import { cat } from './tools/cat.ts';
import { dig, type DigState } from './tools/dig.ts';
import { help } from './tools/help.ts';
import { host, type HostToolState } from './tools/host.ts';
import { ls } from './tools/ls.ts';
import { mailq, postqueue } from './tools/mailq.ts';
import { nc, type NcState } from './tools/nc.ts';
import { ping, type PingState } from './tools/ping.ts';
import { tail, type TailState } from './tools/tail.ts';
import { telnet, type TelnetState } from './tools/telnet.ts';
import type { Tool } from './tool.ts';
import type { HostState } from '../program.ts';

interface ToolStates {
  readonly cat: null;
  readonly clear: null;
  readonly date: null;
  readonly dig: DigState;
  readonly echo: null;
  readonly help: null;
  readonly host: HostToolState;
  readonly hostname: null;
  readonly ls: null;
  readonly mailq: null;
  readonly nc: NcState;
  readonly ping: PingState;
  readonly postqueue: null;
  readonly pwd: null;
  readonly tail: TailState;
  readonly telnet: TelnetState;
  readonly whoami: null;
}

export type ToolName = keyof ToolStates;

const tools: { readonly [Name in ToolName]: Tool<ToolStates[Name]> } = {
  cat,
  clear,
  date,
  dig,
  echo,
  help,
  host,
  hostname,
  ls,
  mailq,
  nc,
  ping,
  postqueue,
  pwd,
  tail,
  telnet,
  whoami,
};

/** What the shell does itself. */
export const BUILTINS = ['exit', 'logout'] as const;

/** Belongs to Postfix: not found where no MTA is installed. */
const OF_THE_MTA: readonly string[] = ['mailq', 'postqueue'];

/** The tool of that name, if it is installed on the host; its state is its own business. */
export function toolNamed(name: string, host: HostState): Tool<unknown> | undefined {
  if (!Object.hasOwn(tools, name) || (OF_THE_MTA.includes(name) && !hasMta(host))) return undefined;
  return tools[name as ToolName] as unknown as Tool<unknown>;
}

/** Names of all commands that a host has. */
export function commandNames(host: HostState): string[] {
  const names = Object.keys(tools).filter((name) => !OF_THE_MTA.includes(name) || hasMta(host));
  return [...names, ...BUILTINS].sort();
}

function hasMta(host: HostState): boolean {
  return [...host.programs.values()].some((program) => program.kind === 'mta');
}
