// One receiver's judgement of one message, put together from its events: the verdicts, what the diagnosis finds in them,
// what the receiver did, how the message had changed, and every look-up. Nothing is checked again. RFC 9989 §5.3.

import type { DiagnoseContext } from '../auth/diagnose.ts';
import { diagnose } from '../auth/diagnose.ts';
import { signedHash } from '../auth/diagnose-dkim.ts';
import { isInDomain, plainDomain } from '../auth/domain.ts';
import { profileOutcomes } from '../auth/receiver-profiles.ts';
import { reportRow } from '../auth/report-row.ts';
import { sameName } from '../dns/name.ts';
import { parseZone } from '../dns/zone-file.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { bodyOf, parseMessage } from '../message/header.ts';
import type { ReportRow } from '../message/report-aggregate.ts';
import { rules } from '../text/rules.ts';
import { hopChanges, versionsTo, type MessageVersion } from './changes.ts';
import type { Journal } from './journal.ts';
import type { DkimMaterial, FindingView, LookupView, ReceiverView, WhySection } from './types.ts';
import { openZone, publishedText, zoneOf } from './why-base.ts';
import { knownChanges, signatureWay } from './why-changes.ts';
import { arcQuestions, dkimQuestions, dmarcQuestions, lookupViews, spfQuestions } from './why-lookups.ts';

/** Verdicts about one message stand close together; SPF may come at RCPT, the message later. */
const AROUND = 3000;
const BODY_SHOWN = 4096;

export type Judging =
  EventOf<'auth.spf'> | EventOf<'auth.dkim'> | EventOf<'auth.dmarc'> | EventOf<'auth.arc'>;

export interface Judgement {
  readonly spf?: EventOf<'auth.spf'>;
  readonly dkim?: EventOf<'auth.dkim'>;
  readonly dmarc?: EventOf<'auth.dmarc'>;
  readonly arc?: EventOf<'auth.arc'>;
  readonly host: string;
  readonly connection: number;
  /** The last of its events. */
  readonly seq: number;
  readonly versions: readonly MessageVersion[];
}

/** The judgement that an event belongs to. */
export function judgementOf(journal: Journal, event: Judging): Judgement {
  const found: Partial<Record<Judging['type'], Judging>> = { [event.type]: event };
  const consider = (other: TraceEvent | undefined): void => {
    if (other === undefined || !isJudging(other) || other.host !== event.host) return;
    if (other.connection !== event.connection || other.queueId !== event.queueId) return;
    found[other.type] ??= other;
  };
  for (let i = 1; i <= AROUND; i++) {
    consider(journal.trace[event.seq - 1 - i]);
    consider(journal.trace[event.seq - 1 + i]);
    // Not every receiver checks ARC; where one does, it stands next to the others.
    if (Object.keys(found).length === 4 || (i > 60 && Object.keys(found).length === 3)) break;
  }
  const spf = found['auth.spf'] as EventOf<'auth.spf'> | undefined;
  const dkim = found['auth.dkim'] as EventOf<'auth.dkim'> | undefined;
  const dmarc = found['auth.dmarc'] as EventOf<'auth.dmarc'> | undefined;
  const arc = found['auth.arc'] as EventOf<'auth.arc'> | undefined;
  return {
    ...(spf === undefined ? {} : { spf }),
    ...(dkim === undefined ? {} : { dkim }),
    ...(dmarc === undefined ? {} : { dmarc }),
    ...(arc === undefined ? {} : { arc }),
    host: event.host,
    connection: event.connection,
    seq: Math.max(spf?.seq ?? 0, dkim?.seq ?? 0, dmarc?.seq ?? 0),
    versions: versionsTo(journal, event.connection, event.seq),
  };
}

function isJudging(event: TraceEvent): event is Judging {
  return (
    event.type === 'auth.spf' ||
    event.type === 'auth.dkim' ||
    event.type === 'auth.dmarc' ||
    event.type === 'auth.arc'
  );
}

/** The look-ups of all of them. */
export function judgementLookups(journal: Journal, one: Judgement): LookupView[] {
  const { host, spf, dkim, dmarc, arc } = one;
  return [
    ...(spf === undefined
      ? []
      : lookupViews(journal, { host, seq: spf.seq }, 'spf', spfQuestions(spf.verdict))),
    ...(dkim === undefined
      ? []
      : lookupViews(journal, { host, seq: dkim.seq }, 'dkim', dkimQuestions(dkim.verdicts))),
    ...(dmarc === undefined
      ? []
      : lookupViews(journal, { host, seq: dmarc.seq }, 'dmarc', dmarcQuestions(dmarc.verdict))),
    ...(arc === undefined
      ? []
      : lookupViews(journal, { host, seq: arc.seq }, 'arc', arcQuestions(arc.verdict))),
  ];
}

/** The message as it arrived and the ways of its signatures. */
export function dkimMaterial(one: Judgement): DkimMaterial {
  const verdicts = one.dkim?.verdicts ?? [];
  const arrived = one.versions[one.versions.length - 1];
  const message = arrived === undefined ? undefined : parseMessage(arrived.text);
  return {
    ...(message === undefined
      ? {}
      : { fields: message.fields.map((field) => field.raw), body: bodyOf(message).slice(0, BODY_SHOWN) }),
    ways: verdicts.map((verdict) => signatureWay(one.versions, verdict)),
    signedHashes: verdicts.map(signedHash),
  };
}

/** The parts that belong to the message as a whole: what is wrong, above the verdicts; the rest below them. */
export function judgementSections(
  journal: Journal,
  one: Judgement,
): { readonly above: WhySection[]; readonly below: WhySection[] } {
  const findings = findingViews(journal, one);
  const lookups = judgementLookups(journal, one);
  const hops = hopChanges(one.versions);
  return {
    above: findings.length === 0 ? [] : [{ type: 'findings', findings }],
    below: [
      { type: 'receiver', receiver: receiverView(journal, one) },
      ...(hops.length === 0 ? [] : [{ type: 'changes' as const, hops }]),
      ...(lookups.length === 0 ? [] : [{ type: 'lookups' as const, lookups }]),
    ],
  };
}

/** What the diagnosis says about it. */
export function findingViews(journal: Journal, one: Judgement): FindingView[] {
  const { spf, dkim, dmarc } = one;
  const seqs = { spf: spf?.seq ?? one.seq, dkim: dkim?.seq ?? one.seq, dmarc: dmarc?.seq ?? one.seq };
  const found = diagnose(
    {
      ...(spf === undefined ? {} : { spf: spf.verdict }),
      ...(dkim === undefined ? {} : { dkim: dkim.verdicts }),
      ...(dmarc === undefined ? {} : { dmarc: dmarc.verdict }),
    },
    contextOf(journal, one),
  );
  return found.map(({ id, severity, params, evidence }) => {
    const [action] = evidence.record === undefined ? [] : openZone(journal, evidence.record, 'TXT');
    return {
      id,
      severity,
      params,
      rule: rules[id],
      seq: seqs[evidence.check],
      ...(action === undefined ? {} : { action }),
    };
  });
}

function contextOf(journal: Journal, one: Judgement): DiagnoseContext {
  const { hosts } = journal.description;
  const verdict = one.spf?.verdict;
  const sender = hosts.find((host) => host.addresses.includes(verdict?.ip ?? ''));
  const domain = verdict?.domain ?? '';
  const worksFor = (host: string): boolean => {
    const of = hosts.find((place) => place.name === host)?.domain ?? '';
    return of !== '' && isInDomain(domain, of);
  };
  // Somebody else's host that took it from one of the domain's own and handed it on.
  const last = one.versions[one.versions.length - 1]?.host ?? '';
  const isForwarded =
    sender !== undefined &&
    sender.name === last &&
    !worksFor(last) &&
    one.versions.slice(0, -1).some((version) => worksFor(version.host));
  return {
    ...(sender === undefined ? {} : { sender: { host: sender.name, isOwn: worksFor(sender.name) } }),
    ...(isForwarded ? { forwardedBy: last } : {}),
    changes: (one.dkim?.verdicts ?? []).map((signature) => {
      const way = signatureWay(one.versions, signature);
      return way === undefined ? undefined : knownChanges(way.hops);
    }),
    hasText: (name) => isPublished(journal, name, one.seq),
  };
}

/** One of the learner's zones has a TXT record there. */
function isPublished(journal: Journal, name: string, seq: number): boolean {
  const zone = zoneOf(journal, name);
  const text = zone === undefined ? undefined : publishedText(journal, zone, seq);
  if (zone === undefined || text === undefined) return false;
  const wanted = `${plainDomain(name)}.`;
  return parseZone(text, zone).records.some(
    (record) => record.data.type === 'TXT' && sameName(record.name, wanted),
  );
}

/** What the receiver did, and what others would do. */
export function receiverView(journal: Journal, one: Judgement): ReceiverView {
  const { spf, dkim, dmarc, host } = one;
  const reply = replyAfter(journal, one);
  const others =
    spf === undefined || dmarc === undefined
      ? []
      : profileOutcomes({ spf: spf.verdict, dkim: dkim?.verdicts ?? [], dmarc: dmarc.verdict });
  return {
    host,
    ...(dmarc === undefined ? {} : { decision: dmarc.decision }),
    ...(reply === undefined ? {} : { reply }),
    fields: writtenFields(journal, one),
    others,
  };
}

/** The reply that followed on this connection: the receiver's last word on this message. */
function replyAfter(journal: Journal, one: Judgement): ReceiverView['reply'] {
  for (let seq = one.seq + 1; seq <= Math.min(one.seq + AROUND, journal.seq); seq++) {
    const event = journal.trace[seq - 1];
    if (event?.type !== 'smtp.server' || event.connection !== one.connection || event.host !== one.host)
      continue;
    if (event.note.kind !== 'reply') continue;
    const { code, enhanced, lines } = event.note.reply;
    return {
      seq: event.seq,
      code,
      text: [code, enhanced, lines[0]].filter((part) => part !== undefined).join(' '),
      to: event.note.to,
    };
  }
  return undefined;
}

const RESULT_FIELDS = ['authentication-results', 'received-spf'];

/** Authentication-Results and Received-SPF on top of the message as it was taken in; none when it was not. */
function writtenFields(journal: Journal, one: Judgement): string[] {
  for (let seq = one.seq + 1; seq <= Math.min(one.seq + AROUND, journal.seq); seq++) {
    const event = journal.trace[seq - 1];
    if (event?.type !== 'queue.accept' || event.host !== one.host) continue;
    if (event.connection !== one.connection) continue;
    const { fields } = parseMessage(journal.kept.get(event.message) ?? '');
    const end = fields.findIndex((field) => !RESULT_FIELDS.includes(field.key));
    return fields.slice(0, end < 0 ? fields.length : end).map((field) => field.raw.replace(/\r\n$/, ''));
  }
  return [];
}

/** The row that this message makes in the next report to the author's domain, and whether this receiver sends reports. */
export function rowOf(
  journal: Journal,
  one: Judgement,
  envelopeTo: string | undefined,
): { readonly row: ReportRow; readonly isCollected: boolean } | undefined {
  for (let seq = one.seq + 1; seq <= Math.min(one.seq + 200, journal.seq); seq++) {
    const event = journal.trace[seq - 1];
    if (event?.type !== 'report.collected' || event.host !== one.host) continue;
    if (event.connection === one.connection) return { row: event.row, isCollected: true };
  }
  const { spf, dkim, dmarc } = one;
  const wantsReports = dmarc?.verdict.record?.parsed.rua.some((uri) => uri.address !== undefined) === true;
  if (spf === undefined || dmarc === undefined || !wantsReports) return undefined;
  const verdicts = { spf: spf.verdict, dkim: dkim?.verdicts ?? [], dmarc: dmarc.verdict };
  return { row: reportRow(verdicts, dmarc.decision, envelopeTo), isCollected: false };
}
