import { describe, expect, it } from 'vitest';
import { LEARNER, MAIL, recordedWorld } from '../../testing/recorded-world.ts';
import { recordedCommands, recordingNames } from '../../testing/recording.ts';
import { pass, TestTerminal } from '../../testing/machine.ts';
import { exceptions } from './exceptions.ts';

/** What people typed in the recorded sessions; everything else there was said by the server or the tool. */
const TYPED =
  /^(QUIT|EHLO .*|HELO .*|HELLO there|NOOP|RCPT TO:<a@b>|a login .*|b select inbox|c logout|USER \w+|PASS \w+|STAT|\^\]|\^C|open .*|close|status|quit)$/;

/** Plays a recorded session: types what was typed, lets the server say what it said; answers our screen. */
function play(
  command: string,
  output: string,
): { screen: string; exit: number | undefined; world: ReturnType<typeof recordedWorld> } {
  const world = recordedWorld();
  const terminal = new TestTerminal(world.machine, LEARNER);
  terminal.type(command);
  const lines = output.replace(/\n$/, '').split('\n');
  const from =
    Math.max(
      lines.findIndex((line) => line.startsWith('Escape character')),
      lines.findIndex((line) => / succeeded!$/.test(line)),
    ) + 1;
  if (command === 'telnet') terminal.type('open mail.hafen.example 25');
  if (command.startsWith('ping') && output.includes('^C')) pass(world.machine, 600);
  let server = '';
  const flush = (): void => {
    if (server !== '') world.mail.say(server);
    server = '';
  };
  for (const line of command.startsWith('telnet') || command.startsWith('nc') ? lines.slice(from) : []) {
    const typed = line.replace(/^telnet> /, '');
    if (line === 'Connection closed by foreign host.') {
      flush();
      world.mail.hangUp();
    } else if (TYPED.test(typed)) {
      flush();
      if (typed === '^]') terminal.key('escape');
      else terminal.type(typed);
    } else if (terminal.program !== '' && terminal.prompt === '' && !isOwnLine(line)) server += `${line}\r\n`;
  }
  flush();
  if (command.startsWith('nc') && terminal.program !== '') world.mail.hangUp();
  if (output.includes('^C')) terminal.key('interrupt');
  terminal.read();
  return { screen: terminal.take(), exit: terminal.exit, world };
}

/** Lines of a session that the tool prints, not the server. */
function isOwnLine(line: string): boolean {
  return /^(Connection closed\.|Connected to |Operating in|Local character|Escape character|Trying |$)/.test(
    line,
  );
}

/** Times, ids and dates change from run to run. */
export function normal(text: string): string {
  return text
    .replace(/time=[0-9.]+ ms/g, 'time=⟨ms⟩ ms')
    .replace(/, time [0-9]+ms/g, ', time ⟨ms⟩ms')
    .replace(/= [0-9.]+\/[0-9.]+\/[0-9.]+\/[0-9.]+ ms/g, '= ⟨ms⟩/⟨ms⟩/⟨ms⟩/⟨ms⟩ ms')
    .replace(/, id: \d+$/gm, ', id: ⟨id⟩')
    .replace(/^; COOKIE: [0-9a-f]+/gm, '; COOKIE: ⟨cookie⟩')
    .replace(/^;; Query time: \d+ msec$/gm, ';; Query time: ⟨ms⟩ msec')
    .replace(/^;; WHEN: .*$/gm, ';; WHEN: ⟨date⟩')
    .replace(/ in \d+ ms$/gm, ' in ⟨ms⟩ ms');
}

describe('recorded sessions of telnet, nc and ping', () => {
  for (const tool of ['telnet', 'nc', 'ping'])
    for (const name of recordingNames(`tools/${tool}`)) {
      const id = `${tool}/${name}`;
      it(`${id} [S11-031]`, () => {
        const differences: string[] = [];
        for (const { command, output, exit } of recordedCommands(`tools/${id}.txt`)) {
          const played = play(command, output);
          const ours = `${normal(played.screen)}@ exit ${played.exit}`;
          const theirs = `${output}@ exit ${exit}`;
          if (!(id in exceptions)) expect(ours).toBe(theirs);
          else if (ours !== theirs) differences.push(command);
        }
        if (id in exceptions) expect(differences, `${id} does not differ any more`).not.toEqual([]);
      });
    }
});
