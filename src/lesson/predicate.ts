// Has it happened? Evaluates the predicates of a lesson over the trace and answers with the event that made them true,
// which is the reason shown beside the tick.

import type { EventOf, TraceEvent } from '../host/events.ts';
import { allFields, bodyOf, parseMessage } from '../message/header.ts';
import { decodeHeaderText } from '../message/encoded-word.ts';
import { trace, type World } from '../world/world.ts';
import type { DeliveredSpec, EventSpec, Matcher, Predicate, PublishedSpec, SessionSpec } from './format.ts';

/** What a predicate may ask besides the trace. */
export interface Evidence {
  readonly world: World;
  /** Mistakes that the coach has seen: `LM-07` to the event. */
  readonly mistakes: ReadonlyMap<string, number>;
  /** Records of a zone as published, from the room that reads zones. */
  records(zone: string): readonly { readonly name: string; readonly type: string; readonly text: string }[];
  /** Findings of the zone's lint, by id. */
  findings(zone: string): readonly string[];
  /** The answers given so far: question to choice. */
  readonly answers: ReadonlyMap<string, { readonly choice: string; readonly seq: number }>;
  isRight(question: string, choice: string): boolean;
}

/** The event that fulfils the predicate, or undefined. 0 stands for "it is so", without a single event. */
export function fulfilled(predicate: Predicate, evidence: Evidence): number | undefined {
  if ('all' in predicate) {
    let last = 0;
    for (const part of predicate.all) {
      const seq = fulfilled(part, evidence);
      if (seq === undefined) return undefined;
      last = Math.max(last, seq);
    }
    return last;
  }
  if ('any' in predicate) {
    for (const part of predicate.any) {
      const seq = fulfilled(part, evidence);
      if (seq !== undefined) return seq;
    }
    return undefined;
  }
  if ('not' in predicate) return fulfilled(predicate.not, evidence) === undefined ? 0 : undefined;
  if ('event' in predicate) return findEvent(predicate.event, trace(evidence.world));
  if ('delivered' in predicate) return findDelivery(predicate.delivered, evidence.world);
  if ('session' in predicate) return findSession(predicate.session, evidence.world);
  if ('published' in predicate) return findRecords(predicate.published, evidence);
  if ('finding' in predicate)
    return evidence.findings(predicate.finding.zone).includes(predicate.finding.id)
      ? lastPublished(evidence.world, predicate.finding.zone)
      : undefined;
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

function findEvent(spec: EventSpec, events: readonly TraceEvent[]): number | undefined {
  let left = spec.count ?? 1;
  for (const event of events) {
    if (event.type !== spec.type || (spec.host !== undefined && event.host !== spec.host)) continue;
    if (
      Object.entries(spec.where ?? {}).every(([path, matcher]) => fits(matcher, valueAt(event, path))) &&
      --left === 0
    )
      return event.seq;
  }
  return undefined;
}

/** The connection that a message was first handed over on, followed back from its delivery. */
function origin(
  world: World,
  delivery: EventOf<'mailbox.delivered'>,
): { host: string; byHand: boolean } | undefined {
  const events = trace(world);
  let connection: number | undefined = delivery.connection;
  for (let hops = 0; connection !== undefined && hops < 60; hops++) {
    const here: number = connection;
    const client = events.find((event) => event.type === 'smtp.client' && event.connection === here);
    if (client?.type !== 'smtp.client' || client.queueId === '') {
      const opened = events.find((event) => event.type === 'net.connect' && event.connection === here);
      if (opened === undefined) return undefined;
      return {
        host: opened.host,
        byHand: events.some((event) => event.type === 'shell.state' && event.connection === here),
      };
    }
    const accepted = events.find(
      (event) =>
        event.type === 'queue.accept' && event.host === client.host && event.queueId === client.queueId,
    );
    if (accepted?.type !== 'queue.accept') return undefined;
    connection = accepted.connection;
  }
  return undefined;
}

function findDelivery(spec: DeliveredSpec, world: World): number | undefined {
  for (const event of trace(world)) {
    if (event.type !== 'mailbox.delivered') continue;
    if (spec.user !== undefined && event.user !== spec.user) continue;
    if (spec.folder !== undefined && event.folder !== spec.folder) continue;
    if (spec.reversePath !== undefined && !fits(spec.reversePath, event.reversePath)) continue;
    if (spec.headers !== undefined || spec.body !== undefined) {
      const message = parseMessage(world.machine.kept.get(event.message) ?? '');
      const wrong = Object.entries(spec.headers ?? {}).some(([name, matcher]) => {
        const fields = allFields(message, name);
        return fields.length === 0
          ? !fits(matcher, '')
          : !fields.some((field) => fits(matcher, decodeHeaderText(field.value)));
      });
      if (wrong || (spec.body !== undefined && !fits(spec.body, bodyOf(message).trim()))) continue;
    }
    if (spec.by !== undefined || spec.from !== undefined) {
      const from = origin(world, event);
      if (from === undefined) continue;
      if (spec.by !== undefined && from.byHand !== (spec.by === 'hand')) continue;
      if (spec.from !== undefined && from.host !== spec.from) continue;
    }
    return event.seq;
  }
  return undefined;
}

function findSession(spec: SessionSpec, world: World): number | undefined {
  const byHand = new Set<number>();
  const sessions = new Map<number, EventOf<'smtp.server'>[]>();
  for (const event of trace(world)) {
    if (event.type === 'shell.state' && event.connection !== undefined) byHand.add(event.connection);
    if (event.type !== 'smtp.server' || event.host !== spec.server) continue;
    const notes = sessions.get(event.connection);
    if (notes === undefined) sessions.set(event.connection, [event]);
    else notes.push(event);
  }
  for (const [connection, events] of sessions) {
    const last = events[events.length - 1];
    if (byHand.has(connection) && last !== undefined && sessionFits(spec, events)) return last.seq;
  }
  return undefined;
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
