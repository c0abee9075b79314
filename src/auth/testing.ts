// Helpers for this room's tests: a table of records that answers a policy's questions, and the way to the public suites.
// Used by tests only.

import type { Asking, DnsAnswer, DnsQuestion } from '../dns/lookup.ts';

/** Runs a policy against a function that answers; returns the verdict and what was asked. */
export function answerAll<V>(
  policy: Asking<V>,
  answer: (question: DnsQuestion) => DnsAnswer,
): { verdict: V; asked: DnsQuestion[] } {
  const asked: DnsQuestion[] = [];
  let step = policy.next();
  while (step.done !== true) {
    asked.push(step.value);
    if (asked.length > 1000) throw new Error('the policy asks without end');
    step = policy.next(answer(step.value));
  }
  return { verdict: step.value, asked };
}

/** A zone of TXT records only: names without final dot. Unknown names are NXDOMAIN. */
export function txtTable(table: Readonly<Record<string, string | readonly string[]>>) {
  return (question: DnsQuestion): DnsAnswer => {
    const name = question.name.slice(0, -1).toLowerCase();
    const entry = table[name];
    if (entry === undefined) {
      const isParent = Object.keys(table).some((one) => one.endsWith('.' + name));
      return { status: isParent ? 'NOERROR' : 'NXDOMAIN', records: [], server: '192.0.2.53' };
    }
    const texts = question.type !== 'TXT' ? [] : typeof entry === 'string' ? [entry] : entry;
    return {
      status: 'NOERROR',
      server: '192.0.2.53',
      records: texts.map((text) => ({
        name: question.name,
        ttl: 300,
        data: { type: 'TXT', strings: text.match(/[^]{1,255}/g) ?? [''] },
      })),
    };
  };
}

const ROOT = new URL('../../../shared/conformance/', import.meta.url);

/**
 * Text of a file of the public suites (one character per byte), or undefined with a printed reason. The test hands in
 * `node:fs`, which nothing else in this room may touch.
 */
export function conformanceFile(
  fs: { existsSync(url: URL): boolean; readFileSync(url: URL, encoding: 'latin1'): string },
  path: string,
): string | undefined {
  const url = new URL(path, ROOT);
  if (fs.existsSync(url)) return fs.readFileSync(url, 'latin1');
  console.log(`skipped: public suite ${path} is not beside this project (../shared/conformance)`);
  return undefined;
}
