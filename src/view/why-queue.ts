// Why a message waits, goes where it goes, comes back or is gone: the queue's own events.

import type { EventOf } from '../host/events.ts';
import type { Journal } from './journal.ts';
import type { Phrase } from './types.ts';
import { logAround, openZone, type WhyDraft } from './why-base.ts';
import { wireLines } from './wire.ts';

type QueueEvent = EventOf<
  | 'queue.accept'
  | 'queue.active'
  | 'queue.route'
  | 'queue.result'
  | 'queue.deferred'
  | 'queue.bounce'
  | 'queue.removed'
  | 'queue.discarded'
  | 'auth.signed'
>;

const column = (name: string): Phrase => ({ key: `why.column.${name}` });

export function whyQueue(journal: Journal, event: QueueEvent, view: WhyDraft): WhyDraft {
  const say = (key: string, params?: Phrase['params']): void =>
    void view.plain.push({ key: `why.queue.${key}`, ...(params === undefined ? {} : { params }) });
  const facts = (rows: readonly (readonly [string, string])[]): void =>
    void view.sections.push({
      type: 'facts',
      title: { key: 'why.envelope' },
      facts: rows.map(([name, value]) => ({ label: { key: `why.fact.${name}` }, value })),
    });
  switch (event.type) {
    case 'queue.accept':
      say(event.bounceOf === undefined ? 'accepted' : event.isWarning === true ? 'warning' : 'bounce', {
        host: event.host,
        queueId: event.queueId,
      });
      if (event.bounceOf !== undefined) say('bounceSender');
      facts([
        ['queueId', event.queueId],
        ['reversePath', event.reversePath === '' ? '<>' : event.reversePath],
        ['recipients', event.recipients.join(', ')],
        ['size', String(event.size)],
      ]);
      break;
    case 'queue.route':
      say(`route.${event.method}`, { domain: event.domain });
      if (event.candidates.length > 0)
        view.sections.push({
          type: 'table',
          title: { key: 'why.candidates' },
          head: [column('preference'), column('host'), column('address'), column('verdict')],
          rows: event.candidates.map((one) => [String(one.preference), one.host, one.address, one.verdict]),
        });
      if (event.problem !== undefined) view.actions.push(...openZone(journal, event.domain, 'MX'));
      break;
    case 'queue.deferred':
      say('deferred', { reason: event.reason });
      say('retries');
      if (event.until > (journal.trace[journal.seq - 1]?.at ?? 0))
        view.actions.push({
          type: 'passTime',
          until: event.until,
          text: {
            key: 'why.action.retry',
            params: { n: Math.max(1, Math.round((event.until - event.at) / 60_000)) },
          },
        });
      break;
    case 'queue.result':
      say(`result.${event.result.status}`, { recipient: event.result.recipient, relay: event.result.relay });
      facts([
        ['recipient', event.result.recipient],
        ['relay', event.result.relay],
        ['dsn', event.result.dsn],
        ['answer', event.result.text],
      ]);
      if (event.connection !== undefined)
        view.sections.push({
          type: 'wire',
          title: { key: 'why.wire' },
          lines: wireLines(journal.connections, journal.trace, event.connection),
        });
      break;
    case 'queue.discarded':
      say('discarded', { reason: event.reason });
      break;
    case 'queue.active':
      say('active');
      break;
    case 'queue.bounce':
      say('bounced', { recipient: event.recipient });
      break;
    case 'queue.removed':
      say('removed');
      break;
    case 'auth.signed':
      say('signed', { domain: event.domain, selector: event.selector });
      facts([
        ['domain', event.domain],
        ['selector', event.selector],
        ['algorithm', event.algorithm],
      ]);
      break;
  }
  view.sections.push(...logAround(journal, event.host, event.seq, [event.queueId]));
  view.actions.push({ type: 'openLog', host: event.host, seq: event.seq });
  return view;
}
