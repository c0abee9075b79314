// Domain names in presentation form: absolute, with the final dot, `\.` and `\DDD` where a label holds something odd
// (RFC 1035 §5.1). A name made here is canonical: two equal names differ in case at most. Knows no record and no wire.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';

/** Longest label and longest name, in octets on the wire (RFC 1035 §2.3.4). */
export const MAX_LABEL = 63;
export const MAX_NAME = 255;

export type NameError = 'empty label' | 'label too long' | 'name too long' | 'bad escape';

/** Characters that take a backslash in BIND's presentation form. */
const ESCAPED = '"().;\\@$';

/** One label, a binary string, in presentation form. */
export function labelText(label: string): string {
  if (/^[A-Za-z0-9_*-]*$/.test(label)) return label;
  let out = '';
  for (let i = 0; i < label.length; i++) {
    const char = label.charAt(i);
    const code = label.charCodeAt(i);
    if (ESCAPED.includes(char)) out += `\\${char}`;
    else if (code > 32 && code < 127) out += char;
    else out += `\\${String(code).padStart(3, '0')}`;
  }
  return out;
}

/** The absolute name of some labels (binary strings), innermost first. */
export function nameOfLabels(labels: readonly string[]): string {
  if (labels.length === 0) return '.';
  return `${labels.map(labelText).join('.')}.`;
}

/** The labels of a name as binary strings, innermost first; the root has none. Tolerates a missing final dot. */
export function labelsOf(name: string): string[] {
  if (!name.includes('\\')) {
    const bare = name.endsWith('.') ? name.slice(0, -1) : name;
    return bare === '' ? [] : bare.split('.');
  }
  const out: string[] = [];
  let label = '';
  for (let i = 0; i < name.length; i++) {
    const char = name.charAt(i);
    if (char === '.') {
      out.push(label);
      label = '';
    } else if (char === '\\') {
      const digits = /^[0-9]{3}/.exec(name.slice(i + 1, i + 4));
      if (digits) {
        label += String.fromCharCode(Number(digits[0]) & 255);
        i += 3;
      } else {
        label += name.charAt(++i);
      }
    } else label += char;
  }
  if (label !== '') out.push(label);
  return out;
}

/**
 * Reads a name as a person or a zone file writes it. A name without a final dot is completed by `origin` (absolute; the
 * root when absent), `@` alone is the origin itself. Text beyond ASCII counts as UTF-8. RFC 1035 §5.1.
 */
export function parseName(text: string, origin = '.'): Result<string, NameError> {
  if (text === '@') return ok(origin);
  if (text === '.') return ok('.');
  // eslint-disable-next-line no-control-regex
  const source = /^[\x00-\x7f]*$/.test(text) ? text : fromLatin1(utf8(text));
  const labels: string[] = [];
  let label = '';
  let length = 1;
  let open = true;
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char === '.') {
      if (label === '') return err('empty label');
      labels.push(label);
      length += label.length + 1;
      label = '';
      open = false;
      continue;
    }
    open = true;
    if (char === '\\') {
      const next = source.charAt(i + 1);
      if (next === '') return err('bad escape');
      if (next >= '0' && next <= '9') {
        const digits = source.slice(i + 1, i + 4);
        if (!/^[0-9]{3}$/.test(digits) || Number(digits) > 255) return err('bad escape');
        label += String.fromCharCode(Number(digits));
        i += 3;
      } else {
        label += next;
        i++;
      }
    } else label += char;
    if (label.length > MAX_LABEL) return err('label too long');
  }
  if (!open) {
    if (length > MAX_NAME) return err('name too long');
    return ok(nameOfLabels(labels));
  }
  if (label === '') return err('empty label');
  labels.push(label);
  length += label.length + 1;
  for (const outer of labelsOf(origin)) {
    labels.push(outer);
    length += outer.length + 1;
  }
  if (length > MAX_NAME) return err('name too long');
  return ok(nameOfLabels(labels));
}

/** What two spellings of one name have in common: lower case, canonical escapes, final dot. Keys of maps. */
export function nameKey(name: string): string {
  if (!name.includes('\\')) {
    const lower = name.toLowerCase();
    return lower.endsWith('.') ? lower : `${lower}.`;
  }
  return nameOfLabels(labelsOf(name).map((label) => label.replace(/[A-Z]/g, (char) => char.toLowerCase())));
}

/** Equality as DNS sees it: ASCII case does not count (RFC 1035 §2.3.3, RFC 4343). */
export function sameName(a: string, b: string): boolean {
  return a === b || nameKey(a) === nameKey(b);
}

/** The name one label up; the root is its own parent. */
export function parentName(name: string): string {
  if (!name.includes('\\')) {
    const dot = name.indexOf('.');
    return dot < 0 || dot === name.length - 1 ? '.' : name.slice(dot + 1);
  }
  return nameOfLabels(labelsOf(name).slice(1));
}

/** Whether `name` is `ancestor` or lies below it. */
export function isSubdomain(name: string, ancestor: string): boolean {
  const inner = nameKey(name);
  const outer = nameKey(ancestor);
  if (outer === '.' || inner === outer) return true;
  if (!inner.endsWith(`.${outer}`)) return false;
  // An escaped dot in front of the ancestor belongs to a label: `a\.b.` is not below `b.`.
  const at = inner.length - outer.length - 1;
  let slashes = 0;
  for (let i = at - 1; i >= 0 && inner.charAt(i) === '\\'; i--) slashes++;
  return slashes % 2 === 0;
}

/** Octets of the name on the wire, without compression. */
export function nameLength(name: string): number {
  let length = 1;
  for (const label of labelsOf(name)) length += label.length + 1;
  return length;
}

/** The name and all names above it, the root last. */
export function withAncestors(name: string): string[] {
  const out = [name];
  let current = name;
  while (current !== '.') {
    current = parentName(current);
    out.push(current);
  }
  return out;
}

/** Without the final dot, as BIND's log lines print names; the root stays `.`. */
export function withoutDot(name: string): string {
  return name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
}

/** A name relative to an origin where it lies below it, `@` for the origin itself, absolute otherwise. */
export function relativeName(name: string, origin: string): string {
  if (sameName(name, origin)) return '@';
  if (origin === '.' || !isSubdomain(name, origin)) return name;
  const inner = labelsOf(name);
  return inner
    .slice(0, inner.length - labelsOf(origin).length)
    .map(labelText)
    .join('.');
}

/** Letters, digits and inner hyphens in every label (RFC 952, RFC 1123 §2.1); a first label `*` when `wildcard`. */
export function isHostName(name: string, wildcard = false): boolean {
  const labels = labelsOf(name);
  const rest = wildcard && labels[0] === '*' ? labels.slice(1) : labels;
  return rest.every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label));
}

/** Canonical order of names: by label from the root, lower case (RFC 4034 §6.1). */
export function compareNames(a: string, b: string): number {
  const x = labelsOf(nameKey(a)).reverse();
  const y = labelsOf(nameKey(b)).reverse();
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const p = x[i] as string;
    const q = y[i] as string;
    if (p !== q) return p < q ? -1 : 1;
  }
  return x.length - y.length;
}
