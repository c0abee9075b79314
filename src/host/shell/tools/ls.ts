// ls: what lies in a directory, one name a line as when the output goes to a file. GNU coreutils.

import { absolutePath, kindOf, listFiles } from '../files.ts';
import { instantTool } from '../tool.ts';

export const ls = instantTool((args, io) => {
  const context = { host: io.os.host, net: io.os.net, home: io.home };
  const names = args.filter((arg) => !arg.startsWith('-'));
  let code = 0;
  const places = names.length === 0 ? ['.'] : names;
  for (const [index, name] of places.entries()) {
    const path = absolutePath(name, io.home);
    const kind = kindOf(context, path);
    if (kind === undefined) {
      code = 2;
      io.print(`ls: cannot access '${name}': No such file or directory\n`);
      continue;
    }
    if (kind === 'file') {
      io.print(`${name}\n`);
      continue;
    }
    const inside = path === '/' ? '/' : `${path}/`;
    const entries = listFiles(context)
      .filter((file) => file.startsWith(inside))
      .map((file) => file.slice(inside.length).split('/')[0] ?? '');
    if (places.length > 1) io.print(`${index > 0 ? '\n' : ''}${name}:\n`);
    io.print([...new Set(entries)].map((entry) => `${entry}\n`).join(''));
  }
  return code;
});
