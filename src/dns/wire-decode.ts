// Reads DNS messages from octets that may be hostile: never throws, follows pointers only backwards, and says what is wrong
// and where. Types that we do not interpret are carried as they are. RFC 1035 §4.1, RFC 3597, RFC 6891.

import { fromLatin1, latin1, toHex } from '../base/bytes.ts';
import { err, ok, type Result } from '../base/result.ts';
import { ipv4Text, ipv6Text } from './address.ts';
import {
  CLASS_IN,
  OPT,
  OPTION_COOKIE,
  OPTION_EXTENDED_ERROR,
  type DnsMessage,
  type Edns,
  type WireQuestion,
} from './message.ts';
import { nameOfLabels } from './name.ts';
import type { RecordData, ResourceRecord } from './records.ts';

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
