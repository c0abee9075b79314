// Bytes from a peer as a terminal shows them: UTF-8 decoded across segments, line ends, and every other control character
// written out (`^[`) instead of obeyed, so that a server cannot move the cursor.

import { fromUtf8, latin1 } from '../../base/bytes.ts';

/** Bytes (a binary string) that wait for the rest of their character or line end. */
export interface TextStream {
  held: string;
}

export function textStream(): TextStream {
  return { held: '' };
}

/** How many bytes at the end are an unfinished UTF-8 sequence, or a CR whose LF may follow. */
function unfinished(bytes: string): number {
  if (bytes.endsWith('\r')) return 1;
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const code = bytes.charCodeAt(bytes.length - back);
    if (code < 0x80) return 0;
    if (code < 0xc0) continue;
    const length = code >= 0xf0 ? 4 : code >= 0xe0 ? 3 : 2;
    return length > back ? back : 0;
  }
  return 0;
}

/** The text of the bytes so far; what is not complete waits for more. */
export function streamText(stream: TextStream, bytes: string): string {
  const all = stream.held + bytes;
  const keep = unfinished(all);
  stream.held = keep === 0 ? '' : all.slice(-keep);
  return plainText(keep === 0 ? all : all.slice(0, -keep));
}

/** What is left when no more will come. */
export function restText(stream: TextStream): string {
  const rest = stream.held;
  stream.held = '';
  return plainText(rest);
}

function plainText(bytes: string): string {
  return (
    fromUtf8(latin1(bytes))
      .replace(/\r+\n/g, '\n')
      // eslint-disable-next-line no-control-regex
      .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, (char) => `^${String.fromCharCode(char.charCodeAt(0) ^ 64)}`)
      // eslint-disable-next-line no-control-regex
      .replace(/[\x80-\x9f]/g, (char) => `M-^${String.fromCharCode(char.charCodeAt(0) - 64)}`)
  );
}
