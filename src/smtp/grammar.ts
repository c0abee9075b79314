// The words of SMTP commands: how a line falls into tokens, how an address is taken out of its brackets, how parameters
// read. It follows what Postfix tolerates, not only what RFC 5321 §4.1.2 allows. Knows no session and no replies.

import { fromUtf8Strict, latin1 } from '../base/bytes.ts';

/** The commands of SMTP and LMTP, in the order in which Postfix counts them. */
export const VERBS = [
  'HELO',
  'EHLO',
  'LHLO',
  'STARTTLS',
  'AUTH',
  'MAIL',
  'RCPT',
  'DATA',
  'BDAT',
  'RSET',
  'NOOP',
  'VRFY',
  'ETRN',
  'QUIT',
  'XCLIENT',
  'XFORWARD',
  'HELP',
] as const;

export type Verb = (typeof VERBS)[number];

export interface Token {
  readonly text: string;
  /** A `<` or `"` that is never closed. */
  readonly broken: boolean;
}

const isBlank = (char: string): boolean => char === ' ' || (char >= '\t' && char <= '\r');

/**
 * Splits a command line (without line end) at blanks; blanks inside `<…>` and `"…"` do not split, a backslash protects
 * the next character, and `FROM:` and `TO:` end a token even when the address follows at once.
 */
export function tokenize(line: string): Token[] {
  const tokens: Token[] = [];
  let text = '';
  let broken = false;
  let at = 0;
  const quoted = (last: string): void => {
    const wanted = [last];
    while (at < line.length) {
      const char = line.charAt(at++);
      text += char;
      const top = wanted[wanted.length - 1];
      if (char === '\\') {
        if (at >= line.length) break;
        text += line.charAt(at++);
      } else if (char === top) {
        wanted.pop();
        if (wanted.length === 0) return;
      } else if (char === '"') wanted.push('"');
      else if (char === '<' && top === '>') wanted.push('>');
    }
    broken = true;
  };
  const finish = (): void => {
    if (text !== '') tokens.push({ text, broken });
    text = '';
    broken = false;
  };
  while (at < line.length) {
    const char = line.charAt(at++);
    // A C string ends at NUL, and so does the command that Postfix sees.
    if (char === '\0') break;
    if (isBlank(char)) finish();
    else if (char === '<' || char === '"') {
      text += char;
      quoted(char === '<' ? '>' : '"');
    } else if (char === ':') {
      text += char;
      const word = text.toLowerCase();
      if (word === 'to:' || word === 'from:') finish();
    } else if (char === '\\') {
      text += char;
      if (at < line.length) text += line.charAt(at++);
    } else text += char;
  }
  finish();
  return tokens;
}

/** The command a line starts with, or undefined when it is none that we know. */
export function verbOf(tokens: readonly Token[]): Verb | undefined {
  const word = tokens[0]?.text.toUpperCase();
  return VERBS.find((verb) => verb === word);
}

/** Valid UTF-8 (RFC 6531 §3.2); plain ASCII is. */
export function isUtf8(text: string): boolean {
  return isAscii(text) || fromUtf8Strict(latin1(text)) !== undefined;
}

export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 127) return false;
  return true;
}

/** `Subject:` and its like: printable characters, then a colon, no blank between (RFC 5322 §2.2). */
export function looksLikeHeader(text: string): boolean {
  return /^[\x21-\x39\x3b-\x7e]+[ \t]*:/.test(text);
}

/** A host name as Postfix accepts it: letters, digits, `-`, `_`, labels up to 63, not made of digits only. */
export function isHostname(name: string, utf8 = false): boolean {
  if (name === '' || name.length > 255 || /^[\d.]+$/.test(name)) return false;
  const letters = utf8
    ? /^[A-Za-z0-9_\x80-\xff](?:[A-Za-z0-9_\x80-\xff-]*[A-Za-z0-9_\x80-\xff])?$/
    : /^\w(?:[\w-]*\w)?$/;
  return name.split('.').every((label) => label.length <= 63 && letters.test(label));
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

export function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2 || !/^[0-9a-fA-F:.]+$/.test(text)) return false;
  let words = 0;
  for (const [h, half] of halves.entries()) {
    if (half === '') continue;
    const parts = half.split(':');
    for (const [i, part] of parts.entries()) {
      const tail = h === halves.length - 1 && i === parts.length - 1;
      if (tail && isIpv4(part)) words += 2;
      else if (/^[0-9a-fA-F]{1,4}$/.test(part)) words += 1;
      else return false;
    }
  }
  return halves.length === 2 ? words < 8 : words === 8;
}

/** `[192.0.2.7]` or `[IPv6:2001:db8::7]` (RFC 5321 §4.1.3). */
export function isAddressLiteral(text: string): boolean {
  const inside = /^\[(.*)\]$/.exec(text)?.[1];
  if (inside === undefined) return false;
  return /^ipv6:/i.test(inside) ? isIpv6(inside.slice(5)) : isIpv4(inside);
}

export interface AddressRules {
  /** `<>` is fine: the reverse path of a bounce. */
  readonly allowEmpty: boolean;
  /** strict_rfc821_envelopes: brackets are required, a lone `@domain` is refused. */
  readonly strict: boolean;
  /** U-labels in the domain are fine. */
  readonly utf8: boolean;
}

/** The inner text of an address as words: quotes are gone, comments too; undefined when it makes no single address. */
function internalForm(text: string): string | undefined {
  let out = '';
  let gap = false;
  let glue = true;
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at++);
    if (isBlank(char)) {
      gap = true;
      continue;
    }
    if (char === '(') {
      for (let depth = 1; at < text.length && depth > 0; at++) {
        if (text.charAt(at) === '\\') at++;
        else if (text.charAt(at) === '(') depth++;
        else if (text.charAt(at) === ')') depth--;
      }
      continue;
    }
    if (char === '<' || char === '>') continue;
    if (char === ',' || char === ';') return undefined;
    if (char === '@' || char === '.') {
      out += char;
      gap = false;
      glue = true;
      continue;
    }
    if (gap && !glue) return undefined;
    gap = false;
    glue = false;
    if (char === '"') {
      while (at < text.length && text.charAt(at) !== '"') {
        if (text.charAt(at) === '\\') at++;
        out += text.charAt(at++);
      }
      at++;
    } else if (char === '\\') out += text.charAt(at++);
    else if (char === '[') {
      const end = text.indexOf(']', at);
      if (end < 0) return undefined;
      out += text.slice(at - 1, end + 1);
      at = end + 1;
    } else out += char;
  }
  return out;
}

/** Local part and domain, parted at the last `@`; domain '' when there is none. */
export function splitAddress(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  return at < 0
    ? { local: address, domain: '' }
    : { local: address.slice(0, at), domain: address.slice(at + 1) };
}

/**
 * The address in a MAIL or RCPT argument, in internal form (without quotes, source route dropped: RFC 5321 App. F.2),
 * or undefined when Postfix calls it bad syntax: unclosed `<`, a blank inside, an empty or impossible domain.
 */
export function extractAddress(token: Token, rules: AddressRules): string | undefined {
  if (token.broken) return undefined;
  let text = token.text;
  if (rules.strict && !text.startsWith('<')) return undefined;
  if (text.startsWith('<')) {
    const close = text.endsWith('>') ? text.length - 1 : text.lastIndexOf('>');
    if (rules.strict && close !== text.length - 1) return undefined;
    text = text.slice(1, close < 1 ? text.length : close);
  }
  const colon = text.indexOf(':');
  if (text.startsWith('@') && colon >= 0) text = text.slice(colon + 1);
  const address = internalForm(text);
  if (address === undefined) return undefined;
  if (address === '') return rules.allowEmpty ? '' : undefined;
  if (!address.includes('@')) return address;
  const { local, domain } = splitAddress(address);
  if (rules.strict && local === '') return undefined;
  if (domain.startsWith('[')) return isAddressLiteral(domain) ? address : undefined;
  return isHostname(domain.replace(/\.$/, ''), rules.utf8) ? address : undefined;
}

/** Decodes xtext (RFC 3461 §4); undefined when it is malformed or empty. */
export function decodeXtext(text: string): string | undefined {
  if (text === '' || !/^(?:\+[0-9A-F]{2}|[!-*,-<>-~])*$/i.test(text)) return undefined;
  return text.replace(/\+([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Encodes xtext (RFC 3461 §4). */
export function encodeXtext(text: string): string {
  return text.replace(
    /[^!-*,-<>-~]/g,
    (char) => `+${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** RCPT's NOTIFY (RFC 3461 §4.1); undefined when malformed: unknown or repeated word, NEVER with others. */
export function parseNotify(
  text: string,
): readonly ('NEVER' | 'SUCCESS' | 'FAILURE' | 'DELAY')[] | undefined {
  const words = text.toUpperCase().split(',');
  const known = ['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'] as const;
  const out: (typeof known)[number][] = [];
  for (const word of words) {
    const found = known.find((each) => each === word);
    if (!found || out.includes(found)) return undefined;
    out.push(found);
  }
  return out.includes('NEVER') && out.length > 1 ? undefined : out;
}

/** RCPT's ORCPT (RFC 3461 §4.2): address type, semicolon, xtext. */
export function parseOrcpt(text: string): { type: string; address: string } | undefined {
  const semicolon = text.indexOf(';');
  if (semicolon < 1) return undefined;
  const coded = text.slice(semicolon + 1);
  const address = coded === '' ? '' : decodeXtext(coded);
  return address === undefined ? undefined : { type: text.slice(0, semicolon), address };
}

/** An address as it goes into MAIL or RCPT: the local part quoted where RFC 5321 §4.1.2 wants it. */
export function quoteAddress(address: string): string {
  if (address === '') return '';
  const { local, domain } = splitAddress(address);
  const plain =
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\xff-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\xff-]+)*$/.test(local);
  const quoted = plain ? local : `"${local.replace(/["\\]/g, '\\$&')}"`;
  return domain === '' ? quoted : `${quoted}@${domain}`;
}

/**
 * Whether a line of message text stands out for a coach: it looks like a command, or nearly like the final dot. Short
 * lines only, so that notes stay small.
 */
export function textLineStandsOut(line: string): boolean {
  if (line.length > 80) return false;
  if (/^(?:quit|rset|noop|data|help|vrfy|ehlo|helo|mail from|rcpt to)\b/i.test(line)) return true;
  return line !== '.' && /^[ \t]*\.[ \t]*$/.test(line);
}
