// `npm run verify`: what SPF, DKIM, DMARC or ARC say of one message, or of many read from standard input. Here is only what
// belongs to the process: its streams, its terminal, its exit code.

import '../crypto/curves.ts';
import { runVerify } from './verify-command.ts';

const language = process.env.LC_ALL ?? process.env.LC_CTYPE ?? process.env.LANG ?? '';
const columns = process.stdout.columns ?? Number(process.env.COLUMNS ?? 100);

// A reader that has seen enough (`| head`) is no mistake.
process.stdout.on('error', (problem: NodeJS.ErrnoException) => {
  if (problem.code === 'EPIPE') process.exit(0);
  throw problem;
});
process.exitCode = await runVerify(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => Date.now(),
  style: {
    width: Number.isInteger(columns) && columns > 0 ? columns : 100,
    unicode: /utf-?8/i.test(language) || !process.stdout.isTTY,
  },
});
