// Why a name server's copy of a zone is what it is, and how a resolver came to its answer: from the root down, with what it
// remembered, who was silent, who knew nothing. Everything is read from the notes that resolvers and name servers leave in
// the trace. RFC 1034 §5.3.3, RFC 1996, RFC 5936.

import { withoutDot } from '../dns/name.ts';
import type { FailureReason, ResolverNote } from '../dns/resolver-note.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import type { Journal } from './journal.ts';
import type { DnsStepView, Phrase, Tone } from './types.ts';
import { openZone, type WhyDraft } from './why-base.ts';

type NoteEvent = EventOf<'dns.resolver'>;

/** Causes between an answer at its destination and the note of the resolver that sent it. */
const WALK = 40;
/** A resolution is bounded (`maxQueries`), and so are its notes. */
const MOST_STEPS = 200;

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

/** A step of a resolution, with all the others. */
export function whyResolver(journal: Journal, event: NoteEvent, view: WhyDraft): WhyDraft {
  const { text, tone } = stepOf(event.note, journal.marks.ownerOf, event.host);
  view.title = text;
  view.tone = tone;
  addSteps(journal, event, view);
  view.actions.push(...openZone(journal, event.note.name, event.note.type));
  return view;
}

/** Adds the resolution that an answer, a look-up or a note is about, if the trace has one. */
export function addSteps(journal: Journal, event: TraceEvent, view: WhyDraft): void {
  const about = noteBehind(journal, event);
  if (about === undefined) return;
  const notes = notesOf(journal, about);
  const first = notes[0];
  if (first === undefined) return;
  const steps = notes.map((one): DnsStepView => {
    const { text, tone } = stepOf(one.note, journal.marks.ownerOf, one.host);
    const level = one.note.job === about.note.job ? 0 : 1;
    return { seq: one.seq, after: one.at - first.at, text, tone, level, rule: one.note.rule };
  });
  view.sections.push({ type: 'dnsSteps', resolver: about.host, steps });
  const failed = notes.findLast(({ note }) => note.kind === 'failed')?.note;
  if (failed?.kind === 'failed') view.plain.push({ key: FAILURES[failed.why] });
  for (const { note } of notes)
    if (!view.rules.some(({ rule }) => rule === note.rule)) view.rules.push({ rule: note.rule });
}

function noteBehind(journal: Journal, event: TraceEvent): NoteEvent | undefined {
  let at: TraceEvent | undefined = event;
  for (let walked = 0; at !== undefined && walked < WALK; walked++) {
    if (at.type === 'dns.resolver' && at.note.job > 0) return at;
    at = at.cause === undefined ? undefined : journal.trace[at.cause - 1];
  }
  return undefined;
}

/** The notes of one resolution and of the look-ups for name servers' addresses that it had to begin. */
function notesOf(journal: Journal, about: NoteEvent): NoteEvent[] {
  const { job } = about.note;
  const start = firstOf(journal, about);
  const jobs = new Set([job]);
  const wanted = new Set<string>();
  const found: NoteEvent[] = [];
  for (let seq = start; seq <= journal.seq && found.length < MOST_STEPS; seq++) {
    const event = journal.trace[seq - 1];
    if (event?.type !== 'dns.resolver' || event.host !== about.host) continue;
    const { note } = event;
    if (note.job > job && wanted.has(note.name.toLowerCase())) jobs.add(note.job);
    if (!jobs.has(note.job) || note.kind === 'ignored') continue;
    if (note.kind === 'address-wanted') wanted.add(note.host.toLowerCase());
    found.push(event);
    if (note.kind === 'replied' && note.job === job && event.seq >= about.seq) break;
  }
  return found;
}

/** Number of the first event of a resolution: a resolver counts its jobs up, so nothing of it stands before. */
function firstOf(journal: Journal, about: NoteEvent): number {
  let first = about.seq;
  for (let seq = about.seq; seq > 0 && seq > about.seq - 20_000; seq--) {
    const event = journal.trace[seq - 1];
    if (event?.type !== 'dns.resolver' || event.host !== about.host) continue;
    if (event.note.job === about.note.job) first = seq;
    if (event.note.job === about.note.job && event.note.kind === 'query') return seq;
  }
  return first;
}

const FAILURES: Readonly<Record<FailureReason, string>> = {
  'no server answers': 'why.step.failed.silent',
  'all servers lame': 'why.step.failed.lame',
  'no address of a name server': 'why.step.failed.address',
  'alias loop': 'why.step.failed.loop',
  'alias chain too long': 'why.step.failed.chain',
  'too many queries': 'why.step.failed.queries',
  'out of time': 'why.step.failed.time',
  'failed lately': 'why.step.failed.lately',
  'DNSSEC bogus': 'why.step.failed.bogus',
};

/** A note in words. */
function stepOf(
  note: ResolverNote,
  ownerOf: ReadonlyMap<string, string>,
  resolver: string,
): { text: Phrase; tone: Tone } {
  const named = (address: string): string => ownerOf.get(address) ?? address;
  const ends = (client: string): string => named(client.split(' ')[0]?.replace(/#\d+$/, '') ?? client);
  const base = { name: withoutDot(note.name), type: note.type, resolver };
  const say = (
    key: string,
    tone: Tone,
    params: Readonly<Record<string, string | number>> = {},
  ): { text: Phrase; tone: Tone } => ({
    text: { key: `why.step.${key}`, params: { ...base, ...params } },
    tone,
  });
  const list = (hosts: readonly string[]): string => hosts.map(withoutDot).join(', ');
  const server = 'server' in note ? named(note.server) : '';
  const zone = 'zone' in note ? withoutDot(note.zone) : '';
  switch (note.kind) {
    case 'query':
      return say('query', 'info', { client: ends(note.client) });
    case 'joined':
      return say('joined', 'info', { client: ends(note.client) });
    case 'cached':
      return say(`cached.${note.what}`, note.what === 'servfail' ? 'fail' : 'pass', { n: note.ttl, server });
    case 'start':
      return note.ttl === undefined
        ? say('start.root', 'info', { hosts: list(note.hosts) })
        : say('start.known', 'pass', { zone, hosts: list(note.hosts), n: note.ttl });
    case 'asked':
      if (note.transport === 'tcp') return say('asked.tcp', 'info', { server });
      return zone === '.' ? say('asked.root', 'info', { server }) : say('asked', 'info', { server, zone });
    case 'referral':
      return say(note.glue > 0 ? 'referral' : 'referral.bare', 'info', {
        server,
        to: withoutDot(note.to),
        hosts: list(note.hosts),
        n: note.ttl,
      });
    case 'answer': {
      const value = note.data.join(', ');
      return say('answer', 'pass', {
        server,
        value: value.length > 120 ? `${value.slice(0, 119)}…` : value,
        n: note.ttl,
      });
    }
    case 'cname':
      return say('cname', 'info', { server, target: withoutDot(note.target), n: note.ttl });
    case 'nxdomain':
    case 'nodata':
      return say(note.kind, 'none', { server, n: note.ttl });
    case 'timeout':
      return say('timeout', 'soft', { server, n: note.waitedMs });
    case 'unreachable':
    case 'lame':
      return say(note.kind, 'soft', { server, zone, why: note.why });
    case 'truncated':
    case 'no-edns':
      return say(note.kind, 'info', { server });
    case 'address-wanted':
      return say('addressWanted', 'info', { host: withoutDot(note.host) });
    case 'missing-glue':
      return say('missingGlue', 'soft', { host: withoutDot(note.host), zone });
    case 'address-loop':
      return say('addressLoop', 'soft', { host: withoutDot(note.host), zone });
    case 'ignored':
      return say('ignored', 'soft', { server });
    case 'failed':
      return { text: { key: FAILURES[note.why] }, tone: 'fail' };
    case 'replied':
      return say('replied', note.rcode === 'NOERROR' ? 'pass' : note.rcode === 'NXDOMAIN' ? 'none' : 'fail', {
        client: ends(note.client),
        rcode: note.rcode,
      });
  }
}
