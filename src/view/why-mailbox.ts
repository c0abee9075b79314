// Why a message lies in this folder: the delivery agent's reasons, with the verdicts that they rest on.

import type { EventOf } from '../host/events.ts';
import type { Journal } from './journal.ts';
import { messageOf } from './messages.ts';
import { eventOf, logAround, type WhyDraft } from './why-base.ts';
import { whyDkim, whyDmarc, whySpf } from './why-auth.ts';
import { judgementOf, judgementSections } from './why-judgement.ts';
import { whyRelay } from './why-relay.ts';
import { runSections } from './why-sieve.ts';
import type { Phrase } from './types.ts';

type MailboxEvent = EventOf<'mailbox.placed'> | EventOf<'mailbox.delivered'> | EventOf<'mailbox.refused'>;

/** The run of a script that led to the event, if one did. */
function runBefore(journal: Journal, event: MailboxEvent): EventOf<'sieve.run'> | undefined {
  const own = eventOf(journal, event.cause, 'sieve.run');
  if (own !== undefined) return own;
  return eventOf(journal, eventOf(journal, event.cause, 'mailbox.placed')?.cause, 'sieve.run');
}

export function whyMailbox(journal: Journal, event: MailboxEvent, view: WhyDraft): WhyDraft {
  if (event.type === 'mailbox.refused') {
    view.plain.push({ key: `why.mailbox.${event.reason}`, params: { recipient: event.recipient } });
    const refusing = runBefore(journal, event);
    if (refusing !== undefined) view.sections.push(...runSections(refusing));
    view.sections.push(...logAround(journal, event.host, event.seq, [event.recipient]));
    return view;
  }
  const run = runBefore(journal, event);
  const id = messageOf(journal.messages, event);
  const message = id === undefined ? undefined : journal.messages.all.get(id);
  const placed = event.type === 'mailbox.placed' ? event : eventOf(journal, event.cause, 'mailbox.placed');
  if (placed !== undefined) {
    const reasons: Phrase[] = placed.reasons.map((reason) => ({
      key: `why.place.${reason.id}`,
      params: reason.params,
    }));
    view.plain.push(...reasons);
    view.sections.push({ type: 'placement', folder: placed.folder, reasons, seq: placed.seq });
    if (run !== undefined) view.sections.push(...runSections(run));
    if (placed.rule !== undefined && !view.rules.some((one) => one.rule === placed.rule))
      view.rules.push({ rule: placed.rule });
  }
  // The evidence behind the reasons, as the mail exchanger found it.
  for (const [seq, add] of [
    [message?.verdicts.dmarc, 'dmarc'],
    [message?.verdicts.spf, 'spf'],
    [message?.verdicts.dkim, 'dkim'],
  ] as const) {
    const inner: WhyDraft = { ...view, plain: [], sections: [], rules: [], causes: [], actions: [] };
    if (add === 'dmarc') {
      const found = eventOf(journal, seq, 'auth.dmarc');
      if (found !== undefined) whyDmarc(journal, found, inner);
    } else if (add === 'spf') {
      const found = eventOf(journal, seq, 'auth.spf');
      if (found !== undefined) whySpf(journal, found, inner);
    } else {
      const found = eventOf(journal, seq, 'auth.dkim');
      if (found !== undefined) whyDkim(journal, found, inner);
    }
    view.sections.push(...inner.sections);
    // The SPF record is the place to look first when the sending host was not on it.
    if (add === 'spf' && event.folder === 'Junk') view.actions.unshift(...inner.actions);
    view.plain.push(...inner.plain.filter((phrase) => phrase.key.startsWith('why.stale')));
  }
  const judging =
    eventOf(journal, message?.verdicts.dmarc, 'auth.dmarc') ??
    eventOf(journal, message?.verdicts.spf, 'auth.spf');
  if (judging !== undefined) {
    const { above, below } = judgementSections(journal, judgementOf(journal, judging));
    view.sections.unshift(...above);
    view.sections.push(...below);
  }
  const chain = eventOf(journal, message?.verdicts.arc, 'auth.arc');
  if (chain !== undefined && chain.verdict.result !== 'none')
    view.sections.push(
      ...whyRelay(journal, chain, { ...view, plain: [], sections: [], actions: [] }).sections.slice(0, 1),
    );
  view.sections.push(...logAround(journal, event.host, event.seq, [event.user]).slice(0, 1));
  return view;
}
