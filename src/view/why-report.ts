// Why a report was sent or held back, and which row a message became in it.

import { printReportRecord } from '../message/report-aggregate.ts';
import type { EventOf } from '../host/events.ts';
import type { Journal } from './journal.ts';
import type { Phrase } from './types.ts';
import { logAround, openZone, type WhyDraft } from './why-base.ts';

type ReportEvent = EventOf<'report.collected' | 'report.sent' | 'report.withheld'>;

export function whyReport(journal: Journal, event: ReportEvent, view: WhyDraft): WhyDraft {
  const say = (key: string, params: NonNullable<Phrase['params']>): void =>
    void view.plain.push({ key, params });
  const { domain, host } = event;
  switch (event.type) {
    case 'report.collected': {
      view.title = { key: 'mark.report.collected', params: { domain } };
      say('why.report.collected', { host, domain });
      view.sections.push({
        type: 'facts',
        title: { key: 'why.envelope' },
        facts: [
          { label: { key: 'why.fact.row' }, value: printReportRecord({ ...event.row, count: 1 }).trimEnd() },
        ],
      });
      return view;
    }
    case 'report.sent':
      if (event.kind === 'failure') say('why.report.failure', { host, domain });
      else say('why.report.sent', { host, domain, n: event.messages, to: event.to });
      break;
    case 'report.withheld':
      say(`why.report.withheld.${event.because}`, { host, domain, to: event.to, name: event.lookup ?? '' });
      if (event.kind === 'aggregate') view.actions.push(...openZone(journal, `_dmarc.${domain}`, 'TXT'));
      break;
  }
  view.sections.push(...logAround(journal, host, event.seq, [domain]));
  view.actions.push({ type: 'openLog', host, seq: event.seq });
  return view;
}
