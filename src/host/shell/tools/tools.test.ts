import { describe, expect, it } from 'vitest';
import { LEARNER, recordedWorld } from '../../testing/recorded-world.ts';
import { normal, withoutServers, withoutTtls } from '../../testing/normal.ts';
import { recordedCommands, recordingNames } from '../../testing/recording.ts';
import { TestTerminal } from '../../testing/machine.ts';
import { exceptions } from './exceptions.ts';

/** What people typed in the recorded sessions; everything else there was said by the server or the tool. */
const TYPED =
  /^(QUIT|EHLO .*|HELO .*|HELLO there|NOOP|RCPT TO:<a@b>|a login .*|b select inbox|c logout|USER \w+|PASS \w+|STAT|\^\]|\^C|close|status|quit)$/;
/** Lines of a session that the tool prints, not the server. */
const OWN = /^(Connection closed\.|Connected to |Operating in|Local character|Escape character|Trying |$)/;

interface Played {
  readonly screen: string;
  readonly exit: number | undefined;
}

/** Plays a recorded session: types what was typed, lets the server say what it said. */
function play(command: string, output: string): Played {
  const { machine, mail } = recordedWorld();
  const terminal = new TestTerminal(machine, LEARNER);
  const isSession = /^(telnet|nc)/.test(command);
  if (output.includes('^C')) terminal.typeFor(command, 1500).key('interrupt');
  else terminal.type(command);
  if (command === 'telnet') terminal.type('open mail.hafen.example 25');
  const lines = output.replace(/\n$/, '').split('\n');
  const from = lines.findIndex((line) => /^Escape character| succeeded!$/.test(line)) + 1;
  let server = '';
  const flush = (): void => {
    if (server !== '') mail.say(server);
    server = '';
  };
  for (const line of isSession ? lines.slice(from) : []) {
    const typed = line.replace(/^telnet> /, '');
    if (line === 'Connection closed by foreign host.') {
      flush();
      mail.hangUp();
    } else if (TYPED.test(typed)) {
      flush();
      if (typed === '^]') terminal.key('escape');
      else terminal.type(typed);
    } else if (terminal.program !== '' && terminal.prompt === '' && !OWN.test(line)) server += `${line}\r\n`;
  }
  flush();
  if (command.startsWith('nc') && terminal.program !== '') mail.hangUp();
  return { screen: terminal.take(), exit: terminal.exit };
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

/** What the recorded resolver knew already. */
const WARM: Readonly<Record<string, string>> = {
  'dig/norecurse-resolver': 'dig +short wolke.example MX',
  'dig/truncated-ignore': 'dig +short gross.hafen.example TXT',
  'dig/truncated-noedns': 'dig +short gross.hafen.example TXT',
};

/** `host 2>&1 | head -12` was recorded; this shell has no pipes, so the test cuts. */
function runRecorded(terminal: TestTerminal, command: string): string {
  const head = / 2>&1 \| head -(\d+)$/.exec(command);
  if (head === null) return `${terminal.run(command)}@ exit ${terminal.exit}`;
  const lines = terminal.run(command.slice(0, head.index)).split('\n');
  return `${lines.slice(0, Number(head[1])).join('\n')}\n@ exit 0`;
}

/** `+nssearch` prints in the order in which the answers come in, and that is chance. */
const UNORDERED = ['dig/nss'];
const sorted = (text: string): string => text.split('\n').sort().join('\n');
const comparable = (text: string): string => withoutServers(withoutTtls(normal(text)));

describe('recorded look-ups of dig and host', () => {
  const ids = { dig: 'S3-030', host: 'S3-031' } as const;
  for (const tool of ['dig', 'host'] as const)
    for (const name of recordingNames(`tools/${tool}`)) {
      const id = `${tool}/${name}`;
      it(`${id} [${ids[tool]}] [S3-032]`, () => {
        const terminal = new TestTerminal(recordedWorld().machine, LEARNER);
        if (WARM[id] !== undefined) terminal.run(WARM[id]);
        const differences: string[] = [];
        for (const { command, output, exit } of recordedCommands(`tools/${id}.txt`)) {
          const order = UNORDERED.includes(id) ? sorted : (text: string): string => text;
          const ours = order(comparable(runRecorded(terminal, command)));
          const theirs = order(comparable(`${output}@ exit ${exit}`));
          if (!(id in exceptions)) expect(ours).toBe(theirs);
          else if (ours !== theirs) differences.push(command);
        }
        if (id in exceptions) expect(differences, `${id} does not differ any more`).not.toEqual([]);
      });
    }
});
