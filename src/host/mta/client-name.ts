// Who is calling? The name of a client's address, believed only if it leads back to the address (RFC 1912 §2.1), and
// whether a sender's domain exists. Policies; whoever runs them supplies the answers.

import { reverseName, parseIp } from '../../auth/ip.ts';
import type { Asking } from '../../dns/lookup.ts';

export interface ClientName {
  /** The confirmed name, or `unknown`. */
  readonly name: string;
  /** What PTR says, confirmed or not. */
  readonly reverseName?: string;
  readonly verdict: 'confirmed' | 'noPtr' | 'mismatch' | 'failed';
}

const plain = (name: string): string => (name.endsWith('.') ? name.slice(0, -1) : name);

/** Looks the address up backwards and the name forwards, as smtpd does before it says hello. */
export function* clientName(address: string): Asking<ClientName> {
  if (address === '127.0.0.1' || address === '::1')
    return { name: 'localhost', reverseName: 'localhost', verdict: 'confirmed' };
  const ip = parseIp(address);
  if (ip === undefined) return { name: 'unknown', verdict: 'noPtr' };
  const reverse = reverseName(ip);
  const back = yield { name: reverse.endsWith('.') ? reverse : `${reverse}.`, type: 'PTR' };
  const pointer = back.records.find((record) => record.data.type === 'PTR');
  if (pointer?.data.type !== 'PTR')
    return {
      name: 'unknown',
      verdict: back.status === 'SERVFAIL' || back.status === 'TIMEOUT' ? 'failed' : 'noPtr',
    };
  const name = pointer.data.target;
  const forward = yield { name, type: address.includes(':') ? 'AAAA' : 'A' };
  const confirmed = forward.records.some(
    (record) => (record.data.type === 'A' || record.data.type === 'AAAA') && record.data.address === address,
  );
  return confirmed
    ? { name: plain(name), reverseName: plain(name), verdict: 'confirmed' }
    : { name: 'unknown', reverseName: plain(name), verdict: 'mismatch' };
}

export type SenderDomain = 'exists' | 'notFound' | 'nullMx' | 'tryAgain';

/** reject_unknown_sender_domain: neither MX nor address, or a null MX (RFC 7505 §4.2). */
export function* senderDomain(domain: string): Asking<SenderDomain> {
  const name = domain.endsWith('.') ? domain : `${domain}.`;
  const mx = yield { name, type: 'MX' };
  if (mx.status === 'NXDOMAIN') return 'notFound';
  if (mx.status !== 'NOERROR') return 'tryAgain';
  const exchanges = mx.records.filter((record) => record.data.type === 'MX');
  if (exchanges.length > 0)
    return exchanges.every((record) => record.data.type === 'MX' && record.data.exchange === '.')
      ? 'nullMx'
      : 'exists';
  for (const type of ['A', 'AAAA'] as const) {
    const answer = yield { name, type };
    if (answer.records.some((record) => record.data.type === type)) return 'exists';
    if (answer.status !== 'NOERROR' && answer.status !== 'NXDOMAIN') return 'tryAgain';
  }
  return 'notFound';
}
