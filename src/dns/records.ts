// Resource records as plain values (RFC 1035 §3.2). Names are absolute, in presentation form with the final dot
// (`mail.wolke.example.`), their case as written; compare them with `sameName`. Knows neither wire nor file.

import { latin1, toHex } from '../base/bytes.ts';
import { assertNever } from '../base/assert.ts';
import { otherText, srvTarget } from './other-types.ts';

export type RecordType = 'A' | 'AAAA' | 'MX' | 'TXT' | 'CNAME' | 'NS' | 'SOA' | 'PTR';

/** Record data by type. `strings` of TXT are binary strings of at most 255 bytes each. */
export type RecordData =
  | { readonly type: 'A'; readonly address: string }
  | { readonly type: 'AAAA'; readonly address: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | { readonly type: 'TXT'; readonly strings: readonly string[] }
  | { readonly type: 'CNAME'; readonly target: string }
  | { readonly type: 'NS'; readonly host: string }
  | {
      readonly type: 'SOA';
      readonly mname: string;
      readonly rname: string;
      readonly serial: number;
      readonly refresh: number;
      readonly retry: number;
      readonly expire: number;
      readonly minimum: number;
    }
  | { readonly type: 'PTR'; readonly target: string }
  /** A type that we carry but do not interpret (RFC 3597); `rdata` is a binary string. */
  | { readonly type: 'OTHER'; readonly code: number; readonly rdata: string };

/** One record. `ttl` in seconds. The class is always IN. */
export interface ResourceRecord {
  readonly name: string;
  readonly ttl: number;
  readonly data: RecordData;
}

/** Codes of the types that we interpret (RFC 1035 §3.2.2, RFC 3596). */
export const TYPE_CODES: Readonly<Record<RecordType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
};

/** Names of further types that tools print and accept; their data stays uninterpreted. */
const OTHER_TYPE_CODES: Readonly<Record<string, number>> = {
  HINFO: 13,
  SRV: 33,
  NAPTR: 35,
  DNAME: 39,
  OPT: 41,
  DS: 43,
  SSHFP: 44,
  RRSIG: 46,
  NSEC: 47,
  DNSKEY: 48,
  NSEC3: 50,
  NSEC3PARAM: 51,
  TLSA: 52,
  SMIMEA: 53,
  CDS: 59,
  CDNSKEY: 60,
  OPENPGPKEY: 61,
  SVCB: 64,
  HTTPS: 65,
  SPF: 99,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
  CAA: 257,
};

export const TYPE_ANY = 255;
export const TYPE_TLSA = 52;

const NAME_BY_CODE: ReadonlyMap<number, string> = new Map(
  [...Object.entries(TYPE_CODES), ...Object.entries(OTHER_TYPE_CODES)].map(([name, code]) => [code, name]),
);

/** `MX`, or `TYPE65280` for what has no name (RFC 3597 §5). */
export function typeName(code: number): string {
  return NAME_BY_CODE.get(code) ?? `TYPE${code}`;
}

/** The code of a type as people write it, in any case; undefined when there is no such type. */
export function typeCodeOf(name: string): number | undefined {
  const upper = name.toUpperCase();
  if (Object.hasOwn(TYPE_CODES, upper)) return TYPE_CODES[upper as RecordType];
  if (Object.hasOwn(OTHER_TYPE_CODES, upper)) return OTHER_TYPE_CODES[upper];
  const generic = /^TYPE([0-9]{1,5})$/.exec(upper);
  return generic && Number(generic[1]) < 65536 ? Number(generic[1]) : undefined;
}

/** The code of the type of some record data. */
export function typeCode(data: RecordData): number {
  return data.type === 'OTHER' ? data.code : TYPE_CODES[data.type];
}

/** The name of a type that we interpret, undefined for others. */
export function knownType(code: number): RecordType | undefined {
  const name = NAME_BY_CODE.get(code);
  return name !== undefined && Object.hasOwn(TYPE_CODES, name) ? (name as RecordType) : undefined;
}

/** The host whose addresses belong beside a record in an answer: the target of MX, NS and SRV (RFC 1035 §3.3, RFC 2782). */
export function hostNamedBy(data: RecordData): string | undefined {
  switch (data.type) {
    case 'MX':
      return data.exchange;
    case 'NS':
      return data.host;
    case 'OTHER':
      return data.code === 33 ? srvTarget(data.rdata) : undefined;
    default:
      return undefined;
  }
}

/** One character-string in quotes, as BIND prints it: `\"`, `\\` and `\DDD`. */
export function characterStringText(value: string): string {
  let out = '"';
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i) & 255;
    if (code === 34 || code === 92) out += `\\${String.fromCharCode(code)}`;
    else if (code >= 32 && code < 127) out += String.fromCharCode(code);
    else out += `\\${String(code).padStart(3, '0')}`;
  }
  return `${out}"`;
}

/** Record data as dig and zone files print it. */
export function rdataText(data: RecordData): string {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return data.address;
    case 'MX':
      return `${data.preference} ${data.exchange}`;
    case 'TXT':
      return data.strings.map(characterStringText).join(' ');
    case 'CNAME':
    case 'PTR':
      return data.target;
    case 'NS':
      return data.host;
    case 'SOA':
      return `${data.mname} ${data.rname} ${data.serial} ${data.refresh} ${data.retry} ${data.expire} ${data.minimum}`;
    case 'OTHER':
      return otherText(data.code, data.rdata) ?? unknownText(data.rdata);
    default:
      return assertNever(data);
  }
}

/** RFC 3597 §5: `\# 4 C0000201`. */
function unknownText(rdata: string): string {
  const hex = toHex(latin1(rdata)).toUpperCase();
  return rdata.length === 0 ? '\\# 0' : `\\# ${rdata.length} ${hex}`;
}

/** Whole fields joined by tabs and blanks so that the next one starts at its column, as dig lines them up. */
function columns(fields: readonly string[], starts: readonly number[]): string {
  let out = '';
  let column = 0;
  fields.forEach((field, index) => {
    if (index > 0) {
      const to = Math.max(starts[index - 1] ?? 0, column + 1);
      const tabs = Math.floor(to / 8) - Math.floor(column / 8);
      out += '\t'.repeat(tabs) + ' '.repeat(tabs > 0 ? to % 8 : to - column);
      column = to;
    }
    out += field;
    column += field.length;
  });
  return out;
}

/** One line of an answer as dig prints it: `hafen.example.\t\t3600\tIN\tMX\t10 mx1.hafen.example.` */
export function recordText(record: ResourceRecord): string {
  const type = typeName(typeCode(record.data));
  return columns([record.name, String(record.ttl), 'IN', type, rdataText(record.data)], [24, 32, 40, 48]);
}

/**
 * The same with `+multiline`: narrow columns, and an SOA record over several lines with what its numbers mean.
 */
export function multilineText(record: ResourceRecord): string {
  const { data } = record;
  const type = typeName(typeCode(data));
  const fields = [record.name, String(record.ttl), 'IN', type];
  if (data.type !== 'SOA') return columns([...fields, rdataText(data)], [24, 24, 24, 32]);
  const lines = SOA_FIELDS.map((field) => {
    const meaning = field === 'serial' ? '' : ` (${spelledOut(data[field])})`;
    return `\t\t\t\t${String(data[field]).padEnd(10)} ; ${field}${meaning}\n`;
  });
  const head = columns([...fields, `${data.mname} ${data.rname} (`], [24, 24, 24, 32]);
  return `${head}\n${lines.join('')}\t\t\t\t)`;
}

const SOA_FIELDS = ['serial', 'refresh', 'retry', 'expire', 'minimum'] as const;

/** `2 hours`, `1 week 1 day`: as BIND spells a TTL. */
function spelledOut(seconds: number): string {
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of [
    ['week', 604_800],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ] as const) {
    const count = Math.floor(rest / size);
    rest %= size;
    if (count > 0 || (unit === 'second' && parts.length === 0))
      parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`);
  }
  return parts.join(' ');
}

/** The question as dig prints it, without the leading semicolon. */
export function questionText(name: string, type: number, multiline = false): string {
  return columns([name, 'IN', typeName(type)], multiline ? [24, 24] : [32, 40]);
}
