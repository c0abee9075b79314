// Writes DNS messages as octets, with names compressed as far as BIND compresses them, and cuts them to the size that a
// client can take. RFC 1035 §4.1, RFC 3597, RFC 6891, RFC 2181 §9.

import type { Bytes } from '../base/bytes.ts';
import { ipv4Bytes, ipv6Bytes } from './address.ts';
import {
  CLASS_IN,
  OPT,
  OPTION_COOKIE,
  OPTION_EXTENDED_ERROR,
  type DnsMessage,
  type Edns,
} from './message.ts';
import { labelsOf, nameKey, parentName } from './name.ts';
import { hostNamedBy, typeCode, type RecordData, type ResourceRecord } from './records.ts';

/** Where messages are written before they are cut out: one at a time, so that one is enough. */
let scratch = new Uint8Array(4096);

class Writer {
  private out = scratch;
  length = 0;
  /** Where each suffix of a name starts; case counts, so that the spelling of every name survives, as with BIND. */
  private readonly suffixes = new Map<string, number>();

  private grow(more: number): void {
    if (this.length + more <= this.out.length) return;
    const bigger = new Uint8Array(Math.max(this.out.length * 2, this.length + more));
    bigger.set(this.out.subarray(0, this.length));
    this.out = scratch = bigger;
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
   * and remembered, which is why longer names stand in full now and then. Names in newer types stand in full always and
   * are remembered all the same (RFC 3597 §4).
   */
  name(name: string, isWhole = false): void {
    const labels = labelsOf(name);
    const upper = parentName(name);
    const whole = isWhole || labels.length === 0 ? undefined : this.suffixes.get(name);
    const partly =
      isWhole || labels.length === 0 || whole !== undefined ? undefined : this.suffixes.get(upper);
    const own = whole !== undefined ? 0 : partly !== undefined ? 1 : labels.length;
    for (let index = 0; index < own; index++) {
      const suffix = index === 0 ? name : index === 1 ? upper : undefined;
      if (suffix !== undefined && suffix !== '.' && this.length < 0x4000 && !this.suffixes.has(suffix))
        this.suffixes.set(suffix, this.length);
      const label = labels[index] ?? '';
      this.u8(label.length);
      this.octets(label);
    }
    const seen = whole ?? partly;
    if (seen === undefined) this.u8(0);
    else this.u16(0xc000 | seen);
  }
  /** What was written, in a buffer of its own. */
  take(): Bytes {
    return this.out.slice(0, this.length);
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
    case 'OTHER': {
      const target = hostNamedBy(data);
      w.octets(target === undefined ? data.rdata : data.rdata.slice(0, 6));
      if (target !== undefined) w.name(target, true);
      return;
    }
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
  return w.take();
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

/** A bound on the octets of a message that is found without writing it: as if no name were compressed. */
function mostOctets(message: DnsMessage): number {
  let most = 12 + ednsLength(message.edns);
  for (const { name } of message.questions) most += name.length + 5;
  for (const records of [message.answers, message.authority, message.additional])
    for (const { name, data } of records) {
      most += name.length + 11;
      if (data.type === 'TXT') for (const string of data.strings) most += 1 + string.length;
      else if (data.type === 'OTHER') most += data.rdata.length;
      // A name has 255 octets at most, and the longest of these types two names and 20 octets.
      else most += data.type === 'A' || data.type === 'AAAA' ? 16 : 530;
    }
  return most;
}

/**
 * The message cut down to `limit` octets as BIND cuts it: as many answers as fit, whole sets of the other sections, TC
 * when answer or authority had to go (RFC 2181 §9). A message that fits comes back as it is.
 */
export function fitMessage(message: DnsMessage, limit: number): DnsMessage {
  if (mostOctets(message) <= limit || encodeMessage(message).length <= limit) return message;
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
