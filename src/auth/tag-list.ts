// Lists of `tag=value;` with the place of every part, as DKIM signatures, DKIM keys and DMARC records are written. Reads
// everything and says where it is wrong; which errors matter is for the caller. RFC 6376 §3.2.

import type { Span } from './evidence.ts';

export interface Tag {
  /** As written; tag names of DKIM are case-sensitive. */
  readonly name: string;
  /** Without the blanks around it; inside, folding is kept. */
  readonly value: string;
  /** The whole `tag=value` without the blanks around it. */
  readonly span: Span;
  readonly nameSpan: Span;
  readonly valueSpan: Span;
  /** Everything between `=` and `;`, blanks included. */
  readonly rawValueSpan: Span;
}

export interface TagError {
  readonly code: 'empty' | 'no-equals' | 'name' | 'duplicate' | 'character';
  readonly span: Span;
}

export interface TagList {
  readonly tags: readonly Tag[];
  readonly errors: readonly TagError[];
}

const isBlank = (code: number): boolean => code === 32 || code === 9 || code === 13 || code === 10;

/** Reads a list; never fails. `base` is added to every offset. */
export function parseTagList(text: string, base = 0): TagList {
  const tags: Tag[] = [];
  const errors: TagError[] = [];
  const names = new Set<string>();
  let at = 0;
  while (at <= text.length) {
    let stop = text.indexOf(';', at);
    const isLast = stop < 0;
    if (isLast) stop = text.length;
    let start = at;
    let end = stop;
    while (start < end && isBlank(text.charCodeAt(start))) start++;
    while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
    const span: Span = { start: base + start, end: base + end };
    at = stop + 1;
    if (start === end) {
      if (!isLast) errors.push({ code: 'empty', span: { start: base + start, end: base + stop + 1 } });
      continue;
    }
    const equals = text.indexOf('=', start);
    if (equals < 0 || equals >= end) {
      errors.push({ code: 'no-equals', span });
      continue;
    }
    let nameEnd = equals;
    while (nameEnd > start && isBlank(text.charCodeAt(nameEnd - 1))) nameEnd--;
    const name = text.slice(start, nameEnd);
    const nameSpan: Span = { start: base + start, end: base + nameEnd };
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
      errors.push({ code: 'name', span: nameSpan });
      continue;
    }
    let valueStart = equals + 1;
    while (valueStart < end && isBlank(text.charCodeAt(valueStart))) valueStart++;
    const value = text.slice(valueStart, end);
    const strange = value.search(/[^\x20-\x7e\t\r\n]/);
    if (strange >= 0)
      errors.push({
        code: 'character',
        span: { start: base + valueStart + strange, end: base + valueStart + strange + 1 },
      });
    if (names.has(name)) errors.push({ code: 'duplicate', span });
    names.add(name);
    tags.push({
      name,
      value,
      span,
      nameSpan,
      valueSpan: { start: base + valueStart, end: base + end },
      rawValueSpan: { start: base + equals + 1, end: base + stop },
    });
  }
  return { tags, errors };
}

/** The first tag of that name. */
export function tagOf(list: TagList, name: string): Tag | undefined {
  return list.tags.find((tag) => tag.name === name);
}
