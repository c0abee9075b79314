// A zone on its way from one server to another: the messages of AXFR and NOTIFY, and what a secondary makes of them. Knows
// no transport and no clock. RFC 5936 for AXFR, RFC 1996 for NOTIFY, RFC 1034 §4.3.5 for when to ask.

import { CLASS_IN, NO_FLAGS, type DnsMessage } from './message.ts';
import { sameName } from './name.ts';
import { rdataText, TYPE_CODES, type ResourceRecord } from './records.ts';
import { zoneOfRecords, zoneRecords, zoneSoa, type Zone } from './zone.ts';

export const AXFR = 252;
export const OPCODE_NOTIFY = 4;
/** Octets that one message of a transfer may come to, estimated on the safe side. */
const MESSAGE_OCTETS = 40_000;

/** A query of one server to another: without RD, without EDNS. NOTIFY is one with that opcode (RFC 1996 §3.7). */
export function serverQuery(id: number, zone: string, type: number, opcode = 0): DnsMessage {
  return {
    id,
    opcode,
    rcode: 0,
    flags: { ...NO_FLAGS, aa: opcode === OPCODE_NOTIFY },
    questions: [{ name: zone, type, class: CLASS_IN }],
    answers: [],
    authority: [],
    additional: [],
  };
}

/** The whole zone as the answers of AXFR: from SOA to SOA, in as many messages as it takes (RFC 5936 §2.2). */
export function transferMessages(zone: Zone, query: DnsMessage): DnsMessage[] {
  const soa = zoneSoa(zone);
  const messages: DnsMessage[] = [];
  let answers: ResourceRecord[] = [];
  let octets = 0;
  const flush = (): void => {
    messages.push({ ...query, flags: { ...NO_FLAGS, qr: true, aa: true }, answers, additional: [] });
    answers = [];
    octets = 0;
  };
  for (const record of [...zoneRecords(zone), ...(soa ? [soa] : [])]) {
    answers.push(record);
    octets += record.name.length + rdataText(record.data).length + 40;
    if (octets > MESSAGE_OCTETS) flush();
  }
  if (answers.length > 0) flush();
  return messages;
}

export function soaSerial(record: ResourceRecord | undefined): number | undefined {
  return record?.data.type === 'SOA' ? record.data.serial : undefined;
}

/** Whether the records of a transfer so far are all of them: the SOA stands at both ends. */
export function isWholeTransfer(records: readonly ResourceRecord[]): boolean {
  return records.length > 1 && records[0]?.data.type === 'SOA' && records.at(-1)?.data.type === 'SOA';
}

/** The zone that a whole transfer brought; undefined when it is not that zone or cannot stand (RFC 5936 §2.2.1). */
export function zoneOfTransfer(origin: string, records: readonly ResourceRecord[]): Zone | undefined {
  if (!isWholeTransfer(records) || !sameName(records[0]?.name ?? '', origin)) return undefined;
  const zone = zoneOfRecords(origin, records.slice(0, -1));
  return typeof zone === 'string' ? undefined : zone;
}

/** The SOA in the answer to a secondary's question; undefined when that server cannot speak for the zone. */
export function offeredSoa(response: DnsMessage, zone: string): ResourceRecord | undefined {
  if (response.rcode !== 0 || !response.flags.aa) return undefined;
  return response.answers.find(({ name, data }) => data.type === 'SOA' && sameName(name, zone));
}

/** A NOTIFY with the SOA that is new (RFC 1996 §3.7), and the response to one. */
export function notifyMessage(id: number, zone: string, soa: ResourceRecord | undefined): DnsMessage {
  return { ...serverQuery(id, zone, TYPE_CODES.SOA, OPCODE_NOTIFY), answers: soa ? [soa] : [] };
}

export function notifyResponse(query: DnsMessage, rcode: number): DnsMessage {
  return { ...query, rcode, flags: { ...NO_FLAGS, qr: true, aa: true }, answers: [] };
}
