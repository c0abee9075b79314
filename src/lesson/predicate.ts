// Has it happened? Evaluates the predicates of a lesson over the trace and answers with the event that made them true,
// which is the reason shown beside the tick.

import { DAY } from '../base/dates.ts';
import type { EventOf, TraceEvent } from '../host/events.ts';
import { allFields, bodyOf, parseMessage } from '../message/header.ts';
import { decodeHeaderText } from '../message/encoded-word.ts';
import { trace, type World } from '../world/world.ts';
import type {
  DeliveredSpec,
  EventSpec,
  Matcher,
  Predicate,
  PublishedSpec,
  SessionSpec,
  Where,
} from './format.ts';

/** What a predicate may ask besides the trace. */
export interface Evidence {
  readonly world: World;
  /** Mistakes that the coach has seen: `LM-07` to the event. */
  readonly mistakes: ReadonlyMap<string, number>;
  /** Records of a zone as published, from the room that reads zones. */
  records(zone: string): readonly { readonly name: string; readonly type: string; readonly text: string }[];
  /** What is wrong with a zone as published: ids of its errors and warnings. */
  findings(zone: string): readonly string[];
  /** The answers given so far: question to choice. */
  readonly answers: ReadonlyMap<string, { readonly choice: string; readonly seq: number }>;
  isRight(question: string, choice: string): boolean;
}

/** Which of several events counts: the first is why a goal was reached, the newest is where the learner went wrong. */
export type Pick = 'first' | 'newest';

/** The event that fulfils the predicate, or undefined. 0 stands for "it is so", without a single event. */
export function fulfilled(
  predicate: Predicate,
  evidence: Evidence,
  pick: Pick = 'first',
): number | undefined {
  const one = (seqs: readonly number[]): number | undefined => (pick === 'first' ? seqs[0] : seqs.at(-1));
  if ('all' in predicate) {
    let last = 0;
    for (const part of predicate.all) {
      const seq = fulfilled(part, evidence, pick);
      if (seq === undefined) return undefined;
      last = Math.max(last, seq);
    }
    return last;
  }
  if ('any' in predicate) {
    for (const part of predicate.any) {
      const seq = fulfilled(part, evidence, pick);
      if (seq !== undefined) return seq;
    }
    return undefined;
  }
  if ('not' in predicate) return fulfilled(predicate.not, evidence) === undefined ? 0 : undefined;
  if ('event' in predicate) return one(findEvents(predicate.event, trace(evidence.world)));
  if ('delivered' in predicate) return one(findDeliveries(predicate.delivered, evidence.world));
  if ('session' in predicate) return one(findSessions(predicate.session, evidence.world));
  if ('published' in predicate) return findRecords(predicate.published, evidence);
  if ('lint' in predicate) {
    const { zone, finding } = predicate.lint;
    const found = evidence.findings(zone);
    const isSo = finding === undefined ? found.length === 0 : found.includes(finding);
    return isSo ? lastPublished(evidence.world, zone) : undefined;
  }
  if ('mistake' in predicate) return evidence.mistakes.get(predicate.mistake);
  if ('answered' in predicate) {
    const answer = evidence.answers.get(predicate.answered);
    return answer !== undefined && evidence.isRight(predicate.answered, answer.choice)
      ? answer.seq
      : undefined;
  }
  const answer = evidence.answers.get(predicate.chosen.question);
  return answer?.choice === predicate.chosen.choice ? answer.seq : undefined;
}

/** Whether the predicate tells of something that happened and cannot unhappen, rather than of how things stand now. */
export function isHistory(predicate: Predicate): boolean {
  if ('all' in predicate) return predicate.all.every(isHistory);
  if ('any' in predicate) return predicate.any.every(isHistory);
  if ('not' in predicate) return isHistory(predicate.not);
  if ('event' in predicate) return predicate.event.last === undefined && predicate.event.streak === undefined;
  return 'delivered' in predicate || 'session' in predicate || 'mistake' in predicate;
}

export function fits(matcher: Matcher, value: unknown): boolean {
  if (typeof matcher !== 'object') return value === matcher;
  if ('matches' in matcher) return new RegExp(matcher.matches, 'i').test(String(value ?? ''));
  if ('not' in matcher) return !fits(matcher.not, value);
  if ('atLeast' in matcher) return typeof value === 'number' && value >= matcher.atLeast;
  if ('atMost' in matcher) return typeof value === 'number' && value <= matcher.atMost;
  return matcher.oneOf.some((one) => one === value);
}

/** The value at `note.reply.code`; an index counts into a list, `length` measures it. */
export function valueAt(value: unknown, path: string): unknown {
  let at: unknown = value;
  for (const key of path.split('.')) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

function findEvents(spec: EventSpec, events: readonly TraceEvent[]): readonly number[] {
  const ofType = events.filter(
    (event) => event.type === spec.type && (spec.host === undefined || event.host === spec.host),
  );
  if (spec.streak !== undefined) {
    const { count, where } = spec.streak;
    if (ofType.length < count || !ofType.slice(-count).every((event) => fitsAll(where, event))) return [];
  }
  const fitting = ofType.filter(
    (event) => fitsAll(spec.where, event) && (spec.calm === undefined || wasCalm(spec.calm, event, events)),
  );
  const seqs = fitting.slice((spec.count ?? 1) - 1).map((event) => event.seq);
  if (spec.last === undefined) return seqs;
  const newest = fitting.at(-1);
  return newest !== undefined && fitsAll(spec.last, newest) ? seqs.slice(-1) : [];
}

/** Whether those days were full of good news and without bad. */
function wasCalm(
  { days, type, where, never }: NonNullable<EventSpec['calm']>,
  before: TraceEvent,
  events: readonly TraceEvent[],
): boolean {
  const since = before.at - days * DAY;
  const seen = events.filter(
    (event) => event.type === type && event.at >= since && event.seq < before.seq && fitsAll(where, event),
  );
  // The first good news must come within a day, or nobody has watched for so long.
  const first = seen[0];
  return first !== undefined && first.at < since + DAY && !seen.some((event) => fitsAll(never, event));
}

function fitsAll(where: Where | undefined, event: TraceEvent): boolean {
  return Object.entries(where ?? {}).every(([path, matcher]) => fits(matcher, valueAt(event, path)));
}

/** Where a message came from. */
interface Origin {
  readonly host: string;
  readonly byHand: boolean;
  /** The same for every copy of one message: where it was first taken into responsibility. */
  readonly copyOf: string;
}

/** Follows a message back from its delivery to the connection that it was first handed over on. */
function origin(world: World, delivery: EventOf<'mailbox.delivered'>): Origin | undefined {
  const events = trace(world);
  let connection = delivery.connection;
  let copyOf = `connection ${connection}`;
  for (let hops = 0; hops < 60; hops++) {
    const here = connection;
    // A connection may carry one message after the other; the one that was handed over last before this moment counts.
    const client = events.findLast(
      (event) => event.type === 'smtp.client' && event.connection === here && event.seq < delivery.seq,
    );
    if (client?.type !== 'smtp.client' || client.queueId === '') {
      const opened = events.find((event) => event.type === 'net.connect' && event.connection === here);
      if (opened === undefined) return undefined;
      const byHand = events.some((event) => event.type === 'shell.state' && event.connection === here);
      return { host: opened.host, byHand, copyOf };
    }
    const accepted = events.find(
      (event) =>
        event.type === 'queue.accept' && event.host === client.host && event.queueId === client.queueId,
    );
    // The server's own bounces came in by no connection.
    if (accepted?.type !== 'queue.accept' || accepted.connection === undefined) return undefined;
    copyOf = `${accepted.host} ${accepted.queueId}`;
    connection = accepted.connection;
  }
  return undefined;
}

function findDeliveries(spec: DeliveredSpec, world: World): readonly number[] {
  const deliveries = trace(world).filter((event) => event.type === 'mailbox.delivered');
  return deliveries.filter((event) => deliveryFits(spec, event, deliveries, world)).map((event) => event.seq);
}

function deliveryFits(
  spec: DeliveredSpec,
  event: EventOf<'mailbox.delivered'>,
  deliveries: readonly EventOf<'mailbox.delivered'>[],
  world: World,
): boolean {
  if (spec.user !== undefined && event.user !== spec.user) return false;
  if (spec.folder !== undefined && event.folder !== spec.folder) return false;
  if (spec.reversePath !== undefined && !fits(spec.reversePath, event.reversePath)) return false;
  if (spec.headers !== undefined || spec.body !== undefined) {
    const message = parseMessage(world.machine.kept.get(event.message) ?? '');
    const wrong = Object.entries(spec.headers ?? {}).some(([name, matcher]) => {
      const fields = allFields(message, name);
      return fields.length === 0
        ? !fits(matcher, '')
        : !fields.some((field) => fits(matcher, decodeHeaderText(field.value)));
    });
    if (wrong || (spec.body !== undefined && !fits(spec.body, bodyOf(message).trim()))) return false;
  }
  if (spec.by === undefined && spec.from === undefined && spec.without === undefined) return true;
  const from = origin(world, event);
  if (from === undefined) return false;
  if (spec.by !== undefined && from.byHand !== (spec.by === 'hand')) return false;
  if (spec.from !== undefined && from.host !== spec.from) return false;
  return !deliveries.some(
    (other) => spec.without?.includes(other.user) === true && origin(world, other)?.copyOf === from.copyOf,
  );
}

function findSessions(spec: SessionSpec, world: World): readonly number[] {
  const byHand = new Set<number>();
  const sessions = new Map<number, EventOf<'smtp.server'>[]>();
  for (const event of trace(world)) {
    if (event.type === 'shell.state' && event.connection !== undefined) byHand.add(event.connection);
    if (event.type !== 'smtp.server' || event.host !== spec.server) continue;
    const notes = sessions.get(event.connection);
    if (notes === undefined) sessions.set(event.connection, [event]);
    else notes.push(event);
  }
  return [...sessions].flatMap(([connection, events]) => {
    const last = events.at(-1);
    return byHand.has(connection) && last !== undefined && sessionFits(spec, events) ? [last.seq] : [];
  });
}

function sessionFits(spec: SessionSpec, events: readonly EventOf<'smtp.server'>[]): boolean {
  let qualified = false;
  let quit = false;
  let lost = false;
  let errorsSinceHello = 0;
  let hello: string | undefined;
  const accepted = new Set<string>();
  for (const { note } of events) {
    if (note.kind === 'command' && (note.verb === 'EHLO' || note.verb === 'HELO')) hello = note.tokens[1];
    if (note.kind === 'reply') {
      const good = note.reply.code < 400;
      if (good) accepted.add(note.to);
      if ((note.to === 'EHLO' || note.to === 'HELO') && good) {
        errorsSinceHello = 0;
        qualified = hello !== undefined && /^[a-z0-9-]+(\.[a-z0-9-]+)+\.?$/i.test(hello);
      } else if (!good) errorsSinceHello++;
      if (note.to === 'QUIT' && note.reply.code === 221) quit = true;
    }
    if (note.kind === 'lost') lost = true;
  }
  if (spec.qualifiedName === true && !qualified) return false;
  if (spec.quit === true && !quit) return false;
  if (spec.lost === true && !lost) return false;
  if (spec.clean === true && (hello === undefined || errorsSinceHello > 0)) return false;
  return (spec.verbs ?? []).every((verb) => accepted.has(verb));
}

function lastPublished(world: World, zone: string): number | undefined {
  const events = trace(world);
  for (let i = events.length - 1; i >= 0; i--) {
    const event = events[i];
    if (event?.type === 'zone.published' && event.zone === zone) return event.seq;
  }
  return 0;
}

function findRecords(spec: PublishedSpec, evidence: Evidence): number | undefined {
  const seq = lastPublished(evidence.world, spec.zone);
  if (spec.changed === true && learnerPublications(evidence.world, spec.zone) === 0) return undefined;
  const fitting = evidence
    .records(spec.zone)
    .filter(
      (record) =>
        record.name.toLowerCase() === spec.name.toLowerCase() &&
        record.type === spec.type &&
        (spec.matches === undefined || new RegExp(spec.matches, 'i').test(record.text)),
    ).length;
  return (spec.count === undefined ? fitting > 0 : fitting === spec.count) ? seq : undefined;
}

/** How often the zone was published after the world stood: the first time is the name server's own start. */
function learnerPublications(world: World, zone: string): number {
  const events = trace(world);
  const opened = events.find((event) => event.type === 'world.open')?.seq ?? 0;
  return events.filter(
    (event) => event.type === 'zone.published' && event.zone === zone && event.seq > opened,
  ).length;
}
