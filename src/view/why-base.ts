// What every answer to "why?" has in common: title and tone of the step, its rule, the chain of causes, and the ways to
// the place where it can be changed.

import { isSubdomain, sameName } from '../dns/name.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { valueAt } from './history.ts';
import type { Journal } from './journal.ts';
import type { MarkView, Phrase, WhyAction, WhySection, WhyView } from './types.ts';

/** An answer in the making. */
export interface WhyDraft extends WhyView {
  title: Phrase;
  tone: WhyView['tone'];
  readonly plain: Phrase[];
  readonly sections: WhySection[];
  readonly rules: { readonly rule: string }[];
  readonly causes: WhyView['causes'][number][];
  readonly actions: WhyAction[];
}

const CAUSES = 12;
/** Events between two steps are many; the walk through them is bounded all the same. */
const WALK = 2000;

/** Title, tone, rule and causes of an event. */
export function baseView(journal: Journal, event: TraceEvent): WhyDraft {
  const mark = stepOf(journal, event);
  return {
    title: mark?.text ?? { key: 'why.event' },
    tone: mark?.tone ?? 'info',
    plain: [],
    sections: [],
    rules: event.rule === undefined ? [] : [{ rule: event.rule }],
    causes: causesOf(journal, event),
    actions: [],
  };
}

/** The step that an event belongs to: its own, or the next one on the same host that it led to. */
function stepOf(journal: Journal, event: TraceEvent): MarkView | undefined {
  const own = journal.marks.bySeq.get(event.seq);
  if (own !== undefined) return own;
  if (event.type !== 'smtp.server' && event.type !== 'smtp.client') return undefined;
  // A session's note belongs to the segment that answers it.
  const next = (journal.connections.get(event.connection)?.data ?? []).find((seq) => seq > event.seq);
  return next === undefined ? undefined : journal.marks.bySeq.get(next);
}

/** The steps that led here, nearest first. */
export function causesOf(journal: Journal, event: TraceEvent): WhyDraft['causes'] {
  const causes: WhyDraft['causes'] = [];
  let seq = event.cause;
  for (let walked = 0; seq !== undefined && walked < WALK && causes.length < CAUSES; walked++) {
    const cause = journal.trace[seq - 1];
    if (cause === undefined) break;
    const mark = journal.marks.bySeq.get(seq);
    if (mark !== undefined) causes.push({ seq, at: mark.at, host: mark.host, text: mark.text });
    seq = cause.cause;
  }
  return causes;
}

/** The event of that number, if it is of the type. */
export function eventOf<T extends TraceEvent['type']>(
  journal: Journal,
  seq: number | undefined,
  type: T,
): EventOf<T> | undefined {
  const event = seq === undefined ? undefined : journal.trace[seq - 1];
  return event?.type === type ? (event as EventOf<T>) : undefined;
}

/** The editable zone that a name belongs to. */
export function zoneOf(journal: Journal, name: string): string | undefined {
  const absolute = name.endsWith('.') ? name : `${name}.`;
  let best: string | undefined;
  for (const zone of journal.zones.keys())
    if ((sameName(zone, absolute) || isSubdomain(absolute, zone)) && zone.length > (best?.length ?? 0))
      best = zone;
  return best;
}

/** The way to a record that the learner can change, if it is in one of the learner's zones. */
export function openZone(journal: Journal, name: string, recordType: string): WhyAction[] {
  const zone = zoneOf(journal, name);
  return zone === undefined
    ? []
    : [{ type: 'openZone', zone, name: name.endsWith('.') ? name : `${name}.`, recordType }];
}

/** The text of the zone as it was published at that moment. */
export function publishedText(journal: Journal, zone: string, seq: number): string | undefined {
  const states = journal.zones.get(zone);
  return states === undefined ? undefined : valueAt(states, seq)?.text;
}

/** Log lines of a host around an event: those that share its cause or come right after it. */
export function logAround(
  journal: Journal,
  host: string,
  seq: number,
  words: readonly string[],
): WhySection[] {
  const lines = (journal.logs.get(host) ?? [])
    .filter((line) => words.some((word) => word !== '' && line.text.includes(word)) && line.seq <= seq + 200)
    .slice(-12);
  return lines.length === 0 ? [] : [{ type: 'log', lines }];
}
