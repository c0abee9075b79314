// What Dovecot's LMTP server writes above a message before it stores it: Return-Path, Delivered-To and its own Received.
// Measured (the bounces recorded in src/message/recordings show it), RFC 5321 §4.4 explains it.

import type { Time } from '../base/dates.ts';
import { mailDate } from '../base/dates.ts';
import { printEnvelope, splitEnvelope } from '../message/address.ts';

export interface DeliveryTrace {
  /** Envelope sender, '' for the null path. */
  readonly reversePath: string;
  /** The recipient as the client named it. */
  readonly recipient: string;
  /** Name the client announced with LHLO. */
  readonly clientName: string;
  readonly clientAddress: string;
  /** Name of this host. */
  readonly host: string;
  readonly protocol: 'LMTP' | 'LMTPS';
  /** Dovecot's name for the transaction, also in its reply. */
  readonly sessionId: string;
  readonly now: Time;
  readonly zoneMinutes: number;
}

/** The fields, each line ending in CRLF, to be put before the message. */
export function deliveryHeader(trace: DeliveryTrace): string {
  const recipient = printEnvelope(splitEnvelope(trace.recipient));
  const sender = printEnvelope(splitEnvelope(trace.reversePath));
  return [
    `Return-Path: <${sender}>`,
    `Delivered-To: ${recipient}`,
    `Received: from ${trace.clientName} ([${trace.clientAddress}])`,
    `\tby ${trace.host} with ${trace.protocol}`,
    `\tid ${trace.sessionId}`,
    `\t(envelope-from <${sender}>)`,
    `\tfor <${recipient}>; ${mailDate(trace.now, trace.zoneMinutes)}`,
    '',
  ].join('\r\n');
}

/** The message as it is stored: with those fields on top. */
export function withDeliveryHeader(raw: string, trace: DeliveryTrace): string {
  return deliveryHeader(trace) + raw;
}
