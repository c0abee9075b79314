// Header edits of a script: a field put in front or at the end, fields removed by number and value. Works on the raw
// message and leaves every other byte alone; some fields are beyond a script. RFC 5293 §4 to §6 first.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import { encodeHeaderText } from '../message/encoded-word.ts';
import {
  appendField,
  foldField,
  lineEndOf,
  parseMessage,
  prependField,
  removeFields,
} from '../message/header.ts';
import type { HeaderField } from '../message/header.ts';

/** RFC 5293 §6: what shows where a message has been, and that a machine wrote it, is not deleted; adding is allowed. */
export function isProtectedField(name: string): boolean {
  const key = name.toLowerCase();
  return key === 'received' || key === 'auto-submitted';
}

/** Line ends within a value become folding; a line that would end the header is impossible so. */
function fieldText(name: string, value: string, lineEnd: string): string {
  const oneLine = value
    .replace(/\0/g, '')
    .replace(/[ \t]*(?:\r\n|\r|\n)[ \t]*/g, ' ')
    .trim();
  return fromLatin1(utf8(foldField(name, encodeHeaderText(oneLine), lineEnd)));
}

/** The message with one field more; at the end of its header with `last`. */
export function addHeader(raw: string, name: string, value: string, last: boolean): string {
  const text = fieldText(name, value, lineEndOf(raw));
  return last ? appendField(raw, text) : prependField(raw, text);
}

export interface DeletedHeader {
  readonly raw: string;
  readonly deleted: readonly HeaderField[];
}

/**
 * The message without the fields of that name for which `matches` holds. `index` counts fields of the name from 1,
 * from the last one with `last`; only that field is then considered.
 */
export function deleteHeader(
  raw: string,
  name: string,
  index: number | undefined,
  last: boolean,
  matches: (field: HeaderField) => boolean,
): DeletedHeader {
  const key = name.toLowerCase();
  const fields = parseMessage(raw).fields.filter((field) => field.key === key);
  const chosen = index === undefined ? fields : fields.slice(last ? -index : index - 1).slice(0, 1);
  const considered = index !== undefined && last && index > fields.length ? [] : chosen;
  const deleted = considered.filter(matches);
  if (deleted.length === 0) return { raw, deleted };
  const starts = new Set(deleted.map(({ start }) => start));
  return { raw: removeFields(raw, ({ start }) => starts.has(start)), deleted };
}
