// Where tests find the public conformance suites and how they tell how many cases ran. Only tests import this; it
// knows paths, nothing about mail. `npm test` prints the counts.

import { appendFileSync, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Folder or file of the public suites, or null when it is not on this machine; then the reason is printed and the
 * suite counts as skipped.
 * @param path below `../shared/conformance`, for example `spf/rfc7208-tests.yml`
 */
export function conformancePath(path: string): string | null {
  const full = fileURLToPath(new URL(`../../../shared/conformance/${path}`, import.meta.url));
  if (existsSync(full)) return full;
  console.log(`skipped: the public suite ${path} is not in ../shared/conformance`);
  return null;
}

/** Tells the runner how many cases of a public suite ran: one line `name ran skipped` in the file EHLO_SUITE_LOG. */
export function logSuite(name: string, ran: number, skipped = 0): void {
  const log = process.env.EHLO_SUITE_LOG;
  if (log) appendFileSync(log, `${name.replaceAll(/\s+/g, '-')} ${ran} ${skipped}\n`);
}
