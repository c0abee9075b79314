// A small reader and writer of XML, for reports and nothing else: elements, attributes, text, the five entities and
// character references. Refuses document types, so nothing can be defined, fetched or blown up; bounded in size, depth and
// number of elements. XML 1.0 (fifth edition) §2 and §4.1.

import { fromUtf8, utf8 } from '../base/bytes.ts';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';

export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All character data of this element itself, put together. */
  readonly text: string;
  /** Where it begins: from 1. */
  readonly line: number;
  readonly column: number;
}

export type XmlProblemCode =
  | 'too-long'
  | 'too-deep'
  | 'too-many-elements'
  | 'document-type'
  | 'unknown-entity'
  | 'bad-character'
  | 'bad-name'
  | 'bad-attribute'
  | 'repeated-attribute'
  | 'wrong-end'
  | 'not-closed'
  | 'no-root'
  | 'after-root';

export interface XmlProblem {
  readonly code: XmlProblemCode;
  readonly line: number;
  readonly column: number;
  readonly detail?: string;
}

export interface XmlLimits {
  /** Characters. */
  readonly maxLength: number;
  readonly maxDepth: number;
  readonly maxElements: number;
}

export const XML_LIMITS: XmlLimits = { maxLength: 20_000_000, maxDepth: 32, maxElements: 1_000_000 };

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NAME = /(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)/y;
const SPACE = /[ \t\r\n]*/y;
/** What XML 1.0 §2.2 does not allow in a document. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

class Stop extends Error {
  constructor(
    readonly code: XmlProblemCode,
    readonly at: number,
    readonly detail?: string,
  ) {
    super(code);
  }
}

interface Open {
  readonly name: string;
  readonly written: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  readonly text: string[];
  readonly at: number;
}

/** Reads a document. Never throws; the error says where. */
export function parseXml(text: string, limits: XmlLimits = XML_LIMITS): Result<XmlElement, XmlProblem> {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (source.length > limits.maxLength) return err({ code: 'too-long', line: 1, column: 1 });
  try {
    return ok(read(source, limits));
  } catch (problem) {
    if (!(problem instanceof Stop)) throw problem;
    const { line, column } = lineIndex(source)(problem.at);
    const { code, detail } = problem;
    return err({ code, line, column, ...(detail === undefined ? {} : { detail }) });
  }
}

/** Line and column of an offset, from 1; offsets must be asked for in rising order. */
function lineIndex(source: string): (at: number) => { line: number; column: number } {
  let line = 1;
  let start = 0;
  return (at) => {
    for (let lf = source.indexOf('\n', start); lf >= 0 && lf < at; lf = source.indexOf('\n', start)) {
      line++;
      start = lf + 1;
    }
    return { line, column: at - start + 1 };
  };
}

function read(source: string, limits: XmlLimits): XmlElement {
  const bad = FORBIDDEN.exec(source);
  if (bad !== null) throw new Stop('bad-character', bad.index);
  const places = new Map<Open, { line: number; column: number }>();
  const placeOf = lineIndex(source);
  const stack: Open[] = [];
  let root: XmlElement | undefined;
  let count = 0;
  let at = 0;
  const add = (element: XmlElement): void => {
    const parent = stack.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  };
  const close = (open: Open): void => {
    const { name, attributes, children } = open;
    const place = places.get(open) ?? { line: 1, column: 1 };
    places.delete(open);
    add({ name, attributes, children, text: open.text.join(''), ...place });
  };
  while (at < source.length) {
    const lt = source.indexOf('<', at);
    const end = lt < 0 ? source.length : lt;
    if (end > at) {
      const top = stack.at(-1);
      const piece = source.slice(at, end);
      if (top !== undefined) top.text.push(unescapeText(piece, at));
      else if (/[^ \t\r\n]/.test(piece)) throw new Stop(root === undefined ? 'no-root' : 'after-root', at);
    }
    if (lt < 0) break;
    if (source.startsWith('<!--', lt)) at = after(source, '-->', lt + 4, lt);
    else if (source.startsWith('<![CDATA[', lt)) {
      const stop = after(source, ']]>', lt + 9, lt);
      const top = stack.at(-1);
      if (top === undefined) throw new Stop(root === undefined ? 'no-root' : 'after-root', lt);
      top.text.push(source.slice(lt + 9, stop - 3));
      at = stop;
    } else if (source.startsWith('<!', lt)) throw new Stop('document-type', lt);
    else if (source.startsWith('<?', lt)) at = after(source, '?>', lt + 2, lt);
    else if (source.startsWith('</', lt)) {
      const name = nameAt(source, lt + 2);
      const open = stack.pop();
      if (open === undefined || open.written !== name.written)
        throw new Stop('wrong-end', lt, open === undefined ? name.written : open.written);
      at = skipSpace(source, name.end);
      if (source[at] !== '>') throw new Stop('bad-name', at);
      at++;
      close(open);
    } else {
      if (root !== undefined) throw new Stop('after-root', lt);
      if (++count > limits.maxElements) throw new Stop('too-many-elements', lt);
      if (stack.length >= limits.maxDepth) throw new Stop('too-deep', lt);
      const tag = startTag(source, lt);
      places.set(tag.open, placeOf(lt));
      at = tag.end;
      if (tag.isEmpty) close(tag.open);
      else stack.push(tag.open);
    }
  }
  const open = stack.at(-1);
  if (open !== undefined) throw new Stop('not-closed', open.at, open.written);
  if (root === undefined) throw new Stop('no-root', source.length);
  return root;
}

function after(source: string, mark: string, from: number, start: number): number {
  const found = source.indexOf(mark, from);
  if (found < 0) throw new Stop('not-closed', start);
  return found + mark.length;
}

function nameAt(source: string, at: number): { name: string; written: string; end: number } {
  NAME.lastIndex = at;
  const match = NAME.exec(source);
  if (match === null) throw new Stop('bad-name', at);
  return { name: match[1] ?? '', written: match[0], end: NAME.lastIndex };
}

function skipSpace(source: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.exec(source);
  return SPACE.lastIndex;
}

function startTag(source: string, lt: number): { open: Open; end: number; isEmpty: boolean } {
  const tag = nameAt(source, lt + 1);
  const attributes: Record<string, string> = Object.create(null) as Record<string, string>;
  let at = tag.end;
  for (;;) {
    const next = skipSpace(source, at);
    const char = source[next];
    if (char === undefined) throw new Stop('not-closed', lt, tag.written);
    if (char === '>' || (char === '/' && source[next + 1] === '>')) {
      const open: Open = {
        name: tag.name,
        written: tag.written,
        attributes: { ...attributes },
        children: [],
        text: [],
        at: lt,
      };
      return { open, end: next + (char === '>' ? 1 : 2), isEmpty: char === '/' };
    }
    if (next === at) throw new Stop('bad-attribute', at);
    const name = nameAt(source, next);
    const equals = skipSpace(source, name.end);
    if (source[equals] !== '=') throw new Stop('bad-attribute', equals);
    const open = skipSpace(source, equals + 1);
    const quote = source[open];
    if (quote !== '"' && quote !== "'") throw new Stop('bad-attribute', open);
    const close = source.indexOf(quote, open + 1);
    if (close < 0) throw new Stop('not-closed', open);
    const value = source.slice(open + 1, close);
    if (value.includes('<')) throw new Stop('bad-attribute', open + 1 + value.indexOf('<'));
    if (name.written in attributes) throw new Stop('repeated-attribute', next, name.written);
    attributes[name.written] = unescapeText(value, open + 1);
    at = close + 1;
  }
}

function unescapeText(text: string, at: number): string {
  if (!text.includes('&')) return text;
  return text.replace(/&([^;&]{0,12};?)/g, (whole, body: string, offset: number) => {
    const name = body.endsWith(';') ? body.slice(0, -1) : '';
    if (Object.hasOwn(ENTITIES, name)) return ENTITIES[name] ?? '';
    const number = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name);
    if (number === null) throw new Stop('unknown-entity', at + offset, whole);
    const code = number[1] === undefined ? Number(number[2]) : parseInt(number[1], 16);
    const isChar =
      code === 9 ||
      code === 10 ||
      code === 13 ||
      (code >= 32 && code < 0xd800) ||
      (code > 0xdfff && code < 0xfffe) ||
      (code > 0xffff && code <= 0x10ffff);
    if (!isChar) throw new Stop('bad-character', at + offset, whole);
    return String.fromCodePoint(code);
  });
}

/** What may be written: a text, or elements in order. */
export type XmlContent = string | readonly (readonly [name: string, content: XmlContent])[];

/** An element with two blanks of indentation a level, lines ending in LF. Characters that XML cannot hold are left out. */
export function printXml(name: string, content: XmlContent, attributes = '', indent = ''): string {
  if (typeof content === 'string') return `${indent}<${name}${attributes}>${escapeText(content)}</${name}>\n`;
  const inner = content.map(([child, value]) => printXml(child, value, '', `${indent}  `)).join('');
  return `${indent}<${name}${attributes}>\n${inner}${indent}</${name}>\n`;
}

function escapeText(text: string): string {
  // Through UTF-8, so that half a surrogate pair becomes U+FFFD.
  return fromUtf8(utf8(text))
    .replace(new RegExp(FORBIDDEN.source, 'g'), '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}
