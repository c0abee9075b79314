// Every question that a verdict asked, with its answer and where that came from: a resolver's memory or the name servers.
// A question in a verdict and the look-up in the trace belong together by host, name and type; what the resolver did is
// read from the causes of the answer. RFC 1034 §5.3.3, RFC 2308.

import type { ArcVerdict } from '../auth/arc-verdict.ts';
import type { DkimVerdict } from '../auth/dkim-verdict.ts';
import type { DmarcVerdict } from '../auth/dmarc.ts';
import type { DnsEvidence } from '../auth/evidence.ts';
import type { SpfCheck, SpfVerdict } from '../auth/spf-verdict.ts';
import { sameName } from '../dns/name.ts';
import type { EventOf } from '../host/events.ts';
import type { Journal } from './journal.ts';
import type { LookupSource, LookupView } from './types.ts';

/** The look-ups of a verdict are not far from it; the search for them is bounded all the same. */
const WALK = 4000;
const CAUSES = 60;

/** What SPF asked, in order. */
export function spfQuestions(verdict: SpfVerdict): DnsEvidence[] {
  const of = (check: SpfCheck): DnsEvidence[] => [
    ...(check.lookup === undefined ? [] : [check.lookup]),
    ...check.terms.flatMap((term) => [
      ...term.questions,
      ...(term.nested === undefined ? [] : of(term.nested)),
    ]),
  ];
  const explanation = verdict.explanationTrace;
  return [
    ...of(verdict.check),
    ...(explanation?.questions ?? []),
    ...(explanation?.lookup === undefined ? [] : [explanation.lookup]),
  ];
}

export function dkimQuestions(verdicts: readonly DkimVerdict[]): DnsEvidence[] {
  return verdicts.flatMap((verdict) => verdict.keyLookup ?? []);
}

export function dmarcQuestions(verdict: DmarcVerdict): DnsEvidence[] {
  return [
    ...verdict.walks.flatMap((walk) =>
      walk.steps.filter((step) => !step.isRepeated).map((step) => step.lookup),
    ),
    ...(verdict.policySource?.existence === undefined ? [] : [verdict.policySource.existence]),
  ];
}

export function arcQuestions(verdict: ArcVerdict): DnsEvidence[] {
  return verdict.instances.flatMap((one) => [
    ...optional(one.messageSignature?.keyLookup),
    ...optional(one.seal?.keyLookup),
  ]);
}

const optional = (one: DnsEvidence | undefined): DnsEvidence[] => (one === undefined ? [] : [one]);

/** The questions with their look-ups in the trace before event `seq` on that host. Each name and type once. */
export function lookupViews(
  journal: Journal,
  place: { readonly host: string; readonly seq: number },
  check: LookupView['check'],
  questions: readonly DnsEvidence[],
): LookupView[] {
  const views: LookupView[] = [];
  for (const { question, answer } of questions) {
    const isKnown = views.some(
      (one) => one.question.type === question.type && sameName(one.question.name, question.name),
    );
    if (isKnown) continue;
    const event = lookupEvent(journal, place, question);
    views.push({
      check,
      question,
      answer,
      ...(event === undefined ? {} : { seq: event.seq, source: sourceOf(journal, event) }),
    });
  }
  return views;
}

function lookupEvent(
  journal: Journal,
  { host, seq }: { readonly host: string; readonly seq: number },
  question: DnsEvidence['question'],
): EventOf<'dns.lookup'> | undefined {
  for (let i = seq - 1, walked = 0; i > 0 && walked < WALK; i--, walked++) {
    const event = journal.trace[i - 1];
    if (
      event?.type === 'dns.lookup' &&
      event.host === host &&
      event.question.type === question.type &&
      sameName(event.question.name, question.name)
    )
      return event;
  }
  return undefined;
}

type Note = EventOf<'dns.resolver'>;

/** What the resolver did for this answer, from the chain of causes behind it. */
function sourceOf(journal: Journal, lookup: EventOf<'dns.lookup'>): LookupSource {
  const resolver = nameAt(journal, lookup.answer.server);
  let seq = lookup.cause;
  for (let walked = 0; seq !== undefined && walked < CAUSES; walked++) {
    const event = journal.trace[seq - 1];
    if (event === undefined) break;
    if (event.type === 'dns.resolver') {
      const { note } = event;
      switch (note.kind) {
        case 'cached': {
          const learnt = learntAt(journal, event);
          return {
            resolver: event.host,
            from: 'cache',
            server: nameAt(journal, note.server),
            ...(learnt === undefined
              ? {}
              : { ageSeconds: Math.max(0, Math.round((event.at - learnt.at) / 1000)) }),
          };
        }
        case 'answer':
        case 'cname':
        case 'nxdomain':
        case 'nodata':
          return { resolver: event.host, from: 'servers', server: nameAt(journal, note.server) };
        case 'failed':
          return { resolver: event.host, from: 'failed' };
        case 'query':
          return { resolver: event.host, from: 'unknown' };
        default:
      }
    }
    seq = event.cause;
  }
  return { resolver, from: lookup.answer.status === 'TIMEOUT' ? 'failed' : 'unknown' };
}

/** When the resolver got what it remembers. */
function learntAt(journal: Journal, cached: Note): Note | undefined {
  for (let seq = cached.seq - 1; seq > 0; seq--) {
    const event = journal.trace[seq - 1];
    if (event?.type !== 'dns.resolver' || event.host !== cached.host) continue;
    const { kind, name, type } = event.note;
    const isAnswer = kind === 'answer' || kind === 'cname' || kind === 'nxdomain' || kind === 'nodata';
    if (isAnswer && sameName(name, cached.note.name) && (kind !== 'answer' || type === cached.note.type))
      return event;
  }
  return undefined;
}

/** The host with that address, or the address. */
function nameAt(journal: Journal, address = ''): string {
  return journal.description.hosts.find((host) => host.addresses.includes(address))?.name ?? address;
}
