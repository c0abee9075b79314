// help: what can be run here, one line each. bash's own help lists its built-in commands in the same way.

import { instantTool } from '../tool.ts';

const COMMANDS: readonly (readonly [string, boolean])[] = [
  ['cat FILE', false],
  ['clear', false],
  ['date', false],
  ['dig [@SERVER] NAME [TYPE] [+short] [+trace] [+norecurse] [+tcp] [-x ADDRESS]', false],
  ['exit', false],
  ['help', false],
  ['host [-t TYPE] NAME [SERVER]', false],
  ['hostname [-f]', false],
  ['ls [DIRECTORY]', false],
  ['mailq', true],
  ['nc [-Cnuvz] [-w SECONDS] HOST PORT', false],
  ['ping [-c COUNT] HOST', false],
  ['postqueue -f | -j | -p', true],
  ['tail [-f] [-n LINES] FILE', false],
  ['telnet HOST [PORT]', false],
  ['whoami', false],
];

export const help = instantTool((_args, io) => {
  const mta = [...io.os.host.programs.values()].some((program) => program.kind === 'mta');
  const lines = COMMANDS.filter(([, ofMta]) => mta || !ofMta).map(([text]) => ` ${text}\n`);
  io.print(lines.join(''));
  return 0;
});
