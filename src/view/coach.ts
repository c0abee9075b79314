// What goes wrong under the learner's own hands, as hints beside the terminal: the SMTP mistakes of sessions that a
// terminal opened, and slips at the shell. It reads events only and is never on the wire. The words are in src/text.

import type { EventOf, TraceEvent } from '../host/events.ts';
import { commandNames } from '../host/shell/tool-names.ts';
import { foldMistake, mistakeState, type MistakeState } from '../smtp/mistakes.ts';
import type { WorldDescription } from '../world/description.ts';
import {
  foldAccessSlip,
  openAccessCoach,
  rememberSmtpLine,
  tlsPort,
  typedSlip,
  type AccessCoach,
  type Slip,
} from './coach-access.ts';
import type { Connections } from './connections.ts';
import type { CoachHint } from './types.ts';

/** Slips at the shell, beside the ids of the learner-mistake table. */
export type ShellSlip =
  /** An SMTP command entered at the prompt: nobody is connected. */
  | 'SH-SMTP'
  /** No such command, but nearly one. */
  | 'SH-TYPO'
  /** Nothing listens on that port of that host. */
  | 'SH-REFUSED'
  /** The provider keeps port 25 shut for its customers. */
  | 'SH-PORT25'
  /** telnet without a port goes to 23, where no mail server is. */
  | 'SH-PORT'
  /** telnet without a host: its own prompt, which knows neither SMTP nor the shell's commands. */
  | 'SH-TELNET';

export interface CoachFold {
  readonly hints: CoachHint[];
  /** By connection. */
  readonly sessions: Map<number, MistakeState>;
  /** How often each mistake has been made, in whatever session. */
  readonly counts: Map<string, number>;
  readonly ownerOf: ReadonlyMap<string, string>;
  /** What each terminal entered last at its prompt. */
  readonly entered: Map<string, EventOf<'shell.input'>>;
  /** The newest failed connection of each host. */
  readonly failed: Map<string, EventOf<'net.connectFailed'>>;
  /** Who swallowed the newest packet that a firewall swallowed, by the host that sent it. */
  readonly swallowed: Map<string, EventOf<'net.drop'>>;
  readonly commands: readonly string[];
  readonly access: AccessCoach;
}

export function openCoach(description: WorldDescription): CoachFold {
  const bare = {
    name: '',
    zoneMinutes: 0,
    programs: new Map(),
    files: new Map(),
    followers: new Map(),
    roots: '',
  };
  return {
    hints: [],
    sessions: new Map(),
    counts: new Map(),
    ownerOf: new Map(description.hosts.flatMap((host) => host.addresses.map((a) => [a, host.name] as const))),
    entered: new Map(),
    failed: new Map(),
    swallowed: new Map(),
    commands: [...commandNames(bare), 'mailq', 'postqueue'],
    access: openAccessCoach(),
  };
}

const SMTP_VERB = /^\s*(?:ehlo|helo|mail\s+from|rcpt\s+to|data|rset|noop|vrfy|starttls|quit)\b/i;
const NOT_FOUND = 127;

/** Folds one event; `connections` must already know it. */
export function foldCoach(fold: CoachFold, event: TraceEvent, connections: Connections): void {
  switch (event.type) {
    case 'imap.server':
    case 'pop3.server': {
      const slips = foldAccessSlip(fold.access, event);
      addSlips(fold, connections.get(event.connection)?.terminal, event, slips);
      break;
    }
    case 'smtp.server': {
      const info = connections.get(event.connection);
      if (info === undefined) return;
      // The session is followed from its first note; whether a terminal opened it shows with the first output.
      let session = fold.sessions.get(event.connection);
      if (session === undefined) fold.sessions.set(event.connection, (session = mistakeState()));
      const found = foldMistake(session, event.note);
      if (info.terminal === undefined) return;
      for (const { id, params } of found)
        add(fold, info.terminal, event.seq, id, { ...params, host: event.host });
      if (event.note.kind === 'command') rememberSmtpLine(fold.access, event.connection, event.note.raw);
      else addSlips(fold, info.terminal, event, foldAccessSlip(fold.access, event));
      break;
    }
    case 'net.drop':
      if (event.what === 'tcp' && event.reason === 'firewall') fold.swallowed.set(event.host, event);
      break;
    case 'net.connectFailed':
      fold.failed.set(event.host, event);
      break;
    case 'shell.input':
      if (event.program === '' && event.text.trim() !== '') {
        fold.entered.set(event.terminal, event);
        if (SMTP_VERB.test(event.text))
          add(fold, event.terminal, event.seq, 'SH-SMTP', { typed: event.text.trim() });
      } else if (event.program !== '') {
        const found = typedSlip(event.program, event.text, fold.entered.get(event.terminal)?.text ?? '');
        if (found !== undefined) add(fold, event.terminal, event.seq, found.id, found.params);
      }
      break;
    case 'shell.output':
      if (event.text.includes('Connected to ')) {
        const silent = tlsPort(fold.entered.get(event.terminal)?.text ?? '', 'telnet');
        if (silent !== undefined) add(fold, event.terminal, event.seq, silent.id, silent.params);
      }
      connectTrouble(fold, event);
      break;
    case 'shell.state': {
      const entered = fold.entered.get(event.terminal);
      if (
        event.program === 'telnet' &&
        event.prompt.startsWith('telnet>') &&
        entered?.text.trim() === 'telnet'
      ) {
        fold.entered.delete(event.terminal);
        return add(fold, event.terminal, event.seq, 'SH-TELNET', {});
      }
      if (event.exit !== NOT_FOUND || entered === undefined || SMTP_VERB.test(entered.text)) return;
      const word = entered.text.trim().split(/\s+/)[0] ?? '';
      const near = nearest(word.toLowerCase(), fold.commands);
      if (near !== undefined) add(fold, event.terminal, event.seq, 'SH-TYPO', { typed: word, near });
      break;
    }
    default:
      break;
  }
}

function addSlips(
  fold: CoachFold,
  terminal: string | undefined,
  event: TraceEvent,
  slips: readonly Slip[],
): void {
  if (terminal === undefined) return;
  for (const { id, params } of slips) add(fold, terminal, event.seq, id, { host: event.host, ...params });
}

function connectTrouble(fold: CoachFold, event: EventOf<'shell.output'>): void {
  const failed = fold.failed.get(event.host);
  if (failed === undefined || !/^(?:telnet: Unable to connect|nc: connect to)/.test(event.text)) return;
  fold.failed.delete(event.host);
  const { address, port } = failed.to;
  const params = { host: fold.ownerOf.get(address) ?? address, address, port };
  if (port === 23) add(fold, event.terminal, event.seq, 'SH-PORT', params);
  else if (failed.reason === 'refused') add(fold, event.terminal, event.seq, 'SH-REFUSED', params);
  const by = fold.swallowed.get(event.host);
  fold.swallowed.delete(event.host);
  if (port === 25 && failed.reason === 'timedOut' && by?.to.address === address)
    add(fold, event.terminal, event.seq, 'SH-PORT25', { ...params, router: by.by });
}

function add(
  fold: CoachFold,
  terminal: string,
  seq: number,
  id: string,
  params: Readonly<Record<string, string | number>>,
): void {
  const count = (fold.counts.get(id) ?? 0) + 1;
  fold.counts.set(id, count);
  fold.hints.push({ terminal, seq, id, params, level: count >= 3 ? 3 : count === 2 ? 2 : 1 });
}

/** The command that was probably meant: at most two typing errors, and not more than a third of the word. */
function nearest(word: string, commands: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Math.min(2, Math.floor(word.length / 3)) + 1;
  for (const command of commands) {
    const far = distance(word, command);
    if (far < least) {
      least = far;
      best = command;
    }
  }
  return best;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
