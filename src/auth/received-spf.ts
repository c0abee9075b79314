// The Received-SPF field (RFC 7208 §9.1): the result with a sentence, and what went into it. Text on the wire, hence
// English.

import type { SpfResult, SpfVerdict } from './spf-verdict.ts';

/** The sentence, as the reference implementations put it. */
function sentence(result: SpfResult, who: string, ip: string): string {
  switch (result) {
    case 'pass':
      return `domain of ${who} designates ${ip} as permitted sender`;
    case 'fail':
      return `domain of ${who} does not designate ${ip} as permitted sender`;
    case 'softfail':
      return `domain of transitioning ${who} does not designate ${ip} as permitted sender`;
    case 'neutral':
      return `${ip} is neither permitted nor denied by domain of ${who}`;
    case 'none':
      return `domain of ${who} does not provide an SPF record`;
    case 'temperror':
      return `error in processing during lookup of ${who}`;
    case 'permerror':
      return `permanent error in processing domain of ${who}`;
  }
}

/** A value as it may stand after `key=`: a dot-atom, or quoted (RFC 7208 §9.1). */
function printValue(value: string): string {
  const clean = value.replace(/[^\x20-\x7e\x80-\xff]/g, '');
  return /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.:@-]+$/.test(clean) ? clean : `"${clean.replace(/["\\]/g, '\\$&')}"`;
}

/**
 * `Received-SPF: fail (mx.d.example: domain of alice@a.example does not designate 203.0.113.9 as permitted sender)
 * client-ip=203.0.113.9; envelope-from=alice@a.example; helo=mta.a.example;`, folded, without final line end.
 */
export function printReceivedSpf(verdict: SpfVerdict, receiver: string): string {
  const who = verdict.identity === 'helo' ? verdict.helo : verdict.sender;
  const comment = `${receiver}: ${sentence(verdict.result, who, verdict.ip)}`
    .replace(/[^\x20-\x7e\x80-\xff]/g, '')
    .replace(/[()\\]/g, '\\$&');
  const pairs = [`client-ip=${printValue(verdict.ip)}`];
  pairs.push(`envelope-from=${printValue(verdict.identity === 'helo' ? '' : verdict.sender)}`);
  pairs.push(`helo=${printValue(verdict.helo)}`);
  return `Received-SPF: ${verdict.result} (${comment})\r\n\t${pairs.map((pair) => `${pair};`).join(' ')}`;
}
