import { describe, expect, it } from 'vitest';
import { runUntil } from '../../kernel.ts';
import { LEARNER, recordedWorld } from '../../testing/recorded-world.ts';
import { recordedCommands, recordingNames } from '../../testing/recording.ts';
import { TestTerminal } from '../../testing/machine.ts';

/** What changes from run to run, as in the recordings. */
const normal = (text: string): string =>
  text
    .replace(/(Date: |Subject: test ).*/g, '$1⟨date⟩')
    .replace(/Message-Id: <.*>/g, 'Message-Id: <⟨id⟩>')
    .replace(/queued as \w+/g, 'queued as ⟨id⟩');

/** Plays a recorded session: the server says what it said whenever it was its turn. */
function play(
  command: string,
  output: string,
): { readonly screen: string; readonly exit: number | undefined } {
  const { machine, mail } = recordedWorld();
  const terminal = new TestTerminal(machine, LEARNER);
  terminal.typeFor(command, 900);
  const wait = (ms: number): void => {
    runUntil(machine, machine.state.net.now + ms);
    terminal.read();
  };
  // Whoever hears TLS where plain text is spoken answers with a greeting that is no TLS record.
  if (command.includes('-tlsc')) mail.say('220 mail.hafen.example ESMTP Postfix\r\n', 400);
  let said = '';
  for (const line of output.split('\n')) {
    const heard = /^<(?:- |\*\*) (\d{3}.*)$/.exec(line)?.[1];
    if (heard !== undefined) said += `${heard.replace('⟨id⟩', '4Bq1kz3Wc8z7')}\r\n`;
    if (said !== '' && /^<..\s\d{3}(?: |$)/.test(line)) {
      mail.say(said, 400);
      terminal.read();
      said = '';
    }
    if (line === '*** Remote host closed connection unexpectedly.') mail.hangUp(400);
    if (/^<\*\* Timeout/.test(line)) wait(4500);
  }
  if (command.includes('--hide-all'))
    for (const answer of ['220 x', '250 x', '250 x', '250 x', '354 x', '250 x', '221 x'])
      mail.say(`${answer}\r\n`, 400);
  wait(5000);
  return { screen: terminal.take(), exit: terminal.exit };
}

describe('recorded sessions of swaks', () => {
  for (const name of recordingNames('tools/swaks'))
    it(`${name} [S11-033]`, () => {
      for (const { command, output, exit } of recordedCommands(`tools/swaks/${name}.txt`)) {
        const played = play(command, output);
        expect(`${normal(played.screen)}@ exit ${played.exit}`).toBe(`${output}@ exit ${exit}`);
      }
    });
});
