// SORT and THREAD (RFC 5256, RFC 5957): the base subject, the order of messages, and who answers whom.

import { decodeHeaderText } from '../message/encoded-word.ts';
import { parseAddressList } from '../message/address.ts';
import { parseMailDate } from '../message/date.ts';
import { parseMessage } from '../message/header.ts';
import { messageIds } from '../message/message-id.ts';
import { rawOf } from '../mailbox/store.ts';
import { bad, done, no, type Outcome, type SelectedContext } from './command.ts';
import { charsetKnown, isOutcome, matching } from './search.ts';
import { untagged } from './session.ts';
import { astring, keyword, type Arg } from './syntax.ts';
import type { Chosen } from './view.ts';

/** What both commands ask of a message. */
interface Facts {
  readonly number: number;
  readonly shown: number;
  readonly subject: string;
  readonly isReply: boolean;
  readonly sent: number;
  readonly arrival: number;
  readonly size: number;
  readonly id: string;
  readonly references: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  readonly displayFrom: string;
  readonly displayTo: string;
}

/** RFC 5256 §2.1: a subject without what replying and forwarding put around it. */
export function baseSubject(subject: string): { readonly text: string; readonly isReply: boolean } {
  let text = decodeHeaderText(subject).replace(/\s+/g, ' ').trim();
  let isReply = false;
  for (let turns = 0; turns < 100; turns++) {
    const before = text;
    const trailer = text.replace(/(?:\s*\(fwd\))+\s*$/i, '').trimEnd();
    if (trailer !== text) isReply = true;
    text = trailer;
    const leader = /^(?:\[[^\][]*\]\s*)*(?:re|fwd?)\s*(?:\[[^\][]*\]\s*)?:\s*/i.exec(text);
    if (leader !== null) {
      text = text.slice(leader[0].length);
      isReply = true;
    }
    const blob = text.replace(/^\[[^\][]*\]\s*/, '');
    if (blob !== '') text = blob;
    const wrapped = /^\[fwd:(.*)\]$/i.exec(text);
    if (wrapped !== null) {
      text = (wrapped[1] ?? '').trim();
      isReply = true;
    }
    if (text === before) break;
  }
  return { text: text.toUpperCase(), isReply };
}

function factsOf(context: SelectedContext, { number, message, stored }: Chosen): Facts {
  const raw = stored === undefined ? '' : rawOf(context.store, stored);
  const { fields } = parseMessage(raw);
  const value = (key: string): string => fields.find((field) => field.key === key)?.value ?? '';
  const first = (key: string): { mailbox: string; display: string } => {
    const entry = parseAddressList(value(key)).addresses[0];
    if (entry === undefined) return { mailbox: '', display: '' };
    const box = entry.kind === 'group' ? entry.name : entry.localPart;
    const full = entry.kind === 'group' || entry.domain === '' ? box : `${box}@${entry.domain}`;
    const name = decodeHeaderText(entry.name);
    return { mailbox: box.toUpperCase(), display: (name === '' ? full : name).toUpperCase() };
  };
  const arrival = stored?.internalDate ?? 0;
  const { text, isReply } = baseSubject(value('subject'));
  const references = messageIds(value('references'));
  return {
    number,
    shown: context.uid ? message.uid : number,
    subject: text,
    isReply,
    // RFC 5256 §2.2: a message without a date was sent when it arrived.
    sent: parseMailDate(value('date'))?.time ?? arrival,
    arrival,
    size: stored?.size ?? 0,
    id: messageIds(value('message-id'))[0] ?? `(none ${number})`,
    references: references.length > 0 ? references : messageIds(value('in-reply-to')).slice(0, 1),
    from: first('from').mailbox,
    to: first('to').mailbox,
    cc: first('cc').mailbox,
    displayFrom: first('from').display,
    displayTo: first('to').display,
  };
}

const KEYS: Readonly<Record<string, (facts: Facts) => string | number>> = {
  ARRIVAL: (facts) => facts.arrival,
  CC: (facts) => facts.cc,
  DATE: (facts) => facts.sent,
  FROM: (facts) => facts.from,
  SIZE: (facts) => facts.size,
  SUBJECT: (facts) => facts.subject,
  TO: (facts) => facts.to,
  DISPLAYFROM: (facts) => facts.displayFrom,
  DISPLAYTO: (facts) => facts.displayTo,
};

/** Charset and search keys that both commands end with. */
function found(
  context: SelectedContext,
  charset: Arg | undefined,
  keys: readonly Arg[],
): readonly Facts[] | Outcome {
  const name = astring(charset);
  if (name === undefined) return bad('Missing charset argument');
  if (!charsetKnown(name)) return no('[BADCHARSET] Unknown charset.');
  const result = matching(context, keys);
  return isOutcome(result) ? result : result.map((each) => factsOf(context, each));
}

const isFacts = (value: readonly Facts[] | Outcome): value is readonly Facts[] => Array.isArray(value);

export function sort(context: SelectedContext, args: readonly Arg[]): Outcome {
  const program = args[0];
  if (program?.kind !== 'list') return bad('Missing sort program');
  if (program.items.length === 0) return bad('Empty sort program');
  const order: { readonly of: (facts: Facts) => string | number; readonly sign: number }[] = [];
  let sign = 1;
  for (const item of program.items) {
    const name = keyword(item) ?? '';
    const of = Object.hasOwn(KEYS, name) ? KEYS[name] : undefined;
    if (name === 'REVERSE') sign = -1;
    else if (of === undefined) return bad(`Unknown sort argument: ${name}`);
    else {
      order.push({ of, sign });
      sign = 1;
    }
  }
  if (sign < 0) return bad('Sort list ends with REVERSE');
  const facts = found(context, args[1], args.slice(2));
  if (!isFacts(facts)) return facts;
  const sorted = [...facts].sort((a, b) => {
    for (const { of, sign: way } of order) {
      const [one, other] = [of(a), of(b)];
      if (one !== other) return (one < other ? -1 : 1) * way;
    }
    return a.number - b.number;
  });
  untagged(context.session, ['SORT', ...sorted.map((each) => each.shown)].join(' '));
  return done(context, 'Sort completed.');
}

interface Node {
  readonly facts: Facts | undefined;
  readonly children: Node[];
  parent: Node | undefined;
}

export function thread(context: SelectedContext, args: readonly Arg[]): Outcome {
  const algorithm = keyword(args[0]) ?? '';
  if (!['REFERENCES', 'REFS', 'ORDEREDSUBJECT'].includes(algorithm)) return bad('Unknown thread algorithm');
  const facts = found(context, args[1], args.slice(2));
  if (!isFacts(facts)) return facts;
  const roots =
    algorithm === 'ORDEREDSUBJECT' ? bySubject(facts) : byReferences(facts, algorithm === 'REFERENCES');
  untagged(context.session, `THREAD ${roots.map(printThread).join('')}`);
  return done(context, 'Thread completed.');
}

const sentOf = (node: Node): number => node.facts?.sent ?? node.children[0]?.facts?.sent ?? 0;
const numberOf = (node: Node): number => node.facts?.number ?? node.children[0]?.facts?.number ?? 0;
const bySent = (a: Node, b: Node): number => sentOf(a) - sentOf(b) || numberOf(a) - numberOf(b);

/** RFC 5256 §3: messages of one base subject hang in a row from the first. */
function bySubject(facts: readonly Facts[]): Node[] {
  const groups = new Map<string, Node[]>();
  for (const each of facts) {
    const group = groups.get(each.subject) ?? [];
    group.push({ facts: each, children: [], parent: undefined });
    groups.set(each.subject, group);
  }
  return [...groups.values()]
    .map((group) => {
      const [first, ...rest] = group.sort(bySent);
      for (const each of rest) first?.children.push(each);
      return first;
    })
    .flatMap((each) => each ?? [])
    .sort(bySent);
}

/** RFC 5256 §3, REFERENCES: links from ids, empty places removed, then roots of one subject put together. */
function byReferences(facts: readonly Facts[], mergeSubjects: boolean): Node[] {
  const table = new Map<string, Node>();
  const own: Node[] = [];
  for (const each of facts) {
    // Of two messages with one id the second stands for itself.
    const node: Node = { facts: each, children: [], parent: undefined };
    table.set(table.has(each.id) ? `${each.id} ${each.number}` : each.id, node);
    own.push(node);
  }
  const isAbove = (node: Node, other: Node): boolean => {
    for (let at: Node | undefined = other; at !== undefined; at = at.parent) if (at === node) return true;
    return false;
  };
  const link = (child: Node, parent: Node): void => {
    if (isAbove(child, parent)) return;
    child.parent?.children.splice(child.parent.children.indexOf(child), 1);
    child.parent = parent;
    parent.children.push(child);
  };
  for (const node of own) {
    let above: Node | undefined;
    for (const id of (node.facts?.references ?? []).slice(-100)) {
      const place: Node = table.get(id) ?? { facts: undefined, children: [], parent: undefined };
      table.set(id, place);
      if (above !== undefined && place.parent === undefined) link(place, above);
      above = place;
    }
    if (above !== undefined) link(node, above);
  }
  const prune = (node: Node): Node[] => {
    const children = node.children.flatMap(prune);
    if (node.facts === undefined && (children.length <= 1 || node.parent !== undefined)) return children;
    return [{ facts: node.facts, children, parent: undefined }];
  };
  let roots = [...table.values()].filter((node) => node.parent === undefined).flatMap(prune);
  roots.sort(bySent);
  if (mergeSubjects) roots = merged(roots);
  const order = (node: Node): void => {
    node.children.sort(bySent);
    node.children.forEach(order);
  };
  roots.forEach(order);
  return roots.sort(bySent);
}

/** Step 5: a root with `Re:` or `Fwd:` goes below the one without. */
function merged(roots: readonly Node[]): Node[] {
  const subjectOf = (node: Node): Facts | undefined => node.facts ?? node.children[0]?.facts;
  const heads = new Map<string, Node>();
  for (const node of roots) {
    const facts = subjectOf(node);
    if (facts === undefined || facts.subject === '') continue;
    const head = heads.get(facts.subject);
    if (head === undefined || (subjectOf(head)?.isReply === true && !facts.isReply))
      heads.set(facts.subject, node);
  }
  const out: Node[] = [];
  for (const node of roots) {
    const facts = subjectOf(node);
    const head = facts === undefined ? undefined : heads.get(facts.subject);
    if (head === undefined || head === node) out.push(node);
    else if (head.facts === undefined || facts?.isReply === true) head.children.push(node);
    else out.push(node);
  }
  return out;
}

/** `(1 2 (3)(4))`: one child goes on in the row, several branch. */
function printThread(node: Node): string {
  return `(${branch(node)})`;
}

function branch(first: Node): string {
  let out = '';
  let node: Node | undefined = first;
  while (node !== undefined) {
    if (node.facts !== undefined) out += `${out === '' ? '' : ' '}${node.facts.shown}`;
    const { children }: { children: Node[] } = node;
    if (children.length > 1) return out + (out === '' ? '' : ' ') + children.map(printThread).join('');
    node = children[0];
  }
  return out;
}
