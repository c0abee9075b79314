// The zone of a case as it comes in: master file text, or an object of names and records as the public SPF suite writes
// them. Gives what answers a policy's questions, or a sentence that says what is wrong. Knows no policy.

import { fromLatin1, utf8 } from '../base/bytes.ts';
import { question as absoluteQuestion } from '../auth/domain.ts';
import { parseIp4, parseIp6 } from '../auth/ip.ts';
import type { RecordData } from '../dns/records.ts';
import { parseName } from '../dns/name.ts';
import {
  parseZonePieces,
  zonePieces,
  type LookupFailure,
  type PieceEntry,
  type ZonePieces,
} from '../dns/zone-pieces.ts';
import type { ZoneProblem } from '../dns/zone-problem.ts';

/** Input that cannot be used; the message is a sentence for the person who gave it. */
export class BadInput extends Error {}

const TYPES = ['A', 'AAAA', 'MX', 'TXT', 'SPF', 'CNAME', 'PTR', 'NS'] as const;
type EntryType = (typeof TYPES)[number];
/** Types that no policy ever asks for: a zone may have them, and they change nothing. */
const NEVER_ASKED =
  'SOA SRV CAA DS DNSKEY RRSIG NSEC NSEC3 NSEC3PARAM TLSA SSHFP HINFO LOC NAPTR URI SVCB HTTPS'.split(' ');
const FAILURES: readonly LookupFailure[] = ['TIMEOUT', 'SERVFAIL', 'REFUSED'];

/** The zone text read last: cases that follow each other often have the same. */
let last:
  { readonly text: string; readonly origin: string | undefined; readonly pieces: ZonePieces } | undefined;

/** @throws BadInput */
export function readZone(zone: unknown, origin?: string): ZonePieces {
  if (typeof zone === 'string') {
    if (last?.text === zone && last.origin === origin) return last.pieces;
    const pieces = readZoneText(bytesOf(zone), origin);
    last = { text: zone, origin, pieces };
    return pieces;
  }
  if (typeof zone === 'object' && zone !== null && !Array.isArray(zone)) return readZoneObject(zone);
  throw new BadInput('"zone" must be master file text or an object of names and lists of records.');
}

/** Master file text; see `parseZonePieces`. @throws BadInput */
export function readZoneText(text: string, origin?: string): ZonePieces {
  const top = parseName(origin ?? '.');
  if (!top.ok) throw new BadInput(`The origin ${JSON.stringify(origin)} is no domain name: ${top.error}.`);
  const { pieces, problems } = parseZonePieces(text, top.value);
  const wrong = problems.find((problem) => problem.severity === 'error');
  if (wrong !== undefined) throw new BadInput(`The zone cannot be read: ${said(wrong)}`);
  return pieces;
}

function said(problem: ZoneProblem): string {
  const text = (problem.toolText ?? problem.code).replace(/^dns_\w+: /, '').replace(/^zone:\d+: /, '');
  return `line ${problem.span.line}, column ${problem.span.column}: ${text}.`;
}

/** `"TIMEOUT"`, in any case. */
function failureOf(value: unknown): LookupFailure | undefined {
  return typeof value === 'string' ? FAILURES.find((one) => one === value.toUpperCase()) : undefined;
}

/** What does not exist need not be listed, but may be. */
function isAbsence(value: unknown): boolean {
  return typeof value === 'string' && /^(?:NXDOMAIN|NONE)$/i.test(value);
}

/**
 * `{ "example.com": [{ "TXT": "v=spf1 -all" }, { "MX": [10, "mx.example.com"] }, "TIMEOUT"] }`. A bare failure means that
 * asking for any type not given before it fails. Without TXT records, TXT is made of SPF ones; `{ "TXT": "NONE" }` prevents it.
 */
function readZoneObject(zone: object): ZonePieces {
  const out: [string, PieceEntry[]][] = [];
  for (const [name, value] of Object.entries(zone)) {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    const hasTxt = list.some((entry) => typeof entry === 'object' && entry !== null && 'TXT' in entry);
    const entries: PieceEntry[] = [];
    for (const entry of list) {
      const failure = failureOf(entry);
      if (failure !== undefined) entries.push({ fails: failure });
      else if (isAbsence(entry)) continue;
      else if (typeof entry === 'object' && entry !== null && !Array.isArray(entry))
        for (const [type, data] of Object.entries(entry))
          entries.push(...entriesOf(name, type, data, hasTxt));
      else
        throw new BadInput(
          `The zone's entry ${shown(entry)} at ${shown(name)} is no record; write for example {"TXT": "v=spf1 -all"} or "TIMEOUT".`,
        );
    }
    // A name that was only said not to exist is not made to exist by saying so.
    if (entries.length > 0 || !list.some((entry) => typeof entry === 'string' && /^NXDOMAIN$/i.test(entry)))
      out.push([absoluteName(name), entries]);
  }
  return zonePieces(out);
}

function entriesOf(name: string, typeText: string, value: unknown, hasTxt: boolean): PieceEntry[] {
  const type = TYPES.find((one) => one === typeText.toUpperCase());
  if (type === undefined && NEVER_ASKED.includes(typeText.toUpperCase())) return [];
  if (type === undefined)
    throw new BadInput(
      `The zone has a record of type ${shown(typeText)} at ${shown(name)}; known are ${TYPES.join(', ')}.`,
    );
  // Type 99 itself is never asked for (RFC 7208 §3.1); the suite writes it where TXT was meant.
  if (type === 'SPF' && hasTxt) return [];
  const asked = type === 'SPF' ? 'TXT' : type;
  const failure = failureOf(value);
  if (failure !== undefined) return [{ fails: failure, type: asked }];
  if (isAbsence(value)) return [];
  return several(type, value).map((one) => ({ data: dataOf(name, type, one) }));
}

/** A list holds several records, except where one record is a list: strings of one TXT, preference and name of one MX. */
function several(type: EntryType, value: unknown): unknown[] {
  if (!Array.isArray(value)) return [value];
  if (type === 'TXT' || type === 'SPF' || type === 'MX')
    return value.some((one) => Array.isArray(one)) ? value : [value];
  return value;
}

function dataOf(name: string, type: EntryType, value: unknown): RecordData {
  const bad = (wanted: string): BadInput =>
    new BadInput(`The zone's ${type} record ${shown(value)} at ${shown(name)} should be ${wanted}.`);
  switch (type) {
    case 'A':
      if (typeof value !== 'string' || parseIp4(value) === undefined)
        throw bad('an IPv4 address like "192.0.2.1"');
      return { type, address: value };
    case 'AAAA':
      if (typeof value !== 'string' || parseIp6(value) === undefined)
        throw bad('an IPv6 address like "2001:db8::1"');
      return { type, address: value };
    case 'TXT':
    case 'SPF': {
      const strings: unknown[] = Array.isArray(value) ? value : [value];
      if (!strings.every((one) => typeof one === 'string')) throw bad('a string or a list of strings');
      return { type: 'TXT', strings: strings.map(bytesOf) };
    }
    case 'MX': {
      const [first, exchange] = Array.isArray(value) ? (value as unknown[]) : [];
      const preference = typeof first === 'string' && /^\d{1,5}$/.test(first) ? Number(first) : first;
      if (typeof preference !== 'number' || typeof exchange !== 'string')
        throw bad('a list like [10, "mx.example.com"]');
      return { type, preference, exchange: absoluteName(exchange) };
    }
    case 'CNAME':
    case 'PTR':
    case 'NS': {
      if (typeof value !== 'string') throw bad('a domain name');
      const target = absoluteName(value);
      return type === 'NS' ? { type, host: target } : { type, target };
    }
  }
}

/** Characters up to U+00FF are bytes; a text beyond that is UTF-8. */
export function bytesOf(text: string): string {
  // eslint-disable-next-line no-control-regex
  return /^[\x00-\xff]*$/.test(text) ? text : fromLatin1(utf8(text));
}

/** Absolute, with or without final dot, in the form in which policies ask. */
function absoluteName(name: string): string {
  const plain = bytesOf(name).replace(/\.$/, '');
  return plain === '' ? '.' : absoluteQuestion(plain, 'A').name;
}

export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
