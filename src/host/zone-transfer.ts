// The part of a name server that keeps copies of other servers' zones up to date: SOA questions after refresh and retry,
// transfers over TCP, expiry, and NOTIFY in both roles. What travels is decided in dns/zone-transfer.ts. RFC 1034 §4.3.5,
// RFC 1996.

import { fromLatin1, latin1 } from '../base/bytes.ts';
import { nextUint32 } from '../base/random.ts';
import { nameKey } from '../dns/name.ts';
import { TYPE_CODES, type ResourceRecord } from '../dns/records.ts';
import { decodeMessage, encodeMessage, RCODE, rcodeName, type DnsMessage } from '../dns/wire.ts';
import { serialIsNewer, zoneRecords, zoneSoa, type Zone } from '../dns/zone.ts';
import { printZone } from '../dns/zone-file.ts';
import {
  AXFR,
  isWholeTransfer,
  notifyMessage,
  notifyResponse,
  offeredSoa,
  OPCODE_NOTIFY,
  serverQuery,
  soaSerial,
  transferMessages,
  zoneOfTransfer,
} from '../dns/zone-transfer.ts';
import type { Endpoint } from '../net/events.ts';
import { dnsFrame, takeDnsFrames } from './dns-frame.ts';
import type { NameServerState } from './name-server.ts';
import type { Os } from './program.ts';

/** A zone of which this server keeps a copy. Plain data. */
export interface SecondaryZone {
  readonly zone: string;
  /** Addresses, asked in this order. */
  readonly primaries: readonly string[];
  /** Which of them is being asked. */
  at: number;
  phase: 'idle' | 'asking' | 'transferring';
  messageId: number;
  socket: number | undefined;
  received: string;
  records: ResourceRecord[];
  /** A NOTIFY came meanwhile. */
  again: boolean;
}

const PORT = 53;
const ANSWER_MS = 5_000;
const TRANSFER_MS = 30_000;
/** Retry of a zone whose SOA nobody has told yet (BIND). */
const FIRST_RETRY_S = 60;
const NOTIFY_MS = 15_000;
const NOTIFY_TRIES = 5;

function loadedZone(state: NameServerState, key: string): Zone | undefined {
  const hosted = state.zones.get(key);
  return hosted?.state === 'loaded' ? hosted.zone : undefined;
}

function sendMessage(to: string, message: DnsMessage, os: Os): void {
  os.sendDatagram(PORT, { address: to, port: PORT }, fromLatin1(encodeMessage(message)));
}

const newId = (os: Os): number => nextUint32(os.random('transfer')) & 0xffff;

/** Begins to keep a copy; until it has come, the server fails for that zone. */
export function startSecondary(
  state: NameServerState,
  zone: string,
  primaries: readonly string[],
  os: Os,
): void {
  const key = nameKey(zone);
  state.zones.set(key, { state: 'failed', origin: zone });
  state.secondaries.set(key, {
    zone,
    primaries,
    at: 0,
    phase: 'idle',
    messageId: 0,
    socket: undefined,
    received: '',
    records: [],
    again: false,
  });
  refresh(state, key, os);
}

function refresh(state: NameServerState, key: string, os: Os): void {
  const copy = state.secondaries.get(key);
  if (copy === undefined) return;
  if (copy.phase !== 'idle') {
    copy.again = true;
    return;
  }
  copy.again = false;
  copy.at = 0;
  askSoa(state, key, copy, os);
}

function askSoa(state: NameServerState, key: string, copy: SecondaryZone, os: Os): void {
  const primary = copy.primaries[copy.at];
  if (primary === undefined) {
    copy.phase = 'idle';
    const soa = soaOf(loadedZone(state, key));
    return os.timer(`refresh ${key}`, os.now + (soa?.retry ?? FIRST_RETRY_S) * 1000, 'patient');
  }
  copy.phase = 'asking';
  copy.messageId = newId(os);
  sendMessage(primary, serverQuery(copy.messageId, copy.zone, TYPE_CODES.SOA), os);
  os.timer(`soa ${key}`, os.now + ANSWER_MS, 'patient');
}

const soaOf = (zone: Zone | undefined) => {
  const data = zone && zoneSoa(zone)?.data;
  return data?.type === 'SOA' ? data : undefined;
};

/** This primary is of no use now: the next one, or all again after the retry time. */
function failed(state: NameServerState, key: string, copy: SecondaryZone, why: string, os: Os): void {
  os.cancelTimer(`soa ${key}`);
  if (copy.socket !== undefined) os.close(copy.socket);
  copy.socket = undefined;
  const from = copy.primaries[copy.at] ?? '';
  os.emit({ type: 'zone.copy', zone: copy.zone, what: 'failed', from, why }, 'RFC 1034 §4.3.5');
  copy.at++;
  askSoa(state, key, copy, os);
}

/** The copy is as good as its primary: both clocks start anew. */
function refreshed(state: NameServerState, key: string, copy: SecondaryZone, os: Os): void {
  copy.phase = 'idle';
  const soa = soaOf(loadedZone(state, key));
  if (soa === undefined) return;
  os.timer(`refresh ${key}`, os.now + soa.refresh * 1000, 'patient');
  os.timer(`expire ${key}`, os.now + soa.expire * 1000, 'patient');
  if (copy.again) refresh(state, key, os);
}

/** A response came to port 53: to a SOA question of ours, or to a NOTIFY. */
export function transferResponse(state: NameServerState, message: DnsMessage, from: Endpoint, os: Os): void {
  if (message.opcode === OPCODE_NOTIFY) {
    const notify = state.notifies.get(message.id);
    if (notify?.to !== from.address) return;
    state.notifies.delete(message.id);
    return os.cancelTimer(`notify ${message.id}`);
  }
  const key = nameKey(message.questions[0]?.name ?? '.');
  const copy = state.secondaries.get(key);
  const primary = copy?.primaries[copy.at];
  if (copy?.phase !== 'asking' || message.id !== copy.messageId || from.address !== primary) return;
  os.cancelTimer(`soa ${key}`);
  const offered = soaSerial(offeredSoa(message, copy.zone));
  if (offered === undefined)
    return failed(state, key, copy, message.rcode === 0 ? 'not authoritative' : rcodeName(message.rcode), os);
  const own = soaOf(loadedZone(state, key))?.serial;
  if (own !== undefined && !serialIsNewer(offered, own)) {
    const what = 'current';
    os.emit(
      { type: 'zone.copy', zone: copy.zone, what, from: primary, serial: own, offered },
      'RFC 1982 §3.2',
    );
    return refreshed(state, key, copy, os);
  }
  copy.phase = 'transferring';
  copy.received = '';
  copy.records = [];
  copy.messageId = newId(os);
  copy.socket = os.connect({ address: primary, port: PORT }, TRANSFER_MS);
}

/** The secondary zone whose transfer runs over that socket. */
export function transferOn(state: NameServerState, socket: number): SecondaryZone | undefined {
  return [...state.secondaries.values()].find((copy) => copy.socket === socket);
}

export function transferConnected(copy: SecondaryZone, os: Os): void {
  const query = serverQuery(copy.messageId, copy.zone, AXFR);
  if (copy.socket !== undefined) os.send(copy.socket, dnsFrame(fromLatin1(encodeMessage(query))));
}

export function transferBroken(state: NameServerState, copy: SecondaryZone, why: string, os: Os): void {
  failed(state, nameKey(copy.zone), copy, why, os);
}

export function transferData(state: NameServerState, copy: SecondaryZone, bytes: string, os: Os): void {
  const key = nameKey(copy.zone);
  const { frames, rest } = takeDnsFrames(copy.received + bytes);
  copy.received = rest;
  for (const frame of frames) {
    const message = decodeMessage(latin1(frame));
    if (!message.ok || message.value.id !== copy.messageId)
      return failed(state, key, copy, 'unreadable answer', os);
    if (message.value.rcode !== 0) return failed(state, key, copy, rcodeName(message.value.rcode), os);
    copy.records.push(...message.value.answers);
  }
  if (!isWholeTransfer(copy.records)) return;
  const zone = zoneOfTransfer(copy.zone, copy.records);
  copy.records = [];
  if (zone === undefined) return failed(state, key, copy, 'not this zone', os);
  if (copy.socket !== undefined) os.close(copy.socket);
  copy.socket = undefined;
  state.zones.set(key, { state: 'loaded', zone });
  state.files.set(`/var/cache/bind/db.${key.replace(/\.$/, '')}`, printZone(zoneRecords(zone), copy.zone));
  const serial = soaOf(zone)?.serial ?? 0;
  const from = copy.primaries[copy.at] ?? '';
  os.cause = os.emit(
    { type: 'zone.copy', zone: copy.zone, what: 'transferred', from, serial },
    'RFC 5936 §2',
  );
  refreshed(state, key, copy, os);
}

/** A timer of this file came due; false when it is none. */
export function transferTimer(state: NameServerState, kind: string, key: string, os: Os): boolean {
  const copy = state.secondaries.get(key);
  switch (kind) {
    case 'refresh':
      refresh(state, key, os);
      return true;
    case 'soa':
      if (copy?.phase === 'asking') failed(state, key, copy, 'timed out', os);
      return true;
    case 'expire':
      if (copy !== undefined) {
        state.zones.set(key, { state: 'failed', origin: copy.zone });
        os.emit({ type: 'zone.copy', zone: copy.zone, what: 'expired' }, 'RFC 1034 §4.3.5');
      }
      return true;
    case 'notify':
      sendNotify(state, Number(key), os);
      return true;
    default:
      return false;
  }
}

/** Tells every secondary that a zone was loaded; those that stay silent are told again (RFC 1996 §3.6). */
export function notifyAll(state: NameServerState, zone: string, os: Os): void {
  for (const to of state.transferTo) {
    const id = newId(os);
    state.notifies.set(id, { zone, to, triesLeft: NOTIFY_TRIES });
    sendNotify(state, id, os);
  }
}

function sendNotify(state: NameServerState, id: number, os: Os): void {
  const notify = state.notifies.get(id);
  if (notify === undefined) return;
  if (notify.triesLeft-- === 0) return void state.notifies.delete(id);
  const zone = loadedZone(state, nameKey(notify.zone));
  sendMessage(notify.to, notifyMessage(id, notify.zone, zone && zoneSoa(zone)), os);
  os.timer(`notify ${id}`, os.now + NOTIFY_MS, 'patient');
}

/** A NOTIFY came: believed when it comes from a primary of that zone (RFC 1996 §3.10). */
export function takeNotify(state: NameServerState, query: DnsMessage, from: Endpoint, os: Os): DnsMessage {
  const key = nameKey(query.questions[0]?.name ?? '.');
  const copy = state.secondaries.get(key);
  if (copy === undefined) return notifyResponse(query, RCODE.NOTAUTH);
  if (!copy.primaries.includes(from.address)) return notifyResponse(query, RCODE.REFUSED);
  refresh(state, key, os);
  return notifyResponse(query, RCODE.NOERROR);
}

/** The messages of a transfer, for those who may have it; undefined for anybody else. */
export function transferFor(
  state: NameServerState,
  query: DnsMessage,
  client: Endpoint,
): DnsMessage[] | undefined {
  const question = query.questions[0];
  if (query.opcode !== 0 || question?.type !== AXFR || !state.transferTo.includes(client.address))
    return undefined;
  const zone = loadedZone(state, nameKey(question.name));
  return zone && transferMessages(zone, query);
}
