// The Received header that Postfix puts on top of every message it takes in. Knows no session. RFC 5321 §4.4.

import { dateFields, mailDate, type Time } from '../base/dates.ts';
import type { Peer, WithProtocol } from './session.ts';

/** Protocol words with TLS and AUTH (RFC 3848, RFC 6531 §4.3): `withWord('ESMTP', true, true)` is `ESMTPSA`. */
export function withWord(protocol: WithProtocol, tls: boolean, authenticated: boolean): string {
  return `${protocol}${tls ? 'S' : ''}${authenticated ? 'A' : ''}`;
}

export interface ReceivedParts {
  /** What the client called itself; absent when it never did. */
  readonly helo: string | undefined;
  readonly peer: Peer;
  readonly hostname: string;
  readonly with: string;
  readonly queueId: string;
  /** The forward paths of the transaction; named only when there is one. */
  readonly recipients: readonly string[];
  readonly now: Time;
  readonly zoneMinutes?: number;
  /** `CET`; without it only UTC is named. */
  readonly zoneName?: string;
  /** A finished `using TLSv1.3 with cipher …` clause, without brackets. */
  readonly tls?: string;
}

/** Postfix's mail_date: the day padded with a blank, the zone's name behind. */
export function postfixDate(now: Time, zoneMinutes = 0, zoneName?: string): string {
  const name = zoneName ?? (zoneMinutes === 0 ? 'UTC' : undefined);
  const day = dateFields(now, zoneMinutes).day;
  const date = mailDate(now, zoneMinutes);
  const padded = day < 10 ? date.replace(', ', ',  ') : date;
  return name === undefined ? padded : `${padded} (${name})`;
}

const dateOf = (parts: ReceivedParts): string => postfixDate(parts.now, parts.zoneMinutes, parts.zoneName);

/**
 * The header field with its CRLFs, binary string. The name in brackets is the confirmed one, else `unknown` (RFC 5321
 * §4.1.3 for the literal).
 */
export function receivedHeader(parts: ReceivedParts): string {
  const literal = parts.peer.address.includes(':') ? `IPv6:${parts.peer.address}` : parts.peer.address;
  const only = parts.recipients.length === 1 ? parts.recipients[0] : undefined;
  const lines = [
    `Received: from ${parts.helo ?? parts.peer.name} (${parts.peer.name} [${literal}])`,
    ...(parts.tls === undefined ? [] : [`\t(${parts.tls})`]),
    `\tby ${parts.hostname} (Postfix) with ${parts.with} id ${parts.queueId}${only === undefined ? ';' : ''}`,
    only === undefined ? `\t${dateOf(parts)}` : `\tfor <${only}>; ${dateOf(parts)}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** The header of a message that arose on this host: bounces, forwarded copies, sendmail(1). */
export function localReceivedHeader(
  hostname: string,
  queueId: string,
  date: string,
  detail?: string,
): string {
  const who = detail === undefined ? '' : `, ${detail}`;
  return `Received: by ${hostname} (Postfix${who})\r\n\tid ${queueId}; ${date}\r\n`;
}
