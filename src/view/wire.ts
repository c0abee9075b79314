// What went over one connection, line by line, as both ends saw it. Bytes that are no text are written out.

import { fromUtf8, latin1 } from '../base/bytes.ts';
import type { TraceEvent } from '../host/events.ts';
import type { Connections } from './connections.ts';
import type { WireLine } from './types.ts';

/** Longer conversations are shown around the event that was asked about. */
const LINES = 60;

/** The lines of a connection; with `around`, those near that event. */
export function wireLines(
  connections: Connections,
  trace: readonly TraceEvent[],
  connection: number,
  around?: number,
): readonly WireLine[] {
  const lines: WireLine[] = [];
  for (const seq of connections.get(connection)?.data ?? []) {
    const event = trace[seq - 1];
    if (event?.type !== 'net.data') continue;
    const sent = linesOf(event.bytes);
    linesOf(event.arrived ?? event.bytes).forEach((text, i) => {
      const was = sent[i];
      lines.push({
        seq,
        at: event.at,
        from: event.side,
        text,
        ...(was === text || was === undefined ? {} : { was }),
      });
    });
  }
  if (lines.length <= LINES) return lines;
  const at = around === undefined ? lines.length : lines.findLastIndex((line) => line.seq <= around) + 1;
  const start = Math.max(0, Math.min(lines.length - LINES, at - LINES / 2));
  return lines.slice(start, start + LINES);
}

function linesOf(bytes: string): string[] {
  return bytes
    .replace(/\r?\n$/, '')
    .split(/\r?\n/)
    .map(lineText);
}

function lineText(bytes: string): string {
  return (
    fromUtf8(latin1(bytes))
      // eslint-disable-next-line no-control-regex
      .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, (char) => `^${String.fromCharCode(char.charCodeAt(0) ^ 64)}`)
  );
}
