// help: what can be run here, one line each. bash's own help lists its built-in commands in the same way.

import { instantTool } from '../tool.ts';
import { commandNames } from '../tool-names.ts';

const COMMANDS = [
  'cat FILE',
  'clear',
  'date',
  'dig [@SERVER] NAME [TYPE] [+short] [+trace] [+norecurse] [+tcp] [-x ADDRESS]',
  'exit',
  'help',
  'host [-C] [-t TYPE] NAME [SERVER]',
  'hostname [-f]',
  'ls [DIRECTORY]',
  'mailq',
  'named-checkzone ZONE FILE',
  'nc [-Cnuvz] [-w SECONDS] HOST PORT',
  'nslookup [-type=TYPE] [NAME [SERVER]]',
  'ping [-c COUNT] HOST',
  'postqueue -f | -j | -p',
  'swaks --to ADDRESS [--from ADDRESS] [--server HOST] [--data @FILE] …',
  'tail [-f] [-n LINES] FILE',
  'telnet HOST [PORT]',
  'whoami',
];

export const help = instantTool((_args, io) => {
  const names = commandNames(io.os.host);
  const lines = COMMANDS.filter((line) => names.includes(line.split(' ')[0] ?? ''));
  io.print(lines.map((line) => ` ${line}\n`).join(''));
  return 0;
});
