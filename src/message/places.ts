// The places of a message that its views show together: header fields and parts, each with its bytes. From a byte back to
// its place, so that a click anywhere marks the same thing everywhere. Offsets count bytes. RFC 2046 §5.1.

import { binary } from './header.ts';
import { parseMime, partsOf, type MimePart } from './mime.ts';

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type MessagePlace =
  | (ByteRange & { readonly kind: 'field'; readonly name: string; readonly path: string })
  /** All of a part: its header and its body. `path` '' is the message. */
  | (ByteRange & { readonly kind: 'part'; readonly path: string; readonly type: string })
  /** What is in a part that has no parts itself. */
  | (ByteRange & { readonly kind: 'body'; readonly path: string; readonly type: string })
  /** Between parts: boundaries, the blank line, what stands before and behind them. */
  | (ByteRange & { readonly kind: 'between' });

/**
 * The message cut into fields, bodies and what lies between, without a gap: their bytes put together are the message again.
 */
export function messagePlaces(source: string | Uint8Array): readonly MessagePlace[] {
  const raw = binary(source);
  const cuts: MessagePlace[] = [];
  collect(parseMime(raw), cuts);
  cuts.sort((a, b) => a.start - b.start || a.end - b.end);
  const places: MessagePlace[] = [];
  let at = 0;
  for (const cut of cuts) {
    if (cut.start < at) continue;
    if (cut.start > at) places.push({ kind: 'between', start: at, end: cut.start });
    places.push(cut);
    at = cut.end;
  }
  if (at < raw.length) places.push({ kind: 'between', start: at, end: raw.length });
  return places;
}

function collect(part: MimePart, cuts: MessagePlace[]): void {
  const { path, children, fields, bodyStart, end } = part;
  for (const { name, start, end: stop } of fields)
    if (stop > start) cuts.push({ kind: 'field', name, path, start, end: stop });
  if (children.length === 0) {
    if (end > bodyStart)
      cuts.push({ kind: 'body', path, type: `${part.type}/${part.subtype}`, start: bodyStart, end });
  } else for (const child of children) collect(child, cuts);
}

/** The smallest part in which all of the range lies; the message itself at least. */
export function partAround(root: MimePart, { start, end }: ByteRange): MimePart {
  let found = root;
  for (const part of partsOf(root))
    if (part.start <= start && end <= part.end && part.end - part.start <= found.end - found.start)
      found = part;
  return found;
}

/** Do they have a byte in common? */
export const overlaps = (a: ByteRange, b: ByteRange): boolean => a.start < b.end && b.start < a.end;
