// Steps of the story about protection on the way: a box that takes STARTTLS away, what a sender makes of DANE and MTA-STS, and
// whether a message went protected, in clear, or not at all.

import type { EventOf, TraceEvent } from '../host/events.ts';
import type { Connections } from './connections.ts';
import type { Phrase, Tone } from './types.ts';

/** A step without its place in time; `weight` says how long to look at it. */
export interface TlsMark {
  readonly kind: 'tcp' | 'queue';
  readonly tone: Tone;
  readonly text: Phrase;
  readonly weight: 'verdict' | 'queue' | 'trouble';
}

/** The step that an event is, if it is one of these. */
export function tlsMark(event: TraceEvent, connections: Connections): TlsMark | undefined {
  switch (event.type) {
    case 'net.meddled': {
      const info = connections.get(event.connection);
      const params = { host: event.host, client: info?.client ?? '', server: info?.server ?? '' };
      return {
        kind: 'tcp',
        tone: 'fail',
        text: { key: `mark.meddled.${event.side}`, params },
        weight: 'trouble',
      };
    }
    case 'smtp.tls':
      return outcome(event);
    case 'smtp.tlsPolicy':
      return event.refusal === undefined
        ? undefined
        : {
            kind: 'tcp',
            tone: 'soft',
            text: { key: 'mark.tlsPolicy.refused', params: { host: event.host, text: event.refusal } },
            weight: 'trouble',
          };
    case 'smtp.sts':
      if (event.result === 'remembered') return undefined;
      return {
        kind: 'queue',
        tone: event.result === 'failed' ? 'soft' : 'info',
        text: {
          key: `mark.sts.${event.result}`,
          params: { domain: event.domain, mode: event.mode ?? '' },
        },
        weight: event.result === 'fetched' ? 'queue' : 'trouble',
      };
    default:
      return undefined;
  }
}

const TONES: Readonly<Record<EventOf<'smtp.tls'>['outcome'], Tone>> = {
  verified: 'pass',
  trusted: 'info',
  untrusted: 'info',
  clear: 'soft',
  fallback: 'soft',
  notOffered: 'fail',
  notTrusted: 'fail',
  notVerified: 'fail',
  handshakeFailed: 'fail',
};

function outcome({ outcome: what, host, by }: EventOf<'smtp.tls'>): TlsMark | undefined {
  // That a certificate was looked at without consequence, the handshake's own step says.
  if (what === 'trusted' || what === 'untrusted') return undefined;
  const isByWhom = what === 'verified' || what === 'notOffered';
  return {
    kind: 'tcp',
    tone: TONES[what],
    text: { key: isByWhom ? `mark.smtpTls.${what}.${by}` : `mark.smtpTls.${what}`, params: { host } },
    weight: what === 'verified' ? 'verdict' : 'trouble',
  };
}
