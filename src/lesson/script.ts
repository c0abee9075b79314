// How a good learner does it, as text: `solution.talk` and the wrong turns of a lesson. Each line becomes a command of
// the tape when its turn comes, because "wait five minutes" and "change this record" depend on the world at that moment.
//
//     laptop: telnet mx.hafen.example 25        a line in the terminal of that host
//     laptop: ^C                                Ctrl-C; ^D ends the input, ^] is telnet's escape
//     laptop: (hang up)                         the terminal is closed
//     @ wait 5m                                 let time pass: s, m, h, d
//     @ edit wolke.example: OLD => NEW          replace a piece of the zone's text, raise its serial, publish it
//     @ add wolke.example: RECORD               append a line to the zone, raise its serial, publish it
//                                               \n in either of them is the end of a line
//     @ set mail.wolke.example mta signing: []  change a setting of a program; the value is JSON, `key:NAME` a key of the world
//     @ mail phone.home.example mail: {…}       what a person does with a mail program (`host/mail-client/ask.ts`), as JSON
//     @ flush resolver.isp.example              a resolver forgets everything; a name behind it: only that and what is below
//     @ answer envelope: rcpt                   choose an answer to a question

import { DAY, HOUR, MINUTE, SECOND } from '../base/dates.ts';
import type { MailAsk } from '../host/mail-client/ask.ts';
import type { SettingValue } from '../host/settings.ts';
import { withKeys } from '../world/build.ts';
import type { Command } from '../world/command.ts';
import { now, trace, type World } from '../world/world.ts';

export type Step =
  | { readonly kind: 'line'; readonly host: string; readonly text: string }
  | { readonly kind: 'key'; readonly host: string; readonly key: 'interrupt' | 'endOfInput' | 'escape' }
  | { readonly kind: 'hangUp'; readonly host: string }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'edit'; readonly zone: string; readonly from: string; readonly to: string }
  | { readonly kind: 'add'; readonly zone: string; readonly record: string }
  | {
      readonly kind: 'set';
      readonly host: string;
      readonly program: string;
      readonly setting: string;
      readonly value: SettingValue;
    }
  | { readonly kind: 'mail'; readonly host: string; readonly program: string; readonly ask: MailAsk }
  | { readonly kind: 'flush'; readonly host: string; readonly name?: string }
  | { readonly kind: 'answer'; readonly question: string; readonly choice: string };

export interface ScriptLine {
  /** As it stands in the script, to be shown to the learner. */
  readonly text: string;
  readonly step: Step;
}

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };
const KEYS = { '^C': 'interrupt', '^D': 'endOfInput', '^]': 'escape' } as const;

/** Reads a script; throws a sentence with the line's number, since scripts are ours. */
export function parseScript(text: string): ScriptLine[] {
  const lines: ScriptLine[] = [];
  text.split('\n').forEach((raw, index) => {
    const line = raw.trimEnd();
    if (line === '' || line.startsWith('#')) return;
    const step = parseLine(line);
    if (step === undefined) throw new Error(`script line ${index + 1}: cannot read "${line}"`);
    lines.push({ text: line, step });
  });
  return lines;
}

function parseLine(line: string): Step | undefined {
  if (line.startsWith('@')) {
    const wait = /^@ wait (\d+)([smhd])$/.exec(line);
    if (wait !== null) return { kind: 'wait', ms: Number(wait[1]) * (UNITS[wait[2] ?? 's'] ?? SECOND) };
    const edit = /^@ edit (\S+): (.+) => (.*)$/.exec(line);
    if (edit !== null)
      return {
        kind: 'edit',
        zone: absolute(edit[1] ?? ''),
        from: lines(edit[2] ?? ''),
        to: lines(edit[3] ?? ''),
      };
    const add = /^@ add (\S+): (.+)$/.exec(line);
    if (add !== null) return { kind: 'add', zone: absolute(add[1] ?? ''), record: lines(add[2] ?? '') };
    const set = /^@ set (\S+) (\S+) (\S+): (.+)$/.exec(line);
    if (set !== null) {
      const [, host = '', program = '', setting = '', json = ''] = set;
      return { kind: 'set', host, program, setting, value: JSON.parse(json) as SettingValue };
    }
    const mail = /^@ mail (\S+) (\S+): (.+)$/.exec(line);
    if (mail !== null) {
      const [, host = '', program = '', json = ''] = mail;
      return { kind: 'mail', host, program, ask: JSON.parse(json) as MailAsk };
    }
    const flush = /^@ flush (\S+)(?: (\S+))?$/.exec(line);
    if (flush !== null) {
      const [, host = '', name] = flush;
      return { kind: 'flush', host, ...(name === undefined ? {} : { name: absolute(name) }) };
    }
    const answer = /^@ answer (\S+): (\S+)$/.exec(line);
    if (answer !== null) return { kind: 'answer', question: answer[1] ?? '', choice: answer[2] ?? '' };
    return undefined;
  }
  const typed = /^([a-z][a-z0-9.-]*):(?: (.*))?$/.exec(line);
  if (typed === null) return undefined;
  const host = typed[1] ?? '';
  const text = typed[2] ?? '';
  if (text in KEYS) return { kind: 'key', host, key: KEYS[text as keyof typeof KEYS] };
  if (text === '(hang up)') return { kind: 'hangUp', host };
  return { kind: 'line', host, text };
}

const lines = (text: string): string => text.replaceAll('\\n', '\n');

const absolute = (zone: string): string => (zone.endsWith('.') ? zone : `${zone}.`);

/** The command that a step is in this world now. Throws when the script does not fit the world. */
export function commandOf(world: World, step: Step): Command {
  switch (step.kind) {
    case 'line':
      return { type: 'line', terminal: terminalOf(world, step.host), text: step.text };
    case 'key':
      return { type: 'key', terminal: terminalOf(world, step.host), key: step.key };
    case 'hangUp':
      return { type: 'hangUp', terminal: terminalOf(world, step.host) };
    case 'wait':
      return { type: 'pass', until: now(world) + step.ms };
    case 'edit': {
      const text = zoneText(world, step.zone);
      if (!text.includes(step.from)) throw new Error(`zone ${step.zone} has no "${step.from}"`);
      return { type: 'publish', zone: step.zone, text: raiseSerial(text.replace(step.from, () => step.to)) };
    }
    case 'add':
      return {
        type: 'publish',
        zone: step.zone,
        text: raiseSerial(`${zoneText(world, step.zone).trimEnd()}\n${step.record}\n`),
      };
    case 'set':
      return {
        type: 'configure',
        host: step.host,
        program: step.program,
        setting: step.setting,
        value: withKeys(step.value, world.description.keys ?? {}),
      };
    case 'mail': {
      const { host, program, ask } = step;
      return { type: 'mail', host, program, ask };
    }
    case 'flush': {
      const { host, name } = step;
      return { type: 'flush', host, ...(name === undefined ? {} : { name }) };
    }
    case 'answer':
      return { type: 'answer', question: step.question, choice: step.choice };
  }
}

function terminalOf(world: World, host: string): string {
  const found = world.description.hosts.find(
    ({ name, user }) => user !== undefined && (name === host || name.startsWith(`${host}.`)),
  );
  if (found === undefined) throw new Error(`there is no terminal on ${host}`);
  return `${found.name}#1`;
}

/** The zone's text as it was last published. */
export function zoneText(world: World, zone: string): string {
  let text = world.description.zones.find((z) => z.zone === zone)?.text;
  for (const event of trace(world))
    if (event.type === 'zone.published' && event.zone === zone) text = event.text;
  if (text === undefined) throw new Error(`there is no zone ${zone}`);
  return text;
}

/** Adds one to the first number of ten digits, which is where a serial written as a date stands. */
export function raiseSerial(text: string): string {
  return text.replace(/\b\d{10}\b/, (serial) => String(Number(serial) + 1));
}
