// Why a Sieve script did what it did: every command and test in order with what was compared, then the actions; and what
// became of what it sends. Read from the run that stands in the trace, never run again.

import type { EventOf } from '../host/events.ts';
import type { SieveStep } from '../sieve/run.ts';
import type { Journal } from './journal.ts';
import { eventOf, logAround, type WhyDraft } from './why-base.ts';
import type { Phrase, WhySection } from './types.ts';

type SieveEvent = EventOf<'sieve.run' | 'sieve.copy' | 'sieve.result' | 'mailbox.quota'>;

export function whySieve(journal: Journal, event: SieveEvent, view: WhyDraft): WhyDraft {
  const say = (key: string, params: Phrase['params'] = {}): void => void view.plain.push({ key, params });
  switch (event.type) {
    case 'sieve.run':
      if (event.error !== undefined) say('why.sieve.error', { line: event.error.span.line });
      for (const { kind, target, line } of event.actions)
        if (kind !== 'noVacation') say(`why.sieve.${kind}`, { target, line: line ?? 0 });
        else say(`why.sieve.no.${target}`);
      view.sections.push(...runSections(event));
      view.sections.push(...logAround(journal, event.host, event.seq, [event.user]).slice(0, 1));
      return view;
    case 'sieve.copy': {
      const to = event.recipients.join(', ');
      say(`why.sieve.copy.${event.purpose}`, { to, sender: event.reversePath });
      const run = eventOf(journal, event.cause, 'sieve.run');
      if (run !== undefined) view.sections.push(...runSections(run));
      return view;
    }
    case 'sieve.result':
      say(`why.sieve.result.${event.status}`, { to: event.recipient });
      if (event.status === 'refused' && event.purpose === 'redirect') say('why.sieve.result.kept');
      view.sections.push({
        type: 'facts',
        title: { key: 'why.fact.details' },
        facts: [{ label: { key: 'why.fact.answer' }, value: event.text }],
      });
      return view;
    case 'mailbox.quota': {
      const { user, percent, bytes, messages, limitBytes, limitMessages } = event;
      say('why.quota.warning', { user, percent });
      if (limitBytes !== undefined) say('why.quota.bytes', { used: bytes, limit: limitBytes });
      if (limitMessages !== undefined) say('why.quota.messages', { used: messages, limit: limitMessages });
      return view;
    }
  }
}

/** The run as a table: line, command or test, what it looked at, and whether it held. */
export function runSections(run: EventOf<'sieve.run'>): readonly WhySection[] {
  if (run.steps.length === 0) return [];
  return [
    {
      type: 'table',
      title: { key: 'why.sieve.steps', params: { user: run.user } },
      head: ['line', 'step', 'looked', 'result'].map((name) => ({ key: `why.sieve.head.${name}` })),
      rows: run.steps
        .filter(({ name }) => name !== 'require')
        .map((step) => [
          String(step.span.line),
          `${'\u00a0\u00a0'.repeat(step.depth)}${step.name}`,
          looked(step),
          step.result === undefined ? '' : step.result ? '✓' : '✗',
        ]),
    },
  ];
}

/** What a step compared, as values and keys; of the rest what else decided. */
function looked(step: SieveStep): string {
  const { compared, matcher, facts } = step;
  const hit = compared.filter(({ matched }) => matched);
  const shown = (hit.length > 0 ? hit : compared).slice(0, 3);
  const how = matcher === undefined ? '' : `:${matcher.type.kind}`;
  const values = shown.map(({ source, value, key }) => `${source}: "${cut(value)}" ${how} "${cut(key)}"`);
  if (values.length > 0) return values.join('; ') + (compared.length > shown.length ? ' …' : '');
  return Object.entries(facts)
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join('; ');
}

const cut = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);
