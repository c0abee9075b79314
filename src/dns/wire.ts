// DNS messages between plain values and octets: header, name compression, the OPT record with its cookie. What comes in
// may be hostile: decoding never throws, follows pointers only backwards, and says what is wrong and where. Types that we
// do not interpret are carried as they are. RFC 1035 §4, RFC 3597, RFC 6891, RFC 7873, RFC 8914.

import { fromLatin1, latin1, toHex, type Bytes } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { ipv4Bytes, ipv4Text, ipv6Bytes, ipv6Text } from './address.ts';
import { labelsOf, nameKey, nameOfLabels } from './name.ts';
import { typeCode, type RecordData, type ResourceRecord } from './records.ts';

export const RCODE = {
  NOERROR: 0,
  FORMERR: 1,
  SERVFAIL: 2,
  NXDOMAIN: 3,
  NOTIMP: 4,
  REFUSED: 5,
  YXDOMAIN: 6,
  YXRRSET: 7,
  NXRRSET: 8,
  NOTAUTH: 9,
  NOTZONE: 10,
  BADVERS: 16,
  BADCOOKIE: 23,
} as const;

/** `NXDOMAIN`, or `RESERVED11` as dig prints what has no name. */
export function rcodeName(rcode: number): string {
  for (const [name, code] of Object.entries(RCODE)) if (code === rcode) return name;
  return `RESERVED${rcode}`;
}

export const CLASS_IN = 1;

export interface HeaderFlags {
  readonly qr: boolean;
  readonly aa: boolean;
  readonly tc: boolean;
  readonly rd: boolean;
  readonly ra: boolean;
  readonly ad: boolean;
  readonly cd: boolean;
}

/** One question. `type` is the code, because ANY and unknown types are asked for too. */
export interface WireQuestion {
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

/** The OPT pseudo-record (RFC 6891 §6.1.2). `cookie` is hexadecimal: 16 digits of the client, then the server's. */
export interface Edns {
  readonly udpSize: number;
  readonly version: number;
  readonly dnssecOk: boolean;
  readonly cookie?: string;
  readonly extendedError?: { readonly code: number; readonly text: string };
}

/** A whole message. `rcode` has 12 bits when there is an OPT record. Records are of class IN. */
export interface DnsMessage {
  readonly id: number;
  readonly opcode: number;
  readonly rcode: number;
  readonly flags: HeaderFlags;
  readonly questions: readonly WireQuestion[];
  readonly answers: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
  readonly additional: readonly ResourceRecord[];
  readonly edns?: Edns;
}

export const NO_FLAGS: HeaderFlags = {
  qr: false,
  aa: false,
  tc: false,
  rd: false,
  ra: false,
  ad: false,
  cd: false,
};

const OPT = 41;
const OPTION_COOKIE = 10;
const OPTION_EXTENDED_ERROR = 15;

// ---------------------------------------------------------------------------------------------------------- encoding

class Writer {
  out = new Uint8Array(512);
  length = 0;
  /** Where each suffix of a name starts; case counts, so that the spelling of every name survives, as with BIND. */
  private readonly suffixes = new Map<string, number>();

  private grow(more: number): void {
    if (this.length + more <= this.out.length) return;
    const bigger = new Uint8Array(Math.max(this.out.length * 2, this.length + more));
    bigger.set(this.out.subarray(0, this.length));
    this.out = bigger;
  }
  u8(value: number): void {
    this.grow(1);
    this.out[this.length++] = value;
  }
  u16(value: number): void {
    this.grow(2);
    this.out[this.length++] = (value >> 8) & 255;
    this.out[this.length++] = value & 255;
  }
  u32(value: number): void {
    this.u16(Math.floor(value / 65536) & 0xffff);
    this.u16(value & 0xffff);
  }
  octets(text: string): void {
    this.grow(text.length);
    for (let i = 0; i < text.length; i++) this.out[this.length++] = text.charCodeAt(i);
  }
  numbers(values: readonly number[]): void {
    for (const value of values) this.u8(value);
  }
  /**
   * A name, compressed exactly as far as BIND 9.18 does it: only the name itself and the name one label up are looked for
   * and remembered, which is why longer names stand in full now and then.
   */
  name(name: string): void {
    const labels = labelsOf(name);
    const suffixes = [name, nameOfLabels(labels.slice(1))];
    const at = labels.length === 0 ? -1 : suffixes.findIndex((suffix) => this.suffixes.has(suffix));
    const own = at < 0 ? labels : labels.slice(0, at);
    own.forEach((label, index) => {
      const suffix = index < Math.min(2, labels.length) ? suffixes[index] : undefined;
      if (suffix !== undefined && suffix !== '.' && this.length < 0x4000)
        this.suffixes.set(suffix, this.length);
      this.u8(label.length);
      this.octets(label);
    });
    const seen = this.suffixes.get(suffixes[at] ?? '');
    if (seen === undefined) this.u8(0);
    else this.u16(0xc000 | seen);
  }
  patch16(at: number, value: number): void {
    this.out[at] = (value >> 8) & 255;
    this.out[at + 1] = value & 255;
  }
}

function writeData(w: Writer, data: RecordData): void {
  switch (data.type) {
    case 'A':
      w.numbers(ipv4Bytes(data.address) ?? [0, 0, 0, 0]);
      return;
    case 'AAAA':
      w.numbers(ipv6Bytes(data.address) ?? new Array<number>(16).fill(0));
      return;
    case 'MX':
      w.u16(data.preference);
      w.name(data.exchange);
      return;
    case 'TXT':
      for (const string of data.strings) {
        w.u8(string.length);
        w.octets(string);
      }
      return;
    case 'CNAME':
    case 'PTR':
      w.name(data.target);
      return;
    case 'NS':
      w.name(data.host);
      return;
    case 'SOA':
      w.name(data.mname);
      w.name(data.rname);
      for (const value of [data.serial, data.refresh, data.retry, data.expire, data.minimum]) w.u32(value);
      return;
    case 'OTHER':
      w.octets(data.rdata);
      return;
  }
}

function writeRecord(w: Writer, record: ResourceRecord): void {
  w.name(record.name);
  w.u16(typeCode(record.data));
  w.u16(CLASS_IN);
  w.u32(record.ttl);
  const at = w.length;
  w.u16(0);
  writeData(w, record.data);
  w.patch16(at, w.length - at - 2);
}

function ednsOptions(edns: Edns): string {
  const option = (code: number, data: string): string =>
    String.fromCharCode(code >> 8, code & 255, data.length >> 8, data.length & 255) + data;
  let out = '';
  if (edns.cookie !== undefined) {
    const pairs = edns.cookie.match(/../g) ?? [];
    out += option(OPTION_COOKIE, pairs.map((pair) => String.fromCharCode(parseInt(pair, 16))).join(''));
  }
  if (edns.extendedError) {
    const { code, text } = edns.extendedError;
    out += option(OPTION_EXTENDED_ERROR, String.fromCharCode(code >> 8, code & 255) + text);
  }
  return out;
}

/** Octets of the OPT record of a message, 0 without one. */
function ednsLength(edns: Edns | undefined): number {
  return edns ? 11 + ednsOptions(edns).length : 0;
}

function writeHeader(w: Writer, message: DnsMessage): void {
  const { flags } = message;
  w.u16(message.id);
  w.u8(
    (flags.qr ? 128 : 0) |
      ((message.opcode & 15) << 3) |
      (flags.aa ? 4 : 0) |
      (flags.tc ? 2 : 0) |
      (flags.rd ? 1 : 0),
  );
  w.u8((flags.ra ? 128 : 0) | (flags.ad ? 32 : 0) | (flags.cd ? 16 : 0) | (message.rcode & 15));
  w.u16(message.questions.length);
  w.u16(message.answers.length);
  w.u16(message.authority.length);
  w.u16(message.additional.length + (message.edns ? 1 : 0));
  for (const question of message.questions) {
    w.name(question.name);
    w.u16(question.type);
    w.u16(question.class);
  }
}

/** The octets of a message. Values must be in range; records are written in the order given. */
export function encodeMessage(message: DnsMessage): Bytes {
  const w = new Writer();
  writeHeader(w, message);
  for (const record of message.answers) writeRecord(w, record);
  for (const record of message.authority) writeRecord(w, record);
  for (const record of message.additional) writeRecord(w, record);
  const { edns } = message;
  if (edns) {
    w.u8(0);
    w.u16(OPT);
    w.u16(edns.udpSize);
    w.u8(message.rcode >> 4);
    w.u8(edns.version);
    w.u16(edns.dnssecOk ? 0x8000 : 0);
    const options = ednsOptions(edns);
    w.u16(options.length);
    w.octets(options);
  }
  return w.out.slice(0, w.length);
}

/** Cuts a list of records into sets of one name and type that stand together. */
function recordSets(records: readonly ResourceRecord[]): ResourceRecord[][] {
  const out: ResourceRecord[][] = [];
  for (const record of records) {
    const last = out.at(-1);
    const first = last?.[0];
    if (
      first &&
      typeCode(first.data) === typeCode(record.data) &&
      nameKey(first.name) === nameKey(record.name)
    )
      last?.push(record);
    else out.push([record]);
  }
  return out;
}

/**
 * The message cut down to `limit` octets as BIND cuts it: as many answers as fit, whole sets of the other sections, TC
 * when answer or authority had to go (RFC 2181 §9). A message that fits comes back as it is.
 */
export function fitMessage(message: DnsMessage, limit: number): DnsMessage {
  if (encodeMessage(message).length <= limit) return message;
  const w = new Writer();
  writeHeader(w, message);
  const room = limit - ednsLength(message.edns);
  const fits = (records: readonly ResourceRecord[]): boolean => {
    for (const record of records) writeRecord(w, record);
    return w.length <= room;
  };
  const cut = (answers: ResourceRecord[], authority: ResourceRecord[]): DnsMessage => ({
    ...message,
    flags: { ...message.flags, tc: true },
    answers,
    authority,
    additional: [],
  });
  const answers: ResourceRecord[] = [];
  for (const record of message.answers) {
    if (!fits([record])) return cut(answers, []);
    answers.push(record);
  }
  const authority: ResourceRecord[] = [];
  for (const set of recordSets(message.authority)) {
    if (!fits(set)) return cut(answers, authority);
    authority.push(...set);
  }
  const additional: ResourceRecord[] = [];
  for (const set of recordSets(message.additional)) {
    if (!fits(set)) break;
    additional.push(...set);
  }
  return { ...message, additional };
}

// ---------------------------------------------------------------------------------------------------------- decoding

export type WireReason =
  | 'message too short'
  | 'name runs past the end'
  | 'name too long'
  | 'pointer does not point back'
  | 'unknown label type'
  | 'record data too short'
  | 'record data too long'
  | 'malformed OPT record';

/** What stopped the decoder, and the octet it had reached. */
export interface WireError {
  readonly reason: WireReason;
  readonly at: number;
}

class Fault {
  constructor(
    readonly reason: WireReason,
    readonly at: number,
  ) {}
}

class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  need(count: number): void {
    if (this.at + count > this.bytes.length) throw new Fault('message too short', this.at);
  }
  u8(): number {
    this.need(1);
    return this.bytes[this.at++] as number;
  }
  u16(): number {
    return this.u8() * 256 + this.u8();
  }
  u32(): number {
    return this.u16() * 65536 + this.u16();
  }
  octets(count: number): string {
    this.need(count);
    this.at += count;
    return fromLatin1(this.bytes, this.at - count, this.at);
  }

  /** A name. Each pointer must lead before the stretch it ends, so the walk is finite. */
  name(): string {
    const labels: string[] = [];
    let length = 1;
    let at = this.at;
    let stretch = at;
    let resume = -1;
    for (;;) {
      const head = this.bytes[at];
      if (head === undefined) throw new Fault('name runs past the end', at);
      if (head === 0) {
        at++;
        break;
      }
      if (head >= 0xc0) {
        const low = this.bytes[at + 1];
        if (low === undefined) throw new Fault('name runs past the end', at);
        const target = ((head & 0x3f) << 8) | low;
        if (target >= stretch) throw new Fault('pointer does not point back', at);
        if (resume < 0) resume = at + 2;
        at = target;
        stretch = target;
        continue;
      }
      if (head > 63) throw new Fault('unknown label type', at);
      if (at + 1 + head > this.bytes.length) throw new Fault('name runs past the end', at);
      length += head + 1;
      if (length > 255) throw new Fault('name too long', at);
      labels.push(fromLatin1(this.bytes, at + 1, at + 1 + head));
      at += head + 1;
    }
    this.at = resume < 0 ? at : resume;
    return nameOfLabels(labels);
  }
}

function readData(r: Reader, type: number, length: number): RecordData {
  const end = r.at + length;
  r.need(length);
  const data = ((): RecordData => {
    switch (type) {
      case 1:
        if (length !== 4) throw new Fault('record data too short', r.at);
        return { type: 'A', address: ipv4Text(latin1(r.octets(4))) };
      case 28:
        if (length !== 16) throw new Fault('record data too short', r.at);
        return { type: 'AAAA', address: ipv6Text(latin1(r.octets(16))) };
      case 15: {
        const preference = r.u16();
        return { type: 'MX', preference, exchange: r.name() };
      }
      case 16: {
        if (length === 0) throw new Fault('record data too short', r.at);
        const strings: string[] = [];
        while (r.at < end) {
          const size = r.u8();
          if (r.at + size > end) throw new Fault('record data too short', r.at);
          strings.push(r.octets(size));
        }
        return { type: 'TXT', strings };
      }
      case 5:
        return { type: 'CNAME', target: r.name() };
      case 12:
        return { type: 'PTR', target: r.name() };
      case 2:
        return { type: 'NS', host: r.name() };
      case 6: {
        const mname = r.name();
        const rname = r.name();
        return {
          type: 'SOA',
          mname,
          rname,
          serial: r.u32(),
          refresh: r.u32(),
          retry: r.u32(),
          expire: r.u32(),
          minimum: r.u32(),
        };
      }
      default:
        return { type: 'OTHER', code: type, rdata: r.octets(length) };
    }
  })();
  if (r.at > end) throw new Fault('record data too short', r.at);
  if (r.at < end) throw new Fault('record data too long', r.at);
  return data;
}

interface Section {
  readonly records: ResourceRecord[];
  edns?: Edns;
  extendedRcode: number;
}

function readOptions(r: Reader, udpSize: number, ttl: number, length: number): Edns {
  const end = r.at + length;
  r.need(length);
  let cookie: string | undefined;
  let extendedError: Edns['extendedError'];
  while (r.at < end) {
    if (end - r.at < 4) throw new Fault('malformed OPT record', r.at);
    const code = r.u16();
    const size = r.u16();
    if (r.at + size > end) throw new Fault('malformed OPT record', r.at);
    const data = r.octets(size);
    if (code === OPTION_COOKIE) cookie = toHex(latin1(data));
    if (code === OPTION_EXTENDED_ERROR && size >= 2)
      extendedError = { code: data.charCodeAt(0) * 256 + data.charCodeAt(1), text: data.slice(2) };
  }
  return {
    udpSize,
    version: (ttl >> 16) & 255,
    dnssecOk: (ttl & 0x8000) !== 0,
    ...(cookie === undefined ? {} : { cookie }),
    ...(extendedError === undefined ? {} : { extendedError }),
  };
}

function readSection(r: Reader, count: number, isAdditional: boolean): Section {
  const section: Section = { records: [], extendedRcode: 0 };
  for (let i = 0; i < count; i++) {
    const name = r.name();
    const type = r.u16();
    const recordClass = r.u16();
    const ttl = r.u32();
    const length = r.u16();
    if (type === OPT && isAdditional) {
      // RFC 6891 §6.1.1: at most one, and it belongs to the root.
      if (section.edns || name !== '.') throw new Fault('malformed OPT record', r.at);
      section.edns = readOptions(r, recordClass, ttl, length);
      section.extendedRcode = ttl >>> 24;
      continue;
    }
    // RFC 2181 §8: a TTL with the highest bit set counts as zero.
    const data = recordClass === CLASS_IN ? readData(r, type, length) : undefined;
    if (data) section.records.push({ name, ttl: ttl > 0x7fffffff ? 0 : ttl, data });
    else r.octets(length);
  }
  return section;
}

/** Reads a message. Records of other classes than IN are left out; octets behind the last record are ignored. */
export function decodeMessage(bytes: Uint8Array): Result<DnsMessage, WireError> {
  const r = new Reader(bytes);
  try {
    r.need(12);
    const id = r.u16();
    const high = r.u8();
    const low = r.u8();
    const counts = [r.u16(), r.u16(), r.u16(), r.u16()] as const;
    const questions: WireQuestion[] = [];
    for (let i = 0; i < counts[0]; i++) questions.push({ name: r.name(), type: r.u16(), class: r.u16() });
    const answers = readSection(r, counts[1], false);
    const authority = readSection(r, counts[2], false);
    const additional = readSection(r, counts[3], true);
    return ok({
      id,
      opcode: (high >> 3) & 15,
      rcode: (low & 15) | (additional.extendedRcode << 4),
      flags: {
        qr: (high & 128) !== 0,
        aa: (high & 4) !== 0,
        tc: (high & 2) !== 0,
        rd: (high & 1) !== 0,
        ra: (low & 128) !== 0,
        ad: (low & 32) !== 0,
        cd: (low & 16) !== 0,
      },
      questions,
      answers: answers.records,
      authority: authority.records,
      additional: additional.records,
      ...(additional.edns ? { edns: additional.edns } : {}),
    });
  } catch (fault) {
    if (fault instanceof Fault) return err({ reason: fault.reason, at: fault.at });
    throw fault;
  }
}

/** Id and question of a message that is otherwise unreadable, so that a server can still answer FORMERR. */
export function decodeHeader(bytes: Uint8Array): { readonly id: number; readonly qr: boolean } | undefined {
  if (bytes.length < 12) return undefined;
  return { id: (bytes[0] as number) * 256 + (bytes[1] as number), qr: ((bytes[2] as number) & 128) !== 0 };
}
