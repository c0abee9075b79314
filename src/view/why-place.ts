// Why for things that stay: a message, a host, a wire. Each gathers what happened there last.

import type { TraceEvent } from '../host/events.ts';
import { newest } from './history.ts';
import { hostStates } from './hosts.ts';
import type { Journal } from './journal.ts';
import type { WhySection, WhyView } from './types.ts';
import { whyDkim, whyDmarc, whySpf } from './why-auth.ts';
import { eventOf, openZone, type WhyDraft } from './why-base.ts';
import { messageViews } from './messages.ts';
import { wireLines } from './wire.ts';

const blank = (key: string, params: Readonly<Record<string, string | number>>): WhyDraft => ({
  title: { key, params },
  tone: 'info',
  plain: [],
  sections: [],
  rules: [],
  causes: [],
  actions: [],
});

/** Where a message is, and how it came there. */
export function whyMessage(
  journal: Journal,
  id: string,
  event: (journal: Journal, event: TraceEvent) => WhyView,
): WhyView | undefined {
  const message = journal.messages.all.get(id.split(':')[0] ?? '');
  const state = message === undefined ? undefined : newest(message.states);
  const last = state === undefined ? undefined : journal.trace[state.seq - 1];
  if (message === undefined || state === undefined || last === undefined) {
    // It came out of a file, or a mail program put it there: what is told of it is how it came.
    const [, seq] = /^m(\d+):/.exec(id) ?? [];
    const filed = journal.trace[Number(seq ?? '0') - 1];
    return filed === undefined ? undefined : event(journal, filed);
  }
  const view = event(journal, last);
  return {
    ...view,
    title: { key: `why.message.${state.place}`, params: { subject: state.subject, host: state.host } },
    tone: state.tone,
    causes: message.hops.map(({ seq, at, host, text }) => ({ seq, at, host, text })).reverse(),
    actions: [
      ...view.actions.filter((action) => action.type !== 'openMessage'),
      { type: 'openMessage', id: message.id },
      ...(message.copyOf === undefined ? [] : [{ type: 'openMessage' as const, id: message.copyOf }]),
      ...(message.bounceOf === undefined ? [] : [{ type: 'openMessage' as const, id: message.bounceOf }]),
    ],
  };
}

/** What a host is for, what waits on it, what it judged last. */
export function whyHost(journal: Journal, name: string, seq: number): WhyView | undefined {
  const place = journal.description.hosts.find((host) => host.name === name);
  const state = hostStates(journal.hosts, journal.owners, journal.entries, journal.folders, seq).find(
    (host) => host.name === name,
  );
  if (place === undefined || state === undefined) return undefined;
  const view = blank('why.host', { host: name });
  view.plain.push({ key: `why.role.${place.role}`, params: { host: name, domain: place.domain ?? '' } });
  view.sections.push({
    type: 'facts',
    title: { key: 'why.fact.host' },
    facts: [
      { label: { key: 'why.fact.addresses' }, value: place.addresses.join(', ') },
      ...(place.nameservers === undefined
        ? []
        : [{ label: { key: 'why.fact.resolver' }, value: place.nameservers.join(', ') }]),
    ],
  });
  const waiting = messageViews(journal.messages, seq).filter(
    (one) => one.host === name && (one.place === 'queue' || one.place === 'deferred'),
  );
  if (waiting.length > 0)
    view.sections.push({
      type: 'table',
      title: { key: 'why.waiting' },
      head: [{ key: 'why.column.from' }, { key: 'why.column.to' }, { key: 'why.column.subject' }],
      rows: waiting.map((one) => [one.from, one.to.join(', '), one.subject]),
    });
  for (const { check, seq: at } of state.lights) {
    const inner = blank('', {});
    const spf = check === 'spf' ? eventOf(journal, at, 'auth.spf') : undefined;
    const dkim = check === 'dkim' ? eventOf(journal, at, 'auth.dkim') : undefined;
    const dmarc = check === 'dmarc' ? eventOf(journal, at, 'auth.dmarc') : undefined;
    if (spf !== undefined) whySpf(journal, spf, inner);
    if (dkim !== undefined) whyDkim(journal, dkim, inner);
    if (dmarc !== undefined) whyDmarc(journal, dmarc, inner);
    view.sections.push(...inner.sections);
    view.actions.push(...inner.actions);
  }
  const lines = (journal.logs.get(name) ?? []).filter((line) => line.seq <= seq).slice(-12);
  if (lines.length > 0) {
    view.sections.push({ type: 'log', lines });
    view.actions.push({ type: 'openLog', host: name, seq });
  }
  if (place.user !== undefined) view.actions.push({ type: 'openTerminal', host: name });
  for (const zone of journal.zones.values()) {
    const known = newest(zone);
    if (known?.server === name) view.actions.push(...openZone(journal, known.zone, 'SOA'));
  }
  return view;
}

/** What went over a wire last. */
export function whyLink(journal: Journal, from: string, to: string): WhyView | undefined {
  const link = journal.description.links.find(
    ({ between: [a, b] }) => (a === from && b === to) || (a === to && b === from),
  );
  if (link === undefined) return undefined;
  const view = blank('why.link', { from, to });
  view.plain.push({ key: 'why.link.latency', params: { n: link.latencyMs } });
  if ((link.lossPercent ?? 0) > 0)
    view.plain.push({ key: 'why.link.loss', params: { percent: link.lossPercent ?? 0 } });
  view.plain.push({ key: 'why.link.modelled' });
  const over = [...journal.connections.values()].filter((one) =>
    one.path.some((name, i) => {
      const next = one.path[i + 1];
      return (name === from && next === to) || (name === to && next === from);
    }),
  );
  const last = over[over.length - 1];
  if (last !== undefined) {
    const wire: WhySection = {
      type: 'wire',
      title: {
        key: 'why.link.last',
        params: { client: last.client, server: last.server ?? last.to.address },
      },
      lines: wireLines(journal.connections, journal.trace, last.id),
    };
    view.sections.push(wire);
  } else view.plain.push({ key: 'why.link.quiet' });
  return view;
}
