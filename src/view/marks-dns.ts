// What one DNS answer on the wire says, for the story: an answer, a referral to somebody who knows more, or a no. A query
// makes no step of its own; its answer tells both. Whether a resolver had it in its cache is read from what caused the
// answer. RFC 1034 §4.3.1.

import { latin1 } from '../base/bytes.ts';
import { withoutDot } from '../dns/name.ts';
import { rdataText, typeCode, typeName } from '../dns/records.ts';
import { decodeMessage, rcodeName, type DnsMessage } from '../dns/wire.ts';
import { OPCODE_NOTIFY } from '../dns/zone-transfer.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import type { Phrase, Tone } from './types.ts';

export interface DnsStep {
  readonly text: Phrase;
  readonly tone: Tone;
  readonly label: string;
  readonly cached: boolean;
}

/** The step that a datagram is, if it is an answer of a DNS server. */
export function dnsMark(
  event: EventOf<'net.datagram'>,
  trace: readonly TraceEvent[],
  resolvers: ReadonlySet<string>,
): DnsStep | undefined {
  if (event.from.port !== 53) return undefined;
  const decoded = decodeMessage(latin1(event.bytes));
  if (!decoded.ok) return undefined;
  if (decoded.value.opcode === OPCODE_NOTIFY) return notified(decoded.value, event);
  if (!decoded.value.flags.qr) return undefined;
  return describe(decoded.value, event, resolvers.has(event.host) && answersAtOnce(event, trace));
}

/** A primary tells a secondary that a zone has changed (RFC 1996); that it was heard is no step of its own. */
function notified(message: DnsMessage, event: EventOf<'net.datagram'>): DnsStep | undefined {
  if (message.flags.qr) return undefined;
  const name = withoutDot(message.questions[0]?.name ?? '.');
  const params = { name, server: event.host, to: event.path.at(-1) ?? event.to.address };
  return {
    text: { key: 'mark.dns.notify', params },
    tone: 'info',
    label: `NOTIFY ${name}`,
    cached: false,
  };
}

/** Nothing but the query itself led to the answer: the resolver asked nobody. */
export function answersAtOnce(event: TraceEvent, trace: readonly TraceEvent[]): boolean {
  for (let seq = event.cause, steps = 0; seq !== undefined && steps < 8; steps++) {
    const cause = trace[seq - 1];
    if (cause === undefined) return false;
    if (cause.type === 'net.datagram' || cause.type === 'net.data')
      return cause.type === 'net.datagram' && cause.to.port === 53;
    seq = cause.cause;
  }
  return false;
}

function describe(message: DnsMessage, event: EventOf<'net.datagram'>, cached: boolean): DnsStep {
  const question = message.questions[0];
  const name = withoutDot(question?.name ?? '.');
  const type = typeName(question?.type ?? 0);
  const asked = { name, type, server: event.host };
  const label = `${name} ${type}`;
  const step = (key: string, tone: Tone, more: Readonly<Record<string, string>> = {}): DnsStep => ({
    text: { key: cached ? `mark.dns.${key}.cached` : `mark.dns.${key}`, params: { ...asked, ...more } },
    tone,
    label,
    cached,
  });
  const rcode = rcodeName(message.rcode);
  if (rcode === 'NXDOMAIN') return step('nxdomain', 'none');
  if (rcode !== 'NOERROR') return step('failed', 'fail', { status: rcode });
  const wanted = message.answers.filter((record) => typeCode(record.data) === question?.type);
  const shown = wanted[0] ?? message.answers[0];
  if (shown !== undefined) {
    const text = rdataText(shown.data);
    return step('answer', 'info', { value: text.length > 60 ? `${text.slice(0, 59)}…` : text });
  }
  const referral = message.authority.find((record) => record.data.type === 'NS');
  if (referral?.data.type === 'NS' && !message.flags.aa)
    return step('referral', 'info', {
      zone: withoutDot(referral.name),
      next: withoutDot(referral.data.host),
    });
  return step('nodata', 'none');
}
