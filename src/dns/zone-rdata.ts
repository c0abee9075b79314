// Reads the data of one record from a master file, type by type, and stops with BIND's own words at the token that BIND
// stops at. Knows no owner names, no TTLs, no zones. RFC 1035 §3.3 and §5.1, RFC 3596, RFC 3597.

import { fromLatin1, latin1, utf8 } from '../base/bytes.ts';
import type { TextSpan } from '../base/text-scanner.ts';
import { ipv4Bytes, ipv4Text, ipv6Bytes, ipv6Text } from './address.ts';
import { isHostName, labelsOf, nameOfLabels, parseName, type NameError } from './name.ts';
import { caaOctets, dsOctets, srvOctets, stringsOctets, tlsaOctets } from './other-types.ts';
import { knownType, typeName, type RecordData } from './records.ts';
import { decodeMessage } from './wire-decode.ts';
import type { LexFault, LexMark, LexOptions, ZoneLexer, ZoneToken } from './zone-lexer.ts';

/** BIND's result texts, as they end an error line. */
export type RdataFault =
  | LexFault
  | Exclude<NameError, 'name too long'>
  | 'ran out of space'
  | 'bad dotted quad'
  | 'bad IPv6 address'
  | 'not a valid number'
  | 'out of range'
  | 'syntax error'
  | 'extra input text'
  | 'not implemented';

/** Odd but loaded: names that are no host names, MX and NS that look like addresses. */
export interface RdataWarning {
  readonly kind: 'bad-name' | 'mx-is-address';
  readonly text: string;
  readonly span: TextSpan;
}

export type RdataResult =
  | {
      readonly ok: true;
      readonly data: RecordData;
      readonly spans: readonly TextSpan[];
      readonly warnings: readonly RdataWarning[];
    }
  | {
      readonly ok: false;
      readonly fault: RdataFault;
      /** The line that BIND names, which is where the token before the bad one ended. */
      readonly line: number;
      /** `'TOKEN'` or `eol`, when BIND says what it was near. */
      readonly near: string | undefined;
      readonly span: TextSpan;
    };

class Stop {
  constructor(readonly fault: RdataFault) {}
}

const nameFault = (error: NameError): RdataFault => (error === 'name too long' ? 'ran out of space' : error);

/** The octets of a character-string as written, quotes already off; undefined when it is malformed or too long. */
export function characterString(text: string): string | undefined {
  let out = '';
  // eslint-disable-next-line no-control-regex
  const source = /^[\x00-\x7f]*$/.test(text) ? text : fromLatin1(utf8(text));
  for (let i = 0; i < source.length; i++) {
    const char = source.charAt(i);
    if (char !== '\\') out += char;
    else if (/^[0-9]/.test(source.charAt(i + 1))) {
      const digits = source.slice(i + 1, i + 4);
      if (!/^[0-9]{3}$/.test(digits) || Number(digits) > 255) return undefined;
      out += String.fromCharCode(Number(digits));
      i += 3;
    } else {
      if (i + 1 >= source.length) return undefined;
      out += source.charAt(++i);
    }
  }
  return out.length > 255 ? undefined : out;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { w: 604800, d: 86400, h: 3600, m: 60, s: 1 };

/** Seconds of `3600` or `1h30m` (BIND's units); undefined when it is no duration below 2^32. */
export function parseTtl(text: string): number | undefined {
  if (/^[0-9]+$/.test(text)) return Number(text) <= 0xffffffff ? Number(text) : undefined;
  if (!/^([0-9]+[wdhms])+$/i.test(text)) return undefined;
  let seconds = 0;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)([wdhms])/gi))
    seconds += Number(digits) * (UNIT_SECONDS[(unit ?? 's').toLowerCase()] ?? 1);
  return seconds <= 0xffffffff ? seconds : undefined;
}

class RdataReader {
  readonly spans: TextSpan[] = [];
  readonly warnings: RdataWarning[] = [];
  private before: LexMark;

  constructor(
    readonly lexer: ZoneLexer,
    readonly origin: string,
  ) {
    this.before = lexer.mark();
  }

  /** Puts the last token back, so that the error is reported near it. */
  unget(): void {
    this.lexer.reset(this.before);
  }

  private take(options: LexOptions): ZoneToken {
    this.before = this.lexer.mark();
    const token = this.lexer.next(options);
    if (token.kind === 'fault') throw new Stop(token.fault);
    return token;
  }

  bad(fault: RdataFault): never {
    this.unget();
    this.spans.pop();
    throw new Stop(fault);
  }

  word(): string {
    const token = this.take({});
    if (token.kind === 'eol' || token.kind === 'eof') return this.bad('unexpected end of input');
    if (token.kind !== 'word') return this.bad('syntax error');
    this.spans.push(token.span);
    return token.text;
  }

  number(max: number): number {
    const text = this.word();
    if (!/^[0-9]+$/.test(text)) return this.bad('not a valid number');
    const value = Number(text);
    return value > max ? this.bad('out of range') : value;
  }

  counter(): number {
    const value = parseTtl(this.word());
    return value ?? this.bad('syntax error');
  }

  name(check: 'host' | 'mailbox' | 'any'): string {
    const text = this.word();
    const span = this.spans.at(-1) as TextSpan;
    const parsed = parseName(text, this.origin);
    if (!parsed.ok) return this.bad(nameFault(parsed.error));
    const name = parsed.value;
    const fine =
      check === 'any' ||
      (check === 'host' ? isHostName(name) : isHostName(nameOfLabels(labelsOf(name).slice(1))));
    if (!fine) this.warnings.push({ kind: 'bad-name', text: name, span });
    return name;
  }

  /** All character-strings to the end of the record. */
  strings(): string[] {
    const out: string[] = [];
    for (;;) {
      const token = this.take({ quotes: true });
      if (token.kind !== 'word' && token.kind !== 'quoted') break;
      this.spans.push(token.span);
      const value = characterString(token.text);
      if (value === undefined) return this.bad('syntax error');
      out.push(value);
    }
    this.unget();
    if (out.length === 0) throw new Stop('unexpected end of input');
    return out;
  }

  string(): string {
    const token = this.take({ quotes: true });
    if (token.kind !== 'word' && token.kind !== 'quoted') return this.bad('unexpected end of input');
    this.spans.push(token.span);
    return characterString(token.text) ?? this.bad('syntax error');
  }

  hex(): string {
    let out = '';
    for (;;) {
      const token = this.take({});
      if (token.kind !== 'word') break;
      this.spans.push(token.span);
      if (!/^[0-9A-Fa-f]+$/.test(token.text)) return this.bad('syntax error');
      out += token.text;
    }
    this.unget();
    if (out.length % 2 !== 0) throw new Stop('unexpected end of input');
    return out;
  }
}

function readKnown(r: RdataReader, code: number): RecordData {
  const type = knownType(code);
  switch (type) {
    case 'A': {
      const bytes = ipv4Bytes(r.word());
      return bytes ? { type, address: ipv4Text(bytes) } : r.bad('bad dotted quad');
    }
    case 'AAAA': {
      const bytes = ipv6Bytes(r.word());
      return bytes ? { type, address: ipv6Text(bytes) } : r.bad('bad IPv6 address');
    }
    case 'MX': {
      const preference = r.number(65535);
      const exchange = r.name('host');
      const span = r.spans.at(-1) as TextSpan;
      const written = r.lexer.text.slice(span.offset, span.offset + span.length);
      const bare = written.replace(/\.$/, '');
      if (ipv4Bytes(bare) || ipv6Bytes(bare)) r.warnings.push({ kind: 'mx-is-address', text: written, span });
      return { type, preference, exchange };
    }
    case 'TXT':
      return { type, strings: r.strings() };
    case 'CNAME':
    case 'PTR':
      return { type, target: r.name('any') };
    case 'NS':
      return { type, host: r.name('host') };
    case 'SOA': {
      const mname = r.name('host');
      const rname = r.name('mailbox');
      const serial = r.number(0xffffffff);
      const [refresh, retry, expire, minimum] = [r.counter(), r.counter(), r.counter(), r.counter()];
      return { type, mname, rname, serial, refresh, retry, expire, minimum };
    }
    case undefined:
      return { type: 'OTHER', code, rdata: readOther(r, code) };
  }
}

function readOther(r: RdataReader, code: number): string {
  switch (typeName(code)) {
    case 'SRV': {
      const [priority, weight, port] = [r.number(65535), r.number(65535), r.number(65535)];
      return srvOctets(priority, weight, port, r.name('host'));
    }
    case 'TLSA': {
      const [usage, selector, matching] = [r.number(255), r.number(255), r.number(255)];
      return tlsaOctets(usage, selector, matching, r.hex());
    }
    case 'DS':
    case 'CDS': {
      const [tag, algorithm, digestType] = [r.number(65535), r.number(255), r.number(255)];
      return dsOctets(tag, algorithm, digestType, r.hex());
    }
    case 'CAA': {
      const flags = r.number(255);
      const tag = r.word();
      if (!/^[A-Za-z0-9]{1,15}$/.test(tag)) return r.bad('syntax error');
      return caaOctets(flags, tag, r.string());
    }
    case 'SPF':
      return stringsOctets(r.strings());
    default:
      throw new Stop('not implemented');
  }
}

/** RFC 3597 §5: `\# length hex…`, for any type. */
function readUnknown(r: RdataReader, code: number): RecordData {
  const length = r.number(65535);
  const hex = r.hex();
  if (hex.length !== 2 * length) throw new Stop('unexpected end of input');
  let rdata = '';
  for (let i = 0; i < hex.length; i += 2) rdata += String.fromCharCode(parseInt(hex.slice(i, i + 2), 16));
  if (knownType(code) === undefined) return { type: 'OTHER', code, rdata };
  return fromOctets(code, rdata) ?? r.bad('syntax error');
}

/** A type that is known by another spelling: read as it stands in a message, without compression. */
function fromOctets(code: number, rdata: string): RecordData | undefined {
  const two = (n: number): string => String.fromCharCode(n >> 8, n & 255);
  const header = two(0) + two(0x8000) + two(0) + two(1) + two(0) + two(0);
  const record = `\0${two(code)}${two(1)}${two(0)}${two(0)}${two(rdata.length)}${rdata}`;
  const decoded = decodeMessage(latin1(header + record));
  return decoded.ok ? decoded.value.answers[0]?.data : undefined;
}

/**
 * Reads the data of a record of that type up to and including its line end. On an error everything up to the line end is
 * skipped too, as BIND does, and the place is that of BIND's error line.
 */
export function readRdata(lexer: ZoneLexer, code: number, origin: string): RdataResult {
  const r = new RdataReader(lexer, origin);
  const start = lexer.mark();
  const first = lexer.next({ quotes: true });
  if (first.kind === 'fault' || first.kind === 'eol' || first.kind === 'eof') {
    if (first.kind !== 'fault') lexer.reset(start);
    const fault = first.kind === 'fault' ? first.fault : 'unexpected end of input';
    return { ok: false, fault, line: lexer.line, near: undefined, span: first.span };
  }
  let data: RecordData | undefined;
  let fault: RdataFault | undefined;
  try {
    if (first.kind === 'word' && first.text === '\\#') data = readUnknown(r, code);
    else {
      lexer.reset(start);
      data = readKnown(r, code);
    }
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    fault = stop.fault;
  }
  let report: { line: number; near: string | undefined; span: TextSpan } | undefined;
  for (;;) {
    const line = lexer.line;
    const token = lexer.next();
    if (token.kind === 'fault') {
      fault ??= token.fault;
      report ??= { line, near: undefined, span: token.span };
      break;
    }
    if (token.kind === 'eol' || token.kind === 'eof') {
      if (fault) report ??= { line, near: token.kind, span: token.span };
      break;
    }
    fault ??= 'extra input text';
    report ??= { line, near: token.kind === 'word' ? `'${token.text}'` : undefined, span: token.span };
  }
  if (fault && report) return { ok: false, fault, ...report };
  return { ok: true, data: data as RecordData, spans: r.spans, warnings: r.warnings };
}
