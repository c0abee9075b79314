// Steps of the story between origin and destination: looks at the client, forwarders that rewrite or seal, mailing lists, and
// verdicts that somebody overruled.

import type { EventOf, TraceEvent } from '../host/events.ts';
import type { Phrase, Tone } from './types.ts';

/** A step without its place in time; `weight` says how long to look at it. */
export interface RelayMark {
  readonly kind: 'tcp' | 'auth' | 'queue' | 'delivery';
  readonly tone: Tone;
  readonly text: Phrase;
  readonly weight: 'verdict' | 'queue' | 'trouble';
}

/** The step that an event is, if it is one of these. */
export function relayMark(event: TraceEvent): RelayMark | undefined {
  switch (event.type) {
    case 'client.checked': {
      const { check, result, address, list = '', name = '' } = event;
      if (result === 'pass') return undefined;
      const key =
        result === 'noAnswer'
          ? 'mark.client.noAnswer'
          : check === 'blockList'
            ? 'mark.client.blockList'
            : name === ''
              ? 'mark.client.noName'
              : 'mark.client.wrongName';
      return {
        kind: 'tcp',
        tone: result === 'reject' ? 'fail' : 'soft',
        text: { key, params: { address, list, name } },
        weight: 'trouble',
      };
    }
    case 'auth.arc': {
      const { verdict, trust } = event;
      if (verdict.result === 'none') return undefined;
      const key = verdict.result === 'fail' ? 'fail' : trust.isTrusted ? 'trusted' : 'pass';
      return {
        kind: 'auth',
        tone: key === 'trusted' ? 'pass' : key === 'fail' ? 'fail' : 'soft',
        text: { key: `mark.arc.${key}`, params: { sealers: verdict.sealers.join(', ') } },
        weight: 'verdict',
      };
    }
    case 'auth.sealed':
      return {
        kind: 'auth',
        tone: 'info',
        text: { key: 'mark.sealed', params: { domain: event.domain, n: event.instance } },
        weight: 'queue',
      };
    case 'queue.srs': {
      const { direction, address, result, problem } = event;
      const key = problem === undefined ? direction : 'refused';
      return {
        kind: 'queue',
        tone: key === 'refused' ? 'fail' : 'info',
        text: { key: `mark.srs.${key}`, params: { address, result, problem: problem ?? '' } },
        weight: key === 'refused' ? 'trouble' : 'queue',
      };
    }
    case 'client.greylisted': {
      const { verdict, address } = event;
      if (verdict.action === 'pass' && verdict.delayedSeconds === undefined) return undefined;
      const isDeferred = verdict.action === 'greylist';
      const seconds = isDeferred ? verdict.secondsMissing : (verdict.delayedSeconds ?? 0);
      return {
        kind: 'queue',
        tone: isDeferred ? 'soft' : 'pass',
        text: {
          key: isDeferred ? `mark.greylist.${verdict.reason}` : 'mark.greylist.pass',
          params: { address, n: Math.ceil(seconds / 60) },
        },
        weight: 'trouble',
      };
    }
    case 'content.found': {
      const { finding } = event;
      const name = finding.kind === 'virus' ? finding.name : finding.rule;
      const score = finding.kind === 'spam' ? finding.score : 0;
      return {
        kind: 'queue',
        tone: 'fail',
        text: { key: `mark.content.${finding.kind}`, params: { name, score } },
        weight: 'trouble',
      };
    }
    case 'queue.alias': {
      if (event.loop === undefined && event.table === 'virtual') return undefined;
      const params = { address: event.address, n: event.targets.length };
      return {
        kind: 'queue',
        tone: event.loop === undefined ? 'info' : 'fail',
        text: { key: event.loop === undefined ? 'mark.alias' : `mark.aliasLoop.${event.loop}`, params },
        weight: event.loop === undefined ? 'queue' : 'trouble',
      };
    }
    case 'queue.bound':
      return {
        kind: 'queue',
        tone: 'fail',
        text: { key: 'mark.hopBudget', params: { queueId: event.queueId, limit: event.limit } },
        weight: 'trouble',
      };
    case 'list.decided':
      return decided(event);
    case 'list.bounce':
      return {
        kind: 'delivery',
        tone: 'soft',
        text: {
          key: 'mark.list.bounce',
          params: { list: event.list, member: event.member, score: event.score, threshold: event.threshold },
        },
        weight: 'trouble',
      };
    case 'list.member':
      return {
        kind: 'delivery',
        tone: event.change === 'bouncedOff' ? 'fail' : 'info',
        text: { key: `mark.list.${event.change}`, params: { list: event.list, member: event.member } },
        weight: event.change === 'bouncedOff' ? 'trouble' : 'queue',
      };
    default:
      return undefined;
  }
}

function decided(event: EventOf<'list.decided'>): RelayMark | undefined {
  const { action, reason, list, members, mitigation } = event;
  if (action === 'count' || action === 'forward' || action === 'command') return undefined;
  const key = action === 'distribute' ? `distribute.${mitigation}` : `${action}.${reason}`;
  return {
    kind: 'delivery',
    tone: action === 'distribute' ? 'info' : 'fail',
    text: { key: `mark.list.${key}`, params: { list, n: members } },
    weight: action === 'distribute' ? 'verdict' : 'trouble',
  };
}

/** What a receiver did otherwise than the domain asks; undefined when it did as asked. */
export function overrideMark({ verdict, decision }: EventOf<'auth.dmarc'>): Phrase | undefined {
  const override = decision.overrides.find((one) => one !== 'policy_test_mode');
  if (verdict.result !== 'fail' || override === undefined) return undefined;
  const params = { domain: verdict.author, policy: verdict.policy ?? 'none' };
  const key = decision.action === 'junk' ? 'milder' : decision.comment === undefined ? override : 'arc';
  return { key: `mark.dmarc.overridden.${key}`, params };
}
