// The tests: each looks at the message, the envelope or a fact, and says true or false with what it compared. Knows no
// action. RFC 5228 §5 and the extensions named in the language table first.

import { assertNever } from '../base/assert.ts';
import { SECOND } from '../base/dates.ts';
import { fromUtf8, latin1 } from '../base/bytes.ts';
import { parseMailDate } from '../message/date.ts';
import { decodeHeaderText } from '../message/encoded-word.ts';
import { allFields, bodyOf, firstField } from '../message/header.ts';
import { parseMime, partsOf, partText } from '../message/mime.ts';
import type { MimePart } from '../message/mime.ts';
import { partOfPath, partsOfHeader } from './addresses.ts';
import type { AddressPart } from './addresses.ts';
import type { CheckedNode } from './check.ts';
import { datePart, zoneMinutesOf } from './date-part.ts';
import { flagList } from './flags.ts';
import { ADDRESS_HEADERS, DATE_PARTS } from './language.ts';
import type { DatePart } from './language.ts';
import { beginStep, charge, matchAny, numberOf, one, texts, variable } from './machine.ts';
import type { Candidate, Machine, StepDraft } from './machine.ts';
import { asciiLower } from './match.ts';
import { parseNotifyMethod } from './notify.ts';

/** Evaluates one test and everything within it; leaves a step for each test asked. */
export function evaluate(machine: Machine, node: CheckedNode): boolean {
  const step = beginStep(machine, node);
  machine.depth++;
  const result = ask(machine, node, step);
  machine.depth--;
  step.result = result;
  return result;
}

function ask(machine: Machine, node: CheckedNode, step: StepDraft): boolean {
  const { input } = machine;
  const { args, tags } = node;
  const keys = (): readonly string[] => texts(machine, args['keys']);
  switch (node.name) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'not':
      return node.tests.every((test) => !evaluate(machine, test));
    case 'allof':
      return node.tests.every((test) => evaluate(machine, test));
    case 'anyof':
      return node.tests.some((test) => evaluate(machine, test));
    case 'exists': {
      const names = texts(machine, args['headers']);
      const missing = names.filter((name) => firstField(machine.message, name) === undefined);
      step.facts['missing'] = missing;
      return missing.length === 0;
    }
    case 'size': {
      const limit = numberOf(args['limit']) ?? 0;
      const size = machine.raw.length;
      step.facts['size'] = size;
      step.facts['limit'] = limit;
      return tags['over'] !== undefined ? size > limit : size < limit;
    }
    case 'header':
      return matchAny(machine, node, step, headerValues(machine, node), keys());
    case 'address':
      return matchAny(machine, node, step, addressValues(machine, node), keys());
    case 'envelope':
      return matchAny(machine, node, step, envelopeValues(machine, node), keys());
    case 'string': {
      // An empty string is not counted (RFC 5229 §5).
      const counting = tags['count'] !== undefined;
      const sources = texts(machine, args['source']).map((value) => ({ source: 'string', value }));
      return matchAny(
        machine,
        node,
        step,
        counting ? sources.filter(({ value }) => value !== '') : sources,
        keys(),
      );
    }
    case 'hasflag': {
      const names = texts(machine, args['variables']);
      const flags =
        names.length === 0 ? machine.flags : flagList(names.map((name) => variable(machine, name)));
      const given = texts(machine, args['flags']);
      step.facts['flags'] = flags;
      // Each flag of a list is a key of its own, whatever the match type (RFC 5232 §4).
      const flagKeys =
        tags['count'] === undefined ? given.flatMap((text) => text.split(/[ \t\r\n]+/)) : given;
      return matchAny(
        machine,
        node,
        step,
        flags.map((value) => ({ source: 'flag', value })),
        flagKeys,
      );
    }
    case 'body':
      // Match values are left alone (RFC 5173 §6).
      return matchAny(machine, node, step, bodyValues(machine, node), keys(), false);
    case 'date':
    case 'currentdate': {
      const value = dateValue(machine, node, step);
      return value === undefined
        ? countNothing(machine, node, step)
        : matchAny(machine, node, step, [value], keys());
    }
    case 'duplicate':
      return isDuplicate(machine, node, step);
    case 'environment': {
      const name = asciiLower(one(machine, args['name']) ?? '');
      const value = Object.hasOwn(input.environment, name) ? input.environment[name] : undefined;
      step.facts['known'] = value !== undefined;
      if (value === undefined) return false;
      return matchAny(machine, node, step, [{ source: `environment ${name}`, value }], keys());
    }
    case 'mailboxexists': {
      const missing = texts(machine, args['mailboxes']).filter((name) => !mailboxExists(machine, name));
      step.facts['missing'] = missing;
      return missing.length === 0;
    }
    case 'specialuse_exists':
      return specialUseExists(machine, node, step);
    case 'spamtest':
    case 'virustest': {
      const value =
        node.name === 'spamtest' ? spamValue(machine, tags['percent'] !== undefined) : (input.virus ?? 0);
      return matchAny(
        machine,
        node,
        step,
        [{ source: node.name, value: String(value) }],
        texts(machine, args['value']),
      );
    }
    case 'valid_notify_method': {
      const wrong = texts(machine, args['methods']).filter(
        (method) => 'problem' in parseNotifyMethod(method),
      );
      step.facts['invalid'] = wrong;
      return wrong.length === 0;
    }
    case 'notify_method_capability': {
      const method = parseNotifyMethod(one(machine, args['method']) ?? '');
      // RFC 5436 §2.7: for mailto the one known capability, "online", is always "maybe".
      const known = asciiLower(one(machine, args['capability']) ?? '') === 'online' && !('problem' in method);
      step.facts['known'] = known;
      return known && matchAny(machine, node, step, [{ source: 'online', value: 'maybe' }], keys());
    }
    case 'require':
    case 'if':
    case 'elsif':
    case 'else':
    case 'stop':
    case 'keep':
    case 'discard':
    case 'redirect':
    case 'fileinto':
    case 'reject':
    case 'ereject':
    case 'setflag':
    case 'addflag':
    case 'removeflag':
    case 'set':
    case 'vacation':
    case 'notify':
    case 'addheader':
    case 'deleteheader':
    case 'include':
    case 'return':
    case 'global':
      // The checker lets no command stand where a test belongs.
      throw new Error(`${node.name} is no test`);
    default:
      return assertNever(node.name);
  }
}

/** `:count` of nothing is 0; everything else is false. */
function countNothing(machine: Machine, node: CheckedNode, step: StepDraft): boolean {
  return matchAny(machine, node, step, [], texts(machine, node.args['keys']));
}

/** `:index` and `:last` of RFC 5260 §6: the one field meant, or all. */
function chosen<T>(node: CheckedNode, fields: readonly T[]): readonly T[] {
  const index = numberOf(node.tags['index']?.value);
  if (index === undefined) return fields;
  const at = node.tags['last'] === undefined ? index - 1 : fields.length - index;
  const field = fields[at];
  return field === undefined ? [] : [field];
}

function headerValues(machine: Machine, node: CheckedNode): readonly Candidate[] {
  return texts(machine, node.args['headers']).flatMap((name) =>
    chosen(node, allFields(machine.message, name)).map((field) => ({
      source: `header ${field.name}`,
      value: decodeHeaderText(field.value).trim(),
    })),
  );
}

function addressPartOf(node: CheckedNode): AddressPart {
  const parts: readonly AddressPart[] = ['localpart', 'domain', 'user', 'detail'];
  return parts.find((part) => node.tags[part] !== undefined) ?? 'all';
}

function addressValues(machine: Machine, node: CheckedNode): readonly Candidate[] {
  const part = addressPartOf(node);
  return texts(machine, node.args['headers'])
    .filter((name) => ADDRESS_HEADERS.has(asciiLower(name)))
    .flatMap((name) => chosen(node, allFields(machine.message, name)))
    .flatMap((field) => {
      charge(machine, node.span, field.value.length);
      const value = fromUtf8(latin1(field.value));
      return partsOfHeader(value, part, machine.input.separator ?? '+').map((found) => ({
        source: `${part} of ${field.name}`,
        value: found,
      }));
    });
}

function envelopeValues(machine: Machine, node: CheckedNode): readonly Candidate[] {
  const part = addressPartOf(node);
  const { envelope } = machine.input;
  return texts(machine, node.args['parts']).flatMap((name) => {
    const key = asciiLower(name);
    const path =
      key === 'from'
        ? envelope.from
        : key === 'to'
          ? envelope.to
          : key === 'auth'
            ? envelope.auth
            : undefined;
    const value = path === undefined ? undefined : partOfPath(path, part, machine.input.separator ?? '+');
    return value === undefined ? [] : [{ source: `${part} of envelope ${key}`, value }];
  });
}

function withoutTags(html: string): string {
  // Two indexOf walks instead of one regular expression: `<` without end must not cost quadratic time.
  let out = '';
  let at = 0;
  for (;;) {
    const open = html.indexOf('<', at);
    const close = open < 0 ? -1 : html.indexOf('>', open);
    if (close < 0) return out + html.slice(at);
    out += html.slice(at, open);
    at = close + 1;
  }
}

/** RFC 5173 §5: `:raw` the bytes, `:content` parts of these types, `:text` (the default) what a person reads. */
function bodyValues(machine: Machine, node: CheckedNode): readonly Candidate[] {
  const { message, raw } = machine;
  charge(machine, node.span, raw.length);
  // Without the empty line there is no body, not even an empty one (RFC 5173 §4).
  if (message.separation === 'end') return [];
  if (node.tags['raw'] !== undefined) return [{ source: 'body', value: fromUtf8(latin1(bodyOf(message))) }];
  const root = parseMime(raw);
  const content = node.tags['content']?.value;
  const parts = partsOf(root);
  if (content === undefined)
    return parts
      .filter((part) => isReadable(part) && part.children.length === 0)
      .flatMap((part) => {
        const { text, problem } = partText(raw, part);
        // What cannot be decoded is not text that anybody reads.
        if (problem?.code === 'unknown-encoding') return [];
        return [{ source: partName(part), value: /html/.test(part.subtype) ? withoutTags(text) : text }];
      });
  const wanted = texts(machine, content).map(asciiLower);
  const isWanted = (part: MimePart): boolean =>
    wanted.some(
      (type) =>
        type === '' ||
        (type.includes('/')
          ? type === `${part.type}/${part.subtype}` && !type.startsWith('/') && !type.endsWith('/')
          : type === part.type),
    );
  return parts
    .filter((part) => isWanted(part) && !hasBadType(part))
    .flatMap((part) => contentsOf(raw, part).map((value) => ({ source: partName(part), value })));
}

/** A type such as `text/plain/stupid`, which stands for nothing (RFC 5173 §5.2). */
const hasBadType = (part: MimePart): boolean => part.problems.includes('bad-content-type');

const isReadable = (part: MimePart): boolean =>
  !hasBadType(part) &&
  (part.type === 'text' || (part.type === 'application' && part.subtype === 'xhtml+xml'));

const partName = (part: MimePart): string =>
  `part ${part.path === '' ? '1' : part.path} ${part.type}/${part.subtype}`;

/** RFC 5173 §5.2: of a multipart prologue and epilogue, each for itself; of an attached message its header. */
function contentsOf(raw: string, part: MimePart): string[] {
  const [first] = part.children;
  if (first === undefined) return [partText(raw, part).text];
  if (part.type === 'message')
    return [fromUtf8(latin1(raw.slice(first.start, first.bodyStart))).replace(/(^|\n)\r?\n$/, '$1')];
  const last = part.children.at(-1) ?? first;
  // The lines with the boundary belong to neither.
  const prologue = raw.slice(part.bodyStart, first.start).replace(/--[^\n]*\n?$/, '');
  const epilogue = raw.slice(last.end, part.end).replace(/^\r?\n?--[^\n]*\n?/, '');
  return [prologue, epilogue].map((text) => fromUtf8(latin1(text)));
}

function dateValue(machine: Machine, node: CheckedNode, step: StepDraft): Candidate | undefined {
  const { args, tags } = node;
  const { input } = machine;
  const name = asciiLower(one(machine, args['part']) ?? '');
  const part = DATE_PARTS.find((known) => known === name) as DatePart | undefined;
  if (part === undefined) return undefined;
  const wanted = one(machine, tags['zone']?.value);
  const zone = wanted === undefined ? input.zoneMinutes : (zoneMinutesOf(wanted) ?? input.zoneMinutes);
  if (node.name === 'currentdate') return { source: `now ${part}`, value: datePart(part, input.now, zone) };
  const header = one(machine, args['header']) ?? '';
  const fields = allFields(machine.message, header);
  const [field] = tags['index'] === undefined ? fields : chosen(node, fields);
  if (field === undefined) return undefined;
  // Received and its like carry their date after the last semicolon (RFC 5260 §4).
  const date = parseMailDate(field.value.slice(field.value.lastIndexOf(';') + 1).trim());
  step.facts['date'] = field.value;
  if (date === undefined) return undefined;
  const shown = tags['originalzone'] !== undefined ? date.zoneMinutes : zone;
  return { source: `${field.name} ${part}`, value: datePart(part, date.time, shown) };
}

/** RFC 7352 §3: seen before? What is seen now is remembered only when the whole run succeeds. */
function isDuplicate(machine: Machine, node: CheckedNode, step: StepDraft): boolean {
  const { tags } = node;
  const { input } = machine;
  const uniqueId = one(machine, tags['uniqueid']?.value);
  const header = one(machine, tags['header']?.value) ?? 'Message-ID';
  const value = uniqueId ?? firstField(machine.message, header)?.value;
  if (value === undefined || value === '') {
    step.facts['identity'] = '';
    return false;
  }
  const handle = one(machine, tags['handle']?.value) ?? '';
  const key = JSON.stringify([handle, value]);
  const until = input.state?.duplicates[key];
  const seen = until !== undefined && until > input.now;
  const seconds = numberOf(tags['seconds']?.value) ?? 7 * 86400;
  if (!seen || tags['last'] !== undefined) machine.duplicates.set(key, input.now + seconds * SECOND);
  step.facts['identity'] = value;
  step.facts['handle'] = handle;
  step.facts['seconds'] = seconds;
  return seen;
}

const mailboxKey = (name: string): string => (asciiLower(name) === 'inbox' ? 'INBOX' : name);

/** INBOX always exists, in any case (RFC 3501 §5.1). */
export function mailboxExists(machine: Machine, name: string): boolean {
  const key = mailboxKey(name);
  return key === 'INBOX' || machine.input.mailboxes.some((mailbox) => mailboxKey(mailbox.name) === key);
}

/** First mailbox with a special use, in any case of it. */
export function mailboxWithUse(machine: Machine, use: string): string | undefined {
  const wanted = asciiLower(use);
  return machine.input.mailboxes.find(({ specialUse }) =>
    specialUse?.some((one) => asciiLower(one) === wanted),
  )?.name;
}

function specialUseExists(machine: Machine, node: CheckedNode, step: StepDraft): boolean {
  const mailbox = one(machine, node.args['mailbox']);
  const uses = texts(machine, node.args['uses']);
  const has = (use: string): boolean => {
    if (mailbox === undefined) return mailboxWithUse(machine, use) !== undefined;
    const found = machine.input.mailboxes.find(({ name }) => mailboxKey(name) === mailboxKey(mailbox));
    return found?.specialUse?.some((one) => asciiLower(one) === asciiLower(use)) === true;
  };
  const missing = uses.filter((use) => !has(use));
  step.facts['missing'] = missing;
  return missing.length === 0;
}

/** RFC 5235 §2.1: 0 not tested, 1 certainly good, 10 certainly spam; §2.2: 0 to 100 with `:percent`. */
function spamValue(machine: Machine, percent: boolean): number {
  const { spam } = machine.input;
  if (spam === undefined || spam.max <= 0) return 0;
  const ratio = Math.min(1, Math.max(0, spam.score / spam.max));
  return percent ? Math.floor(ratio * 100) : Math.floor(ratio * 9) + 1;
}
