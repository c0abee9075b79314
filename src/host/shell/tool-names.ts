// The names of the tools, and where the tools themselves are found once `tools.ts` has been loaded. What shows a prompt or
// completes a word needs no more than the names.

import type { HostState } from '../program.ts';
import type { ProgramKind } from '../programs.ts';
import type { Tool } from './tool.ts';

export const TOOL_NAMES = [
  'cat',
  'clear',
  'date',
  'dig',
  'echo',
  'help',
  'host',
  'hostname',
  'ls',
  'mailq',
  'named-checkzone',
  'nc',
  'nslookup',
  'openssl',
  'ping',
  'postcat',
  'postqueue',
  'postsuper',
  'pwd',
  'sudo',
  'swaks',
  'tail',
  'telnet',
  'whoami',
] as const;
export type ToolName = (typeof TOOL_NAMES)[number];

/** What the shell does itself. */
export const BUILTINS = ['exit', 'logout'] as const;

/** Tools that came with a server, and are not found where it is not installed. */
const COMES_WITH: Readonly<Record<string, ProgramKind>> = {
  mailq: 'mta',
  'named-checkzone': 'nameServer',
  postcat: 'mta',
  postqueue: 'mta',
  postsuper: 'mta',
};

let tools: Readonly<Record<ToolName, Tool<unknown>>> | undefined;

/** Makes the tools known. `tools.ts` does it when it is loaded. */
export function installTools(all: Readonly<Record<ToolName, Tool<unknown>>>): void {
  tools = all;
}

function isInstalledOn(name: string, host: HostState): boolean {
  if (!(TOOL_NAMES as readonly string[]).includes(name)) return false;
  const kind = COMES_WITH[name];
  return kind === undefined || [...host.programs.values()].some((program) => program.kind === kind);
}

/** The tool of that name, if it is installed on the host; its state is its own business. */
export function toolNamed(name: string, host: HostState): Tool<unknown> | undefined {
  if (!isInstalledOn(name, host)) return undefined;
  if (tools === undefined)
    throw new Error('the tools of the shell are not loaded: import host/shell/tools.ts');
  return tools[name as ToolName];
}

/** Names of all commands that a host has. */
export function commandNames(host: HostState): string[] {
  return [...TOOL_NAMES.filter((name) => isInstalledOn(name, host)), ...BUILTINS].sort();
}
