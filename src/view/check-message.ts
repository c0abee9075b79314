// What a message tells about itself before anything is verified: how it was damaged on its way here, who handed it over
// and when. Read from Received, Return-Path, Received-SPF and Authentication-Results, which anybody may have written.
// RFC 5321 §4.4, RFC 7208 §9.1, RFC 8601.

import { parseAuthenticationResults } from '../auth/authentication-results.ts';
import { authorOf } from '../auth/author.ts';
import { readDkimSignature } from '../auth/dkim-signature.ts';
import { parseIp } from '../auth/ip.ts';
import { isPrivateAddress } from '../dns/address.ts';
import { parseMailDate } from '../message/date.ts';
import { readEml } from '../message/eml.ts';
import { allFields, firstField, parseMessage, type Message } from '../message/header.ts';
import { parseReceived, type Received } from '../message/received.ts';
import type { EnvelopeHints, EnvelopeSource, Suggested } from './check-types.ts';
import type { Problem } from './types.ts';

/** Fields that are looked through for hints; a message may have ten thousand. */
const MOST_FIELDS = 200;

/** The message as the wire had it, and what had to be done for that. */
export function messageNotes(raw: string): { readonly text: string; readonly notes: readonly Problem[] } {
  const text = readEml(raw);
  const notes: Problem[] = [];
  if (raw.startsWith('\xef\xbb\xbf')) notes.push({ id: 'byte-order-mark' });
  if (/(?:^|[^\r])\n/.test(raw) || !raw.includes('\n')) notes.push({ id: 'line-ends' });
  if (/^(?:\xef\xbb\xbf)?From [^\r\n]*\r?\n/.test(raw)) notes.push({ id: 'mbox-line' });
  if (raw.includes('\0')) notes.push({ id: 'nul-bytes' });
  const message = parseMessage(text);
  if (message.fields.length > 0 && message.separation !== 'blank-line') notes.push({ id: 'no-body' });
  if (message.fields.length > 1000) notes.push({ id: 'many-fields', params: { n: message.fields.length } });
  return { text, notes };
}

interface Found {
  readonly ip?: string | undefined;
  readonly helo?: string | undefined;
  readonly sender?: string | undefined;
  readonly receiver?: string | undefined;
  readonly time?: number | undefined;
  readonly from: EnvelopeSource;
}

/** Reads the envelope out of a message (binary string, any line ends). Never fails. */
export function envelopeHints(raw: string): EnvelopeHints {
  const message = parseMessage(readEml(raw));
  const results = allFields(message, 'authentication-results')
    .slice(0, MOST_FIELDS)
    .map((field) => parseAuthenticationResults(field.rawValue))
    .filter((one) => one !== undefined);
  const spf = fromReceivedSpf(message);
  const hop = hopOf(message, results[0]?.authservId, spf.ip);
  const property = (type: string, name: string): string | undefined => {
    const methods = results[0]?.results ?? [];
    return methods.flatMap((one) => one.properties).find((one) => one.type === type && one.property === name)
      ?.value;
  };
  const path = firstField(message, 'return-path')?.value;
  const mailFrom = property('smtp', 'mailfrom');
  const found: readonly Found[] = [
    spf,
    {
      from: 'authentication-results',
      ip: property('policy', 'iprev') ?? property('smtp', 'remote-ip'),
      helo: property('smtp', 'helo'),
      sender: mailFrom === undefined || mailFrom.includes('@') ? mailFrom : undefined,
      receiver: results[0]?.authservId,
    },
    {
      from: 'received',
      ip: hop?.clientAddress,
      helo: hop?.helo,
      receiver: hop?.by,
      time: hop?.date === undefined ? undefined : Math.floor(hop.date.time / 1000),
    },
    { from: 'return-path', sender: path === undefined ? undefined : /<([^<>]*)>/.exec(path)?.[1] },
  ];
  const pick = (key: 'ip' | 'helo' | 'sender' | 'receiver'): Suggested<string> => {
    // The reverse path is known best where it was written at delivery.
    const order = key === 'sender' ? [found[3], ...found.slice(0, 3)] : found;
    for (const one of order) {
      const value = one?.[key];
      if (one !== undefined && value !== undefined && (key !== 'ip' || parseIp(value) !== undefined))
        return { value, from: one.from };
    }
    return { value: '', from: 'none' };
  };
  const time = timeOfReceipt(message, found[2]?.time);
  const timeProblem = time.value === undefined ? undefined : timeProblemOf(message, time.value);
  return {
    ip: pick('ip'),
    helo: pick('helo'),
    sender: pick('sender'),
    receiver: pick('receiver'),
    time,
    ...(timeProblem === undefined ? {} : { timeProblem }),
    domain: authorOf(message).domain ?? '',
  };
}

/** `client-ip=192.0.2.1; envelope-from=a@b.example; helo=mx.b.example;` (RFC 7208 §9.1). */
function fromReceivedSpf(message: Message): Found {
  const value = firstField(message, 'received-spf')?.value ?? '';
  const pair = (key: string): string | undefined => {
    const match = new RegExp(`(?:^|[;\\s)])${key}=(?:"([^"]*)"|([^\\s;]+))`, 'i').exec(value.slice(0, 4000));
    return match?.[1] ?? match?.[2];
  };
  return {
    from: 'received-spf',
    ip: pair('client-ip'),
    helo: pair('helo'),
    sender: pair('envelope-from')?.replace(/^<(.*)>$/, '$1'),
  };
}

/** The hop over which the message came from outside: where the verdicts were made, else the topmost that is no inner one. */
function hopOf(
  message: Message,
  authservId: string | undefined,
  ip: string | undefined,
): Received | undefined {
  const hops = allFields(message, 'received')
    .slice(0, MOST_FIELDS)
    .map((field) => parseReceived(field.value));
  const outside = (hop: Received): boolean =>
    hop.clientAddress !== undefined &&
    parseIp(hop.clientAddress) !== undefined &&
    !isPrivateAddress(hop.clientAddress) &&
    !/^LMTP/i.test(hop.protocol ?? '');
  return (
    hops.find((hop) => ip !== undefined && hop.clientAddress === ip) ??
    hops.find((hop) => authservId !== undefined && hop.by?.toLowerCase() === authservId.toLowerCase()) ??
    hops.find(outside)
  );
}

function timeOfReceipt(message: Message, received: number | undefined): Suggested<number | undefined> {
  if (received !== undefined) return { value: received, from: 'received' };
  const signed = signatureTimes(message).flatMap(({ timestamp }) => timestamp ?? []);
  if (signed.length > 0) return { value: Math.max(...signed), from: 'signature' };
  const date = firstField(message, 'date');
  const parsed = date === undefined ? undefined : parseMailDate(date.value);
  return parsed === undefined
    ? { value: undefined, from: 'none' }
    : { value: Math.floor(parsed.time / 1000), from: 'date' };
}

function signatureTimes(message: Message): readonly { timestamp?: number; expires?: number }[] {
  return allFields(message, 'dkim-signature')
    .slice(0, 10)
    .flatMap((field) => readDkimSignature(field.rawValue).signature ?? []);
}

function timeProblemOf(message: Message, seconds: number): EnvelopeHints['timeProblem'] {
  const times = signatureTimes(message);
  if (times.some(({ expires }) => expires !== undefined && expires < seconds)) return 'expired';
  if (times.some(({ timestamp }) => timestamp !== undefined && timestamp > seconds + 300))
    return 'before-signing';
  return undefined;
}
