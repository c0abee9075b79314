// Canonical forms of header fields and bodies, byte exact, on binary strings. A line end that is only a LF counts as
// CRLF, since that is what the wire would have carried; a lone CR is an ordinary character. RFC 6376 §3.4.

import type { HeaderField } from '../message/header.ts';

export type Canonicalization = 'simple' | 'relaxed';

/** Every LF without a CR before it gets one. */
export function wireLineEnds(text: string): string {
  return /(?:^|[^\r])\n/.test(text) ? text.replace(/\r?\n/g, '\r\n') : text;
}

/** RFC 6376 §3.4.1 and §3.4.2: one field with its final CRLF. `raw` as it stands in the message. */
export function canonicalField(kind: Canonicalization, field: Pick<HeaderField, 'raw'>): string {
  const raw = wireLineEnds(field.raw);
  const whole = raw.endsWith('\r\n') ? raw : raw + '\r\n';
  if (kind === 'simple') return whole;
  const colon = whole.indexOf(':');
  const name = whole
    .slice(0, colon)
    .replace(/[ \t]+$/, '')
    .toLowerCase();
  return `${name}:${relaxedValue(whole.slice(colon + 1))}\r\n`;
}

/** RFC 6376 §3.4.2 steps 2 to 5: unfolded, runs of blanks as one, none at the ends. */
export function relaxedValue(value: string): string {
  const unfolded = wireLineEnds(value).replace(/\r\n/g, '');
  const shrunk = unfolded.replace(/\t[ \t]*| [ \t]+/g, ' ');
  return shrunk.slice(
    shrunk.startsWith(' ') ? 1 : 0,
    shrunk.endsWith(' ') && shrunk.length > 1 ? -1 : undefined,
  );
}

/** RFC 6376 §3.4.3 and §3.4.4. */
export function canonicalBody(kind: Canonicalization, body: string): string {
  let text = wireLineEnds(body);
  if (kind === 'relaxed') {
    text = text.replace(/\t[ \t]*| [ \t]+/g, ' ').replace(/ \r\n/g, '\r\n');
    if (text.endsWith(' ')) text = text.slice(0, -1);
  }
  let end = text.length;
  while (end >= 2 && text.charCodeAt(end - 1) === 10 && text.charCodeAt(end - 2) === 13) end -= 2;
  if (end === 0) return kind === 'simple' ? '\r\n' : '';
  return text.slice(0, end) + '\r\n';
}

/** One entry of `h=`: which field it picked, or none (RFC 6376 §5.4.2: from the bottom up; absent ones are oversigned). */
export interface SelectedField {
  readonly name: string;
  /** Index in the message's fields. */
  readonly field?: number;
}

export function selectFields(fields: readonly HeaderField[], names: readonly string[]): SelectedField[] {
  const byName = new Map<string, number[]>();
  for (let i = 0; i < fields.length; i++) {
    const key = fields[i]?.key ?? '';
    const list = byName.get(key);
    if (list === undefined) byName.set(key, [i]);
    else list.push(i);
  }
  return names.map((name) => {
    const field = byName.get(name)?.pop();
    return field === undefined ? { name } : { name, field };
  });
}

/** The bytes that are hashed and signed: the selected fields, then the signature's own with an empty `b=`. */
export function headerBlock(
  kind: Canonicalization,
  fields: readonly HeaderField[],
  selected: readonly SelectedField[],
  ownField: string,
): string {
  let out = '';
  for (const { field } of selected) {
    const picked = field === undefined ? undefined : fields[field];
    if (picked !== undefined) out += canonicalField(kind, picked);
  }
  // RFC 6376 §3.7: the signature's own field comes last and without its final CRLF.
  return out + canonicalField(kind, { raw: ownField }).slice(0, -2);
}
