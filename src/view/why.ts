// "Why?" for anything on the page: one view per kind of event, message, host or wire. It gathers what the trace already
// says (verdicts carry their own reasoning) and computes no verdict again. Verdicts are explained in why-auth.ts, the
// queue in why-queue.ts, what went over wires in why-wire.ts, places in why-place.ts.

import type { TraceEvent } from '../host/events.ts';
import type { Journal } from './journal.ts';
import { messageOf } from './messages.ts';
import type { WhyTarget, WhyView } from './types.ts';
import { whyJudged } from './why-auth.ts';
import { baseView, type WhyDraft } from './why-base.ts';
import { whyAccess } from './why-access.ts';
import { whyCopy, whyResolver } from './why-dns.ts';
import { whyMail } from './why-mail.ts';
import { whyMailbox } from './why-mailbox.ts';
import { whyHost, whyLink, whyMessage } from './why-place.ts';
import { whyQueue } from './why-queue.ts';
import { whyReport } from './why-report.ts';
import { whyRelay } from './why-relay.ts';
import { whySieve } from './why-sieve.ts';
import { whyTls } from './why-tls.ts';
import { whyWire } from './why-wire.ts';

/** The answer for a target; undefined when there is no such thing in this world. */
export function why(journal: Journal, target: WhyTarget): WhyView | undefined {
  switch (target.kind) {
    case 'event': {
      const event = journal.trace[target.seq - 1];
      return event === undefined ? undefined : whyEvent(journal, event);
    }
    case 'message':
      return whyMessage(journal, target.id, whyEvent);
    case 'host':
      return whyHost(journal, target.name, target.seq ?? journal.seq);
    case 'link':
      return whyLink(journal, target.from, target.to);
  }
}

/** Why this event, with its own evidence. */
export function whyEvent(journal: Journal, event: TraceEvent): WhyView {
  const view = baseView(journal, event);
  const found = detail(journal, event, view);
  const message = messageOf(journal.messages, event);
  if (message !== undefined && !found.actions.some((action) => action.type === 'openMessage'))
    found.actions.push({ type: 'openMessage', id: message });
  return found;
}

function detail(journal: Journal, event: TraceEvent, view: WhyDraft): WhyDraft {
  switch (event.type) {
    case 'auth.spf':
    case 'auth.dkim':
    case 'auth.dmarc':
      return whyJudged(journal, event, view);
    case 'mailbox.placed':
    case 'mailbox.delivered':
    case 'mailbox.refused':
      return whyMailbox(journal, event, view);
    case 'imap.server':
    case 'pop3.server':
    case 'mailbox.folder':
    case 'mailbox.imported':
    case 'tls.established':
    case 'tls.failed':
      return whyAccess(journal, event, view);
    case 'mail.client':
    case 'imap.client':
    case 'pop3.client':
      return whyMail(journal, event, view);
    case 'net.meddled':
    case 'smtp.tls':
    case 'smtp.tlsPolicy':
    case 'smtp.sts':
      return whyTls(journal, event, view);
    case 'sieve.run':
    case 'sieve.copy':
    case 'sieve.result':
    case 'mailbox.quota':
      return whySieve(journal, event, view);
    case 'queue.accept':
    case 'queue.active':
    case 'queue.route':
    case 'queue.result':
    case 'queue.deferred':
    case 'queue.bounce':
    case 'queue.removed':
    case 'queue.discarded':
    case 'auth.signed':
      return whyQueue(journal, event, view);
    case 'dns.resolver':
      return whyResolver(journal, event, view);
    case 'zone.copy':
      return whyCopy(journal, event, view);
    case 'resolver.flushed':
      view.plain.push({ key: 'why.flushed' });
      return view;
    case 'report.collected':
    case 'report.sent':
    case 'report.withheld':
      return whyReport(journal, event, view);
    case 'client.checked':
    case 'auth.arc':
    case 'auth.sealed':
    case 'queue.srs':
    case 'client.greylisted':
    case 'content.found':
    case 'queue.alias':
    case 'queue.bound':
    case 'list.accept':
    case 'list.decided':
    case 'list.copy':
    case 'list.result':
    case 'list.bounce':
    case 'list.member':
      return whyRelay(journal, event, view);
    default:
      return whyWire(journal, event, view);
  }
}
