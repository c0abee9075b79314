// The mail log of each host, line by line with the event behind it. The text is the program's own.

import type { TraceEvent } from '../host/events.ts';
import type { LogLine } from './types.ts';

/** Lines by host. */
export type Logs = Map<string, LogLine[]>;

export function foldLogs(logs: Logs, event: TraceEvent): void {
  if (event.type !== 'log.line') return;
  const line: LogLine = { seq: event.seq, at: event.at, host: event.host, text: event.text };
  const lines = logs.get(event.host);
  if (lines === undefined) logs.set(event.host, [line]);
  else lines.push(line);
}

/** The log of a host as it was after event `seq`. */
export function logView(logs: Logs, host: string, seq: number): readonly LogLine[] {
  const lines = logs.get(host) ?? [];
  return (lines[lines.length - 1]?.seq ?? 0) <= seq ? lines : lines.filter((line) => line.seq <= seq);
}
