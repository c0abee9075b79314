// The Authentication-Results field: built from verdicts, read back, and taken out when somebody else forged ours. RFC
// 8601; §5 for the removal, RFC 6008 for `header.b`. Text on the wire, hence English.

import { removeFields } from '../message/header.ts';
import type { ArcVerdict } from './arc-verdict.ts';
import type { DkimReason, DkimVerdict } from './dkim-verdict.ts';
import type { DmarcVerdict } from './dmarc.ts';
import { lowerAscii } from './domain.ts';
import type { SpfVerdict } from './spf-verdict.ts';

/** `ptype.property=value` (RFC 8601 §2.2). */
export interface ResultProperty {
  readonly type: string;
  readonly property: string;
  readonly value: string;
}

/** `method=result (comment) reason=… ptype.property=value …` */
export interface MethodResult {
  readonly method: string;
  readonly result: string;
  readonly comment?: string;
  readonly reason?: string;
  readonly properties: readonly ResultProperty[];
}

export interface AuthenticationResults {
  readonly authservId: string;
  readonly results: readonly MethodResult[];
}

/** What RFC 6376 §6.1 and common verifiers say in words. */
const DKIM_COMMENT: Readonly<Partial<Record<DkimReason, string>>> = {
  syntax: 'signature syntax error',
  version: 'incompatible version',
  'missing-tag': 'signature missing required tag',
  algorithm: 'unsupported algorithm',
  'from-not-signed': 'From field not signed',
  'domain-mismatch': 'domain mismatch',
  'query-method': 'unsupported query method',
  'expires-before-signing': 'signature expires before it was made',
  'too-many-signatures': 'too many signatures',
  'weak-hash': 'rsa-sha1 not accepted',
  expired: 'signature expired',
  'signed-in-future': 'signature timestamp in the future',
  'no-key': 'no key for signature',
  'key-lookup-failed': 'key lookup failed',
  'key-syntax': 'key syntax error',
  'key-version': 'incompatible key version',
  'key-type': 'inappropriate key algorithm',
  'key-revoked': 'key revoked',
  'key-broken': 'key syntax error',
  'key-hash': 'inappropriate hash algorithm',
  'key-service': 'key not for email',
  'key-strict': 'subdomain not allowed by key',
  'key-short': 'key too short',
  'body-length': 'body shorter than l=',
  'body-hash': 'body hash did not verify',
  signature: 'signature did not verify',
};

/** The SPF entry: `smtp.mailfrom` or, for the HELO identity, `smtp.helo` (RFC 8601 §2.7.2). */
export function spfMethod(
  verdict: Pick<SpfVerdict, 'result' | 'identity' | 'domain' | 'helo'>,
): MethodResult {
  const isHelo = verdict.identity === 'helo';
  return {
    method: 'spf',
    result: verdict.result,
    properties: [
      isHelo
        ? { type: 'smtp', property: 'helo', value: verdict.helo }
        : { type: 'smtp', property: 'mailfrom', value: verdict.domain },
    ],
  };
}

/** One DKIM entry per signature; `dkim=none` when there is none. */
export function dkimMethods(
  verdicts: readonly Pick<
    DkimVerdict,
    'result' | 'reason' | 'domain' | 'selector' | 'headerB' | 'isTesting'
  >[],
): MethodResult[] {
  if (verdicts.length === 0) return [{ method: 'dkim', result: 'none', properties: [] }];
  return verdicts.map((verdict) => {
    const said = DKIM_COMMENT[verdict.reason];
    const comment = [said, verdict.isTesting ? 'test mode' : undefined]
      .filter((text) => text !== undefined)
      .join(', ');
    const properties: ResultProperty[] = [];
    const put = (property: string, value: string): void => {
      if (value !== '') properties.push({ type: 'header', property, value });
    };
    put('d', verdict.domain);
    put('s', verdict.selector);
    put('b', verdict.headerB);
    return { method: 'dkim', result: verdict.result, ...(comment === '' ? {} : { comment }), properties };
  });
}

/** The DMARC entry, with the published policy as its comment (RFC 9989 §9). */
export function dmarcMethod(
  verdict: Pick<DmarcVerdict, 'result' | 'author' | 'policy' | 'policySource'>,
): MethodResult {
  const tag = verdict.policySource?.tag;
  const isPublished = verdict.policy !== undefined && verdict.result !== 'none';
  return {
    method: 'dmarc',
    result: verdict.result,
    ...(isPublished
      ? { comment: `${tag === undefined || tag === 'rua' ? 'p' : tag}=${verdict.policy}` }
      : {}),
    properties: verdict.author === '' ? [] : [{ type: 'header', property: 'from', value: verdict.author }],
  };
}

/** The ARC entry: the chain's status, since when the message is unchanged, who handed it over (RFC 8617 §10.2). */
export function arcMethod(verdict: Pick<ArcVerdict, 'result' | 'oldestPass'>, ip: string): MethodResult {
  return {
    method: 'arc',
    result: verdict.result,
    properties: [
      ...(verdict.oldestPass === undefined
        ? []
        : [{ type: 'header', property: 'oldest-pass', value: String(verdict.oldestPass) }]),
      ...(verdict.result === 'none' ? [] : [{ type: 'smtp', property: 'remote-ip', value: ip }]),
    ],
  };
}

/** The entry for the client's reverse name (RFC 8601 §3). */
export function iprevMethod(result: 'pass' | 'fail' | 'permerror' | 'temperror', ip: string): MethodResult {
  return { method: 'iprev', result, properties: [{ type: 'policy', property: 'iprev', value: ip }] };
}

/** RFC 2045 token characters and those of domains; everything else goes in quotes. */
function printValue(value: string): string {
  const clean = value.replace(/[^\x20-\x7e\x80-\xff]/g, '');
  return /^[A-Za-z0-9!#$%&'*+.^_`{|}~@/-]+$/.test(clean) ? clean : `"${clean.replace(/["\\]/g, '\\$&')}"`;
}

const printComment = (text: string): string =>
  `(${text.replace(/[^\x20-\x7e]/g, '').replace(/[()\\]/g, '\\$&')})`;

function printMethod(one: MethodResult): string {
  let out = `${one.method}=${one.result}`;
  if (one.comment !== undefined) out += ` ${printComment(one.comment)}`;
  if (one.reason !== undefined) out += ` reason=${printValue(one.reason)}`;
  for (const property of one.properties)
    out += ` ${property.type}.${property.property}=${printValue(property.value)}`;
  return out;
}

/**
 * The whole field without final line end, one method a line. Unfolded: `Authentication-Results: mx.d.example; spf=pass
 * smtp.mailfrom=a.example; dkim=pass header.d=a.example header.s=s1 header.b=AbCdEfGh; dmarc=pass (p=reject)
 * header.from=a.example`.
 */
export function printAuthenticationResults(value: AuthenticationResults): string {
  const parts = value.results.length === 0 ? ['none'] : value.results.map(printMethod);
  return [`Authentication-Results: ${printValue(value.authservId)}`, ...parts].join(';\r\n\t');
}

/** Reads the value of a field (after the colon). Undefined when it does not follow RFC 8601 §2.2. Never throws. */
export function parseAuthenticationResults(rawValue: string): AuthenticationResults | undefined {
  const tokens = tokenise(rawValue);
  if (tokens === undefined) return undefined;
  let at = 0;
  const peek = (): Token | undefined => tokens[at];
  const skipComments = (): string | undefined => {
    let comment: string | undefined;
    for (let token = peek(); token?.kind === 'comment'; token = peek()) {
      comment ??= token.text;
      at++;
    }
    return comment;
  };
  const word = (): string | undefined => {
    const token = peek();
    if (token?.kind !== 'word') return undefined;
    at++;
    return token.text;
  };
  const sign = (text: string): boolean => {
    const token = peek();
    if (token?.kind !== 'sign' || token.text !== text) return false;
    at++;
    return true;
  };
  skipComments();
  const authservId = word();
  if (authservId === undefined) return undefined;
  skipComments();
  // An optional version, which must be 1.
  if (peek()?.kind === 'word' && word() !== '1') return undefined;
  skipComments();
  const results: MethodResult[] = [];
  while (sign(';')) {
    skipComments();
    if (peek() === undefined) break;
    const method = word();
    if (method === undefined) return undefined;
    skipComments();
    if (!sign('=')) {
      if (lowerAscii(method) === 'none' && results.length === 0 && peek() === undefined) break;
      return undefined;
    }
    skipComments();
    const result = word();
    if (result === undefined) return undefined;
    const properties: ResultProperty[] = [];
    let comment = skipComments();
    let reason: string | undefined;
    for (let name = word(); name !== undefined; name = word()) {
      skipComments();
      if (!sign('=')) return undefined;
      skipComments();
      let value = word();
      // Base64 values come unquoted and may end in "=".
      while (value !== undefined && peek()?.isGlued === true && sign('='))
        value += '=' + (peek()?.isGlued === true ? (word() ?? '') : '');
      if (value === undefined) return undefined;
      comment ??= skipComments();
      skipComments();
      const dot = name.indexOf('.');
      if (dot < 0) {
        if (lowerAscii(name) === 'reason') reason = value;
      } else
        properties.push({
          type: lowerAscii(name.slice(0, dot)),
          property: lowerAscii(name.slice(dot + 1)),
          value,
        });
    }
    results.push({
      method: lowerAscii(method),
      result: lowerAscii(result),
      ...(comment === undefined ? {} : { comment }),
      ...(reason === undefined ? {} : { reason }),
      properties,
    });
  }
  return peek() === undefined ? { authservId, results } : undefined;
}

interface Token {
  readonly kind: 'word' | 'sign' | 'comment';
  readonly text: string;
  /** No blank stands before it. */
  readonly isGlued: boolean;
}

function tokenise(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  const isGlued = (at: number): boolean => at > 0 && !/[ \t\r\n]/.test(text.charAt(at - 1));
  for (let i = 0; i < text.length;) {
    const char = text.charAt(i);
    if (/[ \t\r\n]/.test(char)) i++;
    else if (char === ';' || char === '=') {
      tokens.push({ kind: 'sign', text: char, isGlued: isGlued(i) });
      i++;
    } else if (char === '(' || char === '"') {
      const read = char === '(' ? readComment(text, i) : readQuoted(text, i);
      if (read === undefined) return undefined;
      tokens.push({ kind: char === '(' ? 'comment' : 'word', text: read.text, isGlued: isGlued(i) });
      i = read.end;
    } else {
      const end = text.slice(i).search(/[ \t\r\n;=("]/);
      const stop = end < 0 ? text.length : i + end;
      tokens.push({ kind: 'word', text: text.slice(i, stop), isGlued: isGlued(i) });
      i = stop;
    }
    if (tokens.length > 2000) return undefined;
  }
  return tokens;
}

function readQuoted(text: string, start: number): { text: string; end: number } | undefined {
  let out = '';
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '"') return { text: out, end: i + 1 };
    if (char === '\\') i++;
    if (!/[\r\n]/.test(text.charAt(i))) out += text.charAt(i);
  }
  return undefined;
}

function readComment(text: string, start: number): { text: string; end: number } | undefined {
  let depth = 0;
  let out = '';
  for (let i = start; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '(' && depth++ === 0) continue;
    if (char === ')' && --depth === 0) return { text: out, end: i + 1 };
    if (char === '\\') i++;
    if (!/[\r\n]/.test(text.charAt(i))) out += text.charAt(i);
  }
  return undefined;
}

/**
 * RFC 8601 §5: takes out fields that claim to be from us or that cannot be read while naming us; all other bytes stay.
 * `authservIds` are the names under which this domain writes results.
 */
export function withoutForgedResults(raw: string, authservIds: readonly string[]): string {
  const ours = authservIds.map(lowerAscii);
  return removeFields(raw, (field) => {
    if (field.key !== 'authentication-results') return false;
    const parsed = parseAuthenticationResults(field.rawValue);
    if (parsed !== undefined) return ours.includes(lowerAscii(parsed.authservId));
    const value = lowerAscii(field.value);
    return ours.some((id) => value.includes(id));
  });
}
