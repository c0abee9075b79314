import { describe, expect, it } from 'vitest';
import { TestTerminal } from '../../testing/machine.ts';
import { LEARNER, recordedWorld } from '../../testing/recorded-world.ts';
import { recordedCommands, recordingNames } from '../../testing/recording.ts';

/** Types the command and, in a dialogue, what was typed at its prompts. */
function play(terminal: TestTerminal, command: string, output: string): string {
  terminal.take();
  terminal.type(command);
  for (const line of output.split('\n')) {
    if (line === '> ^D') {
      terminal.key('endOfInput');
      continue;
    }
    if (line.startsWith('> ')) terminal.type(line.slice(2));
  }
  return terminal.take();
}

describe('recorded sessions of nslookup', () => {
  for (const name of recordingNames('tools/nslookup'))
    it(`${name} [S3-031] [S3-032]`, () => {
      const terminal = new TestTerminal(recordedWorld().machine, LEARNER);
      for (const { command, output, exit } of recordedCommands(`tools/nslookup/${name}.txt`)) {
        const screen = play(terminal, command, output);
        // The terminal itself shows no ^D.
        expect(`${screen}@ exit ${terminal.exit}`).toBe(`${output.replace('> ^D', '')}@ exit ${exit}`);
      }
    });
});

describe('nslookup', () => {
  it('says that an unknown server is unknown and goes on', () => {
    const terminal = new TestTerminal(recordedWorld().machine, LEARNER);
    terminal.type('nslookup');
    expect(terminal.prompt).toBe('> ');
    expect(terminal.run('server ns9.hafen.example')).toBe(
      "nslookup: couldn't get address for 'ns9.hafen.example': not found\n",
    );
    expect(terminal.run('mail.hafen.example 192.0.2.10')).toContain('Address:\t192.0.2.10#53\n\nName:\t');
    expect(terminal.run('set type=soa')).toBe('');
    expect(terminal.run('hafen.example')).toContain('\tmail addr = hostmaster.hafen.example\n');
    terminal.key('interrupt');
    expect(terminal.exit).toBe(130);
  });

  it('asks the next server when one says SERVFAIL', () => {
    const terminal = new TestTerminal(recordedWorld().machine, LEARNER);
    const said = terminal.run('nslookup -timeout=1 -retry=1 www.lahm.example');
    expect(said).toContain(';; Got SERVFAIL reply from 198.51.100.53\n');
    expect(terminal.exit).toBe(1);
  });
});
