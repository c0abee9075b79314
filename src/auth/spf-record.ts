// The text of an SPF record as terms with their places, for the check, the editor's hints and the linter alike. Reads
// everything, also what is wrong, and says where. RFC 7208 §4.6.1, §5, §6 and §12.

import type { Span } from './evidence.ts';
import { parseIp4, parseIp6 } from './ip.ts';
import type { IpAddress } from './ip.ts';
import { parseMacroString } from './spf-macro.ts';
import type { MacroError, MacroPart } from './spf-macro.ts';

export type SpfQualifier = '+' | '-' | '~' | '?';
export const SPF_MECHANISMS = ['all', 'include', 'a', 'mx', 'ptr', 'ip4', 'ip6', 'exists'] as const;
export type SpfMechanismName = (typeof SPF_MECHANISMS)[number];

/** A domain-spec (RFC 7208 §7.1) and where it stands. */
export interface SpfDomainSpec {
  readonly text: string;
  readonly parts: readonly MacroPart[];
  readonly span: Span;
}

interface TermBase {
  /** As written, qualifier included. */
  readonly text: string;
  readonly span: Span;
}

export interface SpfMechanism extends TermBase {
  readonly kind: 'mechanism';
  readonly name: SpfMechanismName;
  readonly qualifier: SpfQualifier;
  readonly domainSpec?: SpfDomainSpec;
  /** ip4 and ip6: the network's address. */
  readonly address?: IpAddress;
  readonly prefix4: number;
  readonly prefix6: number;
  /** The `/24` part, if written. */
  readonly prefixSpan?: Span;
}

export interface SpfModifier extends TermBase {
  readonly kind: 'modifier';
  readonly name: 'redirect' | 'exp' | 'unknown';
  /** As written, for unknown ones. */
  readonly writtenName: string;
  readonly domainSpec?: SpfDomainSpec;
}

export type SpfTermErrorCode =
  | MacroError['code']
  | 'unknown-mechanism'
  | 'empty-value'
  | 'missing-value'
  | 'unexpected-value'
  | 'domain-spec'
  | 'top-label'
  | 'prefix'
  | 'ip4'
  | 'ip6'
  | 'duplicate-modifier'
  | 'blank';

export interface SpfTermError {
  readonly code: SpfTermErrorCode;
  readonly span: Span;
}

export interface SpfBadTerm extends TermBase {
  readonly kind: 'bad';
  /** The mechanism or modifier it seems to be, lower case, perhaps ''. */
  readonly name: string;
  readonly qualifier?: SpfQualifier;
  readonly error: SpfTermError;
}

export type SpfTerm = SpfMechanism | SpfModifier | SpfBadTerm;

export interface SpfRecord {
  readonly text: string;
  readonly versionSpan: Span;
  readonly terms: readonly SpfTerm[];
  /** The first error of each bad term, in order. Any error makes the whole record a permerror (RFC 7208 §4.6). */
  readonly errors: readonly SpfTermError[];
}

/** RFC 7208 §4.5: `v=spf1` alone or followed by a blank; `v=spf10` is something else. */
export function isSpfRecord(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/** Reads a record. The caller has seen to it that it begins with the version. Never fails; see `errors`. */
export function parseSpfRecord(text: string): SpfRecord {
  const terms: SpfTerm[] = [];
  const errors: SpfTermError[] = [];
  const seen = new Set<string>();
  let at = 6;
  while (at < text.length) {
    if (text.charCodeAt(at) === 0x20) {
      at++;
      continue;
    }
    let end = text.indexOf(' ', at);
    if (end < 0) end = text.length;
    let term = parseTerm(text.slice(at, end), at);
    if (term.kind === 'modifier' && term.name !== 'unknown') {
      // RFC 7208 §6: redirect and exp appear at most once.
      if (seen.has(term.name))
        term = bad(term.text, term.span, term.name, { code: 'duplicate-modifier', span: term.span });
      else seen.add(term.name);
    }
    if (term.kind === 'bad') errors.push(term.error);
    terms.push(term);
    at = end;
  }
  return { text, versionSpan: { start: 0, end: Math.min(6, text.length) }, terms, errors };
}

function bad(
  text: string,
  span: Span,
  name: string,
  error: SpfTermError,
  qualifier?: SpfQualifier,
): SpfBadTerm {
  return { kind: 'bad', text, span, name, ...(qualifier === undefined ? {} : { qualifier }), error };
}

/** One term that begins at offset `start` of its record. */
export function parseTerm(text: string, start: number): SpfTerm {
  const span: Span = { start, end: start + text.length };
  const modifier = /^([A-Za-z][A-Za-z0-9\-_.]*)=/.exec(text);
  if (modifier !== null) return parseModifier(text, span, modifier[1] ?? '');
  const shape = /^([+\-~?]?)([A-Za-z][A-Za-z0-9\-_.]*)(?=[:/]|$)/.exec(text);
  if (shape === null) {
    const strange = text.search(/[^\x21-\x7e]/);
    const error: SpfTermError =
      strange >= 0
        ? { code: 'character', span: { start: start + strange, end: start + strange + 1 } }
        : { code: 'unknown-mechanism', span };
    return bad(text, span, '', error);
  }
  const qualifier = (shape[1] === '' ? '+' : shape[1]) as SpfQualifier;
  const name = (shape[2] ?? '').toLowerCase();
  const rest = text.slice(shape[0].length);
  const restAt = start + shape[0].length;
  const known = SPF_MECHANISMS.find((one) => one === name);
  if (known === undefined)
    return bad(text, span, name, { code: 'unknown-mechanism', span: { start, end: restAt } }, qualifier);
  const base = { kind: 'mechanism', text, span, name: known, qualifier, prefix4: 32, prefix6: 128 } as const;
  const fail = (error: SpfTermError): SpfBadTerm => bad(text, span, name, error, qualifier);
  const restSpan: Span = { start: restAt, end: span.end };
  switch (known) {
    case 'all':
      return rest === '' ? base : fail({ code: 'unexpected-value', span: restSpan });
    case 'ip4':
    case 'ip6':
      return parseNetwork(base, rest, restAt, known, fail);
    case 'include':
    case 'exists':
    case 'ptr': {
      if (rest === '') return known === 'ptr' ? base : fail({ code: 'missing-value', span });
      if (!rest.startsWith(':')) return fail({ code: 'unexpected-value', span: restSpan });
      const domain = parseDomainSpec(rest.slice(1), restAt + 1);
      return 'error' in domain ? fail(domain.error) : { ...base, domainSpec: domain };
    }
    case 'a':
    case 'mx': {
      // RFC 7208 §5.3: [":" domain-spec] ["/" ip4-cidr] ["//" ip6-cidr]
      const prefix = /(?:\/(\d*))?(?:\/\/(\d*))?$/.exec(rest);
      const written = prefix?.[0] ?? '';
      const head = rest.slice(0, rest.length - written.length);
      const prefixSpan: Span = { start: span.end - written.length, end: span.end };
      if (!isPrefix(prefix?.[1], 32) || !isPrefix(prefix?.[2], 128))
        return fail({ code: 'prefix', span: prefixSpan });
      const sized = {
        ...base,
        prefix4: prefix?.[1] === undefined ? 32 : Number(prefix[1]),
        prefix6: prefix?.[2] === undefined ? 128 : Number(prefix[2]),
        ...(written === '' ? {} : { prefixSpan }),
      };
      if (head === '') return sized;
      if (!head.startsWith(':'))
        return fail({ code: 'prefix', span: { start: restAt, end: restAt + head.length } });
      const domain = parseDomainSpec(head.slice(1), restAt + 1);
      return 'error' in domain ? fail(domain.error) : { ...sized, domainSpec: domain };
    }
  }
}

function isPrefix(digits: string | undefined, most: number): boolean {
  return digits === undefined || (/^(?:0|[1-9]\d{0,2})$/.test(digits) && Number(digits) <= most);
}

function parseNetwork(
  base: Omit<SpfMechanism, 'domainSpec' | 'address'>,
  rest: string,
  restAt: number,
  name: 'ip4' | 'ip6',
  fail: (error: SpfTermError) => SpfBadTerm,
): SpfTerm {
  const restSpan: Span = { start: restAt, end: restAt + rest.length };
  if (!rest.startsWith(':')) return fail({ code: 'missing-value', span: base.span });
  const slash = rest.indexOf('/');
  const host = rest.slice(1, slash < 0 ? undefined : slash);
  const address = name === 'ip4' ? parseIp4(host) : parseIp6(host);
  if (address === undefined)
    return fail({ code: name, span: { start: restAt + 1, end: restAt + 1 + host.length } });
  if (slash < 0) return { ...base, address };
  const digits = rest.slice(slash + 1);
  const prefixSpan: Span = { start: restAt + slash, end: restSpan.end };
  if (!isPrefix(digits, name === 'ip4' ? 32 : 128)) return fail({ code: 'prefix', span: prefixSpan });
  const sized = name === 'ip4' ? { prefix4: Number(digits) } : { prefix6: Number(digits) };
  return { ...base, ...sized, address, prefixSpan };
}

function parseModifier(text: string, span: Span, writtenName: string): SpfTerm {
  const name = writtenName.toLowerCase();
  const value = text.slice(writtenName.length + 1);
  const valueAt = span.start + writtenName.length + 1;
  if (name !== 'redirect' && name !== 'exp') {
    // RFC 7208 §6: unknown modifiers are ignored, but their value must be a macro string.
    const macro = parseMacroString(value, valueAt, true);
    return 'error' in macro
      ? bad(text, span, name, macro.error)
      : { kind: 'modifier', name: 'unknown', writtenName, text, span };
  }
  const domain = parseDomainSpec(value, valueAt);
  return 'error' in domain
    ? bad(text, span, name, domain.error)
    : { kind: 'modifier', name, writtenName, text, span, domainSpec: domain };
}

/** RFC 7208 §7.1: macro-string that ends in a macro or in a dot and a top label (not all digits). */
function parseDomainSpec(text: string, at: number): SpfDomainSpec | { readonly error: SpfTermError } {
  const span: Span = { start: at, end: at + text.length };
  if (text === '') return { error: { code: 'empty-value', span: { start: at - 1, end: at } } };
  const macro = parseMacroString(text, at, false);
  if ('error' in macro) return macro;
  const last = macro.parts[macro.parts.length - 1];
  const endsInMacro = last?.kind === 'macro' || /%[%_-]$/.test(text);
  if (!endsInMacro) {
    const end = /\.([^.]*)\.?$/.exec(text);
    if (end === null) return { error: { code: 'domain-spec', span } };
    const label = end[1] ?? '';
    const isTopLabel = /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label) && !/^\d+$/.test(label);
    if (!isTopLabel) return { error: { code: 'top-label', span } };
  }
  return { text, parts: macro.parts, span };
}
