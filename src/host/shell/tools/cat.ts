// cat: a file as it is. GNU coreutils.

import { absolutePath, kindOf, readFile } from '../files.ts';
import { instantTool } from '../tool.ts';

export const cat = instantTool((args, io) => {
  const context = { host: io.os.host, net: io.os.net, home: io.home };
  const names = args.filter((arg) => !arg.startsWith('-'));
  const option = args.find((arg) => /^-./.test(arg));
  if (option !== undefined) {
    io.print(`cat: invalid option -- '${option.charAt(1)}'\nTry 'cat --help' for more information.\n`);
    return 1;
  }
  if (names.length === 0) {
    io.print('cat: which file?\n');
    return 1;
  }
  let code = 0;
  for (const name of names) {
    const path = absolutePath(name, io.home);
    const lines = readFile(context, path);
    if (lines === undefined) {
      code = 1;
      const what = kindOf(context, path) === 'directory' ? 'Is a directory' : 'No such file or directory';
      io.print(`cat: ${name}: ${what}\n`);
    } else if (lines.length > 0) io.print(`${lines.join('\n')}\n`);
  }
  return code;
});
