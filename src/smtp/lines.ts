// Cuts the input of a server session into command lines: how they end, and what happens to those that are too long. Knows
// no command. RFC 5321 §2.3.8 and §4.5.3.1.4.

import type { ServerSession } from './session.ts';

export interface Line {
  readonly text: string;
  readonly raw: string;
  readonly bareLf: boolean;
  readonly tooLong: boolean;
}

/** The next command line; what exceeds line_length_limit is dropped, whatever its length. */
export function takeLine(session: ServerSession): Line | undefined {
  const limit = session.config.lineLengthLimit;
  const { input } = session;
  const lf = input.indexOf('\n');
  if (lf < 0) {
    if (session.dropping === undefined && input.length <= limit + 1) return undefined;
    // The last character stays: it may be the CR of the line end.
    session.dropping ??= input.slice(0, limit);
    session.input = input.slice(-1);
    return undefined;
  }
  const kept = session.dropping;
  session.input = input.slice(lf + 1);
  session.dropping = undefined;
  const bareLf = lf === 0 || input.charAt(lf - 1) !== '\r';
  const whole = input.slice(0, lf).replace(/\r+$/, '');
  const text = kept ?? whole;
  const raw = kept === undefined ? input.slice(0, lf + 1) : `${kept}${bareLf ? '\n' : '\r\n'}`;
  return {
    text: text.slice(0, limit),
    raw: raw.slice(0, limit + 2),
    bareLf,
    tooLong: kept !== undefined || text.length > limit,
  };
}
