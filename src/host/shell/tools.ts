// The closed list of tools that the shell can run. A new tool is one file in tools/, one line here and its name in
// `tool-names.ts`. Importing this file installs them: a page can show its first prompt before they have arrived.

import { clear, date, echo, hostname, pwd, whoami } from './tools/basics.ts';
import { cat } from './tools/cat.ts';
import { dig, type DigState } from './tools/dig.ts';
import { help } from './tools/help.ts';
import { host, type HostToolState } from './tools/host.ts';
import { ls } from './tools/ls.ts';
import { mailq, postqueue } from './tools/mailq.ts';
import { namedCheckzone, type CheckzoneState } from './tools/named-checkzone.ts';
import { nc, type NcState } from './tools/nc.ts';
import { nslookup, type NslookupState } from './tools/nslookup.ts';
import { openssl, type OpensslState } from './tools/openssl.ts';
import { ping, type PingState } from './tools/ping.ts';
import { postcat, postsuper, sudo } from './tools/postsuper.ts';
import { swaks, type SwaksState } from './tools/swaks.ts';
import { tail, type TailState } from './tools/tail.ts';
import { telnet, type TelnetState } from './tools/telnet.ts';
import type { Tool } from './tool.ts';
import { installTools, type ToolName } from './tool-names.ts';

interface ToolStates extends Readonly<Record<ToolName, unknown>> {
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
  readonly 'named-checkzone': CheckzoneState;
  readonly nc: NcState;
  readonly nslookup: NslookupState;
  readonly openssl: OpensslState;
  readonly ping: PingState;
  readonly postcat: null;
  readonly postqueue: null;
  readonly postsuper: null;
  readonly pwd: null;
  readonly sudo: null;
  readonly swaks: SwaksState;
  readonly tail: TailState;
  readonly telnet: TelnetState;
  readonly whoami: null;
}

const tools: { readonly [Name in keyof ToolStates]: Tool<ToolStates[Name]> } = {
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
  'named-checkzone': namedCheckzone,
  nc,
  nslookup,
  openssl,
  ping,
  postcat,
  postqueue,
  postsuper,
  pwd,
  sudo,
  swaks,
  tail,
  telnet,
  whoami,
};

installTools(tools as unknown as Readonly<Record<ToolName, Tool<unknown>>>);
