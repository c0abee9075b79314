// Why a name server's copy of a zone is what it is, and how a resolver came to its answer. Everything is read from the
// notes that resolvers and name servers leave in the trace. RFC 1034 §5.3.3, RFC 1996, RFC 5936.

import { withoutDot } from '../dns/name.ts';
import type { EventOf } from '../host/events.ts';
import type { Journal } from './journal.ts';
import { openZone, type WhyDraft } from './why-base.ts';

/** What became of a secondary's copy. */
export function whyCopy(journal: Journal, event: EventOf<'zone.copy'>, view: WhyDraft): WhyDraft {
  const params = {
    zone: withoutDot(event.zone),
    server: event.host,
    serial: event.serial ?? 0,
    offered: event.offered ?? 0,
    why: event.why ?? '',
  };
  view.plain.push({ key: 'why.copy.what', params }, { key: `why.copy.${event.what}`, params });
  if (event.what !== 'transferred') view.actions.push(...openZone(journal, event.zone, 'SOA'));
  return view;
}
