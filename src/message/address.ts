// Mail addresses: lists in header fields with everything RFC 5322 §3.4 and §4.4 allow (groups, comments, quoted local
// parts, routes), and the plain address of an envelope path. Knows no meaning of a domain. Reading never fails; what
// was odd is listed with its place.

/** `name <local@domain>`; texts are without quotes and comments. Offsets count in the text given. */
export interface Mailbox {
  readonly kind: 'mailbox';
  /** Phrase before the angle brackets, unquoted; '' when there is none. Still encoded (RFC 2047). */
  readonly name: string;
  /** Without quotes: `"john doe"@x` has `john doe`. */
  readonly localPart: string;
  /** Without blanks and comments; an address literal keeps its brackets. '' when missing. */
  readonly domain: string;
  /** Domains of an obsolete source route (RFC 5322 §4.4). */
  readonly route: readonly string[];
  readonly comments: readonly string[];
  readonly offset: number;
  readonly length: number;
}

export interface Group {
  readonly kind: 'group';
  readonly name: string;
  readonly members: readonly Mailbox[];
  readonly offset: number;
  readonly length: number;
}

export type Address = Mailbox | Group;

export type AddressProblemCode =
  | 'unclosed-comment'
  | 'unclosed-quote'
  | 'unclosed-angle'
  | 'unclosed-literal'
  | 'no-at-sign'
  | 'no-domain'
  | 'no-local-part'
  | 'stray-text'
  | 'unclosed-group';

export interface AddressProblem {
  readonly code: AddressProblemCode;
  readonly offset: number;
}

export interface AddressList {
  readonly addresses: readonly Address[];
  readonly problems: readonly AddressProblem[];
}

type TokenKind = 'atom' | 'quoted' | 'literal' | 'special';

interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly offset: number;
  readonly end: number;
  /** A blank or a comment stands before it. */
  readonly spaced: boolean;
}

interface Tokens {
  readonly tokens: readonly Token[];
  readonly comments: readonly { readonly text: string; readonly offset: number }[];
  readonly problems: AddressProblem[];
}

const SPECIAL = '<>@,;:.';

/** Reads a bracketed stretch with backslash escapes; `nested` counts inner opening marks. */
function stretch(
  text: string,
  start: number,
  open: string,
  close: string,
): { text: string; end: number; closed: boolean } {
  let depth = 1;
  let out = '';
  let at = start + 1;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === '\\' && at + 1 < text.length) {
      out += text.charAt(++at);
      continue;
    }
    if (char === close && --depth === 0) return { text: out, end: at + 1, closed: true };
    if (char === open && open !== close) depth++;
    if (char !== '\r' && char !== '\n') out += char;
  }
  return { text: out, end: at, closed: false };
}

function tokenise(text: string): Tokens {
  const tokens: Token[] = [];
  const comments: { text: string; offset: number }[] = [];
  const problems: AddressProblem[] = [];
  let spaced = false;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === ' ' || char === '\t' || char === '\r' || char === '\n') {
      spaced = true;
      at++;
      continue;
    }
    if (char === '(') {
      const comment = stretch(text, at, '(', ')');
      if (!comment.closed) problems.push({ code: 'unclosed-comment', offset: at });
      comments.push({ text: comment.text.trim(), offset: at });
      at = comment.end;
      spaced = true;
      continue;
    }
    const offset = at;
    let kind: TokenKind = 'atom';
    let value: string;
    if (char === '"') {
      const quoted = stretch(text, at, '"', '"');
      if (!quoted.closed) problems.push({ code: 'unclosed-quote', offset });
      kind = 'quoted';
      value = quoted.text;
      at = quoted.end;
    } else if (char === '[') {
      const literal = stretch(text, at, '[', ']');
      if (!literal.closed) problems.push({ code: 'unclosed-literal', offset });
      kind = 'literal';
      value = `[${literal.text}]`;
      at = literal.end;
    } else if (SPECIAL.includes(char)) {
      kind = 'special';
      value = char;
      at++;
    } else {
      let end = at + 1;
      while (end < text.length && !' \t\r\n()<>[]@,;:."'.includes(text.charAt(end))) end++;
      value = text.slice(at, end);
      at = end;
    }
    tokens.push({ kind, text: value, offset, end: at, spaced });
    spaced = false;
  }
  return { tokens, comments, problems };
}

/** Words of a phrase with single blanks; dots stay where they stood (RFC 5322 §4.1 allows them). */
function phrase(tokens: readonly Token[]): string {
  let out = '';
  for (const token of tokens) out += (token.spaced && out !== '' ? ' ' : '') + token.text;
  return out;
}

const isSpecial = (token: Token | undefined, char: string): boolean =>
  token?.kind === 'special' && token.text === char;

const joined = (tokens: readonly Token[]): string => tokens.map((token) => token.text).join('');

/** Splits at the last @: quoted local parts may hold others, and tolerant readers take the last. */
function addrSpec(tokens: readonly Token[], problems: AddressProblem[], offset: number): [string, string] {
  let sign = -1;
  for (const [index, token] of tokens.entries()) if (isSpecial(token, '@')) sign = index;
  if (sign < 0) {
    problems.push({ code: 'no-at-sign', offset });
    return [joined(tokens), ''];
  }
  const localPart = joined(tokens.slice(0, sign));
  const domain = joined(tokens.slice(sign + 1));
  if (sign === 0) problems.push({ code: 'no-local-part', offset });
  if (domain === '') problems.push({ code: 'no-domain', offset });
  return [localPart, domain];
}

/** Reads the value of To, Cc, From and the like. `text` may be folded, bytes or Unicode alike. */
export function parseAddressList(text: string): AddressList {
  const { tokens, comments, problems } = tokenise(text);
  const addresses: Address[] = [];
  let group: { name: string; members: Mailbox[]; offset: number } | undefined;
  let pending: Token[] = [];
  let angle: Token[] | undefined;
  let inAngle = false;
  let routeEnd = -1;

  const finish = (end: number): void => {
    const all = pending;
    const first = all[0] ?? angle?.[0];
    const start = all[0]?.offset ?? (angle !== undefined ? angleStart : end);
    if (first !== undefined || angle !== undefined) {
      const mailbox = mailboxOf(all, angle, start, end);
      if (group !== undefined) group.members.push(mailbox);
      else addresses.push(mailbox);
    }
    pending = [];
    angle = undefined;
    inAngle = false;
    routeEnd = -1;
  };
  let angleStart = 0;
  const mailboxOf = (
    words: readonly Token[],
    inside: readonly Token[] | undefined,
    start: number,
    end: number,
  ): Mailbox => {
    const own = comments.filter((comment) => comment.offset >= start && comment.offset < end);
    let name = '';
    let route: string[] = [];
    let local = '';
    let domain = '';
    if (inside !== undefined) {
      name = phrase(words);
      let spec = inside;
      if (routeEnd >= 0) {
        route = joined(inside.slice(0, routeEnd))
          .split(/[@,]/)
          .filter((part) => part !== '');
        spec = inside.slice(routeEnd + 1);
      }
      // `<>` is the null path: no address, and no mistake.
      if (spec.length > 0) [local, domain] = addrSpec(spec, problems, spec[0]?.offset ?? start);
    } else [local, domain] = addrSpec(words, problems, start);
    const last = own.at(-1);
    if (name === '' && inside === undefined && own.length === 1 && last !== undefined) name = last.text;
    return {
      kind: 'mailbox',
      name,
      localPart: local,
      domain,
      route,
      comments: own.map((comment) => comment.text),
      offset: start,
      length: end - start,
    };
  };
  const closeGroup = (end: number): void => {
    if (group === undefined) return;
    const { name, members, offset } = group;
    addresses.push({ kind: 'group', name, members, offset, length: end - offset });
    group = undefined;
  };

  for (const token of tokens) {
    if (inAngle && angle !== undefined) {
      if (isSpecial(token, '>')) inAngle = false;
      else if (isSpecial(token, ':') && isSpecial(angle[0], '@')) {
        routeEnd = angle.length;
        angle.push(token);
      } else if (isSpecial(token, ',') && !isSpecial(angle[0], '@')) {
        problems.push({ code: 'unclosed-angle', offset: angleStart });
        finish(token.offset);
      } else angle.push(token);
    } else if (isSpecial(token, '<')) {
      if (angle !== undefined) finish(token.offset);
      angle = [];
      inAngle = true;
      angleStart = token.offset;
    } else if (isSpecial(token, ',')) finish(token.offset);
    else if (isSpecial(token, ':') && group === undefined && angle === undefined) {
      group = { name: phrase(pending), members: [], offset: pending[0]?.offset ?? token.offset };
      pending = [];
    } else if (isSpecial(token, ';')) {
      finish(token.offset);
      closeGroup(token.end);
    } else if (angle !== undefined) problems.push({ code: 'stray-text', offset: token.offset });
    else pending.push(token);
  }
  if (inAngle) problems.push({ code: 'unclosed-angle', offset: angleStart });
  finish(text.length);
  if (group !== undefined) problems.push({ code: 'unclosed-group', offset: group.offset });
  closeGroup(text.length);
  return { addresses, problems };
}

/** All mailboxes of a list, those of groups included. */
export function mailboxesOf(list: AddressList): readonly Mailbox[] {
  return list.addresses.flatMap((address) => (address.kind === 'group' ? address.members : [address]));
}

// eslint-disable-next-line no-control-regex -- an atom ends at controls; bytes above ASCII are allowed (RFC 6532 §3.2)
const NOT_ATOM = /[\x00-\x20\x7f()<>[\]:;@\\,."]/;

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A local part as it is written: quoted only when it must be (RFC 5321 §4.1.2). */
export function printLocalPart(localPart: string): string {
  const plain = localPart !== '' && localPart.split('.').every((atom) => atom !== '' && !NOT_ATOM.test(atom));
  return plain ? localPart : quote(localPart);
}

/** `local@domain`; without a domain only the local part; '' for the null path. */
export function printAddrSpec(localPart: string, domain: string): string {
  if (localPart === '' && domain === '') return '';
  return domain === '' ? printLocalPart(localPart) : `${printLocalPart(localPart)}@${domain}`;
}

/** One address for a header field. Comments and routes are not written (RFC 5322 §4: do not generate). */
export function printAddress(address: Address): string {
  if (address.kind === 'group')
    return `${printPhrase(address.name)}:${address.members.map((member) => ` ${printAddress(member)}`).join(',')};`;
  const spec = printAddrSpec(address.localPart, address.domain);
  return address.name === '' && spec !== '' ? spec : `${printPhrase(address.name)} <${spec}>`.trimStart();
}

function printPhrase(name: string): string {
  const words = name.split(' ');
  const plain = name !== '' && words.every((word) => word !== '' && !NOT_ATOM.test(word));
  return plain || name === '' ? name : quote(name);
}

export function printAddressList(addresses: readonly Address[]): string {
  return addresses.map(printAddress).join(', ');
}

/** The two halves of an envelope address. `localPart` is unquoted; both are '' for the null path. */
export interface EnvelopeAddress {
  readonly localPart: string;
  readonly domain: string;
}

/**
 * Halves of an address as a path holds it: `alice@x`, `<alice@x>`, `<@hop:alice@x>`, `"a b"@x`, `<>`. The route is
 * dropped (RFC 5321 §4.1.1.3) and the last @ counts, as with Postfix.
 */
export function splitEnvelope(path: string): EnvelopeAddress {
  let text = path.trim();
  if (text.startsWith('<')) text = text.slice(1, text.endsWith('>') ? -1 : undefined);
  if (text.startsWith('@')) {
    const colon = text.indexOf(':');
    if (colon > 0) text = text.slice(colon + 1);
  }
  const sign = text.lastIndexOf('@');
  const local = sign < 0 ? text : text.slice(0, sign);
  const domain = sign < 0 ? '' : text.slice(sign + 1);
  const quoted = /^"((?:[^"\\]|\\.)*)"$/s.exec(local);
  return { localPart: quoted === null ? local : (quoted[1] ?? '').replace(/\\(.)/gs, '$1'), domain };
}

/** `local@domain` in its written form, '' for the null path. */
export function printEnvelope(address: EnvelopeAddress): string {
  return printAddrSpec(address.localPart, address.domain);
}

const ascii = (text: string): string => text.replace(/[A-Z]/g, (char) => char.toLowerCase());

/**
 * The form Postfix looks up in its tables: quotes gone, both halves in lower case. RFC 5321 §2.4 leaves the local part
 * to its host; nearly every host ignores case.
 */
export function lookupKey(path: string): string {
  const { localPart, domain } = splitEnvelope(path);
  return domain === '' ? ascii(localPart) : `${ascii(localPart)}@${ascii(domain)}`;
}

/** Same mailbox by Postfix's comparison: case does not count, quoting neither. */
export function sameAddress(a: string, b: string): boolean {
  return lookupKey(a) === lookupKey(b);
}
