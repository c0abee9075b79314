// What the views of one message share: which bytes are marked, and how a place is called. Knows no engine.

import {
  messagePlaces,
  overlaps,
  partAround,
  type ByteRange,
  type MessagePlace,
} from '../../message/places.ts';
import { parseMime, partsOf, type MimePart } from '../../message/mime.ts';
import { m } from './views-words.ts';

export const VIEWS = ['letter', 'headers', 'envelope', 'parts', 'raw', 'bytes', 'way'] as const;
export type View = (typeof VIEWS)[number];
/** Those that can stand beside another one. */
export const BESIDE = ['raw', 'bytes', 'parts', 'headers'] as const;

/** A message cut up once for all of its views. */
export interface CutMessage {
  readonly raw: string;
  readonly root: MimePart;
  readonly parts: readonly MimePart[];
  readonly places: readonly MessagePlace[];
}

export function cut(raw: string): CutMessage {
  const root = parseMime(raw);
  return { raw, root, parts: partsOf(root), places: messagePlaces(raw) };
}

const isSame = (a: ByteRange, b: ByteRange): boolean => a.start === b.start && a.end === b.end;

/** The place of one byte. */
export const placeAt = ({ places }: CutMessage, offset: number): MessagePlace | undefined =>
  places.find(({ start, end }) => start <= offset && offset < end);

/** The place before or behind a range, for those who have no mouse. */
export function neighbour(
  { places }: CutMessage,
  range: ByteRange | undefined,
  step: 1 | -1,
): MessagePlace | undefined {
  const real = places.filter(({ kind }) => kind !== 'between');
  if (range === undefined) return step > 0 ? real[0] : real.at(-1);
  const exact = real.findIndex((one) => isSame(one, range));
  if (exact >= 0) return real[exact + step];
  return step > 0
    ? real.find(({ start }) => start > range.start)
    : real.findLast(({ start }) => start < range.start);
}

/** In words: `Field Subject`, `Part 1.2, text/html`. */
export function nameOf(message: CutMessage, range: ByteRange): string {
  const { raw, parts, places, root } = message;
  if (range.start === 0 && range.end === raw.length) return m('place.whole');
  const place = places.find((one) => isSame(one, range));
  if (place?.kind === 'field') return m('place.field', { name: place.name });
  const part = parts.find((one) => isSame(one, range));
  if (part !== undefined) return m('place.part', { path: part.path, type: `${part.type}/${part.subtype}` });
  if (place?.kind === 'body')
    return place.path === ''
      ? m('place.text', { type: place.type })
      : m('place.body', { path: place.path, type: place.type });
  if (place?.kind === 'between') return m('place.between');
  const around = partAround(root, range);
  const field = places.find((one) => one.kind === 'field' && overlaps(one, range));
  if (field?.kind === 'field' && range.end <= field.end) return m('place.field', { name: field.name });
  return around.path === ''
    ? m('place.finding')
    : m('place.part', { path: around.path, type: `${around.type}/${around.subtype}` });
}
