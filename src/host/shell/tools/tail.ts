// tail: the last lines of a file, and with -f those that are still to come. GNU coreutils.

import { absolutePath, kindOf, readFile } from '../files.ts';
import type { Tool } from '../tool.ts';

export interface TailState {
  /** The file that is followed. */
  readonly path: string;
}

export const tail: Tool<TailState> = {
  start(args, io) {
    let follow = false;
    let lines = 10;
    const names: string[] = [];
    const fail = (text: string): TailState => {
      io.print(text);
      io.exit(1);
      return { path: '' };
    };
    for (let i = 0; i < args.length; i++) {
      const arg = args[i] ?? '';
      if (/^-[0-9]+$/.test(arg)) lines = Number(arg.slice(1));
      else if (arg === '--follow' || arg === '-F') follow = true;
      else if (/^-f?n/.test(arg)) {
        follow ||= arg.startsWith('-f');
        const value = arg.replace(/^-f?n/, '') || args[++i];
        if (value === undefined)
          return fail("tail: option requires an argument -- 'n'\nTry 'tail --help' for more information.\n");
        if (!/^-?[0-9]+$/.test(value)) return fail(`tail: invalid number of lines: ‘${value}’\n`);
        lines = Math.abs(Number(value));
      } else if (arg === '-f') follow = true;
      else if (/^-./.test(arg))
        return fail(`tail: invalid option -- '${arg.charAt(1)}'\nTry 'tail --help' for more information.\n`);
      else names.push(arg);
    }
    const context = { host: io.os.host, net: io.os.net, home: io.home };
    let failed = false;
    let followed = '';
    for (const [index, name] of names.entries()) {
      const path = absolutePath(name, io.home);
      const content = readFile(context, path);
      if (content === undefined) {
        failed = true;
        io.print(
          kindOf(context, path) === 'directory'
            ? `tail: error reading '${name}': Is a directory\n`
            : `tail: cannot open '${name}' for reading: No such file or directory\n`,
        );
        continue;
      }
      if (names.length > 1) io.print(`${index > 0 ? '\n' : ''}==> ${name} <==\n`);
      const last = lines === 0 ? [] : content.slice(-lines);
      if (last.length > 0) io.print(`${last.join('\n')}\n`);
      followed = path;
    }
    if (follow && followed === '' && failed) io.print('tail: no files remaining\n');
    if (!follow || followed === '') {
      // Without a file it would read the terminal, as cat does.
      if (names.length === 0) io.print('tail: which file? The mail log is /var/log/mail.log\n');
      io.exit(failed || names.length === 0 ? 1 : 0);
    } else io.os.host.followers.set(io.os.program, followed);
    return { path: followed };
  },

  handle(state, input, io) {
    if (input.type === 'logged' && input.file === state.path) io.print(`${input.line}\n`);
  },
};
