// What the delivery agent asks of Sieve: whether a script may be activated, and what it does with a message. The engine is
// large and arrives later than the first prompt (`sieve-engine.ts` installs it), so nothing here imports it.

import type { SieveInput, SieveRun } from '../../sieve/run.ts';

/** The first thing that is wrong in a script, in Pigeonhole's words. */
export interface ScriptFault {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

export interface SieveService {
  /** What stands against activating the script (ManageSieve's PUTSCRIPT and SETACTIVE refuse it, RFC 5804 §2.6). */
  check(source: string): ScriptFault | undefined;
  /** Undefined when the script does not compile. */
  run(source: string, input: Omit<SieveInput, 'script'>): SieveRun | undefined;
  /** What Pigeonhole logs of a run-time error. */
  errorText(error: NonNullable<SieveRun['error']>): string;
}

let installed: SieveService | undefined;

export function installSieve(service: SieveService): void {
  installed = service;
}

/** Throws when nobody has installed it. */
export function sieveService(): SieveService {
  if (installed === undefined) throw new Error('Sieve is not installed: import mda/sieve-engine.ts');
  return installed;
}
