// What Tab may complete: commands, host names the learner has met, files, options. A pure look-up that leaves no mark in the
// world; the page asks for the word before the cursor and gets whole words back.

import type { NetHost } from '../../net/topology.ts';
import type { HostState } from '../program.ts';
import { absolutePath, hostsEntries, listFiles } from './files.ts';
import { commandNames } from './tool-names.ts';

export interface CompletionContext {
  readonly commands: readonly string[];
  /** Names that /etc/hosts has or that were used before. */
  readonly hostNames: readonly string[];
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly home: string;
}

const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  dig: ['+short', '+noall', '+answer', '+trace', '+tcp', '+norecurse', '+dnssec', '+noedns', '-x', '-t'],
  host: ['-t'],
  nslookup: ['-type=', '-debug', '-norecurse', '-vc'],
  nc: ['-v', '-z', '-w', '-n', '-C', '-u', '-N'],
  ping: ['-c', '-n'],
  swaks: [
    '--to',
    '--from',
    '--server',
    '--port',
    '--ehlo',
    '--tls',
    '-tlsc',
    '--auth',
    '--auth-user',
    '--auth-password',
    '--header',
    '--body',
    '--data',
    '--suppress-data',
    '--quit-after',
  ],
  tail: ['-f', '-n'],
  mailq: [],
  postqueue: ['-p', '-f', '-j'],
};
const TYPES = ['A', 'AAAA', 'ANY', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'TXT'];
const TAKES_HOST = ['telnet', 'nc', 'ping', 'dig', 'host', 'nslookup'];
const TAKES_FILE = ['cat', 'tail', 'ls', 'named-checkzone'];

/** The context of a shell on a host. `history`: lines entered so far, in any terminal. */
export function completionContext(
  host: HostState,
  net: NetHost,
  home: string,
  history: readonly string[],
): CompletionContext {
  const names = new Set(hostsEntries({ host, net }).flatMap((entry) => entry.names));
  for (const line of history)
    for (const word of line.split(/[\s@<>:,;"']+/))
      if (/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+\.?$/.test(word) && !word.startsWith('-')) names.add(word);
  return {
    commands: commandNames(host),
    hostNames: [...names],
    files: listFiles({ host, net, home }),
    home,
  };
}

/** Whole words that the last word of the line may become, sorted. Empty while a program reads the line. */
export function complete(line: string, context: CompletionContext): string[] {
  const before = line.trimStart();
  const word = /\S*$/.exec(line)?.[0] ?? '';
  const command = before.split(/\s+/)[0] ?? '';
  const matching = (candidates: readonly string[], typed = word): string[] =>
    [...new Set(candidates)].filter((name) => name.toLowerCase().startsWith(typed.toLowerCase())).sort();
  if (!/\s/.test(before)) return matching(context.commands);
  if (/^[-+]/.test(word)) return matching(OPTIONS[command] ?? []);
  if (TAKES_FILE.includes(command)) return filesFor(word, context);
  if (!TAKES_HOST.includes(command)) return [];
  if (word.startsWith('@')) return matching(context.hostNames, word.slice(1)).map((name) => `@${name}`);
  const asksType = command === 'dig' || (command === 'host' && /\s-t\s+\S*$/.test(before));
  // A bare Tab offers names, not thirty types.
  return [...matching(context.hostNames), ...(asksType && word !== '' ? matching(TYPES) : [])];
}

/** Files and directories one step further than the word. */
function filesFor(word: string, context: CompletionContext): string[] {
  const typed = word.replace(/^~(?=\/|$)/, context.home);
  const folder = typed.slice(0, typed.lastIndexOf('/') + 1);
  const base = absolutePath(folder === '' ? '.' : folder, context.home);
  const inside = base === '/' ? '/' : `${base}/`;
  const shown = word.slice(0, word.lastIndexOf('/') + 1);
  const found = new Set<string>();
  for (const file of context.files) {
    if (!file.startsWith(inside)) continue;
    const rest = file.slice(inside.length);
    const step = rest.includes('/') ? `${rest.slice(0, rest.indexOf('/'))}/` : rest;
    if (step.startsWith(typed.slice(folder.length))) found.add(shown + step);
  }
  return [...found].sort();
}
