// Many cases from a stream, one JSON object a line, one answer a line in the same order. Keeps no more than one line in
// memory, waits while the reader of the answers is slow, and answers every line, whatever it holds.

import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { readCase, runCase, type CaseDefaults } from './verify-case.ts';
import { explanationOf } from './verify-words.ts';
import { BadInput } from './verify-zone.ts';

/** Bytes of one line at most; a longer one is answered with an error and skipped. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** What is said of a line that cannot be answered, with its id if it has one. */
interface LineError {
  readonly id: unknown;
  readonly error: string;
}

/** The answer to one line. Never throws. */
export function answerLine(line: string, defaults: CaseDefaults): string {
  let id: unknown = null;
  try {
    let value: unknown;
    try {
      // Some programs begin a file with a byte order mark.
      value = JSON.parse(line.replace(/^\ufeff/, ''));
    } catch (problem) {
      throw new BadInput(`The line is no JSON: ${(problem as Error).message}`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw new BadInput('The line is no JSON object; write {"id": …, "zone": …, …}.');
    const fields = value as Readonly<Record<string, unknown>>;
    id = fields.id ?? null;
    const verdict = runCase(readCase(fields, defaults));
    const { check, result, ...reasoning } = verdict;
    return JSON.stringify({
      id,
      result,
      explanation: explanationOf(verdict),
      reasoning: { check, ...reasoning },
    });
  } catch (problem) {
    const error: LineError = {
      id,
      error:
        problem instanceof BadInput
          ? problem.message
          : `This case cannot be checked: ${(problem as Error).message}`,
    };
    return JSON.stringify(error);
  }
}

/** Answers every line of `input` on `output`; returns how many there were. */
export async function answerLines(
  input: Readable,
  output: Writable,
  defaults: () => CaseDefaults,
  longestLine = LONGEST_LINE,
): Promise<number> {
  let count = 0;
  let parts: Buffer[] = [];
  let length = 0;
  const put = async (text: string): Promise<void> => {
    count++;
    if (!output.write(`${text}\n`)) await once(output, 'drain');
  };
  const finish = async (): Promise<void> => {
    const isTooLong = length > longestLine;
    const line = isTooLong ? '' : Buffer.concat(parts).toString('utf8');
    parts = [];
    length = 0;
    const tooLong: LineError = { id: null, error: `The line is longer than ${longestLine} bytes.` };
    await put(isTooLong ? JSON.stringify(tooLong) : answerLine(line.replace(/\r$/, ''), defaults()));
  };
  for await (const chunk of input as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    let at = 0;
    for (let lf = bytes.indexOf(10); lf >= 0; lf = bytes.indexOf(10, at)) {
      take(bytes.subarray(at, lf));
      at = lf + 1;
      await finish();
    }
    take(bytes.subarray(at));
  }
  if (length > 0) await finish();
  return count;

  function take(piece: Buffer): void {
    if (piece.length === 0) return;
    length += piece.length;
    if (length > longestLine) parts = [];
    else parts.push(piece);
  }
}
